"""All problems of an experiment file of any kind, and of a file of targets, are told at once."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.studies.support import ROOT

from ankomst.errors import AnkomstError, ExperimentError
from ankomst.studies.calibration.study import load_calibration
from ankomst.studies.calibration.targets import read_targets
from ankomst.studies.decision.study import load_decision
from ankomst.studies.schema.experiment import load_experiment
from ankomst.studies.schema.study import load_study
from ankomst.studies.sensitivity.study import load_sensitivity
from ankomst.studies.validation.study import load_validation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BATCH = """\
kind: batch
titel: misspelt
baseline: three_yeer
scenarios:
  mine: {scenario: one_year, set: {danish.right_month: 3}}
  other: {scenario: one_yaer}
set: {benefits.level: 9}
outcomes: [employment_rate, net_cst, months_employd]
level: 95
months: [12, 0, 12]
groups: [sex, gender]
draws: {from: prior, number: 5, parameters: [danis.*, job_findin.*]}
level: 0.9
"""
BATCH_SAID = """\
line 2: the key 'titel' is not known
line 3: the baseline 'three_yeer' cannot be used: there is no scenario file 'three_yeer'
line 5: the key 'right_month' is not known in danish (set in the scenario mine)
line 6: there is no scenario file 'one_yaer'
line 7: benefits.level is 9, which is out of range (set in the scenario mine)
line 8: outcomes holds the text 'net_cst'
line 8: outcomes holds the text 'months_employd'
line 9: level is 95, which is out of range
line 10: months is 0, which is out of range
line 10: months names 12 twice
line 11: groups holds the text 'gender'
line 12: draws.parameters: 'danis.*' matches no parameter
line 12: draws.parameters: 'job_findin.*' matches no parameter
line 13: the key 'level' stands twice (first in line 9)
"""
LATE = """\
kind: batch
baseline: three_year
scenarios: {long: {scenario: one_year, set: {horizon.follow_up_months: 120}}}
months: [12, 130, 140]
outcomes: [employment_rate]
replicates: 50
precision: {outcome: net_cost, half_width: 500, scenario: lng, months: 48, at_most: 20}
seed: -1
"""
LATE_SAID = """\
line 4: months holds 130, which lies beyond the follow-up
line 4: months holds 140, which lies beyond the follow-up
line 7: precision.outcome is net_cost, which is not among the outcomes
line 7: precision.scenario 'lng' is no scenario of the experiment
line 7: precision.months is 48, at which outcomes are not kept
line 7: precision.at_most is 20, fewer than the first 50 replicates
line 8: seed is -1, which is out of range
"""
SENSITIVITY = """\
kind: sensitivity
baseline: three_year
scenarios: [one_year, one_yeer]
outcomes: [employment_rat@36, net_cost.all@12, employment_rate@200]
factors:
  parameters: [danish.*, danis.*]
  leave_out: [nothing.*]
  ranges: {danish.drop_out: [0,1, 0,9], danish.nonsense: [0, 1]}
morris: {trajectories: 2, levels: 3}
sobol: {rows: 100, most: 3, parameters: [a]}
given: {draws: {from: prior}, batch: some}
"""
SENSITIVITY_SAID = """\
line 3: there is no scenario file 'one_yeer'
line 4: outcomes names the outcome employment_rat
line 4: outcomes names the payer all
line 8: factors.ranges.danish.drop_out holds a list (decimal comma? write [0.1, 0.9])
line 9: morris.trajectories is 2, which is out of range
line 9: morris.levels is 3; allowed: an even number
line 10: sobol.rows is 100, no power of two
line 10: sobol.most stands beside parameters
line 11: given.draws lacks the key 'number'
"""
FACTORS = """\
kind: sensitivity
baseline: three_year
set: {horizon.follow_up_months: 24}
outcomes: [employment_rate@36, net_cost@48]
factors: {parameters: [danis.*], leave_out: [nothing.*], ranges: {danish.nonsense: [0, 1]}}
given:
  draws: {from: prior, number: 30, parameters: [sepration.*]}
"""
FACTORS_SAID = """\
line 4: employment_rate@36 lies beyond the follow-up
line 4: net_cost.both@48 lies beyond the follow-up
line 5: factors.parameters: 'danis.*' matches no parameter
line 5: factors.leave_out: 'nothing.*' matches no parameter
line 5: factors.ranges.danish.nonsense: 'danish.nonsense' matches no parameter
line 7: given.draws.parameters: 'sepration.*' matches no parameter
"""
DECISION = """\
kind: decision
baseline: three_year
scenarios: [one_year]
outcomes: [net_cost.both@120]
satisfied: {net_cost.state@120: 0}
draws: {from: prior, number: 5, parameters: [nothing.*]}
information:
  options: [two_year]
  groups: {help: [nothing.*]}
discovery:
  draws: {from: prior, number: 50, parameters: [nothing_else.*]}
  questions:
    - {name: a, scenario: on_year, outcome: net_cost.both@120, side: below, than: 5.000}
    - {name: a, scenario: one_year, outcome: net_cost.both@120, side: beside}
solve:
  searches:
    - {name: b, change: benefits.levle, low: 0.5, high: 1, scenario: one_year, outcome: net_cost.both@120}
    - {name: c, change: benefits.level, low: 1, high: 0.5, scenario: one_year, outcome: net_cost.both@120}
designs: {shipped: [grant_2031, no_grunt]}
"""
DECISION_SAID = """\
line 5: satisfied.net_cost.state@120 names net_cost.state@120
line 6: draws.parameters: 'nothing.*' matches no parameter
line 13: discovery.questions[1].than is 5.000 DKK or the unit of the outcome: a dot is a decimal point
line 14: discovery.questions[2].side must be one of the allowed words
line 18: solve.searches[2].low is 1, not below high
line 19: designs: there is no scenario file 'grant_2031'
line 19: designs: there is no scenario file 'no_grunt'
"""
NAMES = """\
kind: decision
baseline: three_year
scenarios: [one_year]
outcomes: [net_cost.both@120]
draws: {from: prior, number: 40, parameters: [job_finding.*]}
information: {options: [two_year], groups: {help: [nothing.*], more: [danish.*]}}
discovery:
  draws: {from: prior, number: 50, parameters: [danish.*]}
  questions: [{name: a, scenario: on_year, outcome: net_cost.both@130, side: below}]
  leave_out: [nothing.*]
solve:
  searches:
    - {name: b, change: benefits.levle, low: 0.5, high: 1, scenario: three_year, outcome: net_cost.both@120}
"""
NAMES_SAID = """\
line 6: information: the scenario two_year is none of the options
line 6: information.groups.help: 'nothing.*' matches no parameter
line 6: information: the draws vary nothing in more
line 9: discovery: the scenario on_year is none of the options
line 9: net_cost.both@130 lies beyond the follow-up
line 10: discovery.leave_out: 'nothing.*' matches no parameter
line 13: solve: benefits.levle cannot be 0.5: the key 'levle' is not known in benefits
line 13: solve: the scenario three_year is none of the options
"""
CALIBRATION = """\
kind: calibration
targets: some.yaml
baseline: three_yeer
free: [danis.*, job_finding.*]
members: 1.000
steps: 0
leave_out: [nothing]
"""
CALIBRATION_SAID = """\
line 2: the file of targets 'some.yaml' does not exist
line 3: baseline: there is no scenario file 'three_yeer'
line 4: free: 'danis.*' matches no parameter
line 5: members is 1.000 draws: a dot is a decimal point
line 6: steps is 0, which is out of range
"""
VALIDATION = """\
kind: validation
cases: [slagelsen, barometre]
draws: {from: prior, number: 5, parameters: [danis.*]}
residual: {from: 2009-01-01, fitted_to: men_2081, low: 9, high: 8}
levle: 0.9
"""
VALIDATION_SAID = """\
line 2: cases holds the text 'slagelsen'
line 2: cases holds the text 'barometre'
line 3: draws.parameters: 'danis.*' matches no parameter
line 4: residual.from is 2009-01-01, which is out of range
line 4: residual.fitted_to must be one of the allowed words
line 4: residual.low is 9, not below high
line 5: the key 'levle' is not known
"""
TARGETS = """\
title: T
targets:
  - {name: a, outcome: employment_rates, value: 0.3, sd: 0}
  - {name: b, outcome: employment_rate, value: [0,35], sd: 0.01, months: [12,36,60]}
  - {name: b, outcome: employment_rate, value: [0,35], sd: 0.01}
effects:
  - {name: e, outcome: employment_rate, valeu: 0, sd: 1, change: {benefits.level: 0.6}}
titel: T
"""
TARGETS_SAID = """\
line 3: targets[1].outcome must be one of the allowed words
line 3: targets[1].sd is 0, which is out of range
line 4: targets[2].value has 2 numbers for 3 months
line 5: targets[3].value has 2 numbers for 1 month (decimal comma? write 0.35)
line 7: the key 'valeu' is not known in effects[1]
line 8: the key 'titel' is not known
"""


@pytest.mark.parametrize(
    ("load", "text", "said"),
    [
        (load_experiment, BATCH, BATCH_SAID),
        (load_experiment, LATE, LATE_SAID),
        (load_sensitivity, SENSITIVITY, SENSITIVITY_SAID),
        (load_sensitivity, FACTORS, FACTORS_SAID),
        (load_decision, DECISION, DECISION_SAID),
        (load_decision, NAMES, NAMES_SAID),
        (load_calibration, CALIBRATION, CALIBRATION_SAID),
        (load_validation, VALIDATION, VALIDATION_SAID),
        (read_targets, TARGETS, TARGETS_SAID),
    ],
    ids=[
        "batch", "late", "sensitivity", "factors", "decision", "names", "calibration", "validation",
        "targets",
    ],
)  # fmt: skip
def test_every_problem_of_a_file_is_told_with_its_line(
    load: Callable[..., Any], text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")  # so that messages hold names, not folders
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExperimentError) as caught:
        load(path)
    found = str(caught.value).splitlines()
    wanted = [f"mine.yaml, {line}" for line in said.splitlines()]
    assert [line for line in wanted if not any(mine.startswith(line) for mine in found)] == []
    assert [mine for mine in found if not any(mine.startswith(line) for line in wanted)] == []
    assert len(found) == len(wanted)


SHIPPED: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("calibration_quick.yaml", load_calibration),
    ("decision_one_vs_three_years.yaml", load_decision),
    ("design_search.yaml", load_decision),
    ("quick.yaml", load_experiment),
    ("sensitivity_grants.yaml", load_sensitivity),
    ("validation.yaml", load_validation),
    ("targets/denmark_2013.yaml", read_targets),
)
JUNK = (
    None,
    True,
    -1,
    1e9,
    0.5,
    "x",
    "",
    [],
    {},
    [1, 2],
    [{}],
    {"a": {"b": []}},
    "0,5",
    "posterior",
    10**30,
    "\x07",
)


def places(data: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every value in a file."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(SHIPPED), st.integers(0, 10**6), st.lists(st.sampled_from(JUNK), min_size=1, max_size=3)
)
def test_shipped_files_with_junk_raise_our_errors_only(
    tmp_path_factory: pytest.TempPathFactory,
    shipped: tuple[str, Callable[..., Any]],
    place: int,
    junk: list[object],
) -> None:
    name, load = shipped
    data = yaml.safe_load((ROOT / "experiments" / name).read_text(encoding="utf-8"))
    for value in junk:
        found = list(places(data))
        *above, key = found[place % len(found)]
        section = data
        for part in above:
            section = section[part]
        section[key] = copy.deepcopy(value)
        place //= 2
    folder = tmp_path_factory.mktemp("files")
    (folder / "targets").symlink_to(ROOT / "experiments" / "targets")
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    try:
        load(path)
    except AnkomstError as error:
        for problem in error.problems:
            assert problem.where
            assert "\n" not in str(problem)


@pytest.mark.parametrize("name", [name for name, _ in SHIPPED if "/" not in name])
def test_the_kind_of_a_study_is_known_from_its_file(name: str) -> None:
    found = load_study(name, seed=7)
    load = dict(SHIPPED)[name]
    assert type(found) is type(load(name))
    assert "    overrides : mapping, optional\n" in (load.__doc__ or "")
    assert found.name == name.removesuffix(".yaml")
    assert getattr(found, "file", found).seed == 7
    assert found.document["seed"] == 7


DECIDED = """kind: decision
baseline: three_year
scenarios: [one_year]
outcomes: [net_cost@120]
draws: {from: posterior, number: 40}
"""


def test_a_file_of_no_kind_is_told_so_and_quick_needs_its_section(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("kind: sensitivty\n", encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"line 1: kind .*did you mean 'sensitivity'"):
        load_study(path)
    with pytest.raises(ExperimentError, match="--quick needs the section quick in the file"):
        load_study("validation", quick=True)
    path.write_text(f"{DECIDED}quick: 5\n", encoding="utf-8")
    with pytest.raises(ExperimentError) as caught:
        load_study(path, quick=True)
    assert [problem.what for problem in caught.value.problems] == ["quick must be a map, not 5"]
    quick = load_study("decision_one_vs_three_years", quick=True)
    assert quick.quick
    assert len(quick.draws.values) == 60
    with pytest.raises(ExperimentError, match="override members: the key 'members' is not known"):
        load_study("validation", members=30)


def test_effects_that_no_scenario_knows_are_told_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        "effects:\n"
        "  - {name: a, change: {benefits.levle: 1}, outcome: employment_rate, value: 0, sd: 1}\n"
        "  - {name: b, change: {benefits.level: 9}, outcome: employment_rate, value: 0, sd: 1, months: 200}"
        "\n",
        encoding="utf-8",
    )
    path = tmp_path / "mine.yaml"
    path.write_text("kind: calibration\ntargets: t.yaml\n", encoding="utf-8")
    with pytest.raises(ExperimentError) as caught:
        load_calibration(path)
    assert [(problem.where.rpartition("/")[2], problem.what) for problem in caught.value.problems] == [
        ("t.yaml, line 2", "effect a: the key 'levle' is not known in benefits"),
        ("t.yaml, line 3", "b needs a follow-up of 200 months"),
        ("t.yaml, line 3", "effect b: benefits.level is 9, which is out of range"),
    ]


def test_overrides_and_options_are_told_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "kind: batch\nbaseline: three_year\nscenarios: [one_year]\ndraws: point\nlevel: 2\n", "utf-8"
    )
    overrides = {"draws.number": 4, "months": [0], "danish.right_month": 3}
    with pytest.raises(ExperimentError) as caught:
        load_experiment(path, overrides, seed=-1)
    assert [(problem.where.rpartition("/")[2], problem.what) for problem in caught.value.problems] == [
        ("override 'draws.number'", "draws is 'point' in the file and has no keys of its own"),
        ("override seed", "seed is -1, which is out of range"),
        ("mine.yaml, line 5", "level is 2, which is out of range"),
        ("override 'months'", "months is 0, which is out of range"),
        (
            "override 'danish.right_month'",
            "the key 'right_month' is not known in danish",
        ),
    ]
