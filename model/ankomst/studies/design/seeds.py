"""Seeds and luck for the parts of a study."""

from __future__ import annotations

import numpy as np

STAGE = 10**10


def first_luck(stage: int) -> int:
    """Return the number of the first luck of a stage: no two stages of a study share any."""
    return stage * STAGE


def seed_of(seed: int, part: int, number: int) -> int:
    """Return a seed for one use of random numbers in a study, apart from all others of the same seed."""
    return int(np.random.SeedSequence(seed, spawn_key=(part, number)).generate_state(1)[0])
