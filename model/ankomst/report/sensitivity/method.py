"""How a sensitivity analysis was made and what it cannot tell, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ankomst.report.sensitivity.study import StoredSensitivity
    from ankomst.report.sensitivity.words import SensitivityContext

MEASURES: Final = (*("sobol", "morris", "interactions", "tornado", "given_data", "convergence", "emulator"),)
"""Tables of which the page says how they were made."""


def method(study: StoredSensitivity, context: SensitivityContext) -> list[str]:
    """Return how the points and the measures that are shown were made, and what their intervals mean."""
    texts = context.texts
    replicates = texts.number(float(context.facts["replicates"]))
    shown = [name for name in MEASURES if study.table(name) is not None]
    said = [texts.get("sensitivity.how.points", replicates=replicates)]
    said += [texts.get(f"sensitivity.how.{name}") for name in shown]
    return said + [
        texts.get(f"sensitivity.how.{name}", level=context.level) for name in ("interval", "luck", "rank")
    ]


def limits(study: StoredSensitivity, context: SensitivityContext) -> list[str]:
    """Return what the analysis cannot tell."""
    texts, facts, moved = context.texts, context.facts, len(study.factors)
    said = [texts.get(f"sensitivity.limit.{name}") for name in ("range", "sign", "model")]
    count = texts.number(moved)
    if facts.get("held"):
        said.append(texts.get("sensitivity.limit.held", held=texts.number(float(facts["held"])), count=count))
    if facts["dependence_limit"]:
        said.append(texts.get("sensitivity.limit.dependence"))
    if study.assumed:
        assumed = texts.number(len(study.assumed))
        said.append(texts.get("sensitivity.limit.assumed", assumed=assumed, count=count))
    return said
