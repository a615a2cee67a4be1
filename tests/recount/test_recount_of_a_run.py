"""The recount of a run of the twin: what both know must agree."""

from __future__ import annotations

from typing import Any

import pytest
from tests.twin.inputs import efforts_of, histories_of, traits_of
from tests.twin.model import TwinModel
from tests.twin.random_draw import random_draw
from tests.twin.sample import small_country, small_population

from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import build_scenario

from .ledger import recount

RUNS: dict[str, dict[str, Any]] = {
    "2013": {"date": "2013-07-01"},
    "2017": {"date": "2017-06-01"},
    "proposals": {
        "trainee_job": {"slots": 0.05, "months": 7},
        "entrepreneurship": {"support": 1.0},
        "taxes": {"in_work_credit": 1_000},
    },
    "denmark": {"rules": "denmark", "population": {"newcomers_per_year": 60, "arrivals": {2015: 60}}},
}


@pytest.mark.parametrize("run", RUNS)
def test_wages_top_ups_and_grants_agree_with_the_histories(run: str) -> None:
    scenario = build_scenario({"population": {"newcomers_per_year": 60}} | RUNS[run])
    parameters = scenario.parameter_values() | {"exits.business_start": 0.01}
    people, country = small_population(60, 12, 3, 5), small_country(3, scenario, 5)
    model = TwinModel(scenario, parameters, load_rates(), people, country, random_draw(5))
    model.run(40)
    traits = traits_of(sorted(people, key=lambda who: who["id"]))
    counted = recount(
        histories_of(model), traits, country, *efforts_of(model), scenario, parameters, load_rates()
    )
    for item, key in (("wage", "wage_month"), ("top_up", "top_up")):
        recorded = sum(month[key] for who in model.newcomers for month in who.history)
        assert sum(counted[item]) == pytest.approx(recorded)
        assert recorded > 0
    for item, outcome in (("grant_job", "ordinary_job"), ("grant_danish", "danish_test")):
        numbers = [number for number, grant in enumerate(model.grants) if grant.outcome == outcome]
        paid = sum(who.payments[number] for who in model.newcomers for number in numbers)
        assert sum(counted[item]) == pytest.approx(paid)
        assert paid > 0
    assert sum(counted["self_employed_income"]) > 0
    assert run != "proposals" or sum(counted["trainee_school"]) > 0
    assert sum(counted["programme_refund"]) <= 0.5 * sum(
        sum(counted[item]) for item in ("danish_classes", "staff", "placement")
    )
