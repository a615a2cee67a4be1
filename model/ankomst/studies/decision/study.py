"""A decision under uncertainty: its file loaded and checked, with options, points and what is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ankomst.errors import AnkomstError, Problems, nearest_name
from ankomst.policy.parameters import load_registry
from ankomst.studies.decision.information import FEWEST
from ankomst.studies.decision.robustness import FEWEST as FEWEST_ROBUST
from ankomst.studies.design.grant_designs import design_of, design_space
from ankomst.studies.design.parameter_draws import by_group, point
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.design.perturbations import GrantsChange, KeyChange
from ankomst.studies.metrics.metric import Metric
from ankomst.studies.metrics.paired_measures import PairedMeasures
from ankomst.studies.schema.decision_file import DecisionFile
from ankomst.studies.schema.experiment import drawn
from ankomst.studies.schema.experiment_scenarios import load_named
from ankomst.studies.schema.paired_file import check_metrics, named, paired_scenarios
from ankomst.studies.schema.study import LoadedStudy, Read, study_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.policy.scenario import Scenario
    from ankomst.policy.yaml_file import KeyPath
    from ankomst.studies.design.grant_designs import Design, DesignSpace
    from ankomst.studies.design.parameter_draws import Draws
    from ankomst.studies.engine.evaluation import Measures
    from ankomst.studies.schema.decision_file import DiscoveryFile, InformationFile, SearchFile, Solve
    from ankomst.studies.schema.experiment_reading import Source

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
class Decision(LoadedStudy[DecisionFile]):
    """A decision that is ready to run.

    Attributes
    ----------
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
    """

    scenarios: Mapping[str, Scenario]
    measures: Measures
    draws: Draws
    discovery: Draws | None
    solve: Draws | None
    factors: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    designs: Designs | None

    @property
    def baseline(self) -> str:
        """Return the name of the baseline."""
        return next(iter(self.scenarios))


@study_of("decision", DecisionFile)
def load_decision(read: Read[DecisionFile]) -> Decision:
    """Load an experiment file of kind decision."""
    file, source, scenarios = read.study.file, read.source, paired_scenarios(read)
    with source.step():
        check_metrics(_metrics_by_key(file), scenarios, source)
    draws, factors = point(), tuple[str, ...]()
    discovery, solve, designs, groups = None, None, None, {}
    with source.step():
        if file.discovery:
            discovery = drawn(file.discovery.draws, file.seed, source, ("discovery", "draws"))
            factors = _searched(file.discovery, discovery, source)
    with source.step():
        if file.solve:
            solve = drawn(file.solve.draws, file.seed, source, ("solve", "draws"))
    with source.step():
        if file.draws:
            draws = drawn(file.draws, file.seed, source)
            if file.scenarios:
                _enough(len(draws.values), source, known=file.information is not None)
        if file.information:
            groups = _groups(file.information, draws, source)
    measured, changes = dict(scenarios), []
    with source.step():
        if file.designs:
            designs = _designs(file.designs, file, source)
            measured[DESIGN] = load_named(
                file.designs.scenario, file.set, ("designs", "scenario"), "designs", source
            )
    if scenarios:
        with source.step():
            _check_names(file, scenarios, source)
            for k, each in enumerate(_solves(file)):
                with source.step():
                    changes.append(_change(k, each, scenarios, file.newcomers_per_year, source))
    with source.step():
        if designs:
            key = ("designs", "scenario")
            _refuse_others(measured, file.newcomers_per_year, source, key, "designs")
    source.problems.settle()
    return Decision(
        **vars(read.study),
        scenarios=scenarios,
        measures=PairedMeasures(
            measured, _metrics(file), file.newcomers_per_year, (*changes, GrantsChange((DESIGN,)))
        ),
        draws=draws,
        discovery=discovery,
        solve=solve,
        factors=factors,
        groups=groups,
        designs=designs,
    )


def months_in_work(information: InformationFile) -> Metric:
    """Return the months in work that a study of information values beside the cost, over the same time."""
    return Metric("months_employed", information.cost.months)


def changes_parameter(solve: Solve) -> str:
    """Return the parameter that a threshold search varies in all scenarios, or nothing."""
    return "" if solve.only else solve.change.partition("parameters.")[2]


def _solves(file: DecisionFile) -> list[Solve]:
    return file.solve.searches if file.solve else []


def _metrics(file: DecisionFile) -> tuple[Metric, ...]:
    """Return every metric that some part of the study asks for, once."""
    return tuple(dict.fromkeys(each for _, each in _metrics_by_key(file)))


def _metrics_by_key(file: DecisionFile) -> Iterator[tuple[KeyPath, Metric]]:
    """Yield every metric that some part of the study asks for, with the key where it stands."""
    for k, asked in enumerate(file.outcomes):
        yield ("outcomes", str(k)), asked
    for k, question in enumerate(_questions(file)):
        yield ("discovery", "questions", str(k), "outcome"), question.outcome
    for k, search in enumerate(_solves(file)):
        yield ("solve", "searches", str(k), "outcome"), search.outcome
    if file.information:
        yield ("information", "cost"), file.information.cost
        yield ("information", "cost"), months_in_work(file.information)
    if file.designs:
        yield ("designs", "gain"), file.designs.gain
        yield ("designs", "cost"), file.designs.cost


def _check_names(file: DecisionFile, scenarios: Mapping[str, Scenario], source: Source) -> None:
    """Keep scenarios that are none of the options as problems."""
    others = list(scenarios)[1:]
    asked: list[tuple[KeyPath, str]] = []
    if file.information:
        asked += [
            (("information", "options", str(k)), name)
            for k, name in enumerate(file.information.options or ())
        ]
    asked += [
        (("discovery", "questions", str(k), "scenario"), each.scenario)
        for k, each in enumerate(_questions(file))
    ]
    asked += [
        (("solve", "searches", str(k), "scenario"), each.scenario) for k, each in enumerate(_solves(file))
    ]
    for key, name in asked:
        if name not in others:
            what = f"{key[0]}: the scenario {name} is none of the options"
            source.problems.add(source.error(key, what, ", ".join(others), nearest_name(name, others)))


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
        about = f"solve: {solve.change} cannot be {value:g}"
        try:
            changed = {name: change.applied(scenarios[name], {change.name: value}) for name in names}
        except AnkomstError as error:
            raise source.reworded(error, key, about) from None
        _refuse_others({**scenarios, **changed}, sample, source, key, about)
    return change


def _refuse_others(
    scenarios: Mapping[str, Scenario], sample: int, source: Source, key: KeyPath, about: str
) -> None:
    """Refuse scenarios that do not simulate the people of the first one, for what stands at a key."""
    try:
        refuse_other_people(scenarios, next(iter(scenarios)), newcomers_per_year=sample)
    except AnkomstError as error:
        raise source.reworded(error, key, about) from None


def _enough(draws: int, source: Source, *, known: bool) -> None:
    """Keep too few draws as a problem, before they are run."""
    what, least = ("the value of information", FEWEST) if known else ("robustness", FEWEST_ROBUST)
    if draws < least:
        number = "1 draw" if draws == 1 else f"{draws} draws"
        said = f"draws: {what} over {number} says nothing"
        source.problems.add(source.error(("draws",), said, f"{least} or more draws"))


def _searched(wanted: DiscoveryFile, draws: Draws, source: Source) -> tuple[str, ...]:
    """Return the parameters that a discovery searches."""
    without = wanted.leave_out
    gone = named(without, ("discovery", "leave_out"), source) if without else ()
    found = tuple(name for name in draws.names if name not in gone)
    if not found:
        raise source.error(
            ("discovery", "draws"), "discovery.draws vary no parameter", "a prior or a posterior"
        )
    return found


def _groups(wanted: InformationFile, draws: Draws, source: Source) -> dict[str, tuple[str, ...]]:
    """Return the groups whose knowledge is valued; parameters that the draws vary."""
    found: dict[str, tuple[str, ...]] = {}
    for group, patterns in wanted.groups.items():
        key = ("information", "groups", group)
        with source.step():
            members = named(patterns, key, source)
            found[group] = tuple(name for name in members if name in draws.names)
            if not found[group]:
                raise source.error(key, f"information: the draws vary nothing in {group}", "other names")
    if not wanted.groups:
        return by_group(draws.names)
    return found


def _designs(wanted: SearchFile, file: DecisionFile, source: Source) -> Designs:
    space = design_space(wanted)
    grants: dict[str, tuple[ResultGrant, ...]] = {}
    titles: dict[str, tuple[str, str]] = {}
    inside: dict[str, Design] = {}
    problems = Problems()
    for k, name in enumerate(wanted.shipped):
        with problems.kept():
            key = ("designs", "shipped", str(k))
            scenario = load_named(f"{wanted.scenario}+{name}", file.set, key, "designs", source)
            alone = load_named(name, file.set, key, "designs", source)
            grants[name] = scenario.result_grants
            titles[name] = (alone.title, alone.title_da or alone.title)
            design = design_of(scenario.result_grants, space)
            if design is not None and space.holds(design):
                inside[name] = design
    problems.settle()
    if not inside:
        raise source.error(
            ("designs", "shipped"), "designs: no shipped design lies inside the space that is searched",
            "a space that holds one of them at least",
        )  # fmt: skip
    return Designs(wanted, space, grants, titles, inside)
