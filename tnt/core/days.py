"""Which days can be meant: one bound for all that is typed and written.

A mistyped year (0026 for 2026, 9999) is told beside its field (`core.forms.DayField`), and whatever way it
came, it is never written: the session refuses it at the flush, so that no list ever meets such a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import Date, event, inspect
from sqlalchemy.orm import Mapper, Session

from tnt.core import clock
from tnt.core.db import UtcDateTime, db
from tnt.core.errors import N_, DomainError

FIRST_DAY = date(2000, 1, 1)  # older than any act of the programme
YEARS_AHEAD = 10


class DayOutOfRange(DomainError):
    """A day that nobody can have meant."""

    message = N_("Vérifiez l’année : la date doit être comprise entre le %(first)s et le %(last)s.")


def last_day(today: date) -> date:
    """The last day that can be meant: the end of the tenth year to come."""
    return date(today.year + YEARS_AHEAD, 12, 31)


def is_plausible(day: date) -> bool:
    """Whether the day can be meant."""
    return FIRST_DAY <= day <= last_day(clock.today())


def check_day(day: date, field: str | None = None) -> None:
    """Raise DayOutOfRange unless the day can be meant."""
    if not is_plausible(day):
        raise DayOutOfRange(field=field, first=FIRST_DAY, last=last_day(clock.today()))


def find_day(text: str) -> date | None:
    """The day of « 2026-11-23 » in an address; None for anything else, or when it cannot be meant."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_plausible(day) else None


def init_app(_app: Flask) -> None:
    """Have every session refuse such days."""
    if not event.contains(db.session.session_factory, "before_flush", _refuse):
        event.listen(db.session.session_factory, "before_flush", _refuse)


def _refuse(session: Session, _context: Any, _instances: Any) -> None:
    for thing in [*session.new, *session.dirty]:
        for name, value in _written(thing):
            if isinstance(value, datetime):
                check_day(value.date(), name)
            elif isinstance(value, date):
                check_day(value, name)


def _written(thing: Any) -> Iterator[tuple[str, Any]]:
    """The days and instants of a row that were set since it was read."""
    state = inspect(thing)
    for name in _dated(state.mapper):
        for value in state.attrs[name].history.added or ():
            yield name, value


@cache
def _dated(mapper: Mapper[Any]) -> tuple[str, ...]:
    return tuple(
        attribute.key
        for attribute in mapper.column_attrs
        if isinstance(attribute.columns[0].type, Date | UtcDateTime)
    )
