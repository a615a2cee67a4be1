"""Step 6 for those in work: ordinary jobs, trainee jobs and businesses, how they begin and end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import statuses as st
from .money import FULL_TIME
from .search import coordination_left, hazard_met, search_factor

if TYPE_CHECKING:
    from .newcomer import Newcomer

HOURS_CLASSES = (12, 25, FULL_TIME)


def work(who: Newcomer) -> None:
    """One more month in work, by its kind. A trainee job that began this month is like a month of hire."""
    if who.status == st.TRAINEE_JOB and who.placement_started:
        return
    who.work_months += 1
    who.tenure += 1
    who.idle = max(0, who.idle - 3)
    {st.EMPLOYED: in_a_job, st.TRAINEE_JOB: in_a_trainee_job, st.SELF_EMPLOYED: in_business}[who.status](who)


def in_a_job(who: Newcomer) -> None:
    """Perhaps more hours, perhaps the job is lost (docs/ODD.md 7.8)."""
    value = who.model.parameters
    if who.tenure % 12 == 0 and who.hours < FULL_TIME and who.draw(0, 3) < 0.3:
        who.hours = HOURS_CLASSES[HOURS_CLASSES.index(who.hours) + 1]
        who.hours_reached.append((who.tenure, who.hours))
    exponent = -value["separation.separation_tenure"] * (1 - math.exp(-who.tenure / 12))
    exponent += value["separation.separation_health"] * who.health * coordination_left(who)
    exponent -= value["separation.separation_language"] * who.proficiency
    exponent += value["separation.separation_rushed"] * who.rushed
    who.until_loss -= value["separation.separation"] * math.exp(exponent)
    if who.until_loss <= 0:
        lose_work(who)


def in_a_trainee_job(who: Newcomer) -> None:
    """Hired early by search, interrupted, or completed and perhaps hired (docs/ODD.md 7.18)."""
    value = who.model.parameters
    hazard = search_factor(who) * hazard_met(who)
    who.job_chance = 1 - math.exp(-hazard)
    if who.job_found(hazard):
        go_on_in_a_job(who)
    elif who.draw(5, 0) < value["levers.trainee_interruption"]:
        lose_work(who)
    elif who.tenure >= who.model.policy.trainee_job.months:
        who.trainee_completed = True
        if who.draw(5, 1) < value["levers.trainee_hired"]:
            go_on_in_a_job(who)
        else:
            lose_work(who)


def in_business(who: Newcomer) -> None:
    """A business may close (docs/ODD.md 7.18)."""
    value = who.model.parameters
    support = who.model.policy.entrepreneurship.support
    closing = who.model.money.constant("business_closing", 0.03)
    closing *= 1 - value["levers.support_survival"] * support
    if who.draw(0, 0) < 1 - math.exp(-closing):
        lose_work(who)


def hire(who: Newcomer) -> None:
    """A new spell of ordinary work."""
    rushed = who.status in st.IN_PLACEMENT and who.s < 12
    who.enter(st.EMPLOYED)
    who.rushed = rushed
    draw_numbers_of_the_job(who)
    who.begin_spell(who.hours)


def go_on_in_a_job(who: Newcomer) -> None:
    """From trainee to employee: the spell goes on, with hours of its own from its beginning."""
    who.status = st.EMPLOYED
    who.months_in_status = 0
    draw_numbers_of_the_job(who)
    who.hours_reached = [(0, who.hours)]


def draw_numbers_of_the_job(who: Newcomer) -> None:
    """Hours, more with better Danish (docs/ODD.md 7.7), and the thresholds of loss and of the next job."""
    who.jobs += 1
    who.until_loss = who.threshold(1)
    who.until_next_job = who.threshold(2)
    fit = who.model.draw(who.id, who.jobs, 3, 0) + 0.35 * who.proficiency - 0.12 * who.female
    who.hours = 12 if fit < 0.30 else 25 if fit < 0.55 else FULL_TIME


def start_business(who: Newcomer) -> bool:
    """Whether a person who found no job begins a business (docs/ODD.md 7.18)."""
    if who.status not in st.FOUNDING:
        return False
    value = who.model.parameters
    support = who.model.policy.entrepreneurship.support
    chance = value["exits.business_start"] * (1 + value["levers.support_start"] * support)
    if who.draw(4, 0) >= chance:
        return False
    who.enter(st.SELF_EMPLOYED)
    who.begin_spell(FULL_TIME)
    who.business_started = True
    return True


def lose_work(who: Newcomer) -> None:
    """Out of work of any kind."""
    who.enter(st.SELF_SUPPORTED if who.supported else back_to(who))


def back_to(who: Newcomer) -> int:
    """Where a client goes after a job or a placement."""
    return st.LANGUAGE_CLASS if who.entitled and who.inside else st.JOB_CENTRE
