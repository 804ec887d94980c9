"""The agenda as a document of its own, under the committee's letterhead: PDF and ODT."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale

from tnt.core import clock, dataset, formats, odt, pdf
from tnt.core.formats import typo
from tnt.meetings.models import Meeting
from tnt.packs import queries
from tnt.packs.content import KIND_WORDS
from tnt.packs.rules import safe_name

TEMPLATE = "agenda"
TITLE = "Ordre du jour"


def agenda_of(meeting: Meeting, *, reserved: bool) -> dict[str, Any]:
    """What it says; `reserved`: with the items that the session reserves."""
    with force_locale("fr"):
        items = [item for item in queries.items_of(meeting.id) if reserved or not item.reserved]
        return {
            "lang": "fr",
            "title": TITLE,
            "demo": dataset.demo_loaded(),
            "date": clock.today().isoformat(),
            "day_line": formats.date_medium(clock.today()),
            "letterhead": meeting.committee.letterhead_lines,
            "committee": meeting.committee.name,
            "date_line": formats.date_long(meeting.starts_at),
            "time_line": formats.time_range(meeting.starts_at, meeting.ends_at),
            "place": meeting.place,
            "video": bool(meeting.video_url),
            "total": formats.duration(sum(item.minutes for item in items)),
            "items": [
                {
                    "position": str(item.position),
                    "title": typo(item.title),
                    "kind": KIND_WORDS[item.kind],
                    "minutes": formats.duration(item.minutes) if item.minutes else "",
                    "rapporteur": item.rapporteur,
                    "reserved": item.reserved,
                    "section": typo(item.section or ""),
                }
                for item in items
            ],
        }


def render_pdf(data: dict[str, Any]) -> bytes:
    """The accessible PDF (PDF/UA-1). Raises PdfFailed."""
    return pdf.render(TEMPLATE, data)


def render_odt(data: dict[str, Any]) -> bytes:
    """The same to take over in a word processor."""
    rows = [
        [item["position"], _title_of(item), item["kind"], item["rapporteur"], item["minutes"]]
        for item in data["items"]
    ]
    place = data["place"] or ("à distance" if data["video"] else "")
    facts = [
        ("Date", f"{data['date_line']}, {data['time_line']}"),
        ("Lieu", place),
        ("Durée", data["total"]),
    ]
    return odt.write(
        odt.Document(
            title=TITLE,
            subtitle=data["committee"],
            letterhead=data["letterhead"],
            blocks=[
                odt.Facts([fact for fact in facts if fact[1]]),
                odt.Table(["N°", "Point", "Nature", "Rapporteur", "Durée"], rows, widths=(1, 7, 2, 3, 2)),
            ],
            author=data["committee"],
            running=f"{TITLE} – {data['committee']} – {data['date_line']}",
            notice=pdf.DEMO_NOTICE if data["demo"] else "",
        )
    )


def _title_of(item: dict[str, Any]) -> str:
    heading = f"{item['section']} – " if item["section"] else ""
    return f"{heading}{item['title']}{' (point réservé)' if item['reserved'] else ''}"


def file_name(meeting: Meeting, extension: str) -> str:
    """« ordre-du-jour-CC-2026-12-15.pdf »."""
    day = clock.paris_day(meeting.starts_at).isoformat()
    return f"ordre-du-jour-{safe_name(meeting.committee.code, 8)}-{day}.{extension}"
