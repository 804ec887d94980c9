"""Building a pack outside the web: snapshot, documents, then all of it kept at once, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tnt.core import blobs, tasks
from tnt.core.db import db
from tnt.core.journal import canonical
from tnt.core.pdf_merge import bench
from tnt.core.tasks import Handle
from tnt.packs import documents, queries, services
from tnt.packs.content import snapshot
from tnt.packs.models import Pack
from tnt.packs.rules import PackState
from tnt.papers.queries import list_papers

BUILD_SECONDS = 3


def build(payload: Mapping[str, Any], handle: Handle) -> Mapping[str, Any]:
    """Build one preview. A task that was overtaken by a newer one does nothing."""
    pack = db.session.get(Pack, payload["pack_id"], populate_existing=True)
    if pack is None or pack.build != payload["build"] or pack.state is not PackState.QUEUED:
        return {}
    meeting, number = pack.meeting, pack.number
    items = queries.items_of(meeting.id)
    papers = list_papers(meeting.id, reserved=True)
    seen = queries.fingerprint(queries.watch_of(meeting, items, papers))
    sent = queries.last_sent(queries.packs_of(meeting.id))
    with bench() as papers_bench:
        for paper in papers:
            if paper.media_type == blobs.PDF and paper.mergeable:
                papers_bench.lay(str(paper.paper_id), blobs.read(paper.sha256))
        looks = {int(key): look for key, look in papers_bench.look().items()}
        held = queries.snapshot_of(sent) if sent is not None else None
        content = snapshot(meeting, number, items, papers, looks, held)
        db.session.rollback()  # nothing of the database is held while documents are made
        handle.progress(20)
        made = documents.make(content, papers_bench, _fetch, handle.progress)
    with handle.transaction():
        kept = services.keep_build(
            payload["pack_id"], payload["build"], canonical(content).encode(), seen, made
        )
    return {"kept": kept}


def _fetch(sha256: str) -> bytes:
    content = blobs.read(sha256)
    db.session.rollback()
    return content


def build_due() -> int:
    """Build the previews that are asked for, one after the other; how many were tried."""
    return tasks.run_due(kinds=(services.TASK_KIND,))


tasks.register_handler(services.TASK_KIND, build, apart=True)
tasks.register_tick("packs.build", BUILD_SECONDS, build_due)
