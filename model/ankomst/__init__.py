"""Agent-based model of newly arrived refugees and family-reunified immigrants in Danish municipalities.

The names below are the public interface. They are loaded on first use, so that `import ankomst` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ankomst.errors import AnkomstError as AnkomstError
    from ankomst.policy.parameters import load_registry as load_registry
    from ankomst.policy.scenario import Scenario as Scenario
    from ankomst.policy.scenario import load_scenario as load_scenario
    from ankomst.simulation.engine import IntroductionModel as IntroductionModel
    from ankomst.simulation.result import Result as Result
    from ankomst.simulation.result import simulate as simulate
    from ankomst.studies.batch.comparison import compare as compare
    from ankomst.studies.batch.runner import run_batch as run_batch
    from ankomst.studies.batch.study import Batch as Batch
    from ankomst.studies.calibration.run import run_calibration as run_calibration
    from ankomst.studies.calibration.study import load_calibration as load_calibration
    from ankomst.studies.schema.experiment import load_experiment as load_experiment
    from ankomst.studies.validation.run import run_validation as run_validation
    from ankomst.studies.validation.study import load_validation as load_validation

_HOMES = {
    "AnkomstError": "ankomst.errors",
    "Batch": "ankomst.studies.batch.study",
    "IntroductionModel": "ankomst.simulation.engine",
    "Result": "ankomst.simulation.result",
    "Scenario": "ankomst.policy.scenario",
    "compare": "ankomst.studies.batch.comparison",
    "load_calibration": "ankomst.studies.calibration.study",
    "load_experiment": "ankomst.studies.schema.experiment",
    "load_registry": "ankomst.policy.parameters",
    "load_scenario": "ankomst.policy.scenario",
    "load_validation": "ankomst.studies.validation.study",
    "run_batch": "ankomst.studies.batch.runner",
    "run_calibration": "ankomst.studies.calibration.run",
    "run_validation": "ankomst.studies.validation.run",
    "simulate": "ankomst.simulation.result",
}

__all__ = [
    "AnkomstError",
    "Batch",
    "IntroductionModel",
    "Result",
    "Scenario",
    "compare",
    "load_calibration",
    "load_experiment",
    "load_registry",
    "load_scenario",
    "load_validation",
    "run_batch",
    "run_calibration",
    "run_validation",
    "simulate",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type is that of the name asked for
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ankomst' has no attribute {name!r}")
