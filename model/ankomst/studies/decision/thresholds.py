"""The value of a changed quantity at which the answer would flip.

The difference is known at the values of a grid; between them it is interpolated by monotone cubics (PCHIP),
which add no turning points of their own. Where the curve of the mean over draws crosses the wanted value is
the threshold; each draw has a curve and a crossing of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.decision.robustness import noise_free, whole_replicates
from ankomst.studies.stats.statistics import LEVEL

Array = np.ndarray[Any, Any]
RESAMPLES = 1000
HALVINGS = 50
COLUMNS = (
    *(
        "solve",
        "label",
        "label_da",
        "quantity",
        "unit",
        "quantity_unit",
        "wanted",
        "wanted_side",
        "crossings",
    ),
    *("mean_threshold", "low", "high", "draw_median", "draw_low", "draw_high"),
    *("share_crossing", "share_already", "from", "to", "central", "n", "replicates", "level"),
    *("interval", "status"),
)


def threshold_tables(
    values: Array,
    y: Array,
    *,
    solve: str,
    central: float,
    seed: int,
    wanted: float = 0.0,
    better: str = "higher",
    label: str = "",
    label_da: str = "",
    quantity: str = "",
    unit: str = "",
    quantity_unit: str = "",
    level: float = LEVEL,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return where the mean and the draws cross the wanted value, and the curve of the mean.

    Of several crossings the one nearest `central` is the threshold. A curve without one has its crossing
    beyond the end of the range at which it comes nearer to the wanted value: quantiles count it there, and
    one that falls there is NaN, which `interval` says in words.

    The interval of the threshold comes from a bootstrap over draws. A draw brings its own replicates, so that
    the spread of draw means already holds luck; resampling replicates inside draws as well would count it
    twice. With a single draw replicates are resampled, and the interval holds luck only. The quantiles over
    draws are those of curves from which luck is taken out (`robustness.noise_free`).

    Parameters
    ----------
    values : ndarray, shape (grid,)
        Of the changed quantity, rising.
    y : ndarray, shape (draws, grid, replicates)
        The difference at each value. A replicate with a gap is left out, and a draw without a replicate.
    solve : str
        Name of the search.
    central : float
        Value of the changed quantity as it is.
    seed : int
        Of the bootstrap.
    wanted : float
        Value of the difference that is to be crossed.
    better : str
        "higher": the wanted side is at or above `wanted`; "lower": at or below.
    label, label_da, quantity, unit, quantity_unit : str
        Words for the tables.
    level : float
        Coverage of the interval, and share of draws between `draw_low` and `draw_high`.

    Returns
    -------
    row : DataFrame
        One row with COLUMNS; `crossings` is how often the mean crosses, `status` "crosses", or "always" or
        "never" on the wanted side.
    curve : DataFrame
        One row a value: mean, low and high.

    Raises
    ------
    RunError
        Values do not rise or do not fit, no run is left, or neither side is better.
    """
    values, y = np.asarray(values, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if values.size < 2 or not (np.diff(values) > 0.0).all() or y.shape[1:2] != values.shape:
        raise RunError(
            f"a curve over {values.size} values of {solve} does not fit {y.shape[1]} columns",
            allowed="two or more rising values, and a column of differences for each",
        )
    if better not in {"higher", "lower"}:
        raise RunError(f"{better!r} is no side of the wanted value of {solve}", allowed="higher, lower")
    runs = whole_replicates(np.swapaxes(y, 1, 2))
    if not len(runs):
        raise RunError(f"no run of {solve} is left")
    sign = 1.0 if better == "higher" else -1.0
    centre, curves, resampled = _curves(sign * (runs - wanted), seed)
    found, count = _crossings(values, np.vstack([centre, curves, resampled]), central)
    crossings, draws, again = int(count[0]), found[1 : len(curves) + 1], found[len(curves) + 1 :]
    tail = 0.5 - level / 2.0
    ends = {
        **dict(zip(("low", "high"), _quantiles(again, (tail, 1.0 - tail)), strict=True)),
        **dict(
            zip(
                ("draw_low", "draw_median", "draw_high"),
                _quantiles(draws, (tail, 0.5, 1.0 - tail)),
                strict=True,
            )
        ),
    }
    if len(runs) == 1:
        ends |= dict.fromkeys(("draw_low", "draw_median", "draw_high"), np.nan)
    luck = runs.shape[1] * len(runs) == 1
    if luck:
        ends |= dict.fromkeys(("low", "high"), np.nan)
    shown = {name: each if np.isfinite(each) else np.nan for name, each in ends.items()}
    size = {"n": len(runs), "replicates": runs.shape[1], "level": level}
    row = {
        "solve": solve,
        "label": label,
        "label_da": label_da,
        "quantity": quantity,
        "unit": unit,
        "quantity_unit": quantity_unit,
        "wanted": wanted,
        "wanted_side": better,
        "crossings": crossings,
        "mean_threshold": float(found[0]) if crossings else np.nan,
        **shown,
        "share_crossing": float(np.isfinite(draws).mean()),
        "share_already": float((curves > 0.0).all(axis=1).mean()),
        "from": values[0],
        "to": values[-1],
        "central": central,
        **size,
        "interval": _text(runs.shape, level) + _beyond(ends, crossings),
        "status": "crosses" if crossings else "always" if centre[0] > 0.0 else "never",
    }
    low, high = (
        np.quantile(resampled, [tail, 1.0 - tail], axis=0) if not luck else np.full((2, len(values)), np.nan)
    )
    band = np.sort(np.stack([sign * low, sign * high]) + wanted, axis=0)
    curve = pd.DataFrame(
        {"solve": solve, "value": values, "mean": sign * centre + wanted, "low": band[0], "high": band[1]}
    ).assign(**size, interval=_text(runs.shape, level, curve=True))
    return pd.DataFrame([row])[list(COLUMNS)], curve


def _curves(above: Array, seed: int) -> tuple[Array, Array, Array]:
    """Return the mean curve, those of draws without luck, and resampled means, each (..., grid)."""
    means = np.nanmean(above, axis=1)
    units = means if len(means) > 1 else above[0][np.isfinite(above[0]).all(axis=1)]
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
    n = len(units)
    counts = rng.multinomial(n, np.full(n, 1.0 / n), RESAMPLES)
    centre = units.mean(axis=0)
    # The spread of resampled means is too small by this factor, which counts with few units.
    resampled = centre + np.sqrt(n / max(n - 1.0, 1.0)) * (counts @ units / n - centre)
    return centre, noise_free(above), resampled


def _crossings(values: Array, curves: Array, central: float) -> tuple[Array, Array]:
    """Return where each curve crosses zero nearest to `central`, infinite if beyond the range, and how often.

    Parameters
    ----------
    values : ndarray, shape (grid,)
    curves : ndarray, shape (curves, grid)
    central : float

    Returns
    -------
    nearest : ndarray, shape (curves,)
    count : ndarray of int, shape (curves,)
    """
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 - slow to import, needed by few

    side = curves > 0.0
    # Between two values of the grid the curve is monotone: one crossing for each change of side.
    change = side[:, 1:] != side[:, :-1]
    which, piece = np.nonzero(change)
    cubic = PchipInterpolator(values, curves, axis=1).c[:, piece, which]
    low, high = np.zeros(len(which)), np.diff(values)[piece]
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        height = ((cubic[0] * middle + cubic[1]) * middle + cubic[2]) * middle + cubic[3]
        stays = (height > 0.0) == side[which, piece]
        low, high = np.where(stays, middle, low), np.where(stays, high, middle)
    roots = np.full(change.shape, np.inf)
    roots[which, piece] = values[piece] + (low + high) / 2.0
    nearest = np.abs(roots - central).argmin(axis=1)
    beyond = np.where(np.abs(curves[:, 0]) < np.abs(curves[:, -1]), -np.inf, np.inf)
    count = change.sum(axis=1)
    return np.where(count > 0, roots[np.arange(len(curves)), nearest], beyond), count


def _quantiles(values: Array, shares: tuple[float, ...]) -> Array:
    # Without interpolation, which knows nothing between the range and what lies beyond it.
    return np.asarray(np.quantile(values, shares, method="inverted_cdf"))


def _beyond(ends: dict[str, float], crossings: int) -> str:
    """Say which figures lie beyond the range."""
    words = [] if crossings else ["the mean does not cross inside the range"]
    for name, end in ends.items():
        if np.isinf(end):
            words.append(f"{name} lies {'below' if end < 0.0 else 'above'} the range")
    return "".join(f"; {each}" for each in words)


def _text(shape: tuple[int, ...], level: float, *, curve: bool = False) -> str:
    draws, replicates = shape[:2]
    if draws == 1:
        what = f"{level:.0%} bootstrap over {replicates} replicates at one draw: luck only"
        return what if replicates > 1 else "none: one run"
    what = f"low to high: {level:.0%} bootstrap over {draws} draws: their spread and luck"
    if curve:
        return what
    luck = "luck taken out" if replicates > 1 else "luck of one replicate included"
    return f"{what}; draw_low to draw_high: {level:.0%} of the draws' own crossings, {luck}"
