"""The sections of an agenda: where items go, how they move, the headings of a committee, what is left out."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.meetings.factories import make_committee, make_member, plan
from tests.objectives import factories as make
from tests.support import signed_in_client
from tnt.actions.models import Action
from tnt.actions.services import open_action
from tnt.agendas import queries, services
from tnt.agendas.models import AgendaItem, LeftOut
from tnt.agendas.rules import AgendaFrozen, Standing, WrongObject
from tnt.agendas.sections import (
    MOST,
    USUAL_HEADINGS,
    BadHeading,
    GatheredTwice,
    Gathers,
    Heading,
    Layout,
    TooManyHeadings,
    TwiceTheSame,
    check_headings,
    lay_out,
    moved,
    order_of,
    section_for,
)
from tnt.committees.models import Committee, Seat
from tnt.core import clock
from tnt.core.access import SYSTEM, Actor, Grant
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, Stale, Term
from tnt.decisions.rules import ActKind
from tnt.intake.rules import ItemKind
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState, NotTheSecretary

G = Gathers
USUAL = [Heading(title, gathers, rank) for rank, (title, gathers) in enumerate(USUAL_HEADINGS, start=1)]


@pytest.mark.parametrize(
    ("headings", "kind", "standing", "wanted"),
    [
        ([], ItemKind.DECISION, None, None),
        (USUAL, ItemKind.DECISION, Standing.MINUTES, 1),
        (USUAL, ItemKind.INFORMATION, Standing.FOLLOW_UP, 2),
        (USUAL, ItemKind.DECISION, None, 3),
        (USUAL, ItemKind.OPINION, None, 4),
        (USUAL, ItemKind.INFORMATION, None, 5),
        # without a section of its own, a standing item goes with its kind, any item with the rest
        (USUAL[2:], ItemKind.DECISION, Standing.MINUTES, 3),
        ([USUAL[0], USUAL[5]], ItemKind.DECISION, None, 6),
        ([USUAL[0]], ItemKind.DECISION, None, None),
    ],
)
def test_an_item_goes_to_the_section_that_gathers_it(
    headings: list[Heading], kind: ItemKind, standing: Standing | None, wanted: int | None
) -> None:
    assert section_for(headings, kind, standing) == wanted


@pytest.mark.parametrize(
    ("headings", "refusal"),
    [
        ([Heading("D")], BadHeading),
        ([Heading("é" * 121)], BadHeading),
        ([Heading("Décisions"), Heading("décisions ")], TwiceTheSame),
        ([Heading("Un", G.OPINION), Heading("Deux", G.OPINION)], GatheredTwice),
        ([Heading(f"Rubrique {n}") for n in range(MOST + 1)], TooManyHeadings),
    ],
)
def test_headings_that_no_agenda_can_have(headings: list[Heading], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_headings(headings)


def test_headings_are_trimmed() -> None:
    assert check_headings([Heading("  Questions \t diverses ")]) == [Heading("Questions diverses")]


BEFORE: Layout = [(None, []), (1, [10, 11]), (2, []), (3, [12])]


@pytest.mark.parametrize(
    ("layout", "item", "by", "wanted"),
    [
        (BEFORE, 11, -1, [(None, []), (1, [11, 10]), (2, []), (3, [12])]),
        (BEFORE, 11, 1, [(None, []), (1, [10]), (2, [11]), (3, [12])]),
        (BEFORE, 11, 2, [(None, []), (1, [10]), (2, []), (3, [11, 12])]),
        (BEFORE, 12, -1, [(None, []), (1, [10, 11]), (2, [12]), (3, [])]),
        (BEFORE, 12, 1, BEFORE),
        (BEFORE, 10, -1, BEFORE),  # nothing goes back above the sections
        ([(None, [9]), (1, [10])], 10, -1, [(None, [9, 10]), (1, [])]),
        ([(None, [9, 10])], 10, -1, [(None, [10, 9])]),
        ([(None, [9, 10])], 10, 5, [(None, [9, 10])]),
    ],
)
def test_an_item_moves_within_its_section_then_across(
    layout: Layout, item: int, by: int, wanted: Layout
) -> None:
    assert moved(layout, item, by) == wanted


@given(
    st.lists(st.integers(0, 4), max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from([-1, 1, -3, 3])), max_size=20),
)
def test_no_move_loses_an_item_or_reorders_the_sections(
    stands_in: list[int], moves: list[tuple[int, int]]
) -> None:
    layout = lay_out([1, 2, 3, 4], [(item, section or None) for item, section in enumerate(stands_in)])
    for item, by in moves:
        if item < len(stands_in):
            layout = moved(layout, item, by)
    assert sorted(order_of(layout)) == list(range(len(stands_in)))
    assert [section for section, _items in layout] == [None, 1, 2, 3, 4]


# services


def usual(committee: Committee) -> None:
    services.change_standing_headings(SYSTEM, committee.id, [Heading(t, g) for t, g in USUAL_HEADINGS])


def add(meeting: Meeting, title: str, kind: ItemKind = ItemKind.INFORMATION, **values: Any) -> AgendaItem:
    act = ActKind.NOTE if kind is ItemKind.INFORMATION else ActKind.OTHER
    return services.add_item(SYSTEM, meeting.id, kind=kind, act_kind=act, title=title, **values)


def read(meeting: Meeting) -> list[tuple[str, list[str]]]:
    """The agenda as it is read: each heading with its titles; positions are checked on the way."""
    items = queries.items_of(meeting.id)
    assert [item.position for item in items] == list(range(1, len(items) + 1))
    names = {one.id: one.title for one in queries.sections_of(meeting.id)}
    found: dict[str, list[str]] = {"": []} | {name: [] for name in names.values()}
    for item in items:
        found[names.get(item.section_id, "")].append(item.title)
    return [(name, titles) for name, titles in found.items() if titles]


def test_the_first_item_brings_the_usual_headings_and_each_goes_to_its_own(app: Flask) -> None:
    committee = make_committee()
    usual(committee)
    meeting = plan(SYSTEM, committee)
    assert queries.sections_of(meeting.id) == []
    add(meeting, "Une information")
    add(meeting, "Une décision", ItemKind.DECISION)
    add(meeting, "Autre information")
    add(meeting, "Divers", section_id=queries.sections_of(meeting.id)[5].id)
    assert read(meeting) == [
        ("Décisions", ["Une décision"]),
        ("Informations", ["Une information", "Autre information"]),
        ("Questions diverses", ["Divers"]),
    ]


def test_a_committee_without_headings_has_plain_agendas(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    add(meeting, "Premier")
    add(meeting, "Second", ItemKind.DECISION)
    assert read(meeting) == [("", ["Premier", "Second"])]


def test_moving_down_crosses_the_heading(app: Flask) -> None:
    committee = make_committee()
    usual(committee)
    meeting = plan(SYSTEM, committee)
    decided = add(meeting, "Une décision", ItemKind.DECISION)
    add(meeting, "Une information")
    services.move_item(SYSTEM, decided.id, by=2)
    assert read(meeting) == [("Informations", ["Une décision", "Une information"])]
    services.move_item(SYSTEM, decided.id, by=1)
    assert read(meeting) == [("Informations", ["Une information", "Une décision"])]


def test_an_item_changes_section_by_its_form(app: Flask) -> None:
    committee = make_committee()
    usual(committee)
    meeting = plan(SYSTEM, committee)
    item = add(meeting, "Une information")
    add(meeting, "Une décision", ItemKind.DECISION)
    first = queries.sections_of(meeting.id)[0].id
    services.revise_item(SYSTEM, item.id, title=item.title, minutes=5, section_id=first)
    assert read(meeting)[0] == ("Approbation du compte rendu", ["Une information"])
    with pytest.raises(NotFound):
        services.revise_item(SYSTEM, item.id, title=item.title, minutes=5, section_id=first + 99)


def test_sections_are_renamed_ordered_added_and_taken_away(app: Flask) -> None:
    committee = make_committee()
    usual(committee)
    meeting = plan(SYSTEM, committee)
    add(meeting, "Une information")
    add(meeting, "Une décision", ItemKind.DECISION)
    known = {one.title: one.id for one in queries.sections_of(meeting.id)}
    wanted = [
        Heading("Pour information", G.INFORMATION, known["Informations"]),
        Heading("Nouvelle rubrique"),
    ]
    services.change_sections(SYSTEM, meeting.id, wanted)
    assert read(meeting) == [("", ["Une décision"]), ("Pour information", ["Une information"])]
    assert [one.title for one in queries.sections_of(meeting.id)] == ["Pour information", "Nouvelle rubrique"]
    # those of the committee stay as they were
    assert [one.title for one in queries.standing_headings(committee.id)] == [t for t, _g in USUAL_HEADINGS]


def test_sections_added_to_an_agenda_gather_what_is_there(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    for title in ("Première", "Deuxième", "Troisième"):
        add(meeting, title, ItemKind.DECISION)
    add(meeting, "Une information")
    services.change_sections(SYSTEM, meeting.id, [Heading("Informations", G.INFORMATION), Heading("Divers")])
    assert read(meeting) == [
        ("", ["Première", "Deuxième", "Troisième"]),
        ("Informations", ["Une information"]),
    ]
    other = queries.sections_of(meeting.id)[1].id
    for item in list(queries.items_of(meeting.id))[:2]:  # filed one after the other, they keep their order
        services.revise_item(SYSTEM, item.id, title=item.title, minutes=5, section_id=other)
    assert read(meeting)[-1] == ("Divers", ["Première", "Deuxième"])


def test_a_section_of_another_agenda_is_not_taken(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    usual(committee)
    mine, theirs = plan(SYSTEM, committee), plan(SYSTEM, other)
    add(mine, "Une information")
    section = queries.sections_of(mine.id)[0]
    services.change_sections(SYSTEM, theirs.id, [Heading("Volée", None, section.id)])
    assert queries.sections_of(mine.id)[0] == section
    assert queries.sections_of(theirs.id)[0].id != section.id


def test_two_people_on_the_sections(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    services.change_sections(SYSTEM, meeting.id, [Heading("Une")], expected_version=meeting.version)
    with pytest.raises(Stale):
        services.change_sections(SYSTEM, meeting.id, [Heading("Deux")], expected_version=1)


def test_only_the_secretariat_changes_headings(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    member = Actor(make_member(committee).id, "Claire", frozenset({Grant("member", committee.id)}))
    with pytest.raises(NotTheSecretary):
        services.change_standing_headings(member, committee.id, [Heading("Une")])
    with pytest.raises(NotTheSecretary):
        services.change_sections(member, meeting.id, [Heading("Une")])
    meetings.cancel(SYSTEM, meeting.id, reason="Salle indisponible")
    with pytest.raises(AgendaFrozen):
        services.change_sections(SYSTEM, meeting.id, [Heading("Une")])


# what every session has, what is left out


def hold(meeting: Meeting) -> None:
    with transaction():
        meeting.state = MeetingState.ADJOURNED


def keys(meeting: Meeting) -> list[str]:
    return [one.leave_key for one in queries.list_proposals(meeting).shown]


def test_the_minutes_of_the_session_before_are_proposed_once(app: Flask) -> None:
    committee = make_committee()
    before = plan(SYSTEM, committee)
    meeting = plan(SYSTEM, committee, before.starts_at.replace(month=12, day=18))
    assert keys(meeting) == []
    hold(before)
    assert keys(meeting) == ["compte-rendu"]
    item = services.add_proposal(SYSTEM, meeting.id, "compte-rendu")
    assert item.title == "Approbation du compte rendu de la séance du 15 décembre 2026"
    assert (item.act_kind, item.about_meeting_id) == (ActKind.APPROVE_MINUTES, before.id)
    assert item.draft_wording == (
        "Le comité de coordination approuve le compte rendu de la séance du 15 décembre 2026."
    )
    assert keys(meeting) == []


def test_open_actions_are_proposed_as_follow_up(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    owner = make_member(committee, "Durand")
    open_action(SYSTEM, committee_id=committee.id, title="Écrire", due_on=clock.today(), owner_id=owner.id)
    assert keys(meeting) == ["suites"]
    item = services.add_proposal(SYSTEM, meeting.id, "suites")
    assert (item.title, item.kind, item.standing) == (
        "Suites données",
        ItemKind.INFORMATION,
        Standing.FOLLOW_UP,
    )
    assert keys(meeting) == []


@pytest.mark.parametrize(("actions", "told"), [(2, 2), (100, 100), (101, Term("plus de 100"))])
def test_open_actions_are_counted_to_a_hundred(app: Flask, actions: int, told: object) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    owner = make_member(committee, "Durand").id
    with transaction() as session:
        asked = {"committee_id": committee.id, "owner_id": owner, "due_on": clock.today()}
        session.add_all(Action(title="Écrire", created_at=clock.now(), **asked) for _ in range(actions))
    (proposal,) = queries.list_proposals(meeting).shown
    assert proposal.params == {"count": told}


def test_what_is_left_out_is_no_longer_proposed_and_comes_back(app: Flask) -> None:
    committee = make_committee()
    meeting, group = plan(SYSTEM, committee), make.make_group(make.make_workstream())
    later = plan(SYSTEM, committee, meeting.starts_at.replace(day=18))
    key = f"groupe-{group.id}-create"
    services.leave_out(SYSTEM, meeting.id, key)
    services.leave_out(SYSTEM, meeting.id, key)  # a second click
    assert keys(meeting) == []
    assert keys(later) == [key]  # for that session only
    (left,) = db.session.scalars(db.select(LeftOut))
    with pytest.raises(NotFound):
        services.take_back(SYSTEM, later.id, left.id)
    services.take_back(SYSTEM, meeting.id, left.id)
    assert keys(meeting) == [key]


@pytest.mark.parametrize("key", ["", "groupe-1", "suites-1", "demande-x", "objectif-99999", "demande-99999"])
def test_a_key_that_names_nothing_is_refused(app: Flask, key: str) -> None:
    meeting = plan(SYSTEM, make_committee())
    with pytest.raises((WrongObject, NotFound)):
        services.leave_out(SYSTEM, meeting.id, key)


# pages


def lines(*headings: tuple[str, str, str, str]) -> dict[str, str]:
    """(rank, title, gathers, known) a line, as a browser sends them."""
    return {
        f"lines-{place}-{name}": value
        for place, line in enumerate(headings)
        for name, value in zip(("rank", "title", "gathers", "known"), line, strict=True)
    }


def test_the_secretary_sets_the_model_then_reads_it_on_the_agenda(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    page = client.get("/seances/modele-ordre-du-jour")
    assert "Questions diverses" in page.text
    refused = client.post(
        "/seances/modele-ordre-du-jour",
        data={"version": "0"} | lines(("1", "Divers", "", ""), ("2", "divers", "opinion", "")),
    )
    assert refused.status_code == 422
    assert "Deux rubriques portent l’intitulé « Divers »." in refused.text.replace("\u00a0", " ")
    saved = client.post(
        "/seances/modele-ordre-du-jour",
        data={"version": "0"}
        | lines(("2", "Divers", "", ""), ("1", "Pour décider", "decision", ""), ("3", "", "", "")),
    )
    assert saved.status_code == 303
    add(meeting, "Un choix", ItemKind.DECISION)
    page = client.get(f"/seances/{meeting.id}")
    assert page.text.index("Pour décider</h3>") < page.text.index("Un choix") < page.text.index("Divers</h3>")
    member = signed_in_client(app, make_member(committee)).get(f"/seances/{meeting.id}")
    assert "Pour décider</h3>" in member.text
    assert "Divers</h3>" not in member.text  # empty: only for whoever may fill it


def test_a_rank_that_is_no_number_is_told_beside_it(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    sent = {"version": "1"} | lines(("1", "Une", "", ""), ("abc", "Deux", "", ""), ("x", "", "", ""))
    answer = client.post(f"/seances/{meeting.id}/rubriques", data=sent)
    assert answer.status_code == 422
    assert answer.text.count("Indiquez le rang en chiffres.") == 2  # at the top, and beside it
    assert "Ligne 2, Rang" in answer.text
    assert 'id="lines-1-rank-erreur"' in answer.text
    assert 'value="abc"' in answer.text
    assert queries.sections_of(meeting.id) == []


def test_the_sections_page_keeps_what_was_typed_when_another_saved(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    services.change_sections(SYSTEM, meeting.id, [Heading("De l’autre")])
    answer = client.post(
        f"/seances/{meeting.id}/rubriques", data={"version": "1"} | lines(("1", "La mienne", "", ""))
    )
    assert answer.status_code == 422
    assert 'value="La mienne"' in answer.text


def test_leaving_out_and_taking_back_by_the_page(app: Flask) -> None:
    committee = make_committee()
    meeting, group = plan(SYSTEM, committee), make.make_group(make.make_workstream())
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    key = f"groupe-{group.id}-create"
    assert client.post(f"/seances/{meeting.id}/proposes/ecarter", data={"cle": key}).status_code == 303
    page = client.get(f"/seances/{meeting.id}")
    assert "1 point écarté" in page.text
    assert f'value="{key}"' not in page.text
    (left,) = db.session.scalars(db.select(LeftOut))
    client.post(f"/seances/{meeting.id}/proposes/reprendre", data={"ecarte": str(left.id)})
    assert f'value="{key}"' in client.get(f"/seances/{meeting.id}").text
