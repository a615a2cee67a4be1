"""Economics of a paired difference: displacement, cost per person-year, value of public funds, break-even."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.policy.rates import Rates, load_rates
from ankomst.simulation.money import refund_day, refund_on
from ankomst.studies.stats import statistics

if TYPE_CHECKING:
    from ankomst.policy.scenario import Scenario
    from ankomst.studies.metrics.summary import Summary

Array = np.ndarray[Any, Any]
PAYS_FOR_ITSELF = "pays for itself"
COST_CONVENTION = (
    "difference in discounted net public cost (municipality and state, indirect tax and displacement "
    "included) over the difference in person-years of work; Fieller interval"
)
MVPF_CONVENTION = (
    "gain in newcomers' disposable income less displaced workers' loss, over the difference in net public "
    "cost; both discounted from arrival, indirect tax counted in the public account; Fieller interval"
)
BREAK_EVEN_CONVENTION = (
    "first year since arrival at whose end the accumulated discounted net public cost is no higher than the "
    "baseline's, after having been higher; interval: spread between replicates"
)


@dataclass(frozen=True)
class Displacement:
    """What one displaced worker-month costs, by month since arrival; arrays of shape (months,), DKK."""

    municipality: Array
    state: Array
    worker: Array
    """Disposable income that the worker loses."""
    benefit: Array
    """Benefit of the worker, before the state refunds its share."""
    municipal_tax: Array
    """Municipal tax lost: that of the wage less that of the benefit."""


def displaced_month(scenario: Scenario, base: Summary, rates: Rates | None = None) -> Displacement:
    """Price a displaced month at the baseline newcomers' mean wage that month (docs/ODD.md 7.13).

    The lost tax is that of the wage less that of the benefit, which is taxed like any other (ODD 7.13).
    """
    table, when = rates or load_rates(), scenario.date
    benefit = table.value("cash_benefit", when)
    refund = refund_on(refund_day(scenario), scenario, table, 24)
    share = float(refund.by_month[1:13].mean()) if refund.ladder else refund.passive
    worked = _taxes(base.wage, 0.0, scenario, table)
    helped = _taxes(np.zeros_like(base.wage), benefit, scenario, table)
    municipal, direct, indirect = (before - after for before, after in zip(worked, helped, strict=True))
    return Displacement(
        municipality=(1.0 - share) * benefit + municipal,
        state=share * benefit + direct + indirect,
        worker=base.wage - benefit - municipal - direct - indirect,
        benefit=np.full_like(base.wage, benefit),
        municipal_tax=municipal,
    )


def _taxes(wage: Array, transfer: float, scenario: Scenario, table: Rates) -> tuple[Array, Array, Array]:
    """Municipal tax, direct tax to the state and indirect tax of a month, DKK (docs/ODD.md 7.12)."""
    when = scenario.date
    relief = table.value("employment_allowance", when)
    contribution = table.value("labour_market_contribution", when) * wage
    year = 12.0 * (wage + transfer - contribution) - table.value("personal_allowance", when)
    reduced = np.maximum(0.0, year - np.minimum(relief["share"] * 12.0 * wage, relief["max"]))
    state = table.value("bottom_tax", when) * np.maximum(0.0, year)
    direct = contribution + (state + table.value("health_contribution", when) * reduced) / 12.0
    municipal = table.value("municipal_tax", when) * reduced / 12.0
    indirect_share = 1.0 - 1.0 / table.value("net_tax_factor", when)
    return municipal, direct, indirect_share * (wage + transfer - direct - municipal)


def economics(months: Array, cost: Array, income: Array, years: Array, level: float) -> list[dict[str, Any]]:
    """Tabulate the economics of one contrast from its paired differences.

    Parameters
    ----------
    months, cost, income, years : ndarray, shape (replicates,)
        Differences in months employed, in net public cost and in disposable income (DKK per newcomer), and
        break-even years.
    level : float
    """
    gain = statistics.mean(months, level)
    rows = [_cost_per_year(months, cost, gain, level), _mvpf(income, cost, level)]
    finite = years[np.isfinite(years)]
    text = ""
    if finite.size < years.size:
        text = "not within the follow-up" + (" in some replicates" if finite.size else "")
    elif not finite.any():
        text = "never above the baseline's cost"
    low, high = (
        float(np.quantile(years, q, method="inverted_cdf")) for q in (0.5 - level / 2, 0.5 + level / 2)
    )
    middle = float(np.median(years)) if np.isfinite(years).all() else float("nan")
    rows.append(
        {
            "measure": "break_even_year",
            "unit": "year since arrival",
            "estimate": middle,
            "low": low if np.isfinite(low) else float("nan"),
            "high": high if np.isfinite(high) else float("nan"),
            "level": level,
            "se": float("nan"),
            "n": years.size,
            "text": text,
            "convention": BREAK_EVEN_CONVENTION,
        }
    )
    return rows


def measure_row(
    measure: str, unit: str, estimate: statistics.Estimate | None, n: int, level: float
) -> dict[str, Any]:
    """Return the columns of a measure of the economics; NaN where it is undefined."""
    nothing = statistics.Estimate(float("nan"), float("nan"), float("nan"), level, float("nan"), n)
    return {"measure": measure, "unit": unit, **(estimate or nothing).columns()}


def _cost_per_year(months: Array, cost: Array, gain: statistics.Estimate, level: float) -> dict[str, Any]:
    estimate, text = None, ""
    if gain.verdict == "higher":
        estimate = statistics.ratio(cost, months / 12.0, level)
    elif gain.verdict == "lower":
        text = "undefined: fewer person-years of work than the baseline"
    else:
        text = "undefined: the interval of the employment difference holds 0"
    row = measure_row(
        "cost_per_person_year", "DKK per extra person-year of work", estimate, months.size, level
    )
    return {**row, "text": text, "convention": COST_CONVENTION}


def _mvpf(income: Array, cost: Array, level: float) -> dict[str, Any]:
    spent, gained = statistics.mean(cost, level), statistics.mean(income, level)
    estimate, text = None, ""
    if spent.verdict == "lower" and gained.verdict == "higher":
        text = PAYS_FOR_ITSELF
    elif spent.verdict == "lower":
        text = "a saving: net public cost falls, and newcomers' income does not rise"
    elif spent.verdict == "higher":
        estimate = statistics.ratio(income, cost, level)
    else:
        text = "undefined: the interval of the cost difference holds 0"
    row = measure_row("mvpf", "DKK of income per DKK of public cost", estimate, cost.size, level)
    return {**row, "text": text, "convention": MVPF_CONVENTION}
