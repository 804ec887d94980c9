"""Loads the demonstration, all or nothing: the story is played through the services, at its own dates.

One transaction holds it all; the journal is written at each instant, so that each entry bears its own date
and each record prints the head of the journal as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tnt.accounts.models import Person
from tnt.accounts.rules import DemoRefused
from tnt.core import clock, dataset, outbox
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError
from tnt.decisions.models import Act
from tnt.meetings.models import Meeting
from tnt.projects.models import ProjectGroup
from tnt.setup.demo import cast, scenes
from tnt.setup.demo.dates import dates_from
from tnt.setup.demo.stage import Stage
from tnt.setup.programme_loader import load_programme

VOID_REASON = "données de démonstration : message d’un passé raconté, jamais envoyé"


class DemoAlreadyLoaded(DomainError):
    """Twice would be twice the same people."""

    message = N_("La démonstration est déjà chargée : effacez-la d’abord (« flask demo clear »).")


class RealPeopleThere(DomainError):
    """Fictional people never join real ones."""

    message = N_(
        "La base contient déjà des personnes (%(count)s) : la démonstration ne se charge que dans une base "
        "sans personne."
    )


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, for the console."""

    people: int
    groups: int
    meetings: int
    acts: int
    mails: int

    def line(self) -> str:
        """The summary in French."""
        return (
            f"{self.people} personnes, {self.groups} groupes projet, {self.meetings} séances, "
            f"{self.acts} actes ; {self.mails} messages gardés sans être envoyés."
        )


def has_anybody() -> bool:
    """Whether the database knows at least one person."""
    return db.session.scalar(select(Person.id).limit(1)) is not None


def load_demo(say: Callable[[str], object] = lambda _line: None) -> Loaded:
    """Load the real programme if need be, then the demonstration.

    Raises DemoRefused, DemoAlreadyLoaded, RealPeopleThere.
    """
    if not current_app.config["DEMO_ALLOWED"]:
        raise DemoRefused()
    stage = Stage(dates_from(clock.today()))
    with transaction() as session:
        _check_empty(session)
        dataset.mark(dataset.DEMO)
        say("Le programme réel et les personnes fictives…")
        with stage.moment(clock.from_paris(stage.dates.start, time(10))):
            load_programme(SYSTEM)
            stage.read_programme()
            cast.enter(stage)
        say("Deux ans de séances, de décisions et de relevés…")
        scenes.set_all(stage)
        stage.play()
        mails = outbox.void_queued(VOID_REASON)
        return Loaded(
            people=_count(session, Person),
            groups=_count(session, ProjectGroup),
            meetings=_count(session, Meeting),
            acts=_count(session, Act),
            mails=mails,
        )


def _check_empty(session: Session) -> None:
    if dataset.loaded_at(dataset.DEMO) is not None:
        raise DemoAlreadyLoaded()
    count = _count(session, Person)
    if count:
        raise RealPeopleThere(count=count)


def _count(session: Session, model: type[Person | ProjectGroup | Meeting | Act]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
