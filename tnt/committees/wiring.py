"""Plugs mandates and functions into what stands below: rights of the day, page and departure of a person."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, url_for
from flask_babel import gettext as _

from tnt.accounts.queries import RoleLine, register_roles
from tnt.accounts.services import register_departure, register_departure_guard
from tnt.committees import queries, rules, services
from tnt.core import formats
from tnt.core.access import current_actor, register_grants
from tnt.core.templating import current_locale


def init_app(_app: Flask) -> None:
    """Say what mandates and functions open, and what becomes of them when a person leaves."""
    register_grants("committees", *queries.grants())
    register_departure_guard("committees", services.check_may_leave)
    register_departure("committees", services.end_everything_of)
    register_roles("committees", roles_of)


def roles_of(person_id: int) -> Iterator[RoleLine]:
    """The mandates, then the functions of a person, past ones included; links for administrators."""
    locale, administers = current_locale(), services.can_administer(current_actor())
    for mandate in queries.mandates_of(person_id):
        seat = _(rules.SEAT_WORDS[mandate.seat])
        yield RoleLine(
            f"{mandate.committee.name}, {seat} ({mandate.institution.short_name})",
            formats.date_range(mandate.from_on, mandate.until_on, locale),
            url_for("committees.mandate", mandate_id=mandate.id) if administers else None,
        )
    for function in queries.functions_of(person_id):
        yield RoleLine(
            str(_(rules.FUNCTION_WORDS[function.kind])),
            formats.date_range(function.from_on, function.until_on, locale),
            url_for("committees.functions") if administers else None,
        )
