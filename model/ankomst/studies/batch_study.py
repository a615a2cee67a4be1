"""A batch that has been run: opened again from its folder, tabulated, and closed with its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from threadpoolctl import threadpool_limits

from ankomst.errors import OutputError, nearest_name
from ankomst.studies import experiment_record, manifest
from ankomst.studies.batch_folder import LOCK, kind_of
from ankomst.studies.batch_money import economics_table
from ankomst.studies.batch_tables import compare_runs
from ankomst.studies.ledger import NAME, Ledger
from ankomst.studies.manifest import BATCH
from ankomst.studies.ranking import rank_runs
from ankomst.studies.stored import StoredRuns

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    import pandas as pd

    from ankomst.studies.experiment import Experiment


def experiment_of(path: Path, say: Callable[[str], None] = lambda _: None) -> Experiment:
    """Return the experiment of a batch's folder.

    It is read from the manifest, or from the ledger where the manifest is damaged.

    Parameters
    ----------
    path : Path
    say : callable, optional
        Told that the manifest is damaged.

    Raises
    ------
    OutputError
        The folder holds no batch.
    """
    what = ""
    if not path.is_dir():
        what = "there is no such folder"
    elif (kind := kind_of(path)) not in {"", BATCH}:
        what = f"the folder holds a {kind}, no batch"
    elif not (path / NAME).is_file():
        what = "there is no batch in this folder"
    if what:
        wanted = "the folder of an `ankomst batch`, such as results/quick"
        raise OutputError(what, where=str(path), allowed=wanted)
    where = path / manifest.NAME
    try:
        content = manifest.read(path)["experiment"]
    except OutputError:
        where = path / NAME
        with Ledger(where, readonly=True) as ledger:
            content = ledger.meta("experiment")
        if content is None:
            raise OutputError(
                "nothing has been run in this folder yet", where=str(path), allowed="ankomst batch EXPERIMENT"
            ) from None
        say(
            f"{path / manifest.NAME}: the manifest is missing or damaged; the ledger is read instead "
            "(--resume mends it)"
        )
    return experiment_record.read(content, str(where))


class Batch(StoredRuns):
    """A batch that has been run, opened from its folder.

    Parameters
    ----------
    path : str or path
    baseline : str, optional
        Another scenario of the batch to compare with.
    say : callable, optional
        Told that the manifest is damaged.

    Attributes
    ----------
    experiment : Experiment
    scenarios : tuple of str
    layout : Layout
        Names of the families of numbers that `values` returns, with their axes and labels.

    Raises
    ------
    OutputError
        The folder holds no batch, or a part of it is damaged.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        baseline: str | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        place = Path(path)
        self.experiment = experiment_of(place, say)
        if baseline is not None and baseline not in self.experiment.scenarios:
            names = self.experiment.scenarios
            raise OutputError(
                f"there is no scenario {baseline!r} in this batch",
                where=str(place),
                allowed=", ".join(names),
                nearest=nearest_name(baseline, names),
            )
        super().__init__(place, self.experiment, baseline=baseline)

    def tables(self, **asked: Any) -> dict[str, pd.DataFrame]:  # noqa: ANN401 - those of tabulate
        """Return every table; see `tabulate` for outcomes, groups, months and level."""
        return tabulate(self, self.experiment, **asked)


def running(path: Path) -> bool:
    """Whether a process works in a batch's folder."""
    lock = FileLock(path / LOCK, timeout=0)
    try:
        with lock:
            return False
    except Timeout:
        return True
    except OSError:  # a folder that can only be read: nobody writes there
        return False


def tabulate(
    runs: StoredRuns,
    experiment: Experiment,
    *,
    outcomes: Sequence[str] | None = None,
    groups: Sequence[Sequence[str]] | None = None,
    months: int | None = None,
    level: float | None = None,
) -> dict[str, pd.DataFrame]:
    """Return every table of a batch: levels, differences, accounts, economics, ranks and regret.

    Parameters
    ----------
    runs : StoredRuns
    experiment : Experiment
    outcomes, groups, months, level
        In place of those of the experiment.

    Raises
    ------
    OutputError
        No run is finished.
    """
    if not runs.finished:
        raise OutputError("no run is finished", where=str(runs.path), allowed="a batch with finished runs")
    coverage = level or experiment.level
    with threadpool_limits(limits=1):  # sums must not depend on how many threads this process has
        tables = compare_runs(
            runs,
            outcomes=tuple(outcomes or experiment.outcomes),
            groups=tuple(tuple(group) for group in (experiment.groups if groups is None else groups)),
            months=months,
            level=coverage,
        )
        if len(runs.scenarios) > 1:
            tables["economics"] = economics_table(runs, level=coverage)
            tables |= rank_runs(runs, level=coverage)
    return tables
