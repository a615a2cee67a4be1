"""The JSON schemas beside the experiment files are those of the code, and accept what the code accepts."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml
from tests.studies.support import ROOT

from ankomst.studies.schema.study_schemas import FILES, study_schema, study_schema_text

EXPERIMENTS = ROOT / "experiments"
SHIPPED = {
    "experiment.schema.json": ("quick.yaml", "one_vs_three_years.yaml"),
    "calibration.schema.json": ("calibration.yaml", "calibration_quick.yaml"),
    "validation.schema.json": ("validation.yaml",),
    "sensitivity.schema.json": ("sensitivity_one_vs_three_years.yaml", "sensitivity_grants.yaml"),
    "decision.schema.json": ("decision_one_vs_three_years.yaml", "design_search.yaml"),
    "targets/targets.schema.json": ("targets/denmark_2013.yaml",),
}


@pytest.mark.parametrize("name", FILES)
def test_the_committed_schema_is_that_of_the_code(name: str) -> None:
    assert (EXPERIMENTS / name).read_text(encoding="utf-8") == study_schema_text(name)


@pytest.mark.parametrize(
    ("name", "file"), [(name, file) for name, files in SHIPPED.items() for file in files]
)
def test_shipped_files_fit_their_schema_and_name_it(name: str, file: str) -> None:
    text = (EXPERIMENTS / file).read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema={name.rpartition('/')[2]}\n")
    document = json.loads(json.dumps(yaml.safe_load(text), default=str))
    jsonschema.Draft202012Validator(study_schema(name)).validate(document)


@pytest.mark.parametrize("name", FILES)
def test_an_unknown_key_does_not_fit(name: str) -> None:
    file = SHIPPED[name][0]
    document = json.loads(
        json.dumps(yaml.safe_load((EXPERIMENTS / file).read_text(encoding="utf-8")), default=str)
    )
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(study_schema(name)).validate(document | {"seeed": 1})
