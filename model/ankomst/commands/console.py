"""What commands read from their options, and how they print: values, words, JSON, files, tables' console."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ankomst.errors import OutputError, Problems, ScenarioError, nearest_name
from ankomst.policy.files import read_bytes
from ankomst.policy.scenario import parse_override
from ankomst.report.document.texts import LANGUAGES
from ankomst.report.writers.streams import as_json, as_shown, say
from ankomst.studies.engine import store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.text import Text

HEAD, MOST_BYTES = 40, 100_000_000
"""Bytes by which a file is known as an earlier one of the same command, and of such a file at most."""
FILE = "a new file, or an earlier one of the same command (--out FILE)"


class Screen(Console):
    """A console whose lines are as long as its stream shows them."""

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - those of the base
        """Return a text as the encoding of the stream shows it."""
        return super().render_str(as_shown(text, self.encoding), **options)


def read_overrides(texts: Sequence[str]) -> dict[str, Any]:
    """Read the values of ``--set``; the same key twice is an error."""
    found: dict[str, Any] = {}
    problems = Problems()
    for text in texts:
        with problems.kept():
            key, value = parse_override(text)
            if key in found:
                raise ScenarioError(f"the key {key} is set twice", where="--set")
            found[key] = value
    problems.settle()
    return found


def languages_of(text: str) -> list[str]:
    """Read the value of ``--lang``."""
    return words_of(text, LANGUAGES, "--lang", "language")


def words_of(text: str, known: Sequence[str], where: str, what: str) -> list[str]:
    """Read an option that lists words, such as ``--lang en,da``.

    Parameters
    ----------
    text : str
    known : sequence of str
        Words that are allowed.
    where : str
        The option.
    what : str
        What a word names, such as "language".

    Raises
    ------
    OutputError
        A word is unknown, or there is none.
    """
    found = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in found:
        if name not in known:
            raise OutputError(
                f"there is no {what} {name!r}", where=where, allowed=", ".join(known),
                nearest=nearest_name(name, known),
            )  # fmt: skip
    if not found:
        raise OutputError(f"no {what} is named", where=where, allowed=", ".join(known))
    return found


def write_or_print(text: str, out: Path | None) -> None:
    """Print a text as it is, or write it to a file; see `write_file`."""
    if out is None:
        sys.stdout.write(text)
    else:
        write_file(text, out)


def write_file(text: str, out: Path) -> None:
    """Write a text to a file that is new, empty, or an earlier one of the same command.

    Raises
    ------
    OutputError
        The file's folder does not exist, the file holds something else, or it cannot be written.
    """
    place, before = file_place(out)
    if before and before[:HEAD] != text.encode("utf-8")[:HEAD]:
        raise OutputError("holds something else and is left alone", where=str(out), allowed=FILE)
    store.write_text(place, text)


def file_place(out: Path) -> tuple[Path, bytes]:
    """Return where a file is to be written and what stands there now; a link stays a link.

    Raises
    ------
    OutputError
        The file's folder does not exist, or there is something else than a file.
    """
    place = out.resolve() if out.is_symlink() else out
    if not place.parent.is_dir():
        raise OutputError("the folder of the file does not exist", where=str(out))
    if not place.exists():
        return place, b""
    return place, read_bytes(place, most=MOST_BYTES, kind=OutputError, wanted=FILE)


def out_console() -> Console:
    """Return the console of standard output: lines fold on a terminal, and never in a file."""
    screen = Screen(highlight=False, markup=False, emoji=False)
    screen.soft_wrap = not screen.is_terminal
    return screen


def print_json(content: object) -> None:
    """Print one JSON document; what is not a number becomes null."""
    text = json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False)
    sys.stdout.write(as_json(text, sys.stdout.encoding or "utf-8") + "\n")


def plain(value: Any) -> Any:  # noqa: ANN401 - anything that a table or a scenario holds
    """Return a value as JSON knows it: tables as lists of rows, what is no number as null."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    elif hasattr(value, "to_dict"):
        value = value.to_dict("records")
    elif hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | bool | None) else str(value)


def teller(*, quiet: bool) -> Callable[[str], None]:
    """Return what a command is told of in passing: printed on standard error, unless quiet."""
    return silent if quiet else say


def silent(_: str) -> None:
    """Say nothing."""
