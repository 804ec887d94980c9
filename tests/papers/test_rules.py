"""The life of a paper and who reads it, as tables."""

from __future__ import annotations

from datetime import date

import pytest

from tnt.core.access import Actor, Grant
from tnt.core.errors import DomainError
from tnt.meetings.policies import reads_reserved
from tnt.meetings.rules import MeetingState
from tnt.papers import policies, rules
from tnt.papers.rules import PaperState

TODAY = date(2026, 11, 23)
SESSION = date(2026, 12, 15)


@pytest.mark.parametrize("old", PaperState)
@pytest.mark.parametrize("new", PaperState)
def test_what_the_secretariat_may_make_of_a_paper(old: PaperState, new: PaperState) -> None:
    allowed = {
        ("received", "reviewed"),
        ("received", "validated"),
        ("received", "awaited"),
        ("reviewed", "validated"),
        ("reviewed", "awaited"),
        ("validated", "reviewed"),
        ("validated", "awaited"),
    }
    if (old.value, new.value) in allowed:
        rules.check_step(old, new)
    else:
        with pytest.raises(rules.WrongPaperState):
            rules.check_step(old, new)


@pytest.mark.parametrize(
    ("due_on", "refusal"),
    [
        (None, rules.MissingDueDay),
        (date(2026, 11, 22), rules.DueInThePast),
        (date(2026, 12, 15), rules.DueAfterSession),
        (date(2026, 12, 14), None),
        (TODAY, None),
    ],
)
def test_a_paper_is_asked_for_a_day_before_the_session(
    due_on: date | None, refusal: type[DomainError] | None
) -> None:
    if refusal is None:
        assert rules.check_due(due_on, TODAY, SESSION) == due_on
    else:
        with pytest.raises(refusal):
            rules.check_due(due_on, TODAY, SESSION)


@pytest.mark.parametrize(
    ("state", "due_on", "late"),
    [
        (PaperState.AWAITED, date(2026, 11, 22), True),
        (PaperState.AWAITED, TODAY, False),
        (PaperState.RECEIVED, date(2026, 11, 22), False),
        (PaperState.VALIDATED, None, False),
    ],
)
def test_who_is_late(state: PaperState, due_on: date | None, late: bool) -> None:
    assert rules.is_late(state, due_on, TODAY) is late


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("bilan_urbanisme-v2.pdf", "bilan urbanisme-v2"),
        ("تقرير.pdf", "تقرير"),
        ("a.pdf", "Pièce a"),
        (".pdf", "pdf"),
        ("Note de synthèse.final.odt", "Note de synthèse.final"),
        ("é" * 400 + ".pdf", "é" * 300),
    ],
)
def test_a_file_gives_its_title(name: str, title: str) -> None:
    assert rules.title_from(name) == title


@pytest.mark.parametrize(
    ("state", "convened", "is_open"),
    [
        (MeetingState.PLANNED, False, False),
        (MeetingState.CONVENED, True, True),
        (MeetingState.IN_SESSION, False, True),  # a past session entered afterwards
        (MeetingState.CLOSED, True, True),
        (MeetingState.POSTPONED, True, False),
        (MeetingState.CANCELLED, True, True),
        (MeetingState.CANCELLED, False, False),
    ],
)
def test_members_read_papers_from_the_convocation_on(
    state: MeetingState, convened: bool, is_open: bool
) -> None:
    assert rules.is_open_to_members(state, convened=convened) is is_open


SECRETARY = Actor(1, "", frozenset({Grant("secretary", 5), Grant("member", 5)}))
MEMBER = Actor(2, "", frozenset({Grant("member", 5)}))
VOTER = Actor(3, "", frozenset({Grant("member", 5), Grant("voting", 5)}))
STRANGER = Actor(4, "", frozenset({Grant("member", 6), Grant("voting", 6), Grant("secretary", 6)}))
NOBODY = Actor(None, "")


@pytest.mark.parametrize(
    ("actor", "planned", "convened", "reserved"),
    [
        (SECRETARY, True, True, True),
        (MEMBER, False, True, False),
        (VOTER, False, True, True),
        (STRANGER, False, False, False),
        (NOBODY, False, False, False),
    ],
)
def test_who_reads_the_papers_of_a_session(
    actor: Actor, planned: bool, convened: bool, reserved: bool
) -> None:
    assert policies.reads_papers(actor, 5, MeetingState.PLANNED, convened=False) is planned
    assert policies.reads_papers(actor, 5, MeetingState.CONVENED, convened=True) is convened
    assert reads_reserved(actor, 5) is reserved


def test_the_author_and_the_rapporteur_read_from_the_start() -> None:
    def close(actor: Actor, author: int | None, rapporteur: int | None, state: MeetingState) -> bool:
        return policies.is_close_to(actor, 5, state, author_id=author, rapporteur_id=rapporteur)

    assert close(MEMBER, 2, None, MeetingState.PLANNED)
    assert not close(MEMBER, 2, None, MeetingState.CLOSED)  # then only what they handed in themselves
    assert close(MEMBER, None, 2, MeetingState.CLOSED)
    assert not close(MEMBER, 3, None, MeetingState.PLANNED)
    assert not close(NOBODY, None, None, MeetingState.PLANNED)
