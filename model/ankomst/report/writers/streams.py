"""Standard output and standard error: whatever their encoding can hold, and no word when a reader is gone."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = "ankomst.plain"
"""Name of what puts plain letters in place of signs that an encoding does not hold."""
ESCAPED = "ankomst.escaped"
"""Name of what puts the escapes of JSON in their place."""
SIGNS = {
    "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{BOX DRAWINGS LIGHT HORIZONTAL}": "-",
    "\N{PLUS-MINUS SIGN}": "+/-", "\N{MULTIPLICATION SIGN}": "x", "\N{MIDDLE DOT}": "-", "\N{BULLET}": "*",
    "\N{ALMOST EQUAL TO}": "~", "\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{RIGHTWARDS ARROW}": "->", "\N{LEFTWARDS ARROW}": "<-",
    "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa",
}  # fmt: skip
"""Signs of the program and Danish letters as plain letters; others lose their accents."""


def as_shown(text: str, encoding: str) -> str:
    """Return a text as a stream of this encoding shows it: its length is that of the line that is printed."""
    return text.encode(encoding, PLAIN).decode(encoding)


def as_json(text: str, encoding: str) -> str:
    """Return a JSON document with escapes in place of what the encoding does not hold."""
    return text.encode(encoding, ESCAPED).decode(encoding)


@contextmanager
def prepared_streams() -> Iterator[None]:
    """Let standard output and error hold any text, and be quiet at the end when their reader is gone."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAIN)
    try:
        yield
    finally:
        flush()


def flush() -> None:
    """Write out both streams; what nobody reads any more goes nowhere, so that Python does not complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # the terminal may be closed, too
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(text: str) -> None:
    """Print a line on standard error, at once."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _plain(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    return "".join(map(_letters, problem.object[problem.start : problem.end])), problem.end


def _letters(sign: str) -> str:
    known = SIGNS.get(sign)
    return known or unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"


def _escaped(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    units = problem.object[problem.start : problem.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[k]:02x}{units[k + 1]:02x}" for k in range(0, len(units), 2)), problem.end


codecs.register_error(PLAIN, _plain)
codecs.register_error(ESCAPED, _escaped)
