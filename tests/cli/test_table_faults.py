"""Tables with the faults of a Danish spreadsheet end a command in one sentence with file, line and cause."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.support import ankomst, fails

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULTS = Path(__file__).resolve().parents[1] / "data" / "faults"
EVEN = "allowed: as many cells in every row as in the header"
THOUSANDS = (
    "allowed: a whole number from 50 to 10000000 (inhabitants), without separators of thousands; "
    "did you mean '1839'?"
)
SAID = {
    "muni_decimal_comma": "line 2: the row has 6 cells and the header 5: a decimal comma?",
    "muni_trailing_comma": "line 2: the row has 5 cells and the header 4: a comma too many at the end?",
    "trailing": "line 2: the row has 7 cells and the header 6: a comma too many at the end?",
    "decimalcomma_last": "line 2: the row has 7 cells and the header 6: a decimal comma?",
    "arrivals_comma": (
        "line 2: the row has 3 cells and the header 2: "
        "a comma as a separator of thousands, or a decimal comma?"
    ),
    "muni_thousands": "line 3: population_2013 is '1.839', with a separator of thousands",
}


@pytest.fixture(autouse=True)
def _beside_the_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shutil.copytree(FAULTS, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    yield
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in FAULTS.iterdir()}


@pytest.mark.parametrize("name", SAID)
def test_a_scenario_with_a_wrong_table_is_not_sound(name: str) -> None:
    allowed = THOUSANDS if name == "muni_thousands" else EVEN
    assert fails("check", f"{name}.yaml") == f"{name}.csv, {SAID[name]}; {allowed}"


def test_a_run_with_a_wrong_table_does_not_begin() -> None:
    said = fails("run", "trailing.yaml", "--baseline", "three_year", "--out", "results")
    assert said == f"trailing.csv, {SAID['trailing']}; {EVEN}"


def test_a_batch_with_wrong_draws_does_not_begin() -> None:
    said = fails("batch", "exp_posterior.yaml", "--dry-run")
    assert said == (
        f"posterior_decimal_comma.csv, line 2: the row has 2 cells and the header 1: a decimal comma?; {EVEN}"
    )


def test_the_table_of_a_danish_spreadsheet_is_sound(tmp_path: Path) -> None:
    text = (tmp_path / "trailing.csv").read_text(encoding="utf-8")
    danish = text.replace(",\n", "\n").replace(",", ";").replace(".", ",")
    (tmp_path / "trailing.csv").write_bytes(danish.replace("\n", "\r\n").encode("cp1252"))
    assert "1 of 1 scenarios are sound" in ankomst("check", "trailing.yaml").stdout
