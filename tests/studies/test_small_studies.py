"""One small study of each kind gives the tables that were written down before the studies were rebuilt.

`python -m tests.studies.test_small_studies` writes them down anew: only in a commit that says which numbers
change and why. It also prints the SHA-256 of every table, to compare two commits on one machine to the last
bit; the test itself allows for processors whose logarithms differ in it.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.cli.support import ankomst

FROZEN = Path(__file__).parents[1] / "data" / "frozen"
COMMANDS = {
    "batch": "batch",
    "calibration": "calibrate",
    "validation": "validate",
    "sensitivity": "sensitivity",
    "decision": "decide",
}
ROWS = 7
"""Rows of each table whose numbers are kept one by one; of the others the sums of every column are."""


def run(kind: str, out: Path) -> dict[str, pd.DataFrame]:
    """Run the small study of a kind and return its tables."""
    done = ankomst(COMMANDS[kind], str(FROZEN / f"{kind}.yaml"), "--out", str(out), "--workers", "1", "-q")
    assert done.exit_code == 0, done.output
    return {path.stem: pd.read_csv(path) for path in sorted((out / "tables").glob("*.csv"))}


def summary(table: pd.DataFrame) -> dict[str, Any]:
    """Return what is written down of a table."""
    columns: dict[str, Any] = {}
    for name, column in table.items():
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            numbers = column.astype(float)
            columns[str(name)] = {
                "gaps": int(numbers.isna().sum()),
                "sum": float(numbers.abs().sum()),
                "first": [float(value) for value in numbers.fillna(0.0).head(ROWS)],
            }
        else:
            text = json.dumps(column.fillna("").astype(str).tolist())
            columns[str(name)] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return {"rows": len(table), "columns": columns}


@pytest.mark.parametrize("kind", COMMANDS)
def test_its_tables_are_those_written_down(kind: str, tmp_path: Path) -> None:
    frozen = json.loads((FROZEN / f"{kind}.json").read_text(encoding="utf-8"))
    found = {name: summary(table) for name, table in run(kind, tmp_path / kind).items()}
    assert sorted(found) == sorted(frozen)
    for name, table in found.items():
        assert table["rows"] == frozen[name]["rows"], name
        assert list(table["columns"]) == list(frozen[name]["columns"]), name
        for column, held in table["columns"].items():
            wanted = frozen[name]["columns"][column]
            if isinstance(held, str) or isinstance(wanted, str):
                assert held == wanted, (name, column)
                continue
            assert held["gaps"] == wanted["gaps"], (name, column)
            assert held["sum"] == pytest.approx(wanted["sum"], rel=1e-9, abs=1e-9), (name, column)
            assert held["first"] == pytest.approx(wanted["first"], rel=1e-7, abs=1e-9), (name, column)


def write() -> None:
    """Write the summaries down and print the hash of every table."""
    for kind in COMMANDS:
        with tempfile.TemporaryDirectory() as folder:
            tables = run(kind, Path(folder) / kind)
            for path in sorted((Path(folder) / kind / "tables").glob("*.csv")):
                sys.stdout.write(f"{hashlib.sha256(path.read_bytes()).hexdigest()[:16]} {kind}/{path.name}\n")
        made = {name: summary(table) for name, table in tables.items()}
        text = json.dumps(made, indent=1, ensure_ascii=False)
        (FROZEN / f"{kind}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
