"""The page of a sensitivity analysis: sentences that say no more than the numbers, and figures."""

from __future__ import annotations

import re
import string
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.presentation import sensitivity_samples as samples
from tests.presentation.reading import read

from ankomst.errors import DataError
from ankomst.policy.parameters import load_registry, ranged
from ankomst.report.document.parameter_names import parameter_name, parameter_names
from ankomst.report.document.texts import LANGUAGES
from ankomst.report.sensitivity.page import build_sensitivity_page, quantity_figures, study_facts
from ankomst.report.sensitivity.study import OPTIONAL, REQUIRED, StoredSensitivity
from ankomst.report.sensitivity.words import SensitivityContext, sensitivity_texts, sentences
from ankomst.studies.metrics.contrasts import LEADER
from ankomst.studies.stats.noise import LUCK

if TYPE_CHECKING:
    from pathlib import Path

GAP, ORDINARY, LEAVING, EFFORT = samples.MOVED[:4]


def context(study: StoredSensitivity, lang: str = "en") -> SensitivityContext:
    return SensitivityContext(sensitivity_texts(lang), study_facts(study, samples.facts()))


def bare(**more: pd.DataFrame) -> StoredSensitivity:
    required = {name: samples.tables()[name] for name in REQUIRED}
    return StoredSensitivity({**required, **more})


def said(study: StoredSensitivity, lang: str = "en", quantity: int = 0) -> str:
    return " ".join(sentences(study.quantities[quantity], study, context(study, lang)))


def sobol(totals: dict[str, tuple[float, float, float]]) -> StoredSensitivity:
    return bare(sobol=samples.indices({LUCK: (0.0, -0.02, 0.02)} | totals))


def drawn(study: StoredSensitivity, quantity: int = 0) -> dict[str, Any]:
    figures = quantity_figures("1", study.quantities[quantity], study, context(study))
    return {item.name: item for item in figures}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return drawn(StoredSensitivity(samples.tables()))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_ranged_parameter_has_a_short_name_of_its_own(lang: str) -> None:
    assert set(parameter_names()) == {*ranged(), LUCK}
    names = [parameter_name(name, lang) for name in (*ranged(), LUCK)]
    assert len(set(names)) == len(names) == len(ranged()) + 1
    assert max(map(len, names)) <= 45
    assert parameter_name("municipality", lang) == "municipality"


def test_names_that_the_page_rests_on() -> None:
    assert parameter_name(GAP, "en") == "Specialist help outside the period"
    assert parameter_name(GAP, "da") == "Specialisthjælp efter perioden"
    assert parameter_name(LUCK, "da") == "Tilfældighed (dummy)"
    with pytest.raises(ValueError, match="language must be one of en, da"):
        parameter_name(GAP, "de")


def test_one_parameter_clear_of_all_others_is_said_to_lead_with_its_interval() -> None:
    words = said(sobol({GAP: (0.41, 0.32, 0.49), ORDINARY: (0.2, 0.1, 0.3), LEAVING: (0.01, -0.01, 0.03)}))
    assert (
        "“Specialist help outside the period” carries more of the uncertainty than any other: 41% (32 to 49) "
        "of the variance, alone and together with others. Alone it carries 27% (18 to 35). The next estimate "
        "is that of “Activation outside the period” (20%, interval 10 to 30). Clear of the dummy: "
        "2 of 3 (n = 512 rows)."
    ) in words
    assert "most of the uncertainty" not in words


def test_most_is_said_only_where_the_interval_lies_above_half() -> None:
    assert "carries most of the uncertainty: 61%" in said(sobol({GAP: (0.61, 0.55, 0.66)}))
    assert "carries more of the uncertainty" in said(sobol({GAP: (0.61, 0.49, 0.66)}))


def test_two_that_overlap_cannot_be_told_apart() -> None:
    words = said(sobol({GAP: (0.41, 0.30, 0.52), ORDINARY: (0.25, 0.18, 0.31), LEAVING: (0.05, 0.03, 0.07)}))
    assert (
        "“Specialist help outside the period” (41%, interval 30 to 52) and “Activation outside the period” "
        "(25%, interval 18 to 31) cannot be told apart as the largest"
    ) in words
    assert "carries" not in words


def test_a_wide_interval_above_the_leader_keeps_it_from_leading() -> None:
    words = said(sobol({GAP: (0.3, 0.25, 0.35), ORDINARY: (0.32, -0.1, 0.7)}))
    assert "“Specialist help outside the period” (30%, interval 25 to 35) is the largest of those" in words
    assert "do not rule out that they are as large: 1." in words
    assert "Clear of the dummy: 1 of 2" in words
    assert "carries" not in words


def test_where_all_is_noise_nothing_is_ranked() -> None:
    words = said(sobol({GAP: (0.03, 0.01, 0.05), ORDINARY: (0.02, -0.03, 0.06)}))
    assert "None of 2 stands clear of the dummy: 512 rows cannot say what carries the uncertainty." in words
    assert "Specialist" not in words


def test_a_dummy_off_zero_is_told() -> None:
    words = said(sobol({GAP: (0.5, 0.4, 0.6), LUCK: (0.06, 0.02, 0.1)}))
    assert "The dummy, which has no effect, gets 6.0% (2.0 to 10.0)" in words
    assert "The dummy, which" not in said(sobol({GAP: (0.5, 0.4, 0.6)}))


def test_share_of_points_with_a_sign_and_noise_that_is_left() -> None:
    money = said(bare(), quantity=1)
    assert "One year costs less than three years in 34% of the points and more in 66%." in money
    assert "the mean is +7 thousand DKK per newcomer; nine points in ten lie within −11 to +27." in money
    assert "Simulation noise still makes up" not in money
    work = said(bare(spread=samples.spread(noise=0.45)))
    assert "lower with one year than with three years in 91% of the points and higher in 9%" in work
    assert "Simulation noise still makes up 45% of the variance between the points, with 4 replicates" in work


def test_danish_sentences_have_danish_numbers() -> None:
    study = bare(sobol=samples.indices({GAP: (0.061, 0.042, 0.08), LUCK: (0.0, -0.01, 0.01)}))
    words = said(study, "da")
    assert (
        "»Specialisthjælp efter perioden« bærer mere af usikkerheden end nogen anden: 6,1 % (4,2 til 8,0)"
        in words
    )
    money = said(bare(), "da", 1)
    assert "Ét år koster mindre end tre år i 34 % af punkterne og mere i 66 %." in money


def test_screening_and_pairs_and_emulator_in_words() -> None:
    words = said(StoredSensitivity(samples.tables()))
    assert (
        f"Screening (Morris), clear of simulation noise: 10 of {len(ranged())} parameters "
        "(n = 40 trajectories)."
    ) in words
    assert "(2.0 percentage points, interval 1.9 to 2.1) moves it more than any other" in words
    assert "Interactions (Sobol design, points: Sobol, parameters): clear of zero are 3 of 36 pairs." in words
    assert "“Class drop-out after the period*” adds 5.0% (3.0 to 7.0)" in words
    assert "explains 93% (90 to 95)" in words
    assert words.count("Single parameters") == 1
    money = said(StoredSensitivity(samples.tables()), quantity=1)
    assert "none of 36 pairs is clear of zero." in money
    assert "reaches below the limit of 90%: its indices are not used" in money


def test_what_the_leader_of_a_ranking_loses_is_no_level() -> None:
    row = {
        **samples.quantities().iloc[0].to_dict(),
        "quantity": f"{LEADER}.{samples.EMPLOYMENT}", "baseline": "",
        "label": "Lost by always choosing one_year: share in work",
    }  # fmt: skip
    found = samples.spread().iloc[:1].assign(quantity=row["quantity"], mean=0.011, low=0.0, high=0.03)
    study = bare(quantities=pd.DataFrame([row]), spread=found)
    assert context(study).against(row) == "what always choosing one year loses"
    words = said(study)
    assert "the mean is 1.1 percentage points; nine points in ten lie within 0.0 to 3.0" in words
    assert "One year is not the best in 9% of the points." in words


def test_labels_do_not_say_the_scenarios_twice() -> None:
    row = samples.quantities().iloc[0].to_dict()
    row["label"] = "Share in work after 36 months: one_year less three_year"
    assert context(bare()).label(row) == "Share in work after 36 months"
    assert context(bare()).policy("three_year+grant_2013") == "three years + 2013 rule"
    assert context(bare(), "da").policy("one_year", start=True) == "Ét år"
    row["label"] = "Share in work after 36 months: one_year"
    assert context(bare()).label(row) == "Share in work after 36 months"


def test_indices_that_are_missing_are_told_and_not_drawn() -> None:
    table = samples.indices({GAP: (0.41, 0.32, 0.49), LUCK: (0.0, -0.02, 0.02)})
    table[["estimate", "low", "high", "raw"]] = float("nan")
    study = bare(sobol=table, given_data=samples.given_data(samples.EMPLOYMENT).assign(estimate=float("nan")))
    assert "There are no indices" in said(study)
    assert drawn(study) == {}


def test_one_number_of_rows_shows_no_convergence() -> None:
    totals = {GAP: (0.41, 0.32, 0.49), LUCK: (0.0, -0.02, 0.02)}
    growing = samples.convergence(samples.EMPLOYMENT, totals)
    tables = {"sobol": samples.indices(totals), "convergence": growing}
    assert list(drawn(bare(**tables))) == ["indices-sobol-1", "convergence-sobol-1"]
    tables["convergence"] = growing[growing["n"] == samples.ROWS]
    assert list(drawn(bare(**tables))) == ["indices-sobol-1"]


def test_one_replicate_has_no_line_of_noise() -> None:
    table = samples.morris(samples.EMPLOYMENT, 0.02).assign(noise=float("nan"), clear="no")
    found = drawn(bare(morris=table))["morris-1"]
    assert not found.figure.layout.shapes
    assert "what simulation noise alone gives" not in found.key
    assert f"clear of simulation noise: 0 of {len(ranged())} parameters" in said(bare(morris=table))


def test_every_sample_has_a_figure_of_its_own() -> None:
    both = [samples.tornado(samples.EMPLOYMENT, 0.1, 0.01).assign(sample=name) for name in ("batch", "sobol")]
    found = drawn(bare(tornado=pd.concat(both)))
    assert list(found) == ["tornado-sobol-1", "tornado-batch-1"]
    assert "Points: draws of a batch." in found["tornado-batch-1"].lead


def test_without_a_design_the_draws_speak() -> None:
    words = said(bare(given_data=samples.given_data(samples.EMPLOYMENT)))
    assert (
        "by delta (points: draws): clear of a column without effect are 4 of 14 parameters (n = 1,000)"
        in words
    )
    assert "“Specialist help outside the period” is clear of all others." in words


def test_assumed_parameters_are_marked_wherever_they_are_shown(found: dict[str, Any]) -> None:
    assert load_registry()[LEAVING].grade == "assumption"
    marked = context(StoredSensitivity(samples.tables()))
    assert marked.marked(LEAVING) == "Class drop-out after the period*"
    assert marked.marked(GAP) == "Specialist help outside the period"
    for item in found.values():
        if "groups" not in item.name:
            assert "*: the range is an assumption" in item.footer


def test_figures_hold_the_numbers_of_the_tables(found: dict[str, Any]) -> None:
    assert list(found) == [
        "tornado-sobol-1", "indices-sobol-1", "indices-groups-1", "emulator-sobol-1", "interactions-sobol-1",
        "morris-1", "given-draws-1", "convergence-sobol-1",
    ]  # fmt: skip
    bars = found["indices-sobol-1"].figure.data[0]
    assert bars.x[0] == pytest.approx(47.0)
    assert bars.x[0] + bars.error_x.array[0] == pytest.approx(53.0)
    assert found["indices-sobol-1"].figure.layout.yaxis.ticktext[-1] == "Simulation noise (dummy)"
    tornado = found["tornado-sobol-1"].figure
    ends = [value for trace in tornado.data if trace.error_x.array is not None for value in trace.x]
    assert min(ends) == pytest.approx(-2.13)
    grid = found["interactions-sobol-1"].figure.data[1]
    assert [word for line in grid.text for word in line if word] == ["9.0", "5.0", "−3.0"]
    last = found["convergence-sobol-1"].figure.data[1]
    assert last.x == (64, 128, 256, 512)
    assert last.y[-1] == pytest.approx(47.0)


def test_labels_of_the_screening_keep_their_distance(found: dict[str, Any]) -> None:
    figure = found["morris-1"].figure
    heights = sorted(note.y for note in figure.layout.annotations)
    assert len(heights) == 8
    low, high = figure.layout.yaxis.range
    pixels = (figure.layout.height - 70) / (high - low)
    assert min(b - a for a, b in pairwise(heights)) * pixels >= 35.5
    assert heights[0] >= 0
    assert heights[-1] <= high


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_is_whole_and_loads_nothing(lang: str, tmp_path: Path) -> None:
    path = build_sensitivity_page(samples.tables(), samples.facts(), tmp_path / "page.html", lang)
    html, reader = read(path)
    words = " ".join(reader.texts)
    assert reader.loaded == []
    assert html.count("<figure ") == 14
    assert len(re.findall(r'id="([^"]+)"', html.partition("<body>")[2])) == len(
        set(re.findall(r'id="([^"]+)"', html.partition("<body>")[2]))
    )
    texts = sensitivity_texts(lang)
    assert texts.get("sensitivity.limit.dependence") in words
    assert texts.get("sensitivity.limit.held", held="67", count=str(len(ranged()))) in words
    assert texts.get("sensitivity.quick") not in words
    assert "{" not in words
    assert not re.search(r"\bnan\b", words)


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("morris", ["morris-1"]), ("sobol", ["indices-sobol-1", "indices-groups-1"]),
        ("interactions", ["interactions-sobol-1"]), ("convergence", []),
        ("given_data", ["given-draws-1"]), ("tornado", ["tornado-sobol-1"]), ("emulator", []),
        ("emulator_indices", ["emulator-sobol-1"]), ("ranking", []), ("dependence", []),
    ],
)  # fmt: skip
def test_a_table_alone_gives_its_own_figures_and_an_empty_one_none(name: str, figures: list[str]) -> None:
    assert name in OPTIONAL
    table = samples.tables().get(name, pd.DataFrame())
    assert list(drawn(bare(**{name: table}))) == figures
    assert drawn(bare(**{name: table.iloc[:0]})) == {}


def test_nothing_but_the_spread_is_still_a_page(tmp_path: Path) -> None:
    required = {name: samples.tables()[name] for name in REQUIRED}
    facts = samples.facts(quick=True, failed=3, dependence_limit=False, held=0)
    html, reader = read(build_sensitivity_page(required, facts, tmp_path / "page.html"))
    words = " ".join(reader.texts)
    assert "<figure " not in html
    assert "A quick study" in words
    assert "3 of 65,536 evaluations failed" in words
    assert sensitivity_texts("en").get("sensitivity.nothing") in words
    assert sensitivity_texts("en").get("sensitivity.limit.dependence") not in words


def test_tables_read_from_files_make_the_same_figures_and_words(tmp_path: Path) -> None:
    read_back = {}
    for name, table in samples.tables().items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        read_back[name] = pd.read_csv(tmp_path / f"{name}.csv")
    assert said(StoredSensitivity(read_back)) == said(StoredSensitivity(samples.tables()))
    study = StoredSensitivity(read_back)
    assert context(study).against(study.quantities[1]) == "One year against three years"


def test_wrong_tables_and_facts_are_said(tmp_path: Path) -> None:
    wrong = samples.tables(sobol=samples.tables()["sobol"].drop(columns=["low", "high"]))
    with pytest.raises(DataError, match=r"tables/sobol\.csv: table 'sobol' lacks the column\(s\) low, high"):
        build_sensitivity_page(wrong, samples.facts(), tmp_path / "page.html")
    with pytest.raises(DataError, match="table 'quantities' is missing or empty"):
        build_sensitivity_page({}, samples.facts(), tmp_path / "page.html")
    facts = samples.facts()
    del facts["seed"]
    with pytest.raises(ValueError, match="lack seed"):
        build_sensitivity_page(samples.tables(), facts, tmp_path / "page.html")


def test_both_languages_have_the_same_texts_and_values() -> None:
    english, danish = (
        {
            key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for key, text in sensitivity_texts(lang).entries.items()
            if key.startswith("sensitivity.")
        }
        for lang in LANGUAGES
    )
    assert english == danish
