"""An experiment: an experiment file with its scenarios loaded, its draws drawn and everything checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from ankomst.errors import AnkomstError
from ankomst.policy.scenario import Scenario
from ankomst.studies.design.parameter_draws import Draws, draw_prior, point
from ankomst.studies.design.posterior import read_posterior
from ankomst.studies.schema.experiment_checks import check_precision, kept_months, notes
from ankomst.studies.schema.experiment_file import Asked, ExperimentFile, Replicates, Sample
from ankomst.studies.schema.experiment_kinds import KindOfStudy, Months
from ankomst.studies.schema.experiment_scenarios import load_scenarios
from ankomst.studies.schema.study import Read, study_of

if TYPE_CHECKING:
    from ankomst.studies.schema.experiment_file import DrawsFile
    from ankomst.studies.schema.experiment_reading import Source

OWN_KEYS = (
    "baseline", "deadweight", "discrepancy_sd", "draws", "groups", "level", "margin", "months", "outcomes",
    "precision",
)  # fmt: skip
"""Keys of an experiment that can be overridden; no scenario has a key of the same name."""
MOST_RUNS = 2_000_000
REPLICATES_ALONE, REPLICATES_WITH_DRAWS, REPLICATES_FIRST = 20, 3, 10
"""Replicates where the file names none: at one point, with draws, and before a precision is looked at."""


class Loaded(Asked):
    """What a loaded batch has besides its scenarios and draws, as it is and as JSON holds it."""

    kind: Annotated[str, KindOfStudy("batch")] = "batch"
    """What is done."""
    name: str
    """Name of the file without its ending."""
    path: Path
    """The file."""
    baseline: str
    """Name of the baseline among the scenarios."""
    specs: dict[str, str]
    """The files of each scenario, as the experiment names them."""
    newcomers_per_year: Annotated[int, Sample]
    """Sample size of every run [people a year]."""
    replicates: Annotated[int, Replicates]
    """Runs of each scenario and draw; of the first round where a precision is to be reached."""
    months: Annotated[tuple[int, ...], Months()]
    """Months since arrival at which outcomes are kept; the last is the follow-up."""
    notes: tuple[str, ...]
    """What deserves a look but is no error."""
    document: dict[str, Any]
    """The file as read and everything that was set above it; JSON-able, enough to repeat the experiment."""


class Experiment(Loaded):
    """A batch that is ready to run: what its file asks, with all that it names loaded."""

    scenarios: dict[str, Scenario]
    """Scenarios by name, the baseline first."""
    draws: Draws
    """Values of the uncertain parameters."""

    @property
    def follow_up(self) -> int:
        """Return the months since arrival for which every newcomer is followed."""
        return self.scenarios[self.baseline].horizon.follow_up_months

    @property
    def most_runs(self) -> int:
        """Return the runs in all, at the cap where a precision is to be reached; shadow runs not counted."""
        each = self.replicates if self.precision is None else self.precision.at_most
        return len(self.scenarios) * len(self.draws.values) * each


@study_of("batch", ExperimentFile, OWN_KEYS)
def load_experiment(read: Read[ExperimentFile]) -> Experiment:
    """Load an experiment file of kind batch."""
    file, source, place = read.study.file, read.source, read.study.path
    draws, several, count = point(), True, 1
    with source.step():
        draws = drawn(file.draws, file.seed, source)
        several = len(draws.values) > 1
    with source.step():
        count = _replicates(file, several, source)
    with source.step():
        scenarios, specs, baseline = load_scenarios(file, source, read.above)
        with source.step():
            months = kept_months(file, scenarios[baseline].horizon.follow_up_months, source)
            check_precision(file, count, scenarios, baseline, months, source)
    source.problems.settle()
    title = file.title or place.stem.replace("_", " ")
    asked = {key: getattr(file, key) for key in Asked.model_fields}
    asked |= {"title": title, "title_da": file.title_da or title}
    experiment = Experiment(
        **asked,
        name=read.study.name,
        path=place,
        baseline=baseline,
        scenarios=scenarios,
        specs=specs,
        newcomers_per_year=file.newcomers_per_year or scenarios[baseline].population.newcomers_per_year,
        draws=draws,
        replicates=count,
        months=months,
        notes=tuple(notes(file, scenarios, draws, count)),
        document=read.study.document,
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
        beside = source.beside(wanted.file or "", (*key, "file"), f"{name}.file", "a table")
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
