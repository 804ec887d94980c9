"""The act: what a committee or an authority decided, in its words."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from tnt.committees.models import Committee
from tnt.core.db import Model
from tnt.core.words import plain
from tnt.decisions.rules import ActKind, ActState, Nature, Series
from tnt.meetings.models import Meeting


class Act(Model):
    """A decision, an opinion, a prior act or an erratum. Numbered at the levée, in force at the visa."""

    __tablename__ = "act"
    __table_args__ = (
        CheckConstraint(
            "nature <> 'prior_act' OR (authority <> '' AND number IS NULL)", name="prior_act_has_authority"
        ),
        CheckConstraint("nature = 'prior_act' OR committee_id IS NOT NULL", name="committee_unless_prior"),
        Index("ix_act_committee_decided", "committee_id", "decided_on"),
        # the order of the register, with what says who sees a line
        Index("ix_act_register", "decided_on", "item_order", "id", "state", "committee_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nature: Mapped[Nature]
    kind: Mapped[ActKind] = mapped_column(index=True)
    state: Mapped[ActState] = mapped_column(index=True)
    series: Mapped[Series] = mapped_column(default=Series.SESSION)  # how it was taken
    number: Mapped[str | None] = mapped_column(String(20), unique=True)  # « CC-2026-T3-07 »
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("committee.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    period: Mapped[str] = mapped_column(String(7), index=True)  # of the session, or of the date
    item_order: Mapped[int] = mapped_column(default=0)  # order in the session: ties of a date
    decided_on: Mapped[date]
    effective_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(300))
    wording: Mapped[str] = mapped_column(Text)
    vote: Mapped[str] = mapped_column(String(120), default="")  # « consensus », « 12 pour, 1 contre »
    authority: Mapped[str] = mapped_column(String(200), default="")  # of a prior act
    reference: Mapped[str] = mapped_column(String(200), default="")  # own reference of a past act
    source: Mapped[str] = mapped_column(Text, default="")
    scan_sha256: Mapped[str | None] = mapped_column(String(64))
    reserved: Mapped[bool] = mapped_column(default=False)  # its words are for those who may read them
    recorded_at: Mapped[datetime]
    in_force_at: Mapped[datetime | None]
    rectifies_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"), index=True)
    opinion_of_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))  # decision on that opinion
    search_text: Mapped[str] = mapped_column(Text, default="")  # what the register searches, see below

    committee: Mapped[Committee | None] = relationship(lazy="joined")
    meeting: Mapped[Meeting | None] = relationship(lazy="joined")
    rectifies: Mapped[Act | None] = relationship(remote_side=[id], foreign_keys=[rectifies_id])
    opinion_of: Mapped[Act | None] = relationship(remote_side=[id], foreign_keys=[opinion_of_id])

    @property
    def label(self) -> str:
        """The number, or the own reference of a past act."""
        return self.number or self.reference or self.authority

    @property
    def journal_label(self) -> str:
        """How the journal names the act."""
        return self.label


@event.listens_for(Act, "before_insert")
@event.listens_for(Act, "before_update")
def _keep_search_text(_mapper: Mapper[Act], _connection: Connection, act: Act) -> None:
    parts = (act.number, act.reference, act.title, act.wording, act.authority)
    act.search_text = " ".join(plain(part) for part in parts if part)


class ActCounter(Model):
    """The last number given in a series of a committee and period: gap-free, in the giver's transaction."""

    __tablename__ = "act_counter"

    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    series: Mapped[Series] = mapped_column(primary_key=True, default=Series.SESSION)
    last: Mapped[int]
