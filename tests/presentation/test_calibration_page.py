"""The page of a calibration: what it says in each case, figures, escaping, clear errors, both languages."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.presentation import calibration_samples as samples
from tests.presentation.reading import read, rows_of

from ankomst.policy.parameters import load_registry
from ankomst.report.calibration import words as said_by
from ankomst.report.calibration.context import (
    COLUMNS,
    DECIDING,
    CalibrationContext,
    StoredCalibration,
    calibration_texts,
    parameter_decimals,
)
from ankomst.report.calibration.figure_pairs import SHOWN, draw_pairs, strongest
from ankomst.report.calibration.figure_posterior import draw_posteriors
from ankomst.report.calibration.figure_predictive import draw_predictive
from ankomst.report.calibration.figure_rounds import draw_rounds
from ankomst.report.calibration.figure_sensitivity import draw_sensitivity
from ankomst.report.calibration.page import FACTS, build_calibration_page
from ankomst.report.calibration.tables import bounds_table, parameters_table, trades_table

if TYPE_CHECKING:
    from pathlib import Path

BAD = '<script>alert("x")</script>&'
MEGABYTE = 1_000_000
PLACES = ("danish.drop_out", "search.crowding", "danish.drop_out")
FIGURES = (
    *("predictive", "informed", "posterior-1", "posterior-2", "posterior-3", "posterior-4"),
    *("pairs", "sensitivity", "rounds"),
)


def study(**changed: pd.DataFrame) -> StoredCalibration:
    return StoredCalibration({**samples.calibration_tables(), **changed}, samples.posterior())


def context(lang: str = "en", **facts: object) -> CalibrationContext:
    return CalibrationContext(calibration_texts(lang), {**samples.calibration_facts(), **facts})


def words(path: Path) -> str:
    return " ".join(" ".join(read(path)[1].texts).split())


@pytest.fixture(name="page", scope="module", params=["en", "da"])
def page_fixture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("calibration") / "new" / f"{request.param}.html"
    facts = samples.calibration_facts()
    return build_calibration_page(
        samples.calibration_tables(), samples.posterior(), facts, out, request.param
    )


def test_the_page_is_one_small_file_that_loads_nothing(page: Path) -> None:
    html, reader = read(page)
    assert reader.loaded == []
    assert "default-src 'none'" in html
    assert html.count("plotly.js v") == 1
    assert page.stat().st_size < 6 * MEGABYTE
    assert [path.name for path in page.parent.iterdir()] == [page.name]


def test_the_page_has_every_figure_and_table(page: Path) -> None:
    html, reader = read(page)
    assert reader.tags.count("figure") == len(FIGURES)
    assert all(f'id="plot-{name}"' in html for name in FIGURES)
    targets = samples.calibration_tables()["targets"]
    assert len(rows_of(html, "table-targets")) == len(targets) == 26
    assert len(rows_of(html, "table-definitions")) == targets["group_of"].nunique()
    assert len(rows_of(html, "table-parameters")) == len(samples.posterior().columns)
    assert len(rows_of(html, "table-deciding")) == len(DECIDING)
    assert len(rows_of(html, "table-bounds")) == 1
    assert rows_of(html, "table-trades")


def test_the_page_says_what_is_known_and_what_is_not(page: Path) -> None:
    said, english = words(page), page.stem == "en"
    for sentence in (
        "23 of 26 published figures lie inside" if english else "23 af 26 publicerede tal ligger inden for",
        "in work, refugees, 24 months (published 22.0%, model"
        if english
        else "i arbejde, flygtninge, 24 måneder (publiceret 22,0 %, model",
        "the data hardly inform any of the 5 parameters" if english else "næppe nogen af de 5 parametre",
        "only new data do" if english else "det gør kun nye data",
        "88.5% of the cases" if english else "88,5 % af tilfældene",
        "placements.practice_decay",
        "A note." if english else "En note.",
        "0123abc",
    ):
        assert sentence in said, sentence
    assert all(name in said for name in DECIDING)


def test_nothing_is_left_unfilled(page: Path) -> None:
    said = words(page)
    assert not re.search(r"\{\w+\}", said)
    assert "nan" not in re.findall(r"\w+", said.lower())


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    english, danish = (calibration_texts(lang).entries for lang in ("en", "da"))
    assert english.keys() == danish.keys()
    ours = [key for key in english if key.startswith(("calibration.", "target", "parameter"))]
    assert all(english[key] and danish[key] for key in ours)

    def filled(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [key for key in ours if filled(english[key]) != filled(danish[key])] == []


def test_every_parameter_with_a_range_has_a_name_and_every_name_a_parameter() -> None:
    ranged = {name for name, parameter in load_registry().items() if parameter.range is not None}
    entries = calibration_texts("en").entries
    named = {key.partition(".")[2] for key in entries if key.startswith("parameter.")}
    assert named == ranged
    groups = {key.partition(".")[2] for key in entries if key.startswith("parameter_group.")}
    assert groups == {name.partition(".")[0] for name in ranged}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ((), "hardly inform any of the 5"),
        (DECIDING[:2], "the data narrow 2 by more than a tenth: "),
        (DECIDING, "all narrowed by the data"),
    ],
)
def test_what_decides_the_policy_question_is_said_as_it_is(known: tuple[str, ...], expected: str) -> None:
    parameters = samples.calibration_tables()["parameters"]
    mine = parameters["parameter"].isin(known)
    parameters.loc[mine, "informed"] = "yes"
    parameters.loc[mine, "narrowing"] = 0.3
    assert expected in said_by.box(study(parameters=parameters), context())


def test_a_fit_that_misses_nothing_and_learns_nothing_says_so() -> None:
    tables = samples.calibration_tables()
    tables["parameters"][["informed", "at_low", "at_high"]] = ["no", 0.0, 0.0]
    found = study(
        targets=tables["targets"].assign(inside="yes"),
        parameters=tables["parameters"],
        correlations=tables["correlations"].iloc[:0],
    )
    facts = context(informed=0)
    said = said_by.box(found, facts)
    for sentence in (
        "No published figure lies outside",
        "the data narrow none of the",
        "no pair of parameters is clearly correlated",
        "no parameter piles up",
    ):
        assert sentence in said
    assert draw_pairs(found, facts) is None
    assert "No pair of parameters" in trades_table(found, facts)
    assert "No parameter has 10% or more" in bounds_table(found, facts)
    assert draw_posteriors(found, facts)[0].name == "informed"


def test_a_study_without_the_deciding_parameters_says_nothing_of_them() -> None:
    tables = samples.calibration_tables()
    rows = tables["parameters"]
    found = study(parameters=rows[~rows["parameter"].isin(DECIDING)])
    assert "1 against 3 years" not in said_by.box(found, context())


def test_directions_are_those_of_which_the_figures_say_more_than_the_prior() -> None:
    rng = np.random.default_rng(1)
    tables = samples.calibration_tables()
    targets = tables["targets"]
    names = targets["target"].tolist()[:3]
    prior = pd.DataFrame({name: rng.standard_normal(500) for name in names})
    rows = [
        {"target": name, "parameter": parameter, "correlation": 0.5, "slope": slope, "r2": 0.9}
        # The third figure repeats the first: three figures, two directions.
        for name, parameter, slope in zip(names, PLACES, (0.9, 0.9, 0.9), strict=True)
    ]
    targets[["sd", "noise"]] = [0.1, 0.05]
    found = study(targets=targets, sensitivity=pd.DataFrame(rows), prior_predictive=prior)
    assert found.directions() == 2
    assert study(sensitivity=tables["sensitivity"].iloc[:0]).directions() is None
    assert "inform only about 7 independent" in said_by.box(study(), context(directions=7))


def test_the_predictive_has_a_row_per_figure_and_keeps_the_posterior_readable() -> None:
    drawn = draw_predictive(study(), context("da"))
    figure = drawn.figure
    assert len([text for text in figure.layout.yaxis.ticktext if "<b>" not in text]) == 26
    low, high = figure.layout.xaxis.range
    assert -low == high <= 10
    assert len(figure.layout.annotations) == 26 + 1
    assert "22,0 %;" in figure.layout.annotations[2].text


def test_every_parameter_stands_once_in_the_figures_of_the_posterior() -> None:
    found = study()
    shown = [
        text for drawn in draw_posteriors(found, context()) for text in drawn.figure.layout.yaxis.ticktext
    ]
    for name in found.parameters["parameter"]:
        assert len([text for text in shown if f">{name}<" in text]) == 1


def test_pairs_show_the_most_informed_and_few_enough_points() -> None:
    drawn = draw_pairs(study(), context())
    assert drawn is not None
    cloud = drawn.figure.data[0]
    count = len(samples.INFORMED)
    assert len(cloud.x) == SHOWN * count * (count - 1) // 2
    labels = drawn.figure.layout.yaxis.ticktext
    assert len(labels) == count
    assert "family of others" in labels[0]
    assert set(strongest(study(), 3)["parameter"]) <= set(samples.INFORMED)


def test_sensitivity_shows_only_parameters_that_a_figure_depends_on() -> None:
    tables = samples.calibration_tables()
    drawn = draw_sensitivity(study(), context())
    assert drawn is not None
    assert len(drawn.figure.layout.yaxis.ticktext) < len(tables["parameters"]) / 2
    weak = tables["sensitivity"].assign(correlation=0.05)
    assert draw_sensitivity(study(sensitivity=weak), context()) is None
    without = {name: table for name, table in tables.items() if name != "prior_predictive"}
    alone = draw_sensitivity(StoredCalibration(without, samples.posterior()), context())
    assert alone is not None
    assert "n =" not in alone.footer


def test_rounds_leave_out_what_a_smoother_does_not_have() -> None:
    rounds = samples.calibration_tables()["rounds"]
    assert len(draw_rounds(study(), context()).figure.data) == 4
    found = study(rounds=rounds.assign(effective=np.nan, accepted=np.nan))
    assert len(draw_rounds(found, context()).figure.data) == 2


def test_numbers_of_parameters_have_the_decimals_that_their_range_asks_for() -> None:
    ranges = {(0.0, 0.002): 5, (0.3, 1.3): 2, (1.0, 40.0): 0, (105.0, 135.0): 1}
    for (low, high), decimals in ranges.items():
        assert parameter_decimals({"range_low": low, "range_high": high}) == decimals


def test_texts_from_files_are_escaped(tmp_path: Path) -> None:
    tables = samples.calibration_tables()
    targets = tables["targets"].assign(definition=BAD, source=BAD)
    targets.loc[0, ["group_of", "unit"]] = BAD
    tables["targets"] = targets
    tables["parameters"]["unit"] = BAD
    tables["parameters"].loc[0, "grade"] = BAD
    bad = dict.fromkeys(("title", "targets_title", "method", "seed", "version", "commit", "created"), BAD)
    tables["recovery"] = pd.DataFrame({"truths": [20, 20], "coverage": [0.9, 0.8], "parameter": [BAD, BAD]})
    facts = {**samples.calibration_facts(), **bad, "notes": [BAD], "prior_only": [BAD]}
    page = build_calibration_page(tables, samples.posterior(), facts, tmp_path / "bad.html")
    html, reader = read(page)
    assert "<script>alert" not in html
    assert reader.loaded == []
    assert len(rows_of(html, "table-recovery")) == 2


@pytest.mark.parametrize("name", list(COLUMNS))
def test_a_missing_table_or_column_is_named(name: str) -> None:
    tables = samples.calibration_tables()
    without = {other: table for other, table in tables.items() if other != name}
    with pytest.raises(ValueError, match=f"table '{name}' is missing"):
        StoredCalibration(without, samples.posterior())
    column = COLUMNS[name][-1]
    with pytest.raises(ValueError, match=f"table '{name}' lacks the column.* {column}"):
        study(**{name: tables[name].drop(columns=column)})


def test_missing_draws_facts_and_coverage_are_named(tmp_path: Path) -> None:
    tables, facts = samples.calibration_tables(), samples.calibration_facts()
    draws = samples.posterior().drop(columns="search.crowding")
    with pytest.raises(ValueError, match=r"table 'draws' lacks the column\(s\) search\.crowding"):
        build_calibration_page(tables, draws, facts, tmp_path / "page.html")
    for name in FACTS:
        rest = {key: value for key, value in facts.items() if key != name}
        with pytest.raises(ValueError, match=f"lack {name}"):
            build_calibration_page(tables, samples.posterior(), rest, tmp_path / "page.html")
    with pytest.raises(ValueError, match=r"'recovery' lacks the column.* coverage"):
        said_by.recovery(context(recovery=pd.DataFrame({"truths": [3]})))
    with pytest.raises(ValueError, match="language must be one of en, da"):
        build_calibration_page(tables, samples.posterior(), facts, tmp_path / "page.html", "de")
    assert not list(tmp_path.iterdir())


def test_facts_that_may_be_missing_may_be_missing() -> None:
    required: dict[str, Any] = {name: samples.calibration_facts()[name] for name in FACTS}
    short = CalibrationContext(calibration_texts("en"), {**required, "level": 0.9, "wall_seconds": 600.0})
    assert said_by.recovery(short) == ""
    assert "in 10 minutes" in said_by.how(study(), short)
    assert "<details>" not in said_by.how(study(), short)
    assert "search.crowding" in parameters_table(study(), short)
