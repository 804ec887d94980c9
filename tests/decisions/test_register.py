"""The register: who sees what, search, filters, pages, export; the page of an act."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask import Flask

from tests.portfolio.reader import Reader, counted, text_of
from tests.portfolio.scene import Scene, act, concern, decide, hold, make_scene, propose
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.dataset import DEMO, mark
from tnt.core.db import transaction
from tnt.decisions import subjects
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, EffectLine, Nature
from tnt.decisions.services import record_prior_act
from tnt.decisions.subjects import ExecutionLine, Link, register_execution_provider
from tnt.decisions.wiring import translate_line
from tnt.projects.rules import Motion


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def listed(reader: Reader, query: str = "") -> list[str]:
    """The numbers that the register shows, in order."""
    body = reader.get(f"/decisions{query}").get_data(as_text=True)
    return [
        part.split("<")[0] for part in body.split('<th scope="row">')[1:] for part in [part.split(">")[1]]
    ]


def test_nobody_reads_it_without_signing_in(app: Flask, scene: Scene) -> None:
    made = act(hold(scene.coordination, date(2026, 9, 22)))
    for url in ("/decisions", "/decisions/export.csv", f"/decisions/{made.id}"):
        answer = Reader(app).get(url)
        assert answer.status_code == 302
        assert answer.location.startswith("/connexion?next=")


def test_an_empty_register_says_what_comes(app: Flask, scene: Scene) -> None:
    answer = Reader(app, scene.outsider).get("/decisions")
    assert answer.status_code == 200
    assert "Aucune décision n’est encore enregistrée." in text_of(answer)


def test_acts_are_seen_by_state_and_by_seat(app: Flask, scene: Scene) -> None:
    meeting = hold(scene.coordination, date(2026, 9, 22))
    force = act(meeting, "En vigueur", number="CC-2026-T3-01", item_order=1)
    act(meeting, "Rectifiée", number="CC-2026-T3-02", item_order=2, state=ActState.RECTIFIED)
    visa = act(meeting, "Attend", number="CC-2026-T3-03", item_order=3, state=ActState.IN_VISA)
    dropped = act(
        meeting,
        "Sujet délicat",
        wording="Texte retiré au visa.",
        number="CC-2026-T3-04",
        item_order=4,
        state=ActState.CANCELLED,
    )
    ids = (force.id, visa.id, dropped.id)
    member, outsider = Reader(app, scene.member), Reader(app, scene.outsider)
    assert listed(member) == ["CC-2026-T3-04", "CC-2026-T3-03", "CC-2026-T3-02", "CC-2026-T3-01"]
    assert listed(outsider) == ["CC-2026-T3-04", "CC-2026-T3-02", "CC-2026-T3-01"]
    assert [member.get(f"/decisions/{one}").status_code for one in ids] == [200, 200, 200]
    assert [outsider.get(f"/decisions/{one}").status_code for one in ids] == [200, 404, 200]
    assert "En visa" in text_of(member.get("/decisions"))
    # the words of what was dropped at visa are the members'
    for url in ("/decisions", f"/decisions/{dropped.id}", "/decisions/export.csv"):
        seen, unseen = (r.get(url).get_data(as_text=True) for r in (member, outsider))
        assert "Sujet délicat" in seen
        assert "Sujet délicat" not in unseen
        assert "Texte retiré" not in unseen
        assert "CC-2026-T3-04" in unseen
    assert listed(member, "?q=delicat") == ["CC-2026-T3-04"]
    assert listed(outsider, "?q=delicat") == []
    assert listed(outsider, "?q=CC-2026-T3-04") == ["CC-2026-T3-04"]
    assert "n’a produit aucun effet" in text_of(outsider.get(f"/decisions/{dropped.id}"))


@pytest.mark.parametrize("url", ["/decisions/0", "/decisions/999999", "/decisions/99999999999999999999999"])
def test_an_unknown_act_is_absent(app: Flask, scene: Scene, url: str) -> None:
    assert Reader(app, scene.member).get(url).status_code == 404


def test_search_is_by_words_whatever_their_accents(app: Flask, scene: Scene) -> None:
    meeting = hold(scene.coordination, date(2026, 9, 22))
    act(meeting, "Réorientation de l’urbanisme", number="CC-2026-T3-01", wording="L’œuvre commune.")
    act(meeting, "Formation des élus", number="CC-2026-T3-02", wording="Le budget est porté à 100 %.")
    reader = Reader(app, scene.outsider)
    cases = {
        "REORIENTATION": ["CC-2026-T3-01"],
        "réorientation urbanisme": ["CC-2026-T3-01"],
        "oeuvre": ["CC-2026-T3-01"],
        "l'urbanisme": ["CC-2026-T3-01"],
        "T3-02": ["CC-2026-T3-02"],
        "cc-2026-t3-02": ["CC-2026-T3-02"],
        "budget élus": ["CC-2026-T3-02"],
        "budget urbanisme": [],
        "%25": ["CC-2026-T3-02", "CC-2026-T3-01"],  # no word in it: nothing is filtered
        "_": ["CC-2026-T3-02", "CC-2026-T3-01"],
        "zzz": [],
        "a%00b": [],
        "x" * 5000: [],
    }
    assert {query: listed(reader, f"?q={query}") for query in cases} == cases


def test_filters_narrow_the_list_and_stay_in_the_address(app: Flask, scene: Scene) -> None:
    urbanism, elected = propose(scene, "Urbanisme"), propose(scene, "Parcours des élus", 1)
    spring, autumn = hold(scene.coordination, date(2026, 6, 16)), hold(scene.coordination, date(2026, 9, 22))
    created = decide(urbanism, Motion.CREATE, spring)
    other = decide(elected, Motion.CREATE, autumn)
    opinion = act(
        hold(scene.orientation, date(2026, 10, 1)), "Avis", nature=Nature.OPINION, kind=ActKind.GRANT_OPINION
    )
    named = act(autumn, "Objectif", kind=ActKind.ADOPT_OBJECTIVE)
    concern(urbanism, named)
    reader = Reader(app, scene.outsider)
    cases = {
        "comite=orientation": [opinion],
        "comite=coordination": [named, other, created],
        f"groupe={urbanism.id}": [named, created],
        f"groupe={elected.id}": [other],
        "nature=opinion": [opinion],
        "objet=create_group": [other, created],
        "periode=2026-T3": [named, other],
        "periode=2026-S1": [created],
        "periode=2026": [opinion, named, other, created],
        "etat=in_visa": [],
        f"objet=create_group&groupe={urbanism.id}&periode=2026-T2&q=urbanisme": [created],
    }
    wanted = {query: [one.number for one in acts] for query, acts in cases.items()}
    assert {query: listed(reader, f"?{query}") for query in cases} == wanted
    page = reader.get(f"/decisions?objet=create_group&groupe={urbanism.id}").get_data(as_text=True)
    assert f'href="/decisions/export.csv?groupe={urbanism.id}&amp;objet=create_group"' in page
    assert f'href="/decisions?groupe={urbanism.id}"' in page  # the chip takes its own filter away
    assert 'href="/decisions?objet=create_group"' in page
    none = text_of(reader.get("/decisions?etat=in_visa"))
    assert "Aucune décision ne répond à ces filtres." in none


@pytest.mark.parametrize(
    "query", ["groupe=abc", "groupe=9999999999999", "periode=2026-T9", "etat=%00x", "comite=x"]
)
def test_a_filter_that_is_not_offered_is_ignored_and_said(app: Flask, scene: Scene, query: str) -> None:
    group = propose(scene, "Urbanisme")
    made = decide(group, Motion.CREATE, hold(scene.coordination, date(2026, 6, 16)))
    reader = Reader(app, scene.outsider)
    assert listed(reader, f"?{query}") == [made.number]
    assert "n’est pas reconnu et a été ignoré" in text_of(reader.get(f"/decisions?{query}"))


def test_pages_of_thirty_cost_the_same_queries_as_one_line(app: Flask, scene: Scene) -> None:
    meeting = hold(scene.coordination, date(2026, 9, 22))
    group = propose(scene, "Urbanisme")
    first = act(meeting, number="CC-2026-T3-001", item_order=1)
    concern(group, first)
    reader = Reader(app, scene.outsider)
    reader.get("/decisions")
    with counted(app) as alone:
        reader.get("/decisions")
    for order in range(2, 62):
        concern(group, act(meeting, number=f"CC-2026-T3-{order:03d}", item_order=order))
    with counted(app) as many:
        reader.get("/decisions")
    assert len(many) == len(alone)
    assert len(many) <= 9
    assert listed(reader) == [f"CC-2026-T3-{n:03d}" for n in range(61, 31, -1)]
    assert listed(reader, "?page=3") == ["CC-2026-T3-001"]
    assert "31 à 60 sur 61" in text_of(reader.get("/decisions?page=2"))
    assert "Cette page de la liste n’existe pas." in text_of(reader.get("/decisions?page=9"))
    for odd in ("0", "-1", "x", "99999999999999999999", "%C2%B2"):
        assert reader.get(f"/decisions?page={odd}").status_code == 200


def test_the_export_is_the_selection_safe_and_labelled(app: Flask, scene: Scene) -> None:
    meeting = hold(scene.coordination, date(2026, 9, 22))
    act(meeting, "=HYPERLINK(1)", wording="@SUM(A1)", number="CC-2026-T3-01")
    act(meeting, "Autre", number="CC-2026-T3-02", kind=ActKind.NOTE)
    reader = Reader(app, scene.outsider)
    answer = reader.get("/decisions/export.csv?objet=progress_point")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="decisions-2026-11-23.csv"'
    body = answer.get_data().decode("utf-8")
    assert body.startswith("\ufeffNuméro;")
    rows = list(csv.reader(io.StringIO(body.removeprefix("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows] == ["Numéro", "CC-2026-T3-01"]
    assert rows[1][8:10] == ["'=HYPERLINK(1)", "'@SUM(A1)"]
    assert rows[1][6] == "2026-09-22"
    with transaction():
        mark(DEMO)
    labelled = reader.get("/decisions/export.csv").get_data().decode("utf-8")
    assert labelled.splitlines()[0].startswith("\ufeffDonnées de démonstration")


def test_the_page_of_an_act_says_what_it_changed_and_where_it_was_taken(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme")
    meeting = hold(scene.coordination, date(2026, 6, 16))
    created = decide(group, Motion.CREATE, meeting, lead=scene.member)
    text = text_of(Reader(app, scene.outsider).get(f"/decisions/{created.id}"))
    assert "Le groupe « Urbanisme » est « créé » à compter du 16 juin 2026." in text
    assert "La mission du groupe « Urbanisme » est fixée par cet acte." in text
    assert "Claire Membre est responsable du groupe « Urbanisme » à compter du 16 juin 2026." in text
    assert (
        f"16 juin 2026 , point {created.item_order}" in text
        or f"16 juin 2026, point {created.item_order}" in text
    )
    assert "consensus" in text
    assert "Comité de coordination" in text


def test_the_record_is_offered_to_those_who_read_the_session(app: Flask, scene: Scene) -> None:
    meeting = hold(scene.coordination, date(2026, 6, 16))
    made = act(meeting)
    link = f"/seances/{meeting.id}/releve"
    assert link in Reader(app, scene.member).get(f"/decisions/{made.id}").get_data(as_text=True)
    assert link not in Reader(app, scene.outsider).get(f"/decisions/{made.id}").get_data(as_text=True)


def test_opinion_decision_and_rectification_are_linked_both_ways(app: Flask, scene: Scene) -> None:
    opinion = act(hold(scene.orientation, date(2026, 5, 5)), "Avis", nature=Nature.OPINION)
    meeting = hold(scene.coordination, date(2026, 6, 16))
    decision, mending = (
        act(meeting, "Décision"),
        act(hold(scene.coordination, date(2026, 9, 22)), "Rectification"),
    )
    with transaction() as session:
        session.get_one(Act, decision.id).opinion_of_id = opinion.id
        session.get_one(Act, decision.id).state = ActState.RECTIFIED
        session.get_one(Act, mending.id).rectifies_id = decision.id
    reader = Reader(app, scene.outsider)
    of_opinion = text_of(reader.get(f"/decisions/{opinion.id}"))
    assert f"Décision prise sur cet avis {decision.number}" in of_opinion
    of_decision = text_of(reader.get(f"/decisions/{decision.id}"))
    assert f"Pris après l’avis {opinion.number}" in of_decision
    assert f"Rectifié par {mending.number}" in of_decision
    assert f"Rectifie {decision.number}" in text_of(reader.get(f"/decisions/{mending.id}"))


def test_a_rectification_in_visa_is_not_told_to_others(app: Flask, scene: Scene) -> None:
    decision = act(hold(scene.coordination, date(2026, 6, 16)))
    mending = act(hold(scene.coordination, date(2026, 9, 22)), state=ActState.IN_VISA, number="CC-2026-T3-99")
    with transaction() as session:
        session.get_one(Act, mending.id).rectifies_id = decision.id
    url = f"/decisions/{decision.id}"
    assert "CC-2026-T3-99" in Reader(app, scene.member).get(url).get_data(as_text=True)
    assert "CC-2026-T3-99" not in Reader(app, scene.outsider).get(url).get_data(as_text=True)


def test_a_prior_act_says_who_took_it_and_where_it_stands(app: Flask, scene: Scene) -> None:
    made = record_prior_act(
        SYSTEM,
        kind=ActKind.OTHER,
        authority="Ministre de la transformation publiques",
        decided_on=date(2021, 1, 7),
        wording="Le programme est lancé.",
        reference="Instruction n° 6",
        source="Légifrance",
    )
    reader = Reader(app, scene.outsider)
    text = text_of(reader.get(f"/decisions/{made.id}"))
    for said in (
        "Ministre de la transformation publiques",
        "Instruction n° 6",
        "7 janvier 2021",
        "Légifrance",
    ):
        assert said in text
    assert listed(reader, "?nature=prior_act") == ["Instruction n° 6"]
    assert listed(reader, "?q=ministre") == ["Instruction n° 6"]


def test_what_people_typed_is_never_markup(app: Flask, scene: Scene) -> None:
    made = act(
        hold(scene.coordination, date(2026, 6, 16)), "<img src=x onerror=1>", wording="<script>x</script>"
    )
    reader = Reader(app, scene.outsider)
    for url in ("/decisions", f"/decisions/{made.id}", "/decisions?q=%3Cscript%3E"):
        body = reader.get(url).get_data(as_text=True)
        assert "<img src=x" not in body
        assert "<script>" not in body


def test_execution_comes_from_whoever_knows_it(
    app: Flask, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subjects, "_EXECUTION", {})
    made = act(hold(scene.coordination, date(2026, 6, 16)))
    lines = [
        ExecutionLine(
            "Écrire aux préfets", "DINUM", date(2026, 7, 1), "done", date(2026, 6, 30), "Courrier parti"
        ),
        ExecutionLine(
            "Publier le guide", "ANCT", date(2026, 7, 1), "open", link=Link("", "decisions.register")
        ),
    ]
    register_execution_provider("test", lambda _actor, ids: dict.fromkeys(ids, lines))
    text = text_of(Reader(app, scene.outsider).get(f"/decisions/{made.id}"))
    assert "1 sur 2 achevées" in text
    assert "Courrier parti" in text
    assert "En retard" in text


def test_a_decision_dated_ahead_says_so(app: Flask, scene: Scene) -> None:
    made = act(hold(scene.coordination, date(2026, 9, 22)), effective_on=date(2026, 12, 31))
    reader = Reader(app, scene.outsider)
    assert "prend effet le jeudi 31 décembre 2026" in text_of(reader.get(f"/decisions/{made.id}"))
    assert "Prend effet plus tard" in text_of(reader.get("/decisions"))


def test_the_sentence_of_an_effect_writes_its_days_and_words(app: Flask) -> None:
    line = EffectLine(
        "status",
        "« %(group)s » : « %(status)s », %(day)s",
        {"group": "créé", "status": "créé", "day": date(2026, 6, 1)},
    )
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert translate_line(line) == "« créé » : « créé », 1er juin 2026"
        assert clock.today() == date(2026, 11, 23)
