"""Kernels hold the machine code of all that they call: a call for every person takes many times as long."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from tests.simulation.support import scenario

from ankomst.simulation.kernels import compiled
from ankomst.simulation.simulate import simulate

pytestmark = [
    pytest.mark.compiled,
    pytest.mark.skipif(sys.platform != "linux", reason="object files of other systems have another form"),
]

FOR_MANY = {"draws.draw_all", "searching.hazards"}
"""Called once for a cohort or a month, not for each person."""
KERNELS = {"month.carry_out", "searching.hazards", "searching.plan_sums"}


def functions_in(machine_code: Path) -> set[str]:
    """Return our functions that a kernel's object file defines or calls, as `file.function`."""
    stored = machine_code.read_bytes()
    start = stored.index(b"\x7fELF")
    end = stored.index(b"BC\xc0\xde", start)  # bitcode from before the inlining follows
    symbols = re.findall(rb"_ZN7ankomst10simulation7kernels(\d+)(\w+?)B\d", stored[start:end])
    names = set()
    for digits, rest in symbols:
        module, function = rest[: int(digits)], rest[int(digits) :]
        names.add(f"{module.decode()}.{function.decode().lstrip('0123456789')}")
    return names


def test_no_kernel_calls_a_function_for_each_person() -> None:
    simulate(scenario(), newcomers_per_year=60, until=1)  # compiles what is not yet
    stored = {
        ".".join(path.name.split(".")[:2]).rpartition("-")[0]: functions_in(path)
        for path in Path(compiled._FOLDER).rglob("*.nbc")
    }
    assert stored.keys() >= KERNELS
    for name, inside in stored.items():
        assert {name} <= inside <= {name} | FOR_MANY
