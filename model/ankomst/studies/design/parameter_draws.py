"""Draws of the uncertain parameters: the registry's values, or a prior over the registry's ranges."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ankomst.errors import ParameterError, Problems, nearest_name, show
from ankomst.policy.parameters import load_registry, nearest_parameter, ranged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ankomst.policy.parameter_values import Parameter

Array = np.ndarray[Any, Any]
METHODS = ("latin_hypercube", "sobol")
_STREAM = 0xD4A3
"""Sets the draws of a seed apart from other uses of the same seed."""


@dataclass(frozen=True)
class Draws:
    """Sets of parameter values; every scenario is run with each of them.

    Attributes
    ----------
    kind : {"point", "prior", "posterior"}
    values : tuple of dict
        Values by dotted name, in the units of the registry, one dictionary a draw; each can be passed to
        `Scenario.parameter_values` and to `simulate`. A point is one empty dictionary.
    names : tuple of str
        The parameters that are drawn, in the order of the registry.
    description : dict
        Method, number, seed and ranges, or the file and its SHA-256: enough to draw them again. JSON-able.
    """

    kind: Literal["point", "prior", "posterior"]
    values: tuple[dict[str, float], ...]
    names: tuple[str, ...]
    description: dict[str, Any]


def point() -> Draws:
    """Return the one draw that leaves every parameter at the registry's value, the central draw."""
    return Draws("point", ({},), (), {"from": "point"})


def by_group(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the groups of the registry that some parameters belong to, each with those of them."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        group = name.partition(".")[0]
        found[group] = (*found.get(group, ()), name)
    return found


def matching(patterns: Sequence[str] | None) -> tuple[str, ...]:
    """Return the parameters with a range that some pattern matches, in the order of the registry.

    Parameters
    ----------
    patterns : sequence of str, optional
        Dotted names, with ``*`` for any part; all parameters with a range if left out.

    Raises
    ------
    ParameterError
        A pattern matches no parameter, or only parameters without a range.
    """
    registry = load_registry()
    drawable = ranged()
    if patterns is None:
        return drawable
    problems = Problems()
    for pattern in patterns:
        if any(fnmatchcase(name, pattern) for name in drawable):
            continue
        if any(fnmatchcase(name, pattern) for name in registry):
            problems.add(
                ParameterError(
                    f"{show(pattern, 80)} has no range, so that nothing can be drawn",
                    allowed="parameters with a range, which 'ankomst params list' shows",
                )
            )
            continue
        names = [f"{name.partition('.')[0]}.*" for name in drawable] if "*" in pattern else drawable
        problems.add(
            ParameterError(
                f"{show(pattern, 80)} matches no parameter",
                allowed="names and patterns such as municipality.*; 'ankomst params list' shows all",
                nearest=nearest_parameter(pattern, names),
            )
        )
    problems.settle()
    return tuple(name for name in drawable if any(fnmatchcase(name, pattern) for pattern in patterns))


def draw_prior(
    number: int, *, method: str = "latin_hypercube", seed: int = 1, parameters: Sequence[str] | None = None
) -> Draws:
    """Draw from the prior: uniform over the registry's ranges, all parameters independent of each other.

    Parameters
    ----------
    number : int
        Draws. A Sobol sequence of a seed begins with the same draws whatever its number; a Latin hypercube
        of another number is another one altogether.
    method : {"latin_hypercube", "sobol"}
        The Sobol sequence is scrambled.
    seed : int
    parameters : sequence of str, optional
        Names or patterns; see `matching`. Whole numbers of an integer parameter are equally likely.

    Raises
    ------
    ParameterError
        The number, the method or a pattern is wrong.
    """
    if number < 1:
        raise ParameterError(f"the number of draws is {number}", allowed="1 or more")
    if method not in METHODS:
        near = nearest_name(method, METHODS)
        raise ParameterError(f"there is no method {show(method)}", allowed=", ".join(METHODS), nearest=near)
    names = matching(parameters)
    registry = load_registry()
    unit = _unit_draws(number, len(names), method, seed)
    columns = [_scaled(registry[name], unit[:, k]) for k, name in enumerate(names)]
    return Draws(
        "prior",
        rows_of(names, columns, number),
        names,
        {
            "from": "prior",
            "method": method,
            "number": number,
            "seed": seed,
            "ranges": {name: list(registry[name].range or ()) for name in names},
        },
    )


def random_of(seed: int) -> np.random.Generator:
    """Return the random numbers of the draws of a seed."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAM,)))


def _unit_draws(number: int, dimensions: int, method: str, seed: int) -> Array:
    """Return draws from the unit cube, shape (number, dimensions)."""
    from scipy.stats import qmc  # noqa: PLC0415 - takes half a second to import

    if method == "latin_hypercube":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=random_of(seed)).random(number))
    # The next power of two is drawn and cut: the same points, and no warning about a broken balance.
    sequence = qmc.Sobol(dimensions, scramble=True, rng=random_of(seed))
    return np.asarray(sequence.random_base2((number - 1).bit_length())[:number])


def _scaled(parameter: Parameter, unit: Array) -> Array:
    low, high = parameter.range or (parameter.value, parameter.value)
    return stretched(low, high, unit, integer=parameter.integer)


def stretched(low: float, high: float, unit: Array, *, integer: bool) -> Array:
    """Stretch values from 0 to 1 over a range; whole numbers are equally likely."""
    if integer:
        return np.minimum(np.floor(low + unit * (high - low + 1.0)), high)
    return np.clip(low + unit * (high - low), low, high)


def rows_of(names: Sequence[str], columns: Sequence[Array], number: int) -> tuple[dict[str, float], ...]:
    """Return one dictionary a draw from one array a parameter; integer parameters become whole numbers."""
    registry = load_registry()
    plain = [
        [int(value) if registry[name].integer else float(value) for value in column]
        for name, column in zip(names, columns, strict=True)
    ]
    return tuple({name: plain[k][row] for k, name in enumerate(names)} for row in range(number))
