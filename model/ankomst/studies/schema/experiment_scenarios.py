"""The scenarios of an experiment: which there are, and loading each with what is set in it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from ankomst.errors import AnkomstError, ExperimentError, Problems, RunError, show
from ankomst.policy.places import find_scenario, scenario_name
from ankomst.policy.scenario import Scenario, load_scenario
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.schema.experiment_kinds import Entry
from ankomst.studies.schema.experiment_reading import OVERRIDE, setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.yaml_file import KeyPath
    from ankomst.studies.schema.experiment_file import ExperimentFile
    from ankomst.studies.schema.experiment_reading import Source
    from ankomst.studies.schema.paired_fields import PairedFile


def load_scenarios(
    file: ExperimentFile | PairedFile, source: Source, above: Mapping[str, Any]
) -> tuple[dict[str, Scenario], dict[str, str], str]:
    """Load the scenarios of an experiment.

    Parameters
    ----------
    file : ExperimentFile or PairedFile
    source : Source
    above : mapping
        Keys that are set in all scenarios above the file.

    Returns
    -------
    tuple
        Scenarios by name with the baseline first, the files of each, and the name of the baseline.

    Raises
    ------
    ExperimentError
        A scenario is missing, wrong or named twice, or one follows newcomers for another time or has other
        simulated people.
    """
    entries, baseline = _entries(file, source)
    found: dict[str, Scenario] = {}
    problems, known = Problems(), Problems()
    for name, entry in entries.items():
        settings: dict[str, Any] = {}
        for layer in (file.set, entry.set, above):
            for key, value in layer.items():
                settings.pop(key, None)  # what is set later comes later
                settings[key] = value
        try:
            found[name] = load_scenario(find_scenario(entry.spec, source.folder), settings)
        except AnkomstError as error:
            named = name == baseline and (name not in file.scenarios) and entry.spec == file.baseline
            for each in error.problems:
                # What is wrong with a file or a key of all scenarios is told for the first of them.
                if each not in known:
                    problems.add(_explained(each, name, entry, source, above, named=named))
                known.add(each)
    problems.settle()
    _follow_ups_agree(found, baseline, source)
    try:
        refuse_other_people(
            found, baseline, newcomers_per_year=file.newcomers_per_year, where=source.of_scenario
        )
    except RunError as problem:
        raise ExperimentError(problem.what, where=problem.where, allowed=problem.allowed) from None
    return found, {name: entry.spec for name, entry in entries.items()}, baseline


def load_named(spec: str, settings: Mapping[str, Any], key: KeyPath, about: str, source: Source) -> Scenario:
    """Load a scenario that a key names alone; what is wrong stands where it is set, or at the key."""
    try:
        return load_scenario(find_scenario(spec, source.folder), dict(settings))
    except AnkomstError as error:
        problems = Problems()
        for each in error.problems:
            if each.where.startswith(OVERRIDE):
                where = source.of_setting("", each.where)
                problems.add(each.restated(ExperimentError, what=f"set: {each.what}", where=where))
            else:
                problems.add(source.reworded(each, key, about))
        raise problems.joined() from None


def _entries(file: ExperimentFile | PairedFile, source: Source) -> tuple[dict[str, Entry], str]:
    """Return all scenarios with the baseline first, and the name of the baseline."""
    found = dict(file.scenarios)
    problems = Problems()
    for specs in product(*file.grid.values()) if file.grid else ():
        spec = "+".join(specs)
        name = scenario_name(spec)
        if name in found:
            problems.add(
                source.error(
                    ("grid",),
                    f"the combination {show(name, 80)} of the grid is also among the scenarios",
                    "every scenario once",
                )
            )
        found[name] = Entry(spec)
    problems.settle()
    baseline = file.baseline
    if baseline not in found:
        baseline = scenario_name(baseline)
    if baseline not in found:
        found[baseline] = Entry(file.baseline)
    return {baseline: found.pop(baseline), **found}, baseline


def _explained(
    error: AnkomstError, name: str, entry: Entry, source: Source, above: Mapping[str, Any], *, named: bool
) -> ExperimentError:
    """Return the error of a scenario with the place in the experiment that led to it."""
    what, where = error.what, error.where
    if where.startswith(OVERRIDE):
        key = setting(where)
        if not any(key[: len(mine)] == mine for mine in (tuple(each.split(".")) for each in above)):
            where = source.of_setting(name, where)
            what += f" (set in the scenario {name})"
    elif where:
        what += f" (read for the scenario {name} of {source.file_name})"
    elif named:
        where = source.place(("baseline",))
        what = f"the baseline {show(entry.spec, 80)} cannot be used: {what}"
    else:
        where = source.of_scenario(name, what)
    return ExperimentError(what, where=where, allowed=error.allowed, nearest=error.nearest)


def _follow_ups_agree(scenarios: Mapping[str, Scenario], baseline: str, source: Source) -> None:
    wanted, problems = scenarios[baseline].horizon.follow_up_months, Problems()
    for name, scenario in scenarios.items():
        months = scenario.horizon.follow_up_months
        if months != wanted:
            problems.add(
                ExperimentError(
                    f"the scenario {name} follows newcomers for {months} months and the baseline {baseline} "
                    f"for {wanted}",
                    where=source.of_scenario(name),
                    allowed="one follow-up for all, such as set: {horizon.follow_up_months: 120}",
                )
            )
    problems.settle()
