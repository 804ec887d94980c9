"""Kept files as a browser takes them: saved under a name, never run or shown as a page of ours."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from flask import Response

from tnt.core import blobs


def attachment(sha256: str, name: str) -> Response:
    """The content under that hash, to save. Raises UnknownBlob."""
    blob = blobs.get(sha256)
    return download(blob.content, blob.media_type, name)


def download(content: bytes, media_type: str, name: str) -> Response:
    """A file made for the reader, to save under that name."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def disposition(name: str) -> str:
    """« attachment » under a name in any script (RFC 6266): plain letters first, then the name itself."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(sign for sign in plain if sign.isalnum() or sign in " ._-()").strip()
    if plain == name:
        return f'attachment; filename="{plain}"'
    if not plain.rpartition(".")[0]:
        plain = f"fichier{plain}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
