"""Pages of a session's end: the levée, the record and its visas (`record`), errata (`errata`)."""

from tnt.closing.views.errata import errata
from tnt.closing.views.record import blueprint

__all__ = ["blueprint", "errata"]
