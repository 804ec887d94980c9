"""What a pack refuses, what changed between two states, names of files: each as a table."""

from __future__ import annotations

from typing import Any

import pytest

from tnt.meetings.rules import MeetingState
from tnt.packs import rules
from tnt.packs.rules import PackState


def item(key: int, **values: Any) -> dict[str, Any]:
    return {
        "id": key,
        "position": key,
        "kind": "decision",
        "title": f"Point {key}",
        "wording": "Texte",
        "reserved": False,
        "papers": [],
    } | values


def paper(key: int, sha256: str = "a", **values: Any) -> dict[str, Any]:
    return {"id": key, "title": f"Pièce {key}", "sha256": sha256, "reserved": False} | values


def state(*items: dict[str, Any], slot: str = "mardi", place: str = "Paris") -> dict[str, Any]:
    return {"meeting": {"slot": slot, "place": place}, "items": list(items)}


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        (state(item(1)), state(item(1)), []),
        (state(item(1)), state(item(1), item(2)), [rules.NEW_ITEM]),
        (state(item(1), item(2)), state(item(1)), [rules.GONE_ITEM]),
        (state(item(1), item(2)), state(item(2), item(1)), [rules.MOVED_ITEMS]),
        (state(item(1)), state(item(1, position=2)), []),
        (state(item(1)), state(item(1, papers=[paper(1)])), [rules.NEW_PAPER]),
        (state(item(1, papers=[paper(1)])), state(item(1, papers=[paper(1, "b")])), [rules.NEW_VERSION]),
        (state(item(1, papers=[paper(1)])), state(item(1)), [rules.GONE_PAPER]),
        (state(), state(item(1, papers=[paper(1)])), [rules.NEW_ITEM, rules.NEW_PAPER]),
        (state(item(1, reserved=True)), state(item(1)), [rules.OPENED_ITEM]),
        (
            state(item(1, papers=[paper(1, reserved=True)])),
            state(item(1, papers=[paper(1, "b")])),
            [rules.OPENED_PAPER, rules.NEW_VERSION],
        ),
        (state(item(1)), state(item(1, reserved=True)), []),
    ],
)
def test_what_changed(old: dict[str, Any], new: dict[str, Any], messages: list[str]) -> None:
    assert [change.message for change in rules.changes_between(old, new)] == messages


@pytest.mark.parametrize("name", ["title", "wording", "kind"])
def test_an_item_that_changed_is_named(name: str) -> None:
    (change,) = rules.changes_between(state(item(1)), state(item(1, **{name: "autre"})))
    assert (change.item_id, change.params["position"]) == (1, 1)


def test_a_session_that_moved_is_told_with_what_it_was() -> None:
    found = rules.changes_between(state(), state(slot="jeudi", place=""))
    assert [change.params for change in found] == [
        {"old": "mardi", "new": "jeudi"},
        {"old": "Paris", "new": "–"},
    ]


def test_what_is_reserved_is_told_to_some_only() -> None:
    new = state(
        item(1, papers=[paper(1, reserved=True), paper(2)]), item(2, reserved=True, papers=[paper(3)])
    )
    found = rules.changes_between(state(item(1)), new)
    assert [change.params["title"] for change in rules.without_reserved(found)] == ["Pièce 2"]
    assert len(found) == 4


def test_new_papers_are_those_whose_bytes_nobody_holds() -> None:
    old = state(item(1, papers=[paper(1), paper(2)]))
    new = state(item(1, papers=[paper(1), paper(2, "b")]), item(2, papers=[paper(3)]))
    assert rules.new_paper_ids(old, new) == {2, 3}


def test_what_is_no_longer_reserved_is_new_to_those_who_did_not_read_it() -> None:
    old = state(item(1, reserved=True, papers=[paper(1, reserved=True)]))
    new = state(item(1, papers=[paper(1)]))
    found = rules.changes_between(old, new)
    assert rules.without_reserved(found) == found
    assert rules.new_paper_ids(old, new) == {1}


@pytest.mark.parametrize(
    ("meeting", "items", "size", "refusal"),
    [
        (MeetingState.PLANNED, 1, 0, None),
        (MeetingState.IN_SESSION, 1, rules.MOST_BYTES, None),
        (MeetingState.ADJOURNED, 1, 0, rules.PackClosed),
        (MeetingState.POSTPONED, 1, 0, rules.PackClosed),
        (MeetingState.CONVENED, 0, 0, rules.EmptyPack),
        (MeetingState.CONVENED, 1, rules.MOST_BYTES + 1, rules.TooHeavy),
    ],
)
def test_what_is_built(meeting: MeetingState, items: int, size: int, refusal: type[Exception] | None) -> None:
    if refusal is None:
        rules.check_build(meeting, items=items, size=size, told="", most="")
        return
    with pytest.raises(refusal):
        rules.check_build(meeting, items=items, size=size, told="", most="")


@pytest.mark.parametrize(
    ("meeting", "pack", "seen", "chosen", "refusal"),
    [
        (MeetingState.CONVENED, PackState.BUILT, "n", "b", None),
        (MeetingState.IN_SESSION, PackState.BUILT, "n", "b", None),
        (MeetingState.CONVENED, PackState.SENT, "n", "b", rules.AlreadySent),
        (MeetingState.CONVENED, PackState.QUEUED, "n", "b", rules.NotBuilt),
        (MeetingState.PLANNED, PackState.BUILT, "n", "b", rules.NotConvenedYet),
        (MeetingState.CLOSED, PackState.BUILT, "n", "b", rules.PackClosed),
        (MeetingState.CONVENED, PackState.BUILT, "n", "other", rules.PreviewChanged),
        (MeetingState.CONVENED, PackState.BUILT, "old", "b", rules.PackOutdated),
    ],
)
def test_what_is_sent(
    meeting: MeetingState, pack: PackState, seen: str, chosen: str, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        rules.check_sending(meeting, pack, seen=seen, now="n", chosen=chosen, built="b")
        return
    with pytest.raises(refusal):
        rules.check_sending(meeting, pack, seen=seen, now="n", chosen=chosen, built="b")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bilan d’étape : été 2026", "Bilan-detape-ete-2026"),
        ("../../etc/passwd", "etc-passwd"),
        ("العربية", "document"),
        ("😀", "document"),
        ("a" * 300, "a" * 60),
        ("con\x00tre\r\n", "con-tre"),
    ],
)
def test_names_of_files_are_safe(text: str, name: str) -> None:
    assert rules.safe_name(text) == name
