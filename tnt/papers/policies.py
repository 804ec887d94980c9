"""Who reads and who changes the papers of a session.

Before a session is convened its papers are work in progress: the secretariat, the author of each and the
rapporteur of its item read them. From the convocation on, whoever reads the session reads the versions that
the secretariat validated; the reserved ones only if they vote there, preside or keep it.
"""

from __future__ import annotations

from tnt.core.access import Actor
from tnt.meetings.policies import can_prepare, can_read
from tnt.meetings.rules import MeetingState
from tnt.papers.rules import is_open_to_members

READ_RESERVED = ("secretary", "co_chair", "voting")


def can_manage(actor: Actor, committee_id: int) -> bool:
    """Whether the actor adds, orders, asks for and validates papers."""
    return can_prepare(actor, committee_id)


def reads_reserved(actor: Actor, committee_id: int) -> bool:
    """Whether the actor reads what a session reserves."""
    return any(actor.has(right, committee_id) for right in READ_RESERVED)


def reads_papers(actor: Actor, committee_id: int, state: MeetingState, *, convened: bool) -> bool:
    """Whether the actor reads the validated papers of a session, as one of those who sit."""
    if can_manage(actor, committee_id):
        return True
    return can_read(actor, committee_id) and is_open_to_members(state, convened=convened)


def is_close_to(actor: Actor, author_id: int | None, rapporteur_id: int | None) -> bool:
    """Whether the actor wrote the paper, or reports on its item: they read it from the start."""
    return actor.person_id is not None and actor.person_id in {author_id, rapporteur_id}
