"""Signs of the 23 proposals: no dose, half and full, on the same people with the same luck.

Where evidence gives a sign it is named; elsewhere the direction is declared: the one that docs/levers.md
gives for the mechanism. Each case looks at what its mechanism works on directly. Bounds come from the spread
of the paired differences. Where the full effect at start values is too small for a sample of this size,
`raised` says which effect is put higher within its range, in all three runs alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.lever_measures import (
    Measure,
    below_the_median_of_the_region,
    business_starts,
    demand_where_placed,
    early_work,
    educated_assessed,
    educated_left_out,
    impaired,
    in_need,
    job_grants,
    men,
    men_on_benefit,
    modules_after,
    months_in_period,
    months_of,
    of,
    placed_within_six_months,
    placements,
    planned,
    refugees,
    supported_women,
    work_after_a_year,
)
from tests.simulation.lever_runs import ROWS, Array, country_run, months_in_work, name_of
from tests.simulation.support import ROOT

from ankomst.policy.parameters import load_registry
from ankomst.policy.scenario import diff, load_scenario, reference_policy
from ankomst.simulation import codes

if TYPE_CHECKING:
    from ankomst.simulation.engine import IntroductionModel

SIGMAS = 3
DECLARED = "declared"
Dose = dict[str, Any]


@dataclass(frozen=True)
class Doses:
    """Three doses of a lever and what they move."""

    row: int
    name: str
    basis: str
    """Evidence for the sign, or `DECLARED`."""
    none: Dose
    half: Dose
    full: Dose
    """Keys of the scenario, and parameters by their dotted names."""
    rises: tuple[Measure, ...] = ()
    """What each person or municipality has more of."""
    falls: tuple[Measure, ...] = ()
    rises_in_full: tuple[Measure, ...] = ()
    """What the full dose moves clearly against none, half a dose too little for a sample of this size."""
    raised: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return name_of(self.row, self.name)


# -- doses -----------------------------------------------------------------------------------------------


def one(key: str, half: float, full: float) -> dict[str, Dose]:
    """Return half and full of one key; none of it is the baseline."""
    return {"none": {}, "half": {key: half}, "full": {key: full}}


def period(months: int, longest: int, **more: Any) -> Dose:  # noqa: ANN401
    return {
        f"introduction_period.{key}": value
        for key, value in ({"base_months": months, "max_months": longest} | more).items()
    }


def job(amount: float, **more: Any) -> Dose:  # noqa: ANN401
    return {"result_grants": [{"outcome": "ordinary_job", "schedule": amount} | more]}


def quick(amount: float) -> Dose:
    return {"result_grants": [{"outcome": "ordinary_job", "schedule": {"0-12": amount, "12-36": 25_000}}]}


def flexible(evening: float, workplace: float, right: int) -> Dose:
    return {
        "danish.evening_hours": evening,
        "danish.workplace_hours": workplace,
        "danish.right_months": right,
    }


def offers(first: int, deadline: int | None, capacity: float) -> Dose:
    return {
        "placements.first_offer_month": first,
        "placements.first_offer_deadline_months": deadline,
        "placements.capacity": capacity,
    }


def work_first(capacity: float) -> Dose:
    return {
        "placements.first_offer_month": 1,
        "placements.capacity": capacity,
        "placements.job_ready_from_day_one": True,
    }


def of_file(name: str) -> Dose:
    """Return the keys of a shipped scenario."""
    found = diff(reference_policy(), load_scenario(ROOT / "scenarios" / name))
    return {key: value for key, _, value in found}


HALF_OF_THE_PACKAGE = {
    **period(24, 36, extension="needs_test", early_exit_months=12),
    **flexible(4.5, 1.5, 48),
    **offers(2, 12, 1.25),
    "governance.peer_exchange": 0.015,
    "assessment.deadline_months": 8,
    "assessment.guidance_share": 0.7,
    "placements.partnerships": 0.1,
}
IN_2017 = {"date": "2017-01-01"}
WORK_IN_2017 = IN_2017 | period(12, 60, extension="until_self_supporting")
CASELOAD = "smaller caseloads raise job entry (Germany, Austria)"
CASES = [
    Doses(
        1,
        "one_year: fewer months in class",
        DECLARED,
        {},
        period(24, 24),
        period(12, 12),
        falls=(months_of(codes.LANGUAGE_CLASS),),
    ),
    Doses(
        2,
        "one_year_flexible: longer for those in need",
        DECLARED,
        *(period(12, longest, extension="needs_test") for longest in (12, 24, 36)),
        rises=(of(in_need, months_in_period),),
    ),
    Doses(
        2,
        "one_year_flexible: shorter for the strong",
        DECLARED,
        **one("introduction_period.early_exit_months", 12, 6),
        falls=(months_in_period,),
    ),
    Doses(
        3,
        "one_year_flexible_concentrated",
        CASELOAD,
        period(12, 12),
        period(12, 12, resources="per_newcomer") | {"municipality.max_intensity": 1.4},
        period(12, 12, resources="per_newcomer") | {"municipality.max_intensity": 2.5},
        rises=(months_in_work,),
    ),
    Doses(
        4,
        "one_year_strong_ordinary",
        CASELOAD,
        *(
            period(12, 12) | {"ordinary_system.intensity": x, "ordinary_system.specialists": x}
            for x in (0, 0.5, 1)
        ),
        rises=(of(in_need, work_after_a_year),),
        raised={"job_finding.b_effort": 1.0, "municipality.ordinary_intensity": 0.3},
    ),
    Doses(
        5,
        "flexible_danish",
        "more class hours, more Danish (Foged and van der Werf 2023)",
        {},
        flexible(4.5, 1.5, 48),
        flexible(6, 3, 60),
        rises=(modules_after(60),),
    ),
    Doses(
        6,
        "a larger grant",
        "only municipalities with a strategy reacted to refund reforms (KREVI 2008)",
        *(job(amount) for amount in (0, 23_440, 46_881)),
        rises=(job_grants, planned("effort")),
    ),
    Doses(6, "grant_by_speed", DECLARED, quick(25_000), quick(50_000), quick(75_000), rises=(job_grants,)),
    Doses(
        6,
        "grant_sustained_12, grant_2013, grant_at_entry",
        DECLARED,
        *(job(46_881, sustained_months=n) for n in (12, 6, 0)),
        rises=(job_grants,),
    ),
    Doses(
        6,
        "grant_risk_adjusted",
        DECLARED,
        *(job(46_881, group_weights={"needs_group": w, "others": 1.6 - w}) for w in (0.8, 1.2, 1.6)),
        rises=(of(in_need, job_grants),),
        falls=(of(lambda model: ~in_need(model), job_grants),),
    ),
    Doses(
        6,
        "grant_after_period",
        DECLARED,
        *(period(12, 12) | job(46_881, extra_window_months=n) for n in (0, 12, 24)),
        rises=(job_grants,),
    ),
    Doses(
        6,
        "grant_2017 counts jobs of five years",
        DECLARED,
        *(job(46_881, window_months=n, minimum_hours=20) for n in (36, 48, 60)),
        rises=(job_grants,),
    ),
    Doses(
        7,
        "result_targets",
        DECLARED,
        *({"governance.result_targets": True, "municipality.target_pressure": x} for x in (0.0, 0.15, 0.3)),
        rises=(planned("effort"),),
    ),
    Doses(
        8,
        "advisory_team: peer exchange",
        DECLARED,
        **one("governance.peer_exchange", 0.015, 0.03),
        rises=(planned("quality"),),
    ),
    Doses(
        8,
        "advisory_team: the team",
        DECLARED,
        *({"governance.advisory_team": True, "municipality.advisory_boost": x} for x in (0.0, 0.025, 0.05)),
        rises=(planned("quality"),),
    ),
    Doses(
        9,
        "differentiated",
        DECLARED,
        *({"placements.targeting": "needs_first", "levers.needs_weight": x} for x in (0.0, 0.5, 1.0)),
        rises=(of(in_need, placements),),
        falls=(of(lambda model: ~in_need(model), placements),),
    ),
    Doses(
        10,
        "fast_assessment: guidance",
        DECLARED,
        **one("assessment.guidance_share", 0.7, 0.9),
        rises=(of(educated_left_out, months_in_work),),
    ),
    Doses(
        10,
        "fast_assessment: deadline",
        DECLARED,
        **one("assessment.deadline_months", 8, 3),
        rises=(of(educated_assessed, months_in_work),),
    ),
    Doses(
        11,
        "one_plan: health is known",
        DECLARED,
        **one("assessment.asylum_information", 0.5, 1),
        rises=(of(impaired, months_in_work),),
        raised={"levers.known_health": 0.3},
    ),
    Doses(
        12,
        "offer_within_six_months",
        "more use of private placements, more in ordinary hours (Axcelfuture 2018)",
        {},
        offers(2, 12, 1.25),
        offers(1, 6, 1.5),
        rises=(placed_within_six_months,),
        rises_in_full=(months_in_work,),
    ),
    Doses(
        13,
        "partnerships",
        "more use of private placements, more in ordinary hours (Axcelfuture 2018)",
        **one("placements.partnerships", 0.1, 0.2),
        rises=(placements,),
        rises_in_full=(months_in_work,),
    ),
    Doses(
        14,
        "entrepreneurs",
        DECLARED,
        **one("entrepreneurship.support", 0.5, 1),
        rises=(business_starts, months_of(codes.SELF_EMPLOYED)),
    ),
    Doses(
        15,
        "mentors: Danish",
        DECLARED,
        **one("civil_society.mentor_share", 0.15, 0.3),
        rises=(modules_after(24),),
        raised={"levers.b_mentor": 0.0},  # who is in work sooner has fewer hours of class
    ),
    Doses(
        15,
        "mentors: work",
        DECLARED,
        **one("civil_society.mentor_share", 0.15, 0.3),
        rises=(months_in_work,),
        raised={"levers.b_mentor": 0.4},
    ),
    Doses(
        15,
        "outreach",
        DECLARED,
        **one("outreach.self_supported_share", 0.15, 0.3),
        rises=(of(supported_women, modules_after(60)), of(supported_women, months_in_work)),
    ),
    Doses(
        16,
        "coordinated_cases",
        DECLARED,
        **one("coordination.health", 0.5, 1),
        rises=(of(impaired, modules_after(60)), of(impaired, months_in_work)),
    ),
    Doses(
        17,
        "trainee_job",
        "nearly seven of ten from private IGU in a job after three months (DI 2024)",
        **one("trainee_job.slots", 0.005, 0.01),
        rises=(months_of(codes.TRAINEE_JOB), months_in_work),
    ),
    Doses(
        18,
        "reform_2016: work first",
        "work first: men 50 % more hours after 15 months, less Danish (Arendt 2019, 2022)",
        IN_2017,
        WORK_IN_2017 | work_first(1.6),
        WORK_IN_2017 | work_first(2.2),
        rises=(placements, of(men, early_work)),
        falls=(of(men_on_benefit, modules_after(24)),),
    ),
    Doses(
        19,
        "lower_benefit",
        "benefit cut of 40 %: 10 to 13 % of men in work after a year (Arendt 2020)",
        **one("benefits.level", 0.8, 0.6),
        rises=(of(men_on_benefit, early_work),),
    ),
    Doses(
        19,
        "benefit_ceiling",
        "benefit cut of 40 %: 10 to 13 % of men in work after a year (Arendt 2020)",
        **one("benefits.ceiling", 10_000, 8_000),
        rises=(of(men_on_benefit, early_work),),
    ),
    Doses(
        20,
        "in_work_credit",
        DECLARED,
        **one("taxes.in_work_credit", 500, 1_000),
        rises=(of(men, early_work),),
    ),
    Doses(
        21,
        "dispersal_by_demand",
        "a point of local employment is half a point of refugees' (dispersal studies)",
        *({"dispersal": "demand_weighted", "constants.dispersal_slope": x} for x in (0.0, 0.075, 0.15)),
        rises=(of(refugees, demand_where_placed),),
    ),
    Doses(
        22,
        "regional_danish",
        DECLARED,
        **one("danish.regional", 0.5, 1),
        rises=(of(below_the_median_of_the_region, modules_after(36)),),
    ),
    Doses(
        23,
        "task_force_package",
        DECLARED,
        {},
        HALF_OF_THE_PACKAGE,
        of_file("task_force_package"),
        rises=(placements, modules_after(60), planned("quality")),
    ),
]


@cache
def baseline() -> IntroductionModel:
    return country_run({})


def run(case: Doses, dose: Dose) -> IntroductionModel:
    registry = load_registry()
    keys = {key: value for key, value in dose.items() if key not in registry}
    parameters = case.raised | {key: value for key, value in dose.items() if key in registry}
    return country_run(keys, parameters) if keys or parameters else baseline()


def above(more: Array, less: Array) -> tuple[float, float]:
    """Mean of the paired differences, and its standard error."""
    paired = more.astype(np.float64) - less
    return float(paired.mean()), float(paired.std() / np.sqrt(paired.size))


@pytest.mark.compiled
@pytest.mark.parametrize("case", CASES, ids=str)
def test_more_of_a_lever_moves_what_it_works_on(case: Doses) -> None:
    models = [run(case, dose) for dose in (case.none, case.half, case.full)]
    for measures, sign in ((case.rises, 1), (case.falls, -1)):
        for measure in measures:
            none, half, full = (sign * measure(model) for model in models)
            for more, less in ((half, none), (full, half)):
                mean, error = above(more, less)
                assert mean > SIGMAS * error, measure
    for measure in case.rises_in_full:
        mean, error = above(measure(models[2]), measure(models[0]))
        assert mean > SIGMAS * error, measure


def test_every_row_has_a_sign_test() -> None:
    assert {case.row for case in CASES} == ROWS
    assert all(case.rises or case.falls for case in CASES)


def test_an_effect_is_raised_within_its_range() -> None:
    registry = load_registry()
    for case in CASES:
        assert registry.checked(case.raised) == case.raised


@pytest.mark.compiled
def test_row_11_one_plan_saves_a_whole_month_of_assessment() -> None:
    in_assessment = months_of(codes.ASSESSMENT)
    unknown = {"levers.known_health": 0.0}  # half a dose is felt in search
    half = country_run({"assessment.asylum_information": 0.5}, unknown)
    full, none = country_run({"assessment.asylum_information": 1}), baseline()
    np.testing.assert_array_equal(in_assessment(half), in_assessment(none))  # half a month is none
    mean, error = above(in_assessment(none), in_assessment(full))
    assert mean > SIGMAS * error


@pytest.mark.compiled
def test_row_18_work_first_and_row_19_benefit_cut_bring_men_into_work_more_than_women() -> None:
    before = country_run(IN_2017)
    for reform in (
        country_run(WORK_IN_2017 | work_first(2.2)),
        country_run(IN_2017 | {"benefits.level": 0.6}),
    ):
        gained = early_work(reform).astype(np.float64) - early_work(before)
        his = men(before)
        error = np.hypot(gained[his].std() / np.sqrt(his.sum()), gained[~his].std() / np.sqrt((~his).sum()))
        assert gained[his].mean() - gained[~his].mean() > SIGMAS * error


@pytest.mark.compiled
def test_row_07_targets_move_only_those_below_the_mean() -> None:
    without, full = (
        country_run({"governance.result_targets": True}, {"municipality.target_pressure": pressure})
        for pressure in (0.0, 1.0)
    )
    moved = full.plans[-1]["effort"] / without.plans[-1]["effort"]
    assert np.all(moved > 1 - 1e-9)
    assert (moved > 1.01).sum() > 10
    assert (moved < 1.01).sum() > 10
