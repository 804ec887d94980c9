"""What an administrator does to institutions, committees, mandates and functions.

Every function asks for an administrator (or the system), writes in one transaction and leaves a journal
entry. Nothing is deleted: a mandate, a function, an institution ends.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tnt.accounts.models import Person
from tnt.accounts.queries import able_to_sign_in
from tnt.committees import queries, rules
from tnt.committees.correspondents import end_correspondents_of
from tnt.committees.models import Committee, Function, Institution, InstitutionName, Mandate
from tnt.committees.rules import FunctionKind, InstitutionKind, Seat, VisaRule, Voice
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import Forbidden, NotFound, check_version


def can_administer(actor: Actor) -> bool:
    """Whether the actor manages institutions, mandates and functions."""
    return actor.has("administrator")


def _check_administrator(actor: Actor) -> None:
    if not can_administer(actor):
        raise Forbidden()


def _lock_person(session: Session, person_id: int) -> Person:
    """The person, locked where the database can, so that two openings at once see each other."""
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise NotFound()
    if person.ended_at is not None:
        raise rules.PersonGone()
    return person


# mandates


def open_mandate(
    actor: Actor,
    *,
    person_id: int,
    committee_id: int,
    institution_id: int,
    seat: Seat,
    voice: Voice,
    from_on: date,
    until_on: date | None = None,
    substitute_for_id: int | None = None,
    ex_officio: bool = False,
) -> Mandate:
    """Seat a person in a committee for an institution, from a day to a day (both included).

    Raises OwnRole, OverlappingMandate, SubstituteOfNobody, NotAFullMember, WrongVoice, InstitutionEnded,
    PersonGone, EndsBeforeItStarts, NotFound, Forbidden.
    """
    _check_administrator(actor)
    with transaction() as session:
        _lock_person(session, person_id)
        committee = queries.get_committee_by_id(committee_id)
        rules.check_not_oneself(actor.person_id, person_id)
        rules.check_span(from_on, until_on)
        _check_institution(institution_id, until_on or from_on)
        rules.check_voice(seat, voice)
        rules.check_substitution(
            seat=seat,
            person_id=person_id,
            committee_id=committee_id,
            from_on=from_on,
            replaced=_replaced(substitute_for_id),
        )
        rules.check_no_overlap(rules.Span(from_on, until_on), queries.same_seat(person_id, committee_id))
        mandate = Mandate(
            person_id=person_id,
            committee_id=committee_id,
            institution_id=institution_id,
            seat=seat,
            voice=voice,
            from_on=from_on,
            until_on=until_on,
            substitute_for_id=substitute_for_id,
            ex_officio=ex_officio,
            created_at=clock.now(),
        )
        session.add(mandate)
        session.flush()
        journal.record(
            actor,
            "mandate.open",
            mandate,
            after={
                "person_id": person_id,
                "committee": committee.key,
                "institution_id": institution_id,
                "seat": seat,
                "voice": voice,
                "from_on": from_on,
                "until_on": until_on,
                "substitute_for_id": substitute_for_id,
            },
            committee_id=committee_id,
        )
    return mandate


def _replaced(mandate_id: int | None) -> rules.FullMember | None:
    if mandate_id is None:
        return None
    mandate = queries.get_mandate(mandate_id)
    return rules.FullMember(
        mandate.person_id, mandate.committee_id, mandate.seat, mandate.from_on, mandate.until_on
    )


def _check_institution(institution_id: int, last_day: date) -> None:
    institution = queries.get_institution(institution_id)
    if institution.ended_on is not None and last_day > institution.ended_on:
        raise rules.InstitutionEnded(ended_on=institution.ended_on)


def end_mandate(actor: Actor, mandate_id: int, until_on: date, reason: str) -> Mandate:
    """End a mandate on a day (included), with its reason; the substitutes of a full member end with it.

    Raises EndsBeforeItStarts, AlreadyEnded, MissingReason, NotFound, Forbidden.
    """
    _check_administrator(actor)
    with transaction() as session:
        mandate = session.scalar(select(Mandate).where(Mandate.id == mandate_id).with_for_update())
        if mandate is None:
            raise NotFound()
        rules.check_end(mandate, until_on, reason)
        _write_end(actor, mandate, until_on, reason.strip())
        for substitute in queries.substitutes_of(mandate_id, until_on):
            _write_end(actor, substitute, max(until_on, substitute.from_on), reason.strip())
    return mandate


def _write_end(actor: Actor, mandate: Mandate, until_on: date, reason: str) -> None:
    before, after = journal.changes(mandate, {"until_on": until_on, "end_reason": reason})
    mandate.until_on, mandate.end_reason = until_on, reason
    journal.record(
        actor, "mandate.end", mandate, before=before, after=after, committee_id=mandate.committee_id
    )


# functions


def appoint_function(
    actor: Actor,
    *,
    person_id: int,
    kind: FunctionKind,
    from_on: date,
    until_on: date | None = None,
    institution_id: int | None = None,
    territory_id: int | None = None,
) -> Function:
    """Give a person a function outside committees, from a day to a day (both included).

    Raises OwnRole, FunctionHeld, InstitutionEnded, PersonGone, EndsBeforeItStarts, NotFound, Forbidden.
    """
    _check_administrator(actor)
    with transaction() as session:
        _lock_person(session, person_id)
        rules.check_not_oneself(actor.person_id, person_id)
        rules.check_span(from_on, until_on)
        if institution_id is not None:
            _check_institution(institution_id, until_on or from_on)
        new = rules.Span(from_on, until_on)
        held = queries.functions_of(person_id)
        if any(term.kind is kind and rules.overlaps(new, term) for term in held):
            raise rules.FunctionHeld()
        function = Function(
            person_id=person_id,
            kind=kind,
            institution_id=institution_id,
            territory_id=territory_id,
            from_on=from_on,
            until_on=until_on,
            created_at=clock.now(),
        )
        session.add(function)
        session.flush()
        after = {"person_id": person_id, "kind": kind, "from_on": from_on, "until_on": until_on}
        journal.record(actor, "function.appoint", function, after=after)
    return function


def end_function(actor: Actor, function_id: int, until_on: date) -> Function:
    """End a function on a day (included). Raises LastAdministrator, AlreadyEnded, NotFound, Forbidden."""
    _check_administrator(actor)
    with transaction() as session:
        administrators = queries.administrators()
        function = session.scalar(select(Function).where(Function.id == function_id).with_for_update())
        if function is None:
            raise NotFound()
        rules.check_end(function, until_on, None)
        if function.kind is FunctionKind.ADMINISTRATOR:
            _check_another_administrator(administrators, function.person_id, until_on)
        before, after = journal.changes(function, {"until_on": until_on})
        function.until_on = until_on
        journal.record(actor, "function.end", function, before=before, after=after)
    return function


def _check_another_administrator(administrators: list[Function], person_id: int, until_on: date) -> None:
    others = [term for term in administrators if term.person_id != person_id]
    # read once the terms are locked: of two administrators who suspend each other, one is refused
    able = able_to_sign_in(term.person_id for term in others)
    rules.check_administrator_stays([term for term in others if term.person_id in able], until_on)


def check_may_leave(person_id: int) -> None:
    """Raise LastAdministrator when suspending this person would leave the programme without one."""
    today = clock.today()
    administrators = queries.administrators()
    held = [each for each in administrators if rules.is_held_on(each, today)]
    if any(each.person_id == person_id for each in held):
        _check_another_administrator(administrators, person_id, today - timedelta(days=1))


def end_everything_of(actor: Actor, person_id: int, day: date) -> None:
    """End the mandates and functions of a person who leaves the programme, and the mandates of whoever
    replaces them; called in that transaction.
    """
    for mandate in queries.mandates_of(person_id):
        if mandate.until_on is None or mandate.until_on > day:
            _write_end(actor, mandate, max(day, mandate.from_on), "Départ du programme")
            for substitute in queries.substitutes_of(mandate.id, day):
                _write_end(actor, substitute, max(day, substitute.from_on), "Départ du titulaire")
    for function in queries.functions_of(person_id):
        if function.until_on is None or function.until_on > day:
            until_on = max(day, function.from_on)
            before, after = journal.changes(function, {"until_on": until_on})
            function.until_on = until_on
            journal.record(actor, "function.end", function, before=before, after=after)
    end_correspondents_of(actor, person_id, day)


# institutions


def add_institution(
    actor: Actor,
    *,
    name: str,
    kind: InstitutionKind,
    acronym: str = "",
    key: str | None = None,
    source: str = "",
    interpretation: bool = False,
) -> Institution:
    """Make an institution known. Raises BadName, BadAcronym, NameTaken, Forbidden."""
    _check_administrator(actor)
    name, acronym = name.strip(), acronym.strip()
    rules.check_institution_name(name, acronym)
    with transaction() as session:
        if queries.name_taken(name):
            raise rules.NameTaken()
        institution = Institution(
            key=key, name=name, acronym=acronym, kind=kind, source=source, interpretation=interpretation
        )
        session.add(institution)
        session.flush()
        journal.record(
            actor, "institution.add", institution, after={"name": name, "acronym": acronym, "kind": kind}
        )
    return institution


def rename_institution(
    actor: Actor, institution_id: int, *, name: str, acronym: str, from_on: date, version: int | None = None
) -> Institution:
    """Give an institution a new name from a day on; the one it bore is kept until the day before.

    Raises BadName, BadAcronym, NameTaken, EndsBeforeItStarts (a later name is known already), Stale,
    NotFound, Forbidden.
    """
    _check_administrator(actor)
    name, acronym = name.strip(), acronym.strip()
    rules.check_institution_name(name, acronym)
    with transaction() as session:
        institution = _lock_institution(session, institution_id, version)
        if queries.name_taken(name, except_id=institution_id):
            raise rules.NameTaken()
        before, after = journal.changes(institution, {"name": name, "acronym": acronym})
        if not before:
            return institution
        if "name" in before:
            _keep_former_name(institution, from_on)
        institution.name, institution.acronym = name, acronym
        institution.version += 1
        journal.record(
            actor, "institution.rename", institution, before=before, after={**after, "from_on": from_on}
        )
    return institution


def _keep_former_name(institution: Institution, from_on: date) -> None:
    until_on = from_on - timedelta(days=1)
    last = max((each.until_on for each in institution.former_names), default=None)
    if last is not None and until_on <= last:
        raise rules.EndsBeforeItStarts(field="from_on", from_on=(last + timedelta(days=1)))
    institution.former_names.append(InstitutionName(name=institution.name, until_on=until_on))


def end_institution(actor: Actor, institution_id: int, on: date, version: int | None = None) -> Institution:
    """End an institution on a day (included). Raises MandatesRemain, AlreadyEnded, Stale, Forbidden."""
    _check_administrator(actor)
    with transaction() as session:
        institution = _lock_institution(session, institution_id, version)
        if institution.ended_on is not None:
            raise rules.AlreadyEnded(field="on", until_on=institution.ended_on)
        remaining = queries.count_running_after(institution_id, on)
        if remaining:
            raise rules.MandatesRemain(count=remaining)
        institution.ended_on = on
        institution.version += 1
        journal.record(
            actor, "institution.end", institution, before={"ended_on": None}, after={"ended_on": on}
        )
    return institution


def _lock_institution(session: Session, institution_id: int, version: int | None) -> Institution:
    institution = session.scalar(
        select(Institution).where(Institution.id == institution_id).with_for_update()
    )
    if institution is None:
        raise NotFound()
    check_version(version, institution.version)
    return institution


# settings of a committee


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """The settings to change: what stays None is left as it is, but for the quorum (0: none)."""

    followed_from: date | None = None
    visa_rule: VisaRule | None = None
    notice_days: int | None = None
    requests_close_days: int | None = None
    default_start: time | None = None
    default_minutes: int | None = None
    default_place: str | None = None
    votes_enabled: bool | None = None
    proxies_enabled: bool | None = None
    quorum_percent: int | None = None
    proxies_per_holder: int | None = None
    casting_vote: bool | None = None
    agenda_countersigned: bool | None = None
    letterhead: str | None = None
    signing_place: str | None = None
    consultation_days: int | None = None
    silence_consents: bool | None = None
    minutes_days: int | None = None
    minutes_tacit: bool | None = None

    def values(self) -> dict[str, Any]:
        """The columns to write."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        new = {name: value for name, value in given.items() if value is not None}
        if new.get("quorum_percent") == 0:
            new["quorum_percent"] = None
        if "letterhead" in new:
            new["letterhead"] = rules.check_letterhead(new["letterhead"])
        return new


def change_committee_settings(
    actor: Actor, committee_id: int, change: SettingsChange, *, version: int | None = None
) -> Committee:
    """Change a committee's settings from now on; past sessions keep what they were held with.

    Raises OutOfRange, SlotPastMidnight, QuorumWithoutVotes, ProxiesWithoutVotes, CastingWithoutVotes, or
    Several of them; LetterheadTooLong, Stale, Forbidden.
    """
    _check_administrator(actor)
    with transaction() as session:
        committee = session.scalar(select(Committee).where(Committee.id == committee_id).with_for_update())
        if committee is None:
            raise NotFound()
        check_version(version, committee.version)
        before, after = journal.changes(committee, change.values())
        rules.check_settings(_settings_with(committee, after))
        if not after:
            return committee
        for name, value in after.items():
            setattr(committee, name, value)
        committee.version += 1
        journal.record(
            actor, "committee.settings", committee, before=before, after=after, committee_id=committee_id
        )
    return committee


def _settings_with(committee: Committee, new: dict[str, Any]) -> rules.Settings:
    names = [each.name for each in fields(rules.Settings)]
    return rules.Settings(**{name: new.get(name, getattr(committee, name)) for name in names})
