"""What the benchmarks compute with what they measure."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from tests.benchmarks import bench, crn, peers


def test_the_line_through_the_least_times_gives_slope_and_fixed_cost() -> None:
    months = bench.YEARS * bench.FOLLOW_UP
    times = {size: [12.0 + 90e-6 * size * months + late for late in (0.0, 3.0)] for size in bench.SIZES}
    slope, fixed = bench.line_of(times)
    assert slope == pytest.approx(90.0)
    assert fixed == pytest.approx(12.0)


def test_half_the_standard_deviation_is_a_quarter_of_the_variance() -> None:
    differences = np.random.default_rng(1).normal(size=400)
    ratio, low, high = crn.times_less(differences, 2.0 * differences)
    assert ratio == pytest.approx(4.0)
    assert 2.5 < low < 4.0 < high < 6.0


@pytest.mark.parametrize("package", [name for name in peers.RUNS if name != "numpy"])
def test_peers_follow_the_same_rules(package: str) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    people, months = 4_000, 36
    shares = [peers.RUNS[name](people, months)[1] for name in ("numpy", package)]
    assert shares[0] == pytest.approx(shares[1], abs=5 * (0.25 * 2 / people) ** 0.5)
