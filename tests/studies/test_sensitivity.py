"""The whole path of a sensitivity analysis: designs, runner, store, indices, resumption, gaps."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.studies.paired_support import (
    NAMES,
    SMALL,
    MadeUp,
    g_indices,
    ishigami,
    ishigami_indices,
    made_up,
    sobol_g,
    study,
)

from ankomst.errors import AnkomstError, RunError
from ankomst.studies.batch.runner import run_batch
from ankomst.studies.design.blocks import sobol_design
from ankomst.studies.design.factors import Factors
from ankomst.studies.engine.executors import Serial
from ankomst.studies.engine.points import Points
from ankomst.studies.schema.experiment import load_experiment
from ankomst.studies.sensitivity.run import evaluations_of, run_sensitivity
from ankomst.studies.sensitivity.tables import Analysis, matter_most

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ankomst.studies.engine.study import StudyResult

    Function = Callable[[np.ndarray[Any, Any]], float]
    Known = Callable[[], tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]

pytestmark = pytest.mark.usefixtures("no_thread_limit")
PI = (-float(np.pi), float(np.pi))
SOBOL = "sobol: {rows: 64, replicates: 3}"


def indices(found: StudyResult, index: str) -> pd.DataFrame:
    table = found.tables["sobol"]
    return table[table["index"] == index].set_index("factor")


def run(
    tmp_path: Path,
    measures: MadeUp,
    bounds: tuple[float, float],
    methods: str = SOBOL,
    **more: Any,  # noqa: ANN401
) -> StudyResult:
    return run_sensitivity(
        made_up(tmp_path / "file", measures, bounds, methods=methods), tmp_path / "out", pool=Serial(), **more
    )


@pytest.mark.parametrize(
    ("function", "factors", "bounds", "known"),
    [(ishigami, 3, PI, ishigami_indices), (sobol_g, 4, (0.0, 1.0), g_indices)],
)
def test_known_indices_lie_in_their_intervals_and_the_dummys_total_holds_zero(
    tmp_path: Path, function: Function, factors: int, bounds: tuple[float, float], known: Known
) -> None:
    """Noise as large as the function: uncorrected, the dummy would have a tenth of the variance and more."""
    noise = 3.0 if function is ishigami else 0.5
    methods = SOBOL if function is ishigami else "sobol: {rows: 128, replicates: 2}"
    found = run(tmp_path, MadeUp(function, factors, noise), bounds, methods)
    for index, wanted in zip(("first", "total"), known(), strict=True):
        table = indices(found, index)
        for name, value in zip(NAMES, wanted, strict=False):
            assert table.loc[name, "low"] <= value <= table.loc[name, "high"], (index, name)
    dummy = indices(found, "total").loc["luck"]
    assert dummy["low"] <= 0.0 <= dummy["high"]
    assert dummy["raw"] > 0.1
    assert f"rows: {dummy['n']}, replicates: {dummy['replicates']}" in methods
    spread = found.tables["spread"].iloc[0]
    assert spread["noise_share_run"] > 0.3
    assert spread["noise_share"] < spread["noise_share_run"]


def test_screening_ranks_the_factors_and_sobol_takes_the_first(tmp_path: Path) -> None:
    methods = "morris: {trajectories: 12, replicates: 2}\nsobol: {rows: 32, most: 2, replicates: 2}"
    found = run(tmp_path, MadeUp(sobol_g, 4, 0.05), (0.0, 1.0), methods)
    morris = found.tables["morris"].set_index("factor")
    assert list(morris.drop("luck")["mu_star"].sort_values().index[::-1][:2]) == list(NAMES[:2])
    assert set(indices(found, "total").index) == {*NAMES[:2], "luck"}
    assert matter_most(found.tables["morris"], 3)[:2] == NAMES[:2]
    assert list(found.tables["factors"].query("in_sobol == 'yes'")["factor"]) == list(NAMES[:2])
    assert {"tornado", "given_data", "convergence", "quantities"} <= found.tables.keys()


def test_scenarios_that_are_equal_share_their_places(tmp_path: Path) -> None:
    text = """
kind: sensitivity
baseline: three_year+no_grant
scenarios: [one_year+no_grant, one_year_flexible+no_grant]
outcomes: [months_employed@12]
ranking: [months_employed@12]
morris: {trajectories: 4}
"""
    loaded = study(tmp_path, text)
    analysis = Analysis(loaded, [f"months_employed@12:{name}" for name in loaded.scenarios])
    rows = np.tile([3.0, 5.0, 5.0], (10, 1, 1, 1))
    rows[:4, ..., 1] = 6.0
    analysis.points["draws"] = Points("draws", (), None, np.zeros((10, 1, 0)), rows, 0)
    ranking = analysis.tables((), lambda _: None)["ranking"].set_index("scenario")
    assert ranking["p_best"].to_dict() == pytest.approx(
        {"three_year+no_grant": 0.0, "one_year+no_grant": 0.7, "one_year_flexible+no_grant": 0.3}
    )
    assert ranking["mean_rank"].to_list() == pytest.approx([3.0, 1.3, 1.7])
    assert (ranking["n"] == 10).all()


def test_quantities_that_are_all_luck_have_no_say_in_what_matters_most() -> None:
    rows = [
        ("signal", "a", 4.0, "yes"), ("signal", "b", 3.0, "yes"), ("signal", "c", 2.0, "yes"),
        ("signal", "d", 0.1, "no"), ("noise", "a", 1.0, "no"), ("noise", "b", 1.0, "yes"),
        ("noise", "c", 1.0, "no"), ("noise", "d", 9.0, "no"),
    ]  # fmt: skip
    morris = pd.DataFrame(rows, columns=["quantity", "factor", "mu_star", "clear"])
    assert matter_most(morris, 2) == ("a", "b")
    assert matter_most(morris.query("quantity == 'noise'"), 1) == ("d",)


def test_one_gap_costs_its_block_and_is_said_and_never_becomes_a_zero(tmp_path: Path) -> None:
    design_luck = 10**10 + 5 * 10**4 + 1  # the sixth row of the Sobol design, its second replicate
    said: list[str] = []
    measures = MadeUp(ishigami, 3, 0.1, gaps=(design_luck,))
    found = run(tmp_path, measures, PI, "sobol: {rows: 32, replicates: 2}", say=said.append)
    table = indices(found, "total")
    assert (table["n"] == 31).all()
    assert (table["dropped"] == 1).all()
    assert (table.drop("luck")["estimate"] > 0.05).all()
    assert any("1 of 32 blocks of the stage sobol" in line for line in said)


def test_a_failed_evaluation_is_dropped_in_the_same_way(tmp_path: Path) -> None:
    said: list[str] = []
    measures = MadeUp(ishigami, 3, 0.1, fails=(10**10 + 7 * 10**4,))
    found = run(tmp_path, measures, PI, "sobol: {rows: 32, replicates: 1}", say=said.append)
    assert (indices(found, "total")["n"] == 31).all()
    assert any("made to fail" in line for line in said)
    assert "made to fail" in (tmp_path / "out" / "failures.csv").read_text()
    assert found.facts["failed"] > 0


def test_many_gaps_are_refused(tmp_path: Path) -> None:
    gaps = tuple(10**10 + row * 10**4 for row in range(3))
    with pytest.raises(RunError, match=r"3 of 32 blocks of the stage sobol .* at most 5%"):
        run(tmp_path, MadeUp(ishigami, 3, 0.1, gaps=gaps), PI, "sobol: {rows: 32, replicates: 1}")


class StopError(Exception):
    """The process is cut off."""


def test_an_analysis_that_was_cut_off_ends_with_the_same_tables(tmp_path: Path) -> None:
    methods = "morris: {trajectories: 4, replicates: 1}\nsobol: {rows: 8, most: 2, replicates: 2}"
    whole = run(tmp_path / "whole", MadeUp(sobol_g, 4, 0.1), (0.0, 1.0), methods)

    def cut(done: int, _: int) -> None:
        if done == 30:
            raise StopError

    with pytest.raises(StopError):
        run(tmp_path, MadeUp(sobol_g, 4, 0.1), (0.0, 1.0), methods, progress=cut)
    with pytest.raises(AnkomstError, match="--resume to go on"):
        run(tmp_path, MadeUp(sobol_g, 4, 0.1), (0.0, 1.0), methods)
    again = run(tmp_path, MadeUp(sobol_g, 4, 0.1), (0.0, 1.0), methods, resume=True)
    assert 0 < again.simulated < whole.simulated
    for name, table in whole.tables.items():
        text = (again.path / "tables" / f"{name}.csv").read_text()
        assert text == (whole.path / "tables" / f"{name}.csv").read_text(), name
        assert len(table)


def test_points_of_a_block_share_their_luck_until_the_dummy_moves(tmp_path: Path) -> None:
    factors = made_up(tmp_path, MadeUp(ishigami, 3, 0.0), PI, methods=SOBOL).factors
    design = sobol_design("sobol", factors, 8, 2, 1, second_order=True)
    streams = design.streams()
    assert streams.shape == (8, 10, 2)
    first, own = streams[:, 0, 0], streams[:, 4, 0]
    assert (streams[:, 1:4, 0] == first[:, None]).all()  # A with one column of B each
    assert (own != first).all()  # A with the dummy of B
    assert (streams[:, 9, 0] == own).all()  # B
    assert (streams[:, 5:8, 0] == own[:, None]).all()
    assert (streams[:, 8, 0] == first).all()
    assert len(np.unique(streams)) == 8 * 2 * 2
    assert evaluations_of(made_up(tmp_path, MadeUp(ishigami, 3, 0.0), PI, methods=SOBOL)) == 64 * 6 * 3


def test_groups_stand_in_the_order_in_which_the_design_moves_them(tmp_path: Path) -> None:
    text = f"kind: sensitivity\nbaseline: three_year\noutcomes: [employment_rate@12]\nset: {SMALL}\n"
    text += (
        "factors: {parameters: [danish.*, separation.*], groups: {one: [danish.*], two: [separation.*]}}\n"
    )
    loaded = study(tmp_path, text + "groups: {rows: 8}\n")
    grouped = Factors(loaded.factors.each, loaded.groups)
    assert list(loaded.groups) == ["two", "one"]
    assert list(dict.fromkeys(grouped.problem["groups"])) == ["two", "one", "luck"]
    design = sobol_design("groups", grouped, 8, 1, 1, second_order=False)
    moved = design.unit[:, 1] != design.unit[:, 0]
    names = [factor.name for factor in loaded.factors.each]
    assert [name for name, each in zip(names, moved.all(axis=0)[:-1], strict=True) if each] == list(
        loaded.groups["two"]
    )


PLANTED = """
kind: sensitivity
baseline: three_year+grant_2013
outcomes: [employment_rate@24]
newcomers_per_year: 400
set: {horizon.follow_up_months: 24, population.arrival_years: 1}
factors:
  parameters: [levers.b_mentor, job_finding.sigma, job_finding.b_age]
  ranges: {job_finding.sigma: [0.0, 4.0]}
sobol: {rows: 16, replicates: 2}
"""


@pytest.mark.compiled
def test_a_parameter_without_effect_holds_zero_and_a_widened_one_ranks_first(tmp_path: Path) -> None:
    found = run_sensitivity(study(tmp_path, PLANTED), tmp_path / "out", pool=Serial())
    total = indices(found, "total")
    planted, widened = total.loc["levers.b_mentor"], total.loc["job_finding.sigma"]
    assert planted["low"] <= 0.0 <= planted["high"]
    assert widened["rank"] == 1
    assert widened["low"] > total.loc["job_finding.b_age", "high"]
    assert total.loc["luck", "low"] <= 0.0 <= total.loc["luck", "high"]


@pytest.mark.compiled
def test_differences_of_scenarios_and_rankings(tmp_path: Path) -> None:
    text = PLANTED.replace("sobol: {rows: 16, replicates: 2}", "morris: {trajectories: 4, replicates: 1}")
    text = text.replace("newcomers_per_year: 400", "newcomers_per_year: 60\nranking: [months_employed@24]")
    text = text.replace("employment_rate@24", "months_employed@24, net_cost.state@24")
    text += "scenarios: {one: one_year+grant_2013, none: three_year+no_grant}\n"
    analysed = study(tmp_path, text)
    found = run_sensitivity(analysed, tmp_path / "out", pool=Serial())
    assert list(found.tables["quantities"]["quantity"]) == [
        "months_employed@24:one", "net_cost.state@24:one", "months_employed@24:none",
        "net_cost.state@24:none", found.tables["quantities"]["quantity"].iloc[-1],
    ]  # fmt: skip
    assert found.tables["quantities"]["quantity"].iloc[-1].startswith("lost_by_leader.months_employed@24:")
    cost = found.tables["spread"].set_index("quantity").loc["net_cost.state@24:none"]
    assert cost["high"] < 0.0  # without grants the state pays less, whatever the parameters
    ranking = found.tables["ranking"]
    assert ranking["p_best"].sum() == pytest.approx(1.0)
    assert dataclasses.asdict(analysed.measures)["newcomers_per_year"] == 60


WRONG = {
    "sobol.rows is 100, no power of two": "sobol: {rows: 100}",
    "names no method": "",
    "needs a screening": "sobol: {most: 5}",
    "outcome employed_rate": "outcomes: [employed_rate@12]\nsobol: {rows: 8}",
    "is 500, which is out of range": "outcomes: [employment_rate@500]\nsobol: {rows: 8}",
    "followed for 24 months": "outcomes: [employment_rate@36]\nsobol: {rows: 8}",
    "matches no parameter": "factors: {parameters: [danish.speed]}\nsobol: {rows: 8}",
    "job_finding.sigma does not vary": (
        "factors: {parameters: [danish.*], ranges: {job_finding.sigma: [0, 1]}}\nsobol: {rows: 8}"
    ),
    "are in no group": "factors: {groups: {one: [danish.*]}}\ngroups: {rows: 8}",
    "is in the groups one and two": (
        "factors: {parameters: [danish.*], groups: {one: [danish.*], two: [danish.*]}}\ngroups: {rows: 8}"
    ),
    "an even number": "morris: {levels: 5}",
    "draws or batch": "given: {replicates: 2}",
    "given.draws.number is 0": "given: {draws: {from: prior, number: 0}}",
    "two scenarios or more": "ranking: [employment_rate@12]\nsobol: {rows: 8}",
    "the key 'sobbol' is not known": "sobbol: {rows: 8}",
    "cannot vary": "set: {parameters.danish.drop_out: 0.01}\nsobol: {rows: 8}",
}


@pytest.mark.parametrize(("said", "more"), WRONG.items(), ids=list(WRONG))
def test_a_wrong_file_gets_clear_errors(tmp_path: Path, said: str, more: str) -> None:
    text = "kind: sensitivity\nbaseline: three_year\n"
    text += "" if "outcomes:" in more else "outcomes: [employment_rate@12]\n"
    text += "" if "set:" in more else "set: {horizon.follow_up_months: 24}\n"
    with pytest.raises(AnkomstError) as problem:
        study(tmp_path, text + more + "\n")
    assert all("small.yaml" in line for line in str(problem.value).splitlines())
    assert said in str(problem.value)


GIVEN = """
kind: sensitivity
baseline: three_year+no_grant
scenarios: [one_year+no_grant]
outcomes: [months_employed@12, net_cost.state@12]
newcomers_per_year: 24
set: {horizon.follow_up_months: 12, population.arrival_years: 1}
factors: {parameters: [danish.*]}
"""


@pytest.mark.compiled
def test_draws_of_a_finished_batch_are_analysed_without_another_run(tmp_path: Path) -> None:
    (tmp_path / "batch.yaml").write_text(
        "kind: batch\nbaseline: three_year+no_grant\nscenarios: [one_year+no_grant]\nmonths: [12]\n"
        "draws: {from: prior, number: 60, parameters: [danish.*]}\nreplicates: 1\nnewcomers_per_year: 24\n"
        "deadweight: false\nset: {horizon.follow_up_months: 12, population.arrival_years: 1}\n",
        encoding="utf-8",
    )
    run_batch(load_experiment(tmp_path / "batch.yaml"), tmp_path / "runs", pool=Serial())
    found = run_sensitivity(
        study(tmp_path / "file", GIVEN + f"given: {{batch: {tmp_path / 'runs'}, methods: [pawn]}}\n"),
        tmp_path / "out", pool=Serial(),
    )  # fmt: skip
    assert found.simulated == 0
    spread = found.tables["spread"].set_index("quantity")
    stored = pd.read_csv(tmp_path / "runs" / "tables" / "differences.csv")
    stored = stored[(stored["outcome"] == "months_employed") & (stored["months"] == 12)]
    mean = float(stored[stored["group"].isna() | (stored["group"] == "all")]["estimate"].iloc[0])
    assert spread.loc["months_employed@12:one_year+no_grant", "mean"] == pytest.approx(mean)
    given = found.tables["given_data"]
    assert set(given["method"]) == {"pawn"}
    assert (given["n"] == 60).all()
    assert set(given["sample"]) == {"batch"}
    for text, said in (
        (GIVEN.replace("scenarios: [one_year+no_grant]", "scenarios: [one_year]"), "lacks the scenario"),
        (GIVEN.replace("@12, net", "@6, net"), "does not keep months_employed@6"),
        (
            GIVEN.replace("state@12", "state.grant_job@12"),
            "does not keep net_cost.state.grant_job@12",
        ),
    ):
        with pytest.raises(AnkomstError, match=said):
            run_sensitivity(
                study(tmp_path / "file", text + f"given: {{batch: {tmp_path / 'runs'}}}\n"),
                tmp_path / "other", pool=Serial(), restart=True,
            )  # fmt: skip
        assert not (tmp_path / "other").exists()  # refused before anything is begun


@pytest.mark.compiled
def test_draws_of_the_posterior_are_run_and_their_dependence_is_shown(tmp_path: Path) -> None:
    text = GIVEN + "given: {draws: {from: posterior, number: 50}, replicates: 2, methods: [pawn, rbd_fast]}\n"
    found = run_sensitivity(study(tmp_path, text), tmp_path / "out", pool=Serial())
    assert found.simulated == 100
    assert found.tables["spread"]["n"].tolist() == [50, 50]
    assert set(found.tables["given_data"]["method"]) == {"pawn"}  # RBD-FAST needs independent factors
    tied = found.tables["dependence"].set_index("factor")
    assert tied["rank_correlation"].abs().max() > 0.2
