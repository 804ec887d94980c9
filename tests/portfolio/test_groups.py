"""The portfolio and a group's page over HTTP: the status of a day, what stands around it, refusals."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.portfolio.reader import Reader, counted, text_of
from tests.portfolio.scene import MISSION, Scene, act, concern, decide, hold, make_scene, propose, report
from tnt.actions.models import Action
from tnt.core import clock
from tnt.core.dataset import DEMO, mark
from tnt.core.db import db, transaction
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind
from tnt.objectives.models import ObjectiveEvent, SemesterObjective
from tnt.objectives.rules import ObjectiveMotionKind, Score
from tnt.projects.models import ProjectGroup
from tnt.projects.rules import Motion, StopKind
from tnt.reports.models import Confidence


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def names(reader: Reader, query: str = "") -> list[str]:
    """The groups that the portfolio shows, in order."""
    body = reader.get(f"/groupes{query}").get_data(as_text=True)
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', body)


def line(reader: Reader, name: str, query: str = "") -> str:
    """What one reads on a group's line."""
    body = reader.get(f"/groupes{query}").get_data(as_text=True)
    row = next(part for part in body.split("<tr>") if f">{name}</a>" in part).split("</tr>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()


def adopt(
    group: ProjectGroup, made: Act, title: str, semester: str, score: tuple[Act, Score] | None = None
) -> None:
    """An objective adopted by an act, and scored by another one if given."""
    with transaction() as session:
        objective = SemesterObjective(
            group_id=group.id, semester=semester, title=title, created_at=clock.now()
        )
        session.add(objective)
        session.flush()
        session.add(
            ObjectiveEvent(
                objective_id=objective.id,
                act_id=made.id,
                kind=ObjectiveMotionKind.ADOPT,
                recorded_at=clock.now(),
            )
        )
        if score:
            session.add(
                ObjectiveEvent(
                    objective_id=objective.id,
                    act_id=score[0].id,
                    kind=ObjectiveMotionKind.SCORE,
                    score=score[1],
                    recorded_at=clock.now(),
                )
            )


def test_nobody_reads_it_without_signing_in(app: Flask, scene: Scene) -> None:
    propose(scene, "Urbanisme")
    for url in ("/groupes", "/groupes/export.csv", "/groupes/urbanisme", "/groupes/proposer"):
        assert Reader(app).get(url).status_code == 302


def test_an_empty_programme_says_what_to_do(app: Flask, scene: Scene) -> None:
    page = Reader(app, scene.outsider).get("/groupes")
    assert page.status_code == 200
    assert "Aucun groupe projet pour l’instant." in text_of(page)
    assert "/groupes/proposer" not in page.get_data(as_text=True)
    assert "/groupes/proposer" in Reader(app, scene.secretary).get("/groupes").get_data(as_text=True)


def test_the_status_is_the_last_decision_in_force_on_the_day(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme", created_on=date(2025, 1, 5))
    created = decide(group, Motion.CREATE, hold(scene.coordination, date(2025, 3, 11)))
    continued = decide(group, Motion.CONTINUE, hold(scene.coordination, date(2026, 6, 16)))
    decide(
        group,
        Motion.STOP,
        hold(scene.coordination, date(2026, 9, 22)),
        stop_kind=StopKind.ACHIEVED,
        effective_on=date(2026, 12, 31),
    )
    reader = Reader(app, scene.outsider)
    wanted = {
        "2025-01-04": None,
        "2025-01-05": "Proposé",
        "2025-03-10": "Proposé",
        "2025-03-11": f"Créé {created.number}",
        "2026-06-15": f"Créé {created.number}",
        "2026-06-16": f"Poursuivi {continued.number}",
        "2026-11-23": f"Poursuivi {continued.number}",
        "2026-12-30": f"Poursuivi {continued.number}",
        "2026-12-31": "Achevé",
    }
    for day, status in wanted.items():
        if status is None:
            assert names(reader, f"?au={day}") == []
            assert "Aucun groupe projet n’existait à cette date." in text_of(reader.get(f"/groupes?au={day}"))
        else:
            assert status in line(reader, "Urbanisme", f"?au={day}"), day
            badge = status.split()[0]
            assert badge in text_of(reader.get(f"/groupes/urbanisme?au={day}")).split("Mission")[0], day
    assert f"Poursuivi {continued.number}" in line(reader, "Urbanisme")
    past = text_of(reader.get("/groupes?au=2025-06-30"))
    assert "Situation au lundi 30 juin 2025, par date d’effet" in past
    assert "Revenir à aujourd’hui" in past
    assert "d’après les seules décisions déjà prises" in text_of(reader.get("/groupes?au=2027-01-01"))
    assert "Situation au" not in text_of(reader.get("/groupes?au=2026-11-23")).replace(
        "Situation au Chantier", ""
    )


@pytest.mark.parametrize(
    "text", ["demain", "2025-02-30", "30/06/2025", "0001-01-01", "%00x", "%3Cscript%3E", "2025-06-30x"]
)
@pytest.mark.parametrize("url", ["/groupes", "/groupes/urbanisme"])
def test_a_bad_day_is_said_beside_its_field(app: Flask, scene: Scene, url: str, text: str) -> None:
    propose(scene, "Urbanisme")
    page = Reader(app, scene.outsider).get(f"{url}?au={text}")
    said = text_of(page)
    assert page.status_code == 422
    assert "n’est pas une date" in said or "Indiquez une date entre 2000 et 2100." in said
    assert "La date demandée n’a pas été comprise : la situation d’aujourd’hui est affichée." in said
    assert "Urbanisme" in said
    assert "<script>" not in page.get_data(as_text=True)


def test_a_bad_day_refuses_the_export(app: Flask, scene: Scene) -> None:
    page = Reader(app, scene.outsider).get("/groupes/export.csv?au=demain")
    assert page.status_code == 422
    assert "n’est pas une date" in text_of(page)


def test_what_stands_around_the_status(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme")
    spring = hold(scene.coordination, date(2026, 3, 10))
    decide(group, Motion.CREATE, spring, lead=scene.member)
    autumn = hold(scene.coordination, date(2026, 9, 22))
    report(group, date(2026, 9, 1), Confidence.SUN)
    report(group, date(2026, 10, 1), Confidence.STORM)
    report(group, date(2026, 10, 1), Confidence.CLOUD, "Réorienter l’appui.")
    for title in ("Communes", "Instructeurs", "Guide"):
        adopt(group, act(autumn, title, kind=ActKind.ADOPT_OBJECTIVE), title, "2026-S2")
    scored = act(autumn, "Score", kind=ActKind.SCORE_OBJECTIVE)
    adopt(
        group, act(spring, "Vieux", kind=ActKind.ADOPT_OBJECTIVE), "Vieux", "2026-S1", (scored, Score.REACHED)
    )
    reader = Reader(app, scene.outsider)
    now = line(reader, "Urbanisme")
    for said in (
        "Arbitrage demandé",
        "Appuis nécessaires en baisse",
        "1er oct. 2026 ancien",
        "3 adoptés",
        "Claire Membre, DINUM",
    ):
        assert said in now
    before = line(reader, "Urbanisme", "?au=2026-09-02")
    assert "Objectifs sécurisés" in before
    assert "Arbitrage" not in before
    assert "ancien" not in before
    assert "adopt" not in before
    assert "aucun" in line(reader, "Urbanisme", "?au=2026-06-30")  # scored in September only
    assert "Proposé" in line(reader, "Urbanisme", "?au=2026-03-09")


def test_scored_objectives_are_counted(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme")
    meeting = hold(scene.coordination, date(2026, 9, 22))
    decide(group, Motion.CREATE, meeting)
    for title, score in (("Un", Score.REACHED), ("Deux", Score.PARTLY)):
        adopted, scored = (act(meeting, title, kind=ActKind.ADOPT_OBJECTIVE) for _ in range(2))
        adopt(group, adopted, title, "2026-S2", (scored, score))
    assert "1 sur 2 atteints" in line(Reader(app, scene.outsider), "Urbanisme")


def test_filters_and_order(app: Flask, scene: Scene) -> None:
    meeting = hold(scene.coordination, date(2026, 3, 10))
    for name, stream in (("Zonage", 0), ("Urbanisme", 0), ("Parcours des élus", 1)):
        propose(scene, name, stream)
    stopped = propose(scene, "Guichet", 1)
    decide(stopped, Motion.CREATE, meeting)
    decide(stopped, Motion.STOP, hold(scene.coordination, date(2026, 6, 16)), stop_kind=StopKind.MERGED)
    reader = Reader(app, scene.outsider)
    assert names(reader) == ["Urbanisme", "Zonage", "Guichet", "Parcours des élus"]
    assert names(reader, "?chantier=elus") == ["Guichet", "Parcours des élus"]
    assert names(reader, "?statut=arretes") == ["Guichet"]
    assert names(reader, "?statut=actifs") == []
    assert names(reader, "?statut=actifs&au=2026-04-01") == ["Guichet"]
    assert names(reader, "?statut=proposes&chantier=urbanisme") == ["Urbanisme", "Zonage"]
    assert names(reader, "?statut=nimporte&chantier=%00") == names(reader)
    assert "Aucun groupe ne répond à ces filtres." in text_of(reader.get("/groupes?statut=actifs"))


def test_the_export_is_the_selection_of_the_day(app: Flask, scene: Scene) -> None:
    group = propose(scene, "=Urbanisme")
    propose(scene, "Parcours des élus", 1)
    created = decide(group, Motion.CREATE, hold(scene.coordination, date(2026, 3, 10)))
    reader = Reader(app, scene.outsider)
    answer = reader.get("/groupes/export.csv?au=2026-06-30&chantier=urbanisme")
    body = answer.get_data().decode("utf-8").removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(body), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][:6] == [
        "2026-06-30",
        "Dématérialisation de l’urbanisme",
        "'=Urbanisme",
        "créé",
        created.number,
        "2026-03-10",
    ]
    with transaction():
        mark(DEMO)
    assert "démonstration" in reader.get("/groupes/export.csv").get_data().decode("utf-8").splitlines()[0]


def test_many_groups_cost_the_same_queries_as_one(app: Flask, scene: Scene) -> None:
    meeting = hold(scene.coordination, date(2026, 3, 10))
    reader = Reader(app, scene.outsider)

    def one_more(rank: int) -> None:
        group = propose(scene, f"Groupe {rank:02d}", rank % 2)
        decide(group, Motion.CREATE, meeting)
        report(group, date(2026, 11, 1), Confidence.SUN)
        adopt(group, act(meeting), "Objectif", "2026-S2")

    one_more(0)
    reader.get("/groupes")
    reader.get("/groupes/groupe-00")
    with counted(app) as alone:
        reader.get("/groupes")
    with counted(app) as sheet_alone:
        reader.get("/groupes/groupe-00")
    for rank in range(1, 30):
        one_more(rank)
    long_lived = db.session.scalar(db.select(ProjectGroup).where(ProjectGroup.slug == "groupe-00"))
    assert long_lived is not None
    for month in range(4, 11):
        decide(long_lived, Motion.CONTINUE, hold(scene.coordination, date(2026, month, 2)))
        report(long_lived, date(2026, month, 3), Confidence.CLOUD)
        adopt(long_lived, act(meeting), f"Objectif {month}", "2026-S2")
    with counted(app) as many:
        reader.get("/groupes")
    with counted(app) as sheet:
        reader.get("/groupes/groupe-00")
    assert len(many) == len(alone)
    assert len(many) <= 10  # four of the page, the others of every request
    assert len(sheet) == len(sheet_alone) <= 10


@pytest.mark.parametrize("slug", ["inconnu", "%00", "a'b", "URBANISME", "x" * 500])
def test_an_unknown_group_is_absent(app: Flask, scene: Scene, slug: str) -> None:
    propose(scene, "Urbanisme")
    assert Reader(app, scene.outsider).get(f"/groupes/{slug}").status_code == 404


def test_the_page_of_a_group_tells_its_story(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme")
    first = hold(scene.coordination, date(2026, 3, 10))
    created = decide(group, Motion.CREATE, first, lead=scene.member)
    second = hold(scene.coordination, date(2026, 6, 16))
    reoriented = decide(group, Motion.REORIENT, second, mission="Appuyer les petites communes.")
    named = act(second, "Objectif du second semestre", kind=ActKind.ADOPT_OBJECTIVE)
    concern(group, named)
    report(group, date(2026, 11, 10), Confidence.CLOUD, "Réorienter l’appui.")
    report(group, date(2026, 9, 10), Confidence.SUN)
    with transaction() as session:
        session.add(
            Action(
                committee_id=scene.coordination.id,
                act_id=reoriented.id,
                title="Publier le guide",
                owner_id=scene.member.id,
                due_on=date(2026, 11, 1),
                created_at=clock.now(),
            )
        )
    page = Reader(app, scene.member).get("/groupes/urbanisme")
    body, said = page.get_data(as_text=True), text_of(page)
    for sentence in (
        f"Réorienté par la décision {reoriented.number}",
        "séance du 16 juin 2026",
        "Appuyer les petites communes.",
        f"Mission : {MISSION}",
        "Motif : Les besoins ont changé.",
        "Claire Membre (DINUM) en devient responsable.",
        "Objectif du second semestre",
        "Point d’avancement du 10 novembre 2026",
        "Réorienter l’appui.",
        "310 communes raccordées.",
        "Publier le guide",
        "En retard",
    ):
        assert sentence in said, sentence
    assert said.index("Publier le guide") > said.index("Histoire")
    story = said[said.index("Histoire") :]
    dates = ["10 novembre 2026", "10 septembre 2026", "16 juin 2026", "10 mars 2026"]
    assert [story.index(day) for day in dates] == sorted(story.index(day) for day in dates)
    assert story.index("Réorienté") < story.index("Créé")
    assert f'href="/decisions/{created.id}"' in body
    assert f'href="/seances/{second.id}"' in body
    assert f'href="/seances/{second.id}/releve"' in body
    outside = Reader(app, scene.outsider).get("/groupes/urbanisme").get_data(as_text=True)
    assert f'href="/seances/{second.id}"' not in outside
    assert f'href="/seances/{second.id}/releve"' not in outside
    earlier = text_of(Reader(app, scene.outsider).get("/groupes/urbanisme?au=2026-04-01"))
    assert MISSION in earlier
    assert "Appuyer les petites communes." not in earlier
    assert "Objectif du second semestre" not in earlier
    assert "310 communes" not in earlier


def test_a_stop_dated_ahead_is_announced(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme")
    decide(group, Motion.CREATE, hold(scene.coordination, date(2026, 3, 10)))
    decide(
        group,
        Motion.STOP,
        hold(scene.coordination, date(2026, 9, 22)),
        stop_kind=StopKind.ACHIEVED,
        effective_on=date(2026, 12, 31),
    )
    said = text_of(Reader(app, scene.outsider).get("/groupes/urbanisme"))
    assert "Achevé à compter du 31 décembre 2026" in said
    assert "Prend effet plus tard" in said


def test_the_lead_is_offered_what_a_lead_does(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme")
    decide(group, Motion.CREATE, hold(scene.coordination, date(2026, 3, 10)), lead=scene.outsider)
    link = "/groupes/urbanisme/point-avancement"
    assert link in Reader(app, scene.outsider).get("/groupes/urbanisme").get_data(as_text=True)
    assert link not in Reader(app, scene.member).get("/groupes/urbanisme").get_data(as_text=True)


def test_a_lead_and_the_secretary_propose_a_group_and_nobody_else(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme")
    decide(group, Motion.CREATE, hold(scene.coordination, date(2026, 3, 10)), lead=scene.outsider)
    stream = str(scene.streams[1].id)
    typed = {
        "name": "Parcours des cadres",
        "workstream_id": stream,
        "mission": "Former les cadres dirigeants.",
    }
    assert Reader(app, scene.member).post("/groupes/proposer", **typed).status_code == 404
    done = Reader(app, scene.outsider).post("/groupes/proposer", **typed)
    assert (done.status_code, done.location) == (303, "/groupes/parcours-des-cadres")
    again = Reader(app, scene.secretary).post("/groupes/proposer", **typed)
    assert again.status_code == 422
    assert "Un groupe porte déjà ce nom." in text_of(again)
    assert "Former les cadres dirigeants." in again.get_data(as_text=True)
    shown = text_of(Reader(app, scene.member).get("/groupes/parcours-des-cadres"))
    assert "aucune décision ne l’a encore créé" in shown
    assert "Mission proposée" in shown


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Indiquez le nom du groupe."),
        ({"name": "x" * 161}, "De 3 à 160 caractères."),
        ({"workstream_id": ""}, "Choisissez le chantier du groupe."),
        ({"workstream_id": "99999"}, ""),
        ({"workstream_id": "1; DROP TABLE"}, ""),
        ({"mission": "court"}, "De 10 à 5 000 caractères."),
        ({"follows_id": "99999"}, ""),
    ],
)
def test_a_bad_proposal_keeps_what_was_typed(
    app: Flask, scene: Scene, changed: dict[str, str], sentence: str
) -> None:
    typed = {
        "name": "Parcours des cadres",
        "workstream_id": str(scene.streams[0].id),
        "mission": "Former les cadres dirigeants.",
        **changed,
    }
    answer = Reader(app, scene.secretary).post("/groupes/proposer", **typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert typed["mission"] in answer.get_data(as_text=True)
    assert db.session.scalars(db.select(ProjectGroup)).all() == []


def test_nul_signs_are_dropped(app: Flask, scene: Scene) -> None:
    typed = {
        "name": "Par\x00cours",
        "workstream_id": str(scene.streams[0].id),
        "mission": "Former \x00 les cadres.",
    }
    answer = Reader(app, scene.secretary).post("/groupes/proposer", **typed)
    assert (answer.status_code, answer.location) == (303, "/groupes/parcours")


def test_what_people_typed_is_never_markup(app: Flask, scene: Scene) -> None:
    group = propose(scene, "<img src=x onerror=alert(1)>")
    made = decide(
        group, Motion.CREATE, hold(scene.coordination, date(2026, 3, 10)), mission="<script>alert(1)</script>"
    )
    report(group, date(2026, 11, 1), Confidence.SUN, "<script>alert(2)</script>")
    reader = Reader(app, scene.member)
    for url in ("/groupes", f"/groupes/{group.slug}", f"/decisions/{made.id}", "/decisions"):
        body = reader.get(url).get_data(as_text=True)
        assert "<img src=x" not in body
        assert "<script>alert" not in body


def test_the_rights_of_a_lead_end_with_the_leadership(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme")
    decide(group, Motion.CREATE, hold(scene.coordination, date(2026, 3, 10)), lead=scene.outsider)
    stop = hold(scene.coordination, date(2026, 11, 20))
    assert Reader(app, scene.outsider).get("/groupes/proposer").status_code == 200
    decide(group, Motion.STOP, stop, stop_kind=StopKind.ACHIEVED)
    assert clock.today() - date(2026, 11, 20) == timedelta(days=3)
    assert Reader(app, scene.outsider).get("/groupes/proposer").status_code == 404
