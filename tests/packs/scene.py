"""What the tests of packs need: a session with items, papers of each kind, and its preview built."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.closing.scene import Scene, plan, put_information, put_motion, set_scene
from tests.core import pdfs
from tnt.agendas.models import AgendaItem
from tnt.convocations import services as convocations
from tnt.core import blobs, clock
from tnt.core.db import db, transaction
from tnt.packs import jobs, queries, services
from tnt.packs.models import Pack
from tnt.packs.rules import FileKind
from tnt.papers.models import Paper, PaperVersion
from tnt.papers.rules import PaperState
from tnt.projects.rules import Motion

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

__all__ = ["Scene", "add_paper", "built", "convened", "item_ids", "set_scene", "with_agenda"]


def with_agenda(scene: Scene, *, days: int = 22) -> int:
    """A session to come with a decision and an item of information."""
    meeting_id = plan(scene, days=days)
    put_motion(scene, meeting_id, Motion.CREATE)
    put_information(scene, meeting_id)
    return meeting_id


def convened(scene: Scene) -> int:
    """The same, convened."""
    meeting_id = with_agenda(scene)
    convocations.convene(scene.actor(scene.secretary), meeting_id)
    return meeting_id


def item_ids(meeting_id: int) -> list[int]:
    """The items of a session, in order."""
    wanted = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position)
    return list(db.session.scalars(wanted))


def add_paper(
    item_id: int, content: bytes, *, title: str = "Note", media_type: str = blobs.PDF, **values: Any
) -> int:
    """A validated paper, straight to the tables: checks of uploads are told elsewhere."""
    state = values.pop("state", PaperState.VALIDATED)
    now = clock.now()
    with transaction() as session:
        position = len(list(session.scalars(select(Paper.id).where(Paper.item_id == item_id)))) + 1
        paper = Paper(item_id=item_id, position=position, title=title, state=state, created_at=now, **values)
        session.add(paper)
        session.flush()
        paper_id = paper.id
        session.add(_version(paper_id, 1, content, media_type, state is PaperState.VALIDATED))
    return paper_id


def replace_paper(paper_id: int, content: bytes) -> None:
    """A new version of a paper, validated."""
    with transaction() as session:
        session.add(_version(paper_id, 2, content, blobs.PDF, True))


def _version(paper_id: int, number: int, content: bytes, media_type: str, validated: bool) -> PaperVersion:
    ending = "pdf" if media_type == blobs.PDF else "docx"
    return PaperVersion(
        paper_id=paper_id,
        number=number,
        sha256=blobs.put(content, media_type),
        file_name=f"note.{ending}",
        media_type=media_type,
        size=len(content),
        pages=None,
        tagged=None,
        mergeable=media_type == blobs.PDF,
        uploaded_at=clock.now(),
        validated_at=clock.now() if validated else None,
    )


def built(scene: Scene, meeting_id: int) -> Pack:
    """The preview of a session, asked for and built."""
    services.ask_for_preview(scene.actor(scene.secretary), meeting_id)
    assert jobs.build_due() == 1
    db.session.expire_all()
    preview = queries.find_preview(queries.packs_of(meeting_id))
    assert preview is not None
    return preview


def sent(scene: Scene, meeting_id: int) -> Pack:
    """The preview, built and sent."""
    preview = built(scene, meeting_id)
    pack = services.send(scene.actor(scene.secretary), meeting_id, chosen=preview.content_sha256 or "")
    db.session.expire_all()
    return pack


def content_of(pack: Pack, kind: FileKind = FileKind.PDF, *, reserved: bool = False) -> bytes:
    """The bytes of a file of a pack."""
    (found,) = [each for each in pack.files if each.kind is kind and each.reserved is reserved]
    return blobs.read(found.sha256)


def names_in(archive: bytes) -> list[str]:
    """What a ZIP holds."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        assert files.testzip() is None
        return files.namelist()


def later(**span: int) -> None:
    """Move the clock forward."""
    clock.freeze(clock.now() + timedelta(**span))


SCAN = pdfs.scan(2, words="Scan")
TAGGED = pdfs.tagged("Texte balise.")
