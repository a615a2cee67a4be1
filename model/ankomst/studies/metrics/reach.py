"""Whether the runs of a scenario reach what a metric asks for, known before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.errors import nearest_name
from ankomst.policy.arrivals import read_arrivals
from ankomst.simulation.municipalities import read_municipalities
from ankomst.studies.metrics.metric import MUNICIPALITY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.metrics.metric import Metric


def _arrivals(scenario: Scenario) -> range:
    """Return the calendar years in which newcomers of a scenario arrive."""
    given = scenario.population.arrivals
    if given is None:
        years = scenario.population.arrival_years
    else:
        years = len(given) if isinstance(given, dict) else len(read_arrivals(given).years)
    return range(scenario.first_year, scenario.first_year + years)


def calendar_years(scenario: Scenario) -> range:
    """Return the calendar years that a run of a scenario touches."""
    arrivals = _arrivals(scenario)
    return range(arrivals.start, arrivals.stop + -(-scenario.horizon.follow_up_months // 12))


def beyond(metric: Metric, scenario: Scenario) -> tuple[str, str, str] | None:
    """Say why a run cannot answer: what is wrong, what is allowed, the nearest name; None where it can."""
    return next(_problems(metric, scenario), None)


def _problems(metric: Metric, scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    last, needed = scenario.horizon.follow_up_months, metric.needs.months
    if metric.months > last:
        what = f"{metric} lies beyond the follow-up: newcomers are followed for {last} months"
        yield what, f"months up to {last}", ""
    if needed > last:
        what = f"{metric} needs newcomers who are followed for {needed} months"
        yield what, f"horizon.follow_up_months of {needed} or more", ""
    years = calendar_years(scenario)
    if metric.year and metric.year not in years:
        yield f"{metric} lies outside the years of a run", f"{years[0]} to {years[-1]}", ""
    years = _arrivals(scenario)
    if metric.arrived and not set(years) & set(range(metric.arrived[0], metric.arrived[-1] + 1)):
        yield f"{metric} asks about years in which nobody arrives", f"{years[0]} to {years[-1]}", ""
    if metric.needs.counterfactual and scenario.rules != "at_date":
        yield f"{metric} needs rules that hold for the whole run", "a scenario with a date", ""
    names = dict(metric.group).get(MUNICIPALITY, ())
    known = read_municipalities(scenario.population.municipalities).name if names else ()
    for name in names:
        if name not in known:
            allowed = "names of the scenario's table of municipalities"
            yield f"{metric} names no municipality of the scenario", allowed, nearest_name(name, known)
