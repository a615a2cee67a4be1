"""A figure that stands alone: its title and key above it, its footer and source below."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

from ankomst.report.chart import theme
from ankomst.report.chart.figure_words import KeyEntry, clean, entries, one_line, plain
from ankomst.report.chart.text_size import folded, text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.report.document.page import Drawn
    from ankomst.report.document.texts import Texts

_TITLE, _LEAD, _SMALL, _TICK = 19, 14, 12, 12
_LINE: Final = 1.32
_PAD: Final = 14
_KEY: Final = "legend9"
_PIXELS: Final = 72.0
"""The width of letters of some points in inches, times this, is their width at as many pixels in pixels."""
_MARKERS: Final = {"tick": "line-ns", "cross": "x-thin"}


def with_words(drawn: Drawn, number: int, source: str, texts: Texts, width: int) -> go.Figure:
    """Return a copy of a figure that holds its own words.

    Parameters
    ----------
    drawn : Drawn
    number : int
        Of the figure.
    source : str
    texts : Texts
    width : int
        Pixels.
    """
    figure = go.Figure(drawn.figure)
    room = width - 2 * _PAD
    title = folded(
        one_line(texts.get("image.number", number=number, title=one_line(drawn.title))),
        _TITLE,
        room / _PIXELS,
        4,
        bold=True,
    )
    lead = folded(one_line(drawn.lead), _LEAD, room / _PIXELS, 4) if drawn.lead else []
    below = folded(one_line(drawn.footer), _SMALL, room / _PIXELS, 12) if drawn.footer else []
    if source:
        said = texts.get("slides.notes_source", source=one_line(source))
        below += folded(said, _SMALL, room / _PIXELS, 3)
    words = _height(title, _TITLE) + _height(lead, _LEAD)
    key = entries(drawn.key)
    rows = _key_rows([entry.name for entry in key], room)
    above = round(_PAD + 0.55 * _TITLE + words + 20 * rows + 6)
    under = round(_height(below, _SMALL) + _PAD)
    top, bottom = _margin(figure, "t", 40), _margin(figure, "b", 56)
    left = _left(figure)
    height = int(figure.layout.height or 450) + above + under
    _own_labels(figure)
    top = max(top, _labels_on_top(figure))
    before = int(figure.layout.height or 450)
    _move_legends(figure, (before, height), under, width)
    if key:
        _add_key(figure, key, (height - _PAD - 0.55 * _TITLE - words - 2) / height, width)
    said = "<br>".join(f"<b>{escape(line, quote=False)}</b>" for line in title)
    if lead:
        small = "<br>".join(escape(line, quote=False) for line in lead)
        said += f'<br><span style="font-size:{_LEAD}px;color:{theme.MUTED}">{small}</span>'
    figure.update_layout(
        width=width,
        height=height,
        margin={"t": top + above, "b": bottom + under, "l": left, "autoexpand": False},
        title={
            "text": said,
            "xref": "container", "yref": "container", "x": _PAD / width, "xanchor": "left",
            "y": 1 - (_PAD + 0.55 * _TITLE) / height, "yanchor": "top",
            "font": {"size": _TITLE, "color": theme.INK},
        },
    )  # fmt: skip
    if below:
        figure.add_annotation(
            text="<br>".join(escape(line, quote=False) for line in below),
            xref="paper", yref="paper", x=0, y=0, xanchor="left", yanchor="top", align="left",
            xshift=_PAD - left, yshift=-bottom, showarrow=False, borderpad=0,
            font={"size": _SMALL, "color": theme.MUTED},
        )  # fmt: skip
    return figure


def _height(lines: Sequence[str], size: int) -> float:
    return len(lines) * size * _LINE


def _margin(figure: go.Figure, side: str, usual: int) -> int:
    template = figure.layout.template.layout.margin[side]
    own = figure.layout.margin[side]
    return int(own if own is not None else template if template is not None else usual)


def _wide(label: object) -> float:
    """Return the width of the widest line of a label in pixels."""
    lines = str(label or "").replace("<br />", "<br>").split("<br>")
    return max(text_width(plain(line), _TICK, bold="<b>" in line) for line in lines) * _PIXELS


def _left(figure: go.Figure) -> int:
    """Return the room at the left for the labels of the first panels: the footer is placed by it."""
    needed = float(_margin(figure, "l", 60))
    for axis in figure.select_yaxes():
        place = axis.anchor or "x"
        across = figure.layout[f"xaxis{place[1:]}"] if place.startswith("x") else None
        first = across is None or across.domain is None or across.domain[0] < 0.01
        if not first or axis.showticklabels is False:
            continue
        widest = max((_wide(label) for label in axis.ticktext or ()), default=44.0)
        title = str(axis.title.text or "")
        beside = (title.count("<br>") + 1) * 17 + 10 if title.strip() else 0
        needed = max(needed, 1.05 * widest + 20 + beside + (axis.ticklabelstandoff or 0))
    return math.ceil(needed)


def _move_legends(figure: go.Figure, heights: tuple[int, int], under: int, width: int) -> None:
    """Keep the legends of a figure where they are beside its panels, now that there are words around them."""
    before, height = heights
    for name in ("legend", *(f"legend{k}" for k in range(2, 9))):
        legend = figure.layout[name] if name == "legend" or name in figure.layout else None
        usual = figure.layout.template.layout.legend if name == "legend" else None
        if legend is None:
            continue
        reference = legend.yref or (usual.yref if usual is not None else None)
        place = legend.y if legend.y is not None else usual.y if usual is not None else None
        if reference == "container" and place is not None:
            legend.update(y=(place * before + under) / height, x=_PAD / width)


def _own_labels(figure: go.Figure) -> None:
    # Margins that grow by themselves would move the footer.
    figure.update_xaxes(automargin=False)
    figure.update_yaxes(automargin=False)


def _labels_on_top(figure: go.Figure) -> int:
    """Return the room that slanting labels above the panels need."""
    needed = 0.0
    for axis in figure.select_xaxes():
        if axis.side == "top" and axis.ticktext:
            slant = abs(math.sin(math.radians(float(axis.tickangle or 0)))) if axis.tickangle else 0.25
            needed = max(needed, max(_wide(label) for label in axis.ticktext) * slant + 24)
    return math.ceil(needed)


def _key_rows(names: Sequence[str], room: float) -> int:
    """Return the rows of a key; Plotly gives all its entries the width of the widest."""
    if not names:
        return 0
    widths = [text_width(clean(name), _SMALL) * _PIXELS + 48 for name in names]
    if sum(widths) <= room:
        return 1
    columns = max(1, int(room // max(widths)))
    return math.ceil(len(names) / columns)


def _add_key(figure: go.Figure, key: Sequence[KeyEntry], top: float, width: int) -> None:
    """Draw the key of the page as a legend."""
    hidden = figure.layout.showlegend is False
    if not any(hasattr(trace, "xaxis") for trace in figure.data):
        # The samples of the key would bring axes to a figure that has none, such as one of flows.
        figure.update_layout(xaxis={"visible": False}, yaxis={"visible": False})
    for trace in figure.data:
        if hidden:
            trace.showlegend = False
    for entry in key:
        figure.add_trace(_sample(entry))
    figure.update_layout(
        {
            "showlegend": True,
            _KEY: {
                "orientation": "h", "xref": "container", "yref": "container", "x": _PAD / width,
                "xanchor": "left", "y": top, "yanchor": "top", "font": {"size": _SMALL},
                "itemsizing": "trace", "maxheight": 400,
            },
        }
    )  # fmt: skip


def _sample(entry: KeyEntry) -> go.Scatter:
    look: dict[str, Any]
    colour = entry.colour or theme.INK
    if entry.kind == "line":
        look = {
            "mode": "lines",
            "line": {"color": colour, "width": 2.5, "dash": "dash" if entry.dashed else "solid"},
        }
    else:
        symbol = "square" if entry.kind == "block" else _MARKERS.get(entry.kind, entry.kind)
        inside = theme.PAPER if entry.hollow else colour
        look = {
            "mode": "markers",
            "marker": {
                "symbol": symbol,
                "size": 10,
                "color": inside,
                "line": {"width": 1.6, "color": colour},
            },
        }
    return go.Scatter(
        x=[None], y=[None], name=escape(entry.name, quote=False), legend=_KEY, showlegend=True, **look
    )
