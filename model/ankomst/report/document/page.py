"""What every page is made of: its head, figures with their words, the glossary."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

import plotly.io
from plotly.offline import get_plotlyjs

from ankomst.report.chart import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import plotly.graph_objects as go

    from ankomst.report.chart.native import Chart
    from ankomst.report.document.texts import Texts


@dataclass(frozen=True)
class Drawn:
    """One figure with its words, all plain text.

    Parameters
    ----------
    name, title, lead, footer : str
    figure : Figure
    key : str
        HTML of a key above the figure; empty where the figure holds its own legend.
    data : DataFrame, optional
        The tidy rows that are drawn, in the units of the figure; read off the figure if left out.
    chart : Chart, optional
        The same for slides and workbooks; read off the figure if left out.
    """

    name: str
    title: str
    lead: str
    footer: str
    figure: go.Figure
    key: str = ""
    data: pd.DataFrame | None = None
    chart: Chart | None = None


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph with an optional CSS class; the text is escaped."""
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{escape(text)}</p>"


def bullets(texts: Sequence[str]) -> str:
    """Return a list of escaped sentences, or nothing where there are none."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""


def top(title: str, *lines: str) -> str:
    """Return the head of a page: title, and lines of HTML."""
    return f'<header class="top"><h1>{escape(title)}</h1>{"".join(lines)}</header>'


def panel(kind: str, title: str, body: str) -> str:
    """Return a framed part before the contents.

    Parameters
    ----------
    kind : {"box", "how"}
        The box with the findings, or what was done.
    title : str
        Plain text.
    body : str
        HTML.
    """
    return f'<section class="{kind}"><h2>{escape(title)}</h2>{body}</section>'


def figure_html(number: int, drawn: Drawn, texts: Texts, source: str = "") -> str:
    """Return a figure with heading, lead, key, footer and source.

    Parameters
    ----------
    number : int
    drawn : Drawn
    texts : Texts
    source : str
        Plain text: what the numbers come from.
    """
    plot = plotly.io.to_html(
        drawn.figure,
        include_plotlyjs=False,
        full_html=False,
        config=theme.CONFIG,
        div_id=f"plot-{drawn.name}",
        default_height=f"{drawn.figure.layout.height}px",
    )
    heading = f"{texts.get('page.figure')} {number}. {drawn.title}"
    made = f'<span class="source">{escape(texts.get("story.from", source=source))}</span>' if source else ""
    return "".join(
        (
            f'<figure id="figure-{drawn.name}" aria-label="{escape(drawn.title, quote=True)}">',
            f"<h3>{escape(heading)}</h3>",
            paragraph(drawn.lead, "lead"),
            # Seen only while the figure is wider than its frame; see page.html.
            drawn.key + paragraph(texts.get("page.swipe"), "swipe"),
            f'<div class="plot">{plot}</div>',
            f"<figcaption>{escape(drawn.footer)}{made}</figcaption></figure>",
        )
    )


def contents(drawn: Sequence[Drawn], texts: Texts) -> str:
    """Return links to the figures; nothing where there are none."""
    links = "".join(f'<li><a href="#figure-{item.name}">{escape(item.title)}</a></li>' for item in drawn)
    if not links:
        return ""
    return f"<nav><strong>{escape(texts.get('section.figures'))}</strong><ol>{links}</ol></nav>"


def glossary(texts: Texts) -> str:
    """Return the Danish terms with their meaning."""
    terms = {
        key.partition(".")[2]: words for key, words in texts.entries.items() if key.startswith("glossary.")
    }
    listed = "".join(f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>" for term, words in terms.items())
    return f"<dl>{listed}</dl>"


def page_html(*, lang: str, title: str, body: str, styles: Sequence[str] = ("page.css",)) -> str:
    """Return a self-contained page: no network, no second file.

    Parameters
    ----------
    lang : str
    title : str
        Plain text.
    body : str
        HTML.
    styles : sequence of str
        Names of style sheets of this package.
    """
    package = resources.files(__package__)
    return Template(package.joinpath("page.html").read_text(encoding="utf-8")).substitute(
        lang=lang,
        title=escape(title),
        css="\n".join(package.joinpath(name).read_text(encoding="utf-8") for name in styles),
        plotly=get_plotlyjs(),
        body=body,
    )
