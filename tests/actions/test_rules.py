"""The life of an action as tables."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from tnt.actions import rules
from tnt.actions.rules import ActionState, check_done, check_new, check_transition, days_late, shown_state
from tnt.core.errors import DomainError

TODAY = date(2026, 11, 23)
ASKED = date(2026, 9, 22)
ALLOWED = {("open", "done"), ("open", "dropped"), ("done", "open"), ("dropped", "open")}


@pytest.mark.parametrize(("old", "new"), list(product(ActionState, ActionState)))
def test_every_step_outside_the_table_is_refused(old: ActionState, new: ActionState) -> None:
    if (old, new) in ALLOWED:
        check_transition("Écrire le guide", old, new)
        return
    with pytest.raises(rules.ForbiddenActionStep):
        check_transition("Écrire le guide", old, new)


@pytest.mark.parametrize(
    ("title", "owner", "institution", "due_on", "refusal"),
    [
        ("Écrire le guide", 1, None, TODAY, None),
        ("Écrire le guide", None, 1, ASKED, None),
        ("  ab ", 1, None, TODAY, rules.UntitledAction),
        ("x" * 301, 1, None, TODAY, rules.UntitledAction),
        ("Écrire le guide", None, None, TODAY, rules.NobodyOwnsIt),
        ("Écrire le guide", 1, None, date(2026, 9, 21), rules.DueBeforeOrigin),
    ],
)
def test_a_new_action(
    title: str, owner: int | None, institution: int | None, due_on: date, refusal: type[DomainError] | None
) -> None:
    if refusal is None:
        check_new(title, owner, institution, due_on, ASKED)
        return
    with pytest.raises(refusal):
        check_new(title, owner, institution, due_on, ASKED)


@pytest.mark.parametrize(
    ("proof", "done_on", "refusal"),
    [
        ("https://guide.example", TODAY, None),
        ("fait", ASKED, None),
        ("ok", TODAY, rules.MissingProof),
        ("   ", TODAY, rules.MissingProof),
        ("x" * 4_001, TODAY, rules.MissingProof),
        ("fait", date(2026, 11, 24), rules.DoneInTheFuture),
        ("fait", date(2026, 9, 21), rules.DoneBeforeOrigin),
    ],
)
def test_done_is_proven_and_dated(proof: str, done_on: date, refusal: type[DomainError] | None) -> None:
    if refusal is None:
        check_done(proof, done_on, TODAY, ASKED)
        return
    with pytest.raises(refusal):
        check_done(proof, done_on, TODAY, ASKED)


@pytest.mark.parametrize(
    ("state", "due_on", "shown", "late"),
    [
        (ActionState.OPEN, date(2026, 11, 22), "late", 1),
        (ActionState.OPEN, date(2026, 11, 23), "due_soon", 0),
        (ActionState.OPEN, date(2026, 11, 30), "due_soon", 0),
        (ActionState.OPEN, date(2026, 12, 1), "open", 0),
        (ActionState.DONE, date(2026, 1, 1), "done", 0),
        (ActionState.DROPPED, date(2026, 1, 1), "dropped", 0),
    ],
)
def test_how_a_reader_sees_it(state: ActionState, due_on: date, shown: str, late: int) -> None:
    assert (shown_state(state, due_on, TODAY), days_late(state, due_on, TODAY)) == (shown, late)
