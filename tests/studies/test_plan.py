"""The plan of a batch: names of runs by content, luck of their own, tasks that keep shadows together."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from tests.studies.batch_support import SCENARIOS, experiment

from ankomst.errors import ExperimentError
from ankomst.studies.batch import plan as planning
from ankomst.studies.batch.plan import STREAMS, plan, stream
from ankomst.studies.engine import store, worker
from ankomst.studies.engine.scenario_work import shadow_policy

if TYPE_CHECKING:
    from pathlib import Path

PRIOR = {"from": "prior", "number": 4, "method": "sobol", "seed": 5}


def ids(folder: Path, **more: Any) -> set[str]:  # noqa: ANN401
    return {run.id for run in plan(experiment(folder, **more)).runs}


def test_the_same_content_has_the_same_names(tmp_path: Path) -> None:
    first = ids(tmp_path / "a")
    assert len(first) == 20
    assert ids(tmp_path / "b", title="Another title") == first
    assert ids(tmp_path / "c", scenarios=list(SCENARIOS)[::-1]) == first


def test_runs_are_kept_when_replicates_scenarios_or_draws_are_added(tmp_path: Path) -> None:
    assert ids(tmp_path, replicates=5) < ids(tmp_path, replicates=9)
    assert ids(tmp_path) < ids(tmp_path, scenarios=[*SCENARIOS, "three_year+grant_by_speed"])
    few = ids(tmp_path, draws=PRIOR, replicates=2)
    assert few < ids(tmp_path, draws=PRIOR | {"number": 8}, replicates=2)  # a Sobol sequence goes on
    assert few < ids(tmp_path, draws=PRIOR, replicates=3)
    small = experiment(tmp_path)
    assert {run.id for run in plan(small).runs} < {run.id for run in plan(small, 6).runs}


CHANGES: dict[str, dict[str, Any]] = {
    "policy": {"overrides": {"danish.right_months": 60}},
    "parameters of scenarios": {"overrides": {"parameters.job_finding.b_language": 0.31}},
    "draws": {"draws": PRIOR, "replicates": 2},
    "seed": {"seed": 2},
    "sample": {"newcomers_per_year": 37},
    "months": {"months": [6, 24]},
    "groups": {"groups": [["origin", "sex"]]},
    "shadow runs": {"deadweight": False},
    "follow-up": {"overrides": {"horizon.follow_up_months": 30}},
}


@pytest.mark.parametrize("change", CHANGES)
def test_names_change_with_all_that_decides_a_run(tmp_path: Path, change: str) -> None:
    assert not ids(tmp_path / "before") & ids(tmp_path / "after", **CHANGES[change])


def test_names_change_with_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids(tmp_path)
    monkeypatch.setattr(worker, "code_version", lambda: "other")
    assert not before & ids(tmp_path)


def test_the_version_of_the_code_covers_rules_data_packages_and_what_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = worker.code_version()
    assert now == worker.code_version.__wrapped__()
    monkeypatch.setattr(worker.metadata, "version", lambda name: f"9.9 {name}")
    assert worker.code_version.__wrapped__() != now
    monkeypatch.undo()
    real = store.Path.read_bytes
    for name in ("month.py", "parameters.yaml", "municipalities.csv", "record.py"):
        with monkeypatch.context() as patched:
            patched.setattr(
                store.Path,
                "read_bytes",
                lambda path, name=name: real(path) + b"\nadded = 1\n" * (path.name == name),
            )
            assert worker.code_version.__wrapped__() != now, name


def test_the_version_of_the_code_leaves_comments_and_docstrings_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now, real = worker.code_version(), store.Path.read_bytes

    def reworded(path: Path) -> bytes:
        content = real(path)
        return (
            b"# A comment.\n\n" + content.replace(b'"""', b'"""Well: ', 1)
            if path.suffix == ".py"
            else content
        )

    monkeypatch.setattr(store.Path, "read_bytes", reworded)
    assert worker.code_version.__wrapped__() == now


def test_every_pair_of_draw_and_replicate_has_luck_of_its_own() -> None:
    seen = {stream(draw, replicate) for draw in range(50) for replicate in (0, 1, 2, 999, STREAMS - 1)}
    assert len(seen) == 250
    assert [stream(0, replicate) for replicate in range(3)] == [0, 1, 2]  # the seeds of `ankomst run`
    with pytest.raises(ExperimentError, match="at most 100000 replicates"):
        stream(0, STREAMS)


def test_tasks_hold_every_run_once_and_those_of_one_pair_only(tmp_path: Path) -> None:
    whole = plan(experiment(tmp_path, draws=PRIOR, replicates=2))
    tasks = list(whole.tasks({run.id for run in whole.runs}))
    by_id = {run.id: run for run in whole.runs}
    assert sorted(job.id for task in tasks for job in task.jobs) == sorted(by_id)
    for task in tasks:
        assert {stream(by_id[job.id].draw, by_id[job.id].replicate) for job in task.jobs} == {task.stream}
        assert {by_id[job.id].draw for job in task.jobs} == {task.stream // STREAMS}
        assert task.draw == whole.experiment.draws.values[task.stream // STREAMS]
    some = {run.id for run in whole.runs[3:6]}
    assert {job.id for task in whole.tasks(some) for job in task.jobs} == some
    (job,) = whole.task_of(whole.runs[5]).jobs
    assert job.id == whole.runs[5].id


def test_runs_that_share_a_shadow_run_go_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "TASK_RUNS", 2)
    whole = plan(experiment(tmp_path, replicates=2))
    tasks = list(whole.tasks({run.id for run in whole.runs}))
    assert len(tasks) == 4
    assert all(len({shadow_policy(job.scenario) for job in task.jobs}) == 1 for task in tasks)


def test_large_samples_make_small_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "TASK_NEWCOMERS", 120_000)
    whole = plan(experiment(tmp_path, replicates=2, newcomers_per_year=60_000, deadweight=False))
    assert [len(task.jobs) for task in whole.tasks({run.id for run in whole.runs})] == [2] * 4


def test_a_task_is_small_enough_to_send(tmp_path: Path) -> None:
    whole = plan(experiment(tmp_path))
    task = whole.task_of(whole.runs[0])
    content = pickle.dumps(task)
    assert len(content) < 50_000
    assert pickle.loads(content) == task  # noqa: S301 - just made
