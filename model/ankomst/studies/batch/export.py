"""Tidy tables of the single runs of a batch, for other programs: CSV, Parquet or an Excel workbook.

A scenario at a time, so that a large batch needs little memory; every file is written whole or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ankomst.errors import OutputError
from ankomst.policy.extras import need
from ankomst.simulation.accounts import GROUP_DIMENSIONS, LEDGER
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.engine import store
from ankomst.studies.engine.csv_text import csv_text
from ankomst.studies.metrics.record import AREA_UNITS, BONUS
from ankomst.studies.metrics.summary import DKK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from ankomst.studies.engine.registry import Ledger
    from ankomst.studies.engine.stored_runs import StoredRuns
    from ankomst.studies.schema.experiment import Experiment

Array = np.ndarray[Any, Any]
FORMATS = ("csv", "parquet", "xlsx")
EXCEL_ROWS = 1_048_575
"""Rows of a sheet below its header."""
KEYS = ["scenario", "draw", "replicate", "seed", "date"]
ALL = "all"
Tables = dict[str, "Callable[[], Iterator[pd.DataFrame]]"]


def tidy_tables(runs: StoredRuns, experiment: Experiment, ledger: Ledger) -> Tables:
    """Name the tidy tables of a batch; each is made a scenario at a time.

    Parameters
    ----------
    runs : StoredRuns
    experiment : Experiment
    ledger : Ledger

    Returns
    -------
    dict
        Name to a function that yields the parts of the table, one a scenario.
    """

    def each(make: Callable[[str], pd.DataFrame]) -> Callable[[], Iterator[pd.DataFrame]]:
        return lambda: (make(name) for name in runs.scenarios)

    def keyed(name: str, values: Array, columns: dict[str, Sequence[Any]]) -> pd.DataFrame:
        return _keyed(name, values, columns, experiment)

    return {
        "outcomes": each(lambda name: _outcomes(runs, name, keyed)),
        "accounts": each(lambda name: _accounts(runs, name, keyed)),
        "municipalities": each(lambda name: _municipalities(runs, name, keyed)),
        "deadweight": each(lambda name: _deadweight(runs, name, keyed)),
        "draws": lambda: iter([_draws(experiment)]),
        "runs": lambda: iter([_runs(ledger)]),
    }


def write_export(out: Path, tables: Tables, formats: Iterable[str]) -> list[Path]:
    """Write tables in every format asked for.

    Parameters
    ----------
    out : Path
        Folder; made if it is missing.
    tables : dict
        From `tidy_tables`, or of finished tables.
    formats : iterable of str

    Raises
    ------
    OutputError
        The folder cannot be written, or a table is too long for Excel.
    MissingExtraError
        A workbook is asked for, and the package that writes it is not installed.
    """
    kinds = list(formats)
    if "xlsx" in kinds:
        need("workbook", "--format xlsx")
    store.make_folder(out)
    written = []
    for kind in kinds:
        if kind == "xlsx":
            written.append(out / "tables.xlsx")
            with store.whole(written[-1]) as file:
                _workbook(file, tables, out)
            continue
        write = _csv if kind == "csv" else _parquet
        for name, parts in tables.items():
            written.append(out / f"{name}.{kind}")
            with store.whole(written[-1]) as file:
                write(file, parts())
    return written


# -- what the tables hold --------------------------------------------------------------------------------


def _keyed(
    name: str,
    values: Array,
    columns: dict[str, Sequence[Any]],
    experiment: Experiment,
) -> pd.DataFrame:
    """Lay out an array over draws, replicates and named axes as rows; missing runs are left out."""
    draws, replicates = values.shape[:2]
    axes = {"draw": range(draws), "replicate": range(replicates), **columns}
    frame = pd.MultiIndex.from_product(list(axes.values()), names=list(axes)).to_frame(index=False)
    frame["value"] = values.ravel()
    there = np.isfinite(values.reshape(draws, replicates, -1)).any(axis=2)
    frame = frame[np.repeat(there.ravel(), values[0, 0].size)]
    frame.insert(0, "scenario", name)
    frame.insert(3, "seed", experiment.seed)
    frame.insert(4, "date", experiment.scenarios[name].date.isoformat())
    return frame.reset_index(drop=True)


def _groups(frame: pd.DataFrame, runs: StoredRuns) -> pd.DataFrame:
    """Put one column a dimension in place of the number of the cell."""
    cells = runs.layout.cells
    where = list(frame.columns).index("cell")
    for k, dimension in enumerate(GROUP_DIMENSIONS):
        names = np.array([labels.get(dimension, ALL) for labels in cells], dtype=object)
        frame.insert(where + k, dimension, names[frame["cell"].to_numpy()])
    return frame.drop(columns="cell")


def _outcomes(runs: StoredRuns, name: str, keyed: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    kept = runs.layout.families["outcome"].labels
    cells = range(len(runs.layout.cells))
    plain = keyed(
        name, runs.values(name, "outcome"), {"outcome": kept[0], "months": kept[1], "cell": cells}
    ).assign(payer="", discounted=False)
    costs = runs.layout.families["cost"].labels
    money = keyed(
        name,
        runs.values(name, "cost"),
        {"payer": costs[0], "discounted": [False, True], "months": costs[2], "cell": cells},
    ).assign(outcome="net_cost")
    frame = _groups(pd.concat([plain, money], ignore_index=True), runs)
    units = {outcome: definition.unit for outcome, definition in OUTCOMES.items()}
    units |= dict.fromkeys(("net_cost", "grants_paid"), DKK)
    frame["unit"] = frame["outcome"].map(units)
    return frame[[*KEYS, "months", *GROUP_DIMENSIONS, "outcome", "payer", "discounted", "unit", "value"]]


def _accounts(runs: StoredRuns, name: str, keyed: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    kept = runs.layout.families["item_year"].labels
    columns = {"item": kept[0], "discounted": [False, True], "year_since_arrival": kept[2]}
    frame = keyed(name, runs.values(name, "item_year"), columns)
    frame["from"] = frame["item"].map({item.name: item.payer for item in LEDGER})
    frame["to"] = frame["item"].map({item.name: item.payee for item in LEDGER})
    frame["unit"] = DKK
    return frame[[*KEYS, "year_since_arrival", "item", "from", "to", "discounted", "unit", "value"]]


def _municipalities(runs: StoredRuns, name: str, keyed: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    measures, places = runs.layout.families["area_outcome"].labels
    first = keyed(
        name, runs.values(name, "area_outcome"), {"outcome": measures, "municipality": places}
    ).assign(payer="")
    first["unit"] = first["outcome"].map(AREA_UNITS)
    first["months"] = runs.layout.area_month
    payers = runs.layout.families["area_cost"].labels[0]
    second = keyed(name, runs.values(name, "area_cost"), {"payer": payers, "municipality": places})
    second = second.assign(outcome="net_cost", unit=DKK, months=runs.layout.follow_up)
    frame = pd.concat([first, second], ignore_index=True)
    return frame[[*KEYS, "months", "municipality", "outcome", "payer", "unit", "value"]]


def _deadweight(runs: StoredRuns, name: str, keyed: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    kept = runs.layout.families["deadweight"].labels
    frame = keyed(name, runs.values(name, "deadweight"), {"grant": kept[0], "part": kept[1]})
    frame = frame.dropna(subset="value").assign(unit=DKK)
    frame["grant"] = frame["grant"].replace(BONUS, "bonus per extra person in work")
    return frame[[*KEYS, "grant", "part", "unit", "value"]]


def _draws(experiment: Experiment) -> pd.DataFrame:
    """One row a draw and parameter, in the unit of the registry."""
    rows = [
        {"draw": draw, "parameter": name, "value": value}
        for draw, values in enumerate(experiment.draws.values)
        for name, value in values.items()
    ]
    return pd.DataFrame(rows, columns=["draw", "parameter", "value"])


def _runs(ledger: Ledger) -> pd.DataFrame:
    columns = ["id", "scenario", "draw", "replicate", "state", "message"]
    return pd.DataFrame(
        [[getattr(entry, name) for name in columns] for entry in ledger.entries()], columns=columns
    )


# -- how they are written --------------------------------------------------------------------------------


def _csv(path: Path, frames: Iterator[pd.DataFrame]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        for k, frame in enumerate(frames):
            stream.write(csv_text(frame, header=k == 0))


def _parquet(path: Path, frames: Iterator[pd.DataFrame]) -> None:
    writer: Any = None
    try:
        for frame in frames:
            table = pa.Table.from_pandas(frame, preserve_index=False)
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()


def _workbook(path: Path, tables: Tables, out: Path) -> None:
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for name, parts in tables.items():
            frame = pd.concat(list(parts()), ignore_index=True)
            if len(frame) > EXCEL_ROWS:
                raise OutputError(
                    f"the table {name} has {len(frame):,} rows, and a sheet of Excel holds {EXCEL_ROWS:,}",
                    where=str(out),
                    allowed="--format csv or parquet",
                )
            frame.to_excel(book, sheet_name=name[:31], index=False, freeze_panes=(1, 0))
            for row in book.sheets[name[:31]].iter_rows():
                for cell in row:
                    if cell.data_type == "f":  # a text never becomes a formula
                        cell.data_type = "s"
