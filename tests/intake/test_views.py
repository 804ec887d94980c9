"""Asking and answering, as a browser meets it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from tests.meetings.factories import make_committee, make_group, make_member, plan
from tests.objectives.factories import appoint
from tests.support import signed_in_client
from tnt.agendas.queries import items_of
from tnt.committees.models import Institution, Seat
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.core.formats import date_long
from tnt.decisions.rules import ActKind
from tnt.intake import services
from tnt.intake.models import DecisionRequest, RequestOrigin, RequestState


def entries() -> list[DecisionRequest]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(DecisionRequest).order_by(DecisionRequest.id)))


def file(committee_id: int, title: str = "Une demande", author_id: int | None = None) -> DecisionRequest:
    return services.file_request(
        SYSTEM,
        committee_id=committee_id,
        origin=RequestOrigin.REQUEST,
        act_kind=ActKind.OTHER,
        title=title,
        author_id=author_id,
    )


def test_a_lead_asks_for_their_own_group_and_follows_it(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    mine, foreign = make_group(), make_group("Agenda", "agenda")
    lead = make_member(other, "Responsable")
    appoint(lead, mine, committee, db.session.scalars(db.select(Institution)).first())
    client = signed_in_client(app, lead)
    page = client.get("/demandes/nouvelle")
    assert "Création d’un groupe projet" in page.text
    form = client.get("/demandes/nouvelle/create_group")
    assert "Urbanisme" in form.text
    assert "Agenda" not in form.text
    typed = {
        "group_id": str(mine.id),
        "mission": "Simplifier les demandes d’urbanisme.",
        "reason": "Les communes le demandent.",
        "minutes": "20",
    }
    refused = client.post("/demandes/nouvelle/create_group", data=typed | {"mission": "court"})
    assert refused.status_code == 422
    assert "Les communes le demandent." in refused.text
    assert entries() == []
    assert (
        client.post("/demandes/nouvelle/create_group", data=typed | {"group_id": str(foreign.id)}).status_code
        == 422
    )
    assert client.post("/demandes/nouvelle/create_group", data=typed).status_code == 303
    (entry,) = entries()
    assert (entry.committee_id, entry.author_id, entry.minutes) == (committee.id, lead.id, 20)
    again = client.post("/demandes/nouvelle/create_group", data=typed)
    assert again.status_code == 422
    assert "attend déjà une décision" in again.text
    page = client.get(f"/demandes/{entry.id}")
    assert page.status_code == 200
    assert "En attente d’une suite" in page.text
    assert "Urbanisme" in client.get("/demandes").text
    assert client.get(f"/demandes/{entry.id}/refuser").status_code == 404


def test_the_secretary_places_refuses_and_redirects(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    meeting = plan(SYSTEM, committee)
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    placed, refused, moved = (
        file(committee.id, title) for title in ("La première", "La deuxième", "La troisième")
    )
    page = client.get("/demandes")
    for title in ("La première", "La deuxième", "La troisième", "Placer au"):
        assert title in page.text
    client.post(f"/seances/{meeting.id}/proposes/ajouter", data={"cle": f"demande-{placed.id}"})
    assert [item.title for item in items_of(meeting.id)] == ["La première"]
    assert "séance du 15" in client.get(f"/demandes/{placed.id}").text

    assert client.get(f"/demandes/{refused.id}/refuser").status_code == 200
    missing = client.post(f"/demandes/{refused.id}/refuser", data={"version": "1", "answer": "non"})
    assert missing.status_code == 422
    answer = {"version": "1", "answer": "Hors du champ du comité."}
    assert client.post(f"/demandes/{refused.id}/refuser", data=answer).status_code == 303
    assert client.post(f"/demandes/{refused.id}/refuser", data=answer).status_code == 422
    late = client.get(f"/demandes/{refused.id}/refuser", follow_redirects=True)
    assert "déjà reçu une suite" in late.text

    over = {"version": "1", "committee_id": str(other.id), "answer": ""}
    assert client.get(f"/demandes/{moved.id}/orienter").status_code == 200
    assert client.post(f"/demandes/{moved.id}/orienter", data=over).status_code == 303
    assert [entry.state for entry in entries()] == [
        RequestState.PLACED,
        RequestState.REFUSED,
        RequestState.REDIRECTED,
        RequestState.PENDING,
    ]


def test_a_member_asks_something_else_and_takes_it_back(app: Flask) -> None:
    committee = make_committee()
    client = signed_in_client(app, make_member(committee, "Membre"))
    assert client.get("/demandes/nouvelle/create_group").status_code == 404
    typed = {
        "committee_id": str(committee.id),
        "title": "Mobiliser l’ANCT",
        "reason": "Il le faut.",
        "minutes": "10",
    }
    empty = client.post("/demandes/nouvelle/autre", data={"committee_id": str(committee.id)})
    assert empty.status_code == 422
    assert empty.text.count('aria-invalid="true"') == 3  # title, reason and minutes, all at once
    meeting = plan(SYSTEM, committee)
    closing = clock.paris_day(meeting.starts_at) - timedelta(days=committee.requests_close_days)
    form = client.get("/demandes/nouvelle/autre").text
    assert date_long(closing) in form
    assert committee.name in form
    assert client.post("/demandes/nouvelle/autre", data=typed).status_code == 303
    assert client.post("/demandes/nouvelle/autre", data=typed).status_code == 422  # sent twice
    (entry,) = entries()
    assert client.get(f"/demandes/{entry.id}/retirer").status_code == 200
    assert client.post(f"/demandes/{entry.id}/retirer", data={"version": "1"}).status_code == 303
    assert entries()[0].state is RequestState.WITHDRAWN


def test_requests_of_another_committee_do_not_exist(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    entry = file(committee.id)
    client = signed_in_client(app, make_member(other, "Autre", Seat.SECRETARY))
    for url in ("", "/refuser", "/orienter", "/retirer"):
        assert client.get(f"/demandes/{entry.id}{url}").status_code == 404
    for url in ("/refuser", "/orienter", "/retirer"):
        data = {"version": "1", "answer": "Hors du champ.", "committee_id": str(other.id)}
        assert client.post(f"/demandes/{entry.id}{url}", data=data).status_code == 404
    meeting = plan(SYSTEM, other)
    client.post(f"/seances/{meeting.id}/proposes/ajouter", data={"cle": f"demande-{entry.id}"})
    assert entries()[0].state is RequestState.PENDING


def test_a_member_may_not_answer(app: Flask) -> None:
    committee = make_committee()
    entry = file(committee.id)
    client = signed_in_client(app, make_member(committee, "Membre"))
    assert client.get(f"/demandes/{entry.id}").status_code == 200
    for url in ("refuser", "orienter", "retirer"):
        data = {"version": "1", "answer": "Hors du champ."}
        assert client.post(f"/demandes/{entry.id}/{url}", data=data).status_code == 404
    assert entries()[0].state is RequestState.PENDING
