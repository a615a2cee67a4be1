"""The levers: one class a section of the scenario file.

A new lever is one class here and one field in `scenario.Scenario`; messages, JSON schema, overrides,
differences and the policy hash follow from it. Defaults are the three-year introduction period of 2013.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import model_validator

from ankomst.errors import nearest_name
from ankomst.policy.kinds import Choice, Choices, Day, Quantity, Switch
from ankomst.policy.schema import Frozen, Kind, WrongValueError, mapping

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

Seed = Quantity("seed", 0, 2**63 - 1, whole=True, null=True)
Hours = Quantity("hours a week", 0, 20)
ShareLever = Quantity("share", 0, 1)


@dataclass(frozen=True)
class RefundKind(Kind):
    """State refund of benefits: by date (null), flat 50 %, or shares when active and passive."""

    def check(self, value: object) -> object:
        """Return None, 'flat_50' or {"active": share, "passive": share}."""
        allowed = "null (the rate of the date), 'flat_50', or {active: share, passive: share}"
        if value is None or value == "flat_50":
            return value
        if isinstance(value, str):
            raise WrongValueError(f"is '{value[:40]}'", allowed, nearest_name(value, ["flat_50"]))
        found = mapping(value, allowed)
        for key in found:
            if key not in {"active", "passive"}:
                raise WrongValueError(
                    f"has the unknown key '{key[:40]}'", allowed, nearest_name(key, ["active", "passive"])
                )
        if set(found) != {"active", "passive"}:
            raise WrongValueError("needs both active and passive", allowed)
        shares = {}
        for key in ("active", "passive"):
            try:
                shares[key] = ShareLever.check(found[key])
            except WrongValueError as problem:
                raise WrongValueError(problem.what, problem.allowed, problem.nearest, (key,)) from None
        return shares

    def json_schema(self) -> JsonSchemaValue:
        """Return the three forms."""
        share = ShareLever.json_schema()
        shares = {
            "type": "object",
            "properties": {"active": share, "passive": share},
            "required": ["active", "passive"],
            "additionalProperties": False,
        }
        return {"anyOf": [{"type": "null"}, {"enum": ["flat_50"]}, shares]}


@dataclass(frozen=True)
class DemandKind(Kind):
    """Labour demand: one number, or points by date, each in force until the next."""

    def check(self, value: object) -> object:
        """Return a float or {date: points} in order of date."""
        points = Quantity("percentage points of employment", -20, 20)
        if not isinstance(value, Mapping):
            try:
                return points.check(value)
            except WrongValueError as problem:
                raise WrongValueError(
                    problem.what, f"{points.allowed}, or a map {{date: points}}", problem.nearest
                ) from None
        if not value:
            raise WrongValueError("is an empty map", "a number of percentage points, or a map {date: points}")
        path: dict[dt.date, float] = {}
        for day, number in value.items():
            try:
                path[Day().date(day)] = points.number(number)
            except WrongValueError as problem:
                raise WrongValueError(problem.what, problem.allowed, problem.nearest, (str(day),)) from None
        return dict(sorted(path.items()))

    def json_schema(self) -> JsonSchemaValue:
        """Return the two forms."""
        number = Quantity("percentage points of employment", -20, 20).json_schema()
        path = {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "patternProperties": {"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": number},
        }
        return {"anyOf": [number, path], "unit": "percentage points of employment"}


@dataclass(frozen=True)
class TableKind(Kind):
    """A user's own table, beside the scenario file or in a folder below it."""

    def check(self, value: object) -> object:
        """Return the path or None; the loader has made it absolute and has checked where it lies."""
        if value is None or isinstance(value, Path):
            return value
        if isinstance(value, str) and value.strip():
            return Path(value)
        raise WrongValueError("must be the path of a table", "null or a path relative to the scenario file")

    def json_schema(self) -> JsonSchemaValue:
        """Return text or null."""
        return {"anyOf": [{"type": "string"}, {"type": "null"}]}


class IntroductionPeriod(Frozen):
    """The introduction period (introduktionsperiode)."""

    base_months: Annotated[int, Quantity("months", 1, 60, whole=True)] = 36
    """Length of the period for everybody [months]."""
    max_months: Annotated[int, Quantity("months", 1, 120, whole=True)] = 36
    """Length for those whose period is extended [months]; not below base_months."""
    extension: Annotated[str, Choice(("never", "needs_test", "until_self_supporting"))] = "never"
    """Who is extended: nobody, people with special needs, or everybody not yet self-supporting."""
    extension_reasons: Annotated[tuple[str, ...], Choices(("health", "language", "no_education"))] = (
        "health",
        "language",
        "no_education",
    )
    """Needs that count under needs_test."""
    early_exit_months: Annotated[int | None, Quantity("months", 1, 60, whole=True, null=True)] = None
    """The period ends after so many consecutive months in ordinary work [months]; null is never."""
    resources: Annotated[str, Choice(("per_month", "per_newcomer"))] = "per_month"
    """Whether staff is funded by the month or as one envelope a newcomer, spread over the expected months."""
    introduction_intensity: Annotated[float, Quantity("factor", 0, 3)] = 1.0
    """Effort in the period relative to 2013 [factor]."""
    basic_grant_months: Annotated[int | str, Quantity("months", 0, 60, whole=True, words=("in_period",))] = (
        "in_period"
    )
    """Months of basic grant (grundtilskud) a person [months], or as long as the period lasts, at most 36."""

    @model_validator(mode="after")
    def _fits_together(self) -> IntroductionPeriod:
        if self.max_months < self.base_months:
            raise WrongValueError(
                f"is {self.max_months}, which is below base_months {self.base_months}",
                "max_months of at least base_months",
                path=("max_months",),
            )
        if self.early_exit_months is not None and self.early_exit_months > self.max_months:
            raise WrongValueError(
                f"is {self.early_exit_months}, which is above max_months {self.max_months}: "
                "nobody could leave early",
                "early_exit_months of at most max_months",
                path=("early_exit_months",),
            )
        return self


class OrdinarySystem(Frozen):
    """The ordinary employment system (det ordinære system) after the period."""

    intensity: Annotated[float, ShareLever] = 0.0
    """Share of the gap to the introduction period's intensity that is closed [share]."""
    specialists: Annotated[float, ShareLever] = 0.0
    """Share of the gap in specialist help that is closed [share]."""


class Danish(Frozen):
    """Danish classes (danskuddannelse)."""

    class_hours: Annotated[float, Quantity("hours a week", 0, 37)] = 12.0
    """Hours of class for those in language class [hours a week]."""
    evening_hours: Annotated[float, Hours] = 3.0
    """Hours of class beside work [hours a week]."""
    workplace_hours: Annotated[float, Hours] = 0.0
    """Hours of class at the workplace, in placements and work [hours a week]."""
    right_months: Annotated[int | None, Quantity("months", 0, 120, whole=True, null=True)] = 36
    """Length of the right to classes, from three months after arrival [months]; null is no limit."""


class Placements(Frozen):
    """Company placements: internship (virksomhedspraktik) and subsidised job (løntilskud)."""

    first_offer_month: Annotated[int, Quantity("months since arrival", 0, 60, whole=True)] = 4
    """Earliest month of a placement [months since arrival]."""
    first_offer_deadline_months: Annotated[int | None, Quantity("months", 1, 60, whole=True, null=True)] = (
        None
    )
    """Those not placed within this time go first [months since arrival]; null is no deadline."""
    capacity: Annotated[float, Quantity("factor", 0, 5)] = 1.0
    """Places relative to 2013 [factor]."""
    job_ready_from_day_one: Annotated[bool, Switch()] = False
    """Whether people still in assessment can be placed."""
    targeting: Annotated[str, Choice(("creaming", "equal", "needs_first"))] = "creaming"
    """Who goes first: the job-ready, nobody in particular, or those with special needs."""
    internship_months: Annotated[int, Quantity("months", 1, 12, whole=True)] = 3
    """Length of an internship [months]."""
    subsidy_months: Annotated[int, Quantity("months", 1, 24, whole=True)] = 6
    """Length of a subsidised job [months]."""

    @model_validator(mode="after")
    def _fits_together(self) -> Placements:
        deadline = self.first_offer_deadline_months
        if deadline is not None and deadline < self.first_offer_month:
            raise WrongValueError(
                f"is {deadline}, which lies before first_offer_month {self.first_offer_month}: "
                "it could never be met",
                "a deadline of at least first_offer_month",
                path=("first_offer_deadline_months",),
            )
        return self


class Benefits(Frozen):
    """Benefits and their refund by the state."""

    level: Annotated[float, Quantity("factor", 0, 2)] = 1.0
    """Benefit relative to the rate of the date [factor]."""
    refund: Annotated[str | dict[str, float] | None, RefundKind()] = None
    """State's share of benefits: null (rate of the date), flat_50, or {active: share, passive: share}."""


class Population(Frozen):
    """Who arrives."""

    newcomers_per_year: Annotated[int, Quantity("people a year in the sample", 12, 60_000, whole=True)] = 7000
    """Size of the simulated sample [people a year]."""
    real_inflow_per_year: Annotated[float, Quantity("people a year", 1, 200_000)] = 7000.0
    """People who arrive in Denmark [people a year]; totals are scaled to it."""
    arrival_years: Annotated[int, Quantity("years", 1, 30, whole=True)] = 5
    """Years with arrivals [years]."""
    municipalities: Annotated[Path | None, TableKind()] = None
    """A table of municipalities of the user's own, beside the scenario file; null is the packaged table."""
    seed: Annotated[int | None, Seed] = None
    """Fixes the newcomers' traits in every replicate; null follows the run's seed."""


class Municipalities(Frozen):
    """The unobserved traits of municipalities."""

    seed: Annotated[int | None, Seed] = None
    """Fixes the traits in every replicate; null follows the run's seed."""


class Horizon(Frozen):
    """How long each newcomer is followed."""

    follow_up_months: Annotated[int, Quantity("months", 12, 240, whole=True)] = 120
    """Months from arrival [months]."""


class Accounts(Frozen):
    """Conventions of the accounts."""

    staff_refunded: Annotated[bool, Switch()] = True
    """Whether staff counts among the programme costs that the state refunds (an assumption)."""
    budget_neutral: Annotated[bool, Switch()] = False
    """Whether grant amounts are scaled so that spending equals the 2013 rule's."""


REFERENCE_DATE = dt.date(2013, 7, 1)
"""Date of the rules of the reference policy."""
