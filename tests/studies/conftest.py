"""A small batch of forty made-up runs, for tests of its folder; tests of one module may have another."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
from tests.studies.batch_support import bits, experiment, run

from ankomst.studies.batch import runner
from ankomst.studies.engine import chunks, worker

if TYPE_CHECKING:
    from ankomst.studies.schema.experiment import Experiment


@pytest.fixture
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "tabulate", lambda *_: {})
    monkeypatch.setattr(runner.store, "git_state", lambda: {"commit": None, "dirty": None})
    monkeypatch.setattr(chunks, "RUNS", 12)  # three whole parts, and one of four


@pytest.fixture
def no_thread_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up measures use no numerical library: to look for those takes longer than the measures."""
    monkeypatch.setattr(worker, "ONE_THREAD", nullcontext())


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    return experiment(tmp_path_factory.mktemp("experiment"), replicates=10)


@pytest.fixture(scope="session")
def wanted(small: Experiment, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the bits of an undisturbed batch."""
    out = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(runner, "tabulate", lambda *_: {})
        run(small, out)
    return bits(out, small)
