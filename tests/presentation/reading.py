"""Reads a page as a browser would: what it loads, its tags and its words."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOADING = {"src", "srcset", "data", "poster", "action", "background"}


class Reader(HTMLParser):
    """Collects what a browser would load, and the tags of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            link = name == "href" and not (value or "").startswith("#")
            if name in LOADING or link:
                self.loaded.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] not in {"script", "style"}:
            self.texts.append(data)


def read(path: Path) -> tuple[str, Reader]:
    html = path.read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(html)
    reader.close()
    return html, reader


def rows_of(html: str, table: str) -> list[str]:
    """Return the rows of the body of a table, by the id of its section."""
    body = html.partition(f'id="{table}"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    return body.split("<tr>")[1:]
