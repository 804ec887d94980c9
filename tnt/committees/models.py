"""Institutions, committees, and who sits where, from when to when."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.committees.rules import FunctionKind, InstitutionKind, Seat, VisaRule, Voice, letterhead_lines
from tnt.core.db import Model
from tnt.programme.rules import Every

__all__ = [
    "Committee",
    "Correspondent",
    "Function",
    "FunctionKind",
    "Institution",
    "InstitutionKind",
    "InstitutionName",
    "Mandate",
    "RemitLine",
    "Seat",
    "VisaRule",
    "Voice",
]


class Institution(Model):
    """A body that sends people: ministry, agency, association, prefecture."""

    __tablename__ = "institution"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(60), unique=True)  # of the real programme's file
    name: Mapped[str] = mapped_column(String(200))
    acronym: Mapped[str] = mapped_column(String(30), default="")
    kind: Mapped[InstitutionKind]
    source: Mapped[str] = mapped_column(String(40), default="")
    interpretation: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    former_names: Mapped[list[InstitutionName]] = relationship(
        back_populates="institution", order_by="InstitutionName.until_on"
    )

    @property
    def short_name(self) -> str:
        """The acronym where there is one."""
        return self.acronym or self.name

    @property
    def journal_label(self) -> str:
        """How the journal names the institution."""
        return self.name


class InstitutionName(Model):
    """A name that an institution bore until a day (included)."""

    __tablename__ = "institution_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    until_on: Mapped[date]

    institution: Mapped[Institution] = relationship(back_populates="former_names")


class Committee(Model):
    """A body that decides, with its cadence and its settings; every setting has a working default."""

    __tablename__ = "committee"
    __table_args__ = (
        CheckConstraint("notice_days >= 0", name="notice_not_negative"),
        CheckConstraint("default_minutes > 0", name="duration_positive"),
        CheckConstraint("consultation_days > 0", name="consultation_days_positive"),
        CheckConstraint("quorum_percent IS NULL OR quorum_percent BETWEEN 1 AND 100", name="quorum_percent"),
        CheckConstraint("proxies_per_holder >= 1", name="proxies_per_holder"),
        CheckConstraint("minutes_days BETWEEN 1 AND 60", name="minutes_days_sensible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)  # « orientation », « coordination »
    code: Mapped[str] = mapped_column(String(4), unique=True)  # « CO », « CC »: prefix of decisions
    name: Mapped[str] = mapped_column(String(120))
    every: Mapped[Every]
    chaired_by: Mapped[str] = mapped_column(Text, default="")
    members_text: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(40), default="")
    interpretation: Mapped[bool] = mapped_column(default=False)
    followed_from: Mapped[date]  # cadence compliance is followed from this day
    visa_rule: Mapped[VisaRule] = mapped_column(default=VisaRule.ALL_CO_CHAIRS)
    notice_days: Mapped[int] = mapped_column(default=14)
    requests_close_days: Mapped[int] = mapped_column(default=35)
    default_start: Mapped[time] = mapped_column(default=time(14, 30))
    default_minutes: Mapped[int] = mapped_column(default=150)
    default_place: Mapped[str] = mapped_column(String(200), default="")
    votes_enabled: Mapped[bool] = mapped_column(default=False)
    proxies_enabled: Mapped[bool] = mapped_column(default=False)
    quorum_percent: Mapped[int | None]
    casting_vote: Mapped[bool] = mapped_column(default=False)  # the chair's voice decides on a tie
    # how many proxies one member may carry, where proxies are given
    proxies_per_holder: Mapped[int] = mapped_column(default=1)
    # a co-chair countersigns the agenda before members are convened
    agenda_countersigned: Mapped[bool] = mapped_column(default=False)
    letterhead: Mapped[str] = mapped_column(Text, default="")  # lines; empty: see `letterhead_lines`
    signing_place: Mapped[str] = mapped_column(String(80), default="")  # « Fait à … »
    # written consultations: the shortest delay to answer, and whether silence counts as consent
    consultation_days: Mapped[int] = mapped_column(default=5)
    silence_consents: Mapped[bool] = mapped_column(default=False)
    # how long those who attended have to comment on the minutes; whether their silence then approves
    minutes_days: Mapped[int] = mapped_column(default=7)
    minutes_tacit: Mapped[bool] = mapped_column(default=True)
    calendar_revision: Mapped[int] = mapped_column(default=0)  # bumped whenever one of its meetings changes
    version: Mapped[int] = mapped_column(default=1)

    remit: Mapped[list[RemitLine]] = relationship(order_by="RemitLine.position")

    @property
    def letterhead_lines(self) -> list[str]:
        """What stands at the head of the committee's documents, the authority first."""
        return letterhead_lines(self.letterhead, self.name)

    @property
    def journal_label(self) -> str:
        """How the journal names the committee."""
        return self.name


class RemitLine(Model):
    """One line of a committee's remit."""

    __tablename__ = "committee_remit"
    __table_args__ = (UniqueConstraint("committee_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(40), default="")
    interpretation: Mapped[bool] = mapped_column(default=False)


class Mandate(Model):
    """A person sits for an institution in a committee, from a day to a day (both included)."""

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        CheckConstraint("substitute_for_id IS NULL OR seat = 'substitute'", name="substitute_of_someone"),
        Index("ix_mandate_committee_dates", "committee_id", "from_on", "until_on"),
        Index("ix_mandate_person_dates", "person_id", "from_on", "until_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    seat: Mapped[Seat]
    voice: Mapped[Voice]
    substitute_for_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"), index=True)
    ex_officio: Mapped[bool] = mapped_column(default=False)  # lead of a project group, while leading
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    committee: Mapped[Committee] = relationship()
    institution: Mapped[Institution] = relationship()
    substitute_for: Mapped[Mandate | None] = relationship(remote_side=[id])

    @property
    def journal_label(self) -> str:
        """How the journal names the mandate."""
        return f"{self.person.full_name} ({self.seat.value})"


class Function(Model):
    """A dated function outside committees: administrator, programme manager, prefect of a region."""

    __tablename__ = "person_function"
    __table_args__ = (CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[FunctionKind]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    institution: Mapped[Institution | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the function."""
        return f"{self.person.full_name} ({self.kind.value})"


class Correspondent(Model):
    """Somebody who receives and replies for another person, from a day to a day (both included).

    A cabinet, an assistant: the journal and the pages say for whom they acted.
    """

    __tablename__ = "correspondent"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        CheckConstraint("person_id <> for_person_id", name="for_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    for_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    for_person: Mapped[Person] = relationship(foreign_keys=for_person_id)

    @property
    def journal_label(self) -> str:
        """How the journal names the correspondent."""
        return f"{self.person.full_name} pour {self.for_person.full_name}"
