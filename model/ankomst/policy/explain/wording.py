"""Values of a scenario as a person reads them, in English and Danish: numbers, units, dates, grants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.policy.explain.lever_texts import LANGUAGES, lever_text, load_words, word
from ankomst.policy.kinds import Quantity
from ankomst.policy.levers.grants import ALWAYS, ResultGrant
from ankomst.policy.scenario import Scenario
from ankomst.policy.schema import Kind
from ankomst.policy.translate import section_at

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from ankomst.policy.rates import RateEntry

MINUS = "\N{MINUS SIGN}"
PERCENT_UNITS = ("share", "factor")
UNIT_OF_DEMAND = "percentage points of employment"


def field_of(key: str) -> FieldInfo:
    """Return the field of the scenario behind a dotted key; a key of a grant is `result_grants.NAME`."""
    path = tuple(key.split("."))
    section = section_at(Scenario, path[:-1])
    if section is None or path[-1] not in section.model_fields:
        raise KeyError(key)
    return section.model_fields[path[-1]]


def kind_of(key: str) -> Kind | None:
    """Return the kind of value of a key; None for a section or a list of grants."""
    return next((item for item in field_of(key).metadata if isinstance(item, Kind)), None)


def unit_of(key: str) -> str:
    """Return the unit of a key as it stands in the schema, or ''."""
    kind = kind_of(key)
    return kind.unit if isinstance(kind, Quantity) else UNIT_OF_DEMAND if key == "national_demand" else ""


def number(value: float, language: str, decimals: int = 4) -> str:
    """Write a number with the separators of the language, without zeros at the end.

    Examples
    --------
    >>> number(46881.0, "en"), number(46881.5, "da")
    ('46,881', '46.881,5')
    """
    text = f"{round(abs(float(value)), decimals):,.{decimals}f}".rstrip("0").rstrip(".") if decimals else ""
    text = text or f"{abs(float(value)):,.0f}"
    if language == "da":
        text = text.translate(str.maketrans(",.", ".,"))
    return (MINUS if value < 0 and text != "0" else "") + text


def quantity(value: float, unit: str, language: str) -> str:
    """Write a number with its unit; shares and factors as percentages."""
    if unit.startswith(PERCENT_UNITS):
        value *= 100
        unit = unit if unit in load_words()["units"] else "share"
    decimals = 0 if abs(value) >= 1000 else 2 if unit.startswith("DKK") else 4
    said = str(int(value)) if unit == "seed" else number(value, language, decimals)
    if unit == UNIT_OF_DEMAND and value > 0:
        said = f"+{said}"
    one_en, many_en, one_da, many_da = load_words()["units"].get(unit, (f"{{n}} {unit}",) * 4)
    one, many = (one_en, many_en) if language == "en" else (one_da, many_da)
    return str(one if value == 1 else many).format(n=said)


def bare(key: str, value: Any, other: Any, language: str) -> str:  # noqa: ANN401 - anything a key can hold
    """Return the value of a key as it stands behind another one in a sentence: '12 months instead of 36'."""
    plain = all(
        isinstance(item, int | float)
        and not isinstance(item, bool)
        and f"{item:g}" not in lever_text(key).words
        for item in (value, other)
    )
    unit = unit_of(key)
    if plain and not unit.startswith(("DKK", *PERCENT_UNITS)) and unit not in {"seed", UNIT_OF_DEMAND}:
        return number(value, language)
    return value_in_words(key, value, language)


def day(date: dt.date, language: str) -> str:
    """Write a date: 1 July 2013, 1. juli 2013."""
    month = load_words()["months"][date.month - 1][LANGUAGES.index(language)]
    return f"{date.day}{'.' if language == 'da' else ''} {month} {date.year}"


def listing(items: Sequence[str], language: str) -> str:
    """Join words: a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word('other', 'and', language)} {items[-1]}"


def value_in_words(key: str, value: Any, language: str) -> str:  # noqa: ANN401 - anything a key can hold
    """Return the value of a key as a person reads it."""
    if isinstance(value, bool):
        return word("other", "on" if value else "off", language)
    words = lever_text(key).words
    name = "null" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)
    if name in words:
        return words[name][LANGUAGES.index(language)]
    if isinstance(value, int | float):
        said = quantity(value, unit_of(key), language)
    elif isinstance(value, dt.date):
        said = day(value, language)
    elif isinstance(value, Mapping):
        said = _by_key(key, value, language)
    elif isinstance(value, tuple):
        items = [words[str(item)][LANGUAGES.index(language)] for item in value]
        said = listing(items, language) or word("other", "none", language)
    else:
        said = word("other", "table", language).format(name=Path(str(value)).name)
    return said


def table_in_words(value: Any, unit: str, language: str) -> str:  # noqa: ANN401 - a number, a table or None
    """Return a rate or a parameter, a number or a table of them, as a person reads it."""
    if value is None:
        return word("other", "not_in_force", language)
    if not isinstance(value, Mapping):
        return quantity(value, unit, language)
    entries = load_words()["entries"]
    said = []
    for key, item in value.items():
        name = entries[key][LANGUAGES.index(language)] if key in entries else str(key)
        if isinstance(item, list | tuple):
            text = " ".join(number(part, language) for part in item)
        else:
            part = "share" if key == "share" else "DKK" if key == "max" else unit
            text = quantity(item, part, language)
        said.append(f"{text} {name}")
    return ", ".join(said)


def unit_of_rate(entry: RateEntry) -> str:
    """Return the unit of a rate as `quantity` knows it; what the unit is per stands in the rate's label."""
    return (
        "DKK" if entry.is_money else "share" if entry.unit.startswith(("share", "state share")) else "factor"
    )


def grants_in_words(grants: Sequence[ResultGrant], language: str) -> str:
    """Word all grants for one outcome: amounts, how long the result must last, hours, window, conditions."""
    if not grants:
        return word("grants", "none", language)
    return listing([_grant(grant, language) for grant in grants], language)


def _grant(grant: ResultGrant, language: str) -> str:
    def said(name: str, **values: str) -> str:
        return word("grants", name, language).format(**values)

    def months(count: int) -> str:
        return quantity(count, "months", language)

    test = grant.outcome == "danish_test"
    parts = [_schedule(grant, language)]
    if not test:
        lasting = grant.sustained_months
        parts.append(said("sustained", months=months(lasting)) if lasting else said("at_entry"))
    if grant.minimum_hours and grant.outcome == "ordinary_job":
        parts.append(said("hours", hours=quantity(grant.minimum_hours, "hours a week", language)))
    ending = "_test" if test else ""
    window = grant.window_months
    limit = (
        said(f"window{ending}", months=months(window))
        if isinstance(window, int)
        else said(f"own_period{ending}")
    )
    if grant.extra_window_months:
        limit += " " + said("extra", months=months(grant.extra_window_months))
    parts.append(limit)
    weights = grant.group_weights
    if (weights.needs_group, weights.others) != (1.0, 1.0):
        parts.append(
            said(
                "weights",
                needs=number(weights.needs_group, language),
                others=number(weights.others, language),
            )
        )
    if grant.benchmark:
        parts.append(said("benchmark"))
    if grant.cap is not None:
        parts.append(said("cap", amount=quantity(grant.cap, "DKK", language)))
    if not grant.self_supported_eligible:
        parts.append(said("not_supported"))
    return ", ".join(parts)


def _schedule(grant: ResultGrant, language: str) -> str:
    def kroner(amount: float) -> str:
        return quantity(amount, "DKK", language)

    points = grant.points
    if points:
        said = [
            word("grants", "point", language).format(amount=kroner(a), start=month) for month, a in points
        ]
        return f"{listing(said, language)} ({word('grants', 'line', language)})"
    steps = grant.steps
    if len(steps) == 1 and steps[0][0] == 0 and steps[0][1] == ALWAYS:
        return kroner(steps[0][2])
    said = [
        word("grants", "step_open" if end == ALWAYS else "step", language).format(
            amount=kroner(amount), start=start, end=end
        )
        for start, end, amount in steps
    ]
    return f"{listing(said, language)} {word('grants', 'since', language)}"


def _by_key(key: str, value: Mapping[Any, Any], language: str) -> str:
    if all(isinstance(when, dt.date) for when in value):
        whole_years = all((when.month, when.day) == (1, 1) for when in value)
        said = [
            f"{_signed(amount, language)} "
            + word("other", "from", language).format(
                date=str(when.year) if whole_years else day(when, language)
            )
            for when, amount in value.items()
        ]
        return f"{listing(said, language)} {word('other', 'points', language)}"
    if key == "population.arrivals":
        said = [
            f"{number(people, language)} {word('other', 'in', language).format(year=year)}"
            for year, people in value.items()
        ]
        return listing(said, language)
    return table_in_words(value, "share", language)


def _signed(value: float, language: str) -> str:
    return ("+" if value > 0 else "") + number(value, language)
