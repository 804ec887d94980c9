"""Who may call what: every endpoint × every kind of person × every method, generated from the routes.

Unknown ids show that nothing fails; ids of another committee show that nothing leaks; mixed ids (my meeting,
an item of another's) show that each id is checked against the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter

from tests.closing.scene import SINCE, plan, put_information, set_scene
from tests.objectives.factories import make_act
from tests.support import any_address, appoint, make_account, make_person, sign_in
from tnt.accounts import services as accounts
from tnt.accounts.models import Person
from tnt.agendas import services as agendas
from tnt.agendas.rules import ItemKind
from tnt.committees.models import Committee, Mandate
from tnt.committees.rules import FunctionKind, Seat, Voice
from tnt.core import access, clock
from tnt.core.access import PUBLIC, SYSTEM, actor_for
from tnt.core.db import db, transaction
from tnt.decisions.rules import ActKind
from tnt.projects.models import Leadership

# what each kind of person holds, written by hand: the matrix does not trust the code under test for it
HOLDS: dict[str, frozenset[str]] = {
    "anonymous": frozenset(),
    "suspended": frozenset(),
    "plain": frozenset(),
    "member": frozenset({"member", "voting"}),
    "lead": frozenset({"member", "voting", "lead"}),
    "secretary": frozenset({"member", "secretary"}),
    "co_chair": frozenset({"member", "voting", "co_chair"}),
    "programme_manager": frozenset({"programme_manager"}),
    "administrator": frozenset({"administrator"}),
}
OUT = ("anonymous", "suspended")
SIGNED_IN = tuple(kind for kind in HOLDS if kind not in OUT)
UNKNOWN = 99_999
METHODS = ("GET", "POST")


@dataclass
class World:
    """The application with a meeting of the coordination committee (ours) and one of the other committee."""

    app: Flask
    people: dict[str, int]
    ours: Mapping[str, object]
    theirs: Mapping[str, object]

    def client(self, kind: str) -> FlaskClient:
        """A browser of that kind of person; the suspended were signed in before."""
        client = self.app.test_client()
        if kind == "anonymous":
            return client
        person = db.session.get_one(Person, self.people[kind])
        sign_in(client, person)
        if kind == "suspended":
            accounts.suspend(SYSTEM, person.id)
        return client

    def routes(self) -> Iterator[tuple[Rule, access.Rule, str]]:
        """Every route with its declared rule, once per method that it takes."""
        for route in self.app.url_map.iter_rules():
            declared = access.rule_of(self.app, route.endpoint) if route.endpoint != "static" else None
            if declared is not None:
                for method in METHODS:
                    if method in (route.methods or set()):
                        yield route, declared, method


@pytest.fixture
def world(app: Flask) -> World:
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a failure is an answer here: 500
    scene = set_scene()
    people = {"member": scene.member, "secretary": scene.secretary, "co_chair": scene.chair}
    for kind in ("plain", "lead", "suspended", "programme_manager", "administrator"):
        people[kind] = make_person(kind.title(), "Matrice", f"{kind}@ville.example").id
    appoint(db.session.get_one(Person, people["programme_manager"]), FunctionKind.PROGRAMME_MANAGER)
    appoint(db.session.get_one(Person, people["administrator"]), FunctionKind.ADMINISTRATOR)
    make_account(db.session.get_one(Person, people["suspended"]))
    act = make_act(db.session.get_one(Committee, scene.coordination), ActKind.APPOINT_LEAD, SINCE)
    with transaction() as session:
        held = {"person_id": people["lead"], "institution_id": scene.institution, "from_on": SINCE}
        session.add(Leadership(group_id=scene.group, act_id=act.id, **held))
        session.add(
            Mandate(
                committee_id=scene.coordination,
                seat=Seat.FULL_MEMBER,
                voice=Voice.VOTING,
                ex_officio=True,
                created_at=clock.now(),
                **held,
            )
        )
    own = plan(scene)
    other = plan(scene, secretary=scene.political_secretary, committee=scene.orientation, days=40)
    own_item = put_information(scene, own).id
    other_item = agendas.add_item(
        scene.actor(scene.political_secretary),
        other,
        kind=ItemKind.INFORMATION,
        act_kind=ActKind.NOTE,
        title="Point réservé",
    ).id
    return World(
        app,
        people,
        ours={"meeting_id": own, "item_id": own_item},
        theirs={"meeting_id": other, "item_id": other_item},
    )


def test_the_people_of_the_matrix_hold_what_it_says(world: World) -> None:
    held = {
        kind: {grant.right for grant in actor_for(person_id, "").grants}
        for kind, person_id in world.people.items()
    }
    assert held == {kind: set(HOLDS[kind]) for kind in held}


def wanted(kind: str, declared: access.Rule, method: str) -> set[int]:
    """The answers that are right where the declared rule decides alone; empty where the view decides."""
    if declared == PUBLIC:
        return set()
    if kind in OUT:
        return {302} if method == "GET" else {401}
    if declared.rights and not HOLDS[kind] & set(declared.rights):
        return {404}
    return set()


def takes_an_id(route: Rule) -> bool:
    return any(isinstance(converter, NumberConverter) for converter in route._converters.values())


@pytest.mark.parametrize("kind", HOLDS)
def test_every_endpoint_with_unknown_ids(world: World, kind: str) -> None:
    client = world.client(kind)
    wrong: dict[tuple[str, str], int] = {}
    asked = 0
    for route, declared, method in world.routes():
        if route.endpoint == "accounts.sign_out":
            continue  # it would end the session of the matrix; tested in tests/accounts
        address = any_address(world.app, route, number=UNKNOWN, word="inconnu")
        answer = client.open(address, method=method)
        asked += 1
        right = wanted(kind, declared, method)
        if not right and declared != PUBLIC and takes_an_id(route):
            right = set(range(400, 500)) - {401}  # nothing has that id
        fits = answer.status_code in right if right else answer.status_code not in {401, *range(500, 600)}
        if not fits and not (route.endpoint == "health.readyz" and answer.status_code == 503):
            wrong[route.endpoint, method] = answer.status_code
        if kind in OUT and answer.status_code == 302 and declared != PUBLIC:
            assert answer.headers["Location"].startswith("/connexion?next=")
    assert wrong == {}
    assert asked > 100
    if kind in SIGNED_IN:
        assert client.get("/mon-compte").status_code == 200  # the session lasted until the end


@pytest.mark.parametrize("kind", [kind for kind in SIGNED_IN if kind != "programme_manager"])
def test_the_other_committee_s_meetings_do_not_exist(world: World, kind: str) -> None:
    client = world.client(kind)
    found: dict[tuple[str, str], int] = {}
    asked = 0
    for known in (world.theirs, {**world.ours, "item_id": world.theirs["item_id"]}):
        for route, _declared, method in world.routes():
            if not {"meeting_id", "item_id"} & set(route.arguments):
                continue
            if known is not world.theirs and "item_id" not in route.arguments:
                continue  # our meeting alone is ours to see
            answer = client.open(any_address(world.app, route, known=known), method=method)
            asked += 1
            if answer.status_code != 404:
                found[route.endpoint, method] = answer.status_code
    assert found == {}
    assert asked > 20


def test_the_programme_manager_reads_every_meeting_and_changes_none(world: World) -> None:
    client = world.client("programme_manager")
    for known in (world.ours, world.theirs):
        assert client.get(f"/seances/{known['meeting_id']}").status_code == 200
        assert client.post(f"/seances/{known['meeting_id']}/annuler", data={"reason": "x"}).status_code == 404


@pytest.mark.parametrize("kind", SIGNED_IN)
def test_no_endpoint_fails_on_our_own_meeting(world: World, kind: str) -> None:
    client = world.client(kind)
    failed: dict[tuple[str, str], int] = {}
    for method in METHODS:  # every page first, then every empty form
        for route, declared, takes in world.routes():
            if takes != method or "meeting_id" not in route.arguments:
                continue
            answer = client.open(any_address(world.app, route, known=world.ours), method=method)
            right = wanted(kind, declared, method)
            if answer.status_code >= 500 or (right and answer.status_code not in right):
                failed[route.endpoint, method] = answer.status_code
    assert failed == {}


def test_members_read_their_committee_s_meeting_and_others_do_not(world: World) -> None:
    address = f"/seances/{world.ours['meeting_id']}"
    answers = {kind: world.client(kind).get(address).status_code for kind in SIGNED_IN}
    readers = {"member", "lead", "secretary", "co_chair", "programme_manager"}
    assert answers == {kind: 200 if kind in readers else 404 for kind in SIGNED_IN}
