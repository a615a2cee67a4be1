"""What a comparison needs of a run: a few hundred numbers, so that the run itself can be let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.simulation.accounts import direction
from ankomst.simulation.codes import GROUPS, ITEMS, STATES
from ankomst.simulation.outcomes import OUTCOMES, OutcomeOptions

if TYPE_CHECKING:
    from ankomst.simulation.result import Result

Array = np.ndarray[Any, Any]
DKK = "DKK per newcomer"
PAYERS = ("municipality", "state", "both")
EARNERS = ("employed", "subsidised_job", "trainee_job")
"""States with a wage."""
EMPLOYED = np.array(
    [name.startswith(("employed", "trainee", "self_employed")) for name in STATES], dtype=np.float64
)


def payer_signs() -> Array:
    """Return the sign of each item in the net cost of municipality, state and both; shape (3, items)."""
    municipality, state = direction("municipality"), direction("state")
    return np.stack([municipality, state, municipality + state])


@dataclass(frozen=True)
class Summary:
    """Numbers per newcomer of one run.

    Attributes
    ----------
    arrived : ndarray, shape (groups,)
    employed : ndarray, shape (months, groups)
        Simulated persons in work at the end of each month.
    ledger : ndarray, shape (months, groups, items)
        DKK of the sample, undiscounted.
    wage : ndarray, shape (months,)
        Mean monthly wage of those who earned one, DKK.
    curves : dict
        Outcomes by month since arrival, shape (months,).
    """

    arrived: Array
    employed: Array
    ledger: Array
    wage: Array
    curves: dict[str, Array]


CURVES = (
    "employment_rate",
    "ordinary_employment_rate",
    "test_pass_rate",
    "self_support_rate",
    "months_employed",
)


def summarise(result: Result) -> Summary:
    """Take a run's numbers for comparison."""
    counts = result.counts
    counts = counts[:, :GROUPS] + counts[:, GROUPS:]
    employed = counts @ EMPLOYED
    wages = result.records.ledger_group[:, :, ITEMS.index("wage")].sum(axis=1)
    earners = counts[:, :, [k for k, name in enumerate(STATES) if name.startswith(EARNERS)]]
    months = range(1, result.months + 1)
    curves = {}
    for name in CURVES:
        top, bottom = OUTCOMES[name].parts(result, months, OutcomeOptions())
        curves[name] = top.sum(axis=1) / bottom.sum(axis=1)
    return Summary(
        arrived=np.bincount(result.newcomers.group, minlength=GROUPS).astype(np.float64),
        employed=employed,
        ledger=result.records.ledger_group,
        wage=wages / np.maximum(1, earners.sum(axis=(1, 2))),
        curves=curves,
    )
