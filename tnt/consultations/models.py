"""Written consultations, whom they ask and what each answered, their papers and visas; interim measures."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.committees.models import Committee, Mandate
from tnt.committees.rules import VisaRule
from tnt.consultations.rules import Choice, ConsultationState, Result, Voting
from tnt.core.db import Model
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind
from tnt.decisions.services import BETWEEN_SESSIONS
from tnt.decisions.visas import VisaState
from tnt.intake.models import DecisionRequest
from tnt.objectives.models import ObjectiveMotion
from tnt.projects.models import GroupMotion, ProjectGroup

__all__ = [
    "Choice",
    "ConsultationLink",
    "ConsultationPaper",
    "ConsultationState",
    "ConsultationVisa",
    "ConsultedSeat",
    "InterimMeasure",
    "Result",
    "WrittenConsultation",
]


class WrittenConsultation(Model):
    """One question to a committee, answered in writing by a day. Its rules are those of its sending."""

    __tablename__ = "written_consultation"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN group_motion_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN objective_motion_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name="at_most_one_object",
        ),
        CheckConstraint(
            "state = 'draft' OR number IS NOT NULL OR state = 'withdrawn'", name="sent_has_a_number"
        ),
        CheckConstraint("state <> 'withdrawn' OR reason <> ''", name="withdrawal_has_a_reason"),
        CheckConstraint("state <> 'in_force' OR act_id IS NOT NULL", name="in_force_has_an_act"),
        Index("ix_written_consultation_committee_state", "committee_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    number: Mapped[str | None] = mapped_column(String(20), unique=True)  # « CC-2026-T3-E01 », when sent
    state: Mapped[ConsultationState] = mapped_column(default=ConsultationState.DRAFT)
    title: Mapped[str] = mapped_column(String(300))
    question: Mapped[str] = mapped_column(Text)
    act_kind: Mapped[ActKind] = mapped_column(default=ActKind.OTHER)
    draft_wording: Mapped[str] = mapped_column(Text, default="")
    group_motion_id: Mapped[int | None] = mapped_column(ForeignKey("group_motion.id"), index=True)
    objective_motion_id: Mapped[int | None] = mapped_column(ForeignKey("objective_motion.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("project_group.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("decision_request.id"))  # where it comes from
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("decision_request.id"))  # on the next agenda
    due_on: Mapped[date]  # the last day to answer
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # how the committee counts, as it was on the day of the sending
    silence_consents: Mapped[bool] = mapped_column(default=False)
    quorum_percent: Mapped[int | None]
    votes_enabled: Mapped[bool] = mapped_column(default=False)
    visa_rule: Mapped[VisaRule] = mapped_column(default=VisaRule.ALL_CO_CHAIRS)
    result: Mapped[Result | None]
    reason: Mapped[str] = mapped_column(Text, default="")  # of a withdrawal
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"), unique=True)
    record_version: Mapped[int] = mapped_column(default=0)  # of the text submitted to visa
    content_sha256: Mapped[str | None] = mapped_column(String(64))  # canonical JSON, what visas are given on
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))  # rendered once, as submitted
    signed_pdf_sha256: Mapped[str | None] = mapped_column(String(64))  # the same with its visas
    scan_sha256: Mapped[str | None] = mapped_column(String(64))  # signed on paper
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    committee: Mapped[Committee] = relationship(lazy="joined")
    author: Mapped[Person | None] = relationship()
    group_motion: Mapped[GroupMotion | None] = relationship()
    objective_motion: Mapped[ObjectiveMotion | None] = relationship()
    group: Mapped[ProjectGroup | None] = relationship()
    request: Mapped[DecisionRequest | None] = relationship(foreign_keys=[request_id])
    follow_up: Mapped[DecisionRequest | None] = relationship(foreign_keys=[follow_up_id])
    act: Mapped[Act | None] = relationship()
    seats: Mapped[list[ConsultedSeat]] = relationship(
        back_populates="consultation", order_by="ConsultedSeat.id"
    )
    papers: Mapped[list[ConsultationPaper]] = relationship(
        back_populates="consultation", order_by="ConsultationPaper.id"
    )
    visas: Mapped[list[ConsultationVisa]] = relationship(
        back_populates="consultation", order_by="ConsultationVisa.id"
    )

    minutes = 15  # how long it would take, should a session be asked for
    position = BETWEEN_SESSIONS + 1  # after the items of a session of that day

    @property
    def voting(self) -> Voting:
        """How its replies are counted."""
        return Voting(self.silence_consents, self.quorum_percent, self.votes_enabled)

    @property
    def journal_label(self) -> str:
        """How the journal names the consultation."""
        return self.number or self.title


class ConsultedSeat(Model):
    """A mandate that was consulted, and what was answered for it: who, when."""

    __tablename__ = "consulted_seat"
    __table_args__ = (
        UniqueConstraint("consultation_id", "mandate_id"),
        CheckConstraint("(choice IS NULL) = (replied_at IS NULL)", name="reply_has_a_date"),
        CheckConstraint(
            "choice IS NULL OR (is_voting AND choice <> 'remark') OR (NOT is_voting AND choice = 'remark')",
            name="voice_of_the_choice",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("written_consultation.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    is_voting: Mapped[bool]
    choice: Mapped[Choice | None]
    remark: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reminded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)  # how many replies were given

    consultation: Mapped[WrittenConsultation] = relationship(back_populates="seats")
    mandate: Mapped[Mandate] = relationship()
    replied_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the reply: for whom."""
        return self.mandate.person.full_name


class ConsultationLink(Model):
    """The link of one mail: to whom it was sent. The secret is kept hashed; it lives until the closing."""

    __tablename__ = "consultation_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("written_consultation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    selector: Mapped[str] = mapped_column(String(24), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    consultation: Mapped[WrittenConsultation] = relationship()
    person: Mapped[Person] = relationship()


class ConsultationPaper(Model):
    """A paper joined to a consultation before it is sent."""

    __tablename__ = "consultation_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("written_consultation.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]

    consultation: Mapped[WrittenConsultation] = relationship(back_populates="papers")
    added_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the paper."""
        return self.title


class ConsultationVisa(Model):
    """The visa awaited from, or given by, a co-chair on a version of what the consultation decides."""

    __tablename__ = "consultation_visa"
    __table_args__ = (
        UniqueConstraint("consultation_id", "record_version", "mandate_id"),
        CheckConstraint("state = 'awaited' OR given_at IS NOT NULL", name="answer_has_a_date"),
        CheckConstraint("state <> 'correction_asked' OR comment <> ''", name="correction_says_what"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("written_consultation.id"))
    record_version: Mapped[int]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    state: Mapped[VisaState] = mapped_column(default=VisaState.AWAITED)
    given_at: Mapped[datetime | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    comment: Mapped[str] = mapped_column(Text, default="")
    by_scan: Mapped[bool] = mapped_column(default=False)  # signed on paper

    consultation: Mapped[WrittenConsultation] = relationship(back_populates="visas")
    mandate: Mapped[Mandate] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the visa."""
        return self.mandate.person.full_name


class InterimMeasure(Model):
    """What a co-chair decided between two sessions, provisional until the committee answers.

    The state of its act says where it is: provisional, in force once ratified, lapsed once refused.
    """

    __tablename__ = "interim_measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))  # the co-chair's
    reason: Mapped[str] = mapped_column(Text)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("project_group.id"))
    answered_in_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))  # the session that answered
    answered_by_act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))  # the decision that ratifies
    answered_at: Mapped[datetime | None]

    act: Mapped[Act] = relationship(foreign_keys=[act_id], lazy="joined")
    mandate: Mapped[Mandate] = relationship()
    group: Mapped[ProjectGroup | None] = relationship()
    answered_by: Mapped[Act | None] = relationship(foreign_keys=[answered_by_act_id])

    @property
    def journal_label(self) -> str:
        """How the journal names the measure."""
        return self.act.label
