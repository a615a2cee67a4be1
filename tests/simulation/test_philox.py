"""Random numbers: published vectors, streams and words apart, each number free of who else is asked for."""

from __future__ import annotations

import itertools

import numba
import numpy as np
import pytest
from tests.benchmarks.yardstick import draw_only
from tests.simulation.support import uniforms

from ankomst.simulation import codes
from ankomst.simulation.codes import STREAM_TRAITS
from ankomst.simulation.kernels.draws import draw_all, draw_one, philox, run_seed, seed_words, trait_uniforms
from ankomst.simulation.newcomers import Trait

# Random123 1.x, tests/kat_vectors: "philox4x32 10", counter, key, expected words.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
KEY = seed_words(run_seed(1, 0))
SIGMAS = 5


@numba.njit
def words_of(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Call the generator, which Python cannot: it is compiled into its callers."""
    a, b, c, d = np.uint64(counter[0]), np.uint64(counter[1]), np.uint64(counter[2]), np.uint64(counter[3])
    return philox(a, b, c, d, np.uint64(key[0]), np.uint64(key[1]))


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_published_known_answers(
    counter: tuple[int, ...], key: tuple[int, int], expected: tuple[int, ...]
) -> None:
    assert words_of(counter, key) == expected


def test_uniforms_are_the_middle_of_each_word_and_lie_inside_0_and_1() -> None:
    for ident, month, stream in itertools.product((0, 7, 65_536 * 59), (0, 119), (0, 1, 2, 3, 16)):
        drawn = uniforms(ident, month, stream, *KEY)
        words = words_of((ident, month, stream, 0), KEY)
        assert drawn == tuple((int(word) + 0.5) / 2**32 for word in words)
        assert all(0.0 < u < 1.0 for u in drawn)


def test_the_ends_of_the_interval_are_never_reached() -> None:
    assert (0 + 0.5) / 2**32 > 0.0
    assert (0xFFFFFFFF + 0.5) / 2**32 < 1.0


def test_persons_months_streams_words_and_seeds_are_distinct() -> None:
    seen = [
        u
        for ident, month, stream in itertools.product(range(20), range(20), (0, 1, 2, 3, 16))
        for u in uniforms(ident, month, stream, *KEY)
    ]
    # 8,000 of 2**32 values: a chance of 0.7 % of any tie, none with this seed.
    assert len(set(seen)) == len(seen)
    assert uniforms(1, 1, 0, *KEY) != uniforms(1, 1, 0, *seed_words(run_seed(2, 0)))
    assert uniforms(1, 1, 0, *KEY) != uniforms(1, 1, 0, *seed_words(run_seed(1, 1)))


@pytest.mark.parametrize("word", range(4))
def test_words_are_uniform_and_do_not_follow_each_other(word: int) -> None:
    drawn = np.array([uniforms(ident, 3, 0, *KEY) for ident in range(4_000)])
    n = drawn.shape[0]
    bound = SIGMAS / np.sqrt(12 * n)  # sd of a uniform is 1/sqrt(12)
    assert abs(drawn[:, word].mean() - 0.5) < bound
    share = np.bincount((drawn[:, word] * 10).astype(int), minlength=10) / n
    assert np.abs(share - 0.1).max() < SIGMAS * np.sqrt(0.09 / n)
    correlation = np.corrcoef(drawn, rowvar=False)[word]
    assert np.abs(np.delete(correlation, word)).max() < SIGMAS / np.sqrt(n)
    assert abs(np.corrcoef(drawn[1:, word], drawn[:-1, word])[0, 1]) < SIGMAS / np.sqrt(n)


def test_many_are_drawn_as_one_by_one() -> None:
    idents = np.array([65_536 * 59, 3, 65_536 * 8 + 65_535, 3], dtype=np.int64)
    out = np.zeros((4, 6))
    draw_all(idents, 41, 2, *KEY, out)
    assert [tuple(row) for row in out.T.tolist()] == [
        *(uniforms(int(i), 41, 2, *KEY) for i in idents), (0,) * 4, (0,) * 4,
    ]  # fmt: skip


def test_the_yardstick_adds_the_same_uniforms() -> None:
    idents = np.array([5, 65_536], dtype=np.int64)
    expected = sum(sum(uniforms(int(i), month, 0, *KEY)) for month in range(3) for i in idents)
    assert draw_only(idents, 3, *KEY) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("trait", Trait)
def test_the_number_behind_a_trait_does_not_depend_on_who_else_is_asked_for(trait: Trait) -> None:
    idents = np.array([70_000, 3, 65_536 * 8 + 65_535], dtype=np.int64)
    drawn = trait_uniforms(9, trait, idents)
    np.testing.assert_array_equal(trait_uniforms(9, trait, idents[[2, 0]]), drawn[[2, 0]])
    assert drawn.tolist() == [uniforms(int(i), 0, STREAM_TRAITS + trait, *seed_words(9))[0] for i in idents]


def test_streams_of_traits_differ_from_each_other_and_by_seed_and_have_room() -> None:
    numbers = [*(int(trait) for trait in Trait), *range(100, 106)]
    first = [trait_uniforms(seed, trait, np.arange(3)) for seed in (9, 10) for trait in numbers]
    assert np.unique(np.concatenate(first)).size == 3 * len(first)
    decisions = {number for name, number in vars(codes).items() if name.startswith("STREAM_")}
    assert max(decisions - {STREAM_TRAITS}) < STREAM_TRAITS
    assert max(Trait) < 100, "municipalities have the traits from 100 on"


def test_one_word_of_many_is_that_of_all_words() -> None:
    idents = np.arange(65_536, 65_556)
    out, words = np.zeros(20), np.zeros((4, 20))
    draw_all(idents, 7, 3, *KEY, words)
    for word in range(4):
        draw_one(idents, 7, 3, word, *KEY, out)
        np.testing.assert_array_equal(out, words[word])


def test_replicates_have_seeds_of_their_own() -> None:
    seeds = {run_seed(seed, replicate) for seed in range(20) for replicate in range(20)}
    assert len(seeds) == 400
    low, high = seed_words(run_seed(3, 4))
    assert high << 32 | low == run_seed(3, 4)
