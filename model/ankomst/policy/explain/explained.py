"""One change of a scenario in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ankomst.policy.explain.lever_texts import word
from ankomst.policy.parameters import load_registry
from ankomst.policy.rates import load_rates

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Explained:
    """One change of a scenario against its baseline.

    Attributes
    ----------
    key : str
        Dotted key, `result_grants.OUTCOME`, `rates.NAME`, `law.NAME` or `parameters.NAME`.
    section : str
        Heading under which it stands.
    label_en, label_da : str
        What it is called.
    before_en, after_en, before_da, after_da : str
        Value in the baseline and in the scenario as a person reads it, with its unit, in the number format of
        the language.
    unit : str
        Unit as it stands in the schema; empty for words and dates.
    sentence_en, sentence_da : str
        The change in a sentence.
    source : str
        Document behind the change; for a parameter its source and grade, for rates and laws their confidence.
    rests_on : tuple of str
        Parameters of grade assumption on which the effect of the change rests.
    assumed_rates : tuple of str
        Dated rates behind its cost for which nothing but an assumption is known; `table.entry` in a table.
    """

    key: str
    section: str
    label_en: str
    label_da: str
    before_en: str
    after_en: str
    before_da: str
    after_da: str
    unit: str
    sentence_en: str
    sentence_da: str
    source: str
    rests_on: tuple[str, ...] = ()
    assumed_rates: tuple[str, ...] = ()


def assumed(parameters: Iterable[str]) -> tuple[str, ...]:
    """Return those of some parameters for which nothing but an assumption is known."""
    registry = load_registry()
    return tuple(name for name in dict.fromkeys(parameters) if registry[name].grade == "assumption")


def assumed_rates(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of some rates for which nothing but an assumption is known."""
    rates = load_rates()
    return tuple(
        name for name in dict.fromkeys(names) if "assumption" in rates[name.partition(".")[0]].confidence
    )


def instead(label: str, before: str, after: str, language: str) -> str:
    """Return the sentence that the label is one value instead of another."""
    return finished(word("other", "instead", language).format(label=label, before=before, after=after))


def finished(sentence: str) -> str:
    """Return a sentence with a capital first letter and one full stop, also behind 'pct.' and 'kr.'."""
    text = sentence[:1].upper() + sentence[1:]
    return text[:-1] if text.endswith("..") else text
