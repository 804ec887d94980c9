"""The page of a meeting and the forms of its items, as a browser meets them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.meetings.factories import make_committee, make_group, make_member, plan
from tests.objectives.factories import counted_queries
from tests.support import signed_in_client
from tnt.agendas import queries, services
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.committees.models import Mandate, Seat, Voice
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.decisions.rules import ActKind
from tnt.intake.rules import RequestOrigin
from tnt.intake.services import file_request
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.objectives.services import propose_objective


def add(meeting: Meeting, title: str, **values: Any) -> AgendaItem:
    return services.add_item(
        SYSTEM, meeting.id, kind=ItemKind.DECISION, act_kind=ActKind.OTHER, title=title, **values
    )


def titles(meeting: Meeting) -> list[str]:
    return [item.title for item in queries.items_of(meeting.id)]


WORDS = {"title": "Un point", "minutes": "15", "rapporteur_id": "", "draft_wording": ""}


def test_the_secretary_builds_the_agenda(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    group = make_group()
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    base = f"/seances/{meeting.id}"

    page = client.get(base)
    assert page.status_code == 200
    assert "L’ordre du jour est vide" in page.text
    assert "Groupe proposé" in page.text
    assert f"{base}/points/ajouter" in page.text
    assert client.get(f"{base}/points/ajouter").status_code == 200
    for kind in [*ActKind, "information"]:
        assert client.get(f"{base}/points/ajouter/{kind}").status_code == 200
    assert client.get(f"{base}/points/ajouter/bal").status_code == 404

    assert client.post(f"{base}/points/ajouter/information", data=WORDS).status_code == 303
    created = {
        "group_id": str(group.id),
        "mission": "Simplifier les demandes d’urbanisme.",
        "minutes": "25",
        "rapporteur_id": "",
        "lead_id": "",
        "lead_institution_id": "",
    }
    assert client.post(f"{base}/points/ajouter/create_group", data=created).status_code == 303
    assert titles(meeting) == ["Un point", "Urbanisme\u00a0: créer le groupe projet"]
    first, second = queries.items_of(meeting.id)
    client.post(f"{base}/points/{second.id}/deplacer", data={"vers": "haut"})
    assert titles(meeting) == ["Urbanisme\u00a0: créer le groupe projet", "Un point"]
    page = client.get(base)
    assert "40\u00a0min sur 2\u00a0h\u00a030" in page.text
    assert "crée le groupe projet «\u00a0Urbanisme\u00a0»" in page.text

    changed = created | {
        "title": "Créer",
        "version": "1",
        "mission": "Une tout autre mission.",
        "draft_wording": second.draft_wording,
    }
    assert client.get(f"{base}/points/{second.id}/modifier").status_code == 200
    assert client.post(f"{base}/points/{second.id}/modifier", data=changed).status_code == 303
    assert "Une tout autre mission." in queries.items_of(meeting.id)[0].draft_wording
    assert client.get(f"{base}/points/{first.id}/retirer").status_code == 200
    remove, version = f"{base}/points/{first.id}/retirer", {"version": str(first.version)}
    assert client.post(remove, data=version).status_code == 303
    assert titles(meeting) == ["Créer"]
    assert client.post(remove, data=version).status_code == 404


def test_a_refused_item_keeps_what_was_typed(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    group = make_group()
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    typed = {"group_id": str(group.id), "mission": "court", "minutes": "25", "title": "Mon intitulé"}
    page = client.post(f"/seances/{meeting.id}/points/ajouter/create_group", data=typed)
    assert page.status_code == 422
    assert "Mon intitulé" in page.text
    assert "Indiquez la mission du groupe" in page.text
    assert titles(meeting) == []


def test_two_secretaries_on_one_item_see_both_texts(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    item = add(meeting, "Un point")
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    services.revise_item(SYSTEM, item.id, title="Le texte enregistré", minutes=10)
    url = f"/seances/{meeting.id}/points/{item.id}/modifier"
    typed = WORDS | {"title": "Mon texte", "version": "1", "kind": "decision", "draft_wording": "Mien"}
    page = client.post(url, data=typed)
    assert page.status_code == 422
    assert "Le texte enregistré" in page.text
    assert "Mon texte" in page.text
    assert client.post(url, data=typed | {"version": "2"}).status_code == 303
    assert titles(meeting) == ["Mon texte"]


def test_a_proposal_is_added_in_one_click_and_only_once(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    group = make_group()
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    for _click in range(2):
        data = {"cle": f"groupe-{group.id}-create"}
        assert client.post(f"/seances/{meeting.id}/proposes/ajouter", data=data).status_code == 303
    assert len(titles(meeting)) == 1
    page = client.get(f"/seances/{meeting.id}")
    assert "Un point de cette séance porte déjà" in page.text
    assert f"groupe-{group.id}-create" not in page.text
    client.post(f"/seances/{meeting.id}/proposes/ajouter", data={"cle": "groupe-1-stop"})
    assert len(titles(meeting)) == 1


def test_a_member_reads_and_changes_nothing(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    item = add(meeting, "Un point")
    client = signed_in_client(app, make_member(committee, "Membre"))
    page = client.get(f"/seances/{meeting.id}")
    assert page.status_code == 200
    assert "Un point" in page.text
    assert "points/ajouter" not in page.text
    for url in (
        f"points/{item.id}/deplacer",
        f"points/{item.id}/retirer",
        f"points/{item.id}/modifier",
        "proposes/ajouter",
    ):
        assert (
            client.post(f"/seances/{meeting.id}/{url}", data={"vers": "bas", "version": "1"}).status_code
            == 404
        )
    assert titles(meeting) == ["Un point"]


@pytest.mark.parametrize("seat", [Seat.SECRETARY, Seat.FULL_MEMBER])
def test_the_other_committee_sees_nothing(app: Flask, seat: Seat) -> None:
    committee, other = make_committee(), make_committee("orientation")
    meeting = plan(SYSTEM, committee)
    item = add(meeting, "Un point")
    client = signed_in_client(app, make_member(other, "Autre", seat))
    assert client.get(f"/seances/{meeting.id}").status_code == 404
    for url in (
        f"points/{item.id}/deplacer",
        f"points/{item.id}/retirer",
        f"points/{item.id}/modifier",
        "points/ajouter/other",
        "proposes/ajouter",
    ):
        assert client.post(f"/seances/{meeting.id}/{url}", data=WORDS).status_code == 404
    assert titles(meeting) == ["Un point"]


def test_an_item_of_another_meeting_is_not_reached_through_mine(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    mine, theirs = plan(SYSTEM, committee), plan(SYSTEM, other)
    item = add(theirs, "Un point")
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    for url in ("deplacer", "retirer", "modifier"):
        assert client.post(f"/seances/{mine.id}/points/{item.id}/{url}", data=WORDS).status_code == 404


def test_a_cancelled_session_says_why(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    add(meeting, "Un point")
    meetings.cancel(SYSTEM, meeting.id, reason="Salle indisponible")
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    page = client.get(f"/seances/{meeting.id}")
    assert "Salle indisponible" in page.text
    assert "points/ajouter" not in page.text


@pytest.mark.parametrize(
    ("seat", "most"),
    # what is attached to the items is one; the secretary's has the retro-planning, and what is proposed: what
    # every session has, what waits, the groups, the objectives, and what was left out
    [(Seat.FULL_MEMBER, 10), (Seat.SECRETARY, 17)],
)
def test_the_page_costs_the_same_with_many_items(app: Flask, seat: Seat, most: int) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    client = signed_in_client(app, make_member(committee, "Membre", seat))

    def cost() -> int:
        with counted_queries() as sent:
            assert client.get(f"/seances/{meeting.id}").status_code == 200
        return len([one for one in sent if not one.startswith("BEGIN")])

    add(meeting, "Un point")
    group = make_group()
    propose_objective(SYSTEM, group_id=group.id, semester="2026-S2", title="Cent communes")
    with_one = cost()
    for more in range(29):
        add(meeting, "Un point")
        group = make_group(f"Groupe {more}", f"groupe-{more}")
        propose_objective(SYSTEM, group_id=group.id, semester="2026-S2", title="Cent communes")
    assert cost() == with_one <= most


def test_why_something_was_asked_is_read_with_it(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    asked = {
        RequestOrigin.REQUEST: ("Mobiliser l’ANCT", "Trois départements attendent."),
        RequestOrigin.REPORT: ("Rendre compte de la consultation", "Consultation close hier."),
    }
    for origin, (title, reason) in asked.items():
        entry = file_request(
            SYSTEM,
            committee_id=committee.id,
            origin=origin,
            act_kind=ActKind.OTHER,
            title=title,
            reason=reason,
        )
        services.place_request(SYSTEM, meeting.id, entry.id)
    secret = services.add_item(
        SYSTEM, meeting.id, kind=ItemKind.DECISION, act_kind=ActKind.OTHER, title="Affaire", reserved=True
    )
    with transaction() as session:
        session.get_one(AgendaItem, secret.id).request_id = entry.id
    address = f"/seances/{meeting.id}"
    page = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY)).get(address)
    assert "Trois départements attendent." in page.text
    assert page.text.count("Motif de la demande") == 1
    assert page.text.count("sur demande") == 1  # nobody asked for what is reported
    assert page.text.count("Consultation close hier.") == 2
    guest = make_member(committee, "Invite", Seat.PERMANENT_GUEST)
    with transaction() as session:
        mandate = session.scalars(db.select(Mandate).where(Mandate.person_id == guest.id)).one()
        mandate.voice = Voice.ADVISORY
    page = signed_in_client(app, guest).get(f"/seances/{meeting.id}")
    assert "Trois départements attendent." in page.text
    assert page.text.count("Consultation close hier.") == 1


def test_the_first_proposals_are_shown_and_the_rest_on_demand(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    for number in range(10, 26):
        group = make_group(f"Groupe {number}", f"groupe-{number}")
        propose_objective(SYSTEM, group_id=group.id, semester="2026-S2", title=f"But {number}")
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    page = client.get(f"/seances/{meeting.id}").text
    assert page.count('name="cle"') == 2 * 15  # to take, and to leave
    assert "Voir tous les points proposés" in page
    whole = client.get(f"/seances/{meeting.id}?proposes=tous").text
    assert whole.count('name="cle"') == 2 * 32
    names = [f"Groupe {number}" for number in range(10, 26)] + [f"But {number}" for number in range(10, 26)]
    assert [one.title for one in queries.list_proposals(meeting).shown] == names
    for most in (1, 15, 16, 17, 20, 31):
        assert [one.title for one in queries.list_proposals(meeting, most).shown] == names[:most]
        assert queries.list_proposals(meeting, most).more
    assert not queries.list_proposals(meeting, 32).more


def test_the_same_title_is_escaped_wherever_it_stands(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    make_group('<i>"Groupe"</i>')
    for _each in range(2):
        add(meeting, '<b>"Un point"</b> à 5 %')
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    page = client.get(f"/seances/{meeting.id}").text
    assert '<b>"Un' not in page
    assert '<i>"Groupe' not in page
    assert 'aria-label="Descendre\u00a0: &lt;b&gt;&#34;Un point&#34;&lt;/b&gt; à 5 %"' in page


def test_a_reserved_item_is_read_by_whoever_votes_presides_or_keeps_the_session(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    add(meeting, "Un point ouvert")
    hidden = add(meeting, "Le contentieux", reserved=True)
    services.revise_item(SYSTEM, hidden.id, title="Le contentieux en cours", minutes=20)
    assert hidden.reserved  # saving its words does not open it
    for seat, voice, reads in (
        (Seat.FULL_MEMBER, Voice.VOTING, True),
        (Seat.SECRETARY, Voice.ADVISORY, True),
        (Seat.PERMANENT_GUEST, Voice.ADVISORY, False),
    ):
        person = make_member(committee, seat.value.title(), seat)
        with transaction() as session:
            session.scalars(db.select(Mandate).filter_by(person_id=person.id)).one().voice = voice
        page = signed_in_client(app, person).get(f"/seances/{meeting.id}")
        assert ("Le contentieux en cours" in page.text) is reads
        assert "Un point ouvert" in page.text
