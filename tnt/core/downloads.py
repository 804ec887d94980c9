"""Kept files as a browser takes them: saved under a name, never run or shown as a page of ours."""

from __future__ import annotations

from flask import Response

from tnt.core import blobs


def attachment(sha256: str, name: str) -> Response:
    """The content under that hash, to save. Raises UnknownBlob."""
    blob = blobs.get(sha256)
    return download(blob.content, blob.media_type, name)


def download(content: bytes, media_type: str, name: str) -> Response:
    """A file made for the reader, to save under that name."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
