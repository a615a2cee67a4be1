"""The right side of the page: what the answer says, its figures and tables, and what can be taken away."""

from __future__ import annotations

import json
import textwrap
from html import escape
from typing import TYPE_CHECKING, Any, Final

from dash import dcc, html

from ankomst.explorer.markup import attributes, components
from ankomst.report.chart import theme
from ankomst.report.chart.figure_words import entries
from ankomst.report.document.texts import load_texts
from ankomst.report.run.run_parts import run_parts
from ankomst.report.run.run_report import changes_html, headline_html, prepared

if TYPE_CHECKING:
    from ankomst.explorer.answer import Answer
    from ankomst.report.document.page import Drawn
    from ankomst.report.document.run_context import RunContext
    from ankomst.report.document.texts import Texts
    from ankomst.report.run.run_parts import Part

FIGURES: Final = ("employment", "work", "cost", "accounts")
"""Names of the figures of an answer, in their order."""
_KEY_WIDTH = 84
_IMAGE_WIDTH = 118


def answered(answer: Answer, lang: str) -> tuple[RunContext, list[Part], list[Any]]:
    """Return the context, the parts with their figures, and the words above them."""
    tables, context = prepared(answer.tables, answer.facts, load_texts(lang, "explorer"))
    words = components(headline_html(tables, context))
    changes = components(changes_html(tables["assumptions"], context))
    texts = context.texts
    facts = context.facts
    sample = texts.get(
        f"explorer.answer.sample_{facts['sample']}",
        runs=texts.number(float(facts["draws"]) * float(facts["replicates"])),
        draws=texts.number(float(facts["draws"])),
        newcomers=context.newcomers,
        months=texts.number(float(facts["follow_up_months"])),
    )
    warning = html.P([html.Strong(sample), " ", context.band("difference")], className="banner")
    change = html.Details([html.Summary(texts.get("explorer.answer.changes")), *changes])
    return context, run_parts(tables, context), [*words, warning, change]


def panel(answer: Answer, lang: str) -> list[Any]:
    """Return the components of an answer."""
    context, parts, words = answered(answer, lang)
    shown: list[Any] = [*words]
    number = 0
    for part in parts:
        shown.append(html.H2(part.heading, className="part"))
        shown += components(part.words)
        for drawn in part.drawn:
            number += 1
            shown.append(_figure(number, drawn, context))
        if part.below:
            summary = html.Summary(context.texts.get("explorer.answer.tables", name=part.heading))
            shown.append(html.Details([summary, *components(part.below)], className="below"))
    return shown


def figures(answer: Answer, lang: str) -> tuple[RunContext, dict[str, Drawn]]:
    """Return the figures of an answer by name."""
    context, parts, _ = answered(answer, lang)
    return context, {drawn.name: drawn for part in parts for drawn in part.drawn}


def _figure(number: int, drawn: Drawn, context: RunContext) -> html.Figure:
    texts = context.texts
    heading = f"{texts.get('page.figure')} {number}. {drawn.title}"
    footer = f"{drawn.footer} {source_line(context)}"
    settings: Any = theme.CONFIG
    graph = dcc.Graph(
        id=f"graph-{drawn.name}",
        figure=drawn.figure,
        config=settings,
        responsive=True,
        style={"height": f"{drawn.figure.layout.height}px"},
    )
    return html.Figure(
        [
            html.H3(heading),
            html.P(drawn.lead, className="lead"),
            *components(drawn.key),
            html.P(texts.get("page.swipe"), className="swipe"),
            # What is wider than a narrow window is moved sideways, by keyboard too.
            html.Div(
                graph, className="plot", tabIndex="0", role="group", **attributes({"aria-label": drawn.title})
            ),
            html.Figcaption(footer),
            _taken(drawn, texts, image_words(heading, drawn.key, footer)),
        ],
        id=f"figure-{drawn.name}",
        **attributes({"aria-label": drawn.title}),
    )


def source_line(context: RunContext) -> str:
    """Return where the numbers of a figure come from."""
    facts = context.facts
    return context.texts.get(
        "explorer.answer.source", version=facts["version"], commit=facts["commit"], seed=facts["seed"]
    )


def _taken(drawn: Drawn, texts: Texts, words: str) -> html.Div:
    """Return the buttons of one figure; images are made in the browser."""
    made = [
        html.Button(
            label,
            type="button",
            className="small",
            **attributes(
                {
                    "data-take": kind,
                    "data-figure": drawn.name,
                    "aria-label": texts.get(f"explorer.take.{kind}_of", name=drawn.title),
                }
            ),
        )
        for kind, label in (
            ("csv", texts.get("explorer.take.csv")),
            ("html", texts.get("explorer.take.html")),
        )
    ]
    images = [
        html.Button(
            kind.upper(),
            type="button",
            className="small image",
            **attributes(
                {
                    "data-figure": drawn.name,
                    "data-format": kind,
                    "data-words": words,
                    "aria-label": texts.get("explorer.take.image_of", kind=kind.upper(), name=drawn.title),
                }
            ),
        )
        for kind in ("svg", "png")
    ]
    return html.Div([html.Span(texts.get("explorer.take.figure")), *made, *images], className="taken")


def image_words(title: str, key: str, footer: str) -> str:
    """Return as JSON what an image has around the figure: title, key in its colours, and footer, in lines."""
    rows: list[list[str]] = []
    length = _KEY_WIDTH
    for entry in entries(key):
        colour, name = entry.colour or theme.INK, escape(entry.name, quote=False)
        length += len(entry.name) + 6
        if length > _KEY_WIDTH:
            rows.append([])
            length = len(entry.name)
        rows[-1].append(f'<span style="color:{colour}">\N{BLACK SQUARE}</span> {name}')
    lines = {
        "title": [escape(line, quote=False) for line in textwrap.wrap(title, _IMAGE_WIDTH - 18)],
        "key": [" \N{EM SPACE} ".join(row) for row in rows],
        "footer": [escape(line, quote=False) for line in textwrap.wrap(footer, _IMAGE_WIDTH + 12)],
    }
    return json.dumps(lines, ensure_ascii=False)
