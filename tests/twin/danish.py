"""Step 7: Danish in class and at work, and the test (docs/ODD.md 7.9)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import statuses as st
from .money import FULL_TIME
from .newcomer import LAST_MODULE
from .search import coordination_left

if TYPE_CHECKING:
    from .newcomer import Newcomer

TRACK_SPEED = {1: 0.93, 2: 1.00, 3: 1.08}


def learn_danish(who: Newcomer) -> None:
    """Modules gained this month from class and from work."""
    value = who.model.parameters
    who.class_hours = weekly_class_hours(who) if who.entitled else 0.0
    speed = value["danish.l_ability"] * who.ability
    speed += value["danish.l_health"] * who.health * coordination_left(who)
    speed += value["danish.l_age"] * max(who.age - 30, 0) / 10
    speed += value["danish.l_childcare"] * who.female * who.children
    own = math.exp(speed) * TRACK_SPEED[who.track]
    if who.mentor:
        own *= 1 + value["levers.mentor_language"]
    local = who.home.language_quality * (1 + 0.2 * math.log(who.home.language_effort))
    dose = who.class_hours / 12
    if who.language < 3:
        dose += value["danish.learning_at_work"] * weekly_work_hours(who) / FULL_TIME
    gained = value["danish.language_speed"] * own * local * dose
    who.language = min(LAST_MODULE, who.language + gained)


def weekly_class_hours(who: Newcomer) -> float:
    """Class hours a week of an entitled person in the present status (docs/ODD.md 2.2)."""
    danish = who.model.policy.danish
    at_home = 0.70 if who.reached_out_to else 0.55
    hours = {
        st.LANGUAGE_CLASS: danish.class_hours,
        st.INTERNSHIP: 0.3 * danish.class_hours + danish.workplace_hours,
        st.SUBSIDISED_JOB: 0.3 * danish.class_hours + danish.workplace_hours,
        st.TRAINEE_JOB: danish.workplace_hours,
        st.EMPLOYED: danish.evening_hours + danish.workplace_hours,
        st.SELF_EMPLOYED: danish.evening_hours,
        st.JOB_CENTRE: 0.3 * danish.class_hours,
        st.SELF_SUPPORTED: at_home * danish.class_hours,
    }
    return float(hours.get(who.status, 0.0))


def weekly_work_hours(who: Newcomer) -> float:
    """Hours among colleagues or customers: own hours in an ordinary job, full time in all other work."""
    if who.status == st.EMPLOYED:
        return who.hours
    return FULL_TIME if who.status in st.WORKING | st.IN_PLACEMENT else 0


def sit_test(who: Newcomer) -> None:
    """After the last module the test is sat, and sat again, until it is passed (docs/ODD.md 7.9)."""
    constant = who.model.money.constant
    chance = constant("test_sitting", 0.5) * constant("test_passing", 0.96)
    if who.language >= LAST_MODULE and who.test_month < 0 and who.draw(0, 1) < chance:
        who.test_month = who.s
