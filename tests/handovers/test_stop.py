"""A group that stops leaves nothing open: each thing is closed or handed over, with the act."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.closing.scene import MISSION, Scene, hold, plan, set_scene
from tests.closing.scene import settle as settle_item
from tests.support import signed_in_client
from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.actions.rules import ActionState
from tnt.actions.services import open_action
from tnt.agendas import services as agendas
from tnt.agendas.models import AgendaItem
from tnt.closing import queries as closing_queries
from tnt.closing import services as closing
from tnt.closing.rules import EffectRefused
from tnt.core import clock, journal
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.core.i18n import say as say_as_it_is
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, EffectLine
from tnt.decisions.subjects import effects_of
from tnt.effects import services as effects
from tnt.handovers import queries
from tnt.handovers.models import Handover
from tnt.handovers.rules import Answer, Fate, HeirEnded, Unanswered, WithoutHeir, WithoutWords
from tnt.meetings.models import Meeting
from tnt.objectives import services as objectives
from tnt.objectives.models import SemesterObjective
from tnt.objectives.queries import current_state
from tnt.objectives.rules import ObjectiveMotionKind, ObjectiveState, Score
from tnt.projects.models import GroupAct, ProjectGroup
from tnt.projects.rules import Motion, StopKind
from tnt.sittings.rules import OutcomeKind


def say(line: EffectLine) -> str:
    """The sentence, its spaces made plain."""
    return plain(say_as_it_is(line))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


ASK = agendas.GroupAsk(reason="Mission accomplie.", stop_kind=StopKind.ACHIEVED)
CLOSED = Answer(Fate.CLOSED, "Repris dans le droit commun.")


@pytest.fixture
def scene(app: Flask) -> Scene:
    """The group is created, with a lead; another group may take over."""
    scene = set_scene()
    _prior(scene, scene.group, Motion.CREATE, lead_id=scene.member)
    with transaction() as session:
        other = ProjectGroup(
            slug="relais", name="Relais", workstream_id=1, proposed_mission=MISSION, created_at=clock.now()
        )
        session.add(other)
        session.flush()
        other_id = other.id
    _prior(scene, other_id, Motion.CREATE, lead_id=scene.chair)
    return scene


def _prior(scene: Scene, group_id: int, motion: Motion, lead_id: int | None = None, **more: object) -> Act:
    return effects.record_prior_act(
        scene.actor(scene.secretary),
        authority="Ministre",
        decided_on=date(2026, 3, 1),
        wording="Décision prise.",
        group_id=group_id,
        motion=motion,
        mission=MISSION,
        lead_id=lead_id,
        lead_institution_id=scene.institution,
        **more,  # type: ignore[arg-type]
    )


def relay() -> int:
    return db.session.scalars(select(ProjectGroup.id).where(ProjectGroup.slug == "relais")).one()


def put_action(scene: Scene, title: str) -> Action:
    act = db.session.scalars(
        select(Act).where(Act.kind == ActKind.CREATE_GROUP).order_by(Act.id).limit(1)
    ).one()
    with transaction() as session:  # an act of the committee about the group
        session.get_one(Act, act.id).committee_id = scene.coordination
        if session.get(GroupAct, (scene.group, act.id)) is None:
            session.add(GroupAct(group_id=scene.group, act_id=act.id))
    return open_action(
        SYSTEM,
        committee_id=scene.coordination,
        title=title,
        due_on=date(2026, 12, 31),
        act_id=act.id,
        owner_id=scene.member,
    )


def put_objective(scene: Scene, title: str, *, adopted: bool) -> SemesterObjective:
    objective = objectives.propose_objective(SYSTEM, group_id=scene.group, semester="2026-S2", title=title)
    if adopted:
        act = _prior_note(scene)
        motion = objectives.draft_motion(SYSTEM, objective_id=objective.id, kind=ObjectiveMotionKind.ADOPT)
        objectives.carry_out(SYSTEM, motion, act)
    return objective


def _prior_note(scene: Scene) -> Act:
    return effects.record_prior_act(
        scene.actor(scene.secretary), authority="Ministre", decided_on=date(2026, 7, 1), wording="Adopté."
    )


def stop(scene: Scene, meeting_id: int, answers: dict[str, Answer] | None) -> AgendaItem:
    return agendas.add_group_item(
        scene.actor(scene.secretary),
        meeting_id,
        act_kind=ActKind.STOP_GROUP,
        group_id=scene.group,
        ask=replace(ASK, answers=answers),
    )


def lift(scene: Scene, meeting_id: int) -> None:
    settle_item(scene, meeting_id, OutcomeKind.ADOPTED)
    closing.adjourn(scene.actor(scene.secretary), meeting_id)


def give_all(scene: Scene, meeting_id: int) -> None:
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), meeting_id, 1)


def lines(meeting_id: int) -> list[str]:
    preview = closing_queries.preview_of(db.session.get_one(Meeting, meeting_id))
    return [say(line) for line in preview.lines if line.kind == "handover"]


def test_every_thing_is_answered_for(scene: Scene) -> None:
    action = put_action(scene, "Publier le guide")
    meeting_id = plan(scene)
    code = f"a{action.id}"
    for answers, refusal, field in (
        ({}, Unanswered, "fate"),
        ({code: Answer(Fate.CLOSED, " ")}, WithoutWords, "words"),
        ({code: Answer(Fate.HANDED, "", "x1")}, WithoutHeir, "heir"),
        ({code: Answer(Fate.HANDED, "", f"g{scene.group}")}, HeirEnded, "heir"),
    ):
        with pytest.raises(refusal) as refused:
            stop(scene, meeting_id, answers)
        assert refused.value.field == f"{code}_{field}"
    assert db.session.scalars(select(AgendaItem)).all() == []  # nothing half-written
    assert stop(scene, meeting_id, {code: CLOSED}).group_motion_id is not None


def test_what_was_answered_is_applied_at_the_last_visa(scene: Scene) -> None:
    closed, handed, relayed = (put_action(scene, title) for title in ("Clore", "Confier", "Relayer"))
    adopted = put_objective(scene, "Former cent agents", adopted=True)
    carried = put_objective(scene, "Ouvrir dix guichets", adopted=True)
    proposed = put_objective(scene, "Écrire un bilan", adopted=False)
    ids = (closed.id, handed.id, relayed.id, adopted.id, carried.id, proposed.id)
    meeting_id = plan(scene)
    item = stop(
        scene,
        meeting_id,
        {
            f"a{closed.id}": CLOSED,
            f"a{handed.id}": Answer(Fate.HANDED, "", f"i{scene.institution}"),
            f"a{relayed.id}": Answer(Fate.HANDED, "", f"g{relay()}"),
            f"o{adopted.id}": Answer(Fate.CLOSED, "Abandonné faute de temps."),
            f"o{carried.id}": Answer(Fate.HANDED, "", f"g{relay()}"),
            f"o{proposed.id}": CLOSED,
        },
    )
    motion_id = item.group_motion_id
    assert len(queries.handovers_of(motion_id or 0)) == 6
    hold(scene, meeting_id)
    settle_item(scene, meeting_id, OutcomeKind.ADOPTED)
    assert len(lines(meeting_id)) == 6
    closing.adjourn(scene.actor(scene.secretary), meeting_id)
    record = closing_queries.find_record(meeting_id)
    assert record is not None
    (decision,) = closing.frozen_content(record)["decisions"]  # type: ignore[misc]
    assert "L’action « Clore » est close" in plain(" ".join(decision["effects"]))
    assert db.session.get_one(Action, ids[0]).state is ActionState.OPEN  # before the last visa, nothing moves
    give_all(scene, meeting_id)

    closed, handed, relayed = (db.session.get_one(Action, key) for key in ids[:3])
    assert (closed.state, closed.proof) == (ActionState.DROPPED, CLOSED.words)
    assert (handed.owner_id, handed.owner_institution_id) == (None, scene.institution)
    assert (relayed.group_id, relayed.owner_id) == (relay(), scene.chair)
    assert [thing.title for thing in queries.open_things(relay())] == ["Relayer", "Ouvrir dix guichets"]
    # asked by an act of the group, it is still shown as what follows from it
    assert [thing.title for thing in queries.open_things(scene.group)] == ["Confier"]
    adopted, carried, proposed = (db.session.get_one(SemesterObjective, key) for key in ids[3:])
    assert current_state(adopted) is current_state(carried) is ObjectiveState.SCORED
    assert adopted.events[-1].score is Score.ABANDONED
    assert current_state(proposed) is ObjectiveState.WITHDRAWN
    (heir,) = db.session.scalars(select(SemesterObjective).where(SemesterObjective.group_id == relay()))
    assert (heir.carried_from_id, current_state(heir)) == (ids[4], ObjectiveState.ADOPTED)
    (act,) = db.session.scalars(select(Act).where(Act.kind == ActKind.STOP_GROUP))
    told = " ".join(say(line) for line in effects_of([act.id])[act.id])
    assert "« Clore » est close" in told
    assert "« Former cent agents »" in told
    assert journal.verify() == []


def test_what_appears_after_the_answers_is_closed_with_the_act_and_named(scene: Scene) -> None:
    meeting_id = plan(scene)
    stop(scene, meeting_id, {})
    early = put_action(scene, "Apparue avant la levée").id
    hold(scene, meeting_id)
    settle_item(scene, meeting_id, OutcomeKind.ADOPTED)
    assert lines(meeting_id) == [
        "L’action « Apparue avant la levée », dont rien n’a été dit, est close avec l’arrêt du groupe."
    ]
    closing.adjourn(scene.actor(scene.secretary), meeting_id)
    late = put_action(scene, "Apparue avant le visa").id
    give_all(scene, meeting_id)
    for key in (early, late):
        action = db.session.get_one(Action, key)
        assert action.state is ActionState.DROPPED
        assert plain(action.proof).startswith("Clos avec l’arrêt du groupe « Urbanisme » (CC-")
    dropped = db.session.scalars(
        select(journal.JournalEntry).where(journal.JournalEntry.action == "action.drop")
    ).all()
    assert {entry.object_id for entry in dropped} == {early, late}
    assert len(db.session.scalars(select(Handover)).all()) == 2


def test_an_heir_that_ended_meanwhile_refuses_the_visa_and_nothing_is_applied(scene: Scene) -> None:
    action = put_action(scene, "Relayer").id
    meeting_id = plan(scene)
    stop(scene, meeting_id, {f"a{action}": Answer(Fate.HANDED, "", f"g{relay()}")})
    hold(scene, meeting_id)
    lift(scene, meeting_id)
    effects.record_prior_act(
        scene.actor(scene.secretary),
        authority="Ministre",
        decided_on=date(2026, 9, 1),
        wording="Arrêté.",
        group_id=relay(),
        motion=Motion.STOP,
        reason="Fini.",
        stop_kind=StopKind.ABANDONED,
    )
    closing.give_visa(scene.actor(scene.chair), meeting_id, 1)
    with pytest.raises(EffectRefused, match="Relais"):
        closing.give_visa(scene.actor(scene.second_chair), meeting_id, 1)
    assert db.session.get_one(Action, action).state is ActionState.OPEN


def client_of(app: Flask, person_id: int):
    return signed_in_client(app, db.session.get_one(Person, person_id))


def test_the_form_of_a_stop_asks_and_keeps_what_was_typed(app: Flask, scene: Scene) -> None:
    action = put_action(scene, "Publier le guide").id
    meeting_id, client = plan(scene), client_of(app, scene.secretary)
    address = f"/seances/{meeting_id}/points/ajouter/stop_group"
    assert "Publier le guide" in client.get(f"{address}?groupe={scene.group}").text
    typed = {
        "group_id": str(scene.group),
        "stop_kind": "achieved",
        "reason": "Mission accomplie.",
        "minutes": "15",
        "rapporteur_id": "",
    }
    refused = client.post(address, data=typed)
    assert (refused.status_code, "Mission accomplie." in refused.text) == (422, True)
    assert "Indiquez ce que devient « Publier le guide »" in plain(refused.text)
    refused = client.post(address, data=typed | {f"a{action}_fate": "closed", f"a{action}_words": ""})
    assert "Indiquez les mots de la clôture" in refused.text
    answered = typed | {f"a{action}_fate": "closed", f"a{action}_words": "Repris par la région."}
    assert client.post(address, data=answered).status_code == 303
    item = db.session.scalars(select(AgendaItem)).one().id
    page = client.get(f"/seances/{meeting_id}/points/{item}/modifier").text
    assert "Repris par la région." in page
    handed = {f"a{action}_fate": "handed", f"a{action}_heir": f"p{scene.chair}", "version": "1"}
    answer = client.post(f"/seances/{meeting_id}/points/{item}/modifier", data=typed | handed)
    assert answer.status_code == 303
    (kept,) = db.session.scalars(select(Handover))
    assert (kept.heir, kept.words) == (f"p{scene.chair}", "")


def test_a_prior_act_that_stops_a_group_asks_too(app: Flask, scene: Scene) -> None:
    objective = put_objective(scene, "Écrire un bilan", adopted=False).id
    client = client_of(app, scene.secretary)
    typed = {
        "authority": "Comité de coordination",
        "decided_on": "2026-10-01",
        "wording": "Le groupe est arrêté.",
        "group_id": str(scene.group),
        "motion": "stop",
        "reason": "Fini.",
        "stop_kind": "abandoned",
    }
    refused = client.post("/decisions/acte-anterieur", data=typed)
    assert (refused.status_code, "Écrire un bilan" in refused.text) == (422, True)
    answered = typed | {f"o{objective}_fate": "handed", f"o{objective}_heir": f"g{relay()}"}
    assert client.post("/decisions/acte-anterieur", data=answered).status_code == 303
    assert current_state(db.session.get_one(SemesterObjective, objective)) is ObjectiveState.WITHDRAWN
    assert [thing.title for thing in queries.open_things(relay())] == ["Écrire un bilan"]
