"""The shipped scenarios hold the values of the specification's table of scenarios."""

from __future__ import annotations

import pytest

from ankomst.policy.scenario import Scenario, diff, load_scenario, reference_policy

pytestmark = pytest.mark.usefixtures("in_root")
JOB, TEST = 46_881.0, 35_162.0


def changed(name: str) -> dict[str, object]:
    return {key: value for key, _, value in diff(reference_policy(), load_scenario(name))}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("three_year", {}),
        ("grant_2013", {}),
        ("one_year", {"introduction_period.base_months": 12, "introduction_period.max_months": 12}),
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
    ],
)
def test_levers(name: str, values: dict[str, object]) -> None:
    assert changed(name) == values


def rows(name: str) -> list[tuple[str, float, int, float, int | str, int]]:
    return [
        (g.outcome, g.amount(0), g.sustained_months, g.minimum_hours, g.window_months, g.extra_window_months)
        for g in load_scenario(name).result_grants
    ]


PERIOD = "introduction_period"


@pytest.mark.parametrize(
    ("name", "job", "education", "test"),
    [
        ("grant_2013", (JOB, 6, 0, PERIOD, 0), (JOB, 6, 0, PERIOD, 0), (TEST, 0, 0, PERIOD, 0)),
        ("grant_2017", (76_500, 6, 20, 60, 0), (76_500, 6, 20, 60, 0), (32_640, 0, 0, 60, 0)),
        ("grant_by_speed", (75_000, 6, 0, PERIOD, 0), (75_000, 6, 0, PERIOD, 0), (TEST, 0, 0, PERIOD, 0)),
        ("grant_at_entry", (JOB, 0, 0, PERIOD, 0), (JOB, 6, 0, PERIOD, 0), (TEST, 0, 0, PERIOD, 0)),
        ("grant_sustained_12", (JOB, 12, 0, PERIOD, 0), (JOB, 6, 0, PERIOD, 0), (TEST, 0, 0, PERIOD, 0)),
        ("grant_risk_adjusted", (JOB, 6, 0, PERIOD, 0), (JOB, 6, 0, PERIOD, 0), (TEST, 0, 0, PERIOD, 0)),
        ("grant_after_period", (JOB, 6, 0, PERIOD, 24), (JOB, 6, 0, PERIOD, 24), (TEST, 0, 0, PERIOD, 24)),
        ("grant_above_benchmark", (93_762, 6, 0, PERIOD, 0), (JOB, 6, 0, PERIOD, 0), (TEST, 0, 0, PERIOD, 0)),
    ],
)
def test_grants(
    name: str, job: tuple[object, ...], education: tuple[object, ...], test: tuple[object, ...]
) -> None:
    assert rows(name) == [("ordinary_job", *job), ("education", *education), ("danish_test", *test)]
    assert {key.partition(".")[0] for key in changed(name)} <= {"result_grants", "bonus_extra_job"}


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
