"""The JSON schema of scenario files, for editors and for other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ankomst.policy.parameters import load_registry
from ankomst.policy.scenario import Scenario

if TYPE_CHECKING:
    from ankomst.policy.parameter_values import Parameter

FILE_NAME = "scenario.schema.json"


def scenario_json_schema() -> dict[str, Any]:
    """Return the JSON schema (2020-12) of a scenario file, with units, ranges and all known parameters."""
    schema = Scenario.model_json_schema()
    properties = {
        "title": schema["properties"]["title"],
        "title_da": schema["properties"]["title_da"],
        "source": schema["properties"]["source"],
        "extends": {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ],
            "description": "A scenario file in the same folder or below to build on, or a list to compose.",
        },
        **schema["properties"],
        "parameters": _parameters(schema["properties"]["parameters"]["description"]),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Scenario",
        "description": "A scenario of the introduction programme for newcomers. All keys are optional.",
        "properties": properties,
    }


def schema_text() -> str:
    """Return the schema as the text of the committed file."""
    return json.dumps(scenario_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _parameters(description: str) -> dict[str, Any]:
    groups: dict[str, dict[str, Any]] = {}
    for name, parameter in load_registry().items():
        groups.setdefault(parameter.group, {})[name.partition(".")[2]] = _parameter(parameter)
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": {
            group: {"type": "object", "additionalProperties": False, "properties": entries}
            for group, entries in groups.items()
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described = {
        "description": parameter.source or "Assumption.",
        "unit": parameter.unit,
        "grade": parameter.grade,
    }
    if isinstance(parameter.value, dict):
        keys: dict[str, Any] = {key: {} for key in parameter.value}
        return {"type": "object", "additionalProperties": False, "properties": keys, **described}
    bounds = {} if parameter.range is None else {"minimum": parameter.range[0], "maximum": parameter.range[1]}
    return {
        "type": "integer" if parameter.integer else "number",
        **bounds,
        "default": parameter.value,
        **described,
    }
