"""Numbering acts and moving them along: numbered in visa, in force, cancelled, rectified."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from tnt.committees.models import Committee
from tnt.core import clock, formats, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError, NotFound
from tnt.decisions.models import Act, ActCounter
from tnt.decisions.rules import (
    ActKind,
    ActState,
    Nature,
    Series,
    WrongActState,
    check_act_transition,
    format_number,
)
from tnt.meetings.models import Meeting
from tnt.programme.rules import Every, period_of


class MissingAuthority(DomainError):
    """A prior act says who took it."""

    message = N_("Indiquez l’autorité qui a pris l’acte (ministre, comité, agence…).")
    field = "authority"


class MissingWording(DomainError):
    """An act is made of words."""

    message = N_("Indiquez le texte de la décision, tel qu’il a été pris.")
    field = "wording"


class ActInTheFuture(DomainError):
    """A prior act has been taken already."""

    message = N_("La date d’un acte antérieur ne peut pas être à venir.")
    field = "decided_on"


def get_act(act_id: int) -> Act:
    """The act of that id. Raises NotFound."""
    act = db.session.get(Act, act_id)
    if act is None:
        raise NotFound()
    return act


# what is decided between sessions on the day of a session comes after the items of that session
BETWEEN_SESSIONS = 1_000


def next_number(committee: Committee, period: str, series: Series = Series.SESSION) -> str:
    """The next number of a committee in a period, without gaps: it lives and dies with the transaction.

    Must be called inside the transaction of the levée, of the sending of a written consultation or of the
    measure; the counter's row serialises two of them.
    """
    session = db.session()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(ActCounter)
        .values(committee_id=committee.id, period=period, series=series, last=1)
        .on_conflict_do_update(
            index_elements=[ActCounter.committee_id, ActCounter.period, ActCounter.series],
            set_={"last": ActCounter.last + 1},
        )
        .returning(ActCounter.last)
    )
    last = session.scalar(statement)
    if last is None:
        raise RuntimeError("the counter gave no number")
    return format_number(committee.code, period, last, series)


def number_act(
    actor: Actor,
    *,
    meeting: Meeting,
    nature: Nature,
    kind: ActKind,
    title: str,
    wording: str,
    vote: str,
    item_order: int,
    decided_on: date,
    effective_on: date,
    reserved: bool = False,
) -> Act:
    """Create the numbered act of an item, awaiting its visas. Inside the levée's transaction.

    The acts of a past session entered afterwards keep that session's own reference, and no number of
    TNT's series: those are given only at a levée held here.
    """
    with transaction() as session:
        act = Act(
            nature=nature,
            kind=kind,
            state=ActState.IN_VISA,
            number=None if meeting.recorded_afterwards else next_number(meeting.committee, meeting.period),
            committee_id=meeting.committee_id,
            meeting_id=meeting.id,
            period=meeting.period,
            item_order=item_order,
            decided_on=decided_on,
            effective_on=effective_on,
            title=title,
            wording=wording,
            vote=vote,
            reserved=reserved,
            reference=past_reference(meeting, item_order) if meeting.recorded_afterwards else "",
            recorded_at=clock.now(),
        )
        session.add(act)
        session.flush()
        journal.record(
            actor,
            "act.number",
            act,
            after={"number": act.number, "kind": kind, "nature": nature, "title": title, "wording": wording},
            committee_id=meeting.committee_id,
        )
    return act


def past_reference(meeting: Meeting, item_order: int) -> str:
    """How an act of a past session is referred to: by its session's own reference, else by its day."""
    session = meeting.own_reference or f"Séance du {formats.date_medium(meeting.starts_at)}"
    return f"{session}, point {item_order}"


def record_between_sessions(
    actor: Actor,
    *,
    committee: Committee,
    series: Series,
    number: str,
    state: ActState,
    nature: Nature,
    kind: ActKind,
    title: str,
    wording: str,
    vote: str,
    decided_on: date,
    effective_on: date,
) -> Act:
    """Create the act of a written consultation or of an interim measure, under the number it was given.

    In force at once when `state` says provisional. Inside the caller's transaction.
    """
    now = clock.now()
    with transaction() as session:
        act = Act(
            nature=nature,
            kind=kind,
            state=state,
            series=series,
            number=number,
            committee_id=committee.id,
            committee=committee,
            period=period_of(decided_on, committee.every).code,
            item_order=next_order_between_sessions(decided_on),
            decided_on=decided_on,
            effective_on=effective_on,
            title=title,
            wording=wording,
            vote=vote,
            recorded_at=now,
            in_force_at=now if state is ActState.PROVISIONAL else None,
        )
        session.add(act)
        session.flush()
        journal.record(
            actor,
            "act.number",
            act,
            after={
                "number": number,
                "series": series,
                "state": state,
                "kind": kind,
                "nature": nature,
                "title": title,
                "wording": wording,
            },
            committee_id=committee.id,
        )
    return act


def next_order_between_sessions(decided_on: date) -> int:
    """The place, among the acts of a day, of the next one taken between sessions."""
    last = db.session.scalar(
        select(func.max(Act.item_order)).where(
            Act.series != Series.SESSION, Act.decided_on == decided_on, Act.item_order > BETWEEN_SESSIONS
        )
    )
    return (last or BETWEEN_SESSIONS) + 1


def reword_act(actor: Actor, act: Act, *, wording: str, vote: str, effective_on: date) -> None:
    """Correct an act that is still in visa, before any visa counts on the new text."""
    if act.state is not ActState.IN_VISA:
        check_act_transition(act.state, ActState.IN_VISA)
    with transaction():
        before, after = journal.changes(act, {"wording": wording, "vote": vote, "effective_on": effective_on})
        for name, value in after.items():
            setattr(act, name, value)
        if after:
            journal.record(
                actor, "act.reword", act, before=before, after=after, committee_id=act.committee_id
            )


def bring_into_force(actor: Actor, act: Act) -> None:
    """The last visa is given: the act binds. Raises WrongActState unless it was in visa."""
    _move(actor, act, ActState.IN_FORCE, "act.in_force")


def cancel_act(actor: Actor, act: Act) -> None:
    """Drop an act at visa; its number stays, as « annulée ». Raises WrongActState unless in visa."""
    _move(actor, act, ActState.CANCELLED, "act.cancel")


def ratify_act(actor: Actor, act: Act) -> None:
    """The committee ratified a provisional act: it stays in force. Raises WrongActState otherwise."""
    if act.state is not ActState.PROVISIONAL:
        raise WrongActState()
    _move(actor, act, ActState.IN_FORCE, "act.ratify")


def lapse_act(actor: Actor, act: Act) -> None:
    """The committee refused a provisional act: it is « caduque ». Raises WrongActState otherwise."""
    _move(actor, act, ActState.LAPSED, "act.lapse")


def _move(actor: Actor, act: Act, new: ActState, action: str) -> None:
    with transaction():
        check_act_transition(act.state, new)
        before = act.state
        act.state = new
        if new is ActState.IN_FORCE and act.in_force_at is None:
            act.in_force_at = clock.now()
        journal.record(
            actor,
            action,
            act,
            before={"state": before},
            after={"state": new, "number": act.label},
            committee_id=act.committee_id,
        )


def record_prior_act(
    actor: Actor,
    *,
    kind: ActKind,
    authority: str,
    decided_on: date,
    wording: str,
    title: str = "",
    reference: str = "",
    source: str = "",
    effective_on: date | None = None,
    committee_id: int | None = None,
    scan_sha256: str | None = None,
) -> Act:
    """Record an act taken before TNT followed the programme: in force at once, unnumbered, sourced.

    Rights are the caller's (see `effects.services.record_prior_act`). Raises MissingAuthority,
    MissingWording, ActInTheFuture.
    """
    if not authority.strip():
        raise MissingAuthority()
    if len(wording.strip()) < 3:
        raise MissingWording()
    if decided_on > clock.today():
        raise ActInTheFuture()
    with transaction() as session:
        act = Act(
            nature=Nature.PRIOR_ACT,
            kind=kind,
            state=ActState.IN_FORCE,
            committee_id=committee_id,
            period=period_of(decided_on, Every.QUARTER).code,
            item_order=_next_order_of_prior_acts(decided_on),
            decided_on=decided_on,
            effective_on=effective_on or decided_on,
            title=title.strip() or wording.strip()[:300],
            wording=wording.strip(),
            authority=authority.strip(),
            reference=reference.strip(),
            source=source.strip(),
            scan_sha256=scan_sha256,
            recorded_at=clock.now(),
            in_force_at=clock.now(),
        )
        session.add(act)
        session.flush()
        journal.record(
            actor,
            "act.record_prior",
            act,
            after={
                "authority": act.authority,
                "decided_on": decided_on,
                "reference": act.reference,
                "wording": act.wording,
                "source": act.source,
            },
            committee_id=committee_id,
        )
    return act


def _next_order_of_prior_acts(decided_on: date) -> int:
    """Prior acts of one day follow each other in the order in which they are entered."""
    last = db.session.scalar(
        select(func.max(Act.item_order)).where(Act.nature == Nature.PRIOR_ACT, Act.decided_on == decided_on)
    )
    return (last or 0) + 1


def acts_of_meeting(meeting_id: int) -> list[Act]:
    """The acts of a meeting, in the order of its items."""
    return list(
        db.session.scalars(select(Act).where(Act.meeting_id == meeting_id).order_by(Act.item_order, Act.id))
    )
