"""The shipped scenarios hold the values of the table of scenarios."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ankomst.errors import ScenarioError
from ankomst.policy import layers
from ankomst.policy.scenario import Scenario, diff, load_scenario, reference_policy

pytestmark = pytest.mark.usefixtures("in_root")
JOB, TEST = 46_881.0, 35_162.0
WORK_FIRST = {
    "introduction_period.base_months": 12,
    "introduction_period.max_months": 60,
    "introduction_period.extension": "until_self_supporting",
    "placements.first_offer_month": 1,
    "placements.capacity": 2.2,
    "placements.job_ready_from_day_one": True,
}
PACKAGE = [
    "one_year_flexible_concentrated",
    "flexible_danish",
    "grant_after_period",
    "result_targets",
    "advisory_team",
    "fast_assessment",
    "offer_within_six_months",
    "partnerships",
]
REFORM = ["rules_2017", "reform_2016_benefit", "reform_2016_refund", "reform_2016_work_first", "grant_2017"]


def changed(name: str) -> dict[str, object]:
    return {key: value for key, _, value in diff(reference_policy(), load_scenario(name))}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("three_year", {}),
        ("grant_2013", {}),
        ("one_year", {"introduction_period.base_months": 12, "introduction_period.max_months": 12}),
        (
            "one_year_basic_grant_ends",
            {
                "introduction_period.base_months": 12,
                "introduction_period.max_months": 12,
                "introduction_period.basic_grant_months": "in_period",
            },
        ),
        (
            "one_year_flexible",
            {
                "introduction_period.base_months": 12,
                "introduction_period.extension": "needs_test",
                "introduction_period.early_exit_months": 6,
            },
        ),
        (
            "one_year_flexible_concentrated",
            {
                "introduction_period.base_months": 12,
                "introduction_period.extension": "needs_test",
                "introduction_period.early_exit_months": 6,
                "introduction_period.resources": "per_newcomer",
            },
        ),
        (
            "one_year_strong_ordinary",
            {
                "introduction_period.base_months": 12,
                "introduction_period.max_months": 12,
                "ordinary_system.intensity": 1.0,
                "ordinary_system.specialists": 1.0,
            },
        ),
        (
            "flexible_danish",
            {"danish.evening_hours": 6.0, "danish.workplace_hours": 3.0, "danish.right_months": 60},
        ),
        (
            "offer_within_six_months",
            {
                "placements.first_offer_month": 1,
                "placements.first_offer_deadline_months": 6,
                "placements.capacity": 1.5,
            },
        ),
        ("lower_benefit", {"benefits.level": 0.6}),
        ("no_grant", {"result_grants": []}),
        ("result_targets", {"governance.result_targets": True}),
        ("advisory_team", {"governance.advisory_team": True, "governance.peer_exchange": 0.03}),
        ("differentiated", {"placements.targeting": "needs_first"}),
        ("fast_assessment", {"assessment.deadline_months": 3, "assessment.guidance_share": 0.9}),
        ("one_plan", {"assessment.asylum_information": 1.0}),
        ("partnerships", {"placements.partnerships": 0.2}),
        ("entrepreneurs", {"entrepreneurship.support": 1.0}),
        ("mentors", {"civil_society.mentor_share": 0.3}),
        ("outreach", {"outreach.self_supported_share": 0.3}),
        ("coordinated_cases", {"coordination.health": 1.0}),
        ("trainee_job", {"trainee_job.slots": 0.01}),
        ("benefit_ceiling", {"benefits.ceiling": 10_000.0}),
        ("in_work_credit", {"taxes.in_work_credit": 1000.0}),
        ("dispersal_by_demand", {"dispersal": "demand_weighted"}),
        ("regional_danish", {"danish.regional": 1.0}),
        ("rules_2017", {"date": "2017-01-01", "danish.right_months": 60}),
        ("reform_2016_benefit", {"benefits.rates_of": "2017-01-01"}),
        ("reform_2016_refund", {"benefits.refund_of": "2017-01-01"}),
        ("reform_2016_work_first", WORK_FIRST),
        ("upturn_2017", {"national_demand": 1.57}),
    ],
)
def test_levers(name: str, values: dict[str, object]) -> None:
    assert changed(name) == values


def test_the_trainee_job_is_that_of_the_law() -> None:
    lever = load_scenario("trainee_job").trainee_job
    assert (lever.months, lever.min_age, lever.max_age) == (24, 18, 40)
    assert (lever.max_months_since_arrival, lever.school_weeks) == (60, 20)


def test_every_file_is_checked_here() -> None:
    levers, grants = (
        {case[0] for case in function.pytestmark[0].args[1]}  # type: ignore[attr-defined]
        for function in (test_levers, test_grants)
    )
    files = {path.stem for path in Path("scenarios").glob("*.yaml")}
    assert files == levers | grants | {"task_force_package", "reform_2016", "history_2010_2018"}


def test_the_task_force_package_is_the_sum_of_its_parts() -> None:
    assert [Path(part).stem for part in layers.parts("task_force_package")] == PACKAGE
    together = load_scenario("task_force_package")
    assert together.policy_hash == load_scenario("+".join(PACKAGE)).policy_hash
    expected: dict[str, object] = {}
    for part in PACKAGE:
        for key, value in changed(part).items():
            assert expected.setdefault(key, value) == value, f"{part} sets {key} to another value"
    assert changed("task_force_package") == expected
    assert len(expected) == 17


def test_the_reform_of_2016_holds_the_values_of_its_row() -> None:
    assert [Path(part).stem for part in layers.parts("reform_2016")] == REFORM
    reform = changed("reform_2016")
    grants = reform.pop("result_grants")
    assert grants == changed("grant_2017")["result_grants"]
    assert reform == {
        "date": "2017-01-01",
        **WORK_FIRST,
        "danish.right_months": 60,
        "bonus_extra_job": 25_000.0,
        "benefits.rates_of": "2017-01-01",
        "benefits.refund_of": "2017-01-01",
    }


def test_history_follows_law_and_arrivals_of_denmark() -> None:
    history = load_scenario("history_2010_2018")
    assert (history.rules, history.population.arrivals, history.first_year) == ("denmark", "denmark", 2010)
    assert (history.population.newcomers_per_year, history.horizon.follow_up_months) == (7000, 60)
    points = (-0.32, -0.20, -0.29, 0.0, 0.77, 1.21, 1.65, 1.57, 1.92)
    assert history.national_demand == {dt.date(2010 + year, 1, 1): value for year, value in enumerate(points)}
    levers = {"population", "horizon", "national_demand", "rules"}
    assert {key.partition(".")[0] for key in changed("history_2010_2018")} == levers


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "reform_2016+three_year",
            "date is set to 2013-07-01 here but to 2017-01-01 in scenarios/rules_2017.yaml",
        ),
        (
            "reform_2016+one_year",
            "max_months is set to 12 here but to 60 in scenarios/reform_2016_work_first.yaml",
        ),
        ("reform_2016+grant_by_speed", "result_grants is set to a list of 3 here but to a list of 3"),
        (
            "task_force_package+no_grant",
            "an empty list here but to a list of 3 in scenarios/grant_after_period.yaml",
        ),
        ("no_grant+task_force_package", "a list of 3 here but to an empty list in scenarios/no_grant.yaml"),
        (
            "task_force_package+reform_2016",
            "capacity is set to 2.2 here but to 1.5 in scenarios/offer_within_six",
        ),
        ("reform_2016+history_2010_2018", "date is 2017-01-01 beside rules: denmark"),
        ("upturn_2017+history_2010_2018", "national_demand is set to a map here but to 1.57"),
    ],
)
def test_packages_conflict_where_they_disagree(spec: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(spec)
    assert message in str(caught.value)
    assert str(caught.value).startswith("scenarios/")


@pytest.mark.parametrize(
    "spec",
    [
        "reform_2016+upturn_2017",
        "task_force_package+mentors",
        "task_force_package+partnerships",
        "lower_benefit+mentors",
    ],
)
def test_packages_compose_where_they_agree(spec: str) -> None:
    together = load_scenario(spec)
    for part in spec.split("+"):
        assert (
            dict(changed(spec)).items()
            >= {key: value for key, value in changed(part).items() if not isinstance(value, list)}.items()
        )
    assert " + " in together.title


def test_a_file_of_ones_own_can_change_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parts").mkdir()
    for name, text in (("a", "placements: {capacity: 2}"), ("b", "danish: {right_months: 60}")):
        (tmp_path / "parts" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "package.yaml").write_text(
        "extends: [parts/a, parts/b.yaml]\ndanish: {right_months: 48}", encoding="utf-8"
    )
    (tmp_path / "mine.yaml").write_text("extends: package\nplacements: {capacity: 3}", encoding="utf-8")
    package, mine = load_scenario("package"), load_scenario("mine")
    assert (package.placements.capacity, package.danish.right_months) == (2, 48)
    assert (mine.placements.capacity, mine.danish.right_months) == (3, 48)
    assert load_scenario("mine+parts/b").danish.right_months == 60  # what a file inherits does not conflict


def rows(name: str) -> list[tuple[str, float, int, float, int | str, int]]:
    return [
        (g.outcome, g.amount(0), g.sustained_months, g.minimum_hours, g.window_months, g.extra_window_months)
        for g in load_scenario(name).result_grants
    ]


LAW = 36
"""Months within which the law of 2013 pays grants."""
PERIOD = "introduction_period"


@pytest.mark.parametrize(
    ("name", "job", "education", "test"),
    [
        ("grant_2013", (JOB, 6, 0, LAW, 0), (JOB, 6, 0, LAW, 0), (TEST, 0, 0, LAW, 0)),
        ("grant_2017", (76_500, 6, 20, 60, 0), (76_500, 6, 20, 60, 0), (32_640, 0, 0, 60, 0)),
        ("grant_by_speed", (75_000, 6, 0, LAW, 0), (75_000, 6, 0, LAW, 0), (TEST, 0, 0, LAW, 0)),
        ("grant_at_entry", (JOB, 0, 0, LAW, 0), (JOB, 6, 0, LAW, 0), (TEST, 0, 0, LAW, 0)),
        ("grant_sustained_12", (JOB, 12, 0, LAW, 0), (JOB, 6, 0, LAW, 0), (TEST, 0, 0, LAW, 0)),
        ("grant_risk_adjusted", (JOB, 6, 0, LAW, 0), (JOB, 6, 0, LAW, 0), (TEST, 0, 0, LAW, 0)),
        ("grant_after_period", (JOB, 6, 0, LAW, 24), (JOB, 6, 0, LAW, 24), (TEST, 0, 0, LAW, 24)),
        ("grant_above_benchmark", (93_762, 6, 0, LAW, 0), (JOB, 6, 0, LAW, 0), (TEST, 0, 0, LAW, 0)),
        (
            "one_year_result_grants_end",
            (JOB, 6, 0, PERIOD, 0),
            (JOB, 6, 0, PERIOD, 0),
            (TEST, 0, 0, PERIOD, 0),
        ),
        ("one_year_everything_ends", (JOB, 6, 0, PERIOD, 0), (JOB, 6, 0, PERIOD, 0), (TEST, 0, 0, PERIOD, 0)),
    ],
)
def test_grants(
    name: str, job: tuple[object, ...], education: tuple[object, ...], test: tuple[object, ...]
) -> None:
    assert rows(name) == [("ordinary_job", *job), ("education", *education), ("danish_test", *test)]
    period = {"introduction_period"} if name.startswith("one_year") else set()
    assert {key.partition(".")[0] for key in changed(name)} <= {"result_grants", "bonus_extra_job"} | period


def test_particulars_of_grants() -> None:
    weighted = load_scenario("grant_risk_adjusted").result_grants
    assert {(g.group_weights.needs_group, g.group_weights.others) for g in weighted} == {(1.6, 0.6)}
    assert [g.benchmark for g in load_scenario("grant_above_benchmark").result_grants] == [True, False, False]
    rule_2017 = load_scenario("grant_2017")
    assert rule_2017.result_grants[0].steps == ((0, 36, 76_500.0), (36, 60, 51_000.0))
    assert rule_2017.bonus_extra_job == 25_000
    assert rule_2017.date == Scenario().date


def test_grants_leave_room_for_a_period() -> None:
    for name in ("grant_2017", "grant_by_speed", "no_grant"):
        combined = load_scenario(f"one_year_flexible+{name}")
        assert combined.introduction_period == load_scenario("one_year_flexible").introduction_period
        assert combined.result_grants == load_scenario(name).result_grants
