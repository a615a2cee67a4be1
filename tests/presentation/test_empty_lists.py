"""Lists that may be empty or hold one entry: reports of every format without the part that would be empty."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import yaml
from tests.cli.support import ROOT, ankomst

from ankomst.report.batch.groups import group_rows
from ankomst.studies.decision.study import load_decision
from ankomst.studies.sensitivity.study import load_sensitivity

if TYPE_CHECKING:
    from collections.abc import Mapping

FAULT = ROOT / "tests" / "data" / "faults" / "exp_no_groups.yaml"
SMALL = {
    "newcomers_per_year": 24,
    "replicates": 2,
    "set": {"population.arrival_years": 1, "horizon.follow_up_months": 12},
}
VARIANTS: dict[str, tuple[Mapping[str, Any], set[str]]] = {
    # What is changed in the file of the fault, and the parts that the page must not have.
    "no groups": ({}, {"groups"}),
    "crossed groups only": ({"groups": [["origin", "sex"]]}, {"groups"}),
    "one outcome, no month": (
        {"outcomes": ["test_pass_rate"], "months": [], "deadweight": False, "groups": ["sex"]},
        {"groups"},
    ),
    "the baseline alone": (
        {"scenarios": ["three_year"], "months": [1]},
        {"groups", "front", "differences", "pays", "places", "drives"},
    ),
    "no grants": (
        {"scenarios": ["one_year+no_grant"], "baseline": "three_year+no_grant", "outcomes": ["net_cost"]},
        {"groups"},
    ),
}


@pytest.mark.compiled
@pytest.mark.parametrize("name", VARIANTS)
def test_a_batch_with_empty_lists_is_reported_in_every_format(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    more, gone = VARIANTS[name]
    document = {**yaml.safe_load(FAULT.read_text(encoding="utf-8")), **SMALL, **more}
    Path("mine.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    for command in (
        ("batch", "mine.yaml", "--out", "g", "--workers", "1"),
        ("compare", "g"),
        ("report", "g", "--format", "html,pptx,xlsx,csv", "--lang", "en"),
    ):
        answer = ankomst(*command)
        assert answer.exit_code == 0, answer.output
        assert "error" not in answer.stderr
    made = {path.name for path in Path("g/report").iterdir()}
    assert {"report.html", "report.pptx", "report.xlsx", "figures"} <= made
    page = Path("g/report/report.html").read_text(encoding="utf-8")
    parts = re.split(r'<h2 class="part" id="part-', page)[1:]
    names = {part.partition('"')[0] for part in parts}
    assert not names & gone
    assert "employment" in names
    for part in parts:  # a heading with nothing below it would be the empty part
        assert re.search(r"<figure|<table|<li|<p", part.partition("</h2>")[2])
    assert not re.search(r">\s*nan\s*<", page)


def test_rows_of_groups_keep_their_columns_where_there_are_none() -> None:

    table = pd.DataFrame(
        {
            "scenario": ["a"],
            "outcome": ["net_cost"],
            "payer": ["both"],
            "dimension": ["all"],
            "group": ["all"],
        }
    )
    assert list(group_rows(table).columns) == list(table.columns)
    assert len(group_rows(table)) == 0


PAIRED = """\
baseline: three_year
scenarios: [one_year]
outcomes: [net_cost.both@12]
newcomers_per_year: 24
set: {horizon.follow_up_months: 12, population.arrival_years: 1}
"""
PRIOR = "{from: prior, number: 12, parameters: [danish.drop_out, job_finding.b_age]}"


def test_parts_of_a_decision_without_an_entry_count_as_left_out(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    empty = f"discovery: {{draws: {PRIOR}, questions: []}}\nsolve: {{searches: []}}\n"
    path.write_text(f"kind: decision\n{PAIRED}draws: {PRIOR}\n{empty}", encoding="utf-8")
    study = load_decision(path)
    assert (study.file.discovery, study.discovery, study.file.solve, study.solve) == (None,) * 4
    path.write_text(f"kind: decision\n{PAIRED}{empty}", encoding="utf-8")
    with pytest.raises(Exception, match="names nothing to do"):
        load_decision(path)


@pytest.mark.compiled
@pytest.mark.parametrize("methods", ["[]", "[rbd_fast]"])  # RBD-FAST is not for draws of this kind
def test_draws_without_a_method_are_shown_without_indices(
    methods: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    given = f"given: {{draws: {PRIOR}, replicates: 1, methods: {methods}}}\n"
    factors = "factors: {parameters: [danish.drop_out, job_finding.b_age]}\n"
    Path("mine.yaml").write_text(f"kind: sensitivity\n{PAIRED}{factors}{given}", encoding="utf-8")
    answer = ankomst("sensitivity", "mine.yaml", "--out", "s", "--workers", "1", "--lang", "en")
    assert answer.exit_code == 0, answer.output
    tables = {path.stem for path in Path("s/tables").glob("*.csv")}
    assert "tornado" in tables
    assert "given_data" not in tables
    answer = ankomst("report", "s", "--format", "html,pptx,xlsx,csv", "--lang", "en")
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize(
    ("load", "text", "said"),
    [
        (load_decision, "kind: decision\n{paired}draws: point\n", "robustness over 1 draw says nothing"),
        (
            load_decision,
            "kind: decision\n{paired}draws: {prior}\ninformation: {{cost: net_cost.both@12}}\n",
            "the value of information over 12 draws says nothing; allowed: 30 or more draws",
        ),
        (
            load_sensitivity,
            "kind: sensitivity\n{paired}given: {{draws: {{from: prior, number: 3}}}}\n",
            "given.draws are too few: 3; allowed: 10 or more draws",
        ),
    ],
)
def test_too_few_draws_are_refused_before_they_are_run(
    load: Any,  # noqa: ANN401 - one of two loaders
    text: str,
    said: str,
    tmp_path: Path,
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text.format(paired=PAIRED, prior=PRIOR), encoding="utf-8")
    with pytest.raises(Exception, match=re.escape(said)):
        load(path)


@pytest.mark.compiled
def test_the_fault_that_was_handed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(FAULT, tmp_path / "exp_no_groups.yaml")
    monkeypatch.chdir(tmp_path)
    for command in (("batch", "exp_no_groups.yaml", "--out", "g"), ("report", "g", "--lang", "en")):
        answer = ankomst(*command)
        assert answer.exit_code == 0, answer.output
