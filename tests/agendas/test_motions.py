"""Items that ask something for a group or an objective, and what is proposed, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.meetings.factories import IN_THREE_WEEKS, make_committee, make_group, plan, secretary_of
from tnt.agendas import queries, services
from tnt.agendas.models import ItemKind
from tnt.agendas.rules import WrongObject, parse_proposal
from tnt.agendas.services import GroupAsk, ItemWords, ObjectiveAsk
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.core.errors import Stale
from tnt.decisions.rules import ActKind
from tnt.intake import services as intake
from tnt.intake.models import RequestOrigin
from tnt.meetings import services as meetings
from tnt.objectives.services import propose_objective
from tnt.projects.models import GroupMotion
from tnt.projects.rules import ForbiddenTransition, MissingMission

MISSION = "Simplifier les demandes d’urbanisme."


def test_what_is_asked_is_drafted_with_its_item_or_not_at_all(app: Flask) -> None:
    committee = make_committee()
    meeting, group = plan(SYSTEM, committee), make_group()
    secretary = secretary_of(committee)
    with pytest.raises(MissingMission):
        services.add_group_item(
            secretary, meeting.id, act_kind=ActKind.CREATE_GROUP, group_id=group.id, ask=GroupAsk()
        )
    with pytest.raises(ForbiddenTransition):
        services.add_group_item(
            secretary, meeting.id, act_kind=ActKind.CONTINUE_GROUP, group_id=group.id, ask=GroupAsk()
        )
    with pytest.raises(WrongObject):
        services.add_group_item(
            secretary, meeting.id, act_kind=ActKind.OTHER, group_id=group.id, ask=GroupAsk()
        )
    bad = ItemWords(minutes=900)
    with pytest.raises(Exception, match="0 à 600"):
        services.add_group_item(
            secretary,
            meeting.id,
            act_kind=ActKind.CREATE_GROUP,
            group_id=group.id,
            ask=GroupAsk(mission=MISSION),
            words=bad,
        )
    assert db.session.query(GroupMotion).count() == 0
    item = services.add_group_item(
        secretary, meeting.id, act_kind=ActKind.CREATE_GROUP, group_id=group.id, ask=GroupAsk(mission=MISSION)
    )
    assert (item.title, item.kind) == ("Urbanisme\u00a0: créer le groupe projet", ItemKind.DECISION)


def test_a_drafted_wording_follows_what_is_asked_until_it_is_rewritten(app: Flask) -> None:
    meeting, group = plan(SYSTEM, make_committee()), make_group()
    item = services.add_group_item(
        SYSTEM, meeting.id, act_kind=ActKind.CREATE_GROUP, group_id=group.id, ask=GroupAsk(mission=MISSION)
    )
    words = ItemWords(title=item.title, draft_wording=item.draft_wording)
    new = GroupAsk(mission="Une tout autre mission.")
    services.revise_group_item(SYSTEM, item.id, ask=new, words=words, expected_version=1)
    assert "Une tout autre mission." in item.draft_wording
    own = ItemWords(title=item.title, draft_wording="Nos mots.")
    services.revise_group_item(SYSTEM, item.id, ask=GroupAsk(mission=MISSION), words=own)
    assert item.draft_wording == "Nos mots."
    with pytest.raises(Stale):
        services.revise_group_item(SYSTEM, item.id, ask=new, words=own, expected_version=1)
    assert item.group_motion is not None
    assert item.group_motion.mission == MISSION


def test_what_is_proposed_and_why(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    meeting, group = plan(SYSTEM, committee), make_group()
    objective = propose_objective(
        SYSTEM, group_id=group.id, semester="2026-S2", title="Cent communes", measure="Cent conventions"
    )
    entry = intake.file_request(
        SYSTEM,
        committee_id=committee.id,
        origin=RequestOrigin.DEFERRED,
        act_kind=ActKind.OTHER,
        title="Reporté",
        times_deferred=2,
    )
    keys = [f"demande-{entry.id}", f"groupe-{group.id}-create", f"objectif-{objective.id}"]
    assert [proposal.key for proposal in queries.list_proposals(meeting).shown] == keys
    for key in keys:
        services.add_proposal(SYSTEM, meeting.id, key)
    assert [proposal.key for proposal in queries.list_proposals(meeting).shown] == []
    assert [item.title for item in queries.items_of(meeting.id)] == [
        "Reporté",
        "Urbanisme\u00a0: créer le groupe projet",
        "Urbanisme\u00a0: adopter l’objectif «\u00a0Cent communes\u00a0»",
    ]
    # not competent, nothing waits there
    assert queries.list_proposals(plan(SYSTEM, other)) == queries.Proposals([])


def test_an_objective_item_comes_back_from_a_cancelled_session(app: Flask) -> None:
    committee = make_committee()
    meeting, group = plan(SYSTEM, committee), make_group()
    objective = propose_objective(SYSTEM, group_id=group.id, semester="2026-S2", title="Cent communes")
    item = services.add_objective_item(
        SYSTEM, meeting.id, act_kind=ActKind.ADOPT_OBJECTIVE, objective_id=objective.id, ask=ObjectiveAsk()
    )
    motion_id = item.objective_motion_id
    meetings.cancel(SYSTEM, meeting.id, reason="Salle indisponible")
    later = plan(SYSTEM, committee, IN_THREE_WEEKS + timedelta(days=7))
    keys = [one.key for one in queries.list_proposals(later).shown if one.key.startswith("demande-")]
    again = services.add_proposal(SYSTEM, later.id, keys[0])
    assert again.objective_motion_id == motion_id


@pytest.mark.parametrize(
    "key",
    ["", "demande-", "demande-x", "groupe-1", "groupe-1-stop", "objectif-1-adopt", "autre-1", "demande-²"],
)
def test_a_key_that_names_nothing(key: str) -> None:
    with pytest.raises(WrongObject):
        parse_proposal(key)
