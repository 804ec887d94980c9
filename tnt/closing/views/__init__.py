"""Pages of a session's end: the levée, the record and its visas (`record`), its extracts, errata."""

from tnt.closing.views import extracts
from tnt.closing.views.errata import errata
from tnt.closing.views.record import blueprint

__all__ = ["blueprint", "errata", "extracts"]
