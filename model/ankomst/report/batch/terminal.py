"""What a batch says, on a terminal: differences, economics, ranks, and what the intervals mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ankomst.report.document.texts import number
from ankomst.report.writers.terminal import TerminalTable
from ankomst.report.writers.terminal_payers import CLOSE, LIKELY, cell, certainty, show_payers
from ankomst.studies.batch.note import note
from ankomst.studies.stats.statistics import NOISE_ONLY, UNCLEAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from rich.console import Console

    from ankomst.studies.schema.experiment import Experiment

HEADLINE = (
    ("months_employed", ""),
    ("net_cost", "municipality"),
    ("net_cost", "state"),
    ("net_cost", "both"),
)
TITLES = {
    "months_employed": "Months in work",
    "net_cost": "Net cost",
    "net_social_benefit": "Net social benefit",
}
MEASURES = {
    "cost_per_person_year": "Cost per person-year",
    "mvpf": "MVPF",
    "net_social_benefit": "Net social benefit",
    "chance_benefits_exceed_costs": "Chance of benefit",
}
IN_JSON = ("levels", "differences", "economics", "ranking", "pareto", "regret")
RANKED = 5
ALL = "all"


def main_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of a JSON document; those by month, year and municipality stand in files."""
    return {name: tables[name] for name in IN_JSON if name in tables}


def show_tables(
    tables: Mapping[str, pd.DataFrame], experiment: Experiment, screen: Console, *, by_group: bool = False
) -> None:
    """Print the main tables of a batch; the differences by group only where they were asked for."""
    if "differences" not in tables:
        screen.print("One scenario only: its levels stand in tables/levels.csv.")
        return
    differences = tables["differences"]
    _differences(differences, experiment, screen)
    show_payers(tables["payers"], screen)
    if by_group:
        _groups(differences, screen)
    else:
        _unshown(differences, screen)
    _economics(tables["economics"], screen)
    _ranking(tables, screen)
    screen.print(note(differences, experiment.level))


def show_headline(tables: Mapping[str, pd.DataFrame], experiment: Experiment, screen: Console) -> None:
    """Print the differences of a batch, the deadweight of its baseline, and what the intervals mean."""
    _differences(tables["differences"], experiment, screen)
    show_payers(tables["payers"], screen)
    shares = tables["economics"]
    shares = shares[(shares["measure"] == "deadweight_share") & (shares["scenario"] == experiment.baseline)]
    for row in shares[shares["grant"] == ALL].to_dict("records"):
        if math.isfinite(row["estimate"]):
            screen.print(
                f"Of the grants of {experiment.baseline}, {100 * row['estimate']:.1f} % "
                f"({100 * row['low']:.1f} to {100 * row['high']:.1f}) are paid for results that also come "
                "without grants."
            )
    screen.print(note(tables["differences"], experiment.level))


def _differences(table: pd.DataFrame, experiment: Experiment, screen: Console) -> None:
    whole = table[table["dimension"] == ALL]
    any_row = whole.iloc[0]
    screen.print(
        f"\n{experiment.title}\nDifference from {any_row['baseline']} per newcomer (net cost in 1,000 DKK, "
        f"discounted, displaced workers included), with its {100 * any_row['level']:g} % "
        f"interval{_meaning(whole)}"
    )
    keys = _headline(whole)
    printed = TerminalTable(("Scenario",), [_title(*key) for key in keys])
    for scenario, rows in whole.groupby("scenario", sort=False):
        printed.add_row(str(scenario), *_cells(rows, keys))
    screen.print(printed)
    screen.print(f"Interval: {any_row['interval']}")


def _groups(table: pd.DataFrame, screen: Console) -> None:
    """Print the headline differences of every group, the groups of a scenario below each other."""
    keys = _headline(table)
    split = table[table["dimension"] != ALL]
    for dimension, part in split.groupby("dimension", sort=False):
        name = str(dimension).replace("+", " and ")
        screen.print(f"\nThe same by {name}")
        printed = TerminalTable((name.capitalize(),), [_title(*key) for key in keys])
        for scenario, rows in part.groupby("scenario", sort=False):
            printed.add_heading(str(scenario))
            for group, mine in rows.groupby("group", sort=False):
                label = str(group).replace("+", ", ").replace("_", " ")
                printed.add_row(f"  {label}", *_cells(mine, keys))
        screen.print(printed)


def _unshown(table: pd.DataFrame, screen: Console) -> None:
    """Say where the differences by group stand: unasked, they are too many for a terminal."""
    split = table[table["dimension"] != ALL]
    if len(split):
        dimensions = ", ".join(dict.fromkeys(split["dimension"]))
        screen.print(
            f"By {dimensions}: {len(split)} more differences in tables/differences.csv; ankomst compare --by "
            "prints those of the groups that it names."
        )


def _headline(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the outcomes and payers to print, or the first of the table if it holds no headline outcome."""
    there = list(zip(table["outcome"], table["payer"], strict=True))
    return [key for key in HEADLINE if key in there] or there[:1]


def _title(name: str, payer: str) -> str:
    return TITLES.get(name, name) + (f", {payer}" if payer else "")


def _cells(rows: pd.DataFrame, keys: Iterable[tuple[str, str]]) -> list[str]:
    """Write the differences of one scenario or group, each with its interval and whether it is clear."""
    found = {(row["outcome"], row["payer"]): row for row in rows.to_dict("records")}
    return [f"{cell(found[key])}{certainty(found[key])}" for key in keys]


def _meaning(table: pd.DataFrame) -> str:
    """Say what stands behind an interval."""
    if (table["verdict"] == NOISE_ONLY).any():
        return f"; {NOISE_ONLY}, no verdict"
    return (
        f" and the probability that it is above zero; {LIKELY}: probably higher or lower; {CLOSE}: {UNCLEAR}"
    )


def _economics(table: pd.DataFrame, screen: Console) -> None:
    found = {(row["scenario"], row["measure"], row["grant"]): row for row in table.to_dict("records")}
    others = [name for name in dict.fromkeys(table["scenario"]) if (name, "mvpf", "") in found]
    shares = [row for row in found.values() if row["measure"] == "deadweight_share" and row["grant"] == "all"]
    dead = {row["scenario"]: row for row in shares}
    printed = TerminalTable(("Scenario",), [*MEASURES.values(), "Deadweight, %"])
    for name in others:
        cells = [_measure(found[name, measure, ""]) for measure in MEASURES]
        share = dead.get(name)
        wasted = "" if share is None else cell({**share, "unit": "share"}, sign=False)
        printed.add_row(name, *cells, wasted)
    screen.print(
        "\nEconomics against the baseline: 1,000 DKK per extra person-year of work; marginal value of public "
        "funds (MVPF, DKK of income per DKK); net social benefit in 1,000 DKK per newcomer and the chance "
        "that it is above 0; share of grant money paid for results that would have come anyway (deadweight)"
    )
    screen.print(printed)
    ratios = table.loc[(table["measure"] == "mvpf") & (table["grant"] == ""), "interval"]
    screen.print(f"Intervals of ratios: {ratios.iloc[0]}")


def _measure(row: Mapping[Any, Any]) -> str:
    """Write a measure, or in two words why there is none."""
    if not math.isfinite(float(row["estimate"])):
        text = str(row["text"])
        return "pays for itself" if text.startswith("pays") else text.partition(":")[0] or "\N{EN DASH}"
    if row["measure"] == "chance_benefits_exceed_costs":
        return number(float(row["estimate"]), 2)
    return cell(row, sign=False)


def _ranking(tables: Mapping[str, pd.DataFrame], screen: Console) -> None:
    ranking, pareto, regret = tables["ranking"], tables["pareto"], tables["regret"]
    lost = {
        (row["criterion"], row["payer"], row["scenario"]): row["mean_regret"]
        for row in regret.to_dict("records")
    }
    front = dict(zip(pareto["scenario"], pareto["p_on_front"], strict=True))
    printed = TerminalTable(
        ("Scenario",), ("Rank", "from", "to", "Chance best", "Mean regret", "Chance on front")
    )
    for (criterion, payer), rows in ranking.groupby(["criterion", "payer"], sort=False):
        printed.add_heading(_title(str(criterion), str(payer)))
        factor, decimals = (1.0, 2) if criterion == "months_employed" else (0.001, 1)
        for k, row in enumerate(rows.head(RANKED).to_dict("records")):
            printed.add_row(
                str(row["scenario"]),
                f"{row['rank']:g}",
                number(float(row["low_rank"]), 0),
                number(float(row["high_rank"]), 0),
                number(float(row["p_best"]), 2),
                number(factor * float(lost[criterion, payer, row["scenario"]]), decimals),
                number(float(front.get(row["scenario"], math.nan)), 2),
                end_section=k == min(RANKED, len(rows)) - 1,
            )
    screen.print(
        f"The best {min(RANKED, len(front))} of {len(front)} scenarios by each criterion (regret in months "
        f"or 1,000 DKK; the front is that of employment against cost)\n{ranking['interval'].iloc[0]}"
    )
    screen.print(printed)
