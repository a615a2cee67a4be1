"""What makes no sense in a table of each kind: totals among the rows, other units, missing groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from ankomst.errors import AnkomstError
from ankomst.policy.arrivals import read_arrivals
from ankomst.simulation.benchmark import PACKAGED, read_benchmark
from ankomst.simulation.inflow import read_shares
from ankomst.simulation.municipalities import read_municipalities
from ankomst.studies.design import posterior
from ankomst.studies.design.posterior import read_posterior

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NATION = read_municipalities()
HEAD = "code,name,region,population_2013,tax_rate_2013_pct,unemployment_2013_pct,syrian_immigration_2013\n"
THREE = (
    "101,København,Øst,559440,23.8,7.35,12\n"
    "751,Aarhus,Vest,319094,24.4,5.66,23\n"
    "461,Odense,Syd,193370,24.5,7.3,26\n"
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def written(content: str) -> Path:
        path = tmp_path / "table.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return written


# -- municipalities --------------------------------------------------------------------------------------

TOTAL = "line 5: the row {} looks like the sum of others; allowed: one municipality a row, without totals"
MUNICIPALITIES = {
    "000,I alt,Hele landet,5602628,24.9,5.8,700": TOTAL.format("'I alt'"),
    "000,Hele landet,x,5602628,,,": TOTAL.format("'Hele landet'"),
    "999,Kommuner i alt,x,1071904,,,": TOTAL.format("'Kommuner i alt'"),
    "999,Grand Total,x,1071904,,,": TOTAL.format("'Grand Total'"),
    "999,De tre store,x,1071904,24,6,61": TOTAL.format("'De tre store'"),
    "084,Region Hovedstaden,Øst,1700000,24,6,100": TOTAL.format("'Region Hovedstaden'"),
    "411,Christiansø,Øst,9,24.9,2,0": "line 5: population_2013 is '9'; allowed: a whole number from 50 to",
    "411,Christiansø,Øst,90000000,24.9,2,0": "line 5: population_2013 is '90000000'",
    "411,Christiansø,Øst,0.09,24.9,2,0": "line 5: population_2013 is '0.09'",
    "411,Christiansø,Øst,90,0.249,2,0": "line 5: tax_rate_2013_pct is '0.249', a share where per cent "
    "are wanted; allowed: a number from 0 to 60 (per cent), or nothing; did you mean '24.9'?",
    "411,Christiansø,Øst,90,249,2,0": "line 5: tax_rate_2013_pct is '249'",
    "411,Christiansø,Øst,90,24.9,0.0575,0": "did you mean '5.75'?",
    "411,Christiansø,Øst,90,24.9,2,1.5": "line 5: syrian_immigration_2013 is '1.5'",
    "411,københavn,Øst,90,24.9,2,0": "line 5: the name 'københavn' stands twice",
    "411,,Øst,90,24.9,2,0": "line 5: name is empty",
    "411,Christiansø,,90,24.9,2,0": "line 5: region is empty",
    "411,@SUM(A1),Øst,90,24.9,2,0": "line 5: name is '@SUM(A1)', which a spreadsheet takes for a formula",
}  # fmt: skip


@pytest.mark.parametrize("row", MUNICIPALITIES)
def test_a_row_of_the_municipalities_that_makes_no_sense(write: Callable[[str], Path], row: str) -> None:
    with pytest.raises(AnkomstError) as caught:
        read_municipalities(write(f"{HEAD}{THREE}{row}\n"))
    assert MUNICIPALITIES[row] in str(caught.value)


def test_a_total_may_stand_first(write: Callable[[str], Path]) -> None:
    with pytest.raises(AnkomstError, match="line 2: the row 'Øvrige' looks like the sum of others"):
        read_municipalities(write(f"{HEAD}9,Øvrige,x,1071904,24,6,61\n{THREE}"))


@pytest.mark.parametrize(
    "rows",
    [
        "1,Aby,Øst,1000,,,\n2,Beby,Øst,1000,,,\n",  # each is the sum of the other
        "1,Aby,Øst,1000,,,\n2,Beby,Øst,2000,,,\n3,Ceby,Øst,3000,,,\n",  # round numbers, made up
        "1,Danmark,Danmark,5602628,,,\n",  # a country as one place
        "84,Region Hovedstaden,Øst,1700000,,,\n85,Region Sjælland,Øst,800000,,,\n",  # regions as places
        "411,Christiansø,Øst,90,0,0,0\n",
    ],
)
def test_small_made_up_tables_are_read(write: Callable[[str], Path], rows: str) -> None:
    table = read_municipalities(write(HEAD + rows))
    assert table.size == len(rows.splitlines())


def test_places_are_read_with_the_table_and_refused_in_other_units(write: Callable[[str], Path]) -> None:
    head = "code,name,region,population_2013,longitude,latitude\n"
    table = read_municipalities(write(head + "1,Aby,Øst,1000,12.533,55.689\n2,Beby,Øst,900,,\n"))
    np.testing.assert_array_equal(table.longitude, [12.533, np.nan])
    np.testing.assert_array_equal(table.latitude, [55.689, np.nan])
    with pytest.raises(
        AnkomstError, match="line 2: longitude is '724500'; allowed: a number from -180 to 180"
    ):
        read_municipalities(write(head + "1,Aby,Øst,1000,724500,6175000\n"))


# -- shares and arrivals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("101,0.525\n751,47.5\n", "some shares are below 1 and others above it, and they add up to 48.025"),
        ("101,0\n751,0\n", "the shares add up to nothing"),
        ("101,1e9\n751,1e308\n", "line 3: share is '1e308'; allowed: a number from 0 to 1000000000"),
        ("101,1\n0101,1\n", "line 3: the code '0101' stands twice"),
        ("101,1\n75,1\n", "line 3: the code '75' is no municipality of this run"),
        ("I alt,1\n", "line 2: the code 'I alt' is no municipality of this run"),
        ("101,52.5 %\n", "line 2: share is '52.5 %', more than a plain number"),
    ],
)
def test_shares_that_make_no_sense(write: Callable[[str], Path], rows: str, said: str) -> None:
    with pytest.raises(AnkomstError) as caught:
        read_shares(write(f"code,share\n{rows}"), NATION)
    assert said in str(caught.value)


@pytest.mark.parametrize("rows", ["101,0.3\n751,99.7\n", "101,0.525\n751,0.475\n", "101,1\n751,3\n"])
def test_shares_per_cents_and_counts_are_read(write: Callable[[str], Path], rows: str) -> None:
    given = [float(row.split(",")[1]) for row in rows.splitlines()]
    own = read_shares(write(f"code,share\n{rows}"), NATION)
    assert own[[NATION.code.index("101"), NATION.code.index("751")]].tolist() == given


def test_a_total_of_arrivals_must_be_that_of_the_origins(write: Callable[[str], Path]) -> None:
    head = "year,people,refugee,reunified_with_refugee,reunified_with_other\n"
    read_arrivals.cache_clear()
    assert read_arrivals(write(head + "2015,61,10,20,30\n")).people == (60.0,)  # but for rounding
    read_arrivals.cache_clear()
    with pytest.raises(AnkomstError, match="line 2: people is 600, and the origins add up to 60"):
        read_arrivals(write(head + "2015,600,10,20,30\n"))
    read_arrivals.cache_clear()
    with pytest.raises(AnkomstError, match="the column 'reunified_with_other' is missing"):
        read_arrivals(write("year,people,refugee,reunified_with_refugee\n2015,60,10,20\n"))


# -- draws and the benchmark -----------------------------------------------------------------------------


def test_weights_that_overflow_and_numbers_of_the_wrong_kind(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    with pytest.raises(AnkomstError, match="line 2: weight is '1e308'"):
        read_posterior(write("municipality.creaming,weight\n0.2,1e308\n0.3,1e308\n"))
    for content, said in (
        ({"municipality.creaming": ["0.2"]}, "the column municipality.creaming holds no numbers"),
        ({"municipality.creaming": [True]}, "the column municipality.creaming holds no numbers"),
        ({"municipality.creaming": [float("inf")]}, "row 1: municipality.creaming is inf"),
        ({"municipality.creming": [0.2]}, "is unknown; .* did you mean 'municipality.creaming'"),
        ({"municipality.planning_months": [12.5]}, "row 1: municipality.planning_months is 12.5"),
        ({"municipality.creaming": []}, "the table has no rows"),
    ):
        path = tmp_path / "draws.parquet"
        pd.DataFrame(content).to_parquet(path)
        with pytest.raises(AnkomstError, match=said):
            read_posterior(path)


def test_a_small_file_with_many_numbers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "draws.parquet"
    pd.DataFrame({"municipality.creaming": [0.2] * 1001}).to_parquet(path)
    assert len(read_posterior(path).values) == 1001
    monkeypatch.setattr(posterior, "MOST_CELLS", 1000)
    with pytest.raises(AnkomstError, match="the table holds more than 1,000 numbers"):
        read_posterior(path)


def test_rows_of_the_benchmark_that_are_missing_or_doubled(write: Callable[[str], Path]) -> None:
    lines = PACKAGED.read_text(encoding="utf-8").splitlines()
    for content, said in (
        (lines[:-1], "the table of the benchmark has too few rows"),
        ([*lines, lines[1]], "line 38: the group and year stand twice"),
        ([lines[0], lines[1].replace("male", "mal")], "line 2: sex is 'mal'.*did you mean 'male'"),
    ):
        with pytest.raises(AnkomstError, match=said):
            read_benchmark(write("\n".join(content)))
