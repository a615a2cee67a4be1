"""Checks of the names and months that a file of any kind of study asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ankomst.errors import AnkomstError
from ankomst.studies.design.parameter_draws import matching
from ankomst.studies.metrics.reach import beyond
from ankomst.studies.schema.experiment_scenarios import load_scenarios

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.policy.yaml_file import KeyPath
    from ankomst.studies.metrics.metric import Metric
    from ankomst.studies.schema.experiment_reading import Source
    from ankomst.studies.schema.paired_fields import PairedFile
    from ankomst.studies.schema.study import Read

File = TypeVar("File", bound="PairedFile")


def paired_scenarios(read: Read[File]) -> dict[str, Scenario]:
    """Load the scenarios of a study, the baseline first; none where one of them cannot be loaded."""
    found: dict[str, Scenario] = {}
    with read.source.step():
        found, _, _ = load_scenarios(read.study.file, read.source, read.above)
    return found


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
