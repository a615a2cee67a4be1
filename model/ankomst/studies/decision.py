"""A decision under uncertainty: its file loaded and checked, with options, points and what is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ankomst.errors import AnkomstError
from ankomst.policy.parameters import load_registry
from ankomst.policy.places import find_scenario
from ankomst.policy.scenario import load_scenario
from ankomst.studies.changes import GrantsChange, KeyChange
from ankomst.studies.decision_file import DecisionFile
from ankomst.studies.design_space import design_of, design_space
from ankomst.studies.experiment import drawn
from ankomst.studies.paired_file import check_months, named, read_paired
from ankomst.studies.paired_measures import PairedMeasures
from ankomst.studies.parameter_draws import point
from ankomst.studies.people import refuse_other_people
from ankomst.studies.readings import Reading

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from ankomst.policy.grants import ResultGrant
    from ankomst.policy.scenario import Scenario
    from ankomst.studies.decision_file import InformationFile, SearchFile, Solve
    from ankomst.studies.design_space import Design, DesignSpace
    from ankomst.studies.evaluation import Measures
    from ankomst.studies.experiment_reading import Source
    from ankomst.studies.parameter_draws import Draws

KIND = "decision"
DESIGN = "design"
"""Name of the scenario whose grants the search replaces."""
CHANGE = "change."
"""Beginning of the keys of a draw that vary something in scenarios."""


@dataclass(frozen=True)
class Designs:
    """What a search for designs starts from: what may vary, and the designs that come with the project.

    Attributes
    ----------
    wanted : SearchFile
    space : DesignSpace
    grants : dict
        Result grants by name.
    titles : dict
        English and Danish title by name.
    inside : dict
        Designs that the space has values for, by name.
    """

    wanted: SearchFile
    space: DesignSpace
    grants: Mapping[str, tuple[ResultGrant, ...]]
    titles: Mapping[str, tuple[str, str]]
    inside: Mapping[str, Design]

    @property
    def outside(self) -> list[str]:
        """Return the names of the shipped designs that the space has no values for."""
        return [name for name in self.grants if name not in self.inside]


@dataclass(frozen=True)
class Decision:
    """A decision that is ready to run.

    Attributes
    ----------
    name : str
        Name of the file without its ending.
    path : Path
    file : DecisionFile
    scenarios : dict
        The options by name, the baseline first.
    measures : Measures
    draws : Draws
        For robustness, information and designs; the point where the file names none.
    discovery, solve : Draws or None
        Points of the discovery, and draws of the threshold searches.
    factors : tuple of str
        Parameters that the discovery searches.
    groups : dict
        Groups of parameters for the value of information.
    designs : Designs or None
    quick : bool
    document : dict
        The file as read and everything that was set above it; JSON-able.
    """

    name: str
    path: Path
    file: DecisionFile
    scenarios: Mapping[str, Scenario]
    measures: Measures
    draws: Draws
    discovery: Draws | None
    solve: Draws | None
    factors: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    designs: Designs | None
    quick: bool
    document: dict[str, Any]

    @property
    def baseline(self) -> str:
        """Return the name of the baseline."""
        return next(iter(self.scenarios))


def load_decision(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    quick: bool = False,
    newcomers_per_year: int | None = None,
    seed: int | None = None,
) -> Decision:
    """Load an experiment file of kind decision.

    Parameters
    ----------
    path : str or path
        A file, or the name of a file in ./experiments or in the project's experiments.
    overrides : mapping, optional
        Dotted keys of the file and the values to use in their place.
    quick : bool
        Use the values of the section `quick`.
    newcomers_per_year, seed : int, optional
        In place of those of the file.

    Raises
    ------
    ExperimentError
        Anything about the file, its options or its searches is wrong. The message is one sentence.
    """
    read = read_paired(
        path, DecisionFile, KIND, overrides, quick=quick, newcomers_per_year=newcomers_per_year, seed=seed
    )
    file, source, scenarios = read.file, read.source, read.scenarios
    check_months(_readings(file), scenarios, source)
    _check_names(file, scenarios, source)
    draws = drawn(file.draws, file.seed, source) if file.draws else point()
    discovery = drawn(file.discovery.draws, file.seed, source) if file.discovery else None
    measured = dict(scenarios)
    sample = file.newcomers_per_year
    changes = tuple(_change(k, each, scenarios, sample, source) for k, each in enumerate(_solves(file)))
    if file.designs:
        measured[DESIGN] = _scenario(file.designs.scenario, file, source)
        try:
            refuse_other_people(measured, next(iter(scenarios)), newcomers_per_year=sample)
        except AnkomstError as problem:
            raise source.error(("designs", "scenario"), f"designs: {problem.what}", problem.allowed) from None
    return Decision(
        name=read.path.stem,
        path=read.path,
        file=file,
        scenarios=scenarios,
        measures=PairedMeasures(measured, _readings(file), sample, (*changes, GrantsChange((DESIGN,)))),
        draws=draws,
        discovery=discovery,
        solve=drawn(file.solve.draws, file.seed, source) if file.solve else None,
        factors=_searched(file, discovery, source) if discovery else (),
        groups=_groups(file, draws, source) if file.information else {},
        designs=_designs(file.designs, file, source) if file.designs else None,
        quick=quick,
        document=read.document,
    )


def months_in_work(information: InformationFile) -> Reading:
    """Return the months in work that a study of information values beside the cost, over the same time."""
    return Reading("months_employed", information.cost.months)


def changes_parameter(solve: Solve) -> str:
    """Return the parameter that a threshold search varies in all scenarios, or nothing."""
    return "" if solve.only else solve.change.partition("parameters.")[2]


def _solves(file: DecisionFile) -> list[Solve]:
    return file.solve.searches if file.solve else []


def _readings(file: DecisionFile) -> tuple[Reading, ...]:
    """Return every reading that some part of the study asks for, once."""
    found = list(file.outcomes)
    found += [each.outcome for each in file.discovery.questions] if file.discovery else []
    found += [each.outcome for each in _solves(file)]
    if file.information:
        found += [file.information.cost, months_in_work(file.information)]
    if file.designs:
        found += [file.designs.gain, file.designs.cost]
    return tuple(dict.fromkeys(found))


def _check_names(file: DecisionFile, scenarios: Mapping[str, Scenario], source: Source) -> None:
    """Refuse scenarios that are none of the options."""
    others = list(scenarios)[1:]
    for name in (file.information.options or ()) if file.information else ():
        if name not in others:
            raise source.error(
                ("information", "options"), f"information: {name} is none of the options", ", ".join(others)
            )
    asked = [("discovery", "questions", k, each) for k, each in enumerate(_questions(file))]
    asked += [("solve", "searches", k, each) for k, each in enumerate(_solves(file))]
    for section, listed, k, each in asked:
        if each.scenario not in others:
            raise source.error(
                (section, listed, str(k), "scenario"),
                f"{section}: the scenario {each.scenario} is none of the options", ", ".join(others),
            )  # fmt: skip


def _questions(file: DecisionFile) -> list[Any]:
    return list(file.discovery.questions) if file.discovery else []


def _change(
    number: int, solve: Solve, scenarios: Mapping[str, Scenario], sample: int, source: Source
) -> KeyChange:
    """Return what a threshold search varies, after trying both ends of its range."""
    key = ("solve", "searches", str(number), "change")
    names = (solve.only,) if solve.only else tuple(scenarios)
    if solve.only and solve.only not in scenarios:
        raise source.error(
            (*key[:3], "only"),
            f"solve: the scenario {solve.only} is none of the options",
            ", ".join(scenarios),
        )
    whole = False
    if solve.change.startswith("parameters."):
        (name,) = named((solve.change.removeprefix("parameters."),), key, source)[:1]
        whole = load_registry()[name].integer
    change = KeyChange(f"{CHANGE}{number}", solve.change, names, whole)
    for value in (solve.low, solve.high):
        try:
            changed = {name: change.applied(scenarios[name], {change.name: value}) for name in names}
            refuse_other_people({**scenarios, **changed}, next(iter(scenarios)), newcomers_per_year=sample)
        except AnkomstError as problem:
            raise source.error(
                key, f"solve: {solve.change} cannot be {value:g}: {problem.what}", problem.allowed,
                problem.nearest,
            ) from None  # fmt: skip
    return change


def _scenario(spec: str, file: DecisionFile, source: Source) -> Scenario:
    try:
        return load_scenario(find_scenario(spec, source.folder), file.set)
    except AnkomstError as problem:
        raise source.error(
            ("designs",), f"designs: {problem.what}", problem.allowed, problem.nearest
        ) from None


def _searched(file: DecisionFile, draws: Draws, source: Source) -> tuple[str, ...]:
    """Return the parameters that a discovery searches."""
    without = file.discovery.leave_out if file.discovery else ()
    gone = named(without, ("discovery", "leave_out"), source) if without else ()
    found = tuple(name for name in draws.names if name not in gone)
    if not found:
        raise source.error(
            ("discovery", "draws"), "discovery.draws vary no parameter", "a prior or a posterior"
        )
    return found


def _groups(file: DecisionFile, draws: Draws, source: Source) -> dict[str, tuple[str, ...]]:
    """Return the groups whose knowledge is valued; parameters that the draws vary."""
    given = file.information.groups if file.information else {}
    found: dict[str, tuple[str, ...]] = {}
    for group, patterns in given.items():
        members = named(patterns, ("information", "groups", group), source)
        kept = tuple(name for name in members if name in draws.names)
        if not kept:
            raise source.error(
                ("information", "groups", group),
                f"information: the draws vary nothing in {group}",
                "other names",
            )
        found[group] = kept
    if not given:
        for name in draws.names:
            group = name.partition(".")[0]
            found[group] = (*found.get(group, ()), name)
    return found


def _designs(wanted: SearchFile, file: DecisionFile, source: Source) -> Designs:
    space = design_space(wanted)
    grants: dict[str, tuple[ResultGrant, ...]] = {}
    titles: dict[str, tuple[str, str]] = {}
    inside: dict[str, Design] = {}
    for name in wanted.shipped:
        scenario = _scenario(f"{wanted.scenario}+{name}", file, source)
        alone = _scenario(name, file, source)
        grants[name] = scenario.result_grants
        titles[name] = (alone.title, alone.title_da or alone.title)
        design = design_of(scenario.result_grants, space)
        if design is not None and space.holds(design):
            inside[name] = design
    if not inside:
        raise source.error(
            ("designs", "shipped"), "designs: no shipped design lies inside the space that is searched",
            "a space that holds one of them at least",
        )  # fmt: skip
    return Designs(wanted, space, grants, titles, inside)
