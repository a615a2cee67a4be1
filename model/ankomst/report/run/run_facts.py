"""The page of a run: its facts, what the scenarios change, and the assumptions that they rest on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ankomst.report.run.run_report import build_run_report
from ankomst.studies.engine import store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from ankomst.policy.explain.differences import Explained
    from ankomst.policy.scenario import Scenario
    from ankomst.studies.batch.scenario_runs import ScenarioRuns

PAGES = {"en": "run.html", "da": "run_da.html"}
TITLES = {
    "one": ("{english}", "{danish}"),
    "pair": ("{english} compared with {base_english}", "{danish} sammenlignet med {base_danish}"),
    "many": (
        "{count} scenarios compared with {base_english}",
        "{count} scenarier sammenlignet med {base_danish}",
    ),
}


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
