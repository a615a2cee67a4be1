"""Running many simulations side by side: the kernels hold no lock, so threads share the cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from ankomst.errors import RunError

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Called with the jobs done and the jobs in all."""


def default_workers() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_all(
    jobs: Sequence[Callable[[], T]], workers: int | None = None, progress: Progress | None = None
) -> list[T]:
    """Carry out jobs on threads and return their results in the order of the jobs.

    Parameters
    ----------
    jobs : sequence of callables without arguments
    workers : int, optional
        Threads; one a core if left out. The results do not depend on it.
    progress : callable, optional
        Called after each job with the jobs done and the jobs in all.
    """
    count = default_workers() if workers is None else workers
    if count < 1:
        raise RunError(f"workers is {count}", allowed="1 or more")
    results: dict[int, T] = {}
    for index, value in _finished(jobs, count):
        results[index] = value
        if progress is not None:
            progress(len(results), len(jobs))
    return [results[index] for index in range(len(jobs))]


def _finished(jobs: Sequence[Callable[[], T]], workers: int) -> Iterator[tuple[int, T]]:
    if workers == 1:
        for index, job in enumerate(jobs):
            yield index, job()
        return
    with ThreadPoolExecutor(max_workers=workers) as pool:
        pending: dict[Future[T], int] = {pool.submit(job): index for index, job in enumerate(jobs)}
        try:
            while pending:
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    yield pending.pop(future), future.result()
        finally:
            for future in pending:
                future.cancel()
