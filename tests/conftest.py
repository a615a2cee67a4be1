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


UNTRACED = {
    "test_batch_chaos", "test_intervals", "test_extending", "test_readme", "test_sensitivity_methods",
    "test_decision_methods", "test_design_search", "test_sensitivity", "test_decision", "test_stories",
    "test_browser", "test_explorer_browser",
}  # fmt: skip
"""Long tests that reach nothing the others do not; coverage would make them half as long again."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests marked `compiled` when the kernels run as plain Python."""
    if not numba.config.DISABLE_JIT:
        for item in items:  # what these reach is measured with compilation switched off; tracing takes long
            if "simulation" in item.path.parts or item.path.stem in UNTRACED:
                item.add_marker(pytest.mark.no_cover)
        return
    skip = pytest.mark.skip(reason="compilation is switched off, and plain Python is too slow here")
    for item in items:
        if item.get_closest_marker("compiled"):
            item.add_marker(skip)
