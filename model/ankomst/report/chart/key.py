"""The key of a figure as HTML: it folds on a narrow page, where the legend of a plot would not."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from ankomst.report.chart import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT = 34, 14
_NARROW, _BLOCK = 14, 24
# Lengths of stroke and gap, as Plotly draws them, for a line two pixels wide.
_PATTERNS: Final = {
    "solid": "",
    "dash": "6 6",
    "dot": "2 2",
    "dashdot": "6 4 2 4",
    "longdash": "10 5",
    "longdashdot": "10 4 2 4",
}
_SHAPES: Final = {
    "circle": '<circle cx="7" cy="7" r="4.5"/>',
    "diamond": '<path d="M7 1.5 L12.5 7 L7 12.5 L1.5 7 Z"/>',
    "triangle-right": '<path d="M3 2.5 L12 7 L3 11.5 Z"/>',
    "triangle-left": '<path d="M11 2.5 L2 7 L11 11.5 Z"/>',
    "tick": '<path d="M7 1 V13"/>',
    "cross": '<path d="M3 3 L11 11 M3 11 L11 3"/>',
}


def line_sample(colour: str, dash: str = "solid", width: float = 2) -> str:
    """Return a piece of a line."""
    pattern = f' stroke-dasharray="{_PATTERNS[dash]}"' if _PATTERNS[dash] else ""
    return _svg(f'<path d="M0 7 H{_WIDTH}" stroke="{colour}" stroke-width="{width:g}"{pattern}/>')


def point_sample(colour: str, shape: str, *, hollow: bool = False) -> str:
    """Return a marker, filled or hollow."""
    inside = theme.PAPER if hollow else colour
    body = f'<g fill="{inside}" stroke="{colour}" stroke-width="1.6">{_SHAPES[shape]}</g>'
    return _svg(body, _NARROW)


def block_sample(colour: str, *, hatched: bool = False) -> str:
    """Return a piece of a bar, filled or hatched."""
    edge = f'fill="{theme.PAPER if hatched else colour}" stroke="{colour}" stroke-width="1.4"'
    box = f'<rect x="1" y="1" width="22" height="12" {edge}/>'
    strokes = " ".join(f"M{x} 13 L{x + 8} 1" for x in (2, 8, 14)) if hatched else ""
    return _svg(f'{box}<path d="{strokes}" stroke="{colour}" stroke-width="1.4"/>', _BLOCK)


def key_html(entries: Sequence[tuple[str, str]]) -> str:
    """Return the key of (sample, plain text) pairs."""
    items = "".join(f"<li>{sample}<span>{escape(text)}</span></li>" for sample, text in entries)
    return f'<ul class="key">{items}</ul>'


def _svg(body: str, width: int = _WIDTH) -> str:
    return f'<svg width="{width}" height="{_HEIGHT}" aria-hidden="true" fill="none">{body}</svg>'
