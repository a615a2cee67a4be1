"""What happens when something is chosen. Each function gets everything it needs from the page that asks."""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import TYPE_CHECKING, Any

from dash import ClientsideFunction, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from ankomst.errors import AnkomstError
from ankomst.explorer import downloads, upload
from ankomst.explorer.layout import lever_box, page, problem_box
from ankomst.explorer.markup import attributes
from ankomst.explorer.panel import FIGURES, panel
from ankomst.explorer.state import parse
from ankomst.report.document.texts import load_texts

if TYPE_CHECKING:
    from dash import Dash

    from ankomst.explorer.answer import Answers
    from ankomst.explorer.jobs import Job, Jobs
    from ankomst.explorer.state import State as Chosen
    from ankomst.report.document.texts import Texts

WAIT = 2.5
"""Seconds in which most answers are there; for a longer one the page asks again."""
LONGEST_TEXT = 200_000


def register(app: Dash, jobs: Jobs) -> None:
    """Add all callbacks to an app."""
    _page(app, jobs.answers)
    _answer(app, jobs)
    _own(app)
    _take(app, jobs.answers)
    for function, target, source in (
        ("words", Output("nothing", "className"), Input("words", "data")),
        ("levers", Output("nothing", "title"), Input("levers", "children")),
        ("own", Output("nothing", "lang"), Input("own", "data")),
        ("more", Output("nothing", "role"), Input("more", "data")),
    ):
        app.clientside_callback(ClientsideFunction("ankomst", function), target, source)  # type: ignore[no-untyped-call]


def _page(app: Dash, answers: Answers) -> None:
    @app.callback(Output("page", "children"), Input("address", "search"))
    def show(search: object) -> list[Any]:
        state, problems = parse(_text(search))
        texts = load_texts(state.lang, "explorer")
        return page(state, [problem.say(texts) for problem in problems], answers.samples)

    @app.callback(
        Output("levers", "children"),
        Input("alternative", "data"),
        State("state", "data"),
        prevent_initial_call=True,
    )
    def other_levers(_: object, query: object) -> list[Any]:
        return lever_box(parse(_text(query))[0])


def _answer(app: Dash, jobs: Jobs) -> None:
    @app.callback(
        Output("answer", "children"),
        Output("status", "children"),
        Output("progress", "children"),
        Output("more", "data"),
        Output("problems", "children"),
        Input("state", "data"),
        Input("ready", "data"),
        State("secret", "data"),
    )
    def ask(query: object, _: object, secret: object) -> list[Any]:
        state, problems = parse(_text(query))
        texts = load_texts(state.lang, "explorer")
        job = jobs.take(state, _text(secret)[:64])
        job.finished.wait(WAIT)
        if job.given_up:  # the page has asked for something else meanwhile
            raise PreventUpdate
        said = problem_box([problem.say(texts) for problem in problems], texts)
        # A complaint about the address stays until something else is chosen.
        return [*_shown(job, texts), said if said or ctx.triggered_id == "state" else no_update]

    @app.callback(
        Output("progress", "children", allow_duplicate=True),
        Output("more", "data", allow_duplicate=True),
        Input("turn", "data"),
        State("secret", "data"),
        State("state", "data"),
        prevent_initial_call=True,
    )
    def look(_: object, secret: object, query: object) -> list[Any]:
        # Only light work here: `ask` brings the answer, once it is said to be ready.
        job = jobs.get(_text(secret)[:64])
        if job is None or job.finished.is_set():
            return [[], {"ready": True, "turn": secrets.token_hex(4)}]
        texts = load_texts(parse(_text(query))[0].lang, "explorer")
        return [_progress(job, texts), {"ready": False, "turn": secrets.token_hex(4)}]


def _shown(job: Job, texts: Texts) -> list[Any]:
    """Return answer, status, progress, and whether the page shall look again."""
    if job.answer is not None:
        said = texts.get("explorer.status.ready", seconds=texts.number(job.answer.seconds, 1))
        return [panel(job.answer, texts.lang), said, [], None]
    if job.finished.is_set():
        failed = texts.get("explorer.status.failed")
        return [html.P([html.Strong(failed), " ", job.error], className="warning"), failed, [], None]
    again = {"ready": False, "turn": secrets.token_hex(4)}
    return [no_update, texts.get("explorer.status.running"), _progress(job, texts), again]


def _progress(job: Job, texts: Texts) -> list[Any]:
    total, done = max(job.total, 1), job.done
    said = texts.get("explorer.status.progress", done=texts.number(done), total=texts.number(job.total))
    said = said if job.total else texts.get("explorer.status.waiting")
    label = texts.get("explorer.status.bar")
    bar = html.Progress(value=str(done), max=str(total), **attributes({"aria-label": label}))
    return [bar, html.Span(said)]


def _own(app: Dash) -> None:
    @app.callback(
        Output("own", "data"),
        Output("file-note", "children"),
        Input("upload", "data"),
        State("state", "data"),
        prevent_initial_call=True,
    )
    def take(sent: object, query: object) -> list[Any]:
        texts = load_texts(parse(_text(query))[0].lang, "explorer")
        if not sent:
            return [{"token": "", "name": ""}, texts.get("explorer.upload.hint")]
        text = sent.get("content") if isinstance(sent, dict) else None
        try:
            content = base64.b64decode(_text(text)[:LONGEST_TEXT], validate=True)
            scenario = upload.read_bytes(content)
            token = upload.token_of(content)
        except (binascii.Error, ValueError):
            return [
                no_update,
                texts.get("explorer.upload.refused", problem=texts.get("explorer.upload.broken")),
            ]
        except AnkomstError as error:
            return [no_update, texts.get("explorer.upload.refused", problem=str(error))]
        if not token:
            return [no_update, texts.get("explorer.upload.too_long")]
        title = scenario.title_da if texts.lang == "da" else scenario.title
        return [{"token": token, "name": title[:200]}, texts.get("explorer.upload.in_use", title=title[:200])]


def _take(app: Dash, answers: Answers) -> None:
    @app.callback(
        Output("download", "data"),
        Output("taken-note", "children"),
        Input("wanted", "data"),
        State("state", "data"),
        prevent_initial_call=True,
    )
    def take(wanted: object, query: object) -> list[Any]:
        state, _ = parse(_text(query))
        texts = load_texts(state.lang, "explorer")
        what, figure = (
            _text(wanted.get(key)) if isinstance(wanted, dict) else "" for key in ("take", "figure")
        )
        try:
            made = _made(what, figure, state, answers, texts)
        except AnkomstError as error:
            return [no_update, str(error)]
        if made is None:
            return [no_update, texts.get("explorer.take.not_yet")]
        return [made, texts.get("explorer.take.done", name=made["filename"])]


def _made(what: str, figure: str, state: Chosen, answers: Answers, texts: Texts) -> downloads.Download | None:
    """Return what is taken away; None as long as there is no answer. Nothing is simulated for it."""
    if what == "yaml":
        return downloads.scenario_file(state, texts)
    answer = answers.known(state)
    if what == "report":
        return downloads.report(answer, state.lang) if answer else None
    make = {"csv": downloads.figure_data, "html": downloads.figure_page}.get(what)
    if make is None or figure not in FIGURES:
        raise PreventUpdate
    return make(answer, figure, state.lang) if answer else None


def _text(value: object) -> str:
    """Return a text; anything else that a forged request may hold counts as none."""
    return value if isinstance(value, str) else ""
