"""The January plans as arrays, and the municipalities as readable views of them."""

from __future__ import annotations

import numpy as np
import pytest
from tests.simulation.support import finished, scenario

from ankomst.simulation.steps.planning import _upper_quartile


def test_municipalities_are_views_of_the_arrays() -> None:
    model = finished(scenario("one_year+grant_2017", horizon__follow_up_months=24), newcomers_per_year=120)
    assert [home.index for home in model.municipalities] == list(range(model.table.size))
    assert list(model.agents) == model.municipalities
    for home in model.municipalities:
        assert (home.code, home.name, home.region) == tuple(
            getattr(model.table, name)[home.index] for name in ("code", "name", "region")
        )
        assert home.effort == model.plans[-1]["effort"][home.index]
        assert home.language_effort == model.plans[-1]["language_effort"][home.index]
        assert home.quality == model.plans[-1]["quality"][home.index]
        assert home.first_effort == model.traits.effort[home.index]
        assert home.responsive or home.effort == home.first_effort
    assert any(home.effort != home.first_effort for home in model.municipalities)
    model.plan.effort[2] = 0.75
    assert model.municipalities[2].effort == 0.75


def test_the_upper_quartile_is_that_of_numpy() -> None:
    for size in range(1, 12):
        values = np.random.default_rng(size).normal(size=size)
        assert _upper_quartile(values) == pytest.approx(np.quantile(values, 0.75), rel=1e-14)
