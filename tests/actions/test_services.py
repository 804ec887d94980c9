"""Opening, proving, dropping, reopening actions, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.objectives import factories as make
from tests.objectives.factories import World
from tnt.actions import queries, rules, services
from tnt.actions.models import Action
from tnt.actions.queries import Filters
from tnt.actions.rules import ActionState
from tnt.core import journal
from tnt.core.access import SYSTEM, Actor, Grant
from tnt.core.db import db
from tnt.core.errors import DomainError, Forbidden, NotFound, Stale

TODAY = date(2026, 11, 23)


@pytest.fixture
def world(app: Flask) -> World:
    return make.make_world()


def secretary(world: World) -> Actor:
    return make.actor(
        world.secretary, Grant("secretary", world.committee.id), Grant("member", world.committee.id)
    )


def member(world: World) -> Actor:
    return make.actor(world.member, Grant("member", world.committee.id))


def ask(world: World, title: str = "Écrire le guide", due_on: date = TODAY, **owner: int | None) -> Action:
    """An action of the member, unless another owner is named."""
    return services.open_action(
        SYSTEM,
        committee_id=world.committee.id,
        title=title,
        due_on=due_on,
        **(owner or {"owner_id": world.member.id}),  # type: ignore[arg-type]
    )


def test_the_secretariat_and_a_co_chair_open(world: World) -> None:
    act = make.make_act(world.committee)
    for actor in (secretary(world), make.actor(None, Grant("co_chair", world.committee.id))):
        action = services.open_action(
            actor,
            committee_id=world.committee.id,
            act_id=act.id,
            title=" Écrire le guide ",
            owner_institution_id=world.anct.id,
            due_on=TODAY,
        )
        assert (action.title, action.state, services.owner_name(action)) == (
            "Écrire le guide",
            "open",
            "ANCT",
        )
    assert [found.id for found in queries.of_acts([act.id])[act.id]] == [action.id - 1, action.id]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"committee_id": 999}, Forbidden),
        ({"owner_id": 999}, NotFound),
        ({"owner_institution_id": 999}, NotFound),
        ({"act_id": 999}, NotFound),
        ({"meeting_id": 999}, NotFound),
        ({"title": ""}, rules.UntitledAction),
        ({"owner_id": None}, rules.NobodyOwnsIt),
    ],
)
def test_bad_input_opens_nothing(world: World, values: dict[str, object], refusal: type[DomainError]) -> None:
    good = {
        "committee_id": world.committee.id,
        "owner_id": world.member.id,
        "title": "Écrire le guide",
        "due_on": TODAY,
    }
    with pytest.raises(refusal):
        services.open_action(secretary(world), **(good | values))  # type: ignore[arg-type]
    assert queries.open_in(world.committee.id) == []
    assert journal.count() == 0


def test_nobody_else_opens(world: World) -> None:
    for actor in (member(world), make.actor(), make.actor(None, Grant("secretary", 999))):
        with pytest.raises(Forbidden):
            services.open_action(
                actor,
                committee_id=world.committee.id,
                title="Écrire le guide",
                owner_id=world.member.id,
                due_on=TODAY,
            )


def test_due_after_the_act_that_asks(world: World) -> None:
    act = make.make_act(world.committee, decided_on=date(2026, 9, 22))
    with pytest.raises(rules.DueBeforeOrigin) as caught:
        ask(world, due_on=date(2026, 9, 21), act_id=act.id, owner_id=world.member.id)
    assert caught.value.params == {"day": date(2026, 9, 22)}


def test_owners_and_the_secretariat_finish(world: World) -> None:
    colleague = make.actor(world.secretary)  # sits for ANCT as well, without the right of this page
    cases = [
        (ask(world), member(world)),
        (ask(world), secretary(world)),
        (ask(world, owner_institution_id=world.anct.id), colleague),
    ]
    for action, actor in cases:
        done = services.mark_done(actor, action.id, proof=" https://guide.example ", done_on=TODAY)
        assert (done.state, done.done_on, done.proof) == ("done", TODAY, "https://guide.example")


def test_who_does_not_finish(world: World) -> None:
    mine = ask(world)
    former = make.make_somebody("Former")
    make.give_seat(former, world.committee, world.dinum, until_on=date(2026, 11, 22))
    dinum = ask(world, owner_institution_id=world.dinum.id)
    with pytest.raises(Forbidden):
        services.mark_done(make.actor(world.lead, Grant("member", world.committee.id)), mine.id, proof="fait")
    with pytest.raises(Forbidden):
        services.mark_done(member(world), dinum.id, proof="fait")
    for stranger in (make.actor(former), make.actor(world.stranger), make.actor()):
        with pytest.raises(NotFound):
            services.mark_done(stranger, dinum.id, proof="fait")
    with pytest.raises(Forbidden):
        services.mark_done(make.actor(None, Grant("programme_manager")), dinum.id, proof="fait")
    with pytest.raises(NotFound):
        services.mark_done(secretary(world), 999, proof="fait")
    assert {action.state for action in queries.open_in(world.committee.id)} == {ActionState.OPEN}


def test_dropping_and_reopening_belong_to_the_secretariat(world: World) -> None:
    action = ask(world)
    with pytest.raises(Forbidden):
        services.drop_action(member(world), action.id, reason="sans objet")
    with pytest.raises(rules.MissingReason):
        services.drop_action(secretary(world), action.id, reason=" ")
    services.drop_action(secretary(world), action.id, reason="sans objet", expected_version=1)
    assert (action.state, action.proof) == ("dropped", "sans objet")
    with pytest.raises(rules.ForbiddenActionStep):
        services.mark_done(member(world), action.id, proof="fait")
    with pytest.raises(Forbidden):
        services.reopen(member(world), action.id, reason="finalement")
    services.reopen(secretary(world), action.id, reason="finalement")
    assert (action.state, action.proof, action.done_on, action.version) == ("open", "", None, 3)
    verbs = [entry.action for entry in queries.history_of(action.id)]
    assert verbs == ["action.reopen", "action.drop", "action.open"]
    newest = queries.history_of(action.id)[0].detail
    assert newest is not None
    assert newest.payload["after"]["reason"] == "finalement"


LATER = date(2027, 1, 15)


def test_the_secretariat_changes_the_due_date_or_the_owner_and_says_why(world: World) -> None:
    action = ask(world)
    body = world.dinum.id
    services.change_terms(
        secretary(world), action.id, due_on=LATER, owner_id=world.member.id, reason="marché relancé"
    )
    assert (action.due_on, action.owner_id, action.version) == (LATER, world.member.id, 2)
    services.change_terms(
        secretary(world),
        action.id,
        due_on=LATER,
        owner_institution_id=body,
        reason="départ",
        expected_version=2,
    )
    assert (action.owner_id, action.owner_institution_id) == (None, body)
    newest, before = (entry.detail for entry in queries.history_of(action.id)[:2])
    assert newest is not None
    assert before is not None
    assert newest.payload["before"] == {"owner": world.member.full_name}
    assert newest.payload["after"] == {"owner": services.owner_name(action), "reason": "départ"}
    assert before.payload["before"] == {"due_on": "2026-11-23"}
    assert before.payload["after"] == {"due_on": "2027-01-15", "reason": "marché relancé"}


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"reason": " "}, rules.MissingReason),
        ({"due_on": TODAY}, rules.NothingChanged),
        ({"due_on": date(2020, 1, 1)}, rules.DueBeforeOrigin),
        ({"owner_id": None}, rules.NobodyOwnsIt),
        ({"owner_id": 999}, NotFound),
        ({"expected_version": 7}, Stale),
    ],
)
def test_terms_that_change_nothing(world: World, values: dict[str, Any], refusal: type[DomainError]) -> None:
    action = ask(world, act_id=make.make_act(world.committee).id, owner_id=world.member.id)
    terms = {"due_on": LATER, "owner_id": world.member.id, "reason": "report"} | values
    with pytest.raises(refusal):
        services.change_terms(secretary(world), action.id, **terms)
    db.session.expire_all()
    assert (action.due_on, action.owner_id, action.version) == (TODAY, world.member.id, 1)


def test_whose_terms_stay(world: World) -> None:
    action = ask(world)
    terms: dict[str, Any] = {"due_on": LATER, "owner_id": world.member.id, "reason": "report"}
    with pytest.raises(Forbidden):
        services.change_terms(member(world), action.id, **terms)  # the owner proves it done, no more
    services.mark_done(member(world), action.id, proof="fait")
    with pytest.raises(rules.ForbiddenActionStep):
        services.change_terms(secretary(world), action.id, **terms)


def test_done_twice_or_on_an_old_page(world: World) -> None:
    action = ask(world)
    services.mark_done(member(world), action.id, proof="fait", expected_version=1)
    with pytest.raises(Stale):
        services.mark_done(secretary(world), action.id, proof="autre", expected_version=1)
    with pytest.raises(rules.ForbiddenActionStep):
        services.mark_done(secretary(world), action.id, proof="autre", expected_version=2)
    db.session.expire_all()
    assert action.proof == "fait"


def test_mine_and_those_of_my_committees(world: World) -> None:
    mine = ask(world, "Mienne")
    body = ask(world, "De l’ANCT", owner_institution_id=world.anct.id)
    other = ask(world, "Du responsable", owner_id=world.lead.id)

    def listed(actor: Actor, **filters: object) -> list[int]:
        page = queries.list_page(actor, Filters(**filters), TODAY)  # type: ignore[arg-type]
        return [action.id for action in page.actions]

    assert listed(member(world)) == [mine.id, body.id]
    assert listed(member(world), mine=False) == [mine.id, body.id, other.id]
    assert listed(make.actor(world.stranger), mine=False) == []
    assert listed(make.actor(None), mine=True) == []
    assert listed(make.actor(None, Grant("programme_manager")), mine=False) == [mine.id, body.id, other.id]
    assert listed(member(world), mine=False, owner=f"p{world.lead.id}") == [other.id]
    assert listed(member(world), mine=False, owner=f"i{world.anct.id}") == [body.id]
    assert listed(member(world), mine=False, owner="p" + "9" * 40) == [mine.id, body.id, other.id]
    assert listed(member(world), mine=False, committee_id=999) == []
    assert queries.owner_choices(member(world), TODAY) == [
        (f"p{world.lead.id}", "Lead Louise"),
        (f"p{world.member.id}", "Member Louise"),
        (f"i{world.anct.id}", "ANCT"),
    ]


def test_the_order_and_the_states(world: World) -> None:
    soon = ask(world, "Bientôt", date(2026, 12, 1))
    late = ask(world, "Tard", date(2026, 11, 2))
    done = ask(world, "Faite", date(2026, 11, 1))
    services.mark_done(member(world), done.id, proof="fait")

    def listed(state: str) -> list[int]:
        return [a.id for a in queries.list_page(member(world), Filters(state=state), TODAY).actions]

    assert listed("open") == [late.id, soon.id]
    assert listed("late") == [late.id]
    assert listed("done") == [done.id]
    assert listed("dropped") == []
    assert listed("all") == [late.id, soon.id, done.id]
    assert queries.count_late([world.committee.id], TODAY) == queries.count_late(None, TODAY) == 1
    assert [a.id for a in queries.open_of(member(world), TODAY)] == [late.id, soon.id]


def test_pages(world: World) -> None:
    for number in range(queries.PAGE_LENGTH + 1):
        ask(world, f"Action {number}")
    first = queries.list_page(member(world), Filters(), TODAY)
    assert (len(first.actions), first.total, first.has_next) == (50, 51, True)
    last = queries.list_page(member(world), Filters(page=99), TODAY)
    assert (len(last.actions), last.page, last.has_next) == (1, 2, False)
    assert (last.total, queries.list_page(member(world), Filters(page=10**9), TODAY).page) == (51, 2)
    none = queries.list_page(member(world), Filters(page=3, state="done"), TODAY)
    assert (none.actions, none.total, none.page) == ([], 0, 1)


def test_progress_is_noted_by_whoever_may_finish(world: World) -> None:
    action = ask(world)
    with pytest.raises(Forbidden):
        services.note_progress(make.actor(world.lead, Grant("member", world.committee.id)), action.id, "Fait")
    with pytest.raises(rules.MissingProgress):
        services.note_progress(member(world), action.id, " ")
    first = services.note_progress(member(world), action.id, " La moitié est écrite. ")
    assert services.note_progress(member(world), action.id, "La moitié est écrite.").id == first.id
    services.note_progress(secretary(world), action.id, "Relu par l’ANCT.")
    assert [(note.text, note.noted_by_id) for note in queries.notes_of(action.id)] == [
        ("Relu par l’ANCT.", world.secretary.id),
        ("La moitié est écrite.", world.member.id),
    ]
    services.mark_done(member(world), action.id, proof="https://exemple.fr/guide")
    with pytest.raises(rules.NoMoreProgress):
        services.note_progress(member(world), action.id, "Encore")
    assert len(queries.notes_of(action.id)) == 2
