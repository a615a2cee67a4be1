"""An emulator of each quantity on the points of the Sobol design: how good it is, and indices from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.errors import RunError
from ankomst.studies.sensitivity.emulator import emulator_table, fit_emulator, held_out
from ankomst.studies.sensitivity.emulator_indices import emulator_sobol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from ankomst.studies.engine.points import Points
    from ankomst.studies.metrics.contrasts import Contrast, Lead
    from ankomst.studies.schema.sensitivity_file import SensitivityFile

    Array = np.ndarray[Any, Any]

STAGE = "sobol"


def emulator_tables(
    file: SensitivityFile, points: Points | None, quantities: Sequence[Contrast | Lead],
    values_of: Callable[[Contrast | Lead], Array], say: Callable[[str], None],
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Return the tables emulator, emulator_indices and interactions.

    Parameters
    ----------
    file : SensitivityFile
    points : Points or None
        Of the Sobol design.
    quantities : sequence of Contrast or Lead
    values_of : callable
        Returns a quantity at the points that fill the space evenly, shape (points, replicates).
    say : callable
        Told which quantity cannot be emulated.
    """
    wanted = file.emulator
    found: dict[str, list[pd.DataFrame]] = {"emulator": [], "emulator_indices": [], "interactions": []}
    if wanted is None or points is None or points.unit is None:
        return {}
    unit = points.unit[:, [0, -1], :-1].reshape(-1, points.unit.shape[-1] - 1)
    for quantity in quantities:
        values = values_of(quantity)
        try:
            emulator = fit_emulator(unit, values, file.seed)
        except RunError as problem:
            say(f"{quantity.key}: {problem}")
            continue
        quality = held_out(emulator, folds=wanted.folds, level=file.level, seed=file.seed)
        found["emulator"].append(
            emulator_table(
                emulator,
                quality,
                quantity=quantity.key,
                sample=STAGE,
                unit=quantity.unit,
                limit=wanted.limit,
                level=file.level,
            )
        )
        indices, pairs = emulator_sobol(
            emulator, quality, points.factors, quantity=quantity.key, sample=STAGE, limit=wanted.limit,
            level=file.level, seed=file.seed,
        )  # fmt: skip
        found["emulator_indices"].append(indices)
        found["interactions"].append(pairs)
    return {
        key: pd.concat(full, ignore_index=True) if (full := [x for x in tables if len(x)]) else pd.DataFrame()
        for key, tables in found.items()
    }
