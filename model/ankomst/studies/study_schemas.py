"""JSON schemas of the other files that an analyst writes: calibrations, validations, targets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ankomst.studies.calibration_file import CalibrationFile
from ankomst.studies.experiment_file import WORDS
from ankomst.studies.targets_file import TargetsFile
from ankomst.studies.validation_file import ValidationFile

if TYPE_CHECKING:
    from ankomst.policy.schema import Frozen

FILES: dict[str, tuple[type[Frozen], str, str]] = {
    "calibration.schema.json": (
        CalibrationFile, "Calibration", "Parameters that are fitted to published figures. See README.md.",
    ),
    "validation.schema.json": (
        ValidationFile, "Validation", "Published reforms beside the model. See docs/validation.md.",
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
    if "draws" in schema["properties"]:
        draws = schema["properties"]["draws"]
        reference = {"$ref": "#/$defs/DrawsFile"}
        schema["properties"]["draws"] = {
            "anyOf": [{"enum": list(WORDS)}, reference],
            **({"description": draws["description"]} if "description" in draws else {}),
        }
    for entry in schema["properties"].values():
        entry.pop("default", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": title,
        "description": description,
    }


def study_schema_text(name: str) -> str:
    """Return a schema as the text of the committed file."""
    return json.dumps(study_schema(name), indent=2, ensure_ascii=False) + "\n"
