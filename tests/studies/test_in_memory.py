"""Many runs: each once, with shared people and the results of single runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.studies.support import scenario as longer

import ankomst
from ankomst.studies.design.people import same_people
from ankomst.studies.design.posterior import draws_of
from ankomst.studies.design.seeds import stream
from ankomst.studies.engine import in_memory
from ankomst.studies.metrics.record import layout_of, record

if TYPE_CHECKING:
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result


def scenario(spec: str = "three_year") -> Scenario:
    return longer(spec, {"horizon.follow_up_months": 12, "population.newcomers_per_year": 24})


SPECS = ("three_year", "one_year", "mentors+outreach", "dispersal_by_demand", "lower_benefit")


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.compiled)])
def test_runs_are_those_of_single_scenarios(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    scenarios = [scenario(spec) for spec in SPECS]
    given: list[bool] = []
    real = ankomst.simulate

    def watched(*arguments: Any, **options: Any) -> Result:  # noqa: ANN401
        given.append(options["population"] is not None)
        return real(*arguments, **options)

    monkeypatch.setattr(in_memory, "simulate", watched)
    layout = layout_of(scenarios, (12,))
    draws = draws_of(2, 3).values
    read: dict[tuple[int, int, int], float] = {}

    def keep(k: int, draw: int, replicate: int, result: Result) -> None:
        read[k, draw, replicate] = float(result.records.ledger_group.sum())

    rows = in_memory.run_rows(
        scenarios,
        layout,
        draws=draws,
        replicates=2,
        seed=3,
        newcomers_per_year=24,
        read=keep,
        workers=workers,
    )
    assert len(read) == 4 * len(SPECS)
    if workers == 1:  # drawn once by the first, and by the one whose people live elsewhere
        assert given == [False, True, True, False, True] * 4
    for (k, draw, replicate), total in read.items():
        alone = real(
            scenarios[k],
            seed=3,
            replicate=stream(draw, replicate),
            parameters=draws[draw],
            newcomers_per_year=24,
        )
        assert total == float(alone.records.ledger_group.sum())
        assert np.array_equal(rows[k][draw, replicate], record(alone, layout), equal_nan=True)


def test_people_are_let_go_after_the_last_run() -> None:
    scenarios = [scenario(spec) for spec in SPECS[:2]]
    people = ankomst.simulate(scenarios[0]).population
    shared = in_memory.SharedPeople(scenarios, [(0, 0, 0), (1, 0, 0), (0, 0, 1)])
    assert shared.get(1, 0, 0) is None
    shared.keep(0, 0, 0, people)
    assert shared.get(1, 0, 0) is people
    assert shared.get(1, 0, 1) is None
    shared.keep(1, 0, 0, people)
    shared.keep(0, 0, 1, people)
    assert shared._people == {}


def test_where_people_live_decides_whether_they_are_the_same() -> None:
    base = scenario()
    assert same_people(base, scenario("mentors"))
    assert not same_people(base, scenario("dispersal_by_demand"))
