"""The page of a run: its facts, what the scenarios change, and the assumptions that they rest on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from ankomst.policy.explain import Explained, explain, sources_of
from ankomst.policy.parameters import load_registry
from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import Scenario, reference_policy
from ankomst.presentation.run_report import build_run_report
from ankomst.studies import store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ankomst.studies.scenario_runs import ScenarioRuns

PAGES = {"en": "run.html", "da": "run_da.html"}
TITLES = {
    "one": ("{english}", "{danish}"),
    "pair": ("{english} compared with {base_english}", "{danish} sammenlignet med {base_danish}"),
    "many": (
        "{count} scenarios compared with {base_english}",
        "{count} scenarier sammenlignet med {base_danish}",
    ),
}
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
        name: explain(base, scenario, sources=sources_of(specs[name]))
        for name, scenario in scenarios.items()
        if name != baseline or alone
    }


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


def facts_of(
    study: ScenarioRuns,
    scenarios: Mapping[str, Scenario],
    baseline: str,
    changes: Mapping[str, Sequence[Explained]],
) -> dict[str, Any]:
    """Collect what the page states beside its tables."""
    settings, manifest, base = study.manifest["settings"], study.manifest, scenarios[baseline]
    return {
        "title": _title(scenarios, baseline),
        "scenario_titles": {name: (s.title, s.title_da, s.source) for name, s in scenarios.items()},
        "baseline": baseline,
        "replicates": settings["replicates"],
        "seed": settings["seed"],
        "newcomers_per_year": settings["newcomers_per_year"] or base.population.newcomers_per_year,
        "follow_up_months": base.horizon.follow_up_months,
        "level": settings["level"],
        "version": manifest["ankomst"],
        "commit": store.commit(manifest["git"]),
        "created": manifest["end"],
        "command": manifest["command"],
        "changes": {name: [asdict(change) for change in listed] for name, listed in changes.items()},
        "extrapolated": bool(study.tables["accounts"]["extrapolated"].any()),
        "dated": any(scenario.rules == "denmark" for scenario in scenarios.values()),
        "months_compared": settings["months"],
    }


def write_pages(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], out: Path, languages: Sequence[str]
) -> list[Path]:
    """Write the page in each language."""
    return [build_run_report(tables, facts, out / PAGES[language], language) for language in languages]


def _title(scenarios: Mapping[str, Scenario], baseline: str) -> tuple[str, str]:
    others = [scenario for name, scenario in scenarios.items() if name != baseline]
    base, shown = scenarios[baseline], (others or [scenarios[baseline]])[0]
    kind = ("one", "pair")[len(others)] if len(others) < 2 else "many"
    values = {
        "english": shown.title, "danish": shown.title_da, "base_english": base.title,
        "base_danish": base.title_da, "count": len(others),
    }  # fmt: skip
    english, danish = (text.format(**values) for text in TITLES[kind])
    return english, danish
