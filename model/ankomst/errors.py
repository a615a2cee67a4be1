"""Errors that people see: one clear sentence, never a traceback."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class AnkomstError(Exception):
    """Base of every error caused by input or surroundings rather than by a fault in the program.

    Parameters
    ----------
    what
        The problem in one sentence without a full stop, naming the key and the value.
    where
        File and line, or another place where the problem stands.
    allowed
        What would be accepted instead.
    nearest
        The nearest right name, where one is close enough.
    """

    def __init__(self, what: str, *, where: str = "", allowed: str = "", nearest: str = "") -> None:
        self.what = what
        self.where = where
        self.allowed = allowed
        self.nearest = nearest
        super().__init__(what)

    def __str__(self) -> str:
        """Return the sentence that the user sees, on one line."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.nearest:
            text += f"; did you mean '{self.nearest}'?"
        return " ".join(text.split())

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the fields when the error crosses to another process."""
        return _rebuild, (type(self), self.what, self.where, self.allowed, self.nearest)


class ScenarioError(AnkomstError):
    """A scenario file, a composition or an override is wrong."""


class ParameterError(AnkomstError):
    """A parameter is unknown, of the wrong type or outside its range."""


class RateError(AnkomstError):
    """A dated rate is unknown or its file is wrong."""


class DataError(AnkomstError):
    """A table of data is missing or wrong."""


class RunError(AnkomstError):
    """A run cannot be started or has failed."""


class ExperimentError(AnkomstError):
    """An experiment file is wrong."""


class OutputError(AnkomstError):
    """A result cannot be read, written or shown."""


def nearest_name(name: str, names: Iterable[str]) -> str:
    """Return the name most like `name`, or an empty string when none is near."""
    known = {candidate.lower(): candidate for candidate in names}
    found = difflib.get_close_matches(name.lower()[:200], known, n=1, cutoff=0.6)
    return known[found[0]] if found else ""


def show(value: object, limit: int = 40) -> str:
    """Return a value as it may stand in a message: quoted if text, on one line, cut at `limit`."""
    text = repr(value) if isinstance(value, str) else str(value)
    text = " ".join(text.split())
    text = text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _rebuild(kind: type[AnkomstError], what: str, where: str, allowed: str, nearest: str) -> AnkomstError:
    return kind(what, where=where, allowed=allowed, nearest=nearest)
