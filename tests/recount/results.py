"""Payments for results: grants (item 16) and the bonus per extra job (item 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .person_month import EMPLOYED, TRAINEE_JOB, PersonMonth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ankomst.policy.scenario import Scenario

ITEMS = {
    "ordinary_job": "grant_job",
    "education": "grant_education",
    "danish_test": "grant_danish",
    "self_support": "grant_self_support",
}
REFUGEES_AND_FAMILY = (0, 1)


def grant_payments(
    milestones: Sequence[Mapping[int, tuple[int, int] | None]],
    traits: Mapping[str, Sequence[Any]],
    scenario: Scenario,
    weight: float,
) -> Iterator[tuple[str, int, float]]:
    """Yield (item, calendar month, DKK unweighted) of every grant paid; benchmark grants apart.

    Parameters
    ----------
    milestones : Sequence[Mapping[int, tuple[int, int] | None]]
        By person: number of the grant to (month s of the milestone, start s0 of the result).
    traits : Mapping[str, Sequence[Any]]
        Fixed traits; `id` orders the claims of a month.
    scenario : Scenario
        The policy with its grants.
    weight : float
        Persons that one sampled newcomer stands for; the cap is in their money.
    """
    ids = traits.get("id", range(len(milestones)))
    for number, grant in enumerate(scenario.result_grants):
        if grant.benchmark:
            continue  # paid above an expected number by municipality and year, not by person
        claims = []
        for person, reached in enumerate(milestones):
            note = reached.get(number)
            if note is not None:
                claims.append((int(traits["arrival_month"][person]) + int(note[0]), int(ids[person]), person))
        paid: dict[tuple[int, int], float] = {}
        for t, _, person in sorted(claims):
            note = milestones[person][number]
            assert note is not None
            needs = bool(traits["health"][person]) or int(traits["education"][person]) == 0
            factor = grant.group_weights.needs_group if needs else grant.group_weights.others
            claim = grant.amount(int(note[1])) * factor
            account = (int(traits["municipality"][person]), t // 12)
            so_far = paid.get(account, 0.0)
            if grant.cap is not None and so_far + weight * claim > grant.cap:
                continue
            paid[account] = so_far + weight * claim
            yield ITEMS[grant.outcome], t, claim


class JobCount:
    """Refugees and their family in work each December, by municipality, for the bonus per extra job."""

    def __init__(self) -> None:
        self.employed: dict[tuple[int, int], int] = {}

    def note(self, month: PersonMonth) -> None:
        """Count the person-month if it is a December in work."""
        counted = month.status in (EMPLOYED, TRAINEE_JOB) and month.origin in REFUGEES_AND_FAMILY
        if counted and month.t % 12 == 11:
            key = (month.municipality, month.t // 12)
            self.employed[key] = self.employed.get(key, 0) + 1

    def bonuses(self, bonus: float, months: int) -> Iterator[tuple[int, float]]:
        """Yield (calendar month, DKK unweighted): more in work than the December before, from year 1 on."""
        places = {place for place, _ in self.employed}
        for t in range(23, months, 12):
            year = t // 12
            for place in places:
                extra = self.employed.get((place, year), 0) - self.employed.get((place, year - 1), 0)
                if extra > 0:
                    yield t, bonus * extra
