"""The double-entry account: who pays what to whom, discounting and net cost (docs/ODD.md 7.12).

The amounts are booked by `booking.py` and `december.py`; here they get a payer and a payee.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.codes import EDUCATIONS, GROUPS, HEALTH, ITEMS, ORIGINS, SEXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.simulation.kernels.arrays import Array
    from ankomst.simulation.run_data import RunData

Party = Literal["municipality", "state", "newcomer", "employer", "provider"]
PARTIES: tuple[Party, ...] = ("municipality", "state", "newcomer", "employer", "provider")
PUBLIC: tuple[Party, ...] = ("municipality", "state")


@dataclass(frozen=True)
class Item:
    """An item of the ledger: one payer, one payee."""

    name: str
    payer: Party
    payee: Party
    kind: Literal["transfer", "tax", "refund", "grant", "resource", "market"]
    danish: str


LEDGER: tuple[Item, ...] = (
    Item("benefit", "municipality", "newcomer", "transfer", "ydelse"),
    Item("top_up", "municipality", "newcomer", "transfer", "supplerende ydelse"),
    Item("benefit_refund", "state", "municipality", "refund", "refusion af ydelse"),
    Item("wage", "employer", "newcomer", "market", "løn"),
    Item("self_employed_income", "employer", "newcomer", "market", "overskud af virksomhed"),
    Item("wage_subsidy", "municipality", "employer", "transfer", "løntilskud"),
    Item("wage_subsidy_refund", "state", "municipality", "refund", "refusion af løntilskud"),
    Item("labour_market_contribution", "newcomer", "state", "tax", "arbejdsmarkedsbidrag"),
    Item("municipal_tax", "newcomer", "municipality", "tax", "kommuneskat"),
    Item("state_tax", "newcomer", "state", "tax", "statsskat"),
    Item("indirect_tax", "newcomer", "state", "tax", "moms og afgifter"),
    Item("danish_classes", "municipality", "provider", "resource", "danskuddannelse"),
    Item("staff", "municipality", "provider", "resource", "sagsbehandling og virksomhedsindsats"),
    Item("placement", "municipality", "provider", "resource", "virksomhedsplacering"),
    Item("programme_refund", "state", "municipality", "refund", "refusion af programudgifter"),
    Item("basic_grant", "state", "municipality", "grant", "grundtilskud"),
    Item("grant_job", "state", "municipality", "grant", "resultattilskud, beskæftigelse"),
    Item("grant_education", "state", "municipality", "grant", "resultattilskud, uddannelse"),
    Item("grant_danish", "state", "municipality", "grant", "resultattilskud, danskprøve"),
    Item("grant_self_support", "state", "municipality", "grant", "resultattilskud, selvforsørgelse"),
    Item("bonus_extra_job", "state", "municipality", "grant", "bonus for ekstra beskæftigede"),
    Item("education_grant", "state", "newcomer", "transfer", "statens uddannelsesstøtte"),
    Item("disability_pension", "municipality", "newcomer", "transfer", "førtidspension"),
    Item("pension_refund", "state", "municipality", "refund", "refusion af førtidspension"),
    Item("trainee_bonus", "state", "employer", "transfer", "bonus til IGU-virksomhed"),
    Item("trainee_school", "state", "provider", "resource", "IGU-skoleforløb"),
    Item("advisory_team", "state", "provider", "resource", "rejsehold"),
    Item("lever_cost", "municipality", "provider", "resource", "udgift til tiltaget"),
)
if tuple(item.name for item in LEDGER) != ITEMS:  # the compiled month books by position
    raise AssertionError("the ledger's items are not in the order of codes.ITEMS")

GRANT_ITEMS = tuple(item.name for item in LEDGER if item.name.startswith("grant_"))
GROUP_DIMENSIONS: dict[str, tuple[str, ...]] = {
    "origin": ORIGINS,
    "sex": SEXES,
    "health": HEALTH,
    "education": EDUCATIONS,
}
ACCOUNT_DIMENSIONS = (
    "payer",
    "item",
    "year",
    "year_since_arrival",
    "months",
    "municipality",
    *GROUP_DIMENSIONS,
)


def direction(party: Party) -> Array:
    """Return +1 for items that a party pays, -1 for those it receives, 0 for the others; shape (items,)."""
    return np.array([(item.payer == party) - (item.payee == party) for item in LEDGER], dtype=np.float64)


def resource_items() -> Array:
    """Return 1 for items that use up resources (classes, staff, placements), shape (items,)."""
    return np.array([item.kind == "resource" for item in LEDGER], dtype=np.float64)


def discount_factors(months: int, rate: float) -> Array:
    """Return (1 + rate)**(-s/12) for s = 0 to months - 1, from each person's own arrival (ODD 7.13)."""
    return np.asarray((1.0 + rate) ** (-np.arange(months) / 12.0))


def accounts(result: RunData, by: Sequence[str], *, discounted: bool) -> pd.DataFrame:
    """Tabulate the account of a run; see `Result.accounts`."""
    for name in by:
        if name not in ACCOUNT_DIMENSIONS:
            raise RunError(
                f"accounts cannot be split by {name!r}",
                allowed=", ".join(ACCOUNT_DIMENSIONS),
                nearest=nearest_name(name, ACCOUNT_DIMENSIONS),
            )
    array, names, labels = _cube(result, by, discounted=discounted)
    array = array * result.weight
    if "payer" in by:
        signs = np.stack(
            [*(direction(party) for party in PUBLIC), direction("municipality") + direction("state")]
        )
        array = array[..., None, :] * signs  # (..., payer, item)
        names = [*names, "payer"]
        labels = [*labels, (*PUBLIC, "both")]
    names = [*names, "item"]
    labels = [*labels, ITEMS]
    keep = [names.index(name) for name in by]
    array = array.sum(axis=tuple(k for k in range(array.ndim) if k not in keep))
    order = sorted(keep)
    array = np.transpose(array, [order.index(k) for k in keep]) if keep else array
    index = pd.MultiIndex.from_product([labels[k] for k in keep], names=list(by)) if keep else None
    column = "net_cost" if "payer" in by else "amount"
    frame = pd.DataFrame({column: np.atleast_1d(array).ravel()}, index=index)
    frame = frame.reset_index() if keep else frame
    if "item" in by and "payer" not in by:
        frame["from"] = frame["item"].map({item.name: item.payer for item in LEDGER})
        frame["to"] = frame["item"].map({item.name: item.payee for item in LEDGER})
    frame["unit"] = "DKK"
    frame["per_newcomer"] = frame[column] / (result.weight * result.n)
    frame["discounted"] = discounted
    years = set(result.extrapolated)
    frame["extrapolated"] = frame["year"].isin(years) if "year" in by else bool(years)
    return frame


def _cube(
    result: RunData, by: Sequence[str], *, discounted: bool
) -> tuple[Array, list[str], list[Sequence[Any]]]:
    """Return the smallest ledger that has the dimensions asked for: array, names and labels of its axes."""
    records, months = result.records, result.months
    grouped = [name for name in by if name in GROUP_DIMENSIONS]
    time = {"months", "year_since_arrival"} & set(by)
    if "municipality" in by:
        if grouped or time or discounted:
            raise RunError(
                "accounts by municipality are kept by calendar year only, undiscounted",
                allowed="municipality with payer, item and year",
            )
        years = [result.scenario.first_year + k for k in range(records.ledger_area.shape[0])]
        return records.ledger_area, ["year", "municipality"], [years, result.table.name]
    factor = discount_factors(months, result.discount_rate) if discounted else np.ones(months)
    if "year" in by:
        if grouped:
            raise RunError(
                "accounts by calendar year cannot be split by group", allowed="year_since_arrival or months"
            )
        return _by_calendar_year(result, factor, time)
    array = records.ledger_group * factor[:, None, None]
    names, labels = ["months"], [range(1, months + 1)]
    if "year_since_arrival" in by:
        array = np.add.reduceat(array, np.arange(0, months, 12), axis=0)
        names, labels = ["year_since_arrival"], [range(1, array.shape[0] + 1)]
    shape = tuple(len(values) for values in GROUP_DIMENSIONS.values())
    array = array.reshape(array.shape[0], *shape, len(ITEMS))
    return array, [*names, *GROUP_DIMENSIONS], [*labels, *GROUP_DIMENSIONS.values()]


def _by_calendar_year(
    result: RunData, factor: Array, time: set[str]
) -> tuple[Array, list[str], list[Sequence[Any]]]:
    if time:
        raise RunError("accounts are split by calendar year or by time since arrival, not by both")
    ledger = result.records.ledger_cohort * factor[None, :, None]
    cohorts, months = ledger.shape[:2]
    calendar = (np.arange(cohorts)[:, None] + np.arange(months)[None, :]) // 12
    array = np.zeros((int(calendar.max()) + 1, len(ITEMS)))
    np.add.at(array, calendar, ledger)
    years = [result.scenario.first_year + k for k in range(array.shape[0])]
    return array, ["year"], [years]


def group_members() -> dict[str, Array]:
    """Return each group's category in every dimension, arrays of shape (groups,)."""
    shape = tuple(len(values) for values in GROUP_DIMENSIONS.values())
    unravelled = np.unravel_index(np.arange(GROUPS), shape)
    return dict(zip(GROUP_DIMENSIONS, unravelled, strict=True))
