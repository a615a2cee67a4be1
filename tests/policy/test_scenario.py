from __future__ import annotations

import datetime as dt
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from ankomst.errors import AnkomstError, ParameterError, ScenarioError
from ankomst.policy.levers.grants import ResultGrant, grants_2013
from ankomst.policy.parameters import load_registry
from ankomst.policy.scenario import (
    Scenario,
    build_scenario,
    diff,
    load_scenario,
    parse_override,
    reference_policy,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("in_root")
PERIODS = ("three_year", "one_year", "one_year_flexible", "one_year_flexible_concentrated")
DESIGNS = (
    "no_grant",
    "grant_2013",
    "grant_by_speed",
    "grant_at_entry",
    "grant_sustained_12",
    "grant_risk_adjusted",
    "grant_after_period",
    "grant_above_benchmark",
)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_baseline_is_the_schema_default_and_the_reference_policy() -> None:
    hashes = {
        load_scenario(spec).policy_hash
        for spec in (
            "three_year",
            "three_year+grant_2013",
            "grant_2013+three_year",
            "scenarios/three_year.yaml",
        )
    }
    assert hashes == {Scenario().policy_hash} == {reference_policy().policy_hash}


def test_the_headline_grid_composes_into_32_different_policies() -> None:
    grid = {f"{p}+{d}": load_scenario(f"{p}+{d}") for p in PERIODS for d in DESIGNS}
    assert len({s.policy_hash for s in grid.values()}) == 32
    speed = grid["one_year_flexible_concentrated+grant_by_speed"]
    assert speed.introduction_period.base_months == 12
    assert speed.introduction_period.resources == "per_newcomer"
    assert speed.result_grants[0].steps == ((0, 12, 75_000.0), (12, 24, 50_000.0), (24, 36, 25_000.0))
    assert speed.title.endswith("+ Result grants that fall with time")
    assert "+ Resultattilskud" in speed.title_da


def test_paths_and_names_mix() -> None:
    one = load_scenario("scenarios/one_year.yaml+scenarios/grant_by_speed.yaml", {"danish.right_months": 60})
    two = load_scenario(" scenarios/one_year + grant_by_speed ", {"danish.right_months": 60})
    assert one == two
    assert hash(one) == hash(two)
    assert one.danish.right_months == 60


def test_two_files_conflict_when_both_set_a_key() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario("three_year+one_year")
    assert str(caught.value).splitlines() == [
        f"scenarios/one_year.yaml, line {here}: introduction_period.{key} is set to 12 here but to 36 in "
        f"scenarios/three_year.yaml, line {there}; allowed: "
        "composed files that set a key to the same value or only once"
        for key, here, there in (("base_months", 6, 8), ("max_months", 7, 9))
    ]
    with pytest.raises(
        ScenarioError, match="result_grants is set to a list of 3 here but to an empty list in"
    ):
        load_scenario("no_grant+grant_2013")


def test_a_value_conflicts_with_a_map(in_tmp: Path) -> None:
    write(in_tmp, "a.yaml", "benefits: {refund: flat_50}")
    write(in_tmp, "b.yaml", "benefits: {refund: {active: 0.5, passive: 0.3}}")
    with pytest.raises(
        ScenarioError, match=r"^b\.yaml, line 1: benefits\.refund is set to a map here but to 'flat_50'"
    ):
        load_scenario("a+b")


def test_inherited_keys_do_not_conflict_and_own_keys_hold_above_them(in_tmp: Path) -> None:
    write(in_tmp, "parent.yaml", "danish: {class_hours: 10, evening_hours: 6}\nresult_grants: []")
    write(in_tmp, "a.yaml", "extends: parent.yaml\nplacements: {capacity: 2}")
    write(in_tmp, "b.yaml", "extends: parent\ndanish: {class_hours: 15}")
    both = load_scenario("a+b")
    assert (both.danish.class_hours, both.danish.evening_hours, both.placements.capacity) == (15, 6, 2)
    assert both.result_grants == ()
    assert load_scenario("b+a").policy_hash == both.policy_hash


def test_an_override_holds_above_the_files_and_is_named_in_errors() -> None:
    assert (
        load_scenario("one_year", {"introduction_period.base_months": 6}).introduction_period.base_months == 6
    )
    section = load_scenario("one_year", {"introduction_period": {"base_months": 6, "max_months": 24}})
    assert (section.introduction_period.base_months, section.introduction_period.max_months) == (6, 24)
    with pytest.raises(ScenarioError) as caught:
        load_scenario("one_year", {"danish.right_month": 60})
    assert str(caught.value) == (
        "override 'danish.right_month': the key 'right_month' is not known in danish; allowed: class_hours, "
        "evening_hours, workplace_hours, right_months, regional; did you mean 'right_months'?"
    )


def test_an_override_replaces_a_map_that_is_one_value() -> None:
    base = build_scenario({"national_demand": {"2013-01-01": -1, "2014-01-01": 1}})
    changed = load_scenario(base, {"national_demand": {"2015-01-01": 2}})
    assert changed.national_demand == {dt.date(2015, 1, 1): 2.0}


@pytest.mark.parametrize(
    ("overrides", "match"),
    [
        ({"extends": "one_year.yaml"}, "cannot be set by an override"),
        ({"result_grants.0.cap": 1}, "result_grants as a whole list"),
        ({"danish..right_months": 1}, "empty part"),
        ({"danish.right_months.x": 1}, "must be a number, not a map"),
        ({"population.municipalities": "../README.md"}, "lies outside the folder"),
        ({"parameters.job_finding.sigma": "wide"}, "must be a number, not the text 'wide'"),
        ({"danish": 3}, "must be a map, not 3"),
        ({"title": 3}, "title must be text"),
    ],
)
def test_wrong_overrides(overrides: dict[str, Any], match: str) -> None:
    with pytest.raises(ScenarioError, match=match) as caught:
        load_scenario("three_year", overrides)
    assert str(caught.value).startswith("override '")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60", 60),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        ("null", None),
        ("off", False),
        ("2013-07-01", dt.date(2013, 7, 1)),
        ("needs_test", "needs_test"),
        ("", None),
        ("a=b", "a=b"),
        ("{active: 0.5, passive: 0.3}", {"active": 0.5, "passive": 0.3}),
        ("[health]", ["health"]),
        ("012", "012"),
    ],
)
def test_override_texts(text: str, value: object) -> None:
    assert parse_override(f"a.b={text}") == ("a.b", value)


def test_the_hash_follows_the_policy_only() -> None:
    base = load_scenario("three_year")
    assert load_scenario("three_year", {"title": "Other", "source": "none"}).policy_hash == base.policy_hash
    assert load_scenario("three_year", {"danish.class_hours": 12}).policy_hash == base.policy_hash
    assert load_scenario("three_year", {"benefits.level": 1}).policy_hash == base.policy_hash
    for key, value in (("danish.class_hours", 13), ("population.seed", 1), ("date", "2013-07-02")):
        assert load_scenario("three_year", {key: value}).policy_hash != base.policy_hash
    assert len(base.policy_hash) == 64


def test_the_hash_is_pinned() -> None:
    # A changed hash means that stored results no longer match their scenario: say so in the changelog.
    assert Scenario().policy_hash == "495a167c8c15eae396e000ed3cedfedbd38366621ed0c25a319f1a326a01643a"


def test_a_users_table_enters_the_hash_by_content(in_tmp: Path) -> None:
    write(in_tmp, "table.csv", "code\n101\n")
    write(in_tmp, "s.yaml", "population: {municipalities: table.csv}")
    first = load_scenario("s")
    assert first.population.municipalities == (in_tmp / "table.csv").resolve()
    before = first.policy_hash
    write(in_tmp, "table.csv", "code\n102\n")
    assert load_scenario("s").policy_hash != before
    (in_tmp / "table.csv").unlink()
    with pytest.raises(AnkomstError, match=r"table\.csv: the file does not exist"):
        _ = first.policy_hash


def test_the_model_dump_loads_again() -> None:
    for spec in ("grant_2017", "one_year_flexible_concentrated+grant_risk_adjusted"):
        scenario = load_scenario(
            spec, {"national_demand": {"2014-01-01": 1.5}, "parameters.search.crowding": 20}
        )
        assert build_scenario(scenario.model_dump(mode="json")) == scenario
        assert pickle.loads(pickle.dumps(scenario)) == scenario  # noqa: S301 - our own object


def test_diff_lists_what_differs() -> None:
    alt = load_scenario("one_year+no_grant", {"parameters.job_finding.sigma": 1.7})
    rows = {key: (a, b) for key, a, b in diff(load_scenario("three_year"), alt)}
    assert rows["introduction_period.base_months"] == (36, 12)
    assert rows["parameters.job_finding.sigma"] == (load_registry()["job_finding.sigma"].value, 1.7)
    assert rows["result_grants"][1] == []
    assert set(rows) == {
        "introduction_period.base_months",
        "introduction_period.max_months",
        "result_grants",
        "parameters.job_finding.sigma",
    }
    assert diff(alt, alt) == []


def test_parameter_values_and_draws() -> None:
    scenario = load_scenario("three_year", {"parameters.job_finding.sigma": 1.7})
    values = scenario.parameter_values({"job_finding.sigma": 1.2, "search.crowding": 10})
    assert (values["job_finding.sigma"], values["search.crowding"]) == (1.7, 10.0)
    assert values["population.origin_shares"]["refugee"] == 0.42
    values["population.origin_shares"]["refugee"] = 0.0
    assert scenario.parameter_values()["population.origin_shares"]["refugee"] == 0.42
    with pytest.raises(ParameterError, match=r"did you mean 'search\.crowding'"):
        scenario.parameter_values({"search.crowdin": 1})


def test_limits_outside_the_ranges_need_a_word() -> None:
    base = Scenario()
    with pytest.raises(ParameterError, match=r"parameters\.placements\.places is 0, which is out of range"):
        base.with_parameters({"placements.places": 0})
    limit = base.with_parameters({"placements.places": 0}, ranges=False)
    assert limit.parameter_values()["placements.places"] == 0.0
    assert limit.policy_hash != base.policy_hash


def test_a_scenario_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Scenario().title = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("schedule", "amounts"),
    [
        (100, {0: 100, 500: 100}),
        ({"0-12": 80, "24-36": 20}, {0: 80, 11: 80, 12: 0, 24: 20, 35: 20, 36: 0}),
        ([[6, 100], [12, 40], [24, 0]], {0: 100, 6: 100, 9: 70, 12: 40, 18: 20, 24: 0, 100: 0}),
    ],
)
def test_amounts_of_a_schedule(schedule: object, amounts: dict[int, float]) -> None:
    scenario = build_scenario({"result_grants": [{"outcome": "ordinary_job", "schedule": schedule}]})
    grant = scenario.result_grants[0]
    assert {s: grant.amount(s) for s in amounts} == amounts
    assert bool(grant.steps) != bool(grant.points)


def test_the_2013_rule() -> None:
    job, education, test = grants_2013()
    assert (job.outcome, job.amount(0), job.sustained_months, job.window_months) == (
        "ordinary_job",
        46_881,
        6,
        36,
    )
    assert (education.outcome, education.amount(35)) == ("education", 46_881)
    assert (test.outcome, test.amount(0), test.sustained_months) == ("danish_test", 35_162, 0)
    assert job.steps == ((0, 10**6, 46_881.0),)


def test_a_test_grant_needs_no_sustained_months() -> None:
    data = {
        "result_grants": [
            {"outcome": "danish_test", "schedule": 5},
            ResultGrant(outcome="education", schedule=5),
        ]
    }
    test, education = build_scenario(data).result_grants
    assert (test.sustained_months, education.sustained_months) == (0, 6)


def test_wrong_data_without_a_file() -> None:
    with pytest.raises(ScenarioError, match=r"^here: danish\.class_hours must be a number, not the text 'x'"):
        build_scenario({"danish": {"class_hours": "x"}}, where="here")
