"""Tables of arrivals: the packaged figures, a user's own, and what is said about a broken one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ankomst.errors import DataError
from ankomst.policy.arrivals import ORIGINS, read_arrivals
from ankomst.policy.scenario import load_scenario

README = Path(__file__).resolve().parents[2] / "README.md"
ASSIGNED = (2068, 2242, 2511, 3780, 6048, 10_592, 7172)


def write(folder: Path, text: str, name: str = "arrivals.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_packaged_figures_run_from_2010_to_2018() -> None:
    figures = read_arrivals("denmark")
    assert figures.years == tuple(range(2010, 2019))
    assert figures.by_origin is not None
    assert figures.people == tuple(sum(row) for row in figures.by_origin)
    # Adults are 0.778 of those assigned, other reunified 3,500 a year: assumptions of SOURCES.md.
    for (refugees, _, others), assigned in zip(figures.by_origin, ASSIGNED, strict=False):
        assert refugees == pytest.approx(0.778 * assigned, abs=1)
        assert others == 3500
    assert max(figures.people) == figures.people[figures.years.index(2015)]


def test_a_table_of_totals_and_one_by_origin(in_tmp: Path) -> None:
    write(in_tmp, "year,people\n2014,7000\n2015, 9000.5\n")
    found = read_arrivals(in_tmp / "arrivals.csv")
    assert (found.years, found.people, found.by_origin) == ((2014, 2015), (7000.0, 9000.5), None)
    origins = write(in_tmp, f"note,year,{','.join(ORIGINS)}\nx,2014,10,0,30\n,2015,0,0,0\n", "origins.csv")
    split = read_arrivals(origins)
    assert split.people == (40.0, 0.0)
    assert split.by_origin == ((10.0, 0.0, 30.0), (0.0, 0.0, 0.0))


def test_the_table_of_the_readme_is_read(in_tmp: Path) -> None:
    (text,) = re.findall(r"^```csv\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    found = read_arrivals(write(in_tmp, text))
    assert found.years == (2015, 2016)
    assert found.by_origin is not None


def test_a_table_saved_by_a_spreadsheet_is_read(in_tmp: Path) -> None:
    path = in_tmp / "arrivals.csv"
    path.write_bytes(b"\xef\xbb\xbfyear,people\r\n2014,7000\r\n\r\n")
    assert read_arrivals(path).people == (7000.0,)


def test_the_run_begins_in_the_first_year(in_tmp: Path) -> None:
    write(in_tmp, "year,people\n2014,7000\n2015,9000\n")
    (in_tmp / "mine.yaml").write_text("population: {arrivals: arrivals.csv}", encoding="utf-8")
    assert load_scenario("mine").first_year == 2014
    assert load_scenario("mine", {"population.arrivals": {2016: 5, 2017: 6}}).first_year == 2016
    assert load_scenario("mine", {"population.arrivals": "denmark"}).first_year == 2010
    assert load_scenario("mine", {"population.arrivals": None}).first_year == 2013


COLUMNS = f"allowed: the columns year and people, or year, {', '.join(ORIGINS)}"
CELLS = "allowed: as many cells in every row as in the header"
QUOTES = "allowed: every row on one line, whole cells in quotes"
NUMBER = ", without separators of thousands"
PEOPLE = f"allowed: a number from 0 to 200000{NUMBER}"
YEAR = f"allowed: a whole number from 2005 to 2035 (calendar year){NUMBER}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f": the file is empty; {COLUMNS}"),
        ("year,people\n", f": the table has no rows; {COLUMNS}"),
        (
            "aar,people\n2014,5\n",
            f", line 1: the column 'year' is missing and the column 'aar' is unknown; {COLUMNS}",
        ),
        (
            "year,peple\n2014,5\n",
            f", line 1: the column 'peple' is unknown; {COLUMNS}; did you mean 'people'?",
        ),
        ("year,refugee\n2014,5\n", f": the column 'reunified_with_refugee' is missing; {COLUMNS}"),
        ("year,note\n2014,x\n", f": the column 'people' is missing; {COLUMNS}"),
        (
            "year,people\n2014,5\n2016,5\n",
            ", line 3: the year 2016 follows 2014; allowed: years without gaps",
        ),
        (
            "year,people\n2014,5\n2014,5\n",
            ", line 3: the year 2014 follows 2014; allowed: years without gaps",
        ),
        ("year,people\n2014,5\n2015,\n", f", line 3: people is empty; {PEOPLE}"),
        (
            "year,people\n2014\n",
            f", line 2: the row has 1 cell and the header 2: one is missing?; {CELLS}",
        ),
        ("year,people\n2014,many\n", f", line 2: people is 'many'; {PEOPLE}"),
        ("year,people\n2014,-1\n", f", line 2: people is '-1'; {PEOPLE}"),
        ("year,people\n2014,300000\n", f", line 2: people is '300000'; {PEOPLE}"),
        ("year,people\n2014,nan\n", f", line 2: people is 'nan'; {PEOPLE}"),
        (
            "year,people\n2014,9.000\n",
            f", line 2: people is '9.000', with a separator of thousands; {PEOPLE}; did you mean '9000'?",
        ),
        ("year,people\n14,5\n", f", line 2: year is '14'; {YEAR}"),
        ("year,people\n2014.5,5\n", f", line 2: year is '2014.5'; {YEAR}"),
        ("year,people\ninf,5\n", f", line 2: year is 'inf'; {YEAR}"),
        ("year,people\n2014,0\n", ": the table of arrivals holds no people"),
        (
            'year,people\n2014,"5\n',
            f", line 2: holds a quotation mark without its other half; {QUOTES}",
        ),
    ],
)
def test_a_broken_table_is_named(in_tmp: Path, text: str, message: str) -> None:
    path = write(in_tmp, text)
    read_arrivals.cache_clear()
    with pytest.raises(DataError) as caught:
        read_arrivals(path)
    assert str(caught.value) == f"arrivals.csv{message}"


def test_a_table_that_cannot_be_read(in_tmp: Path) -> None:
    missing = in_tmp / "none.csv"
    with pytest.raises(DataError, match=r"none\.csv: the file does not exist"):
        read_arrivals(missing)
    dos = in_tmp / "dos.csv"
    dos.write_bytes("year,people,note\n2014,5,årsag\n".encode("cp850"))
    with pytest.raises(DataError, match=r"^dos\.csv: is no text in UTF-8 or Windows-1252"):
        read_arrivals(dos)
