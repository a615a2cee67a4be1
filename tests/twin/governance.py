"""Governance besides money: result targets, and the spread of practice (docs/ODD.md 7.18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import statuses as st
from .calendar_time import weight_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import TwinModel
    from .municipality import Municipality

MONTH_OF_THE_TARGET = 24
"""Months since arrival at which employment is reported."""
FEWEST_PEOPLE = 10
"""Real people below whom a municipality's share says nothing."""


def count_results(model: TwinModel) -> None:
    """End of the month: who is here two years after arrival, and who of them is in work."""
    for who in model.followed:
        if who.s == MONTH_OF_THE_TARGET and who.status != st.LEFT:
            who.home.counted += 1
            who.home.counted_in_work += who.status in st.WORKING


def result_pressure(model: TwinModel) -> list[float]:
    """Factor on each municipality's target of effort from the counts of last year, which then start anew."""
    homes = model.municipalities
    everybody = sum(home.counted for home in homes)
    in_work = sum(home.counted_in_work for home in homes)
    factors = [1.0] * len(homes)
    if model.policy.governance.result_targets and everybody:
        mean = in_work / everybody
        weight = weight_of(model.scenario)
        for home in homes:
            if home.counted * weight < FEWEST_PEOPLE:
                continue
            share = home.counted_in_work / home.counted
            if share < mean:
                pressure = model.parameters["municipality.target_pressure"]
                factors[home.index] = 1 + pressure * (mean - share) / mean
    for home in homes:
        home.counted = home.counted_in_work = 0
    return factors


def learnt_quality(model: TwinModel, home: Municipality) -> float:
    """Q after a year of learning from the better quarter of the region; none in the first January."""
    if model.month == 0:
        return home.practice_quality
    value = model.parameters
    governance = model.policy.governance
    share = value["municipality.peer_learning"]
    share += governance.peer_exchange * value["levers.peer_exchange"] / 0.03
    advised = governance.advisory_team and (home.index + model.month // 12) % 4 == 0
    share += value["municipality.advisory_boost"] * advised
    region = [other.practice_quality for other in model.municipalities if other.region == home.region]
    gap = max(0.0, percentile(region, 0.75) - home.practice_quality)
    return float(home.practice_quality + min(1.0, share) * gap)


def agree_on_classes(model: TwinModel) -> None:
    """Regional agreements: the worse half of a region's classes nears the median (docs/ODD.md 7.18)."""
    way = model.parameters["levers.regional_gain"] * model.policy.danish.regional
    alone = {home.index: home.language_quality for home in model.municipalities}
    for home in model.municipalities:
        region = [alone[other.index] for other in model.municipalities if other.region == home.region]
        home.language_quality += way * max(0.0, percentile(region, 0.5) - alone[home.index])


def percentile(values: Sequence[float], share: float) -> float:
    """Percentile by linear interpolation between the sorted values."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
