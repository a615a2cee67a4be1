"""Files of targets: what is read from them, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from tests.expected import expected
from tests.studies.support import ROOT

from ankomst.errors import ExperimentError
from ankomst.policy.scenario import load_scenario, reference_policy
from ankomst.studies.calibration.targets import read_targets

SHIPPED = ROOT / "experiments" / "targets" / "denmark_2013.yaml"
BROKEN = sorted((Path(__file__).parent / "broken_targets").glob("*.yaml"))
SMALL = {"newcomers_per_year": 300, "effects": 100}


def test_the_shipped_file_has_twenty_six_numbers_with_source_definition_and_error() -> None:
    targets = read_targets(SHIPPED)
    assert len(targets.entries) == len(set(targets.names)) == 26
    assert [target.kind for target in targets.entries].count("effect") == 7
    assert all(target.source and target.words and target.sd > 0.0 for target in targets.entries)
    assert len(targets.not_fitted) == 3


def test_values_and_errors_are_those_of_the_evidence() -> None:
    """tests/data/targets.yaml is the customer's file; the shipped one says more about the same numbers."""
    given = yaml.safe_load((ROOT / "tests" / "data" / "targets.yaml").read_text(encoding="utf-8"))
    found = {(target.entry, target.metric.months): target for target in read_targets(SHIPPED).entries}
    for entry in given["targets"] + given["effects"]:
        months = entry.get("months", 36)
        for k, month in enumerate(months if isinstance(months, list) else [months]):
            target = found[entry["name"], month]
            for key in ("value", "sd"):
                wanted = entry[key][k] if isinstance(entry[key], list) else entry[key]
                assert getattr(target, key) == wanted, (entry["name"], key)
            assert target.metric.outcome == entry["outcome"]
            assert target.metric.across == entry.get("across", "")
            assert target.ratio == (entry.get("as") == "ratio")


def test_the_customers_file_itself_is_read() -> None:
    targets = read_targets(ROOT / "tests" / "data" / "targets.yaml")
    assert targets.names == read_targets(SHIPPED).names
    by_name = {target.name: target for target in targets.entries}
    assert by_name["work_first_2016_women"].change == by_name["work_first_2016_men"].change


def test_runs_are_shared_and_no_longer_than_their_targets_need() -> None:
    measures = read_targets(SHIPPED).measures(reference_policy(), **SMALL, whole=["local_demand"])
    assert [(run.newcomers_per_year, run.until) for run in measures.runs.values()] == [
        (300, 120), (100, 15), (100, 12), (100, 15), (300, 36), (100, 36), (100, 36),
    ]  # fmt: skip


def test_published_values_are_no_part_of_what_is_simulated(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(
        text.replace("sd: 0.02", "sd: 0.03").replace("value: 0.56", "value: 0.5"), encoding="utf-8"
    )
    same, changed = (
        read_targets(path).measures(reference_policy(), **SMALL).digest for path in (SHIPPED, other)
    )
    assert same == changed
    other.write_text(text.replace("months: 60", "months: 48"), encoding="utf-8")
    assert read_targets(other).measures(reference_policy(), **SMALL).digest != same


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_wrong_file_says_what_is_wrong(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with pytest.raises(ExperimentError) as error:
        read_targets(Path(path.name))
    assert str(error.value) == expected(path)


def test_an_effect_that_no_scenario_knows_names_the_effect(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "effects:\n  - {name: a, change: {benefits.levle: 0.6}, outcome: employment_rate, value: 0, sd: 1}\n",
        encoding="utf-8",
    )
    with pytest.raises(ExperimentError, match=r"effect a: .*levle.*did you mean 'level'"):
        read_targets(path).measures(reference_policy(), **SMALL)


def test_a_target_beyond_the_follow_up_is_refused() -> None:
    short = load_scenario(reference_policy(), {"horizon.follow_up_months": 60})
    with pytest.raises(ExperimentError, match="long_run_employment needs a follow-up of 120 months"):
        read_targets(SHIPPED).measures(short, **SMALL)


def test_targets_can_be_left_out_by_entry_or_by_month() -> None:
    targets = read_targets(SHIPPED)
    assert len(targets.without(["employment_refugee"]).entries) == 23
    assert len(targets.without(["employment_refugee_24"]).entries) == 25
    with pytest.raises(
        ExperimentError, match=r"no target 'employment_refuge'.*did you mean 'employment_refugee'"
    ):
        targets.without(["employment_refuge"])


@pytest.mark.compiled
def test_numbers_are_those_of_whole_runs_read_by_hand() -> None:
    """Short runs and shared people change nothing: every number as from runs of their own."""
    from ankomst import simulate

    base = reference_policy()
    measures = read_targets(SHIPPED).measures(base, newcomers_per_year=1000, effects=200)
    found = dict(zip(measures.names, measures.measure({"danish.language_speed": 0.5}, 3, 2), strict=True))
    draw = {"danish.language_speed": 0.5}
    whole = simulate(base, newcomers_per_year=1000, seed=3, replicate=2, parameters=draw)
    before, after = (
        simulate(scenario, newcomers_per_year=200, seed=3, replicate=2, parameters=draw)
        for scenario in (base, load_scenario(base, {"benefits.level": 0.6}))
    )

    def men(result: object) -> float:
        table = result.outcome("ever_employed", months=12, by=["origin", "sex"])  # type: ignore[attr-defined]
        return float(table[(table["origin"] == "refugee") & (table["sex"] == "male")]["value"].iloc[0])

    rates = whole.outcome("employment_rate", months=[24, 120], by="origin", age="25-64")
    rates = rates[rates["origin"] == "refugee"].set_index("months")["value"]
    assert found["employment_refugee_24"] == rates[24]
    assert found["long_run_employment"] == rates[120]
    assert found["danish_test_5_years"] == whole.outcome("test_pass_rate", months=60)["value"].iloc[0]
    gap = whole.outcome("weeks_to_first_job", across="quintile_gap")["value"].iloc[0]
    assert found["spread_of_municipalities"] == gap
    weeks = whole.outcome("weeks_to_first_job", by="origin")
    weeks = weeks[weeks["origin"] != "reunified_with_other"]
    mean = np.average(weeks["value"], weights=weeks["n"])
    assert found["weeks_to_first_job"] == pytest.approx(mean, rel=1e-12)
    assert found["benefit_cut_2015_men_12"] == men(after) / men(before)
