"""All problems of a scenario file are told at once, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankomst.errors import MOST_TOLD, ExperimentError, Problems, ScenarioError
from ankomst.policy.scenario import build_scenario, load_scenario

FAULTS = Path(__file__).resolve().parents[1] / "data" / "faults"
MISTAKES: tuple[tuple[str, tuple[tuple[int, str], ...]], ...] = (
    ("title: 5", ((0, "title must be text, not 5"),)),
    ("dates: 2013-07-01", ((0, "the key 'dates' is not known"),)),
    ("danish: {class_hours: 50, right_month: 3}", (
        (0, "danish.class_hours is 50, which is out of range"),
        (0, "the key 'right_month' is not known in danish"),
    )),
    ("introduction_period:\n  base_months: 48\n  max_months: 36\n  extension: need_test", (
        (2, "introduction_period.max_months is 36, which is below base_months 48"),
        (3, "introduction_period.extension must be one of the allowed words, not the text 'need_test'"),
    )),
    ("benefits:\n  refund: {active: 0,5, passive: 30}\n  level: 5", (
        (1, "benefits.refund.active is 0,5, where a comma begins the next entry; decimal comma? write 0.5"),
        (1, "benefits.refund.passive is 30, which is out of range"),
        (2, "benefits.level is 5, which is out of range"),
    )),
    ("result_grants:\n  - {outcome: job, schedule: {0-12: 60000,5, 12-24: 46.881}}\n  - {outcome: x}", (
        (1, "result_grants[1].outcome must be one of the allowed words, not the text 'job'"),
        (1, "result_grants[1].schedule.0-12 is 60000,5, where a comma begins the next entry"),
        (1, "result_grants[1].schedule.12-24 is 46.881 DKK: a dot is a decimal point"),
        (2, "result_grants[2] lacks the key 'schedule'"),
        (2, "result_grants[2].outcome must be one of the allowed words, not the text 'x'"),
    )),
    ("taxes: 5", ((0, "taxes must be a map, not 5"),)),
    ("population:\n  municipalities: none.csv\n  seed: -1", (
        (1, "population.municipalities 'none.csv' does not exist"),
        (2, "population.seed is -1, which is out of range"),
    )),
    ("governance: {advisory_team: true}\ngovernance:\n  peer_exchange: 3", (
        (1, "the key 'governance' stands twice"),
        (2, "governance.peer_exchange is 3, which is out of range"),
    )),
    ("parameters:\n  economy: {displacement: 0,3, displacment: 1}\n  job_find: {}", (
        (1, "parameters.economy.displacement is 0,3, where a comma begins the next entry"),
        (1, "parameters.economy.displacment is not a known parameter"),
        (2, "parameters.job_find has the unknown group 'job_find'"),
    )),
    ("horizon: {follow_up_months: 36.000}", (
        (0, "horizon.follow_up_months is 36.000 months: a dot is a decimal point"),
    )),
    ("national_demand: {2013-01-01: -50, 2014: 1}", (
        (0, "national_demand.2013-01-01 is -50, which is out of range"),
        (0, "national_demand.2014 must be a date"),
    )),
    ("placements: {first_offer_deadline_months: 2}", (
        (0, "placements.first_offer_deadline_months is 2, which lies before first_offer_month 4"),
    )),
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(MISTAKES), min_size=1, unique_by=lambda each: each[0]))
def test_every_mistake_is_told_with_its_line_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, mistakes: list[tuple[str, tuple[tuple[int, str], ...]]]
) -> None:
    path = tmp_path_factory.mktemp("scenario") / "mine.yaml"
    wanted: list[str] = []
    lines: list[str] = []
    for text, problems in mistakes:
        wanted += [f"mine.yaml, line {len(lines) + 1 + below}: {said}" for below, said in problems]
        lines += text.splitlines()
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    found = str(caught.value).splitlines()
    missing = [said for said in wanted if not any(said in line for line in found)]
    assert not missing
    assert len(found) == len(wanted) == len(caught.value.problems)
    numbers = [int(line.partition(", line ")[2].partition(":")[0]) for line in found]
    assert numbers == sorted(numbers)
    assert isinstance(caught.value, ScenarioError)
    assert caught.value.what == caught.value.problems[0].what


def test_a_file_without_mistakes_has_no_problems(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("danish: {class_hours: 12.5}\n", encoding="utf-8")
    assert load_scenario(tmp_path / "mine.yaml").danish.class_hours == 12.5


def test_files_that_are_extended_or_composed_tell_theirs_too(tmp_path: Path) -> None:
    (tmp_path / "child.yaml").write_text(
        "extends: [parent.yaml, nothing.yaml]\ntaxes: {in_work_credit: -5}\n"
        "introduction_period: {max_months: 24}\n",
        encoding="utf-8",
    )
    (tmp_path / "parent.yaml").write_text("danish: {regional: 3}\ndanish: {}\n", encoding="utf-8")
    (tmp_path / "other.yaml").write_text("taxes: {in_work_credit: 10}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(f"{tmp_path / 'child.yaml'}+other", {"danish.regional": 4, "benefits.level": 9, "x": 1})
    found = [(problem.where.rpartition("/")[2], problem.what) for problem in caught.value.problems]
    # What the missing file may hold is not guessed at: 24 months may well fit what it sets.
    assert found == [
        ("parent.yaml, line 2", "the key 'danish' stands twice (first in line 1)"),
        ("child.yaml, line 1", "extends 'nothing.yaml' does not exist"),
        ("other.yaml, line 1", ("taxes.in_work_credit is set to 10 here but to -5 in "
         f"{tmp_path / 'child.yaml'}, line 2")),
        ("override 'danish.regional'", "danish.regional is 4, which is out of range"),
        ("override 'benefits.level'", "benefits.level is 9, which is out of range"),
        ("override 'x'", "the key 'x' is not known"),
    ]  # fmt: skip


def test_a_syntax_error_ends_the_reading_after_what_was_found_before_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("danish: {}\ndanish: {}\ntaxes: {in_work_credit: 5\nhorizon: {}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    first, second = caught.value.problems
    assert (first.what, second.what[:17]) == (
        "the key 'danish' stands twice (first in line 1)",
        "is not valid YAML",
    )


def test_a_key_that_is_left_out_is_called_so() -> None:
    with pytest.raises(ScenarioError) as caught:
        build_scenario({"introduction_period": {"base_months": 48}}, where="mine")
    assert str(caught.value) == (
        "mine: introduction_period.max_months (left out) is 36, which is below base_months 48; "
        "allowed: max_months of at least base_months"
    )


def test_what_a_misspelt_key_meant_is_not_held_against_the_usual_value() -> None:
    with pytest.raises(ScenarioError) as caught:
        build_scenario({"introduction_period": {"base_month": 12, "max_months": 24}})
    assert [problem.nearest for problem in caught.value.problems] == ["base_months"]


def test_titles_are_named_by_the_key_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FAULTS)
    with pytest.raises(ScenarioError) as caught:
        load_scenario("title_1001.yaml")
    assert str(caught.value) == (
        "title_1001.yaml, line 1: title is too long: 1,001 characters; "
        "allowed: text of at most 1,000 characters"
    )
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(f"title: {name * 900}\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text(
        "title_da: |\n  a\tb\x0b\nsource: [1]\n".replace("\x0b", ""), encoding="utf-8"
    )
    joined = load_scenario("a+b")
    assert (len(joined.title), joined.title[898:905], joined.title_da) == (1000, "aa + bb", joined.title)
    with pytest.raises(ScenarioError) as caught:
        load_scenario("a+c")
    assert [problem.where for problem in caught.value.problems] == ["c.yaml, line 1", "c.yaml, line 3"]


def test_very_many_problems_are_counted() -> None:
    data = {f"key_{k}": k for k in range(300)}
    with pytest.raises(ScenarioError) as caught:
        build_scenario(data)
    assert len(caught.value.problems) == MOST_TOLD + 1
    assert caught.value.problems[-1].what == f"and {300 - MOST_TOLD} more problems"


def test_problems_are_kept_once_and_in_order() -> None:
    problems = Problems()
    for where, what in (("b, line 9", "x"), ("a, line 2", "y"), ("b, line 3", "z"), ("b, line 9", "x")):
        problems.add(ExperimentError(what, where=where))
    with problems.kept():
        raise ExperimentError("first", where="a, line 1", others=[ExperimentError("last", where="c")])
    assert [str(each) for each in problems.found] == [
        "b, line 3: z", "b, line 9: x", "a, line 1: first", "a, line 2: y", "c: last",
    ]  # fmt: skip
    assert problems.stopped
    with pytest.raises(ExperimentError, match="b, line 3: z\nb, line 9: x"):
        problems.settle()
    Problems().settle()
