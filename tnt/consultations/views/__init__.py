"""The pages of what is decided between sessions."""

from tnt.consultations.views import deciding, measures, preparing, reading
from tnt.consultations.views.blueprint import consultations

__all__ = ["consultations", "deciding", "measures", "preparing", "reading"]
