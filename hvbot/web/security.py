"""What every answer carries for the browser's protection, and the token that every form carries."""

from flask import Flask, Response, request
from flask_wtf import CSRFProtect

from hvbot.settings import Settings

ALLOWED = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{what} {whom}" for what, whom in ALLOWED.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Flask-WTF compares the referrer on https, so our own origin must see it; nobody else does.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = "max-age=31536000; includeSubDomains"
LARGEST_REQUEST = 256 * 1024


def set_up_security(app: Flask, settings: Settings) -> CSRFProtect:
    """Cookies, CSRF, headers."""
    https = settings.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.derive("web"),
        SECRET_KEY_FALLBACKS=list(settings.keys("web")[1:]),
        SESSION_COOKIE_NAME="__Host-hvbot" if https else "hvbot",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        # A form lives as long as its session; sessions have limits of their own.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
    )

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if https:
            response.headers["Strict-Transport-Security"] = A_YEAR
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    return CSRFProtect(app)
