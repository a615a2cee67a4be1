"""What a run says on a terminal: outcomes, accounts, differences, parts of a reform, published history."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ankomst.report.document.texts import number
from ankomst.report.writers.terminal import TerminalTable
from ankomst.report.writers.terminal_payers import show_payers
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.batch.decomposition import ALL_ORDERS, TOTAL
from ankomst.studies.batch.scenario_runs import ALL
from ankomst.studies.batch.tables import DISPLACEMENT
from ankomst.studies.metrics.pairs import NET_COST
from ankomst.studies.stats.intervals import probability_text
from ankomst.studies.stats.statistics import FEW_DRAWS, NO_DIFFERENCE, NOISE_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from rich.console import Console

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.batch.scenario_runs import ScenarioRuns

PARTIES = ("municipality", "state", "both")
SHOWN = ("employment_rate", "ordinary_employment_rate", "self_support_rate", "test_pass_rate",
         "months_employed", "grants_paid")  # fmt: skip
"""Outcomes on the terminal; net cost stands there once, discounted, as the sum of its items."""


def show_runs(study: ScenarioRuns, scenarios: Mapping[str, Scenario], base: str, screen: Console) -> None:
    """Print the tables of a run, scenario by scenario, and what each scenario changes."""
    settings = study.manifest["settings"]
    level = f"{100 * settings['level']:g} % interval"
    note = f"{_design(settings)}; ± half the {level} for one more draw"
    if settings["draws"] == 1:
        note = f"{_design(settings)}, ± half the {level} of the mean: simulation noise only"
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
        _differences(study.tables["differences"], base, _design(settings), screen)
        show_payers(study.tables["payers"], screen)
    if "decomposition" in study.tables:
        _taken_apart(study.tables["decomposition"], base, screen)
    if "history" in study.tables:
        _history(study.tables["history"], screen)


def _design(settings: Mapping[str, Any]) -> str:
    """Say how many runs an interval rests on."""
    draws, replicates = settings["draws"], settings["replicates"]
    runs = f"{replicates} {'run' if replicates == 1 else 'runs'}"
    return f"{runs} at the central draw" if draws == 1 else f"{draws} draws, {runs} each"


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
    shown = TerminalTable(("Outcome",), ("Months", "Difference"), ("Unit", "Verdict (above zero)"))
    for scenario, rows in table.groupby("scenario", sort=False):
        shown.add_heading(str(scenario))
        for row in _by_payer(rows.to_dict("records")):
            shown.add_row(
                _named(row),
                str(row["months"]),
                _cell(row, sign=True),
                "points" if row["unit"] == "share" else str(row["unit"]),
                _verdict(row),
            )
    screen.print(shown)


def _by_payer(rows: Sequence[Mapping[Any, Any]]) -> Iterator[Mapping[Any, Any]]:
    """Yield the rows with what displaced workers cost a payer right below that payer's net cost."""
    displaced = {row["payer"]: row for row in rows if row["outcome"] == DISPLACEMENT}
    for row in rows:
        if row["outcome"] != DISPLACEMENT:
            yield row
        if row["outcome"] == NET_COST and row["payer"] in displaced:
            yield displaced[row["payer"]]


def _verdict(row: Mapping[Any, Any]) -> str:
    """Write a verdict with the probability of an effect above zero at one more draw, where there is one."""
    if row["verdict"] in {NOISE_ONLY, NO_DIFFERENCE, FEW_DRAWS}:
        return str(row["verdict"])
    return f"{row['verdict']} ({probability_text(float(row['probability']), int(row['draws']))})"


def _named(row: Mapping[Any, Any]) -> str:
    """Name an outcome and its payer; what displaced workers cost is part of the net cost above it."""
    if row["outcome"] == DISPLACEMENT:
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
