"""What a person reads when something is refused or breaks: what happened, and what to do next.

Absent and forbidden look the same (404). A refusal of the domain (`DomainError`) that no view turned into
a form error is shown as its sentence, 422. The pages for 500 and 503 use nothing of the database.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask.globals import request_ctx
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from tnt.core.errors import N_, DomainError, Forbidden, NotFound, Stale
from tnt.core.i18n import translate

RETRY_AFTER_SECONDS = 10
NEEDS_NO_DATABASE = frozenset({500, 502, 503})


class Words(NamedTuple):
    """The title of an error page, what happened, what to do."""

    title: str
    what: str
    then: str


WORDS: dict[int, Words] = {
    400: Words(
        N_("Demande incomprise"),
        N_("Le navigateur a envoyé une demande que l’application ne peut pas lire. Rien n’a été enregistré."),
        N_("Revenez à la page précédente, rechargez-la, puis recommencez."),
    ),
    401: Words(
        N_("Connexion nécessaire"),
        N_("Votre session est terminée, ou vous n’êtes pas connecté. Rien n’a été enregistré."),
        N_("Connectez-vous, puis recommencez."),
    ),
    404: Words(
        N_("Page introuvable"),
        N_("Cette page n’existe pas, a été déplacée, ou ne vous est pas ouverte."),
        N_("Vérifiez l’adresse. Si vous pensez devoir y accéder, demandez au secrétariat du comité."),
    ),
    405: Words(
        N_("Opération impossible à cette adresse"),
        N_("Cette adresse ne s’ouvre pas de cette façon. Rien n’a été enregistré."),
        N_("Revenez à la page d’où vous venez et utilisez ses boutons."),
    ),
    409: Words(
        N_("Modifié entre-temps"),
        N_("Une autre personne a modifié cet élément depuis que vous l’avez ouvert."),
        N_("Revenez à la page précédente, rechargez-la, puis reportez votre modification."),
    ),
    410: Words(
        N_("Lien périmé"),
        N_("Ce lien n’est plus valable."),
        N_("Demandez-en un nouveau."),
    ),
    413: Words(
        N_("Envoi trop volumineux"),
        N_("Le fichier ou le texte envoyé dépasse la taille acceptée. Rien n’a été enregistré."),
        N_("Réduisez le fichier (une image moins grande, un PDF compressé) ou envoyez-le en plusieurs fois."),
    ),
    415: Words(
        N_("Format non accepté"),
        N_("Ce format n’est pas accepté ici. Rien n’a été enregistré."),
        N_("Revenez à la page précédente et choisissez un des formats indiqués."),
    ),
    422: Words(
        N_("Opération refusée"),
        N_("Cette opération n’est pas possible."),
        N_("Revenez à la page précédente : rien n’a été enregistré."),
    ),
    429: Words(
        N_("Trop d’essais"),
        N_("Trop de demandes sont venues de votre compte ou de votre réseau en peu de temps."),
        N_("Patientez quelques minutes, puis recommencez."),
    ),
    500: Words(
        N_("Une erreur est survenue"),
        N_("L’application n’a pas pu répondre. Ce qui n’a pas été confirmé n’a pas été enregistré."),
        N_(
            "Recommencez dans un instant. "
            "Si l’erreur revient, signalez-la au secrétariat en indiquant l’heure."
        ),
    ),
    503: Words(
        N_("Service momentanément indisponible"),
        N_("L’application ne joint pas ses données. Ce qui n’a pas été confirmé n’a pas été enregistré."),
        N_("Rechargez la page dans quelques secondes."),
    ),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(DomainError, on_refusal)
    app.register_error_handler(OperationalError, on_lost_database)
    app.register_error_handler(PoolTimeout, on_lost_database)


def on_http_error(error: HTTPException) -> Response:
    """A page for an HTTP error; 403 is shown as 404, so that nobody learns what exists."""
    code = error.code or 500
    if error.response is not None or code < 400:
        return make_response(error.get_response())
    shown = 404 if code == 403 else code
    response = error_page(shown)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def on_refusal(error: DomainError) -> Response:
    """The sentence of a refusal that reached the edge: 404, 403, 409 or 422."""
    if isinstance(error, NotFound):
        return error_page(404)
    if isinstance(error, Forbidden):
        return error_page(403, translate(error))
    return error_page(409 if isinstance(error, Stale) else 422, translate(error))


def on_lost_database(error: DBAPIError | PoolTimeout) -> Response:
    """The database does not answer: 503, and when to come back."""
    current_app.logger.error("database unavailable: %s", error, exc_info=error)
    response = error_page(503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def error_page(code: int, sentence: str | None = None) -> Response:
    """The answer for a code, as a page, or as JSON for our own scripts."""
    fallback = 500 if code >= 500 else (422 if code == 403 else 400)
    words = WORDS.get(code) or WORDS[fallback]
    what = sentence or gettext(words.what)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        response = make_response(jsonify(message=what), code)
    else:
        # a refused host has no addresses of ours to link to
        is_bare = code in NEEDS_NO_DATABASE or request_ctx.url_adapter is None
        template = "errors/bare.html" if is_bare else "errors/page.html"
        page = render_template(
            template, code=code, title=gettext(words.title), what=what, then=gettext(words.then)
        )
        response = make_response(page, code)
    if code == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
