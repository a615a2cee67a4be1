"""What all tests share: tests that need the compiled month step aside where compilation is off."""

from __future__ import annotations

import numba
import pytest
from hypothesis import HealthCheck, settings

# The same examples each time; how long they take says something of the machine, nothing of the program.
settings.register_profile(
    "ankomst", deadline=None, derandomize=True, database=None, suppress_health_check=(HealthCheck.too_slow,)
)
settings.load_profile("ankomst")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests marked `compiled` when the kernels run as plain Python."""
    if not numba.config.DISABLE_JIT:
        return
    skip = pytest.mark.skip(reason="compilation is switched off, and plain Python is too slow here")
    for item in items:
        if item.get_closest_marker("compiled"):
            item.add_marker(skip)
