from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from ankomst.policy.file_schema import FILE_NAME, scenario_json_schema, schema_text
from ankomst.policy.scenario import load_scenario

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
FILES = sorted(path.name for path in SCENARIOS.glob("*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(scenario_json_schema())


def as_json(path: Path) -> object:
    """Read a file as an editor does: dates are text, as values and as keys."""
    content = text_keys(yaml.safe_load(path.read_text(encoding="utf-8")))
    return json.loads(json.dumps(content, default=str))


def text_keys(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): text_keys(item) for key, item in value.items()}
    return [text_keys(item) for item in value] if isinstance(value, list) else value


def test_the_committed_schema_is_up_to_date() -> None:
    # To write it anew: ankomst check --schema --out scenarios/scenario.schema.json
    assert (SCENARIOS / FILE_NAME).read_text(encoding="utf-8") == schema_text()


def test_it_is_a_valid_schema_with_descriptions() -> None:
    schema = scenario_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, section in schema["$defs"].items():
        for key, entry in section["properties"].items():
            assert entry.get("description") or "$ref" in entry or "allOf" in entry, f"{name}.{key}"


@pytest.mark.parametrize("name", FILES)
def test_shipped_scenarios(name: str) -> None:
    path = SCENARIOS / name
    assert path.read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema={FILE_NAME}\n")
    VALIDATOR.validate(as_json(path))
    scenario = load_scenario(path)
    assert scenario.title
    assert scenario.title_da
    assert scenario.title != scenario.title_da
    assert scenario.source


@pytest.mark.parametrize(
    "data",
    [
        {"danishh": {}},
        {"danish": {"class_hours": 50}},
        {"danish": {"class_hours": "12"}},
        {"introduction_period": {"extension": "sometimes"}},
        {"result_grants": [{"outcome": "ordinary_job"}]},
        {"result_grants": [{"outcome": "ordinary_job", "schedule": {"year 1": 5}}]},
        {"parameters": {"job_finding": {"b_langauge": 0.5}}},
        {"parameters": {"job_finding": {"b_language": 5}}},
        {"rules": "danish"},
        {"extends": []},
        {"extends": [3]},
        {"governance": {"peer_exchange": 0.5}},
        {"trainee_job": {"slots": "some"}},
        {"benefits": {"rates_of": 2017}},
        {"population": {"arrivals": {"1999": 5}}},
        {"population": {"arrivals": {"2015": -5}}},
        {"population": {"arrivals": {}}},
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(data: object) -> None:
    assert list(VALIDATOR.iter_errors(data))
