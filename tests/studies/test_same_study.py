"""A folder is resumed with the study that it was begun with, unless something else is asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.studies import calibration_support
from tests.studies.batch_support import FakePool, bits, experiment, run
from tests.studies.paired_support import MadeUp, ishigami, made_up, sobol_g

from ankomst.errors import OutputError
from ankomst.studies.batch import runner
from ankomst.studies.batch.plan import plan
from ankomst.studies.calibration.run import run_calibration
from ankomst.studies.engine.executors import Serial
from ankomst.studies.engine.registry import NAME
from ankomst.studies.sensitivity.run import run_sensitivity

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.studies.schema.experiment import Experiment

WIDTH = "{outcome: net_cost, half_width: 100, at_most: 9}"
CHANGES: dict[str, dict[str, Any]] = {
    "seed is 2 and was 1": {"seed": 2},
    "newcomers_per_year is 48 and was 36": {"newcomers_per_year": 48},
    "replicates is 3 and was 2": {"replicates": 3},
    "level is 0.9 and was 0.95": {"level": 0.9},
    "deadweight is False and was True": {"deadweight": False},
    "months is [6, 24] and was [12, 24]": {"months": [6, 24]},
    "outcomes is ['net_cost'] and was": {"outcomes": ["net_cost"]},
    "the scenario three_year+no_grant is gone": {"scenarios": ["one_year+grant_2013", "one_year+no_grant"]},
    "the scenario three_year+no_grant changed, the scenario one_year+grant_2013 changed and 1 more": {
        "overrides": {"danish.right_months": 60}
    },
    "draws is 'prior (3)' and was 'point (1)'": {"draws": {"from": "prior", "number": 3}},
    "baseline is 'one_year+no_grant' and was 'three_year+grant_2013'": {"baseline": "one_year+no_grant"},
}


@pytest.fixture(autouse=True)
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {})
    monkeypatch.setattr(runner.store, "git_state", lambda: {"commit": None, "dirty": None})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    return experiment(tmp_path_factory.mktemp("experiment"), replicates=2)


@pytest.mark.parametrize("said", CHANGES)
def test_another_batch_is_refused_and_said_to_differ(said: str, small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out")
    before = bits(tmp_path / "out", small), (tmp_path / "out" / NAME).read_bytes()
    other = experiment(tmp_path, **{"replicates": 2, **CHANGES[said]})
    with pytest.raises(OutputError) as problem:
        run(other, tmp_path / "out", pool := FakePool(), resume=True)
    assert str(problem.value).startswith(f"{tmp_path / 'out'}: this is another batch than the folder's: ")
    assert said in problem.value.what
    assert "--changed to go on" in problem.value.allowed
    assert not pool.tasks
    assert bits(tmp_path / "out", small) == before[0]
    assert run(small, tmp_path / "out", resume=True).counts["done"] == len(plan(small).runs)


def test_words_and_places_may_differ(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out")
    same = experiment(tmp_path / "elsewhere", replicates=2, title="Other words", source="another one")
    assert run(same, tmp_path / "out", pool := FakePool(), resume=True).counts["pending"] == 0
    assert not pool.tasks


def test_more_replicates_must_be_asked_for(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out")
    with pytest.raises(OutputError, match="another batch than the folder's: replicates is 4 and was 2"):
        run(experiment(tmp_path, replicates=4), tmp_path / "out", resume=True)
    asked = experiment(tmp_path, replicates=2, asked=4)
    assert run(asked, tmp_path / "out", pool := FakePool(), resume=True).counts["done"] == 16
    assert len(pool.ids) == 8
    with pytest.raises(OutputError, match="replicates is 2 and was 4"):  # the folder has four now
        run(small, tmp_path / "out", resume=True)
    other = experiment(tmp_path, replicates=2, asked=5, seed=2)
    with pytest.raises(OutputError, match="another batch than the folder's: seed is 2 and was 1;"):
        run(other, tmp_path / "out", resume=True)


def test_asked_to_go_on_with_another_one_what_both_have_is_kept(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out")
    other = experiment(tmp_path, replicates=2, scenarios=["one_year+no_grant", "one_year+grant_by_speed"])
    finished = run(other, tmp_path / "out", pool := FakePool(), resume=True, changed=True)
    assert finished.counts == {"done": 6, "failed": 0, "pending": 0}
    assert len(pool.ids) == 2


def test_a_folder_without_finished_runs_holds_nothing_to_lose(small: Experiment, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(small, tmp_path / "out", progress=stop)
    other = experiment(tmp_path, replicates=2, seed=2)
    assert run(other, tmp_path / "out", resume=True).counts["done"] == 8


def test_the_manifest_answers_where_the_ledger_is_lost(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out")
    (tmp_path / "out" / NAME).unlink()
    other = experiment(tmp_path, replicates=2, seed=2)
    with pytest.raises(OutputError, match="another batch than the folder's: seed is 2 and was 1;"):
        run(other, tmp_path / "out", resume=True)
    assert run(small, tmp_path / "out", pool := FakePool(), resume=True).counts["done"] == 8
    assert not pool.tasks


def test_the_command_that_began_it_is_named(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path / "out")
    manifest = tmp_path / "out" / "manifest.json"
    content = json.loads(manifest.read_text()) | {"command": "ankomst batch small.yaml --seed 1"}
    manifest.write_text(json.dumps(content))
    with pytest.raises(OutputError, match=r"options of the folder \(ankomst batch small\.yaml --seed 1\)"):
        run(experiment(tmp_path, replicates=2, seed=2), tmp_path / "out", resume=True)


@pytest.mark.usefixtures("no_thread_limit")
def test_another_sensitivity_is_refused(tmp_path: Path) -> None:
    function = MadeUp(ishigami, 3, 0.1)
    few, more = (f"morris: {{trajectories: {count}}}" for count in (4, 5))
    first = made_up(tmp_path, function, (0.0, 1.0), methods=few)
    run_sensitivity(first, tmp_path / "out", pool=Serial())
    assert run_sensitivity(first, tmp_path / "out", pool=Serial(), resume=True).simulated == 0
    other = made_up(tmp_path, function, (0.0, 1.0), methods=more)
    with pytest.raises(OutputError) as problem:
        run_sensitivity(other, tmp_path / "out", pool=Serial(), resume=True)
    assert problem.value.what == (
        "this is another sensitivity than the folder's: morris.trajectories is 5 and was 4"
    )
    measured = replace(first, measures=MadeUp(sobol_g, 3, 0.1))
    with pytest.raises(OutputError, match="another sensitivity than the folder's: what is measured changed;"):
        run_sensitivity(measured, tmp_path / "out", pool=Serial(), resume=True)
    again = run_sensitivity(other, tmp_path / "out", pool=Serial(), resume=True, changed=True)
    assert 0 < again.simulated < again.facts["evaluations"]


@pytest.mark.usefixtures("no_thread_limit")
def test_another_calibration_is_refused_for_its_targets_too(tmp_path: Path) -> None:
    def study() -> Any:  # noqa: ANN401
        real = calibration_support.study(tmp_path)
        fake = calibration_support.MadeUp()
        object.__setattr__(fake, "quantities", real.measures.quantities)
        object.__setattr__(fake, "runs", ("one",))
        return replace(real, measures=fake)

    run_calibration(study(), tmp_path / "out", pool=Serial())
    with pytest.MonkeyPatch.context() as patched:
        targets = calibration_support.TARGETS.replace("value: [0.17, 0.22]", "value: [0.18, 0.22]")
        patched.setattr(calibration_support, "TARGETS", targets)
        with pytest.raises(OutputError, match="calibration than the folder's: the file of targets changed;"):
            run_calibration(study(), tmp_path / "out", pool=Serial(), resume=True)
    assert run_calibration(study(), tmp_path / "out", pool=Serial(), resume=True).facts["simulated_now"] == 0
