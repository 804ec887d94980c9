"""Papers put into a PDF: their tags, outlines and links follow, ours stay; hostile ones break nothing."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import typst

from tests.conftest import missing
from tests.core import pdfs
from tnt.core import pdf_merge
from tnt.core.pdf_merge import Insert, Look, MergeFailed, bench


@pytest.fixture(autouse=True)
def _reader() -> None:
    if shutil.which("pdfinfo") is None:
        missing("pdfinfo absent : installez poppler-utils")


def frames(pages: int = 4, wide: tuple[int, ...] = ()) -> bytes:
    """A tagged PDF of a text page, `pages` empty ones that only have a header, and a last text page."""
    slots = "\n".join(
        f"#page(flipped: {'true' if rank in wide else 'false'}, header: [Cadre {rank + 1}], [])"
        for rank in range(pages)
    )
    source = f'#set document(title: "Pack")\n#set text(lang: "fr")\n= Avant\nPremier texte.\n{slots}\n= Après'
    source += "\nFin."
    compiled = typst.compile(source.encode(), format="pdf", pdf_standards=["ua-1"])
    assert isinstance(compiled, bytes)
    return compiled


def opened(content: bytes) -> Any:
    found = pikepdf.open(io.BytesIO(content))
    assert found.check_pdf_syntax() == []
    return found


def structure(content: bytes, folder: Path) -> str:
    path = folder / "read.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdfinfo", "-struct-text", str(path)], capture_output=True, check=True)
    return done.stdout.decode(errors="replace")


def insert(key: str, slots: list[int], *, tagged: bool) -> Insert:
    return Insert(
        key, f"Pièce {key}", tagged, slots, [f"Page {n} de {key}" for n in range(1, len(slots) + 1)]
    )


def test_each_paper_is_looked_at() -> None:
    with bench() as papers:
        papers.lay("scan", pdfs.scan(2))
        papers.lay("wide", pdfs.scan(wide=True))
        papers.lay("turned", pdfs.scan(rotate=90))
        papers.lay("tagged", pdfs.tagged())
        papers.lay("locked", pdfs.locked())
        papers.lay("broken", pdfs.BROKEN)
        assert papers.look() == {
            "scan": Look((False, False)),
            "wide": Look((True,)),
            "turned": Look((True,)),
            "tagged": Look((False,), tagged=True, ua=True),
            "locked": Look(refused="encrypted"),
            "broken": Look(refused="broken"),
        }


def test_nothing_to_look_at() -> None:
    with bench() as papers:
        assert papers.look() == {}


def test_papers_come_in_reading_order_with_their_tags(tmp_path: Path) -> None:
    with bench() as papers:
        papers.lay("a", pdfs.tagged("Texte de la pièce."))
        papers.lay("b", pdfs.scan(2, words="Scan"))
        made = papers.assemble(
            frames(4), [insert("a", [2], tagged=True), insert("b", [3, 4], tagged=False)], ua=False
        )
    assert made.pages == 6
    told = structure(made.content, tmp_path)
    found = [
        told.index(words)
        for words in ("Premier texte.", "Titre balisé", "Texte de la pièce.", "Scan 1", "Scan 2", "Fin.")
    ]
    assert found == sorted(found)
    assert told.count("Figure") == 2
    assert "Cadre" not in told  # headings and numbers of the frames are artifacts


def test_the_structure_is_whole(tmp_path: Path) -> None:
    with bench() as papers:
        papers.lay("a", pdfs.tagged())
        papers.lay("b", pdfs.tagged())
        papers.lay("c", pdfs.scan())
        made = papers.assemble(
            frames(3),
            [insert(key, [slot], tagged=key != "c") for slot, key in enumerate("abc", 2)],
            ua=False,
        )
    found = opened(made.content)
    tree = found.Root.StructTreeRoot
    parents = dict(pikepdf.NumberTree(tree.ParentTree).items())
    keys = [int(page.obj.StructParents) for page in found.pages]
    assert len(set(keys)) == len(keys) == 5
    assert set(keys) <= set(parents)
    assert int(tree.ParentTreeNextKey) > max(parents)
    parts = [kid for kid in tree.K[0].K if kid.S == "/Part"]
    assert [str(part.T) for part in parts] == ["Pièce a", "Pièce b", "Pièce c"]
    figure = parts[2].K[0]
    assert (str(figure.S), str(figure.Alt)) == ("/Figure", "Page 1 de c")
    assert parents[int(found.pages[3].obj.StructParents)][0].objgen == figure.objgen
    for part in parts[:2]:
        assert str(part.Lang) == "fr-FR"
        assert all(kid.P.objgen == part.objgen for kid in part.K)


@pytest.mark.parametrize("ua", [True, False])
def test_the_identifier_stays_only_if_all_of_it_is_accessible(ua: bool) -> None:
    with bench() as papers:
        papers.lay("a", pdfs.tagged())
        made = papers.assemble(frames(1), [insert("a", [2], tagged=True)], ua=ua)
    found = opened(made.content)
    metadata = found.Root.Metadata.read_bytes()
    assert bool(re.search(rb"<pdfuaid:part>1|pdfuaid:part=.1", metadata)) is ua


def test_outlines_and_links_follow() -> None:
    with bench() as papers:
        papers.lay("a", pdfs.scan(3))
        made = papers.assemble(frames(3), [insert("a", [2, 3, 4], tagged=False)], ua=False)
    found = opened(made.content)
    with found.open_outline() as outline:
        before = outline.root[0]
        assert (before.title, [child.title for child in before.children]) == ("Avant", ["Pièce a"])
        chapter = before.children[0].children[0]
        assert (chapter.title, chapter.children[0].title) == ("Chapitre", "Section")
        assert chapter.children[0].destination[0].objgen == found.pages[3].obj.objgen
    link = found.pages[1].obj.Annots[0]
    assert link.Dest[0].objgen == found.pages[3].obj.objgen
    assert 72 < float(link.Rect[0]) < 105  # it shrank with its page


@pytest.mark.parametrize("options", [{}, {"wide": True}, {"rotate": 90}, {"rotate": 180}, {"rotate": 270}])
def test_pages_are_upright_on_the_paper_of_their_frame(options: dict[str, Any]) -> None:
    with bench() as papers:
        papers.lay("a", pdfs.scan(**options))
        wide = papers.look()["a"].wide[0]
        made = papers.assemble(frames(1, (0,) if wide else ()), [insert("a", [2], tagged=False)], ua=False)
    found = opened(made.content)
    page = found.pages[1]
    assert page.rotation == 0
    sides = [float(side) for side in page.mediabox[2:]]
    assert (sides[0] > sides[1]) is wide
    figure = [float(side) for side in found.Root.StructTreeRoot.K[0].K[2].K[0].A.BBox]
    assert figure[0] > 0
    assert figure[3] < sides[1]


def test_scripts_and_programs_are_left_out() -> None:
    with bench() as papers:
        papers.lay("a", pdfs.with_script())
        made = papers.assemble(frames(2), [insert("a", [2, 3], tagged=False)], ua=False)
    found = opened(made.content)
    raw = b"".join(str(each).encode() for each in found.objects)
    assert not re.search(rb"JavaScript|Launch|cmd\.exe", raw)


def test_pages_are_named_with_their_prefix() -> None:
    with bench() as papers:
        made = papers.assemble(frames(0), [], label_prefix="A1-")
    assert [page.label for page in opened(made.content).pages] == ["A1-1"]


def test_the_same_papers_give_the_same_bytes() -> None:
    def made() -> bytes:
        with bench() as papers:
            papers.lay("a", pdfs.scan())
            papers.lay("b", TAGGED)
            inserts = [insert("a", [2], tagged=False), insert("b", [3], tagged=True)]
            return papers.assemble(FRAMES, inserts, ua=False).content

    assert made() == made()


def test_a_failure_names_the_paper() -> None:
    with bench() as papers:
        papers.lay("good", pdfs.scan())
        papers.lay("bad", pdfs.BROKEN)
        inserts = [insert("good", [2], tagged=False), insert("bad", [3], tagged=False)]
        with pytest.raises(MergeFailed) as failure:
            papers.assemble(frames(2), inserts, ua=False)
    assert failure.value.key == "bad"


def test_a_process_that_is_too_slow_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_merge, "TIMEOUT_SECONDS", 0.001)
    with bench() as papers:
        papers.lay("a", pdfs.scan())
        assert papers.look() == {"a": Look(refused="broken")}


TAGGED = pdfs.tagged()
FRAMES = frames(2)
