"""Answers in the making: bounded in number, found by the secret of a page, given up when nobody waits.

A page has one job at a time: a new question of the same page ends the work on the one before. Short and long
work wait in queues of their own, so that one person's full sample does not hold up another person's lever.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ankomst.errors import AnkomstError, RunError

if TYPE_CHECKING:
    from ankomst.explorer.answer import Answer, Answers
    from ankomst.explorer.state import State

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
    done: int = 0
    total: int = 0
    answer: Answer | None = None
    error: str = ""
    given_up: bool = False
    finished: threading.Event = field(default_factory=threading.Event)
    asked: float = field(default_factory=time.monotonic)

    def give_up(self) -> None:
        """End the work, and whoever waits for it, unless it is done."""
        if not self.finished.is_set():
            self.given_up = True
            self.finished.set()

    def report(self, done: int, total: int) -> None:
        """Note the runs done; end the work if nobody waits for it."""
        self.done, self.total = done, total
        if self.given_up or time.monotonic() - self.asked > FORGOTTEN_AFTER:
            raise GivenUpError


class _Line:
    """Jobs that wait, first come first served; those that were given up leave the line."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._open = True
        self._change = threading.Condition()

    def join(self, job: Job) -> bool:
        """Let a job wait, unless too many do."""
        with self._change:
            self._jobs = [other for other in self._jobs if not other.given_up]
            if len(self._jobs) >= MOST_WAITING:
                return False
            self._jobs.append(job)
            self._change.notify()
            return True

    def next(self) -> Job | None:
        """Wait for a job and return it, or None once the line is closed."""
        with self._change:
            while self._open and not self._jobs:
                self._change.wait()
            return self._jobs.pop(0) if self._open else None

    def close(self) -> None:
        """Send everybody away."""
        with self._change:
            self._open = False
            self._change.notify_all()


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
        self._short, self._long = _Line(), _Line()
        self._threads = [
            threading.Thread(target=self._work, args=(line,), daemon=True, name="ankomst-explore")
            for line in (self._short, self._long)
        ]
        for thread in self._threads:
            thread.start()

    def take(self, state: State, page: str) -> Job:
        """Return the page's job if it is about the state and still good, else begin one.

        A page that comes for a finished answer must not start the work anew, not even where it failed.
        """
        job = self.get(page)
        if job is not None and job.state == state and not job.given_up:
            return job
        return self.ask(state, page)

    def ask(self, state: State, page: str) -> Job:
        """Begin a job, or take the answer that is kept; the page's earlier job is given up."""
        job = Job(state)
        with self._lock:
            earlier = self._jobs.pop(page, None)
            if earlier is not None:
                earlier.give_up()
            while len(self._jobs) >= MOST_KEPT:
                self._jobs.pop(next(iter(self._jobs))).give_up()
            self._jobs[page] = job
        job.answer = self.answers.known(state)
        if job.answer is not None:
            job.finished.set()
            return job
        line = self._short if state.sample == "quick" else self._long
        if not line.join(job):
            job.error = str(
                RunError("too many answers are being computed", allowed="to try again in a moment")
            )
            job.finished.set()
        return job

    def get(self, page: str) -> Job | None:
        """Return the job of a page, if it has one."""
        with self._lock:
            job = self._jobs.get(page)
        if job is not None:
            job.asked = time.monotonic()
        return job

    def close(self) -> None:
        """Give up all jobs and end the threads."""
        with self._lock:
            for job in self._jobs.values():
                job.give_up()
        for line in (self._short, self._long):
            line.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _work(self, line: _Line) -> None:
        while (job := line.next()) is not None:
            if not job.given_up:
                self._carry_out(job)
            job.finished.set()

    def _carry_out(self, job: Job) -> None:
        try:
            job.answer = self.answers.find(job.state, job.report)
        except GivenUpError:
            job.give_up()
        except AnkomstError as error:
            job.error = str(error)
        except Exception as error:  # noqa: BLE001 - a fault must not end the thread that serves everybody
            job.error = f"the run failed ({type(error).__name__}); `ankomst run` shows why"
