"""Enters the people: persons, mandates, functions, accounts of demonstration, settings of the committees."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from tnt.accounts import services as accounts
from tnt.accounts.models import Person
from tnt.committees import services as committees
from tnt.committees.correspondents import Named, name_correspondent
from tnt.committees.rules import FunctionKind
from tnt.committees.services import SettingsChange
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.setup.demo.dates import Dates
from tnt.setup.demo.people import (
    CORRESPONDENT,
    PEOPLE,
    PREFECT_REGION,
    SEATS,
    SUCCESSION,
    SUCCESSION_REASON,
    SeatHeld,
)
from tnt.setup.demo.stage import Stage
from tnt.setup.demo.story import PLACES
from tnt.territories.models import Territory, TerritoryKind


def enter(stage: Stage) -> None:
    """Everybody, on the first day."""
    people = {name: _add_person(stage, name) for name in PEOPLE}
    start = stage.dates.start
    committees.appoint_function(
        SYSTEM, person_id=stage.people["prieur"], kind=FunctionKind.ADMINISTRATOR, from_on=start
    )
    administrator = stage.actor("prieur")
    for seat in SEATS:
        _open(stage, seat)
    committees.appoint_function(
        administrator,
        person_id=stage.people["serres"],
        kind=FunctionKind.PROGRAMME_MANAGER,
        from_on=start,
        institution_id=stage.institutions["dinum"],
    )
    committees.appoint_function(
        administrator,
        person_id=stage.people["estrees"],
        kind=FunctionKind.REGIONAL_PREFECT,
        from_on=start,
        institution_id=stage.institutions["prefectures-de-region"],
        territory_id=db.session.scalars(
            select(Territory.id).where(
                Territory.kind == TerritoryKind.REGION, Territory.code == PREFECT_REGION
            )
        ).one(),
    )
    _set_committees(stage)
    _name_correspondent(stage)
    for name, person in people.items():
        if PEOPLE[name].account:
            accounts.create_demo_account(SYSTEM, person, PEOPLE[name].account)


def _add_person(stage: Stage, name: str) -> Person:
    somebody = PEOPLE[name]
    person = accounts.add_person(
        SYSTEM, somebody.given_name, somebody.family_name, somebody.email, somebody.title
    )
    stage.people[name] = person.id
    return person


def _open(stage: Stage, seat: SeatHeld) -> None:
    mandate = committees.open_mandate(
        stage.actor("prieur"),
        person_id=stage.people[seat.person],
        committee_id=stage.committees[seat.committee],
        institution_id=stage.institutions[seat.institution],
        seat=seat.seat,
        voice=seat.voice,
        from_on=succession_day(stage.dates) if seat is SUCCESSION[1] else stage.dates.start,
        substitute_for_id=stage.mandates[seat.committee, seat.replaces] if seat.replaces else None,
    )
    stage.mandates[seat.committee, seat.person] = mandate.id


def _name_correspondent(stage: Stage) -> None:
    helper, represented = CORRESPONDENT
    somebody = PEOPLE[helper]
    named = Named(somebody.given_name, somebody.family_name, somebody.email)
    represented_id = stage.people[represented]
    name_correspondent(stage.actor("prieur"), represented_id, named, from_on=stage.dates.start)


def succession_day(dates: Dates) -> date:
    """The first day of the successor's mandate."""
    return dates.coordination[4] + timedelta(31)


def _set_committees(stage: Stage) -> None:
    for key, followed_from in zip(("coordination", "orientation"), stage.dates.followed_from, strict=True):
        committees.change_committee_settings(
            stage.actor("prieur"),
            stage.committees[key],
            SettingsChange(followed_from=followed_from, default_place=PLACES[key]),
        )


def succeed(stage: Stage) -> None:
    """A mandate ends and its successor begins the next day."""
    former, seat = SUCCESSION
    first_day = succession_day(stage.dates)
    committees.end_mandate(
        stage.actor("prieur"),
        stage.mandates[seat.committee, former],
        first_day - timedelta(1),
        SUCCESSION_REASON,
    )
    _open(stage, seat)
