"""What can be chosen: the shipped scenarios, the levers with their bounds, and the sizes of the sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from ankomst.studies.engine.in_memory import DRAWS, NEWCOMERS, REPLICATES

SCENARIOS: Final = (
    "three_year", "one_year", "one_year_basic_grant_ends", "one_year_flexible",
    "one_year_flexible_concentrated", "one_year_strong_ordinary", "task_force_package",
    "flexible_danish", "regional_danish", "offer_within_six_months", "partnerships",
    "differentiated", "fast_assessment", "one_plan",
    "coordinated_cases", "mentors", "outreach", "entrepreneurs", "trainee_job", "advisory_team",
    "result_targets", "benefit_ceiling", "lower_benefit", "in_work_credit", "dispersal_by_demand",
    "reform_2016", "reform_2016_benefit", "reform_2016_refund", "reform_2016_work_first", "rules_2017",
    "upturn_2017",
)  # fmt: skip
"""Names of shipped scenarios in the order of the list; nothing else is ever looked for on the disk."""
GRANTS: Final = (
    "no_grant", "grant_2013", "grant_2017", "grant_by_speed", "grant_at_entry", "grant_sustained_12",
    "grant_risk_adjusted", "grant_after_period", "grant_above_benchmark",
)  # fmt: skip
"""Designs of the result grant, which compose with a scenario."""
LEFT_OUT: Final = ("history_2010_2018", "one_year_result_grants_end", "one_year_everything_ends")
"""Shipped, but held against history by `ankomst run`, or with grants of their own, chosen apart."""
EXTENSIONS: Final = ("never", "needs_test", "until_self_supporting")
LEVERS: Final = (
    "months", "extension", "grant1", "grant2", "grant3", "sustained", "evening", "intensity", "benefit",
)  # fmt: skip
"""All levers in the order of the page and of the address."""
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "period": ("months", "extension", "intensity"),
    "grants": ("grant1", "grant2", "grant3", "sustained"),
    "other": ("evening", "benefit"),
}
"""The levers as the page groups them."""


@dataclass(frozen=True)
class Range:
    """Bounds of a lever that is a number.

    Attributes
    ----------
    low, high, step : float
    decimals : int
        Decimals to show.
    """

    low: float
    high: float
    step: float
    decimals: int = 0

    def holds(self, value: float) -> bool:
        """Whether the lever can stand at a value."""
        steps = (value - self.low) / self.step
        return self.low <= value <= self.high and abs(steps - round(steps)) < 1e-9

    def nearest(self, value: float) -> float:
        """Return the position nearest to a value."""
        steps = round((min(max(value, self.low), self.high) - self.low) / self.step)
        return min(self.low + steps * self.step, self.high)


RANGES: Final[dict[str, Range]] = {
    "months": Range(6, 60, 1),
    "grant1": Range(0, 200_000, 1_000),
    "grant2": Range(0, 200_000, 1_000),
    "grant3": Range(0, 200_000, 1_000),
    "sustained": Range(0, 24, 1),
    "evening": Range(0, 20, 0.5, 1),
    "intensity": Range(0, 100, 5),
    "benefit": Range(50, 150, 5),
}

SampleName = Literal["quick", "larger", "full"]


@dataclass(frozen=True)
class Sample:
    """How much is simulated for an answer: these are the only sizes, whatever is asked for."""

    newcomers: int
    draws: int
    replicates: int


QUICK_NEWCOMERS: Final = 350
SAMPLES: Final[dict[str, Sample]] = {
    "quick": Sample(QUICK_NEWCOMERS, 12, 1),
    "larger": Sample(NEWCOMERS, DRAWS, REPLICATES),
    "full": Sample(7_000, DRAWS, REPLICATES),
}
"""The larger one is that of `ankomst run` and `ankomst.compare`."""
SEED: Final = 1
MAX_FOLLOW_UP: Final = 120
MAX_YEARS: Final = 10
"""Most months of follow-up and years of arrivals that a scenario of one's own may ask for."""


def samples(quick: int) -> dict[str, Sample]:
    """Return the samples with another size of the quick one."""
    return {**SAMPLES, "quick": replace(SAMPLES["quick"], newcomers=quick)}
