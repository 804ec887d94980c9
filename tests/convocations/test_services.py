"""Convening, and writing again when a convened session changes, on both databases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.meetings.factories import (
    IN_THREE_WEEKS,
    make_committee,
    make_member,
    member_of,
    plan,
    secretary_of,
)
from tnt.agendas.models import ItemKind
from tnt.agendas.queries import items_of
from tnt.agendas.services import add_item
from tnt.committees.models import Committee
from tnt.convocations import queries, services
from tnt.convocations.models import NoticeKind
from tnt.convocations.rules import (
    AgendaChanged,
    AlreadyConvened,
    EmptyAgenda,
    NeverConvened,
    NobodyToConvene,
    NoticeTooShort,
)
from tnt.core import blobs, clock, outbox
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.decisions.rules import ActKind
from tnt.intake.models import DecisionRequest
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState, NotTheSecretary


def ready(committee: Committee, starts_at: datetime = IN_THREE_WEEKS, **values: object) -> Meeting:
    meeting = plan(SYSTEM, committee, starts_at, **values)
    add_item(SYSTEM, meeting.id, kind=ItemKind.DECISION, act_kind=ActKind.OTHER, title="Mobiliser l’ANCT")
    return meeting


def mails() -> Sequence[outbox.OutboxMessage]:
    db.session.expire_all()
    return db.session.scalars(db.select(outbox.OutboxMessage).order_by(outbox.OutboxMessage.id)).all()


def test_whoever_sits_that_day_is_written_to_once(app: Flask) -> None:
    committee = make_committee()
    make_member(committee, "Aubert")
    make_member(committee, "Parti", until_on=date(2026, 12, 14))
    make_member(committee, "Sans", email=None)
    meeting = ready(committee, video_url="https://visio.example/tnt")
    notice = services.convene(SYSTEM, meeting.id)
    assert (meeting.state, notice.kind, notice.number, notice.recipients) == (
        MeetingState.CONVENED,
        NoticeKind.CONVENED,
        1,
        1,
    )
    (mail,) = mails()
    assert mail.to_address == "aubert@example.org"
    assert "15 décembre 2026" in mail.subject
    for words in (
        "Ségur, salle 4413",
        "https://visio.example/tnt",
        "1. Mobiliser l’ANCT",
        f"/seances/{meeting.id}",
    ):
        assert words in mail.text
    with pytest.raises(AlreadyConvened):
        services.convene(SYSTEM, meeting.id)
    assert len(mails()) == 1


def test_the_agenda_is_frozen_as_it_was(app: Flask) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    notice = services.convene(SYSTEM, meeting.id)
    add_item(SYSTEM, meeting.id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title="Un ajout")
    frozen = json.loads(blobs.get(notice.agenda_sha256).content)
    assert [item["title"] for item in frozen["items"]] == ["Mobiliser l’ANCT"]
    assert services.fingerprint(meeting) != notice.agenda_sha256


def test_what_convening_needs(app: Flask) -> None:
    committee = make_committee()
    empty = plan(SYSTEM, committee)
    with pytest.raises(EmptyAgenda):
        services.convene(SYSTEM, empty.id)
    meetings.cancel(SYSTEM, empty.id, reason="Salle indisponible")
    with pytest.raises(NeverConvened):
        services.convene(SYSTEM, empty.id)
    meeting = ready(committee)
    with pytest.raises(NobodyToConvene):
        services.convene(SYSTEM, meeting.id)
    make_member(committee)
    with pytest.raises(AgendaChanged):
        services.convene(SYSTEM, meeting.id, seen="0" * 64)
    assert (meeting.state, len(mails())) == (MeetingState.PLANNED, 0)
    services.convene(SYSTEM, meeting.id, seen=services.fingerprint(meeting))


def test_only_the_secretary_convenes(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    meeting = ready(committee)
    with pytest.raises(NotTheSecretary):
        services.convene(member_of(committee), meeting.id)
    with pytest.raises(NotFound):
        services.convene(secretary_of(other, "Autre"), meeting.id)
    services.convene(secretary_of(committee), meeting.id)


@pytest.mark.parametrize(("days", "short"), [(14, False), (13, True)])
def test_a_short_notice_has_its_reason(app: Flask, days: int, short: bool) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee, clock.now() + timedelta(days=days))
    if short:
        with pytest.raises(NoticeTooShort) as refusal:
            services.convene(SYSTEM, meeting.id, short_notice_reason="non")
        assert refusal.value.params == {"wanted": 14, "left": 13}
    services.convene(SYSTEM, meeting.id, short_notice_reason="Urgence budgétaire")
    assert meeting.short_notice_reason == ("Urgence budgétaire" if short else "")


def test_members_are_told_what_changes(app: Flask) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    services.convene(SYSTEM, meeting.id)
    new = datetime(2026, 12, 17, 9, 0, tzinfo=UTC)
    meetings.move_meeting(
        SYSTEM,
        meeting.id,
        starts_at=new,
        ends_at=new + timedelta(hours=2),
        place="Bercy",
        reason="Salle indisponible",
    )
    _, mail = mails()
    assert "Séance modifiée" in mail.subject
    for words in ("17 décembre 2026", "15 décembre 2026", "Bercy", "Ségur, salle 4413", "Salle indisponible"):
        assert words in mail.text
    delivered = outbox.deliver_due()
    assert (delivered.sent, delivered.void) == (1, 1)  # the first notice is no longer the last word


def test_a_move_before_the_convocation_has_left_says_all_of_it(app: Flask) -> None:
    """The convocation is then void, false as it is: whoever reads the move alone has the agenda too."""
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    services.convene(SYSTEM, meeting.id)
    meetings.move_meeting(
        SYSTEM,
        meeting.id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place="Ségur, salle 2",
        reason="Salle plus grande",
    )
    for words in ("Ségur, salle 2", "1. Mobiliser l’ANCT", "15 décembre 2026", "Salle plus grande"):
        assert words in mails()[1].text
    outbox.deliver_due()
    first, second = mails()
    assert (first.state, second.state) == (outbox.OutboxState.VOID, outbox.OutboxState.SENT)


@pytest.mark.parametrize(
    ("way", "kind", "subject"),
    [
        (meetings.cancel, NoticeKind.CANCELLED, "Séance annulée"),
        (meetings.postpone_without_date, NoticeKind.POSTPONED, "Séance reportée"),
    ],
)
def test_a_convened_session_called_off_is_written_and_loses_nothing(
    app: Flask, way: object, kind: NoticeKind, subject: str
) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    services.convene(SYSTEM, meeting.id)
    way(SYSTEM, meeting.id, reason="Quorum impossible")  # type: ignore[operator]
    assert [notice.kind for notice in queries.notices_of(meeting.id)] == [kind, NoticeKind.CONVENED]
    assert mails()[1].subject.startswith(subject)
    assert "Quorum impossible" in mails()[1].text
    waiting = [entry.title for entry in db.session.scalars(db.select(DecisionRequest))]
    kept = [item.title for item in items_of(meeting.id)]
    assert "Mobiliser l’ANCT" in (waiting if kind is NoticeKind.CANCELLED else kept)


@pytest.mark.parametrize("dated_anew", [False, True])
def test_whoever_was_put_off_hears_what_becomes_of_the_session(app: Flask, dated_anew: bool) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    services.convene(SYSTEM, meeting.id)
    meetings.postpone_without_date(SYSTEM, meeting.id, reason="Salle indisponible")
    said = [NoticeKind.POSTPONED, NoticeKind.CONVENED]
    if dated_anew:
        later = meeting.starts_at + timedelta(days=14)
        meetings.move_meeting(
            SYSTEM, meeting.id, starts_at=later, ends_at=later + timedelta(hours=2), place="Ségur"
        )
        said.insert(0, NoticeKind.MOVED)
        assert "La séance reportée a sa nouvelle date" in mails()[-1].text
    meetings.cancel(SYSTEM, meeting.id, reason="Plus rien à décider")
    assert [notice.kind for notice in queries.notices_of(meeting.id)] == [NoticeKind.CANCELLED, *said]
    assert mails()[-1].subject.startswith("Séance annulée")


def test_the_date_it_had_is_news_for_those_who_were_put_off(app: Flask) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    services.convene(SYSTEM, meeting.id)
    meetings.postpone_without_date(SYSTEM, meeting.id, reason="Salle indisponible")
    as_it_was(meeting)
    assert queries.notices_of(meeting.id)[0].kind is NoticeKind.MOVED
    for words in ("15 décembre 2026", "Ségur, salle 4413", "confirmera la date"):
        assert words in mails()[-1].text


def test_what_members_do_not_read_of_a_held_date_is_not_told(app: Flask) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    services.hold_date(SYSTEM, meeting.id)
    as_it_was(meeting, notice_days=20)
    assert meeting.notice_days == 20
    assert [notice.kind for notice in queries.notices_of(meeting.id)] == [NoticeKind.DATE_HOLD]


def as_it_was(meeting: Meeting, **values: Any) -> None:
    hours = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
    meetings.move_meeting(SYSTEM, meeting.id, **hours, place=meeting.place, **values)


def test_nobody_is_written_to_before_the_convocation(app: Flask) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    meetings.cancel(SYSTEM, meeting.id, reason="Quorum impossible")
    assert (list(mails()), list(queries.notices_of(meeting.id))) == ([], [])
