"""The packaged posterior is whole, and the registry stands at its central draw."""

from __future__ import annotations

import hashlib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from ankomst.errors import ParameterError
from ankomst.policy.parameters import load_registry, ranged
from ankomst.policy.posterior import POSTERIOR, marginals, posterior_facts

if TYPE_CHECKING:
    from pathlib import Path

AWAITING = (
    "readiness.*",
    "period.*",
    "observation.*",
    "placements.sub_places",
    "population.female_share_boom",
)
"""Parameters that came after the packaged calibration; until the next one the registry has their value."""


def fitted() -> set[str]:
    """Return the parameters with a range that the packaged calibration knew."""
    return {name for name in ranged() if not any(fnmatchcase(name, new) for new in AWAITING)}


def test_the_posterior_is_the_one_that_its_manifest_names() -> None:
    facts = posterior_facts()
    assert facts["sha256"] == hashlib.sha256(POSTERIOR.read_bytes()).hexdigest()
    assert facts["draws"] >= 200
    assert facts["parameters"] == len(fitted())
    assert set(facts["informed"]) <= set(facts["free"]) <= fitted()
    assert POSTERIOR.stat().st_size < 1_000_000


def test_every_parameter_with_a_range_has_a_marginal_within_it() -> None:
    registry = load_registry()
    assert set(marginals()) == fitted()
    for name, found in marginals().items():
        bounds = registry[name].range
        assert bounds is not None
        assert bounds[0] <= found.low <= found.median <= found.high <= bounds[1]
        assert found.n == posterior_facts()["draws"]


@pytest.mark.skipif("provisional" in posterior_facts(), reason="the calibration has not been adopted yet")
def test_the_registry_stands_at_the_central_draw() -> None:
    registry = load_registry()
    assert {name: registry[name].value for name in fitted()} == posterior_facts()["central"]


def test_a_posterior_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "posterior.csv"
    with pytest.raises(
        ParameterError, match=r"posterior\.json: the manifest of the posterior cannot be read"
    ):
        marginals(path)
    path.with_suffix(".json").write_text("{}", encoding="utf-8")
    path.write_text("a,b\n1,x\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"posterior\.csv, line 1: the column 'a' is unknown"):
        marginals(path)
