"""Papers added, handed in, reviewed, asked for and chased; on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.agendas.test_services import file
from tests.meetings.factories import actor_of, make_member, plan, secretary_of
from tests.papers.scene import DUE, Scene, set_scene, upload
from tnt.accounts.models import Person
from tnt.agendas import services as agendas
from tnt.committees.models import Committee
from tnt.convocations import services as convocations
from tnt.core import blobs, clock, outbox
from tnt.core.access import SYSTEM, Actor
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, Several, Stale
from tnt.core.journal import JournalEntry
from tnt.meetings import services as meetings
from tnt.meetings.rules import MeetingState, NotTheSecretary
from tnt.papers import queries, rules, services
from tnt.papers.models import Paper, PaperVersion
from tnt.papers.rules import PaperState


def mails() -> Sequence[outbox.OutboxMessage]:
    db.session.expire_all()
    return db.session.scalars(db.select(outbox.OutboxMessage).order_by(outbox.OutboxMessage.id)).all()


def listed(scene: Scene, *, reserved: bool = True) -> list[tuple[int, str, int]]:
    found = queries.list_papers(scene.meeting.id, reserved=reserved)
    return [(line.item_position, line.title, line.number) for line in found]


def rows(scene: Scene) -> list[tuple[str, PaperState]]:
    return [(row.title, row.state) for row in queries.rows_of(scene.meeting.id)]


def test_the_secretariat_joins_several_files_at_once(app: Flask) -> None:
    scene = set_scene()
    first, second = services.add_papers(
        scene.keeper, scene.item.id, [upload("bilan_2026.pdf", "a"), upload("plan.pdf", "b")]
    )
    assert listed(scene) == [(1, "bilan 2026", 1), (1, "plan", 1)]
    assert (first.state, first.position, second.position) == (PaperState.VALIDATED, 1, 2)
    kept = first.versions[0]
    assert blobs.get(kept.sha256).content == upload(words="a").content
    assert (kept.uploaded_by_id, kept.file_name) == (scene.secretary.id, "bilan_2026.pdf")
    services.move(scene.keeper, second.id, by=-1)
    assert listed(scene) == [(1, "plan", 1), (1, "bilan 2026", 1)]
    services.remove(scene.keeper, second.id)
    assert listed(scene) == [(1, "bilan 2026", 1)]
    actions = db.session.scalars(
        db.select(JournalEntry.action).where(JournalEntry.object_kind == "paper").order_by(JournalEntry.seq)
    )
    assert list(actions) == ["paper.add", "paper.add", "paper.move", "paper.remove"]


def test_a_file_sent_twice_is_joined_once(app: Flask) -> None:
    scene = set_scene()
    services.add_papers(scene.keeper, scene.item.id, [upload()])
    with pytest.raises(rules.SameFile):
        services.add_papers(scene.keeper, scene.item.id, [upload("autre nom.pdf")])
    with pytest.raises(rules.TwiceInOneForm) as twice:  # nothing of the second batch stays
        services.add_papers(scene.keeper, scene.item.id, [upload("x.pdf", "x"), upload("y.pdf", "x")])
    assert twice.value.params == {"first": "x.pdf", "name": "y.pdf"}
    with pytest.raises(Several) as several:
        services.add_papers(
            scene.keeper, scene.item.id, [upload("x.pdf", "x"), upload("z.pdf"), upload("y.pdf", "x")]
        )
    assert [type(error) for error in several.value.errors] == [rules.SameFile, rules.TwiceInOneForm]
    assert listed(scene) == [(1, "bilan", 1)]
    other = scene.add_item("Autre point")
    services.add_papers(scene.keeper, other.id, [upload()])
    assert db.session.scalar(db.select(db.func.count(PaperVersion.id))) == 2


def test_an_item_holds_so_many_papers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = set_scene()
    monkeypatch.setattr("tnt.papers.services.files.MOST_PAPERS", 2)
    monkeypatch.setattr("tnt.papers.services.files.MOST_VERSIONS", 2)
    with pytest.raises(rules.TooManyPapers):
        services.add_papers(scene.keeper, scene.item.id, [upload(words=word) for word in "abc"])
    (paper,) = services.add_papers(scene.keeper, scene.item.id, [upload()])
    services.hand_in(scene.keeper, paper.id, upload(words="2"))
    with pytest.raises(rules.TooManyVersions):
        services.hand_in(scene.keeper, paper.id, upload(words="3"))
    assert listed(scene) == [(1, "bilan", 2)]


def test_members_read_what_was_validated_and_nothing_else(app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    assert (listed(scene), rows(scene)) == ([], [("Bilan", PaperState.AWAITED)])
    services.hand_in(scene.writer, paper.id, upload(words="1"))
    assert (listed(scene), paper.state) == ([], PaperState.RECEIVED)
    services.review(scene.keeper, paper.id, PaperState.REVIEWED)
    assert listed(scene) == []
    services.review(scene.keeper, paper.id, PaperState.VALIDATED)
    assert listed(scene) == [(1, "Bilan", 1)]
    services.hand_in(scene.writer, paper.id, upload(words="2"))  # to be read again; the first one stays
    assert (listed(scene), paper.state) == ([(1, "Bilan", 1)], PaperState.RECEIVED)
    services.review(scene.keeper, paper.id, PaperState.VALIDATED)
    assert listed(scene) == [(1, "Bilan", 2)]
    services.review(scene.keeper, paper.id, PaperState.REVIEWED)
    assert listed(scene) == [(1, "Bilan", 1)]
    with pytest.raises(rules.WrongPaperState):
        services.review(scene.keeper, paper.id, PaperState.RECEIVED)


def test_a_paper_goes_back_to_its_author_with_a_remark(app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    services.hand_in(scene.writer, paper.id, upload(words="1"))
    with pytest.raises(rules.MissingRemark):
        services.send_back(scene.keeper, paper.id, remark="non")
    services.send_back(scene.keeper, paper.id, remark="Précisez les coûts de la page 2.")
    assert (paper.state, paper.remark) == (PaperState.AWAITED, "Précisez les coûts de la page 2.")
    asked, back = mails()
    assert (asked.to_address, back.to_address) == ("auteur@example.org", "auteur@example.org")
    assert "Précisez les coûts de la page 2." in back.text
    assert f"/mes-pieces/{paper.id}" in back.text
    services.hand_in(scene.writer, paper.id, upload(words="2"))
    assert (paper.state, paper.remark) == (PaperState.RECEIVED, "")
    assert outbox.deliver_due().void == 2  # neither is true any more
    (own,) = services.add_papers(scene.keeper, scene.item.id, [upload(words="3")])
    with pytest.raises(rules.NothingToSendBack):
        services.send_back(scene.keeper, own.id, remark="À qui donc ?")


def test_who_may_do_what(app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    other = db.session.scalars(db.select(Committee).where(Committee.key == "orientation")).one()
    stranger = secretary_of(other, "Autre")
    for actor, refusal in ((scene.reader, NotTheSecretary), (scene.writer, NotFound), (stranger, NotFound)):
        with pytest.raises(refusal):
            services.add_papers(actor, scene.item.id, [upload()])
        with pytest.raises((NotTheSecretary, NotFound)):
            services.review(actor, paper.id, PaperState.VALIDATED)
        with pytest.raises((NotTheSecretary, NotFound)):
            services.remove(actor, paper.id)
        with pytest.raises(refusal):
            services.chase(actor, scene.meeting.id)
    for actor in (scene.reader, stranger):
        with pytest.raises(NotFound):
            services.hand_in(actor, paper.id, upload())
    services.hand_in(scene.writer, paper.id, upload())
    with pytest.raises(Stale):
        services.hand_in(scene.writer, paper.id, upload(words="2"), expected_version=1)


def test_what_asking_needs(app: Flask) -> None:
    scene = set_scene()
    gone = make_member(scene.committee, "Parti")
    meetings_day = clock.paris_day(scene.meeting.starts_at)
    with pytest.raises(rules.MissingAuthor):
        services.ask(scene.keeper, scene.item.id, author_id=None, title="Bilan", due_on=DUE)
    with pytest.raises(rules.MissingAuthor):
        services.ask(scene.keeper, scene.item.id, author_id=99_999, title="Bilan", due_on=DUE)
    with pytest.raises(rules.MissingPaperTitle):
        services.ask(scene.keeper, scene.item.id, author_id=gone.id, title=" ", due_on=DUE)
    with pytest.raises(rules.DueAfterSession):
        services.ask(scene.keeper, scene.item.id, author_id=gone.id, title="Bilan", due_on=meetings_day)
    assert rows(scene) == []
    scene.expect("Bilan")
    with pytest.raises(rules.AlreadyAskedFor):
        scene.expect("Bilan")
    assert len(mails()) == 1


def test_every_rapporteur_is_asked_in_one_act_and_once(app: Flask) -> None:
    scene = set_scene()
    scene.add_item("Un point", rapporteur_id=scene.member.id)
    scene.add_item("Un autre", rapporteur_id=scene.secretary.id)
    asked = services.ask_rapporteurs(scene.keeper, scene.meeting.id, due_on=DUE)
    assert [(paper.title, paper.author_id) for paper in asked] == [
        ("Pièce du rapporteur\u00a0: Un point", scene.member.id),
        ("Pièce du rapporteur\u00a0: Un autre", scene.secretary.id),
    ]
    assert [mail.to_address for mail in mails()] == ["membre@example.org", "secret@example.org"]
    with pytest.raises(rules.NobodyToAsk):
        services.ask_rapporteurs(scene.keeper, scene.meeting.id, due_on=DUE)


def late_scene() -> tuple[Scene, Paper, Paper, Paper]:
    """Two papers late, one handed in; the clock is after their day."""
    scene = set_scene()
    first, second, third = scene.expect("Bilan"), scene.expect("Plan"), scene.expect("Note")
    services.hand_in(scene.writer, third.id, upload())
    outbox.deliver_due()
    clock.freeze(clock.now() + timedelta(days=10))
    return scene, first, second, third


def test_only_those_late_are_chased_and_it_is_recorded(app: Flask) -> None:
    scene, first, second, third = late_scene()
    seen = queries.fingerprint_of(queries.late_papers(scene.meeting.id), None)
    sent = services.chase(scene.keeper, scene.meeting.id, seen=seen)
    assert (sent.messages, sent.people, sent.sent_by_id) == (2, 1, scene.secretary.id)
    assert [mail.thing for mail in mails() if mail.kind == services.LATE] == [
        f"paper:{first.id}",
        f"paper:{second.id}",
    ]
    assert (first.chased_at, third.chased_at) == (clock.now(), None)
    with pytest.raises(rules.ChasedMeanwhile):  # a second click on the same preview
        services.chase(scene.keeper, scene.meeting.id, seen=seen)
    last = queries.last_chase_of(scene.meeting.id)
    assert last is not None
    assert last.id == sent.id


def test_no_chaser_leaves_for_a_paper_that_came_meanwhile(app: Flask) -> None:
    scene, first, second, _third = late_scene()
    services.chase(scene.keeper, scene.meeting.id)
    services.hand_in(scene.writer, first.id, upload(words="enfin"))
    delivered = outbox.deliver_due()
    assert (delivered.sent, delivered.void) == (1, 1)
    services.chase(scene.keeper, scene.meeting.id)
    services.revise(
        scene.keeper,
        second.id,
        title="Plan",
        reserved=False,
        author_id=scene.author.id,
        due_on=clock.today() + timedelta(days=2),
    )
    assert outbox.deliver_due().void == 1  # it is not late any more
    with pytest.raises(rules.NobodyLate):
        services.chase(scene.keeper, scene.meeting.id)


def test_an_author_who_left_is_not_counted_among_those_chased(app: Flask) -> None:
    scene = set_scene()
    scene.expect()
    clock.freeze(clock.now() + timedelta(days=9))
    with transaction():
        db.session.get_one(Person, scene.author.id).ended_at = clock.now()
    with pytest.raises(rules.NobodyLate):
        services.chase(scene.keeper, scene.meeting.id)


def test_nobody_without_an_address_is_written_to(app: Flask) -> None:
    scene = set_scene()
    silent = make_member(scene.committee, "Muet", email=None)
    services.ask(scene.keeper, scene.item.id, author_id=silent.id, title="Bilan", due_on=DUE)
    clock.freeze(clock.now() + timedelta(days=10))
    assert [row.author for row in queries.late_papers(scene.meeting.id)] == ["Claire Muet"]
    with pytest.raises(rules.NobodyLate):
        services.chase(scene.keeper, scene.meeting.id)
    assert list(mails()) == []


def test_an_author_hands_in_until_the_session_opens(app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    convocations.convene(scene.keeper, scene.meeting.id)
    services.hand_in(scene.writer, paper.id, upload(words="1"))
    with transaction():
        scene.meeting.state = MeetingState.IN_SESSION
    with pytest.raises(rules.HandingInOver):
        services.hand_in(scene.writer, paper.id, upload(words="2"))
    services.hand_in(scene.keeper, paper.id, upload(words="3"))  # laid on the table
    assert listed(scene) == [(1, "Bilan", 2)]


def test_a_new_author_is_told(app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    services.revise(
        scene.keeper, paper.id, title="Bilan", reserved=True, author_id=scene.member.id, due_on=DUE
    )
    assert [mail.to_address for mail in mails()] == ["auteur@example.org", "membre@example.org"]
    assert outbox.deliver_due().void == 1  # the first one owes nothing any more
    with pytest.raises(NotFound):
        services.hand_in(scene.writer, paper.id, upload())
    with pytest.raises(rules.MissingAuthor):
        services.revise(scene.keeper, paper.id, title="Bilan", reserved=True, author_id=None, due_on=None)


def test_papers_of_a_cancelled_session_come_with_their_item_to_the_next(app: Flask) -> None:
    scene = set_scene()
    expected = scene.expect()
    services.hand_in(scene.writer, expected.id, upload(words="1"))
    services.add_papers(scene.keeper, scene.item.id, [upload(words="2")])
    meetings.cancel(SYSTEM, scene.meeting.id, reason="Salle indisponible")
    kept = db.session.scalars(db.select(Paper).where(Paper.request_id.is_not(None)).order_by(Paper.id)).all()
    wanted = [("Bilan", PaperState.RECEIVED), ("bilan", PaperState.VALIDATED)]
    assert [(paper.title, paper.state) for paper in kept] == wanted
    assert rows(scene) == wanted  # still readable where they were
    again = plan(SYSTEM, scene.committee, scene.meeting.starts_at + timedelta(days=30))
    entry = kept[0].request_id
    assert entry is not None
    agendas.place_request(SYSTEM, again.id, entry)
    found = queries.rows_of(again.id)
    assert [(row.title, row.state) for row in found] == wanted
    services.hand_in(scene.writer, found[0].id, upload(words="3"))


def test_a_paper_that_waited_is_expected_for_the_session_that_takes_it_up(app: Flask) -> None:
    scene = set_scene()
    scene.expect()
    meetings.cancel(SYSTEM, scene.meeting.id, reason="Salle indisponible")
    clock.freeze(clock.now() + timedelta(days=20))
    again = plan(SYSTEM, scene.committee, clock.now() + timedelta(days=40))
    (entry,) = db.session.scalars(db.select(Paper.request_id).where(Paper.request_id.is_not(None)))
    assert entry is not None
    agendas.place_request(SYSTEM, again.id, entry)
    (row,) = queries.rows_of(again.id)
    assert row.due_on == queries.proposed_due(again) > clock.today()
    assert not row.is_late
    noted = db.session.scalars(db.select(JournalEntry).filter_by(action="paper.revise")).one()
    assert noted.detail is not None
    assert noted.detail.payload["before"] == {"due_on": DUE.isoformat()}


def test_a_paper_sent_back_after_its_day_is_asked_for_another(app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    services.hand_in(scene.writer, paper.id, upload())
    clock.freeze(clock.now() + timedelta(days=9))
    assert DUE < clock.today() < queries.due_again(paper, scene.meeting)
    with pytest.raises(rules.DueInThePast):
        services.send_back(scene.keeper, paper.id, remark="Précisez les coûts.")
    services.send_back(scene.keeper, paper.id, remark="Précisez les coûts.", due_on=date(2026, 12, 9))
    assert (paper.state, paper.due_on) == (PaperState.AWAITED, date(2026, 12, 9))
    assert "9 décembre 2026" in mails()[-1].text


def test_an_author_named_without_a_day_is_asked_for_one(app: Flask) -> None:
    scene = set_scene()
    (paper,) = services.add_papers(scene.keeper, scene.item.id, [upload()])
    services.revise(
        scene.keeper, paper.id, title="Bilan", reserved=False, author_id=scene.author.id, due_on=None
    )
    with pytest.raises(rules.MissingDueDay):
        services.send_back(scene.keeper, paper.id, remark="Précisez les coûts.")


def test_papers_of_a_postponed_session_stay_with_it(app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    services.add_papers(scene.keeper, scene.item.id, [upload(words="2")])
    meetings.postpone_without_date(SYSTEM, scene.meeting.id, reason="Salle indisponible")
    assert [title for title, _state in rows(scene)] == ["Bilan", "bilan"]
    assert outbox.deliver_due().void == 1  # nothing is asked for a session without a date
    with pytest.raises(rules.HandingInOver):
        services.hand_in(scene.writer, paper.id, upload(words="1"))


def test_an_item_taken_off_keeps_its_papers_with_its_request_or_takes_them_along(app: Flask) -> None:
    scene = set_scene()
    entry = file(scene.committee.id)
    item = agendas.place_request(SYSTEM, scene.meeting.id, entry.id)
    services.add_papers(scene.keeper, item.id, [upload(words="1")])
    services.add_papers(scene.keeper, scene.item.id, [upload(words="2")])
    agendas.remove_item(scene.keeper, item.id)
    agendas.remove_item(scene.keeper, scene.item.id)
    (left,) = db.session.scalars(db.select(Paper)).all()
    assert (left.request_id, left.item_id) == (entry.id, None)


def test_reserved_papers_are_for_those_entitled(app: Flask) -> None:
    scene = set_scene()
    closed_item = scene.add_item("Point réservé", reserved=True)
    services.add_papers(scene.keeper, scene.item.id, [upload("libre.pdf", "1")])
    services.add_papers(scene.keeper, scene.item.id, [upload("secret.pdf", "2")], reserved=True)
    services.add_papers(scene.keeper, closed_item.id, [upload("cache.pdf", "3")])
    assert [title for _position, title, _number in listed(scene)] == ["libre", "secret", "cache"]
    assert [title for _position, title, _number in listed(scene, reserved=False)] == ["libre"]
    assert [one.title for one in queries.shown_to(scene.reader, scene.meeting)] == []  # not convened yet
    convocations.convene(scene.keeper, scene.meeting.id)
    shown = {
        actor: [one.title for one in queries.shown_to(actor, scene.meeting)]
        for actor in (scene.keeper, scene.reader, scene.adviser, scene.writer)
    }
    assert list(shown.values()) == [
        ["libre", "secret", "cache"],
        ["libre", "secret", "cache"],
        ["libre"],
        [],
    ]


def number_read(actor: Actor, scene: Scene, paper: Paper, number: int = 1) -> int | None:
    """The number of the file when that actor may read it."""
    try:
        return queries.get_file(actor, scene.meeting.id, paper.id, number).number
    except NotFound:
        return None


def test_a_rapporteur_reads_as_long_as_the_mandate_lasts(app: Flask) -> None:
    scene = set_scene()
    item = scene.add_item("Point réservé", reserved=True, rapporteur_id=scene.member.id)
    (paper,) = services.add_papers(scene.keeper, item.id, [upload()])
    assert number_read(scene.adviser, scene, paper) == 1
    assert number_read(actor_of(scene.member), scene, paper) is None


def test_an_author_keeps_what_they_handed_in_and_nothing_else(app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    services.hand_in(scene.writer, paper.id, upload(words="1"))
    services.hand_in(scene.keeper, paper.id, upload(words="2"))
    assert [number_read(scene.writer, scene, paper, number) for number in (1, 2)] == [1, 2]
    meetings.cancel(SYSTEM, scene.meeting.id, reason="Salle indisponible")
    assert [number_read(scene.writer, scene, paper, number) for number in (1, 2)] == [1, None]
    found, item = queries.get_awaited(scene.writer, paper.id)
    assert [one.number for one in queries.versions_for_author(scene.writer, found, item)] == [1]


def test_a_file_that_was_replaced_is_no_longer_read_by_the_members(app: Flask) -> None:
    scene = set_scene()
    (paper,) = services.add_papers(scene.keeper, scene.item.id, [upload(words="1")])
    convocations.convene(scene.keeper, scene.meeting.id)
    assert number_read(scene.reader, scene, paper) == 1
    services.hand_in(scene.keeper, paper.id, upload(words="2"))
    assert [number_read(scene.reader, scene, paper, number) for number in (1, 2)] == [None, 2]
    assert number_read(scene.keeper, scene, paper) == 1


def test_what_is_owed_is_told_in_the_order_of_days(app: Flask) -> None:
    scene = set_scene()
    later, sooner = scene.expect("Bilan", due_on=date(2026, 12, 5)), scene.expect("Plan")
    done = scene.expect("Note")
    services.hand_in(scene.writer, done.id, upload())
    assert [one.title for one in queries.owed_by(scene.author.id)] == ["Plan", "Note", "Bilan"]
    assert [one.id for one in queries.owed_by(scene.author.id, awaited_only=True)] == [sooner.id, later.id]
    assert queries.owed_by(scene.member.id) == []


def test_somebody_no_longer_known_is_not_asked(app: Flask) -> None:
    scene = set_scene()
    person = db.session.get_one(Person, scene.author.id)
    paper = scene.expect()
    assert paper.author_id == person.id
    with transaction():
        person.ended_at = clock.now()
    with pytest.raises(rules.MissingAuthor):
        scene.expect("Autre")
