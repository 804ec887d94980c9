"""Papers put into a PDF, tags included, by a process with limits of its own (`pdf_merge_worker`).

A `Bench` is a folder that lasts as long as its block: papers are laid on it once, looked at, then put in
the empty pages that a template kept for them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

WORKER = Path(__file__).parent / "pdf_merge_worker.py"
TIMEOUT_SECONDS = 100


class MergeFailed(RuntimeError):
    """The process died or refused; `key` is the paper that it was at, if it had come to one."""

    def __init__(self, why: str, key: str = "") -> None:
        """Keep which paper it was."""
        super().__init__(why)
        self.key = key


@dataclass(frozen=True, slots=True)
class Look:
    """What a PDF is: its pages (true for one that lies wide), and whether a screen reader can follow it.

    `refused` says why its pages cannot be taken: « encrypted », « broken », « empty », « too_long ».
    """

    wide: tuple[bool, ...] = ()
    tagged: bool = False
    ua: bool = False  # says itself that it is PDF/UA
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Insert:
    """A paper to put in: into which pages (from 1), under which title; a text for each untagged page."""

    key: str
    title: str
    tagged: bool
    slots: Sequence[int]
    alts: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Assembled:
    """A PDF with its papers, and how many pages it has."""

    content: bytes
    pages: int


class Bench:
    """A folder where papers lie while a pack is made of them."""

    def __init__(self, folder: Path) -> None:
        """Use that folder."""
        self._folder = folder
        self._paths: dict[str, str] = {}

    def lay(self, key: str, content: bytes) -> None:
        """Lay a paper down under a key."""
        path = self._folder / f"{len(self._paths)}.pdf"
        path.write_bytes(content)
        self._paths[key] = str(path)

    def look(self) -> dict[str, Look]:
        """What each paper is. One that breaks the process is looked at alone, and refused."""
        keys = list(self._paths)
        try:
            return self._look_at(keys)
        except MergeFailed:
            return {key: self._look_alone(key) for key in keys}

    def _look_alone(self, key: str) -> Look:
        try:
            return self._look_at([key])[key]
        except MergeFailed:
            return Look(refused="broken")

    def _look_at(self, keys: Sequence[str]) -> dict[str, Look]:
        if not keys:
            return {}
        papers = [{"key": key, "path": self._paths[key]} for key in keys]
        found = _ask({"do": "inspect", "papers": papers})["papers"]
        return {key: _look(found[key]) for key in keys}

    def assemble(
        self, pack: bytes, inserts: Sequence[Insert], *, ua: bool = True, label_prefix: str = ""
    ) -> Assembled:
        """The pack with the papers in their pages. `ua`: whether it may go on saying that it is PDF/UA.

        Raises MergeFailed.
        """
        source, out = self._folder / "pack.pdf", self._folder / "out.pdf"
        source.write_bytes(pack)
        papers = [asdict(insert) | {"path": self._paths[insert.key]} for insert in inserts]
        order = {"do": "assemble", "pack": str(source), "out": str(out), "papers": papers}
        answer = _ask(order | {"ua": ua, "label_prefix": label_prefix})
        return Assembled(out.read_bytes(), int(answer["pages"]))


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench for the length of the block; nothing of it stays."""
    with TemporaryDirectory(prefix="tnt-pack-") as folder:
        yield Bench(Path(folder))


def _look(found: Mapping[str, Any]) -> Look:
    if "refused" in found:
        return Look(refused=str(found["refused"]))
    return Look(tuple(found["wide"]), bool(found["tagged"]), bool(found["ua"]))


def _ask(order: Mapping[str, Any]) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 - our own file, nothing of a request in the command
            [sys.executable, "-I", str(WORKER)],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            env={"LANG": "C.UTF-8"},
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise MergeFailed(f"more than {TIMEOUT_SECONDS} s", _culprit(order, error.stderr)) from error
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode(errors="replace")[-1000:]
        raise MergeFailed(why, _culprit(order, error.stderr)) from error
    return answer


def _culprit(order: Mapping[str, Any], told: bytes | None) -> str:
    """The last paper that the process named."""
    keys = {paper["key"] for paper in order["papers"]}
    lines = (told or b"").decode(errors="replace").splitlines()
    return next((line for line in reversed(lines) if line in keys), "")
