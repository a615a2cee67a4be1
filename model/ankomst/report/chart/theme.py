"""The look of every figure: one sober Plotly template, colours safe for the colour-blind and for print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

if TYPE_CHECKING:
    from collections.abc import Sequence

FONT: Final = '"Segoe UI", "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif'
INK: Final = "#1d2733"
MUTED: Final = "#5a6672"
GRID: Final = "#e3e7eb"
RULE: Final = "#9aa5b1"
PAPER: Final = "#ffffff"
UNCLEAR: Final = "#8a949e"
"""Outline of a hollow marker: the interval holds zero."""

# Okabe and Ito's colours that keep a contrast of 3:1 on white; the baseline is ink.
_COLOURS: Final = (INK, "#0072B2", "#D55E00", "#00835f", "#a8447f", "#7a6a00", "#5b5ea6", "#7f3b08")
_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SYMBOLS: Final = (
    "square",
    "circle",
    "diamond",
    "triangle-up",
    "triangle-down",
    "star",
    "hexagon",
    "cross",
    "pentagon",
    "x",
    "hourglass",
    "bowtie",
)
PAYER_COLOURS: Final = {"municipality": "#0072B2", "state": "#D55E00", "both": INK, "resource": "#00835f"}

CONFIG: Final[dict[str, Any]] = {"responsive": True, "displayModeBar": False, "displaylogo": False}


def colour(name: str, order: Sequence[str]) -> str:
    """Return the colour of a name by its place in the order, so that it is the same in every figure."""
    return _COLOURS[_place(name, order) % len(_COLOURS)]


def dash(name: str, order: Sequence[str]) -> str:
    """Return the line pattern of a name, which tells lines apart in black and white."""
    return _DASHES[_place(name, order) % len(_DASHES)]


def symbol(name: str, order: Sequence[str]) -> str:
    """Return the marker symbol of a name; each one can be filled or hollow."""
    return _SYMBOLS[_place(name, order) % len(_SYMBOLS)]


def _place(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def fade(hex_colour: str, opacity: float) -> str:
    """Return a ``#rrggbb`` colour as rgba with the given opacity (0 to 1)."""
    red, green, blue = (int(hex_colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def template(separators: str) -> go.layout.Template:
    """Build the template.

    Parameters
    ----------
    separators : str
        Decimal point and thousands separator, as Plotly wants them.
    """
    axis: dict[str, Any] = {
        "gridcolor": GRID,
        "gridwidth": 1,
        "linecolor": RULE,
        "zerolinecolor": RULE,
        "zerolinewidth": 1.5,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": RULE,
        "tickfont": {"size": 12, "color": INK},
        "title": {"font": {"size": 13, "color": MUTED}, "standoff": 8},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": INK},
            "paper_bgcolor": PAPER,
            "plot_bgcolor": PAPER,
            "separators": separators,
            "xaxis": axis,
            "yaxis": axis,
            "colorway": list(_COLOURS),
            "hoverlabel": {"bgcolor": PAPER, "bordercolor": RULE, "font": {"color": INK, "size": 12}},
            "hovermode": "closest",
            "dragmode": False,
            "margin": {"l": 60, "r": 16, "t": 40, "b": 56},
            "legend": {
                "orientation": "h",
                "yref": "container",
                "xref": "container",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "top",
                "font": {"size": 12},
                "itemsizing": "constant",
                "title": {"font": {"size": 12, "color": MUTED}},
                # A click must not hide a scenario on a page that is shown to others.
                "itemclick": False,
                "itemdoubleclick": False,
            },
        }
    )
