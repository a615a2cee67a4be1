"""The whole path of a decision: robustness, discovery, thresholds, information, designs, resumption."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.studies.paired_support import SMALL

from ankomst.errors import AnkomstError
from ankomst.studies.decision.run import evaluations_of, run_decision
from ankomst.studies.decision.study import load_decision
from ankomst.studies.design.perturbations import GRANTS
from ankomst.studies.engine.executors import Serial

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ankomst.studies.decision.study import Decision
    from ankomst.studies.engine.study import StudyResult as Decided

X, OTHER = "municipality.ordinary_intensity", "danish.drop_out"
pytestmark = pytest.mark.usefixtures("no_thread_limit")
TURNS = 0.8
"""Value of X at which the made-up difference is zero."""
COMMON = f"""
kind: decision
baseline: three_year+grant_2013
outcomes: [months_employed@12, net_cost.both@12]
newcomers_per_year: 60
set: {SMALL}
"""
WHOLE = (
    COMMON
    + f"""
scenarios: {{one: one_year+grant_2013}}
satisfied: {{net_cost.both@12: 0}}
draws: {{from: prior, number: 120, parameters: [{X}, {OTHER}, danish.l_age, exits.*]}}
replicates: 2
discovery:
  draws: {{from: prior, number: 400, parameters: [{X}, {OTHER}, exits.*]}}
  replicates: 1
  questions: [{{name: one year is cheaper, scenario: one, outcome: net_cost.both@12, side: below}}]
solve:
  draws: {{from: prior, number: 10, parameters: [{OTHER}]}}
  searches:
    - {{name: how good help must be, change: parameters.{X}, low: 0.3, high: 1.3, points: 5,
        scenario: one, outcome: net_cost.both@12}}
    - {{name: how large grants must be, change: result_grants, only: one, low: 0, high: 4, central: 1,
        points: 5, scenario: one, outcome: net_cost.both@12, wanted: -500000}}
information:
  groups: {{help: [{X}], dropping out: [{OTHER}]}}
  cost: net_cost.both@12
"""
)
SEARCH = (
    COMMON
    + """
draws: point
designs: {gain: months_employed@12, cost: net_cost.both@12,
  trials: 40, batch: 8, replicates: 3, fresh_replicates: 12, candidates: 6}
"""
)


@dataclass(frozen=True)
class MadeUp:
    """Differences that turn at a known value of one parameter, and designs whose gain has a known price."""

    names: tuple[str, ...]
    fails: tuple[int, ...] = ()

    @property
    def digest(self) -> str:
        """Return a hash."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def measure(self, draw: Mapping[str, Any], seed: int, stream: int) -> np.ndarray[Any, Any]:
        """Return months and cost of every scenario that is asked for."""
        if stream in self.fails:
            raise ZeroDivisionError("made to fail")
        luck = np.random.default_rng([seed, stream]).normal(size=2)
        found = []
        for name in self.names:
            reading, _, scenario = name.partition(":")
            if "scenarios" in draw and scenario not in draw["scenarios"].split(","):
                found.append(np.nan)
                continue
            cost = 20_000.0 * luck[0]
            months = 3.0 + luck[1]
            if scenario == "one":
                cost += 50_000.0 * (TURNS - draw.get(X, 0.9)) + 20.0 * draw.get(OTHER, 0.0)
                cost += 300.0 * np.random.default_rng([seed, stream, 1]).normal()
            if scenario == "design":
                paid = sum(
                    np.mean(
                        list(grant["schedule"].values())
                        if isinstance(grant["schedule"], dict)
                        else grant["schedule"]
                    )
                    for grant in json.loads(draw[GRANTS])
                    if grant["outcome"] == "ordinary_job"
                )
                months += np.sqrt(paid / 150_000.0)
                cost += 0.1 * paid
            found.append(months if reading.startswith("months") else cost)
        return np.array(found)


def amounts(schedule: float | dict[str, float]) -> list[float]:
    """Return the amounts of a schedule."""
    return list(schedule.values()) if isinstance(schedule, dict) else [schedule]


def study(folder: Path, text: str, **more: Any) -> Decision:  # noqa: ANN401
    """Write a decision into a folder and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return load_decision(path, **more)


def run(folder: Path, text: str, out: str = "out", **more: Any) -> Decided:  # noqa: ANN401
    """Run a decision on the made-up differences."""
    loaded = study(folder, text)
    fake = replace(loaded, measures=MadeUp(tuple(loaded.measures.names)))
    return run_decision(fake, folder / out, pool=Serial(), **more)


def test_every_part_finds_what_was_put_in(tmp_path: Path) -> None:
    found = run(tmp_path, WHOLE)
    robust = found.tables["robustness"].set_index(["criterion", "scenario"]).loc["net_cost.both@12"]
    share = (1.3 - TURNS) / 1.0
    assert robust.loc["one", "p_best"] == pytest.approx(share, abs=0.05)
    assert robust.loc["one", "satisficing_low"] <= share <= robust.loc["one", "satisficing_high"]
    assert robust.loc["three_year+grant_2013", "mean"] == 0.0

    box = found.tables["boxes"].iloc[0]
    assert box["found"] == "yes"
    assert box["test_density"] > 0.9
    limits = found.tables["box_limits"]
    assert list(limits[limits["box"] == 1]["factor"]) == [X]
    assert limits["low"].iloc[0] == pytest.approx(TURNS, abs=0.06)

    thresholds = found.tables["thresholds"].set_index("solve")
    help_needed = thresholds.loc["how good help must be"]
    assert help_needed["low"] <= TURNS <= help_needed["high"]
    assert help_needed["high"] - help_needed["low"] < 0.1
    grants = thresholds.loc["how large grants must be"]
    assert grants["status"] == "never"
    assert np.isnan(grants["mean_threshold"])

    known = found.tables["information"].set_index("group")
    assert known.loc["help", "clear"] == "yes"
    assert known.loc["dropping out", "low"] == 0.0
    assert known.loc["help", "share_of_evpi"] > 0.8
    assert found.facts["evaluations"] == evaluations_of(study(tmp_path, WHOLE))


def test_a_decision_that_was_cut_off_ends_with_the_same_tables(tmp_path: Path) -> None:
    whole = run(tmp_path, SEARCH, "whole")

    class StopError(Exception):
        """The process is cut off."""

    def cut(done: int, _: int) -> None:
        if done == 61:
            raise StopError

    with pytest.raises(StopError):
        run(tmp_path, SEARCH, progress=cut)
    again = run(tmp_path, SEARCH, resume=True)
    assert 0 < again.simulated < whole.simulated
    for name in whole.tables:
        text = (again.path / "tables" / f"{name}.csv").read_text(encoding="utf-8")
        assert text == (whole.path / "tables" / f"{name}.csv").read_text(encoding="utf-8"), name


def test_the_search_matches_every_shipped_design_on_fresh_luck(tmp_path: Path) -> None:
    found = run(tmp_path, SEARCH)
    assert set(found.tables["dominance"]["verdict"]) == {"equalled or beaten"}
    assert found.facts["search"]["at_least_as_good"] is True
    assert found.facts["search"]["tried"] == 40
    designs = found.tables["designs"]
    assert (designs["n"] == 12).all()
    shipped = designs[designs["origin"] == "shipped"].set_index("design")
    assert shipped.loc["no_grant", "months_employed"] == 0.0
    assert shipped.loc["grant_2013", "months_employed"] == pytest.approx(np.sqrt(46_881 / 150_000))
    assert "grant_above_benchmark" in shipped.index


def test_the_real_model_takes_changes_designs_and_draws(tmp_path: Path) -> None:
    few = "trials: 10, batch: 2, replicates: 2, fresh_replicates: 3, candidates: 1"
    few += ", shipped: [grant_2013, no_grant]"
    text = SEARCH[: SEARCH.index("trials")] + few + "}\n"
    text = text.replace("newcomers_per_year: 60", "newcomers_per_year: 24")
    found = run_decision(study(tmp_path, text), tmp_path / "out", pool=Serial())
    designs = found.tables["designs"].set_index("design")
    assert designs.loc["grant_2013", "months_employed"] == 0.0  # the baseline itself, with the same luck
    assert designs.loc["grant_2013", "net_cost"] == 0.0


AT_12 = "gain: months_employed@12, cost: net_cost.both@12"
WRONG = {
    "names nothing to do": "",
    "names no scenario besides the baseline": "draws: posterior",
    "the scenario two is none of the options": (
        "scenarios: {one: one_year}\ndiscovery: {draws: {from: prior, number: 50}, "
        "questions: [{name: a, scenario: two, outcome: net_cost.both@12, side: below}]}"
    ),
    "questions[2].name is a, a name that stands above": (
        "scenarios: {one: one_year}\ndiscovery: {draws: {from: prior, number: 50}, questions: "
        "[{name: a, scenario: one, outcome: net_cost.both@12, side: below}, "
        "{name: a, scenario: one, outcome: net_cost.both@12, side: above}]}"
    ),
    "did you mean 'level'": (
        "scenarios: {one: one_year}\nsolve: {searches: [{name: a, change: benefits.levels, low: 0.5, "
        "high: 1, scenario: one, outcome: net_cost.both@12}]}"
    ),
    "benefits.level cannot be 3": (
        "scenarios: {one: one_year}\nsolve: {searches: [{name: a, change: benefits.level, low: 0.5, high: 3, "
        "scenario: one, outcome: net_cost.both@12}]}"
    ),
    "not below high": (
        "scenarios: {one: one_year}\nsolve: {searches: [{name: a, change: benefits.level, low: 1, high: 0.5, "
        "scenario: one, outcome: net_cost.both@12}]}"
    ),
    "needs draws to learn from": "scenarios: {one: one_year}\ninformation: {}\nsolve: {searches: []}",
    "names net_cost.state@12; allowed: outcomes": (
        "scenarios: {one: one_year}\ndraws: posterior\nsatisfied: {net_cost.state@12: 0}"
    ),
    "names the payer region": (
        "scenarios: {one: one_year}\ndraws: posterior\nsatisfied: {net_cost.region@12: 0}"
    ),
    "no shipped design lies inside": f"designs: {{shipped: [grant_above_benchmark], {AT_12}}}",
    "did you mean 'grant_2017'": f"designs: {{shipped: [grant_2014], {AT_12}}}",
    "the draws vary nothing in help": (
        f"scenarios: {{one: one_year}}\ndraws: {{from: prior, number: 40, parameters: [{OTHER}]}}\n"
        f"information: {{cost: net_cost.both@12, groups: {{help: [{X}]}}}}"
    ),
}


@pytest.mark.parametrize(("said", "more"), WRONG.items(), ids=list(WRONG))
def test_a_wrong_file_gets_clear_errors(tmp_path: Path, said: str, more: str) -> None:
    with pytest.raises(AnkomstError) as problem:
        study(tmp_path, COMMON + more + "\n")
    assert said in str(problem.value)
    assert all("small.yaml" in line for line in str(problem.value).splitlines())


def test_quick_needs_its_section(tmp_path: Path) -> None:
    with pytest.raises(AnkomstError, match="--quick needs the section quick"):
        study(tmp_path, SEARCH, quick=True)
    loaded = study(tmp_path, SEARCH + "quick: {designs.trials: 12, designs: {batch: 4}}\n", quick=True)
    assert loaded.file.designs is not None
    assert (loaded.file.designs.trials, loaded.file.designs.batch) == (12, 4)
