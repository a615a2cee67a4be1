"""docs/architecture.md says what is there: picture, files and functions."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import grimp
import pytest
from tests import packages_picture

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MODULES = {path.name: path for path in (ROOT / "model").rglob("*.py")}
ANSWERS = {
    "what decides the verdict": ("studies/stats/intervals.py", "verdicts"),
    "what writes a chunk": ("studies/engine/chunks.py", "write_part"),
    "what reads `net_cost.state@120`": ("studies/metrics/read.py", "read"),
    "what proposes the next round": ("studies/calibration/smoother.py", "Smoother.step"),
    "what prints `ankomst compare`": ("commands/compare.py", ""),
}


def test_the_picture_is_that_of_the_import_graph() -> None:
    # To draw it anew: python -m tests.packages_picture
    assert packages_picture.PICTURE.read_text(encoding="utf-8") == packages_picture.picture()
    assert "pictures/packages.svg" in PAGE


def test_every_arrow_of_the_picture_points_down() -> None:
    order = packages_picture.ORDER
    found = packages_picture.arrows(grimp.build_graph("ankomst"))
    assert all(order.index(upper) < order.index(lower) for upper, lower, _ in found)
    assert {(upper, lower) for upper, lower, _ in found} >= set(pairwise(order))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py)", PAGE))))
def test_every_file_that_it_names_is_there(name: str) -> None:
    package = ROOT / "model" / "ankomst"
    places = (ROOT, package, package / "studies", package / "simulation")
    assert any((place / name).is_file() for place in places) or name in MODULES


@pytest.mark.parametrize("question", ANSWERS)
def test_it_answers_a_strangers_questions_with_a_file_and_a_function_that_are_there(question: str) -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {question}")]
    file, function = ANSWERS[question]
    assert f"`{file}`" in line
    assert f"`{function}`" in line or not function
    code = (ROOT / "model" / "ankomst" / file).read_text(encoding="utf-8")
    for part in filter(None, function.split(".")):
        assert re.search(rf"^\s*(def|class) {part}\b", code, re.MULTILINE)
