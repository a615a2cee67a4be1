"""Arrivals by year and where refugees are placed: packaged figures, tables of a user's own, broken tables."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.lever_runs import country_run, fingerprint
from tests.simulation.support import SMALL_TABLE, finished

from ankomst.errors import AnkomstError, DataError
from ankomst.policy import arrivals
from ankomst.policy.scenario import Scenario, build_scenario
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.inflow import Inflow, inflow, placed
from ankomst.simulation.kernels import fields
from ankomst.simulation.municipalities import municipal_traits, read_municipalities
from ankomst.simulation.newcomers import synthesise

if TYPE_CHECKING:
    from pathlib import Path

PARAMETERS = Scenario().parameter_values()
SMALL = read_municipalities(SMALL_TABLE)
TRAITS = municipal_traits(SMALL, 5, PARAMETERS)
ASSIGNED = {
    2010: 2_068, 2011: 2_242, 2012: 2_511, 2013: 3_780, 2014: 6_048, 2015: 10_592, 2016: 7_172, 2017: 2_100,
    2018: 840,
}  # fmt: skip
"""Refugees distributed to municipalities (uim.dk); for 2017 and 2018 rounded at the source."""


def policy(**population: Any) -> Scenario:  # noqa: ANN401
    return build_scenario({"population": population})


def arriving(sample: int, **population: Any) -> Inflow:  # noqa: ANN401
    return inflow(policy(**population), sample, PARAMETERS)


def by_year(found: Inflow) -> list[int]:
    return found.months.reshape(-1, 12).sum(axis=1).tolist()


# -- the figures of Denmark ------------------------------------------------------------------------------


def test_packaged_figures_are_the_arithmetic_of_their_sources() -> None:
    with arrivals.PACKAGED.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {int(row["year"]): int(row["refugees_assigned"]) for row in rows} == ASSIGNED
    before = ASSIGNED[2010]  # nothing is known of 2009: the first year counts itself
    for row in rows:
        assigned = ASSIGNED[int(row["year"])]
        assert int(row["refugee"]) == round(0.778 * assigned), "adults among those assigned"
        assert abs(int(row["reunified_with_refugee"]) - 0.19 * (assigned + before) / 2) <= 0.5, row["year"]
        assert int(row["reunified_with_other"]) == 3_500
        before = assigned
    adults = next(int(row["refugee"]) for row in rows if row["year"] == "2013")
    assert adults == pytest.approx(0.42 * 7_000, rel=0.001), "the share of refugees in the 7,000 of 2013"


def test_a_simulated_newcomer_stands_for_as_many_real_ones_in_every_year() -> None:
    table = arrivals.read_arrivals("denmark")
    found = arriving(1_000, arrivals="denmark")
    weight = sum(table.people) / 9 / 1_000
    assert found.weight == pytest.approx(weight)
    assert by_year(found) == [round(people / weight) for people in table.people]
    shares = np.array(table.by_origin) / np.array(table.people)[:, None]
    np.testing.assert_allclose(found.origins, shares)
    assert table.people[0] == 1_609 + 393 + 3_500


def test_the_run_begins_in_the_first_year_and_has_all_of_them() -> None:
    scenario = policy(arrivals="denmark", newcomers_per_year=24, municipalities=SMALL_TABLE)
    model = IntroductionModel(scenario, seed=1)
    assert scenario.first_year == 2010
    assert model.arrival_months == 108
    assert model.weight == pytest.approx(sum(arrivals.read_arrivals("denmark").people) / 9 / 24)


def test_origins_follow_the_year() -> None:
    found = arriving(6_000, arrivals="denmark")
    people = synthesise(found, 3, PARAMETERS, read_municipalities().shares())
    year = people.arrival // 12
    for k, shares in enumerate(found.origins):
        mine = people.origin[year == k]
        for origin, share in enumerate(shares):
            error = np.sqrt(share * (1 - share) / mine.size)
            assert abs((mine == origin).mean() - share) < 5 * error


# -- a user's own figures --------------------------------------------------------------------------------


def test_totals_by_year_take_the_usual_mix() -> None:
    found = arriving(50, arrivals={2014: 600, 2015: 1_400})
    assert found.weight == 20
    assert by_year(found) == [30, 70]
    mix = [PARAMETERS["population.origin_shares"][name] for name in arrivals.ORIGINS]
    np.testing.assert_array_equal(found.origins, [mix, mix])


def test_each_month_has_a_twelfth_and_the_first_months_the_remainder() -> None:
    found = arriving(50, arrivals={2014: 600, 2015: 1_400})
    assert found.months.tolist() == [3] * 6 + [2] * 6 + [6] * 10 + [5] * 2


def test_a_year_is_rounded_and_may_be_empty() -> None:
    found = arriving(100, arrivals={2014: 1_000, 2015: 0, 2016: 333})
    assert found.weight == pytest.approx(1_333 / 300)
    assert by_year(found) == [round(1_000 * 300 / 1_333), 0, round(333 * 300 / 1_333)]
    people = {"arrivals": {2014: 1_000, 2015: 0, 2016: 333}, "municipalities": SMALL_TABLE}
    scenario = build_scenario({"population": people, "horizon": {"follow_up_months": 12}})
    model = IntroductionModel(scenario, newcomers_per_year=24)
    model.run()
    counted = model.records.counts.sum(axis=(1, 2, 3)) / model.follow_up
    assert counted.tolist() == by_year(model.inflow)
    assert counted[1] == 0


def test_a_table_of_totals_and_one_of_origins(tmp_path: Path) -> None:
    (tmp_path / "totals.csv").write_text("year,people\n2014,600\n2015,1400\n", encoding="utf-8")
    (tmp_path / "origins.csv").write_text(
        "year,refugee,reunified_with_refugee,reunified_with_other,note\n2014,300,0,300,a\n2015,0,0,0,b\n",
        encoding="utf-8",
    )
    totals = arriving(50, arrivals=tmp_path / "totals.csv")
    given = arriving(50, arrivals={2014: 600, 2015: 1_400})
    for name in ("months", "origins", "weight"):
        np.testing.assert_array_equal(getattr(totals, name), getattr(given, name))
    origins = arriving(10, arrivals=tmp_path / "origins.csv")
    assert by_year(origins) == [20, 0]
    assert origins.weight == 30
    np.testing.assert_array_equal(origins.origins[0], [0.5, 0, 0.5])
    people = synthesise(origins, 1, PARAMETERS, SMALL.shares())
    assert not (people.origin == 1).any()


def test_the_same_every_year_equals_no_arrivals_by_year_bit_for_bit() -> None:
    sample = {"newcomers_per_year": 48, "municipalities": SMALL_TABLE}
    follow = {"horizon": {"follow_up_months": 24}}
    plain = build_scenario({"population": sample | {"arrival_years": 2}} | follow)
    given = build_scenario({"population": sample | {"arrivals": {2013: 7_000, 2014: 7_000}}} | follow)
    assert fingerprint(finished(given)) == fingerprint(finished(plain))


def test_local_capacity_is_that_of_the_reference_inflow_whatever_arrives() -> None:
    few, many = (
        IntroductionModel(
            policy(arrivals={2014: n, 2015: n}, municipalities=SMALL_TABLE), newcomers_per_year=24
        )
        for n in (3_500, 14_000)
    )
    real = [model.areas.real[:, fields.M_N_REF] * model.weight for model in (few, many)]
    np.testing.assert_allclose(real[0], real[1])
    assert real[0].sum() == pytest.approx(2 * 7_000)


def test_more_arrivals_leave_the_earlier_people_as_they_are() -> None:
    short, year_more, twice = (
        synthesise(found, 9, PARAMETERS, SMALL.shares())
        for found in (
            arriving(120, arrivals={2014: 1_000}),
            arriving(120, arrivals={2014: 1_000, 2015: 1_000}),
            arriving(240, arrivals={2014: 1_000}),
        )
    )
    for people in (year_more, twice):
        assert people.size == 2 * short.size
        where = {ident: k for k, ident in enumerate(people.ident.tolist())}
        same = [where[ident] for ident in short.ident.tolist()]
        for name in (
            *("arrival", "origin", "municipality", "female", "age", "education", "track", "health"),
            *("children", "supported", "z", "v", "mentor", "outreach"),
        ):
            np.testing.assert_array_equal(getattr(short, name), getattr(people, name)[same], err_msg=name)


BROKEN_ARRIVALS = {
    "no column": ("year,persons\n2014,600\n", "the column 'persons' is unknown"),
    "an origin is missing": (
        "year,refugee,reunified_with_other\n2014,1,2\n",
        "column 'reunified_with_refugee' is missing",
    ),
    "a gap": ("year,people\n2014,600\n2016,600\n", "the year 2016 follows 2014"),
    "backwards": ("year,people\n2015,600\n2014,600\n", "the year 2014 follows 2015"),
    "text": ("year,people\n2014,many\n", "people is 'many'"),
    "nothing": ("year,people\n2014,\n", "people is empty"),
    "below zero": ("year,people\n2014,-5\n", "people is '-5'"),
    "half a year": ("year,people\n2014.5,5\n", "year is '2014.5'"),
    "not finite": ("year,people\n2014,inf\n", "people is 'inf'"),
    "long ago": ("year,people\n1984,5\n", "year is '1984'"),
    "nobody": ("year,people\n2014,0\n", "holds no people"),
    "no rows": ("year,people\n", "the table has no rows"),
    "empty": ("", "the file is empty"),
}


@pytest.mark.parametrize("case", BROKEN_ARRIVALS)
def test_a_broken_table_of_arrivals_is_refused_with_a_sentence(case: str, tmp_path: Path) -> None:
    text, message = BROKEN_ARRIVALS[case]
    path = tmp_path / "own_arrivals.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as problem:
        arriving(100, arrivals=path)
    assert message in str(problem.value)
    assert "own_arrivals.csv" in str(problem.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({2014: 600, 2016: 600}, "2015 is missing"),
        ({2014: -1}, "0 to 200000"),
        ({1984: 5}, "not a year from 2005 to 2035"),
        ({2014: 0}, "holds no people"),
        ({}, "is an empty map"),
    ],
)
def test_broken_arrivals_of_a_scenario_are_refused_with_a_sentence(
    given: dict[int, int], message: str
) -> None:
    with pytest.raises(AnkomstError) as problem:
        policy(arrivals=given)
    assert message in str(problem.value)
    assert "population.arrivals" in str(problem.value)


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"year,people\n\x81\xfe,1\n")
    for name, problem in (("absent.csv", "does not exist"), ("bytes.csv", "is no text")):
        with pytest.raises(DataError, match=problem):
            arriving(100, arrivals=tmp_path / name)
        with pytest.raises(DataError, match=problem):
            shares_of(tmp_path / name)


# -- where refugees are placed ---------------------------------------------------------------------------


def shares_of(dispersal: Any, parameters: dict[str, Any] | None = None) -> dict[str, Any]:  # noqa: ANN401
    scenario = Scenario().model_copy(update={"dispersal": dispersal})
    return placed(scenario, SMALL, TRAITS, PARAMETERS | (parameters or {}))


def test_the_quota_is_the_key() -> None:
    np.testing.assert_array_equal(shares_of("quota")["refugee"], SMALL.refugee_key)


def test_by_demand_a_point_more_raises_the_share_by_its_slope() -> None:
    found = shares_of("demand_weighted")
    inside = SMALL.refugee_key > 0
    raised = np.log(found["refugee"][inside] / SMALL.refugee_key[inside])
    demand = TRAITS.demand[inside]
    np.testing.assert_allclose(raised - raised[0], 0.15 * (demand - demand[0]))
    assert np.all(found["refugee"][~inside] == 0), "who has no share of the key gets none"
    assert found["refugee"].sum() == pytest.approx(1)
    np.testing.assert_array_equal(found["reunified_with_refugee"], found["refugee"])
    np.testing.assert_array_equal(found["reunified_with_other"], SMALL.population_key)
    flat = shares_of("demand_weighted", {"constants.dispersal_slope": 0.0})
    np.testing.assert_allclose(flat["refugee"], SMALL.refugee_key)


def test_dispersal_leaves_local_capacity_and_everybody_else_as_they_were() -> None:
    quota, demand = (
        IntroductionModel(
            build_scenario({"dispersal": rule, "population": {"municipalities": SMALL_TABLE}}),
            seed=3,
            newcomers_per_year=240,
        )
        for rule in ("quota", "demand_weighted")
    )
    np.testing.assert_array_equal(quota.areas.real[:, fields.M_N_REF], demand.areas.real[:, fields.M_N_REF])
    for name in ("ident", "origin", "female", "age", "z", "v"):
        np.testing.assert_array_equal(getattr(quota.population, name), getattr(demand.population, name))
    other = quota.population.origin == 2
    assert np.array_equal(quota.population.municipality[other], demand.population.municipality[other])
    assert not np.array_equal(quota.population.municipality, demand.population.municipality)


def test_a_table_of_shares_is_normalised_and_may_leave_municipalities_out(tmp_path: Path) -> None:
    path = tmp_path / "shares.csv"
    one, two = SMALL.code[1], SMALL.code[4]
    path.write_text(f"code,share,note\n{two},3,a\n {one} ,1,b\n", encoding="utf-8")
    found = shares_of(path)["refugee"]
    np.testing.assert_allclose(found, [0, 0.25, 0, 0, 0.75, 0])


@pytest.mark.compiled
def test_refugees_live_where_the_table_says(tmp_path: Path) -> None:
    table = read_municipalities()
    path = tmp_path / "shares.csv"
    path.write_text(f"code,share\n{table.code[0]},1\n", encoding="utf-8")
    people = country_run({"dispersal": path}, people=600).population
    assert set(people.municipality[people.origin < 2]) == {0}
    assert np.unique(people.municipality[people.origin == 2]).size > 50


CODE = SMALL.code[0]
BROKEN_SHARES = {
    "unknown code": ("code,share\n9999,1\n", "the code '9999' is no municipality of this run"),
    "twice": (f"code,share\n{CODE},1\n{CODE},1\n", f"the code '{CODE}' stands twice"),
    "text": (f"code,share\n{CODE},much\n", "share is 'much'"),
    "blank": (f"code,share\n{CODE},\n", "share is empty"),
    "below zero": (f"code,share\n{CODE},-0.1\n", "share is '-0.1'"),
    "not finite": (f"code,share\n{CODE},inf\n", "share is 'inf'"),
    "not a number": (f"code,share\n{CODE},nan\n", "share is 'nan'"),
    "no share": (f"code\n{CODE}\n", "the column 'share' is missing"),
    "no code": ("kommune,share\n101,1\n", "the column 'code' is missing and the column 'kommune' is unknown"),
    "nothing": (f"code,share\n{CODE},0\n", "add up to nothing"),
    "no rows": ("code,share\n", "the table has no rows"),
    "empty": ("", "the file is empty"),
}


@pytest.mark.parametrize("case", BROKEN_SHARES)
def test_a_broken_table_of_shares_is_refused_with_a_sentence(case: str, tmp_path: Path) -> None:
    text, message = BROKEN_SHARES[case]
    path = tmp_path / "own_shares.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as problem:
        shares_of(path)
    assert message in str(problem.value)
    assert "own_shares.csv" in str(problem.value)
