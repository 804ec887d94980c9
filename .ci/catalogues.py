"""The catalogues of texts: bring them up to date (`update`), or say what they lack (`check`, code 1).

French is the language of the sources, so its catalogue holds only plurals, filled here. English must be
complete: nothing missing, untranslated, doubtful or with other parameters than the French sentence.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tnt" / "translations"
KEYWORDS = ("_", "gettext", "ngettext:1,2", "lazy_gettext", "_l", "N_")
LANGUAGES = {"fr": "nplurals=2; plural=(n > 1);", "en": "nplurals=2; plural=(n != 1);"}
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
PARAMETER = re.compile(r"%\((\w+)\)[sd]")


def extract(target: Path) -> Catalog:
    """Every text of the sources and templates."""
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml"]
    for keyword in KEYWORDS:
        command += ["-k", keyword]
    command += ["--sort-by-file", "--add-location=file", "--no-wrap", "--project=TNT"]
    command += ["--omit-header", "-o", str(target), "."]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own command
    with target.open("rb") as file:
        return read_po(file)


def catalogue(language: str) -> Catalog:
    """The catalogue of a language; an empty one when it does not exist yet."""
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def po_bytes(texts: Catalog, language: str) -> bytes:
    """The file of a catalogue: no dates nor names, so that it changes only with its texts."""
    out = io.BytesIO()
    write_po(out, texts, width=0, omit_header=True, include_lineno=False, ignore_obsolete=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {language}\\n"\n"Plural-Forms: {LANGUAGES[language]}\\n"\n\n'
    )
    return header.encode() + out.getvalue()


def mo_bytes(po: bytes, language: str) -> bytes:
    """The compiled catalogue."""
    out = io.BytesIO()
    texts = read_po(io.BytesIO(po), locale=language)
    texts.creation_date = texts.revision_date = UNDATED  # else Babel writes the present minute
    write_mo(out, texts)
    return out.getvalue()


def updated(language: str, template: Catalog) -> Catalog:
    """The catalogue with the present texts; new ones are empty, and French plurals are filled."""
    texts = catalogue(language)
    texts.update(template, no_fuzzy_matching=True)
    texts.obsolete.clear()
    if language == "fr":
        return only_plurals(texts)
    return texts


def only_plurals(texts: Catalog) -> Catalog:
    """French as its sources say it: a catalogue is needed only to choose between singular and plural."""
    french = Catalog(locale="fr")
    for message in texts:
        if message.id and message.pluralizable:
            french.add(message.id, tuple(message.id), locations=message.locations, flags=message.flags)
    return french


def update() -> int:
    """Write the catalogues and their compiled form."""
    template = extract_here()
    for language in LANGUAGES:
        folder = FOLDER / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        po = po_bytes(updated(language, template), language)
        (folder / "messages.po").write_bytes(po)
        (folder / "messages.mo").write_bytes(mo_bytes(po, language))
    faults = lacking(catalogue("en"), template)
    print(f"Catalogues à jour : {len(template)} textes, {len(faults)} à traduire en anglais.")  # noqa: T201
    return 0


def extract_here() -> Catalog:
    """The texts of the present sources, through a file that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        return extract(Path(folder) / "messages.pot")


def lacking(texts: Catalog, template: Catalog) -> list[str]:
    """What the English catalogue lacks, one line each."""
    return [fault for message in template if message.id for fault in faults_of(message, texts)]


def faults_of(message: Message, texts: Catalog) -> list[str]:
    """What is wrong with the translation of a text."""
    label = repr(message.id)
    own = texts.get(message.id, message.context)
    if own is None:
        return [f"absent : {label}"]
    forms = [own.string] if isinstance(own.string, str) else own.string or [""]
    strings = [str(form or "") for form in forms]
    if not all(strings):
        return [f"non traduit : {label}"]
    if own.fuzzy:
        return [f"à revoir : {label}"]
    wanted = parameters(message.id)
    return [f"paramètres différents : {label}" for text in strings if not parameters(text) <= wanted] or (
        [f"paramètres perdus : {label}"] if parameters(strings) != wanted else []
    )


def parameters(texts: str | tuple[str, ...] | list[str]) -> set[str]:
    """The names of the parameters of a text, or of its plural forms together."""
    forms = (texts,) if isinstance(texts, str) else texts
    return {name for form in forms for name in PARAMETER.findall(form)}


def check() -> int:
    """Say what is missing, doubtful or not compiled."""
    template = extract_here()
    faults = lacking(catalogue("en"), template)
    for language in LANGUAGES:
        folder = FOLDER / language / "LC_MESSAGES"
        po = po_bytes(updated(language, template), language)
        compiled = folder / "messages.mo"
        if not compiled.exists() or compiled.read_bytes() != mo_bytes(po, language):
            faults.append(f"{language} : catalogue compilé en retard, lancez « make catalogues »")
    for fault in faults:
        print(fault)  # noqa: T201
    if not faults:
        print(f"Catalogues complets : {len(template)} textes.")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit({"update": update, "check": check}[sys.argv[1]]())
