"""Where tasks are carried out: in this process, on local processes, or by Dask.

All three are used through `concurrent.futures`. What differs is how a dead worker shows, and how to go on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Protocol

from ankomst.errors import RunError
from ankomst.policy.extras import need
from ankomst.studies.engine.at_work import RUN_LIMIT, TOPIC, Board, overdue, watched
from ankomst.studies.engine.runs import default_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from multiprocessing.process import BaseProcess

LOCAL = "local"
"""A Dask cluster on this machine."""
CONNECT_SECONDS = 10
COUNT_SECONDS = 1.0
"""How old the number of a cluster's workers may be."""
STARTS = 3
"""Attempts to start local processes before the machine is blamed."""
STALLED_SECONDS = 600.0
"""After so long without any run, processes that have tasks are killed and started anew."""
DEAD_SECONDS = 5.0
"""After so long with a dead process that the pool has not noticed, the others are killed, too."""
FOR_THE_PARENT = {signal.SIGINT} | ({signal.SIGHUP} if hasattr(signal, "SIGHUP") else set())


class Pool(Protocol):
    """Workers.

    Attributes
    ----------
    workers : int
        Tasks that can be carried out at a time.
    shared_fate : bool
        Whether every task under way is lost when one worker dies, so that nobody knows which one killed it.
    """

    shared_fate: bool

    @property
    def workers(self) -> int: ...  # noqa: D102 - described above

    def submit(self, function: Callable[..., Any], argument: object) -> Future[Any]:
        """Hand in a call."""
        ...

    def worker_died(self, error: BaseException) -> bool:
        """Whether an error of a future means that its worker died; the pool is sound again afterwards."""
        ...

    def overdue(self) -> dict[str, str]:
        """Return the runs under way that do not end, by id with what to say of each."""
        ...

    def end(self, runs: Collection[str]) -> None:
        """End the workers that are at some runs; the pool is sound again afterwards."""
        ...

    def close(self) -> None:
        """Let the workers go; what they are at is given up."""
        ...


class Serial:
    """The process itself, one task at a time."""

    workers = 1
    shared_fate = False

    def submit(self, function: Callable[..., Any], argument: object) -> Future[Any]:
        """Carry out a call at once."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(argument))
        except Exception as error:  # noqa: BLE001 - the future carries it, as with other workers
            future.set_exception(error)
        return future

    def worker_died(self, error: BaseException) -> bool:
        """Return False: this process is the worker."""
        del error
        return False

    def overdue(self) -> dict[str, str]:
        """Return nothing: this process cannot look at itself."""
        return {}

    def end(self, runs: Collection[str]) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class LocalProcesses:
    """Processes on this machine, one a core if no number is given.

    Parameters
    ----------
    workers : int, optional
    run_limit : float
        Seconds that a run may take before its process is ended.
    """

    shared_fate = True

    def __init__(self, workers: int | None = None, run_limit: float = RUN_LIMIT) -> None:
        self.workers = workers or default_workers()
        self.run_limit = run_limit
        self._pool: Executor | None = None
        self._board: Board | None = None
        self._sound_at = time.monotonic()

    def submit(self, function: Callable[..., Any], argument: object) -> Future[Any]:
        """Hand in a call."""
        future: Future[Any]
        self._sound_at = time.monotonic()
        try:
            future = self._started().submit(function, argument)
        except BrokenProcessPool as error:
            future = Future()
            future.set_exception(error)
        return future

    def worker_died(self, error: BaseException) -> bool:
        """Whether a process was killed: then every task of the pool is lost, and a new one is made.

        Raises
        ------
        RunError
            No process can be started: it was not the task that killed the worker.
        """
        if not isinstance(error, BrokenProcessPool):
            return False
        for _ in range(STARTS):
            self.close()
            with suppress(BrokenProcessPool):
                self._started().submit(os.getpid).result()
                return True
        raise RunError(
            f"{STARTS} times in a row a worker process died before it did anything; "
            "everything finished so far is kept",
            allowed="memory and rights for new processes, and the same command with --resume; --workers 1 "
            "starts none",
        )

    def overdue(self) -> dict[str, str]:
        """Return the runs that take longer than the limit.

        Processes that hold each other up are killed, so that the pool is seen to be broken: one that was
        stopped while it waited for a task, or that died while it handed in a result.
        """
        begun = {} if self._board is None else self._board.begun()
        dead = wait([process.sentinel for process in _processes_of(self._pool)], timeout=0)
        if begun and not dead:
            self._sound_at = time.monotonic()
        elif time.monotonic() - self._sound_at > (DEAD_SECONDS if dead else STALLED_SECONDS):
            self._sound_at = time.monotonic()
            _kill(self._pool)
        return {run: overdue(self.run_limit) for run, spent in begun.items() if spent > self.run_limit}

    def end(self, runs: Collection[str]) -> None:
        """End all processes: one cannot be taken out of a pool."""
        del runs
        self.close()

    def close(self) -> None:
        """End the processes without waiting for what they are at."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        _kill(pool)
        pool.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> Executor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._board = Board(context, self.workers)
            self._pool = ProcessPoolExecutor(
                self.workers, mp_context=context, initializer=_begin, initargs=(self._board,)
            )
            resource_tracker.ensure_running()  # it unblocks the signal itself, once
            # The first call starts the processes. They inherit the mask: Ctrl-C and the end of a terminal are
            # for the parent only, also while they are still importing.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, FOR_THE_PARENT)
            try:
                self._pool.submit(os.getpid)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return self._pool


class Dask:
    """Workers of a Dask cluster; the scheduler itself tries a task again whose worker was killed.

    Parameters
    ----------
    address : str
        Of a running scheduler, such as tcp://host:8786; "local" starts a cluster on this machine.
    workers : int, optional
        Of the local cluster; one a core if left out.
    run_limit : float
        Seconds that a run may take before its worker is started anew, which takes a nanny (the default of
        `dask worker`). A worker that does not answer at all is left to Dask, which gives it up by itself.

    Raises
    ------
    RunError
        No scheduler answers at the address.
    """

    shared_fate = False

    def __init__(self, address: str, workers: int | None = None, run_limit: float = RUN_LIMIT) -> None:
        need("cluster", "a Dask cluster")
        from distributed import Client, LocalCluster  # noqa: PLC0415 - takes a second to import

        self._cluster: Any = None
        self.address = address
        self._client: Any = None
        try:
            if address == LOCAL:
                self._cluster = LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=workers or default_workers(), threads_per_worker=1, dashboard_address=None,
                    silence_logs="ERROR",
                )  # fmt: skip
            self._client = Client(  # type: ignore[no-untyped-call]
                self._cluster or address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, TimeoutError, ValueError, ImportError) as problem:
            self.close()
            raise RunError(
                f"no Dask scheduler answers: {problem}",
                where=f"--scheduler {address}",
                allowed=f"the address of a running one, such as tcp://host:8786, or {LOCAL}",
            ) from None
        self.run_limit = run_limit
        self._late: dict[str, str] = {}
        self._client.subscribe_topic(TOPIC, self._note)
        self._executor = self._client.get_executor(pure=False)
        self._known, self._asked = 1, 0.0

    @property
    def workers(self) -> int:
        """Threads of the cluster at present: it may grow or shrink."""
        if time.monotonic() - self._asked > COUNT_SECONDS and self._client.status == "running":
            with suppress(Exception):
                self._known = max(1, sum(self._client.nthreads().values()))
            self._asked = time.monotonic()
        return self._known

    def there(self) -> bool:
        """Whether any worker is connected to the scheduler now."""
        return bool(self._client.nthreads())

    def submit(self, function: Callable[..., Any], argument: object) -> Future[Any]:
        """Hand in a call."""
        future: Future[Any]
        try:
            future = self._executor.submit(watched, function, argument, self.run_limit)
        except Exception as error:  # noqa: BLE001 - the future carries it, as with other workers
            future = Future()
            future.set_exception(error)
        return future

    def worker_died(self, error: BaseException) -> bool:
        """Whether a worker was killed more often than Dask tries a task again.

        Raises
        ------
        RunError
            The scheduler itself is gone.
        """
        from distributed import KilledWorker  # noqa: PLC0415
        from distributed.comm.core import CommClosedError  # noqa: PLC0415

        # The client cancels what is under way as soon as the connection is lost, and only then tries again.
        lost = isinstance(error, (CommClosedError, CancelledError))
        if lost or self._client.status != "running":
            raise RunError(
                "the Dask scheduler is gone; everything finished so far is kept",
                where=f"--scheduler {self.address}",
                allowed="a running scheduler, and the same command with --resume",
            ) from None
        return isinstance(error, KilledWorker)

    def overdue(self) -> dict[str, str]:
        """Return the runs of which workers say that they do not end."""
        return {run: overdue(self.run_limit) for run in tuple(self._late)}

    def end(self, runs: Collection[str]) -> None:
        """Start the workers anew that are at some runs; one without a nanny stays as it is."""
        workers = {self._late.pop(run) for run in runs if run in self._late}
        with suppress(Exception):
            self._client.restart_workers(sorted(workers), timeout=CONNECT_SECONDS, raise_for_error=False)

    def _note(self, event: tuple[float, dict[str, str]]) -> None:
        self._late[event[1]["run"]] = event[1]["worker"]

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        if self._client is not None:
            with suppress(Exception):
                self._executor.shutdown(wait=False)
            with suppress(Exception):
                self._client.close(timeout=5)
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close(timeout=10)


def pool_for(workers: int | None, scheduler: str | None, run_limit: float = RUN_LIMIT) -> Pool:
    """Return the workers that a command line asks for: Dask, this process (workers 1) or local processes."""
    if scheduler:
        return Dask(scheduler, workers, run_limit)
    if workers is not None and workers < 1:
        raise RunError(f"workers is {workers}", allowed="1 or more")
    return Serial() if (workers or default_workers()) == 1 else LocalProcesses(workers, run_limit)


def _processes_of(pool: Executor | None) -> list[BaseProcess]:
    return list((getattr(pool, "_processes", None) or {}).values())


def _kill(pool: Executor | None) -> None:
    """Kill the processes of a pool; one that was stopped takes no notice of anything less.

    One that is killed while it hands in a result leaves half of it. The thread of the pool would wait for the
    other half forever, and this process for the thread, if nobody but the dead could write it.
    """
    for process in _processes_of(pool):
        with suppress(OSError, ValueError):
            process.kill()
    results = getattr(pool, "_result_queue", None)
    if results is not None:
        results._writer.close()  # noqa: SLF001 - the pool offers no way to say so


def _begin(board: Board) -> None:
    """Set up a local worker: signals are for the parent, and a worker ends when its parent is gone."""
    for each in FOR_THE_PARENT:  # the mask is inherited, but a library may lift it
        signal.signal(each, signal.SIG_IGN)
    board.show_here()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
