"""Reading the file of a sensitivity analysis or a decision, with its section `quick`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ankomst.errors import AnkomstError
from ankomst.policy import layers
from ankomst.policy.places import find_experiment
from ankomst.studies.design.parameter_draws import matching
from ankomst.studies.metrics.reach import beyond
from ankomst.studies.schema.experiment_reading import Source, read_study
from ankomst.studies.schema.experiment_scenarios import load_scenarios
from ankomst.studies.schema.paired_fields import PairedFile

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ankomst.policy.scenario import Scenario
    from ankomst.policy.yaml_file import KeyPath
    from ankomst.studies.metrics.metric import Metric

File = TypeVar("File", bound=PairedFile)


@dataclass(frozen=True)
class Read(Generic[File]):
    """A file that was read: its place and content, its source for errors, its scenarios.

    What is wrong is kept in the source; there are no scenarios where one of them cannot be loaded.
    """

    path: Path
    file: File
    source: Source
    scenarios: dict[str, Scenario]
    document: dict[str, Any]


def read_paired(
    path: str | os.PathLike[str],
    model: type[File],
    kind: str,
    overrides: Mapping[str, Any] | None,
    *,
    quick: bool,
    newcomers_per_year: int | None,
    seed: int | None,
) -> Read[File]:
    """Read an experiment file and load its scenarios.

    Parameters
    ----------
    path : str or path
        A file, or the name of a file in ./experiments or in the project's experiments.
    model : type
        What may stand in it.
    kind : str
    overrides : mapping, optional
        Dotted keys of the file and the values to use in their place.
    quick : bool
        Use the values of the section `quick`.
    newcomers_per_year, seed : int, optional
        In place of those of the file.

    Raises
    ------
    ExperimentError
        The file cannot be read. What is wrong with its keys and scenarios is kept in the source.
    """
    place = find_experiment(str(path))
    given = {"newcomers_per_year": newcomers_per_year, "seed": seed}
    given = {key: value for key, value in given.items() if value is not None}
    above = dict(overrides or {})
    file, source = read_study(place, model, kind, above, given)
    with source.step():
        if quick and not file.quick:
            raise source.error((), "--quick needs the section quick in the file", "quick: {KEY: VALUE}")
        if quick:
            above = {".".join(key): value for key, value in layers.flatten(file.quick)} | above
            file, source = read_study(place, model, kind, above, given)
    scenarios: dict[str, Scenario] = {}
    with source.step():
        scenarios, _, _ = load_scenarios(file, source, {})
    return Read(place, file, source, scenarios, source.document(above, given))


def named(patterns: Sequence[str], key: tuple[str, ...], source: Source) -> tuple[str, ...]:
    """Return the parameters that patterns of a key name.

    Raises
    ------
    ExperimentError
        A pattern matches none with a range.
    """
    try:
        return matching(patterns)
    except AnkomstError as error:
        raise source.reworded(error, key, ".".join(key)) from None


def check_metrics(
    metrics: Iterable[tuple[KeyPath, Metric]], scenarios: Mapping[str, Scenario], source: Source
) -> None:
    """Keep metrics that some scenario cannot answer as problems, each at the key that asks for it."""
    for key, each in metrics:
        problems = (beyond(each, scenario) for scenario in scenarios.values())
        problem = next((found for found in problems if found), None)
        if problem:
            source.problems.add(source.error(key, *problem))
