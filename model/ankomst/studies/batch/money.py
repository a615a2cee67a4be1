"""The paired economics of a batch: what an extra year of work costs, and whether benefits exceed costs.

The unit of a ratio is a replicate where parameters are at one point, and the mean of a draw where there are
several: those are independent, replicates of one draw are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.studies.metrics.economics import BREAK_EVEN_CONVENTION, economics, measure_row
from ankomst.studies.metrics.pairs import Pairs
from ankomst.studies.metrics.summary import DKK
from ankomst.studies.stats import statistics
from ankomst.studies.stats.intervals import estimates

if TYPE_CHECKING:
    from ankomst.studies.metrics.record import RunValues

Array = np.ndarray[Any, Any]
DEADWEIGHT_CONVENTION = (
    "grant money paid for results that the same persons reach without any grant, over the grant money paid; "
    "ratio of sums, undiscounted, Fieller interval"
)
BENEFIT_COST_CONVENTION = (
    "benefits: rise in newcomers' disposable income, less displaced workers' loss, less the rise in net "
    "public cost that is no resource use (taxes and transfers, displacement included); costs: rise in "
    "resource use (classes, staff, placements, the measure itself) and the tax distortion of the rise in net "
    "public cost; discounted from arrival"
)
ONE_POINT = "Monte-Carlo error over {n} replicates ({way}); parameters at one point"
MANY_DRAWS = (
    "{way} over the means of {n} draws: error of the mean over the parameters' distribution, parameters and "
    "luck together; no spread between draws"
)
ROW = ("scenario", "baseline", "measure", "grant", "unit")
COLUMNS = (*ROW, "estimate", "low", "high", "level", "se", "n", "interval", "text", "convention")


@dataclass(frozen=True)
class Changes:
    """Differences of one scenario from the baseline, discounted, DKK per newcomer unless said.

    Attributes
    ----------
    months : ndarray, shape (draws, replicates)
        Months in work, less those taken from displaced workers.
    cost : ndarray, shape (draws, replicates)
        Net public cost, displacement included.
    income : ndarray, shape (draws, replicates)
        Newcomers' disposable income, less displaced workers' loss.
    resource : ndarray, shape (draws, replicates)
        Resource use.
    distortion : ndarray, shape (draws, replicates)
        Welfare loss of one krone of tax.
    monthly : ndarray, shape (draws, replicates, months)
        Net public cost of each month, displacement included.
    """

    months: Array
    cost: Array
    income: Array
    resource: Array
    distortion: Array
    monthly: Array

    @property
    def benefits(self) -> Array:
        """Income, and taxes and transfers of the public purse, shape (draws, replicates)."""
        return np.asarray(self.income - (self.cost - self.resource))

    @property
    def costs(self) -> Array:
        """Resource use and tax distortion, shape (draws, replicates)."""
        return np.asarray(self.resource + self.distortion * self.cost)

    @property
    def net_benefit(self) -> Array:
        """Benefits less costs, shape (draws, replicates)."""
        return self.benefits - self.costs


def changes(pairs: Pairs, scenario: str) -> Changes:
    """Take the differences that the economics rest on."""
    base = pairs.runs.baseline
    taken = pairs.displaced_by_month(scenario)
    monthly = pairs.read(scenario, "cost_month") - pairs.base("cost_month")
    both = monthly[..., pairs.label("cost_month", 0, "both"), :] + taken[..., 2, :]
    jobs = pairs.read(scenario, "jobs")[..., 0] - pairs.base("jobs")[..., 0]

    def scalar(name: str) -> Array:
        return pairs.scalar(scenario, name) - pairs.scalar(base, name)

    return Changes(
        months=jobs.sum(axis=-1) * (1.0 - pairs.scalar(base, "displacement")),
        cost=both.sum(axis=-1),
        income=scalar("income") - taken[..., 3, :].sum(axis=-1),
        resource=scalar("resource"),
        distortion=pairs.scalar(base, "tax_distortion"),
        monthly=both,
    )


def net_social_benefit(pairs: Pairs, scenario: str) -> Array:
    """Benefits less costs against the baseline, DKK per newcomer, shape (draws, replicates)."""
    return changes(pairs, scenario).net_benefit


def economics_table(runs: RunValues, *, level: float = statistics.LEVEL) -> pd.DataFrame:
    """Tabulate the economics of every scenario.

    Parameters
    ----------
    runs : RunValues
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        With COLUMNS. Measures: cost_per_person_year, mvpf, break_even_year, benefit_cost_ratio,
        net_social_benefit, chance_benefits_exceed_costs; and deadweight_share of every grant that is paid and
        of all, for the baseline too. Where a ratio is undefined, `estimate` is NaN and `text` says why.
    """
    pairs = Pairs(runs)
    rows: list[dict[str, Any]] = []
    for scenario in runs.scenarios:
        found = [] if scenario == runs.baseline else _contrast(changes(pairs, scenario), level)
        found += _deadweight(pairs, scenario, level)
        rows += [{"grant": "", **row, "scenario": scenario, "baseline": runs.baseline} for row in found]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def break_even(monthly: Array) -> Array:
    """Find the year since arrival in which each accumulated difference comes back to zero.

    Parameters
    ----------
    monthly : ndarray, shape (units, months)
        Difference in discounted net public cost, DKK.

    Returns
    -------
    ndarray, shape (units,)
        The first year at whose end the cost is no longer higher after having been higher; 0 where it never is
        higher at the end of a year, infinity where it stays higher to the end of the follow-up.
    """
    at_year_end = np.cumsum(monthly, axis=1)[:, 11::12]
    above = at_year_end > 0.0
    later = np.maximum.accumulate(above, axis=1) & ~above
    year = np.where(later.any(axis=1), later.argmax(axis=1) + 1.0, np.inf)
    return np.asarray(np.where(above.any(axis=1), year, 0.0))


def units(*values: Array) -> tuple[list[Array], str]:
    """Turn runs into independent units: replicates, or the means of draws where there are several.

    Parameters
    ----------
    *values : ndarray, each of shape (draws, replicates, ...)
        A run that is missing in one is left out of all.

    Returns
    -------
    list of ndarray, each of shape (units, ...)
    str
        Sentence for the column `interval`, with a place for the way it was made.
    """
    draws, replicates = values[0].shape[:2]
    there = np.logical_and.reduce(
        [np.isfinite(part).reshape(draws, replicates, -1).all(axis=2) for part in values]
    )
    if draws == 1:
        return [part[there] for part in values], ONE_POINT
    kept = there.any(axis=1)
    return [
        np.array([part[d][there[d]].mean(axis=0) for d in np.flatnonzero(kept)]).reshape(-1, *part.shape[2:])
        for part in values
    ], MANY_DRAWS


def _contrast(change: Changes, level: float) -> list[dict[str, Any]]:
    (months, cost, income, monthly, benefits, costs), sentence = units(
        change.months, change.cost, change.income, change.monthly, change.benefits, change.costs
    )
    if months.size:
        rows = economics(months, cost, income, break_even(monthly), level)
        rows.append(_benefit_cost(benefits, costs, level))
    else:
        nothing = {"text": "no pair of runs", "convention": "", "estimate": np.nan, "n": 0, "level": level}
        names = ("cost_per_person_year", "mvpf", "break_even_year", "benefit_cost_ratio")
        rows = [{**nothing, "measure": name, "unit": ""} for name in names]
    for row in rows:
        way = "spread between them" if row["convention"] == BREAK_EVEN_CONVENTION else "Fieller"
        row["interval"] = sentence.format(n=months.size, way=way)
    return [*rows, *_net_benefit(change, level)]


def _benefit_cost(benefits: Array, costs: Array, level: float) -> dict[str, Any]:
    spent, gained = statistics.mean(costs, level), statistics.mean(benefits, level)
    estimate, text = None, ""
    if spent.verdict == "higher":
        estimate = statistics.ratio(benefits, costs, level)
    elif spent.verdict == "lower" and gained.verdict == "higher":
        text = "undefined: benefits rise and costs fall"
    elif spent.verdict == "lower":
        text = "undefined: costs fall; the net social benefit says whether more is lost than saved"
    else:
        text = "undefined: the interval of the cost difference holds 0"
    return {
        **measure_row("benefit_cost_ratio", "DKK of benefits per DKK of costs", estimate, costs.size, level),
        "text": text,
        "convention": f"{BENEFIT_COST_CONVENTION}; Fieller interval",
    }


def _net_benefit(change: Changes, level: float) -> list[dict[str, Any]]:
    found = estimates(change.net_benefit[None], level).iloc[0]
    row = {name: found[name] for name in ("estimate", "low", "high", "level", "se", "n", "interval")}
    known = np.isfinite(found["probability"])
    reason = statistics.NO_DIFFERENCE if found["n"] > 1 else "too few runs"
    chance = {**row, "estimate": found["probability"], "low": np.nan, "high": np.nan, "se": np.nan}
    return [
        {
            "measure": "net_social_benefit",
            "unit": DKK,
            **row,
            "text": "",
            "convention": f"benefits less costs; {BENEFIT_COST_CONVENTION}",
        },
        {
            "measure": "chance_benefits_exceed_costs",
            "unit": "probability",
            **chance,
            "text": "" if known else f"undefined: {reason}",
            "convention": "probability that the net social benefit is above 0, given what its interval holds",
        },
    ]


def _deadweight(pairs: Pairs, scenario: str, level: float) -> list[dict[str, Any]]:
    values = pairs.read(scenario, "deadweight")
    names = pairs.layout.families["deadweight"].labels[0]
    if not np.isfinite(values).any():
        return []
    total = np.where(np.isfinite(values).all(axis=(-1, -2), keepdims=True), values, np.nan).sum(axis=-2)
    rows = []
    for name, part in [*((name, values[..., k, :]) for k, name in enumerate(names)), ("all", total)]:
        (paid, lost), sentence = units(part[..., 0], part[..., 1])
        if not paid.any() and name != "all":
            continue
        estimate, text = statistics.ratio(lost, paid, level), ""
        if not paid.any():
            estimate, text = None, "undefined: no grant is paid"
        elif estimate is None:
            single = paid.size < 2
            text = "undefined: one run" if single else "undefined: the interval of the money paid holds 0"
        rows.append(
            {
                **measure_row("deadweight_share", "share", estimate, paid.size, level),
                "grant": name,
                "interval": sentence.format(n=paid.size, way="Fieller"),
                "text": text,
                "convention": DEADWEIGHT_CONVENTION,
            }
        )
    return rows
