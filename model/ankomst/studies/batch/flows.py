"""Who moves from which status to which: one run of a batch, repeated with every person's history."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ankomst.simulation import fields
from ankomst.simulation.codes import STATUSES
from ankomst.simulation.result import simulate
from ankomst.studies.batch.curves import STATE_GROUPS
from ankomst.studies.batch.plan import stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.studies.schema.experiment import Experiment

OTHER = "classes"
"""Group of a status that stands in none: completed is no state at the end of a month."""


def flows(experiment: Experiment, scenario: str, months: Sequence[int]) -> pd.DataFrame:
    """Repeat a scenario's first run (first draw, first replicate) and count who moves where.

    Parameters
    ----------
    experiment : Experiment
    scenario : str
        Name of a scenario of the experiment.
    months : sequence of int
        Months since arrival, rising; flows are between the ends of neighbouring months.

    Returns
    -------
    DataFrame
        scenario, from_months, to_months, from_state, to_state (of STATE_GROUPS), people, share (of all who
        arrived) and n, the simulated newcomers.
    """
    held, draws = experiment.scenarios[scenario], experiment.draws
    first = draws.values[0]  # noqa: PD011 - no table
    result = simulate(
        held,
        newcomers_per_year=experiment.newcomers_per_year,
        seed=experiment.seed,
        replicate=stream(0, 0),
        parameters=held.parameter_values(first),
        record="persons",
    )
    status = result.records.whole[fields.H_STATUS][:, [month - 1 for month in months]]
    groups = list(STATE_GROUPS)
    place = {name: k for k, (_, names) in enumerate(STATE_GROUPS.items()) for name in names}
    group = np.array([place.get(name, groups.index(OTHER)) for name in STATUSES])[status]
    tables = []
    for k, (start, end) in enumerate(pairwise(months)):
        pairs = np.bincount(group[:, k] * len(groups) + group[:, k + 1], minlength=len(groups) ** 2)
        table = pd.MultiIndex.from_product([groups, groups], names=["from_state", "to_state"]).to_frame(
            index=False
        )
        table = table.assign(people=pairs, share=pairs / result.n, n=result.n)
        table.insert(0, "to_months", end)
        table.insert(0, "from_months", start)
        tables.append(table[table["people"] > 0])
    found = pd.concat(tables, ignore_index=True)
    found.insert(0, "scenario", scenario)
    return found
