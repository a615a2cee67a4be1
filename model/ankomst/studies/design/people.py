"""Whether scenarios can be compared: a difference is one of policy only among the same simulated people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ankomst.errors import RunError, show
from ankomst.policy.arrivals import read_arrivals
from ankomst.policy.files import display_path
from ankomst.policy.scenario import table_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ankomst.policy.scenario import Scenario

Given = TypeVar("Given")
NAMED = 3
"""Keys that a message names."""


def refuse_other_people(
    scenarios: Mapping[str, Scenario],
    baseline: str,
    *,
    newcomers_per_year: int | None = None,
    where: Callable[[str], str] = lambda _: "",
) -> None:
    """Refuse scenarios whose simulated people are not those of the baseline.

    Where people are placed is policy and may differ; so may the number of real people that each stands for.

    Parameters
    ----------
    scenarios : mapping from name to Scenario
    baseline : str
        The name of one of them.
    newcomers_per_year : int, optional
        Sample of all runs, where it is not that of the scenarios.
    where : callable, optional
        Returns the place of a scenario for the message.

    Raises
    ------
    RunError
        The message names the keys that differ and what to do.
    DataError
        A table cannot be read.
    """
    wanted = _people(scenarios[baseline], newcomers_per_year)
    for name, scenario in scenarios.items():
        mine = _people(scenario, newcomers_per_year)
        keys = [key for key in wanted if mine[key][0] != wanted[key][0]]
        if "population.arrivals" in keys or scenario.population.arrivals is not None:
            keys = [key for key in keys if key != "population.arrival_years"]  # they follow from the arrivals
        if keys:
            more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
            told = [f"{key} is {mine[key][1]}, not {wanted[key][1]}" for key in keys[:NAMED]]
            raise RunError(
                f"{name} does not have the same simulated people as {baseline}, so that a difference "
                f"would not be one of policy: {', '.join(told)}{more}",
                where=where(name),
                allowed=f"one value in all scenarios (--set {keys[0]}=VALUE, or set: in an experiment file), "
                "or a run of each without the other",
            )


def _people(scenario: Scenario, sample: int | None) -> dict[str, tuple[object, str]]:
    """Return what decides who is simulated, and how a message shows it, by key of a scenario file."""
    from ankomst.simulation.municipalities import read_municipalities  # noqa: PLC0415 - a second to import

    people, values = scenario.population, scenario.parameter_values()
    found = {
        "population.newcomers_per_year": sample or people.newcomers_per_year,
        "population.arrivals": _sound(people.arrivals, read_arrivals),
        "population.arrival_years": people.arrival_years,
        "population.municipalities": _sound(people.municipalities, read_municipalities),
        "population.seed": people.seed,
        "municipalities.seed": scenario.municipalities.seed,
        **{f"parameters.{name}": values[name] for name in values if name.startswith("population.")},
    }
    return {key: _compared(value) for key, value in found.items()}


def _sound(given: Given, read: Callable[[Path], object]) -> Given:
    """Return what is given; of a table that cannot be read this is said, not that it is another one."""
    if isinstance(given, Path):
        read(given)
    return given


def _compared(value: object) -> tuple[object, str]:
    """Return what is compared of a value, of a table its content, and how a message shows the value."""
    if isinstance(value, Path):
        return table_digest(value), display_path(value)
    return value, "null" if value is None else show(value)


def people_of(scenario: Scenario) -> dict[str, Any]:
    """Return everything of a scenario that decides who arrives where, besides the luck."""
    values = scenario.parameter_values()
    people = {name: values[name] for name in values if name.startswith("population.")}
    if scenario.dispersal == "demand_weighted":  # demand is a trait of municipalities
        people |= {name: values[name] for name in values if name.startswith("municipality.demand_")}
        people["slope"] = values["constants.dispersal_slope"]
    return {
        **people,
        "population": scenario.population,
        "municipalities": scenario.municipalities,
        "dispersal": scenario.dispersal,
    }


def same_people(first: Scenario, second: Scenario) -> bool:
    """Whether two scenarios draw the same population, so that it can be drawn once."""
    return people_of(first) == people_of(second)
