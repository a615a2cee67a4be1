from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from ankomst.errors import ExperimentError
from ankomst.studies.design.posterior import read_posterior

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ankomst.studies.design.parameter_draws import Draws

SMALL = {"municipality.creaming": [0.2, 0.3, 0.4, 0.5], "municipality.planning_months": [6, 12, 24, 36]}


def of(draws: Draws, name: str) -> list[float]:
    return [values[name] for values in draws.values]  # noqa: PD011 - no table


@pytest.fixture(params=[".csv", ".parquet"])
def posterior(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[dict[str, list[Any]]], Path]:
    def written(content: dict[str, list[Any]]) -> Path:
        path = tmp_path / f"posterior{request.param}"
        table = pd.DataFrame(content)
        if request.param == ".csv":
            table.to_csv(path, index=False)
        else:
            table.to_parquet(path)
        return path

    return written


def test_a_posterior_gives_all_rows_in_order(posterior: Callable[..., Path]) -> None:
    path = posterior(SMALL)
    draws = read_posterior(path)
    assert draws.kind == "posterior"
    assert draws.names == ("municipality.creaming", "municipality.planning_months")
    assert of(draws, "municipality.creaming") == SMALL["municipality.creaming"]
    assert of(draws, "municipality.planning_months") == [6, 12, 24, 36]
    assert all(isinstance(value, int) for value in of(draws, "municipality.planning_months"))
    assert draws.description["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert json.loads(json.dumps(draws.description)) == draws.description
    assert draws.description["file"] == path.name  # no absolute path
    assert draws.description["packaged"] is False


def test_fewer_draws_than_rows_are_a_sample_without_replacement(posterior: Callable[..., Path]) -> None:
    path = posterior({"municipality.creaming": list(np.linspace(0.1, 0.8, 200))})
    first, again = (read_posterior(path, number=50, seed=2) for _ in range(2))
    values = of(first, "municipality.creaming")
    assert first == again
    assert len(set(values)) == 50
    assert values == sorted(values)  # in the order of the file
    assert values != of(read_posterior(path, number=50, seed=3), "municipality.creaming")
    assert max(values) > 0.6  # not the first rows only


def test_weights_count(posterior: Callable[..., Path]) -> None:
    path = posterior({**SMALL, "weight": [0.0, 1.0, 3.0, 0.0]})
    draws = read_posterior(path, number=400, seed=1)
    values = of(draws, "municipality.creaming")
    assert (values.count(0.3), values.count(0.4)) == (100, 300)
    assert "weight" not in draws.names
    assert draws.description["weighted"] is True


def test_a_last_row_without_weight_is_never_drawn(posterior: Callable[..., Path]) -> None:
    path = posterior({"municipality.creaming": [0.2] * 10 + [0.7], "weight": [0.1] * 10 + [0.0]})
    for seed in range(50):
        assert set(of(read_posterior(path, seed=seed), "municipality.creaming")) == {0.2}


def test_a_missing_value_in_a_parquet_table(posterior: Callable[..., Path]) -> None:
    path = posterior({"municipality.creaming": [0.2, None, 0.4]})
    with pytest.raises(ExperimentError, match=r"(line 3|row 2): municipality\.creaming is empty"):
        read_posterior(path)


def test_a_posterior_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "posterior.csv").write_text("x\n", encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"did you mean 'posterior\.csv'"):
        read_posterior(tmp_path / "posteriors.csv")


@pytest.mark.parametrize("number", [0, 5])
def test_a_wrong_number_of_draws(posterior: Callable[..., Path], number: int) -> None:
    with pytest.raises(ExperimentError):
        read_posterior(posterior(SMALL), number=number)
