"""Every form proves that it comes from a page of ours, sign-in included, for as long as the session lives.

A form whose proof does not hold (session ended meanwhile, page opened long ago) is refused, but what was
typed is shown again, with a way to send it once more. A view marked `@refusal_in_form` says it in its form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, make_response, render_template, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect

from tnt.core.error_pages import error_page

F = TypeVar("F", bound=Callable[..., object])
SECRET_NAMES = ("password", "mot_de_passe", "secret")


def refusal_in_form(view: F) -> F:
    """Mark a view whose FlaskForm reports a bad proof itself: it does nothing unless the form validates."""
    view.refusal_in_form = True  # type: ignore[attr-defined]  # a marker read by the guard
    return view


class Guard(CSRFProtect):  # type: ignore[misc]  # the library ships no types
    """Flask-WTF's protection; a marked view is let run, and its form refuses."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request without proof."""
        try:
            super().protect(apply_exemptions=apply_exemptions)
        except CSRFError:
            view = current_app.view_functions.get(request.endpoint or "")
            if not getattr(view, "refusal_in_form", False):
                raise


def init_app(app: Flask) -> None:
    """Protect every endpoint."""
    Guard(app)
    app.register_error_handler(CSRFError, on_refused_form)


def on_refused_form(_error: CSRFError) -> Response:
    """The page that keeps what was typed; for our scripts, 401 when the session has ended, else 400."""
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return error_page(400 if "_user_id" in session else 401)
    typed, secret = _typed()
    page = render_template(
        "errors/form_again.html",
        typed=typed,
        secret=secret,
        files=[upload for upload in request.files.values() if upload.filename],
        ours=_from_our_page(),
        signed_in="_user_id" in session,
        action=request.full_path.rstrip("?"),
    )
    return make_response(page, 400)


def _typed() -> tuple[list[tuple[str, str]], list[str]]:
    """What was typed, and the names of the secret fields, which are asked again."""
    typed: list[tuple[str, str]] = []
    secret: list[str] = []
    for name, value in request.form.items(multi=True):
        if name == current_app.config["WTF_CSRF_FIELD_NAME"]:
            continue
        if any(word in name.lower() for word in SECRET_NAMES):
            secret.append(name)
        else:
            typed.append((name, value))
    return typed, secret


def _from_our_page() -> bool:
    """Whether the browser says that one of our pages sent this: only then is sending it again offered."""
    site: Any = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return bool(site == "same-origin")
    return urlsplit(request.headers.get("Origin") or request.referrer or "").netloc == request.host
