"""Answers in the making: bounded in number, named by secrets, given up when nobody waits for them any more.

A page has one job at a time: a new question of the same page ends the work on the one before. Short and long
work wait in queues of their own, so that one person's full sample does not hold up another person's lever.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ankomst.errors import AnkomstError, RunError

if TYPE_CHECKING:
    from ankomst.presentation.explorer.answer import Answer, Answers
    from ankomst.presentation.explorer.state import State

MOST_WAITING: Final = 8
"""Jobs that may wait in each queue; more are refused with a message."""
MOST_KEPT: Final = 64
FORGOTTEN_AFTER: Final = 20.0
"""Seconds without a question about a job, after which its page counts as closed."""


class GivenUpError(Exception):
    """Nobody waits for this job any more."""


@dataclass(eq=False)
class Job:
    """One answer in the making."""

    state: State
    page: str
    name: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    done: int = 0
    total: int = 0
    answer: Answer | None = None
    error: str = ""
    given_up: bool = False
    finished: threading.Event = field(default_factory=threading.Event)
    asked: float = field(default_factory=time.monotonic)

    def report(self, done: int, total: int) -> None:
        """Note the runs done; end the work if nobody waits for it."""
        self.done, self.total = done, total
        if self.given_up or time.monotonic() - self.asked > FORGOTTEN_AFTER:
            raise GivenUpError


class Jobs:
    """The jobs of all pages.

    Parameters
    ----------
    answers : Answers
    """

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._queues: dict[bool, queue.Queue[Job | None]] = {
            long: queue.Queue(MOST_WAITING) for long in (False, True)
        }
        self._threads = [
            threading.Thread(target=self._work, args=(waiting,), daemon=True, name="ankomst-explore")
            for waiting in self._queues.values()
        ]
        for thread in self._threads:
            thread.start()

    def ask(self, state: State, page: str) -> Job:
        """Begin a job, or take the answer that is kept; the page's earlier job is given up."""
        job = Job(state, page)
        with self._lock:
            for earlier in self._jobs.values():
                if earlier.page == page:
                    earlier.given_up = True
            self._forget()
            self._jobs[job.name] = job
        job.answer = self.answers.known(state)
        if job.answer is not None:
            job.finished.set()
            return job
        try:
            self._queues[state.sample != "quick"].put_nowait(job)
        except queue.Full:
            job.error = str(RunError("too many answers are being computed", allowed="to try again in a moment"))
            job.finished.set()
        return job

    def get(self, name: str, page: str) -> Job | None:
        """Return a job of a page, if it is still known."""
        with self._lock:
            job = self._jobs.get(name)
        if job is None or job.page != page:
            return None
        job.asked = time.monotonic()
        return job

    def close(self) -> None:
        """Give up all jobs and end the threads."""
        with self._lock:
            for job in self._jobs.values():
                job.given_up = True
        for waiting in self._queues.values():
            while True:  # what still waits is not begun
                try:
                    waiting.get_nowait()
                except queue.Empty:
                    break
            waiting.put(None)
        for thread in self._threads:
            thread.join(timeout=10)

    def _forget(self) -> None:
        """Drop the oldest jobs beyond the bound; those that still run end at their next report."""
        while len(self._jobs) >= MOST_KEPT:
            self._jobs.pop(next(iter(self._jobs))).given_up = True

    def _work(self, waiting: queue.Queue[Job | None]) -> None:
        while (job := waiting.get()) is not None:
            if not job.given_up:
                self._carry_out(job)
            job.finished.set()

    def _carry_out(self, job: Job) -> None:
        try:
            job.answer = self.answers.find(job.state, job.report)
        except GivenUpError:
            job.given_up = True
        except AnkomstError as error:
            job.error = str(error)
        except Exception as error:  # noqa: BLE001 - a fault must not end the thread that serves everybody
            job.error = f"the run failed ({type(error).__name__}); `ankomst run` shows why"
