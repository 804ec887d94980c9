"""What a report must say, as tables."""

from __future__ import annotations

from datetime import date

import pytest

from tnt.core.errors import DomainError
from tnt.projects.rules import GroupStatus
from tnt.reports import rules
from tnt.reports.queries import TrendPoint, steady_since
from tnt.reports.rules import Confidence, check_active, check_report, due_on

GOOD = {"confidence": Confidence.SUN, "done": "Fait", "coming": "À venir", "arbitration": ""}


@pytest.mark.parametrize(
    ("values", "refusal", "field"),
    [
        ({}, None, None),
        ({"arbitration": "x" * 4_000}, None, None),
        ({"confidence": None}, rules.MissingConfidence, "confidence"),
        ({"done": " \n"}, rules.MissingDone, "done"),
        ({"coming": ""}, rules.MissingComing, "coming"),
        ({"done": "x" * 4_001}, rules.TextTooLong, "done"),
        ({"coming": "x" * 4_001}, rules.TextTooLong, "coming"),
        ({"arbitration": "x" * 4_001}, rules.TextTooLong, "arbitration"),
    ],
)
def test_what_a_report_says(
    values: dict[str, object], refusal: type[DomainError] | None, field: str | None
) -> None:
    if refusal is None:
        check_report(**(GOOD | values))  # type: ignore[arg-type]
        return
    with pytest.raises(refusal) as caught:
        check_report(**(GOOD | values))  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (GroupStatus.PROPOSED, rules.GroupNotCreated),
        (GroupStatus.CREATED, None),
        (GroupStatus.CONTINUED, None),
        (GroupStatus.REORIENTED, None),
        (GroupStatus.STOPPED, rules.GroupNotActive),
        (GroupStatus.NOT_RETAINED, rules.GroupNotActive),
    ],
)
def test_which_groups_report(status: GroupStatus, refusal: type[DomainError] | None) -> None:
    if refusal is None:
        check_active(status, "Urbanisme")
        return
    with pytest.raises(refusal):
        check_active(status, "Urbanisme")


def test_every_meteo_has_its_word_and_meaning() -> None:
    assert set(rules.CONFIDENCE_WORDS) == set(rules.CONFIDENCE_MEANINGS) == set(Confidence)


def test_a_report_is_due_every_month() -> None:
    assert due_on(date(2026, 10, 20), date(2025, 1, 1)) == date(2026, 11, 20)
    assert due_on(None, date(2026, 11, 1)) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("given", "since"),
    [("", None), ("s", 1), ("ss", 1), ("sc", 2), ("scc", 2), ("csc", 3), ("ccs", 3)],
)
def test_since_when_the_meteo_holds(given: str, since: int | None) -> None:
    words = {"s": Confidence.SUN, "c": Confidence.CLOUD}
    points = [TrendPoint(date(2026, 11, n), words[each], False) for n, each in enumerate(given, 1)]
    assert steady_since(points) == (date(2026, 11, since) if since else None)
