"""A reform taken apart: what each part adds, averaged over the orders in which parts can come (Shapley)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.engine.in_memory import run_some
from ankomst.studies.metrics.sides import Question, Side, checked, contrast, follow_ups_fit, take
from ankomst.studies.stats import statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result
    from ankomst.studies.engine.runs import Progress

Array = np.ndarray[Any, Any]
Coalition = frozenset[str]
Value = TypeVar("Value", float, Array)
OUTCOMES = ("months_employed", "employment_rate", "test_pass_rate", "net_cost")
MOST_EXACT = 6
"""Up to so many parts every order counts: 2**6 = 64 coalitions."""
ORDERS = 8
"""Orders drawn in each replicate where there are more parts: four and their reverses."""
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
class Plan:
    """Which coalitions each replicate needs.

    Attributes
    ----------
    players : tuple of str
    orders : list of list, or None
        The orders of each replicate; None where all orders count.
    """

    players: tuple[str, ...]
    orders: list[list[tuple[str, ...]]] | None

    def coalitions(self, replicate: int) -> list[Coalition]:
        """Return the coalitions of a replicate, small ones first, each once."""
        if self.orders is None:
            return [
                frozenset(some)
                for size in range(len(self.players) + 1)
                for some in combinations(self.players, size)
            ]
        every = frozenset(self.players)
        needed = {frozenset(order[:k]) for order in self.orders[replicate] for k in range(len(order) + 1)}
        needed |= {frozenset({player}) for player in every} | {every - {player} for player in every}
        return sorted(needed, key=lambda some: (len(some), sorted(self.players.index(name) for name in some)))

    def values(self, worth: Mapping[Coalition, Array], replicate: int) -> dict[str, Array]:
        """Share out what the parts add together."""
        if self.orders is None:
            return shapley(worth, self.players)
        return shapley_of_orders(worth, self.orders[replicate])

    @property
    def said(self) -> str:
        """Say which orders were averaged."""
        return ALL_ORDERS if self.orders is None else f"{len(self.orders[0])} drawn in each replicate"


def plan(
    players: Sequence[str], replicates: int, seed: int, *, orders: int = ORDERS, exact: int = MOST_EXACT
) -> Plan:
    """Plan the coalitions: all of them for a few parts, those of drawn orders for many.

    An order is drawn together with its reverse: a part that came early then comes late, which narrows the
    spread. The draws follow the seed of the study.
    """
    names = tuple(players)
    if len(names) <= exact:
        return Plan(names, None)
    drawn = []
    for replicate in range(replicates):
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_ORDER_STREAM, replicate)))
        mine: list[tuple[str, ...]] = []
        while len(mine) < orders:
            order = tuple(names[k] for k in random.permutation(len(names)))
            mine += [order, order[::-1]]
        drawn.append(mine[:orders])
    return Plan(names, drawn)


def decompose(
    base: Scenario,
    parts: Mapping[str, str],
    load: Callable[[Sequence[str]], Scenario],
    *,
    replicates: int,
    seed: int = 1,
    newcomers_per_year: int | None = None,
    outcomes: Sequence[str] = OUTCOMES,
    months: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    level: float = statistics.LEVEL,
    titles: Mapping[str, tuple[str, str]] | None = None,
    known: Mapping[Coalition, Sequence[Side]] | None = None,
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
    replicates, seed : int
    newcomers_per_year : int, optional
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
        Coalitions that have been run with the same replicates, seed, sample and months, and what was taken of
        them: they are not run again.
    orders : int
        Orders drawn in each replicate where not all count.
    exact : int
        All orders count for up to so many parts.

    Returns
    -------
    DataFrame
        part (and `total`, the whole), part_title_en, part_title_da, outcome, payer, months, unit, estimate,
        low, high, level, se, n; first and last with their bounds: what the part adds alone to the baseline
        and what it adds last, to all others; orders, which were averaged.

    Raises
    ------
    RunError
        Fewer than 2 parts or replicates, months outside the follow-up, or a part that changes who is
        simulated.

    Notes
    -----
    All coalitions of a replicate share people and luck. In every replicate the parts sum to the total, which
    is what `compare` finds for the whole. Net cost counts displaced workers as `compare` does, all against
    the baseline's jobs. Where orders are drawn, the interval holds their spread as well.
    """
    if replicates < 2:
        raise RunError(f"replicates is {replicates}: an interval needs pairs", allowed="2 or more")
    if len(parts) < 2:
        raise RunError(f"there is {len(parts)} part: nothing can be taken apart", allowed="2 or more parts")
    checked(outcomes, ())
    question = Question(tuple(outcomes), months, base.horizon.follow_up_months)
    chosen = plan(tuple(parts), replicates, seed, orders=orders, exact=exact)
    before = dict(known or {})
    wanted = [
        (coalition, replicate)
        for replicate in range(replicates)
        for coalition in chosen.coalitions(replicate)
        if coalition not in before
    ]
    needed = list(dict.fromkeys(coalition for coalition, _ in wanted))
    scenarios = [
        load([parts[name] for name in chosen.players if name in coalition]) if coalition else base
        for coalition in needed
    ]
    titled = {
        "+".join(name for name in chosen.players if name in coalition): scenario
        for coalition, scenario in zip(needed, scenarios, strict=True)
    }
    for name, scenario in titled.items():
        follow_ups_fit(question, scenario, name)
    together = {**titled, "the baseline": base}
    refuse_other_people(together, "the baseline", newcomers_per_year=newcomers_per_year)

    def read(k: int, result: Result) -> Side:
        return take(result, scenarios[k], question)

    position = {coalition: k for k, coalition in enumerate(needed)}
    found = run_some(
        scenarios, [(position[coalition], replicate) for coalition, replicate in wanted], read, seed=seed,
        newcomers_per_year=newcomers_per_year, workers=workers, progress=progress,
    )  # fmt: skip
    sides = dict(zip(wanted, found, strict=True))
    sides |= {(coalition, k): side for coalition, mine in before.items() for k, side in enumerate(mine)}
    return _table(chosen, sides, question, replicates, level, titles or {})


def runs_needed(parts: Sequence[str], replicates: int, seed: int, known: int = 0) -> int:
    """Return how many simulations a decomposition takes.

    Parameters
    ----------
    parts : sequence of str
    replicates, seed : int
    known : int
        Coalitions that have been run before.
    """
    chosen = plan(parts, replicates, seed)
    return sum(len(chosen.coalitions(replicate)) - known for replicate in range(replicates))


def _table(
    chosen: Plan,
    sides: Mapping[tuple[Coalition, int], Side],
    question: Question,
    replicates: int,
    level: float,
    titles: Mapping[str, tuple[str, str]],
) -> pd.DataFrame:
    """Tabulate every part and the whole, over the replicates."""
    none, every = frozenset[str](), frozenset(chosen.players)
    shared: dict[str, list[Array]] = {name: [] for name in (*chosen.players, TOTAL)}
    first: dict[str, list[Array]] = {name: [] for name in shared}
    last: dict[str, list[Array]] = {name: [] for name in shared}
    keys = pd.DataFrame()
    for replicate in range(replicates):
        worth = {}
        for coalition in chosen.coalitions(replicate):
            pair = contrast(sides[none, replicate], sides[coalition, replicate], question)
            # Displaced workers are counted in net cost; a row of their own would count them twice.
            pair = pair[pair["outcome"].isin(question.outcomes)].reset_index(drop=True)
            worth[coalition] = (pair["alt"] - pair["base"]).to_numpy(dtype=np.float64)
            keys = pair[question.keys]
        for name, value in chosen.values(worth, replicate).items():
            shared[name].append(value)
            first[name].append(worth[frozenset({name})] - worth[none])
            last[name].append(worth[every] - worth[every - {name}])
        for table in (shared, first, last):
            table[TOTAL].append(worth[every] - worth[none])
    rows = []
    for name, values in shared.items():
        english, danish = titles.get(name, (name, name))
        for k, key in enumerate(keys.to_dict("records")):
            row: dict[str, Any] = {"part": name, "part_title_en": english, "part_title_da": danish}
            row |= {str(column): value for column, value in key.items()}
            row |= statistics.mean(np.array(values)[:, k], level).columns()
            for label, table in (("first", first), ("last", last)):
                found = statistics.mean(np.array(table[name])[:, k], level)
                row |= {label: found.estimate, f"{label}_low": found.low, f"{label}_high": found.high}
            rows.append(row)
    return pd.DataFrame(rows).assign(orders=chosen.said, interval=statistics.INTERVAL)
