"""A calibration: the file that names published figures and what is fitted to them, loaded and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import AnkomstError, ExperimentError, Problems, nearest_name, show
from ankomst.policy.places import find_experiment, find_scenario
from ankomst.policy.scenario import Scenario, load_scenario
from ankomst.studies.calibration.targets import Targets, read_targets
from ankomst.studies.schema.calibration_file import CalibrationFile
from ankomst.studies.schema.experiment_reading import OVERRIDE, Source, read_study
from ankomst.studies.schema.paired_file import named

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from ankomst.studies.metrics.target_measures import TargetMeasures

Array = np.ndarray[Any, Any]
CENTRAL_RUNS = 10
"""Runs at the central draw, each with luck of its own."""


@dataclass(frozen=True)
class Calibration:
    """A calibration that is ready to run.

    Attributes
    ----------
    name : str
        Name of the file without its ending.
    path : Path
    file : CalibrationFile
    baseline : Scenario
    targets : Targets
        All of them; those left out of the fit are predicted as well.
    fitted : ndarray of bool, shape (targets,)
    free : tuple of str
        Parameters that are fitted, in the order of the registry.
    measures : TargetMeasures
    document : dict
        The file as read and everything that was set above it.
    """

    name: str
    path: Path
    file: CalibrationFile
    baseline: Scenario
    targets: Targets
    fitted: Array
    free: tuple[str, ...]
    measures: TargetMeasures
    document: dict[str, Any]

    @property
    def evaluations(self) -> int:
        """Return the evaluations in all."""
        return self.file.noise_replicates + self.file.members * (self.file.steps + 1) + CENTRAL_RUNS


def load_calibration(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    newcomers_per_year: int | None = None,
    members: int | None = None,
    seed: int | None = None,
) -> Calibration:
    """Load an experiment file of kind calibration.

    Parameters
    ----------
    path : str or path
        A file, or the name of a file in ./experiments or in the project's experiments.
    overrides : mapping, optional
        Keys of the file and the values to use in their place.
    newcomers_per_year, members, seed : int, optional
        In place of those of the file.

    Raises
    ------
    ExperimentError
        Something about the file, its targets or its baseline is wrong. The message lists all problems, a
        sentence and a line each.
    """
    place = find_experiment(str(path))
    given = {"newcomers_per_year": newcomers_per_year, "members": members, "seed": seed}
    given = {key: value for key, value in given.items() if value is not None}
    file, source = read_study(place, CalibrationFile, "calibration", overrides or {}, given)
    with source.step():
        free = named(file.free, ("free",), source)
    with source.step():
        baseline = _baseline(file, source)
    with source.step():
        targets = read_targets(_beside(file.targets, source))
        with source.step():
            fitted = set(_without(targets, file.leave_out, "leave_out", source).names)
        with source.step():
            _without(targets, file.whole_sample, "whole_sample", source)
    source.problems.settle()
    measures = targets.measures(
        baseline, newcomers_per_year=file.newcomers_per_year, effects=file.effects_newcomers_per_year,
        whole=file.whole_sample, replicates=file.replicates,
    )  # fmt: skip
    return Calibration(
        name=place.stem,
        path=place,
        file=file,
        baseline=baseline,
        targets=targets,
        fitted=np.array([name in fitted for name in targets.names]),
        free=free,
        measures=measures,
        document=source.document(overrides or {}, given),
    )


def _beside(name: str, source: Source) -> Path:
    path = source.folder / name
    if not path.is_file() and Path(name).is_file():
        path = Path(name)
    if not path.is_file():
        siblings = [each.name for each in path.parent.glob("*.yaml")]
        raise source.error(
            ("targets",),
            f"the file of targets {show(name, 200)} does not exist",
            "a YAML file beside this file or in the working folder",
            nearest_name(path.name, siblings),
        )
    return path


def _baseline(file: CalibrationFile, source: Source) -> Scenario:
    """Load the baseline; what is wrong stands where it is set, or where the baseline is named."""
    try:
        return load_scenario(find_scenario(file.baseline, source.folder), file.set)
    except AnkomstError as error:
        problems = Problems()
        for each in error.problems:
            if each.where.startswith(OVERRIDE):
                where = source.of_setting("", each.where)
                problems.add(each.restated(ExperimentError, what=f"set: {each.what}", where=where))
            else:
                problems.add(source.reworded(each, ("baseline",), "baseline"))
        raise problems.joined() from None


def _without(targets: Targets, names: tuple[str, ...], key: str, source: Source) -> Targets:
    """Return the targets without some of them; a sample can be that of all."""
    try:
        return targets.without(names)
    except ExperimentError as error:
        if names and key == "whole_sample" and "no target is left" in error.what:
            return targets
        raise source.reworded(error, (key,), key) from None
