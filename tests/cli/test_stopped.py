"""A study that is stopped says how to go on; exactly that line ends it with the same tables."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from tests.cli.support import INTERRUPTIBLE, ROOT, ankomst
from tests.cli.test_batch import SMALL as BATCH
from tests.cli.test_drivers import DECISION, SENSITIVITY
from tests.cli.test_validate import SMALL as VALIDATION
from tests.studies.calibration_support import STUDY as CALIBRATION
from tests.studies.calibration_support import TARGETS
from tests.waiting import PATIENCE, waited_for

from ankomst.commands.progress import STOPS, stoppable
from ankomst.errors import OutputError
from ankomst.studies.engine.registry import NAME, Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ankomst.studies.engine.worker import RunReport

pytestmark = pytest.mark.compiled
OPTIONS = {
    "batch": (
        "--replicates", "2", "--newcomers", "40", "--set", "danish.right_months=60",
        "--set", "draws={from: prior, number: 2}",
    ),
    "calibrate": ("--members", "20", "--newcomers", "50", "--set", "steps=1", "--lang", "en"),
    "validate": ("--newcomers", "40", "--set", "draws={from: prior, number: 3}", "--lang", "da"),
    "sensitivity": (
        "--quick", "--newcomers", "24", "--lang", "en",
        "--set", "quick={morris.trajectories: 4, sobol: null, emulator: null}",
    ),
    "decide": ("--newcomers", "24", "--set", "level=0.8", "--set", "designs.trials=10", "--lang", "en"),
}  # fmt: skip
FILES = {
    "batch": BATCH, "calibrate": CALIBRATION, "validate": VALIDATION, "sensitivity": SENSITIVITY,
    "decide": DECISION,
}  # fmt: skip
SAID = "; go on with: "


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that has a space in its name."""
    folder = tmp_path / "my project"
    folder.mkdir()
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    (folder / "targets.yaml").write_text(TARGETS, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def files(out: Path) -> dict[str, bytes]:
    """Return the tables of a study and its draws, by name."""
    found = {path.name: path.read_bytes() for path in (out / "tables").glob("*.csv")}
    draws = out / "posterior.csv"
    return found | ({draws.name: draws.read_bytes()} if draws.is_file() else {})


@pytest.mark.parametrize("command", FILES)
def test_exactly_the_line_that_is_said_ends_a_study_with_the_same_tables(
    command: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "my study.yaml").write_text(FILES[command], encoding="utf-8")
    given = [command, "my study.yaml", "--workers", "1", "--seed", "5", "--quiet", *OPTIONS[command]]
    whole = ankomst(*given, "--out", "whole")
    assert whole.exit_code == 0, whole.output

    real, left = Ledger.enter, [2]

    def cut_off(ledger: Ledger, reports: Sequence[RunReport]) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        real(ledger, reports)

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "enter", cut_off)
        stopped = ankomst(*given, "--restart", "--out", "cut off/here it is")
    assert stopped.exit_code == 130
    assert stopped.stderr.startswith("stopped; ")
    line = stopped.stderr.strip().partition(SAID)[2]
    assert line == shlex.join(["ankomst", *given, "--out", "cut off/here it is", "--resume"])
    status = ankomst("status", "cut off/here it is")
    assert status.exit_code == 0, status.output
    assert status.stdout.splitlines()[-1] == f"Go on with: {line}"

    ended = ankomst(*shlex.split(line)[1:])
    assert ended.exit_code == 0, ended.output
    assert files(place / "cut off" / "here it is") == files(place / "whole")
    assert "Go on with" not in ankomst("status", "cut off/here it is").stdout


def test_without_its_options_a_study_is_not_gone_on_with(place: Path) -> None:
    (place / "small.yaml").write_text(VALIDATION, encoding="utf-8")
    given = ["validate", "small.yaml", "--workers", "1", "--quiet", "--lang", "en"]
    assert ankomst(*given, "--newcomers", "30").exit_code == 0
    refused = ankomst(*given, "--resume")
    assert refused.exit_code == 1
    assert "another validation than the folder's: newcomers_per_year is 40 and was 30" in refused.stderr
    assert "(ankomst validate small.yaml --workers 1 --quiet --lang en --newcomers 30)" in refused.stderr
    assert ankomst(*given, "--changed").exit_code == 0
    both = ankomst(*given, "--changed", "--restart")
    assert "--changed and --restart exclude each other" in both.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_every_signal_that_ends_a_batch_leaves_it_resumable(how: signal.Signals, place: Path) -> None:
    (place / "small.yaml").write_text(BATCH, encoding="utf-8")
    given = ["batch", "small.yaml", "--replicates", "700", "--workers", "1"]
    with subprocess.Popen(
        [*INTERRUPTIBLE, *given], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        waited_for(lambda: finished(place / "results" / "small") >= 9, process)
        process.send_signal(how)
        _, said = process.communicate()
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert f"runs are finished and kept{SAID}ankomst {shlex.join(given)} --resume" in said
    assert finished(place / "results" / "small") >= 9


def finished(out: Path) -> int:
    """Return the runs that the ledger of a folder holds as finished."""
    with suppress(OutputError), Ledger(out / NAME, readonly=True) as ledger:
        return ledger.counts()["done"]
    return 0


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="terminals send no signal here")
def test_a_terminal_that_is_closed_ends_a_batch_and_its_workers(place: Path) -> None:
    import pty

    import psutil

    (place / "small.yaml").write_text(BATCH, encoding="utf-8")
    child, screen = pty.fork()
    if child == 0:
        words = [*INTERRUPTIBLE, "batch", "small.yaml", "--replicates", "700", "--workers", "2"]
        os.execv(sys.executable, words)  # noqa: S606 - the test's own command
    reader = threading.Thread(target=drain, args=(screen,), daemon=True)
    reader.start()
    try:
        waited_for(lambda: finished(place / "results" / "small") >= 9)
        with_it = psutil.Process(child).children(recursive=True)
        assert len(with_it) >= 2
    finally:
        os.close(screen)
        _, ending = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ending) == 130
    assert psutil.wait_procs(with_it, timeout=PATIENCE)[1] == []
    status = json.loads(ankomst("status", "results/small", "--json").stdout)
    assert status["running"] is False
    assert 9 <= status["runs"]["done"] < 2100


def drain(screen: int) -> None:
    """Read what a terminal shows until it is closed."""
    try:
        while os.read(screen, 1000):
            pass
    except OSError:
        pass


def test_a_signal_that_is_ignored_stays_so_and_handlers_come_back() -> None:
    before = {each: signal.getsignal(each) for each in STOPS}
    ignored = STOPS[-1]
    try:
        signal.signal(ignored, signal.SIG_IGN)
        with stoppable("Nothing", quiet=True):
            signal.raise_signal(ignored)
            assert signal.getsignal(ignored) is signal.SIG_IGN
            assert signal.getsignal(STOPS[0]) is not before[STOPS[0]]
        assert signal.getsignal(ignored) is signal.SIG_IGN
        assert signal.getsignal(STOPS[0]) is before[STOPS[0]]
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_a_second_signal_does_not_disturb_the_ending() -> None:
    before = {each: signal.getsignal(each) for each in STOPS}
    ended = []

    def study() -> None:
        with stoppable("Nothing", quiet=True):
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                for each in STOPS:
                    signal.raise_signal(each)
                ended.append(True)

    with pytest.raises(KeyboardInterrupt, match="stopped; what is finished is kept; go on with: "):
        study()
    assert ended == [True]
    assert {each: signal.getsignal(each) for each in STOPS} == before
