"""A reform taken apart: what each part adds, averaged over the orders in which parts can come (Shapley)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.batch.comparison import YEARS
from ankomst.studies.batch.tables import DISPLACEMENT, BatchTables
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.engine.in_memory import RunsInMemory, run_rows
from ankomst.studies.metrics.record import layout_of
from ankomst.studies.stats.intervals import difference, estimates
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.engine.runs import Progress

Array = np.ndarray[Any, Any]
Coalition = frozenset[str]
Value = TypeVar("Value", float, Array)
OUTCOMES = ("months_employed", "employment_rate", "test_pass_rate", "net_cost")
MOST_EXACT = 6
"""Up to so many parts every order counts: 2**6 = 64 coalitions."""
ORDERS = 8
"""Orders drawn for each pair of draw and replicate where there are more parts: four and their reverses."""
TOTAL = "total"
ALL_ORDERS = "all"
_ORDER_STREAM = 0x5A17


def shapley(values: Mapping[Coalition, Value], players: Sequence[str]) -> dict[str, Value]:
    """Share out what a coalition of all players is worth: the mean of what each adds, over all orders.

    Parameters
    ----------
    values : mapping
        The value of every coalition, the empty one included.
    players : sequence of str

    Returns
    -------
    dict
        Shapley values by player; they sum to the value of all less that of none.

    Examples
    --------
    >>> worth = {frozenset(): 0.0, frozenset("a"): 1.0, frozenset("b"): 2.0, frozenset("ab"): 5.0}
    >>> shapley(worth, "ab")
    {'a': 2.0, 'b': 3.0}
    """
    count = len(players)
    weights = [factorial(k) * factorial(count - k - 1) / factorial(count) for k in range(count)]
    found: dict[str, Value] = {}
    for player in players:
        others = [other for other in players if other != player]
        terms = [
            weights[size] * (values[frozenset(some) | {player}] - values[frozenset(some)])
            for size in range(count)
            for some in combinations(others, size)
        ]
        found[player] = sum(terms[1:], terms[0])
    return found


def shapley_of_orders(values: Mapping[Coalition, Value], orders: Sequence[Sequence[str]]) -> dict[str, Value]:
    """Average what each player adds over some orders; of all orders that is the Shapley value."""
    added: dict[str, list[Value]] = {player: [] for player in orders[0]}
    for order in orders:
        for k, player in enumerate(order):
            added[player].append(values[frozenset(order[: k + 1])] - values[frozenset(order[:k])])
    return {player: sum(each[1:], each[0]) / len(orders) for player, each in added.items()}


@dataclass(frozen=True)
class Coalitions:
    """Which coalitions each pair of draw and replicate needs.

    Attributes
    ----------
    players : tuple of str
    orders : list of list, or None
        The orders of each pair; None where all orders count.
    """

    players: tuple[str, ...]
    orders: list[list[tuple[str, ...]]] | None

    def of(self, pair: int) -> list[Coalition]:
        """Return the coalitions of a pair, small ones first, each once."""
        if self.orders is None:
            return [
                frozenset(some)
                for size in range(len(self.players) + 1)
                for some in combinations(self.players, size)
            ]
        every = frozenset(self.players)
        needed = {frozenset(order[:k]) for order in self.orders[pair] for k in range(len(order) + 1)}
        needed |= {frozenset({player}) for player in every} | {every - {player} for player in every}
        return sorted(needed, key=lambda some: (len(some), sorted(self.players.index(name) for name in some)))

    def values(self, worth: Mapping[Coalition, Array]) -> dict[str, Array]:
        """Share out what the parts add together; arrays of shape (numbers, pairs)."""
        if self.orders is None:
            return shapley(worth, self.players)
        shared = [
            shapley_of_orders({some: value[:, pair] for some, value in worth.items()}, orders)
            for pair, orders in enumerate(self.orders)
        ]
        return {player: np.stack([each[player] for each in shared], axis=-1) for player in self.players}

    @property
    def said(self) -> str:
        """Say which orders were averaged."""
        return (
            ALL_ORDERS if self.orders is None else f"{len(self.orders[0])} drawn for each draw and replicate"
        )


def coalitions_of(
    players: Sequence[str], pairs: int, seed: int, *, orders: int = ORDERS, exact: int = MOST_EXACT
) -> Coalitions:
    """Plan the coalitions: all of them for a few parts, those of drawn orders for many.

    An order is drawn together with its reverse: a part that came early then comes late, which narrows the
    spread. The draws follow the seed of the study.
    """
    names = tuple(players)
    if len(names) <= exact:
        return Coalitions(names, None)
    drawn = []
    for pair in range(pairs):
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_ORDER_STREAM, pair)))
        mine: list[tuple[str, ...]] = []
        while len(mine) < orders:
            order = tuple(names[k] for k in random.permutation(len(names)))
            mine += [order, order[::-1]]
        drawn.append(mine[:orders])
    return Coalitions(names, drawn)


def decompose(
    base: Scenario,
    parts: Mapping[str, str],
    load: Callable[[Sequence[str]], Scenario],
    *,
    draws: Sequence[Mapping[str, Any]],
    replicates: int,
    newcomers_per_year: int,
    seed: int = 1,
    outcomes: Sequence[str] = OUTCOMES,
    months: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    level: float = LEVEL,
    titles: Mapping[str, tuple[str, str]] | None = None,
    known: Mapping[Coalition, Array] | None = None,
    orders: int = ORDERS,
    exact: int = MOST_EXACT,
) -> pd.DataFrame:
    """Take a change of policy apart into what each of its parts adds.

    Parameters
    ----------
    base : Scenario
        The baseline: no part.
    parts : mapping
        Name of a part to what `load` knows it by.
    load : callable
        Returns the baseline with some parts, given what the parts are known by.
    draws : sequence of mapping
        Parameter values by dotted name.
    replicates, newcomers_per_year, seed : int
    outcomes : sequence of str
    months : int, optional
        As in `compare`.
    workers : int, optional
    progress : callable, optional
        Called with finished and all runs.
    level : float
    titles : mapping, optional
        English and Danish title of each part.
    known : mapping, optional
        Rows of coalitions that have been run with the same draws, replicates, seed, sample and months, shape
        (draws, replicates, numbers): they are not run again.
    orders : int
        Orders drawn for each draw and replicate where not all count.
    exact : int
        All orders count for up to so many parts.

    Returns
    -------
    DataFrame
        part (and `total`, the whole), part_title_en, part_title_da, outcome, payer, months, unit, and the
        columns of `intervals.estimates`; first and last with their bounds: what the part adds alone to the
        baseline and what it adds last, to all others; orders, which were averaged.

    Raises
    ------
    RunError
        Fewer than 2 parts, months outside the follow-up, or a part that changes who is simulated.

    Notes
    -----
    All coalitions of a draw and replicate share people and random numbers. In each the parts sum to the
    total, which is what `compare` finds for the whole. Net cost counts displaced workers as `compare` does,
    all against the baseline's jobs. Where orders are drawn, the interval holds their spread as well.
    """
    if len(parts) < 2:
        raise RunError(f"there is {len(parts)} part: nothing can be taken apart", allowed="2 or more parts")
    chosen = coalitions_of(tuple(parts), len(draws) * replicates, seed, orders=orders, exact=exact)
    none, before = frozenset[str](), dict(known or {})
    wanted = [
        (coalition, divmod(pair, replicates))
        for pair in range(len(draws) * replicates)
        for coalition in chosen.of(pair)
        if coalition not in before
    ]
    needed = list(dict.fromkeys(coalition for coalition, _ in wanted))
    scenarios = {
        coalition: load([parts[name] for name in chosen.players if name in coalition]) if coalition else base
        for coalition in needed
    }
    titled = {
        "+".join(name for name in chosen.players if name in coalition) or "the baseline": scenario
        for coalition, scenario in scenarios.items()
    }
    together = {**titled, "the baseline": base}
    refuse_other_people(together, "the baseline", newcomers_per_year=newcomers_per_year)
    layout = layout_of(together.values(), (*YEARS, *((months,) if months else ())))
    position = {coalition: k for k, coalition in enumerate(needed)}
    rows = run_rows(
        list(scenarios.values()), layout, draws=draws, replicates=replicates, seed=seed,
        newcomers_per_year=newcomers_per_year, workers=workers, progress=progress,
        wanted=[(position[coalition], *pair) for coalition, pair in wanted],
    )  # fmt: skip
    names = {
        _name(coalition): each for coalition, each in (before | dict(zip(needed, rows, strict=True))).items()
    }
    tables = BatchTables(RunsInMemory(names, _name(none), layout), outcomes=outcomes, months=months)
    return _table(chosen, tables, level, titles or {})


def runs_needed(parts: Sequence[str], pairs: int, seed: int, known: int = 0) -> int:
    """Return how many simulations a decomposition takes.

    Parameters
    ----------
    parts : sequence of str
    pairs : int
        Draws times replicates.
    seed : int
    known : int
        Coalitions that have been run before.
    """
    chosen = coalitions_of(parts, pairs, seed)
    return sum(len(chosen.of(pair)) - known for pair in range(pairs))


def _name(coalition: Coalition) -> str:
    return "+".join(sorted(coalition))


def _table(
    chosen: Coalitions, tables: BatchTables, level: float, titles: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Tabulate every part and the whole, over draws and replicates."""
    none, every = frozenset[str](), frozenset(chosen.players)
    labels, base = tables.whole(_name(none))
    # Displaced workers are counted in net cost; a row of their own would count them twice.
    kept = (labels["outcome"] != DISPLACEMENT).to_numpy()
    shape = base[kept].shape
    coalitions = dict.fromkeys(some for pair in range(shape[1] * shape[2]) for some in chosen.of(pair))
    worth = {
        some: difference(base, tables.whole(_name(some))[1])[kept].reshape(shape[0], -1)
        for some in coalitions
    }
    shared = chosen.values(worth) | {TOTAL: worth[every]}
    first = {name: worth[frozenset({name})] for name in chosen.players} | {TOTAL: worth[every]}
    last = {name: worth[every] - worth[every - {name}] for name in chosen.players} | {TOTAL: worth[every]}
    parts = []
    for name, values in shared.items():
        english, danish = titles.get(name, (name, name))
        frame = labels[kept].drop(columns=["dimension", "group"]).reset_index(drop=True)
        for k, (column, text) in enumerate(
            (("part", name), ("part_title_en", english), ("part_title_da", danish))
        ):
            frame.insert(k, column, text)
        frame = pd.concat([frame, estimates(values.reshape(shape), level)], axis=1)
        for label, table in (("first", first), ("last", last)):
            ends = estimates(table[name].reshape(shape), level)
            frame = frame.assign(
                **{label: ends["estimate"], f"{label}_low": ends["low"], f"{label}_high": ends["high"]}
            )
        parts.append(frame)
    return pd.concat(parts, ignore_index=True).assign(orders=chosen.said)
