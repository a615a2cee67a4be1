"""Checks of a single parameter value: type, range, and the shape of tables."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ankomst.errors import nearest_name, show
from ankomst.policy.kinds import Quantity
from ankomst.policy.schema import WrongValueError, WrongValues

DISTRIBUTIONS = ("population.origin_shares",)
"""Tables whose entries sum to 1; lists of shares always do."""
ParameterValue = Any
"""A number (float or int), or a table: a dict of numbers or of lists of numbers."""
Table = Any


@dataclass(frozen=True)
class Parameter:
    """One uncertain parameter.

    Attributes
    ----------
    name
        Group and name, such as ``job_finding.b_language``.
    value
        Value in use: a number (of a calibrated parameter the central draw of the posterior), or a table for
        fixed traits of the population.
    range
        Lowest and highest value for priors and sensitivity analysis; None for fixed traits and constants.
    prior
        Shape of the prior over the range.
    unit
        Unit of the value.
    grade
        How well it is known: one of GRADES.
    source
        Where it comes from; may be empty for assumptions.
    integer
        Whether only whole numbers make sense.
    """

    name: str
    value: Any
    range: tuple[float, float] | None
    prior: str
    unit: str
    grade: str
    source: str
    integer: bool = False

    @property
    def group(self) -> str:
        """Return the part of the name before the dot."""
        return self.name.partition(".")[0]


def check_value(parameter: Parameter, value: object, *, ranges: bool = True) -> ParameterValue:
    """Return the value in its stored form or raise `WrongValueError`.

    A partial table is completed from the value of the registry.
    """
    unit = parameter.unit
    if isinstance(parameter.value, dict):
        table = _completed(parameter.value, value, unit)
        _check_table(parameter, table)
        return table
    low, high = parameter.range or _natural_range(unit)
    return Quantity(unit, low, high, whole=parameter.integer).number(value, ranges=ranges)


def _natural_range(unit: str) -> tuple[float, float]:
    return (0.0, 1.0) if unit.startswith(("share", "probability")) else (0.0, 1e6)


def _completed(start: Table, value: object, unit: str) -> Table:
    """Return `start` with the entries of `value`, which must have the same shape."""
    if isinstance(start, dict):
        if not isinstance(value, Mapping):
            raise WrongValueError(f"must be a map, not {show(value)}", ", ".join(start))
        found, wrong = copy.deepcopy(start), WrongValues()
        for key, new in value.items():
            with wrong.kept(str(key)):
                if key not in start:
                    raise WrongValueError(
                        "is not a known key", ", ".join(start), nearest_name(str(key), start)
                    )
                found[key] = _completed(start[key], new, unit)
        wrong.settle()
        return found
    if isinstance(start, list):
        if not isinstance(value, (list, tuple)) or len(value) != len(start):
            raise WrongValueError(f"must be a list of {len(start)} numbers", f"{len(start)} numbers ({unit})")
        items, wrong = [], WrongValues()
        for k, (old, new) in enumerate(zip(start, value, strict=True)):
            with wrong.kept(str(k)):
                items.append(_completed(old, new, unit))
        wrong.settle()
        return items
    return Quantity(unit, *_natural_range(unit)).number(value)


def _check_table(parameter: Parameter, table: Mapping[str, Any]) -> None:
    sums: dict[tuple[str, ...], float]
    sums = {(key,): sum(entry) for key, entry in table.items() if isinstance(entry, list)}
    if parameter.name in DISTRIBUTIONS:
        sums = {(): sum(table.values())}
    wrong = WrongValues()
    for path, total in sums.items():
        if abs(total - 1) > 1e-6:
            wrong.add(WrongValueError(f"sums to {total:g}", "shares that sum to 1"), *path)
    wrong.settle()
    if {"min", "max"} <= set(table) and table["min"] >= table["max"]:
        raise WrongValueError(
            f"has min {table['min']:g} that is not below max {table['max']:g}", "min below max"
        )
