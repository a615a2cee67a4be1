"""Step 5: company placements and trainee jobs, who gets them (docs/ODD.md 7.6 and 7.18)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import statuses as st
from .incentives import gain_from_job
from .money import FULL_TIME

if TYPE_CHECKING:
    from .municipality import Municipality
    from .newcomer import Newcomer

INTERNSHIP, SUBSIDISED_JOB, TRAINEE_JOB = 1, 2, 3
"""What `placement_started` says."""


def fill_places(home: Municipality) -> None:
    """Order the eligible clients and give them the free places."""
    model = home.model
    value = model.parameters
    eligible = [who for who in home.clients if may_be_placed(who)]
    two_pools = value["placements.sub_places"] >= 0
    if not model.policy.interactions:
        for who in eligible:
            place_alone(who)
        return
    interns = sum(who.status == st.INTERNSHIP for who in home.present)
    subsidised = sum(who.status == st.SUBSIDISED_JOB for who in home.present)
    made = math.floor(places(home) + model.draw(home.index, model.month, 16, 0))
    if not two_pools:
        for who in sorted(eligible, key=rank)[: max(0, made - interns - subsidised)]:
            place(who, subsidised=in_subsidised_part(who))
        return
    made_jobs = value["placements.sub_places"] * sum(home.intensity(who) for who in home.clients)
    free = max(0, made - interns)
    jobs = max(0, math.floor(made_jobs + model.draw(home.index, model.month, 16, 2)) - subsidised)
    for who in sorted(eligible, key=rank)[: free + jobs]:
        if who.practice > 0.3 and jobs > 0:
            jobs -= 1
            place(who, subsidised=True)
        elif free > 0:
            free -= 1
            place(who, subsidised=False)


def place_alone(who: Newcomer) -> None:
    """A place of one's own, by chance, where nobody competes."""
    value = who.model.parameters
    internship = who.draw(2, 1) < value["placements.places"]
    if value["placements.sub_places"] < 0:
        if internship:
            place(who, subsidised=in_subsidised_part(who))
    elif who.practice > 0.3 and who.draw(2, 0) < value["placements.sub_places"]:
        place(who, subsidised=True)
    elif internship:
        place(who, subsidised=False)


def places(home: Municipality) -> float:
    """K: places that the municipality's effort makes."""
    value = home.model.parameters
    levers = home.model.policy.placements
    effective = home.effort * home.practice_quality
    weighted = sum(home.intensity(who) for who in home.clients)
    capacity = levers.capacity * (1 + levers.partnerships * value["levers.partnership_places"])
    return float(value["placements.places"] * capacity * weighted * 2 * effective / (1 + effective))


def may_be_placed(who: Newcomer) -> bool:
    """A client who is not placed, has waited a month and has been here long enough."""
    levers = who.model.policy.placements
    open_statuses = {st.LANGUAGE_CLASS, st.JOB_CENTRE}
    if levers.job_ready_from_day_one:
        open_statuses.add(st.ASSESSMENT)
    ready = who.status in open_statuses and who.months_in_status >= 1
    return ready and who.s >= levers.first_offer_month


def rank(who: Newcomer) -> tuple[int, float, int]:
    """Place in the queue for a company placement, first come smallest."""
    deadline = who.model.policy.placements.first_offer_deadline_months
    overdue = deadline is not None and who.s >= deadline - 1 and not who.ever_placed
    return (0 if overdue else 1, -score(who, who.draw(1, 0)), who.id)


def score(who: Newcomer, luck: float) -> float:
    """The more a municipality creams, the more it looks at the stake in a job and at who is near one."""
    assert who.log_hazard is not None
    model = who.model
    targeting = model.policy.placements.targeting
    creaming = 0.0
    if targeting == "creaming":
        creaming = model.parameters["municipality.creaming"] * (1.0 if who.home.responsive else 0.5)
    points = (1 - creaming) * 0.08 * who.months_in_status
    if creaming > 0:
        stake = gain_from_job(who, math.exp(who.log_hazard)) / model.money.reference_gain
        points += creaming * stake * (who.log_hazard + 4.5)
    if targeting == "needs_first":
        points += model.parameters["levers.needs_weight"] * who.needs_group
    return float(points + 0.5 * -math.log(-math.log(luck)))


def in_subsidised_part(who: Newcomer) -> bool:
    """With one pool: whether the place is a subsidised job, which takes some practice."""
    return bool(who.practice > 0.3 and who.draw(2, 0) < who.model.parameters["placements.subsidised_share"])


def place(who: Newcomer, *, subsidised: bool) -> None:
    """Begin an internship or a subsidised job."""
    who.enter(st.SUBSIDISED_JOB if subsidised else st.INTERNSHIP)
    who.ever_placed = True
    who.placement_started = SUBSIDISED_JOB if subsidised else INTERNSHIP


def fill_trainee_jobs(home: Municipality, clients: int) -> None:
    """Give the month's trainee jobs to those clients who were not placed.

    Parameters
    ----------
    home : Municipality
        Where.
    clients : int
        Its clients at the start of the month.
    """
    model = home.model
    slots = model.policy.trainee_job.slots
    if slots == 0:
        return
    eligible = [who for who in home.clients if may_be_trainee(who)]
    if not model.policy.interactions:
        chosen = [who for who in eligible if who.draw(2, 2) < slots]
    else:
        free = math.floor(slots * clients + model.draw(home.index, model.month, 16, 1))
        chosen = sorted(eligible, key=lambda who: (-score(who, who.draw(1, 1)), who.id))[:free]
    for who in chosen:
        begin_trainee_job(who)


def may_be_trainee(who: Newcomer) -> bool:
    """In class or at the job centre for a month, of the right age and not too long in the country."""
    levers = who.model.policy.trainee_job
    ready = who.status in {st.LANGUAGE_CLASS, st.JOB_CENTRE} and who.months_in_status >= 1
    young = levers.min_age <= who.age < levers.max_age + 1
    return ready and young and who.s < levers.max_months_since_arrival


def begin_trainee_job(who: Newcomer) -> None:
    """A spell of full-time work, in which recorded hours stay 0."""
    who.enter(st.TRAINEE_JOB)
    who.ever_placed = True
    who.placement_started = TRAINEE_JOB
    who.begin_spell(FULL_TIME)
