"""Inputs of the twin from plain arrays, and its histories as tables for the recount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calendar_time import real_people_by_year, weight_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.scenario import Scenario

    from .model import TwinModel

PERSON_INTEGERS = (
    "id", "arrival_month", "origin", "female", "education", "track", "health", "children", "supported",
    "municipality",
)  # fmt: skip
PERSON_FLOATS = ("age", "ability", "v", "mentor", "outreach", "ready")
MUNICIPALITY_FLOATS = ("tax", "demand", "e0", "q", "language_quality", "n_ref")
IDS_PER_MONTH = 65_536
REFERENCE_NEWCOMERS_PER_YEAR = 7_000


def people_from_arrays(arrays: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """One dict a newcomer from arrays of equal length, in their order.

    Parameters
    ----------
    arrays : Mapping[str, Sequence[Any]]
        Keys of `PERSON_INTEGERS` and `PERSON_FLOATS`; `ability` is z + c_m; `v`, `mentor`, `outreach`
        and `ready` are the uniforms of traits 10 to 13.
    """
    return [
        {name: int(arrays[name][i]) for name in PERSON_INTEGERS}
        | {name: float(arrays[name][i]) for name in PERSON_FLOATS}
        for i in range(len(arrays["id"]))
    ]


def municipalities_from_arrays(arrays: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """One dict a municipality from arrays in order of the municipality's index.

    Parameters
    ----------
    arrays : Mapping[str, Sequence[Any]]
        Keys of `MUNICIPALITY_FLOATS`, `region` and `responsive`; `language_quality` is that before regional
        agreements.
    """
    return [
        {"index": m, "region": str(arrays["region"][m]), "responsive": bool(arrays["responsive"][m])}
        | {name: float(arrays[name][m]) for name in MUNICIPALITY_FLOATS}
        for m in range(len(arrays["region"]))
    ]


def reference_newcomers(share: float, scenario: Scenario) -> float:
    """Sample newcomers that the reference inflow puts into a municipality (docs/ODD.md 5.3).

    Parameters
    ----------
    share : float
        The municipality's share of newcomers under the reference dispersal.
    scenario : Scenario
        The policy, for the sample size and the arrival years.
    """
    years = len(real_people_by_year(scenario))
    return float(share * REFERENCE_NEWCOMERS_PER_YEAR * years / weight_of(scenario))


def histories_of(model: TwinModel) -> dict[str, Any]:
    """Tables [person][s] and milestones of a finished run, the first argument of the recount."""
    names = (
        "status", "hours", "language", "work_months", "class_hours", "placement_started", "benefit_months",
        "introduction_end", "w", "tenure", "business_started", "trainee_completed",
    )  # fmt: skip
    tables: dict[str, Any] = {
        name: [[month[name] for month in newcomer.history] for newcomer in model.newcomers] for name in names
    }
    tables["milestones"] = [dict(enumerate(newcomer.milestones)) for newcomer in model.newcomers]
    return tables


def traits_of(people: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Fixed traits as columns, the second argument of the recount."""
    return {name: [person[name] for person in people] for name in PERSON_INTEGERS + PERSON_FLOATS}


def efforts_of(model: TwinModel) -> tuple[dict[int, list[float]], dict[int, list[float]]]:
    """Effort and language effort by year and municipality, two arguments of the recount."""
    years = sorted(model.municipalities[0].history)
    homes = model.municipalities
    effort = {year: [home.history[year]["e"] for home in homes] for year in years}
    language = {year: [home.history[year]["language_effort"] for home in homes] for year in years}
    return effort, language
