"""Refusals. A rule that says no raises a named error; the edge turns it into the user's sentence.

The sentence is a French message id for the catalogues, marked with `N_`, with named parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802 - the customary name of gettext's no-op marker
    """Mark a message for the catalogues without translating it yet."""
    return message


class Term(str):
    """A message id used as a parameter of another sentence: it is translated with it."""

    __slots__ = ()


class DomainError(Exception):
    """A refusal that the user can read. `field` names the form field it belongs to, if any."""

    message: ClassVar[str] = N_("Cette opération n’est pas possible.")
    field: str | None = None

    def __init__(self, *, field: str | None = None, **params: object) -> None:
        """Keep the parameters of the sentence; `field` overrides the class's own."""
        super().__init__(self.message % params if params else self.message)
        self.params = params
        if field is not None:
            self.field = field


class Several(DomainError):
    """More than one refusal of what was entered: each is told beside its field."""

    def __init__(self, errors: Sequence[DomainError]) -> None:
        """Keep them all; where one sentence is told, it is the first."""
        super().__init__(field=errors[0].field)
        self.errors = tuple(errors)
        self.message, self.params = errors[0].message, errors[0].params  # type: ignore[misc]


def raise_all(errors: Sequence[DomainError]) -> None:
    """Raise the refusals, if there are any: the one, or all of them as Several."""
    if len(errors) > 1:
        raise Several(errors)
    if errors:
        raise errors[0]


class NotFound(DomainError):
    """Absent, or not to be seen by this person: both look the same."""

    message = N_("Cette page n’existe pas ou ne vous est pas ouverte.")


class Forbidden(DomainError):
    """The person may see the thing but not do this to it."""

    message = N_("Votre fonction ne permet pas cette opération.")


class Stale(DomainError):
    """Somebody else changed the thing since the form was opened."""

    message = N_(
        "Cet élément a été modifié entre-temps par une autre personne. Votre saisie est conservée "
        "ci-dessous : relisez la version enregistrée, puis enregistrez de nouveau."
    )


def check_version(expected: int | None, current: int) -> None:
    """Raise Stale unless the form was opened on the current version (None skips the check)."""
    if expected is not None and expected != current:
        raise Stale()
