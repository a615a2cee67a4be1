"""Validation: its file, what it measures, the residual, resuming, and verdicts from numbers known before."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np
import pandas as pd
import pytest

from ankomst.errors import DataError, ExperimentError, OutputError
from ankomst.policy.published_reforms import ARRIVALS, PACKAGED, PLACES, load_published_reforms
from ankomst.simulation.municipalities import read_municipalities
from ankomst.studies.design.parameter_draws import draw_prior
from ankomst.studies.engine.executors import LocalProcesses, Serial
from ankomst.studies.metrics.validation_measures import (
    RESIDUAL,
    SEARCH,
    WITH,
    ValidationMeasures,
    raised_demand,
)
from ankomst.studies.schema.validation_file import CASES
from ankomst.studies.validation import study as validation
from ankomst.studies.validation.run import run_validation
from ankomst.studies.validation.study import load_validation
from ankomst.studies.validation.tables import Residual, validation_table

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
PRIOR = {"draws": {"from": "prior", "number": 3}}
SMALL = """kind: validation
draws: {from: prior, number: 3}
newcomers_per_year: 40
residual: {from: 2016-01-01, fitted_to: barometer_2018}
"""
BROKEN = {
    "kind: batch\n": "kind is batch, which `ankomst batch FILE` runs",
    "draws: point\n": "the file lacks the key 'kind'",
    "kind: validation\n": "the file lacks the key 'draws'",
    "kind: validaton\ndraws: point\n": "did you mean 'validation'",
    "kind: validation\ndraws: point\ncases: [slagelsen]\n": "did you mean 'slagelse'",
    "kind: validation\ndraws: point\ncases: []\n": "cases is an empty list",
    "kind: validation\ndraws: point\nseeds: 1\n": "the key 'seeds' is not known",
    "kind: validation\ndraws: {from: posterior, file: no.csv}\n": "does not exist",
    "kind: validation\ndraws: point\nresidual: {from: 2016-01-01, fitted_to: men_2020}\n": "men_2018",
    "kind: validation\ndraws: point\nresidual: {fitted_to: men_2018}\n": "lacks the key 'from'",
    "kind: validation\ndraws: point\ncases: [slagelse]\nresidual: {from: 2016-01-01, fitted_to: men_2018}": (
        "a quantity of no case of this file"
    ),
    "kind: validation\ndraws: point\nresidual: {from: 2016-01-01, fitted_to: men_2018, low: 9, high: 8}\n": (
        "not below high"
    ),
}


@pytest.mark.parametrize("text", BROKEN)
def test_broken_files_have_one_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExperimentError) as caught:
        load_validation(path)
    assert BROKEN[text] in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "broken.yaml" in str(caught.value)


def test_unreadable_draws(tmp_path: Path) -> None:
    (tmp_path / "draws.csv").write_text("job_finding.b_demand\nmany\n", encoding="utf-8")
    path = tmp_path / "one.yaml"
    path.write_text("kind: validation\ndraws: {from: posterior, file: draws.csv}\n", encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"line 2: job_finding\.b_demand is 'many'"):
        load_validation(path)


def test_shipped_file_runs_every_case() -> None:
    study = load_validation(ROOT / "experiments" / "validation.yaml", PRIOR)
    assert study.file.cases == CASES
    assert study.file.residual is not None
    assert study.file.residual.since == dt.date(2016, 1, 1)
    assert pickle.loads(pickle.dumps(study.measures)).digest == study.measures.digest  # noqa: S301 - our own
    assert study.evaluations == 3 + study.searches


def test_published_reforms_are_no_targets() -> None:
    targets = (ROOT / "tests" / "data" / "targets.yaml").read_text(encoding="utf-8")
    for case in load_published_reforms().values():
        for quantity in case.quantities:
            assert f"name: {quantity.name}," not in targets
        assert case.source
        assert case.definition_da


def test_published_reforms_say_what_is_wrong(tmp_path: Path) -> None:
    text = PACKAGED.read_text(encoding="utf-8")
    for old, new, what in (
        ("value: 45,", "value: 45, high: 40,", "slagelse_jobs: low, value and high are not in order"),
        ("name: men_2016", "name: men_2015", "men_2015: stands twice"),
        ("sign: 1, ", "", "ladder_ready: sign must be 1 or -1"),
        ("of: [men_2015, men_2016, men_2017, men_2018]", "of: [men_2015]", "two or more quantities"),
        ("run: ladder", "run: ladders", "refund_ladder.run: must be one of the allowed words"),
    ):
        path = tmp_path / f"{len(what)}.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(DataError, match=what.replace(".", r"\.")):
            load_published_reforms(path)


def test_two_municipalities_have_their_real_size() -> None:
    arrivals, places = pd.read_csv(ARRIVALS), pd.read_csv(PLACES, dtype={"code": str})
    share = places.set_index("code")["share"]
    table = read_municipalities()
    assert [table.name[table.code.index(code)] for code in share.index] == ["Slagelse", "Ringkøbing-Skjern"]
    refugees = arrivals["refugee"] * share["330"]
    # 40 refugees of whom the country's share of adults, 1,609 of 2,068 in 2010
    assert refugees.to_numpy() == pytest.approx(np.full(5, 40 * 1609 / 2068), abs=0.5)


def test_residual_raises_demand_from_its_day_on() -> None:
    scenario = validation.scenarios()["history"]
    raised = raised_demand(scenario, dt.date(2015, 7, 1), 5.0)
    before, after = scenario.national_demand, raised.national_demand
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert after[dt.date(2015, 1, 1)] == before[dt.date(2015, 1, 1)]
    assert after[dt.date(2015, 7, 1)] == before[dt.date(2015, 1, 1)] + 5.0
    assert after[dt.date(2018, 1, 1)] == before[dt.date(2018, 1, 1)] + 5.0
    alone = raised_demand(scenario.model_copy(update={"national_demand": 1.0}), dt.date(2016, 1, 1), 2.0)
    assert alone.national_demand[dt.date(2016, 1, 1)] == 3.0


def _table(numbers: Mapping[str, Any], case: str, residual: Residual | None = None) -> pd.DataFrame:
    rows = np.array([np.broadcast_to(x, 101) for x in numbers.values()], dtype=float).T
    return validation_table(
        list(numbers), rows, [case], level=0.9, origin="posterior", residual=residual
    ).set_index(["quantity", "residual"])


def test_verdicts_on_values() -> None:
    even = np.linspace(40.0, 60.0, 101)
    found = _table(
        {"grants_2011": even, "grants_2012": even, "grant_mean_2011": 41500.0}, "ringkobing_skjern"
    )
    row = found.loc[("grants_2011", "")]
    assert (row["low"], row["median"], row["high"]) == pytest.approx((41.0, 50.0, 59.0))
    assert (row["verdict"], row["distance"], row["n"]) == ("outside", pytest.approx(2.0), 101)
    assert row["reason"].startswith("The model pays a grant for every result")
    assert found.loc[("grants_2012", ""), "distance"] == pytest.approx(14.0)
    assert found.loc[("grant_mean_2011", ""), "verdict"] == "inside"  # within the published range
    assert found.loc[("grant_mean_2011", ""), "reason"] == ""
    assert found.loc[("grants_2007", ""), "verdict"] == "not judged"
    below = _table({"slagelse_jobs": even / 2.0}, "slagelse").loc[("slagelse_jobs", "")]
    assert below["distance"] == pytest.approx(29.5 - 45.0)
    assert below["reason"].startswith("The report shows Slagelse")


def test_verdicts_on_signs() -> None:
    mixed = np.where(np.arange(101) < 50, -1.0, 1.0)
    found = _table({"ladder_ready": np.linspace(0.1, 3.0, 101), "ladder_needs": mixed}, "refund_ladder")
    assert found.loc[("ladder_ready", ""), "verdict"] == "sign right"
    assert found.loc[("ladder_needs", ""), "verdict"] == "sign unclear"
    wrong = _table({"ladder_ready": np.full(101, -1.0), "ladder_needs": mixed}, "refund_ladder")
    assert wrong.loc[("ladder_ready", ""), ["verdict", "share"]].tolist() == ["sign wrong", 0.0]


def test_verdicts_on_order_and_on_the_number_fitted_to() -> None:
    numbers = {"barometer_2015": 0.2, "barometer_2018": 0.3}
    numbers |= {f"{name}{WITH}": value for name, value in (("barometer_2015", 0.5), ("barometer_2018", 0.45))}
    residual = Residual(
        since=dt.date(2016, 1, 1), fitted_to="barometer_2018", published=0.45, points=9.0, reached=True,
        tried=(0.0,), led_to=(0.3,), runs=3,
    )  # fmt: skip
    found = _table(numbers, "barometer", residual)["verdict"]
    assert found[("barometer_2018", "with")] == "fitted"
    assert found[("barometer_2018", "without")] == "outside"
    assert found[("barometer_2015", "without")] == "inside"
    assert found[("barometer_rise", "without")] == "order right"
    assert found[("barometer_rise", "with")] == "order wrong"


class _Line:
    """Measures that need no simulation: the fitted number rises by one hundredth a point."""

    names = ("barometer_2015", "barometer_2018", "barometer_2015" + WITH, "barometer_2018" + WITH)
    digest = "line"
    scenarios: ClassVar[dict[str, Any]] = {}

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> np.ndarray[Any, Any]:
        """Return numbers that follow from the draw and the luck."""
        del seed
        raised = 0.31 + 0.01 * float(draw.get(RESIDUAL, 0.0))
        if draw.get(SEARCH):
            return np.array([np.nan, np.nan, np.nan, raised])
        noise = 0.001 * (stream % 7)
        return np.array([0.2 + noise, 0.31 + noise, 0.2 + noise, raised + noise])


def _small(folder: Path, changes: Mapping[str, Any] | None = None) -> validation.Validation:
    path = folder / "small.yaml"
    path.write_text(SMALL + "cases: [barometer]\n", encoding="utf-8")
    study = load_validation(path, changes)
    return dataclasses.replace(study, measures=cast("ValidationMeasures", _Line()))


def test_residual_is_found_and_declared(tmp_path: Path) -> None:
    study, out = _small(tmp_path), tmp_path / "out"
    done = run_validation(study, out, pool=Serial())
    residual = done.facts["residual"]
    assert residual["points"] == pytest.approx(14.0, abs=1e-3)
    assert residual["reached"]
    assert set(done.tables["residual"]["fitted"]) == {residual["points"]}
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "validation"
    assert manifest["complete"]
    assert set(manifest["files"]) == {"tables/validation.csv", "tables/residual.csv", "facts.json"}
    with pytest.raises(OutputError, match="holds a validation with 36 finished runs"):
        run_validation(study, out, pool=Serial())


def test_residual_out_of_reach_is_said(tmp_path: Path) -> None:
    study = _small(tmp_path, {"residual.high": 5.0})
    residual = run_validation(study, tmp_path / "out", pool=Serial()).facts["residual"]
    assert not residual["reached"]
    assert residual["points"] == 5.0


def test_resumed_after_a_stop_is_the_same(tmp_path: Path) -> None:
    study = _small(tmp_path)
    whole = run_validation(study, tmp_path / "whole", pool=Serial())

    def stop(over: int, _: int) -> None:
        if over == 34:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_validation(study, tmp_path / "cut", pool=Serial(), progress=stop)
    assert not json.loads((tmp_path / "cut" / "manifest.json").read_text(encoding="utf-8"))["complete"]
    again = run_validation(study, tmp_path / "cut", pool=Serial(), resume=True)
    assert again.simulated < whole.simulated
    for name, table in whole.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


@pytest.mark.compiled
def test_measures_on_the_model() -> None:
    study = load_validation(ROOT / "experiments" / "validation.yaml", PRIOR, newcomers_per_year=120)
    measures = study.measures
    assert isinstance(measures, ValidationMeasures)
    values = draw_prior(1).values[0]  # noqa: PD011 - not of pandas
    found = dict(zip(measures.names, measures.measure({**values, RESIDUAL: 0.0}, 1, 0), strict=True))
    again = dict(zip(measures.names, measures.measure({**values, RESIDUAL: 20.0}, 1, 0), strict=True))
    for name in measures.names:
        if not name.endswith(WITH):
            assert found[name] == again[name]  # the residual enters its own runs only
        else:  # and without points it changes nothing
            assert found[name] == found[name.removesuffix(WITH)]
    assert again["men_2016" + WITH] > found["men_2016"]
    assert again["forty_2018" + WITH] > found["forty_2018"]
    assert again["barometer_2015" + WITH] == found["barometer_2015"]
    only = dict(
        zip(measures.names, measures.measure({**values, RESIDUAL: 20.0, SEARCH: True}, 1, 0), strict=True)
    )
    assert only.pop("barometer_2018" + WITH) == again["barometer_2018" + WITH]
    assert np.isnan(list(only.values())).all()
    assert found["grants_2011"] == pytest.approx(round(found["grants_2011"]), abs=1e-6)
    assert 0 < found["slagelse_jobs"] < 200


@pytest.mark.compiled
def test_same_bits_with_two_processes(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(
        "kind: validation\ncases: [slagelse]\ndraws: {from: prior, number: 2}\nnewcomers_per_year: 40\n",
        encoding="utf-8",
    )
    study = load_validation(path)
    one = run_validation(study, tmp_path / "one", pool=Serial())
    two = run_validation(study, tmp_path / "two", pool=LocalProcesses(2))
    pd.testing.assert_frame_equal(one.tables["validation"], two.tables["validation"])
