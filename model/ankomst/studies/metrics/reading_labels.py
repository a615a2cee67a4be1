"""What readings and quantities are called in tables and pages, in English and Danish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.studies.metrics.readings import COST

if TYPE_CHECKING:
    from ankomst.studies.metrics.readings import Reading

OUTCOME_NAMES = {
    "employment_rate": ("Share in work", "Andel i arbejde"),
    "ordinary_employment_rate": ("Share in ordinary work", "Andel i ordinært arbejde"),
    "self_support_rate": ("Share self-supporting", "Andel selvforsørgende"),
    "test_pass_rate": ("Share with a passed Danish test", "Andel med bestået danskprøve"),
    "months_employed": ("Months in work", "Måneder i arbejde"),
    "grants_paid": ("Result grants paid", "Udbetalte resultattilskud"),
}
"""Names of the outcomes that are read most; others bear their technical name."""
COST_NAMES = {
    "both": ("Net public cost", "Offentlig nettoudgift"),
    "municipality": ("Net cost to municipalities", "Kommunernes nettoudgift"),
    "state": ("Net cost to the state", "Statens nettoudgift"),
}
_AFTER = ("after {months} months", "efter {months} måneder")
_WITHIN = ("within {months} months", "inden for {months} måneder")
_SUMS = ("months_employed", "grants_paid", COST)


def labels(reading: Reading) -> tuple[str, str]:
    """Return what a reading is called in English and Danish."""
    technical = (reading.outcome.replace("_", " ").capitalize(),) * 2
    names = (
        COST_NAMES[reading.payer]
        if reading.outcome == COST
        else OUTCOME_NAMES.get(reading.outcome, technical)
    )
    if reading.item:
        item = reading.item.replace("_", " ")
        names = f"{names[0]} ({item})", f"{names[1]} ({item})"
    ends = _WITHIN if reading.outcome in _SUMS else _AFTER
    english, danish = (
        f"{name} {end.format(months=reading.months)}" for name, end in zip(names, ends, strict=True)
    )
    return english, danish
