"""A small made-up population for runs of the twin alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from .inputs import IDS_PER_MONTH, reference_newcomers

if TYPE_CHECKING:
    from ankomst.policy.scenario import Scenario


def small_population(count: int, months: int, places: int, seed: int) -> list[dict[str, Any]]:
    """Newcomers spread over the first months and over the municipalities.

    Parameters
    ----------
    count, months, places : int
        Newcomers, months with arrivals, municipalities.
    seed : int
        Seed of Python's generator.
    """
    chance = random.Random(seed)  # noqa: S311 - a simulation, no secrets
    people = []
    for number in range(count):
        month = number % months
        origin = chance.choice((0, 0, 1, 2))
        people.append(
            {
                "id": month * IDS_PER_MONTH + number // months,
                "arrival_month": month,
                "origin": origin,
                "female": int(chance.random() < 0.5),
                "age": 18 + 30 * chance.random(),
                "education": chance.randrange(4),
                "track": chance.randrange(1, 4),
                "health": int(chance.random() < 0.3),
                "children": int(chance.random() < 0.5),
                "supported": int(origin == 2 and chance.random() < 0.85),
                "municipality": chance.randrange(places),
                "ability": chance.gauss(0, 1),
                "v": chance.random(),
                "mentor": chance.random(),
                "outreach": chance.random(),
                "ready": chance.random(),
            }
        )
    return people


def small_country(places: int, scenario: Scenario, seed: int) -> list[dict[str, Any]]:
    """Municipalities in two regions, every other one responsive.

    Parameters
    ----------
    places : int
        Municipalities.
    scenario : Scenario
        The policy, for the scale of the sample.
    seed : int
        Seed of Python's generator.
    """
    chance = random.Random(seed)  # noqa: S311 - a simulation, no secrets
    return [
        {
            "index": index,
            "region": "east" if index < places / 2 else "west",
            "tax": 0.24 + 0.02 * chance.random(),
            "demand": chance.gauss(0, 2.5),
            "responsive": index % 2 == 0,
            "e0": 0.7 + 0.6 * chance.random(),
            "q": 0.9 + 0.2 * chance.random(),
            "language_quality": 0.9 + 0.2 * chance.random(),
            "n_ref": reference_newcomers(1 / places, scenario),
        }
        for index in range(places)
    ]
