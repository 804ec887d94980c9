"""What acts made of the actions that stopped groups left open, told to the register of decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from tnt.decisions.rules import EffectLine
from tnt.decisions.subjects import Link
from tnt.handovers.models import Handover
from tnt.handovers.queries import applied_by
from tnt.handovers.services import line_of


class HandoverSubjects:
    """The acts that closed or handed over what groups left open."""

    label = _l("Suites d’un arrêt")

    def choices(self) -> list[tuple[int, str]]:
        """None: the group's filter finds these acts."""
        return []

    def acts_of(self, subject_id: int) -> Select[tuple[int]]:
        """The ids of the acts that applied an answer."""
        acts: Select[Any] = select(Handover.act_id).where(Handover.id == subject_id)
        return acts

    def links_of(self, act_ids: Iterable[int]) -> dict[int, list[Link]]:  # noqa: ARG002 - the protocol's
        """None: the group is linked already."""
        return {}

    def effects_of(self, act_ids: Iterable[int]) -> dict[int, list[EffectLine]]:
        """What became of each action; objectives are told by their own feature."""
        found: dict[int, list[EffectLine]] = defaultdict(list)
        for handover in applied_by(list(act_ids)):
            if handover.action is not None and handover.act_id is not None:
                found[handover.act_id].append(line_of(handover, handover.action.title))
        return dict(found)
