"""Levers beside the programme: steering, civil society, coordination, entrepreneurs, trainee jobs, taxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from ankomst.policy.kinds import Quantity, Switch
from ankomst.policy.levers.lever_kinds import ShareLever
from ankomst.policy.schema import Frozen, WrongValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

Age = Quantity("years", 16, 70, whole=True)


class Governance(Frozen):
    """How the state steers municipalities besides money (styringsmodel)."""

    result_targets: Annotated[bool, Switch()] = False
    """Few, simple result targets (resultatmål): those below the national mean raise their effort."""
    advisory_team: Annotated[bool, Switch()] = False
    """A state team that advises a quarter of the municipalities a year (rejsehold)."""
    peer_exchange: Annotated[float, Quantity("share of the gap a year", 0, 0.1)] = 0.0
    """Exchange between municipalities of a region (KKR): how fast practice nears the best quarter
    [share of the gap a year]."""


class Entrepreneurship(Frozen):
    """Support for newcomers who start a business (iværksættere)."""

    support: Annotated[float, ShareLever] = 0.0
    """How far the support reaches [share]."""


class CivilSociety(Frozen):
    """Volunteers and mentors (frivillige, mentorer)."""

    mentor_share: Annotated[float, ShareLever] = 0.0
    """Share of newcomers who have a mentor in their first two years [share]."""


class Outreach(Frozen):
    """Outreach (opsøgende indsats) to people who live on a partner's income."""

    self_supported_share: Annotated[float, ShareLever] = 0.0
    """Share of self-supported women who are reached [share]."""


class Coordination(Frozen):
    """One coordinated plan in complex cases (koordineret plan)."""

    health: Annotated[float, ShareLever] = 0.0
    """How far the plan reaches people with impaired health [share]."""


class TraineeJob(Frozen):
    """The two-year trainee job (integrationsgrunduddannelse, IGU)."""

    slots: Annotated[float, Quantity("share of clients a month", 0, 0.2)] = 0.0
    """New trainee jobs a month [share of clients]; 0 is none."""
    months: Annotated[int, Quantity("months", 1, 60, whole=True)] = 24
    """Length of a trainee job [months]."""
    min_age: Annotated[int, Age] = 18
    """Youngest age on arrival [years]."""
    max_age: Annotated[int, Age] = 40
    """Oldest age on arrival, the whole year counted [years]."""
    max_months_since_arrival: Annotated[int, Quantity("months since arrival", 1, 240, whole=True)] = 60
    """A trainee job begins before this month [months since arrival]."""
    school_weeks: Annotated[float, Quantity("weeks", 0, 104)] = 20.0
    """School in the whole trainee job [weeks]."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield ages that nobody has."""
        if self.max_age < self.min_age:
            yield WrongValueError(
                f"is {self.max_age}, which is below min_age {self.min_age}: nobody could begin",
                "max_age of at least min_age",
                path=("max_age",),
            )


class Taxes(Frozen):
    """Taxes on work."""

    in_work_credit: Annotated[float, Quantity("DKK a month", 0, 10_000)] = 0.0
    """Tax relief for those in work (beskæftigelsesfradrag), at 37 hours a week [DKK a month]; in proportion
    to the hours."""
