"""What a calibration says, as tidy tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from ankomst.policy.parameters import load_registry, uncalibrated_values
from ankomst.studies.calibration.pairs import sensitivity_table, trade_offs

if TYPE_CHECKING:
    from ankomst.studies.calibration.fit import Fitted
    from ankomst.studies.calibration.study import Calibration

Array = np.ndarray[Any, Any]
EDGE = 0.025
"""Share of a range at either end that counts as its bound."""
HALF = 0.5


def calibration_tables(study: Calibration, found: Fitted) -> dict[str, pd.DataFrame]:
    """Return all tables of a calibration, by the name of their file."""
    return {
        "targets": targets_table(study, found),
        "parameters": parameters_table(study, found),
        "correlations": trade_offs(found, study.free),
        "sensitivity": sensitivity_table(found, study),
        "rounds": rounds_table(study, found),
        "predictive": wide(study, found.predictive),
        "prior_predictive": wide(study, found.rounds[0].figures),
    }


def posterior_table(found: Fitted) -> pd.DataFrame:
    """Return the posterior: one row a draw, one column a parameter, in its own unit."""
    return pd.DataFrame(found.scale.values(found.posterior))


def wide(study: Calibration, figures: Array) -> pd.DataFrame:
    """Return simulated figures with one column a target."""
    table = pd.DataFrame(figures, columns=list(study.targets.names))
    table.insert(0, "draw", range(len(table)))
    return table


def targets_table(study: Calibration, found: Fitted) -> pd.DataFrame:
    """Return each target with what the model predicts before and after the fit.

    Returns
    -------
    DataFrame
        One row a target. Intervals are those of single simulated countries over the draws, luck included,
        with the coverage of the study; `noise` is the standard deviation of that luck alone, `distance` the
        mean prediction less the value in standard deviations of both uncertainties.
    """
    tail = (1.0 - study.file.level) / 2.0
    prior = np.quantile(found.rounds[0].figures, [tail, 0.5, 1.0 - tail], axis=0)
    after = np.quantile(found.predictive, [tail, 0.5, 1.0 - tail], axis=0)
    mean, central = found.predictive.mean(axis=0), found.central_figures.mean(axis=0)
    noise = np.sqrt(np.diag(found.noise))
    rows = []
    for k, target in enumerate(study.targets.entries):
        value = found.target.published[k]
        width = prior[2, k] - prior[0, k]
        rows.append(
            {
                "target": target.name,
                "group_of": target.entry,
                "kind": target.kind,
                "fitted": "yes" if study.fitted[k] else "no",
                "months": target.metric.months,
                "unit": study.measures.contrasts[target.name].unit,
                "value": value,
                "sd": target.sd,
                "noise": noise[k],
                "prior_low": prior[0, k],
                "prior_median": prior[1, k],
                "prior_high": prior[2, k],
                "low": after[0, k],
                "median": after[1, k],
                "high": after[2, k],
                "mean": mean[k],
                "inside": "yes" if after[0, k] <= value <= after[2, k] else "no",
                "width_ratio": (after[2, k] - after[0, k]) / width if width > 0.0 else float("nan"),
                "distance": (mean[k] - value) / np.hypot(target.sd, noise[k]),
                "start": found.start[k],
                "central": central[k],
                "n": len(found.predictive),
                "interval": f"posterior predictive, {study.file.level:.0%}: parameters and luck",
                "definition": target.words,
                "source": target.source,
            }
        )
    return pd.DataFrame(rows)


def parameters_table(study: Calibration, found: Fitted) -> pd.DataFrame:
    """Return each parameter before and after the fit.

    Returns
    -------
    DataFrame
        One row a parameter with a range; `narrowing` is 1 less the posterior's standard deviation over the
        prior's on the normal scale, `at_low` and `at_high` the shares of draws in the outer 2.5 % of the
        range.
    """
    registry, start, scale = load_registry(), uncalibrated_values(), found.scale
    tail = (1.0 - study.file.level) / 2.0
    draws, prior = posterior_table(found), scale.values(np.zeros((1, len(scale.names))))[0]
    narrowing = 1.0 - found.posterior.std(axis=0, ddof=1) / found.rounds[0].normal.std(axis=0, ddof=1)
    unit = ndtr(found.posterior)
    rows = []
    for k, name in enumerate(scale.names):
        values = draws[name].to_numpy(dtype=np.float64)
        low, median, high = np.quantile(values, [tail, 0.5, 1.0 - tail])
        rows.append(
            {
                "parameter": name,
                "unit": registry[name].unit,
                "grade": registry[name].grade,
                "free": "yes" if name in study.free else "no",
                "range_low": scale.low[k],
                "range_high": scale.high[k],
                "start": start[name],
                "prior_median": prior[name],
                "low": low,
                "median": median,
                "high": high,
                "mean": values.mean(),
                "central": found.central[name],
                "narrowing": narrowing[k],
                "informed": "yes" if found.informed[k] else "no",
                "at_low": float((unit[:, k] < EDGE).mean()),
                "at_high": float((unit[:, k] > 1.0 - EDGE).mean()),
                "n": len(values),
                "interval": f"posterior, {study.file.level:.0%}"
                if found.informed[k]
                else f"prior, {study.file.level:.0%}: the data do not inform it",
            }
        )
    return pd.DataFrame(rows)


def rounds_table(study: Calibration, found: Fitted) -> pd.DataFrame:
    """Return how the ensemble moved: distance to the targets, spread of the parameters, cost.

    Returns
    -------
    DataFrame
        One row an ensemble, the prior first, the posterior (with luck of its own for each draw) last. The
        distance is chi-square over the fitted targets, with 90 % of the members. A smoother moves all members
        instead of accepting some: `accepted` is the share whose simulation succeeded, and as all weigh the
        same the effective sample size is their number.
    """
    fitted = study.fitted
    moved = np.flatnonzero(found.informed)
    prior = found.rounds[0].normal
    ensembles = [(each.normal, each.figures) for each in found.rounds]
    ensembles.append((found.posterior, found.predictive))
    target = found.target.part(fitted)
    rows = []
    for k, (normal, figures) in enumerate(ensembles):
        distance = target.chi_square(figures[:, fitted])
        spread = normal[:, moved].std(axis=0) / prior[:, moved].std(axis=0) if moved.size else np.ones(1)
        rows.append(
            {
                "round": k,
                "ensemble": "prior" if k == 0 else "posterior" if k == len(ensembles) - 1 else f"step {k}",
                "members": len(normal),
                "distance_low": float(np.quantile(distance, 0.05)),
                "distance_median": float(np.median(distance)),
                "distance_high": float(np.quantile(distance, 0.95)),
                "spread": float(spread.mean()),
                "effective": len(normal),
                "accepted": len(normal) / study.file.members,
                "n": len(normal),
            }
        )
    return pd.DataFrame(rows)
