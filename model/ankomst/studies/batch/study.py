"""A batch that has been run: opened again from its folder, tabulated, and closed with its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from threadpoolctl import threadpool_limits

from ankomst.errors import OutputError, nearest_name
from ankomst.studies.batch.money import economics_table
from ankomst.studies.batch.ranking import rank_runs
from ankomst.studies.batch.tables import compare_runs
from ankomst.studies.engine.stored_runs import StoredRuns, experiment_of
from ankomst.studies.engine.study_folder import LOCK

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    import pandas as pd

    from ankomst.studies.schema.experiment import Experiment


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
            margin=experiment.margin,
            discrepancy_sd=experiment.discrepancy_sd,
        )
        if len(runs.scenarios) > 1:
            tables["economics"] = economics_table(runs, level=coverage)
            tables |= rank_runs(runs, level=coverage)
    return tables
