"""The page: controls on the left, the answer on the right; real labels, and words in two languages."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from dash import dcc, html

from ankomst.explorer import levers
from ankomst.explorer.choices import EXTENSIONS, GRANTS, GROUPS, RANGES, SAMPLES, SCENARIOS
from ankomst.explorer.markup import attributes
from ankomst.explorer.state import State
from ankomst.explorer.upload import MAX_BYTES
from ankomst.report.document.texts import LANGUAGES, load_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.explorer.choices import Sample
    from ankomst.policy.scenario import Scenario
    from ankomst.report.document.texts import Texts


def shell() -> html.Div:
    """Return what every page has before its address is read."""
    return html.Div([dcc.Location(id="address", refresh=False), html.Div(id="page", className="page")])


def page(state: State, problems: Sequence[str], sizes: dict[str, Sample]) -> list[Any]:
    """Return the page of a state.

    Parameters
    ----------
    state : State
    problems : sequence of str
        What the address said wrongly, in sentences.
    sizes : dict of Sample
        Samples by name.
    """
    texts = load_texts(state.lang, "explorer")
    return [
        html.A(texts.get("explorer.skip"), href="#answer", className="skip"),
        _top(state, texts),
        html.Div(id="problems", role="alert", children=problem_box(problems, texts)),
        html.Div(
            [
                html.Form(
                    [
                        html.H2(texts.get("explorer.controls"), className="aside"),
                        _scenario_box("base", state, texts),
                        _scenario_box("alt", state, texts),
                        html.Div(id="levers", children=lever_box(state)),
                        _sample_box(state, texts, sizes),
                        _take_box(texts),
                    ],
                    id="controls",
                    **attributes({"aria-label": texts.get("explorer.controls")}),
                ),
                html.Main(
                    [
                        html.Div(
                            [
                                html.P(id="status", role="status", **attributes({"aria-live": "polite"})),
                                html.Div(id="progress"),
                                html.A(texts.get("explorer.skip"), href="#answer", className="jump"),
                            ],
                            className="state",
                        ),
                        html.Div(id="answer", tabIndex="-1"),
                    ]
                ),
            ],
            className="columns",
        ),
        html.Footer(texts.get("explorer.footer")),
        # A secret of this page alone: nobody else can ask for its work.
        dcc.Store(id="secret", data=secrets.token_urlsafe(18)),
        dcc.Store(id="state", data=state.query()),
        dcc.Store(id="alternative", data=None),
        dcc.Store(id="own", data={"token": state.own, "name": ""}),
        dcc.Store(id="upload"),
        dcc.Store(id="more"),
        dcc.Store(id="turn"),
        dcc.Store(id="ready"),
        dcc.Store(id="wanted"),
        dcc.Store(id="words", data=_words(texts)),
        dcc.Download(id="download"),
        html.Div(id="nothing", hidden=True),
    ]


def problem_box(problems: Sequence[str], texts: Texts) -> list[Any]:
    """Return what is wrong, or nothing."""
    if not problems:
        return []
    said = [html.Li(problem) for problem in problems]
    return [html.Div([html.Strong(texts.get("explorer.problem.title")), html.Ul(said)], className="warning")]


def _top(state: State, texts: Texts) -> html.Header:
    other = next(lang for lang in LANGUAGES if lang != state.lang)
    link = html.A(
        load_texts(other, "explorer").get("explorer.language"),
        href="?",
        id="language",
        lang=other,
        hrefLang=other,
        **attributes({"data-lang": other}),
    )
    return html.Header(
        [
            html.Div([html.H1(texts.get("explorer.title")), link], className="titleline"),
            html.P(texts.get("explorer.lead"), className="facts"),
        ],
        className="top",
    )


def _scenario_box(side: str, state: State, texts: Texts) -> html.Fieldset:
    names = [(name, levers.title_of(name, state.lang)) for name in SCENARIOS]
    designs = [("", texts.get("explorer.choose.own_grants"))]
    designs += [(name, levers.title_of(name, state.lang)) for name in GRANTS]
    inside = [
        html.Legend(texts.get(f"explorer.choose.{side}")),
        _select(
            side, texts.get("explorer.choose.scenario"), names, getattr(state, side), State().__dict__[side]
        ),
        _select(
            f"{side}_grants",
            texts.get("explorer.choose.grants"),
            designs,
            getattr(state, f"{side}_grants"),
            "",
        ),
    ]
    if side == "alt":
        inside += [
            html.Div(
                [
                    html.Button(
                        texts.get("explorer.upload.choose"),
                        id="choose-file",
                        type="button",
                        **attributes({"data-most": str(MAX_BYTES)}),
                    ),
                    html.Button(
                        texts.get("explorer.upload.remove"),
                        id="remove-file",
                        type="button",
                        hidden=not state.own,
                    ),
                ],
                className="buttons",
            ),
            html.P(id="file-note", className="note", role="status", children=own_note(state, texts)),
        ]
    return html.Fieldset(inside)


def own_note(state: State, texts: Texts) -> str:
    """Say which scenario of one's own takes the place of the alternative."""
    return texts.get("explorer.upload.in_use_link") if state.own else texts.get("explorer.upload.hint")


def _select(key: str, label: str, options: Sequence[tuple[str, str]], value: str, default: str) -> html.Div:
    return html.Div(
        [
            html.Label(label, htmlFor=f"choice-{key}"),
            html.Select(
                [html.Option(text, value=name, selected=name == value) for name, text in options],
                id=f"choice-{key}",
            ),
        ],
        className="choice",
        **attributes({"data-key": key, "data-default": default}),
    )


def lever_box(state: State, start: Scenario | None = None) -> list[Any]:
    """Return the levers, standing as the state says over the alternative.

    Parameters
    ----------
    state : State
    start : Scenario, optional
        The alternative before levers are moved; that of the state if left out, or the default one if the
        state has none that can be built.
    """
    texts = load_texts(state.lang, "explorer")
    if start is None:
        start = levers.unmoved_or_default(state)
    exact, near = levers.positions(start), levers.nearest(start)
    # Another key at each turn: the browser must not keep marks of the box before.
    turn = secrets.token_hex(4)
    boxes: list[Any] = []
    for group, names in GROUPS.items():
        note = html.P(texts.get(f"explorer.note.{group}"), className="note")
        shown = [_lever(name, state, exact[name], near[name], texts, turn) for name in names]
        boxes.append(html.Fieldset([html.Legend(texts.get(f"explorer.group.{group}")), note, *shown]))
    reset = html.Button(texts.get("explorer.reset"), id="reset", type="button")
    return [*boxes, html.Div(reset, className="buttons")]


def _lever(name: str, state: State, exact: Any, near: Any, texts: Texts, turn: str) -> html.Div:  # noqa: ANN401
    moved = getattr(state, name)
    label = html.Label(texts.get(f"explorer.lever.{name}"), htmlFor=f"lever-{name}")
    value = near if moved is None else moved
    marks: dict[str, Any] = {"data-key": name, "data-lever": "1", "data-set": "0" if moved is None else "1"}
    if name not in RANGES:
        options = [
            html.Option(texts.get(f"explorer.extension.{word}"), value=word, selected=word == value)
            for word in EXTENSIONS
        ]
        field: Any = html.Select(options, id=f"lever-{name}")
        own, shown = str(exact), ""
    else:
        bounds = RANGES[name]
        own = f"{near:.10g}"
        number = float(exact if moved is None else moved)
        decimals = bounds.decimals if not number.is_integer() else 0
        shown = texts.get(f"explorer.unit.{name}", value=texts.number(number, decimals))
        field = dcc.Input(
            id=f"lever-{name}", type="range", min=bounds.low, max=bounds.high, step=bounds.step, value=value
        )
        marks["data-exact"] = texts.get(f"explorer.unit.{name}", value=texts.number(float(exact), decimals))
        marks["data-unit"] = texts.get(f"explorer.unit.{name}", value="{value}")
    readout = html.Span(
        shown, className="readout", id=f"readout-{name}", **attributes({"aria-hidden": "true"})
    )
    changed = html.Span(texts.get("explorer.moved"), className="changed")
    return html.Div(
        [html.Div([label, changed, readout], className="leverline"), field],
        className="lever",
        key=f"{name}-{turn}",
        **attributes({"data-own": own, **marks}),
    )


def _sample_box(state: State, texts: Texts, sizes: dict[str, Sample]) -> html.Fieldset:
    options = [
        (
            name,
            texts.get(
                f"explorer.sample.{name}",
                newcomers=texts.number(size.newcomers),
                draws=texts.number(size.draws),
                runs=texts.number(size.draws * size.replicates),
            ),
        )
        for name, size in sizes.items()
        if name in SAMPLES
    ]
    return html.Fieldset(
        [
            html.Legend(texts.get("explorer.sample.title")),
            _select("sample", texts.get("explorer.sample.label"), options, state.sample, State().sample),
            html.P(texts.get("explorer.sample.note"), className="note"),
        ]
    )


def _take_box(texts: Texts) -> html.Fieldset:
    return html.Fieldset(
        [
            html.Legend(texts.get("explorer.take.title")),
            html.Div(
                [
                    html.Button(texts.get("explorer.take.link"), id="copy-link", type="button"),
                    *(
                        html.Button(
                            texts.get(f"explorer.take.{what}"),
                            id=f"take-{what}",
                            type="button",
                            **attributes({"data-take": what}),
                        )
                        for what in ("yaml", "report")
                    ),
                ],
                className="buttons",
            ),
            html.P(id="taken-note", className="note", role="status"),
        ]
    )


def _words(texts: Texts) -> dict[str, str]:
    """Return the words that the browser itself says."""
    names = ("computing", "too_large", "no_server", "refused", "copied", "copy_failed")
    return {"lang": texts.lang, **{name: texts.get(f"explorer.browser.{name}") for name in names}}
