"""Outcomes across groups and municipalities: ratios of women to men, extremes, quintile gaps (ODD 7.15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.codes import NEVER
from ankomst.simulation.outcomes import OutcomeOptions, outcome, weeks_to_first_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from ankomst.simulation.kernels.arrays import Array
    from ankomst.simulation.run_data import RunData

FEWEST = 40
"""Municipalities with fewer arrivals are left out of extremes and quantiles."""
FEWEST_FOR_SPREAD = 25
KORA_ARRIVALS = 600.0
"""Arrivals a municipality in the study that the published quintile gap comes from (KORA 2017)."""
QUINTILE_RANGE = 2.80
"""Distance of the means of the outer fifths of a normal distribution, in standard deviations."""


def person_values(result: RunData, name: str, months: int) -> Array:
    """Return the value of an outcome that events decide for each newcomer, shape (n,)."""
    n = result.newcomers
    if name == "weeks_to_first_job":
        return np.asarray(weeks_to_first_job(result))
    events = {"test_pass_rate": n.test_month, "ever_employed": n.first_job}
    if name not in events:
        allowed = ["weeks_to_first_job", *events]
        raise RunError(
            f"{name!r} is not kept by municipality",
            allowed=", ".join(allowed),
            nearest=nearest_name(name, allowed),
        )
    when = events[name]
    return np.asarray((when != NEVER) & (when <= months - 1), dtype=np.float64)


def _means(result: RunData, values: Array, mine: Array) -> tuple[Array, Array, Array]:
    """Return mean, variance of the mean's noise and count, by municipality."""
    where = result.newcomers.municipality[mine]
    size = result.table.size
    count = np.bincount(where, minlength=size)
    safe = np.maximum(count, 1)
    mean = np.bincount(where, values[mine], minlength=size) / safe
    square = np.bincount(where, (values[mine] - mean[where]) ** 2, minlength=size) / np.maximum(count - 1, 1)
    return mean, square / safe, count


def _family(result: RunData) -> Array:
    return np.asarray(result.newcomers.origin < 2)


def extreme(pick: Callable[[Array], float]) -> Callable[[RunData, Array], float]:
    """Return a measure: the municipal mean that `pick` chooses, the largest or the smallest."""

    def across(result: RunData, values: Array) -> float:
        mean, _, count = _means(result, values, np.ones(values.size, dtype=np.bool_))
        return float(pick(mean[count >= FEWEST])) if (count >= FEWEST).any() else float("nan")

    return across


def p90_p10(result: RunData, values: Array) -> float:
    """Return the ratio of the weighted 90th to the weighted 10th percentile of municipal means."""
    mean, _, count = _means(result, values, np.ones(values.size, dtype=np.bool_))
    kept = count >= FEWEST
    if not kept.any():
        return float("nan")
    order = np.argsort(mean[kept], kind="stable")
    position = np.cumsum(count[kept][order]) / count[kept].sum()
    high, low = (mean[kept][order][int(np.searchsorted(position, share))] for share in (0.9, 0.1))
    return float(high / low) if low else float("nan")


def quintile_gap(result: RunData, values: Array) -> float:
    """Return slowest less fastest fifth of municipalities, of refugees and family, without sampling noise."""
    mine = _family(result)
    mean, noise, count = _means(result, values, mine)
    kept = count >= FEWEST_FOR_SPREAD
    if kept.sum() < 2:
        return float("nan")
    between = max(0.0, float(mean[kept].var(ddof=1) - noise[kept].mean()))
    return QUINTILE_RANGE * float(np.sqrt(between + values[mine].var(ddof=1) / KORA_ARRIVALS))


def adjusted_sd(result: RunData, values: Array) -> float:
    """Return the spread of municipal means that client mix and demand do not explain; the sign is kept."""
    n, mine = result.newcomers, _family(result)
    female, age = n.female[mine].astype(float), np.maximum(n.age[mine] - 30.0, 0.0)
    where = n.municipality[mine]
    columns = [
        np.ones(female.size), female, female * n.children[mine], n.health[mine], age,
        *((n.education[mine] == level) for level in (1, 2, 3)), n.origin[mine] == 1, n.supported[mine],
        result.traits.client_mix[where], result.traits.demand[where],
    ]  # fmt: skip
    design = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])
    solution = np.linalg.lstsq(design, values[mine], rcond=None)[0]
    residual = np.zeros(values.size)
    residual[mine] = values[mine] - design @ solution
    mean, noise, count = _means(result, residual, mine)
    kept = count >= FEWEST_FOR_SPREAD
    if kept.sum() < 2:
        return float("nan")
    variance = float(mean[kept].var(ddof=1) - noise[kept].mean())
    return float(np.sign(variance) * np.sqrt(abs(variance)))


ACROSS: dict[str, Callable[[RunData, Array], float]] = {
    "municipality_max": extreme(np.max),
    "municipality_min": extreme(np.min),
    "municipality_p90_p10": p90_p10,
    "quintile_gap": quintile_gap,
    "adjusted_sd": adjusted_sd,
}


def across(result: RunData, name: str, how: str, months: int) -> float:
    """Return one number across municipalities, or the ratio of women's rate to men's."""
    if how == "women_over_men":
        rates = outcome(result, name, months, "sex", OutcomeOptions()).set_index("sex")["value"]
        return float(rates["female"] / rates["male"]) if rates["male"] else float("nan")
    if how not in ACROSS:
        allowed = ["women_over_men", *ACROSS]
        raise RunError(
            f"there is no measure {how!r} across groups",
            allowed=", ".join(allowed),
            nearest=nearest_name(how, allowed),
        )
    return ACROSS[how](result, person_values(result, name, months))
