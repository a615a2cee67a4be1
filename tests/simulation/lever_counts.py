"""What proposals cost, counted from the lives of a run: DKK of the sample by calendar month, shape (months,).

Amounts stand here as numbers, from the table of scenario values and costs, times the wage index of the run's
date: 1 in 2013, 1.07 in 2017.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tests.simulation.lever_runs import CLIENTS, Array, history, in_status, status

from ankomst.simulation import codes
from ankomst.simulation.kernels import fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from ankomst.simulation.engine import IntroductionModel

HOURS = 37 * 52 / 12
"""Hours a month in full-time work."""


def by_month(model: IntroductionModel, amount: Array) -> Array:
    """Add up amounts of persons and months since arrival, shape (n, months), by calendar month."""
    found = np.zeros(model.months)
    for s in range(model.follow_up):
        found += np.bincount(model.population.arrival + s, amount[:, s], minlength=model.months)
    return found


def index(model: IntroductionModel) -> float:
    return {2013: 1.0, 2017: 1.07}[model.scenario.date.year]


def present(model: IntroductionModel) -> Array:
    """Not left and without a pension, shape (n, months)."""
    return np.asarray(status(model) < codes.DISABILITY_PENSION)


def each(column: Array) -> Array:
    """Turn a trait into a column that meets the months."""
    return np.asarray(column)[:, None]


def s_of(model: IntroductionModel) -> Array:
    return np.arange(model.follow_up)[None, :]


def plan(model: IntroductionModel, name: str) -> Array:
    """What a person's municipality planned for the year, shape (n, months)."""
    years = (each(model.population.arrival) + s_of(model)) // 12
    values = np.stack([entry[name] for entry in model.plans])
    return np.asarray(values[years, each(model.population.municipality)])


def staff(inside: float, outside: float, in_need: float) -> Callable[[IntroductionModel], Array]:
    """1,050 DKK a client and month, times effort and intensity."""

    def amount(model: IntroductionModel) -> Array:
        in_period = s_of(model) < history(model, fields.H_PERIOD)
        needs = each(model.population.needs == 1)
        intensity = np.where(in_period, inside, np.where(needs, in_need, outside))
        client = in_status(model, *CLIENTS)
        return by_month(model, 1_050 * client * intensity * plan(model, "effort"))

    return amount


def staff_of_an_envelope(model: IntroductionModel) -> Array:
    """The staff of 36 months spread over the months expected, at most twice as much a month (ODD 7.2)."""
    arrival, place = model.population.arrival, model.population.municipality
    needs = model.population.needs == 1
    share = (0.42, 0.08, 0.50)
    none, ill = (0.10, 0.12, 0.04), (0.30, 0.15, 0.04)
    expected = sum(p * (1 - (1 - a) * (1 - b)) for p, a, b in zip(share, none, ill, strict=True))
    months = np.full(model.table.size, 12 + 24 * expected)
    client, period = in_status(model, *CLIENTS), history(model, fields.H_PERIOD)
    effort = plan(model, "effort")
    found = np.zeros(model.months)
    for t in range(model.months):
        if t % 12 == 0:
            for m in range(model.table.size):
                mine = np.flatnonzero((place == m) & (arrival >= t - 36) & (arrival < t))
                if mine.size:
                    months[m] = period[mine, np.minimum(t - arrival[mine], model.follow_up - 1)].mean()
        now = np.flatnonzero((arrival <= t) & (t - arrival < model.follow_up))
        s = t - arrival[now]
        outside = np.where(needs[now], 0.88 * 0.58, 0.88)
        inside = np.minimum(2.0, 36 / months[place[now]])
        intensity = np.where(s < period[now, s], inside, outside)
        found[t] = (1_050 * client[now, s] * intensity * effort[now, s]).sum()
    return found


def basic_grant(
    refugee: float, other: float, *, in_period: bool = False
) -> Callable[[IntroductionModel], Array]:
    """A month of the first 36, or of the period, for those not supported by a partner."""

    def amount(model: IntroductionModel) -> Array:
        people = model.population
        until = np.minimum(history(model, fields.H_PERIOD), 36) if in_period else 36
        due = (s_of(model) < until) & present(model)
        price = np.where(people.origin < 2, refugee, other) * (people.supported == 0)
        return by_month(model, due * each(price))

    return amount


def classes(discount: float) -> Callable[[IntroductionModel], Array]:
    """Class hours at 133, 88 and 59 DKK in prices of 2018."""

    def amount(model: IntroductionModel) -> Array:
        price = np.array([133, 88, 59]) / 1.09 * (1 - discount)
        hours = model.records.real[fields.H_CLASS_HOURS] * (status(model) < codes.LEFT)
        paid = hours * 52 / 12 * each(price[model.population.track]) * plan(model, "language_effort")
        return by_month(model, paid)

    return amount


def placements(model: IntroductionModel) -> Array:
    """7,000 DKK for each that starts; trainee jobs are none."""
    started = np.isin(history(model, fields.H_STARTED), (1, 2)) & (status(model) < codes.LEFT)
    return by_month(model, 7_000 * index(model) * started)


def nothing(model: IntroductionModel) -> Array:
    return np.zeros(model.months)


def job_grants(
    amount: Callable[[int, bool], float],
    *,
    sustained: int = 6,
    window: int | None = 36,
    extra: int = 0,
    hours: int = 0,
) -> Callable[[IntroductionModel], Array]:
    """One payment a person, by the first spell that lasts long enough; amount of its start and of need."""

    def paid(model: IntroductionModel) -> Array:
        found = np.zeros((model.population.size, model.follow_up))
        state, weekly = status(model), history(model, fields.H_HOURS)
        tenure, period = history(model, fields.H_TENURE), history(model, fields.H_PERIOD)
        at_work = np.isin(state, (codes.EMPLOYED, codes.TRAINEE_JOB))
        weekly = np.where(state == codes.TRAINEE_JOB, 37, weekly)
        for i in range(model.population.size):
            enough = 0
            for s in np.flatnonzero(at_work[i]):
                begins = tenure[i, s] == 0 or s == 0 or not at_work[i, s - 1]
                if weekly[i, s] < hours:
                    enough = -1
                elif begins or enough < 0:
                    enough = 0
                else:
                    enough += 1
                first = s - tenure[i, s]
                limit = (period[i, first] if window is None else window) + extra
                if enough == sustained and first < limit:
                    found[i, s] = amount(int(first), bool(model.population.needs[i]))
                    break
        return by_month(model, found)

    return paid


def by_speed(first: int, _: bool) -> float:
    return {0: 75_000, 1: 50_000, 2: 25_000}.get(first // 12, 0)


def above_benchmark(model: IntroductionModel) -> Array:
    """Settled in December; what is expected is counted in test_recount.py."""
    (account,) = model.benchmarks
    found = np.zeros(model.months)
    for year, payment in enumerate(account.payments):
        found[12 * year + 11] = payment.sum()
    return found


def bonus(model: IntroductionModel) -> Array:
    """25,000 DKK for each refugee or family member in work in December above the December before."""
    found = np.zeros(model.months)
    people = model.population
    before = None
    for t in range(11, model.months, 12):
        now = np.flatnonzero(
            (people.arrival <= t) & (t - people.arrival < model.follow_up) & (people.origin < 2)
        )
        working = np.isin(status(model)[now, t - people.arrival[now]], (codes.EMPLOYED, codes.TRAINEE_JOB))
        jobs = np.bincount(people.municipality[now[working]], minlength=model.table.size)
        if before is not None:
            found[t] = 25_000 * np.maximum(0, jobs - before).sum()
        before = jobs
    return found


def advisory_team(model: IntroductionModel) -> Array:
    """Three million a year in the months in which people arrive, not indexed."""
    return np.where(np.arange(model.months) < model.arrival_months, 3_000_000 / 12 / model.weight, 0.0)


def assessments(model: IntroductionModel) -> Array:
    """6,000 DKK once for each graduate assessed who would not have been at a share of a half."""
    policy, people = model.scenario.assessment, model.population
    extra = (people.education >= 2) & (people.v >= 0.5) & (people.v < policy.guidance_share)
    due = (s_of(model) == policy.deadline_months) & (status(model) < codes.LEFT) & each(extra)
    return by_month(model, 6_000 * index(model) * due)


def partnerships(model: IntroductionModel) -> Array:
    """1.25 million a year and municipality at full reach, where somebody is there."""
    people, found = model.population, np.zeros(model.months)
    for t in range(model.arrival_months):
        now = np.flatnonzero((people.arrival <= t) & (t - people.arrival < model.follow_up))
        here = now[status(model)[now, t - people.arrival[now]] < codes.LEFT]
        count = np.unique(people.municipality[here]).size
        found[t] = count * 1_250_000 * index(model) * model.scenario.placements.partnerships / 12
    return found / model.weight


def businesses(model: IntroductionModel) -> Array:
    started = (history(model, fields.H_EVENT) == 1) & (status(model) < codes.LEFT)
    return by_month(model, 30_000 * index(model) * model.scenario.entrepreneurship.support * started)


def mentors(model: IntroductionModel) -> Array:
    mentored = each(model.population.mentor < model.scenario.civil_society.mentor_share)
    return by_month(model, 500 * index(model) * (mentored & (s_of(model) < 24) & present(model)))


def outreach(model: IntroductionModel) -> Array:
    people = model.population
    reached = (people.outreach < model.scenario.outreach.self_supported_share) & (people.female == 1)
    at_home = in_status(model, codes.SELF_SUPPORTED)
    return by_month(model, 0.5 * 1_050 * index(model) * (at_home & each(reached & (people.supported == 1))))


def coordination(model: IntroductionModel) -> Array:
    due = in_status(model, *CLIENTS) & each(model.population.health == 1)
    return by_month(model, 1_500 * index(model) * model.scenario.coordination.health * due)


def package(model: IntroductionModel) -> Array:
    return assessments(model) + partnerships(model)


def trainees(model: IntroductionModel) -> Array:
    return in_status(model, codes.TRAINEE_JOB)


def school(model: IntroductionModel) -> Array:
    return by_month(model, 1_500 * index(model) * 20 / 24 * trainees(model))


def trainee_bonus(model: IntroductionModel) -> Array:
    half = trainees(model) & (history(model, fields.H_TENURE) == 6)
    done = (history(model, fields.H_EVENT) == 2) & (status(model) < codes.LEFT)
    return by_month(model, 20_000.0 * half + 20_000.0 * done)


def hourly(model: IntroductionModel) -> Array:
    """115 DKK an hour in 2013, more with Danish, recognised degree and experience (docs/ODD.md 7.7)."""
    people = model.population
    ceiling = np.array([0.50, 0.75, 1.00])[people.track]
    degree = (people.education == 3) & (people.v < model.scenario.assessment.guidance_share)
    recognised = each(degree) & (s_of(model) >= model.scenario.assessment.deadline_months)
    more = 0.10 * each(ceiling) * model.records.real[fields.H_LANGUAGE] / 6
    more = more + 0.08 * recognised + 0.03 * np.minimum(history(model, fields.H_WORK_MONTHS) / 12, 10)
    return np.asarray(115 * index(model) * (1 + more))


def wages(model: IntroductionModel) -> Array:
    weekly = np.where(in_status(model, codes.SUBSIDISED_JOB), 37, history(model, fields.H_HOURS))
    ordinary = weekly * 52 / 12 * hourly(model) * in_status(model, codes.SUBSIDISED_JOB, codes.EMPLOYED)
    return by_month(model, ordinary + 75 * HOURS * trainees(model))


def profits(model: IntroductionModel) -> Array:
    return by_month(model, 0.8 * HOURS * hourly(model) * in_status(model, codes.SELF_EMPLOYED))


def benefits(without: float, with_children: float) -> Callable[[IntroductionModel], Array]:
    def amount(model: IntroductionModel) -> Array:
        rate = np.where(model.population.children == 1, with_children, without)
        on_benefit = in_status(model, *(set(CLIENTS) - {codes.SUBSIDISED_JOB}))
        return by_month(model, on_benefit * each(rate))

    return amount


def ladder(model: IntroductionModel) -> Array:
    """Refund of 80, 40, 30 and 20 per cent by weeks on benefit, of benefits of 2017 and of top-ups."""
    rate = each(np.where(model.population.children == 1, 11_888, 5_945))
    on_benefit = in_status(model, *(set(CLIENTS) - {codes.SUBSIDISED_JOB})) * rate
    monthly = history(model, fields.H_HOURS) * 52 / 12
    part_time = in_status(model, codes.EMPLOYED) & (history(model, fields.H_HOURS) < 37)
    left_over = np.maximum(0, rate - (hourly(model) - 26) * monthly)
    top_up = left_over * (part_time & each(model.population.supported == 0))
    month = history(model, fields.H_BENEFIT_MONTHS)
    first = (4 * 0.8 + 0.4 / 3) / (13 / 3)
    share = np.select([month <= 1, month <= 6, month <= 12], [first, 0.4, 0.3], 0.2)
    return by_month(model, share * (on_benefit + top_up))
