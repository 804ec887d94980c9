"""Accessible PDFs (PDF/UA-1) from the templates of `pdf_templates/`, built by typst in a limited process.

The data is handed over as JSON and is content, never code. The same data gives the same bytes: the date of
the document is part of the data. A character that our fonts lack becomes « □ » and is listed at the end.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "pdf_templates"
WORKER = Path(__file__).parent / "pdf_worker.py"
TIMEOUT_SECONDS = 30
DEMO_NOTICE = "Données de démonstration – document sans valeur"  # as `base.typ` writes it
PLACEHOLDER = "□"
_ROUNDS = 4  # replacing characters may change how the others are shaped, so ask again a few times
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff")


class PdfFailed(RuntimeError):
    """The PDF could not be built: a fault of the template, of its limits, never of the typed text."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A PDF and the values that its template left on the way as `metadata` labelled <mark>, in order."""

    content: bytes
    marks: list[Any]


def render(template: str, data: Mapping[str, Any], *, dated: datetime | None = None) -> bytes:
    """The PDF of that template (« record ») with that data, as bytes.

    `dated` is the instant written in the file; without it, the one of `data["date"]` (ISO day), else none.
    Raises PdfFailed.
    """
    return render_with_marks(template, data, dated=dated).content


def render_with_marks(template: str, data: Mapping[str, Any], *, dated: datetime | None = None) -> Rendered:
    """The same, with what the template says of its layout: on which page something came. Raises PdfFailed."""
    content = _drawable(dict(data), frozenset())
    missing: frozenset[str] = frozenset()
    answer: dict[str, Any] = {}
    for _ in range(_ROUNDS):
        answer = _ask(template, content, _timestamp(content, dated))
        if "pdf" in answer:
            return Rendered(base64.b64decode(answer["pdf"]), answer["marks"])
        if not answer["missing"]:
            break
        missing |= frozenset(answer["missing"])
        content = _drawable(dict(data), missing) | {"replaced": sorted(_name(sign) for sign in missing)}
    raise PdfFailed(answer["error"])


def _ask(template: str, data: Mapping[str, Any], timestamp: int) -> dict[str, Any]:
    """What the worker answers to one order. Raises PdfFailed when it dies or is too slow."""
    path = TEMPLATES / f"{template}.typ"
    if path.parent != TEMPLATES or not path.is_file():
        raise PdfFailed(f"no template « {template} »")
    order = {"template": path.name, "folder": str(TEMPLATES), "data": data, "timestamp": timestamp}
    try:
        done = subprocess.run(  # noqa: S603 - our own file, nothing of the request in the command
            [sys.executable, "-I", str(WORKER)],
            input=json.dumps(order, default=str).encode(),
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            env={"LANG": "C.UTF-8"},
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise PdfFailed(f"« {template} » took more than {TIMEOUT_SECONDS} s") from error
    except subprocess.CalledProcessError as error:
        raise PdfFailed(f"« {template} »: {error.stderr.decode(errors='replace')[-1000:]}") from error
    return answer


def _timestamp(data: Mapping[str, Any], dated: datetime | None) -> int:
    if dated is None and data.get("date"):
        dated = datetime.fromisoformat(str(data["date"])[:10]).replace(tzinfo=UTC)
    return int(dated.timestamp()) if dated else 0


def _drawable(value: Any, missing: frozenset[str]) -> Any:
    """The same data without control characters, composed, and with « □ » for the missing characters."""
    if isinstance(value, str):
        return _drawable_text(value, missing)
    if isinstance(value, Mapping):
        return {str(key): _drawable(part, missing) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(part, missing) for part in value]
    return value


def _drawable_text(text: str, missing: frozenset[str]) -> str:
    signs = (
        "" if sign in _ZERO_WIDTH or _is_control(sign) else PLACEHOLDER if sign in missing else sign
        for sign in unicodedata.normalize("NFC", text)
    )
    return "".join(signs)


def _is_control(sign: str) -> bool:
    """A control, a lone surrogate, or a sign without a meaning of its own; line ends and tabs are kept."""
    return unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} and sign not in "\n\r\t"


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
