"""Changes that come with dates: rates of another day, and the law month by month (`rules: denmark`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ankomst.policy.explain.explained import Explained, assumed, assumed_rates, finished, instead
from ankomst.policy.explain.lever_texts import LANGUAGES, lever_text, load_words, word
from ankomst.policy.explain.wording import day, table_in_words, unit_of_rate
from ankomst.policy.law import Amendment, load_law, sets
from ankomst.policy.rates import PRICES_2013, PRICES_2018, load_rates

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from ankomst.policy.scenario import Scenario

BENEFIT_RATES = ("benefit_no_children", "benefit_children")
REFUND_RATES = ("benefit_refund", "wage_subsidy_refund", "disability_refund")
TRAINEE_RATES = ("trainee_wage", "trainee_bonus")
SET_BY_KEY = {
    "integration_benefit": ("benefits.rates_of",),
    "refund_ladder": ("benefits.refund_of",),
    "bonus_extra_job": ("bonus_extra_job",),
    "result_grants": ("result_grants",),
}
"""Keys with which a scenario takes the place of a change of the law that moves rates."""


def rate_changes(base: Scenario, alt: Scenario) -> Iterator[Explained]:
    """Yield the dated rates that differ between two scenarios whose rules are those of one date each.

    Rates that follow the wage index and nothing else are left out: the index stands for them.
    """
    if (base.rules, alt.rules) != ("at_date", "at_date"):
        return
    for name, label in load_words()["rates"].items():
        before, after = _rate(base, name), _rate(alt, name)
        if before == after or _elsewhere(name, base, alt):
            continue
        entry = load_rates()[name]
        unit = unit_of_rate(entry)
        words = [table_in_words(value, unit, language) for value in (before, after) for language in LANGUAGES]
        early = "; before its first date: extrapolated" if entry.dates[0] > _day(alt, name) else ""
        yield Explained(
            key=f"rates.{name}",
            section="rates",
            label_en=label[0],
            label_da=label[1],
            before_en=words[0],
            before_da=words[1],
            after_en=words[2],
            after_da=words[3],
            unit=entry.unit,
            sentence_en=instead(label[0], words[0], words[2], "en"),
            sentence_da=instead(label[1], words[1], words[3], "da"),
            source=f"{entry.source or 'no source'} (confidence {entry.confidence}{early})",
            assumed_rates=assumed_rates((name,)),
        )


def law_changes(base: Scenario, alt: Scenario) -> Iterator[Explained]:
    """Yield the changes of the law that one of two scenarios follows, and the other not, or not in full."""
    for change in load_law():
        before, after = (_standing(scenario, change) for scenario in (base, alt))
        if before == after:
            continue
        words = {
            (when, language): _followed(standing, change, language)
            for when, standing in (("before", before), ("after", after))
            for language in LANGUAGES
        }
        yield Explained(
            key=f"law.{change.name}",
            section="law",
            label_en=finished(change.text),
            label_da=finished(change.text_da),
            before_en=words["before", "en"],
            before_da=words["before", "da"],
            after_en=words["after", "en"],
            after_da=words["after", "da"],
            unit="",
            sentence_en=_sentence(after, change, "en"),
            sentence_da=_sentence(after, change, "da"),
            source=f"{change.source} (confidence {change.confidence})",
            rests_on=assumed(_parameters(change)) if after is not None else (),
        )


def reach(change: Amendment, language: str) -> str:
    """Return whom a change of the law reaches, in words."""
    words = word("law", change.attaches, language)
    if change.everybody_from is not None:
        words += ", " + word("law", "everybody", language).format(date=day(change.everybody_from, language))
    return words


def keys_of(change: Amendment) -> tuple[str, ...]:
    """Return the keys with which a scenario takes the place of a change, all of them or in part."""
    levers = tuple(f"{section}.{key}" for section, values in change.levers.items() for key in values)
    return levers or SET_BY_KEY.get(change.name, ())


def _standing(scenario: Scenario, change: Amendment) -> tuple[str, ...] | None:
    """Return None where a scenario does not follow a change, else its keys that the scenario sets itself."""
    if scenario.rules != "denmark":
        return None
    return tuple(key for key in keys_of(change) if _own(scenario, key))


def _own(scenario: Scenario, key: str) -> bool:
    section, _, name = key.partition(".")
    if not name:
        value = getattr(scenario, section)
        return section in scenario.model_fields_set and value is not None
    return sets(scenario, section, name) and getattr(getattr(scenario, section), name) is not None


def _followed(standing: tuple[str, ...] | None, change: Amendment, language: str) -> str:
    if standing is None or (standing and set(standing) == set(keys_of(change))):
        return word("law", "not_followed", language)
    since = word("other", "from", language).format(date=day(change.date, language))
    words = f"{since}: {reach(change, language)}"
    if standing:
        words += "; " + word("law", "partly", language).format(keys=", ".join(standing))
    return words


def _sentence(standing: tuple[str, ...] | None, change: Amendment, language: str) -> str:
    text = change.text if language == "en" else change.text_da
    date = day(change.date, language)
    if standing is None:
        return word("law", "ends", language).format(date=date, text=text)
    if standing and set(standing) == set(keys_of(change)):
        return word("law", "own", language).format(date=date, keys=", ".join(standing))
    words = word("law", "begins", language).format(date=date, text=text, reach=reach(change, language))
    if standing:
        words = f"{words[:-1]} ({word('law', 'partly', language).format(keys=', '.join(standing))})."
    return words


def _parameters(change: Amendment) -> Iterator[str]:
    for key in keys_of(change):
        yield from lever_text(key).parameters


def _day(scenario: Scenario, name: str) -> dt.date:
    """Return the day whose rate holds."""
    other = scenario.benefits.rates_of if name in BENEFIT_RATES else None
    if name in REFUND_RATES:
        other = scenario.benefits.refund_of
    return other or scenario.date


def _rate(scenario: Scenario, name: str) -> Any:  # noqa: ANN401 - a number, a table or None
    """Return a rate as it holds in a scenario at a fixed date; benefits in the money of the date."""
    rates = load_rates()
    when = _day(scenario, name)
    value = rates.value(name, when)
    if name in BENEFIT_RATES and when != scenario.date:
        value *= rates.index(scenario.date) / rates.index(when)
    return value


def _elsewhere(name: str, base: Scenario, alt: Scenario) -> bool:
    """Whether a rate matters to neither scenario, or a key of the scenario stands in its place."""
    both = (base, alt)
    if name == "benefit_refund":
        return any(scenario.benefits.refund is not None for scenario in both)
    if name == "bonus_extra_job":
        return any(scenario.bonus_extra_job is not None for scenario in both)
    if name in TRAINEE_RATES:
        return all(scenario.trainee_job.slots == 0 for scenario in both)
    return name in (*PRICES_2013, *PRICES_2018)
