"""Tables as CSV: no text is a formula, numbers stay numbers, and what was written is read again."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ankomst.studies.batch.export import write_export
from ankomst.studies.engine.csv_text import csv_text
from ankomst.studies.engine.store import write_tables
from ankomst.studies.engine.stored_tables import as_stored, read_table

if TYPE_CHECKING:
    from pathlib import Path

RISKY = ["=1+1", "+45 tal", "-x", "@SUM(A1)", "'=1+1", "''-x", "'quoted'", "plain", "-"]


def test_no_text_is_a_formula_and_numbers_stay_numbers() -> None:
    table = pd.DataFrame(
        {
            "scenario": ["=1+1", "@x", "-y", "+z"],
            "estimate": [-0.37, 1.0, -2e-9, 3.5],
            "text": ["-0.37", "+5", "-1,5", "-2e-9"],
            "mixed": ["=x", 1, 2.5, {"a": 1}],
        }
    )
    rows = list(csv.reader(io.StringIO(csv_text(table))))
    assert [row[0] for row in rows] == ["scenario", "'=1+1", "'@x", "'-y", "'+z"]
    assert [float(row[1]) for row in rows[1:]] == [-0.37, 1.0, -2e-9, 3.5]
    assert [row[2] for row in rows[1:]] == ["-0.37", "+5", "-1,5", "-2e-9"]
    assert [row[3] for row in rows[1:]] == ["'=x", "1", "2.5", "{'a': 1}"]


def test_a_column_named_like_a_formula() -> None:
    assert csv_text(pd.DataFrame({"=cmd": [1]})) == "'=cmd\n1\n"
    assert csv_text(pd.DataFrame({"a": [1.25]}), header=False, digits="%.1f") == "1.2\n"


def test_other_tables_are_written_as_pandas_writes_them() -> None:
    table = pd.DataFrame({"a": ["x", None, "y, z"], "b": [1.5, float("nan"), -2.0], "c": [True, False, True]})
    assert csv_text(table) == table.to_csv(index=False, lineterminator="\n")


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    table = pd.DataFrame({"scenario": RISKY, "value": [float(k) - 4.5 for k in range(len(RISKY))]})
    (path,) = write_tables(tmp_path, {"differences": table})
    found = read_table(path)
    assert found["scenario"].tolist() == RISKY
    assert found["value"].tolist() == table["value"].tolist()
    assert as_stored(table)["scenario"].tolist() == RISKY


@given(st.lists(st.text(alphabet="'=+-@ax1\t", min_size=1, max_size=5), min_size=1, max_size=5))
def test_every_text_comes_back(names: list[str]) -> None:
    assert as_stored(pd.DataFrame({"scenario": names}))["scenario"].tolist() == names


def test_no_text_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    table = pd.DataFrame({"scenario": RISKY, "value": range(len(RISKY))})
    (path,) = write_export(tmp_path, {"outcomes": lambda: iter([table])}, ["xlsx"])
    rows = list(openpyxl.load_workbook(path)["outcomes"].iter_rows(min_row=2))
    assert [row[0].value for row in rows] == RISKY
    assert {row[0].data_type for row in rows} == {"s"}
    assert {row[1].data_type for row in rows} == {"n"}
