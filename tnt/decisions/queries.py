"""Reads of the register of decisions. Who may see what of an act is decided here, in one place.

An act in force, or rectified since, is for every signed-in person. An act in visa is for those who may read
the committee's meetings. Of an act dropped at visa the others see only that its number was cancelled; of a
reserved one those who may not read what the committee reserves see only that it was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from tnt.committees.models import Committee
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.words import words
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature, Series
from tnt.decisions.subjects import subject_providers
from tnt.meetings.models import Meeting
from tnt.meetings.policies import READ_RESERVED, READERS, reads_everything, reads_reserved

PER_PAGE = 30
LAST_PAGE = 10_000
LARGEST_ID = 2**31 - 1
Scopes = frozenset[int] | None
PUBLIC_STATES = (ActState.IN_FORCE, ActState.RECTIFIED, ActState.PROVISIONAL, ActState.LAPSED)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asks of the register; None or empty: everything."""

    text: str = ""
    committee: str | None = None
    nature: Nature | None = None
    kind: ActKind | None = None
    state: ActState | None = None
    first_day: date | None = None
    last_day: date | None = None
    subjects: tuple[tuple[str, int], ...] = ()


class Row(NamedTuple):
    """One line of the register; what stands after `series` is read for the export only."""

    id: int
    number: str | None
    nature: Nature
    kind: ActKind
    state: ActState
    title: str
    vote: str
    authority: str
    reference: str
    decided_on: date
    effective_on: date
    committee_id: int | None
    committee: str | None
    series: Series
    wording: str = ""
    source: str = ""
    period: str = ""
    committee_code: str | None = None
    starts_at: datetime | None = None
    reserved: bool = False

    @property
    def label(self) -> str:
        """The number, or the own reference of a past act, or who took it."""
        return self.number or self.reference or self.authority


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of the register, and how many there are in all."""

    rows: tuple[Row, ...]
    number: int
    total: int

    @property
    def first(self) -> int:
        """The rank of the first line shown."""
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """The rank of the last line shown."""
        return self.first + len(self.rows) - 1

    @property
    def has_next(self) -> bool:
        """Whether lines follow."""
        return self.last < self.total


class Sight(NamedTuple):
    """The committees whose meetings a reader reads, and those whose reserved words; None for all of them."""

    meetings: Scopes
    reserved: Scopes


def _sight(actor: Actor) -> Sight:
    if actor.is_system:
        return Sight(None, None)
    meetings = None if reads_everything(actor) else actor.scopes(*READERS)
    return Sight(meetings, actor.scopes(*READ_RESERVED))


def _of(scopes: Scopes) -> ColumnElement[bool]:
    """The acts of these committees."""
    if scopes is None:
        return true()
    return Act.committee_id.in_(sorted(scopes)) if scopes else false()


def can_read_all_of(actor: Actor, committee_id: int | None) -> bool:
    """Whether the actor sees a committee's acts in visa and the words of those dropped at visa."""
    if actor.is_system or reads_everything(actor):
        return True
    return committee_id is not None and committee_id in actor.scopes(*READERS)


def can_read_words(actor: Actor, act: Act | Row) -> bool:
    """Whether the actor reads what an act says, not only that it was taken, or its number cancelled."""
    if act.reserved and (act.committee_id is None or not reads_reserved(actor, act.committee_id)):
        return False
    return act.state is not ActState.CANCELLED or can_read_all_of(actor, act.committee_id)


def _for_all() -> ColumnElement[bool]:
    """The states that every signed-in person sees; spelt out, so that an index answers."""
    return Act.state.in_([state for state in ActState if state is not ActState.IN_VISA])


def _for_readers(sight: Sight) -> ColumnElement[bool]:
    return (Act.state == ActState.IN_VISA) & _of(sight.meetings)


def _visible(sight: Sight) -> ColumnElement[bool]:
    """The same acts as one condition, which leaves the order of the list to its index."""
    return or_(Act.state != ActState.IN_VISA, _of(sight.meetings))


def _matches(sight: Sight, word: str) -> ColumnElement[bool]:
    """A word found in an act; in one whose words the actor does not read, in its number only."""
    found = Act.search_text.contains(word, autoescape=True)
    cancelled = (Act.state == ActState.CANCELLED) & ~_of(sight.meetings)
    hidden = or_(cancelled, Act.reserved & ~_of(sight.reserved))
    # the number opens the searched text, in the same plain letters
    number = func.replace(func.lower(Act.number), "-", " ").contains(word, autoescape=True)
    return (found & ~hidden) | (hidden & number)


def _conditions(sight: Sight, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [_matches(sight, word) for word in words(filters.text)]
    if filters.committee is not None:
        named = select(Committee.id).where(Committee.key == filters.committee).scalar_subquery()
        conditions.append(Act.committee_id == named)
    exact = {
        Act.nature: filters.nature,
        Act.kind: filters.kind,
        Act.state: filters.state,
    }
    conditions += [column == value for column, value in exact.items() if value is not None]
    if filters.first_day is not None:
        conditions.append(Act.decided_on >= filters.first_day)
    if filters.last_day is not None:
        conditions.append(Act.decided_on <= filters.last_day)
    providers = subject_providers()
    conditions += [Act.id.in_(providers[name].acts_of(subject_id)) for name, subject_id in filters.subjects]
    return conditions


_COLUMNS = (
    Act.id,
    Act.number,
    Act.nature,
    Act.kind,
    Act.state,
    Act.title,
    Act.vote,
    Act.authority,
    Act.reference,
    Act.decided_on,
    Act.effective_on,
    Act.committee_id,
    Committee.name.label("committee"),
    Act.series,
    Act.reserved,
)
_EXPORTED = (
    *_COLUMNS,
    Act.wording,
    Act.source,
    Act.period,
    Committee.code.label("committee_code"),
    Meeting.starts_at,
)


def _rows(actor: Actor, statement: Select[*tuple[Any, ...]]) -> tuple[Row, ...]:
    return tuple(_as_seen(actor, Row(**row)) for row in db.session.execute(statement).mappings())


def _as_seen(actor: Actor, row: Row) -> Row:
    if can_read_words(actor, row):
        return row
    return row._replace(title="", wording="", vote="")


_ORDER = (Act.decided_on.desc(), Act.item_order.desc(), Act.id.desc())


def _selection(sight: Sight, filters: Filters) -> Select[int]:
    """The ids of a selection, in the order of the register."""
    return select(Act.id).where(_visible(sight), *_conditions(sight, filters)).order_by(*_ORDER)


def _lines(ids: Select[int]) -> Select[*tuple[Any, ...]]:
    """The lines of these acts: what is long is read for them alone."""
    wanted = ids.subquery()
    return (
        select(*_COLUMNS)
        .join(wanted, wanted.c.id == Act.id)
        .outerjoin(Committee, Committee.id == Act.committee_id)
        .order_by(*_ORDER)
    )


def search_acts(actor: Actor, filters: Filters, page: int = 1) -> Page:
    """One page of the register, the newest session first; two queries whatever is found."""
    page = min(max(page, 1), LAST_PAGE)
    lines, total = _page(_sight(actor), filters, page)
    return Page(_rows(actor, lines), page, db.session.scalar(total) or 0)


# statements that cost more to put together than to send; the same question is often asked again
@lru_cache(maxsize=256)
def _page(
    sight: Sight, filters: Filters, page: int
) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    ids = _selection(sight, filters).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return _lines(ids), _count(sight, filters)


def _count(sight: Sight, filters: Filters) -> Select[*tuple[Any, ...]]:
    """How many lines there are: two counts that do not overlap, each answered by the index of states."""
    conditions = _conditions(sight, filters)
    parts = [
        select(func.count(Act.id)).where(part, *conditions).scalar_subquery()
        for part in (_for_all(), _for_readers(sight))
    ]
    return select(parts[0] + parts[1])


def latest_acts(actor: Actor, committee: str, most: int) -> tuple[Row, ...]:
    """The last lines of the register for a committee."""
    return _rows(actor, _latest(_sight(actor), committee, most))


@lru_cache(maxsize=64)
def _latest(sight: Sight, committee: str, most: int) -> Select[*tuple[Any, ...]]:
    return _lines(_selection(sight, Filters(committee=committee)).limit(most))


def list_acts(actor: Actor, filters: Filters) -> tuple[Row, ...]:
    """Every line of a selection, for the export."""
    lines = _lines(_selection(_sight(actor), filters)).outerjoin(Meeting, Meeting.id == Act.meeting_id)
    return _rows(actor, lines.with_only_columns(*_EXPORTED))


def get_visible_act(actor: Actor, act_id: int) -> Act:
    """An act that the actor may see, with its committee and session. Raises NotFound."""
    if act_id > LARGEST_ID:
        raise NotFound()
    act = db.session.scalar(
        select(Act)
        .where(Act.id == act_id, _visible(_sight(actor)))
        .options(joinedload(Act.rectifies), joinedload(Act.opinion_of))
    )
    if act is None:
        raise NotFound()
    return act


def acts_that_follow(actor: Actor, act: Act) -> list[Act]:
    """The acts seen by the actor that rectify that one, or decide on that opinion; oldest first."""
    return list(
        db.session.scalars(
            select(Act)
            .where(or_(Act.rectifies_id == act.id, Act.opinion_of_id == act.id), _visible(_sight(actor)))
            .order_by(Act.decided_on, Act.id)
        )
    )


@dataclass(frozen=True, slots=True)
class Extent:
    """What the register can be narrowed to: committees as (key, name), first and last day of the acts."""

    committees: tuple[tuple[str, str], ...]
    days: tuple[date, date] | None


def extent() -> Extent:
    """The committees and the first and last day of the acts, in one query."""
    found = db.session.execute(_extent()).all()
    days = (found[0][2], found[0][3]) if found and found[0][2] is not None else None
    return Extent(tuple((key, name) for key, name, _first, _last in found), days)


@cache
def _extent() -> Select[*tuple[Any, ...]]:
    first = select(func.min(Act.decided_on)).scalar_subquery()
    last = select(func.max(Act.decided_on)).scalar_subquery()
    return select(Committee.key, Committee.name, first, last).order_by(Committee.code)
