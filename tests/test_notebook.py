"""The tutorial runs as it stands, and what it shows is what it gives."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "tutorial.ipynb"


def texts(notebook: Any) -> list[str]:  # noqa: ANN401 - nbformat has no types
    """Return what the cells print and show, as plain text."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output.get("evalue")
            found.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return found


@pytest.mark.compiled
# The kernel speaks over loopback without encryption, and says so.
@pytest.mark.filterwarnings("ignore")
def test_the_tutorial_gives_what_it_shows() -> None:
    stored = nbformat.read(FILE, as_version=4)
    nbformat.validate(stored)
    again = nbformat.read(FILE, as_version=4)
    NotebookClient(again, timeout=int(PATIENCE), resources={"metadata": {"path": str(ROOT)}}).execute()
    assert texts(again) == texts(stored)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert all(cell.outputs for cell in code[1:])


def test_the_tutorial_is_small_and_names_no_machine() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert len(text) < 60_000
    assert not re.search(r'"/(?:root|home|work|Users)/', text)
