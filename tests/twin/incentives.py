"""What one more job or passed test for a client is worth to the municipality (docs/ODD.md 7.5)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .grants import group_weight, window
from .money import (
    FULL_TIME,
    REFERENCE_JOB_GRANT,
    REFERENCE_SUSTAINED,
    REFERENCE_TEST_GRANT,
    REFERENCE_WINDOW,
    WEEKS_PER_MONTH,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ankomst.policy.levers.grants import ResultGrant

    from .newcomer import Newcomer


def gain_from_job(who: Newcomer, hazard: float) -> float:
    """G of the client under the scenario, DKK, not below its floor."""
    return _floored(who, gain_without_grants(who) + _expected_grants(who, hazard))


def reference_gain_from_job(who: Newcomer, hazard: float) -> float:
    """G of the same client under the reference policy of 2013."""
    return _floored(who, reference_gain_without_grants(who) + _reference_grants(who, hazard))


def _floored(who: Newcomer, gain: float) -> float:
    money = who.model.money
    return max(gain, money.constant("gain_floor", 0.1) * money.reference_gain)


def gain_without_grants(who: Newcomer) -> float:
    """Saved benefit and extra tax over the planning months, unfloored."""
    money = who.model.money
    months = who.model.planning_months
    share = money.refund_share(who.status, who.benefit_months, months)
    return _saving(who, who.benefit, share)


def reference_gain_without_grants(who: Newcomer) -> float:
    """The same with the benefit and refund of 2013 in the money of the day."""
    money = who.model.money
    return _saving(who, money.reference_benefit(who.children), money.reference_refund_share(who.status))


def _saving(who: Newcomer, benefit: float, refund_share: float) -> float:
    money = who.model.money
    wage = money.entry_wage * FULL_TIME * WEEKS_PER_MONTH * (1 + 0.10 * who.proficiency)
    extra_base = money.tax_base(money.taxes, wage=wage) - money.tax_base(money.taxes, benefit=benefit)
    return who.model.planning_months * ((1 - refund_share) * benefit + who.home.tax * extra_base)


def _open_grants(who: Newcomer, outcome: str) -> Iterator[ResultGrant]:
    """Grants of the day for an outcome, in the amounts of the day, whose result is still to come."""
    for grant, result in zip(who.model.grants_today, who.reached, strict=True):
        if grant is not None and grant.outcome == outcome and result is None:
            yield grant


def _expected_grants(who: Newcomer, hazard: float) -> float:
    """Grants that a job now pays, against waiting a year (docs/ODD.md 7.5)."""
    waiting = 1 - math.exp(-12 * hazard)
    total = 0.0
    for grant in _open_grants(who, "ordinary_job"):
        end = window(grant, who.introduction_end)
        now = grant.amount(who.s) if who.s < end else 0.0
        later = grant.amount(who.s + 12) if who.s + 12 < end else 0.0
        benchmark = who.model.money.constant("benchmark_belief", 0.5) if grant.benchmark else 1.0
        belief = who.model.money.belief(grant.sustained_months)
        total += belief * group_weight(grant, who) * benchmark * (now - waiting * later)
    return total


def _reference_grants(who: Newcomer, hazard: float) -> float:
    if who.reference_job_paid:
        return 0.0
    money = who.model.money
    waiting = 1 - math.exp(-12 * hazard)
    amount = REFERENCE_JOB_GRANT * money.index
    now = amount if who.s < REFERENCE_WINDOW else 0.0
    later = amount if who.s + 12 < REFERENCE_WINDOW else 0.0
    return money.belief(REFERENCE_SUSTAINED) * (now - waiting * later)


def gain_from_test(who: Newcomer, hazard: float) -> float:
    """GT: gain from a passed test under the scenario (docs/ODD.md 7.5)."""
    grants = 0.0
    for grant in _open_grants(who, "danish_test"):
        if who.s < window(grant, who.introduction_end):
            grants += grant.amount(who.s) * group_weight(grant, who)
    return _gain_from_test(who, hazard, grants, _floored(who, gain_without_grants(who)))


def reference_gain_from_test(who: Newcomer, hazard: float) -> float:
    """GT of the same client under the reference policy."""
    open_ = not who.reference_test_paid and who.s < REFERENCE_WINDOW
    grant = REFERENCE_TEST_GRANT * who.model.money.index if open_ else 0.0
    return _gain_from_test(who, hazard, grant, _floored(who, reference_gain_without_grants(who)))


def _gain_from_test(who: Newcomer, hazard: float, grants: float, gain: float) -> float:
    model = who.model
    found = 1 - math.exp(-model.planning_months * hazard)
    rise = model.parameters["job_finding.b_language"] * (who.ceiling**3 - who.proficiency**3)
    return model.money.constant("test_gain_share", 0.5) * grants + found * (math.exp(rise) - 1) * gain
