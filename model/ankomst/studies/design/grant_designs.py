"""The space of designs of result grants that is searched: what may vary, how far, and what it pays.

A design is a mapping from the names of the variables to values. Designs that pay the same are one design:
`DesignSpace.tidy` gives the values without meaning (the amount after the window, the wait of a grant that is
not paid) one standing, so that nothing is evaluated twice under two names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ValidationError

from ankomst.errors import ExperimentError, nearest_name, show
from ankomst.policy.kinds import Quantity, Switch, quoted
from ankomst.policy.levers.grants import GroupWeights, ResultGrant
from ankomst.policy.schema import Frozen, Kind, WrongValueError, WrongValues, found_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic.json_schema import JsonSchemaValue

SPANS = {"job_0_12": (0, 12), "job_12_24": (12, 24), "job_24_36": (24, 36), "job_36_60": (36, 60)}
"""The variables that are amounts for a job, and the months since arrival in which the job begins."""
PERIOD = "introduction_period"
EDUCATION_LASTS = 6
"""Months that an education must last before it pays, as in all shipped designs [months]."""
UNITS = {
    **dict.fromkeys(SPANS, "DKK"),
    "education_share": "share",
    "danish_test": "DKK",
    "needs_group": "factor",
    "sustained_months": "months",
    "window": "months",
    "minimum_hours": "hours a week",
}
"""Unit of every variable of a design; the word introduction_period may stand for a window."""
_NEAR = 1e-6
_Amount = Quantity("DKK", 0, 1_000_000)
_Hours = Quantity("hours a week", 0, 37)
_Lasts = Quantity("months", 0, 60, whole=True)
_Window = Quantity("months", 1, 60, whole=True, words=(PERIOD,))

Value = float | int | str
Design = dict[str, Value]


@dataclass(frozen=True)
class Several(Kind):
    """A list of different values of one kind; numbers in order, words first."""

    kind: Quantity

    def check(self, value: object) -> object:
        """Return a tuple of the values."""
        allowed = f"a list of different values, each {self.kind.allowed}"
        if not isinstance(value, list | tuple) or not value:
            found = "an empty list" if value in ([], ()) else found_value(value)
            raise WrongValueError(f"must be a list, not {found}", allowed)
        items: list[Any] = []
        wrong = WrongValues()
        for k, item in enumerate(value):
            with wrong.kept(str(k)):
                items.append(self.kind.check(item))
                if items[-1] in items[:-1]:
                    raise WrongValueError(f"names {show(item)} twice", allowed)
        wrong.settle()
        return tuple(sorted(items, key=lambda item: (not isinstance(item, str), item)))

    def json_schema(self) -> JsonSchemaValue:
        """Return a list of the kind."""
        return {"type": "array", "items": self.kind.json_schema(), "minItems": 1, "uniqueItems": True}


class _Range(Frozen):
    """Base of the ranges: low and high are part of it, and a whole number of steps apart."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield ends in the wrong order, and a step that does not lead from one to the other."""
        low, high, step = (getattr(self, name) for name in ("low", "high", "step"))
        if low > high:
            yield WrongValueError(f"is {low:g}, above high {high:g}", "low at most high", path=("low",))
        elif abs((high - low) / step - round((high - low) / step)) > _NEAR:
            yield WrongValueError(
                f"is {step:g}, which does not divide {low:g} to {high:g}",
                "a whole number of steps from low to high",
                path=("step",),
            )


class AmountRange(_Range):
    """The amounts that are tried."""

    low: Annotated[float, _Amount] = 0.0
    """Lowest amount [DKK]; 0 is no grant."""
    high: Annotated[float, _Amount] = 150_000.0
    """Highest amount [DKK]."""
    step: Annotated[float, Quantity("DKK", 1, 1_000_000)] = 5_000.0
    """Amounts are this far apart [DKK]."""


class ShareRange(_Range):
    """The shares that are tried."""

    low: Annotated[float, Quantity("share", 0, 2)] = 0.0
    """Lowest share [share]; 0 is no grant."""
    high: Annotated[float, Quantity("share", 0, 2)] = 1.0
    """Highest share [share]."""
    step: Annotated[float, Quantity("share", 0.01, 2)] = 0.25
    """Shares are this far apart [share]."""


class FactorRange(_Range):
    """The factors that are tried."""

    low: Annotated[float, Quantity("factor", 0, 10)] = 1.0
    """Lowest factor [factor]; 1 pays alike for all."""
    high: Annotated[float, Quantity("factor", 0, 10)] = 3.0
    """Highest factor [factor]."""
    step: Annotated[float, Quantity("factor", 0.01, 10)] = 0.25
    """Factors are this far apart [factor]."""


class DesignsFile(Frozen):
    """Designs of result grants that are searched for the best of employment against public cost."""

    job: AmountRange = AmountRange()
    """Amounts for a job; each span of months since arrival at its beginning has an amount of its own."""
    after_36: Annotated[bool, Switch()] = True
    """Whether a job that begins in months 36-60 has an amount; without it nothing is paid after month 36."""
    education_share: ShareRange = ShareRange()
    """Grant for education, which must last six months, as a share of the one for a job in the same month."""
    danish_test: AmountRange = AmountRange()
    """Amounts for a passed Danish test."""
    needs_group: FactorRange = FactorRange()
    """Factor on all grants for people with impaired health or no education."""
    sustained_months: Annotated[tuple[int, ...], Several(_Lasts)] = (0, 3, 6, 12)
    """Months that a job must last before it pays [months]; 0 is paid at entry."""
    windows: Annotated[tuple[int | str, ...], Several(_Window)] = (PERIOD, 24, 36, 60)
    """The result must come within this time of arrival [months], or within the introduction period."""
    minimum_hours: Annotated[tuple[float, ...], Several(_Hours)] = (0.0, 25.0, 37.0)
    """Least weekly hours of a job that pays [hours a week]."""
    trials: Annotated[int, Quantity("designs", 1, 10_000, whole=True)] = 200
    """Different designs that are tried, with the shipped ones [designs]."""
    batch: Annotated[int, Quantity("designs", 1, 500, whole=True)] = 10
    """Designs proposed at a time, before any of their results are known [designs]."""
    replicates: Annotated[int, Quantity("runs", 2, 1000, whole=True)] = 6
    """Runs of each design in the search, with the same luck for all designs [runs]."""
    fresh_replicates: Annotated[int, Quantity("runs", 3, 10_000, whole=True)] = 40
    """Runs of each design that may be on the front, with luck that the search has not seen [runs]."""
    candidates: Annotated[int, Quantity("designs", 1, 200, whole=True)] = 16
    """Most found designs that are evaluated again with fresh luck [designs]."""
    months_tolerance: Annotated[float, Quantity("months per newcomer", 0, 12)] = 0.05
    """So much less employment still counts as equal [months per newcomer]."""
    cost_tolerance: Annotated[float, Quantity("DKK per newcomer", 0, 1_000_000)] = 500.0
    """So much more cost still counts as equal [DKK per newcomer]."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield windows beyond the last amount."""
        for k, window in enumerate(self.windows):
            if not isinstance(window, str) and window > self.end:
                yield WrongValueError(
                    f"is {window}, but no amount is tried after month {self.end}",
                    f"windows up to {self.end} months, or after_36: true",
                    path=("windows", str(k)),
                )

    @property
    def end(self) -> int:
        """Month since arrival at which the last amount ends."""
        return 60 if self.after_36 else 36


@dataclass(frozen=True)
class Variable:
    """One variable of a design: a stepped range, or a few values to choose from.

    Attributes
    ----------
    name, unit : str
    low, high, step : float
        Of a range; a step of 0 says that it is a choice.
    choices : tuple
    """

    name: str
    unit: str
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    choices: tuple[Value, ...] = ()

    def rounded(self, value: float) -> float:
        """Return the nearest value of the range that is a whole number of steps from its low end."""
        steps = round((value - self.low) / self.step)
        return round(float(min(max(self.low + steps * self.step, self.low), self.high)), 9)

    def holds(self, value: Value) -> bool:
        """Whether a value is one of the choices, or inside the range, on a step or between two."""
        if self.choices:
            return value in self.choices
        return not isinstance(value, str) and self.low - _NEAR <= value <= self.high + _NEAR


@dataclass(frozen=True)
class DesignSpace:
    """The variables of a design.

    Attributes
    ----------
    variables : tuple of Variable
    """

    variables: tuple[Variable, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables, in the order of the tables."""
        return tuple(variable.name for variable in self.variables)

    @property
    def spans(self) -> dict[str, tuple[int, int]]:
        """The amounts for a job that this space has, and their months since arrival."""
        return {name: span for name, span in SPANS.items() if name in self.names}

    def tidy(self, design: Mapping[str, Value]) -> Design:
        """Return the design with one standing for values without meaning, in the order of the variables."""
        found = {name: design[name] for name in self.names}
        last = _end(found["window"], self)
        found.update({name: 0.0 for name, (start, _) in self.spans.items() if start >= last})
        # A weight needs an amount; a share, a wait and hours need an amount for a job.
        if not any(found[name] for name in self.spans):
            found["education_share"] = 0.0
            found |= {name: self.first(name) for name in ("sustained_months", "minimum_hours")}
            if not found["danish_test"]:
                found |= {name: self.first(name) for name in ("needs_group", "window")}
        return found

    def first(self, name: str) -> Value:
        """Return the first choice of a variable, or the low end of its range."""
        variable = self.variables[self.names.index(name)]
        return variable.choices[0] if variable.choices else variable.low

    def holds(self, design: Mapping[str, Value]) -> bool:
        """Whether every value is one of the choices, or inside the range, of its variable."""
        return all(variable.holds(design[variable.name]) for variable in self.variables)


def design_space(file: DesignsFile | None = None) -> DesignSpace:
    """Return the space that a file describes, or the one of the defaults."""
    file = file or DesignsFile()
    spans = [name for name, (start, _) in SPANS.items() if start < file.end]
    ranges = [(name, file.job) for name in spans]
    parts: list[tuple[str, Any]] = [
        *ranges,
        ("education_share", file.education_share),
        ("danish_test", file.danish_test),
        ("needs_group", file.needs_group),
    ]
    choices: dict[str, tuple[Value, ...]] = {
        "sustained_months": file.sustained_months,
        "window": file.windows,
        "minimum_hours": file.minimum_hours,
    }
    return DesignSpace(
        (
            *(Variable(name, UNITS[name], part.low, part.high, part.step) for name, part in parts),
            *(Variable(name, UNITS[name], choices=values) for name, values in choices.items()),
        )
    )


def grants_of(design: Mapping[str, Value]) -> tuple[ResultGrant, ...]:
    """Return the grants of a design; an amount of 0 is no grant.

    Parameters
    ----------
    design : mapping
        A value for every variable; job_36_60 may be left out.

    Raises
    ------
    ExperimentError
        A variable is missing or unknown, or a value is outside what a grant can have.
    """
    _named(design)
    job = {name: float(design[name]) for name in SPANS if name in design}
    weights = GroupWeights(needs_group=float(design["needs_group"]))
    common: dict[str, Any] = {"window_months": design["window"], "group_weights": weights}
    share, test = float(design["education_share"]), float(design["danish_test"])
    wanted: list[dict[str, Any]] = []
    if any(job.values()):
        lasts = {"sustained_months": design["sustained_months"], "minimum_hours": design["minimum_hours"]}
        wanted.append({"outcome": "ordinary_job", "schedule": _schedule(job), **lasts})
        if share:
            paid = _schedule({name: share * amount for name, amount in job.items()})
            wanted.append({"outcome": "education", "schedule": paid, "sustained_months": EDUCATION_LASTS})
    if test:
        wanted.append({"outcome": "danish_test", "schedule": test})
    try:
        return tuple(ResultGrant(**entry, **common) for entry in wanted)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise ExperimentError(
            f"{'.'.join(map(str, first['loc']))} of a design {first['msg'].removeprefix('Value error, ')}",
            allowed="the values that a result grant can have",
        ) from None


def design_of(grants: Sequence[ResultGrant], space: DesignSpace | None = None) -> Design | None:
    """Return the design that pays what the grants pay, or None where the space has none.

    Parameters
    ----------
    grants : sequence of ResultGrant
    space : DesignSpace, optional
        The one of the defaults if left out.

    Notes
    -----
    Weights of both needs groups become a factor on amounts for all others. What the grants pay is compared
    month by month up to the end of the window, or of the last span of the space.
    """
    space = space or design_space()
    kinds = {grant.outcome: grant for grant in grants}
    job, education = kinds.get("ordinary_job"), kinds.get("education")
    first = grants[0] if grants else ResultGrant(outcome="ordinary_job", schedule=0.0)
    others = first.group_weights.others
    if len(kinds) < len(grants) or not others:
        return None
    starts = [start for start, _ in space.spans.values()]
    top = max(job.amount(start) for start in starts) if job else 0.0
    highest = max(education.amount(start) for start in starts) if education else 0.0
    test = kinds["danish_test"].amount(0) if "danish_test" in kinds else 0.0
    guess = {
        **{name: job.amount(start) * others if job else 0.0 for name, (start, _) in space.spans.items()},
        "education_share": highest / top if top else 0.0,
        "danish_test": test * others,
        "needs_group": first.group_weights.needs_group / others,
        "sustained_months": job.sustained_months if job else space.first("sustained_months"),
        "window": first.window_months,
        "minimum_hours": job.minimum_hours if job else space.first("minimum_hours"),
    }
    found = space.tidy(guess)
    fits = space.holds(found) and _payments(grants_of(found), space) == _payments(grants, space)
    return found if fits else None


def _end(window: Value, space: DesignSpace) -> int:
    """Return the first month for which no job can be paid."""
    last = max(end for _, end in space.spans.values())
    return last if isinstance(window, str) else min(last, int(window))


def _named(design: Mapping[str, Value]) -> None:
    for name in design:
        if name not in UNITS:
            raise ExperimentError(
                f"a design has the unknown variable {show(name)}",
                allowed=quoted(list(UNITS)),
                nearest=nearest_name(name, UNITS),
            )
    missing = [name for name in UNITS if name not in design and name != "job_36_60"]
    if missing:
        raise ExperimentError(f"a design lacks {quoted(missing)}", allowed="a value for every variable")


def _schedule(job: Mapping[str, float]) -> float | dict[str, float]:
    """Return one amount where all are equal, else steps, with equal neighbours joined."""
    amounts = list(job.values())
    if len(set(amounts)) == 1 and len(job) == len(SPANS):
        return amounts[0]
    steps: list[tuple[int, int, float]] = []
    for name, amount in job.items():
        start, end = SPANS[name]
        if steps and steps[-1][2] == amount:
            start = steps.pop()[0]
        steps.append((start, end, amount))
    return {f"{start}-{end}": amount for start, end, amount in steps if amount}


def _payments(grants: Sequence[ResultGrant], space: DesignSpace) -> dict[Any, Any]:
    """Return what is paid, kroner by kind, needs group and month, with the terms that it is paid on."""
    found = {}
    for grant in grants:
        plain = grant.model_copy(update={"schedule": 0.0, "group_weights": GroupWeights()})
        months = range(_end(grant.window_months, space))
        weights = (grant.group_weights.needs_group, grant.group_weights.others)
        paid = tuple(tuple(round(grant.amount(s) * weight, 4) for s in months) for weight in weights)
        if any(map(any, paid)):
            found[plain.model_dump_json()] = paid
    return found
