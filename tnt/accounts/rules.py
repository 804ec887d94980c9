"""The rules of accounts: states, links, passwords. Pure.

An account is invited until its first password, then active; it may be suspended, and come back to what it
was. A password is judged by its length and by what is left of it once the pieces that everybody tries are
taken away (common words, keyboard rows, years, the person's own names), as NIST SP 800-63B §5.1.1.2 advises.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from tnt.core.errors import N_, DomainError

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=1)
SHORTEST_PASSWORD = 14
LONGEST_PASSWORD = 128
LEAST_LEFT = 5  # different signs that must remain of a password once the common pieces are taken away
COMMON_WORDS = Path(__file__).with_name("common_words.txt")
KEYBOARD_ROWS = (
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1q2w3e4r5t6y7u8i9o0p",
    "1a2z3e4r5t6y7u8i9o0p",
)
LEET = str.maketrans("@43105$7!", "aaeiossti")


class AccountState(StrEnum):
    """An account is invited until its first password, then active, and may be suspended."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


TRANSITIONS: dict[AccountState, frozenset[AccountState]] = {
    AccountState.INVITED: frozenset({AccountState.ACTIVE, AccountState.SUSPENDED}),
    AccountState.ACTIVE: frozenset({AccountState.SUSPENDED}),
    AccountState.SUSPENDED: frozenset({AccountState.ACTIVE, AccountState.INVITED}),
}


class TokenKind(StrEnum):
    """What a single-use link is for."""

    INVITATION = "invitation"
    RESET = "reset"


LASTS = {TokenKind.INVITATION: INVITATION_LASTS, TokenKind.RESET: RESET_LASTS}


class BadCredentials(DomainError):
    """One answer for an unknown address, a wrong password, a suspended account."""

    message = N_(
        "Adresse ou mot de passe incorrect. Vérifiez votre saisie, ou demandez un nouveau mot de passe."
    )


class WrongPassword(DomainError):
    """The present password is not that one."""

    message = N_("Ce n’est pas votre mot de passe actuel.")
    field = "password"


class PasswordTooShort(DomainError):
    """Fewer than fourteen characters."""

    message = N_(
        "Ce mot de passe est trop court : %(shortest)s caractères au moins. Une phrase convient très bien."
    )
    field = "new_password"


class PasswordTooLong(DomainError):
    """More than a hundred and twenty-eight characters."""

    message = N_("Ce mot de passe est trop long : %(longest)s caractères au plus.")
    field = "new_password"


class PasswordTooCommon(DomainError):
    """What everybody tries first."""

    message = N_(
        "Ce mot de passe se devine trop facilement : mots courants, suites de touches, répétitions "
        "ou votre propre nom. Choisissez par exemple quatre mots sans rapport entre eux."
    )
    field = "new_password"


class LinkNotValid(DomainError):
    """The link is unknown, used or too old: all look the same."""

    message = N_("Ce lien n’est plus valable.")


class DuplicateEmail(DomainError):
    """Two people with one address could not be told apart at sign-in."""

    message = N_("Une autre personne a déjà cette adresse électronique.")
    field = "email"


class EmailNeeded(DomainError):
    """There is nowhere to send the invitation."""

    message = N_("Cette personne n’a pas d’adresse électronique : ajoutez-la avant de l’inviter.")


class EmailInUse(DomainError):
    """A person who signs in keeps an address."""

    message = N_("Cette personne a un compte : elle doit garder une adresse électronique.")
    field = "email"


class AlreadyActive(DomainError):
    """The person signs in already."""

    message = N_("Cette personne a déjà un compte actif : elle peut demander un nouveau mot de passe.")


class WrongState(DomainError):
    """The account is not in a state from which this can be done."""

    message = N_("L’état de ce compte a changé entre-temps : rechargez la page.")


class NotOneself(DomainError):
    """An administrator would lock themselves out."""

    message = N_(
        "Vous ne pouvez pas faire cela sur votre propre compte : demandez à un autre administrateur."
    )


class PersonEnded(DomainError):
    """The person has left the programme."""

    message = N_("Cette personne a quitté le programme.")


class DemoRefused(DomainError):
    """Demonstration accounts exist in demonstration data only."""

    message = N_("Les comptes de démonstration sont interdits dans cette installation.")


def check_transition(before: AccountState, after: AccountState) -> None:
    """Raise WrongState unless the table allows it."""
    if after not in TRANSITIONS[before]:
        raise WrongState()


def is_valid_link(*, now: datetime, expires_at: datetime, used_at: datetime | None) -> bool:
    """Whether a link may still be used."""
    return used_at is None and now < expires_at


def clean_email(text: str | None) -> str | None:
    """The address as it is stored and compared: lower case, no spaces around; None when there is none."""
    cleaned = unicodedata.normalize("NFC", text or "").strip().lower()
    return cleaned or None


def is_storable(text: str) -> bool:
    """Whether a database can hold and compare the text: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def describe_agent(agent: str) -> tuple[str, str]:
    """The browser and the system in a User-Agent header, empty when not recognised."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return browser, system


def check_password(password: str, own_words: Iterable[str] = ()) -> None:
    """Refuse a password that is too short, too long, or too easy to guess for that person."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(shortest=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooLong(longest=LONGEST_PASSWORD)
    if is_guessable(password, own_words):
        raise PasswordTooCommon()


def is_guessable(password: str, own_words: Iterable[str] = ()) -> bool:
    """Whether too little is left once common words, keyboard rows, years and own names are taken away."""
    plain = _plain(password)
    own = [_plain(piece) for word in own_words for piece in re.split(r"[\W_]+", word) if len(piece) > 2]
    words = sorted({*_common_words(), *own}, key=len, reverse=True)
    as_typed = _without_runs(_without(plain, words))
    as_read = _without(_without_runs(plain).translate(LEET), words)  # « p@ssw0rd » is « password »
    return min(_variety(as_typed), _variety(as_read)) < LEAST_LEFT


def _without(text: str, pieces: Iterable[str]) -> str:
    for piece in pieces:
        text = text.replace(piece, " ")
    return text


def _without_runs(text: str) -> str:
    """Keyboard rows, years and repetitions (« ababab », « 777 ») taken away."""
    text = re.sub(r"(19|20)\d\d", " ", _without(text, _keyboard_runs()))
    return re.sub(r"(.{1,4}?)\1{2,}", " ", text)


def _variety(text: str) -> int:
    """How many different signs; digits, often a date, count for two at most."""
    signs = set(re.sub(r"[\W_]", "", text))
    digits = {sign for sign in signs if sign.isdigit()}
    return len(signs - digits) + min(2, len(digits))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@cache
def _common_words() -> tuple[str, ...]:
    return tuple(_plain(word) for word in COMMON_WORDS.read_text("utf-8").split())


@cache
def _keyboard_runs() -> tuple[str, ...]:
    """Every run of four keys or more along a row, either way, the longest first."""
    rows = [*KEYBOARD_ROWS, *(row[::-1] for row in KEYBOARD_ROWS)]
    runs = {
        row[start:end] for row in rows for start in range(len(row)) for end in range(start + 4, len(row) + 1)
    }
    return tuple(sorted(runs, key=len, reverse=True))
