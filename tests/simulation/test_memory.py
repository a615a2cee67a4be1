"""Memory: many runs in one process do not pile up, and the demo's sample fits on a small machine."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import psutil
import pytest
from tests.simulation.support import ROOT
from tests.waiting import PATIENCE

from ankomst.policy.scenario import Scenario, build_scenario
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.simulate import simulate

pytestmark = pytest.mark.compiled

MEGABYTE = 1024**2


def test_a_hundred_runs_do_not_grow_the_process() -> None:
    process = psutil.Process()
    policy = build_scenario({"population": {"arrival_years": 2}, "horizon": {"follow_up_months": 36}})
    for seed in range(10):  # what is loaded once is loaded now
        simulate(policy, seed=seed, newcomers_per_year=1_200)
    gc.collect()
    before = process.memory_info().rss
    for seed in range(100):
        simulate(policy, seed=seed, newcomers_per_year=1_200)
    gc.collect()
    assert process.memory_info().rss < 1.05 * before


def test_nothing_holds_a_model_that_is_given_up() -> None:
    model = IntroductionModel(Scenario(), newcomers_per_year=60)
    model.step()
    trace = weakref.ref(model)
    del model
    gc.collect()
    assert trace() is None


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the system does not tell the peak")
def test_35_000_newcomers_need_less_than_500_megabytes() -> None:
    simulate(Scenario(), newcomers_per_year=60)  # compiling takes memory of its own
    # The peak of the system's accounting would be that of this process, whose child begins as its copy.
    code = (
        "from pathlib import Path\n"
        "from ankomst.policy.scenario import Scenario\n"
        "from ankomst.simulation.simulate import simulate\n"
        "result = simulate(Scenario(), newcomers_per_year=7_000)\n"
        "assert result.n == 35_000\n"
        "lines = Path('/proc/self/status').read_text().splitlines()\n"
        "print(next(line.split()[1] for line in lines if line.startswith('VmHWM')))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert int(result.stdout) * 1024 < 500 * MEGABYTE
