"""The story of a batch: figures hold the numbers of its tables, sentences no more than these allow."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.presentation import batch_samples as samples

from ankomst.errors import OutputError
from ankomst.report.batch.context import chosen
from ankomst.report.batch.front import front_rows
from ankomst.report.batch.outline import read_outline
from ankomst.report.batch.payers import steps
from ankomst.report.batch.states import months_shown
from ankomst.report.batch.story import batch_stories
from ankomst.report.chart.figure_data import chart_of, data_of
from ankomst.report.document.annex import all_parameters, annex, completed
from ankomst.report.document.story_page import write_story
from ankomst.report.document.texts import load_texts
from ankomst.simulation.codes import STATUSES
from ankomst.studies.batch.curves import STATE_GROUPS, grants_by_month, state_levels
from ankomst.studies.batch.flows import flows
from ankomst.studies.batch.study import Batch

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.report.document.story import Story

pytestmark = pytest.mark.compiled
FIGURES = [
    *("employment", "work", "cost", "more", "groups", "payers-1", "years-1", "payers-2", "years-2", "front"),
    *("flows-1", "flows-2", "grants", "places", "places_ordered"),
]


@pytest.fixture(scope="module")
def point(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples.run(tmp_path_factory.mktemp("point"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    draws = {"from": "posterior", "number": 4}
    others = ("one_year+grant_2013",)
    return samples.run(tmp_path_factory.mktemp("drawn"), others=others, draws=draws, replicates=2, people=40)


@pytest.fixture(scope="module")
def stories(point: Path) -> dict[str, Story]:
    return {story.lang: story for story in batch_stories(point, ["en", "da"])}


@pytest.fixture(scope="module")
def story(stories: dict[str, Story]) -> Story:
    return stories["en"]


def sheet(story: Story, name: str) -> pd.DataFrame:
    return next(table.frame for table in story.sheets if table.name == name)


# -- what is there -----------------------------------------------------------------------------------


def test_every_figure_has_a_title_words_n_an_interval_and_data_in_both_languages(
    stories: dict[str, Story],
) -> None:
    for story in stories.values():
        assert [item.name for item in story.figures] == FIGURES
        for item in story.figures:
            assert item.title
            assert item.lead
            assert "n = " in item.footer
            assert re.search(r"[Ii]nterval", item.footer)
            assert item.data is not None
            assert len(item.data) > 0
            assert chart_of(item) is not None


def test_the_two_languages_hold_the_same_numbers(stories: dict[str, Story]) -> None:
    english, danish = stories["en"], stories["da"]
    for a, b in zip(english.figures, danish.figures, strict=True):
        left, right = (data_of(item).select_dtypes("number") for item in (a, b))
        pd.testing.assert_frame_equal(left, right)
        assert a.title != b.title
    assert len(english.summary) == len(danish.summary)


def test_the_page_is_whole_and_escapes_what_comes_from_files(story: Story, tmp_path: Path) -> None:
    whole = completed(story, "now")
    page = write_story(whole, tmp_path / "report.html", annex(whole))
    text = page.read_text(encoding="utf-8")
    assert 'Sample &lt;b&gt; &amp; "quotes"' in text or "Sample &lt;b&gt; &amp; &quot;quotes&quot;" in text
    assert "<b> &" not in text
    assert text.count("<figure ") == len(FIGURES)
    assert page.stat().st_size < 6_000_000
    assert "http://" not in text.split("</script>")[-2][-20_000:]
    for name in all_parameters("en")["name"]:
        assert name in text


# -- numbers -----------------------------------------------------------------------------------------


def test_the_steps_of_each_payer_add_up_to_its_net_cost(story: Story) -> None:
    accounts = sheet(story, "accounts")
    for scenario in samples.OTHERS:
        rows = steps(accounts, scenario)
        for payer, mine in rows.groupby("payer"):
            net = float(mine.loc[mine["group"] == "net_cost", "estimate"].iloc[0])
            parts = float(mine.loc[mine["group"] != "net_cost", "estimate"].sum())
            # Groups below half a krone are left out.
            assert parts == pytest.approx(net, abs=4.5), (scenario, payer)


def test_transfers_between_the_authorities_cancel_in_both_together(story: Story) -> None:
    rows = steps(sheet(story, "accounts"), "one_year+grant_by_speed").set_index(["payer", "group"])[
        "estimate"
    ]
    for group in ("grants", "refunds"):
        assert rows["municipality", group] == pytest.approx(-rows["state", group], rel=1e-9)
        assert ("both", group) not in rows.index


def test_flows_are_the_run_of_the_batch_itself(point: Path) -> None:
    with Batch(point) as batch:
        months = [1, 12, 36]
        table = flows(batch.experiment, samples.BASELINE, months)
        kept = batch.values(samples.BASELINE, "state")[0, 0]
        states = batch.layout.families["state"].labels[0]
        shares = state_levels(batch, [samples.BASELINE], months)
    for side, month in (("from", 1), ("to", 12), ("to", 36)):
        mine = table[table[f"{side}_months"] == month].groupby(f"{side}_state")["share"].sum()
        for group, names in STATE_GROUPS.items():
            stored = sum(kept[states.index(name), month - 1] for name in names if name in states)
            assert mine.get(group, 0.0) == pytest.approx(stored, abs=1e-12), (group, month)
    assert shares.groupby("months")["estimate"].sum().to_numpy() == pytest.approx(np.ones(3))


def test_every_status_is_in_one_group() -> None:
    listed = [name for names in STATE_GROUPS.values() for name in names]
    assert len(listed) == len(set(listed))
    assert set(STATUSES) - set(listed) == {"completed"}


def test_deadweight_by_month_is_never_more_than_what_is_paid(point: Path) -> None:
    with Batch(point) as batch:
        table = grants_by_month(batch, batch.scenarios)
    both = table.pivot_table(index=["scenario", "months"], columns="part", values="estimate", dropna=False)
    known = both.dropna()
    assert (known["deadweight"] <= known["paid"] + 1e-9).all()
    unknown = both.loc["three_year+grant_above_benchmark"]
    assert unknown["deadweight"].isna().all()
    assert unknown["paid"].sum() > 0


def test_nothing_on_the_front_is_beaten_and_all_else_is() -> None:
    names = ["a", "b", "c", "d"]
    work, cost = [1.0, 2.0, 1.5, 0.5], [10.0, 20.0, 25.0, 10.0]
    rows = []
    for name, months, money in zip(names, work, cost, strict=True):
        shared = {"scenario": name, "baseline": "base", "dimension": "all", "n": 5}
        rows += [
            {
                **shared,
                "outcome": outcome,
                "payer": payer,
                "estimate": value,
                "low": value - 1,
                "high": value + 1,
            }
            for outcome, payer, value in (("months_employed", "", months), ("net_cost", "both", money))
        ]
    regret = pd.DataFrame(
        {"scenario": ["base", *names], "criterion": "net_social_benefit", "mean_regret": [1.0, 2, 3, 4, 5]}
    )
    found = front_rows(pd.DataFrame(rows), regret).set_index("scenario")["on_front"]
    assert found.to_dict() == {"base": True, "a": True, "b": True, "c": False, "d": False}


def test_figures_show_the_very_numbers_of_the_tables(story: Story) -> None:
    cost = next(item for item in story.figures if item.name == "cost")
    table = sheet(story, "differences")
    table = table[(table["dimension"] == "all") & (table["outcome"] == "net_cost")]
    wanted = {(row.scenario, row.payer): row.estimate / 1000 for row in table.itertuples()}
    assert cost.data is not None
    shown = {(row.scenario, row.payer): row.estimate for row in cost.data.itertuples()}
    assert shown == pytest.approx(wanted)
    chart = chart_of(cost)
    assert chart is not None
    assert [len(panel.series[0].values) for panel in chart.panels] == [3, 3, 3]


# -- words -------------------------------------------------------------------------------------------


def test_sentences_claim_nothing_that_the_interval_does_not_allow(story: Story) -> None:
    table = sheet(story, "differences")
    rows = table[(table["dimension"] == "all") & (table["outcome"] == "months_employed")]
    for row in rows.itertuples():
        title = next(said for said in story.summary if said.startswith(_title(story, row.scenario)))
        clear = row.low > 0 or row.high < 0
        if row.verdict == "no difference":
            assert "No difference in months in work" in title
        else:
            assert ("more months" in title or "fewer months" in title) == clear


def _title(story: Story, scenario: str) -> str:
    changes = sheet(story, "changes")
    assert scenario in set(changes["scenario"])
    known = {
        "three_year+no_grant": "Three-year introduction period + No result grants",
        "one_year+grant_by_speed": "One-year introduction period + Result grants that fall",
        "three_year+grant_above_benchmark": "Three-year introduction period + Result grants for results",
    }
    return known[scenario]


def test_draws_change_what_the_intervals_are_said_to_mean(drawn: Path, story: Story) -> None:
    (other,) = batch_stories(drawn, ["en"])
    assert "Monte-Carlo error" in story.figures[1].footer
    assert "uncertainty of the parameters" in other.figures[1].footer
    assert "4 draws of the posterior" in other.facts
    assert any("variance of a single paired difference" in text for text in _drives(other))
    assert any("cannot say what drives" in text for text in _drives(story))


def _drives(story: Story) -> list[str]:
    section = next(part for part in story.sections if part.name == "drives")
    return re.findall(r"<li>(.*?)</li>", section.above)


def test_too_few_draws_say_nothing_of_groups(drawn: Path, story: Story) -> None:
    (other,) = batch_stories(drawn, ["en"])
    for said in (story, other):
        text = " ".join([*said.summary, said.head, said.box, said.end])
        assert "95% interval" in text
        assert "No single group" not in text
        assert "months in work fall most for" not in text
    assert set(sheet(story, "differences")["verdict"]) <= {"simulation noise only", "no difference"}
    assert set(sheet(other, "differences")["verdict"]) <= {"too few draws", "no difference"}


def test_assumed_parameters_are_marked_in_the_annex(story: Story) -> None:
    frame = all_parameters("en")
    page = annex(completed(story, "now"))
    assert frame["assumed"].sum() == page.count('class="assumed"')
    assert set(frame.loc[frame["assumed"], "grade"]) == {"assumption"}


# -- what is asked for -------------------------------------------------------------------------------


def test_scenarios_can_be_chosen_and_an_unknown_one_is_refused(point: Path) -> None:
    (story,) = batch_stories(point, ["en"], scenarios=["three_year+no_grant"])
    employment = story.figures[0].data
    assert employment is not None
    assert set(employment["scenario"]) == {samples.BASELINE, "three_year+no_grant"}
    with pytest.raises(OutputError, match=r"'three_year\+no_grants'.*did you mean 'three_year\+no_grant'"):
        batch_stories(point, ["en"], scenarios=["three_year+no_grants"])


def test_many_scenarios_are_cut_to_the_best_by_each_criterion() -> None:
    names = [f"s{k}" for k in range(9)]
    facts = {"baseline": "s0", "scenario_titles": dict.fromkeys(names, ("", "", ""))}
    ranking = pd.DataFrame(
        {
            "scenario": [*names, *names[::-1]],
            "criterion": ["months_employed"] * 9 + ["net_cost"] * 9,
            "payer": [""] * 9 + ["both"] * 9,
            "rank": [*range(1, 10), *range(1, 10)],
        }
    )
    assert chosen(facts, ranking, ()) == ["s0", "s8", "s1", "s7", "s2", "s6"]
    assert chosen(facts, None, ("s3", "s3")) == ["s0", "s3"]


@pytest.mark.parametrize(("follow_up", "months"), [(120, [1, 12, 36, 60, 120]), (30, [1, 12, 30]), (1, [1])])
def test_flows_end_with_the_follow_up(follow_up: int, months: list[int]) -> None:
    assert months_shown(follow_up) == months


def test_an_outline_is_drawn_and_a_broken_one_refused(point: Path, tmp_path: Path) -> None:
    ring = [[8.0, 55.0], [12.0, 55.0], [12.0, 57.0], [8.0, 55.0]]
    good = tmp_path / "good.geojson"
    shape = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}
    good.write_text(json.dumps({"type": "FeatureCollection", "features": [shape]}), encoding="utf-8")
    (with_it,) = batch_stories(point, ["en"], outline=good)
    (without,) = batch_stories(point, ["en"])
    count = [
        len(next(item for item in story.figures if item.name == "places").figure.data)
        for story in (with_it, without)
    ]
    assert count[0] == count[1] + 4
    for k, text in enumerate(
        ("", "{", "[]", '{"type": "FeatureCollection"}', '{"type": "Point", "coordinates": [1, 2]}',
         '{"type": "Polygon", "coordinates": [[["x", 1]]]}',
         '{"type": "Polygon", "coordinates": [[[600000, 6000000]]]}')
    ):  # fmt: skip
        broken = tmp_path / f"{k}.geojson"
        broken.write_text(text, encoding="utf-8")
        with pytest.raises(OutputError, match="outline"):
            read_outline(broken)
    with pytest.raises(OutputError, match=r"missing\.geojson: the file does not exist"):
        read_outline(tmp_path / "missing.geojson")


def test_one_scenario_alone_has_levels_and_flows_but_no_differences(tmp_path: Path) -> None:
    place = samples.run(tmp_path, others=(samples.BASELINE,), replicates=2, people=30)
    (story,) = batch_stories(place, ["da"])
    assert [item.name for item in story.figures] == ["employment", "flows-1", "grants"]
    assert story.summary == ()


def test_changes_that_are_not_committed_are_said_under_every_figure(point: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(point, copy)
    for dirty in (True, False):
        manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
        manifest["git"] = {"commit": "0123456789abcdef0123", "dirty": dirty}
        (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (story,) = batch_stories(copy, ["en"])
        assert "0123456789ab" in story.source
        assert ("changes" in story.source) == dirty
        assert story.made == manifest["end"]


def test_any_outcomes_can_be_compared(tmp_path: Path) -> None:
    outcomes = ["weeks_to_first_job", "hours_worked", "job_duration", "placement_rate", "test_pass_rate"]
    more = {"outcomes": outcomes}
    place = samples.run(tmp_path, others=samples.OTHERS[:1], replicates=3, people=30, more=more)
    (story,) = batch_stories(place, ["da"])
    names = [item.name for item in story.figures]
    assert names[:4] == ["employment", "work", "more", "more-2"]
    assert "front" not in names
    chart = chart_of(story.figures[2])
    assert chart is not None
    assert [panel.unit for panel in chart.panels] == [
        "Forskel, timer pr. nyankommen", "Forskel, uger", "Forskel, procentpoint"
    ]  # fmt: skip
    assert all("_" not in panel.title for panel in chart.panels)
    more = chart_of(story.figures[3])
    assert more is not None
    assert [panel.unit for panel in more.panels] == ["Forskel, måneder pr. nyankommen"]


def test_more_scenarios_than_a_figure_holds_are_refused(point: Path) -> None:
    with pytest.raises(OutputError, match="too many for one figure"):
        batch_stories(point, ["en"], scenarios=[f"s{k}" for k in range(7)])


def test_a_damaged_batch_is_refused_in_one_sentence(point: Path, tmp_path: Path) -> None:
    for name, spoil in (
        ("part", lambda path: next((path / "runs").glob("*.parquet")).write_bytes(b"x")),
        ("manifest", lambda path: (path / "manifest.json").write_text("{", encoding="utf-8")),
        ("ledger", lambda path: (path / "ledger.sqlite").write_bytes(b"SQLite format 3\x00" + b"x" * 90)),
    ):
        copy = tmp_path / name
        shutil.copytree(point, copy)
        spoil(copy)
        with pytest.raises(OutputError) as caught:
            batch_stories(copy, ["en"])
        assert "\n" not in str(caught.value)


def test_both_languages_of_the_report_have_the_same_keys_and_values() -> None:
    english, danish = load_texts("en", "report"), load_texts("da", "report")
    assert english.entries.keys() == danish.entries.keys()
    for key, text in english.entries.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", danish.entries[key])), key
