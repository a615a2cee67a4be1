"""Numbers of a scenario by year, municipality and account item, as tables of differences need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.accounts import resource_items
from ankomst.simulation.payer_layers import municipal_signs
from ankomst.studies.metrics.summary import payer_signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.studies.metrics.pairs import Pairs

Array = np.ndarray[Any, Any]


def as_rows(values: Array) -> Array:
    """Turn (draws, replicates, ...) into (rows, draws, replicates)."""
    return np.moveaxis(values.reshape(*values.shape[:2], -1), -1, 0)


def by_year(pairs: Pairs, scenario: str) -> Array:
    """Net cost by payer, discounting and year since arrival, then by calendar year, then months in work."""
    signs = payer_signs()
    since = np.einsum("pi,drify->drpfy", signs, pairs.read(scenario, "item_year"))
    starts = np.arange(0, pairs.layout.follow_up, 12)
    for k, discounted in enumerate((False, True)):
        taken = pairs.displaced_by_month(scenario, discounted=discounted)[..., :3, :]
        since[..., k, :] += np.add.reduceat(taken, starts, axis=-1)
    calendar = np.einsum("pi,driy->drpy", signs, pairs.read(scenario, "item_calendar"))
    jobs = np.add.reduceat(pairs.read(scenario, "jobs")[..., 0], starts, axis=-1)
    return np.concatenate([as_rows(since), as_rows(calendar), as_rows(jobs)])


def by_municipality(pairs: Pairs, scenario: str, measures: Sequence[str]) -> Array:
    """Outcomes by measure and municipality, then net cost by payer and municipality."""
    places = [pairs.label("area_outcome", 0, name) for name in measures]
    outcomes = pairs.read(scenario, "area_outcome")[..., places, :]
    return np.concatenate([as_rows(outcomes), as_rows(pairs.read(scenario, "area_cost"))])


def layers(pairs: Pairs, scenario: str, *, discounted: bool) -> Array:
    """Net cost of municipalities, then of the state, by layer of `payer_layers`, with displaced workers."""
    items = pairs.read(scenario, "item_year")[..., int(discounted), :].sum(axis=-1)
    both = (items @ payer_signs()[2] + pairs.displaced(scenario, discounted=discounted)[..., 2, 0])[..., None]
    municipal = items @ municipal_signs().T + pairs.displaced_layers(scenario, discounted=discounted)
    return as_rows(np.concatenate([municipal, both - municipal], axis=-1))


def account(pairs: Pairs, scenario: str, *, discounted: bool) -> Array:
    """Items, displacement of municipality and state, net cost of each payer, and resource cost."""
    items = pairs.read(scenario, "item_year")[..., int(discounted), :].sum(axis=-1)
    taken = pairs.displaced(scenario, discounted=discounted)[..., :3, 0]
    net = items @ payer_signs().T + taken
    return as_rows(
        np.concatenate([items, taken[..., :2], net, (items @ resource_items())[..., None]], axis=-1)
    )
