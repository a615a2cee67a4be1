"""The rules of Denmark by date (`rules: denmark`): which lever the law moves, from when, and for whom.

Amounts are in `rates.yaml`, changes of levers in `data/law.yaml`. What a scenario sets itself holds above
the law.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ankomst.errors import DataError, nearest_name, show
from ankomst.policy.levers.grants import ResultGrant, grants_2013
from ankomst.policy.rates import load_rates
from ankomst.policy.schema import Frozen
from ankomst.policy.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.rates import Rates

PACKAGED = Path(__file__).parent / "data" / "law.yaml"
ATTACHES = ("arrival", "calendar", "still_entitled", "result")
DAY = dt.timedelta(days=1)
S = TypeVar("S", bound=Frozen)
"""A scenario: the law stands below it and knows of it only that it has sections of levers."""


@dataclass(frozen=True)
class Amendment:
    """One change of the rules.

    Attributes
    ----------
    name, text, text_da, source, confidence
        As in the file.
    date : date
        In force from this day on.
    attaches : str
        Whom the change reaches: arrival, calendar, still_entitled or result.
    levers : mapping
        Section to key to value.
    rates : tuple of str
        Rates that carry the change.
    everybody_from : date or None
        From this day on the change reaches those who had arrived before `date` as well.
    grants : mapping
        Conditions of the result grants from `date` on.
    """

    name: str
    date: dt.date
    attaches: str
    text: str
    text_da: str
    source: str
    confidence: str
    levers: Mapping[str, Mapping[str, Any]]
    rates: tuple[str, ...]
    everybody_from: dt.date | None
    grants: Mapping[str, Any]


@cache
def load_law() -> tuple[Amendment, ...]:
    """Return the changes of the rules in order of date."""
    entries = [
        Amendment(
            name=name,
            date=entry["from"],
            attaches=entry["attaches"],
            text=entry["text"],
            text_da=entry["text_da"],
            source=entry["source"],
            confidence=str(entry["confidence"]),
            levers=entry.get("levers", {}),
            rates=tuple(entry.get("rates", ())),
            everybody_from=entry.get("everybody_from"),
            grants=entry.get("grants", {}),
        )
        for name, entry in read_yaml(PACKAGED, DataError).data.items()
    ]
    for change in entries:
        if change.attaches not in ATTACHES:
            raise DataError(
                f"{change.name} attaches to {show(change.attaches)}", where=str(PACKAGED),
                allowed=", ".join(ATTACHES), nearest=nearest_name(change.attaches, ATTACHES),
            )  # fmt: skip
    return tuple(sorted(entries, key=lambda change: change.date))


def change_dates(rates: Rates | None = None) -> tuple[dt.date, ...]:
    """Return every date on which a rule or a rate changes; the packaged rates if none are given."""
    dates = {day for entry in (rates or load_rates()).values() for day in entry.dates}
    for change in load_law():
        dates |= {change.date} | ({change.everybody_from} if change.everybody_from else set())
    return tuple(sorted(dates))


def last_date() -> dt.date:
    """Return the day of the last change of the rules that is held."""
    return max(day for change in load_law() for day in (change.date, change.everybody_from) if day)


def sets(scenario: Frozen, section: str, key: str) -> bool:
    """Whether the scenario itself sets a key, so that the law does not."""
    return section in scenario.model_fields_set and key in getattr(scenario, section).model_fields_set


def in_force(scenario: S, when: dt.date, rates: Rates | None = None) -> S:
    """Return a scenario that follows the law as it stands on a day; see `Scenario.in_force`."""
    changes = [change for change in load_law() if change.date <= when]
    update: dict[str, Any] = {"date": when}
    for change in changes:
        for section, values in change.levers.items():
            before = update.get(section, getattr(scenario, section))
            own = {key: value for key, value in values.items() if not sets(scenario, section, key)}
            update[section] = before.model_copy(update=own)
    if "result_grants" not in scenario.model_fields_set:
        conditions = next((dict(change.grants) for change in reversed(changes) if change.grants), {})
        update["result_grants"] = grants_of_law(when, conditions, rates or load_rates())
    return scenario.model_copy(update=update)


def grants_of_law(when: dt.date, conditions: Mapping[str, Any], rates: Rates) -> tuple[ResultGrant, ...]:
    """Return the result grants of the law on a day, in the amounts of the day."""
    job = rates.value("result_grant_job", when)
    stepped = rates.value("result_grant_job_stepped", when)
    amounts = {
        "ordinary_job": job if job is not None else stepped,
        "education": job if job is not None else stepped,
        "danish_test": rates.value("result_grant_danish", when),
    }
    return tuple(
        grant.model_copy(
            update={
                "schedule": amounts[grant.outcome],
                **{
                    key: value
                    for key, value in conditions.items()
                    if key != "minimum_hours" or grant.outcome != "danish_test"
                },
            }
        )
        for grant in grants_2013()
    )


def benefit_date(when: dt.date, *, before: bool) -> dt.date:
    """Return the day whose benefit rates hold for newcomers.

    Parameters
    ----------
    when : date
    before : bool
        Whether they arrived before the lower benefit of 2015 came into force.
    """
    change = next(change for change in load_law() if change.name == "integration_benefit")
    later = change.everybody_from
    if before and later is not None and change.date <= when < later:
        return change.date - DAY
    return when


def benefit_change() -> dt.date:
    """Return the day from which newcomers get the lower benefit on arrival."""
    return next(change.date for change in load_law() if change.name == "integration_benefit")
