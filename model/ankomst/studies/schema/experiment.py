"""An experiment: an experiment file with its scenarios loaded, its draws drawn and everything checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.errors import AnkomstError, nearest_name, show
from ankomst.policy.places import find_experiment
from ankomst.studies.design.parameter_draws import Draws, draw_prior, point
from ankomst.studies.design.posterior import read_posterior
from ankomst.studies.schema.experiment_checks import Precision, kept_months, notes, wanted_precision
from ankomst.studies.schema.experiment_reading import read_experiment
from ankomst.studies.schema.experiment_scenarios import load_scenarios

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.schema.experiment_file import DrawsFile, ExperimentFile
    from ankomst.studies.schema.experiment_reading import Source

__all__ = ["Draws", "Experiment", "Precision", "load_experiment"]

MOST_RUNS = 2_000_000
REPLICATES_ALONE, REPLICATES_WITH_DRAWS, REPLICATES_FIRST = 20, 3, 10
"""Replicates where the file names none: at one point, with draws, and before a precision is looked at."""


@dataclass(frozen=True)
class Experiment:
    """A batch that is ready to run.

    Attributes
    ----------
    name : str
        Name of the file without its ending.
    path : Path
    title, title_da, source : str
    baseline : str
        Name of the baseline among `scenarios`.
    scenarios : dict
        Scenarios by name, the baseline first.
    specs : dict
        The files of each scenario, as the experiment names them.
    seed : int
    newcomers_per_year : int
        Sample size of every run [people a year].
    draws : Draws
    replicates : int
        Runs of each scenario and draw; of the first round where a precision is to be reached.
    precision : Precision or None
    outcomes : tuple of str
    months : tuple of int
        Months since arrival at which outcomes are kept; the last is the follow-up.
    groups : tuple of tuple of str
        Splits of the results: one dimension, or several that are crossed.
    deadweight : bool
    level : float
        Coverage of the intervals.
    notes : tuple of str
        What deserves a look but is no error.
    document : dict
        The file as read and everything that was set above it; JSON-able, enough to repeat the experiment.
    """

    name: str
    path: Path
    title: str
    title_da: str
    source: str
    baseline: str
    scenarios: dict[str, Scenario]
    specs: dict[str, str]
    seed: int
    newcomers_per_year: int
    draws: Draws
    replicates: int
    precision: Precision | None
    outcomes: tuple[str, ...]
    months: tuple[int, ...]
    groups: tuple[tuple[str, ...], ...]
    deadweight: bool
    level: float
    notes: tuple[str, ...]
    document: dict[str, Any]

    @property
    def follow_up(self) -> int:
        """Return the months since arrival for which every newcomer is followed."""
        return self.scenarios[self.baseline].horizon.follow_up_months

    @property
    def most_runs(self) -> int:
        """Return the runs in all, at the cap where a precision is to be reached; shadow runs not counted."""
        each = self.replicates if self.precision is None else self.precision.at_most
        return len(self.scenarios) * len(self.draws.values) * each


def load_experiment(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    replicates: int | None = None,
    newcomers_per_year: int | None = None,
    seed: int | None = None,
) -> Experiment:
    """Load an experiment file.

    Parameters
    ----------
    path : str or path
        A file, or the name of a file in ./experiments or in the project's experiments.
    overrides : mapping, optional
        Dotted key to value. Keys of a scenario are set in all scenarios, above the file; keys of the
        experiment that no scenario has, such as draws.number or level, replace those of the file.
    replicates, newcomers_per_year, seed : int, optional
        In place of those of the file.

    Raises
    ------
    ExperimentError
        Something about the file, its scenarios, draws or overrides is wrong. The message lists all problems,
        a sentence and a line each.
    """
    place = find_experiment(str(path))
    given = {"replicates": replicates, "newcomers_per_year": newcomers_per_year, "seed": seed}
    given = {key: value for key, value in given.items() if value is not None}
    file, source, above = read_experiment(place, overrides or {}, given)
    draws, several, count = point(), True, 1
    with source.step():
        draws = drawn(file.draws, file.seed, source)
        several = len(draws.values) > 1
    with source.step():
        count = _replicates(file, several, source)
    with source.step():
        scenarios, specs, baseline = load_scenarios(file, source, above)
        with source.step():
            months = kept_months(file, scenarios[baseline].horizon.follow_up_months, source)
            precision = wanted_precision(file, count, scenarios, baseline, months, source)
    source.problems.settle()
    sample = file.newcomers_per_year or scenarios[baseline].population.newcomers_per_year
    experiment = Experiment(
        name=place.stem,
        path=place,
        title=file.title or place.stem.replace("_", " "),
        title_da=file.title_da or file.title or place.stem.replace("_", " "),
        source=file.source,
        baseline=baseline,
        scenarios=scenarios,
        specs=specs,
        seed=file.seed,
        newcomers_per_year=sample,
        draws=draws,
        replicates=count,
        precision=precision,
        outcomes=file.outcomes,
        months=months,
        groups=file.groups,
        deadweight=file.deadweight,
        level=file.level,
        notes=tuple(notes(file, scenarios, draws, count)),
        document=source.document(overrides or {}, given),
    )
    if experiment.most_runs > MOST_RUNS:
        each = experiment.most_runs // (len(scenarios) * len(draws.values))
        raise source.error(
            ("draws",) if several else ("replicates",),
            f"{len(scenarios):,} scenarios x {len(draws.values):,} draws x {each:,} replicates are "
            f"{experiment.most_runs:,} runs",
            f"at most {MOST_RUNS:,} runs",
        )
    return experiment


def drawn(wanted: DrawsFile, seed: int, source: Source, key: tuple[str, ...] = ("draws",)) -> Draws:
    """Return the draws that an experiment file asks for.

    Parameters
    ----------
    wanted : DrawsFile
    seed : int
        Of the experiment, where the draws name none.
    source : Source
    key : tuple of str
        Where in the file the draws stand.

    Raises
    ------
    ExperimentError
        The draws cannot be drawn, or their table is missing or wrong.
    """
    own, name = seed if wanted.seed is None else wanted.seed, ".".join(key)
    if wanted.origin == "prior":
        try:
            return draw_prior(
                wanted.number or 1,
                method=wanted.method or "latin_hypercube",
                seed=own,
                parameters=wanted.parameters,
            )
        except AnkomstError as error:
            raise source.reworded(error, (*key, "parameters"), f"{name}.parameters") from None
    if wanted.origin == "posterior" and wanted.file is None:
        try:
            return read_posterior(number=wanted.number, seed=own)
        except AnkomstError as error:
            raise source.reworded(error, (*key, "number"), f"{name}.number") from None
    if wanted.origin == "posterior":
        path = Path(wanted.file or "")
        beside = source.folder / path
        if not beside.exists() and path.exists():
            beside = path
        if not beside.exists():
            siblings = [each.name for each in beside.parent.glob("*") if each.is_file()]
            raise source.error(
                (*key, "file"),
                f"{name}.file {show(wanted.file, 200)} does not exist",
                "a table beside the experiment file or in the working folder",
                nearest_name(path.name, siblings),
            )
        return read_posterior(beside, number=wanted.number, seed=own)
    return point()


def _replicates(file: ExperimentFile, several: bool, source: Source) -> int:
    """Return the runs of each scenario and draw, of the first round where a precision is to be reached."""
    usual = REPLICATES_FIRST if file.precision else REPLICATES_WITH_DRAWS if several else REPLICATES_ALONE
    count = file.replicates or usual
    if count == 1 and not several:
        raise source.error(
            ("replicates",), "replicates is 1 and there is one draw: an interval needs two runs", "2 or more"
        )
    return count
