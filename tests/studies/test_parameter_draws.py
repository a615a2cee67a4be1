from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from ankomst.errors import ParameterError
from ankomst.policy.parameters import load_registry
from ankomst.policy.scenario import Scenario
from ankomst.studies.design.parameter_draws import METHODS, Draws, draw_prior, matching, point

REGISTRY = load_registry()
HYPERCUBE = [0.4977441914211239, 0.31265904534576394, 0.1620182635874201, 0.6864482195498562]
SOBOL = [0.7026764580048621, 0.4434422014281154, 0.2726082335226238, 0.5342777758836746]
RANGED = tuple(name for name, parameter in REGISTRY.items() if parameter.range is not None)


def matrix(draws: Draws) -> np.ndarray[Any, Any]:
    return np.array([[values[name] for name in draws.names] for values in draws.values])


def test_the_point_is_one_empty_draw() -> None:
    assert point() == Draws("point", ({},), (), {"from": "point"})


@pytest.mark.parametrize("method", METHODS)
def test_a_prior_draws_every_parameter_within_its_range(method: str) -> None:
    draws = draw_prior(16, method=method, seed=3)
    assert draws.names == RANGED
    assert len(draws.values) == 16
    for values in draws.values:
        assert REGISTRY.checked(values) == values  # raises outside the ranges
        assert Scenario().parameter_values(values)["municipality.creaming"] == values["municipality.creaming"]
    assert json.loads(json.dumps(draws.description)) == draws.description


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bits(method: str) -> None:
    first, again, other = (draw_prior(20, method=method, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert matrix(first).tobytes() == matrix(again).tobytes()
    assert not np.array_equal(matrix(first), matrix(other))


def test_draws_are_those_of_every_other_machine() -> None:
    # If this fails, a version of scipy draws otherwise: results differ, and the changelog must say so.
    draws = draw_prior(4, parameters=["municipality.creaming"])
    assert [values["municipality.creaming"] for values in draws.values] == pytest.approx(HYPERCUBE)
    draws = draw_prior(4, method="sobol", parameters=["municipality.creaming"])
    assert [values["municipality.creaming"] for values in draws.values] == pytest.approx(SOBOL)


@pytest.mark.parametrize("numbers", [(8, 32), (5, 7), (1, 100)])
def test_a_longer_sobol_sequence_keeps_the_earlier_draws(numbers: tuple[int, int]) -> None:
    short, long = (draw_prior(number, method="sobol", seed=4) for number in numbers)
    assert long.values[: numbers[0]] == short.values


def test_a_latin_hypercube_has_one_draw_in_every_slice() -> None:
    draws = draw_prior(20, seed=5, parameters=["municipality.*"])
    for k, name in enumerate(draws.names):
        if REGISTRY[name].integer:
            continue
        low, high = REGISTRY[name].range or (0.0, 1.0)
        slices = np.floor((matrix(draws)[:, k] - low) / (high - low) * 20)
        assert sorted(slices) == list(range(20))


@pytest.mark.parametrize("method", METHODS)
def test_whole_numbers_are_equally_likely(method: str) -> None:
    name = "municipality.planning_months"
    draws = draw_prior(31 * 64, method=method, parameters=[name])
    found, counts = np.unique(matrix(draws), return_counts=True)
    assert all(isinstance(values[name], int) for values in draws.values)
    assert list(found) == list(range(6, 37))
    assert counts.min() >= 60
    assert counts.max() <= 68


def test_patterns_keep_the_order_of_the_registry() -> None:
    found = matching(["municipality.*", "job_finding.b_language"])
    assert found[0] == "job_finding.b_language"
    assert set(found[1:]) == {name for name in RANGED if name.startswith("municipality.")}
    assert matching(None) == RANGED


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("municipality.creeming", "'municipality.creeming' matches no parameter.*'municipality.creaming'"),
        ("municipalty.*", "matches no parameter.*'municipality.\\*'"),
        ("creaming", "did you mean 'municipality.creaming'"),
        ("constants.*", "has no range"),
    ],
)
def test_patterns_that_match_nothing(pattern: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        matching([pattern])


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(ParameterError, match="number of draws is 0"):
        draw_prior(0)
    with pytest.raises(ParameterError, match="did you mean 'sobol'"):
        draw_prior(2, method="sobel")
