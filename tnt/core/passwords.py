"""Passwords: argon2id, a few at a time, and the same work when there is nothing to compare with."""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's smallest setting for argon2id: 19 MiB, two passes, one lane
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# sixty-four sign-ins at once would take more than a gigabyte: the others wait for their turn
_TURNS = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """The hash to store."""
    with _TURNS:
        return _HASHER.hash(_bytes(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; without a stored one, False after the same work."""
    with _TURNS:
        try:
            return _HASHER.verify(stored or _decoy(), _bytes(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with older parameters."""
    return _HASHER.check_needs_rehash(stored)


@cache
def _decoy() -> str:
    return _HASHER.hash(b"nobody has this password")


def _bytes(password: str) -> bytes:
    # the same accents, whichever keyboard composed them
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")
