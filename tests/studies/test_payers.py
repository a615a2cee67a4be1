"""Who finally pays: layers of the account between municipalities and state."""

from __future__ import annotations

import numpy as np
import pytest
from tests.studies.runs_fake import FakeRuns

from ankomst.simulation.accounts import LEDGER, direction
from ankomst.simulation.payer_layers import (
    ALL_MUNICIPALITIES,
    ALL_WITH_GRANTS,
    GROSS,
    GUARANTEED_GRANTS,
    GUARANTEED_OUTLAYS,
    LAYERS,
    SINGLE,
    municipal_signs,
)
from ankomst.studies.batch.tables import BatchTables

NAMES = [item.name for item in LEDGER]


def found(runs: FakeRuns) -> dict[tuple[str, str], float]:
    """Return the difference of each layer and payer."""
    table = BatchTables(runs, discounted=False).payers()
    assert set(table["scenario"]) == {"alt"}
    return {(row["layer"], row["payer"]): row["estimate"] for row in table.to_dict("records")}


def test_one_municipality_is_the_net_cost_that_stands_everywhere() -> None:
    signs = dict(zip(LAYERS, municipal_signs(), strict=True))
    assert np.array_equal(signs[SINGLE], direction("municipality"))
    settled = [item.name for item in LEDGER if {item.payer, item.payee} == {"municipality", "state"}]
    for name in settled:
        assert signs[GROSS][NAMES.index(name)] == 0.0, name
    for name in ("staff", "municipal_tax", "lever_cost"):
        assert len({signs[layer][NAMES.index(name)] for layer in LAYERS}) == 1, name
    assert not signs[ALL_MUNICIPALITIES][[NAMES.index(name) for name in GUARANTEED_OUTLAYS]].any()
    assert signs[ALL_WITH_GRANTS][NAMES.index("basic_grant")] == -1.0


@pytest.mark.parametrize("item", [*GUARANTEED_OUTLAYS, *GUARANTEED_GRANTS])
def test_under_the_guarantee_all_municipalities_together_pay_nothing_of_what_is_guaranteed(item: str) -> None:
    runs = FakeRuns()
    runs.pay("alt", item, 1, 1_000.0)
    pays = found(runs)
    assert pays[ALL_MUNICIPALITIES, "municipality"] == 0.0
    assert pays[SINGLE, "municipality"] == 1_000.0 * direction("municipality")[NAMES.index(item)]


def test_the_public_sum_is_the_same_in_every_layer() -> None:
    runs, rng = FakeRuns(), np.random.default_rng(5)
    for name in NAMES:
        runs.pay("alt", name, 1, float(rng.uniform(100.0, 900.0)))
    runs.displace(0.2, municipality=60.0, state=40.0, worker=20.0)
    runs.jobs("alt", 0.3)
    pays = found(runs)
    sums = [pays[layer, "municipality"] + pays[layer, "state"] for layer in LAYERS]
    assert sums == pytest.approx([sums[0]] * len(LAYERS))
    table = BatchTables(runs, discounted=False, outcomes=("net_cost",)).differences()
    own = {row["payer"]: row["estimate"] for row in table[table["outcome"] == "net_cost"].to_dict("records")}
    assert pays[SINGLE, "municipality"] == pytest.approx(own["municipality"])
    assert pays[SINGLE, "state"] == pytest.approx(own["state"])


def test_a_displaced_workers_benefit_is_guaranteed_and_the_lost_tax_is_not() -> None:
    runs = FakeRuns()
    runs.displace(0.1, municipality=60.0, state=40.0, worker=20.0)  # 45 of benefit, 30 of tax in the fake
    runs.jobs("alt", 1.0)
    extra = 0.1 * found_months(runs)
    pays = found(runs)
    assert pays[GROSS, "municipality"] == pytest.approx(75.0 * extra)
    assert pays[SINGLE, "municipality"] == pytest.approx(60.0 * extra)
    assert pays[ALL_MUNICIPALITIES, "municipality"] == pytest.approx(30.0 * extra)
    assert pays[ALL_MUNICIPALITIES, "state"] == pytest.approx(70.0 * extra)


def found_months(runs: FakeRuns) -> float:
    """Return the months in work that the alternative has beyond the baseline."""
    return float((runs.data["alt", "jobs"] - runs.data["base", "jobs"])[0, 0, :, 0].sum())


def test_one_year_by_hand() -> None:
    """A reform that ends 10,000 of refunded classes and 5,000 of basic grant, and saves 2,000 of staff.

    Gross the municipality saves 12,000. It loses half of the classes as refund and the basic grant: it saves
    2,000. All municipalities together get what they pay of classes and the grant back as block grant: they
    keep what they save on staff, 2,000; without grants in the guarantee they lose 3,000.
    """
    runs = FakeRuns()
    runs.pay("alt", "danish_classes", 1, -10_000.0)
    runs.pay("alt", "programme_refund", 1, -5_000.0)
    runs.pay("alt", "basic_grant", 1, -5_000.0)
    runs.pay("alt", "staff", 1, -2_000.0)
    pays = found(runs)
    assert [pays[layer, "municipality"] for layer in LAYERS] == [-12_000.0, -2_000.0, -2_000.0, 3_000.0]
    assert [pays[layer, "state"] for layer in LAYERS] == [0.0, -10_000.0, -10_000.0, -15_000.0]
