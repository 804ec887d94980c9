"""The outbox: with its transaction, once, under a fencing token, with a true reason, or tried again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from tests.conftest import NOW, make_app
from tnt.core import blobs, clock, dataset, outbox
from tnt.core.access import SYSTEM
from tnt.core.claims import ClaimLost, give_back, take
from tnt.core.db import db, transaction
from tnt.core.outbox import Delivery, OutboxMessage, OutboxState


def queue(occurrence: str = "1", **changes: Any) -> bool:
    values: dict[str, Any] = {
        "kind": "test.notice",
        "thing": "meeting:1",
        "occurrence": occurrence,
        "to": "claire.aubert@example.org",
        "person_id": 7,
        "subject": "Séance du 14 décembre",
        "text": "Bonjour,\n\nÀ bientôt.\n",
    }
    with transaction():
        return outbox.enqueue(**(values | changes))


def messages() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(db.select(OutboxMessage).order_by(OutboxMessage.id)))


def posted(app: Flask) -> list[EmailMessage]:
    found = sorted(Path(app.config["MAIL_FOLDER"]).glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]  # type: ignore[misc]


def test_a_message_is_queued_once_and_leaves_once(app: Flask) -> None:
    assert queue() is True
    assert queue(subject="autre") is False
    assert queue(person_id=8) is True
    assert outbox.deliver_due() == Delivery(sent=2)
    assert outbox.deliver_due() == Delivery()
    (first, second) = messages()
    assert [m.state for m in (first, second)] == [OutboxState.SENT, OutboxState.SENT]
    mails = posted(app)
    assert {mail["Message-ID"] for mail in mails} == {first.message_id, second.message_id}
    assert {mail["Subject"] for mail in mails} == {"Séance du 14 décembre"}
    assert mails[0]["Date"].datetime == NOW
    assert "À bientôt" in mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_it_goes_with_its_transaction(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="boom"), transaction():
        outbox.enqueue(kind="k", thing="t", occurrence="1", to="a@example.org", subject="s", text="t")
        raise RuntimeError("boom")
    assert messages() == []
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.enqueue(kind="k", thing="t", occurrence="1", to="a@example.org", subject="s", text="t")


def test_a_reason_that_is_no_longer_true_makes_it_void(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_CHECKERS", {})
    outbox.register_checker("test.notice", lambda message: message.occurrence == "true")
    queue("true")
    queue("false")
    assert outbox.deliver_due() == Delivery(sent=1, void=1)
    assert [m.state for m in messages()] == [OutboxState.SENT, OutboxState.VOID]
    assert len(posted(app)) == 1


def test_a_message_waits_for_its_time(app: Flask) -> None:
    queue(not_before=NOW + timedelta(hours=1))
    assert outbox.deliver_due() == Delivery()
    with clock.at(NOW + timedelta(hours=1)):
        assert outbox.deliver_due() == Delivery(sent=1)


def test_attachments_and_html_arrive_whole(app: Flask) -> None:
    with transaction():
        sha256 = blobs.put(b"BEGIN:VCALENDAR\r\n", "text/calendar")
    part = {
        "sha256": sha256,
        "name": "séance.ics",
        "media_type": "text/calendar; method=PUBLISH; charset=utf-8",
    }
    queue(html="<p>Bonjour</p>", attachments=[part])
    outbox.deliver_due()
    (mail,) = posted(app)
    assert mail.get_body(("html",)).get_content().strip() == "<p>Bonjour</p>"  # type: ignore[union-attr]
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "séance.ics"
    assert attached["Content-Type"].params["method"] == "PUBLISH"
    assert attached.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\n"


def test_no_value_becomes_a_header(app: Flask) -> None:
    queue(subject="Objet\r\nBcc: voleur@example.org", text="a\ud800b\0")
    assert outbox.deliver_due() == Delivery(sent=1)
    (mail,) = posted(app)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Objet Bcc: voleur@example.org"


def test_an_address_that_is_none_fails_at_once_and_stops_nobody(app: Flask) -> None:
    queue("1", to="pas une adresse")
    queue("2")
    assert outbox.deliver_due() == Delivery(sent=1, failed=1)
    bad = messages()[0]
    assert (bad.state, bad.last_error.startswith("adresse refusée")) == (OutboxState.FAILED, True)
    assert [m.id for m in outbox.list_troubled()] == [bad.id]
    outbox.send_again(SYSTEM, bad.id)
    assert messages()[0].state == OutboxState.QUEUED
    with pytest.raises(outbox.NotFailed):
        outbox.send_again(SYSTEM, bad.id)


def test_demonstration_data_is_said_in_the_mail(app: Flask) -> None:
    with transaction():
        dataset.mark(dataset.DEMO)
    queue(html="<p>Bonjour</p>")
    outbox.deliver_due()
    (mail,) = posted(app)
    assert mail["Subject"] == "[démonstration] Séance du 14 décembre"
    assert mail.get_body(("plain",)).get_content().startswith("Données de démonstration")  # type: ignore[union-attr]
    assert "Données de démonstration" in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    with transaction():
        dataset.unmark(dataset.DEMO)
    assert dataset.demo_loaded() is False


def test_a_text_that_signs_in_is_erased_once_sent(app: Flask) -> None:
    queue(text="https://tnt.example/invitation/SECRET", html="<p>SECRET</p>", is_secret=True)
    outbox.deliver_due()
    (message,) = messages()
    assert "SECRET" not in message.text + message.html
    assert "SECRET" in posted(app)[0].as_string()


def test_an_old_token_writes_nothing(app: Flask) -> None:
    queue()
    (message,) = messages()
    first = take(OutboxMessage, message.id, OutboxMessage.state == OutboxState.QUEUED, NOW, 60)
    assert first is not None
    assert take(OutboxMessage, message.id, OutboxMessage.state == OutboxState.QUEUED, NOW, 60) is None
    later = NOW + timedelta(seconds=61)
    second = take(OutboxMessage, message.id, OutboxMessage.state == OutboxState.QUEUED, later, 60)
    with pytest.raises(ClaimLost):
        give_back(OutboxMessage, message.id, first, state=OutboxState.FAILED)
    assert messages()[0].state == OutboxState.QUEUED
    assert second is not None
    give_back(OutboxMessage, message.id, second, state=OutboxState.SENT)
    assert messages()[0].state == OutboxState.SENT


def test_a_message_left_by_a_dead_worker_leaves_again_under_the_same_message_id(app: Flask) -> None:
    queue()
    (before,) = messages()
    take(OutboxMessage, before.id, OutboxMessage.state == OutboxState.QUEUED, NOW, outbox.CLAIM_SECONDS)
    assert outbox.deliver_due() == Delivery()
    with clock.at(NOW + timedelta(seconds=outbox.CLAIM_SECONDS)):
        assert outbox.deliver_due() == Delivery(sent=1)
    assert [mail["Message-ID"] for mail in posted(app)] == [before.message_id]


def test_two_workers_send_each_message_once(app: Flask) -> None:
    for number in range(20):
        queue(str(number))
    start, sent = Barrier(2), []

    def work() -> None:
        with app.app_context():
            start.wait()
            sent.append(outbox.deliver_due().sent)
            db.session.remove()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 20
    assert len(posted(app)) == 20
    assert {m.claim_token for m in messages()} == {1}


class Inbox:
    """A real SMTP server that keeps what it gets and refuses what it is told to."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd
        if self.answer.startswith("250"):
            self.mails.append(envelope.content)
        return self.answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """The server and its port."""
    handler, port = Inbox(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture
def smtp_app(sqlite_url: str, tmp_path: Path, inbox: tuple[Inbox, int]) -> Iterator[Flask]:
    """An application whose mails leave by that server."""
    app = make_app(sqlite_url, tmp_path, MAIL_SERVER="127.0.0.1", MAIL_PORT=inbox[1])
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_a_real_server_gets_the_mail(smtp_app: Flask, inbox: tuple[Inbox, int]) -> None:
    queue()
    assert outbox.deliver_due() == Delivery(sent=1)
    assert b"claire.aubert@example.org" in inbox[0].mails[0]


def test_a_passing_refusal_is_tried_again_with_the_same_message_id(
    smtp_app: Flask, inbox: tuple[Inbox, int]
) -> None:
    queue()
    inbox[0].answer = "451 later"
    assert outbox.deliver_due() == Delivery(postponed=1)
    assert outbox.deliver_due() == Delivery()
    before = messages()[0]
    assert (before.next_attempt_at, before.last_error) == (
        NOW + timedelta(minutes=1),
        "refus du serveur (451)",
    )
    inbox[0].answer = "250 OK"
    with clock.at(NOW + timedelta(minutes=2)):
        assert outbox.deliver_due() == Delivery(sent=1)
    assert messages()[0].message_id.encode() in inbox[0].mails[0]


def test_a_refusal_for_good_is_final(smtp_app: Flask, inbox: tuple[Inbox, int]) -> None:
    queue()
    inbox[0].answer = "550 no"
    assert outbox.deliver_due() == Delivery(failed=1)
    assert outbox.counts_by_state()[OutboxState.FAILED] == 1


def test_it_gives_up_after_the_last_delay(smtp_app: Flask, inbox: tuple[Inbox, int]) -> None:
    queue()
    inbox[0].answer = "451 later"
    moment, rounds = NOW, []
    for delay in (*outbox.DELAYS, timedelta()):
        with clock.at(moment):
            rounds.append(outbox.deliver_due())
        moment += delay
    assert rounds == [Delivery(postponed=1)] * len(outbox.DELAYS) + [Delivery(failed=1)]


def test_a_dead_server_costs_one_attempt_a_round(sqlite_url: str, tmp_path: Path) -> None:
    app = make_app(sqlite_url, tmp_path, MAIL_SERVER="127.0.0.1", MAIL_PORT=free_port())
    with app.app_context():
        queue("1")
        queue("2")
        assert outbox.deliver_due() == Delivery(postponed=1)
        first, second = messages()
        assert (first.attempts, second.attempts) == (1, 0)
        assert first.last_error.startswith("serveur de courrier injoignable")
        db.session.remove()
        db.engine.dispose()
