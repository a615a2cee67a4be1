"""Errors that people see: one clear sentence, never a traceback."""

from __future__ import annotations

import difflib
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


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
    others
        Further problems that were found with this one.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        allowed: str = "",
        nearest: str = "",
        others: Sequence[AnkomstError] = (),
    ) -> None:
        self.what = what
        self.where = where
        self.allowed = allowed
        self.nearest = nearest
        self.others = tuple(others)
        super().__init__(what)

    @property
    def problems(self) -> tuple[AnkomstError, ...]:
        """Return this problem and the others, each as an error of its own."""
        if not self.others:
            return (self,)
        return (self.restated(), *self.others)

    def restated(
        self, kind: type[AnkomstError] | None = None, *, what: str = "", where: str = ""
    ) -> AnkomstError:
        """Return this problem alone: as an error of another kind, in other words or of another place."""
        return (kind or type(self))(
            what or self.what, where=where or self.where, allowed=self.allowed, nearest=self.nearest
        )

    def __str__(self) -> str:
        """Return the sentences that the user sees, one a line."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.nearest:
            text += f"; did you mean '{self.nearest}'?"
        return "\n".join((" ".join(text.split()), *map(str, self.others)))

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the fields when the error crosses to another process."""
        return _rebuild, (type(self), self.what, self.where, self.allowed, self.nearest, self.others)


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


MOST_TOLD = 100
"""Problems that are told one by one."""


class Problems:
    """Problems that are gathered, so that all of them are told at once; none of them twice.

    Attributes
    ----------
    stopped : bool
        Whether one of the steps ended before it was done, so that what it was to find is missing.
    """

    def __init__(self) -> None:
        self.stopped = False
        self._found: dict[str, AnkomstError] = {}

    @property
    def found(self) -> tuple[AnkomstError, ...]:
        """Return the problems, each alone: in the order of files as they were read, and of lines."""
        files = list(dict.fromkeys(_place(problem)[0] for problem in self._found.values()))
        return tuple(sorted(self._found.values(), key=lambda problem: _in_order(problem, files)))

    def __contains__(self, problem: AnkomstError) -> bool:
        return str(problem) in self._found

    def add(self, error: AnkomstError) -> None:
        """Add every problem of an error."""
        for problem in error.problems:
            self._found.setdefault(str(problem), problem)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the problems of a step and go on after it."""
        try:
            yield
        except AnkomstError as error:
            self.stopped = True
            self.add(error)

    def joined(self) -> AnkomstError:
        """Return one error with all problems; there must be one at least."""
        first, *others = self.found
        if len(others) >= MOST_TOLD:
            more = len(others) + 1 - MOST_TOLD
            others[MOST_TOLD - 1 :] = [type(first)(f"and {more:,} more problems", where=first.where)]
        return type(first)(
            first.what, where=first.where, allowed=first.allowed, nearest=first.nearest, others=others
        )

    def settle(self) -> None:
        """Raise one error with all problems, if there are any."""
        if self._found:
            raise self.joined() from None


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


def _place(problem: AnkomstError) -> tuple[str, int]:
    """Return the file in which a problem stands, and the line; 0 without one."""
    file, _, line = problem.where.partition(", line ")
    return file, int(line) if line.isdecimal() else 0


def _in_order(problem: AnkomstError, files: list[str]) -> tuple[int, int]:
    file, line = _place(problem)
    return files.index(file), line


def _rebuild(
    kind: type[AnkomstError], what: str, where: str, allowed: str, nearest: str,
    others: tuple[AnkomstError, ...],
) -> AnkomstError:  # fmt: skip
    return kind(what, where=where, allowed=allowed, nearest=nearest, others=others)
