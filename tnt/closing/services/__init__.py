"""What can be done when a session ends: levée, record and visas (`record`); errata afterwards (`errata`)."""

from tnt.closing.services.errata import (
    ask_erratum_correction,
    can_file_erratum,
    file_erratum,
    give_erratum_visa,
    give_up_erratum,
    resubmit_erratum,
)
from tnt.closing.services.record import (
    WordingEmptied,
    adjourn,
    ask_correction,
    can_close,
    correct,
    file_signed_scan,
    frozen_content,
    give_visa,
)

__all__ = [
    "WordingEmptied",
    "adjourn",
    "ask_correction",
    "ask_erratum_correction",
    "can_close",
    "can_file_erratum",
    "correct",
    "file_erratum",
    "file_signed_scan",
    "frozen_content",
    "give_erratum_visa",
    "give_up_erratum",
    "give_visa",
    "resubmit_erratum",
]
