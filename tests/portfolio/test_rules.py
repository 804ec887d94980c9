"""The day asked for, the move of the météo, an old report."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tnt.portfolio.rules import BadDay, DayOutOfRange, Trend, is_old, parse_day, trend

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-06-30", date(2025, 6, 30)),
        (" 2024-02-29 ", date(2024, 2, 29)),
        ("2100-12-31", date(2100, 12, 31)),
    ],
)
def test_a_day_is_read(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "demain",
        "30/06/2025",
        "2025-6-30",
        "20250630",
        "2025-W01-1",
        "2025-02-30",
        "2025-06-30T00:00",
        "٢٠٢٥-٠٦-٣٠",
        "\x00",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(BadDay):
        parse_day(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_out_of_the_programme_is_refused(text: str) -> None:
    with pytest.raises(DayOutOfRange):
        parse_day(text)


@pytest.mark.parametrize(
    ("confidences", "wanted"),
    [
        ([], None),
        (["sun"], None),
        (["sun", "sun"], Trend.STEADY),
        (["storm", "cloud"], Trend.UP),
        (["sun", "overcast"], Trend.DOWN),
        (["storm", "sun", "cloud"], Trend.DOWN),
    ],
)
def test_the_trend_compares_the_last_two(confidences: list[str], wanted: Trend | None) -> None:
    assert trend(confidences) is wanted


def test_a_report_is_old_when_another_was_due() -> None:
    assert is_old(DAY - timedelta(days=32), DAY)
    assert not is_old(DAY - timedelta(days=31), DAY)
