"""Facts of a result: what its page states beside its tables, described for every kind, written and read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_core import from_json

from ankomst.errors import OutputError
from ankomst.studies.engine import store
from ankomst.studies.schema.strict import Strict, first_problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = store.FACTS
MOST_BYTES = 100_000_000

Words = str | Annotated[list[str], Field(min_length=1)] | dict[str, str]
"""A text, or one in English and Danish; with a third part, the source."""
Count = Annotated[int, Field(ge=0, le=10**12)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Facts(Strict):
    """What every page states."""

    title: Words
    created: str
    version: str
    commit: str
    result: str
    command: str
    seed: Annotated[int, Field(ge=0)]
    level: Annotated[float, Field(gt=0.0, lt=1.0)]
    newcomers_per_year: Count


class ExplainedChange(Strict):
    """What a scenario changes, see `Explained`."""

    key: str
    label_en: str
    label_da: str
    before_en: str
    before_da: str
    after_en: str
    after_da: str
    sentence_en: str
    sentence_da: str
    source: str
    rests_on: list[str]


class RunFacts(Facts):
    """Of a run."""

    scenario_titles: Annotated[dict[str, Words], Field(min_length=1)]
    baseline: str
    replicates: Count
    follow_up_months: Count
    months_compared: Count | None
    changes: dict[str, list[ExplainedChange]]
    extrapolated: bool
    dated: bool


class CalibrationFacts(Facts):
    """Of a calibration."""

    targets_title: Words
    method: Words
    notes: list[Words]
    prior_only: list[str]
    members: Count
    steps: Count
    replicates: Count
    effects_newcomers_per_year: Count
    evaluations: Count
    free: Count
    informed: Count
    inside: Count
    total: Count
    half_width: Count
    core_seconds: Number
    wall_seconds: Number
    distance: Number
    distance_start: Number


class ResidualFacts(Strict):
    """Of the residual of a validation."""

    since: str
    fitted_to: str
    published: Number
    points: Number
    reached: bool
    tried: list[Number]
    led_to: list[Number | None]
    runs: Count


class ValidationFacts(Facts):
    """Of a validation."""

    draws: Count
    origin: Literal["point", "prior", "posterior"]
    residual: ResidualFacts | None
    seconds: Number


class PairedFacts(Facts):
    """Of a study of paired scenarios."""

    baseline: str
    scenarios: list[str]
    newcomers: Count
    replicates: Count
    evaluations: Count
    failed: Count
    seconds: Number
    quick: bool
    draws_text: Words


class SensitivityFacts(PairedFacts):
    """Of a sensitivity analysis."""

    dependence_limit: bool
    held: Count


class Search(Strict):
    """Of a search for designs."""

    tried: Count
    ends: list[str] = Field(default_factory=list)
    unknown: list[str] = Field(default_factory=list)


class DecisionFacts(PairedFacts):
    """Of a decision."""

    scenario_titles: dict[str, Words]
    question_titles: dict[str, Words]
    draws: Count
    discovery_text: Words
    national_inflow: Number
    month_value: Number
    search: Search | None


MODELS: dict[str, type[Facts]] = {
    "run": RunFacts, "calibration": CalibrationFacts, "validation": ValidationFacts,
    "sensitivity": SensitivityFacts, "decision": DecisionFacts,
}  # fmt: skip


def write(out: Path, kind: str, facts: Mapping[str, Any]) -> Path:
    """Write the facts of a page, so that it can be made again, in another language too.

    Parameters
    ----------
    out : Path
        The folder of the result.
    kind : str
        Of the result, one of `MODELS`.
    facts : mapping
        From `store.plain`.
    """
    MODELS[kind].model_validate(facts)
    text = json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False)
    return store.write_text(out / NAME, text + "\n")


def read(text: bytes, kind: str, *, where: str, allowed: str) -> dict[str, Any]:
    """Return the facts that a file holds.

    Parameters
    ----------
    text : bytes
        Content of the file.
    kind : str
        Of the result.
    where, allowed : str
        The file, and advice, for messages.

    Raises
    ------
    OutputError
        They are not those of such a result.
    """
    try:
        content: Any = from_json(text, allow_inf_nan=False)
        MODELS[kind].model_validate(content)
    except ValidationError as problem:
        what = f"the facts are damaged: {first_problem(problem)}"
    except ValueError as problem:
        what = f"the facts cannot be read: {problem}"
    else:
        facts: dict[str, Any] = content
        return facts
    raise OutputError(what, where=where, allowed=allowed)
