"""The app: Dash with assets of its own, and the server that carries it."""

from __future__ import annotations

import socket
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

import waitress
from dash import Dash
from flask import request

from ankomst.errors import OutputError
from ankomst.explorer.answer import Answers
from ankomst.explorer.callbacks import register
from ankomst.explorer.choices import QUICK_NEWCOMERS
from ankomst.explorer.jobs import Jobs
from ankomst.explorer.layout import shell
from ankomst.explorer.security import protect
from ankomst.explorer.state import State, parse
from ankomst.report.document.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Callable

THREADS = 8
"""Requests at a time; most of them wait for the one simulation that the cores can carry."""
_HOUSE = "ankomst.report.document"
_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{house}
</style>
{css}
</head>
<body>
{app_entry}
<noscript><p class="page">{no_script}</p></noscript>
<footer class="scripts">{config}{scripts}{renderer}</footer>
</body>
</html>"""


class Explorer(Dash):
    """Dash whose first page has the language of its address and the style of the house."""

    jobs: Jobs

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - as in Dash
        """Return the first page."""
        texts = load_texts(parse(request.query_string.decode("ascii", "replace"))[0].lang, "explorer")
        return _PAGE.format(
            lang=texts.lang,
            title=escape(texts.get("explorer.title")),
            house=_house_style(),
            no_script=escape(texts.get("explorer.no_script")),
            **{name: parts[name] for name in ("css", "app_entry", "config", "scripts", "renderer")},
        )


def _house_style() -> str:
    folder = resources.files(_HOUSE)
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "run.css"))


def make_app(
    host: str = "127.0.0.1", newcomers: int = QUICK_NEWCOMERS, workers: int | None = None
) -> Explorer:
    """Make the app; its server is `app.server`.

    Parameters
    ----------
    host : str
        Address that the server will listen to; on a loopback address other names are refused.
    newcomers : int
        Simulated newcomers a year of the quick sample.
    workers : int, optional
        Threads of one answer; one a core if left out.
    """
    app = Explorer(
        __name__,
        assets_folder=str(resources.files(__package__).joinpath("assets")),
        serve_locally=True,
        compress=False,
        update_title="",
        suppress_callback_exceptions=True,
        title="ankomst",
    )
    app.enable_dev_tools(debug=False, dev_tools_disable_version_check=True)
    app.layout = shell
    app.jobs = Jobs(Answers(newcomers, workers))
    register(app, app.jobs)
    protect(app.server, host, app.csp_hashes())
    return app


def warm_up(app: Explorer) -> None:
    """Compile the month and find the first answer, so that the first person does not wait for it."""
    app.jobs.answers.find(State())


def serve(
    host: str, port: int, newcomers: int, started: Callable[[str, Explorer], Any], workers: int | None = None
) -> None:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    host, port : str, int
        A port of 0 is any that is free.
    newcomers : int
        Of the quick sample.
    started : callable
        Called with the address once the port is ours, before anything is served.
    workers : int, optional

    Raises
    ------
    OutputError
        The port is taken, or the address is none of this machine.
    """
    shown = f"[{host}]" if ":" in host else host
    with _listen(host, port) as listener:
        app = make_app(host, newcomers, workers)
        server = waitress.create_server(
            app.server, sockets=[listener], threads=THREADS, ident="ankomst", max_request_body_size=1_000_000,
            max_request_header_size=32_000, channel_timeout=60, clear_untrusted_proxy_headers=True,
        )  # fmt: skip
        try:
            started(f"http://{shown}:{listener.getsockname()[1]}/", app)
            server.run()
        finally:
            app.jobs.close()
            server.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = None
    try:
        kind = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(kind[0], socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(kind[4])
    except (OSError, OverflowError, UnicodeError) as problem:
        if listener is not None:
            listener.close()
        reason = getattr(problem, "strerror", None) or str(problem)
        raise OutputError(
            f"the page cannot be served at {host}, port {port} ({reason})",
            allowed="a port that is free, such as --port 8051, and an address of this machine",
        ) from None
    return listener
