"""Sequential stopping: replicates are added until a difference is known well enough, or a cap is reached.

The half-width is that of the Monte-Carlo interval: more replicates cannot narrow what is not known about
parameters. Looking again and again at an interval makes it cover slightly less than its level says, the less
the more replicates the first look has (Chow and Robbins 1965); that is why a file names a first round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ankomst.studies.metrics.pairs import Pairs
from ankomst.studies.stats.intervals import paired

if TYPE_CHECKING:
    from ankomst.studies.metrics.record import RunValues
    from ankomst.studies.schema.experiment import Experiment
    from ankomst.studies.schema.experiment_file import PrecisionFile


def half_width(runs: RunValues, wanted: PrecisionFile, level: float) -> tuple[float, str]:
    """Return the widest half-width among the scenarios asked about, and whose it is.

    Parameters
    ----------
    runs : RunValues
    wanted : PrecisionFile
    level : float
        Coverage of the interval.

    Returns
    -------
    tuple of float and str
        In the unit of the outcome; infinity where a scenario has fewer than two pairs.
    """
    pairs = Pairs(runs)
    names = [wanted.scenario] if wanted.scenario else list(pairs.others)
    sides = [pairs.whole(name, wanted.outcome, wanted.payer, wanted.months) for name in names]
    found = paired(np.array([base for base, _ in sides]), np.array([alt for _, alt in sides]), level)
    point = runs.draws == 1
    low, high = (found["low"], found["high"]) if point else (found["mc_low"], found["mc_high"])
    half = (high - low).to_numpy(dtype=np.float64) / 2.0
    half = np.where(np.isfinite(half), half, np.inf)
    widest = int(np.argmax(half))
    return float(half[widest]), names[widest]


def reached(runs: RunValues, wanted: PrecisionFile, experiment: Experiment) -> tuple[bool, str]:
    """Say whether the precision asked for is reached, and in a sentence how wide the interval is."""
    half, name = half_width(runs, wanted, experiment.level)
    good = half <= wanted.half_width
    payer = f" ({wanted.payer})" if wanted.payer else ""
    return good, (
        f"precision {'reached' if good else 'not reached'}: the half-width of {wanted.outcome}{payer} of "
        f"{name} is {half:,.6g}, and {wanted.half_width:,.6g} is asked for"
    )
