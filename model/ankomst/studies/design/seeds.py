"""Seeds and luck for the parts of a study."""

from __future__ import annotations

import numpy as np

from ankomst.errors import ExperimentError

STAGE = 10**10
STREAMS = 100_000
"""Replicates that a draw can have: draw 0 has the seeds of a single run, no two draws share one."""


def first_luck(stage: int) -> int:
    """Return the number of the first luck of a stage: no two stages of a study share any."""
    return stage * STAGE


def seed_of(seed: int, part: int, number: int) -> int:
    """Return a seed for one use of random numbers in a study, apart from all others of the same seed."""
    return int(np.random.SeedSequence(seed, spawn_key=(part, number)).generate_state(1)[0])


def stream(draw: int, replicate: int) -> int:
    """Return the replicate that `simulate` gets: each pair of draw and replicate has its own stream."""
    if replicate >= STREAMS:
        raise ExperimentError(f"replicate {replicate} is too many", allowed=f"at most {STREAMS} replicates")
    return draw * STREAMS + replicate
