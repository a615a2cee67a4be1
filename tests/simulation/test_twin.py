"""The compiled month against the plain twin, person by person and month by month (truth 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.cases import CASES, MONTHS, OFTEN, SAMPLE
from tests.simulation.support import scenario, small_model, twin_of
from tests.twin import statuses as st
from tests.twin.grants import structure

from ankomst.policy.parameters import load_registry
from ankomst.simulation.codes import NEVER
from ankomst.simulation.kernels import fields
from ankomst.studies.design.parameter_draws import matching

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.twin.model import TwinModel

    from ankomst.simulation.engine import IntroductionModel

COUNTERS = (
    "hours", "rushed", "danish_education", "ever_placed", "months_in_status", "work_months", "tenure", "idle",
    "introduction_end", "active_streak", "benefit_months", "months_without_benefit", "test_month",
    "first_job", "first_stable_job", "placed", "self_support_months",
)  # fmt: skip
TWIN_NAMES = {"first_job": "first_job_month", "placed": "placement_started"}
STATES = ("language", "practice", "class_hours")


COMPILED_ONLY = {
    "speed_and_lower_benefit", "flexible_danish", "no_classes", "no_benefit", "interactions_off",
    "until_self_supporting", "above_benchmark",
}  # fmt: skip
"""Cases on lines of the kernels that others take too: in plain Python they would only take time."""


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=pytest.mark.compiled if case in COMPILED_ONLY else ()) for case in CASES],
)
def test_same_lives_as_the_twin(case: str) -> None:
    spec, changes = CASES[case]
    policy = scenario(spec, horizon__follow_up_months=MONTHS, **(SAMPLE | changes))
    model = small_model(policy, parameters=OFTEN if case != "three_year" else None)
    twin = twin_of(model)
    for _ in range(model.months):
        model.step()
        twin.step()
        same_month(model, twin)
    assert model.population.size >= 300
    assert np.count_nonzero(np.bincount(model.population.municipality)) >= 3
    same_histories(model, twin)
    same_milestones(model, twin)
    same_plans(model, twin)


NEW = ("readiness.*", "period.*", "placements.places", "placements.sub_places")
"""Parameters whose rules are compared at the ends of their ranges as well."""


@pytest.mark.compiled
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("case", ["denmark_2014", "work_first", "interactions_off"])
def test_same_lives_inside_and_at_the_ends_of_ranges(case: str, seed: int) -> None:
    chance = np.random.default_rng(seed)
    values = {}
    for name in matching(NEW):
        low, high = load_registry()[name].range or (0.0, 0.0)
        values[name] = float(chance.choice([low, high, chance.uniform(low, high)]))
    spec, changes = CASES[case]
    policy = scenario(spec, horizon__follow_up_months=30, **(SAMPLE | changes))
    model = small_model(policy, parameters=OFTEN | values, seed=seed)
    twin = twin_of(model)
    for _ in range(model.months):
        model.step()
        twin.step()
    same_histories(model, twin)
    same_plans(model, twin)


def same_month(model: IntroductionModel, twin: TwinModel) -> None:
    """Compare every state of those still followed, and what their municipalities are like."""
    t = model.month - 1
    n = model.newcomers
    followed = [i for i, who in enumerate(twin.newcomers) if t - who.arrival_month < MONTHS]
    people = [twin.newcomers[i] for i in followed]
    status = [who.status for who in people]
    assert status == n.status[followed].tolist(), f"status in month {t}"
    here = np.array([who.status not in st.GONE for who in people], dtype=bool)
    for name in COUNTERS:
        theirs = np.array([int(getattr(who, TWIN_NAMES.get(name, name))) for who in people])
        mine = getattr(n, name)[followed].astype(np.int64)
        judged = here if name != "self_support_months" else here & (n.supported[followed] == 0)
        differ = np.flatnonzero(judged & (theirs != mine))
        assert differ.size == 0, f"{name} of {followed[differ[0]]} in month {t}"
    for name in STATES:
        theirs = np.array([getattr(who, name) for who in people])
        close(getattr(n, name)[followed][here], theirs[here], f"{name} in month {t}")
    searching = [k for k, who in enumerate(people) if who.log_hazard is not None]
    theirs = np.array([people[k].log_hazard for k in searching])
    close(n.log_hazard[followed][searching], theirs, f"log hazard in month {t}")
    crowding = np.array([home.crowding for home in twin.municipalities])
    close(model.areas.real[:, fields.M_CROWD], crowding, f"crowding in month {t}")


def close(mine: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any], what: str) -> None:
    np.testing.assert_allclose(mine, theirs, rtol=0.0, atol=1e-9, err_msg=what)


def same_histories(model: IntroductionModel, twin: TwinModel) -> None:
    """Compare what was recorded, which later readers use."""
    o = model.records
    present = np.array([[m["status"] not in st.GONE for m in who.history] for who in twin.newcomers])
    whole = {
        "status": fields.H_STATUS,
        "hours": fields.H_HOURS,
        "introduction_end": fields.H_PERIOD,
        "work_months": fields.H_WORK_MONTHS,
        "tenure": fields.H_TENURE,
    }
    for name, row in whole.items():
        theirs = np.array([[month[name] for month in who.history] for who in twin.newcomers])
        judged = present if name == "tenure" else np.ones_like(present)
        np.testing.assert_array_equal(o.whole[row][judged], theirs[judged], err_msg=name)
    events = np.array([[event(month) for month in who.history] for who in twin.newcomers])
    np.testing.assert_array_equal(o.whole[fields.H_EVENT], events, err_msg="businesses and trainees")
    for name, row in {"language": fields.H_LANGUAGE, "practice": fields.H_PRACTICE}.items():
        theirs = np.array([[month[name] for month in who.history] for who in twin.newcomers])
        close(o.real[row][present], theirs[present], name)


def event(month: Mapping[str, int]) -> int:
    """What the compiled history calls the start of a business and the end of a trainee job."""
    return 1 if month["business_started"] else 2 if month["trainee_completed"] else 0


def same_milestones(model: IntroductionModel, twin: TwinModel) -> None:
    """Compare month and start of every result a grant rewards, paid or not, and what was paid for it."""
    n = model.newcomers
    assert [structure(grant) for grant in model.milestones.grants] == twin.grants
    for number, grant in enumerate(twin.grants):
        slot = model.milestones.grant_slot[number]
        theirs = [who.reached[number] or (NEVER, NEVER) for who in twin.newcomers]
        mine = zip(n.slot_month[slot].tolist(), n.slot_start[slot].tolist(), strict=True)
        assert list(mine) == theirs, grant.outcome
    paid = np.array([who.payments for who in twin.newcomers]).reshape(len(twin.newcomers), -1)
    close(model.records.grant_paid, paid, "payments")


def same_plans(model: IntroductionModel, twin: TwinModel) -> None:
    """Compare each January's effort, language effort and quality, and the period expected at the end."""
    names = {"effort": "e", "language_effort": "language_effort", "quality": "Q"}
    assert len(model.plans) == -(-model.months // 12)
    for plan in model.plans:
        for mine, theirs in names.items():
            seen = np.array([home.history[plan["year"]][theirs] for home in twin.municipalities])
            close(plan[mine], seen, f"{mine} in year {plan['year']}")
    expected = np.array([home.expected_months for home in twin.municipalities])
    close(np.array([home.expected_period for home in model.municipalities]), expected, "expected period")
