"""The recount of a run of the twin: what both know must agree."""

from __future__ import annotations

import pytest
from tests.twin.inputs import efforts_of, histories_of, traits_of
from tests.twin.model import TwinModel
from tests.twin.random_draw import random_draw
from tests.twin.sample import small_country, small_population

from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import build_scenario

from .ledger import recount


@pytest.mark.parametrize("date", ["2013-07-01", "2017-06-01"])
def test_wages_top_ups_and_grants_agree_with_the_histories(date: str) -> None:
    scenario = build_scenario({"date": date, "population": {"newcomers_per_year": 60}})
    parameters = scenario.parameter_values()
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
    jobs = sum(who.milestones[0] is not None for who in model.newcomers)
    tests = sum(who.milestones[2] is not None for who in model.newcomers)
    assert sum(counted["grant_job"]) == pytest.approx(46_881 * jobs)
    assert sum(counted["grant_danish"]) == pytest.approx(35_162 * tests)
    assert jobs > 0
    assert sum(counted["programme_refund"]) <= 0.5 * sum(
        sum(counted[item]) for item in ("danish_classes", "staff", "placement")
    )
