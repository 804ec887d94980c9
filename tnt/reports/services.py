"""Filing progress reports. They are never changed: a correction is a new report."""

from __future__ import annotations

from sqlalchemy import select

from tnt.committees.models import Committee
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import DomainError, Forbidden
from tnt.decisions.rules import ActKind, competent_committee
from tnt.projects.models import ProjectGroup
from tnt.projects.queries import get_group, leads_on, status_or_proposed
from tnt.reports import queries
from tnt.reports.models import ProgressReport
from tnt.reports.rules import Confidence, MissingConfidence, NothingToRepeat, check_active, check_report


def can_report(actor: Actor, group_id: int) -> bool:
    """Whether the actor may file a report: the lead, or on their behalf coordination's secretariat."""
    if actor.has("lead", group_id):
        return True
    if not actor.has_any("secretary"):
        return False
    key = competent_committee(ActKind.PROGRESS_POINT)
    committee_id = db.session.scalar(select(Committee.id).where(Committee.key == key))
    return committee_id is not None and actor.has("secretary", committee_id)


def refusal_for(group: ProjectGroup) -> DomainError | None:
    """Why the group files no report today; None when it does."""
    try:
        check_active(status_or_proposed(group.id, clock.today()), group.name)
    except DomainError as refusal:
        return refusal
    return None


def file_report(
    actor: Actor,
    group_id: int,
    *,
    confidence: Confidence | None,
    done: str,
    coming: str,
    arbitration: str = "",
) -> ProgressReport:
    """File what the lead says of the group today.

    Raises Forbidden, NotFound, GroupNotCreated, GroupNotActive, or the refusal of a text (`check_report`).
    """
    if not can_report(actor, group_id):
        raise Forbidden()
    check_report(confidence, done, coming, arbitration)
    if confidence is None:
        raise MissingConfidence()
    with transaction():
        group = _active_group(group_id)
        return _file(actor, group, confidence, done.strip(), coming.strip(), arbitration.strip())


def file_unchanged(actor: Actor, group_id: int) -> ProgressReport:
    """« Rien de changé »: the last texts and météo, under today's date; a second click that day adds nothing.

    Raises Forbidden, NotFound, GroupNotCreated, GroupNotActive, NothingToRepeat.
    """
    if not can_report(actor, group_id):
        raise Forbidden()
    with transaction():
        group = _active_group(group_id)
        last = queries.last_report(group_id)
        if last is None:
            raise NothingToRepeat()
        if last.unchanged and last.reported_on == clock.today():
            return last
        return _file(actor, group, last.confidence, last.done, last.coming, last.arbitration, unchanged=True)


def _active_group(group_id: int) -> ProjectGroup:
    group = get_group(group_id)
    check_active(status_or_proposed(group_id, clock.today()), group.name)
    return group


def _file(
    actor: Actor,
    group: ProjectGroup,
    confidence: Confidence,
    done: str,
    coming: str,
    arbitration: str,
    unchanged: bool = False,
) -> ProgressReport:
    report = ProgressReport(
        group_id=group.id,
        author_id=actor.person_id,
        reported_on=clock.today(),
        recorded_at=clock.now(),
        confidence=confidence,
        done=done,
        coming=coming,
        arbitration=arbitration,
        unchanged=unchanged,
    )
    db.session.add(report)
    db.session.flush()
    journal.record(
        actor,
        "report.unchanged" if unchanged else "report.file",
        report,
        after={
            "group": group.name,
            "confidence": confidence,
            "done": done,
            "coming": coming,
            "arbitration": arbitration,
        },
        on_behalf_of_id=_on_behalf_of(actor, group.id),
    )
    return report


def _on_behalf_of(actor: Actor, group_id: int) -> int | None:
    """The lead for whom the secretariat writes; None when the lead does, or when there is none."""
    if actor.is_system or actor.has("lead", group_id):
        return None
    leads = leads_on(clock.today(), [group_id]).get(group_id, [])
    return leads[0].person_id if leads else None
