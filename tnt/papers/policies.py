"""Who reads and who changes the papers of a session.

Before a session is convened its papers are work in progress: the secretariat, the author of each and the
rapporteur of its item read them; the rapporteur while the mandate lasts, the author until the session opens,
then only what they handed in themselves. From the convocation on, whoever reads the session reads the last
version that the secretariat validated; of the reserved ones only if they vote there, preside or keep it.
"""

from __future__ import annotations

from tnt.core.access import Actor
from tnt.meetings.policies import can_prepare, can_read
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.papers.rules import is_open_to_members


def can_manage(actor: Actor, committee_id: int) -> bool:
    """Whether the actor adds, orders, asks for and validates papers."""
    return can_prepare(actor, committee_id)


def reads_papers(actor: Actor, committee_id: int, state: MeetingState, *, convened: bool) -> bool:
    """Whether the actor reads the validated papers of a session, as one of those who sit."""
    if can_manage(actor, committee_id):
        return True
    return can_read(actor, committee_id) and is_open_to_members(state, convened=convened)


def is_author(actor: Actor, author_id: int | None) -> bool:
    """Whether the paper is or was expected from the actor."""
    return actor.person_id is not None and actor.person_id == author_id


def is_close_to(
    actor: Actor,
    committee_id: int,
    state: MeetingState,
    *,
    author_id: int | None,
    rapporteur_id: int | None,
) -> bool:
    """Whether they read it from the start: who is to hand it in, who sits and reports on its item."""
    if is_author(actor, author_id) and state in TO_COME:
        return True
    reports = actor.person_id is not None and actor.person_id == rapporteur_id
    return reports and can_read(actor, committee_id)
