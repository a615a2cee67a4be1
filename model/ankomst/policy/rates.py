"""Dated money rates and rules: the value in force on a date."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ankomst.errors import RateError, nearest_name, show
from ankomst.policy.files import display_path
from ankomst.policy.yaml_file import YamlFile, read_yaml

PACKAGED = Path(__file__).parent / "data" / "rates.yaml"
INDEX = "wage_index"
PRICES_2013 = ("staff_month", "placement", "education_grant", "disability_pension", "lever_cost")
"""Rates in prices of 2013 whatever the date: multiply by the wage index."""
PRICES_2018 = ("danish_class_hour",)
"""Rates in prices of 2018: divide by the wage index of 2018, then multiply."""
DATE_2018 = dt.date(2018, 1, 1)

_FIELDS = ("unit", "values", "confidence", "source", "note", "outcome", "not_indexed")

Value = float | dict[str, float] | None
RateValue = Any
"""A `Value`; the caller knows which of the three a rate holds."""


@dataclass(frozen=True)
class RateEntry:
    """One rate: its values by date and where they come from.

    Attributes
    ----------
    name, unit, confidence, source, note
        As in the file. Confidence: S read in a source, D derived, M from memory (unverified), assumption.
    dates
        First days of validity, increasing.
    values
        A number, a table, or None (not in force) from each date on.
    not_indexed
        Keys of a table that are shares, so that no price index applies.
    """

    name: str
    unit: str
    confidence: str
    source: str
    note: str
    dates: tuple[dt.date, ...]
    values: tuple[Value, ...]
    not_indexed: tuple[str, ...] = ()

    @property
    def is_money(self) -> bool:
        """Return whether the unit is an amount in DKK."""
        return self.unit.startswith("DKK")


class Rates(Mapping[str, RateEntry]):
    """All rates by name."""

    def __init__(self, entries: Mapping[str, RateEntry], checks: tuple[Mapping[str, Any], ...] = ()) -> None:
        self._entries = dict(entries)
        self.checks = checks

    def __getitem__(self, name: str) -> RateEntry:
        try:
            return self._entries[name]
        except KeyError:
            raise RateError(
                f"there is no rate {show(name)}", nearest=nearest_name(str(name), self._entries)
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def entry(self, name: str) -> RateEntry:
        """Return a rate with its unit, confidence, source and note."""
        return self[name]

    def value(self, name: str, date: dt.date) -> RateValue:
        """Return the rate in force on a date, as it stands in the file.

        Before its first date an amount in DKK is the first value moved back by the wage index; a share or
        factor is the first value. `extrapolated` tells.

        Returns
        -------
        float, dict or None
            None for a rule that is not in force. A table is a fresh dict.
        """
        entry = self[name]
        position = bisect_right(entry.dates, date) - 1
        if position >= 0:
            return _scaled(entry, position, 1.0)
        return _scaled(entry, 0, self.index(date) / self.index(entry.dates[0]) if entry.is_money else 1.0)

    def price(self, name: str, date: dt.date) -> RateValue:
        """Return the rate in the money of the date.

        Staff, placements, education grant, disability pension and lever costs stand in prices of 2013, class
        hours in prices of 2018; other rates are nominal and the same as `value`.
        """
        if name not in PRICES_2013 and name not in PRICES_2018:
            return self.value(name, date)
        entry = self[name]
        base = self.index(DATE_2018) if name in PRICES_2018 else 1.0
        return _scaled(entry, max(0, bisect_right(entry.dates, date) - 1), self.index(date) / base)

    def index(self, date: dt.date) -> float:
        """Return the index of wages and prices (2013 = 1); before 2013 its first value."""
        entry = self[INDEX]
        value = entry.values[max(0, bisect_right(entry.dates, date) - 1)]
        if not isinstance(value, float):
            raise RateError(f"{INDEX} has no number on {date}")
        return value

    @property
    def last_date(self) -> dt.date:
        """Return the last day from which a rate is held; it is used from then on."""
        return max(day for entry in self.values() for day in entry.dates)

    def extrapolated(self, name: str, date: dt.date) -> bool:
        """Return whether the date lies before the rate's first date."""
        return date < self[name].dates[0]


@cache
def load_rates(path: Path | None = None) -> Rates:
    """Load the packaged rates, or a user's own file of the same form.

    Raises
    ------
    RateError
        The file is missing or wrong; the message names file, line and key.
    """
    file = read_yaml(PACKAGED if path is None else Path(path), RateError)
    data = dict(file.data)
    checks = data.pop("checks", [])
    if not isinstance(checks, list) or not all(isinstance(check, dict) for check in checks):
        raise _error(file, ("checks",), "must be a list of maps")
    rates = Rates({name: _entry(file, name, entry) for name, entry in data.items()}, tuple(checks))
    index = rates[INDEX]  # without it no price can be moved in time
    if not all(isinstance(value, float) and value > 0 for value in index.values):
        raise _error(file, (INDEX, "values"), "must hold positive numbers")
    return rates


def _scaled(entry: RateEntry, position: int, factor: float) -> RateValue:
    value = entry.values[position]
    if isinstance(value, dict):
        return {key: number if key in entry.not_indexed else number * factor for key, number in value.items()}
    return None if value is None else value * factor


def _entry(file: YamlFile, name: str, entry: object) -> RateEntry:
    if not isinstance(entry, dict):
        raise _error(file, (name,), "must be a map", f"a map of {', '.join(_FIELDS)}")
    for key in entry:
        if key not in _FIELDS:
            raise _error(
                file, (name, key), "is not a known key", ", ".join(_FIELDS), nearest_name(key, _FIELDS)
            )
    for key in ("unit", "confidence", "source", "note"):
        text = entry.get(key, "")
        if not isinstance(text, str) or (not text and key in {"unit", "confidence"}):
            raise _error(file, (name, key) if key in entry else (name,), f"has {key} {show(text)}", "text")
    values = entry.get("values")
    if not isinstance(values, dict) or not values:
        raise _error(file, (name,), "lacks values", "values by date, such as {2013-01-01: 10500}")
    dated = [
        (_date(file, name, key), _value(file, (name, "values", key), value)) for key, value in values.items()
    ]
    dates = tuple(date for date, _ in dated)
    if list(dates) != sorted(dates):
        raise _error(file, (name, "values"), "has dates that do not increase")
    skip = entry.get("not_indexed", [])
    if not isinstance(skip, list) or not all(isinstance(key, str) for key in skip):
        raise _error(file, (name, "not_indexed"), f"is {show(skip)}", "a list of keys")
    return RateEntry(
        name,
        entry["unit"],
        entry["confidence"],
        entry.get("source", ""),
        entry.get("note", ""),
        dates,
        tuple(value for _, value in dated),
        tuple(skip),
    )


def _date(file: YamlFile, name: str, key: str) -> dt.date:
    try:
        return dt.date.fromisoformat(key)
    except ValueError:
        raise _error(
            file, (name, "values", key), "is not a date", "year-month-day such as 2013-07-01"
        ) from None


def _value(file: YamlFile, path: tuple[str, ...], value: object) -> Value:
    if value is None:
        return None
    if isinstance(value, dict) and value:
        return {key: _number(file, (*path, key), number) for key, number in value.items()}
    return _number(file, path, value)


def _number(file: YamlFile, path: tuple[str, ...], value: object) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or value < 0
    ):
        raise _error(
            file, path, f"is {show(value)}", "a number of at least 0, a table of such numbers, or null"
        )
    return float(value)


def _error(
    file: YamlFile, path: tuple[str, ...], what: str, allowed: str = "", nearest: str = ""
) -> RateError:
    line = next((file.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in file.lines), 1)
    return RateError(
        f"{'.'.join(path)} {what}",
        where=f"{display_path(file.path)}, line {line}",
        allowed=allowed,
        nearest=nearest,
    )
