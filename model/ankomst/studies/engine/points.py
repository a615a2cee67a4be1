"""Evaluated points of a sensitivity analysis: every point with every random stream, no failed blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ankomst.studies.design.blocks import Design
    from ankomst.studies.engine.evaluations import Evaluations

Array = np.ndarray[Any, Any]
MOST_DROPPED = 0.05
"""Share of the blocks that may be left out because a run failed or has no number."""


@dataclass(frozen=True)
class Points:
    """Points with their numbers.

    Attributes
    ----------
    stage : str
    factors : tuple of str
        Columns of `natural` and, for a design, of `unit` (there the dummy is the last).
    unit : ndarray or None, shape (blocks, points of a block, factors with the dummy)
        In the unit cube; None for given draws.
    natural : ndarray, shape (blocks, points of a block, factors)
        In the unit of each parameter.
    rows : ndarray, shape (blocks, points of a block, replicates, names)
    dropped : int
        Blocks left out.
    """

    stage: str
    factors: tuple[str, ...]
    unit: Array | None
    natural: Array
    rows: Array
    dropped: int


def evaluate_design(design: Design, work: Evaluations) -> Points:
    """Evaluate a design.

    Raises
    ------
    RunError
        More than a twentieth of its blocks have a failed run or a number that is none.
    """
    blocks, size, width = design.unit.shape
    draws = design.factors.draws(design.points)
    rows = _rows(design.stage, draws, design.streams().reshape(len(draws), -1), work)
    rows = rows.reshape(blocks, size, design.replicates, -1)
    natural = design.factors.natural(design.points).reshape(blocks, size, width - 1)
    kept, dropped = _whole(design.stage, rows, work.measures.names, work.runs.say)
    names = tuple(factor.name for factor in design.factors.each)
    return Points(design.stage, names, design.unit[kept], natural[kept], rows[kept], dropped)


def evaluate_draws(
    sets: Sequence[Mapping[str, Any]], names: Sequence[str], replicates: int, stage: str, work: Evaluations,
    *, first_stream: int, needed: Sequence[str] | None = None,
) -> Points:  # fmt: skip
    """Evaluate given draws, each a block of its own with luck of its own.

    Parameters
    ----------
    sets : sequence of dict
        What each evaluation takes: values by name, and perhaps which scenarios are run.
    names : sequence of str
        Those that become columns of `natural`.
    replicates : int
    stage : str
    work : Evaluations
    first_stream : int
        Number of the first luck.
    needed : sequence of str, optional
        Measures that every evaluation must have; all if left out.

    Raises
    ------
    RunError
        More than a twentieth of the draws have a failed run or a number that is none.
    """
    streams = first_stream + np.arange(len(sets) * replicates, dtype=np.int64).reshape(len(sets), replicates)
    rows = _rows(stage, sets, streams, work).reshape(len(sets), 1, replicates, -1)
    natural = np.array([[values[name] for name in names] for values in sets], dtype=np.float64)
    measured = work.measures.names
    columns = [measured.index(name) for name in needed or measured]
    kept, dropped = _whole(stage, rows[..., columns], [measured[k] for k in columns], work.runs.say)
    return Points(stage, tuple(names), None, natural[kept][:, None], rows[kept], dropped)


def _rows(stage: str, draws: Sequence[Mapping[str, Any]], streams: Array, work: Evaluations) -> Array:
    replicates = streams.shape[1]
    repeated = [draw for draw in draws for _ in range(replicates)]
    return work.at(stage, repeated, [int(stream) for stream in streams.ravel()])


def _whole(stage: str, rows: Array, names: Sequence[str], say: Callable[[str], None]) -> tuple[Array, int]:
    """Say which blocks have all their numbers: one gap would turn indices into nonsense."""
    gaps = ~np.isfinite(rows)
    whole = ~gaps.any(axis=(1, 2, 3))
    dropped = int((~whole).sum())
    if not dropped:
        return np.flatnonzero(whole), 0
    by_name = gaps.any(axis=(0, 1, 2))
    which = names[int(np.argmax(by_name))] if not by_name.all() else "every number"
    what = (
        f"{dropped} of {len(rows)} blocks of the stage {stage} have a run that failed or gave no number "
        f"({which})"
    )
    if dropped > MOST_DROPPED * len(rows):
        raise RunError(
            what, allowed=f"at most {MOST_DROPPED:.0%}; failures.csv and the messages above say why"
        )
    say(f"{what}; they are left out with all their points, and n is smaller by as much")
    return np.flatnonzero(whole), dropped
