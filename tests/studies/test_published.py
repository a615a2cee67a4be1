"""The table of published employment: what the evidence says, and what a table may not say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ankomst.errors import DataError
from ankomst.policy.published import LAYOUT, PACKAGED, load_published

if TYPE_CHECKING:
    from pathlib import Path


def test_the_figures_of_the_evidence() -> None:
    figures = load_published()
    by_origin = {
        origin: [f.value for f in figures if f.cohort == (2011, 2011) and f.origins == (origin,)]
        for origin in ("refugee", "reunified_with_refugee", "reunified_with_other")
    }
    assert by_origin == {
        "refugee": [0.17, 0.22, 0.29],
        "reunified_with_refugee": [0.17, 0.19, 0.25],
        "reunified_with_other": [0.42, 0.51, 0.54],
    }
    barometer = [(f.cohort[0], f.low, f.high) for f in figures if f.low is not None]
    assert barometer == [(2012, 0.20, 0.21), (2015, 0.43, 0.45)]
    assert sum(f.comparable for f in figures) == 11


def test_every_figure_says_what_it_is_and_where_it_stands() -> None:
    for figure in load_published():
        assert figure.source
        assert figure.confidence
        assert figure.definition
        assert figure.definition_da
        assert bool(figure.reason) == bool(figure.reason_da)
        assert figure.comparable or figure.reason
        assert figure.year - figure.cohort[1] == figure.months // 12
        assert figure.ages == "25-64" or figure.model_ages == "all"


LINES = PACKAGED.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cohort_first", "cohort_frist", "column 'cohort_first' is missing.*did you mean 'cohort_first'"),
        ("2011,2011,12", "2011,2010,12", "line 2: cohort_last is 2010, before cohort_first 2011"),
        ("2011,2011,12", "2011,2011,x", "line 2: months is 'x'; allowed: a whole number from 1 to 240"),
        ("2012,refugee,", "2012,refuge,", "line 2: origins is 'refuge'.*did you mean 'refugee'"),
        (",0.17,", ",17,", "line 2: value is '17'; allowed: a number from 0 to 1 .share."),
        (",0.17,,", ",0.17,0.18,", "line 2: value, low and high are not in order"),
        (",yes,", ",maybe,", "line 2: comparable is 'maybe'; allowed: yes, no"),
        (",yes,", ",no,", "line 2: reason is empty"),
    ],
)
def test_a_wrong_table_is_refused_in_one_sentence(tmp_path: Path, old: str, new: str, message: str) -> None:
    lines = [line.replace(old, new, 1) for line in LINES[:2]]
    assert lines != LINES[:2]
    path = tmp_path / "published.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_published(path)
    assert re.search(message, str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_table_that_is_missing_or_cut(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        load_published(tmp_path / "none.csv")
    path = tmp_path / "cut.csv"
    path.write_text(f"{','.join(column.name for column in LAYOUT.columns)}\n2011,2011\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2: the row has 2 cells and the header 19"):
        load_published(path)
