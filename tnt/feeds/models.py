"""Calendar subscriptions and the assembled feeds kept for them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.committees.models import Committee
from tnt.core.db import Model


class FeedKind(StrEnum):
    """What a subscription shows."""

    MINE = "mine"
    COMMITTEE = "committee"


class Subscription(Model):
    """One secret address for one person and one device; the secret is kept hashed."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("kind <> 'committee' OR committee_id IS NOT NULL", name="committee_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[FeedKind]
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("committee.id"))
    device: Mapped[str] = mapped_column(String(80), default="")
    selector: Mapped[str] = mapped_column(String(24), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    with_alarms: Mapped[bool] = mapped_column(default=True)
    with_cancelled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_fetched_at: Mapped[datetime | None]
    last_client: Mapped[str] = mapped_column(String(120), default="")

    person: Mapped[Person] = relationship()
    committee: Mapped[Committee | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the subscription."""
        return self.device or self.kind.value


class FeedCache(Model):
    """An assembled feed, shared by every subscription of the same scope."""

    __tablename__ = "feed_cache"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    built_on: Mapped[date]
    last_modified: Mapped[datetime]
    etag: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    compressed: Mapped[bytes] = mapped_column(LargeBinary)
