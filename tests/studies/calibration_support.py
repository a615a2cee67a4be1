"""A small calibration for tests: a few targets of the real model, or a made-up one that takes no time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.studies.calibration.study import load_calibration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ankomst.studies.calibration.study import Calibration

TARGETS = """
targets:
  - name: employment
    outcome: employment_rate
    group: {origin: refugee}
    months: [12, 24]
    value: [0.17, 0.22]
    sd: 0.02
    source: "a test"
  - {name: danish, outcome: test_pass_rate, months: 30, value: 0.5, sd: 0.05, source: "a test"}
effects:
  - {name: cut, change: {benefits.level: 0.6}, outcome: ever_employed, months: 12, value: 0.02, sd: 0.02}
"""
STUDY = """
kind: calibration
title: "Small"
targets: targets.yaml
free: [job_finding.h0_refugee, danish.language_speed, danish.drop_out, municipality.creaming]
members: 24
steps: 2
noise_replicates: 5
newcomers_per_year: 60
effects_newcomers_per_year: 24
seed: 3
set: {horizon.follow_up_months: 30, population.arrival_years: 1}
"""


def study(folder: Path, text: str = STUDY, **more: Any) -> Calibration:  # noqa: ANN401
    """Write a small calibration into a folder and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "targets.yaml").write_text(TARGETS, encoding="utf-8")
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return load_calibration(path, **more)


@dataclass(frozen=True)
class MadeUp:
    """Figures that depend on four parameters in curves, with luck by stream; fails where it is told to."""

    names: tuple[str, ...] = ("employment_12", "employment_24", "danish", "cut")
    fails: tuple[int, ...] = ()

    @property
    def digest(self) -> str:
        """Return a hash."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> np.ndarray[Any, Any]:
        """Return four figures."""
        if stream in self.fails:
            raise ZeroDivisionError("made to fail")
        luck = np.random.default_rng([seed, stream]).normal(size=4) * [0.01, 0.01, 0.02, 0.004]
        job, speed = draw["job_finding.h0_refugee"], draw["danish.language_speed"]
        figures = [
            1.0 - np.exp(-9.0 * job),
            (1.0 - np.exp(-15.0 * job)) * (1.0 - 3.0 * draw["danish.drop_out"]),
            np.tanh(speed) * (1.0 - 5.0 * draw["danish.drop_out"]),
            0.5 * job,
        ]
        return np.asarray(figures + luck)
