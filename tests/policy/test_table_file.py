"""The reader of tables: what is read as meant, and what is refused in which words."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ankomst.errors import AnkomstError, DataError
from ankomst.policy import arrivals, published
from ankomst.policy.arrivals import read_arrivals
from ankomst.policy.posterior import POSTERIOR
from ankomst.policy.published import load_published
from ankomst.policy.scenario import Scenario, load_scenario
from ankomst.policy.tables.table_file import Column, TableLayout, read_table
from ankomst.report.batch.outline import read_outline
from ankomst.simulation import benchmark, municipalities
from ankomst.simulation.benchmark import read_benchmark
from ankomst.simulation.inflow import read_shares
from ankomst.simulation.municipalities import read_municipalities
from ankomst.studies.design.posterior import read_posterior

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAYOUT = TableLayout(
    "key, many, part",
    (
        Column("key", once=True),
        Column("many", "whole", low=0, high=1e6),
        Column("part", "number", needed=False, blank=True, low=-1000, high=1e5),
    ),
)
NATION = read_municipalities()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


# -- what is read ----------------------------------------------------------------------------------------

PLAIN = "key,many,part\nÆrø,1839,0.25\nLæsø,90,\n"
DANISH = PLAIN.replace(",", ";").replace(".", ",")


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("cp1252"),
        PLAIN.encode("utf-16"),
        PLAIN.rstrip("\n").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("\n", "\n\n  \n").encode(),
        (PLAIN + ",,\n").encode(),
        re.sub(r"([^,\n]+)", r'"\1"', PLAIN).encode(),
        re.sub(r"([^,\n]+)", r' "\1"', PLAIN).encode(),
        PLAIN.replace(",", " , ").encode(),
        PLAIN.replace("1839", "1839.0").replace("90", "90.00").encode(),
        PLAIN.replace("0.25", ".25").encode(),
        PLAIN.replace("0.25", "2.5e-01").encode(),
        PLAIN.replace("0.25", "+0.250").encode(),
        DANISH.encode("cp1252"),
        DANISH.encode("utf-8-sig"),
        DANISH.replace(";", "\t").encode("utf-16"),
        DANISH.replace("0,25", '"0,25"').replace("1839", "1839,0").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        b'note,part,many,key\n"1.839; caf\xe9, ""x""",0.25,1839,\xc6r\xf8\n,,90,L\xe6s\xf8\n',
        "key,many,part\nÆrø,1839,0.25\nLæsø,90,\n".replace("æ", "æ").encode(),
    ],
)  # fmt: skip
def test_every_common_way_of_writing_gives_the_same_values(
    write: Callable[[bytes], Path], content: bytes
) -> None:
    table = read_table(write(content), LAYOUT)
    assert table.texts["key"] == ("Ærø", "Læsø")
    assert table.numbers["many"].tolist() == [1839, 90]
    np.testing.assert_array_equal(table.numbers["part"], [0.25, np.nan])


@pytest.mark.parametrize(
    ("part", "value"),
    [("12.3456", 12.3456), ("-0.5", -0.5), ("-0", 0.0), ("1234.5", 1234.5), ("0.839", 0.839), ("1e3", 1000)],
)
def test_numbers_are_read_to_the_last_digit(write: Callable[[str], Path], part: str, value: float) -> None:
    assert read_table(write(f"key,many,part\na,1,{part}\n"), LAYOUT).numbers["part"].tolist() == [value]


def test_three_decimals_are_decimals_where_another_number_shows_it(write: Callable[[str], Path]) -> None:
    text = "key{0}many{0}part\na{0}1{0}1.839\nb{0}2{0}23.8\n"
    for form in (text.format(","), text.format(";"), text.format(";").replace(".", ",")):
        assert read_table(write(form), LAYOUT).numbers["part"].tolist() == [1.839, 23.8]


def _danish(content: str) -> bytes:
    """Write a table as a Danish spreadsheet does; numbers get commas, texts keep their points."""
    lines = []
    for row in (line.split(",") for line in content.splitlines()):
        cells = [
            cell.replace(".", ",") if re.fullmatch(r"-?[0-9.]+(e-[0-9]+)?", cell) else cell for cell in row
        ]
        lines.append(";".join(cells))
    return "\r\n".join([*lines, ""]).encode("cp1252")


def test_the_shipped_tables_can_come_from_a_danish_spreadsheet(write: Callable[[bytes], Path]) -> None:
    own = read_municipalities(write(_danish(municipalities.PACKAGED.read_text(encoding="utf-8"))))
    assert (own.code, own.name, own.region, own.filled) == (
        NATION.code, NATION.name, NATION.region, NATION.filled,
    )  # fmt: skip
    for name in ("tax", "unemployment", "refugee_key", "population_key", "longitude", "latitude"):
        np.testing.assert_array_equal(getattr(own, name), getattr(NATION, name))
    draws = read_posterior(write(_danish(POSTERIOR.read_text(encoding="utf-8"))))
    assert draws.values == read_posterior().values
    np.testing.assert_array_equal(
        read_benchmark(write(_danish(benchmark.PACKAGED.read_text(encoding="utf-8")))), read_benchmark()
    )
    figures = arrivals.PACKAGED.read_text(encoding="utf-8")
    read_arrivals.cache_clear()
    assert read_arrivals(write(_danish(figures))) == read_arrivals("denmark")
    assert load_published(published.PACKAGED) == load_published()


# -- what is refused -------------------------------------------------------------------------------------

REFUSED = {
    # rows and columns
    "key,many\na,1\nb\n": "line 3: the row has 1 cell and the header 2: one is missing?",
    "key,many\na,1\nb;2\n": "line 3: the row has 1 cell and the header 2: divided by semicolons, not commas?",
    "key;many\na;1;\n": "line 2: the row has 3 cells and the header 2: a semicolon too many at the end?",
    "key,many\na,1,839\n": "line 2: the row has 3 cells and the header 2: a comma as a sep",
    "key,many,part\na,1,23,8\n": "line 2: the row has 4 cells and the header 3: a decimal comma?",
    "key,many\nBy, Nord,7\n": "line 2: the row has 3 cells and the header 2: a text with commas",
    "key;many\nBy; Nord;7\n": "a text with semicolons needs quotation marks",
    "key,many;part\na,1;2\n": "line 1: the header is divided by commas and semicolons",
    "key,many,\na,1,\n": "line 1: column 3 of the header has no name",
    ",key,many\n0,a,1\n": "line 1: column 1 of the header has no name",
    "key,many,key\na,1,a\n": "line 1: the column 'key' stands twice",
    "key,mny\na,1\n": "line 1: the column 'many' is missing and the column 'mny' is unknown; "
    "allowed: key, many, part; did you mean 'many'?",
    "key,many,prt\na,1,2\n": "line 1: the column 'prt' is unknown; "
    "allowed: key, many, part; did you mean 'part'?",
    "Key,many\na,1\n": "did you mean 'key'?",
    "key\na\n": "line 1: the column 'many' is missing",
    "": "table.csv: the file is empty; allowed: key, many, part",
    " \r\n \r\n": "table.csv: the file is empty",
    "key,many\n": "table.csv: the table has no rows",
    "sep=;\nkey;many\na;1\n": "line 1: column 2 of the header has no name",
    "# mine\nkey,many\na,1\n": "line 1: a line begins with '#'; allowed: remarks in a column note",
    "key,many\na,1\n#b,2\n": "line 3: a line begins with '#'",
    "key,many,note\na,1,about\nb,5,500\n": "line 3: many is 5 and note is 500: one number with a comma?; "
    "allowed: words in the column note",
    # keys
    "key,many\n,1\n": "line 2: key is empty",
    "key,many\n\xa0,1\n": "line 2: key is empty",
    "key,many\na,1\nA,2\n": "line 3: the key 'A' stands twice; allowed: every key once; line 2 has it, too",
    "key,many\n101,1\n0101,2\n": "line 3: the key '0101' stands twice",
    "key,many\n=1+1,1\n": "line 2: key is '=1+1', which a spreadsheet takes for a formula; "
    "allowed: a text that does not begin with =, +, - or @",
    "key,many\n@a,1\n": "which a spreadsheet takes for a formula",
    'key,many\n"\t-a",1\n': "which a spreadsheet takes for a formula",
    "key,many\n+a,1\n": "which a spreadsheet takes for a formula",
    "key,many\na\x07,1\n": "line 2: holds signs that cannot be printed: 'a\\x07'",
    'key,many\n"a,1\n': "line 2: holds a quotation mark without its other half",
    'key,many\na"b,1\n': "line 2: holds a quotation mark without its other half",
    'key,many\n"a\nb",1\n': "without its other half; allowed: every row on one line",
    # separators of thousands
    "key,many\na,1.839\n": "line 2: many is '1.839', with a separator of thousands; allowed: a whole "
    "number from 0 to 1000000, without separators of thousands; did you mean '1839'?",
    'key,many\na,"1,839"\n': "did you mean '1839'?",
    "key;many\na;559,440\n": "did you mean '559440'?",
    "key,many\na,1 839\n": "did you mean '1839'?",
    "key,many\na,1\xa0839\n": "did you mean '1839'?",
    "key,many\na,1\u202f839\n": "did you mean '1839'?",
    "key,many\na,1'839\n": "did you mean '1839'?",
    "key,many\na,1.839.000\n": "did you mean '1839000'?",
    "key;many;part\na;1;1.839,5\n": "did you mean '1839,5'?",
    'key,many,part\na,1,"1,839.5"\n': "did you mean '1839.5'?",
    "key;many;part\na;1;0,5\nb;1;1.839\n": "line 3: part is '1.839', with a separator of thousands; "
    "allowed: a number from -1000 to 100000, or nothing; did you mean '1839'?",
    "key,many,part\na,1,1.250\n": "line 2: part is '1.250', which may be 1250 or 1.25; "
    "allowed: 1250, or 1.2500 for 1.25",
    "key;many;part\na;1;1,250\n": "line 2: part is '1,250', which may be 1250 or 1,25",
    # mixtures
    "key;many;part\na;1;0,5\nb;1;0.5\n": "line 3: part is '0.5', with a decimal point, while other "
    "numbers of the table have decimal commas; allowed: one decimal sign in the whole table; "
    "did you mean '0,5'?",
    'key,many,part\na,1,"26,5"\n': "line 2: part is '26,5', with a decimal comma in a table whose columns "
    "are divided by commas; allowed: decimal points, or semicolons between the columns; did you mean '26.5'?",
    # what is no number to a person, or another one than to a program
    "key,many\na,1_000\n": "line 2: many is '1_000'",
    "key,many\na,nan\n": "line 2: many is 'nan'",
    "key,many,part\na,1,inf\n": "line 2: part is 'inf'",
    "key,many,part\na,1,1e400\n": "line 2: part is '1e400'",
    "key,many\na,0x10\n": "line 2: many is '0x10'",
    "key,many\na,１２\n": "line 2: many is '１２'",
    "key,many\na,٣\n": "line 2: many is '٣'",
    "key,many\na,007\n": "line 2: many is '007'",
    "key,many\na,1e5\n": "line 2: many is '1e5': a spreadsheet has shortened the number",
    "key,many,part\na,1,5.\n": "line 2: part is '5.'",
    "key,many,part\na,1,23.8 %\n": "line 2: part is '23.8 %', more than a plain number; "
    "allowed: a number from -1000 to 100000, or nothing; did you mean '23.8'?",
    "key;many;part\na;1;23,8%\n": "did you mean '23,8'?",
    "key,many\na,'559440\n": "did you mean '559440'?",
    "key,many\na,1 839 kr.\n": "did you mean '1839'?",
    "key,many\na,1.5\n": "line 2: many is '1.5'; allowed: a whole number from 0 to 1000000",
    "key,many\na,-1\n": "line 2: many is '-1'; allowed: a whole number from 0 to 1000000",
    "key,many\na,\n": "line 2: many is empty",
}  # fmt: skip


@pytest.mark.parametrize("content", REFUSED)
def test_what_is_not_clear_is_refused_in_one_sentence(write: Callable[[str], Path], content: str) -> None:
    with pytest.raises(DataError) as caught:
        read_table(write(content), LAYOUT)
    said = str(caught.value)
    assert "table.csv" in said
    assert REFUSED[content] in said
    assert said.isprintable()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("key,many\nÆrø,1\n".encode("cp850"), "is no text in UTF-8 or Windows-1252"),
        ("key,many\nÆrø,1\n".encode("mac_roman"), "is no text in UTF-8 or Windows-1252"),
        (b"key,many\n\x81,1\n", "is no text in UTF-8 or Windows-1252; allowed: text saved as 'CSV UTF-8'"),
        (b"\xff\xfekey,many\na,1\n", "is no text in UTF-8 or Windows-1252"),
        ("key,many\na,1\n".encode("utf-16-le"), "is no text"),
        ("key,many\nÆrø,1\n".encode().decode("cp1252").encode(), "letters that were damaged"),
        ("key,many\nK�ge,1\n".encode(), "letters that were damaged"),
        (b"PK\x03\x04rest of a workbook", "is a workbook and no text; allowed: a sheet saved as 'CSV UTF-8'"),
    ],
)
def test_what_is_no_western_text_is_refused(
    write: Callable[[bytes], Path], content: bytes, said: str
) -> None:
    with pytest.raises(DataError, match=re.escape(said)):
        read_table(write(content), LAYOUT)


def test_a_cell_of_a_wrong_word_names_the_nearest(write: Callable[[str], Path]) -> None:
    layout = TableLayout("sex", (Column("sex", words=("male", "female")),))
    with pytest.raises(
        DataError, match=r"line 2: sex is 'femal'; allowed: male, female; did you mean 'female'"
    ):
        read_table(write("sex\nfemal\n"), layout)


# -- no regular file, no end -----------------------------------------------------------------------------

READERS: dict[str, Callable[[Path], object]] = {
    "municipalities.csv": read_municipalities,
    "arrivals.csv": read_arrivals,
    "shares.csv": lambda path: read_shares(path, NATION),
    "benchmark.csv": read_benchmark,
    "published.csv": load_published,
    "draws.csv": read_posterior,
    "draws.parquet": read_posterior,
    "outline.geojson": read_outline,
    "dispersal.csv": lambda path: Scenario().model_copy(update={"dispersal": path}).policy_hash,
}


@pytest.mark.parametrize("name", READERS)
def test_no_reader_waits_for_what_is_no_regular_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    os.mkfifo(path)
    with pytest.raises(AnkomstError, match="is not a regular file"):
        READERS[name](path)
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(AnkomstError, match="is not a regular file"):
        READERS[name](path)
    path.unlink()
    path.mkdir()
    with pytest.raises(AnkomstError, match="is a folder"):
        READERS[name](path)
    with pytest.raises(AnkomstError, match=f"does not exist.*did you mean|{name[:3]}x.*does not exist"):
        READERS[name](path.with_name(f"{name[:3]}x{name[3:]}"))


@pytest.mark.parametrize("name", READERS)
def test_no_reader_takes_a_file_without_end(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.truncate(60_000_000)  # it holds no blocks on disk
    with pytest.raises(AnkomstError, match=r"the file is larger than (5|20|50) MB"):
        READERS[name](path)


def test_a_scenario_that_names_a_pipe_is_told_so(in_tmp: Path) -> None:
    os.mkfifo(in_tmp / "table.csv")
    for key in (
        "population: {municipalities: table.csv}",
        "population: {arrivals: table.csv}",
        "dispersal: table.csv",
    ):
        (in_tmp / "mine.yaml").write_text(key, encoding="utf-8")
        with pytest.raises(AnkomstError, match=r"mine\.yaml, line 1: .* 'table\.csv' is not a regular file"):
            load_scenario("mine.yaml")
