"""With the values before calibration the model stands near the published figures of the 2013 rules."""

from __future__ import annotations

import pytest
from tests.benchmarks.targets import table

pytestmark = pytest.mark.compiled


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, int], dict[str, float]]:
    return {(row["name"], row["months"]): row for row in table(seeds=10)}


@pytest.mark.parametrize("origin", ["refugee", "reunified_with_refugee", "reunified_with_other"])
@pytest.mark.parametrize("months", [12, 24, 36])
def test_employment_lies_within_four_points(
    rows: dict[tuple[str, int], dict[str, float]], origin: str, months: int
) -> None:
    row = rows[f"employment_{origin}", months]
    assert abs(row["model"] - row["value"]) < 0.04, row


def test_passing_the_danish_test_lies_within_six_points(
    rows: dict[tuple[str, int], dict[str, float]],
) -> None:
    for key in (("danish_test_3_years", 36), ("danish_test_5_years", 60)):
        assert abs(rows[key]["model"] - rows[key]["value"]) < 0.06, rows[key]


def test_every_target_has_a_figure_and_a_standard_error(
    rows: dict[tuple[str, int], dict[str, float]],
) -> None:
    assert len(rows) == 19
    assert all(row["model"] == row["model"] and 0.0 < row["se"] < row["sd"] for row in rows.values())
