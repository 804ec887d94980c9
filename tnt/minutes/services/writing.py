"""The secretariat's writing: drawn from the session, edited by passage, every version kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import Forbidden, NotFound, check_version
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_read
from tnt.meetings.rules import MeetingState
from tnt.minutes import mails, queries
from tnt.minutes.drafting import Drawn, draw
from tnt.minutes.models import Minutes, Paragraph, ParagraphVersion
from tnt.minutes.policies import can_keep
from tnt.minutes.rules import (
    MOST_PARAGRAPHS,
    AlreadyDrafted,
    MinutesState,
    NotHeldYet,
    Origin,
    ParagraphKind,
    TooManyParagraphs,
    WrongMinutesState,
    check_editable,
    check_open,
    check_text,
    due_after_change,
)
from tnt.sittings.queries import get_item_of

_NOBODY = Actor(None, "")  # whom a text drawn from the session has as its author
LIFTED = frozenset({MeetingState.ADJOURNED, MeetingState.CLOSED})


def lock_session(actor: Actor, meeting_id: int) -> Meeting:
    """The meeting, locked, for its secretary: what happens to its minutes follows one another.

    Raises NotFound, Forbidden.
    """
    meeting = db.session.scalar(
        select(Meeting)
        .where(Meeting.id == meeting_id)
        .with_for_update(of=Meeting)
        .execution_options(populate_existing=True)
    )
    if meeting is None or not (
        can_keep(actor, meeting.committee_id) or can_read(actor, meeting.committee_id)
    ):
        raise NotFound()
    if not can_keep(actor, meeting.committee_id):
        raise Forbidden()
    return meeting


def newest(meeting_id: int) -> Minutes:
    """The newest edition, fresh and locked after its meeting. Raises NotFound."""
    minutes = db.session.scalar(
        select(Minutes)
        .where(Minutes.meeting_id == meeting_id)
        .order_by(Minutes.edition.desc())
        .limit(1)
        .with_for_update(of=Minutes)
        .execution_options(populate_existing=True)
    )
    if minutes is None:
        raise NotFound()
    return minutes


def lock_draft(actor: Actor, meeting_id: int) -> Minutes:
    """The minutes, while they are a draft, for their secretary.

    Raises NotFound, Forbidden, MinutesFrozen, WrongMinutesState.
    """
    lock_session(actor, meeting_id)
    minutes = newest(meeting_id)
    check_open(minutes.state)
    if minutes.state is not MinutesState.DRAFT:
        raise WrongMinutesState()
    return minutes


def write_version(
    actor: Actor, paragraph: Paragraph, text: str, origin: Origin, amendment_id: int | None = None
) -> None:
    """Give a paragraph a new version; those before stay. Inside the caller's transaction."""
    paragraph.version += 1
    paragraph.text = text
    paragraph.origin = origin
    paragraph.source_changed = False
    db.session.add(
        ParagraphVersion(
            paragraph=paragraph,
            number=paragraph.version,
            text=text,
            origin=origin,
            author_id=actor.person_id if origin is not Origin.DRAWN else None,
            amendment_id=amendment_id,
            written_at=clock.now(),
        )
    )


def ask_to_reread(actor: Actor, minutes: Minutes) -> None:
    """The text sent has changed: the answers given on the former one fall, and there is time to read it."""
    if minutes.state is not MinutesState.CIRCULATED or minutes.due_on is None:
        return
    before, minutes.due_on = minutes.due_on, due_after_change(minutes.due_on, clock.today())
    answered = [each for each in queries.list_recipients(minutes.id) if each.no_remark_at is not None]
    for recipient in answered:
        recipient.no_remark_at = None
        recipient.fingerprint = ""
    db.session.flush()
    journal.record(
        actor,
        "minutes.reread",
        minutes,
        before={"due_on": before},
        after={"due_on": minutes.due_on, "answers": len(answered)},
        committee_id=minutes.meeting.committee_id,
    )
    mails.changed(minutes, answered)


def draft(actor: Actor, meeting_id: int) -> Minutes:
    """Begin the minutes of a session lifted: all that it recorded, as paragraphs.

    Raises NotFound, Forbidden, NotHeldYet, AlreadyDrafted.
    """
    with transaction() as session:
        meeting = lock_session(actor, meeting_id)
        if meeting.state not in LIFTED:
            raise NotHeldYet()
        if queries.find_minutes(meeting.id) is not None:
            raise AlreadyDrafted()
        minutes = Minutes(
            meeting_id=meeting.id,
            meeting=meeting,
            edition=1,
            state=MinutesState.DRAFT,
            tacit=meeting.committee.minutes_tacit,
            drafted_at=clock.now(),
            drafted_by_id=actor.person_id,
        )
        session.add(minutes)
        session.flush()
        for position, drawn in enumerate(draw(meeting), start=1):
            _place(minutes, drawn, position)
        session.flush()
        journal.record(
            actor,
            "minutes.begin",
            minutes,
            after={"paragraphs": len(queries.load_paragraphs(minutes.id))},
            committee_id=meeting.committee_id,
        )
    return minutes


def _place(minutes: Minutes, drawn: Drawn, position: int) -> Paragraph:
    """A paragraph drawn from the session, with its first version."""
    paragraph = Paragraph(
        minutes_id=minutes.id,
        minutes=minutes,
        item_id=drawn.item_id,
        act_id=drawn.act_id,
        kind=drawn.kind,
        position=position,
        reserved=drawn.reserved,
        version=0,
        text="",
        origin=Origin.DRAWN,
    )
    db.session.add(paragraph)
    write_version(_NOBODY, paragraph, drawn.text, Origin.DRAWN)
    return paragraph


def redraw(actor: Actor, meeting_id: int) -> int:
    """Follow the session's record, corrected since: what no hand has touched is drawn anew, the rest flagged.

    For whoever corrects the record, inside that transaction or alone. Does nothing once the minutes are
    circulated, and nothing when there are none. Returns how many paragraphs changed or were flagged.
    """
    with transaction() as session:
        minutes = queries.find_minutes(meeting_id)
        if minutes is None or minutes.state is not MinutesState.DRAFT or minutes.edition > 1:
            return 0
        drawn = {each.place: each for each in draw(minutes.meeting)}
        changed = 0
        for paragraph in list(queries.load_paragraphs(minutes.id)):
            if paragraph.kind is ParagraphKind.FREE:
                continue
            changed += _follow(actor, paragraph, drawn.pop((paragraph.kind, paragraph.item_id), None))
        for left in drawn.values():
            _insert(minutes, left)
        changed += len(drawn)
        if changed:
            minutes.version += 1
            session.flush()
            journal.record(
                actor,
                "minutes.redraw",
                minutes,
                after={"paragraphs": changed},
                committee_id=minutes.meeting.committee_id,
            )
    return changed


def _follow(actor: Actor, paragraph: Paragraph, drawn: Drawn | None) -> bool:
    """Bring one paragraph to what the session says now; whether something changed."""
    if paragraph.removed_at is not None:
        return False
    last = _last_drawn(paragraph)
    if drawn is None:
        if paragraph.origin is Origin.DRAWN:
            paragraph.removed_at = clock.now()
            return True
        paragraph.source_changed = True
        return True
    paragraph.act_id = drawn.act_id
    if drawn.text == last:
        return False
    if paragraph.origin is Origin.DRAWN:
        write_version(actor, paragraph, drawn.text, Origin.DRAWN)
    else:
        paragraph.source_changed = True
    return True


def _last_drawn(paragraph: Paragraph) -> str:
    if paragraph.origin is Origin.DRAWN:
        return paragraph.text
    drawn = [each.text for each in queries.history_of(paragraph.id) if each.origin is Origin.DRAWN]
    return drawn[0] if drawn else ""


def _insert(minutes: Minutes, drawn: Drawn) -> None:
    """Place what the session says anew after the last paragraph of the same item, else before the closing."""
    present = _present(minutes)
    of_item = [each.position for each in present if each.item_id == drawn.item_id and drawn.item_id]
    closing = [each.position for each in present if each.kind is ParagraphKind.CLOSING]
    after = max(of_item) if of_item else (min(closing) - 1 if closing else len(present))
    for each in present:
        if each.position > after:
            each.position += 1
    _place(minutes, drawn, after + 1)


def _present(minutes: Minutes) -> list[Paragraph]:
    return [each for each in queries.load_paragraphs(minutes.id) if each.removed_at is None]


def _changed(actor: Actor, action: str, paragraph: Paragraph, **values: object) -> None:
    """Note what was done to a paragraph, and that the minutes are no longer what somebody may have read.

    The journal names versions, never their words: a passage may be reserved, and its versions are kept.
    """
    paragraph.minutes.version += 1
    db.session.flush()
    journal.record(
        actor,
        action,
        paragraph,
        before={name[4:]: value for name, value in values.items() if name.startswith("old_")},
        after={name: value for name, value in values.items() if not name.startswith("old_")},
        committee_id=paragraph.minutes.meeting.committee_id,
    )


def edit(
    actor: Actor, meeting_id: int, paragraph_id: int, text: str, expected_version: int | None
) -> Paragraph:
    """Write a passage anew. Raises Stale when somebody else did meanwhile, DecisionNotEdited, TextNeeded…"""
    with transaction():
        paragraph = queries.get_paragraph(lock_draft(actor, meeting_id), paragraph_id)
        check_editable(paragraph.kind)
        check_version(expected_version, paragraph.version)
        text = check_text(text)
        if text == paragraph.text and not paragraph.source_changed:
            return paragraph
        before = paragraph.version
        write_version(actor, paragraph, text, Origin.WRITTEN)
        _changed(actor, "minutes.edit", paragraph, old_version=before, version=paragraph.version)
    return paragraph


def add(
    actor: Actor, meeting_id: int, *, item_id: int | None, text: str, reserved: bool = False
) -> Paragraph:
    """Add a passage at the end of an item, or before the closing of the session (no item).

    Raises NotFound, TextNeeded, TextTooLong, TooManyParagraphs and what `lock_draft` raises.
    """
    with transaction():
        minutes = lock_draft(actor, meeting_id)
        text = check_text(text)
        item = get_item_of(meeting_id, item_id) if item_id is not None else None
        present = _present(minutes)
        if len(present) >= MOST_PARAGRAPHS:
            raise TooManyParagraphs(most=MOST_PARAGRAPHS)
        after = _last_of(present, item_id)
        for each in present:
            if each.position > after:
                each.position += 1
        paragraph = Paragraph(
            minutes_id=minutes.id,
            minutes=minutes,
            item_id=item_id,
            kind=ParagraphKind.FREE,
            position=after + 1,
            reserved=reserved or bool(item and item.reserved),
            version=0,
            text="",
            origin=Origin.WRITTEN,
        )
        db.session.add(paragraph)
        write_version(actor, paragraph, text, Origin.WRITTEN)
        db.session.flush()
        _changed(actor, "minutes.add", paragraph, version=paragraph.version, reserved=paragraph.reserved)
    return paragraph


def _last_of(present: Sequence[Paragraph], item_id: int | None) -> int:
    """The position after which a passage of that item comes."""
    if item_id is None:
        closing = [each.position for each in present if each.kind is ParagraphKind.CLOSING]
        return min(closing) - 1 if closing else max((each.position for each in present), default=0)
    own = [each.position for each in present if each.item_id == item_id]
    if own:
        return max(own)
    # of an item that said nothing yet: after the items before it
    item_order = {each.item_id: each.item.position for each in present if each.item is not None}
    wanted = get_item_of(present[0].minutes.meeting_id, item_id).position if present else 0
    before = [
        each.position
        for each in present
        if each.kind is not ParagraphKind.CLOSING
        and (each.item_id is None or item_order[each.item_id] < wanted)
    ]
    return max(before, default=0)


def move(actor: Actor, meeting_id: int, paragraph_id: int, *, up: bool) -> None:
    """Exchange a passage with its neighbour of the same item; at the edge, nothing happens."""
    with transaction():
        minutes = lock_draft(actor, meeting_id)
        paragraph = queries.get_paragraph(minutes, paragraph_id)
        present = _present(minutes)
        place = present.index(paragraph) + (-1 if up else 1)
        other = present[place] if 0 <= place < len(present) else paragraph
        if other is paragraph or other.item_id != paragraph.item_id:
            return
        paragraph.position, other.position = other.position, paragraph.position
        _changed(actor, "minutes.move", paragraph, position=paragraph.position)


def remove(actor: Actor, meeting_id: int, paragraph_id: int) -> None:
    """Take a passage out of the minutes; its versions stay in the history. A decision stays."""
    with transaction():
        paragraph = queries.get_paragraph(lock_draft(actor, meeting_id), paragraph_id)
        check_editable(paragraph.kind)
        paragraph.removed_at = clock.now()
        _changed(actor, "minutes.remove", paragraph, old_version=paragraph.version)


def set_reserved(actor: Actor, meeting_id: int, paragraph_id: int, *, reserved: bool) -> None:
    """Mark a passage as reserved, or no longer; possible until the approval.

    Raises NotFound, Forbidden, MinutesFrozen.
    """
    with transaction():
        lock_session(actor, meeting_id)
        minutes = newest(meeting_id)
        check_open(minutes.state)
        paragraph = queries.get_paragraph(minutes, paragraph_id)
        if paragraph.reserved is not reserved:
            paragraph.reserved = reserved
            _changed(actor, "minutes.reserve", paragraph, old_reserved=not reserved, reserved=reserved)
            ask_to_reread(actor, minutes)
