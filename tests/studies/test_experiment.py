from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from tests.expected import expected

from ankomst.errors import ExperimentError
from ankomst.policy.posterior import POSTERIOR, posterior_facts
from ankomst.studies.metrics.pairs import DEFAULT_OUTCOMES
from ankomst.studies.schema.experiment import load_experiment
from ankomst.studies.schema.experiment_file import DrawsFile, ExperimentFile, PrecisionFile
from ankomst.studies.schema.study_schemas import study_schema

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = ROOT / "experiments"
SHIPPED = sorted(
    path.name for path in EXPERIMENTS.glob("*.yaml") if "\nkind: batch\n" in path.read_text(encoding="utf-8")
)
"""The batches; a calibration and a validation have tests of their own."""
BROKEN = Path(__file__).parent / "broken_experiments"
LEAKS = ("pydantic", "Traceback", "Input should", "errors.", "validation error", str(ROOT))
FILE_NAME = "experiment.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(study_schema(FILE_NAME))
REFUSED_BY_THE_SCHEMA = [
    "kind_missing", "kind_calibration", "baseline_missing", "no_scenarios", "scenarios_word",
    "scenario_key", "scenario_without_file", "grid_word", "grid_empty", "grid_twice", "set_word",
    "newcomers_few", "seed_negative", "draws_word", "draws_list", "draws_from", "draws_no_from",
    "draws_method", "draws_key", "draws_patterns_empty", "replicates_none", "precision_outcome",
    "precision_no_width", "precision_number", "outcome_unknown", "months_word", "months_twice",
    "groups_unknown", "deadweight_word", "draws_word_near", "level_percent", "title_number", "key_unknown",
    "margin_outcome", "margin_zero", "margin_word", "discrepancy_text",
]  # fmt: skip
SOME = "scenarios: [one_year]\n"
BASIC = "kind: batch\nbaseline: three_year\nscenarios: [one_year]\n"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write an experiment file into an empty folder and work there, away from the project."""
    monkeypatch.chdir(tmp_path)

    def written(text: str, name: str = "mine.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize("name", sorted(path.name for path in BROKEN.glob("*.yaml")))
def test_message_of_a_broken_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each file names its exact messages; the project's scenarios are found from its folder.
    monkeypatch.chdir(ROOT)
    message = expected(BROKEN / name)
    with pytest.raises(ExperimentError) as caught:
        load_experiment(BROKEN / name)
    assert str(caught.value) == message
    assert all(problem.where for problem in caught.value.problems)
    assert not any(leak in message for leak in LEAKS)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_there_are_many_broken_files() -> None:
    assert len(list(BROKEN.glob("*.yaml"))) >= 80


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_experiments(name: str) -> None:
    path = EXPERIMENTS / name
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema={FILE_NAME}\n")
    VALIDATOR.validate(yaml.safe_load(text))
    found = load_experiment(path)
    assert found.name == path.stem
    assert found.title
    assert found.title_da
    assert found.title != found.title_da
    assert found.source
    assert not found.notes
    assert next(iter(found.scenarios)) == found.baseline
    assert len({scenario.policy_hash for scenario in found.scenarios.values()}) == len(found.scenarios)
    assert list(found.specs) == list(found.scenarios)
    assert json.loads(json.dumps(found.document)) == found.document


def test_the_headline_experiment_is_a_grid_of_periods_and_grants() -> None:
    found = load_experiment(EXPERIMENTS / "one_vs_three_years.yaml")
    periods = ("three_year", "one_year", "one_year_flexible", "one_year_flexible_concentrated")
    grants = (
        "2013",
        "by_speed",
        "at_entry",
        "sustained_12",
        "risk_adjusted",
        "after_period",
        "above_benchmark",
    )
    designs = [f"grant_{name}" for name in grants]
    designs.insert(1, "no_grant")
    wanted = ["+".join(each) for each in product(periods, designs)]
    assert list(found.scenarios) == wanted
    assert found.baseline == "three_year+grant_2013"
    assert len(found.draws.values) == 20
    assert (found.draws.kind, found.draws.description["packaged"]) == ("posterior", True)
    assert len(found.draws.names) == posterior_facts()["parameters"]
    assert (found.replicates, found.newcomers_per_year, found.most_runs) == (3, 1400, 32 * 20 * 3)
    assert found.groups[-1] == ("origin", "sex")


def test_the_package_experiment_runs_every_part_of_the_package() -> None:
    found = load_experiment(EXPERIMENTS / "task_force_package.yaml")
    package = yaml.safe_load((ROOT / "scenarios" / "task_force_package.yaml").read_text(encoding="utf-8"))
    named = {part for spec in found.specs.values() for part in spec.split("+")}
    assert {part.removesuffix(".yaml") for part in package["extends"]} <= named
    # An experiment and a scenario of the same name stand in different folders and are not mixed up.
    assert found.scenarios["whole_package"].title == "The whole Task Force package"


def test_defaults(write: Callable[..., Path]) -> None:
    found = load_experiment(write(BASIC))
    assert list(found.scenarios) == ["three_year", "one_year"]
    assert found.draws.values == ({},)
    assert (found.replicates, found.seed, found.newcomers_per_year, found.level) == (20, 1, 7000, 0.95)
    assert found.months == (12, 24, 36, 60, 120)
    assert found.outcomes == tuple(sorted(DEFAULT_OUTCOMES, key=list(found.outcomes).index))
    assert set(found.outcomes) == set(DEFAULT_OUTCOMES)
    assert found.groups == (("origin",), ("sex",), ("health",), ("education",))
    assert found.deadweight
    assert found.precision is None
    assert found.title == found.title_da == "mine"


def test_replicates_by_default_with_draws_and_with_a_precision(write: Callable[..., Path]) -> None:
    drawn = load_experiment(write(BASIC + "draws: {from: prior, number: 4}\n"))
    assert drawn.replicates == 3
    precise = load_experiment(write(BASIC + "precision: {outcome: net_cost, half_width: 500}\n"))
    assert precise.replicates == 10
    assert precise.precision is not None
    assert (precise.precision.payer, precise.precision.at_most, precise.precision.step) == ("both", 100, 5)
    assert precise.most_runs == 200
    other = load_experiment(write(BASIC + "precision: {outcome: employment_rate, half_width: 0.005}\n"))
    assert other.precision is not None
    assert other.precision.payer == ""


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("scenarios: [one_year, three_year]", ["three_year", "one_year"]),
        ("scenarios: [one_year+no_grant, scenarios/../one_year.yaml]", None),
        ("scenarios: {short: one_year, base: three_year}", ["three_year", "short", "base"]),
        ("grid: {period: [three_year, one_year], grant: [no_grant]}",
         ["three_year", "three_year+no_grant", "one_year+no_grant"]),
        ("scenarios: [one_year]\ngrid: {grant: [no_grant]}", ["three_year", "one_year", "no_grant"]),
    ],
)  # fmt: skip
def test_scenarios_and_grid(write: Callable[..., Path], lines: str, names: list[str] | None) -> None:
    path = write(f"kind: batch\nbaseline: three_year\n{lines}\n")
    if names is None:
        with pytest.raises(ExperimentError):
            load_experiment(path)
    else:
        assert list(load_experiment(path).scenarios) == names


def test_the_baseline_can_be_one_of_the_names(write: Callable[..., Path]) -> None:
    text = "kind: batch\nbaseline: base\nscenarios: {short: one_year, base: three_year+no_grant}\n"
    found = load_experiment(write(text))
    assert list(found.scenarios) == ["base", "short"]
    assert found.specs == {"base": "three_year+no_grant", "short": "one_year"}


def test_scenarios_beside_the_experiment_come_first(write: Callable[..., Path]) -> None:
    write("title: My year\nintroduction_period: {base_months: 6, max_months: 6}\n", "one_year.yaml")
    found = load_experiment(write(BASIC))
    assert found.scenarios["one_year"].introduction_period.base_months == 6
    assert found.scenarios["three_year"].introduction_period.base_months == 36


def test_an_experiment_beside_is_not_taken_for_a_scenario(write: Callable[..., Path]) -> None:
    found = load_experiment(write(BASIC, "one_year.yaml"))
    assert found.scenarios["one_year"].introduction_period.base_months == 12


def test_what_is_set_in_all_in_one_and_above(write: Callable[..., Path]) -> None:
    text = """
kind: batch
baseline: three_year
scenarios:
  plain: one_year
  special: {scenario: one_year, set: {danish.right_months: 48, parameters: {economy: {displacement: 0.3}}}}
set:
  danish: {right_months: 60}
"""
    found = load_experiment(write(text)).scenarios
    assert [found[name].danish.right_months for name in found] == [60, 60, 48]
    assert found["special"].parameter_values()["economy.displacement"] == 0.3
    above = load_experiment(write(text), {"danish.right_months": 24}).scenarios
    assert [scenario.danish.right_months for scenario in above.values()] == [24, 24, 24]


def test_overrides_of_the_experiment(write: Callable[..., Path]) -> None:
    path = write(BASIC + "draws: {from: prior, number: 4}\n")
    found = load_experiment(
        path, {"draws.number": 2, "level": 0.8, "danish.right_months": 60}, replicates=5, seed=9,
        newcomers_per_year=100,
    )  # fmt: skip
    assert (len(found.draws.values), found.level, found.replicates, found.seed) == (2, 0.8, 5, 9)
    assert found.newcomers_per_year == 100
    assert found.document["overrides"] == {"draws.number": 2, "level": 0.8, "danish.right_months": 60}
    assert found.document["replicates"] == 5


@pytest.mark.parametrize(
    ("overrides", "arguments", "message"),
    [
        ({"level": 95}, {}, "override 'level': level is 95, which is out of range"),
        ({"danish.right_month": 5}, {}, "override 'danish.right_month': the key 'right_month' is not known"),
        ({"draws.number": 4}, {}, "override 'draws.number': draws is 'point' in the file"),
        ({}, {"replicates": 1}, "override replicates: replicates is 1 and there is one draw"),
        ({}, {"newcomers_per_year": 3}, "override newcomers_per_year: newcomers_per_year is 3"),
        ({}, {"seed": -1}, "override seed: seed is -1, which is out of range"),
    ],
)
def test_wrong_overrides(
    write: Callable[..., Path], overrides: dict[str, Any], arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ExperimentError) as caught:
        load_experiment(write(BASIC + "draws: point\n"), overrides, **arguments)
    assert str(caught.value).startswith(message)


def test_the_packaged_posterior_needs_no_file(write: Callable[..., Path]) -> None:
    everything = load_experiment(write(BASIC + "draws: posterior\n")).draws
    assert len(everything.values) == posterior_facts()["draws"] >= 200
    assert everything.description["file"] == POSTERIOR.name
    assert everything.description["sha256"] == posterior_facts()["sha256"]
    some = load_experiment(write(BASIC + "draws: {from: posterior, number: 20}\n"))
    assert (len(some.draws.values), some.replicates) == (20, 3)
    assert all(values in everything.values for values in some.draws.values)
    with pytest.raises(
        ExperimentError, match=r"line 4: draws\.number: the table has .* 9000 draws are asked"
    ):
        load_experiment(write(BASIC + "draws: {from: posterior, number: 9000}\n"))


def test_months_end_with_the_follow_up(write: Callable[..., Path]) -> None:
    short = BASIC + "set: {horizon.follow_up_months: 48}\n"
    assert load_experiment(write(short)).months == (12, 24, 36, 48)
    assert load_experiment(write(short + "months: [30, 6]\n")).months == (6, 30, 48)


def test_margins_and_discrepancies_are_kept_and_can_be_set(write: Callable[..., Path]) -> None:
    lines = "draws: {from: prior, number: 6}\nmargin: {net_cost: 2000}\ndiscrepancy_sd: {grants_paid: 500}\n"
    path = write(BASIC + lines)
    found = load_experiment(path, {"margin.employment_rate": 0.005})
    assert found.margin == {"net_cost": 2000.0, "employment_rate": 0.005}
    assert found.discrepancy_sd == {"grants_paid": 500.0}
    assert not found.notes
    assert load_experiment(write(BASIC)).margin == {}


def test_crossed_groups_stand_in_their_usual_order(write: Callable[..., Path]) -> None:
    text = BASIC + "groups: [sex, [education, origin]]\n"
    assert load_experiment(write(text)).groups == (("sex",), ("origin", "education"))
    assert load_experiment(write(BASIC + "groups: []\n")).groups == ()


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (
            "scenarios: [one_year, one_year+grant_2013]",
            "one_year and one_year+grant_2013 are the same policy",
        ),
        (SOME + "draws: {from: prior, number: 6, method: sobol}", "6 Sobol draws are no power of two"),
        (SOME + "draws: {from: prior, number: 6}\nreplicates: 1", "With one replicate a draw"),
        (
            SOME + "set: {parameters.municipality.creaming: 0.5}\ndraws: {from: prior, number: 6}",
            "municipality.creaming is drawn and also set by every scenario",
        ),
        (
            """draws: {from: prior, number: 6}
scenarios: {a: {scenario: one_year, set: {parameters.municipality.creaming: 0.5}}}""",
            "municipality.creaming is drawn and also set by a: ",
        ),
        (SOME + "margin: {net_cost: 2000}", "With a single draw there is no verdict: margin and"),
    ],
)
def test_notes(write: Callable[..., Path], lines: str, note: str) -> None:
    notes = load_experiment(write(f"kind: batch\nbaseline: three_year\n{lines}\n")).notes
    assert len(notes) == 1
    assert notes[0].startswith(note)


def test_what_a_scenario_sets_holds_above_the_draw(write: Callable[..., Path]) -> None:
    text = BASIC + "set: {parameters.municipality.creaming: 0.5}\ndraws: {from: prior, number: 2}\n"
    found = load_experiment(write(text))
    for scenario in found.scenarios.values():
        assert scenario.parameter_values(found.draws.values[0])["municipality.creaming"] == 0.5


def test_a_posterior_beside_the_experiment(write: Callable[..., Path]) -> None:
    write("municipality.creaming,municipality.planning_months\n0.2,9\n0.3,12\n", "posterior.csv")
    found = load_experiment(write(BASIC + "draws: {from: posterior, file: posterior.csv}\n"))
    assert found.draws.kind == "posterior"
    assert [values["municipality.creaming"] for values in found.draws.values] == [0.2, 0.3]


def test_dates_in_a_file_are_text_in_the_document(write: Callable[..., Path]) -> None:
    found = load_experiment(write(BASIC + "set: {national_demand: {2015-01-01: 2.0}, date: 2013-07-01}\n"))
    assert found.document["content"]["set"] == {"national_demand": {"2015-01-01": 2.0}, "date": "2013-07-01"}
    assert json.loads(json.dumps(found.document)) == found.document


def test_names_are_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_experiment("quick").path == EXPERIMENTS / "quick.yaml"
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "quick.yaml").write_text(BASIC, encoding="utf-8")
    assert load_experiment("quick").path == Path("experiments/quick.yaml")
    monkeypatch.chdir(tmp_path / "experiments")
    assert load_experiment("quick").path == Path("quick.yaml")
    with pytest.raises(ExperimentError, match="did you mean 'quick'"):
        load_experiment("quik")


def test_the_schema_is_valid_and_describes_every_key() -> None:
    schema = study_schema(FILE_NAME)
    jsonschema.Draft202012Validator.check_schema(schema)
    for section in (schema, *schema["$defs"].values()):
        for key, entry in section["properties"].items():
            assert entry.get("description"), key


@pytest.mark.parametrize("name", REFUSED_BY_THE_SCHEMA)
def test_the_schema_refuses_what_the_loader_refuses(name: str) -> None:
    data = yaml.safe_load((BROKEN / f"{name}.yaml").read_text(encoding="utf-8"))
    assert list(VALIDATOR.iter_errors(data))


def test_the_readme_explains_every_key() -> None:
    text = (EXPERIMENTS / "README.md").read_text(encoding="utf-8")
    for model in (ExperimentFile, DrawsFile, PrecisionFile):
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}`" in text, name
    for name in SHIPPED:
        assert f"`{name.removesuffix('.yaml')}`" in text
