"""A metric: one name for a number that can be read from a run, written `employment_rate@36|sex=female`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ankomst.errors import nearest_name
from ankomst.policy.kinds import Quantity, quoted
from ankomst.policy.schema import WrongValueError, found_value
from ankomst.simulation.accounts import GROUP_DIMENSIONS
from ankomst.simulation.codes import ITEMS
from ankomst.simulation.outcomes import AGES, OUTCOMES
from ankomst.simulation.spread import ACROSS
from ankomst.studies.metrics.named import NAMED
from ankomst.studies.metrics.summary import DKK, PAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

COST, DEADWEIGHT = "net_cost", "deadweight"
NAMES = (*OUTCOMES, DEADWEIGHT)
"""Everything that can stand before the @."""
MONEY = (COST, "grants_paid", DEADWEIGHT)
OF_PRESENT = ("employment_rate", "ordinary_employment_rate", "self_support_rate", "placement_rate")
"""Outcomes that can be asked for an age range."""
BY_PERSON = ("weeks_to_first_job", "test_pass_rate", "ever_employed")
"""Outcomes that are known by municipality."""
UNDATED = (*MONEY, "job_after_placement", "job_duration")
"""Outcomes that are not kept by year of arrival."""
HOURS = 20.0
"""Weekly hours from which ordinary employment counts where nothing else is said."""
SEX_RATIO = "women_over_men"
MUNICIPALITY = "municipality"
COUNTED_UNTIL = {"weeks_to_first_job": 40, "job_after_placement": 60, "job_duration": 84}
"""Months that people must be followed for outcomes with a window of their own: 40 until a first spell of
three months within 36 is known, 60 for placements, and 24 more for the spells that begin in them."""
Month = Quantity("months since arrival", 1, 240, whole=True)
Window = Quantity("months", 1, 24, whole=True)
Year = Quantity("calendar year", 1990, 2100, whole=True)
FORMS = "OUTCOME@MONTHS such as employment_rate@36 or employment_rate@36|sex=female, or net_cost.PAYER@MONTHS"
PATTERN = r"^[a-z_]+(\.[a-z]+)?(\.[a-z_0-9]+)?@[0-9]+(\|.+)?$"
_HEAD = re.compile(r"(?P<outcome>[a-z_]+)(\.(?P<payer>[a-z]+))?(\.(?P<item>[a-z_0-9]+))?@(?P<when>[0-9]+)")
_YEARS = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")
_DIMENSIONS = (*GROUP_DIMENSIONS, MUNICIPALITY)
_SETTINGS = ("age", "hours", "across", "discounted", "arrived", "window")
_YES = {"yes": True, "no": False}
Group = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Needs:
    """What has to be simulated for a number.

    Attributes
    ----------
    months : int
        Months that everybody must be followed.
    whole : bool
        Whether the run must not be cut off before its end: totals by calendar year.
    counterfactual : bool
        Whether the run without grants is needed beside it.
    """

    months: int = 1
    whole: bool = False
    counterfactual: bool = False

    def __or__(self, other: Needs) -> Needs:
        """Return what two numbers need together."""
        return Needs(
            max(self.months, other.months),
            self.whole or other.whole,
            self.counterfactual or other.counterfactual,
        )

    @property
    def until(self) -> int | None:
        """Return the month after which a run may stop; None where it must go to its end."""
        return None if self.whole else self.months


@dataclass(frozen=True)
class Metric:
    """A number of a run: what, when, and whom it is about.

    Attributes
    ----------
    outcome : str
        Name of `OUTCOMES`, or deadweight: result grants for what would have come without them.
    months : int
        Months since arrival; 0 for a calendar year.
    year : int
        Calendar year, for the net cost; 0 for months since arrival.
    payer : str
        municipality, state or both for the net cost (both if left out).
    item : str
        The part of the net cost that one item of the accounts makes, such as staff; empty for all items.
    group : tuple of (str, tuple of str)
        Categories by dimension (origin, sex, health, education, or municipality by name); everybody if empty.
    age : str
        all or 25-64: age at the time.
    hours : float
        Weekly hours from which a job counts, for ordinary_employment_rate.
    across : str
        A statistic across the sexes or municipalities in place of the mean.
    discounted : bool or None
        Whether money is discounted from arrival. Left out: the net cost by months since arrival is.
    arrived : tuple of int
        First and last calendar year of arrival; everybody if empty.
    window : int
        Months that a share of those present is averaged over, from `months` on. A cohort that is registered
        at the turn of a year has been here for 12 to 23 months a year later: `@12|window=12`.

    Raises
    ------
    WrongValueError
        A name is unknown, or the parts do not go together.
    """

    outcome: str
    months: int
    payer: str = ""
    item: str = ""
    group: Group = ()
    year: int = 0
    age: str = "all"
    hours: float = HOURS
    across: str = ""
    discounted: bool | None = None
    arrived: tuple[int, ...] = ()
    window: int = 1

    def __post_init__(self) -> None:
        words = dict(self.group)
        group = tuple((name, tuple(dict.fromkeys(words[name]))) for name in _DIMENSIONS if name in words)
        if self.outcome == COST and not self.payer:
            object.__setattr__(self, "payer", "both")
        if self.discounted is None:
            object.__setattr__(self, "discounted", self._usually_discounted)
        object.__setattr__(self, "group", group)
        for problem in self._misfits():
            raise problem

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        name = ".".join(part for part in (self.outcome, self.payer, self.item) if part)
        said = [f"{dimension}={'+'.join(words)}" for dimension, words in self.group]
        if self.age != "all":
            said.append(f"age={self.age}")
        if self.hours != HOURS:
            said.append(f"hours={self.hours:g}")
        if self.across:
            said.append(f"across={self.across}")
        if self.discounted != self._usually_discounted:
            said.append(f"discounted={'yes' if self.discounted else 'no'}")
        if self.arrived:
            said.append(f"arrived={'-'.join(map(str, dict.fromkeys(self.arrived)))}")
        if self.window != 1:
            said.append(f"window={self.window}")
        return f"{name}@{self.months or self.year}{'|' if said else ''}{','.join(said)}"

    @property
    def unit(self) -> str:
        """Return the unit of the number."""
        if self.across in {SEX_RATIO, "municipality_p90_p10"}:
            return "ratio"
        return DKK if self.outcome in {COST, DEADWEIGHT} else OUTCOMES[self.outcome].unit

    @property
    def span(self) -> range:
        """Return the months that are averaged."""
        return range(self.months, self.months + self.window)

    @property
    def needs(self) -> Needs:
        """Return what has to be simulated for it."""
        months = COUNTED_UNTIL.get(self.outcome, self.span[-1] or 1)
        return Needs(months, whole=bool(self.year), counterfactual=self.outcome == DEADWEIGHT)

    @property
    def _usually_discounted(self) -> bool:
        return self.outcome == COST and not self.year

    def _misfits(self) -> Iterator[WrongValueError]:
        """Yield what is unknown, then what does not go together."""
        yield from _unknown("outcome", self.outcome, NAMES)
        yield from _unknown("payer", self.payer, ("", *PAYERS), PAYERS)
        yield from _unknown("item", self.item, ("", *ITEMS), ITEMS)
        yield from _unknown("age", self.age, AGES)
        yield from _unknown("statistic", self.across, ("", *ACROSS, SEX_RATIO), (*ACROSS, SEX_RATIO))
        groups = dict(self.group)
        for dimension in (name for name in groups if name != MUNICIPALITY):
            for word in groups[dimension]:
                yield from _unknown(dimension, word, GROUP_DIMENSIONS[dimension])
        name, present = self.outcome, quoted(OF_PRESENT)
        by_municipality = self.year or name in BY_PERSON
        rules = (
            (name != COST and (self.payer or self.item), "names a payer for", f"a payer for {COST} only"),
            (self.year and (name != COST or self.discounted or set(groups) - {MUNICIPALITY}),
             f"names the calendar year {self.year} for",
             f"a year for {COST}, undiscounted, of everybody or by {MUNICIPALITY}"),
            (MUNICIPALITY in groups and (len(groups) > 1 or self.across or not by_municipality),
             "names a municipality for",
             f"{quoted(BY_PERSON)}, or {COST} in a calendar year; no group or statistic beside it"),
            (self.age != "all" and name not in OF_PRESENT, "names an age for", f"an age for {present}"),
            (self.window != 1 and name not in OF_PRESENT, "names a window for", f"a window for {present}"),
            (self.hours != HOURS and name != "ordinary_employment_rate", "names hours for",
             "hours for ordinary_employment_rate only"),
            (self.discounted and name not in {COST, "grants_paid"}, "discounts", f"{COST} or grants_paid"),
            (name == DEADWEIGHT and groups, "names a group for", "deadweight of everybody"),
            (self.arrived and (name in UNDATED or self.across or MUNICIPALITY in groups),
             "names years of arrival for",
             f"an outcome other than {quoted(UNDATED)}, without a statistic or municipality"),
            (self.across in ACROSS and (name not in BY_PERSON or groups), f"names {self.across} for",
             f"{quoted(BY_PERSON)} across municipalities, without a group"),
            (self.across == SEX_RATIO and ("sex" in groups or name == DEADWEIGHT or self.year),
             f"names {SEX_RATIO} for", "an outcome after some months, without a sex"),
        )  # fmt: skip
        for wrong, what, allowed in rules:
            if wrong:
                yield WrongValueError(f"{what} {name}", allowed)


def parse(text: object) -> Metric:
    """Return the metric that a text names; `str` of it is the text again.

    Parameters
    ----------
    text : str
        `outcome[.payer][.item]@months[|dimension=category[+category][,dimension=...]]`. After the bar also
        age=25-64, hours=30, window=12, across=STATISTIC, discounted=yes or no, arrived=2015 or 2015-2017; in
        place of the months a calendar year.

    Raises
    ------
    WrongValueError
        It is no text of the form, or names something unknown.
    """
    head, bar, rest = text.strip().partition("|") if isinstance(text, str) else ("", "", "")
    match = _HEAD.fullmatch(head)
    if match is None and head in NAMED:
        raise WrongValueError(f"names {head}, which `ankomst validate` reads", FORMS)
    if match is None:
        parted = isinstance(text, str) and text.partition("=")[0].strip() in (*_DIMENSIONS, *_SETTINGS)
        hint = "; in a list in brackets a metric with a comma stands in quotation marks" if parted else ""
        raise WrongValueError(f"holds {found_value(text)}{hint}", FORMS)
    when = int(match["when"])
    given = _said(rest) if bar else {}
    group = tuple((name, tuple(given[name].split("+"))) for name in _DIMENSIONS if name in given)
    yearly = when >= Year.low
    return Metric(
        match["outcome"],
        0 if yearly else int(Month.number(when)),
        match["payer"] or "",
        match["item"] or "",
        group,
        year=int(Year.number(when)) if yearly else 0,
        age=given.get("age", "all"),
        hours=_hours(given),
        across=given.get("across", ""),
        discounted=_discounted(given),
        arrived=_arrived(given),
        window=_window(given),
    )


def union(metrics: Iterable[Metric]) -> Needs:
    """Return what has to be simulated for some metrics together."""
    needs = Needs()
    for metric in metrics:
        needs |= metric.needs
    return needs


def _unknown(
    what: str, name: str, known: tuple[str, ...], shown: tuple[str, ...] = ()
) -> Iterator[WrongValueError]:
    if name not in known:
        allowed = shown or known
        yield WrongValueError(f"names the {what} {name}", quoted(list(allowed)), nearest_name(name, allowed))


def _said(rest: str) -> dict[str, str]:
    """Return what stands after the bar, by key."""
    known = (*_DIMENSIONS, *_SETTINGS)
    given: dict[str, str] = {}
    for part in rest.split(","):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value:
            raise WrongValueError(f"holds {found_value(part)} after the bar", "sex=female, for example")
        if key not in known:
            raise WrongValueError(f"names the dimension {key}", quoted(list(known)), nearest_name(key, known))
        if key in given:
            raise WrongValueError(f"names {key} twice", f"{key}={given[key]}+{value}")
        given[key] = value
    return given


def _hours(given: Mapping[str, str]) -> float:
    text = given.get("hours", f"{HOURS:g}")
    try:
        return Quantity("hours a week", 1, 37).number(float(text))
    except ValueError:
        raise WrongValueError(f"holds hours={text}", "hours=30, a number from 1 to 37") from None


def _window(given: Mapping[str, str]) -> int:
    try:
        return int(Window.number(float(given.get("window", "1"))))
    except ValueError:
        raise WrongValueError(f"holds window={given['window']}", "window=12, a number from 1 to 24") from None


def _discounted(given: Mapping[str, str]) -> bool | None:
    text = given.get("discounted")
    if text is not None and text not in _YES:
        raise WrongValueError(f"holds discounted={text}", "discounted=yes or discounted=no")
    return None if text is None else _YES[text]


def _arrived(given: Mapping[str, str]) -> tuple[int, ...]:
    if "arrived" not in given:
        return ()
    match = _YEARS.fullmatch(given["arrived"])
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if first > last:
        raise WrongValueError(f"holds arrived={given['arrived']}", "arrived=2015 or arrived=2015-2017")
    return first, last
