"""What a process keeps between runs: found by content, the same bits in any order, and never too much."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.support import SMALL_TABLE, scenario

from ankomst.policy.levers.grants import grants_2013
from ankomst.policy.rates import Rates, load_rates
from ankomst.simulation import regimes
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.municipalities import read_municipalities
from ankomst.simulation.simulate import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.policy.scenario import Scenario

DATED = {"rules": "denmark", "population__arrivals": {2014: 60, 2015: 60}, "horizon__follow_up_months": 24}
FIXED = {"population__arrival_years": 1, "horizon__follow_up_months": 24}


def calendar_of(policy: Scenario, **options: Any) -> regimes.Calendar:  # noqa: ANN401
    return IntroductionModel(policy, **({"newcomers_per_year": 60} | options)).calendar


def test_rules_are_kept_by_content() -> None:
    first = calendar_of(scenario(**FIXED))
    assert calendar_of(scenario(**FIXED)) is first
    assert calendar_of(scenario(**FIXED), parameters={}) is first
    assert calendar_of(scenario(**FIXED), seed=5, replicate=3) is first


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({"danish__class_hours": 12}, {}),
        ({"horizon__follow_up_months": 25}, {}),
        ({}, {"newcomers_per_year": 61}),
        ({}, {"parameters": {"danish.drop_out": 0.011}}),
        ({}, {"watched": grants_2013()}),
        ({}, {"rates": Rates(dict(load_rates().items()))}),
    ],
)
def test_other_rules_are_resolved_anew(changes: dict[str, Any], options: dict[str, Any]) -> None:
    assert calendar_of(scenario(**(FIXED | changes)), **options) is not calendar_of(scenario(**FIXED))


def test_what_a_dated_scenario_sets_itself_is_part_of_its_content() -> None:
    policy = scenario(**DATED)
    own = scenario(**DATED, danish__right_months=policy.danish.right_months)
    assert policy.danish == own.danish
    assert [held.right_end for held in calendar_of(policy).regimes] != [
        held.right_end for held in calendar_of(own).regimes
    ]


def test_no_more_than_sixteen_calendars_are_kept() -> None:
    for sample in range(60, 80):
        calendar_of(scenario(**FIXED), newcomers_per_year=sample)
    assert regimes._kept.cache_info().currsize == 16


def test_a_table_of_municipalities_is_kept_by_content(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes(SMALL_TABLE.read_bytes())
    first = read_municipalities(table)
    assert read_municipalities(table) is first
    stamp = table.stat().st_mtime_ns
    table.write_text(SMALL_TABLE.read_text(encoding="utf-8").replace("Esbjerg", "Ribe"), encoding="utf-8")
    os.utime(table, ns=(stamp, stamp))
    assert "Esbjerg" in first.name
    assert "Ribe" in read_municipalities(table).name


def test_runs_are_the_same_in_any_order() -> None:
    policies = [scenario(**FIXED), scenario(**DATED), scenario(**FIXED, danish__class_hours=10)]

    def ledgers(order: list[int]) -> dict[int, np.ndarray[Any, Any]]:
        return {k: simulate(policies[k], newcomers_per_year=60).records.ledger_group for k in order}

    regimes._kept.cache_clear()
    alone = {}
    for k in range(3):
        regimes._kept.cache_clear()
        alone |= ledgers([k])
    for order in ([0, 1, 2], [2, 0, 1, 1]):
        for k, ledger in ledgers(order).items():
            np.testing.assert_array_equal(ledger, alone[k])
