"""Every outcome against a count in plain Python from the recorded history of each person."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.studies.support import persons, scenario

import ankomst
from ankomst.errors import RunError
from ankomst.policy.scenario import Scenario
from ankomst.simulation.codes import (
    ASSESSMENT,
    EDUCATIONS,
    EMPLOYED,
    HEALTH,
    INTERNSHIP,
    JOB_CENTRE,
    LANGUAGE_CLASS,
    LEFT,
    ORIGINS,
    PLACED_INTERNSHIP,
    PLACED_SUBSIDISED,
    SELF_EMPLOYED,
    SELF_SUPPORTED,
    SEXES,
    SUBSIDISED_JOB,
    TRAINEE_JOB,
)
from ankomst.simulation.kernels import fields
from ankomst.simulation.outcomes import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from ankomst.simulation.result import Result

IN_WORK = (EMPLOYED, SELF_EMPLOYED, TRAINEE_JOB)
SPELL = (EMPLOYED, TRAINEE_JOB)
CLIENT = (ASSESSMENT, LANGUAGE_CLASS, INTERNSHIP, SUBSIDISED_JOB, JOB_CENTRE)
PLACED = (INTERNSHIP, SUBSIDISED_JOB)
MONTH = 52 / 12
LIMIT = 60
Person = tuple[list[int], list[int], list[int], int, float]
"""Status, hours and started placements by month; month of the test; age at arrival."""


@cache
def trainees() -> Result:
    """Return a run in which many are in a trainee job or a business of their own."""
    changes = {
        "population.newcomers_per_year": 240, "horizon.follow_up_months": 72, "trainee_job.slots": 0.05,
        "trainee_job.months": 12, "entrepreneurship.support": 1.0,
    }  # fmt: skip
    often = scenario(changes=changes).with_parameters({"exits.business_start": 0.01}, ranges=False)
    return ankomst.simulate(often, seed=5, record="persons")


def people(group: Callable[[int], bool] = lambda _: True, run: Result | None = None) -> list[Person]:
    run = run or persons()
    whole, n = run.records.whole, run.newcomers
    rows = (fields.H_STATUS, fields.H_HOURS, fields.H_STARTED)
    return [
        (*(whole[row][i].tolist() for row in rows), int(n.test_month[i]), float(n.age[i]))  # type: ignore[misc]
        for i in range(run.n)
        if group(i)
    ]


def spells(status: list[int]) -> list[tuple[int, int]]:
    """Return (first month, months) of every spell in an ordinary or trainee job, one leading to the other."""
    found: list[tuple[int, int]] = []
    for s, state in enumerate(status):
        if state not in SPELL:
            continue
        if s and status[s - 1] in SPELL:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((s, 1))
    return found


def share(crowd: list[Person], at: int, counts: Callable[[Person], bool]) -> float:
    present = [person for person in crowd if person[0][at] != LEFT]
    return sum(counts(person) for person in present) / len(present)


def weeks(person: Person) -> float:
    lasting = [start for start, length in spells(person[0]) if length > 3]
    return min(lasting[0], 36) * MONTH if lasting else 156.0


def placements(crowd: list[Person]) -> float:
    offers = Scenario().placements
    longest = {PLACED_INTERNSHIP: offers.internship_months, PLACED_SUBSIDISED: offers.subsidy_months}
    ended = hired = 0
    for status, _, started, *_ in crowd:
        begun = -1
        for s in range(1, LIMIT):
            begun = s if started[s] in longest else begun
            before = begun == s or status[s - 1] in PLACED
            # Who leaves the country has ended a placement only if it was up in that month.
            gone = status[s] == LEFT and (not before or s - begun + 1 < longest[started[begun]])
            if before and status[s] not in PLACED and not gone:
                ended += 1
                hired += status[s] == EMPLOYED
    return hired / ended


def duration(crowd: list[Person]) -> float:
    lengths = [min(24, months) for person in crowd for start, months in spells(person[0]) if start < LIMIT]
    return sum(lengths) / len(lengths)


def recount(name: str, crowd: list[Person], months: int) -> float:  # noqa: PLR0911 - a line an outcome
    at, n = months - 1, len(crowd)
    so_far = slice(0, months)
    match name:
        case "employment_rate":
            return share(crowd, at, lambda p: p[0][at] in IN_WORK)
        case "ordinary_employment_rate":
            return share(crowd, at, lambda p: p[0][at] == EMPLOYED and p[1][at] >= 20)
        case "ever_employed":
            return sum(any(state in IN_WORK for state in p[0][so_far]) for p in crowd) / n
        case "hours_worked":
            # The hours recorded are those of an ordinary job; the others are full-time.
            hours = (
                (h if s == EMPLOYED else 37) * MONTH
                for p in crowd
                for s, h in zip(p[0][so_far], p[1], strict=False)
                if s in IN_WORK
            )
            return sum(hours) / n
        case "months_employed":
            return sum(state in IN_WORK for p in crowd for state in p[0][so_far]) / n
        case "weeks_to_first_job":
            return sum(map(weeks, crowd)) / n
        case "test_pass_rate":
            return sum(0 <= p[3] <= at for p in crowd) / n
        case "placement_rate":
            states = [state for p in crowd for state in p[0][so_far]]
            return sum(s in PLACED for s in states) / sum(s in CLIENT for s in states)
        case "job_after_placement":
            return placements(crowd)
        case _:
            return duration(crowd)


COUNTED = [name for name in OUTCOMES if name not in {"self_support_rate", "grants_paid", "net_cost"}]


@pytest.mark.parametrize("months", [12, 36, 72])
@pytest.mark.parametrize("name", COUNTED)
def test_an_outcome_is_what_the_histories_say(name: str, months: int) -> None:
    found = persons().outcome(name, months=months)
    assert found["value"].item() == pytest.approx(recount(name, people(), months), rel=1e-12)


@pytest.mark.parametrize("name", COUNTED)
def test_trainee_jobs_and_businesses_count_by_their_own_rules(name: str) -> None:
    run = trainees()
    status = run.records.whole[fields.H_STATUS]
    assert all((status == state).any(axis=1).sum() > 10 for state in (TRAINEE_JOB, SELF_EMPLOYED))
    found = run.outcome(name, months=60)["value"].item()
    assert found == pytest.approx(recount(name, people(run=run), 60), rel=1e-12)


def test_by_year_of_arrival_is_one_year_after_the_other() -> None:
    changes = {"population.arrival_years": 2, "horizon.follow_up_months": 14}
    run = ankomst.simulate(scenario(changes=changes), seed=5, record="persons")
    for name in ("employment_rate", "ever_employed", "months_employed"):
        found = run.outcome(name, months=14, by=["arrival_year", "sex"])
        assert list(found.columns[:2]) == ["arrival_year", "sex"]
        for row in found.to_dict("records"):
            late, female = row["arrival_year"] - 2013, SEXES.index(row["sex"])
            n, when = run.newcomers, run.population.arrival
            mine = lambda i: when[i] // 12 == late and n.female[i] == female  # noqa: B023, E731
            assert row["value"] == pytest.approx(recount(name, people(mine, run), 14), rel=1e-12)
    with pytest.raises(RunError, match="not kept by year of arrival"):
        run.outcome("net_cost", months=14, by="arrival_year")


@pytest.mark.parametrize("name", COUNTED)
def test_so_it_is_within_groups(name: str) -> None:
    n = persons().newcomers
    found = persons().outcome(name, months=48, by=["sex", "health"]).set_index(["sex", "health"])["value"]
    for female, sex in enumerate(SEXES):
        crowd = people(lambda i, f=female: n.female[i] == f and n.health[i] == 0)  # type: ignore[misc]
        assert found[sex, "healthy"] == pytest.approx(recount(name, crowd, 48), rel=1e-12)


def test_self_support_leaves_out_those_with_a_top_up() -> None:
    """Those in part-time work who live alone may get a top-up; everybody else in work supports themselves."""
    run = persons()
    at = 35
    status, hours = (run.records.whole[row][:, at] for row in (fields.H_STATUS, fields.H_HOURS))
    present = status != LEFT
    sure = (status == SELF_SUPPORTED) | (status == SELF_EMPLOYED)
    sure |= (status == EMPLOYED) & ((hours == 37) | (run.newcomers.supported == 1))
    perhaps = sure | (status == EMPLOYED)
    value = run.outcome("self_support_rate", months=36)["value"].item()
    assert sure.sum() / present.sum() <= value <= perhaps.sum() / present.sum()


def test_the_age_filter_follows_each_persons_age() -> None:
    crowd = [person for person in people() if 25 <= person[4] + 35 / 12 < 65]
    value = persons().outcome("employment_rate", months=36, age="25-64")["value"].item()
    assert value == pytest.approx(recount("employment_rate", crowd, 36), rel=1e-12)


@pytest.mark.parametrize(("hours", "least"), [(5, 12), (20, 25), (25, 25), (30, 37), (37, 37)])
def test_weekly_hours_set_what_counts_as_ordinary_work(hours: float, least: int) -> None:
    found = persons().outcome("ordinary_employment_rate", months=36, hours=hours)["value"].item()
    own = share(people(), 35, lambda p: p[0][35] == EMPLOYED and p[1][35] >= least)
    assert found == pytest.approx(own, rel=1e-12)


def test_money_per_newcomer_is_that_of_the_account() -> None:
    run = persons()
    account = run.accounts(["payer"], discounted=True).set_index("payer")["per_newcomer"]
    for payer in ("municipality", "state", "both"):
        value = run.outcome("net_cost", months=72, payer=payer, discounted=True)["value"].item()
        assert value == pytest.approx(account[payer], rel=1e-9)
    items = run.accounts(["item"]).set_index("item")["per_newcomer"]
    paid = sum(items[name] for name in items.index if name.startswith("grant_") or name == "bonus_extra_job")
    assert run.outcome("grants_paid", months=72)["value"].item() == pytest.approx(paid, rel=1e-9)


def test_the_table_is_tidy() -> None:
    frame = persons().outcome("employment_rate", months=[12, 24], by=["origin", "education"])
    assert list(frame.columns) == ["origin", "education", "outcome", "months", "unit", "value", "n"]
    assert len(frame) == len(ORIGINS) * len(EDUCATIONS) * 2
    assert set(frame["unit"]) == {"share"}
    assert frame.groupby("months")["n"].sum()[12] <= persons().n
    single = persons().outcome("employment_rate", by="health")
    assert list(single["health"]) == list(HEALTH)
    assert (single["months"] == 36).all()


def test_women_over_men_is_the_ratio_of_their_rates() -> None:
    rates = persons().outcome("employment_rate", months=36, by="sex").set_index("sex")["value"]
    found = persons().outcome("employment_rate", months=36, across="women_over_men")["value"].item()
    assert found == pytest.approx(rates["female"] / rates["male"], rel=1e-12)
    for name in ("municipality_max", "municipality_min", "municipality_p90_p10"):
        frame = persons().outcome("weeks_to_first_job", across=name)
        assert list(frame["across"]) == [name]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": "employmnt_rate"}, "did you mean 'employment_rate'"),
    ({"name": "employment_rate", "by": "orign"}, "did you mean 'origin'"),
    ({"name": "employment_rate", "months": 73}, "1 to 72 months"),
    ({"name": "employment_rate", "months": 0}, "months=0 lies outside"),
    ({"name": "employment_rate", "age": "old"}, "the age filter 'old'"),
    ({"name": "months_employed", "age": "25-64"}, "has no age filter"),
    ({"name": "job_duration", "age": "25-64"}, "has no age filter"),
    ({"name": "net_cost", "payer": "council"}, "'council' is no public payer"),
    ({"name": "employment_rate", "across": "womn_over_men"}, "did you mean 'women_over_men'"),
]


@pytest.mark.parametrize(("question", "message"), WRONG)
def test_a_wrong_question_names_the_nearest_right_one(question: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError, match=message):
        persons().outcome(**question)


def test_nobody_is_in_two_groups() -> None:
    counts = persons().outcome("months_employed", by=["origin", "sex", "health", "education"])["n"]
    assert counts.sum() == persons().n
    assert np.isfinite(counts).all()
