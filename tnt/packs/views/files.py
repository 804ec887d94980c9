"""A file of a pack as it is taken away."""

from __future__ import annotations

from flask import Response

from tnt.core import clock
from tnt.core.downloads import attachment
from tnt.packs import documents
from tnt.packs.models import PackFile
from tnt.packs.rules import PackState


def download_of(found: PackFile) -> Response:
    """The file under its name: a preview says that it is one."""
    pack = found.pack
    named = {
        "number": pack.number,
        "restricted": found.reserved,
        "code": pack.meeting.committee.code,
        "day": clock.paris_day(pack.meeting.starts_at).isoformat(),
    }
    prefix = "" if pack.state is PackState.SENT else "apercu-"
    return attachment(found.sha256, f"{prefix}{documents.stem(named)}.{found.kind.value}")
