"""The municipality: intensity of effort, January plans and crowding."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from . import statuses as st
from .incentives import gain_from_job, gain_from_test, reference_gain_from_job, reference_gain_from_test
from .newcomer import LAST_MODULE, Newcomer
from .search import log_hazard, search_factor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .model import TwinModel

LOCAL_RATE = 0.02
"""Hires a month and newcomer that the local market takes without crowding (docs/ODD.md 7.4)."""


class Municipality(mesa.Agent):
    """One municipality.

    Parameters
    ----------
    model : TwinModel
        The run.
    place : Mapping[str, Any]
        Fixed traits and start values.
    """

    if TYPE_CHECKING:
        model: TwinModel

    def __init__(self, model: TwinModel, place: Mapping[str, Any]) -> None:
        super().__init__(model)
        self.index: int = place["index"]
        self.region: str = place["region"]
        self.tax: float = place["tax"]
        self.demand: float = place["demand"]
        self.responsive = bool(place["responsive"])
        self.effort_at_start: float = place["e0"]
        self.effort: float = place["e0"]
        self.practice_quality: float = place["q"]
        self.language_quality: float = place["language_quality"]
        self.language_effort = 1.0
        self.n_ref: float = place["n_ref"]
        self.expected_months: float = model.national_expected_months
        self.arrived: list[Newcomer] = []
        self.present: list[Newcomer] = []
        self.peers = 0.0
        self.crowding = 1.0
        self.counted = 0  # two years after arrival, since the last January
        self.counted_in_work = 0
        self.history: dict[int, dict[str, float]] = {}

    def look_around(self) -> None:
        """Who is here at the start of the month, and the share of them in work."""
        self.present = [who for who in self.arrived if who.status not in st.GONE]
        working = sum(who.status in st.WORKING for who in self.present)
        self.peers = working / len(self.present) if self.present else 0.0

    @property
    def clients(self) -> list[Newcomer]:
        """Clients now, in order of arrival."""
        return [who for who in self.present if who.client]

    def intensity(self, who: Newcomer) -> float:
        """w: intensity of the effort that a client meets (docs/ODD.md 7.2)."""
        policy = self.model.policy
        value = self.model.parameters
        if who.inside:
            if policy.introduction_period.resources == "per_month":
                return float(policy.introduction_period.introduction_intensity)
            return float(min(value["municipality.max_intensity"], 36 / self.expected_months))
        ordinary = value["municipality.ordinary_intensity"]
        w = ordinary + policy.ordinary_system.intensity * max(0.0, 1 - ordinary)
        if who.needs_group:
            gap = value["municipality.specialist_gap"]
            w *= gap + policy.ordinary_system.specialists * (1 - gap)
        return float(w)

    def plan_effort(self, pressure: float) -> tuple[float, float]:
        """Step 3: next effort and language effort, from the state and last year's effort (docs/ODD.md 7.5).

        Parameters
        ----------
        pressure : float
            Factor on the target of effort from the result targets.
        """
        if not self.responsive:
            # Results are reported for all; money moves the responsive only.
            moves = self.model.policy.governance.result_targets and self.clients
            effort = self._nearer(self.effort_at_start * pressure) if moves else self.effort
            return effort, self.language_effort
        chances = [(who, math.exp(log_hazard(who))) for who in self.clients]
        return self._next_effort(chances, pressure), self._next_language_effort(chances)

    def _next_effort(self, chances: list[tuple[Newcomer, float]], pressure: float) -> float:
        if not chances:
            return self.effort
        money = self.model.money
        gain = sum(gain_from_job(who, h) for who, h in chances) / len(chances)
        reference = sum(reference_gain_from_job(who, h) for who, h in chances) / len(chances)
        ratio = (gain / reference) / (money.net_price / money.net_price_2013)
        target = self.effort_at_start * ratio ** self.model.parameters["municipality.effort_elasticity"]
        return self._nearer(target * pressure)

    def _nearer(self, target: float) -> float:
        """Effort after a year's step towards the target, within its bounds."""
        low, high = 0.25 * self.effort_at_start, 4 * self.effort_at_start
        target = min(max(target, low), high)
        step = self.model.parameters["municipality.effort_adjustment"]
        return float(min(max(self.effort + step * (target - self.effort), low), high))

    def _next_language_effort(self, chances: list[tuple[Newcomer, float]]) -> float:
        learning = [(who, h) for who, h in chances if who.language < LAST_MODULE]
        if not learning:
            return self.language_effort
        gain = sum(gain_from_test(who, h) for who, h in learning)
        reference = sum(reference_gain_from_test(who, h) for who, h in learning)
        if reference <= 0:
            return self.language_effort
        ratio = gain / reference
        constant = self.model.money.constant
        low, high = constant("language_effort_min", 0.5), constant("language_effort_max", 2.0)
        target = max(ratio, 1e-9) ** self.model.parameters["municipality.effort_elasticity"]
        target = min(max(target, low), high)
        step = self.model.parameters["municipality.effort_adjustment"]
        return float(min(max(self.language_effort + step * (target - self.language_effort), low), high))

    def update_expected_months(self) -> None:
        """N_m: mean scheduled period of those who arrived in the last three calendar years (ODD 7.2)."""
        t = self.model.month
        recent = [who.introduction_end for who in self.arrived if t - 36 <= who.arrival_month <= t - 1]
        if recent:
            self.expected_months = sum(recent) / len(recent)

    def note_year(self) -> None:
        """Keep the plan of the year."""
        self.history[self.model.month // 12] = {
            "e": self.effort,
            "language_effort": self.language_effort,
            "Q": self.practice_quality,
            "N": self.expected_months,
        }

    def set_hazards(self) -> None:
        """Step 4: hazards of those who search, and the crowding among them."""
        total = 0.0
        for who in self.present:
            who.log_hazard = log_hazard(who) if who.status in st.SEARCHING else None
            if who.log_hazard is not None:
                total += search_factor(who) * math.exp(who.log_hazard)
        self.crowding = 1.0
        if self.model.policy.interactions and self.n_ref > 0:
            chi = self.model.parameters["search.crowding"]
            self.crowding = (1 + 1 / chi) / (1 + total / (chi * LOCAL_RATE * self.n_ref))
