"""Building an agenda, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from tests.meetings.factories import (
    IN_THREE_WEEKS,
    make_committee,
    make_group,
    make_member,
    member_of,
    plan,
    secretary_of,
)
from tests.support import make_person
from tnt.agendas import queries, services
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.agendas.rules import (
    AgendaFrozen,
    AlreadyOnAgenda,
    GroupAlreadyThere,
    MissingItemTitle,
    OtherCommittee,
    RapporteurWithoutSeat,
    ReservedMotion,
    Standing,
)
from tnt.committees.models import Committee
from tnt.core.access import SYSTEM, Actor
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, Stale
from tnt.decisions.rules import ActKind
from tnt.intake import services as intake
from tnt.intake.models import DecisionRequest, RequestOrigin, RequestState
from tnt.intake.rules import RequestSettled
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState, NotTheSecretary
from tnt.projects.models import GroupMotion
from tnt.projects.rules import Motion
from tnt.projects.services import draft_motion


def add(meeting: Meeting, title: str, actor: Actor = SYSTEM, **values: object) -> AgendaItem:
    given: dict[str, object] = {"kind": ItemKind.DECISION, "act_kind": ActKind.OTHER} | values
    return services.add_item(actor, meeting.id, title=title, **given)  # type: ignore[arg-type]


def titles(meeting: Meeting) -> list[tuple[int, str]]:
    return [(item.position, item.title) for item in queries.items_of(meeting.id)]


def creation(slug: str = "urbanisme") -> GroupMotion:
    group = make_group(slug.capitalize(), slug)
    return draft_motion(
        SYSTEM, group_id=group.id, motion=Motion.CREATE, mission="Simplifier les demandes d’urbanisme."
    )


def file(committee_id: int, **values: object) -> DecisionRequest:
    given: dict[str, object] = {
        "origin": RequestOrigin.REQUEST,
        "act_kind": ActKind.OTHER,
        "title": "Une demande",
    } | values
    return intake.file_request(SYSTEM, committee_id=committee_id, **given)  # type: ignore[arg-type]


def test_items_are_added_moved_and_removed_in_order(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    first, second, third = (add(meeting, title) for title in ("Un point", "Deux points", "Trois points"))
    services.move_item(SYSTEM, third.id, by=-1)
    assert titles(meeting) == [(1, "Un point"), (2, "Trois points"), (3, "Deux points")]
    services.move_item(SYSTEM, first.id, to=3)
    services.move_item(SYSTEM, third.id, by=-1)  # already first: stays
    assert titles(meeting) == [(1, "Trois points"), (2, "Deux points"), (3, "Un point")]
    services.remove_item(SYSTEM, second.id)
    assert titles(meeting) == [(1, "Trois points"), (2, "Un point")]
    with pytest.raises(NotFound):
        services.remove_item(SYSTEM, second.id)


def test_only_the_secretary_of_the_committee_changes_it(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    meeting = plan(SYSTEM, committee)
    item = add(meeting, "Un point", secretary_of(committee))
    member, stranger = member_of(committee), secretary_of(other, "Autre")
    for actor, refusal in ((member, NotTheSecretary), (stranger, NotFound)):
        with pytest.raises(refusal):
            add(meeting, "Un autre point", actor)
        with pytest.raises(refusal):
            services.revise_item(actor, item.id, title="Changé", minutes=5)
        with pytest.raises(refusal):
            services.move_item(actor, item.id, by=1)
        with pytest.raises(refusal):
            services.remove_item(actor, item.id)
    assert titles(meeting) == [(1, "Un point")]


def test_the_agenda_is_frozen_once_the_session_opens(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    item = add(meeting, "Un point")
    with transaction():
        meetings.enter_state(meeting, MeetingState.CONVENED)
        meetings.enter_state(meeting, MeetingState.IN_SESSION)
    with pytest.raises(AgendaFrozen):
        add(meeting, "Un autre point")
    with pytest.raises(AgendaFrozen):
        services.revise_item(SYSTEM, item.id, title="Changé", minutes=5)
    with pytest.raises(AgendaFrozen):
        services.move_item(SYSTEM, item.id, by=1)
    with pytest.raises(AgendaFrozen):
        services.remove_item(SYSTEM, item.id)


def test_a_motion_is_asked_once(app: Flask) -> None:
    committee = make_committee()
    meeting, later = plan(SYSTEM, committee), plan(SYSTEM, committee, IN_THREE_WEEKS + timedelta(days=90))
    motion = creation()
    item = add(meeting, "Créer", act_kind=ActKind.CREATE_GROUP, group_motion_id=motion.id)
    assert item.draft_wording.startswith("Le comité de coordination crée le groupe projet")
    with pytest.raises(AlreadyOnAgenda):
        add(later, "Créer", act_kind=ActKind.CREATE_GROUP, group_motion_id=motion.id)
    again = draft_motion(
        SYSTEM, group_id=motion.group_id, motion=Motion.CREATE, mission="Une autre mission pour le groupe."
    )
    with pytest.raises(GroupAlreadyThere):
        add(meeting, "Créer", act_kind=ActKind.CREATE_GROUP, group_motion_id=again.id)


def test_in_the_other_committee_it_is_an_opinion(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee("orientation"))
    item = add(meeting, "Créer", act_kind=ActKind.CREATE_GROUP, group_motion_id=creation().id)
    assert item.kind is ItemKind.OPINION
    assert item.draft_wording.startswith("Le comité d’orientation politique est d’avis de créer")


def test_whoever_reports_sits_there_that_day(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    seated = make_member(committee, "Assis")
    gone = make_member(committee, "Parti", until_on=date(2026, 12, 14))
    assert add(meeting, "Un point", rapporteur_id=seated.id).rapporteur_id == seated.id
    with pytest.raises(RapporteurWithoutSeat):
        add(meeting, "Un point", rapporteur_id=gone.id)


def test_two_people_on_one_item(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    item = add(meeting, "Un point")
    services.revise_item(SYSTEM, item.id, title="Un point changé", minutes=20, expected_version=1)
    with pytest.raises(Stale):
        services.revise_item(SYSTEM, item.id, title="Autrement changé", minutes=5, expected_version=1)
    with pytest.raises(MissingItemTitle):
        services.revise_item(SYSTEM, item.id, title=" ", minutes=5, expected_version=2)
    assert (item.title, item.minutes, item.version) == ("Un point changé", 20, 2)


def test_a_request_is_placed_with_its_lineage_and_waits_again_when_removed(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    meeting = plan(SYSTEM, committee)
    entry = file(committee.id, title="Reporté deux fois", wording="Le comité décide.", times_deferred=2)
    with pytest.raises(OtherCommittee):
        services.place_request(SYSTEM, plan(SYSTEM, other).id, entry.id)
    item = services.place_request(SYSTEM, meeting.id, entry.id)
    assert (item.times_deferred, item.draft_wording, entry.state) == (
        2,
        "Le comité décide.",
        RequestState.PLACED,
    )
    with pytest.raises((RequestSettled, AlreadyOnAgenda)):
        services.place_request(SYSTEM, meeting.id, entry.id)
    services.remove_item(SYSTEM, item.id)
    assert entry.state is RequestState.PENDING


def test_what_becomes_of_a_group_is_never_reserved(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    motion = creation()
    with pytest.raises(ReservedMotion):
        add(meeting, "Créer", act_kind=ActKind.CREATE_GROUP, group_motion_id=motion.id, reserved=True)
    item = add(meeting, "Créer", act_kind=ActKind.CREATE_GROUP, group_motion_id=motion.id)
    with pytest.raises(ReservedMotion):
        services.revise_item(SYSTEM, item.id, title="Créer", minutes=5, reserved=True)


def test_a_session_opens_with_its_standing_items(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    for title, standing in (
        ("Créer", None),
        ("Suites", Standing.FOLLOW_UP),
        ("Compte rendu", Standing.MINUTES),
    ):
        add(meeting, title, standing=standing)
    assert [one.title for one in queries.items_of(meeting.id)] == ["Compte rendu", "Suites", "Créer"]


def test_who_asked_reports_the_item_while_seated(app: Flask) -> None:
    committee = make_committee()
    member, outsider = make_member(committee, "Vasseur"), make_person("Martin")
    meeting = plan(SYSTEM, committee)
    for author in (member, outsider):
        entry = file(committee.id, title=f"Demande de {author.family_name}")
        with transaction():
            entry.author_id = author.id
        services.place_request(SYSTEM, meeting.id, entry.id)
    assert [line.rapporteur for line in queries.lines_of(meeting.id, reserved=True)] == [member.full_name, ""]


def furnished(committee: Committee) -> Meeting:
    """A session with an item that was asked for, one that was not, and one that every session has."""
    meeting = plan(SYSTEM, committee)
    entry = file(committee.id, title="Une demande placée")
    services.place_request(SYSTEM, meeting.id, entry.id)
    motion = creation()
    add(meeting, "Créer", act_kind=ActKind.CREATE_GROUP, group_motion_id=motion.id, minutes=25)
    add(meeting, "Un contentieux", reserved=True)
    add(meeting, "Suites données", standing=Standing.FOLLOW_UP)
    return meeting


def test_nothing_is_lost_when_a_session_is_cancelled(app: Flask) -> None:
    committee = make_committee()
    meeting = furnished(committee)
    motion = queries.items_of(meeting.id)[2].group_motion
    assert motion is not None
    meetings.cancel(SYSTEM, meeting.id, reason="Salle indisponible")
    found = db.session.scalars(db.select(DecisionRequest).order_by(DecisionRequest.id)).all()
    assert [(one.title, one.state, one.origin, one.from_meeting_id) for one in found] == [
        ("Une demande placée", RequestState.PENDING, RequestOrigin.RETURNED, meeting.id),
        ("Créer", RequestState.PENDING, RequestOrigin.RETURNED, meeting.id),
        ("Un contentieux", RequestState.PENDING, RequestOrigin.RETURNED, meeting.id),
    ]
    assert (found[1].group_motion_id, found[1].minutes) == (motion.id, 25)
    assert [one.reserved for one in found] == [False, False, True]
    assert len(queries.items_of(meeting.id)) == 4  # the agenda stays readable
    again = services.place_request(SYSTEM, plan(SYSTEM, committee).id, found[1].id)
    assert again.group_motion_id == motion.id


def test_a_postponed_session_keeps_its_agenda_until_it_is_dated(app: Flask) -> None:
    committee = make_committee()
    meeting = furnished(committee)
    (placed,) = db.session.scalars(db.select(DecisionRequest))
    titles = [item.title for item in queries.items_of(meeting.id)]
    meetings.postpone_without_date(SYSTEM, meeting.id, reason="Salle indisponible")
    assert [item.title for item in queries.items_of(meeting.id)] == titles
    assert placed.state is RequestState.PLACED
    with pytest.raises((RequestSettled, AlreadyOnAgenda)):
        services.place_request(SYSTEM, plan(SYSTEM, committee).id, placed.id)
    meetings.move_meeting(
        SYSTEM,
        meeting.id,
        starts_at=IN_THREE_WEEKS + timedelta(days=9),
        ends_at=IN_THREE_WEEKS + timedelta(days=9, hours=2),
        place="",
    )
    assert meeting.state is MeetingState.PLANNED
    services.move_item(SYSTEM, queries.items_of(meeting.id)[0].id, by=1)  # and it may change again
