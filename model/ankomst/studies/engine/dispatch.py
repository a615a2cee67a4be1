"""Tasks on their way: handed to workers, waited for, and tried again when a worker dies."""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ankomst.errors import RunError
from ankomst.studies.engine.at_work import LOOK_SECONDS
from ankomst.studies.engine.worker import RunReport, Task, TaskReport, carry_out, code_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ankomst.studies.engine.executors import Pool

DEATHS = 2
"""Workers that a task may kill before it is cut up or counts as failed."""


@dataclass
class _Try:
    """A task on its way, and how often it has taken its worker with it."""

    task: Task
    deaths: int = 0


class _Queue:
    """Tasks to come; first those that may have killed a worker, then those that only lost theirs."""

    def __init__(self, tasks: Iterator[Task]) -> None:
        self.again: deque[_Try] = deque()
        self.lost: deque[_Try] = deque()
        self._fresh = (_Try(task) for task in tasks)
        self._next: _Try | None = next(self._fresh, None)

    def __bool__(self) -> bool:
        return bool(self.again or self.lost) or self._next is not None

    def pop(self) -> _Try:
        if not self.again and not self.lost and self._next is not None:
            self.lost.append(self._next)
            self._next = next(self._fresh, None)
        return (self.again or self.lost).popleft()


def carried_out(tasks: Iterator[Task], pool: Pool) -> Iterator[tuple[RunReport, ...]]:
    """Carry out tasks and yield the reports of each as it ends.

    Where the death of a worker takes all tasks under way with it, nobody knows which of them killed it: they
    are tried again one at a time, so that the next death has one cause. Where it does not (Dask), only its
    own task is tried again.

    A run that does not end within the pool's limit fails, and its worker is ended.

    Parameters
    ----------
    tasks : iterator of Task
        Taken as workers become free.
    pool : Pool

    Raises
    ------
    RunError
        A worker has other code, or the workers are gone.
    """
    flying: dict[Future[TaskReport], _Try] = {}
    line, lonely = _Queue(tasks), False
    while line or flying:
        while line and not lonely and len(flying) < 2 * pool.workers:
            lonely = bool(line.again) and pool.shared_fate
            attempt = line.pop()
            future = pool.submit(carry_out, attempt.task)
            flying[future] = attempt
            if future.done():  # in this process: what is finished is entered before the next task begins
                break
        over, _ = wait(flying, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        yield from _ended(pool, flying, line)
        for future in over:
            if future not in flying:
                continue
            attempt = flying.pop(future)
            error = _error_of(future)
            if error is None:
                yield _checked(future.result())
            elif not pool.worker_died(error):
                yield _failed(attempt.task, f"{type(error).__name__}: {error}")
            else:
                attempt.deaths += lonely or not pool.shared_fate
                if pool.shared_fate:
                    yield from _saved(flying)
                    line.again.extend(flying.values())
                    flying.clear()
                yield from _again(attempt, line.again)
        lonely = lonely and bool(flying)


def _ended(
    pool: Pool, flying: dict[Future[TaskReport], _Try], line: _Queue
) -> Iterator[tuple[RunReport, ...]]:
    """End the workers that are at runs which do not end; whatever else they were at is tried again."""
    late = pool.overdue()
    if not late:
        return
    hanging = {
        future: [job.id for job in attempt.task.jobs if job.id in late] for future, attempt in flying.items()
    }
    ids = [each for found in hanging.values() for each in found]
    if not ids:
        return
    for future, found in hanging.items():
        if found:
            future.cancel()  # before its worker goes: Dask would give it to another one
    pool.end(ids)
    if pool.shared_fate:
        yield from _saved(flying)
    for future in [each for each in flying if hanging[each] or pool.shared_fate]:
        attempt = flying.pop(future)
        for each in hanging[future]:
            yield (RunReport(each, 0.0, error=late[each]),)
        if not hanging[future]:
            line.lost.append(attempt)
        elif rest := [job for job in attempt.task.jobs if job.id not in late]:
            line.lost.append(_Try(attempt.task.only(*rest)))


def _saved(flying: dict[Future[TaskReport], _Try]) -> Iterator[tuple[RunReport, ...]]:
    """Yield what had come back before the worker died."""
    for future in [future for future in flying if future.done() and _error_of(future) is None]:
        del flying[future]
        yield _checked(future.result())


def _again(attempt: _Try, line: deque[_Try]) -> Iterator[tuple[RunReport, ...]]:
    """Put a task whose worker died in line once more; cut it up, and give it up, when it does so again."""
    if attempt.deaths < DEATHS:
        line.append(attempt)
    elif len(attempt.task.jobs) > 1:
        line.extend(_Try(attempt.task.only(job), 1) for job in attempt.task.jobs)
    else:
        yield _failed(attempt.task, f"the worker died {attempt.deaths} times (killed, or out of memory)")


def _error_of(future: Future[TaskReport]) -> BaseException | None:
    try:
        return future.exception()
    except CancelledError as error:
        return error


def _failed(task: Task, message: str) -> tuple[RunReport, ...]:
    text = " ".join(message.split())
    return tuple(RunReport(job.id, 0.0, error=text) for job in task.jobs)


def _checked(report: TaskReport) -> tuple[RunReport, ...]:
    if report.code != code_version():
        raise RunError(
            f"the worker on {report.host} has other code or packages than this process",
            allowed="the same version of ankomst, Python, numpy, scipy and numba on all workers",
        )
    return report.runs
