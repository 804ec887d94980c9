"""What waits for a committee: requests of leads, opinions to confirm, items deferred by a session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.committees.models import Committee
from tnt.core.db import Model
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind
from tnt.intake.rules import ItemKind, RequestOrigin, RequestState
from tnt.meetings.models import Meeting
from tnt.objectives.models import ObjectiveMotion
from tnt.projects.models import GroupMotion, ProjectGroup

__all__ = ["DecisionRequest", "ItemKind", "RequestOrigin", "RequestState"]


class DecisionRequest(Model):
    """One entry of a committee's intake."""

    __tablename__ = "decision_request"
    __table_args__ = (
        CheckConstraint("group_motion_id IS NULL OR objective_motion_id IS NULL", name="at_most_one_motion"),
        CheckConstraint("state <> 'refused' OR answer <> ''", name="refusal_has_a_reason"),
        Index("ix_decision_request_committee_state", "committee_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    origin: Mapped[RequestOrigin]
    state: Mapped[RequestState] = mapped_column(default=RequestState.PENDING)
    kind: Mapped[ItemKind] = mapped_column(default=ItemKind.DECISION)
    act_kind: Mapped[ActKind] = mapped_column(default=ActKind.OTHER)
    title: Mapped[str] = mapped_column(String(300))
    wording: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    group_motion_id: Mapped[int | None] = mapped_column(ForeignKey("group_motion.id"))
    objective_motion_id: Mapped[int | None] = mapped_column(ForeignKey("objective_motion.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("project_group.id"))  # an entry about a group
    opinion_act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    about_act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))  # to ratify, or to report on
    from_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    times_deferred: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=15)
    rapporteur_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reserved: Mapped[bool] = mapped_column(default=False)
    redirected_from_id: Mapped[int | None] = mapped_column(ForeignKey("decision_request.id"))
    answer: Mapped[str] = mapped_column(Text, default="")  # reason of a refusal or redirection
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    committee: Mapped[Committee] = relationship()
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    rapporteur: Mapped[Person | None] = relationship(foreign_keys=[rapporteur_id])
    group_motion: Mapped[GroupMotion | None] = relationship(lazy="joined")
    objective_motion: Mapped[ObjectiveMotion | None] = relationship(lazy="joined")
    group: Mapped[ProjectGroup | None] = relationship()
    redirected_from: Mapped[DecisionRequest | None] = relationship(remote_side=[id])
    opinion_act: Mapped[Act | None] = relationship(foreign_keys=[opinion_act_id])
    about_act: Mapped[Act | None] = relationship(foreign_keys=[about_act_id])
    from_meeting: Mapped[Meeting | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the request."""
        return self.title
