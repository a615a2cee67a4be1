"""The setting of a run: who arrives and where, for how long, and conventions of the accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from ankomst.policy.kinds import Quantity, Switch
from ankomst.policy.levers.lever_kinds import ArrivalsKind, TableKind
from ankomst.policy.schema import Frozen

Seed = Quantity("seed", 0, 2**63 - 1, whole=True, null=True)


class PopulationSetting(Frozen):
    """Who arrives."""

    newcomers_per_year: Annotated[int, Quantity("people a year in the sample", 12, 60_000, whole=True)] = 7000
    """Size of the simulated sample [people a year]."""
    real_inflow_per_year: Annotated[float, Quantity("people a year", 1, 200_000)] = 7000.0
    """People who arrive in Denmark [people a year]; totals are scaled to it."""
    arrival_years: Annotated[int, Quantity("years", 1, 30, whole=True)] = 5
    """Years with arrivals [years]."""
    arrivals: Annotated[str | Path | dict[int, float] | None, ArrivalsKind()] = None
    """People who arrive by year [people a year]: null (every year alike), denmark, {year: people} or a table.

    With arrivals by year arrival_years and real_inflow_per_year follow from them."""
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

    staff_refunded: Annotated[bool, Switch()] = False
    """Whether staff counts among the programme costs that the state refunds; the law refunds none."""
    outside_classes_refunded: Annotated[bool, Switch()] = False
    """Whether Danish classes after the period are refunded like offers, without a ceiling (an assumption)."""
    budget_neutral: Annotated[bool, Switch()] = False
    """Whether grant amounts are scaled so that spending equals the 2013 rule's."""
