"""Every route says who may use it, and the anonymous reach only what is public."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule
from werkzeug.routing.converters import NumberConverter

from tnt import FEATURES
from tnt.core import access

# what the anonymous may open; a new public route is added here on purpose
PUBLIC_PREFIXES = ("accounts.", "feeds.", "health.", "pages.", "publications.", "static")
# by the link of a mail, without signing in
PUBLIC_LINKS = {
    "consultations.answer",
    "consultations.answer_paper",
    "pack_links.file",
    "pack_links.page",
    "pack_links.reserved_file",
    "participants.answer",
    "participants.guest_item",
    "participants.guest_paper",
}


def test_every_endpoint_declares_one_rule(sqlite_app: Flask) -> None:
    bare = [name for name in sqlite_app.view_functions if not access.rule_of(sqlite_app, name)]
    assert set(bare) <= {"static"}


def test_an_application_with_a_bare_endpoint_does_not_start(sqlite_app: Flask) -> None:
    sqlite_app.add_url_rule("/nue", "bare", lambda: "x")
    with pytest.raises(access.BareEndpoint, match="bare"):
        access.check_every_endpoint(sqlite_app)


def test_public_routes_are_few_and_known(sqlite_app: Flask) -> None:
    public = {
        name
        for name in sqlite_app.view_functions
        if (rule := access.rule_of(sqlite_app, name)) and not rule.signed_in
    }
    assert {name for name in public if not name.startswith(PUBLIC_PREFIXES)} == PUBLIC_LINKS


def test_the_anonymous_are_sent_to_sign_in_everywhere_else(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    asked = 0
    for rule in sqlite_app.url_map.iter_rules():
        declared = access.rule_of(sqlite_app, rule.endpoint) if rule.endpoint != "static" else None
        if declared is None or not declared.signed_in:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(_any_address(sqlite_app, rule), method=method)
            wanted = 302 if method == "GET" else 401
            assert (rule.endpoint, method, answer.status_code) == (rule.endpoint, method, wanted)
            asked += 1
    assert asked > 0


def _any_address(app: Flask, rule: Rule) -> str:
    values = {name: _any_value(rule, name) for name in rule.arguments}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def _any_value(rule: Rule, name: str) -> object:
    converter = rule._converters[name]
    if isinstance(converter, NumberConverter):
        return 1
    if isinstance(converter, AnyConverter):
        return next(iter(rule._converters[name].items))
    return "x"


def test_every_blueprint_stands_in_a_feature(sqlite_app: Flask) -> None:
    homes = {
        name: blueprint.import_name.split(".")[1]
        for name, blueprint in sqlite_app.blueprints.items()
        if blueprint.import_name.startswith("tnt.")
    }
    assert {name: home for name, home in homes.items() if home not in {*FEATURES, "core"}} == {}
