"""The text of tables that people bring: how it is encoded, and what divides its columns."""

from __future__ import annotations

import csv
import re
import unicodedata
from itertools import pairwise
from typing import Final

from ankomst.errors import show
from ankomst.policy.schema import WrongValueError

SAVE: Final = "text saved as 'CSV UTF-8'"
_WESTERN: Final = re.compile(r"[\x00-\x7f\xa0§°´·«»–—…€À-ÖØ-öø-ÿ]*")
"""What a western text in Windows-1252 holds; those of DOS and of old Macs read so hold other signs."""
_GARBLED: Final = re.compile("\N{REPLACEMENT CHARACTER}|Ã[¦¸¥†˜…]")
"""Danish letters that were written in one encoding and read in another before they came here."""
_QUOTED: Final = re.compile(r'"[^"]*"')
_STRAY: Final = re.compile(r'[^,;\t" ] *" *[^,;\t" ]')
"""A quotation mark in the middle of a cell."""
_NAMES: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}


def lines_of(content: bytes) -> list[str]:
    """Return the lines of a text in UTF-8, Windows-1252 or UTF-16 with its mark.

    Raises
    ------
    WrongValueError
        It is no text, or in another encoding.
    """
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    if _GARBLED.search(text):
        raise WrongValueError("holds letters that were damaged when the text was saved", SAVE)
    if not text.strip():
        raise WrongValueError("the file is empty")
    return unicodedata.normalize("NFC", text).split("\n")


def _decoded(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise WrongValueError("is a workbook and no text", "a sheet saved as 'CSV UTF-8'")
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = "" if marked else content.decode("cp1252", errors="replace")
        if not text or not _WESTERN.fullmatch(text):
            raise WrongValueError("is no text in UTF-8 or Windows-1252", SAVE) from None
    if "\0" in text:
        raise WrongValueError("is no text", SAVE)
    return text


def separator_of(header: str) -> str:
    """Return the sign that divides the columns: a comma, a semicolon or a tab.

    Raises
    ------
    WrongValueError
        The header holds several of them.
    """
    bare = _QUOTED.sub("", header)
    signs = [sign for sign in _NAMES if sign in bare]
    if len(signs) > 1:
        raise WrongValueError(
            f"the header is divided by {' and '.join(_NAMES[sign] for sign in signs)}",
            "one sign between all columns",
        )
    return signs[0] if signs else ","


def cells_of(line: str, separator: str) -> list[str]:
    """Return the cells of a line, without spaces around them.

    Raises
    ------
    WrongValueError
        A quotation mark is not closed, or a cell holds signs that cannot be printed.
    """
    try:
        row = next(csv.reader([line], delimiter=separator, strict=True, skipinitialspace=True), [])
    except csv.Error:
        row = []
    if not row or line.count('"') % 2 or _STRAY.search(line.replace('""', "")):
        raise WrongValueError(
            "holds a quotation mark without its other half", "every row on one line, whole cells in quotes"
        )
    cells = [" ".join(cell.split()) for cell in row]
    for cell in cells:
        if not cell.isprintable():
            raise WrongValueError(f"holds signs that cannot be printed: {show(cell)}", "plain text")
    return cells


def uneven(cells: list[str], wanted: int, line: str, separator: str) -> str:
    """Say how many cells a row has, how many the header, and what is the likely cause."""
    what = f"the row has {len(cells)} cell{'s' if len(cells) != 1 else ''} and the header {wanted}"
    others = [name for sign, name in _NAMES.items() if sign != separator and sign in line]
    if len(cells) < wanted:
        alone = others and len(cells) == 1
        return what + (
            f": divided by {others[0]}, not {_NAMES[separator]}?" if alone else ": one is missing?"
        )
    if not cells[-1]:
        return what + f": a {_NAMES[separator].removesuffix('s')} too many at the end?"
    pairs = list(pairwise(cells)) if separator == "," else []
    if any(re.fullmatch("[1-9][0-9]{0,2}", one) and re.fullmatch("[0-9]{3}", two) for one, two in pairs):
        return what + ": a comma as a separator of thousands, or a decimal comma?"
    if any(re.fullmatch("-?[0-9]+", one) and re.fullmatch("[0-9]+", two) for one, two in pairs):
        return what + ": a decimal comma?"
    return what + f": a text with {_NAMES[separator]} needs quotation marks"
