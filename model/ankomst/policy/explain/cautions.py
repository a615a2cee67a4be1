"""Cautions about a scenario that is valid but may not be meant so: one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.policy import law
from ankomst.policy.arrivals import read_arrivals
from ankomst.policy.explain.wording import day, listing
from ankomst.policy.levers.grants import grants_2013
from ankomst.policy.rates import load_rates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ankomst.policy.levers.grants import ResultGrant
    from ankomst.policy.levers.programme import IntroductionPeriod
    from ankomst.policy.scenario import Scenario

FIRST_TESTS = 12
"""Months since arrival by which 1 to 3 % have passed a Danish test, under the rules of 2013."""
MOST_NAMES = 3


def cautions(scenario: Scenario) -> list[str]:
    """Return what deserves a look in a scenario, a sentence each, in English."""
    at_start = scenario.in_force(scenario.month(0))
    sentences = [
        *_beyond_what_is_held(scenario),
        *_date_alone(scenario),
        *_grants_left_out(scenario),
        *(
            sentence
            for grant in at_start.result_grants
            for sentence in _window(grant, at_start.introduction_period)
        ),
        *_no_education(at_start),
    ]
    return list(dict.fromkeys(sentences))


def cautions_of(scenarios: Mapping[str, Scenario]) -> list[str]:
    """Return what deserves a look in several scenarios, each sentence once, with the names of whose it is."""
    names: dict[str, list[str]] = {}
    for name, scenario in scenarios.items():
        for sentence in cautions(scenario):
            names.setdefault(sentence, []).append(name)
    return [f"{_several(mine)}: {sentence}" for sentence, mine in names.items()]


def _several(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return listing([*names[:MOST_NAMES], f"{more} more"] if more > 0 else names, "en")


def _beyond_what_is_held(scenario: Scenario) -> Iterator[str]:
    """Say where a date, or the end of a run by the law of all dates, lies beyond the last rule or rate."""
    last_rate, last_law = load_rates().last_date, law.last_date()
    limit = (
        f"but rates are held up to {last_rate.year} and changes of the law up to {day(last_law, 'en')}: "
        "those are used"
    )
    if scenario.rules == "denmark":
        arrivals = scenario.population.arrivals
        years = scenario.population.arrival_years
        if arrivals is not None:
            years = len(arrivals) if isinstance(arrivals, dict) else len(read_arrivals(arrivals).years)
        end = scenario.month(12 * years + scenario.horizon.follow_up_months - 2)
        if end > last_law:
            yield f"the run goes to {end.year}, {limit}"
        return
    for key, date in (
        ("date", scenario.date),
        ("benefits.rates_of", scenario.benefits.rates_of),
        ("benefits.refund_of", scenario.benefits.refund_of),
    ):
        if date is not None and date.year > last_rate.year:
            yield f"{key} is {date}, {limit}"


def _date_alone(scenario: Scenario) -> Iterator[str]:
    """Say which levers the law had changed by the date of a scenario that does not set them."""
    if scenario.rules == "denmark":
        return
    then = law.in_force(scenario, scenario.date)
    keys = [
        f"{section}.{key}"
        for section in type(scenario).model_fields
        if (before := getattr(scenario, section)) != (after := getattr(then, section))
        and section not in {"date", "result_grants"}
        for key in type(before).model_fields
        if getattr(before, key) != getattr(after, key)
    ]
    keys += ["result_grants"] if then.result_grants != scenario.result_grants else []
    if keys:
        stay, them = ("stays", "it") if len(keys) == 1 else ("stay", "them")
        yield (
            f"date is {scenario.date}, which changes rates only: {listing(keys, 'en')} {stay} as in 2013 "
            f"unless the file sets {them}; rules: denmark without a date follows the law"
        )


def _grants_left_out(scenario: Scenario) -> Iterator[str]:
    """Say which of the default grants a list of one's own leaves out."""
    paid = {grant.outcome for grant in scenario.result_grants}
    gone = [grant.outcome for grant in grants_2013() if grant.outcome not in paid]
    if paid and gone:
        yield (
            f"result_grants is a list of {len(scenario.result_grants)} and replaces all default grants: "
            f"nothing is paid for {listing(gone, 'en')}"
        )


def _window(grant: ResultGrant, period: IntroductionPeriod) -> Iterator[str]:
    """Say where a grant can hardly be earned inside its window."""
    if not any(amount for *_, amount in (*grant.steps, *grant.points)):
        return
    inside = grant.window_months
    if isinstance(inside, str):
        inside = period.max_months if period.extension == "until_self_supporting" else period.base_months
    window = inside + grant.extra_window_months
    pays = f"the result grant for {grant.outcome} pays within {window} months of arrival"
    if not any(grant.amount(s) for s in range(window)):
        yield f"{pays}, but no amount of its schedule lies in that time"
    elif grant.outcome == "danish_test" and window <= FIRST_TESTS:
        yield f"{pays}, but by month {FIRST_TESTS} only 1 to 3 % have passed a test under the rules of 2013"


def _no_education(scenario: Scenario) -> Iterator[str]:
    """Say what no education means where something depends on it."""
    period = scenario.introduction_period
    keys = []
    if period.extension == "needs_test" and "no_education" in period.extension_reasons:
        keys.append("introduction_period.extension_reasons")
    weights = [grant.group_weights for grant in scenario.result_grants]
    keys += ["group_weights"] if any(each.needs_group != each.others for each in weights) else []
    if keys:
        named = " and ".join(keys)
        yield f"no_education ({named}) means no schooling at all; basic school counts as education"
