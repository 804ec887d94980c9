"""A person at a browser: signs in with one click, reads, presses; every fault of a page is noted.

TNT_PICTURES=folder keeps a picture of each page that is looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests.journeys.live import Live

PICTURES = os.environ.get("TNT_PICTURES", "")
WIDE, NARROW, NARROWEST = 1280, 390, 320
SECRETARY = "Secrétaire du comité de coordination"
POLITICAL_SECRETARY = "Secrétaire du comité d’orientation politique"
STATE_CO_CHAIR = "Coprésident du comité de coordination, pour l’État"
ASSOCIATIONS_CO_CHAIR = "Coprésidente du comité de coordination, pour les associations"
POLITICAL_CO_CHAIR = "Coprésident du comité d’orientation politique, pour les associations"
LEAD = "Responsable de groupe projet"
MEMBER = "Membre du comité de coordination"
ADMINISTRATOR = "Administrateur"
# somebody real, without a mandate, who signs in with a password
READER, READER_PASSWORD = "agnes.morel@ville.example", "quatre mots assez longs"

# what a reader must never see: a value that is missing, a template or a message left as it was written
RAW = re.compile(r"\bNone\b|\{\{|\}\}|\{%|%\(|\bundefined\b|\bNaN\b|<[a-z]+ |&[a-z]+;")
# a word of the code: two_words, or a state that has a French name
CODE_WORDS = re.compile(
    r"(?<![\w@./=-])(?:[a-z]+(?:_[a-z]+)+|created|continued|reoriented|stopped|proposed|adopted|scored|planned"
    r"|convened|adjourned|closed|postponed|cancelled|pending|placed|refused|redirected|withdrawn|deferred"
    r"|noted|queued|sent|failed|void|partly|reached|abandoned|overcast|storm|future)(?![\w@./=-])"
)
# every text node of the page, the folded parts too; not what people typed in fields, nor what the journal
# quotes as it was stored
TEXT = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, {acceptNode: node =>
    node.parentElement.closest('script, style, code, li:has(> code), textarea') ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT});
  const lines = [];
  while (walk.nextNode()) { const line = walk.currentNode.data.trim(); if (line) lines.push(line); }
  document.querySelectorAll('[aria-label], [title], [placeholder], [alt]').forEach(element => {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
      if (element.getAttribute(name)) lines.push(element.getAttribute(name));
  });
  lines.push(document.title);
  return lines.join('\\n');
}"""


@cache
def axe() -> str:
    """The script of axe-core, from the Python package that carries it."""
    return (files("axe_core_python") / "axe.min.js").read_text("utf-8")


class Visitor:
    """One page of one browser context, and what went wrong on it."""

    def __init__(self, page: Page, live: Live, *, scripted: bool = True) -> None:
        """Listen to the page from its first request."""
        self.page = page
        self.live = live
        self.scripted = scripted
        self.faults: list[str] = []
        self.refusals_wanted = False
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if "Failed to load resource" in message.text and self.refusals_wanted:
            return  # the browser's own line about an answer that the test asked for
        self.faults.append(f"console: {message.text} ({self.page.url})")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and not self.refusals_wanted):
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")

    @contextmanager
    def expecting_refusals(self) -> Iterator[None]:
        """Within the block, answers 4xx are what the test is after."""
        self.refusals_wanted = True
        try:
            yield
        finally:
            self.page.wait_for_load_state()
            self.refusals_wanted = False

    def open(self, path: str) -> int:
        """Go to a path; the status of the answer."""
        answer = self.page.goto(self.live.at(path))
        assert answer is not None
        return answer.status

    def enter(self, label: str) -> None:
        """Sign in with the one click of a demonstration account."""
        self.open("/connexion")
        if label == READER:
            self.fill("Adresse", READER)
            self.fill("Mot de passe", READER_PASSWORD)
            self.press("Se connecter", inside="main")
        else:
            self.press(re.compile(rf"^{label}( :|$)"))
        self.page.wait_for_url(self.live.at("/"))

    def leave(self) -> None:
        """Sign out."""
        self.press("Se déconnecter")

    def press(self, name: str | re.Pattern[str], *, inside: str = "body") -> None:
        """Press the button of that name, the exact one."""
        exact = isinstance(name, str)
        self.page.locator(inside).get_by_role("button", name=name, exact=exact).first.click()
        self.page.wait_for_load_state()

    def follow(self, name: str | re.Pattern[str], *, inside: str = "main") -> None:
        """Follow the first link of that name."""
        exact = isinstance(name, str)
        self.page.locator(inside).get_by_role("link", name=name, exact=exact).first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, value: str) -> None:
        """Type in the field of that label."""
        self.page.get_by_label(label).first.fill(value)

    @property
    def text(self) -> str:
        """What the main part of the page shows, with plain spaces."""
        return plain(self.page.locator("main").inner_text())

    @property
    def path(self) -> str:
        """Where the visitor is."""
        return self.page.url.removeprefix(self.live.url)

    def look(self, where: str = "") -> None:
        """Note what is wrong with the page that stands: words, styles, room, accessibility.

        With JavaScript off nothing can be asked of the page: the same pages are looked at with it on.
        """
        if not self.scripted:
            return
        place = where or self.path
        self.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        found = (*self.bad_words(), *self.inline(), *self.overflow(), *self.axe())
        self.faults += [f"{place}: {fault}" for fault in found]
        self.take_picture(place)  # last: the driver hides the caret with styles of its own

    def take_picture(self, place: str) -> None:
        """Keep what the page looks like, when asked to."""
        if PICTURES:
            width, theme = self.page.evaluate(
                "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light']"
            )
            name = re.sub(r"\W+", "_", place).strip("_") or "accueil"
            self.page.screenshot(path=Path(PICTURES) / f"{name[:80]}-{width}-{theme}.png", full_page=True)

    def bad_words(self) -> list[str]:
        """What the code left in the text."""
        text = self.page.evaluate(TEXT)
        return [
            f"« {found.group()} » in « {text[max(found.start() - 30, 0) : found.end() + 30]!r} »"
            for pattern in (RAW, CODE_WORDS)
            for found in pattern.finditer(text)
        ]

    def inline(self) -> list[str]:
        """Styles and handlers written in the page."""
        found = self.page.evaluate(
            "[...document.querySelectorAll('style, [style], script:not([src])')].map(e => e.outerHTML)"
        )
        return [f"inline: {each[:120]}" for each in found]

    def overflow(self) -> list[str]:
        """What makes the page scroll sideways, and whose right edge lies beyond the window."""
        return list(
            self.page.evaluate(
                """() => { const width = document.documentElement.clientWidth;
                if (document.documentElement.scrollWidth <= width) return [];
                return [...document.querySelectorAll('body *')]
                  .filter(e => e.getBoundingClientRect().right > width + 1)
                  .slice(-3).map(e => 'too wide: ' + e.outerHTML.slice(0, 160)); }"""
            )
        )

    def axe(self) -> list[str]:
        """The violations that axe-core finds."""
        self.page.evaluate(axe())
        found: list[dict[str, Any]] = self.page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        )
        return [
            f"axe {rule['id']}: {rule['help']}; {node['html'][:200]} {node['failureSummary'][:300]}"
            for rule in found
            for node in rule["nodes"][:3]
        ]


def plain(text: str) -> str:
    """With ordinary spaces, so that a test reads like the screen."""
    return re.sub("[\u00a0\u202f]", " ", text)


@contextmanager
def visit(browser: Browser, live: Live, *, width: int = WIDE, **options: Any) -> Iterator[Visitor]:
    """A new visitor, with cookies of their own; at the end, no page may have shown a fault."""
    height = 900 if width > NARROW else 844
    context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR", **options)
    context.set_default_timeout(10_000)
    try:
        scripted = options.get("java_script_enabled", True)
        visitor = Visitor(context.new_page(), live, scripted=scripted)
        yield visitor
        assert visitor.faults == [], "\n".join(visitor.faults)
    finally:
        context.close()
