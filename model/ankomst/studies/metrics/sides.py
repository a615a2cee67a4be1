"""One side of a paired comparison: what is taken of a run, so that the run itself can be let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError, nearest_name
from ankomst.policy.rates import load_rates
from ankomst.simulation.accounts import GROUP_DIMENSIONS, group_members
from ankomst.simulation.codes import GROUPS
from ankomst.simulation.outcomes import named
from ankomst.studies.metrics.economics import Displacement, displaced_month
from ankomst.studies.metrics.summary import DKK, PAYERS, Summary, payer_signs, summarise
from ankomst.studies.stats import statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result

Array = np.ndarray[Any, Any]
DEFAULT_OUTCOMES = (
    "employment_rate",
    "ordinary_employment_rate",
    "test_pass_rate",
    "months_employed",
    "net_cost",
    "grants_paid",
)
WHOLE_FOLLOW_UP = ("months_employed", "hours_worked", "net_cost", "grants_paid")
COLUMNS = ("estimate", "low", "high", "level", "se", "n", "correlation", "verdict", "interval")


@dataclass(frozen=True)
class Question:
    """What a comparison asks of both sides.

    Attributes
    ----------
    outcomes : tuple of str
    months : int, optional
        Months since arrival for every outcome; if left out 36 for shares, the follow-up for sums.
    follow_up : int
        Months that the baseline's newcomers are followed.
    groups : tuple of str
        Any of origin, sex, health, education.
    discounted, displacement, tax_distortion : bool
        As in `compare`.
    """

    outcomes: tuple[str, ...]
    months: int | None
    follow_up: int
    groups: tuple[str, ...] = ()
    discounted: bool = True
    displacement: bool = True
    tax_distortion: bool = False

    def at(self, name: str) -> int:
        """Return the months since arrival at which an outcome is compared."""
        return self.months or (self.follow_up if name in WHOLE_FOLLOW_UP else min(36, self.follow_up))

    @property
    def keys(self) -> list[str]:
        """Columns that name a row."""
        return [*self.groups, "outcome", "payer", "months", "unit"]


@dataclass(frozen=True)
class Side:
    """Numbers of one run; `price`, `share` and `distortion` count where it is the baseline.

    Attributes
    ----------
    outcomes : dict
        Every outcome but net cost, as `Result.outcome` gives it.
    ledger : list of ndarray, shape (months, items)
        DKK of the sample by month since arrival, one entry a cell of the groups asked for.
    jobs : list of ndarray, shape (months,)
        Share in work at the end of each month of all arrived, one entry a cell.
    people : list of float
        Simulated persons of each cell.
    factor : ndarray, shape (months,)
        Discount factors, or ones.
    """

    outcomes: dict[str, pd.DataFrame]
    ledger: list[Array]
    jobs: list[Array]
    people: list[float]
    factor: Array
    price: Displacement
    share: float
    distortion: float


def follow_ups_fit(question: Question, scenario: Scenario, name: str = "") -> None:
    """Refuse a scenario whose newcomers are followed for fewer months than the comparison needs.

    Raises
    ------
    RunError
    """
    needed = max((question.at(outcome) for outcome in question.outcomes), default=1)
    longest = scenario.horizon.follow_up_months
    if not 1 <= needed <= longest:
        raise RunError(
            f"months={needed} lies outside the follow-up{f' of {name}' if name else ''}",
            allowed=f"1 to {longest} months since arrival",
        )


def take(result: Result, scenario: Scenario, question: Question, summary: Summary | None = None) -> Side:
    """Take a run's numbers for a comparison."""
    known = summary or summarise(result)
    months = question.at("net_cost")
    cells = [mask for _, mask in cells_of(question.groups)]
    people = [float(known.arrived[mask].sum()) for mask in cells]
    with np.errstate(invalid="ignore", divide="ignore"):
        jobs = [
            known.employed[:months][:, mask].sum(axis=1) / n for mask, n in zip(cells, people, strict=True)
        ]
    return Side(
        outcomes={
            name: result.outcome(name, months=question.at(name), by=list(question.groups) or None)
            for name in question.outcomes
            if name != "net_cost"
        },
        ledger=[known.ledger[:months][:, mask].sum(axis=1) for mask in cells],
        jobs=jobs,
        people=people,
        factor=(known.factor if question.discounted else np.ones(result.months))[:months],
        price=displaced_month(scenario, known),
        share=float(result.parameters["economy.displacement"]) if question.displacement else 0.0,
        distortion=load_rates().value("tax_distortion", scenario.date) if question.tax_distortion else 0.0,
    )


def contrast(base: Side, alt: Side, question: Question) -> pd.DataFrame:
    """Tabulate both sides of one pair: the question's keys, base and alt."""
    tables = []
    for name in question.outcomes:
        if name == "net_cost":
            tables.append(_costs(base, alt, question))
            continue
        left, right = base.outcomes[name], alt.outcomes[name]
        tables.append(
            left.rename(columns={"value": "base"}).drop(columns="n").assign(alt=right["value"], payer="")
        )
    return pd.concat(tables, ignore_index=True)


def differences(pairs: Sequence[pd.DataFrame], question: Question, level: float) -> pd.DataFrame:
    """Estimate every row's difference over the replicates from what `contrast` gives for each."""
    below = np.array([table["base"] for table in pairs])
    above = np.array([table["alt"] for table in pairs])
    frame = pairs[0][question.keys].copy()
    frame["baseline"], frame["scenario"] = below.mean(axis=0), above.mean(axis=0)
    rows = []
    for k in range(len(frame)):
        estimate = statistics.mean(above[:, k] - below[:, k], level)
        rows.append(
            {
                **estimate.columns(),
                "correlation": statistics.correlation(below[:, k], above[:, k]),
                "verdict": estimate.verdict,
            }
        )
    found = pd.DataFrame(rows, index=frame.index).assign(interval=statistics.INTERVAL)
    return pd.concat([frame, found[list(COLUMNS)]], axis=1)


def checked(outcomes: Sequence[str], groups: Sequence[str]) -> None:
    """Refuse unknown outcomes and groups before anything is run.

    Raises
    ------
    RunError
    """
    for name in outcomes:
        named(name)
    cells_of(groups)


def cells_of(groups: Sequence[str]) -> list[tuple[dict[str, str], Array]]:
    """Return labels and masks of every cell of the groups asked for."""
    cells: list[tuple[dict[str, str], Array]] = [({}, np.ones(GROUPS, dtype=bool))]
    members = group_members()
    for dimension in groups:
        if dimension not in GROUP_DIMENSIONS:
            raise RunError(
                f"outcomes cannot be split by {dimension!r}",
                allowed=", ".join(GROUP_DIMENSIONS),
                nearest=nearest_name(dimension, GROUP_DIMENSIONS),
            )
        cells = [
            ({**labels, dimension: name}, mask & (members[dimension] == k))
            for labels, mask in cells
            for k, name in enumerate(GROUP_DIMENSIONS[dimension])
        ]
    return cells


def _costs(base: Side, alt: Side, question: Question) -> pd.DataFrame:
    """Net cost by payer, the ledger's and that of displaced workers."""
    months, price, factor = question.at("net_cost"), base.price, base.factor
    rows = []
    for k, (labels, _) in enumerate(cells_of(question.groups)):
        with np.errstate(invalid="ignore", divide="ignore"):
            costs = [payer_signs() @ (factor @ side.ledger[k]) / side.people[k] for side in (base, alt)]
        lost = base.share * (alt.jobs[k] - base.jobs[k]) * factor
        taken = np.array([lost @ price.municipality[:months], lost @ price.state[:months]])
        taken = np.append(taken, taken.sum())
        shown = {**labels, "months": months, "unit": DKK}
        for j, payer in enumerate(PAYERS):
            above = costs[1][j] + taken[j]
            rows.append({**shown, "outcome": "net_cost", "payer": payer, "base": costs[0][j], "alt": above})
            if question.displacement:
                cost = {"outcome": "displacement", "payer": payer, "base": 0.0, "alt": taken[j]}
                rows.append({**shown, **cost})
        if question.tax_distortion:
            extra = base.distortion * (costs[1][2] + taken[2] - costs[0][2])
            rows.append({**shown, "outcome": "tax_distortion", "payer": "both", "base": 0.0, "alt": extra})
    return pd.DataFrame(rows)
