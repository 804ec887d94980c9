"""What every answer tells the browser: run only what is ours, show us in no frame, keep nothing private."""

from __future__ import annotations

from flask import Flask, Response, current_app, session

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",  # Bootstrap's arrows and ticks are data: images in its style sheet
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Add the headers to every answer, error pages included; a view may say something stricter itself."""
    app.after_request(protect)


def protect(response: Response) -> Response:
    """Set the headers that the view left unset."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if str(current_app.config["BASE_URL"]).startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if "Cache-Control" not in response.headers:
        # someone's page stays in no cache; a public page is asked for again each time
        response.headers["Cache-Control"] = "no-store" if _has_session() else "no-cache"
    return response


def _has_session() -> bool:
    # the session is absent when it could not be opened (database lost)
    return bool(session) if session._get_current_object() is not None else False  # type: ignore[attr-defined]
