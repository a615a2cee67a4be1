"""Calibration targets: read from a file, one number at a time, each with the runs that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import AnkomstError, ExperimentError, Problems, RunError, nearest_name, show
from ankomst.policy.scenario import load_scenario
from ankomst.policy.yaml_file import read_yaml
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.engine import store
from ankomst.studies.metrics.contrasts import DIFFERENCE, RATIO, Contrast
from ankomst.studies.metrics.metric import HOURS, Metric
from ankomst.studies.metrics.metric_kinds import AGES
from ankomst.studies.metrics.target_measures import TargetMeasures, TargetRun
from ankomst.studies.schema.experiment_reading import Source, checked
from ankomst.studies.schema.targets_file import SAME, EffectFile, TargetFile, TargetsFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ankomst.policy.scenario import Scenario

Array = np.ndarray[Any, Any]
LEVEL, EFFECT = "target", "effect"


@dataclass(frozen=True)
class Target:
    """One published number.

    Attributes
    ----------
    name : str
        Unique; that of the entry, with the month added where it has several.
    entry : str
        Name in the file.
    kind : {"target", "effect"}
    metric : Metric
    change, baseline : dict
        Keys of the scenario after and before the reform; empty for levels.
    ratio : bool
        Whether an effect is a ratio.
    value, sd : float
        Published value and the standard deviation of its uncertainty, in the unit of the outcome.
    words : str
        What the source measured, whom, where it cuts off and what it adjusted for.
    source : str
    place : str
        File and line.
    """

    name: str
    entry: str
    kind: str
    metric: Metric
    change: Mapping[str, Any]
    baseline: Mapping[str, Any]
    ratio: bool
    value: float
    sd: float
    words: str
    source: str
    place: str


@dataclass(frozen=True)
class Targets:
    """All targets of a file.

    Attributes
    ----------
    title, title_da : str
    path : Path
    sha256 : str
    entries : tuple of Target
    not_fitted : tuple of str
        Published figures that contradict the others.
    """

    title: str
    title_da: str
    path: Path
    sha256: str
    entries: tuple[Target, ...]
    not_fitted: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the numbers."""
        return tuple(target.name for target in self.entries)

    @property
    def values(self) -> Array:
        """Return the published values, shape (targets,)."""
        return np.array([target.value for target in self.entries])

    @property
    def sd(self) -> Array:
        """Return the standard deviations of their uncertainty, shape (targets,)."""
        return np.array([target.sd for target in self.entries])

    def without(self, names: Sequence[str]) -> Targets:
        """Leave out entries, or single months of entries, by name.

        Raises
        ------
        ExperimentError
            There is none of that name.
        """
        known = {target.entry for target in self.entries} | set(self.names)
        problems = Problems()
        for name in names:
            if name not in known:
                problems.add(
                    ExperimentError(
                        f"there is no target {show(name, 80)}",
                        where=self.path.name,
                        allowed=", ".join(self.names),
                        nearest=nearest_name(name, known),
                    )
                )
        problems.settle()
        kept = tuple(each for each in self.entries if not {each.name, each.entry} & set(names))
        if not kept:
            raise ExperimentError("no target is left to fit", where=self.path.name, allowed="one or more")
        return Targets(self.title, self.title_da, self.path, self.sha256, kept, self.not_fitted)

    def measures(
        self, baseline: Scenario, *, newcomers_per_year: int, effects: int, whole: Sequence[str] = (),
        replicates: int = 1,
    ) -> TargetMeasures:  # fmt: skip
        """Return what has to be simulated for the numbers of all targets.

        Parameters
        ----------
        baseline : Scenario
        newcomers_per_year, effects : int
            Sample of the runs for levels and for effects [people a year].
        whole : sequence of str
            Effects that need the sample of the levels: small differences.
        replicates : int
            Replicates that each number is the mean of.

        Raises
        ------
        ExperimentError
            The change of an effect is no change of the baseline that can be made, or changes the people.
        """
        runs: list[TargetRun] = []
        problems = Problems()

        def name_of(target: Target, keys: Mapping[str, Any], sample: int) -> str:
            try:
                scenario = load_scenario(baseline, dict(keys)) if keys else baseline
            except AnkomstError as error:
                for each in error.problems:
                    what = f"effect {target.entry}: {each.what}"
                    problems.add(each.restated(ExperimentError, what=what, where=target.place))
                return "0"
            if target.metric.needs.months > scenario.horizon.follow_up_months:
                problems.add(
                    ExperimentError(
                        f"{target.name} needs a follow-up of {target.metric.needs.months} months",
                        where=target.place,
                        allowed=f"{scenario.horizon.follow_up_months} months, the baseline's horizon",
                    )
                )
            for k, run in enumerate(runs):
                if (run.scenario, run.newcomers_per_year) == (scenario, sample):
                    metrics = tuple(dict.fromkeys((*run.metrics, target.metric)))
                    runs[k] = TargetRun(scenario, sample, metrics)
                    return str(k)
            runs.append(TargetRun(scenario, sample, (target.metric,)))
            return str(len(runs) - 1)

        contrasts = {}
        for target in self.entries:
            if target.kind == LEVEL:
                contrasts[target.name] = Contrast(target.metric, name_of(target, {}, newcomers_per_year))
                continue
            sample = newcomers_per_year if {target.entry, target.name} & set(whole) else effects
            before = name_of(target, target.baseline, sample)
            after = name_of(target, {**target.baseline, **target.change}, sample)
            if not problems.found:
                with problems.kept():
                    _refuse_others(target, runs[int(before)].scenario, runs[int(after)].scenario)
            how = RATIO if target.ratio else DIFFERENCE
            contrasts[target.name] = Contrast(target.metric, after, before, how)
        problems.settle()
        return TargetMeasures(dict(zip(map(str, range(len(runs))), runs, strict=True)), contrasts, replicates)


def _refuse_others(target: Target, before: Scenario, after: Scenario) -> None:
    """Refuse an effect whose change is one of the simulated people."""
    sample = before.population.newcomers_per_year
    try:
        refuse_other_people({"before": before, "after": after}, "before", newcomers_per_year=sample)
    except RunError as problem:
        what = f"effect {target.entry}: {problem.what}"
        raise ExperimentError(what, where=target.place, allowed="a change of policy") from None


def read_targets(path: Path) -> Targets:
    """Read a file of targets.

    Raises
    ------
    ExperimentError
        The file is missing or wrong; the message lists all problems, each with file, line and key.
    """
    problems = Problems()
    yaml = read_yaml(path, ExperimentError, problems)
    source = Source(yaml, {}, problems)
    if "kind" in yaml.data:
        raise source.error(
            ("kind",),
            "is an experiment, not a file of targets",
            "a file with targets: or effects:, each a list",
        )
    file = checked(TargetsFile, yaml.data, source)
    problems.settle()
    entries: list[Target] = []
    change: Mapping[str, Any] = {}
    for section, found in (("targets", file.targets), ("effects", file.effects)):
        for k, entry in enumerate(found):
            if isinstance(entry, EffectFile):
                change = change if entry.change == SAME else entry.change
                if not change:
                    key = (section, str(k), "change")
                    problems.add(source.error(key, "change is empty", "a map of scenario keys"))
            numbers = _numbers(entry, change, source.place((section, str(k))))
            known = {target.name for target in entries}
            for name in (target.name for target in numbers if target.name in known):
                what = f"two numbers bear the name {show(name, 80)} once months are added"
                problems.add(source.error((section, str(k), "name"), what, "other names"))
            entries += numbers
    problems.settle()
    title = file.title or path.stem.replace("_", " ")
    return Targets(
        title, file.title_da or title, path, store.digest(path), tuple(entries), file.conflicting_do_not_fit
    )


def _numbers(entry: TargetFile, change: Mapping[str, Any], place: str) -> list[Target]:
    """Return one target a month."""
    effect = isinstance(entry, EffectFile)
    words = "; ".join(
        text
        for text in (
            entry.cohort, entry.definition, entry.restriction, entry.adjustment, entry.note
        )
        if text
    )  # fmt: skip
    found = []
    for k, month in enumerate(entry.months):
        name = entry.name if len(entry.months) == 1 else f"{entry.name}_{int(month)}"
        metric = Metric(
            entry.outcome,
            int(month),
            group=tuple(entry.group.items()),
            age="all" if entry.age is None else AGES[entry.age],
            hours=entry.hours if entry.outcome == "ordinary_employment_rate" else HOURS,
            across=entry.across or "",
            discounted=False,
            window=int(entry.window),
        )
        found.append(
            Target(
                name=name,
                entry=entry.name,
                kind=EFFECT if effect else LEVEL,
                metric=metric,
                change=change if effect else {},
                baseline=entry.baseline if isinstance(entry, EffectFile) else {},
                ratio=isinstance(entry, EffectFile) and entry.as_ == "ratio",
                value=entry.value[k],
                sd=entry.sd[k % len(entry.sd)],
                words=words,
                source=entry.source,
                place=place,
            )
        )
    return found
