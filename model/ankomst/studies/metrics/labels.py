"""What metrics and contrasts are called in tables and on pages, in English and Danish."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from ankomst.simulation.accounts import LEDGER
from ankomst.studies.metrics.metric import COST, HOURS, MONEY, MUNICIPALITY

if TYPE_CHECKING:
    from ankomst.studies.metrics.metric import Metric

LANGUAGES = ("en", "da")
_SUMS = (*MONEY, "months_employed")


@cache
def texts(lang: str) -> dict[str, Any]:
    """Return the texts of a language, from the file beside this module."""
    path = resources.files("ankomst.studies.metrics") / f"labels_{lang}.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def labels(metric: Metric) -> tuple[str, str]:
    """Return what a metric is called in English and Danish."""
    english, danish = (_label(metric, lang) for lang in LANGUAGES)
    return english, danish


def both(key: str, metric: Metric, **values: Any) -> tuple[str, str]:  # noqa: ANN401 - pairs and plain words
    """Fill in a text about a metric in English and Danish; a pair of values holds one for each language."""
    name = labels(metric)
    english, danish = (
        texts(lang)[key].format(
            name=name[k] if key != "leader" else name[k][0].lower() + name[k][1:],
            **{word: value[k] if isinstance(value, tuple) else value for word, value in values.items()},
        )
        for k, lang in enumerate(LANGUAGES)
    )
    return english, danish


def _label(metric: Metric, lang: str) -> str:
    known = texts(lang)
    name = known[COST][metric.payer] if metric.outcome == COST else known["outcome"][metric.outcome]
    if metric.item:
        item = next(entry.danish for entry in LEDGER if entry.name == metric.item)
        name = known["item"].format(name=name, item=item if lang == "da" else metric.item.replace("_", " "))
    when = "year" if metric.year else "within" if metric.outcome in _SUMS else "after"
    name = known[when].format(name=name, months=metric.months, year=metric.year)
    whom = [
        known["or"].join(words if dimension == MUNICIPALITY else [known["group"][word] for word in words])
        for dimension, words in metric.group
    ]
    if metric.age != "all":
        whom.append(known["age"].format(age=metric.age))
    if metric.hours != HOURS:
        whom.append(known["hours"].format(hours=f"{metric.hours:g}"))
    if metric.arrived:
        whom.append(known["arrived"].format(years="-".join(map(str, dict.fromkeys(metric.arrived)))))
    if metric.across:
        whom.append(known["across"][metric.across])
    if not metric.year and metric.discounted != (metric.outcome == COST):
        whom.append(known["discounted" if metric.discounted else "undiscounted"])
    return str(known["of"].format(name=name, whom=", ".join(whom)) if whom else name)
