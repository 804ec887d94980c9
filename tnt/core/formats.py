"""Dates, times, amounts and numbers as a reader expects them, in French and in English.

Pure functions: the locale ("fr" or "en"), the moment and the amount are arguments, so that a page, a mail
and a PDF write the same thing. `core.templating` gives them to the templates with the reader's locale.

French typography follows the Imprimerie nationale: « 1er » for the first of a month, « 14 h 30 », no-break
spaces inside amounts and hours, narrow ones before ; ? !.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from tnt.core.clock import PARIS

NBSP = "\u00a0"
NARROW = "\u202f"
MINUS = "\u2212"
MILLION_EUROS = 100_000_000  # in cents


def _french(locale: str) -> bool:
    return not locale.startswith("en")


def local_moment(moment: dt.datetime) -> dt.datetime:
    """The same instant on the clocks of Paris; a naive moment is taken as UTC, as the database stores it."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(PARIS)


def local_day(value: dt.date | dt.datetime) -> dt.date:
    """The day in Paris of a moment, or the day itself."""
    return local_moment(value).date() if isinstance(value, dt.datetime) else value


def _day(value: dt.date | dt.datetime, pattern: str, locale: str) -> str:
    return _written_day(local_day(value), pattern, locale)


@lru_cache(maxsize=8192)  # a table writes the same days again and again
def _written_day(day: dt.date, pattern: str, locale: str) -> str:
    text = format_date(day, pattern, locale="fr" if _french(locale) else "en")
    if _french(locale) and day.day == 1:
        return re.sub(r"(^|\s)1(?=\s)", r"\g<1>1er", text, count=1)
    return text


def date_long(value: dt.date | dt.datetime, locale: str = "fr") -> str:
    """« jeudi 12 novembre 2026 »."""
    return _day(value, "EEEE d MMMM y", locale)


def date_medium(value: dt.date | dt.datetime, locale: str = "fr") -> str:
    """« 12 novembre 2026 »."""
    return _day(value, "d MMMM y", locale)


def date_short(value: dt.date | dt.datetime, locale: str = "fr") -> str:
    """« 12 nov. 2026 », for tables."""
    return _day(value, "d MMM y", locale)


def date_day_month(value: dt.date | dt.datetime, locale: str = "fr") -> str:
    """« 12 nov. », where the year is told by what stands around it."""
    return _day(value, "d MMM", locale)


def month_year(value: dt.date | dt.datetime, locale: str = "fr") -> str:
    """« novembre 2026 »."""
    return _day(value, "MMMM y", locale)


def date_iso(value: dt.date | dt.datetime) -> str:
    """The machine form of a day or a moment, for the datetime attribute of <time>."""
    return (
        local_moment(value).isoformat(timespec="minutes")
        if isinstance(value, dt.datetime)
        else value.isoformat()
    )


def time(value: dt.datetime | dt.time, locale: str = "fr") -> str:
    """« 14 h 30 » in French, 14:30 in English; a moment is told on the clocks of Paris."""
    clock = local_moment(value).time() if isinstance(value, dt.datetime) else value
    if _french(locale):
        return f"{clock.hour}{NBSP}h{NBSP}{clock.minute:02}" if clock.minute else f"{clock.hour}{NBSP}h"
    return f"{clock.hour:02}:{clock.minute:02}"


def datetime_long(value: dt.datetime, locale: str = "fr") -> str:
    """« jeudi 12 novembre 2026 à 14 h 30 »."""
    joint = " à " if _french(locale) else " at "
    return date_long(value, locale) + joint + time(value, locale)


def datetime_short(value: dt.datetime, locale: str = "fr") -> str:
    """« 12 nov. 2026, 14 h 30 », for tables and the journal."""
    return f"{date_short(value, locale)}, {time(value, locale)}"


def time_range(start: dt.datetime, end: dt.datetime | None, locale: str = "fr") -> str:
    """« 14 h 30 – 17 h »; the day of the end is told when it is another one."""
    if end is None:
        return time(start, locale)
    if local_day(start) != local_day(end):
        return f"{time(start, locale)} – {datetime_short(end, locale)}"
    return f"{time(start, locale)} – {time(end, locale)}"


def date_range(start: dt.date, end: dt.date | None, locale: str = "fr") -> str:
    """« du 1er juillet au 31 décembre 2026 », « depuis le 3 mars 2025 » while there is no end."""
    french = _french(locale)
    if end is None:
        return ("depuis le " if french else "since ") + date_medium(start, locale)
    first = date_medium(start, locale) if start.year != end.year else _day(start, "d MMMM", locale)
    last = date_medium(end, locale)
    return f"du {first} au {last}" if french else f"{first} to {last}"


def duration(minutes: int, locale: str = "fr") -> str:
    """Minutes as « 45 min », « 2 h » or « 2 h 10 »."""
    sign = MINUS if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return f"{sign}{rest}{NBSP}min"
    if not rest:
        return f"{sign}{hours}{NBSP}h"
    return (
        f"{sign}{hours}{NBSP}h{NBSP}{rest:02}"
        if _french(locale)
        else f"{sign}{hours}{NBSP}h{NBSP}{rest}{NBSP}min"
    )


def semester(year: int, number: int, locale: str = "fr", short: bool = False) -> str:
    """« semestre 2 2026 », or « S2 2026 »."""
    if short:
        return f"S{number}{NBSP}{year}"
    return f"{'semestre' if _french(locale) else 'semester'}{NBSP}{number}{NBSP}{year}"


def quarter(year: int, number: int, locale: str = "fr", short: bool = True) -> str:
    """« T3 2026 » (Q3 in English), or « 3e trimestre 2026 »."""
    if _french(locale):
        return (
            f"T{number}{NBSP}{year}" if short else f"{number}{'er' if number == 1 else 'e'} trimestre {year}"
        )
    return f"Q{number}{NBSP}{year}" if short else f"quarter {number} of {year}"


def number(value: int | float | Decimal, locale: str = "fr", digits: int | None = None) -> str:
    """« 1 240 », « 71,4 »; `digits` fixes the number of decimals."""
    pattern = "#,##0.###" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    text = format_decimal(value, format=pattern, locale="fr" if _french(locale) else "en")
    return text.replace("-", MINUS)


def percent(value: int | float | Decimal, locale: str = "fr", digits: int = 0) -> str:
    """A share given out of 100: « 82 % »."""
    return number(value, locale, digits) + (f"{NBSP}%" if _french(locale) else "%")


def euros(cents: int, locale: str = "fr", exact: bool = False) -> str:
    """An amount held in cents: « 88 M€ », « 71,4 M€ », « 5 000 € », « 1 234,50 € ».

    From one million euros on it is rounded to a tenth of a million unless `exact`, which a ledger, a
    decision's wording and every sum that a reader may check ask for.
    """
    if abs(cents) >= MILLION_EUROS and not exact:
        tenths = (Decimal(cents) / MILLION_EUROS).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return _with_currency(
            number(tenths.normalize() if tenths % 1 else tenths.to_integral(), locale), "M", locale
        )
    whole = cents % 100 == 0
    return _with_currency(number(Decimal(cents) / 100, locale, 0 if whole else 2), "", locale)


def _with_currency(figure: str, scale: str, locale: str) -> str:
    if _french(locale):
        return f"{figure}{NBSP}{scale}€"
    sign = MINUS if figure.startswith(MINUS) else ""
    return f"{sign}€{figure.removeprefix(MINUS)}{scale.lower()}"


_TYPOGRAPHY = (
    (re.compile(r"[ \u00a0]([;?!])"), NARROW + r"\1"),
    (re.compile(r" ([:%€»])"), NBSP + r"\1"),
    (re.compile(r"« "), "«" + NBSP),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"(?<=\d) (?=(?:h\b|min\b|M€))"), NBSP),
    (re.compile(r"(?<=\d\u00a0h) (?=\d\d\b)"), NBSP),
)


def typo(text: str, locale: str = "fr") -> str:
    """Text that a person typed, with French no-break spaces where there was a space and curly apostrophes.

    It never adds a sign that was not there, so an address (https://…) or an hour (14:30) is left alone.
    """
    if not _french(locale):
        return text
    return _kept_typo(text) if len(text) <= _SHORT else _typo(text)


def _typo(text: str) -> str:
    for pattern, replacement in _TYPOGRAPHY:
        text = pattern.sub(replacement, text)
    return text


_SHORT = 500  # titles and draft decisions, which every page of a session shows again
_kept_typo = lru_cache(maxsize=2048)(_typo)


def file_size(size: int, locale: str = "fr") -> str:
    """Bytes as « 820 ko » or « 1,4 Mo »."""
    unit = "o" if _french(locale) else "B"
    if size < 1000:
        return f"{size}{NBSP}{unit}"
    if size < 1_000_000:
        return f"{number(round(size / 1000), locale)}{NBSP}k{unit}"
    return f"{number(Decimal(size) / 1_000_000, locale, 1)}{NBSP}M{unit}"
