"""The time that is left: not told from the start of a study, then from the pace at which runs come back."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from ankomst.commands import progress
from ankomst.commands.progress import Pace, clock

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """A clock that goes on when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress, "time", made)
    return made


def told(time: Clock, report: Callable[[int, int], object], *steps: tuple[float, int]) -> list[object]:
    """Report runs that are over at some seconds since the beginning."""
    found, begun = [], time.now
    for seconds, over in steps:
        time.now = begun + seconds
        found.append(report(over, 100))
    return found


def test_start_up_does_not_count(time: Clock) -> None:
    # Forty seconds until the first results, then a run a second.
    steps = [
        (0, 0),
        (40, 10),
        (50, 20),
        (60, 30),
        (70, 40),
        (79, 49),
        (80, 50),
        (90, 60),
        (100, 70),
        (130, 100),
    ]
    left = told(time, Pace().left, *steps)
    assert left == [None, None, None, None, None, None, 50.0, 40.0, 30.0, None]


def test_runs_that_were_finished_before_do_not_count(time: Clock) -> None:
    left = told(time, Pace().left, (0, 60), (5, 61), (10, 62), (15, 63), (20, 64), (25, 65))
    assert left == [None, None, None, None, pytest.approx(180.0), pytest.approx(175.0)]


def test_a_rush_of_first_results_tells_nothing_yet(time: Clock) -> None:
    left = told(time, Pace().left, (0, 0), (20, 4), (20.1, 8), (20.2, 12), (20.3, 16), (20.4, 20), (41, 24))
    assert left == [None] * 6 + [pytest.approx(21 * 76 / 20)]


def test_a_time_is_written_as_hours_minutes_and_seconds() -> None:
    assert [clock(each) for each in (None, 0.2, 59.01, 3599.0, 36_001.0)] == [
        "-:--:--", "0:00:01", "0:01:00", "0:59:59", "10:00:01",
    ]  # fmt: skip


def test_lines_tell_a_time_only_when_it_is_known(time: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress_bar("Batch", quiet=False) as report:
        assert report is not None
        told(time, report, (0, 0), (40, 10), (55, 20), (70, 40), (85, 55), (101, 71))
    assert capsys.readouterr().err.splitlines() == [
        "Batch: 10 of 100 runs after 40 s",
        "Batch: 20 of 100 runs after 55 s",
        "Batch: 40 of 100 runs after 70 s",
        "Batch: 55 of 100 runs after 85 s, about 45 s left",
        "Batch: 71 of 100 runs after 101 s, about 29 s left",
    ]


def test_the_bar_of_a_terminal_tells_it_too(time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stderr", screen := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress.progress_bar("Batch", quiet=False) as report:
        assert report is not None
        told(time, report, (0, 0), (40, 10), (55, 20), (70, 40), (85, 55), (101, 71))
    assert re.search(r"71/100\S* runs, left 0:00:29\n", screen.getvalue())
