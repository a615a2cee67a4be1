"""Words of a figure as plain text: labels without marks, and names of series from the key above it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Final

from ankomst.report.chart import theme
from ankomst.report.chart.key import _SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plotly.basedatatypes import BaseTraceType

_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SMALL: Final = re.compile(r"<span[^>]*font-size[^>]*>.*?</span>", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_ITEM: Final = re.compile(r"<li>(<svg.*?</svg>)<span>(.*?)</span></li>", re.DOTALL)
_COLOUR: Final = re.compile(r"(?:stroke|fill)=\"(#[0-9a-fA-F]{6}|rgba?\([^)]*\))\"")
_RGBA: Final = re.compile(r"rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)")
_SPACES: Final = re.compile(r"[ \t\r\n]+")
_HYPHEN: Final = re.compile(r"(?<=[a-zæøå])-<br\s*/?>(?!og |and |eller |or )(?=[a-zæøå])", re.IGNORECASE)
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_IDENTIFIER: Final = re.compile(r"^[a-z][a-z0-9_.-]*$")


def clean(text: object) -> str:
    """Return a text without the characters that no XML file may hold."""
    return _FORBIDDEN.sub("", str(text))


def one_line(text: object) -> str:
    """Return a text on one line; spaces that must not break stay."""
    return clean(_SPACES.sub(" ", str(text))).strip(" ")


def plain(label: object, *, short: bool = False) -> str:
    """Return a label of Plotly as one line of plain text.

    Parameters
    ----------
    label : object
        Text with the few tags that Plotly reads; None is an empty text.
    short : bool
        Whether to leave out what is set in small letters below the label.
    """
    text = "" if label is None else str(label)
    if short:
        text = _SMALL.sub("", text)
    # A word that is divided for a narrow panel becomes whole again.
    text = unescape(_TAG.sub("", _BREAK.sub(" ", _HYPHEN.sub("", text))))
    return one_line(text)


def heading(label: object) -> bool:
    """Tell whether a tick label is set in bold as a whole, as headings of rows are."""
    text = str(label or "")
    return text.startswith("<b>") and text.endswith("</b>") and text.count("<b>") == 1


def hexed(colour: object) -> str:
    """Return a colour as ``#rrggbb``, the first one of a list; empty where it is none."""
    if isinstance(colour, list | tuple):
        return hexed(colour[0]) if colour else ""
    text = str(colour or "").strip().lower()
    if re.fullmatch(r"#[0-9a-f]{6}", text):
        return text
    found = _RGBA.match(text)
    return "#" + "".join(f"{min(255, int(part)):02x}" for part in found.groups()) if found else ""


@dataclass(frozen=True)
class KeyEntry:
    """An entry of a key: what its sample looks like and what it says.

    Parameters
    ----------
    kind : str
        line, block, or the name of a marker such as circle.
    colour : str
    hollow, dashed : bool
    name : str
    """

    kind: str
    colour: str
    hollow: bool
    dashed: bool
    name: str


def entries(key: str) -> list[KeyEntry]:
    """Read the key of a figure (`key.key_html`)."""
    return [_entry(sample, plain(name)) for sample, name in _ITEM.findall(key)]


def _entry(sample: str, name: str) -> KeyEntry:
    colours = [hexed(colour) for colour in _COLOUR.findall(sample)]
    inked = [colour for colour in colours if colour and colour != theme.PAPER]
    kind = next((shape for shape, body in _SHAPES.items() if body in sample), "")
    if not kind:
        kind = "block" if "<rect" in sample else "line"
    return KeyEntry(
        kind,
        inked[-1] if inked else "",
        hollow=f'fill="{theme.PAPER}"' in sample and kind not in {"line", "tick", "cross"},
        dashed="stroke-dasharray" in sample,
        name=name,
    )


_SYMBOLS: Final = {"line-ns": "tick", "x-thin": "cross", "cross-thin": "cross", "square": "circle"}


def sample_of(trace: BaseTraceType) -> KeyEntry:
    """Return the look of a trace as an entry without a name."""
    if trace.type == "bar":
        pattern = trace.marker.pattern.fgcolor if trace.marker.pattern else None
        fill = hexed(trace.marker.color)
        edge = hexed(trace.marker.line.color)
        colour = hexed(pattern) or (edge if fill in {"", theme.PAPER} else fill)
        return KeyEntry("block", colour, fill == theme.PAPER, dashed=False, name="")
    mode = str(trace.mode or "lines")
    if "markers" in mode and "lines" not in mode:
        symbol = str(trace.marker.symbol or "circle")
        fill, edge = hexed(trace.marker.color), hexed(trace.marker.line.color)
        open_ = symbol.endswith("-open") or fill == theme.PAPER
        colour = edge if fill == theme.PAPER else fill or edge
        name = symbol.removesuffix("-open")
        kind = _SYMBOLS.get(name, name)
        return KeyEntry(kind, colour, open_ and kind not in {"tick", "cross"}, dashed=False, name="")
    dashed = str(trace.line.dash or "solid") != "solid"
    return KeyEntry(
        "line", hexed(trace.line.color) or hexed(trace.fillcolor), hollow=False, dashed=dashed, name=""
    )


def name_of(look: KeyEntry, key: Sequence[KeyEntry]) -> str:
    """Return what the key calls a look: the entry most like it, or an empty text where none is like it.

    The colour or the form of the mark must be the same; a sample of a bar may stand for a bar and its points.
    """
    scored = [(_likeness(look, entry), -place, entry.name) for place, entry in enumerate(key)]
    best = max(scored, default=(0, 0, ""))
    return best[2] if best[0] >= 4 else ""


def _likeness(look: KeyEntry, entry: KeyEntry) -> int:
    colour = 3 * (look.colour == entry.colour)
    if look.kind == entry.kind:
        form = 2 + (look.hollow == entry.hollow) + (look.dashed == entry.dashed)
        # A key shows a kind of mark in the colour of its first series only.
        return colour + form if colour or look.hollow == entry.hollow else 0
    solid = {look.kind, entry.kind} & {"block", "line"}
    return colour + (look.hollow == entry.hollow) if colour and solid else 0


def identifier(name: str) -> bool:
    """Tell whether the name of a trace is one of the program and not one for readers."""
    return bool(_IDENTIFIER.match(name))
