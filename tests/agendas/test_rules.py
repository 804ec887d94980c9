"""What an item may be, how long it lasts, and the wording proposed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tnt.agendas.rules import (
    InformationDecidesNothing,
    WordingFacts,
    WrongObject,
    check_object,
    draft_sentence,
    draft_title,
    is_incomplete,
    overrun,
    reordered,
    restate,
    settle_kind,
)
from tnt.decisions.rules import ActKind
from tnt.intake.rules import ItemKind
from tnt.objectives.rules import FollowUp, ObjectiveMotionKind, Score
from tnt.projects.rules import Motion, StopKind

CC = "Comité de coordination"


@pytest.mark.parametrize(
    ("kind", "act_kind", "committee", "has_motion", "found"),
    [
        (ItemKind.DECISION, ActKind.STOP_GROUP, "coordination", True, ItemKind.DECISION),
        (ItemKind.DECISION, ActKind.STOP_GROUP, "orientation", True, ItemKind.OPINION),
        (ItemKind.OPINION, ActKind.STOP_GROUP, "coordination", True, ItemKind.DECISION),
        (ItemKind.DECISION, ActKind.ALLOT_FUND, "coordination", False, ItemKind.OPINION),
        (ItemKind.DECISION, ActKind.OTHER, "orientation", False, ItemKind.DECISION),
        (ItemKind.OPINION, ActKind.OTHER, "orientation", False, ItemKind.OPINION),
        (ItemKind.INFORMATION, ActKind.ALLOT_FUND, "coordination", False, ItemKind.INFORMATION),
    ],
)
def test_where_the_committee_is_not_competent_it_gives_an_opinion(
    kind: ItemKind, act_kind: ActKind, committee: str, has_motion: bool, found: ItemKind
) -> None:
    assert settle_kind(kind, act_kind, committee, has_motion=has_motion) is found


def test_an_information_decides_nothing() -> None:
    with pytest.raises(InformationDecidesNothing):
        settle_kind(ItemKind.INFORMATION, ActKind.STOP_GROUP, "coordination", has_motion=True)


@pytest.mark.parametrize(
    ("act_kind", "motion", "asked", "fits"),
    [
        (ActKind.STOP_GROUP, Motion.STOP, None, True),
        (ActKind.STOP_GROUP, Motion.CONTINUE, None, False),
        (ActKind.STOP_GROUP, None, None, False),
        (ActKind.OTHER, Motion.STOP, None, False),
        (ActKind.OTHER, None, None, True),
        (ActKind.SCORE_OBJECTIVE, None, ObjectiveMotionKind.SCORE, True),
        (ActKind.ADOPT_OBJECTIVE, None, ObjectiveMotionKind.SCORE, False),
        (ActKind.SCORE_OBJECTIVE, Motion.STOP, ObjectiveMotionKind.SCORE, False),
    ],
)
def test_the_act_and_its_object_go_together(
    act_kind: ActKind, motion: Motion | None, asked: ObjectiveMotionKind | None, fits: bool
) -> None:
    if fits:
        check_object(act_kind, motion, asked)
        return
    with pytest.raises(WrongObject):
        check_object(act_kind, motion, asked)


def test_the_wording_proposed_for_a_group() -> None:
    facts = WordingFacts(CC, group="Urbanisme", mission="Simplifier", lead="Paul Roux (DINUM)")
    assert draft_sentence(ActKind.CREATE_GROUP, facts) == (
        "Le comité de coordination crée le groupe projet «\u00a0Urbanisme\u00a0», avec pour mission\u00a0: "
        "Simplifier. La responsabilité en est confiée à Paul Roux (DINUM)."
    )
    stop = WordingFacts(
        CC,
        group="Urbanisme",
        stop_kind=StopKind.ACHIEVED,
        reason="Tout est livré.",
        effective_on="31 décembre 2026",
    )
    assert draft_sentence(ActKind.STOP_GROUP, stop) == (
        "Le comité de coordination décide l’arrêt du groupe projet «\u00a0Urbanisme\u00a0», sa mission étant "
        "accomplie, à compter du 31 décembre 2026. Motif\u00a0: Tout est livré."
    )
    assert draft_sentence(ActKind.CONTINUE_GROUP, WordingFacts(CC, group="Urbanisme"), competent=False) == (
        "Le comité de coordination est d’avis de poursuivre le groupe projet «\u00a0Urbanisme\u00a0»."
    )


def test_the_wording_proposed_for_an_objective() -> None:
    facts = WordingFacts(
        CC,
        group="Urbanisme",
        objective="Cent communes",
        semester="S2\u00a02026",
        score=Score.NOT_REACHED,
        follow_up=FollowUp.AMENDED,
        amended_title="Deux cents communes",
    )
    assert draft_sentence(ActKind.SCORE_OBJECTIVE, facts) == (
        "Le comité de coordination constate que l’objectif «\u00a0Cent communes\u00a0» du groupe projet "
        "«\u00a0Urbanisme\u00a0» pour le S2\u00a02026 est non atteint. Il est reconduit sous l’énoncé "
        "suivant\u00a0: Deux cents communes."
    )


@pytest.mark.parametrize("act_kind", ActKind)
@pytest.mark.parametrize("competent", [True, False])
def test_every_kind_of_act_has_a_wording(act_kind: ActKind, competent: bool) -> None:
    sentence = draft_sentence(act_kind, WordingFacts(CC), competent=competent)
    assert sentence.startswith("Le comité de coordination ")
    assert ("est d’avis" in sentence) is not competent
    assert "  " not in sentence
    assert sentence[-1] in ".…"


def test_titles_fit_and_incomplete_wordings_show() -> None:
    facts = WordingFacts(CC, group="Urbanisme", objective="x" * 400)
    assert len(draft_title(ActKind.ADOPT_OBJECTIVE, facts)) == 300
    assert draft_title(ActKind.REORIENT_GROUP, facts) == "Urbanisme\u00a0: réorienter le groupe projet"
    assert draft_title(ActKind.OTHER, WordingFacts(CC)) == ""
    assert is_incomplete(draft_sentence(ActKind.SET_GOALS, WordingFacts(CC)))
    assert not is_incomplete(draft_sentence(ActKind.VALIDATE_ROADMAP, WordingFacts(CC)))


@pytest.mark.parametrize(
    ("moved", "to", "found"),
    [
        (3, 0, [3, 1, 2, 4]),
        (1, 3, [2, 3, 4, 1]),
        (1, -1, [1, 2, 3, 4]),
        (4, 9, [1, 2, 3, 4]),
        (2, 2, [1, 3, 2, 4]),
    ],
)
def test_reordering(moved: int, to: int, found: list[int]) -> None:
    assert reordered([1, 2, 3, 4], moved, to) == found


def test_overrun() -> None:
    assert (overrun([60, 60], 150), overrun([100, 60], 150), overrun([], 150)) == (0, 10, 0)


@pytest.mark.parametrize("act_kind", list(ActKind))
def test_an_opinion_becomes_the_decision_that_the_competent_committee_would_draft(act_kind: ActKind) -> None:
    facts = WordingFacts(
        committee="Comité d’orientation politique",
        title="Fixer la date",
        group="Élus ambassadeurs",
        mission="Animer le réseau.",
        objective="Cent communes",
        semester="S2 2026",
        stop_kind=StopKind.ACHIEVED,
        score=Score.REACHED,
    )
    opinion = draft_sentence(act_kind, facts, competent=False)
    decision = draft_sentence(act_kind, replace(facts, committee=CC))
    assert restate(opinion, act_kind, facts.committee, CC) == decision
    longer = f"{opinion} Avec une réserve."
    assert restate(longer, act_kind, facts.committee, CC) == f"{decision} Avec une réserve."
    other = "Les membres saluent le travail accompli."
    assert restate(other, act_kind, facts.committee, CC) == other
