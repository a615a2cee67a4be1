"""What scenarios change against a baseline, and the assumed parameters and rates that the changes rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.errors import AnkomstError
from ankomst.policy.explain.differences import Explained, explain, sources_of
from ankomst.policy.parameters import load_registry
from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import Scenario, reference_policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ASSUMED = ["scenario", "lever", "name", "value", "low", "high", "unit", "grade", "source"]


def changes_of(
    scenarios: Mapping[str, Scenario], baseline: str, specs: Mapping[str, str]
) -> dict[str, list[Explained]]:
    """Say in words what each scenario changes: against the baseline, or if alone the reference policy.

    Parameters
    ----------
    scenarios : mapping from name to Scenario
    baseline : str
    specs : mapping
        Name to the files of the scenario, where the source of each change stands.
    """
    alone = len(scenarios) == 1
    base = reference_policy() if alone else scenarios[baseline]
    return {
        name: explain(base, scenario, sources=_sources(specs.get(name, "")))
        for name, scenario in scenarios.items()
        if name != baseline or alone
    }


def _sources(spec: str) -> dict[str, str]:
    """Return the sources in a scenario's files; none where they are no longer there."""
    try:
        return sources_of(spec) if spec else {}
    except (AnkomstError, OSError):
        return {}


def assumptions(
    scenarios: Mapping[str, Scenario], changes: Mapping[str, Sequence[Explained]]
) -> pd.DataFrame:
    """Tabulate the assumed parameters and rates that the changes rest on, with the values in use."""
    rows: dict[tuple[str, str], tuple[Any, ...]] = {}
    for name, listed in changes.items():
        values = scenarios[name].parameter_values()
        for change in listed:
            for each in change.rests_on:
                rows.setdefault((name, each), _parameter(each, values[each], name, change.key))
            for each in change.assumed_rates:
                rows.setdefault((name, each), _rate(each, scenarios[name], name, change.key))
    return pd.DataFrame(list(rows.values()), columns=ASSUMED)


def _parameter(name: str, value: object, scenario: str, lever: str) -> tuple[Any, ...]:
    known = load_registry()[name]
    low, high = known.range or (float("nan"), float("nan"))
    return scenario, lever, name, value, low, high, known.unit, known.grade, known.source


def _rate(name: str, scenario: Scenario, label: str, lever: str) -> tuple[Any, ...]:
    """Return the price of the first month; rates have no range."""
    entry, _, part = name.partition(".")
    rates = load_rates()
    value = rates.price(entry, scenario.month(0))
    known, nothing = rates[entry], float("nan")
    shown = value[part] if part else value
    return label, lever, f"rates.{name}", shown, nothing, nothing, known.unit, "assumption", known.source
