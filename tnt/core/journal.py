"""The journal: who did what, for whom, when, before → after; append-only and hash-chained.

Entries gather in the session during a transaction and are written just before its commit, under a lock,
so that the chain has one order. Values that may name a person live in a side row that can be erased: the
chain covers their salted digest, so it still verifies after a person is anonymised.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.db import BEFORE_COMMIT, BIG_ID, Model, db, in_transaction

GENESIS = "0" * 64
LOCK_KEY = 7_226_001  # any constant: the journal's own advisory lock on PostgreSQL


class JournalEntry(Model):
    """One act of a person or of the system, linked to the one before by its hash."""

    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_object", "object_kind", "object_id"),)

    seq: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_person_id: Mapped[int | None] = mapped_column(index=True)
    on_behalf_of_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(80), index=True)
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    committee_id: Mapped[int | None] = mapped_column(index=True)
    payload_digest: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    detail: Mapped[JournalDetail | None] = relationship(back_populates="entry", lazy="joined")


class JournalDetail(Model):
    """The erasable part of an entry: names and values before and after, with their salt."""

    __tablename__ = "journal_detail"

    seq: Mapped[int] = mapped_column(BIG_ID, ForeignKey("journal_entry.seq"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)

    entry: Mapped[JournalEntry] = relationship(back_populates="detail")


@dataclass(frozen=True, slots=True)
class Fault:
    """What `verify` found wrong: the entry's number and why, in French for the console."""

    seq: int
    why: str


def record(
    actor: Actor,
    action: str,
    subject: Any,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    committee_id: int | None = None,
    on_behalf_of_id: int | None = None,
) -> None:
    """Note an act; it is written with the transaction, or not at all.

    `subject` is a model instance (its table and id are kept); `before` and `after` hold only what
    changed. Raises RuntimeError outside a transaction.
    """
    if not in_transaction():
        raise RuntimeError("a journal entry belongs to a transaction")
    pending: list[dict[str, Any]] = db.session().info.setdefault("journal", [])
    pending.append(
        {
            "actor": actor,
            "action": action,
            "subject": subject,
            "payload": {
                "actor": actor.name,
                "label": str(getattr(subject, "journal_label", "") or ""),
                "before": dict(before or {}),
                "after": dict(after or {}),
            },
            "committee_id": committee_id,
            "on_behalf_of_id": on_behalf_of_id,
        }
    )


def changes(subject: Any, new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The (before, after) pair of the attributes that `new` would change on `subject`."""
    before = {key: getattr(subject, key) for key, value in new.items() if getattr(subject, key) != value}
    return before, {key: new[key] for key in before}


def canonical(value: Any) -> str:
    """One JSON text for one value: sorted keys, no spaces, dates in ISO."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return str(value)


def write_pending(session: Session) -> None:
    """Write what was noted so far; called just before the commit.

    Whoever tells a past within one transaction calls it at each instant, so that entries bear their date.
    """
    pending = session.info.pop("journal", [])
    if not pending:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"key": LOCK_KEY})
    head = connection.execute(_HEAD).first()
    last, previous = (head.seq, head.hash) if head else (0, GENESIS)
    entries, details = [], []
    for seq, act in enumerate(pending, last + 1):
        payload = json.loads(canonical(act["payload"]))
        salt = secrets.token_hex(16)
        entry = {
            "seq": seq,
            "at": clock.now(),
            "actor_person_id": act["actor"].person_id,
            "on_behalf_of_id": act["on_behalf_of_id"],
            "action": act["action"],
            "object_kind": act["subject"].__tablename__,
            "object_id": getattr(act["subject"], "id", None),
            "committee_id": act["committee_id"],
            "payload_digest": _digest(salt, payload),
            "previous_hash": previous,
        }
        previous = _chain_hash(entry)
        entries.append(entry | {"hash": previous})
        details.append({"seq": seq, "salt": salt, "payload": payload})
    # not through the unit of work: nothing reads them in this transaction, and every write pays for it
    connection.execute(_WRITE_ENTRIES, entries)
    connection.execute(_WRITE_DETAILS, details)


_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_HEAD = select(JournalEntry.seq, JournalEntry.hash).order_by(JournalEntry.seq.desc()).limit(1)
_WRITE_ENTRIES = insert(JournalEntry.__table__)  # type: ignore[arg-type]  # a table, typed FromClause
_WRITE_DETAILS = insert(JournalDetail.__table__)  # type: ignore[arg-type]
BEFORE_COMMIT.append(write_pending)


def _digest(salt: str, payload: Mapping[str, Any]) -> str:
    return hashlib.sha256((salt + canonical(payload)).encode()).hexdigest()


# what the hash of an entry covers, in this order, after its number and its instant
_COVERED = (
    "actor_person_id",
    "on_behalf_of_id",
    "action",
    "object_kind",
    "object_id",
    "committee_id",
    "payload_digest",
    "previous_hash",
)


def _chain_hash(entry: Mapping[str, Any]) -> str:
    at = clock.to_paris(entry["at"]).isoformat()
    covered = [entry["seq"], at, *(entry[name] for name in _COVERED)]
    return hashlib.sha256(canonical(covered).encode()).hexdigest()


def head_hash() -> str:
    """The hash of the last entry, printed in signed records; the genesis hash when empty."""
    found = db.session.scalar(select(JournalEntry.hash).order_by(JournalEntry.seq.desc()).limit(1))
    return found or GENESIS


def count() -> int:
    """How many entries the journal holds."""
    return db.session.scalar(select(func.count(JournalEntry.seq))) or 0


# what was printed outside the chain: (the hash of a head, where it stands)
Witness = Callable[[], Iterable[tuple[str, str]]]
_WITNESSES: dict[str, Witness] = {}


def register_witness(name: str, witness: Witness) -> None:
    """Tell where heads of the journal were printed: a chain written anew holds, but no longer holds those."""
    _WITNESSES[name] = witness


def _lost_heads() -> list[Fault]:
    """The heads that were printed and that no entry has any more."""
    printed = [(head, where) for witness in _WITNESSES.values() for head, where in witness()]
    known = {GENESIS}
    heads = sorted({head for head, _where in printed})
    for start in range(0, len(heads), 500):
        some = heads[start : start + 500]
        known |= set(db.session.scalars(select(JournalEntry.hash).where(JournalEntry.hash.in_(some))))
    return [
        Fault(0, f"l’empreinte imprimée dans {where} n’est plus dans le journal")
        for head, where in printed
        if head not in known
    ]


def verify() -> list[Fault]:
    """Walk the chain and list what does not hold: gaps, broken links, altered entries or details.

    The heads printed elsewhere must still be there, so that a chain cut short or written anew shows.
    """
    faults: list[Fault] = []
    previous, expected = GENESIS, 1
    for entry in db.session.scalars(
        select(JournalEntry).order_by(JournalEntry.seq).execution_options(yield_per=500)
    ):
        if entry.seq != expected:
            faults.append(Fault(entry.seq, f"rupture de numérotation, attendu {expected}"))
        if entry.previous_hash != previous:
            faults.append(Fault(entry.seq, "le lien avec l’entrée précédente est rompu"))
        if entry.hash != _chain_hash({name: getattr(entry, name) for name in ("seq", "at", *_COVERED)}):
            faults.append(Fault(entry.seq, "l’entrée a été modifiée"))
        if entry.detail and _digest(entry.detail.salt, entry.detail.payload) != entry.payload_digest:
            faults.append(Fault(entry.seq, "le détail a été modifié"))
        previous, expected = entry.hash, entry.seq + 1
    return faults + _lost_heads()
