"""Step 6: the month of one person after the placements (details T0; step 7, language, is part of it)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import statuses as st
from .money import FULL_TIME
from .newcomer import LAST_MODULE
from .search import hazard_met, search_factor

if TYPE_CHECKING:
    from .newcomer import Newcomer

TRACK_SPEED = {1: 0.93, 2: 1.00, 3: 1.08}
HOURS_CLASSES = (12, 25, FULL_TIME)
MONTHS_OF_EDUCATION = 24


def live(who: Newcomer) -> None:
    """Practice fades, Danish is learnt, work or search, then the exits."""
    if who.status in st.GONE:
        who.class_hours = 0.0
        return
    who.practice *= who.model.parameters["placements.practice_decay"]
    who.months_in_status += 1
    learn_danish(who)
    sit_test(who)
    if who.status == st.EMPLOYED:
        work(who)
    elif who.log_hazard is not None:
        look_for_work(who)
    if who.status not in st.WORKING:
        who.idle += 1
    leave(who)


def learn_danish(who: Newcomer) -> None:
    """Modules gained this month from class and from work (specification 8)."""
    value = who.model.parameters
    who.class_hours = weekly_class_hours(who) if who.entitled else 0.0
    speed = value["danish.l_ability"] * who.ability + value["danish.l_health"] * who.health
    speed += value["danish.l_age"] * max(who.age - 30, 0) / 10
    speed += value["danish.l_childcare"] * who.female * who.children
    own = math.exp(speed) * TRACK_SPEED[who.track]
    local = who.home.language_quality * (1 + 0.2 * math.log(who.home.language_effort))
    dose = who.class_hours / 12
    if who.language < 3:
        dose += value["danish.learning_at_work"] * weekly_work_hours(who) / FULL_TIME
    gained = value["danish.language_speed"] * own * local * dose
    who.language = min(LAST_MODULE, who.language + gained)


def weekly_class_hours(who: Newcomer) -> float:
    """Class hours a week of an entitled person in the present status (details T2)."""
    danish = who.model.policy.danish
    hours = {
        st.LANGUAGE_CLASS: danish.class_hours,
        st.INTERNSHIP: 0.3 * danish.class_hours + danish.workplace_hours,
        st.SUBSIDISED_JOB: 0.3 * danish.class_hours + danish.workplace_hours,
        st.EMPLOYED: danish.evening_hours + danish.workplace_hours,
        st.JOB_CENTRE: 0.3 * danish.class_hours,
        st.SELF_SUPPORTED: 0.55 * danish.class_hours,
    }
    return float(hours.get(who.status, 0.0))


def weekly_work_hours(who: Newcomer) -> float:
    """Hours among colleagues: full time in a placement, own hours in a job."""
    if who.status in st.IN_PLACEMENT:
        return FULL_TIME
    return who.hours if who.status == st.EMPLOYED else 0


def sit_test(who: Newcomer) -> None:
    """After the last module the test is sat, and sat again, until it is passed (details C6)."""
    constant = who.model.money.constant
    chance = constant("test_sitting", 0.5) * constant("test_passing", 0.96)
    if who.language >= LAST_MODULE and who.test_month < 0 and who.draw(0, 1) < chance:
        who.test_month = who.s


def work(who: Newcomer) -> None:
    """One more month in the job: experience, perhaps more hours, perhaps the job is lost."""
    value = who.model.parameters
    who.work_months += 1
    who.tenure += 1
    who.idle = max(0, who.idle - 3)
    if who.tenure % 12 == 0 and who.hours < FULL_TIME and who.draw(0, 3) < 0.3:
        who.hours = HOURS_CLASSES[HOURS_CLASSES.index(who.hours) + 1]
        who.hours_reached.append((who.tenure, who.hours))
    exponent = -value["separation.separation_tenure"] * (1 - math.exp(-who.tenure / 12))
    exponent += value["separation.separation_health"] * who.health
    exponent -= value["separation.separation_language"] * who.proficiency
    exponent += value["separation.separation_rushed"] * who.rushed
    if who.draw(0, 0) < 1 - math.exp(-value["separation.separation"] * math.exp(exponent)):
        who.enter(st.SELF_SUPPORTED if who.supported else back_to(who))


def back_to(who: Newcomer) -> int:
    """Where a client goes after a job or a placement."""
    return st.LANGUAGE_CLASS if who.entitled and who.inside else st.JOB_CENTRE


def look_for_work(who: Newcomer) -> None:
    """Hired by search; if not, what the present status leads to (rule R5)."""
    who.job_chance = 1 - math.exp(-search_factor(who) * hazard_met(who))
    constant = who.model.money.constant
    if who.draw(0, 0) < who.job_chance:
        hire(who)
    elif who.status in st.IN_PLACEMENT:
        end_placement(who)
    elif who.status == st.ASSESSMENT:
        if who.months_in_status >= constant("assessment_months", 2):
            who.enter(st.LANGUAGE_CLASS if who.entitled else st.JOB_CENTRE)
    elif who.status == st.LANGUAGE_CLASS:
        name = "danish.drop_out" if who.inside else "danish.drop_out_after"
        if not who.entitled or who.draw(0, 3) < who.model.parameters[name]:
            who.enter(st.JOB_CENTRE)
    elif who.status == st.EDUCATION and who.months_in_status >= MONTHS_OF_EDUCATION:
        who.danish_education = True
        who.enter(st.SELF_SUPPORTED if who.supported else st.JOB_CENTRE)


def hire(who: Newcomer) -> None:
    """A new spell of ordinary work; the better the Danish, the more the hours."""
    rushed = who.status in st.IN_PLACEMENT and who.s < 12
    who.enter(st.EMPLOYED)
    who.tenure = 0
    who.rushed = rushed
    fit = who.draw(3, 0) + 0.35 * who.proficiency - 0.12 * who.female
    who.hours = 12 if fit < 0.30 else 25 if fit < 0.55 else FULL_TIME
    who.hours_reached = [(0, who.hours)]
    if who.first_job_month < 0:
        who.first_job_month = who.s


def end_placement(who: Newcomer) -> None:
    """A finished placement leaves practice, and the host may hire (specification 9)."""
    placements = who.model.policy.placements
    value = who.model.parameters
    internship = who.status == st.INTERNSHIP
    months = placements.internship_months if internship else placements.subsidy_months
    if who.months_in_status < months:
        return
    who.practice += 1.0 if internship else 1.5
    worth = value["placements.worth_internship" if internship else "placements.worth_subsidised"]
    if who.female:
        worth *= math.exp(-value["placements.worth_women"])
    if who.draw(0, 3) < 1 - math.exp(-worth * hazard_met(who)):
        hire(who)
    else:
        who.enter(back_to(who))


def leave(who: Newcomer) -> None:
    """Emigration, disability pension or education, in the order of one word (details C11)."""
    value = who.model.parameters
    u = who.draw(0, 2)
    emigration = value["exits.emigration"]
    if u < emigration:
        who.enter(st.LEFT)
    elif who.status == st.JOB_CENTRE:
        if who.health and who.s > 24 and u < emigration + value["exits.disability"]:
            who.enter(st.DISABILITY_PENSION)
    elif who.status == st.LANGUAGE_CLASS:
        able = who.proficiency > 0.35 and who.age < 35
        if able and u > 1 - value["exits.education_entry"]:
            who.enter(st.EDUCATION)
