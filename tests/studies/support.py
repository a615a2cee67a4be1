"""Small scenarios for the tests of studies."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.policy.scenario import load_scenario
from ankomst.simulation.simulate import simulate

if TYPE_CHECKING:
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
SMALL_TABLE = ROOT / "tests" / "data" / "municipalities_small.csv"
"""Six municipalities: a January plan costs little also where the month runs as plain Python."""
SHORT: dict[str, Any] = {
    "population.municipalities": SMALL_TABLE,
    "population.arrival_years": 1,
    "population.newcomers_per_year": 36,
    "horizon.follow_up_months": 36,
}


def scenario(spec: str = "three_year", changes: dict[str, Any] | None = None) -> Scenario:
    """Return a shipped scenario or composition with one year of arrivals and three of follow-up."""
    path = "+".join(str(SCENARIOS / f"{name}.yaml") for name in spec.split("+"))
    return load_scenario(path, SHORT | (changes or {}))


@cache
def persons() -> Result:
    """Return a run that keeps every person's history: 240 people followed for five years."""
    changes = {"population.newcomers_per_year": 240, "horizon.follow_up_months": 72}
    return simulate(scenario(changes=changes), seed=5, record="persons")
