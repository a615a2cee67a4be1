"""What the server refuses, and what it tells browsers to refuse."""

from __future__ import annotations

import ipaddress
import logging
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from dash.exceptions import DashException
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_REQUEST: Final = 512_000
"""Bytes of a request: far above what the page sends, far below what would hurt."""
_LOG = logging.getLogger("ankomst.explorer")
_UNREADABLE: Final = (
    DashException, KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration, RecursionError,
)  # fmt: skip
"""What Dash raises over a forged request; the callbacks themselves check what a page can send."""
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def protect(server: Flask, host: str, scripts: Sequence[str]) -> None:
    """Bound requests, check who asks, set headers, and keep tracebacks to the server.

    Parameters
    ----------
    server : Flask
    host : str
        Address that the server listens to.
    scripts : sequence of str
        Hashes of the scripts that stand in the page itself.
    """
    server.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST
    server.config["PROPAGATE_EXCEPTIONS"] = False
    local = is_loopback(host)
    headers = _headers(scripts)

    def check() -> Response | None:
        named = urlsplit(f"//{request.host}").hostname or ""
        # A page elsewhere can point a name of its own at this machine; its browser then sends that name.
        if local and named not in _LOCAL and not is_loopback(named):
            return _refusal(403, "This page answers to this machine's own name only (localhost).")
        origin = request.headers.get("Origin")
        if request.method != "GET" and origin is not None and urlsplit(origin).netloc != request.host:
            return _refusal(403, "This page takes requests of its own pages only.")
        return None

    def label(response: Response) -> Response:
        for name, value in headers.items():
            response.headers[name] = value
        if request.path in {"/", "/_dash-layout", "/_dash-dependencies", "/_dash-update-component"}:
            response.headers["Cache-Control"] = "no-store"
        return response

    def failed(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return _refusal(error.code or 500, error.name)
        forged = isinstance(error, _UNREADABLE)
        if not isinstance(error, (DashException, RecursionError)):  # where, in one line, for a maintainer
            place = traceback.extract_tb(error.__traceback__)[-1]
            name = type(error).__name__
            _LOG.warning("a request failed: %s in %s, line %s", name, Path(place.filename).name, place.lineno)
        return _refusal(*((400, "The request cannot be read.") if forged else (500, "The request failed.")))

    server.before_request(check)
    server.after_request(label)
    server.register_error_handler(Exception, failed)


def _refusal(code: int, text: str) -> Response:
    return Response(f"{text}\n", status=code, mimetype="text/plain")


def _headers(scripts: Sequence[str]) -> dict[str, str]:
    allowed = " ".join(["'self'", *scripts])
    policy = {
        "default-src": "'none'",
        "script-src": allowed,
        "style-src": "'self' 'unsafe-inline'",  # Plotly and Dash set styles as they draw
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
