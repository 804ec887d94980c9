"""The actions noted on an item."""

from __future__ import annotations

from datetime import date

from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import N_, DomainError, NotFound
from tnt.sittings import queries
from tnt.sittings.models import ItemAction
from tnt.sittings.services.holding import lock_in_session


class ActionIncomplete(DomainError):
    """An action says what, who and by when."""

    message = N_("Indiquez l’action à mener (3 caractères au moins).")
    field = "title"


class OwnerMissing(DomainError):
    """An action is somebody's."""

    message = N_("Indiquez qui est chargé de l’action : une personne ou une institution.")
    field = "owner"


class DueBeforeSession(DomainError):
    """An action is due after it was asked."""

    message = N_("L’échéance précède la séance.")
    field = "due_on"


def note_action(
    actor: Actor,
    meeting_id: int,
    item_id: int,
    *,
    title: str,
    owner_id: int | None,
    owner_institution_id: int | None,
    due_on: date,
) -> ItemAction:
    """Note an action on an item; it becomes due when the record takes force.

    Raises ActionIncomplete, OwnerMissing, DueBeforeSession, NotInSession.
    """
    with transaction() as session:
        meeting = lock_in_session(actor, meeting_id)
        item = queries.get_item_of(meeting.id, item_id)
        if not 3 <= len(title.strip()) <= 300:
            raise ActionIncomplete()
        if owner_id is None and owner_institution_id is None:
            raise OwnerMissing()
        if due_on < clock.paris_day(meeting.starts_at):
            raise DueBeforeSession()
        action = ItemAction(
            item_id=item.id,
            title=title.strip(),
            owner_id=owner_id,
            owner_institution_id=owner_institution_id,
            due_on=due_on,
        )
        session.add(action)
        session.flush()
        journal.record(
            actor,
            "sitting.action",
            action,
            after={"title": action.title, "due_on": due_on},
            committee_id=meeting.committee_id,
        )
    return action


def remove_action(actor: Actor, meeting_id: int, action_id: int) -> None:
    """Take back an action noted by mistake, while the session is open. Raises NotFound."""
    with transaction() as session:
        meeting = lock_in_session(actor, meeting_id)
        action = session.get(ItemAction, action_id)
        if action is None or action.item.meeting_id != meeting.id:
            raise NotFound()
        journal.record(
            actor,
            "sitting.remove_action",
            action,
            before={"title": action.title},
            committee_id=meeting.committee_id,
        )
        session.delete(action)
