"""A reading: an outcome at some months since arrival, as a study names it, and how it is read from a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import nearest_name
from ankomst.policy.kinds import Quantity, quoted
from ankomst.policy.schema import Kind, WrongValueError, WrongValues, found_value
from ankomst.simulation.accounts import discount_factors
from ankomst.simulation.codes import ITEMS
from ankomst.simulation.outcomes import OUTCOMES, OutcomeOptions
from ankomst.studies.metrics.summary import DKK, PAYERS, payer_signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic.json_schema import JsonSchemaValue

    from ankomst.simulation.result import Result

Array = np.ndarray[Any, Any]
COST = "net_cost"
Month = Quantity("months since arrival", 1, 240, whole=True)
_TEXT = re.compile(r"(?P<outcome>[a-z_]+)(\.(?P<payer>[a-z]+))?(\.(?P<item>[a-z_0-9]+))?@(?P<months>[0-9]+)")
_FORMS = "OUTCOME@MONTHS such as employment_rate@36, or net_cost.PAYER@MONTHS such as net_cost.state@120"
_PATTERN = r"^[a-z_]+(\.[a-z]+)?(\.[a-z_0-9]+)?@[0-9]+$"


@dataclass(frozen=True, order=True)
class Reading:
    """An outcome at some months since arrival, everybody together.

    Attributes
    ----------
    outcome : str
        Name of `OUTCOMES`.
    months : int
        Months since arrival.
    payer : str
        municipality, state or both for the net cost; empty for all others.
    item : str
        The part of the net cost that one item of the accounts makes, such as staff; empty for all items.
    """

    outcome: str
    months: int
    payer: str = ""
    item: str = ""

    @property
    def key(self) -> str:
        """Return the text that an analyst writes."""
        name = ".".join(part for part in (self.outcome, self.payer, self.item) if part)
        return f"{name}@{self.months}"

    @property
    def unit(self) -> str:
        """Return the unit of the number."""
        return DKK if self.outcome == COST else OUTCOMES[self.outcome].unit


def reading(text: object) -> Reading:
    """Return the reading that a text names.

    Raises
    ------
    WrongValueError
        It is no text of the form, or names an unknown outcome, payer or month.
    """
    match = _TEXT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise WrongValueError(f"holds {found_value(text)}", _FORMS)
    outcome, payer, item = match["outcome"], match["payer"] or "", match["item"] or ""
    if outcome not in OUTCOMES:
        near = nearest_name(outcome, tuple(OUTCOMES))
        raise WrongValueError(f"names the outcome {outcome}", quoted(list(OUTCOMES)), near)
    if outcome == COST:
        payer = payer or "both"
        if payer not in PAYERS:
            raise WrongValueError(
                f"names the payer {payer}", quoted(list(PAYERS)), nearest_name(payer, PAYERS)
            )
        if item and item not in ITEMS:
            raise WrongValueError(f"names the item {item}", quoted(list(ITEMS)), nearest_name(item, ITEMS))
    elif payer:
        raise WrongValueError(f"names a payer for {outcome}", f"a payer for {COST} only")
    return Reading(outcome, int(Month.number(int(match["months"]))), payer, item)


@dataclass(frozen=True)
class Readings(Kind):
    """A list of readings."""

    def check(self, value: object) -> tuple[Reading, ...]:
        """Return the readings in the order of the file."""
        if not isinstance(value, list | tuple) or not value:
            what = "is an empty list" if value in ([], ()) else f"must be a list, not {found_value(value)}"
            raise WrongValueError(what, f"a list of {_FORMS}")
        found: list[Reading] = []
        wrong = WrongValues()
        for k, item in enumerate(value):
            with wrong.kept(str(k)):
                mine = item if isinstance(item, Reading) else reading(item)
                if mine in found:
                    raise WrongValueError(f"names {mine.key} twice", "every reading once")
                found.append(mine)
        wrong.settle()
        return tuple(found)

    def json_schema(self) -> JsonSchemaValue:
        """Return a list of text."""
        text = {"type": "string", "pattern": _PATTERN}
        return {"type": "array", "items": text, "minItems": 1, "uniqueItems": True}


@dataclass(frozen=True)
class OneReading(Kind):
    """One reading."""

    def check(self, value: object) -> Reading:
        """Return the reading."""
        return value if isinstance(value, Reading) else reading(value)

    def json_schema(self) -> JsonSchemaValue:
        """Return text."""
        return {"type": "string", "pattern": _PATTERN}


def read(result: Result, readings: Sequence[Reading]) -> Array:
    """Read numbers from a run.

    Parameters
    ----------
    result : Result
    readings : sequence of Reading

    Returns
    -------
    ndarray, shape (readings,)
        Means over everybody: shares from 0 to 1, months, and DKK per newcomer (net cost: cumulative from
        arrival and discounted).
    """
    found = np.empty(len(readings))
    ledger = _discounted(result) if any(each.outcome == COST for each in readings) else None
    for k, each in enumerate(readings):
        if ledger is not None and each.outcome == COST:
            found[k] = _cost(ledger[: each.months], each) / result.n
            continue
        top, bottom = OUTCOMES[each.outcome].parts(result, [each.months], OutcomeOptions())
        people = bottom.sum()
        found[k] = top.sum() / people if people else np.nan
    return found


def _discounted(result: Result) -> Array:
    """Return the discounted amounts of all newcomers, DKK, shape (months, items)."""
    factor = discount_factors(result.months, result.discount_rate)
    return np.asarray(result.records.ledger_group.sum(axis=1) * factor[:, None])


def _cost(ledger: Array, wanted: Reading) -> float:
    """Return the net cost of some months, of all items or of one, DKK."""
    # A sum over axes, no matrix product: that may differ in the last bit with the number of threads.
    signed = ledger * payer_signs()[PAYERS.index(wanted.payer)]
    return float((signed[:, ITEMS.index(wanted.item)] if wanted.item else signed).sum())
