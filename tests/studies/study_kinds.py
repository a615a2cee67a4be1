"""A tiny study of every kind, run in the same way, and the numbers that it leaves in its folder."""

from __future__ import annotations

import dataclasses
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.studies import batch_support, calibration_support, paired_support

from ankomst.studies.batch.runner import run_batch
from ankomst.studies.calibration.run import run_calibration
from ankomst.studies.decision.run import run_decision
from ankomst.studies.decision.study import load_decision
from ankomst.studies.engine import chunks
from ankomst.studies.engine.executors import Serial
from ankomst.studies.engine.registry import NAME, Ledger
from ankomst.studies.metrics.validation_measures import RESIDUAL, SEARCH, WITH
from ankomst.studies.sensitivity.run import run_sensitivity
from ankomst.studies.validation.run import run_validation
from ankomst.studies.validation.study import load_validation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from pathlib import Path

VALIDATION = """kind: validation
draws: {from: prior, number: 8}
newcomers_per_year: 40
residual: {from: 2016-01-01, fitted_to: barometer_2018}
cases: [barometer]
"""
SOBOL = "morris: {trajectories: 4}\nsobol: {rows: 8, most: 2, replicates: 2}"
DECISION = f"""kind: decision
baseline: three_year+grant_2013
outcomes: [months_employed@12, net_cost.both@12]
newcomers_per_year: 60
set: {paired_support.SMALL}
scenarios: {{one: one_year+grant_2013}}
draws: {{from: prior, number: 24, parameters: [danish.drop_out, danish.l_age]}}
replicates: 2
solve:
  draws: {{from: prior, number: 3, parameters: [danish.drop_out]}}
  searches:
    - {{name: how good help must be, change: parameters.municipality.ordinary_intensity, low: 0.3, high: 1.3,
        points: 3, scenario: one, outcome: net_cost.both@12}}
"""


@dataclass(frozen=True)
class Straight:
    """Numbers that rise with the draw, with luck by stream, under the names that a study expects."""

    names: tuple[str, ...]
    digest: str = "straight"

    @property
    def scenarios(self) -> dict[str, Any]:
        """Return nothing: nothing is simulated."""
        return {}

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> np.ndarray[Any, Any]:
        """Return a number for each name; a search for the residual asks for the last one only."""
        luck = np.random.default_rng([seed, stream]).normal(size=len(self.names))
        drawn = sum(float(value) for name, value in sorted(draw.items()) if "." in name)
        values = drawn + 0.01 * luck + np.arange(len(self.names))
        if RESIDUAL in draw:
            raised = np.array([name.endswith(WITH) for name in self.names])
            values[raised] = 0.31 + 0.01 * float(draw[RESIDUAL])
        if draw.get(SEARCH):
            values[:-1] = np.nan
        return values


@dataclass(frozen=True)
class TinyStudy:
    """A study of one kind.

    Attributes
    ----------
    load : callable
        Returns the study, given a folder for its files.
    run : callable
        Of the kind, called with study, folder and how.
    """

    load: Callable[[Path], Any]
    run: Callable[..., Any]


def _calibration(folder: Path) -> Any:  # noqa: ANN401
    real, made_up = calibration_support.study(folder), calibration_support.MadeUp()
    object.__setattr__(made_up, "contrasts", real.measures.contrasts)
    object.__setattr__(made_up, "runs", {"one": None})
    return dataclasses.replace(real, measures=made_up)


def _validation(folder: Path) -> Any:  # noqa: ANN401
    path = folder / "small.yaml"
    path.write_text(VALIDATION, encoding="utf-8")
    names = ("barometer_2015", "barometer_2018", f"barometer_2015{WITH}", f"barometer_2018{WITH}")
    return dataclasses.replace(load_validation(path), measures=Straight(names))


def _sensitivity(folder: Path) -> Any:  # noqa: ANN401
    made_up = paired_support.MadeUp(paired_support.ishigami, 3, 0.1)
    return paired_support.made_up(folder, made_up, (-3.0, 3.0), methods=SOBOL)


def _decision(folder: Path) -> Any:  # noqa: ANN401
    path = folder / "small.yaml"
    path.write_text(DECISION, encoding="utf-8")
    loaded = load_decision(path)
    return dataclasses.replace(loaded, measures=Straight(tuple(loaded.measures.names)))


KINDS = {
    "batch": TinyStudy(lambda folder: batch_support.experiment(folder, replicates=12), run_batch),
    "calibration": TinyStudy(_calibration, run_calibration),
    "validation": TinyStudy(_validation, run_validation),
    "sensitivity": TinyStudy(_sensitivity, run_sensitivity),
    "decision": TinyStudy(_decision, run_decision),
}


class Counting(Serial):
    """This process, which notes the ids of the runs that it is handed."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def submit(self, function: Callable[..., Any], argument: Any) -> Future[Any]:  # noqa: ANN401
        """Carry out a call at once."""
        self.ids += [job.id for job in argument.jobs]
        return super().submit(function, argument)


def numbers(out: Path) -> dict[str, Any]:
    """Return everything that must be the same: every table, and every row by the id of its run."""
    found: dict[str, Any] = {path.name: path.read_bytes() for path in out.glob("**/*.csv")}
    assert found
    return found | finished_rows(out)


def finished_rows(out: Path) -> dict[str, int]:
    """Return the checksum of every finished row that can be read, of any plan, by the id of its run."""
    if not (out / NAME).is_file():
        return {}
    with Ledger(out / NAME, readonly=True) as ledger:
        waiting = ledger._base.execute("SELECT id, row FROM waiting").fetchall()
        listed, kept = ledger.sums(None), {key: zlib.crc32(row) for key, row in waiting}
        for name, (digest, _) in ledger.parts().items():
            if chunks.is_whole(out / chunks.FOLDER / name, digest):
                listed |= ledger.sums(name)
                kept |= chunks.sums(out / chunks.FOLDER / name)
    return {key: crc for key, crc in kept.items() if listed.get(key) == crc}
