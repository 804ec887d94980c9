"""The process that builds one PDF, under limits of memory and time; run by file, not imported.

It reads one JSON object (template, folder, data, timestamp) and writes one back: the PDF in base 64, the
characters that the fonts lack, or why it failed. It imports typst and nothing of the application.
"""

from __future__ import annotations

import base64
import json
import re
import resource
import sys
from typing import Any

import typst

MEMORY_BYTES = 1_500 * 1024 * 1024
CPU_SECONDS = 60
# « the text `"😀"` could not be displayed with font … », one message per character
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


def main() -> None:
    """Answer one order."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    order = json.load(sys.stdin)
    try:
        pdf, marks = build(order)
        answer: dict[str, Any] = {"pdf": base64.b64encode(pdf).decode("ascii"), "marks": marks}
    except typst.TypstError as error:
        answer = {"missing": missing_characters(error.diagnostic), "error": error.diagnostic[:2000]}
    json.dump(answer, sys.stdout)


def build(order: dict[str, Any]) -> tuple[bytes, list[Any]]:
    """The PDF/UA-1 of an order, with our own fonts only, and the values of its marks."""
    folder = order["folder"]
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[f"{folder}/fonts"]
    )
    compiler = typst.Compiler(
        f"{folder}/{order['template']}",
        root=folder,
        font_paths=fonts,
        sys_inputs={"data": json.dumps(order["data"], ensure_ascii=False)},
    )
    pdf = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=order["timestamp"])
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no bytes")
    return pdf, json.loads(compiler.query("<mark>", field="value"))


def missing_characters(diagnostic: str) -> list[str]:
    """The characters that the diagnostic says no font can draw."""
    texts = (_ESCAPE.sub(lambda code: chr(int(code[1], 16)), text) for text in _MISSING.findall(diagnostic))
    return sorted({character for text in texts for character in text})


if __name__ == "__main__":
    main()
