"""Mandates, functions, institutions and settings: what is written, refused, journalled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.committees.scene import TODAY, Scene, make_person, make_scene
from tests.support import make_account
from tnt.accounts.models import Person
from tnt.accounts.rules import AccountState
from tnt.committees import correspondents, queries, rules, services
from tnt.committees.correspondents import Named
from tnt.committees.models import Function, FunctionKind, Institution, Mandate, Seat, VisaRule, Voice
from tnt.committees.services import SettingsChange
from tnt.core import clock, journal
from tnt.core.access import SYSTEM, Actor, Grant, actor_for
from tnt.core.db import db, transaction
from tnt.core.errors import Forbidden, NotFound, Stale

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def seat(scene: Scene, person_id: int, **changes: Any) -> Mandate:
    wanted = {
        "person_id": person_id,
        "committee_id": scene.committee,
        "institution_id": scene.anct,
        "seat": Seat.FULL_MEMBER,
        "voice": Voice.VOTING,
        "from_on": date(2026, 1, 1),
    } | changes
    return services.open_mandate(scene.administrator, **wanted)


def last_entry() -> tuple[str, dict[str, Any], dict[str, Any]]:
    entry = db.session.scalars(
        db.select(journal.JournalEntry).order_by(journal.JournalEntry.seq.desc()).limit(1)
    ).one()
    assert entry.detail is not None
    return entry.action, entry.detail.payload["before"], entry.detail.payload["after"]


def test_a_mandate_opens_rights_from_its_first_day_to_its_last(scene: Scene) -> None:
    person = make_person()
    seat(scene, person, seat=Seat.CO_CHAIR, until_on=date(2026, 6, 30))
    held = {
        Grant("member", scene.committee),
        Grant("co_chair", scene.committee),
        Grant("voting", scene.committee),
    }
    grants = {
        day: actor_for(person, "x", day).grants
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    }
    assert grants == {
        date(2025, 12, 31): set(),
        date(2026, 1, 1): held,
        date(2026, 6, 30): held,
        date(2026, 7, 1): set(),
    }


def test_who_receives_for_a_member_reads_what_members_read_while_both_last(scene: Scene) -> None:
    person = make_person()
    seat(scene, person, seat=Seat.CO_CHAIR, until_on=date(2026, 12, 31))
    made = correspondents.name_correspondent(
        SYSTEM, person, Named("Inès", "Robin", "robin@example.org"), from_on=TODAY
    )
    robin = made.person_id
    days = (TODAY - timedelta(days=1), TODAY, date(2026, 12, 31), date(2027, 1, 1))
    assert [actor_for(robin, "x", day).grants for day in days] == [
        set(),
        {Grant("member", scene.committee)},  # neither the visas nor the vote
        {Grant("member", scene.committee)},
        set(),
    ]


def test_opening_leaves_a_journal_entry(scene: Scene) -> None:
    person = make_person()
    seat(scene, person)
    action, before, after = last_entry()
    assert (action, before) == ("mandate.open", {})
    assert after == {
        "person_id": person,
        "committee": "coordination",
        "institution_id": scene.anct,
        "seat": "full_member",
        "voice": "voting",
        "from_on": "2026-01-01",
        "until_on": None,
        "substitute_for_id": None,
    }


def test_a_mandate_does_not_overlap_itself(scene: Scene) -> None:
    person = make_person()
    seat(scene, person, until_on=date(2026, 6, 30))
    with pytest.raises(rules.OverlappingMandate):
        seat(scene, person, from_on=date(2026, 6, 30), seat=Seat.SECRETARY, voice=Voice.ADVISORY)
    seat(scene, person, from_on=date(2026, 7, 1))
    seat(scene, person, committee_id=scene.other_committee)
    assert len(queries.mandates_of(person)) == 3


def test_nobody_seats_themselves(scene: Scene) -> None:
    assert scene.administrator.person_id is not None
    with pytest.raises(rules.OwnRole):
        seat(scene, scene.administrator.person_id)
    with pytest.raises(rules.OwnRole):
        services.appoint_function(
            scene.administrator,
            person_id=scene.administrator.person_id,
            kind=FunctionKind.PROGRAMME_MANAGER,
            from_on=TODAY,
        )


def test_the_institution_must_last(scene: Scene) -> None:
    person = make_person()
    services.end_institution(scene.administrator, scene.amf, date(2026, 3, 31))
    with pytest.raises(rules.InstitutionEnded):
        seat(scene, person, institution_id=scene.amf, from_on=date(2026, 4, 1))
    with pytest.raises(NotFound):
        seat(scene, person, institution_id=9_999)


def test_who_left_the_programme_gets_nothing_new(scene: Scene) -> None:
    person = make_person()
    with transaction() as session:
        session.get_one(Person, person).ended_at = clock.now()
    with pytest.raises(rules.PersonGone):
        seat(scene, person)


def test_the_end_of_a_full_member_ends_the_substitute(scene: Scene) -> None:
    member = seat(scene, make_person("Moreau"))
    substitute = seat(scene, make_person("Petit"), seat=Seat.SUBSTITUTE, substitute_for_id=member.id)
    services.end_mandate(scene.administrator, member.id, date(2026, 11, 30), " Élections ")
    ends = [(each.until_on, each.end_reason) for each in (member, substitute)]
    assert ends == [(date(2026, 11, 30), "Élections")] * 2
    assert [each.action for each in queries.history("mandate", substitute.id)] == [
        "mandate.end",
        "mandate.open",
    ]
    with pytest.raises(rules.AlreadyEnded):
        services.end_mandate(scene.administrator, member.id, date(2026, 11, 30), "Encore")


def test_members_on_a_date_in_order(scene: Scene) -> None:
    member = seat(scene, make_person("Moreau"))
    seat(scene, make_person("Petit"), seat=Seat.SUBSTITUTE, substitute_for_id=member.id)
    seat(scene, make_person("Zola"), seat=Seat.CO_CHAIR)
    seat(scene, make_person("Ange"), seat=Seat.SECRETARY, voice=Voice.ADVISORY, institution_id=scene.amf)
    seat(scene, make_person("Brun"), seat=Seat.PERMANENT_GUEST, voice=Voice.ADVISORY)
    seat(scene, make_person("Ancien"), until_on=date(2026, 3, 31))
    names = [each.person.family_name for each in queries.mandates_on(scene.committee, TODAY)]
    assert names == ["Zola", "Moreau", "Petit", "Brun", "Ange"]
    assert [p.family_name for p in queries.members_on(scene.committee, TODAY)] == sorted(names)
    assert [m.person.family_name for m in queries.co_chairs_on(scene.committee, TODAY)] == ["Zola"]
    assert [m.person.family_name for m in queries.secretaries_on(scene.committee, TODAY)] == ["Ange"]
    assert len(queries.mandates_on(scene.committee, date(2026, 2, 1))) == 6


def appoint_administrator(state: AccountState = AccountState.ACTIVE) -> Function:
    person = db.session.get_one(Person, make_person())
    make_account(person, state)
    return services.appoint_function(
        SYSTEM, person_id=person.id, kind=FunctionKind.ADMINISTRATOR, from_on=TODAY
    )


@pytest.mark.parametrize("state", [AccountState.SUSPENDED, AccountState.INVITED, None])
def test_an_administrator_who_cannot_sign_in_does_not_count(scene: Scene, state: AccountState | None) -> None:
    first = appoint_administrator()
    if state is None:
        services.appoint_function(
            SYSTEM, person_id=make_person(), kind=FunctionKind.ADMINISTRATOR, from_on=TODAY
        )
    else:
        appoint_administrator(state)
    with pytest.raises(rules.LastAdministrator):
        services.end_function(SYSTEM, first.id, TODAY)
    with pytest.raises(rules.LastAdministrator):
        services.check_may_leave(first.person_id)


def test_the_substitutes_of_whoever_leaves_end_too(scene: Scene) -> None:
    leaving = make_person("Moreau")
    member = seat(scene, leaving)
    replaced_by = make_person("Petit")
    seat(scene, replaced_by, seat=Seat.SUBSTITUTE, substitute_for_id=member.id)
    with transaction():
        services.end_everything_of(scene.administrator, leaving, TODAY)
    assert [each.until_on for each in queries.mandates_of(replaced_by)] == [TODAY]
    assert not actor_for(replaced_by, "x", TODAY + timedelta(days=1)).grants


def test_the_last_administrator_stays(scene: Scene) -> None:
    first = appoint_administrator()
    with pytest.raises(rules.LastAdministrator):
        services.end_function(SYSTEM, first.id, TODAY)
    with pytest.raises(rules.LastAdministrator):
        services.check_may_leave(first.person_id)
    appoint_administrator()
    services.check_may_leave(first.person_id)
    services.end_function(SYSTEM, first.id, TODAY)
    assert last_entry() == ("function.end", {"until_on": None}, {"until_on": "2026-11-23"})


def test_a_function_is_held_once(scene: Scene) -> None:
    person = make_person()
    for kind in (FunctionKind.PROGRAMME_MANAGER, FunctionKind.REGIONAL_PREFECT):
        services.appoint_function(scene.administrator, person_id=person, kind=kind, from_on=TODAY)
    with pytest.raises(rules.FunctionHeld):
        services.appoint_function(
            scene.administrator, person_id=person, kind=FunctionKind.PROGRAMME_MANAGER, from_on=TODAY
        )
    assert actor_for(person, "x", TODAY).grants == {Grant("programme_manager"), Grant("regional_prefect")}


def test_leaving_ends_everything(scene: Scene) -> None:
    person = make_person()
    seat(scene, person)
    services.appoint_function(
        scene.administrator, person_id=person, kind=FunctionKind.PROGRAMME_MANAGER, from_on=TODAY
    )
    with transaction():
        services.end_everything_of(scene.administrator, person, TODAY)
    assert [each.until_on for each in queries.mandates_of(person)] == [TODAY]
    assert [each.until_on for each in queries.functions_of(person)] == [TODAY]


def test_an_institution_keeps_its_former_names(scene: Scene) -> None:
    services.rename_institution(
        scene.administrator,
        scene.anct,
        name="Agence des territoires",
        acronym="AT",
        from_on=date(2026, 1, 1),
        version=1,
    )
    institution = queries.get_institution(scene.anct)
    assert (institution.name, institution.short_name, institution.version) == (
        "Agence des territoires",
        "AT",
        2,
    )
    assert [(n.name, n.until_on) for n in institution.former_names] == [
        ("Agence nationale", date(2025, 12, 31))
    ]
    with pytest.raises(Stale):
        services.rename_institution(
            scene.administrator, scene.anct, name="Autre", acronym="", from_on=TODAY, version=1
        )
    with pytest.raises(rules.EndsBeforeItStarts):
        services.rename_institution(
            scene.administrator, scene.anct, name="Autre", acronym="", from_on=date(2025, 6, 1)
        )
    with pytest.raises(rules.NameTaken):
        services.rename_institution(
            scene.administrator, scene.anct, name="ASSOCIATION DES MAIRES", acronym="", from_on=TODAY
        )


def test_an_institution_ends_after_its_mandates(scene: Scene) -> None:
    mandate = seat(scene, make_person())
    with pytest.raises(rules.MandatesRemain):
        services.end_institution(scene.administrator, scene.anct, TODAY)
    services.end_mandate(scene.administrator, mandate.id, TODAY, "Fusion")
    services.end_institution(scene.administrator, scene.anct, TODAY)
    assert db.session.get_one(Institution, scene.anct).ended_on == TODAY
    assert [name for _, name in queries.institution_choices(date(2026, 11, 24))] == [
        "Association des maires (AMF)"
    ]


def test_settings_change_once_and_are_journalled(scene: Scene) -> None:
    change = SettingsChange(
        visa_rule=VisaRule.ONE_CO_CHAIR, notice_days=14, default_start=time(10, 0), votes_enabled=True
    )
    services.change_committee_settings(scene.administrator, scene.committee, change, version=1)
    assert last_entry() == (
        "committee.settings",
        {"visa_rule": "all_co_chairs", "default_start": "14:30:00", "votes_enabled": False},
        {"visa_rule": "one_co_chair", "default_start": "10:00:00", "votes_enabled": True},
    )
    entries = journal.count()
    services.change_committee_settings(scene.administrator, scene.committee, change, version=2)
    assert journal.count() == entries
    services.change_committee_settings(
        scene.administrator, scene.committee, SettingsChange(quorum_percent=50)
    )
    services.change_committee_settings(scene.administrator, scene.committee, SettingsChange(quorum_percent=0))
    assert last_entry() == ("committee.settings", {"quorum_percent": 50}, {"quorum_percent": None})
    with pytest.raises(Stale):
        services.change_committee_settings(
            scene.administrator, scene.committee, SettingsChange(notice_days=21), version=1
        )


@pytest.mark.parametrize(
    "call",
    [
        lambda actor, scene: services.open_mandate(
            actor,
            person_id=scene.administrator.person_id,
            committee_id=scene.committee,
            institution_id=scene.anct,
            seat=Seat.CO_CHAIR,
            voice=Voice.VOTING,
            from_on=TODAY,
        ),
        lambda actor, scene: services.end_mandate(actor, 1, TODAY, "Motif"),
        lambda actor, scene: services.appoint_function(
            actor,
            person_id=scene.administrator.person_id,
            kind=FunctionKind.ADMINISTRATOR,
            from_on=TODAY,
        ),
        lambda actor, scene: services.end_function(actor, 1, TODAY),
        lambda actor, scene: services.add_institution(
            actor, name="Nouvelle", kind=rules.InstitutionKind.OTHER
        ),
        lambda actor, scene: services.rename_institution(
            actor, scene.anct, name="Nouvelle", acronym="", from_on=TODAY
        ),
        lambda actor, scene: services.end_institution(actor, scene.anct, TODAY),
        lambda actor, scene: services.change_committee_settings(
            actor, scene.committee, SettingsChange(notice_days=21)
        ),
    ],
)
def test_only_an_administrator(scene: Scene, call: Callable[[Actor, Scene], object]) -> None:
    rights = ("secretary", "co_chair", "member", "voting")
    grants = frozenset({Grant(right, scene.committee) for right in rights} | {Grant("programme_manager")})
    entries = journal.count()
    with pytest.raises(Forbidden):
        call(Actor(make_person(), "Secrétaire", grants), scene)
    assert journal.count() == entries
