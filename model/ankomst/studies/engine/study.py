"""A study as the engine sees it, on one page: what a kind says of itself, what it is given, what it returns.

`study_run.run_study` opens the folder and hands the study its runs; the study asks for rows, as often as it
likes, and returns what it found. What it asks for must follow from its file and from earlier rows alone: then
a study that was cut off asks for the same again, and what is finished is not run again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from ankomst.studies.engine.executors import Pool
    from ankomst.studies.engine.runs import Progress
    from ankomst.studies.engine.study_runs import StudyRuns
    from ankomst.studies.metrics.record import Layout

    Pages = Callable[[Path, Mapping[str, pd.DataFrame], Mapping[str, Any]], object]


@dataclass(frozen=True)
class Findings:
    """What a study found.

    Attributes
    ----------
    tables : dict of DataFrame
        Tidy tables by name.
    facts : dict
        What a page states besides them; without any, no facts are written.
    manifest : dict
        Further entries of the manifest.
    texts : dict
        Further files: content by name.
    """

    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class Study(Protocol):
    """A study of any kind, with its file checked.

    Attributes
    ----------
    kind : str
        One of `manifest.STUDIES`.
    layout : Layout
        Of the row that each run gives.
    total : int
        Runs in all as far as they are known beforehand, for the progress.
    asked : dict
        What decides the figures, by key, see `same_study`; the folder of another study is refused.
    may_differ : str
        A key of `asked` that was given with the command in order to differ from the folder's.
    notes : dict
        What the registry keeps for readers of a folder without a manifest.
    """

    @property
    def kind(self) -> str: ...  # noqa: D102 - described above
    @property
    def layout(self) -> Layout: ...  # noqa: D102
    @property
    def total(self) -> int: ...  # noqa: D102
    @property
    def asked(self) -> dict[str, Any]: ...  # noqa: D102
    @property
    def may_differ(self) -> str: ...  # noqa: D102
    @property
    def notes(self) -> dict[str, Any]: ...  # noqa: D102

    def describe(self, started: str) -> dict[str, Any]:
        """Return the manifest but for what is found, given when the study was first started."""
        ...

    def find(self, runs: StudyRuns) -> Findings:
        """Ask for runs, one stage after another, and tabulate their rows."""
        ...


class How(TypedDict, total=False):
    """How a study is run; all can be left out.

    Attributes
    ----------
    pool : Pool
        Where the runs are carried out, one local process a core if left out; the result does not depend on
        it. It is closed at the end.
    resume, restart : bool
        Go on with what is in the folder, or throw it away.
    changed : bool
        With `resume`: go on though this is another study than the folder's; what both run is kept.
    retry_failed : bool
        With `resume`: carry out failed runs again.
    progress : callable
        Called with the runs that are over and all of them.
    say : callable
        Told in one sentence what was found damaged, has failed or was left out.
    pages : callable
        Writes further files, such as pages, from folder, tables and facts.
    """

    pool: Pool | None
    resume: bool
    restart: bool
    changed: bool
    retry_failed: bool
    progress: Progress | None
    say: Callable[[str], None]
    pages: Pages | None


@dataclass(frozen=True)
class StudyResult:
    """A finished study: its folder and what it found; runs by state, and how many were carried out now."""

    path: Path
    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any]
    manifest: dict[str, Any]
    counts: dict[str, int]
    simulated: int
