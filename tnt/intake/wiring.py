"""How the requests for decisions plug into the menu and the outbox."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from tnt.core import outbox
from tnt.core.access import current_actor
from tnt.core.navigation import register_destination
from tnt.intake.mails import SETTLED, is_still_so
from tnt.meetings.policies import takes_part


def init_app(_app: Flask) -> None:
    """Put « Demandes » in the menu of whoever may ask, or answers; ask again before a mail leaves."""
    outbox.register_checker(SETTLED, is_still_so)
    register_destination("intake.index", _l("Demandes"), 22, visible=lambda: takes_part(current_actor()))
