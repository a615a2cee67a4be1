"""Result grants (resultattilskud): what the state pays a municipality for a result, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from pydantic import model_validator

from ankomst.policy.kinds import Choice, Quantity, Switch
from ankomst.policy.schema import Frozen, Kind, WrongValueError, WrongValues, mapping
from ankomst.policy.written_numbers import comma_hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.json_schema import JsonSchemaValue

JOB_2013 = 46_881.0
EDUCATION_2013 = 46_881.0
DANISH_TEST_2013 = 35_162.0
ALWAYS = 10**6
"""End of a schedule without an end [months since arrival]."""

OUTCOMES = ("ordinary_job", "education", "danish_test", "self_support")

_AMOUNT = Quantity("DKK", 0, 1_000_000)
_MONTH = Quantity("months", 0, 240, whole=True)
_SPAN = re.compile(r"([0-9]{1,3})\s*-\s*([0-9]{1,3})")
_FORMS = (
    "an amount in DKK, a map of spans such as {0-12: 75000, 12-24: 50000}, or a list of [month, amount] pairs"
)

Schedule = float | dict[str, float] | tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class ScheduleKind(Kind):
    """Amount by months since arrival at the start of the spell: constant, steps or linear."""

    def check(self, value: object) -> object:
        """Return a float, a dict {"a-b": amount} in order of a, or a tuple of (month, amount)."""
        if isinstance(value, Mapping):
            return _steps(mapping(value, _FORMS))
        if isinstance(value, (list, tuple)):
            return _points(value)
        try:
            return _AMOUNT.check(value)
        except WrongValueError as problem:
            raise WrongValueError(
                problem.what, f"{_FORMS}; amounts from 0 to 1000000", problem.nearest
            ) from None

    def json_schema(self) -> JsonSchemaValue:
        """Return the three forms."""
        amount = _AMOUNT.json_schema()
        steps = {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "patternProperties": {"^[0-9]{1,3} *- *[0-9]{1,3}$": amount},
        }
        pair = {"type": "array", "prefixItems": [_MONTH.json_schema(), amount], "minItems": 2, "maxItems": 2}
        return {"anyOf": [amount, steps, {"type": "array", "items": pair, "minItems": 2}], "unit": "DKK"}


class GroupWeights(Frozen):
    """Factors on the amount by needs group: impaired health or no education, and all others."""

    needs_group: Annotated[float, Quantity("factor", 0, 10)] = 1.0
    """Factor for people with impaired health or no education [factor]."""
    others: Annotated[float, Quantity("factor", 0, 10)] = 1.0
    """Factor for everybody else [factor]."""


class ResultGrant(Frozen):
    """One result grant."""

    outcome: Annotated[str, Choice(OUTCOMES)]
    """The result that is paid for."""
    schedule: Annotated[Schedule, ScheduleKind()]
    """Amount by months since arrival at the start of the spell [DKK]: one amount, steps or linear."""
    sustained_months: Annotated[int, Quantity("months", 0, 60, whole=True)] = 6
    """Months the result must last before the grant is paid [months]; 0 is paid at entry. A test has none."""
    minimum_hours: Annotated[float, Quantity("hours a week", 0, 37)] = 0.0
    """Least weekly hours that count [hours a week]."""
    window_months: Annotated[
        int | str, Quantity("months", 1, 240, whole=True, words=("introduction_period",))
    ] = 36
    """The spell must start within this time of arrival [months], three years in the law of 2013, or within
    the person's own period."""
    extra_window_months: Annotated[int, Quantity("months", 0, 240, whole=True)] = 0
    """Months added to the window [months]."""
    group_weights: GroupWeights = GroupWeights()
    """Factors on the amount by needs group."""
    benchmark: Annotated[bool, Switch()] = False
    """Pay only for results above the expected number of the municipality and year (ordinary_job only)."""
    cap: Annotated[float | None, Quantity("DKK", 0, 1e10, null=True)] = None
    """Most that one municipality can get in a calendar year [DKK]; null is no limit."""
    self_supported_eligible: Annotated[bool, Switch()] = True
    """Whether people who were supported by a partner at arrival count."""

    @model_validator(mode="before")
    @classmethod
    def _test_is_paid_at_once(cls, data: object) -> object:
        if (
            isinstance(data, Mapping)
            and data.get("outcome") == "danish_test"
            and "sustained_months" not in data
        ):
            return {**data, "sustained_months": 0}
        return data

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield conditions that the outcome cannot have."""
        lasts = self.sustained_months if "sustained_months" in self.model_fields_set else 0
        if self.outcome == "danish_test" and lasts > 0:
            yield WrongValueError(
                f"is {lasts} for a danish_test: a passed test does not last",
                "sustained_months: 0 for danish_test",
                path=("sustained_months",),
            )
        if self.benchmark and self.outcome != "ordinary_job":
            yield WrongValueError(
                f"is on for the outcome {self.outcome}",
                "benchmark for ordinary_job only",
                path=("benchmark",),
            )

    @property
    def steps(self) -> tuple[tuple[int, int, float], ...]:
        """Return (start, end, amount) for a constant or stepped schedule, else an empty tuple."""
        if isinstance(self.schedule, dict):
            return tuple((*_span(key), amount) for key, amount in self.schedule.items())
        return () if isinstance(self.schedule, tuple) else ((0, ALWAYS, self.schedule),)

    @property
    def points(self) -> tuple[tuple[int, float], ...]:
        """Return (month, amount) for a linear schedule, else an empty tuple."""
        return self.schedule if isinstance(self.schedule, tuple) else ()

    def amount(self, s: int) -> float:
        """Return the amount for a spell that starts `s` months after arrival, without regard to the window.

        Parameters
        ----------
        s
            Months since arrival at the start of the spell.

        Returns
        -------
        float
            DKK before group weights; 0 outside all steps.
        """
        points = self.points
        if not points:
            return next((amount for start, end, amount in self.steps if start <= s < end), 0.0)
        if s <= points[0][0]:
            return points[0][1]
        for (month, amount), (next_month, next_amount) in pairwise(points):
            if s < next_month:
                return amount + (next_amount - amount) * (s - month) / (next_month - month)
        return points[-1][1]


def grants_2013() -> tuple[ResultGrant, ...]:
    """Return the rule of 2013: job, education and Danish test within three years (section 45)."""
    return (
        ResultGrant(outcome="ordinary_job", schedule=JOB_2013),
        ResultGrant(outcome="education", schedule=EDUCATION_2013),
        ResultGrant(outcome="danish_test", schedule=DANISH_TEST_2013, sustained_months=0),
    )


def _span(key: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(key.strip())
    if match is None:
        raise WrongValueError("is no span of months", "spans of months since arrival such as 0-12")
    start, end = int(match[1]), int(match[2])
    if not start < end <= _MONTH.high:
        raise WrongValueError(
            "is no span that runs forward within 240 months", "spans a-b with a below b, such as 0-12"
        )
    return start, end


def _steps(value: Mapping[str, object]) -> dict[str, float]:
    if not value:
        raise WrongValueError("is an empty map", _FORMS)
    steps, wrong = [], WrongValues()
    for key, amount in value.items():
        with wrong.kept(key):
            steps.append((*_span(key), _AMOUNT.number(amount)))
    steps.sort()
    for (start, end, _), (next_start, next_end, _) in pairwise(steps):
        if next_start < end:
            wrong.add(
                WrongValueError(
                    f"has spans that overlap: {start}-{end} and {next_start}-{next_end}",
                    "spans that do not overlap; the end is not part of a span",
                )
            )
    wrong.settle()
    return {f"{start}-{end}": amount for start, end, amount in steps}


def _points(value: list[object] | tuple[object, ...]) -> tuple[tuple[int, float], ...]:
    if len(value) < 2:
        raise WrongValueError("is a list of fewer than two points", _FORMS)
    if hint := comma_hint(value, 1):
        raise WrongValueError(f"is a list of two numbers{hint}", _FORMS)
    points: list[tuple[int, float]] = []
    wrong = WrongValues()
    for k, pair in enumerate(value):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            hint = comma_hint(pair, 2)
            wrong.add(WrongValueError(f"has a point {k + 1} that is not a pair{hint}", _FORMS), str(k))
            continue
        point: list[float] = []
        for place, kind in enumerate((_MONTH, _AMOUNT)):
            with wrong.kept(str(k), str(place)):
                point.append(kind.number(pair[place]))
        if len(point) < 2:
            continue
        if points and point[0] <= points[-1][0]:
            wrong.add(
                WrongValueError(
                    f"has months that do not increase: {points[-1][0]} then {point[0]}",
                    "points in order of increasing months",
                ),
                str(k),
            )
        points.append((int(point[0]), point[1]))
    wrong.settle()
    return tuple(points)
