"""Pages of no feature: accessibility, legal notice, personal data, the language switch, the gallery."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from tnt.core.access import PUBLIC, access
from tnt.core.gallery import examples
from tnt.core.navigation import internal_path
from tnt.core.templating import LANGUAGE_COOKIE, LANGUAGES

pages = Blueprint("pages", __name__)

A_YEAR = 365 * 24 * 3600


@pages.get("/accessibilite")
@access(PUBLIC)
def accessibility() -> str:
    """The accessibility statement, as honest as the state of the audit."""
    return render_template("pages/accessibility.html", contact=_setting("ACCESSIBILITY_CONTACT"))


@pages.get("/mentions-legales")
@access(PUBLIC)
def legal() -> str:
    """Who publishes and who hosts."""
    return render_template(
        "pages/legal.html",
        publisher=_setting("LEGAL_PUBLISHER"),
        director=_setting("LEGAL_DIRECTOR"),
        host=_setting("LEGAL_HOST"),
        contact=_setting("LEGAL_CONTACT"),
    )


@pages.get("/donnees-personnelles")
@access(PUBLIC)
def personal_data() -> str:
    """What is kept of people, why, how long, and whom to ask."""
    return render_template(
        "pages/personal_data.html", controller=_setting("LEGAL_PUBLISHER"), contact=_setting("DPO_CONTACT")
    )


@pages.route("/langue", methods=["GET", "POST"])
@access(PUBLIC)
def language() -> Response | str:
    """Choose French or English; kept in a cookie of the browser, with nothing else."""
    target = internal_path(request.values.get("suite"))
    if request.method == "GET":
        return render_template("pages/language.html", target=target)
    chosen = request.form.get("langue")
    if chosen not in LANGUAGES:
        abort(400)
    response = redirect(target, 303)
    secure = str(current_app.config["BASE_URL"]).startswith("https://")
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


@pages.get("/composants")
@access(PUBLIC)
def components() -> Response:
    """Every component once, for those who write pages; not in production."""
    if current_app.config["MODE"] == "production":
        abort(404)
    return make_response(render_template("pages/components.html", **examples()))


def _setting(name: str) -> str:
    return str(current_app.config.get(name) or "")
