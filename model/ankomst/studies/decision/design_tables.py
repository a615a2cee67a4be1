"""Tables of a design search: the designs, whether the front beats what is shipped, and all that was tried.

What is said about designs rests on fresh luck alone; the table of trials shows the values of the search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.studies.decision.design_search import FOUND, SHIPPED, Searched, better, front, resampled
from ankomst.studies.stats.intervals import difference, estimates
from ankomst.studies.stats.statistics import LEVEL, TOO_CLOSE, Estimate, mean

if TYPE_CHECKING:
    from ankomst.studies.decision.trials import Objectives, Tried

Array = np.ndarray[Any, Any]
MATCHED, NOT_MATCHED = "equalled or beaten", "not matched"
DOMINANCE = (
    *("design", "verdict", "by", "gain", "gain_low", "gain_high", "cost", "cost_low", "cost_high"),
    *("on_front", "rivals", "n", "level", "interval"),
)
RESAMPLES = 2000
MARGIN = 0.1
"""The reference of hypervolumes lies so far beyond the worst design, as a share of the range of all."""
_FRESH = 7
"""Sets the resamples of the fresh cases apart from those of the search."""


def design_tables(
    searched: Searched, *, seed: int, level: float = LEVEL, cases: str = "replicates"
) -> dict[str, pd.DataFrame]:
    """Return the tables designs, dominance and trials.

    Parameters
    ----------
    searched : Searched
    seed : int
        Of the resamples.
    level : float
        Coverage of the intervals.
    cases : str
        What the cases are, in words: replicates, or draws of the parameters with replicates.

    Notes
    -----
    dominance: a shipped design is "equalled or beaten" where a rival's advantage has its lower bound above
    minus the tolerance in both objectives, all bounds holding together (Bonferroni over both objectives and
    the rivals, which the search chose before the fresh luck was known). Failing that, it is so by itself
    where it is on the front. It is "not matched" where every rival is clearly worse, by more than the
    tolerance, in some objective, and else "too close to call". A shipped design whose evaluation failed has
    no row.
    """
    return {
        "designs": _designs(searched, seed, level, cases),
        "dominance": _dominance(searched, level, cases),
        "trials": _trials(searched),
    }


def design_facts(searched: Searched, *, seed: int, level: float = LEVEL) -> dict[str, Any]:
    """Return what a page can state in a sentence.

    Returns
    -------
    dict
        tried, asked, failed (names by stage), fresh (designs on fresh luck), n (fresh cases), dropped;
        front, front_found, front_shipped (names on the front by the fresh means); shipped, matched, of them
        matched_by_itself (on the front, and no rival is as good), too_close, not_matched (names), unknown
        (shipped designs whose evaluation failed); at_least_as_good, whether every shipped design is equalled
        or beaten, some perhaps by themselves; hypervolume, see `hypervolumes`.
    """
    on = on_front(searched)
    names = [tried.name for tried in searched.fresh]
    shipped = [tried.name for tried in searched.trials if tried.origin == SHIPPED]
    rows = _dominance(searched, level, "").set_index("design")
    verdicts = rows["verdict"]
    by_verdict = {
        word: [str(name) for name in verdicts.index[verdicts == word]]
        for word in (MATCHED, TOO_CLOSE, NOT_MATCHED)
    }
    ahead = [tried for tried, yes in zip(searched.fresh, on, strict=True) if yes]
    return {
        "tried": len(searched.trials),
        "asked": searched.asked,
        "failed": {stage: list(gone) for stage, gone in searched.failed.items()},
        "fresh": len(names),
        "n": _cases(searched),
        "dropped": searched.dropped,
        "front": [tried.name for tried in ahead],
        "front_found": [tried.name for tried in ahead if tried.origin == FOUND],
        "front_shipped": [tried.name for tried in ahead if tried.origin == SHIPPED],
        "shipped": shipped,
        "matched": by_verdict[MATCHED],
        "matched_by_itself": [name for name in by_verdict[MATCHED] if rows.loc[name, "by"] == name],
        "too_close": by_verdict[TOO_CLOSE],
        "not_matched": by_verdict[NOT_MATCHED],
        "unknown": [name for name in shipped if name not in verdicts.index],
        "at_least_as_good": len(by_verdict[MATCHED]) == len(shipped),
        "level": level,
        "hypervolume": hypervolumes(searched, seed=seed, level=level),
    }


def on_front(searched: Searched) -> Array:
    """Say which of the designs on fresh luck no other beats, by their means; shape (designs,)."""
    return front(_values(searched).mean(axis=1), searched.objectives)


def hypervolumes(searched: Searched, *, seed: int, level: float = LEVEL) -> dict[str, Any]:
    """Compare the area that the found designs beat with the area that the shipped ones beat.

    Returns
    -------
    dict
        found, shipped (in units of the first objective times the second), ratio, and low and high of each;
        reference, the worst corner of the area; level, n, interval. The ratio depends on the reference, a
        tenth of the range beyond the worst mean. Nothing but level and n where no design was found.

    Notes
    -----
    Intervals are those of a bootstrap over the fresh cases, the same cases for all designs (percentiles). A
    front of many noisy designs lies a little too far out in each resample: the ratio flatters the found ones
    where the noise of a mean is not small beside the distances between designs.
    """
    values = _values(searched)
    found = np.array([tried.origin == FOUND for tried in searched.fresh])
    told: dict[str, Any] = {"level": level, "n": _cases(searched)}
    if not found.any() or found.all():
        return told
    means = better(values.mean(axis=1), searched.objectives)
    drawn = better(resampled(values, seed + _FRESH, RESAMPLES), searched.objectives)
    worst = means.min(axis=0) - MARGIN * np.ptp(means, axis=0)
    tails = (0.5 - level / 2.0, 0.5 + level / 2.0)
    areas = {
        name: (float(area(means[mine], worst)), area(drawn[:, mine], worst))
        for name, mine in (("found", found), ("shipped", ~found))
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        areas["ratio"] = (
            float(np.divide(areas["found"][0], areas["shipped"][0])),
            areas["found"][1] / areas["shipped"][1],
        )
    for name, (value, resamples) in areas.items():
        low, high = np.quantile(resamples, tails)
        told |= {name: value, f"{name}_low": float(low), f"{name}_high": float(high)}
    signs = [objective.sign for objective in searched.objectives]
    told["reference"] = [float(x * sign) for x, sign in zip(worst, signs, strict=True)]
    told["interval"] = f"bootstrap over {told['n']} fresh cases, the same for all designs (percentiles)"
    return told


def area(points: Array, worst: Array) -> Array:
    """Area of the points that are no better than some given point and no worse than the worst corner.

    Parameters
    ----------
    points : ndarray, shape (..., points, 2)
        More is better in both.
    worst : ndarray, shape (2,)
        Points beyond it add nothing.

    Returns
    -------
    ndarray, shape (...)
    """
    above = np.maximum(points - worst, 0.0)
    order = np.argsort(-above[..., 0], axis=-1)
    width, height = (np.take_along_axis(above[..., k], order, axis=-1) for k in (0, 1))
    top = np.maximum.accumulate(height, axis=-1)
    rise = np.diff(top, axis=-1, prepend=0.0)
    return np.asarray((width * rise).sum(axis=-1))


def _designs(searched: Searched, seed: int, level: float, cases: str) -> pd.DataFrame:
    values = _values(searched)
    chance = front(resampled(values, seed + _FRESH, RESAMPLES), searched.objectives).mean(axis=0)
    table = _variables(searched, searched.fresh)
    for k, objective in enumerate(searched.objectives):
        found = estimates(values[:, None, :, k], level)
        table[objective.name] = found["estimate"]
        table[f"{objective.name}_low"], table[f"{objective.name}_high"] = found["low"], found["high"]
    return table.assign(
        on_front=np.where(on_front(searched), "yes", "no"),
        p_on_front=chance,
        n=values.shape[1],
        level=level,
        interval=(
            f"difference from the baseline on {values.shape[1]} fresh {cases}: error of the mean "
            "(bootstrap-t); p_on_front: share of bootstrap resamples of the same cases"
        ),
    )


def _dominance(searched: Searched, level: float, cases: str) -> pd.DataFrame:
    ahead = dict(zip((tried.name for tried in searched.fresh), on_front(searched), strict=True))
    values = {tried.name: tried.results for tried in searched.fresh}
    rows = []
    for tried in searched.fresh:
        if tried.origin != SHIPPED:
            continue
        held = _held(tried.name, searched, values, level)
        verdict, by, (gain, cost) = _verdict(held, searched.objectives)
        words = (
            f"{by} less {tried.name} on the same {_cases(searched)} fresh {cases} (Student's t); all "
            f"{2 * len(held)} intervals of this design's {len(held)} rivals hold together (Bonferroni)"
        )
        if verdict != MATCHED and ahead[tried.name]:
            none = mean(np.zeros(_cases(searched)), level)
            verdict, by, gain, cost = MATCHED, tried.name, none, none
            words = "it is on the front itself: no rival is at least as good, and its own place is its match"
        rows.append(
            {
                "design": tried.name,
                "verdict": verdict,
                "by": by,
                **_named("gain", gain),
                **_named("cost", cost),
                "on_front": "yes" if ahead[tried.name] else "no",
                "rivals": len(held),
                "n": _cases(searched),
                "level": level,
                "interval": words,
            }
        )
    return pd.DataFrame(rows, columns=DOMINANCE)


def _held(
    name: str, searched: Searched, values: dict[str, Array], level: float
) -> dict[str, tuple[Estimate, Estimate]]:
    """Return the differences, rival less the shipped design, of every rival; all intervals hold together."""
    rivals = searched.rivals[name]
    each = 1.0 - (1.0 - level) / (2.0 * max(1, len(rivals)))
    found = {}
    for rival in rivals:
        change = difference(values[name], values[rival])
        found[rival] = (mean(change[:, 0], each), mean(change[:, 1], each))
    return found


def _verdict(
    held: dict[str, tuple[Estimate, Estimate]], objectives: Objectives
) -> tuple[str, str, tuple[Estimate, Estimate]]:
    """Return the verdict, the rival that it rests on (the first by the search) and its differences."""
    standing = []
    for rival, pair in held.items():
        bounds = [
            (found.low, found.high) if objective.sign > 0 else (-found.high, -found.low)
            for found, objective in zip(pair, objectives, strict=True)
        ]
        allowed = [-objective.tolerance for objective in objectives]
        if all(low >= least for (low, _), least in zip(bounds, allowed, strict=True)):
            standing.append((0, MATCHED, rival, pair))
        elif any(high < least for (_, high), least in zip(bounds, allowed, strict=True)):
            standing.append((2, NOT_MATCHED, rival, pair))
        else:
            standing.append((1, TOO_CLOSE, rival, pair))
    if not standing:
        unknown = Estimate(np.nan, np.nan, np.nan, np.nan, np.nan, 0)
        return TOO_CLOSE, "", (unknown, unknown)
    _, verdict, rival, pair = min(standing, key=lambda entry: entry[0])
    return verdict, rival, pair


def _trials(searched: Searched) -> pd.DataFrame:
    table = _variables(searched, searched.trials)
    means = np.array([tried.results.mean(axis=0) for tried in searched.trials])
    table.insert(0, "trial", np.arange(1, len(table) + 1))
    for k, objective in enumerate(searched.objectives):
        table[objective.name] = means[:, k]
    cases = len(searched.trials[0].results)
    return table.assign(
        feasible=np.where(np.isfinite(means).all(axis=1), "yes", "no"),
        n=cases,
        interval=(
            f"difference from the baseline, mean of the {cases} cases of the search, without an interval: "
            "designs that were lucky in these cases look better here than they are"
        ),
    )


def _variables(searched: Searched, designs: tuple[Tried, ...]) -> pd.DataFrame:
    """Return the designs' names, origins and values of the variables; empty for those outside the space."""
    columns: dict[str, list[Any]] = {
        "design": [tried.name for tried in designs],
        "origin": [tried.origin for tried in designs],
    }
    for variable in searched.space.names:
        columns[variable] = [tried.design.get(variable) for tried in designs]
    return pd.DataFrame(columns)


def _named(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}


def _values(searched: Searched) -> Array:
    """Return the fresh values, shape (designs, cases, 2)."""
    return np.array([tried.results for tried in searched.fresh])


def _cases(searched: Searched) -> int:
    return len(searched.fresh[0].results)
