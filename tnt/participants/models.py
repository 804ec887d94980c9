"""Replies to a convocation, the links by which they are given, readings, and guests of one item."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Mandate
from tnt.core.db import Model
from tnt.meetings.models import Meeting
from tnt.meetings.policies import seat_reads_reserved
from tnt.participants.rules import SEATS, Answer, Via, Way, way_of

__all__ = ["Answer", "Chaser", "ItemGuest", "Reading", "Reply", "ReplyEntry", "ReplyLink", "Via", "Way"]

_ONE_COVER = (
    "(CASE WHEN represented_by = '' THEN 0 ELSE 1 END)"
    " + (CASE WHEN substitute_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN proxy_to_id IS NULL THEN 0 ELSE 1 END)"
    " <= (CASE WHEN answer = 'no' THEN 1 ELSE 0 END)"
)


class Reply(Model):
    """The present reply of one seat to one meeting, and the date of the meeting that it answered."""

    __tablename__ = "reply"
    __table_args__ = (
        UniqueConstraint("meeting_id", "mandate_id"),
        CheckConstraint(_ONE_COVER, name="one_cover"),
        CheckConstraint("proxy_to_id IS NULL OR proxy_to_id <> mandate_id", name="proxy_to_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    answer: Mapped[Answer]
    represented_by: Mapped[str] = mapped_column(String(160), default="")  # of the institution, no account
    represented_as: Mapped[str] = mapped_column(String(160), default="")
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    proxy_to_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    for_starts_at: Mapped[datetime]  # the date that was answered: the meeting may have moved since
    given_at: Mapped[datetime]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    via: Mapped[Via]
    version: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[Meeting] = relationship()
    mandate: Mapped[Mandate] = relationship(foreign_keys=mandate_id)
    substitute: Mapped[Mandate | None] = relationship(foreign_keys=substitute_id)
    proxy_to: Mapped[Mandate | None] = relationship(foreign_keys=proxy_to_id)
    given_by: Mapped[Person | None] = relationship()

    @property
    def way(self) -> Way:
        """The way that the reply took: an answer, or who fills the seat."""
        return way_of(
            self.answer,
            represented_by=self.represented_by,
            substitute_id=self.substitute_id,
            proxy_to_id=self.proxy_to_id,
        )

    @property
    def stand_in(self) -> str:
        """Who is named by the reply, in words; empty for the member in person."""
        if self.represented_by:
            return ", ".join(part for part in (self.represented_by, self.represented_as) if part)
        named = self.substitute or self.proxy_to
        return named.person.full_name if named else ""

    @property
    def helped_by(self) -> str:
        """The correspondent who gave it; empty for the member, and for the secretariat."""
        by = self.given_by
        if by is None or self.via is Via.SECRETARY or by.id == self.mandate.person_id:
            return ""
        return by.full_name

    @property
    def journal_label(self) -> str:
        """How the journal names the reply."""
        return f"{self.mandate.person.full_name}, {self.meeting.journal_label}"


class ReplyEntry(Model):
    """A reply as it was given, kept for ever: one for each version of a seat's reply."""

    __tablename__ = "reply_entry"
    __table_args__ = (UniqueConstraint("reply_id", "version"), CheckConstraint(_ONE_COVER, name="one_cover"))

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("reply.id"))
    version: Mapped[int]
    answer: Mapped[Answer]
    represented_by: Mapped[str] = mapped_column(String(160), default="")
    represented_as: Mapped[str] = mapped_column(String(160), default="")
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    proxy_to_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    for_starts_at: Mapped[datetime]
    given_at: Mapped[datetime]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    via: Mapped[Via]

    substitute: Mapped[Mandate | None] = relationship(foreign_keys=substitute_id)
    proxy_to: Mapped[Mandate | None] = relationship(foreign_keys=proxy_to_id)
    given_by: Mapped[Person | None] = relationship()

    @property
    def way(self) -> Way:
        """The way that the reply took."""
        return way_of(
            self.answer,
            represented_by=self.represented_by,
            substitute_id=self.substitute_id,
            proxy_to_id=self.proxy_to_id,
        )


class ReplyLink(Model):
    """The link of one mail: to whom it was sent, about which seat. The secret is kept hashed.

    It lives until the session is over; each mail has its own, so that none is ever sent twice.
    """

    __tablename__ = "reply_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # the holder, or their correspondent
    selector: Mapped[str] = mapped_column(String(24), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship()
    mandate: Mapped[Mandate] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def for_another(self) -> bool:
        """Whether a correspondent holds it."""
        return self.person_id != self.mandate.person_id

    @property
    def replies(self) -> bool:
        """Whether the seat is one that replies."""
        return self.mandate.seat in SEATS

    @property
    def reads_reserved(self) -> bool:
        """Whether it opens what the session reserves: to a member entitled, never to their correspondent."""
        return not self.for_another and seat_reads_reserved(self.mandate.seat, self.mandate.voice)


class Reading(Model):
    """When somebody first and last opened a session, by its page or by the link of a mail."""

    __tablename__ = "meeting_reading"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    first_read_at: Mapped[datetime]
    last_read_at: Mapped[datetime]


class Chaser(Model):
    """A reminder sent to the seats that had not replied."""

    __tablename__ = "reply_chaser"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    recipients: Mapped[int]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship()
    sent_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the reminder."""
        return f"{self.meeting.journal_label}, relance n° {self.number}"


class ItemGuest(Model):
    """Somebody asked for one item (« invité ponctuel »): their link shows that item and nothing else."""

    __tablename__ = "item_guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    # the invitation falls with the item
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    quality: Mapped[str] = mapped_column(String(160), default="")
    email: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    selector: Mapped[str] = mapped_column(String(24), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    invited_at: Mapped[datetime]
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    item: Mapped[AgendaItem] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)

    @property
    def journal_label(self) -> str:
        """How the journal names the guest."""
        return self.name
