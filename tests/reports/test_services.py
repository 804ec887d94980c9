"""Filing reports, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from tests.objectives import factories as make
from tests.objectives.factories import World
from tnt.core import clock, journal
from tnt.core.access import Actor, Grant
from tnt.core.db import db
from tnt.core.errors import Forbidden, NotFound
from tnt.projects.rules import GroupStatus, StopKind
from tnt.reports import queries, rules, services
from tnt.reports.models import ProgressReport
from tnt.reports.rules import Confidence


@pytest.fixture
def world(app: Flask) -> World:
    return make.make_world()


def lead(world: World) -> Actor:
    return make.lead_of(world.group, world.lead)


def file(
    actor: Actor, group_id: int, confidence: Confidence = Confidence.SUN, day: int = 23
) -> ProgressReport:
    """A report of November 2026."""
    with clock.at(datetime(2026, 11, day, 9, tzinfo=UTC)):
        return services.file_report(
            actor, group_id, confidence=confidence, done=f" fait {day} ", coming="à venir", arbitration=""
        )


def test_the_lead_files_and_the_journal_knows(world: World) -> None:
    report = file(lead(world), world.group.id)
    assert (report.reported_on, report.confidence, report.done, report.author_id, report.unchanged) == (
        date(2026, 11, 23),
        Confidence.SUN,
        "fait 23",
        world.lead.id,
        False,
    )
    entry = db.session.scalars(db.select(journal.JournalEntry)).one()
    assert (entry.action, entry.actor_person_id, entry.on_behalf_of_id) == (
        "report.file",
        world.lead.id,
        None,
    )


def test_the_secretariat_files_on_behalf_of_the_lead(world: World) -> None:
    secretary = make.actor(world.secretary, Grant("secretary", world.committee.id))
    file(secretary, world.group.id)
    entry = db.session.scalars(db.select(journal.JournalEntry)).one()
    assert (entry.actor_person_id, entry.on_behalf_of_id) == (world.secretary.id, world.lead.id)


def test_nobody_else_files(world: World) -> None:
    for grants in (
        [],
        [Grant("lead", 999)],
        [Grant("member", world.committee.id)],
        [Grant("secretary", 999)],
    ):
        with pytest.raises(Forbidden):
            file(make.actor(world.member, *grants), world.group.id)
        with pytest.raises(Forbidden):
            services.file_unchanged(make.actor(world.member, *grants), world.group.id)
    with pytest.raises(NotFound):
        file(make.secretary_of(world.committee), 999)
    assert queries.last_reports() == {}


def test_a_group_reports_while_it_works(world: World) -> None:
    proposed = make.make_group(world.workstream, "Pas encore")
    with pytest.raises(rules.GroupNotCreated):
        file(make.lead_of(proposed), proposed.id)
    make.set_status(world.group, world.committee, GroupStatus.STOPPED, date(2026, 11, 20), StopKind.ACHIEVED)
    file(lead(world), world.group.id, day=19)
    for attempt in (file, services.file_unchanged):
        with pytest.raises(rules.GroupNotActive):
            attempt(lead(world), world.group.id)
    assert len(queries.reports_of(world.group.id)) == 1


def test_a_stop_dated_ahead_leaves_the_time_to_report(world: World) -> None:
    make.set_status(world.group, world.committee, GroupStatus.STOPPED, date(2026, 12, 31), StopKind.ACHIEVED)
    assert file(lead(world), world.group.id).reported_on == date(2026, 11, 23)


def test_nothing_changed_copies_the_last_under_today(world: World) -> None:
    with pytest.raises(rules.NothingToRepeat):
        services.file_unchanged(lead(world), world.group.id)
    first = file(lead(world), world.group.id, Confidence.STORM, day=2)
    second = services.file_unchanged(lead(world), world.group.id)
    assert (second.reported_on, second.unchanged) == (date(2026, 11, 23), True)
    assert (second.confidence, second.done, second.coming) == (first.confidence, first.done, first.coming)
    assert services.file_unchanged(lead(world), world.group.id).id == second.id
    assert len(queries.reports_of(world.group.id)) == 2


def test_the_last_report_of_each_group(world: World) -> None:
    other = make.make_group(world.workstream, "Autre")
    make.set_status(other, world.committee)
    file(lead(world), world.group.id, Confidence.SUN, day=2)
    file(lead(world), world.group.id, Confidence.CLOUD, day=9)
    second = file(lead(world), world.group.id, Confidence.STORM, day=9)
    file(make.lead_of(other), other.id, Confidence.OVERCAST, day=5)
    found = queries.last_reports()
    assert {group_id: report.confidence for group_id, report in found.items()} == {
        world.group.id: Confidence.STORM,
        other.id: Confidence.OVERCAST,
    }
    assert found[world.group.id].id == second.id
    earlier = queries.last_report(world.group.id, on=date(2026, 11, 8))
    assert earlier is not None
    assert earlier.confidence is Confidence.SUN
    assert queries.last_report(world.group.id, on=date(2026, 11, 1)) is None
    assert queries.last_report(world.group.id, known_at=datetime(2026, 11, 1, tzinfo=UTC)) is None


def test_the_trend_has_one_point_a_day_oldest_first(world: World) -> None:
    for day, confidence in enumerate([*Confidence, *Confidence], 1):
        file(lead(world), world.group.id, confidence, day)
    file(lead(world), world.group.id, Confidence.SUN, 8)
    points = queries.trend_of(world.group.id, length=3)
    assert [(point.on.day, point.confidence) for point in points] == [
        (6, Confidence.OVERCAST),
        (7, Confidence.CLOUD),
        (8, Confidence.SUN),
    ]
    assert [p.on.day for p in queries.trend_of(world.group.id, on=date(2026, 11, 2))] == [1, 2]


def test_history_by_pages(world: World) -> None:
    filed = [file(lead(world), world.group.id, day=day).id for day in (1, 2, 2, 3)]
    first = [report.id for report in queries.reports_of(world.group.id, limit=2)]
    rest = [report.id for report in queries.reports_of(world.group.id, limit=9, before_id=first[-1])]
    assert first + rest == filed[::-1]
