"""Random numbers: all from Philox, a counter-based generator, in named streams (docs/ODD.md 7.14).

A number depends on who, when and what for, never on how many were drawn before: a person has the same ones in
every scenario (common random numbers), in any order and on any number of processes. What belongs to a job has
the number of the job in place of the month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ankomst.simulation.codes import STREAM_TRAITS
from ankomst.simulation.kernels.compiled import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ankomst.simulation.kernels.arrays import Floats

    Word = np.uint64

MASK = 0xFFFFFFFF
# Unsigned, so that the compiler knows the upper halves to be zero and multiplies the words of eight at once.
_WORD, _HALF = np.uint64(MASK), np.uint64(32)
_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_TO_UNIT = 1.0 / 4294967296.0


@inlined
def philox(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> tuple[Word, Word, Word, Word]:
    """Return four 32-bit words for a counter and a key (Philox4x32-10).

    Parameters
    ----------
    c0, c1, c2, c3 : uint64
        Counter words, 0 to 2**32 - 1.
    k0, k1 : uint64
        Key words, 0 to 2**32 - 1.

    Returns
    -------
    tuple of four uint64
        Words a, b, c, d, each 0 to 2**32 - 1.

    References
    ----------
    Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. SC'11.
    """
    for _ in range(10):
        # Products of two 32-bit words fit into 64 bits.
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            (product_1 >> _HALF) ^ c1 ^ k0,
            product_1 & _WORD,
            (product_0 >> _HALF) ^ c3 ^ k1,
            product_0 & _WORD,
        )
        k0 = (k0 + _WEYL_0) & _WORD
        k1 = (k1 + _WEYL_1) & _WORD
    return c0, c1, c2, c3


@inlined
def unit(word: Word) -> float:
    """Return the middle of a word's place in (0, 1)."""
    return float((np.int64(word) + 0.5) * _TO_UNIT)


@inlined
def uniforms(ident: int, month: int, stream: int, k0: int, k1: int) -> tuple[float, float, float, float]:
    """Return four uniforms in (0, 1) for a person or municipality, month and stream (docs/ODD.md 7.14).

    Parameters
    ----------
    ident : int
        Person id (arrival month times 65,536 plus ordinal) or municipality index.
    month : int
        Calendar month t, 0 in the first month of the run; the number of the job in the stream of jobs.
    stream : int
        Stream number of the decision.
    k0, k1 : int
        Low and high half of the run seed, see `seed_words`.

    Returns
    -------
    tuple of four float
        Words a, b, c, d as (word + 0.5) / 2**32.
    """
    a, b, c, d = philox(
        np.uint64(ident), np.uint64(month), np.uint64(stream), np.uint64(0), np.uint64(k0), np.uint64(k1)
    )
    return unit(a), unit(b), unit(c), unit(d)


@kernel
def draw_all(idents: NDArray[np.int64], month: int, stream: int, k0: int, k1: int, out: Floats) -> None:
    """Draw the uniforms of many at once, several times as fast as one by one.

    Parameters
    ----------
    idents : ndarray of int64, shape (n,)
    month, stream, k0, k1 : int
        As for `uniforms`.
    out : ndarray, shape (4, at least n)
        Receives words a, b, c and d of each.
    """
    for j in range(idents.shape[0]):
        out[0, j], out[1, j], out[2, j], out[3, j] = uniforms(idents[j], month, stream, k0, k1)


@kernel
def draw_one(
    idents: NDArray[np.int64], month: int, stream: int, word: int, k0: int, k1: int, out: Floats
) -> None:
    """Draw one of the uniforms of many: as `draw_all`, `word` 0 to 3 for a to d, `out` of shape (n,)."""
    for j in range(idents.shape[0]):
        out[j] = uniforms(idents[j], month, stream, k0, k1)[word]


def run_seed(seed: int, replicate: int) -> int:
    """Return the 64-bit run seed of a replicate (docs/ODD.md 5.3)."""
    sequence = np.random.SeedSequence(seed, spawn_key=(replicate,))
    return int(sequence.generate_state(1, np.uint64)[0])


def seed_words(seed: int) -> tuple[int, int]:
    """Split a 64-bit run seed into the two key words of Philox."""
    return seed & MASK, (seed >> 32) & MASK


def trait_uniforms(seed: int, trait: int, idents: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the uniform behind a fixed trait of each person or municipality (docs/ODD.md 5.1 and 5.3).

    Parameters
    ----------
    seed : int
        Population seed or seed of the municipalities.
    trait : int
        Number of the trait; each has a stream of its own.
    idents : ndarray of int64, shape (n,)
        Person ids or municipality indices. The number of one does not depend on who else is asked for.
    """
    out = np.empty(idents.size)
    draw_one(idents, 0, STREAM_TRAITS + trait, 0, *seed_words(seed), out)
    return out
