"""How much room words take on a slide, estimated from the widths of the letters of Arial."""

from __future__ import annotations

import re
from typing import Final

FONT: Final = "Arial"
"""Every office program has it or a font of the same widths."""
_POINTS_PER_INCH: Final = 72.0
_LINE: Final = 1.2
_SAFE: Final = 1.04
"""Programs break lines a little differently."""
# Widths in thousandths of the size of the font.
_GROUPS: Final = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[]\\ftIÎ·\N{NO-BREAK SPACE}",
    333: "()`-r\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}"
    "\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}",
    355: '"',
    389: "*",
    500: "Jckvsxyz",
    584: "+<=>~\N{MINUS SIGN}",
    611: "FTZØ",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%æ",
    944: "W",
    1000: "Æ\N{EM DASH}\N{HORIZONTAL ELLIPSIS}@■▬●",
}
_WIDTHS: Final = {letter: width for width, letters in _GROUPS.items() for letter in letters}
_USUAL: Final = 556
_BOLD: Final = 1.07
ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ0-9\[\"“(])")


def text_width(text: str, points: float, *, bold: bool = False) -> float:
    """Return the width of a text on one line, in inches."""
    thousandths = sum(_WIDTHS.get(letter, _USUAL if ord(letter) < 0x2E80 else 1000) for letter in text)
    return thousandths / 1000 * points / _POINTS_PER_INCH * (_BOLD if bold else 1.0) * _SAFE


def lines(text: str, points: float, width: float, *, bold: bool = False) -> int:
    """Return the number of lines that a text takes in a box of some inches."""
    return sum(_lines(part, points, width, bold=bold) for part in text.split("\n"))


def _lines(text: str, points: float, width: float, *, bold: bool) -> int:
    count, used = 1, 0.0
    space = text_width(" ", points, bold=bold)
    for word in text.split(" "):
        size = text_width(word, points, bold=bold)
        if used and used + space + size > width:
            count, used = count + 1, 0.0
        used += size + (space if used else 0.0)
        # A word longer than a line is broken inside.
        if used > width:
            more = int(used // width)
            count, used = count + more, used - more * width
    return count


def height(count: float, points: float) -> float:
    """Return the height of some lines, in inches."""
    return count * points * _LINE / _POINTS_PER_INCH


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [part.strip() for part in _SENTENCE.split(text.strip()) if part.strip()]


def whole_sentences(text: str, points: float, width: float, most: int, ending: str = "") -> str:
    """Return a text of at most some lines, shortened at the end of a sentence; then `ending` says so.

    The first sentence is cut between words if it alone is too long.
    """
    if lines(text, points, width) <= most:
        return text
    kept: list[str] = []
    for sentence in sentences(text):
        if lines(" ".join([*kept, sentence, ending]).strip(), points, width) > most:
            break
        kept.append(sentence)
    if not kept:
        left = max(1, most - lines(ending, points, width)) if ending else most
        return f"{shortened(text, points, width, left)} {ending}".strip()
    return " ".join([*kept, ending]).strip()


def shortened(text: str, points: float, width: float, most: int, *, bold: bool = False) -> str:
    """Return a text of at most some lines, cut between words and marked with an ellipsis."""
    if lines(text, points, width, bold=bold) <= most:
        return text
    words = text.split(" ")
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        said = " ".join(words[:middle]) + ELLIPSIS
        low, high = (middle, high) if lines(said, points, width, bold=bold) <= most else (low, middle - 1)
    if low:
        return " ".join(words[:low]) + ELLIPSIS
    letters = text
    while letters and lines(letters + ELLIPSIS, points, width, bold=bold) > most:
        letters = letters[: int(0.9 * len(letters))]
    return letters + ELLIPSIS


def pages(texts: tuple[str, ...], points: float, width: float, room: float, gap: float) -> list[list[str]]:
    """Put paragraphs on as few pages as hold them; one that is longer than a page is split at sentences."""
    found: list[list[str]] = [[]]
    used = 0.0
    for text in texts:
        for part in _fitting(text, points, width, room - gap):
            size = height(lines(part, points, width), points) + gap
            if found[-1] and used + size > room:
                found.append([])
                used = 0.0
            found[-1].append(part)
            used += size
    return [page for page in found if page]


def _fitting(text: str, points: float, width: float, room: float) -> list[str]:
    most = max(1, int(room // height(1, points)))
    if lines(text, points, width) <= most:
        return [text]
    parts: list[str] = []
    for sentence in sentences(text):
        piece = shortened(sentence, points, width, most)
        if parts and lines(f"{parts[-1]} {piece}", points, width) <= most:
            parts[-1] = f"{parts[-1]} {piece}"
        else:
            parts.append(piece)
    return parts


def folded(text: str, points: float, width: float, most: int, *, bold: bool = False) -> list[str]:
    """Return a text as lines of a width in inches, at most some of them; the last may end in an ellipsis."""
    found: list[str] = []
    for word in shortened(text, points, width, most, bold=bold).split(" "):
        if found and lines(f"{found[-1]} {word}", points, width, bold=bold) == 1:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found[:most]
