"""Estimation of the packaged table of benchmarks from a run of the reference policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ankomst.simulation.benchmark import NEEDS, YEARS
from ankomst.simulation.codes import DISABILITY_PENSION, NEVER, ORIGINS, SEXES
from ankomst.simulation.kernels import fields
from ankomst.simulation.money import REFERENCE_GRANTS

if TYPE_CHECKING:
    from ankomst.simulation.state import RunState


def estimate_benchmark(state: RunState) -> pd.DataFrame:
    """Estimate the table from a finished run of the reference policy with `record="persons"`."""
    n, o = state.newcomers, state.records
    slot = state.milestones.slot_of(REFERENCE_GRANTS[0])
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
