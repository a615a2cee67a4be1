"""The row of a run: what results and comparisons say, whatever other runs it was made with."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.studies.batch_support import experiment
from tests.studies.support import SCENARIOS, scenario

import ankomst
from ankomst.errors import ExperimentError, OutputError
from ankomst.simulation.accounts import GRANT_ITEMS, GROUP_DIMENSIONS
from ankomst.simulation.codes import STATES
from ankomst.simulation.deadweight import deadweight, without_grants
from ankomst.simulation.result import Result
from ankomst.simulation.simulate import simulate
from ankomst.studies.batch.plan import plan
from ankomst.studies.batch.scenario_work import ScenarioWork, sharing
from ankomst.studies.engine.worker import RunJob, Task, carry_out
from ankomst.studies.metrics.record import COUNTED, Layout, layout_of, record
from ankomst.studies.metrics.summary import CURVES
from ankomst.studies.schema import experiment_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result

Array = np.ndarray[Any, Any]
CROSSED = (("origin", "sex"),)
MONTHS = (6, 12, 24)
PEOPLE = 120


def policy(spec: str, **changes: Any) -> Scenario:  # noqa: ANN401
    more = {key.replace("__", "."): value for key, value in changes.items()}
    return scenario(spec, {"population.newcomers_per_year": PEOPLE, "horizon.follow_up_months": 30} | more)


BASE, ALT = "three_year+grant_2013", "one_year+grant_by_speed"


@cache
def layout() -> Layout:
    return layout_of([policy(BASE), policy(ALT)], MONTHS, CROSSED)


@cache
def result(spec: str) -> Result:
    return simulate(policy(spec), seed=3)


@cache
def row(spec: str) -> dict[str, Array]:
    return layout().split(record(result(spec), layout()))


def place(labels: dict[str, str]) -> int:
    return layout().cells.index(labels)


def close(value: Any) -> Any:  # noqa: ANN401
    return pytest.approx(value, rel=1e-12, abs=1e-9, nan_ok=True)


# -- what a row says ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COUNTED)
def test_outcomes_are_those_of_the_result(name: str) -> None:
    kept = row(BASE)["outcome"][COUNTED.index(name)]
    groups: list[list[str]] = [[], *([dimension] for dimension in GROUP_DIMENSIONS), ["origin", "sex"]]
    seen = 0
    for by in groups:
        table = result(BASE).outcome(name, months=list(layout().months), by=by or None)
        for line in table.to_dict("records"):
            cell = place({dimension: line[dimension] for dimension in by})
            assert kept[layout().months.index(line["months"]), cell] == close(line["value"])
            seen += 1
    assert seen == kept.size


def test_costs_and_items_are_those_of_the_account() -> None:
    found, families = row(BASE), layout().families
    for k, (label, discounted) in enumerate([("no", False), ("yes", True)]):
        assert families["cost"].labels[1][k] == label
        account = result(BASE).accounts(["payer"], discounted=discounted).set_index("payer")
        for j, payer in enumerate(families["cost"].labels[0]):
            per_newcomer = account.loc[payer, "per_newcomer"]
            assert found["cost"][j, k, -1, 0] == close(per_newcomer)
        yearly = result(BASE).accounts(["item", "year_since_arrival"], discounted=discounted)
        for line in yearly.to_dict("records"):
            kept = found["item_year"][
                families["item_year"].labels[0].index(line["item"]), k,
                families["item_year"].labels[2].index(line["year_since_arrival"]),
            ]  # fmt: skip
            assert kept == close(line["per_newcomer"])
    assert found["cost_month"].sum(axis=1) == close(found["cost"][:, 1, -1, 0])
    assert found["item_year"][:, 1].sum(axis=1) == close(found["item_cell"][:, 0])


def test_calendar_years_and_municipalities_are_those_of_the_account() -> None:
    found, families = row(BASE), layout().families
    items, years = families["item_calendar"].labels
    for line in result(BASE).accounts(["item", "year"]).to_dict("records"):
        assert found["item_calendar"][items.index(line["item"]), years.index(line["year"])] == close(
            line["per_newcomer"]
        )
    names = families["area_cost"].labels[1]
    arrived = np.bincount(result(BASE).newcomers.municipality, minlength=len(names))
    assert np.array_equal(found["area_outcome"][0], arrived)
    table = result(BASE).accounts(["municipality", "payer"])
    for line in table.to_dict("records"):
        where = names.index(line["municipality"])
        own = line["net_cost"] / result(BASE).weight / arrived[where] if arrived[where] else np.nan
        assert found["area_cost"][families["area_cost"].labels[0].index(line["payer"]), where] == close(own)


def test_scalars_are_those_of_the_result() -> None:
    found = dict(zip(layout().families["scalar"].labels[0], row(BASE)["scalar"], strict=True))
    run = result(BASE)
    assert (found["n"], found["weight"], found["discount_rate"]) == (run.n, run.weight, run.discount_rate)
    assert found["displacement"] == run.parameters["economy.displacement"]
    assert found["income"] == close(run.disposable_income(discounted=True))
    assert found["income_undiscounted"] == close(run.disposable_income())
    assert found["resource"] == close(run.resource_cost(discounted=True))


def test_a_difference_with_displacement_is_that_of_compare() -> None:
    base, alt = row(BASE), row(ALT)
    table = ankomst.compare(
        policy(BASE),
        policy(ALT),
        draws="point",
        replicates=2,
        seed=3,
        outcomes=["net_cost", "months_employed"],
    )
    second = [
        layout().split(record(simulate(policy(spec), seed=3, replicate=1), layout())) for spec in (BASE, ALT)
    ]
    jobs = COUNTED.index("months_employed")
    for line in table.to_dict("records"):
        found = []
        for below, above in ((base, alt), tuple(second)):
            if line["outcome"] == "months_employed":
                found.append(above["outcome"][jobs, -1, 0] - below["outcome"][jobs, -1, 0])
            elif line["outcome"] == "net_cost":
                found.append(_net_cost(below, above, line["payer"]))
        if found:
            assert np.mean(found) == pytest.approx(line["estimate"], rel=1e-9)


def _net_cost(below: dict[str, Array], above: dict[str, Array], payer: str) -> float:
    names = layout().families["cost"].labels[0]
    scalars = dict(zip(layout().families["scalar"].labels[0], below["scalar"], strict=True))
    months = np.arange(layout().follow_up)
    factor = above["cost_month"][0] * 0 + (1.0 + scalars["discount_rate"]) ** (-months / 12.0)
    lost = scalars["displacement"] * (above["jobs"][:, 0] - below["jobs"][:, 0]) * factor
    taken = {"municipality": lost @ below["price"][0], "state": lost @ below["price"][1]}
    taken["both"] = taken["municipality"] + taken["state"]
    k = names.index(payer)
    return float(above["cost"][k, 1, -1, 0] - below["cost"][k, 1, -1, 0] + taken[payer])


def test_deadweight_is_that_of_a_shadow_run_made_by_hand() -> None:
    held = policy(ALT)
    shadow = simulate(without_grants(held), seed=3, watched=held.result_grants)
    lost = deadweight(result(ALT), shadow)
    kept = layout().split(record(result(ALT), layout(), lost))["deadweight"]
    names = layout().families["deadweight"].labels[0]
    people = result(ALT).weight * result(ALT).n
    for entry in lost:
        assert tuple(kept[names.index(entry.outcome)] * people) == close((entry.paid, entry.deadweight))
    assert kept.sum() > 0
    assert np.isnan(row(ALT)["deadweight"]).all()  # no shadow run was asked for
    assert not layout().split(record(result(ALT), layout(), []))["deadweight"].any()


def test_grants_by_month_are_those_of_the_account_and_sum_to_the_deadweight() -> None:
    held = policy(ALT)
    shadow = simulate(without_grants(held), seed=3, watched=held.result_grants)
    lost = deadweight(result(ALT), shadow)
    kept = layout().split(record(result(ALT), layout(), lost))
    items = result(ALT).accounts(["item", "months"])
    paid = items[items["item"].isin(GRANT_ITEMS)].groupby("months")["per_newcomer"].sum()
    assert kept["grant_month"][0] == close(paid.to_numpy())
    assert kept["grant_month"][1].sum() == close(kept["deadweight"][:, 1].sum())
    assert (kept["grant_month"][1] <= kept["grant_month"][0] + 1e-9).all()
    assert kept["grant_month"][1].sum() > 0
    assert np.isnan(row(ALT)["grant_month"][1]).all()  # no shadow run was asked for


def test_grants_to_municipalities_have_no_deadweight_by_month() -> None:
    held = policy("three_year+grant_above_benchmark")
    run = simulate(held, seed=3)
    shadow = simulate(without_grants(held), seed=3, watched=held.result_grants)
    kept = layout().split(record(run, layout(), deadweight(run, shadow)))
    assert np.isfinite(kept["grant_month"][0]).all()
    assert np.isnan(kept["grant_month"][1]).all()


def test_states_are_shares_of_all_who_arrived() -> None:
    found = row(BASE)["state"]
    assert found.sum(axis=0) == close(np.ones(layout().follow_up))
    present = 1.0 - found[STATES.index("left")]
    at_work = sum(
        found[STATES.index(name)] for name in STATES if name.startswith(("employed", "self_emp", "trainee"))
    )
    rate = row(BASE)["curve"][CURVES.index("employment_rate")]
    assert at_work / present == close(rate)


def test_cells_where_nobody_is_are_nan_not_zero() -> None:
    few = layout().split(record(simulate(policy(BASE), seed=3, newcomers_per_year=2), layout()))
    empty = few["people"] == 0
    assert empty.any()
    assert np.isnan(few["outcome"][COUNTED.index("employment_rate")][:, empty]).all()
    assert np.isnan(few["cost"][..., empty]).all()
    assert np.isnan(few["area_cost"][:, few["area_outcome"][0] == 0]).all()


# -- what a row does not depend on -------------------------------------------------------------------


def task(*specs: str | Scenario, deadweight: bool = True) -> Task:
    scenarios = [policy(spec) if isinstance(spec, str) else spec for spec in specs]
    jobs = tuple(chain(*sharing([RunJob(f"{k}", held) for k, held in enumerate(scenarios)])))
    shape = layout_of(scenarios, MONTHS, CROSSED)
    return Task(jobs, {}, 3, 7, ScenarioWork(PEOPLE, shape, deadweight))


def rows(wanted: Task) -> dict[str, bytes]:
    reports = carry_out(wanted).runs
    assert not [report.error for report in reports if report.error]
    return {report.id: report.row.tobytes() for report in reports if report.row is not None}


MIXES: dict[str, tuple[str | Scenario, ...]] = {
    "one period": ("three_year+grant_2013", "three_year+no_grant", "three_year+grant_by_speed"),
    "two periods": (
        "three_year+no_grant", "one_year+no_grant", "one_year+grant_2013", "three_year+grant_by_speed",
    ),
    "where people live": ("three_year+no_grant", "dispersal_by_demand", "mentors+outreach"),
}  # fmt: skip


@pytest.mark.parametrize("shadows", [True, False])
@pytest.mark.parametrize("mix", MIXES)
def test_a_row_does_not_depend_on_the_runs_beside_it(mix: str, shadows: bool) -> None:
    whole = task(*MIXES[mix], deadweight=shadows)
    together = rows(whole)
    assert set(together) == {job.id for job in whole.jobs}
    for job in whole.jobs:
        assert rows(whole.only(job)) == {job.id: together[job.id]}, job.scenario.title
    assert rows(replace(whole, jobs=whole.jobs[::-1])) == together


def test_a_shadow_run_is_not_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    from ankomst.studies.batch import scenario_work

    made, real = [], scenario_work.simulate
    monkeypatch.setattr(
        scenario_work, "simulate", lambda *given, **more: made.append(1) or real(*given, **more)
    )
    rows(task(*MIXES["two periods"]))
    assert len(made) == 4  # both runs without grants are the shadow runs of the others


def test_grants_scaled_to_one_budget_are_run_and_recorded_as_scaled() -> None:
    neutral = policy("one_year+grant_by_speed", accounts__budget_neutral=True)
    mixed = task(neutral, "one_year+grant_by_speed", "one_year+no_grant")
    together = rows(mixed)
    assert rows(mixed.only(*(job for job in mixed.jobs if job.scenario is neutral))) == {"0": together["0"]}
    assert together["0"] != together["1"]
    split = mixed.work.layout.split(np.frombuffer(together["0"]))
    direct = simulate(neutral, seed=3, replicate=7, newcomers_per_year=PEOPLE)
    paid = COUNTED.index("grants_paid")
    assert split["outcome"][paid, -1, 0] == close(direct.outcome("grants_paid", months=30)["value"].iloc[0])
    assert split["deadweight"][:, 0].sum() > 0


def test_rules_that_follow_the_calendar_have_no_deadweight() -> None:
    dated = scenario("history_2010_2018", {"population.arrivals": {2012: 60}, "horizon.follow_up_months": 30})
    own = task(dated)
    (report,) = carry_out(own).runs
    assert report.error == ""
    assert report.row is not None
    assert np.isnan(own.work.layout.split(report.row)["deadweight"]).all()


def test_threads_of_one_process_do_not_disturb_each_other() -> None:
    from concurrent.futures import ThreadPoolExecutor

    import threadpoolctl

    before = [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]
    mixed = task(*MIXES["two periods"])
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(rows, [mixed] * 6))
    assert found == [rows(mixed)] * 6
    assert [pool["num_threads"] for pool in threadpoolctl.threadpool_info()] == before


# -- the layout --------------------------------------------------------------------------------------


def test_a_row_is_cut_into_families_and_put_together_again() -> None:
    numbers = np.arange(float(layout().size))
    parts = layout().split(numbers)
    assert list(parts) == list(layout().families)
    assert np.array_equal(np.concatenate([part.ravel() for part in parts.values()]), numbers)
    several = layout().split(np.stack([numbers, -numbers]))
    assert several["cost"].shape == (2, *layout().families["cost"].shape)


def test_the_layout_has_a_name_that_changes_with_all_that_it_holds() -> None:
    base, alt = policy(BASE), policy(ALT)

    def variants() -> Iterator[Layout]:
        yield layout()
        yield layout_of([base, alt], (6, 12), CROSSED)
        yield layout_of([base, alt], MONTHS)
        yield layout_of([base, alt], MONTHS, (("sex", "origin"),))
        yield layout_of([policy(BASE, horizon__follow_up_months=36)], MONTHS, CROSSED)
        yield layout_of([policy(BASE, population__arrival_years=2)], MONTHS, CROSSED)

    assert len({found.digest for found in variants()}) == 6
    assert layout_of([alt, base], MONTHS, CROSSED).digest == layout().digest
    assert layout_of([base], (24, 6, 12, 99), CROSSED).digest == layout().digest  # beyond the follow-up
    assert layout().months == (6, 12, 24, 30)


def test_scenarios_that_cannot_lie_side_by_side_are_refused() -> None:
    with pytest.raises(
        ExperimentError, match=r"follows newcomers for 36 months and .* for 30; allowed: one "
    ):
        layout_of([policy(BASE), policy(ALT, horizon__follow_up_months=36)], MONTHS)
    real = ankomst.load_scenario(SCENARIOS / "one_year.yaml", {"horizon.follow_up_months": 30})
    with pytest.raises(ExperimentError, match="use different tables of municipalities; allowed: one "):
        layout_of([policy(BASE), real], MONTHS)


# -- an experiment written down ----------------------------------------------------------------------


def test_an_experiment_is_read_back_as_it_was(tmp_path: Path) -> None:
    import json

    draws = {"from": "prior", "number": 3, "seed": 2}
    wanted = experiment(
        tmp_path, draws=draws, groups=[["sex"], ["origin", "sex"]], overrides={"danish.right_months": 60}
    )
    content = json.loads(json.dumps(experiment_record.write(wanted), default=str))
    again = experiment_record.read(content, "manifest.json")
    assert {run.id for run in plan(again).runs} == {run.id for run in plan(wanted).runs}
    assert again == wanted.model_copy(update={"document": again.document})


def test_an_experiment_of_an_earlier_version_is_read_all_the_same(tmp_path: Path) -> None:
    wanted = experiment(tmp_path, precision={"outcome": "months_employed", "half_width": 0.1})
    content = experiment_record.write(wanted)
    for key in ("kind", "margin", "discrepancy_sd"):
        del content[key]
    empty = {"payer": "", "scenario": None, "months": None}
    assert content["precision"] == {
        "outcome": "months_employed", "half_width": 0.1, "at_most": 100, "step": 5, **empty
    }  # fmt: skip
    assert experiment_record.read(content, "manifest.json").model_dump(exclude={"document"}) == (
        wanted.model_dump(exclude={"document"})
    )


@pytest.mark.parametrize("damage", ["gone", "changed", "kind"])
def test_an_experiment_that_cannot_be_read_back_is_said(tmp_path: Path, damage: str) -> None:
    content = experiment_record.write(experiment(tmp_path))
    if damage == "gone":
        del content["draws"]
    elif damage == "changed":
        content["scenarios"]["one_year+no_grant"]["policy_hash"] = "0"
    else:
        content["scenarios"] = None
    with pytest.raises(OutputError, match=r"^manifest.json: [^\n]+$"):
        experiment_record.read(content, "manifest.json")
