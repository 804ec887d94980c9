"""Calendar subscriptions and the assembled feeds kept for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.committees.models import Committee
from tnt.core.db import Model
from tnt.feeds.rules import FeedKind

__all__ = ["FeedCache", "FeedKind", "Subscription"]

_ALIVE_MINE = text("revoked_at IS NULL AND committee_id IS NULL")
_ALIVE_COMMITTEE = text("revoked_at IS NULL AND committee_id IS NOT NULL")


class Subscription(Model):
    """One secret address for one person and one device; the secret is kept hashed.

    Renewing revokes the row and opens another: a secret never changes. `lapsed_at` is when a fetch first
    found nothing left to show (suspended account, no mandate); it is cleared when rights come back.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("(kind = 'committee') = (committee_id IS NOT NULL)", name="committee_named"),
        # one address per person, feed and device; a partial index each, since NULLs never equal
        Index(
            "uq_subscription_mine_device",
            *("person_id", "kind", "device"),
            unique=True,
            sqlite_where=_ALIVE_MINE,
            postgresql_where=_ALIVE_MINE,
        ),
        Index(
            "uq_subscription_committee_device",
            *("person_id", "committee_id", "device"),
            unique=True,
            sqlite_where=_ALIVE_COMMITTEE,
            postgresql_where=_ALIVE_COMMITTEE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[FeedKind]
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("committee.id"))
    device: Mapped[str] = mapped_column(String(80))
    selector: Mapped[str] = mapped_column(String(24), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    with_alarms: Mapped[bool] = mapped_column(default=True)
    with_cancelled: Mapped[bool] = mapped_column(default=True)
    zone: Mapped[str] = mapped_column(String(40), default="")  # overseas time told beside Paris; "" for none
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    last_fetched_at: Mapped[datetime | None]
    last_client: Mapped[str] = mapped_column(String(120), default="")

    person: Mapped[Person] = relationship()
    committee: Mapped[Committee | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the subscription."""
        return self.device


class FeedCache(Model):
    """An assembled feed, shared by every subscription of the same scope."""

    __tablename__ = "feed_cache"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    scope: Mapped[str] = mapped_column(String(64), index=True)
    built_on: Mapped[date] = mapped_column(index=True)
    last_modified: Mapped[datetime]
    etag: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    compressed: Mapped[bytes] = mapped_column(LargeBinary)
