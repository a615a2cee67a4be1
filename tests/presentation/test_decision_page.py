"""The page of a decision: sentences against their numbers, missing tables, both languages, no network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.presentation import decision_samples as samples

from ankomst.report.decision.context import DecisionContext, decision_texts, quantum
from ankomst.report.decision.figure_front import front_figure, numbered, spread_out, ticks
from ankomst.report.decision.page import build_decision_page
from ankomst.report.decision.tables import design_words
from ankomst.report.decision.words import summary
from ankomst.report.document.texts import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

TABLES = samples.tables()


def said(tables: dict[str, pd.DataFrame], lang: str = "en", **more: object) -> dict[str, str]:
    context = DecisionContext(decision_texts(lang), samples.facts(**more))
    return {name: " | ".join(found) for name, found in summary(tables, context).items()}


def changed(name: str, **values: object) -> dict[str, pd.DataFrame]:
    return TABLES | {name: TABLES[name].assign(**values)}


def read(path: Path) -> str:
    """Return the words of the page without scripts and marks."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_is_one_file_without_gaps_or_requests(lang: str, tmp_path: Path) -> None:
    path = build_decision_page(TABLES, samples.facts(), tmp_path / "page.html", lang)
    words, texts = read(path), decision_texts(lang)
    for part in ("robustness", "boxes", "thresholds", "information", "designs", "tables"):
        assert texts.get(f"decision.part.{part}") in words
    assert "{" not in words
    assert "nan" not in re.split(r"\W+", words.lower())
    assert texts.get("decision.quick") not in words
    html = path.read_text(encoding="utf-8")
    assert html.count("<figure ") == 7
    outside = re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r'(?:src|href)\s*=\s*"(?:https?:)?//', outside)


def test_robustness_says_no_more_than_the_intervals() -> None:
    found = said(TABLES)["robustness"]
    assert "“One year” lies above “Three years”: DKK +8,400 (+3,200 to +13,500) at one more draw" in found
    assert "cheaper than “Three years” in 41% (35 to 47) of the draws: in fewer than half" in found
    assert "DKK +61,000 (+52,000 to +71,000) on average" in found
    assert "at or below DKK +20,000 in 72% (66 to 78)" in found
    assert "lies above or below “Three years” is unclear: −0.20 months (−0.55 to +0.14)" in found
    assert "(probability of lying above 30 %)" in found
    assert "better than “Three years” in 48% (42 to 54) of the draws; whether that is more" in found
    lower = TABLES["robustness"].assign(mean=-5000.0, effect_low=-9000.0, effect_high=1000.0)
    lower = lower.assign(probability=0.1, verdict="probably lower")
    below = said({"robustness": lower.iloc[:2]})["robustness"]
    assert "probably lies below “Three years”: DKK −5,000 (−9,000 to +1,000) at one more draw" in below


def test_among_many_policies_one_is_best_only_if_its_interval_is_clear() -> None:
    rows = TABLES["robustness"].iloc[[0, 1, 1]].copy()
    rows["scenario"] = ["three_year", "one_year", "one_year_flexible"]
    rows["p_best"], rows["p_best_low"], rows["p_best_high"] = (
        [0.2, 0.3, 0.5],
        [0.1, 0.2, 0.41],
        [0.3, 0.4, 0.6],
    )
    first = said({"robustness": rows})["robustness"]
    assert "of the 3 policies, one is best most often: One year, flexible, 50% (41 to 60)" in first
    rows["p_best_low"] = [0.1, 0.2, 0.39]
    tied = said({"robustness": rows})["robustness"]
    assert "cannot be told" in tied
    assert "One year, flexible, 50% (39 to 60); One year, 30% (20 to 40)" in tied
    assert "Three years, 20%" not in tied


def test_many_policies_are_sorted_into_better_worse_and_close() -> None:
    rows = TABLES["robustness"].iloc[[0, 1, 1, 1, 1]].copy()
    rows["scenario"] = ["three_year", "up", "down", "even", "down_too"]
    rows["mean"] = [0.0, 15_000.0, -20_000.0, 0.0, -25_000.0]
    rows["effect_low"], rows["effect_high"] = (
        [0, 10_000, -30_000, -1000, -30_000],
        [0, 20_000, -10_000, 1000, 1_000],
    )
    rows["verdict"] = ["no difference", "higher", "lower", "direction unclear", "probably lower"]
    found = said({"robustness": rows})["robustness"]
    assert "Better: down, DKK −20,000 (−30,000 to −10,000). Probably better: down too, DKK" in found
    assert "Worse: up, DKK" in found
    assert "Direction unclear: even, DKK" in found


def test_a_box_is_said_with_its_limits_and_held_out_share() -> None:
    found = said(TABLES)["boxes"]
    assert (
        "Under these conditions one year has the lower net public cost: specialist help outside the period "
        "above 0.7, strength of the response to money below 0.31 and"
    ) in found
    assert "above 0.2 (may be chance). It is so for 83% (74 to 90) of the held-out points inside" in found
    assert "against 35% of all points" in found


@pytest.mark.parametrize(
    ("low", "words"),
    [
        (0.45, "but not clearly in most cases"),
        (0.30, "A box that does not hold"),
        (float("nan"), "not tried on held-out points"),
    ],
)
def test_a_box_that_does_not_hold_is_not_said_to(low: float, words: str) -> None:
    found = said(changed("boxes", test_density_low=low))["boxes"]
    assert words in found
    assert "Under these conditions one year" not in found


def test_no_box_is_said() -> None:
    bare = {name: TABLES[name] for name in ("discovery_points",)}
    count = int(bare["discovery_points"]["flips"].sum())
    found = said(bare)["boxes"]
    assert "No box found" in found
    assert f"({100 * count / 600:.0f}% (" in found
    row = TABLES["boxes"].assign(box=0, test_density=float("nan"), density=float("nan"))
    assert "No box found" in said(bare | {"boxes": row})["boxes"]
    never = {"discovery_points": bare["discovery_points"].assign(flips=0)}
    assert "It is never so that one year has the lower net public cost: in 0% (0" in said(never)["boxes"]


def test_a_threshold_has_its_interval_and_the_draws_without_one() -> None:
    found = said(TABLES)["thresholds"]
    assert "How much specialist help it takes for one year to cost nothing more: 62% (55 to 71)." in found
    assert "of “Net public cost within 120 months: One year minus Three years” is zero" in found
    assert "23% (18 to 28) of the 200 draws have no such value" in found
    assert "no value from DKK 0 to DKK 150,000 is enough" in found
    assert "No 90% interval" not in found
    assert "there it cannot be told" not in found
    wide = TABLES | {"threshold_curves": TABLES["threshold_curves"].assign(low=-1.0)}
    assert "At some of these values the interval of the mean holds zero" in said(wide)["thresholds"]
    beyond = said(changed("thresholds", high=float("nan"), wanted=-2000.0))["thresholds"]
    assert "cost nothing more: 62%. There" in beyond
    assert "is DKK −2,000. No 90%" in beyond
    assert "No 90% interval is given: it reaches beyond the range" in beyond


def test_information_is_named_only_where_it_is_clear_of_zero() -> None:
    found = said(TABLES)["information"]
    assert "at most DKK 1,200 (300 to 2,300) per newcomer, DKK 8.4 million (2.1 to 16.1) a year" in found
    assert "For the economy and levers new since 2013 the worth cannot be told from zero" in found
    none = said(changed("information", clear="no"))["information"]
    assert "For none of the groups" in none
    assert "at most" not in none
    assert "a month in work is declared to be worth DKK 5,000" in _how(month_value=5000.0)
    assert "work has no value of its own" in _how(month_value=0.0)


def _how(**more: object) -> str:
    from ankomst.report.decision.words import how

    return " ".join(how(TABLES, DecisionContext(decision_texts("en"), samples.facts(**more))))


def test_the_front_is_as_good_only_where_every_shipped_design_is_matched() -> None:
    found = said(TABLES)["designs"]
    assert (
        "200 designs were tried. On fresh random numbers, 4 found and 1 shipped designs lie on the front"
        in found
    )
    assert "at least as good as 6 of the 8 shipped designs. It does not match: No grant." in found
    assert "Too close to call: Above benchmark only." in found
    every = said(changed("dominance", verdict="equalled or beaten"))["designs"]
    assert "at least as good as every one of the 8 shipped designs" in every
    assert "not match" not in every
    own = said(changed("dominance", verdict="equalled or beaten", by="grant_2013"))["designs"]
    assert "without a found one that is as good: 2013 rule." in own
    assert "failed and are not judged: No grant." in said(TABLES, search={"unknown": ["no_grant"]})["designs"]


def test_a_design_in_words_joins_equal_amounts_and_leaves_out_what_says_nothing() -> None:
    context = DecisionContext(decision_texts("en"), samples.facts())
    row: dict[str, Any] = {
        "job_0_12": 50_000.0, "job_12_24": 50_000.0, "job_24_36": 0.0, "education_share": 0.5,
        "danish_test": 35_000.0, "needs_group": 1.0, "sustained_months": 6, "window": "36",
        "minimum_hours": 25.0,
    }  # fmt: skip
    assert design_words(row, list(row), context) == (
        "DKK 50,000 for a job that begins in months 0 to 24; 50% of it for education; "
        "DKK 35,000 for the Danish test; job paid after 6 months; within 36 months of arrival; "
        "at least 25 hours a week"
    )
    nothing = row | {"job_0_12": 0.0, "job_12_24": 0.0, "danish_test": 0.0, "window": "introduction_period"}
    assert design_words(nothing, list(nothing), context).startswith("nothing for a job; within the intro")
    unknown = dict.fromkeys(row, float("nan"))
    assert design_words(unknown, list(row), context) == "as in its scenario file"


def test_the_front_is_numbered_by_cost_and_drawn_as_rising_steps() -> None:
    numbers = numbered(TABLES["designs"])
    assert numbers == {"no_grant": 1, "found_1": 2, "found_2": 3, "found_3": 4, "found_4": 5}
    context = DecisionContext(decision_texts("en"), samples.facts())
    drawn = front_figure(TABLES["designs"], None, context)
    assert drawn is not None
    line = next(trace for trace in drawn.figure.data if trace.line.shape == "hv")
    assert list(line.x) == [-3000.0, -1000.0, 100.0, 1600.0, 4800.0]
    assert list(line.y) == [-1.0, -0.7, -0.1, 0.4, 0.7]


def test_labels_keep_their_distance_order_and_place() -> None:
    assert spread_out([5.0, 1.0, 1.1], 1.0, 0.0, 10.0) == [5.0, 1.0, 2.0]
    assert spread_out([9.9, 9.8, 9.7], 1.0, 0.0, 10.0) == [10.0, 9.0, 8.0]
    assert ticks(405.9, 415.9) == [406.0, 408.0, 410.0, 412.0, 414.0]


@pytest.mark.parametrize(
    ("low", "high", "step"), [(300, 2300, 100), (0.55, 0.71, 0.01), (-0.04, 60, 1), (0.3, 60, 0.1)]
)
def test_rounding_keeps_a_clear_bound_clear(low: float, high: float, step: float) -> None:
    assert quantum(low, high) == pytest.approx(step)


@pytest.mark.parametrize(
    ("names", "figures"),
    [
        (("robustness",), 2),
        (("discovery_points",), 0),
        (("boxes", "box_limits", "discovery_points"), 1),
        (("thresholds",), 0),
        (("thresholds", "threshold_curves"), 2),
        (("information",), 1),
        (("designs",), 1),
    ],
)
def test_parts_without_a_table_are_left_out(names: tuple[str, ...], figures: int, tmp_path: Path) -> None:
    chosen = {name: TABLES[name] for name in names} | {"trials": pd.DataFrame()}
    facts = samples.facts(search=None, quick=True, failed=3)
    path = build_decision_page(chosen, facts, tmp_path / "page.html")
    html = path.read_text(encoding="utf-8")
    assert html.count("<figure ") == figures
    # The Danish terms stand on every page.
    assert html.count('<h2 class="part"') == 1 + (figures > 0) + (names != ("discovery_points",))
    assert "do not read the results" in html
    assert "3 of the 8,000 evaluations failed" in html


def test_a_box_of_one_limit_is_drawn_against_the_value() -> None:
    from ankomst.report.decision.figure_boxes import box_figures

    one = TABLES | {"box_limits": TABLES["box_limits"].iloc[:1]}
    context = DecisionContext(decision_texts("en"), samples.facts())
    (drawn,) = box_figures(one, context)
    assert drawn.title.endswith("net public cost: specialist help outside the period")
    frame = drawn.figure.layout.shapes[0]
    assert (frame.x0, frame.x1, frame.yref) == (0.68, 1.0, "paper")


def test_tables_read_from_files_say_the_same(tmp_path: Path) -> None:
    again = {}
    for name, table in TABLES.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        again[name] = pd.read_csv(tmp_path / f"{name}.csv")
    pages = [
        read(build_decision_page(tables, samples.facts(), tmp_path / "page.html"))
        for tables in (TABLES, again)
    ]
    assert pages[0] == pages[1]


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    with pytest.raises(ValueError, match="none of the tables robustness, boxes"):
        build_decision_page({}, samples.facts(), out)
    wrong = {"information": TABLES["information"].drop(columns=["evppi", "clear"])}
    with pytest.raises(ValueError, match=r"'information' lacks the column\(s\) evppi, clear"):
        build_decision_page(wrong, samples.facts(), out)
    points = TABLES | {"discovery_points": TABLES["discovery_points"].drop(columns=samples.EFFORT)}
    with pytest.raises(ValueError, match=r"'discovery_points' lacks the column.*effort_elasticity"):
        build_decision_page(points, samples.facts(), out)
    facts = samples.facts()
    del facts["national_inflow"]
    with pytest.raises(ValueError, match="lack national_inflow"):
        build_decision_page(TABLES, facts, out)


def test_both_languages_have_the_same_texts() -> None:
    english, danish = (
        {key: set(re.findall(r"{(\w+)}", text)) for key, text in decision_texts(lang).entries.items()}
        for lang in LANGUAGES
    )
    own = {key for key in english if key.startswith("decision.")}
    assert own == {key for key in danish if key.startswith("decision.")}
    assert {key: english[key] for key in own} == {key: danish[key] for key in own}
    assert all(decision_texts(lang).entries[key] for lang in LANGUAGES for key in own)
