"""The municipality: intensity of effort, January plans, crowding and places."""

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
"""Hires a month and newcomer that the local market takes without crowding (specification 6)."""


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
        self.history: dict[int, dict[str, float]] = {}

    def look_around(self) -> None:
        """Who is here at the start of the month, and the share of them in work."""
        self.present = [who for who in self.arrived if who.status not in st.GONE]
        working = sum(who.status in st.WORKING for who in self.present)
        self.peers = working / len(self.present) if self.present else 0.0

    @property
    def clients(self) -> list[Newcomer]:
        """Clients now, in order of id."""
        return [who for who in self.present if who.client]

    def intensity(self, who: Newcomer) -> float:
        """w: intensity of the effort that a client meets (specification 5, details B)."""
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

    def plan_effort(self) -> tuple[float, float]:
        """Step 3: next effort and language effort, from the state and last year's effort (details C8, A2)."""
        if not self.responsive:
            return self.effort, self.language_effort
        chances = [(who, math.exp(log_hazard(who))) for who in self.clients]
        return self._next_effort(chances), self._next_language_effort(chances)

    def _next_effort(self, chances: list[tuple[Newcomer, float]]) -> float:
        if not chances:
            return self.effort
        money = self.model.money
        gain = sum(gain_from_job(who, h) for who, h in chances) / len(chances)
        reference = sum(reference_gain_from_job(who, h) for who, h in chances) / len(chances)
        ratio = (gain / reference) / (money.net_price / money.net_price_2013)
        low, high = 0.25 * self.effort_at_start, 4 * self.effort_at_start
        target = self.effort_at_start * ratio ** self.model.parameters["municipality.effort_elasticity"]
        target = min(max(target, low), high)
        step = self.model.parameters["municipality.effort_adjustment"]
        return float(min(max(self.effort + step * (target - self.effort), low), high))

    def _next_language_effort(self, chances: list[tuple[Newcomer, float]]) -> float:
        learning = [(who, h) for who, h in chances if who.language < LAST_MODULE]
        if not learning:
            return self.language_effort
        gain = sum(gain_from_test(who, h) for who, h in learning)
        reference = sum(reference_gain_from_test(who, h) for who, h in learning)
        ratio = gain / reference if gain > 0 and reference > 0 else 1e-9
        constant = self.model.money.constant
        low, high = constant("language_effort_min", 0.5), constant("language_effort_max", 2.0)
        target = max(ratio, 1e-9) ** self.model.parameters["municipality.effort_elasticity"]
        target = min(max(target, low), high)
        step = self.model.parameters["municipality.effort_adjustment"]
        return float(min(max(self.language_effort + step * (target - self.language_effort), low), high))

    def update_expected_months(self) -> None:
        """N_m: mean scheduled period of those who arrived in the last three calendar years (details A14)."""
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

    def fill_places(self) -> None:
        """Step 5: order the eligible clients and give them the free places (specification 9)."""
        eligible = [who for who in self.clients if self._eligible(who)]
        places_each = self.model.parameters["placements.places"]
        if not self.model.policy.interactions:
            for who in eligible:
                if who.draw(2, 1) < places_each:
                    self._place(who)
            return
        effective = self.effort * self.practice_quality
        weighted = sum(self.intensity(who) for who in self.clients)
        capacity = self.model.policy.placements.capacity
        places = places_each * capacity * weighted * 2 * effective / (1 + effective)
        rounding = self.model.draw(self.index, self.model.month, 16, 0)
        taken = sum(who.status in st.IN_PLACEMENT for who in self.present)
        free = max(0, math.floor(places + rounding) - taken)
        for who in sorted(eligible, key=self._rank)[:free]:
            self._place(who)

    def _eligible(self, who: Newcomer) -> bool:
        placements = self.model.policy.placements
        open_statuses = {st.LANGUAGE_CLASS, st.JOB_CENTRE}
        if placements.job_ready_from_day_one:
            open_statuses.add(st.ASSESSMENT)
        ready = who.status in open_statuses and who.months_in_status >= 1
        return ready and who.s >= placements.first_offer_month

    def _rank(self, who: Newcomer) -> tuple[int, float, int]:
        deadline = self.model.policy.placements.first_offer_deadline_months
        overdue = deadline is not None and who.s >= deadline - 1 and not who.ever_placed
        return (0 if overdue else 1, -self._score(who), who.id)

    def _score(self, who: Newcomer) -> float:
        assert who.log_hazard is not None
        targeting = self.model.policy.placements.targeting
        creaming = 0.0
        if targeting == "creaming":
            creaming = self.model.parameters["municipality.creaming"] * (1.0 if self.responsive else 0.5)
        stake = gain_from_job(who, math.exp(who.log_hazard)) / self.model.money.reference_gain
        score = creaming * stake * (who.log_hazard + 4.5) if creaming > 0 else 0.0
        score += (1 - creaming) * 0.08 * who.months_in_status
        score += 0.5 * -math.log(-math.log(who.draw(1, 0)))
        if targeting == "needs_first":
            score += self.model.parameters["levers.needs_weight"] * who.needs_group
        return float(score)

    def _place(self, who: Newcomer) -> None:
        share = self.model.parameters["placements.subsidised_share"]
        subsidised = who.practice > 0.3 and who.draw(2, 0) < share
        who.enter(st.SUBSIDISED_JOB if subsidised else st.INTERNSHIP)
        who.ever_placed = True
        who.placement_started = 2 if subsidised else 1
