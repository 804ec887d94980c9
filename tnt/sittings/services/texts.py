"""The texts of an item, saved as they are typed.

A save names the version that it was typed on and bears a key: on another version both texts are given back
and nothing is written; sent twice, it is saved once. What a person types is not written in the journal at
each save: one entry is made when somebody else takes over the text, when the item is saved with its outcome,
at the levée, and otherwise at the first save after five minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import Stale
from tnt.meetings.models import Meeting
from tnt.projects.services import type_mission
from tnt.sittings import queries
from tnt.sittings.models import ItemText, Outcome
from tnt.sittings.queries import TextState
from tnt.sittings.rules.outcomes import DEFER_REASON_LIMIT, WORDING_LIMIT, DeferReasonTooLong, WordingTooLong
from tnt.sittings.rules.texts import KEYS_KEPT, BadKey, NoSuchText, TextField, is_journal_due
from tnt.sittings.services.holding import lock_in_session


class TextConflict(Stale):
    """Somebody else saved the text meanwhile; `saved` is theirs."""

    def __init__(self, saved: TextState) -> None:
        """Keep the text as it is saved."""
        super().__init__()
        self.saved = saved


def save_text(
    actor: Actor,
    meeting_id: int,
    item_id: int,
    field: TextField,
    text: str,
    *,
    base: int,
    key: str,
    sent: Sequence[str] = (),
) -> TextState:
    """Save one text of an item as typed on version `base`; returns it as it stands.

    `sent`: the keys of earlier saves of the same text whose answer was lost; one of them, saved last, is no
    conflict. Raises NotInSession, NoSuchText, BadKey, TextConflict, or the refusal of a text too long.
    """
    if not 8 <= len(key) <= 64:
        raise BadKey()
    text = text.replace("\r\n", "\n")
    with transaction():
        meeting = lock_in_session(actor, meeting_id)
        state = queries.get_item_state(meeting.id, item_id)
        item = state.item
        if field not in queries.text_fields_of(item):
            raise NoSuchText()
        _check_length(field, text)
        row = _row(item, field)
        saved = queries.text_of(item, state.outcome, field, row.version)
        if key in (versions := dict(row.recent)):
            # somebody may have written since: what is typed next must meet their text
            return replace(_state(row, text), version=versions[key])
        if _same(saved, text):
            return _state(row, saved)
        if base != row.version and not _is_last(row, sent):
            raise TextConflict(_state(row, saved))
        if row.saved_by_id != actor.person_id or is_journal_due(row.unwritten_since, clock.now()):
            _journal(meeting, item, row, saved)
        outcome = state.outcome or _new_outcome(item)
        _write(actor, item, outcome, field, text)
        _advance(actor, row, before=saved)
        row.recent = [*row.recent, [key, row.version]][-KEYS_KEPT:]
        outcome.version += 1
        outcome.saved_at, outcome.saved_by_id = row.saved_at, actor.person_id
    return _state(row, text)


def _is_last(row: ItemText, sent: Sequence[str]) -> bool:
    """Whether the present version is one of these saves: no form has been saved over it since."""
    return bool(row.recent) and row.recent[-1][0] in sent and row.recent[-1][1] == row.version


def _same(saved: str, text: str) -> bool:
    return saved.rstrip() == text.rstrip() and len(saved) >= len(text)


def _check_length(field: TextField, text: str) -> None:
    if field is TextField.DEFER_REASON and len(text) > DEFER_REASON_LIMIT:
        raise DeferReasonTooLong()
    if len(text) > WORDING_LIMIT:
        raise WordingTooLong(field=field.value)


def _row(item: AgendaItem, field: TextField) -> ItemText:
    return db.session.get(ItemText, (item.id, field), populate_existing=True) or _new_row(item, field)


def _new_row(item: AgendaItem, field: TextField) -> ItemText:
    row = ItemText(item_id=item.id, item=item, field=field, version=0, recent=[], saved_at=clock.now())
    db.session.add(row)
    return row


def _state(row: ItemText, text: str) -> TextState:
    person = db.session.get(Person, row.saved_by_id) if row.saved_by_id is not None else None
    name = person.full_name if person else ""
    return TextState(row.field, text, row.version, row.saved_at, row.saved_by_id, name)


def _new_outcome(item: AgendaItem) -> Outcome:
    outcome = Outcome(item_id=item.id, kind=None, version=0, saved_at=clock.now())
    db.session.add(outcome)
    db.session.flush()
    return outcome


def _write(actor: Actor, item: AgendaItem, outcome: Outcome, field: TextField, text: str) -> None:
    if field is not TextField.MISSION:
        setattr(outcome, field.value, text)
    elif item.group_motion is not None:
        type_mission(actor, item.group_motion, text)


def _advance(actor: Actor, row: ItemText, *, before: str) -> None:
    """One version more, by that person; the text before it is kept for the journal."""
    if row.unwritten_since is None:
        row.unwritten_since, row.before = clock.now(), before
    row.version += 1
    row.saved_at, row.saved_by_id = clock.now(), actor.person_id


_ROWS = (
    select(ItemText).where(ItemText.item_id == bindparam("item_id")).execution_options(populate_existing=True)
)


def rows_of(item: AgendaItem) -> dict[TextField, ItemText]:
    """The versions of the texts of an item; inside the caller's transaction, its meeting locked."""
    return {row.field: row for row in db.session.scalars(_ROWS, {"item_id": item.id})}


def note_versions(
    actor: Actor, item: AgendaItem, rows: Mapping[TextField, ItemText], changed: Iterable[TextField]
) -> None:
    """Texts saved with a form, and journaled with it: whoever types on them must see it.

    Inside the caller's transaction. `rows`: those of the item, read under its lock.
    """
    for field in changed:
        row = rows.get(field) or _new_row(item, field)
        row.version += 1
        row.saved_at, row.saved_by_id = clock.now(), actor.person_id


def journal_rows(
    meeting: Meeting, item: AgendaItem, outcome: Outcome | None, rows: Iterable[ItemText]
) -> None:
    """Write in the journal what was typed on an item and is not there yet."""
    for row in rows:
        _journal(meeting, item, row, queries.text_of(item, outcome, row.field, row.version))


def journal_texts(meeting: Meeting) -> None:
    """Write in the journal everything that was typed in a session and is not there yet (levée)."""
    statement = (
        select(ItemText)
        .join(ItemText.item)
        .where(AgendaItem.meeting_id == meeting.id, ItemText.unwritten_since.is_not(None))
        .options(joinedload(ItemText.item))
        .order_by(ItemText.item_id, ItemText.field)
    )
    for row in db.session.scalars(statement).all():
        journal_rows(meeting, row.item, queries.find_outcome(row.item_id), [row])


def _journal(meeting: Meeting, item: AgendaItem, row: ItemText, text: str) -> None:
    """One entry for all that its writer typed since the last one, in the writer's name."""
    if row.unwritten_since is None:
        return
    writer = db.session.get(Person, row.saved_by_id) if row.saved_by_id is not None else None
    journal.record(
        Actor(row.saved_by_id, writer.full_name if writer else ""),
        "sitting.text",
        item,
        before={row.field.value: row.before or ""},
        after={row.field.value: text, "saved_at": row.saved_at},
        committee_id=meeting.committee_id,
    )
    row.unwritten_since, row.before = None, None
