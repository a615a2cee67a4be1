"""The runner: failures are rows, deaths of workers cost little, and whatever stops it can be resumed."""

from __future__ import annotations

import csv
import json
import signal
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from tests.studies.batch_support import (
    FakePool,
    WorkerDiedError,
    bits,
    experiment,
    fake_report,
    run,
)

from ankomst.commands.status import failures
from ankomst.errors import RunError
from ankomst.studies.batch import runner
from ankomst.studies.engine import chunks, scenario_work, study_folder
from ankomst.studies.engine.executors import Serial
from ankomst.studies.engine.registry import KnownRun, Ledger
from ankomst.studies.engine.worker import TaskReport
from ankomst.studies.schema import experiment_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from ankomst.simulation.result import Result
    from ankomst.studies.engine.worker import Task
    from ankomst.studies.schema.experiment import Experiment


@pytest.fixture(autouse=True)
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {})
    monkeypatch.setattr(runner.store, "git_state", lambda: {"commit": None, "dirty": None})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    return experiment(tmp_path_factory.mktemp("experiment"), replicates=5)


@pytest.fixture
def wanted(small: Experiment, tmp_path: Path) -> str:
    run(small, tmp_path / "undisturbed")
    return bits(tmp_path / "undisturbed", small)


def failed(out: Path) -> list[KnownRun]:
    with Ledger(out / "ledger.sqlite", readonly=True) as ledger:
        return ledger.entries("failed")


def seconds_of(out: Path) -> list[float | None]:
    with Ledger(out / "ledger.sqlite", readonly=True) as ledger:
        return [entry.seconds for entry in ledger.entries("done")]


# -- runs that fail ----------------------------------------------------------------------------------


def test_a_run_that_fails_is_a_row_and_the_rest_goes_on(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = scenario_work.simulate

    def broken(scenario: Any, **options: Any) -> Result:  # noqa: ANN401
        if options["replicate"] == 1 and scenario.introduction_period.base_months == 12:
            raise ZeroDivisionError("no\n  jobs")
        return real(scenario, **options)

    with monkeypatch.context() as patched:
        patched.setattr(scenario_work, "simulate", broken)
        finished = run(small, tmp_path, Serial())
    assert finished.counts == {"done": 18, "failed": 2, "pending": 0}
    found = failed(tmp_path)
    assert {(entry.scenario, entry.replicate) for entry in found} == {
        ("one_year+grant_2013", 1), ("one_year+no_grant", 1),
    }  # fmt: skip
    assert {entry.message for entry in found} == {"ZeroDivisionError: no jobs"}
    assert all("Traceback" in entry.trace and "broken" in entry.trace for entry in found)
    assert failures(found) == ["2 x ZeroDivisionError: no jobs"]
    with (tmp_path / "failures.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["status"] for row in rows] == ["failed", "failed"]
    assert rows[0]["message"] == "ZeroDivisionError: no jobs"
    # --resume leaves them, --retry-failed runs them again
    assert run(small, tmp_path, pool := FakePool(), resume=True).counts["failed"] == 2
    assert pool.tasks == []
    assert run(small, tmp_path, Serial(), resume=True, retry_failed=True).counts["done"] == 20
    assert not (tmp_path / "failures.csv").exists()
    run(small, tmp_path / "undisturbed", Serial())
    assert bits(tmp_path, small) == bits(tmp_path / "undisturbed", small)


def test_a_scenario_that_cannot_be_run_fails_alone(tmp_path: Path) -> None:
    (tmp_path / "no.yaml").write_text(
        'title: "No"\ntitle_da: "Nej"\nrules: denmark\naccounts: {budget_neutral: true}\n'
        "result_grants:\n  - outcome: ordinary_job\n    schedule: {0-12: 60000}\n    sustained_months: 6\n"
    )
    mixed = experiment(
        tmp_path, replicates=2, baseline="three_year+no_grant", scenarios=["one_year+no_grant", "no.yaml"]
    )
    finished = run(mixed, tmp_path / "out", Serial())
    assert finished.counts == {"done": 4, "failed": 2, "pending": 0}
    (message,) = {entry.message for entry in failed(tmp_path / "out")}
    assert message
    assert "\n" not in message


def test_an_error_that_is_no_run_of_a_task_fails_its_runs(small: Experiment, tmp_path: Path) -> None:
    def refuse(task: Task) -> None:
        if task.stream == 2:
            raise TypeError("cannot\npickle this")

    finished = run(small, tmp_path, FakePool(refuse))
    assert finished.counts == {"done": 16, "failed": 4, "pending": 0}
    assert {entry.message for entry in failed(tmp_path)} == {"TypeError: cannot pickle this"}


def test_messages_of_failures_are_counted() -> None:
    entries = [KnownRun("", "", 0, 0, "failed", 1, 0.0, None, text, "", None) for text in "abbcccddddeeeee"]
    assert failures(entries, 2) == ["5 x e", "4 x d", "and 3 other messages"]
    assert failures([]) == []


# -- workers that die --------------------------------------------------------------------------------


def test_a_task_that_kills_its_workers_costs_its_own_run_only(
    small: Experiment, tmp_path: Path, wanted: str
) -> None:
    killer: list[str] = []

    def kill(task: Task) -> None:
        if not killer:
            killer.append(task.jobs[2].id)
        if any(job.id == killer[0] for job in task.jobs):
            raise WorkerDiedError

    pool = FakePool(kill)
    finished = run(small, tmp_path / "out", pool)
    assert finished.counts == {"done": 19, "failed": 1, "pending": 0}
    (entry,) = failed(tmp_path / "out")
    assert (entry.id, entry.message) == (killer[0], "the worker died 2 times (killed, or out of memory)")
    sizes = [len(task.jobs) for task in pool.tasks if any(job.id == killer[0] for job in task.jobs)]
    assert sizes == [4, 4, 1]
    assert run(small, tmp_path / "out", resume=True, retry_failed=True).counts["done"] == 20
    assert bits(tmp_path / "out", small) == wanted


class CrowdPool(FakePool):
    """Workers of which one takes all others with it when it dies, as those of a process pool."""

    shared_fate = True

    def __init__(self, kills: Callable[[Task], bool]) -> None:
        super().__init__(workers=2)
        self._kills = kills
        self._flying: list[tuple[Future[Any], Task]] = []
        self.crowds: list[tuple[int, bool]] = []
        """How many flew together, and whether one of them killed all."""

    def submit(self, function: Callable[..., Any], argument: Any) -> Future[Any]:  # noqa: ANN401
        future = super().submit(function, argument)
        waiting: Future[Any] = type(future)()
        self._flying.append((waiting, argument))
        if len(self._flying) == 4 or self._kills(argument):
            self._land()
        else:
            signal.setitimer(signal.ITIMER_REAL, 0.005)  # land what flies when nobody hands in more
        return waiting

    def land_late(self, *_: object) -> None:
        self._land()

    def _land(self) -> None:
        flying, self._flying = self._flying, []
        dead = any(self._kills(task) for _, task in flying)
        self.crowds += [(len(flying), dead)] if flying else []
        for future, task in flying:
            if dead:
                future.set_exception(WorkerDiedError())
            else:
                future.set_result(fake_report(task))


def test_after_a_death_that_took_all_with_it_suspects_are_tried_alone(
    small: Experiment, tmp_path: Path, wanted: str
) -> None:
    killer: list[str] = []

    def kills(task: Task) -> bool:
        if task.stream == 3 and not killer:
            killer.append(task.jobs[0].id)
        return any(job.id in killer for job in task.jobs)

    pool = CrowdPool(kills)
    before = signal.signal(signal.SIGALRM, pool.land_late)
    try:
        finished = run(small, tmp_path / "out", pool)
        assert finished.counts == {"done": 19, "failed": 1, "pending": 0}
        (entry,) = failed(tmp_path / "out")
        assert entry.id == killer[0]
        assert "the worker died 2 times" in entry.message
        # all that flew with the killer, and it itself, flew alone from then on
        first = next(k for k, (_, dead) in enumerate(pool.crowds) if dead)
        suspects = pool.crowds[first][0]
        assert {size for size, _ in pool.crowds[first + 1 : first + 1 + suspects]} == {1}
        killer[:] = ["nobody"]
        again = CrowdPool(kills)
        signal.signal(signal.SIGALRM, again.land_late)
        run(small, tmp_path / "out", again, resume=True, retry_failed=True)
        assert bits(tmp_path / "out", small) == wanted
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def test_workers_with_other_code_are_refused_and_nothing_of_theirs_is_kept(
    small: Experiment, tmp_path: Path
) -> None:
    class Other(FakePool):
        def submit(self, function: Callable[..., Any], argument: Any) -> Future[Any]:  # noqa: ANN401
            future = super().submit(function, argument)
            report = future.result()
            other: Future[Any] = type(future)()
            other.set_result(TaskReport(report.runs, "other" if len(self.tasks) > 2 else report.code, "far"))
            return other

    with pytest.raises(RunError) as error:
        run(small, tmp_path, pool := Other())
    assert str(error.value) == (
        "the worker on far has other code or packages than this process; allowed: the same version of "
        "ankomst, Python, numpy, scipy and numba on all workers"
    )
    assert pool.closed
    assert run(small, tmp_path, more := FakePool(), resume=True).counts["done"] == 20
    assert len(more.ids) == 12


# -- stopping and going on ---------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 3])
def test_ctrl_c_leaves_everything_resumable(
    small: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    real, calls = scenario_work.simulate, iter(range(4 * after + 2))

    def interrupted(*given: Any, **options: Any) -> Result:  # noqa: ANN401
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return real(*given, **options)

    with monkeypatch.context() as patched:
        patched.setattr(scenario_work, "simulate", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(small, tmp_path / "out", Serial())
    assert len(seconds_of(tmp_path / "out")) == 4 * after  # each task is entered before the next begins
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["complete"] is False
    assert run(small, tmp_path / "out", Serial(), resume=True).counts["done"] == 20
    run(small, tmp_path / "undisturbed", Serial())
    assert bits(tmp_path / "out", small) == bits(tmp_path / "undisturbed", small)


def test_progress_counts_what_is_over(small: Experiment, tmp_path: Path) -> None:
    def fails(task: Task) -> None:
        if task.stream == 0:
            raise ValueError("no")

    told: list[tuple[int, int]] = []
    run(small, tmp_path, FakePool(fails), progress=lambda over, total: told.append((over, total)))
    assert told == [(0, 20), (4, 20), (8, 20), (12, 20), (16, 20), (20, 20)]
    told.clear()
    run(small, tmp_path, resume=True, retry_failed=True, progress=lambda *both: told.append(both))
    assert told == [(16, 20), (20, 20)]


def test_more_replicates_are_added_to_those_that_are_there(
    small: Experiment, tmp_path: Path, wanted: str
) -> None:
    run(experiment(tmp_path / "few", replicates=2), tmp_path / "out")
    more = experiment(tmp_path / "few", replicates=2, asked=5)
    finished = run(more, tmp_path / "out", pool := FakePool(), resume=True)
    assert (len(pool.ids), finished.counts["done"]) == (12, 20)
    assert bits(tmp_path / "out", small) == wanted


def test_a_finished_batch_can_be_read_and_its_experiment_with_it(small: Experiment, tmp_path: Path) -> None:
    run(small, tmp_path)
    content = json.loads((tmp_path / "manifest.json").read_text())
    assert (content["kind"], content["complete"]) == ("batch", True)
    again = experiment_record.read(content["experiment"], "manifest.json")
    assert again.scenarios == small.scenarios
    assert again.draws == small.draws
    assert (again.groups, again.months, again.baseline) == (small.groups, small.months, small.baseline)
    assert bits(tmp_path, again) == bits(tmp_path, small)
    with Ledger(tmp_path / "ledger.sqlite", readonly=True) as ledger:
        assert ledger.meta("experiment") == content["experiment"]


def test_the_workers_are_let_go_whatever_happens(small: Experiment, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Exception, match="left alone"):
        run(small, tmp_path, pool := FakePool())
    assert pool.closed


# -- thousands of runs -------------------------------------------------------------------------------


def test_memory_stays_flat_over_thousands_of_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Quick(Ledger):
        def __init__(self, path: Path) -> None:
            super().__init__(path)
            self._base.execute("PRAGMA synchronous = OFF")  # waiting for the disk takes no memory

    monkeypatch.setattr(study_folder, "Ledger", Quick)
    monkeypatch.setattr(chunks.os, "fsync", lambda _: None)
    large = experiment(tmp_path, replicates=1250)
    sizes: list[tuple[int, int]] = []

    def look(over: int, total: int) -> None:
        del total
        if over % 500 == 0:
            sizes.append((over, tracemalloc.get_traced_memory()[0]))

    class Forgetful(FakePool):
        def submit(self, function: Callable[..., Any], argument: Any) -> Future[Any]:  # noqa: ANN401
            future = super().submit(function, argument)
            self.tasks.clear()
            return future

    clock = time.process_time()
    tracemalloc.start()
    try:
        assert run(large, tmp_path / "out", Forgetful(), progress=look).counts["done"] == 5000
    finally:
        tracemalloc.stop()
    spent = time.process_time() - clock
    size = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file())
    grown = dict(sizes)[5000] - dict(sizes)[500]
    with capsys.disabled():
        print(
            f"\n{spent / 5:.2f} ms (memory traced) and {size / 5000:.0f} bytes a run; "
            f"{grown / 1e3:.0f} kB more after 5,000 runs than after 500"
        )
    assert len(list((tmp_path / "out" / "runs").glob("*.parquet"))) == 5000 // chunks.RUNS
    assert grown < 1_000_000


def test_finished_runs_that_an_experiment_no_longer_has_are_said_and_kept(tmp_path: Path) -> None:
    said: list[str] = []
    first = experiment(tmp_path / "first", replicates=2)
    other = experiment(tmp_path / "other", replicates=2, seed=2)
    run(first, tmp_path / "out")
    run(first, tmp_path / "out", resume=True, say=said.append)
    assert not said
    run(other, tmp_path / "out", resume=True, changed=True, say=said.append)
    count = 2 * len(first.scenarios)
    (line,) = said
    assert line.startswith(f"{count} of {count} finished runs in this folder are not of this experiment")
    assert line.endswith("they are kept and do not count")
    again = run(first, tmp_path / "out", resume=True, changed=True)
    assert again.counts == {"done": count, "failed": 0, "pending": 0}
