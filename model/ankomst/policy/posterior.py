"""The packaged posterior: where it is, where it comes from, and what it says of a parameter."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ankomst.errors import AnkomstError, ParameterError
from ankomst.policy.parameters import load_registry, nearest_parameter, ranged
from ankomst.policy.tables.table_file import Column, TableLayout, read_table

NAME = "denmark_2013"
"""The calibration whose posterior is packaged."""
POSTERIOR = Path(__file__).parent / "data" / f"posterior_{NAME}.csv"
"""One row a draw, one column a parameter with a range."""
FACTS = POSTERIOR.with_suffix(".json")
"""Where the draws come from; `ankomst adopt` writes both files."""
WEIGHT = "weight"
"""Column of a posterior: how much a row counts."""
MOST_BYTES = 50_000_000
LEVEL = 0.9
"""Coverage of the intervals of a parameter."""
CLEARLY = 0.1
"""Narrowing below which the data hardly inform a parameter."""


@dataclass(frozen=True)
class Marginal:
    """Posterior of one parameter, in its unit.

    Attributes
    ----------
    low, median, high : float
        Bounds of the interval with coverage LEVEL (quantiles of the draws), and the median.
    informed : bool
        Whether the data inform the parameter; otherwise its draws are those of the prior.
    n : int
        Draws.
    narrowing : float
        1 less the posterior's standard deviation over the prior's, on the normal scale; 0 where not informed.
    """

    low: float
    median: float
    high: float
    informed: bool
    n: int
    narrowing: float = 0.0

    @property
    def clearly(self) -> bool:
        """Whether the data narrow the parameter by more than a tenth."""
        return self.narrowing >= CLEARLY


def posterior_layout(error: type[AnkomstError]) -> TableLayout:
    """Return what a table of draws holds: a column a parameter with a range, and perhaps weights."""
    registry = load_registry()
    columns = []
    for name in ranged(registry):
        low, high = registry[name].range or (-np.inf, np.inf)
        whole, unit = registry[name].integer, registry[name].unit
        columns.append(
            Column(name, "whole" if whole else "number", needed=False, low=low, high=high, unit=unit)
        )
    columns.append(Column(WEIGHT, "number", needed=False, low=0, high=1e100))
    return TableLayout(
        "a row for each draw; columns that are parameters with a range (dotted names), and perhaps weight",
        tuple(columns),
        error=error,
        most=MOST_BYTES,
        nearest=nearest_parameter,
    )


@cache
def posterior_facts(path: Path | None = None) -> dict[str, Any]:
    """Return the manifest of the packaged posterior, or of another: calibration, seeds, draws, SHA-256.

    Raises
    ------
    ParameterError
        The file is missing or no JSON.
    """
    path = path or FACTS
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ParameterError("the manifest of the posterior cannot be read", where=path.name) from None
    return facts


@cache
def marginals(path: Path | None = None) -> dict[str, Marginal]:
    """Return what the packaged posterior, or another, says of each parameter.

    Raises
    ------
    ParameterError
        The table or its manifest is missing or cannot be read.
    """
    path = path or POSTERIOR
    facts = posterior_facts(path.with_suffix(".json"))
    informed, narrowing = set(facts.get("informed", ())), facts.get("narrowing", {})
    draws = read_table(path, posterior_layout(ParameterError), path.name).numbers
    marginals = {}
    for name, values in draws.items():
        low, median, high = map(float, np.quantile(values, (0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2)))
        marginals[name] = Marginal(low, median, high, name in informed, len(values), narrowing.get(name, 0.0))
    return marginals
