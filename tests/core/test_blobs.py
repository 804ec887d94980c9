"""Blobs: the same bytes are one row, under their own hash, with the transaction that wants them."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask

from tnt.core import blobs
from tnt.core.db import db, transaction


def test_the_same_bytes_are_kept_once(app: Flask) -> None:
    content = b"%PDF-1.7 \x00\xff"
    with transaction():
        first = blobs.put(content, "application/pdf")
    with transaction():
        second = blobs.put(content, "text/plain")
    assert first == second == hashlib.sha256(content).hexdigest()
    blob = blobs.get(first)
    assert (blob.content, blob.media_type, blob.size) == (content, "application/pdf", len(content))
    assert db.session.scalar(db.select(db.func.count()).select_from(blobs.Blob)) == 1


def test_bytes_go_with_their_transaction(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="boom"), transaction():
        sha256 = blobs.put(b"lost", "text/plain")
        raise RuntimeError("boom")
    assert not blobs.exists(sha256)
    with pytest.raises(blobs.UnknownBlob):
        blobs.get(sha256)


def test_no_bytes_outside_a_transaction(sqlite_app: Flask) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        blobs.put(b"x", "text/plain")
