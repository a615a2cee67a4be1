"""Random valid policies and parameters: the compiled month and the plain twin give the same lives."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.simulation.support import small_model, twin_of
from tests.simulation.test_properties import scenarios
from tests.simulation.test_twin import same_histories, same_milestones, same_plans

if TYPE_CHECKING:
    from ankomst.policy.scenario import Scenario

EXAMPLES = int(os.environ.get("RANDOM_POLICIES", "10"))
"""RANDOM_POLICIES=600 takes about ten minutes: once after a change of the rules."""


@pytest.mark.compiled
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(scenarios(), st.integers(0, 1_000))
def test_the_twin_of_a_random_policy(drawn: tuple[Scenario, dict[str, float]], seed: int) -> None:
    policy, parameters = drawn
    uncapped = [grant.model_copy(update={"cap": None}) for grant in policy.result_grants]
    policy = policy.model_copy(update={"result_grants": tuple(uncapped)})  # the twin knows no caps
    model = small_model(policy, parameters=parameters, seed=seed)
    twin = twin_of(model)
    model.run()
    twin.run(model.months)
    same_histories(model, twin)
    same_milestones(model, twin)
    same_plans(model, twin)
