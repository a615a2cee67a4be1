"""Step 6: the month of one person after the placements (docs/ODD.md 3; step 7, language, is part of it)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import statuses as st
from .danish import learn_danish, sit_test
from .search import hazard_met, search_factor
from .work import back_to, hire, start_business, work

if TYPE_CHECKING:
    from .newcomer import Newcomer

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
    if who.status in st.WORKING:
        work(who)
    else:
        look_for_work(who)
    if who.status not in st.WORKING:
        who.idle += 1
    leave(who)


def look_for_work(who: Newcomer) -> None:
    """Hired by search; if not, a business; if not, what the present status leads to."""
    hazard = search_factor(who) * hazard_met(who)
    who.job_chance = 1 - math.exp(-hazard)
    if who.job_found(hazard):
        hire(who)
    elif start_business(who):
        pass
    elif who.status in st.IN_PLACEMENT:
        end_placement(who)
    elif who.status == st.ASSESSMENT:
        levers = who.model.policy.assessment
        if who.months_in_status >= levers.months - levers.asylum_information:
            who.enter(st.LANGUAGE_CLASS if who.entitled else st.JOB_CENTRE)
    elif who.status == st.LANGUAGE_CLASS:
        name = "danish.drop_out" if who.inside else "danish.drop_out_after"
        if not who.entitled or who.draw(0, 3) < who.model.parameters[name]:
            who.enter(st.JOB_CENTRE)
    elif who.status == st.EDUCATION and who.months_in_status >= MONTHS_OF_EDUCATION:
        who.danish_education = True
        who.enter(st.SELF_SUPPORTED if who.supported else st.JOB_CENTRE)


def end_placement(who: Newcomer) -> None:
    """A finished placement leaves practice, and the host may hire (docs/ODD.md 7.6)."""
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
    if who.job_found(worth * hazard_met(who)):
        hire(who)
    else:
        who.enter(back_to(who))


def leave(who: Newcomer) -> None:
    """Emigration, disability pension or education, in the order of one word (docs/ODD.md 7.10)."""
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
