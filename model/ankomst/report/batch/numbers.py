"""The numbers of a batch's story, computed once for all languages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ankomst.report.chart.figure_scenarios import LEVEL
from ankomst.report.document.changes import assumptions, changes_of
from ankomst.studies.batch.curves import curve_levels, grants_by_month, state_levels
from ankomst.studies.batch.flows import flows
from ankomst.studies.engine import manifest
from ankomst.studies.engine.registry import NAME, Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from ankomst.studies.batch.study import Batch

AGAIN = "ankomst batch EXPERIMENT --resume, which writes it anew"


class Numbers:
    """The numbers of a batch's story.

    Parameters
    ----------
    batch : Batch
        Open.
    path : Path
        Its folder.

    Attributes
    ----------
    manifest : dict
    counts : mapping
        Runs by their state.
    changes, rests : dict, DataFrame
        What each scenario changes, and the assumed parameters and rates behind it.
    """

    def __init__(self, batch: Batch, path: Path) -> None:
        self.batch, self.experiment = batch, batch.experiment
        self.manifest = manifest.read(path, AGAIN)
        with Ledger(path / NAME, readonly=True) as ledger:
            self.counts = ledger.counts()
        scenarios = self.experiment.scenarios
        self.changes = changes_of(scenarios, batch.baseline, self.experiment.specs)
        self.rests = assumptions(scenarios, self.changes)
        self._kept: dict[tuple[object, ...], pd.DataFrame] = {}

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the batch."""
        return self.batch.tables()

    def levels(self, names: Sequence[str]) -> pd.DataFrame:
        """Return the share in work by month."""
        key = ("levels", *names)
        if key not in self._kept:
            self._kept[key] = curve_levels(self.batch, (LEVEL,), names, level=self.experiment.level)
        return self._kept[key]

    def monthly(self, names: Sequence[str]) -> pd.DataFrame:
        """Return grants and their deadweight by month."""
        key = ("monthly", *names)
        if key not in self._kept:
            self._kept[key] = grants_by_month(self.batch, names, level=self.experiment.level)
        return self._kept[key]

    def states(self, names: Sequence[str], months: Sequence[int]) -> pd.DataFrame:
        """Return the share in each group of states."""
        key = ("states", *names, *months)
        if key not in self._kept:
            self._kept[key] = state_levels(self.batch, names, months, level=self.experiment.level)
        return self._kept[key]

    def flows(self, name: str, months: Sequence[int]) -> pd.DataFrame:
        """Return who moves where, in one repeated run."""
        key = ("flows", name, *months)
        if key not in self._kept:
            self._kept[key] = flows(self.experiment, name, months)
        return self._kept[key]
