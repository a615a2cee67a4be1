"""Scenarios without the same simulated people are not compared, whichever way they are asked for."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.support import fails
from tests.studies.support import ROOT, SMALL_TABLE, scenario

import ankomst
from ankomst.errors import AnkomstError, ExperimentError, RunError
from ankomst.explorer import upload
from ankomst.explorer.answer import Answers
from ankomst.explorer.state import State
from ankomst.policy.scenario import reference_policy
from ankomst.studies.batch.decomposition import decompose
from ankomst.studies.batch.scenario_runs import run_scenarios
from ankomst.studies.calibration.targets import read_targets
from ankomst.studies.decision.study import load_decision
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.metrics import paired_measures
from ankomst.studies.metrics.metric import parse
from ankomst.studies.metrics.paired_measures import PairedMeasures
from ankomst.studies.schema.experiment import load_experiment
from ankomst.studies.sensitivity.study import load_sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SAID = "not have the same simulated people as"
OTHERS: dict[str, dict[str, Any]] = {
    "population.seed is 77, not null": {"population.seed": 77},
    "population.newcomers_per_year is 48, not 36": {"population.newcomers_per_year": 48},
    "population.arrival_years is 2, not 1": {"population.arrival_years": 2},
    "population.arrivals is 'denmark', not null": {"population.arrivals": "denmark"},
    "population.arrivals is {2015: 90.0, 2016: 70.0}": {"population.arrivals": {2015: 90, 2016: 70}},
    "population.municipalities is null, not tests/data/": {"population.municipalities": None},
    "municipalities.seed is 5, not null": {"municipalities.seed": 5},
    "parameters.population.has_children is": {"parameters.population.has_children.female": 0.7},
}
SAME: list[dict[str, Any]] = [
    {"danish.right_months": 60},
    {"dispersal": "demand_weighted"},
    {"population.real_inflow_per_year": 900},
    {"date": "2017-01-01"},
]


@pytest.mark.parametrize("said", OTHERS)
def test_each_key_that_decides_who_is_simulated_is_named(said: str) -> None:
    pair = {"mine": scenario("one_year", OTHERS[said]), "base": scenario()}
    with pytest.raises(RunError) as problem:
        refuse_other_people(pair, "base", where=lambda name: f"the place of {name}")
    assert str(problem.value).startswith(f"the place of mine: mine does {SAID} base, so that")
    assert said in problem.value.what
    key = said.partition(" is")[0]
    assert f"(--set {key}=VALUE" in problem.value.allowed


@pytest.mark.parametrize("changes", SAME)
def test_a_policy_is_not_mistaken_for_other_people(changes: dict[str, Any]) -> None:
    refuse_other_people({"mine": scenario("one_year", changes), "base": scenario()}, "base")


def test_one_sample_for_all_replaces_those_of_the_scenarios() -> None:
    pair = {"mine": scenario("one_year", {"population.newcomers_per_year": 48}), "base": scenario()}
    refuse_other_people(pair, "base", newcomers_per_year=40)


def test_with_arrivals_by_year_the_number_of_years_says_nothing() -> None:
    arrivals = {"population.arrivals": {2015: 90, 2016: 70}}
    pair = [scenario(changes=arrivals | {"population.arrival_years": years}) for years in (1, 2)]
    refuse_other_people({"mine": pair[0], "base": pair[1]}, "base")


def test_tables_are_compared_by_what_they_hold(tmp_path: Path) -> None:
    copy, other = tmp_path / "copy.csv", tmp_path / "other.csv"
    shutil.copy(SMALL_TABLE, copy)
    text = SMALL_TABLE.read_text(encoding="utf-8")
    other.write_text(text[: text.rstrip().rindex("\n") + 1], encoding="utf-8")  # one municipality fewer
    scenarios = {path.stem: scenario(changes={"population.municipalities": path}) for path in (copy, other)}
    refuse_other_people({"base": scenario(), "copy": scenarios["copy"]}, "base")
    with pytest.raises(RunError, match=r"population\.municipalities is .*other\.csv, not tests/data/"):
        refuse_other_people({"base": scenario(), **scenarios}, "base")


def _compare(_: Path) -> None:
    ankomst.compare(scenario(), scenario("one_year", {"population.seed": 77}), replicates=2)


def _run_scenarios(_: Path) -> None:
    pair = {"base": scenario(), "other": scenario(changes={"population.seed": 77})}
    run_scenarios(pair, baseline="base", draws=2, replicates=1, seed=1)


def _decompose(_: Path) -> None:
    base, whole = scenario(), scenario("one_year", {"population.seed": 77})
    decompose(
        base, {"one": "a", "two": "b"}, lambda _: whole, draws=({},), replicates=2, newcomers_per_year=36
    )


def _experiment(folder: Path) -> Path:
    path = folder / "mine.yaml"
    path.write_text(
        "baseline: three_year\nscenarios:\n  other: {scenario: one_year, set: {population.seed: 77}}\n",
        encoding="utf-8",
    )
    return path


def _add(path: Path, text: str) -> Path:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return path


def _batch(folder: Path) -> None:
    load_experiment(_add(_experiment(folder), "kind: batch\n"))


def _sensitivity(folder: Path) -> None:
    more = "kind: sensitivity\noutcomes: [months_employed@12]\nmorris: {trajectories: 4}\n"
    load_sensitivity(_add(_experiment(folder), more))


def _decision(folder: Path) -> None:
    more = "kind: decision\noutcomes: [months_employed@12]\ndraws: {from: prior, number: 4}\n"
    load_decision(_add(_experiment(folder), more))


def _threshold(folder: Path) -> None:
    path = folder / "mine.yaml"
    path.write_text(
        "kind: decision\nbaseline: three_year\nscenarios: {one: one_year}\noutcomes: [months_employed@12]\n"
        "solve: {searches: [{name: a, change: population.arrival_years, only: one, scenario: one, low: 1, "
        "high: 5, outcome: months_employed@12, points: 3}]}\n",
        encoding="utf-8",
    )
    load_decision(path)


def _target(folder: Path) -> None:
    path = folder / "targets.yaml"
    path.write_text(
        "effects:\n"
        "- {name: a, outcome: employment_rate, value: 0.1, sd: 0.1, change: {population.seed: 77}}\n",
        encoding="utf-8",
    )
    read_targets(path).measures(reference_policy(), newcomers_per_year=100, effects=50)


def _explorer(_: Path) -> None:
    own = upload.token_of(b"population: {seed: 77}")
    Answers(100).find(State(own=own))


ASKED: list[Callable[[Path], None]] = [
    _compare, _run_scenarios, _decompose, _batch, _sensitivity, _decision, _threshold, _target,
    _explorer,
]  # fmt: skip


@pytest.mark.parametrize("asked", ASKED, ids=lambda function: function.__name__.strip("_"))
def test_every_way_of_comparing_refuses_other_people(
    asked: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was simulated")

    monkeypatch.setattr("ankomst.simulation.engine.IntroductionModel.__init__", never)
    monkeypatch.chdir(ROOT)
    with pytest.raises(AnkomstError) as problem:
        asked(tmp_path)
    assert SAID in str(problem.value)
    assert isinstance(problem.value, ExperimentError | RunError)


def test_the_command_run_refuses_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people_seed.yaml").write_text('title: "Other"\npopulation: {seed: 77}\n', encoding="utf-8")
    said = fails("run", "people_seed.yaml", "--baseline", "three_year")
    assert said.startswith(f"people_seed does {SAID} three_year")
    assert "population.seed is 77, not null" in said
    assert not (tmp_path / "results").exists()


def test_points_that_draw_other_people_do_not_share_them() -> None:
    policy = scenario(changes={"population.arrivals": {2014: 90, 2015: 70}, "horizon.follow_up_months": 12})
    measures = PairedMeasures({"base": policy}, (parse("months_employed@12"),), 360)
    share = "population.female_share_boom"
    after = [measures.measure({share: value}, 5, 1)[0] for value in (0.38, 0.1)]
    paired_measures._PEOPLE.clear()
    alone = [measures.measure({share: value}, 5, 1)[0] for value in (0.1, 0.38)]
    assert after == alone[::-1]
    assert after[0] != after[1]
