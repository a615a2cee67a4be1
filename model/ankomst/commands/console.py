"""What the commands share: where scenarios lie, overrides, progress, numbers and JSON."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from ankomst.commands.pace import Pace, clock
from ankomst.commands.streams import as_json, as_shown, say
from ankomst.commands.table import Table
from ankomst.errors import OutputError, Problems, ScenarioError, nearest_name
from ankomst.policy.files import read_bytes
from ankomst.policy.places import scenarios_folder
from ankomst.policy.scenario import parse_override
from ankomst.report.document.texts import LANGUAGES
from ankomst.studies.engine import store

if TYPE_CHECKING:
    from pathlib import Path

    from rich.text import Text

    from ankomst.studies.engine.runs import Progress

__all__ = [
    "file_place",
    "interval",
    "new_table",
    "number",
    "out_console",
    "plain",
    "print_json",
    "progress_bar",
    "read_overrides",
    "say",
    "scenarios_folder",
    "write_file",
    "write_or_print",
]

MINUS = "\N{MINUS SIGN}"
HEAD, MOST_BYTES = 40, 100_000_000
"""Bytes by which a file is known as an earlier one of the same command, and of such a file at most."""
FILE = "a new file, or an earlier one of the same command (--out FILE)"
LINE_EVERY = 10.0
"""Seconds between lines of progress where there is no terminal."""


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


def new_table(
    labels: Sequence[str], numbers: Sequence[str] = (), words: Sequence[str] = (), *, blocks: bool = False
) -> Table:
    """Return an empty table; see `Table` for what its columns are and how it is laid out."""
    return Table(labels, numbers, words, blocks)


def number(value: float, decimals: int = 0, *, sign: bool = False) -> str:
    """Write a number with thousands separators; a dash where there is none."""
    if not math.isfinite(value):
        return "\N{EN DASH}"
    digits = f"{abs(value):,.{decimals}f}"
    nothing = not any(digit in "123456789" for digit in digits)
    return ("" if nothing else MINUS if value < 0 else "+" if sign else "") + digits


def interval(row: Mapping[str, Any], decimals: int, *, sign: bool = True, factor: float = 1.0) -> str:
    """Write an estimate and half its interval: '+0.52 ±0.11'."""
    estimate = factor * float(row["estimate"])
    half = factor * (float(row["high"]) - float(row["low"])) / 2.0
    if not math.isfinite(half):
        return number(estimate, decimals, sign=sign)
    return f"{number(estimate, decimals, sign=sign)} ±{number(half, decimals)}"


def print_json(content: object) -> None:
    """Print one JSON document; what is not a number becomes null."""
    text = json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False)
    sys.stdout.write(as_json(text, sys.stdout.encoding or "utf-8") + "\n")


def plain(value: Any) -> Any:  # noqa: ANN401 - anything that a table or a scenario holds
    """Return a value as JSON knows it."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "to_dict"):  # a table
        return plain(value.to_dict("records"))
    if hasattr(value, "item"):  # a NumPy scalar
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | bool | None) else str(value)


def silent(_: str) -> None:
    """Say nothing: in place of `say` where only errors are wanted."""


@contextmanager
def progress_bar(what: str, *, quiet: bool) -> Iterator[Progress | None]:
    """Yield what a study calls with the runs done and the runs in all; shown on standard error.

    A bar on a terminal, a line now and then elsewhere, nothing when quiet.
    """
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(what) as report:
            yield report
    else:
        yield _lines(what)


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs, left {task.fields[left]}"),
    )
    bar, pace = Bar(*columns, console=Console(stderr=True), transient=True), Pace()
    task = bar.add_task(what, total=None, left=clock(None))

    def report(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total, left=clock(pace.left(done, total)))

    bar.start()
    try:
        yield report
    finally:
        with suppress(OSError):  # the terminal may be closed, and why the study ended must not get lost
            bar.stop()


def _lines(what: str) -> Progress:
    started = last = time.monotonic()
    pace = Pace()

    def report(done: int, total: int) -> None:
        nonlocal last
        now, left = time.monotonic(), pace.left(done, total)
        if now - last < LINE_EVERY and done < total:
            return
        last = now
        told = "" if left is None else f", about {left:.0f} s left"
        say(f"{what}: {done} of {total} runs after {now - started:.0f} s{told}")

    return report
