"""Content-addressed bytes: what was sent, signed or rendered, kept once and never changed.

The key is the content's SHA-256, so that the same bytes are one row, and a row that no longer matches its
key shows. Rights are those of the object that points to the blob: this room knows none.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from tnt.core import clock
from tnt.core.db import Model, db, in_transaction
from tnt.core.errors import N_, NotFound
from tnt.core.statements import insert

PDF = "application/pdf"
PDF_LIMIT = 20 * 1024 * 1024


class UnknownBlob(NotFound):
    """No content has that hash."""

    message = N_("Ce document n’existe pas ou n’existe plus.")


class Blob(Model):
    """Some bytes under their SHA-256."""

    __tablename__ = "blob"
    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


def hash_of(content: bytes) -> str:
    """The hash under which a content is kept."""
    return hashlib.sha256(content).hexdigest()


def put(content: bytes, media_type: str) -> str:
    """Keep the bytes inside the caller's transaction and give their SHA-256; twice is once.

    The media type of the first time stays. Raises RuntimeError outside a transaction.
    """
    if not in_transaction():
        raise RuntimeError("a blob is kept by the transaction of the row that points to it")
    sha256 = hash_of(content)
    db.session.execute(
        insert(Blob)
        .values(
            sha256=sha256, media_type=media_type, size=len(content), content=content, created_at=clock.now()
        )
        .on_conflict_do_nothing(index_elements=["sha256"])
    )
    return sha256


def is_pdf(content: bytes) -> bool:
    """Whether what was uploaded is a PDF of a reasonable size, whatever its name says."""
    return content.startswith(b"%PDF-") and len(content) <= PDF_LIMIT


def get(sha256: str) -> Blob:
    """The blob under that hash. Raises UnknownBlob."""
    blob = db.session.get(Blob, sha256)
    if blob is None:
        raise UnknownBlob()
    return blob


def read(sha256: str) -> bytes:
    """The bytes under that hash, without keeping them in the session. Raises UnknownBlob."""
    content: bytes | None = db.session.scalar(select(Blob.content).where(Blob.sha256 == sha256))
    if content is None:
        raise UnknownBlob()
    return content


def forget(sha256: str) -> None:
    """Drop bytes that nothing points to any more, inside the caller's transaction.

    The caller alone pointed to them; a foreign key that still does refuses. Raises RuntimeError outside a
    transaction.
    """
    if not in_transaction():
        raise RuntimeError("a blob is dropped by the transaction of the row that pointed to it")
    db.session.execute(delete(Blob).where(Blob.sha256 == sha256))


def forget_if_free(sha256: str) -> None:
    """The same, where others may point to the bytes too: then they stay."""
    try:
        with db.session.begin_nested():
            forget(sha256)
    except IntegrityError:
        return


def exists(sha256: str) -> bool:
    """Whether some content has that hash, without reading it."""
    return db.session.scalar(select(Blob.size).where(Blob.sha256 == sha256)) is not None
