"""Packs built, sent, completed: one build for two askings, what was sent never changes, who is told."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from flask import Flask
from odfdo import Document as Reader
from pypdf import PdfReader
from sqlalchemy import func, select

from tests.core import pdfs
from tests.packs.scene import (
    DOCX,
    SCAN,
    TAGGED,
    Scene,
    add_paper,
    built,
    content_of,
    convened,
    item_ids,
    later,
    names_in,
    replace_paper,
    sent,
    set_scene,
    with_agenda,
)
from tnt.agendas import services as agendas
from tnt.agendas.models import AgendaItem, AgendaSection
from tnt.agendas.rules import ItemKind
from tnt.committees.models import Mandate, Voice
from tnt.convocations import services as convocations
from tnt.core import blobs, clock, journal, outbox, tasks
from tnt.core.blobs import Blob
from tnt.core.claims import ClaimLost
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound
from tnt.core.pdf_merge import bench
from tnt.core.tasks import Task
from tnt.decisions.rules import ActKind
from tnt.intake.rules import RequestOrigin
from tnt.intake.services import file_request
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.meetings.rules import NotTheSecretary
from tnt.packs import documents, jobs, queries, rules, services
from tnt.packs.models import Pack
from tnt.packs.rules import FileKind, PackState
from tnt.papers.models import PaperVersion
from tnt.papers.queries import list_papers
from tnt.papers.rules import PaperState


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def words_of(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def set_item(item_id: int, **values: Any) -> None:
    with transaction() as session:
        for name, value in values.items():
            setattr(session.get_one(AgendaItem, item_id), name, value)


def mails() -> list[tuple[str, str]]:
    found = db.session.execute(
        select(outbox.OutboxMessage.to_address, outbox.OutboxMessage.text)
        .where(outbox.OutboxMessage.kind == services.MAIL_KIND)
        .order_by(outbox.OutboxMessage.id)
    )
    return [(row[0].partition("@")[0], row[1]) for row in found]


def test_a_pack_reads_in_order_with_its_papers(scene: Scene) -> None:
    meeting_id = convened(scene)
    first, second = item_ids(meeting_id)
    add_paper(first, SCAN, title="Plan des communes")
    add_paper(second, TAGGED, title="Note balisée")
    add_paper(second, b"PK\x03\x04 docx", title="Tableau", media_type=DOCX)
    add_paper(second, pdfs.locked(), title="Fermée")
    pack = built(scene, meeting_id)
    assert (pack.state, pack.number, len(pack.files)) == (PackState.BUILT, 0, 3)
    words = words_of(content_of(pack))
    told = [
        "Dossier de séance",
        "Sommaire",
        "Convocation Le Comité de coordination",
        "Relevé de décisions précédent C’est la première séance",
        "Suites données",
        "Groupes projet",
        "Points à l’ordre du jour",
        "Scan 1",
        "Scan 2",
        "Texte balise.",
        "Pièces incluses mais non accessibles",
        "Pièces jointes en annexe",
        "Fermée fichier protégé par un mot de passe",
    ]
    place = 0
    for part in told:
        assert part in words[place:], part
        place = words.index(part, place)
    pages = len(PdfReader(io.BytesIO(content_of(pack))).pages)
    assert [each.pages for each in pack.files if each.kind is FileKind.PDF] == [pages]
    assert f"{pages} / {pages}" in words
    headers = [h.inner_text for h in Reader(io.BytesIO(content_of(pack, FileKind.ODT))).body.headers]
    assert headers[0] == "Convocation"
    assert headers[-1] == "Pièces"
    assert names_in(content_of(pack, FileKind.ZIP))[2:] == [
        "01-Urbanisme-create/1.1-Plan-des-communes.pdf",
        "02-Point-davancement/2.1-Note-balisee.pdf",
        "02-Point-davancement/2.2-Tableau.docx",
        "02-Point-davancement/2.3-Fermee.pdf",
    ]


def test_what_is_not_validated_stays_out_and_is_said_to_miss(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    add_paper(item_ids(meeting_id)[0], SCAN, title="Reçue", state=PaperState.RECEIVED)
    assert "Reçue" not in words_of(content_of(built(scene, meeting_id)))
    assert [line.title for line in queries.awaited_papers(meeting_id)] == ["Reçue"]


def test_a_pdf_that_is_not_put_in_is_not_said_to_be_something_else(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    paper_id = add_paper(item_ids(meeting_id)[0], SCAN, title="Formulaire")
    add_paper(item_ids(meeting_id)[0], b"PK", title="Tableau", media_type=DOCX)
    with transaction() as session:
        session.scalars(select(PaperVersion).filter_by(paper_id=paper_id)).one().mergeable = False
    words = words_of(content_of(built(scene, meeting_id)))
    assert "Formulaire fichier que nos outils n’assemblent pas" in words
    assert "Tableau ce n’est pas un PDF" in words


def test_reserved_items_and_papers_are_in_a_variant_of_their_own(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    first, second = item_ids(meeting_id)
    set_item(first, reserved=True, title="Affaire secrète")
    add_paper(first, SCAN, title="Plan secret")
    add_paper(second, pdfs.scan(words="Cache"), title="Note cachée", reserved=True)
    pack = built(scene, meeting_id)
    assert len(pack.files) == 6
    for kind in (FileKind.PDF, FileKind.ODT, FileKind.ZIP):
        common, whole = content_of(pack, kind), content_of(pack, kind, reserved=True)
        if kind is FileKind.PDF:
            assert not re.search(r"secrète|secret\b|cachée|Cache|Scan", words_of(common))
            assert re.search(r"Affaire secrète.*Scan 1.*Note cachée.*Cache 1", words_of(whole))
        elif kind is FileKind.ZIP:
            assert (len(names_in(common)), len(names_in(whole))) == (2, 4)
        else:
            assert "secret" not in Reader(io.BytesIO(common)).get_formatted_text()


def test_asked_twice_at_once_is_built_once(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    actor = scene.actor(scene.secretary)
    first = services.ask_for_preview(actor, meeting_id)
    entries = journal.count()
    assert services.ask_for_preview(actor, meeting_id) == first
    assert journal.count() == entries
    assert db.session.scalar(select(func.count(Task.id)).where(Task.kind == services.TASK_KIND)) == 1
    assert (jobs.build_due(), jobs.build_due()) == (1, 0)


def test_other_tasks_do_not_wait_for_a_pack(scene: Scene) -> None:
    services.ask_for_preview(scene.actor(scene.secretary), with_agenda(scene))
    assert tasks.run_due() == 0


def test_a_new_preview_replaces_the_old_one_and_its_bytes(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    old = {each.sha256 for each in built(scene, meeting_id).files}
    set_item(item_ids(meeting_id)[0], title="Autre intitulé du point")
    new = {each.sha256 for each in built(scene, meeting_id).files}
    assert not old & new
    kept = set(db.session.scalars(select(Blob.sha256)))
    assert new <= kept
    assert not old & kept


def test_a_preview_joined_as_a_paper_keeps_its_bytes(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    first, _ = item_ids(meeting_id)
    content = content_of(built(scene, meeting_id))
    add_paper(first, content, title="Aperçu d’hier")
    again = built(scene, meeting_id)
    assert again.state is PackState.BUILT
    assert content in {blobs.read(paper.sha256) for paper in list_papers(meeting_id, reserved=True)}


def test_a_preview_whose_reason_was_undone_is_dropped_with_its_bytes(scene: Scene) -> None:
    meeting_id = convened(scene)
    sent(scene, meeting_id)
    kept = set(db.session.scalars(select(Blob.sha256)))
    set_item(item_ids(meeting_id)[1], title="Intitulé revu")
    built(scene, meeting_id)
    set_item(item_ids(meeting_id)[1], title="Point d’avancement")
    actor = scene.actor(scene.secretary)
    assert services.ask_for_preview(actor, meeting_id) is None
    assert [pack.number for pack in queries.packs_of(meeting_id)] == [0]
    assert set(db.session.scalars(select(Blob.sha256))) == kept
    with pytest.raises(rules.NothingNew):
        services.ask_for_preview(actor, meeting_id)


def test_the_same_data_gives_the_same_files(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    add_paper(item_ids(meeting_id)[0], SCAN)
    first = [each.sha256 for each in built(scene, meeting_id).files]
    assert [each.sha256 for each in built(scene, meeting_id).files] == first


def test_a_build_killed_midway_is_started_again_and_leaves_nothing_half_done(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting_id = with_agenda(scene)
    services.ask_for_preview(scene.actor(scene.secretary), meeting_id)

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(documents, "archive", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.build_due()
    db.session.rollback()
    (pack,) = queries.packs_of(meeting_id)
    assert (pack.state, pack.files, pack.content_sha256) == (PackState.QUEUED, [], None)
    assert jobs.build_due() == 0  # the dead worker still holds it
    later(seconds=tasks.CLAIM_SECONDS + 1)
    assert jobs.build_due() == 1
    db.session.expire_all()
    (pack,) = queries.packs_of(meeting_id)
    assert (pack.state, len(pack.files)) == (PackState.BUILT, 3)


def test_a_worker_that_was_taken_over_writes_nothing(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    pack = services.ask_for_preview(scene.actor(scene.secretary), meeting_id)
    assert pack is not None
    task = tasks.find(pack.task_key)
    assert task is not None
    stale = tasks.Handle(task.id, task.claim_token - 1)
    with pytest.raises(ClaimLost):
        jobs.build({"pack_id": pack.id, "build": 1}, stale)
    db.session.rollback()
    assert queries.packs_of(meeting_id)[0].files == []


def test_a_preview_that_was_overtaken_is_dropped(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    actor = scene.actor(scene.secretary)
    services.ask_for_preview(actor, meeting_id)
    later(hours=1)
    services.ask_for_preview(actor, meeting_id)
    assert jobs.build_due() == 2
    db.session.expire_all()
    (pack,) = queries.packs_of(meeting_id)
    assert (pack.build, pack.state) == (2, PackState.BUILT)


def test_a_paper_that_breaks_the_assembly_becomes_an_annex(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    first, _ = item_ids(meeting_id)
    paper_id = add_paper(first, SCAN, title="Piégée")
    add_paper(first, pdfs.scan(words="Saine"), title="Saine")
    pack = built(scene, meeting_id)
    content = queries.snapshot_of(pack)
    with bench() as papers:
        for paper in (paper for item in content["items"] for paper in item["papers"]):
            broken = paper["id"] == paper_id
            papers.lay(str(paper["id"]), pdfs.BROKEN if broken else blobs.read(paper["sha256"]))
        made = documents.make(content, papers, blobs.read, lambda _percent: None)
    words = words_of(made[0].content)
    assert "Saine 1" in words
    assert "Scan 1" not in words
    assert "Piégée fichier que nos outils n’assemblent pas" in words


def test_sent_is_frozen_and_told_to_the_members(scene: Scene) -> None:
    meeting_id = convened(scene)
    pack = sent(scene, meeting_id)
    (entry,) = db.session.scalars(
        select(journal.JournalEntry).where(journal.JournalEntry.action == "pack.send")
    )
    assert entry.detail is not None
    (pdf_file,) = [each for each in pack.files if each.kind is FileKind.PDF]
    assert entry.detail.payload["after"]["pdf"] == [pdf_file.sha256]
    assert (pack.state, pack.recipients, pack.sent_at) == (PackState.SENT, 4, clock.now())
    assert sorted(name for name, _ in mails()) == ["chair", "member", "second_chair", "secretary"]
    assert f"/seances/{meeting_id}/dossier" in mails()[0][1]
    with pytest.raises(rules.AlreadySent):
        services.send(scene.actor(scene.secretary), meeting_id, chosen=pack.content_sha256 or "")
    with pytest.raises(rules.NothingNew):
        services.ask_for_preview(scene.actor(scene.secretary), meeting_id)
    assert len(mails()) == 4


def test_what_changed_since_the_preview_is_not_sent(scene: Scene) -> None:
    meeting_id = convened(scene)
    chosen = built(scene, meeting_id).content_sha256 or ""
    add_paper(item_ids(meeting_id)[0], SCAN)
    with pytest.raises(rules.PackOutdated):
        services.send(scene.actor(scene.secretary), meeting_id, chosen=chosen)
    newer = built(scene, meeting_id)
    assert newer.content_sha256 != chosen
    with pytest.raises(rules.PreviewChanged):
        services.send(scene.actor(scene.secretary), meeting_id, chosen=chosen)
    assert mails() == []


def test_a_session_that_is_not_convened_has_previews_only(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    chosen = built(scene, meeting_id).content_sha256 or ""
    with pytest.raises(rules.NotConvenedYet):
        services.send(scene.actor(scene.secretary), meeting_id, chosen=chosen)


def test_a_preview_built_before_the_convocation_is_built_again(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    chosen = built(scene, meeting_id).content_sha256 or ""
    actor = scene.actor(scene.secretary)
    convocations.convene(actor, meeting_id)
    with pytest.raises(rules.PackOutdated):
        services.send(actor, meeting_id, chosen=chosen)
    assert "envoyée le" in words_of(content_of(sent(scene, meeting_id)))


@pytest.mark.parametrize("change", [{"minutes": 55}, {"rapporteur": True}, {"section": "Vie du programme"}])
def test_whatever_an_item_prints_makes_a_preview_stale(scene: Scene, change: dict[str, Any]) -> None:
    meeting_id = convened(scene)
    chosen = built(scene, meeting_id).content_sha256 or ""
    with transaction() as session:
        if "rapporteur" in change:
            change = {"rapporteur_id": scene.member}
        elif "section" in change:
            section = AgendaSection(meeting_id=meeting_id, position=1, title=change["section"])
            session.add(section)
            session.flush()
            change = {"section_id": section.id}
        set_item(item_ids(meeting_id)[0], **change)
    with pytest.raises(rules.PackOutdated):
        services.send(scene.actor(scene.secretary), meeting_id, chosen=chosen)


def test_supplements_are_numbered_and_the_pack_never_changes(scene: Scene) -> None:
    meeting_id = convened(scene)
    first, second = item_ids(meeting_id)
    paper_id = add_paper(first, SCAN, title="Plan")
    before = {each.sha256 for each in sent(scene, meeting_id).files}
    replace_paper(paper_id, pdfs.scan(words="Nouvelle"))
    one = sent(scene, meeting_id)
    set_item(second, title="Intitulé revu")
    add_paper(second, TAGGED, title="Ajoutée")
    two = sent(scene, meeting_id)
    assert (one.number, two.number) == (1, 2)
    pack = queries.packs_of(meeting_id)[0]
    assert {each.sha256 for each in pack.files} == before
    for each in pack.files:
        assert blobs.get(each.sha256).size == each.size
    words = words_of(content_of(one))
    assert "nouvelle version de la pièce « Plan »" in words
    assert "Nouvelle 1" in words
    assert "A1-1 / A1-" in words
    words = words_of(content_of(two))
    assert "Texte balise." in words
    assert "Nouvelle 1" not in words
    assert "désormais « Intitulé revu »" in words
    assert names_in(content_of(two, FileKind.ZIP))[0].startswith("additif-2-CC-")
    last = [text for name, text in mails() if name == "member"][-1]
    assert re.search(r"désormais «\sIntitulé revu\s»", last)
    assert "Plan" not in last


def test_a_supplement_goes_to_those_concerned(scene: Scene) -> None:
    with transaction() as session:
        wanted = select(Mandate).where(Mandate.person_id == scene.member)
        session.scalars(wanted).one().voice = Voice.ADVISORY
    meeting_id = convened(scene)
    sent(scene, meeting_id)
    already = len(mails())
    add_paper(item_ids(meeting_id)[0], SCAN, title="Pièce réservée", reserved=True)
    sent(scene, meeting_id)
    assert sorted(name for name, _ in mails()[already:]) == ["chair", "second_chair", "secretary"]
    add_paper(item_ids(meeting_id)[0], TAGGED, title="Pièce ouverte")
    add_paper(item_ids(meeting_id)[1], pdfs.scan(3), title="Autre réservée", reserved=True)
    sent(scene, meeting_id)
    (told,) = [text for name, text in mails()[already:] if name == "member"]
    assert "Pièce ouverte" in told
    assert "réservée" not in told


def test_what_is_no_longer_reserved_reaches_everybody(scene: Scene) -> None:
    meeting_id = convened(scene)
    first, _ = item_ids(meeting_id)
    set_item(first, reserved=True, title="Affaire ouverte")
    add_paper(first, SCAN, title="Plan")
    sent(scene, meeting_id)
    set_item(first, reserved=False)
    words = words_of(content_of(sent(scene, meeting_id)))
    assert re.search(r"« Affaire ouverte » : n’est plus réservé.*Scan 1", words)
    assert "n’est plus réservé" in mails()[-1][1]


def test_a_supplement_about_what_is_reserved_has_no_file_for_everybody(scene: Scene) -> None:
    meeting_id = convened(scene)
    first, second = item_ids(meeting_id)
    sent(scene, meeting_id)
    add_paper(first, SCAN, title="Pièce réservée", reserved=True)
    assert {each.reserved for each in sent(scene, meeting_id).files} == {True}
    add_paper(first, TAGGED, title="Autre réservée", reserved=True)
    set_item(second, title="Intitulé revu")
    mixed = sent(scene, meeting_id)
    assert {each.reserved for each in mixed.files} == {False, True}
    content = queries.snapshot_of(mixed)
    told = [
        [item["detailed"] for item in documents.printed(content, reserved=reserved)["items"]]
        for reserved in (False, True)
    ]
    assert told == [[False, True], [True, True]]


def test_a_reserved_item_taken_off_is_told_to_those_who_read_it(scene: Scene) -> None:
    meeting_id = convened(scene)
    set_item(item_ids(meeting_id)[1], reserved=True, title="Affaire secrète")
    sent(scene, meeting_id)
    agendas.remove_item(scene.actor(scene.secretary), item_ids(meeting_id)[1])
    pack = sent(scene, meeting_id)
    assert {each.reserved for each in pack.files} == {True}
    assert "« Affaire secrète » : retiré" in words_of(content_of(pack, reserved=True))


def test_a_mail_about_a_session_called_off_does_not_leave(scene: Scene) -> None:
    meeting_id = convened(scene)
    sent(scene, meeting_id)
    message = db.session.scalars(select(outbox.OutboxMessage).filter_by(kind=services.MAIL_KIND)).first()
    assert message is not None
    assert services.still_true(message)
    meetings.cancel(scene.actor(scene.secretary), meeting_id, reason="Grève des transports")
    db.session.expire_all()
    assert not services.still_true(message)


@pytest.mark.parametrize("who", ["chair", "member", "political_secretary", "political_chair"])
def test_only_the_secretary_builds_and_sends(scene: Scene, who: str) -> None:
    meeting_id = convened(scene)
    chosen = built(scene, meeting_id).content_sha256 or ""
    actor = scene.actor(getattr(scene, who))
    refusals = (NotTheSecretary, NotFound)
    with pytest.raises(refusals):
        services.ask_for_preview(actor, meeting_id)
    with pytest.raises(refusals):
        services.send(actor, meeting_id, chosen=chosen)
    assert mails() == []


def test_too_heavy_says_how_heavy(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting_id = with_agenda(scene)
    add_paper(item_ids(meeting_id)[0], SCAN)
    monkeypatch.setattr(rules, "MOST_BYTES", 100)
    with pytest.raises(rules.TooHeavy, match="en tout, pour 100"):
        services.ask_for_preview(scene.actor(scene.secretary), meeting_id)


HOSTILE = ["العربية 😀 日本", '#panic("x") $x$ <label> @ref', "é" * 300, "<script>alert(1)</script>"]


def test_no_text_breaks_a_pack(scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    actor = scene.actor(scene.secretary)
    for text in HOSTILE:
        agendas.add_item(
            actor,
            meeting_id,
            kind=ItemKind.INFORMATION,
            act_kind=ActKind.NOTE,
            title=text,
            draft_wording=text,
        )
    for item_id in item_ids(meeting_id):
        add_paper(item_id, SCAN, title="العربية 😀 #panic()")
    pack = built(scene, meeting_id)
    words = words_of(content_of(pack))
    assert "remplacés par □" in words
    assert '#panic("x")' in words
    assert len(names_in(content_of(pack, FileKind.ZIP))) == 2 + len(item_ids(meeting_id))
    Reader(io.BytesIO(content_of(pack, FileKind.ODT))).get_formatted_text()


def test_a_snapshot_is_plain_and_canonical(scene: Scene) -> None:
    pack = built(scene, with_agenda(scene))
    raw = blobs.read(pack.content_sha256 or "")
    assert journal.canonical(json.loads(raw)).encode() == raw
    assert db.session.scalar(select(func.count(Pack.id))) == 1


def test_why_an_item_was_asked_for_is_printed_with_it(app: Flask, scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    actor, committee_id = scene.actor(scene.secretary), db.session.get_one(Meeting, meeting_id).committee_id
    entry = file_request(
        actor,
        committee_id=committee_id,
        origin=RequestOrigin.REQUEST,
        act_kind=ActKind.OTHER,
        title="Mobiliser les opérateurs",
        reason="Trois départements attendent.",
    )
    agendas.place_request(actor, meeting_id, entry.id)
    pack = built(scene, meeting_id)
    assert "Motif de la demande Trois départements attendent." in words_of(content_of(pack))
    assert (
        "Trois départements attendent."
        in Reader(io.BytesIO(content_of(pack, FileKind.ODT))).get_formatted_text()
    )
