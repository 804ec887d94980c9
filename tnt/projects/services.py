"""What can be done to groups: propose one, draft what is asked for it, carry out what was decided."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from sqlalchemy import select

from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import N_, DomainError, Forbidden, Term, check_version
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, EffectLine
from tnt.projects import queries
from tnt.projects.leads import appoint_lead, end_leads
from tnt.projects.models import GroupMotion, Mission, ProjectGroup, StatusEvent
from tnt.projects.rules import (
    MISSION_LENGTHS,
    STATUS_WORDS,
    GroupStatus,
    MissingMission,
    Motion,
    StatusFact,
    StopKind,
    check_motion,
    check_timeline,
    next_status,
    status_on,
)

ACT_KIND_OF = {
    Motion.CREATE: ActKind.CREATE_GROUP,
    Motion.REORIENT: ActKind.REORIENT_GROUP,
    Motion.CONTINUE: ActKind.CONTINUE_GROUP,
    Motion.STOP: ActKind.STOP_GROUP,
}
RESERVED_SLUGS = frozenset({"proposer"})  # addresses of our own beside the groups'
MOTION_OF = {kind: motion for motion, kind in ACT_KIND_OF.items()}


class UnnamedGroup(DomainError):
    """A group has a name of its own."""

    message = N_("Indiquez le nom du groupe (3 à 160 caractères).")
    field = "name"


class NameTaken(DomainError):
    """Two groups of one name would be confused."""

    message = N_("Un groupe porte déjà ce nom.")
    field = "name"


class LeadWithoutInstitution(DomainError):
    """A lead leads for an institution."""

    message = N_("Indiquez l’institution au titre de laquelle la personne est responsable du groupe.")
    field = "lead_institution_id"


def can_propose(actor: Actor) -> bool:
    """Whether the actor may propose a group: a secretary or the lead of another group."""
    return actor.has_any("secretary", "lead")


def can_draft(actor: Actor, group_id: int) -> bool:
    """Whether the actor may draft what is asked for a group: a secretary, or its lead."""
    return actor.has_any("secretary") or actor.has("lead", group_id)


def slug_of(name: str) -> str:
    """An address from a name: « Sensibilisation des élus » → « sensibilisation-des-elus »."""
    spaced = name.replace("’", " ").replace("'", " ")
    plain = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70] or "groupe"
    return f"groupe-{slug}" if slug in RESERVED_SLUGS else slug


def propose_group(
    actor: Actor, *, name: str, workstream_id: int, mission: str, follows_id: int | None = None
) -> ProjectGroup:
    """Add a group to the programme as « proposé »; only a decision creates it.

    Raises Forbidden, UnnamedGroup, MissingMission, NameTaken.
    """
    if not can_propose(actor):
        raise Forbidden()
    name = name.strip()
    if not 3 <= len(name) <= 160:
        raise UnnamedGroup()
    if not MISSION_LENGTHS[0] <= len(mission.strip()) <= MISSION_LENGTHS[1]:
        raise MissingMission()
    with transaction() as session:
        slug = slug_of(name)
        if session.scalar(select(ProjectGroup.id).where(ProjectGroup.slug == slug)) is not None:
            raise NameTaken()
        group = ProjectGroup(
            slug=slug,
            name=name,
            workstream_id=workstream_id,
            proposed_mission=mission.strip(),
            follows_id=follows_id,
            proposed_by_id=actor.person_id,
            created_at=clock.now(),
        )
        session.add(group)
        session.flush()
        journal.record(actor, "group.propose", group, after={"name": name, "mission": mission.strip()})
    return group


def draft_motion(
    actor: Actor,
    *,
    group_id: int,
    motion: Motion,
    mission: str = "",
    reason: str = "",
    stop_kind: StopKind | None = None,
    lead_id: int | None = None,
    lead_institution_id: int | None = None,
    effective_on: date | None = None,
    as_of: date | None = None,
) -> GroupMotion:
    """Draft what a committee is asked to decide for a group.

    The life cycle is checked on the day of effect, or on `as_of` when the act belongs to the past.
    Raises Forbidden, NotFound, or the refusal of the life cycle (`check_motion`).
    """
    if not can_draft(actor, group_id):
        raise Forbidden()
    group = queries.get_group(group_id)
    _check_texts(group, motion, mission, reason, stop_kind, as_of or effective_on)
    _check_lead(lead_id, lead_institution_id)
    with transaction() as session:
        draft = GroupMotion(
            group_id=group.id,
            motion=motion,
            mission=mission.strip() if motion in {Motion.CREATE, Motion.REORIENT} else "",
            reason=reason.strip(),
            stop_kind=stop_kind if motion is Motion.STOP else None,
            lead_id=lead_id,
            lead_institution_id=lead_institution_id,
            effective_on=effective_on,
            created_at=clock.now(),
        )
        session.add(draft)
        session.flush()
        journal.record(actor, "group.draft_motion", draft, after=_motion_values(draft))
    return draft


def revise_motion(
    actor: Actor,
    motion_id: int,
    *,
    mission: str = "",
    reason: str = "",
    stop_kind: StopKind | None = None,
    lead_id: int | None = None,
    lead_institution_id: int | None = None,
    effective_on: date | None = None,
    expected_version: int | None = None,
) -> GroupMotion:
    """Change the texts of a drafted motion; what is asked itself does not change.

    Raises Forbidden, NotFound, Stale, or the refusal of the life cycle.
    """
    with transaction():
        draft = queries.get_motion(motion_id)
        if not can_draft(actor, draft.group_id):
            raise Forbidden()
        check_version(expected_version, draft.version)
        _check_texts(draft.group, draft.motion, mission, reason, stop_kind, effective_on)
        _check_lead(lead_id, lead_institution_id)
        new: dict[str, Any] = {
            "mission": mission.strip() if draft.motion in {Motion.CREATE, Motion.REORIENT} else "",
            "reason": reason.strip(),
            "stop_kind": stop_kind if draft.motion is Motion.STOP else None,
            "lead_id": lead_id,
            "lead_institution_id": lead_institution_id,
            "effective_on": effective_on,
        }
        before, after = journal.changes(draft, new)
        if after:
            for name, value in after.items():
                setattr(draft, name, value)
            draft.version += 1
            journal.record(actor, "group.revise_motion", draft, before=before, after=after)
    return draft


def type_mission(actor: Actor, motion: GroupMotion, mission: str) -> None:
    """Change the mission that a motion gives as it is being typed; the caller journals it in its own time.

    Inside the caller's transaction. Raises Forbidden or the refusal of the life cycle.
    """
    if not can_draft(actor, motion.group_id):
        raise Forbidden()
    _check_texts(motion.group, motion.motion, mission, motion.reason, motion.stop_kind, motion.effective_on)
    motion.mission = mission.strip()
    motion.version += 1


def _check_lead(lead_id: int | None, institution_id: int | None) -> None:
    if lead_id is not None and institution_id is None:
        raise LeadWithoutInstitution()


def _check_texts(
    group: ProjectGroup,
    motion: Motion,
    mission: str,
    reason: str,
    stop_kind: StopKind | None,
    day: date | None,
) -> None:
    check_motion(
        motion=motion,
        status=queries.status_or_proposed(group.id, day or clock.today()),
        group=group.name,
        mission=mission,
        reason=reason,
        stop_kind=stop_kind,
    )


def _motion_values(draft: GroupMotion) -> dict[str, Any]:
    names = ("group_id", "motion", "mission", "reason", "stop_kind", "lead_id", "effective_on")
    return {name: getattr(draft, name) for name in names if getattr(draft, name) not in (None, "")}


def effective_day(motion: GroupMotion, decided_on: date) -> date:
    """The day from which a motion decided on a day takes effect: its own later day, or that day."""
    return max(motion.effective_on, decided_on) if motion.effective_on else decided_on


def _fact_of_motion(
    motion: GroupMotion, decided_on: date, item_order: int, replacing: StatusFact | None = None
) -> StatusFact:
    effective = effective_day(motion, decided_on)
    others = [fact for fact in queries.facts_of(motion.group_id) if fact != replacing]
    before = [f for f in others if f.superseded_at is None and f.order < (effective, decided_on, item_order)]
    current = max(before, key=lambda fact: fact.order, default=None)
    status = current.status if current else GroupStatus.PROPOSED
    new = next_status(status, motion.motion)
    if new is None:
        check_motion(
            motion=motion.motion,
            status=status,
            group=motion.group.name,
            mission=motion.mission or "x" * MISSION_LENGTHS[0],
            reason=motion.reason or "x",
            stop_kind=motion.stop_kind or StopKind.ACHIEVED,
        )
        raise AssertionError("check_motion refuses what the table forbids")
    kind = motion.stop_kind if new is GroupStatus.STOPPED else None  # a group not retained did not stop
    return StatusFact(new, effective, decided_on, item_order, clock.now(), None, kind)


def check_motion_applies(motion: GroupMotion, decided_on: date, item_order: int = 0) -> None:
    """Raise ForbiddenTransition unless the motion, decided that day, fits the group's whole time line."""
    fact = _fact_of_motion(motion, decided_on, item_order)
    check_timeline(motion.group.name, [*queries.facts_of(motion.group_id), fact])


def describe_motion(motion: GroupMotion, decided_on: date) -> list[EffectLine]:
    """What carrying out the motion would do, in sentences."""
    fact = _fact_of_motion(motion, decided_on, 10_000)
    present = status_on(queries.facts_of(motion.group_id), fact.effective_on)
    stays = present is not None and status_words(present) == status_words(fact)
    lines = [
        EffectLine(
            "status",
            N_("Le groupe « %(group)s » reste « %(status)s », par décision du %(day)s.")
            if stays
            else N_("Le groupe « %(group)s » devient « %(status)s » à compter du %(day)s."),
            {"group": motion.group.name, "status": Term(status_words(fact)), "day": fact.effective_on},
        )
    ]
    if motion.mission and motion.motion in {Motion.CREATE, Motion.REORIENT}:
        lines.append(
            EffectLine(
                "mission",
                N_("La mission du groupe « %(group)s » est : « %(mission)s »")
                if motion.motion is Motion.CREATE
                else N_("La mission du groupe « %(group)s » devient : « %(mission)s »"),
                {"group": motion.group.name, "mission": motion.mission},
            )
        )
    if motion.lead_id is not None and motion.lead is not None:
        lines.append(
            EffectLine(
                "lead",
                N_("%(person)s devient responsable du groupe « %(group)s » et siège de droit."),
                {"person": motion.lead.full_name, "group": motion.group.name},
            )
        )
    return lines


def status_words(fact: StatusFact) -> str:
    """The message id that names a status: « achevé » rather than « arrêté » when the kind is known."""
    return STATUS_WORDS[fact.stop_kind or fact.status]


def carry_out(actor: Actor, motion: GroupMotion, act: Act) -> StatusEvent:
    """Apply a decided motion: the status event, the mission, the lead. Inside the caller's transaction.

    Raises ForbiddenTransition when the group's time line no longer allows it.
    """
    with transaction() as session:
        # two acts on one group at once (a visa, a prior act) follow each other
        session.execute(select(ProjectGroup.id).where(ProjectGroup.id == motion.group_id).with_for_update())
        fact = _fact_of_motion(motion, act.decided_on, act.item_order)
        check_timeline(motion.group.name, [*queries.facts_of(motion.group_id), fact])
        before = queries.status_or_proposed(motion.group_id, fact.effective_on)
        event = StatusEvent(
            group_id=motion.group_id,
            act_id=act.id,
            status=fact.status,
            stop_kind=fact.stop_kind,
            reason=motion.reason,
            effective_on=fact.effective_on,
            decided_on=act.decided_on,
            item_order=act.item_order,
            recorded_at=clock.now(),
        )
        session.add(event)
        if motion.mission:
            session.add(
                Mission(
                    group_id=motion.group_id,
                    act_id=act.id,
                    text=motion.mission,
                    effective_on=fact.effective_on,
                    recorded_at=clock.now(),
                )
            )
        session.flush()
        if motion.lead_id is not None and motion.lead_institution_id is not None:
            appoint_lead(
                actor,
                group=motion.group,
                act=act,
                person_id=motion.lead_id,
                institution_id=motion.lead_institution_id,
                from_on=fact.effective_on,
            )
        if fact.status is GroupStatus.STOPPED:
            end_leads(actor, motion.group_id, fact.effective_on)
        journal.record(
            actor,
            "group.status",
            motion.group,
            before={"status": before},
            after={"status": fact.status, "act": act.label, "effective_on": fact.effective_on},
            committee_id=act.committee_id,
        )
    return event
