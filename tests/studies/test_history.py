"""The model beside published employment: which figures are met, and how people are pooled."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.studies.support import SHORT, scenario

import ankomst
from ankomst.policy.published import load_published
from ankomst.policy.scenario import Scenario, build_scenario
from ankomst.studies.batch.scenario_runs import run_scenarios
from ankomst.studies.metrics.history import (
    arrival_years,
    cohort_counts,
    cohorts_table,
    has_history,
    history_table,
)

if TYPE_CHECKING:
    from ankomst.simulation.result import Result

PROMISED = [
    "cohort", "months", "year", "origins", "sexes", "ages", "published", "published_low", "published_high",
    "definition", "source", "comparable", "estimate", "low", "high", "level", "n", "newcomers",
]  # fmt: skip


def dated(arrivals: dict[int, float] | str | None = None, **changes: object) -> Scenario:
    own = {key: value for key, value in SHORT.items() if key != "population.arrival_years"}
    return build_scenario(
        {"rules": "denmark", "population": {"arrivals": arrivals or {2011: 60, 2012: 40}}}, own | changes
    )


@cache
def results() -> tuple[Result, ...]:
    return tuple(ankomst.simulate(dated(), newcomers_per_year=60, seed=2, replicate=k) for k in (0, 1))


@cache
def counted() -> list[pd.DataFrame]:
    return [cohort_counts(result) for result in results()]


def test_only_dated_rules_with_years_that_were_published() -> None:
    assert has_history(dated())
    assert arrival_years(dated()) == (2011, 2012)
    assert arrival_years(dated("denmark")) == tuple(range(2010, 2019))
    assert not has_history(dated({2013: 60}))
    assert not has_history(scenario())
    assert not has_history(scenario(changes={"population.arrivals": {2011: 60}}))
    assert not has_history(scenario(changes={"rules": "denmark"}))


def test_each_published_figure_that_the_run_reaches_has_a_row() -> None:
    table = history_table(counted(), (1, 2))
    assert set(PROMISED) <= set(table.columns)
    reached = [figure for figure in load_published() if set(figure.years) <= {2011, 2012}]
    assert len(table) == len(reached) == 12
    assert list(table["published"]) == [figure.value for figure in reached]
    assert set(table["n"]) == {2}
    for definition, danish, figure in zip(table["definition"], table["definition_da"], reached, strict=True):
        assert definition.startswith(figure.definition)
        known = figure.model_ages == "25-64"
        assert definition.endswith("ages 25-64" if known else "all ages")
        assert danish.endswith("25-64 år" if known else "alle aldre")
    assert np.allclose(table["difference"], table["estimate"] - table["published"], equal_nan=True)


def test_several_origins_are_pooled_by_the_people_present() -> None:
    table = history_table(counted(), (1, 2))
    row = table[(table["cohort"] == "2012") & table["comparable"]].iloc[0]
    assert row["origins"] == "refugee+reunified_with_refugee"
    shares = []
    for result in results():
        found = result.outcome("employment_rate", months=36, by=["arrival_year", "origin"])
        mine = found[(found["arrival_year"] == 2012) & (found["origin"] != "reunified_with_other")]
        shares.append((mine["value"].fillna(0.0) * mine["n"]).sum() / mine["n"].sum())
    assert row["estimate"] == pytest.approx(np.mean(shares), rel=1e-12)
    assert row["low"] < row["estimate"] < row["high"]


def test_the_ages_are_those_of_the_figure() -> None:
    table = history_table(counted(), (1, 2)).set_index(["cohort", "origins", "months"])
    found = results()[0].outcome("employment_rate", months=24, by=["arrival_year", "origin"], age="25-64")
    mine = found[(found["arrival_year"] == 2011) & (found["origin"] == "reunified_with_other")]
    other = results()[1].outcome("employment_rate", months=24, by=["arrival_year", "origin"], age="25-64")
    also = other[(other["arrival_year"] == 2011) & (other["origin"] == "reunified_with_other")]
    row = table.loc[("2011", "reunified_with_other", 24)]
    assert row["estimate"] == pytest.approx((mine["value"].item() + also["value"].item()) / 2, rel=1e-12)
    assert row["newcomers"] == pytest.approx((mine["n"].item() + also["n"].item()) / 2)


def test_men_and_women_are_told_apart() -> None:
    counts = pd.DataFrame(
        {
            "arrival_year": [2014, 2014, 2015, 2015], "origin": "refugee", "ages": "all", "months": 36,
            "sex": ["female", "male"] * 2, "working": [1.0, 5.0, 2.0, 6.0], "n": [10.0, 10.0, 10.0, 20.0],
        }
    )  # fmt: skip
    table = history_table([counts, counts], (1, 2)).set_index(["cohort", "sexes", "published"])["estimate"]
    assert table["2014-2015", "female", 0.14] == pytest.approx(3 / 20)
    assert table["2014-2015", "male", 0.49] == pytest.approx(11 / 30)
    assert table["2015", "all", 0.44] == pytest.approx(8 / 30)


def test_cohorts_by_origin_and_month() -> None:
    table = cohorts_table(counted(), (1, 2))
    assert list(dict.fromkeys(table["cohort"])) == ["2011", "2012"]
    assert set(table["months"]) == {12, 24, 36}
    assert set(table["origins"]) == {
        "all", "refugee", "reunified_with_refugee", "reunified_with_other", "refugee+reunified_with_refugee",
    }  # fmt: skip
    whole = table[(table["origins"] == "all") & (table["months"] == 12)].set_index("cohort")
    for year in (2011, 2012):
        shares = []
        for result in results():
            found = result.outcome("employment_rate", months=12, by="arrival_year")
            shares.append(found.set_index("arrival_year")["value"][year])
        assert whole.loc[str(year), "estimate"] == pytest.approx(np.mean(shares), rel=1e-12)


def test_a_run_makes_the_tables_for_dated_scenarios_only() -> None:
    months = {"horizon.follow_up_months": 12}
    same = months | {"population.arrivals": {2011: 60, 2012: 40}}
    both = {"dated": dated(**months), "at_date": scenario(changes=same)}
    study = run_scenarios(both, baseline="dated", draws="point", replicates=2, seed=2, newcomers_per_year=24)
    for name in ("history", "cohorts"):
        assert set(study.tables[name]["scenario"]) == {"dated"}
    assert set(study.tables["history"]["months"]) == {12}
