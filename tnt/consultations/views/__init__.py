"""The pages of what is decided between sessions."""

from tnt.consultations.views import deciding, links, measures, preparing, reading
from tnt.consultations.views.blueprint import consultations

__all__ = ["consultations", "deciding", "links", "measures", "preparing", "reading"]
