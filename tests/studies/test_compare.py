"""Paired comparison: columns, pairing, null effects, groups and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.studies.batch_support import experiment
from tests.studies.support import scenario

import ankomst
from ankomst.errors import AnkomstError
from ankomst.studies.batch.runner import run_batch
from ankomst.studies.engine.executors import pool_for
from ankomst.studies.metrics.pairs import DEFAULT_OUTCOMES
from ankomst.studies.stats.intervals import PAIRED_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.simulation.result import Result


def compared(**options: Any) -> pd.DataFrame:  # noqa: ANN401
    chosen: dict[str, Any] = {
        "draws": "point",
        "replicates": 3,
        "seed": 4,
        "newcomers_per_year": 36,
    } | options
    return ankomst.compare(scenario(), scenario("one_year"), **chosen)


def test_the_table_has_the_columns_that_are_promised() -> None:
    frame = compared()
    assert list(frame.columns)[:4] == ["outcome", "payer", "months", "unit"]
    assert set(PAIRED_COLUMNS) <= set(frame.columns)
    assert set(DEFAULT_OUTCOMES) | {"displacement"} == set(frame["outcome"])
    assert (frame["n"] == 3).all()
    assert (frame["level"] == 0.95).all()
    assert np.allclose(
        frame["estimate"], frame["scenario_value"] - frame["baseline_value"], rtol=1e-9, atol=1e-9
    )
    assert ((frame["low"] <= frame["estimate"]) & (frame["estimate"] <= frame["high"])).all()
    assert frame["interval"].str.contains("Monte-Carlo").all()


def test_it_is_the_difference_of_two_runs_by_hand() -> None:
    frame = compared(outcomes=["months_employed", "grants_paid"], months=24).set_index("outcome")
    for name in ("months_employed", "grants_paid"):
        differences = []
        for replicate in range(3):
            pair = [
                ankomst.simulate(scenario(spec), newcomers_per_year=36, seed=4, replicate=replicate)
                for spec in ("three_year", "one_year")
            ]
            low, high = (run.outcome(name, months=24)["value"][0] for run in pair)
            differences.append(high - low)
        assert frame.loc[name, "estimate"] == pytest.approx(np.mean(differences), rel=1e-9)
        assert frame.loc[name, "se"] == pytest.approx(np.std(differences, ddof=1) / np.sqrt(3), rel=1e-9)


def test_municipality_and_state_add_up_to_both() -> None:
    frame = compared(outcomes=["net_cost"], tax_distortion=True)
    for outcome in ("net_cost", "displacement"):
        rows = frame[frame["outcome"] == outcome].set_index("payer")["estimate"]
        assert rows["municipality"] + rows["state"] == pytest.approx(rows["both"], rel=1e-9, abs=1e-6)
    both = frame[(frame["outcome"] == "net_cost") & (frame["payer"] == "both")]["estimate"].item()
    distortion = frame[frame["outcome"] == "tax_distortion"]["estimate"].item()
    assert distortion == pytest.approx(0.2 * both, rel=1e-9)  # the factor of 2013


def test_without_displacement_net_cost_is_the_ledgers() -> None:
    plain = compared(outcomes=["net_cost"], displacement=False).set_index("payer")
    assert set(plain["outcome"]) == {"net_cost"}
    frame = compared(outcomes=["net_cost"])
    taken = frame[frame["outcome"] == "displacement"].set_index("payer")["estimate"]
    with_it = frame[frame["outcome"] == "net_cost"].set_index("payer")["estimate"]
    assert np.allclose(with_it - taken, plain["estimate"], atol=1e-6)


def test_the_number_of_workers_changes_no_bit() -> None:
    pd.testing.assert_frame_equal(compared(workers=1), compared(workers=2), check_exact=True)


def test_the_same_policy_twice_differs_by_exactly_nothing() -> None:
    same = scenario("three_year", {"introduction_period.base_months": 36})
    frame = ankomst.compare(scenario(), same, draws=2, replicates=1, newcomers_per_year=36)
    assert (frame["estimate"] == 0.0).all()
    assert (frame["high"] == 0.0).all()
    assert set(frame["verdict"]) == {"no difference"}


@pytest.mark.compiled
def test_common_random_numbers_make_pairs_alike() -> None:
    frame = compared(replicates=12, newcomers_per_year=360, outcomes=["months_employed", "employment_rate"])
    assert (frame["correlation"] > 0.5).all()


def test_groups_add_up_to_the_whole() -> None:
    # The same people in every replicate, so that each group keeps its share.
    pair = [scenario(spec, {"population.seed": 3}) for spec in ("three_year", "one_year")]
    options: dict[str, Any] = {
        "draws": "point", "replicates": 2, "months": 36, "displacement": False,
        "outcomes": ["months_employed", "net_cost"],
    }  # fmt: skip
    whole = ankomst.compare(*pair, **options)
    parts = ankomst.compare(*pair, **options, by=["sex", "health"])
    assert list(parts.columns[:2]) == ["sex", "health"]
    assert len(parts) == 4 * len(whole)
    people = ankomst.simulate(pair[0]).outcome("months_employed", by=["sex", "health"], months=36)
    weights = people.set_index(["sex", "health"])["n"]
    for _, row in whole.iterrows():
        mine = parts[(parts["outcome"] == row["outcome"]) & (parts["payer"] == row["payer"])]
        shares = weights.reindex(pd.MultiIndex.from_frame(mine[["sex", "health"]])).to_numpy()
        total = (shares @ mine["estimate"].to_numpy()) / shares.sum()
        assert total == pytest.approx(row["estimate"], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replicates": 1}, "replicates is 1 at one parameter set"),
        ({"replicates": 0}, "replicates is 0"),
        ({"draws": "many"}, "draws is .many.; allowed: a whole number of 1 or more, or point"),
        ({"draws": 0}, "draws is 0"),
        ({"draws": 10_000}, "the table has .* rows, and 10000 draws are asked for"),
        ({"level": 1.0}, "level is 1.0"),
        ({"outcomes": ["employment_rat"]}, "did you mean 'employment_rate'"),
        ({"by": "orign"}, "did you mean 'origin'"),
        ({"by": "orign", "outcomes": ["net_cost"]}, "did you mean 'origin'"),
        ({"months": 37}, "months=37 lies outside the follow-up; allowed: 1 to 36 months since arrival"),
        ({"workers": 0}, "workers is 0"),
    ],
)
def test_wrong_questions_are_answered_in_one_sentence(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AnkomstError, match=message):
        compared(**options)


def test_a_draw_of_parameters_holds_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = ankomst.simulate

    def watched(*arguments: Any, **options: Any) -> Result:  # noqa: ANN401
        seen.append(options["parameters"])
        return real(*arguments, **options)

    monkeypatch.setattr("ankomst.studies.engine.in_memory.simulate", watched)
    draw = {"job_finding.b_language": 0.9}
    compared(replicates=2, parameters=draw, workers=1)
    assert [values["job_finding.b_language"] for values in seen] == [0.9] * 4


def test_its_numbers_are_those_of_a_batch_with_the_same_draws(tmp_path: Path) -> None:
    asked = experiment(tmp_path, replicates=2, seed=4, draws={"from": "posterior", "number": 6})
    stored = run_batch(asked, tmp_path / "out", pool=pool_for(1, None)).tables["differences"]
    name = "one_year+grant_2013"
    stored = stored[(stored["dimension"] == "all") & (stored["scenario"] == name)].reset_index(drop=True)
    base = asked.scenarios[asked.baseline]
    mine = ankomst.compare(
        base, asked.scenarios[name], outcomes=asked.outcomes, draws=6, replicates=2, seed=4
    )
    assert set(mine["draws"]) == {6}
    columns = ["outcome", "payer", "months", *PAIRED_COLUMNS]
    # A batch reads all groups at once, which rounds sums in another order.
    pd.testing.assert_frame_equal(mine[columns], stored[columns], rtol=1e-12, atol=1e-9)
    assert not set(mine["verdict"]) & {"higher", "lower"}  # six draws: at most probably
