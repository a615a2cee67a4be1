"""What the draws say of each published quantity: interval, verdict and reason, as a tidy table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.policy.published_reforms import PublishedCase, PublishedNumber, load_published_reforms
from ankomst.studies.metrics.validation_measures import WITH

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

Array = np.ndarray[Any, Any]
INTERVAL = "posterior predictive: quantiles over the draws, each with its own luck"
PRIOR_INTERVAL = "prior predictive: quantiles over the draws, each with its own luck"
POINT_INTERVAL = "one run at the central draw: no interval"
INSIDE, OUTSIDE, FITTED, NOT_JUDGED = "inside", "outside", "fitted", "not judged"
WITHOUT, UNDER, NONE = "without", "with", ""
"""Values of the column residual; empty for runs that it does not enter."""
CLEAR = 0.9
"""Share of the draws with the sign or the order from which it is right; up to 1 - CLEAR it is wrong."""


@dataclass(frozen=True)
class Residual:
    """The declared residual: points of national demand added from a day on.

    Attributes
    ----------
    since : date
    fitted_to : str
    published : float
        The one number.
    points : float
        The fitted addition, points of employment rate.
    reached : bool
        Whether the number lies within the range of the search; if not, `points` is its nearer end.
    tried, led_to : tuple of float
        Every value of the search in order, and the mean of what its runs lead to.
    runs : int
        Runs at each value.
    """

    since: dt.date
    fitted_to: str
    published: float
    points: float
    reached: bool
    tried: tuple[float, ...]
    led_to: tuple[float, ...]
    runs: int


def validation_table(
    names: Sequence[str],
    rows: Array,
    cases: Sequence[str],
    *,
    level: float,
    origin: str,
    residual: Residual | None,
) -> pd.DataFrame:
    """Tabulate every quantity of some cases.

    Parameters
    ----------
    names : sequence of str
        Of the numbers, see `ValidationMeasures.names`.
    rows : ndarray, shape (draws, names)
    cases : sequence of str
    level : float
        Coverage of the intervals.
    origin : {"point", "prior", "posterior"}
        Where the draws come from.
    residual : Residual or None

    Returns
    -------
    DataFrame
        One row a quantity, two with a residual (column residual: without, with; empty where it does not
        enter): case, quantity, done, cohort, unit, published, published_low, published_high, low, median,
        high, n (draws), level, interval, share (of the draws with the published sign or order), verdict,
        distance (how far the nearer bound lies from the published figure; negative: the model is below),
        reason and reason_da (where outside or wrong), definition, source, confidence. Shares from 0 to 1.
    """
    meant = {"point": POINT_INTERVAL, "prior": PRIOR_INTERVAL}.get(origin, INTERVAL)
    numbers = dict(zip(names, np.asarray(rows, dtype=np.float64).T, strict=True))
    found = []
    for name in cases:
        case = load_published_reforms()[name]
        sides = (WITHOUT, UNDER) if case.run == "history" and residual is not None else (NONE,)
        for quantity in case.quantities:
            for side in sides if quantity.judged != "shown" else (NONE,):
                fitted = side == UNDER and residual is not None and quantity.name == residual.fitted_to
                row = _row(case, quantity, numbers, WITH if side == UNDER else "", level)
                row["verdict"] = FITTED if fitted else row["verdict"]
                if row["verdict"] not in {
                    OUTSIDE,
                    "sign wrong",
                    "order wrong",
                    "sign unclear",
                    "order unclear",
                }:
                    row["reason"] = row["reason_da"] = ""
                found.append({"case": name, **row, "interval": meant, "residual": side})
    return pd.DataFrame(found)


def residual_table(residual: Residual) -> pd.DataFrame:
    """Tabulate the search for the residual: points of demand, and what they lead to, at the central draw."""
    return pd.DataFrame(
        {
            "points": residual.tried,
            "quantity": residual.fitted_to,
            "value": residual.led_to,
            "published": residual.published,
            "since": str(residual.since),
            "fitted": residual.points,
            "reached": "yes" if residual.reached else "no",
            "n": residual.runs,
        }
    )


def _row(
    case: PublishedCase, quantity: PublishedNumber, numbers: Mapping[str, Array], ending: str, level: float
) -> dict[str, Any]:
    values = numbers.get(quantity.name + ending, np.zeros(0))
    values = values[np.isfinite(values)]
    low = median = high = share = distance = np.nan
    verdict = NOT_JUDGED
    tail = (1.0 - level) / 2.0
    if quantity.judged == "order":
        steps = np.array([numbers[name + ending] for name in quantity.of])
        steps = steps[:, np.isfinite(steps).all(axis=0)]
        holds = np.asarray((np.diff(steps, axis=0) > 0.0).all(axis=0))
        values, share = holds, float(holds.mean()) if holds.size else np.nan
    elif values.size:
        low, median, high = np.quantile(values, [tail, 0.5, 1.0 - tail])
        if quantity.judged == "sign":
            share = float((quantity.sign * values > 0.0).mean()) if quantity.sign else np.nan
    if quantity.judged in {"order", "sign"} and np.isfinite(share):
        word = "right" if share >= CLEAR else "wrong" if share <= 1.0 - CLEAR else "unclear"
        verdict = f"{quantity.judged} {word}"
        below = quantity.judged == "order" or quantity.sign == 1
    elif quantity.judged == "value" and values.size:
        first, last = _range(quantity)
        distance = float(high - first if high < first else low - last if low > last else 0.0)
        verdict, below = (INSIDE if distance == 0.0 else OUTSIDE), distance < 0.0
    else:
        below = False
    reasons = case.reasons
    return {
        "quantity": quantity.name, "label": quantity.label, "label_da": quantity.label_da,
        "title": case.title, "title_da": case.title_da, "done": case.done, "done_da": case.done_da,
        "comment": case.comment, "comment_da": case.comment_da,
        "cohort": quantity.cohort, "unit": quantity.unit,
        "judged": quantity.judged, "sign": _number(quantity.sign), "published": _number(quantity.value),
        "published_low": _number(quantity.low), "published_high": _number(quantity.high),
        "low": low, "median": median, "high": high, "n": int(values.size), "level": level,
        "share": share, "verdict": verdict, "distance": distance,
        "reason": reasons.below if below else reasons.above,
        "reason_da": reasons.below_da if below else reasons.above_da,
        "definition": case.definition, "definition_da": case.definition_da,
        "source": quantity.source or case.source,
        "confidence": case.confidence, "confidence_da": case.confidence_da,
    }  # fmt: skip


def _range(quantity: PublishedNumber) -> tuple[float, float]:
    """Return the published figure as a range; a single number is a range of no width."""
    known = [x for x in (quantity.low, quantity.value, quantity.high) if x is not None]
    return min(known), max(known)


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
