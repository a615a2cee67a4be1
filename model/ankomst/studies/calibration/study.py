"""A calibration: the file that names published figures and what is fitted to them, loaded and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import ExperimentError
from ankomst.studies.calibration.targets import Targets, read_targets
from ankomst.studies.schema.calibration_file import CalibrationFile
from ankomst.studies.schema.experiment_scenarios import load_named
from ankomst.studies.schema.paired_file import named
from ankomst.studies.schema.study import LoadedStudy, Read, study_of

if TYPE_CHECKING:
    from ankomst.policy.scenario import Scenario
    from ankomst.studies.metrics.target_measures import TargetMeasures
    from ankomst.studies.schema.experiment_reading import Source

Array = np.ndarray[Any, Any]
CENTRAL_RUNS = 10
"""Runs at the central draw, each with luck of its own."""


@dataclass(frozen=True)
class Calibration(LoadedStudy[CalibrationFile]):
    """A calibration that is ready to run.

    Attributes
    ----------
    baseline : Scenario
    targets : Targets
        All of them; those left out of the fit are predicted as well.
    fitted : ndarray of bool, shape (targets,)
    free : tuple of str
        Parameters that are fitted, in the order of the registry.
    measures : TargetMeasures
    """

    baseline: Scenario
    targets: Targets
    fitted: Array
    free: tuple[str, ...]
    measures: TargetMeasures

    @property
    def evaluations(self) -> int:
        """Return the evaluations in all."""
        return self.file.noise_replicates + self.file.members * (self.file.steps + 1) + CENTRAL_RUNS


@study_of("calibration", CalibrationFile)
def load_calibration(read: Read[CalibrationFile]) -> Calibration:
    """Load an experiment file of kind calibration."""
    file, source = read.study.file, read.source
    with source.step():
        free = named(file.free, ("free",), source)
    with source.step():
        baseline = load_named(file.baseline, file.set, ("baseline",), "baseline", source)
    with source.step():
        path = source.beside(file.targets, ("targets",), "the file of targets", "a YAML file")
        targets = read_targets(path)
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
        **vars(read.study),
        baseline=baseline,
        targets=targets,
        fitted=np.array([name in fitted for name in targets.names]),
        free=free,
        measures=measures,
    )


def _without(targets: Targets, names: tuple[str, ...], key: str, source: Source) -> Targets:
    """Return the targets without some of them; a sample can be that of all."""
    try:
        return targets.without(names)
    except ExperimentError as error:
        if names and key == "whole_sample" and "no target is left" in error.what:
            return targets
        raise source.reworded(error, (key,), key) from None
