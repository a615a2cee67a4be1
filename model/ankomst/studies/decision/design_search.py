"""The search: designs are proposed from what earlier ones gave, and the best are tried again on fresh luck.

1. Shipped designs first, then batches of proposals by optuna, all with the same few cases of luck.
2. The designs that are on the front, or that noise may keep off it, and all shipped ones, are evaluated again
   with luck that the search has not seen: whoever won by luck does not win twice. Only these values count.
3. Before that, each design of the second round gets its rivals, by the values of the first: a rival that the
   fresh luck itself had chosen would look better than it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError
from ankomst.studies.decision.design_proposals import Proposals
from ankomst.studies.decision.trials import Objectives, Tried
from ankomst.studies.stats.ranks import on_front

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ankomst.studies.design.grant_designs import Design, DesignSpace, Value

    Evaluate = Callable[[Sequence[Design], str], "np.ndarray[Any, Any]"]

Array = np.ndarray[Any, Any]
SHIPPED, FOUND = "shipped", "found"
SCENARIO = "scenario"
"""The one key of a shipped design that the space has no values for; its value is the name."""
RIVALS = 3
"""Designs that each shipped one is held against."""
WITHIN_NOISE = 0.05
"""Least chance of being on the front that earns a design another evaluation."""
MOST_MISSING = 0.2
"""Share of the fresh cases that a design may lack before it counts as failed."""
ASKS_A_TRIAL = 5
"""Proposals for each new design after which the search ends: the space holds no more."""
RESAMPLES = 500
_BOOTSTRAP = 2


@dataclass(frozen=True)
class Searched:
    """What a search found.

    Attributes
    ----------
    space : DesignSpace
    objectives : tuple of Objective
    trials : tuple of Tried
        Every design once, in the order tried; those outside the space are last of the shipped ones.
    fresh : tuple of Tried
        Shipped designs and candidates for the front, on fresh luck; the same cases, none missing, in all.
    rivals : dict of str to tuple of str
        Names of the designs that each shipped one is held against, the clearest by the search first.
    asked : int
        Proposals, with those that had been tried before.
    failed : dict of str to tuple of str
        Names of the designs whose evaluation failed, by stage "search" and "front".
    dropped : int
        Fresh cases that some design failed in, left out for all.
    """

    space: DesignSpace
    objectives: Objectives
    trials: tuple[Tried, ...]
    fresh: tuple[Tried, ...] = ()
    rivals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asked: int = 0
    failed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dropped: int = 0


def search(
    space: DesignSpace,
    objectives: Objectives,
    evaluate: Evaluate,
    *,
    trials: int,
    batch: int,
    seed: int,
    start: Mapping[str, Mapping[str, Value]],
    outside: Sequence[str] = (),
    candidates: int = 16,
    say: Callable[[str], None] = lambda _: None,
) -> Searched:
    """Search for the designs that no other beats.

    Parameters
    ----------
    space : DesignSpace
    objectives : tuple of two Objective
        What is gained, then what it costs.
    evaluate : callable
        Called with designs and a stage, "search" or "front"; returns differences from the baseline, shape
        (designs, cases, 2), NaN where an evaluation failed. Cases are the same luck for all designs of a
        stage, and other luck in another stage. Equal designs must get equal values.
    trials : int
        Different designs to be tried, with the shipped ones.
    batch : int
        Designs proposed before any of their values are known. What is proposed depends on it, on the seed and
        on the values; not on how many processes evaluate.
    seed : int
    start : mapping of str to mapping
        Shipped designs of the space by name, tried first.
    outside : sequence of str
        Names of shipped designs that the space has no values for: evaluated as {"scenario": name}, compared.
    candidates : int
        Most found designs that are evaluated again.
    say : callable, optional
        Told how far the search is.

    Returns
    -------
    Searched

    Raises
    ------
    RunError
        A shipped design is not in the space, or so many evaluations failed that nothing can be compared.
    """
    for name, design in start.items():
        if not space.holds(design):
            raise RunError(
                f"the design {name} is outside the space", allowed="values that the variables can have"
            )
    if not start:
        raise RunError("a search needs a shipped design to start from", allowed="at least one design")
    proposals = Proposals(space, objectives, seed)
    shipped = proposals.given(start)
    shipped += [(name, {SCENARIO: name}) for name in outside]
    parts = [evaluate([design for _, design in part], "search") for part in _batches(shipped, batch)]
    first = np.concatenate(parts)
    # A case that no shipped design has is one that the baseline lacks: it says nothing about a design.
    cases: Array = np.isfinite(first).all(axis=2).any(axis=0)
    if not cases.any():
        raise RunError(
            f"all {len(shipped)} shipped designs failed in every case",
            allowed="designs that can be simulated; the list of failures says what is wrong",
        )
    done = [
        Tried(name, SHIPPED, design, rows[cases]) for (name, design), rows in zip(shipped, first, strict=True)
    ]
    proposals.tell(done)
    while len(done) < trials:
        asked = proposals.ask(min(batch, trials - len(done)), trials * ASKS_A_TRIAL)
        if not asked:
            say(f"the space holds no more than {len(done)} designs that the search can reach")
            break
        values = evaluate(asked, "search")[:, cases]
        new = [
            Tried(f"design_{len(done) + k}", FOUND, design, rows)
            for k, (design, rows) in enumerate(zip(asked, values, strict=True), start=1)
        ]
        proposals.tell(new)
        done += new
        say(f"{len(done)} of {trials} designs tried")
    return _again(Searched(space, objectives, tuple(done), asked=proposals.asked), evaluate, candidates, seed)


def resampled(values: Array, seed: int, resamples: int = RESAMPLES) -> Array:
    """Return the means of bootstrap resamples of the cases, the same cases for all designs.

    Resamples of n cases spread a little less than means do, by (n - 1) / n in variance; they are stretched.

    Parameters
    ----------
    values : ndarray, shape (designs, cases, 2)
    seed, resamples : int

    Returns
    -------
    ndarray, shape (resamples, designs, 2)
    """
    n = values.shape[1]
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_BOOTSTRAP,)))
    counts = rng.multinomial(n, np.full(n, 1.0 / n), resamples) / n
    centre = values.mean(axis=1)
    means = np.einsum("bc,dco->bdo", counts, values)
    return np.asarray(centre + (means - centre) * np.sqrt(n / max(1, n - 1)))


def front(values: Array, objectives: Objectives) -> Array:
    """Say which designs no other beats.

    Parameters
    ----------
    values : ndarray, shape (..., designs, 2)
    objectives : tuple of two Objective

    Returns
    -------
    ndarray of bool, shape (..., designs)
    """
    good = better(values, objectives)
    return on_front(good[..., 0], -good[..., 1])


def better(values: Array, objectives: Objectives) -> Array:
    """Return values, or differences, signed so that more is better in both; shape (..., 2)."""
    return np.asarray(values * np.array([objective.sign for objective in objectives]))


def _again(searched: Searched, evaluate: Evaluate, most: int, seed: int) -> Searched:
    """Evaluate shipped designs and candidates on fresh luck, and name the rivals of the shipped ones."""
    sound = [tried for tried in searched.trials if np.isfinite(tried.results).all()]
    names = {tried.name for tried in sound}
    failed = {"search": tuple(tried.name for tried in searched.trials if tried.name not in names)}
    if not sound:
        raise RunError(
            f"each of the {len(searched.trials)} designs of the search failed in some case",
            allowed="designs that can be simulated; the list of failures says what is wrong",
        )
    values = np.array([tried.results for tried in sound])
    margins = {
        k: _margins(values, k, searched.objectives)
        for k, tried in enumerate(sound)
        if tried.origin == SHIPPED
    }
    kept = _candidates(sound, values, margins, searched.objectives, most, seed)
    rivals = {}
    for k, own in margins.items():
        others = np.array([i for i in kept if i != k], dtype=np.int64)
        clearest = others[np.argsort(-own[others], kind="stable")][:RIVALS]
        rivals[sound[k].name] = tuple(sound[i].name for i in clearest)
    fresh = evaluate([sound[k].design for k in kept], "front")
    known = np.asarray(np.isfinite(fresh).all(axis=2))
    seen = known.any(axis=0)
    lacking = 1.0 - known.sum(axis=1) / max(1, int(seen.sum()))
    well = lacking <= MOST_MISSING
    cases: Array = known[well].all(axis=0) & seen
    if cases.sum() < 2:
        raise RunError(
            f"{int((~well).sum())} of {len(kept)} designs failed on fresh luck, which leaves no two cases",
            allowed="at least two cases that every design has",
        )
    failed["front"] = tuple(sound[k].name for k, good in zip(kept, well, strict=True) if not good)
    gone = set(failed["front"])
    return replace(
        searched,
        fresh=tuple(
            replace(sound[k], results=rows[cases])
            for k, rows in zip(kept, fresh, strict=True)
            if sound[k].name not in gone
        ),
        rivals={
            name: tuple(rival for rival in names if rival not in gone)
            for name, names in rivals.items()
            if name not in gone
        },
        failed=failed,
        dropped=int(len(cases) - cases.sum()),
    )


def _candidates(
    sound: Sequence[Tried],
    values: Array,
    margins: Mapping[int, Array],
    objectives: Objectives,
    most: int,
    seed: int,
) -> list[int]:
    """Return the places of the shipped designs, and of found ones that are worth another evaluation.

    The best rival of each shipped design first, then those that may be on the front, by the chance of it.
    """
    chance = front(resampled(values, seed), objectives).mean(axis=0)
    maybe = front(values.mean(axis=1), objectives) | (chance > WITHIN_NOISE)
    found = np.array([tried.origin == FOUND for tried in sound])
    if not found.any():
        return list(margins)
    best = [int(np.argmax(np.where(found, own, -np.inf))) for own in margins.values()]
    by_chance = [int(k) for k in np.argsort(-chance, kind="stable") if maybe[k] and found[k]]
    return [*margins, *list(dict.fromkeys([*best, *by_chance]))[:most]]


def _margins(values: Array, shipped: int, objectives: Objectives) -> Array:
    """Return how clearly each design is at least as good: the weaker of both gains, in standard errors.

    Returns
    -------
    ndarray, shape (designs,)
        Above zero where a design is better in both; 0 for the shipped design itself.
    """
    gains = better(values - values[shipped], objectives)
    mean, error = gains.mean(axis=1), gains.std(axis=1, ddof=1) / np.sqrt(values.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        clear = np.where(error > 0.0, mean / error, np.where(mean == 0.0, 0.0, np.sign(mean) * np.inf))
    return np.asarray(clear.min(axis=1))


def _batches(items: Sequence[tuple[str, Design]], size: int) -> Iterator[Sequence[tuple[str, Design]]]:
    return (items[k : k + size] for k in range(0, len(items), size))
