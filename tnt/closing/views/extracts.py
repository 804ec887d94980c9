"""The extracts of a record, group by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tnt.closing import extracts, queries
from tnt.closing.models import DecisionRecord
from tnt.closing.record import file_name, render, render_odt
from tnt.closing.views.record import blueprint, readable
from tnt.core import blobs, odt
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.downloads import download


def _extract(meeting_id: int, slug: str) -> tuple[DecisionRecord, Mapping[str, Any]]:
    actor = current_actor()
    record = queries.get_record(actor, meeting_id)
    content, _is_whole = readable(record)
    return record, extracts.extract(actor, record, content, extracts.get_concerned(record, content, slug))


@blueprint.get("/releve/extraits/<slug>.pdf")
@access(SIGNED_IN)
def extract_pdf(meeting_id: int, slug: str) -> Response:
    """What the session decided of that group, as an accessible PDF."""
    record, content = _extract(meeting_id, slug)
    printed = render(dict(content), list(queries.visas_of_version(record)), extracts.status_line(record))
    return download(printed, blobs.PDF, f"extrait-{slug}-{file_name(record)}")


@blueprint.get("/releve/extraits/<slug>.odt")
@access(SIGNED_IN)
def extract_odt(meeting_id: int, slug: str) -> Response:
    """The same to take over in a word processor."""
    record, content = _extract(meeting_id, slug)
    visas = list(queries.visas_of_version(record))
    printed = render_odt(dict(content), visas, extracts.status_line(record))
    return download(printed, odt.MEDIA_TYPE, f"extrait-{slug}-{file_name(record, 'odt')}")
