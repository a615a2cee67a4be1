"""`ankomst run`: scenarios of one's own, compared with a baseline."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ankomst.commands import console
from ankomst.commands.progress import progress_bar
from ankomst.errors import Problems, ScenarioError
from ankomst.policy.cautions import cautions_of
from ankomst.policy.places import scenario_name
from ankomst.policy.scenario import Scenario, load_scenario
from ankomst.report.document.changes import assumptions, changes_of
from ankomst.report.document.texts import number
from ankomst.report.run import run_facts
from ankomst.report.writers.streams import say
from ankomst.report.writers.terminal import TerminalTable
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.batch.decomposition import ALL_ORDERS, TOTAL, decompose, runs_needed
from ankomst.studies.batch.scenario_parts import ScenarioParts, parts_of
from ankomst.studies.batch.scenario_runs import ALL, ScenarioRuns, run_scenarios
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
PARTIES = ("municipality", "state", "both")
SHOWN = ("employment_rate", "ordinary_employment_rate", "self_support_rate", "test_pass_rate",
         "months_employed", "grants_paid")  # fmt: skip
"""Outcomes on the terminal; net cost stands there once, discounted, as the sum of its items."""


def run(
    *,
    scenario: Sequence[str],
    baseline: str | None,
    out: Path | None,
    seed: int,
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
                scenarios, baseline=base, replicates=replicates, seed=seed, newcomers_per_year=newcomers,
                months=months, workers=workers, overrides=overrides, progress=progress,
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
        _show(study, scenarios, base, screen)
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
    (other,) = (name for name in study.sides if name != base)
    known = {frozenset[str](): study.sides[base], frozenset(parts.specs): study.sides[other]}
    if not quiet:
        needed = runs_needed(list(parts.specs), settings["replicates"], settings["seed"], len(known))
        Console(stderr=True, highlight=False).print(
            f"Taking {len(parts.specs)} parts apart: {needed} more runs"
        )
    with progress_bar("Parts", quiet=quiet) as progress:
        return decompose(
            parts.base, parts.specs, parts.load, replicates=settings["replicates"], seed=settings["seed"],
            newcomers_per_year=settings["newcomers_per_year"], months=settings["months"], workers=workers,
            progress=progress, level=settings["level"], titles=parts.titles, known=known,
        )  # fmt: skip


def _folder_name(names: list[str]) -> str:
    more = len(names) - NAMES_IN_FOLDER
    return "_and_".join(names[:NAMES_IN_FOLDER]) + (f"_and_{more}_more" if more > 0 else "")


def _show(study: ScenarioRuns, scenarios: Mapping[str, Scenario], base: str, screen: Console) -> None:
    settings = study.manifest["settings"]
    note = f"mean of {settings['replicates']} runs, ± half the {100 * settings['level']:g} % interval"
    for name, scenario in scenarios.items():
        mark = " (baseline)" if name == base and len(scenarios) > 1 else ""
        screen.print(f"\n{name}{mark}: {scenario.title}")
        _outcomes(_of(study.tables["outcomes"], name), f"Outcomes by months since arrival ({note})", screen)
        _accounts(
            _of(study.tables["accounts"], name),
            f"Net cost in DKK per newcomer, discounted, without displaced workers; minus is income ({note})",
            screen,
        )
    if "differences" in study.tables:
        _differences(study.tables["differences"], base, f"pairs of runs: {settings['replicates']}", screen)
    if "decomposition" in study.tables:
        _taken_apart(study.tables["decomposition"], base, screen)
    if "history" in study.tables:
        _history(study.tables["history"], screen)


def _of(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["scenario"] == name]


def _outcomes(table: pd.DataFrame, title: str, screen: Console) -> None:
    at = sorted(set(table.loc[table["outcome"] == SHOWN[0], "months"]))
    shown = TerminalTable(("Outcome",), [f"{month}" for month in at])
    for name in SHOWN:
        for group in (ALL,) if name not in SHOWN[:2] else tuple(dict.fromkeys(table["origin"])):
            rows = table[(table["outcome"] == name) & (table["origin"] == group)]
            cells = [_cell(row) for row in rows.to_dict("records")]
            whom = f"  {group.replace('_', ' ')}"
            shown.add_row(f"{name}, {_unit(OUTCOMES[name].unit)}" if group == ALL else whom, *cells)
    screen.print(title)
    screen.print(shown)


def _unit(unit: str) -> str:
    return {"share": "%", "DKK": "DKK per newcomer"}.get(unit, unit)


def _cell(row: Mapping[Any, Any], *, sign: bool = False) -> str:
    """Write shares in percent (differences in points), months to two decimals, kroner without."""
    unit = str(row["unit"])
    factor, decimals = (100.0, 1) if unit == "share" else (1.0, 0 if unit.startswith("DKK") else 2)
    return interval({str(key): value for key, value in row.items()}, decimals, sign=sign, factor=factor)


def interval(row: Mapping[str, Any], decimals: int, *, sign: bool = True, factor: float = 1.0) -> str:
    """Write an estimate and half its interval: '+0.52 ±0.11'."""
    estimate = factor * float(row["estimate"])
    half = factor * (float(row["high"]) - float(row["low"])) / 2.0
    if not math.isfinite(half):
        return number(estimate, decimals, sign=sign)
    return f"{number(estimate, decimals, sign=sign)} ±{number(half, decimals)}"


def _accounts(table: pd.DataFrame, title: str, screen: Console) -> None:
    shown = TerminalTable(("Item",), [party.capitalize() for party in PARTIES])
    by_item = {
        (row["item"], row["payer"]): {str(key): value for key, value in row.items()}
        for row in table.to_dict("records")
    }
    for item in dict.fromkeys(table["item"]):
        cells = [by_item[item, party] for party in PARTIES]
        if any(cell["estimate"] for cell in cells):
            texts = [interval(cell, 0, sign=False) if cell["estimate"] else "" for cell in cells]
            shown.add_row(item.replace("_", " "), *texts, style="bold" if item == "net_cost" else "")
    screen.print(title)
    screen.print(shown)


def _differences(table: pd.DataFrame, base: str, note: str, screen: Console) -> None:
    screen.print(
        f"\nDifference from {base} ({note}, ± half the interval; shares in percentage points; net cost "
        "discounted, displaced workers included)"
    )
    # Few pairs have no correlation worth a column.
    paired = bool(table["correlation"].notna().any())
    shown = TerminalTable(
        ("Outcome",), ("Months", "Difference"), ("Unit", "Verdict", *(("Correlation",) * paired))
    )
    for scenario, rows in table.groupby("scenario", sort=False):
        shown.add_heading(str(scenario))
        for row in rows.to_dict("records"):
            shown.add_row(
                _named(row),
                str(row["months"]),
                _cell(row, sign=True),
                "points" if row["unit"] == "share" else str(row["unit"]),
                str(row["verdict"]),
                *((number(float(row["correlation"]), 2),) * paired),
            )
    screen.print(shown)


def _named(row: Mapping[Any, Any]) -> str:
    """Name an outcome and its payer; what displaced workers cost is part of the net cost above it."""
    if row["outcome"] == "displacement":
        return "  of which displacement"
    return f"{row['outcome']}, {row['payer']}" if row["payer"] else str(row["outcome"])


def _taken_apart(table: pd.DataFrame, base: str, screen: Console) -> None:
    which = "all orders" if table["orders"].iloc[0] == ALL_ORDERS else f"orders ({table['orders'].iloc[0]})"
    screen.print(
        f"\nWhat each part adds to {base}, averaged over {which}; alone: to the baseline, last: to all "
        "others (net cost discounted, displaced workers included)"
    )
    cells = {(row["part"], row["outcome"], row["payer"]): row for row in table.to_dict("records")}
    shown = TerminalTable(
        ("Part",),
        (
            *("Months in work", "Months in work, alone", "Months in work, last"),
            *("Net cost, both", "Net cost, both, alone", "Net cost, both, last"),
            *("Net cost, municipality", "Net cost, state"),
        ),
    )
    for part in dict.fromkeys(table["part"]):
        texts = []
        for outcome, payer in (("months_employed", ""), ("net_cost", "both")):
            row = cells[part, outcome, payer]
            texts.append(_cell(row, sign=True))
            decimals = 2 if row["unit"] == "months" else 0
            ends = [number(float(row[name]), decimals, sign=True) for name in ("first", "last")]
            texts += ["", ""] if part == TOTAL else ends
        texts += [_cell(cells[part, "net_cost", payer], sign=True) for payer in PARTIES[:2]]
        shown.add_row(str(part), *texts, style="bold" if part == TOTAL else "")
    screen.print(shown)


def _history(table: pd.DataFrame, screen: Console) -> None:
    screen.print("\nModel against published shares in work, % (figures measured in another way in brackets)")
    shown = TerminalTable(("Arrived", "Whom"), ("Months", "Published", "Model", "Model less published"))
    for row in table.to_dict("records"):
        whom = str(row["origins"]).replace("_", " ").replace("+", ", ")
        whom += "" if row["sexes"] == "all" else f", {row['sexes']}"
        published = f"{100 * row['published']:.1f}"
        shown.add_row(
            str(row["cohort"]),
            whom,
            str(row["months"]),
            published if row["comparable"] else f"({published})",
            _cell(row),
            number(100 * float(row["difference"]), 1, sign=True),
        )
    screen.print(shown)
