"""A reform taken apart: Shapley values of made-up games, and of scenarios against paired comparison."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.studies.support import SCENARIOS, SHORT
from tests.studies.support import scenario as longer

import ankomst
from ankomst.errors import RunError, ScenarioError
from ankomst.policy.scenario import load_scenario
from ankomst.studies.batch.decomposition import (
    ALL_ORDERS,
    TOTAL,
    coalitions_of,
    decompose,
    runs_needed,
    shapley,
    shapley_of_orders,
)
from ankomst.studies.batch.scenario_parts import ScenarioParts, parts_of
from ankomst.studies.batch.scenario_runs import run_scenarios
from ankomst.studies.design.posterior import draws_of
from ankomst.studies.engine import in_memory

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result

YEAR = SHORT | {"horizon.follow_up_months": 14}
SAMPLE = 24
GLOVES = {"": 0.0, "a": 0.0, "b": 0.0, "c": 0.0, "ab": 1.0, "ac": 1.0, "bc": 0.0, "abc": 1.0}
"""Who has a left glove (a) and who a right one (b, c); a pair is worth 1."""


def game(worth: dict[str, float]) -> dict[frozenset[str], float]:
    return {frozenset(names): value for names, value in worth.items()}


def random_game(values: list[float], players: str) -> dict[frozenset[str], float]:
    some = [frozenset(c) for size in range(len(players) + 1) for c in combinations(players, size)]
    return dict(zip(some, values, strict=True))


def test_the_glove_game() -> None:
    found = shapley(game(GLOVES), "abc")
    assert found == pytest.approx({"a": 2 / 3, "b": 1 / 6, "c": 1 / 6})


def test_a_game_by_hand() -> None:
    # Alone 6, 12 and 42; a+b 12, a+c 42, b+c 42, all 42: the airport whose runway each plane needs in part.
    airport = game({"": 0, "a": 6, "b": 12, "c": 42, "ab": 12, "ac": 42, "bc": 42, "abc": 42})
    assert shapley(airport, "abc") == pytest.approx({"a": 2.0, "b": 5.0, "c": 35.0})


@given(st.lists(st.floats(-1e6, 1e6), min_size=16, max_size=16))
def test_the_values_sum_to_the_whole_and_average_the_orders(values: list[float]) -> None:
    worth = random_game(values, "abcd")
    found = shapley(worth, "abcd")
    whole = worth[frozenset("abcd")] - worth[frozenset()]
    assert sum(found.values()) == pytest.approx(whole, rel=1e-9, abs=1e-6)
    assert shapley_of_orders(worth, list(permutations("abcd"))) == pytest.approx(found, rel=1e-9, abs=1e-6)


@given(st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=8), st.floats(-10, 10))
def test_a_part_that_does_nothing_gets_nothing_and_likes_get_the_same(values: list[float], x: float) -> None:
    worth = random_game(values, "abc")
    with_null = worth | {some | {"z"}: value for some, value in worth.items()}
    assert shapley(with_null, "abcz")["z"] == pytest.approx(0.0, abs=1e-9)
    # b counts as a: what matters is how many of them are there.
    alike = {some: x * len(some & {"a", "b"}) ** 2 + ("c" in some) for some in worth}
    found = shapley(alike, "abc")
    assert found["a"] == pytest.approx(found["b"], abs=1e-9)


def test_arrays_are_games_side_by_side() -> None:
    worth = {some: np.array([value, 2.0 * value, 1.0]) for some, value in game(GLOVES).items()}
    assert shapley(worth, "abc")["a"] == pytest.approx([2 / 3, 4 / 3, 0.0])


def test_few_parts_are_exact_and_many_follow_drawn_orders() -> None:
    names = tuple("abcdefg")
    assert coalitions_of(names[:6], 2, 1).orders is None
    assert len(coalitions_of(names[:6], 2, 1).of(0)) == 64
    drawn = coalitions_of(names, 3, 1)
    assert drawn.orders is not None
    assert drawn.orders == coalitions_of(names, 3, 1).orders != coalitions_of(names, 3, 2).orders
    assert drawn.orders[0] != drawn.orders[1]
    for order, back in zip(drawn.orders[0][::2], drawn.orders[0][1::2], strict=True):
        assert order == back[::-1]
    some = drawn.of(0)
    assert len(some) == len(set(some)) < 2**7
    assert {frozenset(), frozenset(names), frozenset("a"), frozenset("bcdefg")} <= set(some)
    assert drawn.said == "8 drawn for each draw and replicate"
    assert runs_needed(names, 3, 1, known=2) == sum(len(drawn.of(k)) - 2 for k in range(3))
    assert runs_needed("abc", 5, 1) == 40


def scenario(spec: str = "three_year", changes: dict[str, Any] | None = None) -> Scenario:
    return longer(spec, YEAR | (changes or {}))


def taken(spec: str, **options: Any) -> tuple[ScenarioParts, pd.DataFrame]:  # noqa: ANN401
    path = "+".join(str(SCENARIOS / f"{name}.yaml") for name in spec.split("+"))
    base = str(SCENARIOS / "three_year.yaml")
    parts = parts_of(path, base, load_scenario(path, YEAR), load_scenario(base, YEAR), YEAR)
    chosen: dict[str, Any] = {
        "draws": draws_of(options.pop("draws", "point"), 4).values,  # noqa: PD011 - no table
        "replicates": 2, "seed": 4,
        "newcomers_per_year": SAMPLE,
    } | options  # fmt: skip
    return parts, decompose(parts.base, parts.specs, parts.load, titles=parts.titles, **chosen)


def test_the_parts_sum_to_what_compare_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, int]] = []
    real = ankomst.simulate

    def counted(some: Any, **options: Any) -> Result:  # noqa: ANN401
        made.append((some.policy_hash, options["replicate"]))
        return real(some, **options)

    monkeypatch.setattr(in_memory, "simulate", counted)
    steps: list[tuple[int, int]] = []
    spec = "one_year_flexible+lower_benefit+grant_2017"
    parts, table = taken(spec, replicates=2, workers=1, progress=lambda *at: steps.append(at))
    assert list(parts.specs) == ["one_year_flexible", "lower_benefit", "grant_2017"]
    assert len(made) == len(set(made)) == 16  # eight coalitions, each once a replicate
    assert steps[-1] == (16, 16)
    common: dict[str, Any] = {"draws": "point", "replicates": 2, "seed": 4, "newcomers_per_year": SAMPLE}
    direct = ankomst.compare(scenario(), scenario(spec), **common)
    direct = direct.set_index(["outcome", "payer"])
    assert set(table["orders"]) == {ALL_ORDERS}
    for (outcome, payer), rows in table.groupby(["outcome", "payer"]):
        by_part = rows.set_index("part")
        for column in ("estimate", "low", "high", "se", "n", "months", "unit"):
            assert by_part.loc[TOTAL, column] == direct.loc[(outcome, payer), column]
        assert by_part.loc[TOTAL, "first"] == by_part.loc[TOTAL, "last"] == by_part.loc[TOTAL, "estimate"]
        whole = by_part["estimate"].drop(TOTAL).sum()
        assert whole == pytest.approx(by_part.loc[TOTAL, "estimate"], rel=1e-9, abs=1e-9)
    assert set(zip(table["outcome"], table["payer"], strict=True)) == {
        ("months_employed", ""), ("employment_rate", ""), ("test_pass_rate", ""),
        ("net_cost", "municipality"), ("net_cost", "state"), ("net_cost", "both"),
    }  # fmt: skip
    title = table.set_index("part").loc["lower_benefit", "part_title_da"]
    assert set(title) == {"Lavere introduktionsydelse (60 pct.)"}
    # Alone and last of all are comparisons too.
    alone = ankomst.compare(scenario(), scenario("lower_benefit"), **common)
    last = ankomst.compare(
        scenario("one_year_flexible+grant_2017"), scenario(spec), displacement=False, **common
    )
    alone, last = (each.set_index(["outcome", "payer"]) for each in (alone, last))
    mine = table[table["part"] == "lower_benefit"].set_index(["outcome", "payer"])
    assert mine.loc[("net_cost", "state"), "first"] == alone.loc[("net_cost", "state"), "estimate"]
    assert mine.loc[("months_employed", ""), "first_low"] == alone.loc[("months_employed", ""), "low"]
    key = ("months_employed", "")
    assert mine.loc[key, "last"] == pytest.approx(last.loc[key, "estimate"], rel=1e-9)
    assert mine.loc[key, "last_high"] == pytest.approx(last.loc[key, "high"], rel=1e-9)


@pytest.mark.compiled
def test_draws_of_the_parameters_enter_the_interval_of_each_part() -> None:
    _, table = taken("one_year_flexible+lower_benefit", draws=6, replicates=1)
    assert set(table["draws"]) == {6}
    sums = table[table["outcome"] == "months_employed"].set_index("part")["estimate"]
    assert sums.drop(TOTAL).sum() == pytest.approx(sums[TOTAL], rel=1e-9, abs=1e-9)


@pytest.mark.compiled
def test_orders_that_are_drawn_sum_to_the_whole_as_well() -> None:
    spec = "one_year_flexible+lower_benefit+grant_2017"
    _, exact = taken(spec, outcomes=["months_employed"])
    _, drawn = taken(spec, outcomes=["months_employed"], exact=2, orders=2)
    assert set(drawn["orders"]) == {"2 drawn for each draw and replicate"}
    sums = drawn.set_index("part")["estimate"]
    assert sums.drop(TOTAL).sum() == pytest.approx(sums[TOTAL], rel=1e-9, abs=1e-9)
    pd.testing.assert_frame_equal(
        drawn[["part", "first", "last"]], exact[["part", "first", "last"]], rtol=1e-9
    )


def test_what_has_been_run_is_not_run_again() -> None:
    spec = "one_year_flexible+lower_benefit"
    parts, table = taken(spec)
    runs = {"a": scenario(), "b": scenario(spec)}
    study = run_scenarios(runs, baseline="a", draws="point", replicates=2, seed=4, newcomers_per_year=SAMPLE)
    steps: list[tuple[int, int]] = []
    again = decompose(
        parts.base, parts.specs, parts.load, titles=parts.titles, draws=study.drawn.values, replicates=2,
        seed=4, newcomers_per_year=SAMPLE, progress=lambda *at: steps.append(at),
        known={frozenset(): study.runs.rows["a"], frozenset(parts.specs): study.runs.rows["b"]},
    )  # fmt: skip
    pd.testing.assert_frame_equal(table, again, check_exact=True)
    assert steps[-1] == (4, 4)


def test_a_list_of_files_is_taken_apart_and_benefits_belong_to_their_part() -> None:
    path, base = str(SCENARIOS / "reform_2016.yaml"), str(SCENARIOS / "three_year.yaml")
    whole, under = load_scenario(path), load_scenario(base)
    parts = parts_of(path, base, whole, under, {})
    names = [
        "rules_2017",
        "reform_2016_benefit",
        "reform_2016_refund",
        "reform_2016_work_first",
        "grant_2017",
    ]
    assert list(parts.specs) == names
    assert parts.load(list(parts.specs.values())).policy_hash == whole.policy_hash
    # The part that moves the date leaves benefit rates and refunds where they were.
    moved = parts.load([parts.specs["rules_2017"]])
    assert moved.date.year == 2017
    assert moved.benefits.rates_of == moved.benefits.refund_of == under.date
    assert parts.load([parts.specs["reform_2016_benefit"]]).date == under.date
    held = ankomst.compare(
        scenario(), scenario(changes={"benefits.rates_of": under.date, "benefits.refund_of": under.date}),
        draws=2, replicates=1, newcomers_per_year=SAMPLE,
    )  # fmt: skip
    assert set(held["verdict"]) == {"no difference"}


def test_what_cannot_be_taken_apart(tmp_path: Path) -> None:
    def found(spec: str, baseline: str = "three_year") -> ScenarioParts:
        path = "+".join(str(SCENARIOS / f"{name}.yaml") for name in spec.split("+"))
        base = "+".join(str(SCENARIOS / f"{name}.yaml") for name in baseline.split("+"))
        return parts_of(path, base, load_scenario(path), load_scenario(base), {})

    with pytest.raises(ScenarioError, match="one_year has 1 part beside the baseline three_year"):
        found("one_year")
    with pytest.raises(ScenarioError, match="has 1 part beside the baseline"):
        found("three_year+grant_2017")
    with pytest.raises(ScenarioError, match=r"laid over flexible_danish are not .*danish\.right_months"):
        found("one_year+grant_2017", "flexible_danish")
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("danish: {evening_hours: 4}\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("extends: [a, b]\ndanish: {workplace_hours: 2}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"are not c: they differ in danish\.workplace_hours"):
        parts_of(
            str(tmp_path / "c.yaml"), str(SCENARIOS / "three_year.yaml"),
            load_scenario(tmp_path / "c.yaml"), scenario(), {},
        )  # fmt: skip


def test_wrong_questions() -> None:
    with pytest.raises(RunError, match="did you mean 'net_cost'"):
        taken("one_year+lower_benefit", outcomes=["net_costs"])
    with pytest.raises(RunError, match="months=40 is not kept in this batch; allowed: 12, 14"):
        taken("one_year+lower_benefit", months=40)
    with pytest.raises(RunError, match="there is 1 part"):
        decompose(
            scenario(), {"a": "a"}, lambda _: scenario(), draws=({},), replicates=2, newcomers_per_year=SAMPLE
        )
