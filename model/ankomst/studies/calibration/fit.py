"""The fit: from published figures to draws of the parameters that agree with them.

1. The luck of the simulation is measured at the start values.
2. An ensemble is drawn from the prior and moved towards the targets in steps (`smoother`), always with the
   same luck, so that no member can win by it.
3. Every draw of the posterior is simulated with luck of its own: what the fitted model predicts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError
from ankomst.policy.parameters import uncalibrated_values
from ankomst.studies.calibration.smoother import Likelihood, Smoother, informed, likelihood
from ankomst.studies.calibration.study import CENTRAL_RUNS
from ankomst.studies.design.normal_scale import NormalScale

if TYPE_CHECKING:
    from collections.abc import Callable

    from ankomst.studies.calibration.study import Calibration
    from ankomst.studies.engine.evaluations import Evaluations

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Round:
    """An ensemble and what the model says at its members.

    Attributes
    ----------
    normal : ndarray, shape (members, parameters)
        On the normal scale; all parameters with a range.
    figures : ndarray, shape (members, targets)
    """

    normal: Array
    figures: Array


@dataclass(frozen=True)
class Luck:
    """How figures move with the luck of a country.

    Attributes
    ----------
    scale : NormalScale
    covariance : ndarray, shape (targets, targets)
        Between replicates at the start values.
    start : ndarray, shape (targets,)
        Mean over those replicates.
    """

    scale: NormalScale
    covariance: Array
    start: Array


@dataclass
class Fitted:
    """What a calibration found.

    Attributes
    ----------
    scale : NormalScale
    target : Likelihood
        Of all targets.
    noise : ndarray, shape (targets, targets)
        Covariance of the luck of one simulated country.
    start : ndarray, shape (targets,)
        Figures at the start values, mean over the runs that measure the luck.
    rounds : list of Round
        The prior first.
    informed : ndarray of bool, shape (parameters,)
        Parameters that some target is tied to and that are free: they alone were moved.
    posterior : ndarray, shape (draws, parameters)
        On the normal scale.
    predictive : ndarray, shape (draws, targets)
        With luck of their own.
    central : dict
        The centre of the posterior: informed parameters at the mean on the normal scale, others at their
        start value.
    central_figures : ndarray, shape (runs, targets)
    """

    scale: NormalScale
    target: Likelihood
    noise: Array
    start: Array
    rounds: list[Round] = field(default_factory=list)
    informed: Array = field(default_factory=lambda: np.zeros(0, dtype=bool))
    posterior: Array = field(default_factory=lambda: np.zeros((0, 0)))
    predictive: Array = field(default_factory=lambda: np.zeros((0, 0)))
    central: dict[str, float] = field(default_factory=dict)
    central_figures: Array = field(default_factory=lambda: np.zeros((0, 0)))


def fit(
    study: Calibration,
    at: Evaluations,
    *,
    values: Array | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Fitted:
    """Fit the parameters.

    Parameters
    ----------
    study : Calibration
    at : Evaluations
        Where the model is evaluated; finished evaluations are found again, so that the fit can be repeated.
    values : ndarray, shape (targets,), optional
        Figures in place of the published ones: a simulated truth.
    say : callable, optional
        Told how far the ensemble is.

    Returns
    -------
    Fitted

    Notes
    -----
    Streams of luck: 0 for all members of all rounds, the next ones for the measurement of the luck, then one
    for each draw of the posterior, then those of the central draw.
    """
    file, scale = study.file, NormalScale()
    found = fit_ensemble(study, at, measure_luck(study, at), values=values, say=say)
    first = file.noise_replicates + 1
    own = list(range(first, first + len(found.posterior)))
    predictive = at.at("posterior", scale.values(found.posterior), own)
    kept = ~np.isnan(predictive).any(axis=1)
    found.posterior, found.predictive = found.posterior[kept], predictive[kept]
    found.central = _central(scale, found.posterior, found.informed)
    last = [first + file.members + k for k in range(CENTRAL_RUNS)]
    found.central_figures = _whole(at.at("central", [found.central] * CENTRAL_RUNS, last))
    return found


def measure_luck(study: Calibration, at: Evaluations) -> Luck:
    """Simulate at the start values, each time with other luck."""
    count = study.file.noise_replicates
    figures = at.at("luck", [uncalibrated_values()] * count, list(range(1, count + 1)))
    _computable(study, figures[~np.isnan(figures).all(axis=1)])  # where there is none, the run failed
    figures = _whole(figures)
    return Luck(NormalScale(), np.atleast_2d(np.cov(figures.T)), figures.mean(axis=0))


def fit_ensemble(
    study: Calibration,
    at: Evaluations,
    luck: Luck,
    *,
    values: Array | None = None,
    stage: str = "",
    say: Callable[[str], None] = lambda _: None,
) -> Fitted:
    """Move the prior ensemble towards the targets, or towards other figures; predict nothing yet."""
    scale, file, fitted = luck.scale, study.file, study.fitted
    published = study.targets.values if values is None else values
    target = likelihood(published, study.targets.sd, luck.covariance, file.replicates)
    found = Fitted(scale, target, luck.covariance, luck.start)
    part = target.part(fitted)
    smoother = Smoother(part, file.steps, file.seed)
    free = np.isin(scale.names, study.free)
    normal = scale.prior(file.members, file.seed)
    for k in range(file.steps):
        name = "round 0" if k == 0 else f"{stage}round {k}"  # the prior is the same for all figures
        figures = at.at(name, scale.values(normal), [0] * len(normal))
        sound = ~np.isnan(figures).any(axis=1)
        normal, figures = normal[sound], figures[sound]
        found.rounds.append(Round(normal, figures))
        if k == 0:
            found.informed = free & informed(normal, figures[:, fitted], file.screen)
        distance = float(np.median(part.chi_square(figures[:, fitted])))
        say(f"round {k} of {file.steps}: median distance {distance:.0f} on {int(fitted.sum())} targets")
        moved = np.flatnonzero(found.informed)
        if moved.size:
            normal = normal.copy()
            normal[:, moved] = smoother.step(normal[:, moved], figures[:, fitted])
    found.posterior = normal
    return found


def _computable(study: Calibration, luck: Array) -> None:
    """Refuse targets that the sample is too small for."""
    gone = [name for name, column in zip(study.targets.names, luck.T, strict=True) if np.isnan(column).any()]
    if gone:
        named = ", ".join(gone[:3]) + (" and others" if len(gone) > 3 else "")
        raise RunError(
            f"{named} cannot be computed in every run at the start values: too few newcomers",
            where=study.path.name,
            allowed="a larger newcomers_per_year or effects_newcomers_per_year, or other targets",
        )


def _central(scale: NormalScale, posterior: Array, moved: Array) -> dict[str, float]:
    """Return the centre of the posterior.

    Parameters that the figures inform stand at their mean on the normal scale; the others keep the value that
    they have before calibration, which a source or a judgement gives: the figures are no reason to leave it.
    """
    centre, start = scale.values(posterior.mean(axis=0, keepdims=True))[0], uncalibrated_values()
    return {name: centre[name] if moved[k] else start[name] for k, name in enumerate(scale.names)}


def _whole(rows: Array) -> Array:
    """Return the rows without gaps."""
    return np.asarray(rows[~np.isnan(rows).any(axis=1)])
