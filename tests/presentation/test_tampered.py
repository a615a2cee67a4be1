"""Five hundred folders in which something was changed: each command succeeds or says it in one sentence."""

from __future__ import annotations

import io
import shutil
import signal
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.presentation.stored_samples import made_of_every_kind, stored, with_ledger
from tests.presentation.tampering import tamper
from typer.main import get_command

from ankomst.cli import app
from ankomst.studies.engine.manifest import SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS, AT_ONCE = 500, 25
COMMANDS = get_command(app)
"""Made once: to make it takes longer than most of the commands here."""
SECONDS = 120
"""After which a command hangs."""
ROOT = Path(__file__).resolve().parents[2]
BATCH = """kind: batch
baseline: three_year
scenarios: [one_year]
set: {population.arrival_years: 1, horizon.follow_up_months: 24}
newcomers_per_year: 24
replicates: 2
"""
RUN = ("run", "one_year", "--newcomers", "12", "--replicates", "2", "--lang", "en", "--set",
       "population.arrival_years=1", "--set", "horizon.follow_up_months=24")  # fmt: skip


class HangsError(BaseException):
    """A command does not come to an end."""


def ankomst(*arguments: object) -> tuple[int, str, str]:
    """Carry out a command; return its status and what it wrote."""
    out, err = io.StringIO(), io.StringIO()
    signal.alarm(SECONDS)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            COMMANDS.main(list(map(str, arguments)), prog_name="ankomst")
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    finally:
        signal.alarm(0)
    raise AssertionError("a command ends the process")


@pytest.fixture(scope="module", name="results")
def results_fixture(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a small result of every kind."""
    place = tmp_path_factory.mktemp("results")
    (place / "batch.yaml").write_text(BATCH, encoding="utf-8")
    out = place / "batch"
    assert ankomst("batch", place / "batch.yaml", "--workers", "1", "-q", "--out", out)[0] == 0
    made, found = made_of_every_kind(), {"batch": out}
    for kind in made:
        found[kind] = stored(kind, made, place / kind)
        if kind not in SINGLE:
            with_ledger(found[kind], kind)
    return found


@pytest.fixture(autouse=True)
def _alarm() -> Iterator[None]:
    def hangs(*_: object) -> None:
        raise HangsError

    before = signal.signal(signal.SIGALRM, hangs)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def commands(kind: str, folder: Path, file: Path, seed: int) -> Iterator[tuple[object, ...]]:
    """Yield what is tried on a folder: what is quick always, what takes a second now and then."""
    yield "verify", folder, "--sample", "1", "-q"
    yield "status", folder
    if kind == "batch":
        yield ("compare", "export")[seed % 2], folder, "-q"
    if seed % 20 == 0:
        yield "report", folder, "--lang", "en", "--format", "csv", "-q"
    if seed % 15 == 0 and kind == "batch":
        yield "batch", file, "--workers", "1", ("--resume", "--restart")[seed % 2], "-q", "--out", folder
    if seed % 15 == 0 and kind == "run":
        yield *RUN, "-q", "--out", folder


@pytest.mark.compiled
@pytest.mark.parametrize("first", range(0, FOLDERS, AT_ONCE))
def test_no_traceback_and_no_hang(first: int, results: dict[str, Path], tmp_path: Path) -> None:
    kinds = list(results)
    for seed in range(first, first + AT_ONCE):
        kind = kinds[seed % len(kinds)]
        folder = tmp_path / f"{seed}"
        shutil.copytree(results[kind], folder)
        what = tamper(folder, seed)
        for command in commands(kind, folder, results["batch"].with_suffix(".yaml"), seed):
            try:
                status, _, said = ankomst(*command)
            except BaseException as problem:
                problem.add_note(f"seed {seed}, {what}, {command}")
                raise
            lines = said.splitlines()
            problems = [line for line in lines if line.startswith("error: ")]
            one = status == 1 and len(problems) == 1 and problems == lines[-1:]
            assert status == 0 or one, f"seed {seed}, {what}, {command}: {said}"


@pytest.mark.compiled
def test_what_is_whole_stays_whole(results: dict[str, Path]) -> None:
    for kind, folder in results.items():
        status, said, _ = ankomst("verify", folder, "--sample", "1")
        assert status == 0
        assert ("evaluations" in said) == (kind not in {"batch", *SINGLE})
