"""Taking a piece of work so that one worker does it, even when another died holding it.

A claim is an UPDATE that raises the row's fencing token and lasts a while; whoever comes back after its
claim was taken over holds an old token, and every write that names it changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Mapped, mapped_column

from tnt.core.db import db, transaction


class Claimable:
    """The columns of a row that is worked on under a claim."""

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_token: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class ClaimLost(Exception):
    """The claim ran out and somebody else took the work."""


def take(
    model: type[Claimable], row_id: int, ready: ColumnElement[bool], now: datetime, seconds: int
) -> int | None:
    """Claim the row when it is ready and free: the fencing token, or None when another was quicker."""
    free = or_(model.claimed_until.is_(None), model.claimed_until <= now)
    with transaction() as session:
        return session.execute(
            update(model)
            .where(model.id == row_id, ready, free)
            .values(
                claim_token=model.claim_token + 1,
                attempts=model.attempts + 1,
                claimed_until=now + timedelta(seconds=seconds),
            )
            .returning(model.claim_token)
            .execution_options(synchronize_session=False)
        ).scalar()


def give_back(model: type[Claimable], row_id: int, token: int, **values: object) -> None:
    """End the claim and write how the work ended. Raises ClaimLost when the token is an old one."""
    with transaction():
        _write(model, row_id, token, claimed_until=None, **values)


def keep(model: type[Claimable], row_id: int, token: int, until: datetime, **values: object) -> None:
    """Make the claim last until then, inside the caller's transaction or in its own. Raises ClaimLost."""
    with transaction():
        _write(model, row_id, token, claimed_until=until, **values)


def _write(model: type[Claimable], row_id: int, token: int, **values: object) -> None:
    found = db.session.execute(
        update(model)
        .where(model.id == row_id, model.claim_token == token)
        .values(**values)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if found is None:
        raise ClaimLost(f"{model.__name__} {row_id}, token {token}")
