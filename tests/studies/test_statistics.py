"""Intervals and verdicts on data whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ankomst.studies.stats import statistics

DATA = np.array([1.2, -0.4, 0.9, 2.1, 0.3, 1.1])


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_interval_of_a_mean_is_that_of_students_t(level: float) -> None:
    found = statistics.mean(DATA, level)
    low, high = stats.t.interval(level, DATA.size - 1, loc=DATA.mean(), scale=stats.sem(DATA))
    assert found.estimate == pytest.approx(DATA.mean(), rel=1e-14)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-10)
    assert found.se == pytest.approx(stats.sem(DATA), rel=1e-12)
    assert (found.n, found.level) == (6, level)
    assert list(found.columns()) == ["estimate", "low", "high", "level", "se", "n"]


def test_one_value_has_no_bounded_interval() -> None:
    found = statistics.mean(np.array([3.0]))
    assert found.estimate == 3.0
    assert (found.low, found.high) == (-np.inf, np.inf)
    assert found.verdict == statistics.TOO_CLOSE


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([1.0, 1.1, 0.9], "higher"),
        ([-1.0, -1.1, -0.9], "lower"),
        ([1.0, -1.1, 0.2], "too close to call"),
        ([0.0, 0.0, 0.0], "no difference"),
        ([2.0, 2.0, 2.0], "higher"),
        ([-2.0, -2.0], "lower"),
        ([0.0], "too close to call"),
    ],
)
def test_the_verdict_says_no_more_than_the_interval(values: list[float], verdict: str) -> None:
    assert statistics.mean(np.array(values)).verdict == verdict


def test_an_interval_that_touches_zero_is_too_close_to_call() -> None:
    assert statistics.Estimate(1.0, 0.0, 2.0, 0.95, 0.5, 5).verdict == "too close to call"
    assert statistics.Estimate(1.0, float("nan"), 2.0, 0.95, 0.5, 5).verdict == "too close to call"


def test_fiellers_interval_covers_the_ratio_as_often_as_it_says() -> None:
    draws, n, level = 3000, 8, 0.95
    rng = np.random.default_rng(7)
    covariance = [[4.0, 0.6], [0.6, 0.25]]
    covered = 0
    for _ in range(draws):
        top, bottom = rng.multivariate_normal([3.0, 1.5], covariance, size=n).T
        found = statistics.ratio(top, bottom, level)
        if found is None:  # unbounded, so it covers whatever the ratio is
            covered += 1
            continue
        assert found.low <= found.estimate <= found.high
        covered += found.low <= 2.0 <= found.high
    # Four standard errors of a share of 0.95 among the draws.
    assert covered / draws == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / draws))


def test_a_ratio_is_refused_where_its_denominator_may_be_zero() -> None:
    assert statistics.ratio(np.array([1.0, 2.0, 3.0]), np.array([1.0, -1.0, 0.1])) is None
    assert statistics.ratio(np.array([1.0]), np.array([1.0])) is None


def test_a_ratio_without_noise_is_exact() -> None:
    found = statistics.ratio(np.array([6.0, 6.0, 6.0]), np.array([2.0, 2.0, 2.0]))
    assert found is not None
    assert (found.estimate, found.low, found.high) == (3.0, 3.0, 3.0)
