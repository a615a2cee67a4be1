"""A calibration is adopted whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from ankomst.commands.adopt import adopt
from ankomst.errors import AnkomstError
from ankomst.policy.parameters import PACKAGED, START, load_registry, ranged
from ankomst.policy.posterior import NAME, POSTERIOR, marginals
from ankomst.policy.registry_check import check_registry
from ankomst.studies.calibration import adoption
from ankomst.studies.design.posterior import read_posterior
from ankomst.studies.engine import store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Change = dict[str, Any]


def draws(number: int = 200) -> pd.DataFrame:
    registry, rng = load_registry(START), np.random.default_rng(1)
    columns = {}
    for name in ranged(registry):
        low, high = registry[name].range or (0.0, 0.0)
        values = low + (high - low) * rng.random(number)
        columns[name] = np.round(values).astype(int) if registry[name].integer else values
    return pd.DataFrame(columns)


@pytest.fixture
def calibration(tmp_path: Path) -> Callable[..., Path]:
    """Write the folder of a finished calibration, with changes of its manifest and its draws."""

    def written(manifest: Change | None = None, table: pd.DataFrame | None = None) -> Path:
        folder = tmp_path / "calibration"
        (folder / "tables").mkdir(parents=True)
        found = draws() if table is None else table
        found.to_csv(folder / "posterior.csv", index=False)
        digest = hashlib.sha256((folder / "posterior.csv").read_bytes()).hexdigest()
        central = {name: float(found[name].median()) for name in found if name in ranged()}
        base = store.manifest(command="ankomst calibrate x", scenarios={}, settings={}, started=store.now())
        content = {
            **base, "kind": "calibration", "complete": True, "seed": 7, "central": central, "experiment": {},
            "posterior": {"draws": len(found), "sha256": digest}, "distance": {"posterior": 1.5},
            **(manifest or {}),
        }  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
        names = list(ranged())
        known = pd.DataFrame({"parameter": names, "informed": "no", "free": "yes", "narrowing": 0.25})
        known.loc[known["parameter"] == "danish.language_speed", "informed"] = "yes"
        known.to_csv(folder / "tables" / "parameters.csv", index=False)
        return folder

    return written


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(START, folder / PACKAGED.name)
    yield folder
    load_registry.cache_clear()
    marginals.cache_clear()


def test_a_calibration_is_adopted(calibration: Callable[..., Path], package: Path) -> None:
    adopted = adoption.read_calibration(calibration())
    changed = adoption.write_package(adopted, package)
    path = package / POSTERIOR.name
    assert len(read_posterior(path).values) == 200
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert facts["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (facts["draws"], facts["calibration"], facts["seed"]) == (200, NAME, 7)
    assert facts["informed"] == ["danish.language_speed"]
    assert facts["narrowing"] == {"danish.language_speed": 0.25}
    assert marginals(path)["danish.language_speed"].informed
    before, after = load_registry(START), load_registry(package / PACKAGED.name)
    assert check_registry(after) == []
    assert {name: after[name].value for name in ranged()} == adopted.central
    assert changed["danish.language_speed"][0] == before["danish.language_speed"].value
    fitted = {name for name, each in after.items() if each.grade == "fitted"}
    assert fitted == {"danish.language_speed"}, "only what the calibration informs is fitted by it"
    assert {name for name, each in before.items() if each.grade == "pilot"} > fitted
    assert "44 % do not complete within three years" in after["danish.language_speed"].source
    assert "pilot's" not in after["danish.language_speed"].source
    assert all(f"fitted by the calibration {NAME}" in after[name].source for name in fitted)


def test_only_values_grades_and_sources_change_and_a_second_time_nothing(
    calibration: Callable[..., Path], package: Path
) -> None:
    adopted = adoption.read_calibration(calibration())
    adoption.write_package(adopted, package)
    path = package / PACKAGED.name
    once = path.read_text(encoding="utf-8")
    before, after = START.read_text(encoding="utf-8").splitlines(), once.splitlines()
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert old.partition("{value:")[0] == new.partition("{value:")[0]
        assert old.partition("range:")[2][:20] == new.partition("range:")[2][:20]
        assert old == new or "{value: " in old
    assert adoption.write_package(adopted, package) == {}
    assert path.read_text(encoding="utf-8") == once


def test_numbers_are_written_so_that_yaml_reads_numbers() -> None:
    registry = load_registry(START)
    text = adoption.with_values(
        START.read_text(encoding="utf-8"),
        {"exits.business_start": 0.00004, "economy.entry_wage": 120.0},
        registry,
        (),
    )
    assert "business_start:        {value: 0.00004, range" in text
    assert "entry_wage:            {value: 120.0, range" in text


@pytest.mark.parametrize(
    ("manifest", "table", "message"),
    [
        (
            {"kind": "decision"},
            None,
            "calibration: is no calibration (kind: decision); allowed: the folder of",
        ),
        ({"complete": False}, None, "the calibration is not finished"),
        ({"central": None}, None, "manifest.json: names no central draw"),
        ({"central": {"danish.drop_out": 0.01}}, None, "central lacks job_finding.h0_refugee and "),
        ({"posterior": {"sha256": "0"}}, None, "its SHA-256 differs"),
        ({}, draws(199), "posterior.csv: has 199 draws; allowed: 200 draws or more"),
        ({}, draws().drop(columns="danish.drop_out"), "posterior.csv lacks danish.drop_out"),
        ({}, draws().assign(**{"danish.drop_out": 0.9}), "line 2: danish.drop_out is '0.9'"),
        ({}, draws().assign(weight=1.0), "has weights"),
    ],
)
def test_a_wrong_folder_changes_nothing(
    calibration: Callable[..., Path],
    package: Path,
    manifest: Change,
    table: pd.DataFrame | None,
    message: str,
) -> None:
    before = (package / PACKAGED.name).read_bytes()
    with pytest.raises(AnkomstError) as caught:
        adoption.write_package(adoption.read_calibration(calibration(manifest, table)), package)
    assert message in str(caught.value)
    assert [path.name for path in package.iterdir()] == [PACKAGED.name]
    assert (package / PACKAGED.name).read_bytes() == before


def test_central_out_of_range_and_missing_files(calibration: Callable[..., Path]) -> None:
    folder = calibration()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["central"]["danish.drop_out"] = 0.5
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(AnkomstError, match=r"central\.danish\.drop_out is 0\.5, which is out of range"):
        adoption.read_calibration(folder)
    (folder / "tables" / "parameters.csv").unlink()
    manifest["central"]["danish.drop_out"] = 0.01
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(AnkomstError, match=r"parameters\.csv: the file does not exist"):
        adoption.read_calibration(folder)
    (folder / "posterior.csv").unlink()
    with pytest.raises(AnkomstError, match=r"has no posterior\.csv"):
        adoption.read_calibration(folder)
    with pytest.raises(AnkomstError, match=r"manifest\.json: the manifest is missing"):
        adoption.read_calibration(folder / "nothing")


def test_the_command_says_what_changed(
    calibration: Callable[..., Path], package: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(adoption, "PACKAGED", package / PACKAGED.name)
    folder = calibration()
    adopt(folder=folder, quiet=False, as_json=False)
    said = capsys.readouterr().out
    assert "200 draws of" in said
    assert "danish.language_speed: 0.44 -> " in said
    assert "ankomst benchmark" in said
    adopt(folder=folder, quiet=False, as_json=True)
    assert json.loads(capsys.readouterr().out)["changed"] == {}
