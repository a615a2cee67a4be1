"""Sensitivity analyses for tests: made-up functions in the place of the model, and small files."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.studies.design.factors import Factor, Factors
from ankomst.studies.sensitivity.study import Sensitivity, load_sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

NAMES = ("job_finding.sigma", "job_finding.b_age", "danish.language_speed", "danish.drop_out")
"""Parameters that lend their names to the factors of a made-up function."""
READING = "months_employed@12"
SMALL = "{horizon.follow_up_months: 12, population.arrival_years: 1}"


def ishigami(x: np.ndarray[Any, Any]) -> float:
    """Return Ishigami's function of three values from -pi to pi; a is 7 and b is 0.1."""
    return float(np.sin(x[0]) + 7.0 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0]))


def sobol_g(x: np.ndarray[Any, Any]) -> float:
    """Return Sobol's G of four values from 0 to 1; a is 0, 1, 4.5, 9."""
    a = np.array([0.0, 1.0, 4.5, 9.0])
    return float(np.prod((np.abs(4.0 * x - 2.0) + a) / (1.0 + a)))


def ishigami_indices() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return first-order and total indices (Ishigami and Homma 1990)."""
    a, b, pi = 7.0, 0.1, np.pi
    first = np.array([0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8, 0.0])
    both = b**2 * pi**8 * (1 / 18 - 1 / 50)
    variance = first.sum() + both
    return first / variance, (first + np.array([both, 0.0, both])) / variance


def g_indices() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return first-order and total indices of Sobol's G (Saltelli and Sobol 1995)."""
    own = 1.0 / (3.0 * (1.0 + np.array([0.0, 1.0, 4.5, 9.0])) ** 2)
    variance = np.prod(1.0 + own) - 1.0
    total = np.array([own[k] * np.prod(np.delete(1.0 + own, k)) for k in range(4)])
    return own / variance, total / variance


@dataclass(frozen=True)
class MadeUp:
    """A function of the factors with noise of its own at every point and luck."""

    function: Callable[[np.ndarray[Any, Any]], float]
    factors: int
    noise: float
    gaps: tuple[int, ...] = ()
    """Luck at which there is no number."""
    fails: tuple[int, ...] = ()
    """Luck at which the evaluation fails."""
    scenario: str = "three_year"

    @property
    def names(self) -> tuple[str, ...]:
        """Return one number."""
        return (f"{READING}:{self.scenario}",)

    @property
    def digest(self) -> str:
        """Return a hash."""
        return hashlib.sha256(repr((self.function.__name__, self.noise, self.gaps)).encode()).hexdigest()

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> np.ndarray[Any, Any]:
        """Return the function with noise that depends on the point as well as on the luck."""
        if stream in self.fails:
            raise ZeroDivisionError("made to fail")
        if stream in self.gaps:
            return np.array([np.nan])
        x = np.array([draw.get(name, 0.5) for name in NAMES[: self.factors]])
        luck = np.random.default_rng([seed, stream, zlib.crc32(x.tobytes())])
        return np.array([self.function(x) + self.noise * luck.normal()])


def study(folder: Path, text: str, **more: Any) -> Sensitivity:  # noqa: ANN401
    """Write an analysis into a folder and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return load_sensitivity(path, **more)


def made_up(folder: Path, measures: MadeUp, bounds: tuple[float, float], *, methods: str) -> Sensitivity:
    """Return an analysis of a made-up function whose factors lie within bounds."""
    text = f"kind: sensitivity\nbaseline: three_year\noutcomes: [{READING}]\n{methods}\nset: {SMALL}\n"
    factors = Factors(tuple(Factor(name, *bounds) for name in NAMES[: measures.factors]), {})
    return replace(study(folder, text), measures=measures, factors=factors)
