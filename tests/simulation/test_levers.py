"""Null tests of the 23 proposals: a dose of nothing is the baseline, bit for bit.

Rows are those of the table in docs/levers.md. Signs: test_lever_signs.py; costs: test_lever_costs.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulation.lever_rows import FILES, GRANTS_2013, NEUTRAL, SHARED, whole_package
from tests.simulation.lever_runs import ROWS, fingerprint, flows, lives, name_of, small, small_run
from tests.simulation.support import SMALL_TABLE

from ankomst.policy.scenario import Scenario, diff, reference_policy
from ankomst.policy.schema import Frozen
from ankomst.simulation import codes
from ankomst.simulation.municipalities import read_municipalities

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = {
    "population.newcomers_per_year": 48,
    "population.arrival_years": 1,
    "horizon.follow_up_months": 24,
}
"""Small: these runs are made with compilation switched off as well."""
LONG = {
    "population.newcomers_per_year": 600,
    "population.arrival_years": 3,
    "horizon.follow_up_months": 59,
}
"""Up to the month in which the latest deadline of all would be due."""
TAXES = ("labour_market_contribution", "municipal_tax", "state_tax", "indirect_tax")
OTHER_WORDS: list[tuple[int, str, dict[str, Any]]] = [
    (1, "36 months of basic grant", {"introduction_period.basic_grant_months": 36}),
    (2, "extended to the same end", {"introduction_period.extension": "needs_test"}),
    (2, "the same, unless self-supporting", {"introduction_period.extension": "until_self_supporting"}),
    (3, "an envelope for three years", {"introduction_period.resources": "per_newcomer"}),
    (6, "a cap nobody meets", {"result_grants": [g | {"cap": 1e10} for g in GRANTS_2013]}),
    (11, "a month more that is saved", {"assessment.months": 3, "assessment.asylum_information": 1}),
    (12, "no first offer is due so late", {"placements.first_offer_deadline_months": 60}),
    (19, "a ceiling nobody meets", {"benefits.ceiling": 50_000}),
    (21, "demand without weight", {"dispersal": "demand_weighted"}),
]
"""Levers that are set to something, of which nothing follows."""
NO_EFFECT = {"levers.known_health": 0.0, "constants.dispersal_slope": 0.0}
"""Effects behind two of them; the neutral values need none of these."""
WRITTEN_OUT = [*NEUTRAL.items(), (23, whole_package())]


@pytest.fixture(scope="module")
def baseline() -> str:
    return fingerprint(small_run(SAMPLE))


@pytest.fixture(scope="module")
def long_baseline() -> str:
    return fingerprint(small_run(LONG))


@pytest.mark.parametrize(
    ("row", "keys"), WRITTEN_OUT, ids=[name_of(row, "written out") for row, _ in WRITTEN_OUT]
)
def test_the_neutral_values_are_the_baseline_bit_for_bit(
    row: int, keys: dict[str, Any], baseline: str
) -> None:
    assert row in ROWS
    assert fingerprint(small_run(SAMPLE | keys)) == baseline


@pytest.mark.compiled
@pytest.mark.parametrize("case", OTHER_WORDS, ids=lambda case: name_of(case[0], case[1]))
def test_a_lever_that_changes_nothing_is_the_baseline_bit_for_bit(
    case: tuple[int, str, dict[str, Any]], long_baseline: str
) -> None:
    assert fingerprint(small_run(LONG | case[2], parameters=NO_EFFECT)) == long_baseline


def test_every_row_has_a_null_test() -> None:
    assert {row for row, _ in WRITTEN_OUT} == ROWS
    assert set(FILES) == ROWS


def test_every_lever_of_the_schema_belongs_to_a_row() -> None:
    about_the_run = {"population", "municipalities", "horizon", "accounts"}
    sections = {
        f"{section}.{key}"
        for section, entry in Scenario.model_fields.items()
        if section not in about_the_run
        and isinstance(entry.annotation, type)
        and issubclass(entry.annotation, Frozen)
        for key in entry.annotation.model_fields
    }
    single = {"rules", "date", "result_grants", "bonus_extra_job", "dispersal"}
    assert set(whole_package()) == sections | single


@pytest.mark.parametrize("row", sorted(FILES))
def test_the_files_of_a_row_set_its_levers_and_no_others(row: int) -> None:
    own = set(NEUTRAL.get(row, {})) | set(SHARED.get(row, {}))
    for spec in FILES[row]:
        changed = {key for key, _, _ in diff(reference_policy(), small({}, spec))}
        changed.discard("population.municipalities")
        assert changed <= own, spec
        assert changed or spec in {"three_year", "grant_2013"}, spec


def test_a_table_of_the_usual_shares_is_the_quota(tmp_path: Path, baseline: str) -> None:
    table = read_municipalities(SMALL_TABLE)
    rows = [f"{code},{share!r}" for code, share in zip(table.code, table.refugee_key.tolist(), strict=True)]
    (tmp_path / "shares.csv").write_text("\n".join(["code,share", *rows]), encoding="utf-8")
    keys = SAMPLE | {"dispersal": tmp_path / "shares.csv"}
    assert fingerprint(small_run(keys)) == baseline


# -- a lever that is on, and whose effect is zero: the same lives, and the cost is booked ------------------


@dataclass(frozen=True)
class Inert:
    """A lever that is on while the registry's effects of it are zero."""

    row: int
    name: str
    keys: dict[str, Any]
    zero: dict[str, float]
    costs: tuple[str, ...] = ()
    """Items that carry the cost; left out: the proposal costs nothing."""
    saves: bool = False
    """Whether the cost falls."""
    follows: tuple[str, ...] = ()
    """Items that change with it; all others stay the same bit for bit."""
    both: dict[str, Any] = field(default_factory=dict)
    """Keys of the run that it is held against as well."""

    def __str__(self) -> str:
        return name_of(self.row, self.name)


INERT = [
    Inert(7, "result_targets", {"governance.result_targets": True}, {"municipality.target_pressure": 0}),
    Inert(
        8,
        "advisory_team",
        {"governance.advisory_team": True, "governance.peer_exchange": 0.03},
        {"municipality.advisory_boost": 0, "levers.peer_exchange": 0},
        ("advisory_team",),
    ),
    Inert(
        9,
        "needs_first",
        {"placements.targeting": "needs_first"},
        {"levers.needs_weight": 0},
        both={"placements.targeting": "equal"},
    ),
    Inert(
        10,
        "more guidance",
        {"assessment.guidance_share": 0.9},
        {"job_finding.b_recognised": 0},
        ("lever_cost",),
        # Graduates whose qualifications are recognised earn 8 % more, whatever the parameter says.
        follows=("wage", "self_employed_income", "top_up", "benefit_refund", *TAXES),
    ),
    Inert(
        11,
        "one_plan",
        {"assessment.asylum_information": 1, "assessment.months": 3},
        {"levers.known_health": 0},
    ),
    Inert(
        13,
        "partnerships",
        {"placements.partnerships": 0.2},
        {"levers.partnership_places": 0},
        ("lever_cost",),
    ),
    Inert(
        14,
        "entrepreneurs",
        {"entrepreneurship.support": 1},
        {"levers.support_start": 0, "levers.support_survival": 0},
        ("lever_cost",),
    ),
    Inert(
        15,
        "mentors",
        {"civil_society.mentor_share": 0.3},
        {"levers.b_mentor": 0, "levers.mentor_language": 0},
        ("lever_cost",),
    ),
    Inert(
        15,
        "outreach",
        {"outreach.self_supported_share": 0.3},
        {"levers.outreach_effect": 0},
        ("lever_cost",),
        both={"danish.class_hours": 0},  # the lever brings class hours too, whatever the parameter says
    ),
    Inert(
        16,
        "coordinated_cases",
        {"coordination.health": 1},
        {"levers.coordination_effect": 0},
        ("lever_cost",),
    ),
    Inert(
        20,
        "in_work_credit",
        {"taxes.in_work_credit": 1_000},
        {"job_finding.b_benefit_men": 0, "job_finding.b_benefit_women": 0},
        ("state_tax",),
        saves=True,
        follows=("indirect_tax",),  # what is not paid in tax is spent
    ),
    Inert(21, "by demand", {"dispersal": "demand_weighted"}, {"constants.dispersal_slope": 0}),
    Inert(
        22,
        "regional_danish",
        {"danish.regional": 1},
        {"levers.regional_gain": 0},
        ("danish_classes",),
        saves=True,
        follows=("programme_refund",),  # half of a lower cost
    ),
]


@pytest.mark.compiled
@pytest.mark.parametrize("case", INERT, ids=str)
def test_a_lever_without_effect_changes_no_life_and_books_its_cost(case: Inert) -> None:
    on, off = (small_run(LONG | case.both | keys, parameters=case.zero) for keys in (case.keys, {}))
    assert lives(on) == lives(off)
    for k, item in enumerate(codes.ITEMS):
        if item not in case.costs + case.follows:
            np.testing.assert_array_equal(
                on.records.ledger_cohort[:, :, k], off.records.ledger_cohort[:, :, k], err_msg=item
            )
    extra = flows(on) - flows(off)
    for item in case.costs:
        months = extra[:, codes.ITEMS.index(item)] * (-1 if case.saves else 1)
        assert months.sum() > 0, item
        assert months.min() >= -1e-6, f"{item} moves the other way in some month"
