"""Runs of the compiled model for the tests, and the twin on the same people, places and draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.twin.grants import in_force, positions
from tests.twin.inputs import municipalities_from_arrays, people_from_arrays, reference_newcomers
from tests.twin.model import TwinModel

from ankomst.policy.scenario import load_scenario
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.kernels.draws import draw_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
SMALL_TABLE = ROOT / "tests" / "data" / "municipalities_small.csv"
"""Six of the real municipalities in three regions: crowded, so that places, peers and learning matter."""


def scenario(spec: str = "three_year", **overrides: Any) -> Scenario:  # noqa: ANN401
    """Return a shipped scenario or composition on the small table.

    Parameters
    ----------
    spec : str
        Names joined by '+'.
    overrides
        Dotted keys with '__' for the dot; they hold above the files.
    """
    path = "+".join(str(ROOT / "scenarios" / name) for name in spec.split("+"))
    changes = {key.replace("__", "."): value for key, value in overrides.items()}
    return load_scenario(path, {"population.municipalities": SMALL_TABLE} | changes)


def small_model(policy: Scenario, **options: Any) -> IntroductionModel:  # noqa: ANN401
    """Return a model of a scenario that keeps every person's history."""
    return IntroductionModel(policy, **({"seed": 11, "record": "persons"} | options))


def finished(policy: Scenario, **options: Any) -> IntroductionModel:  # noqa: ANN401
    """Return the model after its last month."""
    model = small_model(policy, **options)
    model.run()
    return model


def people_of(model: IntroductionModel) -> dict[str, Any]:
    """Fixed traits as columns, as twin and recount read them."""
    people = model.population
    mix = model.traits.client_mix
    return {
        "id": people.ident,
        "arrival_month": people.arrival,
        "origin": people.origin,
        "female": people.female,
        "education": people.education,
        "track": people.track + 1,
        "health": people.health,
        "children": people.children,
        "supported": people.supported,
        "municipality": people.municipality,
        "age": people.age,
        "ability": people.z + mix[people.municipality],
        "v": people.v,
        "mentor": people.mentor,
        "outreach": people.outreach,
        "ready": people.ready,
    }


def places_of(model: IntroductionModel) -> list[dict[str, Any]]:
    """Municipalities as the twin reads them; local capacity counted anew (docs/ODD.md 5.3)."""
    table, traits, parameters = model.table, model.traits, model.parameters
    shares = parameters["population.origin_shares"]
    expected = [
        (shares["refugee"] + shares["reunified_with_refugee"]) * table.refugee_key[m]
        + shares["reunified_with_other"] * table.population_key[m]
        for m in range(table.size)
    ]
    return municipalities_from_arrays(
        {
            "region": table.region,
            "responsive": traits.responsive,
            "tax": table.tax,
            "demand": traits.demand,
            "e0": traits.effort,
            "q": traits.quality,
            "language_quality": traits.language_quality,
            "n_ref": [reference_newcomers(share, model.scenario) for share in expected],
        }
    )


def uniforms(ident: int, month: int, stream: int, k0: int, k1: int) -> tuple[float, float, float, float]:
    """Return the four uniforms that the compiled month draws."""
    out = np.zeros((4, 1))
    draw_all(np.array([ident]), month, stream, k0, k1, out)
    a, b, c, d = out[:, 0].tolist()
    return a, b, c, d


def twin_of(model: IntroductionModel) -> TwinModel:
    """Return the twin of a model that has not begun, with the same draws."""
    k0, k1 = model.key
    drawn: dict[tuple[int, int, int], tuple[float, ...]] = {}

    def draw(who: int, month: int, stream: int, word: int) -> float:
        key = (who, month, stream)
        if key not in drawn:
            if len(drawn) > 10_000:
                drawn.clear()
            drawn[key] = uniforms(who, month, stream, k0, k1)
        return drawn[key][word]

    return TwinModel(
        model.scenario,
        model.parameters,
        model.rates,
        people_from_arrays(people_of(model)),
        places_of(model),
        draw,
    )


def payments_of(model: IntroductionModel) -> list[Mapping[int, tuple[int, int]]]:
    """Grants paid to each person: position of the grant to (month, start); one an outcome, first come first.

    A result pays only where the grant is in force in the month in which it is reached.
    """
    months, starts = model.newcomers.slot_month, model.newcomers.slot_start
    arrival = model.population.arrival
    known = positions(model.scenario)
    today = [in_force(known, model.scenario.in_force(model.scenario.month(t))) for t in range(model.months)]
    paid: list[Mapping[int, tuple[int, int]]] = []
    for person in range(model.population.size):
        mine: dict[int, tuple[int, int]] = {}
        for outcome in {grant.outcome for grant in known}:
            reached = [
                (int(months[slot, person]), number, int(starts[slot, person]))
                for number, slot in enumerate(model.milestones.grant_slot)
                if known[number].outcome == outcome
                and not known[number].benchmark
                and months[slot, person] >= 0
                and today[int(arrival[person] + months[slot, person])][number] is not None
            ]
            if reached:
                month, number, start = min(reached)
                mine[number] = (month, start)
        paid.append(mine)
    return paid
