"""Draws from Python's own generator, for runs of the twin alone and for timing it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def random_draw(seed: int) -> Callable[[int, int, int, int], float]:
    """Return ``draw(key, month, stream, word)`` in (0, 1); repeatable in the order of the calls.

    Parameters
    ----------
    seed : int
        Seed of the generator.
    """
    generator = random.Random(seed)  # noqa: S311 - a simulation, no secrets

    def draw(_key: int, _month: int, _stream: int, _word: int) -> float:
        return generator.random() or 0.5

    return draw


def constant_draw(value: float) -> Callable[[int, int, int, int], float]:
    """Return a draw that always gives `value`.

    Parameters
    ----------
    value : float
        In (0, 1).
    """
    return lambda _key, _month, _stream, _word: value
