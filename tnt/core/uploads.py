"""Files that people hand in: what is taken, recognised by its content, and what each refusal says.

A name and a declared type are only believed when the content agrees. The content is looked into by a process
of its own (`upload_worker.py`), which a file made to harm cannot leave. What is kept goes to `core.blobs`;
the name is kept for display, and never for a path.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, current_app, request

from tnt.core import upload_worker as worker
from tnt.core.errors import N_, DomainError
from tnt.core.words import storable

log = logging.getLogger("tnt.uploads")
F = TypeVar("F", bound=Callable[..., object])
MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 20  # a file
MOST_BYTES = MOST_MEGABYTES * MEGABYTE
MOST_REQUEST_BYTES = 64 * MEGABYTE  # several files at once
MOST_FILES = 10  # at once
NAME_LENGTH = 150
TIMEOUT_SECONDS = 40
WORKER = Path(worker.__file__)

# ending of a name -> media type
ENDINGS = {
    "pdf": worker.PDF,
    "odt": worker.ODT,
    "ods": worker.ODS,
    "odp": worker.ODP,
    "docx": worker.DOCX,
    "xlsx": worker.XLSX,
    "pptx": worker.PPTX,
    "png": worker.PNG,
    "jpg": worker.JPEG,
    "jpeg": worker.JPEG,
}
ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)  # what a browser offers to choose
KNOWN = frozenset(ENDINGS.values())
# other names of the same types
_SAME = {"image/jpg": worker.JPEG, "image/pjpeg": worker.JPEG, "application/x-pdf": worker.PDF}
# signs that turn the order of letters over, so that a name reads otherwise than it ends
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])


class Refusal(DomainError):
    """A file that is not taken; the sentence says its name and what to do."""

    field = "file"


class NoFile(Refusal):
    """The form was sent without a file."""

    message = N_("Choisissez un fichier.")


class EmptyFile(Refusal):
    """A file without a byte."""

    message = N_("« %(name)s » est vide : vérifiez le fichier, puis choisissez-le de nouveau.")


class FileTooLarge(Refusal):
    """Larger than what mails and packs carry."""

    message = N_("« %(name)s » dépasse %(most)s Mo : réduisez-le (images moins grandes, PDF compressé).")


class UnknownFormat(Refusal):
    """Not one of the formats taken, whatever its name says."""

    message = N_(
        "« %(name)s » n’est pas un fichier PDF, ODT, ODS, ODP, DOCX, XLSX, PPTX, PNG ou JPEG"
        " : son contenu ne correspond pas à son nom."
    )


class LyingName(Refusal):
    """The name says one format and the content is another."""

    message = N_(
        "« %(name)s » est en réalité un fichier %(found)s : donnez-lui la bonne extension, ou "
        "enregistrez-le dans le format annoncé."
    )


class DamagedFile(Refusal):
    """It does not open."""

    message = N_("« %(name)s » est abîmé et ne s’ouvre pas : enregistrez-le de nouveau depuis son logiciel.")


class ProtectedFile(Refusal):
    """Members could not read it."""

    message = N_("« %(name)s » est protégé par un mot de passe : enregistrez-le sans protection.")


class NoPage(Refusal):
    """A PDF without a page."""

    message = N_("« %(name)s » n’a aucune page.")


class ExpandsTooMuch(Refusal):
    """A small file that fills a memory or a disk once opened."""

    message = N_(
        "« %(name)s » devient démesuré une fois ouvert : réduisez ses images ou ses tableaux, "
        "ou enregistrez-le en PDF."
    )


class TakesTooLong(Refusal):
    """Looking into it, or into those before it in the same form, took all the time that there is."""

    message = N_("« %(name)s » n’a pas pu être vérifié à temps : déposez-le de nouveau, seul.")


class TooManyFiles(Refusal):
    """So many at once."""

    message = N_("Choisissez au plus %(most)s fichiers à la fois.")


_REFUSALS: dict[str, type[Refusal]] = {
    "unknown": UnknownFormat,
    "damaged": DamagedFile,
    "encrypted": ProtectedFile,
    "no_page": NoPage,
    "expands": ExpandsTooMuch,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was looked into: its bytes, the name to show, and what is known of it."""

    content: bytes
    name: str
    media_type: str
    pages: int | None = None  # of a PDF
    tagged: bool | None = None  # whether a PDF is structured for screen readers
    mergeable: bool = False  # whether its pages can be taken into another PDF

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)


def inspect(
    name: str,
    declared: str,
    content: bytes,
    *,
    only: frozenset[str] = KNOWN,
    seconds: float = TIMEOUT_SECONDS,
) -> Upload:
    """The file as it may be kept; `only` are the media types wanted, `seconds` the time that there is.

    Raises Refusal, with its sentence.
    """
    shown = display_name(name)
    if not content:
        raise EmptyFile(name=shown)
    if len(content) > MOST_BYTES:
        raise FileTooLarge(name=shown, most=MOST_MEGABYTES)
    return _checked(shown, declared, content, _ask(shown, content, seconds), only)


def inspect_ours(name: str, content: bytes) -> Upload:
    """The same without a process of its own, for files that come with the application. Raises Refused."""
    return Upload(content, display_name(name), **worker.examine(content))


def _checked(
    shown: str, declared: str, content: bytes, facts: dict[str, Any], only: frozenset[str]
) -> Upload:
    media_type = facts["media_type"]
    if media_type not in only:
        raise UnknownFormat(name=shown)
    ending = next(known for known, kind in ENDINGS.items() if kind == media_type)
    stem, dot, said = shown.rpartition(".")
    if not dot or not stem:
        shown = f"{shown.strip('.')}.{ending}"  # a name without an ending does not lie
    elif ENDINGS.get(said.lower()) != media_type or _lies(declared, media_type):
        raise LyingName(name=shown, found=ending.upper())
    return Upload(content, shown, **facts)


def _lies(declared: str, media_type: str) -> bool:
    """Whether the type that the browser declared is another one that we know, or that of a text.

    Software registers types of its own for our formats: a name that we do not know says nothing.
    """
    said = declared.partition(";")[0].strip().lower()
    said = _SAME.get(said, said)
    return said != media_type and (said in KNOWN or said.startswith("text/"))


def _ask(shown: str, content: bytes, seconds: float) -> dict[str, Any]:
    """What the worker found. Raises Refusal, DamagedFile too when the worker itself gave up, TakesTooLong."""
    if seconds <= 0:
        raise TakesTooLong(name=shown)
    try:
        done = subprocess.run(  # noqa: S603 - our own file, nothing of the request in the command
            [sys.executable, "-I", str(WORKER)],
            input=content,
            capture_output=True,
            timeout=seconds,
            env={"LANG": "C.UTF-8"},
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise TakesTooLong(name=shown) from error
    except (subprocess.SubprocessError, ValueError) as error:
        log.warning("the worker gave up on a file: %s", type(error).__name__)
        raise DamagedFile(name=shown) from error
    if "refused" in answer:
        raise _REFUSALS[answer["refused"]](name=shown)
    facts: dict[str, Any] = answer["facts"]
    return facts


def display_name(name: str) -> str:
    """The name of a file as it is shown and saved under: no path, no invisible sign, 150 characters."""
    last = storable(name).replace("\\", "/").rpartition("/")[2].translate(_TURNING)
    last = " ".join(unicodedata.normalize("NFC", last).split()).lstrip(".")
    if not last:
        return "fichier"
    if len(last) <= NAME_LENGTH:
        return last
    stem, dot, ending = last.rpartition(".")
    return f"{stem[: NAME_LENGTH - 11]}….{ending[:9]}" if dot else last[:NAME_LENGTH]


def receives_files(view: F) -> F:
    """Mark a view whose form carries several files at once: its requests may be larger than others."""
    view.receives_files = True  # type: ignore[attr-defined]  # a marker read before the form is
    return view


def init_app(app: Flask) -> None:
    """Let the marked views receive more, before anything reads the form."""
    app.before_request(_let_larger)


def _let_larger() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "receives_files", False):
        request.max_content_length = MOST_REQUEST_BYTES
