"""The journal: written with its transaction or not at all, chained, append-only."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tnt.accounts.models import Person
from tnt.core import clock, journal
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction


def add_person(name: str = "Aubert") -> None:
    with transaction() as session:
        person = Person(given_name="Claire", family_name=name, created_at=clock.now())
        session.add(person)
        session.flush()
        journal.record(SYSTEM, "person.add", person, after={"family_name": name})


def test_entries_follow_each_other_and_verify(app: Flask) -> None:
    add_person()
    add_person("Moreau")
    assert journal.count() == 2
    assert journal.verify() == []
    first, second = db.session.scalars(db.select(journal.JournalEntry).order_by(journal.JournalEntry.seq))
    assert (first.previous_hash, second.previous_hash) == (journal.GENESIS, first.hash)
    assert first.detail is not None
    assert first.detail.payload["after"] == {"family_name": "Aubert"}


def test_a_failed_transaction_leaves_no_entry(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="boom"), transaction() as session:
        person = Person(given_name="A", family_name="B", created_at=clock.now())
        session.add(person)
        session.flush()
        journal.record(SYSTEM, "person.add", person)
        raise RuntimeError("boom")
    assert journal.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET action = 'x'",
        "DELETE FROM journal_entry",
        "UPDATE journal_detail SET salt = 'x'",
    ],
)
def test_the_database_refuses_to_rewrite_it(app: Flask, statement: str) -> None:
    add_person()
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(statement))
    assert journal.verify() == []


def test_tampering_below_the_application_shows(sqlite_app: Flask) -> None:
    add_person()
    add_person("Moreau")
    with transaction() as session:
        session.execute(text("DROP TRIGGER journal_entry_no_update"))
        session.execute(text("UPDATE journal_entry SET action = 'person.remove' WHERE seq = 1"))
    assert [(fault.seq, fault.why) for fault in journal.verify()] == [(1, "l’entrée a été modifiée")]


def test_erasing_a_detail_keeps_the_chain(app: Flask) -> None:
    add_person()
    with transaction() as session:
        session.execute(text("DELETE FROM journal_detail"))
    assert journal.verify() == []


def test_record_outside_a_transaction_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="belongs to a transaction"):
        journal.record(SYSTEM, "x", Person(given_name="A", family_name="B", created_at=clock.now()))
