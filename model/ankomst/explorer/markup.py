"""The HTML that the house writes for its pages, as components of Dash: one source for page and explorer."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import quote

from dash import html

_TAGS: Final = {
    "p": html.P, "span": html.Span, "ul": html.Ul, "ol": html.Ol, "li": html.Li, "strong": html.Strong,
    "em": html.Em, "code": html.Code, "br": html.Br, "h2": html.H2, "h3": html.H3, "h4": html.H4,
    "section": html.Section, "div": html.Div, "details": html.Details, "summary": html.Summary,
    "table": html.Table, "caption": html.Caption, "thead": html.Thead, "tbody": html.Tbody, "tr": html.Tr,
    "th": html.Th, "td": html.Td, "small": html.Small, "dl": html.Dl, "dt": html.Dt, "dd": html.Dd,
}  # fmt: skip
"""Tags that become components; a link or a script is not among them."""
_EMPTY = ("br",)
_ATTRIBUTES: Final = {
    "class": "className", "id": "id", "colspan": "colSpan", "rowspan": "rowSpan", "scope": "scope",
    "tabindex": "tabIndex", "role": "role", "aria-label": "aria-label", "title": "title",
}  # fmt: skip
_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


def components(text: str) -> list[Any]:
    """Return the components of a piece of HTML; a small drawing becomes an image without a name."""
    drawings: list[str] = []

    def keep(found: re.Match[str]) -> str:
        drawings.append(found[0])
        return f'<svg n="{len(drawings) - 1}">'

    reader = _Reader(drawings)
    reader.feed(_SVG.sub(keep, text))
    reader.close()
    return reader.found()


def attributes(values: dict[str, str]) -> dict[str, Any]:
    """Return attributes whose names hold a dash, as a component takes them."""
    return dict(values)


def image(drawing: str) -> html.Img:
    """Return a drawing of a key as an image that needs no request."""
    width, height = _SIZE.search(drawing).groups()  # type: ignore[union-attr]  # all keys have a size
    source = drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return html.Img(src=f"data:image/svg+xml,{quote(source)}", alt="", width=width, height=height)


class _Reader(HTMLParser):
    def __init__(self, drawings: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._drawings = drawings
        self._open: list[tuple[str, dict[str, Any], list[Any]]] = [("", {}, [])]

    def found(self) -> list[Any]:
        """Return what stands at the top."""
        if len(self._open) != 1:
            raise ValueError(f"the tag {self._open[-1][0]} is not closed")
        return self._open[0][2]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "svg":
            self._open[-1][2].append(image(self._drawings[int(dict(attrs)["n"] or 0)]))
            return
        if tag not in _TAGS:
            raise ValueError(f"the tag {tag} is not known here")
        named = {_ATTRIBUTES[name]: value for name, value in attrs if name in _ATTRIBUTES}
        if tag in _EMPTY:
            self._open[-1][2].append(_TAGS[tag](**named))
        else:
            self._open.append((tag, named, []))

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        opened, named, inside = self._open.pop()
        if opened != tag:
            raise ValueError(f"the tag {opened} is closed by {tag}")
        self._open[-1][2].append(_TAGS[tag](inside, **named))

    def handle_data(self, data: str) -> None:
        if data.strip() or "\n" not in data:  # line ends between rows are no content
            self._open[-1][2].append(data)
