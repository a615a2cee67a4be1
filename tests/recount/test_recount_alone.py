"""The recount against figures worked out by hand and against conservation."""

from __future__ import annotations

import pytest

from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import Scenario, build_scenario

from .ledger import recount
from .one_person import NATIONAL_TAX, STEADY, one_person, totals
from .person_month import ASSESSMENT, EDUCATION, EMPLOYED, INTERNSHIP, LANGUAGE_CLASS, PENSION, SUBSIDISED_JOB


@pytest.mark.parametrize(("children", "tax"), [(0, 30_853), (1, 46_068)])
def test_a_year_on_benefit(children: int, tax: int) -> None:
    year = totals([ASSESSMENT] * 12, children=children)
    benefit = 12 * (13_952 if children else 10_500)
    assert year["benefit"] == benefit
    assert year["benefit_refund"] == pytest.approx(0.3 * benefit)
    assert year["municipal_tax"] + year["state_tax"] == pytest.approx(tax, abs=1)
    disposable = benefit - year["municipal_tax"] - year["state_tax"]
    assert year["indirect_tax"] == pytest.approx(disposable * (1 - 1 / 1.325))
    assert year["basic_grant"] == 12 * 2_520


def test_a_year_in_work() -> None:
    year = totals([EMPLOYED] * 12)
    assert year["wage"] == pytest.approx(12 * 115 * 37 * 52 / 12)
    assert year["labour_market_contribution"] == pytest.approx(0.08 * year["wage"])
    assert year["benefit"] == year["top_up"] == year["staff"] == 0
    assert year["basic_grant"] == 12 * 2_520, "work does not stop it"


def test_few_hours_are_topped_up() -> None:
    month = totals([EMPLOYED], hours=[12])
    assert month["top_up"] == pytest.approx(10_500 - (115 - 26) * 12 * 52 / 12)
    assert month["benefit_refund"] == pytest.approx(0.3 * month["top_up"])
    assert totals([EMPLOYED], hours=[12], supported=1)["top_up"] == 0


def test_a_subsidised_job_has_a_wage_and_no_benefit() -> None:
    month = totals([SUBSIDISED_JOB])
    assert month["benefit"] == month["benefit_refund"] == 0
    assert month["wage_subsidy"] == pytest.approx(71 * 37 * 52 / 12)
    assert month["wage_subsidy_refund"] == pytest.approx(month["wage_subsidy"] / 2)
    assert month["wage"] > month["wage_subsidy"]


def test_refund_by_weeks_from_2016() -> None:
    scenario = build_scenario({"date": "2016-01-01"})
    year = totals([LANGUAGE_CLASS] * 14, scenario)
    shares = (4 * 0.8 + 0.4 / 3) / (13 / 3) + 5 * 0.4 + 6 * 0.3 + 2 * 0.2
    assert year["benefit_refund"] == pytest.approx(5_945 * shares)
    subsidised = totals([SUBSIDISED_JOB], scenario, benefit_months=[0])
    assert subsidised["wage_subsidy_refund"] / subsidised["wage_subsidy"] == pytest.approx(0.769, abs=1e-3)


def test_programme_refund_is_half_of_the_cost_below_the_ceiling() -> None:
    cheap = totals([INTERNSHIP], class_hours=[3.6], w=[1.0])
    cost = cheap["danish_classes"] + cheap["staff"]
    assert cheap["danish_classes"] == pytest.approx(3.6 * 52 / 12 * 133 / 1.09)
    assert cheap["staff"] == 1_050
    assert cheap["programme_refund"] == pytest.approx(cost / 2)
    dear = totals([INTERNSHIP], class_hours=[12], w=[1.0], placement_started=[1])
    assert dear["placement"] == 7_000
    assert dear["programme_refund"] == pytest.approx(71_700 / 12 / 2)
    assert totals([INTERNSHIP], class_hours=[12], introduction_end=[0])["programme_refund"] == 0


def test_staff_can_be_left_out_of_the_refund() -> None:
    scenario = build_scenario({"accounts": {"staff_refunded": False}})
    month = totals([INTERNSHIP], scenario, class_hours=[3.6], w=[1.0])
    assert month["programme_refund"] == pytest.approx(month["danish_classes"] / 2)


def test_basic_grant_by_period_by_number_and_by_origin() -> None:
    status = [LANGUAGE_CLASS] * 30
    assert totals(status, introduction_end=[12] * 30)["basic_grant"] == 30 * 2_520
    assert totals([*status, *status], introduction_end=[12] * 60)["basic_grant"] == 36 * 2_520
    closing = build_scenario({"introduction_period": {"base_months": 12, "basic_grant_months": "in_period"}})
    assert totals(status, closing, introduction_end=[12] * 30)["basic_grant"] == 12 * 2_520
    numbered = build_scenario({"introduction_period": {"base_months": 12, "basic_grant_months": 24}})
    assert totals(status, numbered, introduction_end=[12] * 30)["basic_grant"] == 24 * 2_520
    dated = build_scenario({"date": "2017-06-01"})
    assert totals([ASSESSMENT], dated, origin=2)["basic_grant"] == 2_693
    assert totals([ASSESSMENT], supported=1)["basic_grant"] == 0
    assert totals([PENSION])["basic_grant"] == 0


def test_education_and_pension() -> None:
    assert totals([EDUCATION])["education_grant"] == 5_753
    pension = totals([PENSION])
    assert pension["disability_pension"] == 15_000
    assert pension["pension_refund"] == pytest.approx(0.35 * 15_000)
    assert pension["municipal_tax"] > 0


def test_grants_are_booked_in_the_month_of_the_milestone() -> None:
    histories, traits = one_person([EMPLOYED] * 12, milestones={0: (8, 2), 1: None, 2: (3, 3)})
    scenario = Scenario()
    parameters = scenario.parameter_values()
    counted = recount(
        histories, traits, NATIONAL_TAX, STEADY, STEADY, scenario, parameters, load_rates(), weight=2.0
    )
    assert counted["grant_job"][8] == 2 * 46_881
    assert counted["grant_danish"][3] == 2 * 35_162
    assert sum(counted["grant_education"]) == 0


def test_a_cap_stops_later_claims_of_the_year() -> None:
    grant = {"outcome": "ordinary_job", "schedule": 100.0, "group_weights": {"others": 0.6}, "cap": 100.0}
    scenario = build_scenario({"result_grants": [grant]})
    histories, traits = one_person([EMPLOYED] * 13)
    months = (8, 3, 12)
    histories = {name: table * 3 for name, table in histories.items()}
    traits = {name: column * 3 for name, column in traits.items()}
    histories["milestones"] = [{0: (month, 0)} for month in months]
    counted = recount(
        histories, traits, NATIONAL_TAX, STEADY, STEADY, scenario, scenario.parameter_values(), load_rates()
    )
    assert [counted["grant_job"][month] for month in months] == [0, 60, 60]


def test_bonus_counts_the_rise_from_one_december_to_the_next() -> None:
    scenario = build_scenario({"bonus_extra_job": 25_000})
    idle_then_work = [ASSESSMENT] * 13 + [EMPLOYED] * 11
    assert totals(idle_then_work, scenario)["bonus_extra_job"] == 25_000
    assert totals(idle_then_work, scenario, origin=2)["bonus_extra_job"] == 0
    assert totals([EMPLOYED] * 24, scenario)["bonus_extra_job"] == 0
    assert totals(idle_then_work)["bonus_extra_job"] == 0, "there was no such rule in 2013"
