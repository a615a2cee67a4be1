"""Which scenario is best: ranks with their uncertainty, the front of employment against cost, and regret.

Everything rests on differences from the baseline, whose own difference is zero, so that the luck that all
scenarios share says nothing about their order. Uncertainty is that over cases (`batch_cases`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.batch.money import net_social_benefit
from ankomst.studies.metrics.pairs import HIGHER, LOWER, Pairs, better, payer_index
from ankomst.studies.metrics.summary import DKK
from ankomst.studies.stats.cases import cases, cases_text, mean_of_draws
from ankomst.studies.stats.intervals import difference
from ankomst.studies.stats.ranks import on_front, place_ranges
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.studies.metrics.record import RunValues

Array = np.ndarray[Any, Any]
PLACES = 3
BENEFIT = "net_social_benefit"


@dataclass(frozen=True)
class Criterion:
    """What scenarios are ranked by.

    Attributes
    ----------
    outcome : str
        Name of OUTCOMES, or net_social_benefit.
    payer : str
        Of net cost: municipality, state or both.
    better : str
        "higher" or "lower"; if left out, as the outcome has it.

    Raises
    ------
    RunError
        The outcome or payer is unknown, or neither direction is better and none is given.
    """

    outcome: str
    payer: str = ""
    better: str = ""

    def __post_init__(self) -> None:
        known = (*OUTCOMES, BENEFIT)
        if self.outcome not in known:
            raise RunError(
                f"scenarios cannot be ranked by {self.outcome!r}",
                allowed=", ".join(known),
                nearest=nearest_name(self.outcome, known),
            )
        if self.outcome == "net_cost":
            object.__setattr__(self, "payer", self.payer or "both")
            payer_index(self.payer)
        object.__setattr__(self, "better", self.better or better(self.outcome))
        if self.better not in {HIGHER, LOWER}:
            raise RunError(
                f"it is not known whether more or less of {self.outcome!r} is better",
                allowed="better: higher or lower",
            )

    @property
    def unit(self) -> str:
        """Unit of its values."""
        money = self.outcome in {"net_cost", BENEFIT}
        return DKK if money else OUTCOMES[self.outcome].unit

    @property
    def sign(self) -> float:
        """1 where higher is better, -1 where lower is."""
        return 1.0 if self.better == HIGHER else -1.0

    def columns(self) -> dict[str, str]:
        """Return its columns of a tidy table."""
        return {"criterion": self.outcome, "payer": self.payer, "better": self.better, "unit": self.unit}


EMPLOYMENT, COST = Criterion("months_employed"), Criterion("net_cost", "both")
CRITERIA = (EMPLOYMENT, COST, Criterion(BENEFIT))


def rank_runs(
    runs: RunValues, *, criteria: Sequence[Criterion] = CRITERIA, level: float = LEVEL
) -> dict[str, pd.DataFrame]:
    """Return the tables ranking, pareto and regret.

    Parameters
    ----------
    runs : RunValues
    criteria : sequence of Criterion
    level : float
        Coverage of the intervals of ranks.
    """
    pairs = Pairs(runs)
    wanted = dict.fromkeys((*criteria, EMPLOYMENT, COST))
    values = _values(pairs, list(wanted))
    taken = dict(zip(wanted, values, strict=True))
    return {
        "ranking": pd.concat(
            [_ranking(pairs, name, taken[name], level) for name in criteria], ignore_index=True
        ),
        "pareto": _pareto(pairs, taken[EMPLOYMENT], taken[COST]),
        "regret": pd.concat([_regret(pairs, name, taken[name]) for name in criteria], ignore_index=True),
    }


def _values(pairs: Pairs, criteria: Sequence[Criterion]) -> list[Array]:
    """Differences from the baseline for each criterion, each (draws, replicates, scenarios)."""
    runs = pairs.runs
    base = pairs.scalar(runs.baseline, "n")
    found = [np.empty((runs.draws, runs.replicates, len(runs.scenarios))) for _ in criteria]
    for k, scenario in enumerate(runs.scenarios):
        for criterion, into in zip(criteria, found, strict=True):
            if scenario == runs.baseline:
                into[..., k] = np.where(np.isfinite(base), 0.0, np.nan)
            elif criterion.outcome == BENEFIT:
                into[..., k] = net_social_benefit(pairs, scenario)
            else:
                left, right = pairs.whole(scenario, criterion.outcome, criterion.payer)
                into[..., k] = difference(left, right)
    return found


def _known(values: Array) -> Array:
    """Positions of the scenarios that have a pair."""
    return np.flatnonzero(np.isfinite(values).any(axis=(0, 1)))


def _frame(pairs: Pairs, values: Array) -> pd.DataFrame:
    runs = pairs.runs
    return pd.DataFrame(
        {
            "scenario": list(runs.scenarios),
            "baseline": runs.baseline,
            "n": np.isfinite(values).sum(axis=(0, 1)),
            "draws": np.isfinite(values).any(axis=1).sum(axis=0),
        }
    )


def _filled(places: Array, found: Array, size: int) -> Array:
    """Spread numbers of the scenarios that have a pair over all, NaN for the others."""
    full = np.full(size, np.nan)
    full[places] = found
    return full


def _ranking(pairs: Pairs, criterion: Criterion, values: Array, level: float) -> pd.DataFrame:
    places, size = _known(values), values.shape[2]
    centre = mean_of_draws(values)[places]
    (drawn,) = cases(values[..., places])
    best, worst = place_ranges(_or_unknown(drawn), criterion.sign)
    first, last = place_ranges(centre, criterion.sign)
    tail = 0.5 - level / 2.0
    columns = {
        "difference": centre,
        "rank": (first + last) / 2.0,
        "expected_rank": ((best + worst) / 2.0).mean(axis=0),
        "low_rank": np.quantile(best, tail, axis=0, method="inverted_cdf"),
        "high_rank": np.quantile(worst, 1.0 - tail, axis=0, method="inverted_cdf"),
    }
    for place in range(1, PLACES + 1):
        # Scenarios that are equal share their places.
        shared = ((best <= place) & (place <= worst)) / (worst - best + 1)
        columns[f"p_place_{place}"] = shared.mean(axis=0)
    columns["p_best"] = columns["p_place_1"]
    frame = _frame(pairs, values).assign(
        **criterion.columns(), level=level, **{k: _filled(places, v, size) for k, v in columns.items()}
    )
    frame["interval"] = f"low_rank to high_rank and chances: over {_text(pairs, drawn)}"
    return frame.sort_values("rank", kind="stable", ignore_index=True)


def _pareto(pairs: Pairs, gain: Array, cost: Array) -> pd.DataFrame:
    gain, cost = (np.where(np.isfinite(gain) & np.isfinite(cost), part, np.nan) for part in (gain, cost))
    places, size = _known(gain), gain.shape[2]
    more, less = mean_of_draws(gain)[places], mean_of_draws(cost)[places]
    drawn = cases(gain[..., places], cost[..., places])
    share = np.where(len(drawn[0]) > 0, on_front(*map(_or_unknown, drawn)).mean(axis=0), np.nan)
    frame = _frame(pairs, gain).assign(
        months_employed=_filled(places, more, size),
        net_cost=_filled(places, less, size),
        on_front=np.isin(np.arange(size), places[on_front(more, less)]),
        p_on_front=_filled(places, share, size),
        unit="months and DKK per newcomer, differences from the baseline",
    )
    frame["interval"] = f"p_on_front: over {_text(pairs, drawn[0])}"
    return frame.sort_values("net_cost", kind="stable", ignore_index=True)


def _regret(pairs: Pairs, criterion: Criterion, values: Array) -> pd.DataFrame:
    places, size = _known(values), values.shape[2]
    (drawn,) = cases(values[..., places])
    good = criterion.sign * _or_unknown(drawn)
    lost = good.max(axis=1, keepdims=True) - good
    columns = {
        "mean_regret": lost.mean(axis=0),
        "regret_95": np.quantile(lost, 0.95, axis=0),
        "max_regret": lost.max(axis=0),
    }
    frame = _frame(pairs, values).assign(
        **criterion.columns(),
        cases=len(drawn),
        **{k: _filled(places, v, size) for k, v in columns.items()},
        interval=f"best scenario of the same case less this one: over {_text(pairs, drawn)}",
    )
    return frame.sort_values("mean_regret", kind="stable", ignore_index=True)


def _or_unknown(drawn: Array) -> Array:
    """Return the cases, or one in which nothing is known where there are none."""
    return drawn if len(drawn) else np.full((1, drawn.shape[1]), np.nan)


def _text(pairs: Pairs, drawn: Array) -> str:
    return cases_text(pairs.runs.draws, pairs.runs.replicates, len(drawn))
