"""`ankomst run`: scenarios of one's own, compared with a baseline."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ankomst.commands import console
from ankomst.commands.progress import progress_bar
from ankomst.errors import Problems, ScenarioError
from ankomst.policy.explain.cautions import cautions_of
from ankomst.policy.places import scenario_name
from ankomst.policy.scenario import Scenario, load_scenario
from ankomst.report.document.changes import assumptions, changes_of
from ankomst.report.run import run_facts
from ankomst.report.run.terminal import show_runs
from ankomst.report.writers.streams import say
from ankomst.studies.batch.decomposition import decompose, runs_needed
from ankomst.studies.batch.scenario_parts import ScenarioParts, parts_of
from ankomst.studies.batch.scenario_runs import ScenarioRuns, run_scenarios
from ankomst.studies.engine import facts, store
from ankomst.studies.engine.folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

NAMES_IN_FOLDER = 3
REFERENCE = "three_year"
"""The baseline of `--decompose` where none is named: the reference policy."""
TABLES = (
    "outcomes", "curves", "accounts", "differences", "assumptions", "decomposition", "history", "cohorts",
)  # fmt: skip
"""Every table that a run may have."""


def run(
    *,
    scenario: Sequence[str],
    baseline: str | None,
    out: Path | None,
    seed: int,
    draws: str,
    replicates: int,
    newcomers: int | None,
    months: int | None,
    workers: int | None,
    changes: Sequence[str],
    taken_apart: bool,
    lang: str,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run the scenarios, write the folder of the results and print them."""
    clock = time.perf_counter()
    languages = console.languages_of(lang)
    overrides = console.read_overrides(changes)
    scenarios: dict[str, Scenario] = {}
    found: dict[str, str] = {}
    if baseline is None and taken_apart:
        baseline = REFERENCE
    names = [scenario_name(spec) for spec in scenario]
    base = scenario_name(baseline) if baseline else names[0]
    problems = Problems()
    for name, spec in zip(names, scenario, strict=True):
        with problems.kept():
            if name in found:
                raise ScenarioError(f"the scenario {name} is named twice")
            found[name] = spec
            scenarios[name] = load_scenario(spec, overrides)
    if baseline and base not in names:
        with problems.kept():
            found[base] = baseline
            scenarios = {base: load_scenario(baseline, overrides), **scenarios}
    problems.settle()
    if not quiet:
        for note in (*_uncompared(scenarios, base, named=baseline is not None), *cautions_of(scenarios)):
            say(f"note: {note}")
    parts = _parts(found, base, scenarios, overrides) if taken_apart else None
    explained = changes_of(scenarios, base, found)
    place = out or Path("results") / _folder_name(list(scenarios))
    names = [facts.NAME, *map(store.table_file, TABLES), *(run_facts.PAGES[name] for name in languages)]
    with ResultsFolder(place, "run", names=names, say=console.teller(quiet=quiet)) as folder:
        with progress_bar("Scenarios", quiet=quiet) as progress:
            study = run_scenarios(
                scenarios, baseline=base, draws=draws, replicates=replicates, seed=seed,
                newcomers_per_year=newcomers, months=months, workers=workers, overrides=overrides,
                progress=progress,
            )  # fmt: skip
        if parts is not None:
            study.tables["decomposition"] = _decomposition(study, parts, base, workers, quiet=quiet)
            study.manifest["settings"]["decompose"] = list(parts.specs)
            study.manifest["end"] = store.now()
        study.tables["assumptions"] = assumptions(scenarios, explained)
        told = store.plain(
            run_facts.facts_of(study, scenarios, base, explained) | {"result": place.resolve().name}
        )
        folder.begin()
        store.write_tables(place, study.tables)
        facts.write(place, "run", told)
        pages = run_facts.write_pages(study.tables, told, place, languages)
        folder.finish(study.manifest)
    if as_json:
        console.print_json(
            {
                "results": str(place),
                "pages": [str(page) for page in pages],
                "settings": study.manifest["settings"],
                **study.tables,
            }
        )
    elif not quiet:
        screen = console.out_console()
        show_runs(study, scenarios, base, screen)
        spent = time.perf_counter() - clock
        screen.print(
            f"\nDone in {spent:.0f} s. Results are in {place} (tables/, manifest.json); "
            f"open {' and '.join(str(page) for page in pages)} in a browser."
        )


def _uncompared(scenarios: Mapping[str, Scenario], base: str, *, named: bool) -> Iterator[str]:
    """Say what is compared with itself."""
    if named and len(scenarios) == 1:
        yield f"{base} is its own baseline: nothing is compared."
    for name, scenario in scenarios.items():
        if name != base and scenario.policy_hash == scenarios[base].policy_hash:
            yield f"{base} and {name} are the same policy: they differ in name only."


def _parts(
    found: Mapping[str, str], base: str, scenarios: Mapping[str, Scenario], overrides: Mapping[str, Any]
) -> ScenarioParts:
    """Return the parts of the only scenario beside the baseline."""
    others = [name for name in scenarios if name != base]
    if len(others) != 1:
        raise ScenarioError(
            f"--decompose takes one scenario apart, and {len(others)} stand beside the baseline {base}",
            allowed="one scenario, such as reform_2016+upturn_2017",
        )
    return parts_of(found[others[0]], found[base], scenarios[others[0]], scenarios[base], overrides)


def _decomposition(
    study: ScenarioRuns, parts: ScenarioParts, base: str, workers: int | None, *, quiet: bool
) -> pd.DataFrame:
    """Take the scenario apart; the baseline and the whole have been run already."""
    settings = study.manifest["settings"]
    (other,) = (name for name in study.runs.scenarios if name != base)
    known = {frozenset[str](): study.runs.rows[base], frozenset(parts.specs): study.runs.rows[other]}
    draws = study.drawn.values  # noqa: PD011 - no table
    if not quiet:
        pairs = len(draws) * settings["replicates"]
        needed = runs_needed(list(parts.specs), pairs, settings["seed"], len(known))
        Console(stderr=True, highlight=False).print(
            f"Taking {len(parts.specs)} parts apart: {needed} more runs"
        )
    with progress_bar("Parts", quiet=quiet) as progress:
        return decompose(
            parts.base, parts.specs, parts.load, draws=draws, replicates=settings["replicates"],
            seed=settings["seed"], newcomers_per_year=settings["newcomers_per_year"],
            months=settings["months"], workers=workers, progress=progress, level=settings["level"],
            titles=parts.titles, known=known,
        )  # fmt: skip


def _folder_name(names: list[str]) -> str:
    more = len(names) - NAMES_IN_FOLDER
    return "_and_".join(names[:NAMES_IN_FOLDER]) + (f"_and_{more}_more" if more > 0 else "")
