"""Random numbers: counter-based Philox for decisions, named SeedSequence streams for fixed traits.

A draw depends on who, when and what for, never on how many draws came before: the luck of a person in a
month is the same in every scenario (common random numbers), in any order and on any number of processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ankomst.simulation.compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

MASK = 0xFFFFFFFF
_MULTIPLIER_0, _MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
_WEYL_0, _WEYL_1 = 0x9E3779B9, 0xBB67AE85
_TO_UNIT = 1.0 / 4294967296.0


@kernel
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Philox4x32-10: four 32-bit words for a counter and a key.

    Parameters
    ----------
    c0, c1, c2, c3 : int
        Counter words, 0 to 2**32 - 1.
    k0, k1 : int
        Key words, 0 to 2**32 - 1.

    Returns
    -------
    tuple of four int
        Words a, b, c, d, each 0 to 2**32 - 1.

    References
    ----------
    Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. SC'11.
    """
    for _ in range(10):
        # In 64-bit integers the products wrap, but bits 0 to 63 are right, and only they are read.
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            ((product_1 >> 32) & MASK) ^ c1 ^ k0,
            product_1 & MASK,
            ((product_0 >> 32) & MASK) ^ c3 ^ k1,
            product_0 & MASK,
        )
        k0 = (k0 + _WEYL_0) & MASK
        k1 = (k1 + _WEYL_1) & MASK
    return c0, c1, c2, c3


@kernel
def uniforms(ident: int, month: int, stream: int, k0: int, k1: int) -> tuple[float, float, float, float]:
    """Four uniforms in (0, 1) for one person or municipality, calendar month and stream (details T1).

    Parameters
    ----------
    ident : int
        Person id (arrival month times 65,536 plus ordinal) or municipality index.
    month : int
        Calendar month t, 0 in the first month of the run.
    stream : int
        Stream number of the decision.
    k0, k1 : int
        Low and high half of the run seed, see `seed_words`.

    Returns
    -------
    tuple of four float
        Words a, b, c, d as (word + 0.5) / 2**32.
    """
    a, b, c, d = philox(int(ident), int(month), int(stream), 0, k0, k1)
    return (a + 0.5) * _TO_UNIT, (b + 0.5) * _TO_UNIT, (c + 0.5) * _TO_UNIT, (d + 0.5) * _TO_UNIT


@kernel
def draw_only(idents: NDArray[np.int64], months: int, k0: int, k1: int) -> float:
    """Draw four uniforms for each newcomer and month and add them up: the floor for the speed of a month.

    Parameters
    ----------
    idents : ndarray of int64, shape (n,)
        Person ids.
    months : int
        Months drawn for each.
    k0, k1 : int
        Key words.
    """
    total = 0.0
    for month in range(months):
        for i in range(idents.shape[0]):
            a, b, c, d = uniforms(idents[i], month, 0, k0, k1)
            total += a + b + c + d
    return total


def run_seed(seed: int, replicate: int) -> int:
    """Return the 64-bit run seed of a replicate (details C12)."""
    sequence = np.random.SeedSequence(seed, spawn_key=(replicate,))
    return int(sequence.generate_state(1, np.uint64)[0])


def seed_words(seed: int) -> tuple[int, int]:
    """Split a 64-bit run seed into the two key words of Philox."""
    return seed & MASK, (seed >> 32) & MASK


def trait_uniforms(seed: int, spawn_key: tuple[int, ...], n: int) -> NDArray[np.float64]:
    """Return `n` uniforms of a named trait stream (details T1, fixed traits).

    Parameters
    ----------
    seed : int
        Population seed or seed of the municipalities.
    spawn_key : tuple of int
        (trait, arrival month) for persons, (100 + k,) for municipalities.
    n : int
        Number of values; a longer request begins with the same values.
    """
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=spawn_key)
    return np.random.Generator(np.random.PCG64(sequence)).random(n)
