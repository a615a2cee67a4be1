"""What the tests of the levers share: rows of the table of proposals, runs, fingerprints, ledgers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.simulation.support import finished, scenario

from ankomst.policy.parameters import uncalibrated_values
from ankomst.policy.scenario import build_scenario
from ankomst.simulation import codes
from ankomst.simulation.accounts import LEDGER, PARTIES, direction
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ankomst.policy.scenario import Scenario

Array = np.ndarray[Any, Any]
ROWS = frozenset(range(1, 24))
"""Rows of the table of proposals in docs/levers.md."""
CLIENTS = (
    codes.ASSESSMENT,
    codes.LANGUAGE_CLASS,
    codes.INTERNSHIP,
    codes.SUBSIDISED_JOB,
    codes.JOB_CENTRE,
)
WORK = (codes.TRAINEE_JOB, codes.EMPLOYED, codes.SELF_EMPLOYED)


def name_of(row: int, name: str) -> str:
    """Return the id of a case, the row first."""
    return f"row {row:02d} {name}"


def small(keys: Mapping[str, Any], spec: str = "three_year") -> Scenario:
    """Return a shipped scenario on the small table with dotted keys."""
    return scenario(spec, **{key.replace(".", "__"): value for key, value in keys.items()})


def small_run(
    keys: Mapping[str, Any], spec: str = "three_year", parameters: Mapping[str, Any] | None = None
) -> IntroductionModel:
    """Return a finished run of it with the values before calibration, every person's history kept."""
    return finished(small(keys, spec), parameters=uncalibrated_values() | dict(parameters or {}))


def country_run(
    keys: Mapping[str, Any], parameters: Mapping[str, Any] | None = None, *, people: int = 6_000
) -> IntroductionModel:
    """Return a finished run on the 98 municipalities: two years of arrivals, six years each."""
    settings = {
        "population.newcomers_per_year": people,
        "population.arrival_years": 2,
        "horizon.follow_up_months": 72,
    }
    model = IntroductionModel(
        build_scenario({}, settings | dict(keys)),
        seed=1,
        record="persons",
        parameters=uncalibrated_values() | dict(parameters or {}),
    )
    model.run()
    return model


def fingerprint(model: IntroductionModel) -> str:
    """Digest of all that a run recorded, bit for bit."""
    o = model.records
    return _digest((o.whole, o.real, o.counts, o.area_counts, o.ledger_area, o.ledger_cohort, o.ledger_group))


def lives(model: IntroductionModel) -> str:
    """Digest of what everybody did and learnt in every month, money and months on benefit apart."""
    o = model.records
    return _digest((np.delete(o.whole, fields.H_BENEFIT_MONTHS, axis=0), o.real))


def _digest(arrays: Iterable[Array]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def flows(model: IntroductionModel) -> Array:
    """DKK of the sample by calendar month and item."""
    found = np.zeros((model.months, len(LEDGER)))
    for cohort in range(model.arrival_months):
        found[cohort : cohort + model.follow_up] += model.records.ledger_cohort[cohort]
    return found


def total(model: IntroductionModel, item: str) -> float:
    """DKK of the sample in the whole run."""
    return float(model.records.ledger_cohort[:, :, codes.ITEMS.index(item)].sum())


def accounts_close(model: IntroductionModel) -> None:
    """Assert that every krone has one payer and one payee in every month and stands in all three ledgers."""
    signs = np.stack([direction(party) for party in PARTIES])
    assert np.all((signs == 1).sum(axis=0) == 1)
    assert np.all((signs == -1).sum(axis=0) == 1)
    months = flows(model)
    balances = months @ signs.T
    np.testing.assert_allclose(balances.sum(axis=1), 0.0, atol=1e-9 * (1.0 + np.abs(months).sum()))
    o = model.records
    by_item = months.sum(axis=0)
    np.testing.assert_allclose(o.ledger_group.sum(axis=(0, 1)), by_item, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(o.ledger_area.sum(axis=(0, 1)), by_item, rtol=1e-9, atol=1e-6)


def status(model: IntroductionModel) -> Array:
    """Status of everybody at the end of each month since arrival, shape (n, months)."""
    return np.asarray(model.records.whole[fields.H_STATUS])


def history(model: IntroductionModel, row: int) -> Array:
    """One of the whole numbers kept of everybody, shape (n, months)."""
    return np.asarray(model.records.whole[row])


def in_status(model: IntroductionModel, *wanted: int) -> Array:
    """Whether everybody is in one of some statuses, by month since arrival."""
    return np.isin(status(model), wanted)


def months_in_work(model: IntroductionModel) -> Array:
    """Months in work of everybody."""
    return np.asarray(in_status(model, *WORK).sum(axis=1))
