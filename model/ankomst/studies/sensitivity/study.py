"""A sensitivity analysis: its file loaded and checked, with scenarios, factors and what is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ankomst.errors import Problems
from ankomst.policy.parameters import load_registry
from ankomst.studies.design.factors import Factor, Factors
from ankomst.studies.design.parameter_draws import by_group, matching
from ankomst.studies.design.posterior import read_posterior
from ankomst.studies.metrics.paired_measures import PairedMeasures
from ankomst.studies.schema.experiment import drawn
from ankomst.studies.schema.paired_file import check_metrics, named, paired_scenarios
from ankomst.studies.schema.sensitivity_file import SensitivityFile
from ankomst.studies.schema.study import LoadedStudy, Read, study_of
from ankomst.studies.sensitivity.tornado import FEWEST_POINTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.design.parameter_draws import Draws
    from ankomst.studies.engine.evaluation import Measures
    from ankomst.studies.schema.experiment_reading import Source
    from ankomst.studies.schema.sensitivity_file import FactorsFile

KIND = "sensitivity"
SHOWN = 5
"""Names in a message."""


@dataclass(frozen=True)
class Sensitivity(LoadedStudy[SensitivityFile]):
    """A sensitivity analysis that is ready to run.

    Attributes
    ----------
    scenarios : dict
        Scenarios by name, the baseline first.
    measures : Measures
        Metrics of every scenario at a point.
    factors : Factors
        All of them, each moving alone.
    groups : dict
        Name of a group to its factors.
    draws : Draws or None
        Draws that are run for the methods that need no design.
    """

    scenarios: Mapping[str, Scenario]
    measures: Measures
    factors: Factors
    groups: Mapping[str, tuple[str, ...]]
    draws: Draws | None

    @property
    def sobol_factors(self) -> tuple[str, ...]:
        """Return the factors that the Sobol design names itself; all where it names none."""
        wanted = self.file.sobol.parameters if self.file.sobol else None
        names = matching(wanted) if wanted is not None else ()
        return tuple(each.name for each in self.factors.each if wanted is None or each.name in names)


@study_of("sensitivity", SensitivityFile)
def load_sensitivity(read: Read[SensitivityFile]) -> Sensitivity:
    """Load an experiment file of kind sensitivity."""
    file, source, scenarios = read.study.file, read.source, paired_scenarios(read)
    with source.step():
        asked = [(("outcomes", str(k)), each) for k, each in enumerate(file.outcomes)]
        check_metrics(asked, scenarios, source)
    draws, groups = None, {}
    with source.step():
        if file.given and file.given.draws:
            draws = drawn(file.given.draws, file.seed, source, ("given", "draws"))
            if len(draws.values) < FEWEST_POINTS:
                what = f"given.draws are too few: {len(draws.values)}"
                raise source.error(("given", "draws"), what, f"{FEWEST_POINTS} or more draws")
    with source.step():
        factors = _factors(file.factors, scenarios, source)
        with source.step():
            _check_sobol(file, factors, source)
        with source.step():
            groups = _groups(file.factors, factors, source) if file.groups else {}
    source.problems.settle()
    return Sensitivity(
        **vars(read.study),
        scenarios=scenarios,
        measures=PairedMeasures(scenarios, file.outcomes, file.newcomers_per_year),
        factors=factors,
        groups=groups,
        draws=draws,
    )


def _factors(wanted: FactorsFile, scenarios: Mapping[str, Scenario], source: Source) -> Factors:
    names: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    problems = Problems()
    with problems.kept():
        names = named(wanted.parameters, ("factors", "parameters"), source)
    with problems.kept():
        without = named(wanted.leave_out, ("factors", "leave_out"), source) if wanted.leave_out else ()
    for name in wanted.ranges:
        key = ("factors", "ranges", name)
        with problems.kept():
            if name not in named((name,), key, source):
                raise source.error(key, f"factors.ranges: {name} is a pattern", "the name of a parameter")
    problems.settle()
    registry = load_registry()
    kept = tuple(name for name in names if name not in without)
    for name in wanted.ranges:
        if name not in kept:
            what = f"factors.ranges: {name} does not vary"
            problems.add(source.error(("factors", "ranges", name), what, "factors"))
    for scenario_name, scenario in scenarios.items():
        for name in (name for name, _ in registry.names_in(scenario.parameters) if name in kept):
            what = f"the scenario {scenario_name} sets {name} itself, so that it cannot vary"
            problems.add(source.error(("factors", "parameters"), what, f"factors.leave_out: [{name}]"))
    if not kept:
        problems.add(source.error(("factors",), "no factor is left", "parameters that are not left out"))
    problems.settle()
    marginals: dict[str, tuple[float, ...]] = {}
    if wanted.origin == "posterior":
        sets = read_posterior().values
        marginals = {name: tuple(sorted(values[name] for values in sets)) for name in kept}
    found = []
    for name in kept:
        low, high = wanted.ranges.get(name) or registry[name].range or (0.0, 0.0)
        table = () if name in wanted.ranges else marginals.get(name, ())
        found.append(Factor(name, *((table[0], table[-1]) if table else (low, high)), table))
    return Factors(tuple(found), {})


def _check_sobol(file: SensitivityFile, factors: Factors, source: Source) -> None:
    """Refuse a Sobol design over factors that do not vary."""
    wanted = file.sobol.parameters if file.sobol else None
    if wanted is None:
        return
    key, vary = ("sobol", "parameters"), {factor.name for factor in factors.each}
    for pattern in wanted:
        with source.step():
            if not vary & set(named((pattern,), key, source)):
                raise source.error(key, f"sobol.parameters: {pattern} does not vary", "parameters of factors")


def _groups(wanted: FactorsFile, factors: Factors, source: Source) -> dict[str, tuple[str, ...]]:
    """Return the groups; every factor must be in exactly one."""
    names = [factor.name for factor in factors.each]
    if not wanted.groups:
        return by_group(names)
    groups: dict[str, tuple[str, ...]] = {}
    seen: dict[str, str] = {}
    problems = Problems()
    for group, patterns in wanted.groups.items():
        key = ("factors", "groups", group)
        with problems.kept():
            members = tuple(name for name in named(patterns, key, source) if name in names)
            for name in members:
                if name in seen:
                    what = f"factors.groups: {name} is in the groups {seen[name]} and {group}"
                    raise source.error(key, what, "one group each")
            seen |= dict.fromkeys(members, group)
            if members:
                groups[group] = members
    problems.settle()
    missing = [name for name in names if name not in seen]
    if missing:
        said = ", ".join(missing[:SHOWN])
        said += f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
        verb = "is" if len(missing) == 1 else "are"
        what = f"factors.groups: {said} {verb} in no group"
        raise source.error(("factors", "groups"), what, "a group for every factor")
    # In the order in which SALib comes upon them.
    return {group: groups[group] for group in dict.fromkeys(seen[name] for name in names)}
