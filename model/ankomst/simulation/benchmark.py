"""Grants above a benchmark: what a municipality is expected to reach with the newcomers it has (details T5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import DataError
from ankomst.simulation import fields
from ankomst.simulation.codes import DISABILITY_PENSION, NEVER, ORIGINS, SEXES
from ankomst.simulation.settings import REFERENCE_GRANTS, REFERENCE_WINDOW

if TYPE_CHECKING:
    from ankomst.policy.grants import ResultGrant
    from ankomst.simulation.engine import IntroductionModel

PACKAGED = Path(__file__).parents[1] / "policy" / "data" / "benchmark_2013.csv"
YEARS = REFERENCE_WINDOW // 12
NEEDS = ("others", "needs_group")


def read_benchmark(path: Path = PACKAGED) -> np.ndarray[Any, Any]:
    """Monthly rate of job milestones under the reference policy, shape (origins, sexes, needs, years).

    The rate counts milestones of the 2013 job grant by the month in which the job began, per person-month of
    people with a benefit on arrival, in each year since arrival.
    """
    try:
        frame = pd.read_csv(path)
        indexed = frame.set_index(["origin", "sex", "needs", "year"])["rate"]
    except (OSError, KeyError, pd.errors.ParserError) as problem:
        raise DataError(f"{path}: the benchmark table cannot be read: {problem}") from None
    rates = np.zeros((len(ORIGINS), len(SEXES), len(NEEDS), YEARS))
    for i, origin in enumerate(ORIGINS):
        for j, sex in enumerate(SEXES):
            for k, needs in enumerate(NEEDS):
                for year in range(YEARS):
                    rates[i, j, k, year] = indexed.loc[origin, sex, needs, year + 1]
    return rates


@dataclass
class Benchmark:
    """Expected results of the running calendar year, by grant and municipality."""

    grants: tuple[int, ...]
    rates: np.ndarray[Any, Any]
    expected: np.ndarray[Any, Any] = field(repr=False)

    @classmethod
    def for_grants(cls, grants: Sequence[ResultGrant], municipalities: int) -> Benchmark | None:
        """Return the benchmark of a scenario's grants, or None where no grant has one."""
        with_benchmark = tuple(g for g, grant in enumerate(grants) if grant.benchmark)
        if not with_benchmark:
            return None
        return cls(with_benchmark, read_benchmark(), np.zeros((len(with_benchmark), municipalities)))

    def expect(self, model: IntroductionModel) -> None:
        """Add this month's expectation: clients and ex-clients inside the window, by their group's rate."""
        n, starts = model.newcomers, model.population.starts
        first, last = model.live
        for cohort in range(max(first, model.month - REFERENCE_WINDOW + 1), last):
            mine = slice(starts[cohort], starts[cohort + 1])
            s = model.month - cohort
            rate = self.rates[n.origin[mine], n.female[mine], n.needs[mine], s // 12]
            counted = (n.supported[mine] == 0) & (n.status[mine] < DISABILITY_PENSION)
            for k, g in enumerate(self.grants):
                slot = model.milestones.slots[model.milestones.grant_slot[g]]
                window = n.introduction_end[mine] if slot.window < 0 else slot.window
                inside = counted & (s < window + slot.extra)
                self.expected[k] += np.bincount(
                    n.municipality[mine], rate * inside, minlength=self.expected.shape[1]
                )


def estimate_benchmark(model: IntroductionModel) -> pd.DataFrame:
    """Estimate the table from a finished run of the reference policy with `record="persons"`."""
    n, o = model.newcomers, model.records
    slot = model.milestones.slot_of(REFERENCE_GRANTS[0])
    rows = []
    for i, origin in enumerate(ORIGINS):
        for j, sex in enumerate(SEXES):
            for k, needs in enumerate(NEEDS):
                mine = (n.origin == i) & (n.female == j) & (n.needs == k) & (n.supported == 0)
                begun = n.slot_start[slot][mine & (n.slot_month[slot] != NEVER)]
                for year in range(YEARS):
                    status = o.whole[fields.H_STATUS][mine, 12 * year : 12 * year + 12]
                    exposed = int(((status >= 0) & (status < DISABILITY_PENSION)).sum())
                    results = int(((begun >= 12 * year) & (begun < 12 * year + 12)).sum())
                    rate = results / exposed if exposed else 0.0
                    rows.append((origin, sex, needs, year + 1, round(rate, 6), results, exposed))
    columns = ["origin", "sex", "needs", "year", "rate", "milestones", "person_months"]
    return pd.DataFrame(rows, columns=columns)
