"""What many differences at once need: the chance of being better, and how many miss zero by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import false_discovery_control

from ankomst.studies.metrics.pairs import HIGHER, LOWER, better
from ankomst.studies.stats.statistics import LEVEL, NO_DIFFERENCE, NOISE_ONLY, PROBABLY

if TYPE_CHECKING:
    import pandas as pd

CLEAR = (HIGHER, LOWER)


def with_chance(table: pd.DataFrame) -> pd.DataFrame:
    """Add `p_better`, the probability that the scenario is better; NaN where neither direction is."""
    names = table["outcome"] if "outcome" in table else table["item"]
    direction = names.map(better)
    chance = np.where(direction == HIGHER, table["probability"], 1.0 - table["probability"])
    place = list(table.columns).index("probability") + 1
    table.insert(place, "p_better", np.where(direction == "", np.nan, chance))
    return table


def adjusted(table: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Add what holds among many differences.

    Parameters
    ----------
    table : DataFrame
        With `probability` and `verdict`, one row a difference.
    level : float
        The false discovery rate is held at 1 - level.

    Returns
    -------
    DataFrame
        With `q_value`, the smallest false discovery rate at which the row counts (Benjamini and Hochberg,
        from two-sided probabilities), NaN where there is nothing to test; and `verdict_adjusted`, in which
        "higher" and "lower" that do not hold are only probable.
    """
    chance = table["probability"].to_numpy(dtype=np.float64)
    tested = np.isfinite(chance)
    q = np.full(len(table), np.nan)
    if tested.any():
        two_sided = np.minimum(1.0, 2.0 * np.minimum(chance[tested], 1.0 - chance[tested]))
        q[tested] = false_discovery_control(two_sided)
    verdict = table["verdict"].to_numpy(dtype=object)
    holds = np.isin(verdict, CLEAR) & (q <= 1.0 - level + 1e-12)
    kept = np.where(holds | ~np.isin(verdict, CLEAR), verdict, PROBABLY + verdict)
    return table.assign(q_value=q, verdict_adjusted=kept)


def note(table: pd.DataFrame, level: float = LEVEL) -> str:
    """Say how many differences a table holds, and how many of them would look clear by chance.

    Parameters
    ----------
    table : DataFrame
        As for `adjusted`.
    level : float
    """
    if (table["verdict"] == NOISE_ONLY).any():
        return (
            "Simulation noise only: with a single parameter set no difference has a verdict; "
            "`draws: posterior` in the experiment adds draws."
        )
    tested = int(np.isfinite(table["probability"].to_numpy(dtype=np.float64)).sum())
    equal = int((table["verdict"] == NO_DIFFERENCE).sum())
    clear = int(table["verdict"].isin(CLEAR).sum())
    left = int(adjusted(table, level)["verdict_adjusted"].isin(CLEAR).sum())
    chance, rate = tested * (1.0 - level), 100.0 * (1.0 - level)
    text = (
        f"Of {tested} differences {clear} are higher or lower; if nothing differed, about {chance:.3g} would "
        f"look so by chance. With the false discovery rate held at {rate:.3g} % (Benjamini and Hochberg), "
        f"{left} are."
    )
    return f"{text} {equal} more are exactly zero in every pair." if equal else text
