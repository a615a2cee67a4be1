"""Consistency of a registry of parameters: what `params check` reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.errors import nearest_name, show
from ankomst.policy.parameter_values import Parameter, check_value
from ankomst.policy.parameters import FIXED_GROUPS, GRADES, PRIORS, Registry
from ankomst.policy.schema import WrongValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCED_GRADES = ("published", "report")
ZERO_NAMES = (
    "municipality.effort_elasticity",
    "municipality.peer_learning",
    "municipality.advisory_boost",
    "municipality.target_pressure",
)
"""Effects that nobody has measured: the range must let them be absent."""
ZERO_GROUPS = ("levers",)
ZERO_EXCEPTIONS = {
    "levers.trainee_interruption": "a measured rate of interruption, not an effect",
    "levers.trainee_hired": "a measured share, not an effect; the lever's zero dose is no trainee job",
}
"""Parameters of these groups whose range may leave out 0, with the reason."""


def check_registry(registry: Registry) -> list[str]:
    """Return all problems of a registry, one sentence each; an empty list when it is sound.

    Checked: units, grades, priors, sources of published and reported values, ranges of calibrated groups and
    their order, values within ranges, shares that sum to 1, and that effects nobody has measured may be 0.
    """
    return [f"{name}: {problem}" for name, parameter in registry.items() for problem in _problems(parameter)]


def _problems(parameter: Parameter) -> Iterator[str]:
    if not parameter.unit.strip():
        yield "has no unit"
    if parameter.grade not in GRADES:
        near = nearest_name(parameter.grade, GRADES)
        hint = f"; did you mean '{near}'?" if near else ""
        yield f"has the grade {show(parameter.grade)}; allowed: {', '.join(GRADES)}{hint}"
    if parameter.prior not in PRIORS:
        yield f"has the prior {show(parameter.prior)}; allowed: {', '.join(PRIORS)}"
    if parameter.grade in SOURCED_GRADES and not parameter.source.strip():
        yield f"has the grade {parameter.grade} but no source"
    if parameter.source.strip().lower() == "same":
        yield "has the source 'same'; write the source out"
    yield from _range_problems(parameter)
    yield from _value_problems(parameter)


def _range_problems(parameter: Parameter) -> Iterator[str]:
    if parameter.range is None:
        if parameter.group not in FIXED_GROUPS:
            yield f"has no range, which every parameter outside {' and '.join(FIXED_GROUPS)} needs"
        return
    low, high = parameter.range
    if low > high:
        yield f"has a range that runs backwards: {low:g} to {high:g}"
    elif low == high:
        yield f"has a range without width: {low:g} to {high:g}"
    may_be_absent = parameter.name in ZERO_NAMES or parameter.group in ZERO_GROUPS
    if may_be_absent and not low <= 0 <= high and parameter.name not in ZERO_EXCEPTIONS:
        yield f"has the range {low:g} to {high:g}, which must include 0 (no effect): nobody has measured it"


def _value_problems(parameter: Parameter) -> Iterator[str]:
    backwards = parameter.range is not None and parameter.range[0] > parameter.range[1]
    try:
        check_value(parameter, parameter.value, ranges=not backwards)
    except WrongValueError as problem:
        where = f" at {'.'.join(problem.path)}" if problem.path else ""
        yield f"has a value{where} that {problem}; allowed: {problem.allowed}"
