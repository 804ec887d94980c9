"""Two committees with their meetings, and a member of the first, for the tests of the feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.committees.scene import make_person, make_scene
from tnt.accounts.models import Account
from tnt.accounts.rules import AccountState
from tnt.committees import services as committees
from tnt.committees.models import Committee, FunctionKind, Seat, Voice
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.feeds.rules import Token
from tnt.feeds.services import subscriptions
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.meetings.services import enter_state, touch

THURSDAY = datetime(2026, 12, 10, 13, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    """Ids of what was made."""

    coordination: int
    orientation: int
    institution: int
    member: int


def make_feed_scene() -> Scene:
    """A member of the coordination committee, with an active account."""
    made = make_scene()
    member = make_person("Diallo", "Awa")
    add_account(member)
    sit(member, made.committee, made.anct)
    return Scene(made.committee, made.other_committee, made.anct, member)


def add_account(person_id: int, state: AccountState = AccountState.ACTIVE) -> None:
    with transaction() as session:
        session.add(
            Account(
                person_id=person_id,
                login_id=f"login-{person_id}",
                state=state,
                created_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )


def suspend(person_id: int, state: AccountState = AccountState.SUSPENDED) -> None:
    with transaction() as session:
        account = session.query(Account).filter_by(person_id=person_id).one()
        account.state = state


def sit(person_id: int, committee_id: int, institution_id: int, until_on: date | None = None) -> int:
    return committees.open_mandate(
        SYSTEM,
        person_id=person_id,
        committee_id=committee_id,
        institution_id=institution_id,
        seat=Seat.FULL_MEMBER,
        voice=Voice.VOTING,
        from_on=date(2025, 1, 1),
        until_on=until_on,
    ).id


def manage(person_id: int) -> None:
    committees.appoint_function(
        SYSTEM, person_id=person_id, kind=FunctionKind.PROGRAMME_MANAGER, from_on=date(2025, 1, 1)
    )


def add_meeting(committee_id: int, starts_at: datetime = THURSDAY, **values: Any) -> int:
    """A meeting as it stands in the database, of any date and state; its committee is told."""
    with transaction() as session:
        committee = session.get_one(Committee, committee_id)
        meeting = Meeting(
            **{
                "committee": committee,
                "state": MeetingState.CONVENED,
                "period": "2026-T4",
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(hours=2),
                "place": "20 avenue de Ségur, Paris",
                "notice_days": 14,
                "sequence": 0,
                "created_at": datetime(2026, 9, 1, tzinfo=UTC),
                "last_modified": datetime(2026, 9, 1, tzinfo=UTC),
            }
            | values
        )
        session.add(meeting)
        session.flush()
        committee.calendar_revision += 1
        return meeting.id


def change_state(meeting_id: int, *states: MeetingState, reason: str = "") -> None:
    with transaction() as session:
        meeting = session.get_one(Meeting, meeting_id)
        meeting.reason = reason or meeting.reason
        for state in states:
            enter_state(meeting, state)


def move(meeting_id: int, **values: Any) -> None:
    with transaction() as session:
        meeting = session.get_one(Meeting, meeting_id)
        for name, value in values.items():
            setattr(meeting, name, value)
        touch(meeting, visible=True)


def subscribe(
    person_id: int, committee_id: int | None = None, device: str = "Bureau", **options: Any
) -> Token:
    """A new address of that person."""
    issued = subscriptions.subscribe(
        SYSTEM,
        person_id=person_id,
        committee_id=committee_id,
        device=device,
        options=subscriptions.Options(**options),
    )
    db.session.expire_all()
    return issued.token


def path(token: Token) -> str:
    return f"/calendrier/{token}.ics"
