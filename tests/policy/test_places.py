"""Where shipped files are found: in the checkout, and inside an installed package."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ankomst.errors import ExperimentError, ScenarioError
from ankomst.policy import places
from ankomst.policy.scenario import load_scenario

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["checkout", "installed"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start in an empty folder, far from the shipped files; return the folder that holds them."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    if request.param == "checkout":
        return ROOT
    package = tmp_path / "site-packages" / "ankomst"
    for folder in ("scenarios", "experiments"):
        shutil.copytree(ROOT / folder, package / folder)
    monkeypatch.setattr(places, "PACKAGE", package)
    monkeypatch.setattr(places, "PROJECT", tmp_path / "nowhere")
    return package


def test_short_names_work_in_any_folder(elsewhere: Path) -> None:
    assert places.scenarios_folder() == elsewhere / "scenarios"
    assert load_scenario("one_year+grant_by_speed").introduction_period.base_months == 12
    assert load_scenario("task_force_package").title == "The whole Task Force package"
    assert places.find_experiment("quick") == elsewhere / "experiments" / "quick.yaml"
    beside = places.find_scenario("three_year+grant_2013", elsewhere / "experiments")
    assert [Path(part) for part in beside.split("+")] == [
        elsewhere / "scenarios" / "three_year.yaml",
        elsewhere / "scenarios" / "grant_2013.yaml",
    ]


@pytest.mark.usefixtures("elsewhere")
def test_a_misspelt_name_is_said_as_it_was_written_with_the_nearest_shipped_one() -> None:
    with pytest.raises(ScenarioError) as wrong:
        load_scenario("three_year+grant_by_sped")
    assert str(wrong.value) == (
        "there is no scenario file 'grant_by_sped' (nor with '.yaml' added); did you mean 'grant_by_speed'?"
    )
    with pytest.raises(ExperimentError, match="did you mean 'grant_designs'"):
        places.find_experiment("grant_design")


def test_a_file_nearby_goes_before_the_shipped_one(elsewhere: Path) -> None:
    shipped = (elsewhere / "scenarios" / "one_year.yaml").read_text(encoding="utf-8")
    Path("one_year.yaml").write_text(shipped.replace("base_months: 12", "base_months: 11"), encoding="utf-8")
    assert load_scenario("one_year").introduction_period.base_months == 11
