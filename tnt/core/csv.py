"""Tables as CSV for a French Excel: BOM, semicolons, and cells that can never run as formulas.

While demonstration data is loaded, the first line says so: the label follows the data.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum

from flask import Response
from flask_babel import gettext

from tnt.core import clock
from tnt.core.dataset import demo_loaded
from tnt.core.errors import N_

DEMO_LABEL = N_("Données de démonstration : personnes et séances fictives.")
BOM = "\ufeff"
# what a spreadsheet reads as the start of a formula, full-width twins included
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """A value as one cell: texts that look like formulas get an apostrophe, days are ISO, None is empty."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return clock.to_paris(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value).replace(".", ",")
    text = str(value.value if isinstance(value, Enum) else value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) else text


def write(head: Sequence[object], rows: Iterable[Sequence[object]], label: str = "") -> str:
    """The whole file: an optional label line, the head, the rows."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    if label:
        writer.writerow([cell(label)])
    writer.writerow([cell(value) for value in head])
    writer.writerows([cell(value) for value in row] for row in rows)
    return BOM + out.getvalue()


def response(name: str, head: Sequence[object], rows: Iterable[Sequence[object]]) -> Response:
    """The file `<name>-<today>.csv` to download, labelled while demonstration data is loaded."""
    label = gettext(DEMO_LABEL) if demo_loaded() else ""
    answer = Response(write(head, rows, label).encode("utf-8"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{clock.today():%Y-%m-%d}{"-demonstration" if label else ""}.csv"'
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
