"""JSON schemas of the files that an analyst writes: studies of each kind, and targets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ankomst.studies.schema.calibration_file import CalibrationFile
from ankomst.studies.schema.decision_file import DecisionFile
from ankomst.studies.schema.experiment_file import WORDS, ExperimentFile
from ankomst.studies.schema.sensitivity_file import SensitivityFile
from ankomst.studies.schema.targets_file import TargetsFile
from ankomst.studies.schema.validation_file import ValidationFile

if TYPE_CHECKING:
    from ankomst.policy.schema import Frozen

FILES: dict[str, tuple[type[Frozen], str, str]] = {
    "experiment.schema.json": (
        ExperimentFile, "Experiment",
        "Scenarios that are compared with a baseline. See README.md beside this file.",
    ),
    "calibration.schema.json": (
        CalibrationFile, "Calibration", "Parameters that are fitted to published figures. See README.md.",
    ),
    "validation.schema.json": (
        ValidationFile, "Validation", "Published reforms beside the model. See docs/validation.md.",
    ),
    "sensitivity.schema.json": (
        SensitivityFile, "Sensitivity",
        "Which uncertain parameters an answer rests on. See docs/sensitivity.md.",
    ),
    "decision.schema.json": (
        DecisionFile, "Decision", "What would flip an answer, and how robust it is. See docs/sensitivity.md.",
    ),
    "targets/targets.schema.json": (
        TargetsFile, "Targets", "Published figures for a calibration. See docs/calibration.md.",
    ),
}  # fmt: skip
"""By path below experiments/: the model, the title and the description of a kind of file."""


def study_schema(name: str) -> dict[str, Any]:
    """Return the JSON schema (2020-12) of a kind of file, by its path below experiments/."""
    model, title, description = FILES[name]
    schema = model.model_json_schema(by_alias=True)
    for section in (schema, *schema.get("$defs", {}).values()):
        if "draws" in section["properties"]:
            section["properties"]["draws"] = _draws(section["properties"]["draws"])
    for entry in schema["properties"].values():
        if not isinstance(entry.get("default"), str | float | bool):
            entry.pop("default", None)
    if model is ExperimentFile:
        schema["anyOf"] = [{"required": ["scenarios"]}, {"required": ["grid"]}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": title,
        "description": description,
    }


def _draws(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what draws can be: a word, or a map."""
    said = {"description": entry["description"]} if "description" in entry else {}
    return {"anyOf": [{"enum": list(WORDS)}, {"$ref": "#/$defs/DrawsFile"}], **said}


def study_schema_text(name: str) -> str:
    """Return a schema as the text of the committed file."""
    return json.dumps(study_schema(name), indent=2, ensure_ascii=False) + "\n"
