"""Payments for results: grants and the bonus per extra job (docs/ODD.md 7.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .person_month import EMPLOYED, TRAINEE_JOB, PersonMonth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.policy.scenario import Scenario

ITEMS = {
    "ordinary_job": "grant_job",
    "education": "grant_education",
    "danish_test": "grant_danish",
    "self_support": "grant_self_support",
}
REFUGEES_AND_FAMILY = (0, 1)


def grants_by_month(scenario: Scenario, months: int) -> list[dict[int, ResultGrant]]:
    """By position, the grant with its amounts in each calendar month in which it is in force.

    Grants of the law that ask for the same thing share a position, whatever they pay; positions are in the
    order in which their grants first come into force.
    """
    if scenario.rules == "at_date" or "result_grants" in scenario.model_fields_set:
        return [dict.fromkeys(range(months), grant) for grant in scenario.result_grants]
    positions: list[tuple[dict[str, Any], dict[int, ResultGrant]]] = []
    for t in range(months):
        for grant in scenario.in_force(scenario.month(t)).result_grants:
            asked = grant.model_dump(exclude={"schedule"})
            for known, amounts in positions:
                if known == asked:
                    amounts[t] = grant
                    break
            else:
                positions.append((asked, {t: grant}))
    return [amounts for _, amounts in positions]


def grant_payments(
    milestones: Sequence[Mapping[int, tuple[int, int] | None]],
    traits: Mapping[str, Sequence[Any]],
    grants: Sequence[Mapping[int, ResultGrant]],
    weight: float,
) -> Iterator[tuple[str, int, float]]:
    """Yield (item, calendar month, DKK unweighted) of every grant paid; benchmark grants apart.

    Parameters
    ----------
    milestones : Sequence[Mapping[int, tuple[int, int] | None]]
        By person: position of the grant to (month s of the milestone, start s0 of the result).
    traits : Mapping[str, Sequence[Any]]
        Fixed traits; `id` orders the claims of a month.
    grants : Sequence[Mapping[int, ResultGrant]]
        See `grants_by_month`.
    weight : float
        Persons that one sampled newcomer stands for; the cap is in their money.
    """
    ids = traits.get("id", range(len(milestones)))
    for number, in_force in enumerate(grants):
        if all(grant.benchmark for grant in in_force.values()):
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
            grant = in_force[t]
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

    def bonuses(self, bonus: Sequence[float]) -> Iterator[tuple[int, float]]:
        """Yield (calendar month, DKK unweighted): more in work than the December before, from year 1 on.

        Parameters
        ----------
        bonus : Sequence[float]
            Rate of each calendar month; that of December counts.
        """
        places = {place for place, _ in self.employed}
        for t in range(23, len(bonus), 12):
            year = t // 12
            for place in places:
                extra = self.employed.get((place, year), 0) - self.employed.get((place, year - 1), 0)
                if extra > 0:
                    yield t, bonus[t] * extra
