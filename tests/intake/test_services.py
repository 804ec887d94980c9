"""Asking a committee, and what becomes of it, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests.meetings.factories import (
    actor_of,
    make_committee,
    make_group,
    make_member,
    member_of,
    secretary_of,
)
from tnt.committees.models import Committee
from tnt.core import clock
from tnt.core.access import SYSTEM, Actor, Grant
from tnt.core.db import db
from tnt.core.errors import NotFound, Stale
from tnt.core.outbox import OutboxMessage
from tnt.decisions.rules import ActKind
from tnt.intake import mails, queries, services
from tnt.intake.models import DecisionRequest, RequestOrigin, RequestState
from tnt.intake.rules import (
    AlreadyAsked,
    MayNotAsk,
    MissingAnswer,
    MissingTitle,
    NoOtherCommittee,
    NotYourRequest,
    RequestSettled,
    SameRequest,
)
from tnt.meetings.rules import NotTheSecretary
from tnt.projects.rules import Motion
from tnt.projects.services import draft_motion


def ask(
    actor: Actor, committee: Committee, title: str = "Mobiliser l’ANCT", **values: object
) -> DecisionRequest:
    given: dict[str, object] = {"origin": RequestOrigin.REQUEST, "act_kind": ActKind.OTHER} | values
    return services.file_request(actor, committee_id=committee.id, title=title, **given)  # type: ignore[arg-type]


def motion_of(group_id: int) -> int:
    return draft_motion(
        SYSTEM, group_id=group_id, motion=Motion.CREATE, mission="Simplifier les demandes d’urbanisme."
    ).id


def test_who_may_ask(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    group, foreign = make_group(), make_group("Agenda", "agenda")
    lead = actor_of(make_member(other, "Responsable"), Grant("lead", group.id))
    assert ask(member_of(committee), committee).state is RequestState.PENDING
    assert ask(secretary_of(other), committee, "Autre demande").state is RequestState.PENDING
    mine = ask(lead, committee, act_kind=ActKind.CREATE_GROUP, group_motion_id=motion_of(group.id))
    assert mine.author_id == lead.person_id
    with pytest.raises(MayNotAsk):
        ask(lead, committee, act_kind=ActKind.CREATE_GROUP, group_motion_id=motion_of(foreign.id))
    with pytest.raises(MayNotAsk):
        ask(lead, committee, "Sans objet")
    with pytest.raises(MissingTitle):
        ask(lead, committee, " ", group_id=group.id)
    assert [entry.id for entry in queries.list_mine(lead.person_id or 0)] == [mine.id]


def test_one_request_at_a_time_for_a_group(app: Flask) -> None:
    committee, group = make_committee(), make_group()
    ask(SYSTEM, committee, act_kind=ActKind.CREATE_GROUP, group_motion_id=motion_of(group.id))
    with pytest.raises(AlreadyAsked) as refusal:
        ask(SYSTEM, committee, "Encore", act_kind=ActKind.CREATE_GROUP, group_motion_id=motion_of(group.id))
    assert refusal.value.params == {"group": "Urbanisme", "title": "Mobiliser l’ANCT"}


def test_a_form_sent_twice_asks_once(app: Flask) -> None:
    committee = make_committee()
    member = member_of(committee)
    ask(member, committee)
    with pytest.raises(SameRequest):
        ask(member, committee)
    assert queries.count_pending([committee.id]) == 1


def test_a_refusal_has_an_answer_and_is_final(app: Flask) -> None:
    committee = make_committee()
    member, secretary = member_of(committee), secretary_of(committee)
    entry = ask(member, committee)
    with pytest.raises(NotTheSecretary):
        services.refuse(member, entry.id, answer="Hors du champ du comité.")
    with pytest.raises(NotFound):
        services.refuse(
            secretary_of(make_committee("orientation"), "Autre"), entry.id, answer="Hors du champ."
        )
    with pytest.raises(MissingAnswer):
        services.refuse(secretary, entry.id, answer="non")
    with pytest.raises(Stale):
        services.refuse(secretary, entry.id, answer="Hors du champ.", expected_version=0)
    services.refuse(secretary, entry.id, answer="Hors du champ.", expected_version=1)
    assert (entry.state, entry.answer, entry.settled_at is not None) == (
        RequestState.REFUSED,
        "Hors du champ.",
        True,
    )
    for again in (services.withdraw, services.mark_placed):
        with pytest.raises(RequestSettled):
            again(secretary, entry.id)


def test_a_request_is_handed_to_the_other_committee(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    entry = ask(member_of(committee), committee, wording="Le comité mobilise l’ANCT.")
    with pytest.raises(NoOtherCommittee):
        services.redirect(SYSTEM, entry.id, committee_id=committee.id)
    new = services.redirect(SYSTEM, entry.id, committee_id=other.id, answer="C’est sa compétence.")
    assert (entry.state, entry.answer) == (RequestState.REDIRECTED, "C’est sa compétence.")
    assert (new.committee_id, new.state, new.author_id, new.wording, new.redirected_from_id) == (
        other.id,
        RequestState.PENDING,
        entry.author_id,
        "Le comité mobilise l’ANCT.",
        entry.id,
    )
    assert queries.redirections_of([entry.id])[entry.id].id == new.id
    with pytest.raises(RequestSettled):
        services.redirect(SYSTEM, entry.id, committee_id=other.id)


@pytest.mark.parametrize(
    ("settle", "subject", "answer"),
    [
        (lambda one, by: services.mark_placed(by, one), "Votre demande est à l’ordre du jour", ""),
        (lambda one, by: services.mark_consulted(by, one), "Votre demande est soumise", ""),
        (
            lambda one, by: services.refuse(by, one, answer="Hors du champ."),
            "Votre demande n’est pas retenue",
            "Hors du champ.",
        ),
        (lambda one, by: services.withdraw(by, one), "Votre demande est retirée", ""),
        (
            lambda one, by: (services.mark_placed(by, one), services.wait_again(by, one)),
            "Votre demande attend une prochaine séance",
            "Elle n’est plus à l’ordre du jour",
        ),
        (
            lambda one, by: (services.mark_consulted(by, one), services.wait_again(by, one)),
            "Votre demande attend une prochaine séance",
            "La consultation écrite est retirée",
        ),
        (
            lambda one, by: services.mark_placed(by, one, day=date(2026, 12, 17)),
            "Votre demande est à l’ordre du jour",
            "à la séance du jeudi 17 décembre 2026",
        ),
        (
            lambda one, by: services.redirect(by, one, committee_id=make_committee("orientation").id),
            "Votre demande est orientée",
            "a transmis votre demande\u00a0: Comité d’orientation",
        ),
    ],
)
def test_the_author_is_told_what_became_of_a_request(
    app: Flask, settle: Callable[[int, Actor], object], subject: str, answer: str
) -> None:
    committee = make_committee()
    entry = ask(member_of(committee), committee)
    settle(entry.id, secretary_of(committee))
    mail = db.session.scalars(db.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert mail is not None
    assert mail.person_id == entry.author_id
    assert mail.subject.startswith(subject)
    assert answer in mail.text
    assert mail.text.rstrip().endswith(f"/demandes/{entry.id}")


def test_nobody_is_written_to_about_what_they_did_or_did_not_ask(app: Flask) -> None:
    committee = make_committee()
    secretary = secretary_of(committee)
    services.mark_placed(secretary, ask(secretary, committee).id)
    deferred = ask(SYSTEM, committee, "Reporté", origin=RequestOrigin.DEFERRED)
    services.refuse(SYSTEM, deferred.id, answer="Sans objet.")
    author = member_of(committee)
    services.withdraw(author, ask(author, committee, "Autre").id)
    left = ask(author, committee, "Encore une autre")
    assert left.author is not None
    left.author.ended_at = clock.now()
    db.session.commit()
    services.refuse(secretary, left.id, answer="Hors du champ.")
    assert db.session.scalars(db.select(OutboxMessage)).all() == []


def test_a_request_that_came_back_still_has_its_author_told(app: Flask) -> None:
    committee = make_committee()
    secretary = secretary_of(committee)
    entry = ask(member_of(committee), committee, origin=RequestOrigin.RETURNED)
    services.refuse(secretary, entry.id, answer="Hors du champ.")
    (mail,) = db.session.scalars(db.select(OutboxMessage))
    assert "Hors du champ." in mail.text


def test_a_mail_about_what_changed_since_does_not_leave(app: Flask) -> None:
    committee = make_committee()
    secretary = secretary_of(committee)
    entry = ask(member_of(committee), committee)
    services.mark_placed(secretary, entry.id)
    (placed,) = db.session.scalars(db.select(OutboxMessage))
    assert mails.is_still_so(placed)
    services.wait_again(secretary, entry.id)
    assert not mails.is_still_so(placed)


def test_only_its_author_or_the_secretariat_takes_it_back(app: Flask) -> None:
    committee = make_committee()
    author = member_of(committee)
    entry = ask(author, committee)
    with pytest.raises(NotYourRequest):
        services.withdraw(member_of(committee, "Autre"), entry.id)
    services.withdraw(author, entry.id)
    assert entry.state is RequestState.WITHDRAWN
    ask(author, committee)  # the same words may be asked again
