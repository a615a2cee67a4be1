"""The levers of the introduction programme: one class a section of the scenario file.

A new lever is one class here (or in `proposals.py`) and one field in `scenario.Scenario`; messages, JSON
schema, overrides, differences, the policy hash and docs/levers.md follow from it. Defaults are the three-year
introduction period of 2013.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

from ankomst.policy.kinds import Choice, Choices, Quantity, Switch
from ankomst.policy.levers.lever_kinds import MaybeDay, RefundKind, ShareLever
from ankomst.policy.schema import Frozen, WrongValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

Hours = Quantity("hours a week", 0, 20)


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
    basic_grant_months: Annotated[int | str, Quantity("months", 0, 60, whole=True, words=("in_period",))] = 36
    """Months of basic grant (grundtilskud) a person [months], three years in the law; or as long as the
    period lasts, at most 36."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield lengths of the period that contradict each other."""
        if self.max_months < self.base_months:
            yield WrongValueError(
                f"is {self.max_months}, which is below base_months {self.base_months}",
                "max_months of at least base_months",
                path=("max_months",),
            )
        if self.early_exit_months is not None and self.early_exit_months > self.max_months:
            yield WrongValueError(
                f"is {self.early_exit_months}, which is above max_months {self.max_months}: "
                "nobody could leave early",
                "early_exit_months of at most max_months",
                path=("early_exit_months",),
            )


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
    regional: Annotated[float, ShareLever] = 0.0
    """Regional agreements on classes: how far they reach [share]."""


class Assessment(Frozen):
    """Assessment of newcomers and of the qualifications they bring (kompetenceafklaring)."""

    months: Annotated[int, Quantity("months", 0, 12, whole=True)] = 2
    """Length of the assessment on arrival [months]."""
    asylum_information: Annotated[float, ShareLever] = 0.0
    """How far the municipality uses what the asylum phase knows [share]: 1 saves a month and knows health."""
    deadline_months: Annotated[int, Quantity("months since arrival", 0, 60, whole=True)] = 12
    """Qualifications are recognised by this time [months since arrival]."""
    guidance_share: Annotated[float, ShareLever] = 0.5
    """Share of those with upper secondary or tertiary education whose qualifications are assessed [share]."""


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
    partnerships: Annotated[float, ShareLever] = 0.0
    """Partnerships with companies: how far they reach [share]."""
    targeting: Annotated[str, Choice(("creaming", "equal", "needs_first"))] = "creaming"
    """Who goes first: the job-ready, nobody in particular, or those with special needs."""
    internship_months: Annotated[int, Quantity("months", 1, 12, whole=True)] = 3
    """Length of an internship [months]."""
    subsidy_months: Annotated[int, Quantity("months", 1, 24, whole=True)] = 6
    """Length of a subsidised job [months]."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield a deadline that could never be met."""
        deadline = self.first_offer_deadline_months
        if deadline is not None and deadline < self.first_offer_month:
            yield WrongValueError(
                f"is {deadline}, which lies before first_offer_month {self.first_offer_month}: "
                "it could never be met",
                "a deadline of at least first_offer_month",
                path=("first_offer_deadline_months",),
            )


class Benefits(Frozen):
    """Benefits and their refund by the state."""

    level: Annotated[float, Quantity("factor", 0, 2)] = 1.0
    """Benefit relative to the rate of the date [factor]."""
    ceiling: Annotated[float | None, Quantity("DKK a month", 0, 50_000, null=True)] = None
    """Most benefit a person can get [DKK a month]; null is no ceiling (kontanthjælpsloft)."""
    rates_of: Annotated[dt.date | None, MaybeDay()] = None
    """Date whose benefit rates hold, in the money of the scenario's date; null is the scenario's date."""
    refund_of: Annotated[dt.date | None, MaybeDay()] = None
    """Date whose refund rules hold (benefit, wage subsidy, pension); null is the scenario's date."""
    refund: Annotated[str | dict[str, float] | None, RefundKind()] = None
    """State's share of benefits: null (rate of the date), flat_50, or {active: share, passive: share}."""


REFERENCE_DATE = dt.date(2013, 7, 1)
"""Date of the rules of the reference policy."""
