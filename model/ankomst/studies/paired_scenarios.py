"""The scenarios of a sensitivity analysis or a decision: loaded, the baseline first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ankomst.errors import AnkomstError, ExperimentError
from ankomst.policy.places import find_scenario, scenario_name
from ankomst.policy.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.studies.experiment_kinds import Entry
    from ankomst.studies.experiment_reading import Source
    from ankomst.studies.readings import Reading


def paired_scenarios(
    baseline: str, entries: Mapping[str, Entry], settings: Mapping[str, Any], source: Source
) -> dict[str, Scenario]:
    """Load the scenarios of a study.

    Parameters
    ----------
    baseline : str
        A scenario, or the name of one of `entries`.
    entries : mapping
        Scenarios by name.
    settings : mapping
        Keys that are set in all of them.
    source : Source
        The file, for errors.

    Returns
    -------
    dict
        Scenarios by name, the baseline first.

    Raises
    ------
    ExperimentError
        A scenario is missing or wrong, or one follows newcomers for another time than the baseline.
    """
    name = baseline if baseline in entries else scenario_name(baseline)
    found = {name: _loaded(entries[name].spec, entries[name].set, settings, source, name)
             if name in entries else _loaded(baseline, {}, settings, source, "")}  # fmt: skip
    for other, entry in entries.items():
        if other != name:
            found[other] = _loaded(entry.spec, entry.set, settings, source, other)
    wanted = found[name].horizon.follow_up_months
    for other, scenario in found.items():
        if scenario.horizon.follow_up_months != wanted:
            raise source.error(
                ("scenarios",),
                f"the scenario {other} follows newcomers for {scenario.horizon.follow_up_months} months and "
                f"the baseline for {wanted}",
                "one horizon.follow_up_months for all",
            )
    return found


def check_months(readings: tuple[Reading, ...], scenarios: Mapping[str, Scenario], source: Source) -> None:
    """Refuse readings beyond the follow-up.

    Raises
    ------
    ExperimentError
    """
    last = min(scenario.horizon.follow_up_months for scenario in scenarios.values())
    for k, each in enumerate(readings):
        if each.months > last:
            raise source.error(
                ("outcomes", str(k)),
                f"{each.key} lies beyond the follow-up: newcomers are followed for {last} months",
                f"months up to {last}",
            )


def _loaded(
    spec: str, own: Mapping[str, Any], settings: Mapping[str, Any], source: Source, name: str
) -> Scenario:
    try:
        return load_scenario(find_scenario(spec, source.folder), {**settings, **own})
    except AnkomstError as problem:
        if "override" in problem.where:
            raise source.error(("set",), f"set: {problem.what}", problem.allowed, problem.nearest) from None
        place = source.of_scenario(name) if name else source.place(("baseline",))
        what = f"{problem.what} (in {problem.where})" if problem.where else problem.what
        raise ExperimentError(what, where=place, allowed=problem.allowed, nearest=problem.nearest) from None
