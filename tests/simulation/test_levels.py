"""Random numbers by job follow the law of the monthly draws that came before, within Monte-Carlo error."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.benchmarks.levels import CASES, FROZEN, bound, compare, levels

REPLICATES = 24
"""A small version; `tests/benchmarks/levels.py` runs 400."""


@pytest.mark.compiled
@pytest.mark.parametrize("case", ["trainees_and_businesses", "dated"])
def test_means_and_standard_deviations_are_those_of_monthly_draws(case: str) -> None:
    frozen, now = pd.read_csv(FROZEN), levels(case, REPLICATES)
    if (
        case == "dated"
    ):  # the law's three years are watched once, no longer beside the same three years of the period
        frozen, now = (table[~table["measure"].str.startswith("milestone")] for table in (frozen, now))
    found = compare(now, frozen)
    limit = bound(found)
    assert len(found) > 100
    assert found["z"].abs().max() < limit, found.loc[found["z"].abs().idxmax()]
    assert found["z_sd"].abs().max() < limit, found.loc[found["z_sd"].abs().idxmax()]


def test_a_difference_of_two_per_cent_would_be_seen_over_400_replicates() -> None:
    frozen = pd.read_csv(FROZEN)
    varies = frozen["sd"] > 1e-6 * frozen["mean"].abs()
    found = compare(frozen.assign(mean=frozen["mean"] * (1.0 + 0.02 * varies), n=400), frozen)
    seen = found.set_index(["case", "measure"])["z"].abs() > bound(found)
    for case in CASES:
        for measure in ("months_employed 120", "DKK benefit", "DKK wage", "work_months mean"):
            if (case, measure) in seen.index:
                assert seen[case, measure], (case, measure)
