"""Search of grant designs: the space and shipped designs, proposals, fresh luck, and what the tables say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from ankomst.errors import AnkomstError, ExperimentError, RunError
from ankomst.policy.levers.grants import ResultGrant
from ankomst.policy.scenario import load_scenario
from ankomst.studies.decision.design_search import FOUND, SHIPPED, Searched, better, front, resampled, search
from ankomst.studies.decision.design_tables import area, design_facts, design_tables, hypervolumes
from ankomst.studies.decision.trials import Objective, Tried
from ankomst.studies.design.grant_designs import SPANS, DesignsFile, design_of, design_space, grants_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ankomst.studies.design.grant_designs import Design

SPACE = design_space()
OBJECTIVES = (
    Objective("months_employed", "higher", "months", 0.02),
    Objective("net_cost", "lower", "DKK", 200.0),
)
IN_SPACE = (
    "no_grant",
    "grant_2013",
    "grant_at_entry",
    "grant_by_speed",
    "grant_sustained_12",
    "grant_risk_adjusted",
)
OUTSIDE = ("grant_above_benchmark", "grant_after_period", "grant_2017")


def shipped(name: str) -> tuple[ResultGrant, ...]:
    return load_scenario(name).result_grants


def start() -> dict[str, Design]:
    return {name: design for name in IN_SPACE if (design := design_of(shipped(name))) is not None}


def truth(design: Design) -> list[float]:
    """Jobs gained are concave in the amounts, cost is linear; paying early and for short waits works best."""
    if "scenario" in design:
        return [0.5, 60_000.0]
    job = np.array([float(design.get(name, 0.0)) for name in SPANS]) / 1e5
    waits = {0: 1.0, 3: 0.95, 6: 0.9, 12: 0.75}[int(design["sustained_months"])]
    gain = float((np.array([1.0, 0.7, 0.4, 0.25]) * (1.0 - np.exp(-1.5 * job))).sum()) * waits
    test, share = float(design["danish_test"]) / 1e5, float(design["education_share"])
    cost = 20_000.0 * float((np.array([0.8, 0.9, 0.6, 0.5]) * job).sum()) * (1.0 + 0.6 * share)
    return [gain + 0.1 * test, cost + 8_000.0 * test]


class Model:
    """A model whose luck is common to the designs of a case, and a little their own."""

    def __init__(
        self, own: float = 0.05, cases: int = 6, order: Callable[[int], Any] = range, fails: float = np.inf
    ) -> None:
        self.own, self.cases, self.order, self.fails = own, cases, order, fails
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def __call__(self, designs: Sequence[Design], stage: str) -> np.ndarray[Any, Any]:
        found = np.empty((len(designs), self.cases if stage == "search" else 4 * self.cases, 2))
        self.asked += [(stage, tuple(design.values())) for design in designs]
        for k in self.order(len(designs)):
            found[k] = self.one(designs[k], stage, found.shape[1])
        return found

    def one(self, design: Design, stage: str, cases: int) -> np.ndarray[Any, Any]:
        salt = 0 if stage == "search" else 1
        common = np.random.default_rng([7, salt]).normal(size=(cases, 1))
        words = repr(sorted(design.items())).encode()
        own = np.random.default_rng([*words, salt]).normal(size=(cases, 2))
        rows = np.array(truth(design)) * (1.0 + 0.1 * common) + self.own * own * [0.3, 2_500.0]
        return np.full_like(rows, np.nan) if float(design.get("job_0_12", 0.0)) > self.fails else rows


def searched(model: Model, *, seed: int = 3, trials: int = 80, outside: tuple[str, ...] = ()) -> Searched:
    return search(
        SPACE, OBJECTIVES, model, trials=trials, batch=10, seed=seed, start=start(), outside=outside
    )


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(scope="module")
def found(model: Model) -> Searched:
    return searched(model, outside=("grant_above_benchmark",))


@pytest.mark.parametrize("name", IN_SPACE)
def test_shipped_designs_stand_in_the_space_and_pay_the_same_there(name: str) -> None:
    design = design_of(shipped(name))
    assert design is not None
    assert SPACE.holds(design)
    back, given = grants_of(design), shipped(name)
    assert [grant.outcome for grant in back] == [grant.outcome for grant in given]
    for ours, theirs in zip(back, given, strict=True):
        assert (ours.sustained_months, ours.minimum_hours) == (theirs.sustained_months, theirs.minimum_hours)
        assert ours.window_months == theirs.window_months
        for group in ("needs_group", "others"):
            pays = [
                [
                    grant.amount(s) * getattr(grant.group_weights, group)
                    for s in range(int(theirs.window_months))
                ]
                for grant in (ours, theirs)
            ]
            assert pays[0] == pytest.approx(pays[1], abs=1e-6)

    if name != "grant_risk_adjusted":  # whose weights are told in another way
        same = {"schedule": 0.0}  # one amount, or the same amount in steps up to the window
        assert [grant.model_copy(update=same) for grant in back] == [
            grant.model_copy(update=same) for grant in given
        ]


@pytest.mark.parametrize("name", OUTSIDE)
def test_designs_with_a_benchmark_a_longer_window_or_other_hours_do_not_fit(name: str) -> None:
    assert design_of(shipped(name)) is None


def test_a_weighted_design_becomes_a_factor_on_the_amount_for_all_others() -> None:
    design = design_of(shipped("grant_risk_adjusted"))
    assert design is not None
    assert design["job_0_12"] == pytest.approx(46_881 * 0.6)
    assert design["needs_group"] == pytest.approx(1.6 / 0.6)
    assert (
        design_of(shipped("grant_risk_adjusted"), design_space(DesignsFile(needs_group={"high": 2.0})))
        is None
    )  # type: ignore[arg-type]


def test_a_linear_schedule_and_two_grants_for_one_outcome_do_not_fit() -> None:
    linear = ResultGrant(outcome="ordinary_job", schedule=((0, 80_000.0), (36, 0.0)))
    assert design_of([linear]) is None
    twice = ResultGrant(outcome="ordinary_job", schedule=10_000.0)
    assert design_of([twice, twice]) is None
    assert design_of([twice]) is not None


def test_values_without_meaning_have_one_standing() -> None:
    design = dict(start()["grant_2013"], window=24, job_24_36=10_000.0, job_36_60=90_000.0)
    tidy = SPACE.tidy(design)
    assert (tidy["job_24_36"], tidy["job_36_60"]) == (0.0, 0.0)
    nothing = dict.fromkeys(SPANS, 0.0) | {"danish_test": 0.0}
    for window in (24, 60):
        empty = dict(design, **nothing, window=window, needs_group=2.0, sustained_months=12)
        assert SPACE.tidy(empty) == start()["no_grant"]


def test_equal_neighbours_are_one_step_and_an_amount_of_nothing_is_no_step() -> None:
    job = dict(zip(SPANS, (60_000.0, 60_000.0, 0.0, 5_000.0), strict=True))
    design = start()["grant_2013"] | job | {"education_share": 0.5, "danish_test": 0.0}
    first, second = grants_of(design)
    assert first.schedule == {"0-24": 60_000.0, "36-60": 5_000.0}
    assert second.schedule == {"0-24": 30_000.0, "36-60": 2_500.0}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"wages": 1.0}, "unknown variable 'wages'"),
        ({"sustained_months": 61}, "sustained_months of a design is 61, which is out of range"),
        ({"job_0_12": -1.0}, "out of range"),
    ],
)
def test_a_wrong_design_is_refused_in_words(change: Design, words: str) -> None:
    with pytest.raises(ExperimentError, match=words):
        grants_of(start()["grant_2013"] | change)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"job": {"low": 0, "high": 100_000, "step": 30_000}}, "does not divide"),
        ({"job": {"low": 50_000, "high": 10_000}}, "is 50000, above high 10000"),
        ({"windows": []}, "an empty list"),
        ({"windows": [24, 24]}, "names 24 twice"),
        ({"after_36": False}, "no amount is tried after month 36"),
        ({"replicates": 1}, "out of range"),
    ],
)
def test_a_wrong_file_is_refused_in_words(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        DesignsFile.model_validate(given)


def test_a_space_without_late_amounts_ends_at_three_years() -> None:
    space = design_space(
        DesignsFile.model_validate({"after_36": False, "windows": ["introduction_period", 36]})
    )
    assert "job_36_60" not in space.names
    design = design_of(shipped("grant_by_speed"), space)
    assert design is not None
    assert grants_of(design) == shipped("grant_by_speed")


def test_every_key_of_a_file_is_described_in_its_schema() -> None:
    schema = DesignsFile.model_json_schema()
    sections = [schema, *(part for name, part in schema["$defs"].items() if name.endswith("Range"))]
    assert len(sections) == 4
    assert all(entry["description"] for part in sections for entry in part["properties"].values())


def test_the_found_front_is_not_worse_than_the_shipped_designs_on_fresh_luck(found: Searched) -> None:
    facts = design_facts(found, seed=1)
    volume = facts["hypervolume"]
    assert volume["ratio_low"] > 1.0
    true = {tried.name: truth(tried.design) for tried in found.fresh}
    ahead = [true[name] for name in facts["front_found"]]
    for name in ("grant_2013", "grant_sustained_12", "grant_above_benchmark"):
        assert any(gain > true[name][0] and cost < true[name][1] for gain, cost in ahead)
    assert facts["tried"] == 80
    assert facts["shipped"] == [*IN_SPACE, "grant_above_benchmark"]
    assert facts["n"] == 24
    assert facts["matched_by_itself"] == ["no_grant"]  # nothing costs less


def test_shipped_designs_are_tried_first_and_no_design_twice(found: Searched, model: Model) -> None:
    first = [key for stage, key in model.asked if stage == "search"]
    assert first[: len(IN_SPACE)] == [tuple(design.values()) for design in start().values()]
    assert len(first) == len(set(first)) == 80
    names = [tried.name for tried in found.trials]
    assert names[:8] == [*IN_SPACE, "grant_above_benchmark", "design_8"]
    assert all(
        SPACE.holds(tried.design) and float(tried.design["job_0_12"]) % 5_000 == 0
        for tried in found.trials
        if tried.origin == FOUND
    )


def test_the_same_seed_and_values_give_the_same_proposals_in_any_order_of_evaluation() -> None:
    forwards, backwards, other = Model(), Model(order=lambda n: range(n - 1, -1, -1)), Model()
    first, second = searched(forwards, trials=42), searched(backwards, trials=42)
    searched(other, seed=4, trials=20)
    assert forwards.asked == backwards.asked
    assert forwards.asked[:16] != other.asked[:16]
    assert first.rivals == second.rivals


def test_a_search_that_is_resumed_with_kept_values_asks_the_same() -> None:
    model = Model()
    whole = searched(model, trials=42)
    kept: dict[tuple[str, str], np.ndarray[Any, Any]] = {}
    stopped = 0

    def ledger(designs: Sequence[Design], stage: str) -> np.ndarray[Any, Any]:
        nonlocal stopped
        for design in designs:
            key = (stage, repr(design))
            if key not in kept:
                stopped += 1
                if stopped % 25 == 0:
                    raise KeyboardInterrupt
                kept[key] = Model()([design], stage)[0]
        return np.array([kept[stage, repr(design)] for design in designs])

    while True:
        try:
            again = search(SPACE, OBJECTIVES, ledger, trials=42, batch=10, seed=3, start=start())
            break
        except KeyboardInterrupt:
            continue
    assert stopped > 40
    assert [tried.design for tried in again.trials] == [tried.design for tried in whole.trials]
    for ours, theirs in zip(again.fresh, whole.fresh, strict=True):
        assert ours.name == theirs.name
        assert np.array_equal(ours.results, theirs.results)


def test_a_design_that_fails_is_named_and_never_counts_as_nothing() -> None:
    model = Model(fails=100_000.0)
    result = searched(model, trials=50)
    bad = [tried.name for tried in result.trials if float(tried.design["job_0_12"]) > 100_000.0]
    assert len(bad) > 2
    assert result.failed["search"] == tuple(bad)
    assert not {tried.name for tried in result.fresh} & set(bad)
    trials = design_tables(result, seed=1)["trials"].set_index("design")
    assert list(trials.index[trials["feasible"] == "no"]) == bad
    assert trials.loc[bad, ["months_employed", "net_cost"]].isna().all(axis=None)


def test_a_case_that_the_baseline_lacks_is_left_out_for_all() -> None:
    plain = Model()

    def gap(designs: Sequence[Design], stage: str) -> np.ndarray[Any, Any]:
        found = plain(designs, stage)
        found[:, 2] = np.nan
        return found

    result = search(SPACE, OBJECTIVES, gap, trials=20, batch=10, seed=3, start=start())
    assert result.failed == {"search": (), "front": ()}
    assert len(result.trials[0].results) == 5
    assert (len(result.fresh[0].results), result.dropped) == (23, 1)


def test_a_design_that_fails_on_fresh_luck_is_named_and_leaves_the_front() -> None:
    plain = Model()

    def gap(designs: Sequence[Design], stage: str) -> np.ndarray[Any, Any]:
        found = plain(designs, stage)
        if stage == "front":
            found[1] = np.nan
            found[2, 5] = np.nan
        return found

    result = search(SPACE, OBJECTIVES, gap, trials=20, batch=10, seed=3, start=start())
    assert result.failed["front"] == ("grant_2013",)
    assert (len(result.fresh[0].results), result.dropped) == (23, 1)
    facts = design_facts(result, seed=1)
    assert facts["unknown"] == ["grant_2013"]
    assert not facts["at_least_as_good"]


def test_without_any_shipped_design_on_fresh_luck_nothing_is_said_about_them(found: Searched) -> None:
    alone = replace(found, fresh=tuple(tried for tried in found.fresh if tried.origin == FOUND))
    facts = design_facts(alone, seed=1)
    assert design_tables(alone, seed=1)["dominance"].empty
    assert (len(facts["unknown"]), facts["at_least_as_good"]) == (7, False)
    assert facts["hypervolume"] == {"level": 0.95, "n": 24}


def test_a_search_where_nothing_can_be_simulated_says_so() -> None:
    with pytest.raises(RunError, match="all 6 shipped designs failed"):
        search(
            SPACE, OBJECTIVES, lambda designs, _: np.full((len(designs), 4, 2), np.nan),
            trials=20, batch=5, seed=1, start=start(),
        )  # fmt: skip


def test_a_start_outside_the_space_and_a_wrong_direction_are_refused() -> None:
    with pytest.raises(AnkomstError, match="dear is outside the space"):
        search(
            SPACE, OBJECTIVES, Model(), trials=20, batch=5, seed=1,
            start={"dear": start()["grant_2013"] | {"job_0_12": 900_000.0}},
        )  # fmt: skip
    with pytest.raises(RunError, match="is better 'more'"):
        Objective("net_cost", "more")


def test_a_small_space_is_searched_to_its_end() -> None:
    file = DesignsFile.model_validate(
        {
            "after_36": False, "windows": ["introduction_period"], "sustained_months": [0],
            "job": {"low": 0, "high": 50_000, "step": 50_000}, "education_share": {"low": 0, "high": 0},
            "danish_test": {"low": 0, "high": 0, "step": 1}, "needs_group": {"low": 1, "high": 1},
            "minimum_hours": [0],
        }
    )  # fmt: skip
    space = design_space(file)
    nothing = design_of((), space)
    assert nothing is not None
    result = search(space, OBJECTIVES, Model(), trials=12, batch=10, seed=1, start={"no_grant": nothing})
    assert len(result.trials) == 8
    assert len({tuple(tried.design.values()) for tried in result.trials}) == 8


def test_the_front_and_the_signs_follow_the_directions() -> None:
    values = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 9.0], [0.0, 1.0]])
    assert list(front(values, OBJECTIVES)) == [False, True, True, True]
    turned = (Objective("wait", "lower"), Objective("income", "higher"))
    assert list(front(values, turned)) == [True, False, True, True]
    assert better(values, OBJECTIVES)[0].tolist() == [1.0, -5.0]


def test_resamples_spread_as_the_means_of_cases_do() -> None:
    values = np.random.default_rng(1).normal(size=(1, 5, 2))
    drawn = resampled(values, 1, 20_000)[:, 0]
    assert drawn.mean(axis=0) == pytest.approx(values[0].mean(axis=0), abs=0.01)
    assert drawn.std(axis=0) == pytest.approx(values[0].std(axis=0, ddof=1) / np.sqrt(5), rel=0.02)


def test_areas_agree_with_the_hypervolume_of_optuna() -> None:
    from optuna._hypervolume import compute_hypervolume

    points = np.random.default_rng(2).uniform(size=(50, 9, 2))
    ours = area(points, np.array([0.1, 0.2]))
    for k, batch in enumerate(points):
        inside = batch[(batch >= [0.1, 0.2]).all(axis=1)]
        assert ours[k] == pytest.approx(compute_hypervolume(-inside, np.array([-0.1, -0.2])))


def made(results: dict[str, tuple[float, float]], noise: float, rivals: tuple[str, ...]) -> Searched:
    """Return a search of known means, 40 cases, in which `old` alone is shipped."""
    rng = np.random.default_rng(5)
    common = rng.normal(size=(40, 1)) * [1.0, 1_000.0]
    fresh = []
    for name, mean in results.items():
        own = rng.normal(size=(40, 2))
        own = (own - own.mean(axis=0)) * [noise, noise * 1_000.0]
        design = start()["no_grant"]
        fresh.append(Tried(name, SHIPPED if name == "old" else FOUND, design, np.array(mean) + common + own))
    return Searched(SPACE, OBJECTIVES, tuple(fresh), tuple(fresh), {"old": rivals})


@pytest.mark.parametrize(
    ("new", "noise", "verdict", "by"),
    [
        ((1.5, 9_000.0), 0.1, "equalled or beaten", "new"),
        ((1.0, 10_000.0), 0.0, "equalled or beaten", "new"),
        ((0.99, 10_100.0), 0.0, "equalled or beaten", "new"),  # within the tolerance
        ((0.9, 9_000.0), 0.1, "equalled or beaten", "old"),  # on the front itself
        ((1.01, 9_990.0), 2.0, "too close to call", "new"),
    ],
)
def test_verdicts_on_differences_that_are_known(
    new: tuple[float, float], noise: float, verdict: str, by: str
) -> None:
    row = design_tables(made({"old": (1.0, 10_000.0), "new": new}, noise, ("new",)), seed=1)[
        "dominance"
    ].iloc[0]
    assert (row["verdict"], row["by"]) == (verdict, by)
    if by == "new":
        assert row["gain"] == pytest.approx(new[0] - 1.0, abs=1e-9)
        assert row["cost"] == pytest.approx(new[1] - 10_000.0, abs=1e-6)
        assert row["gain_low"] <= row["gain"] <= row["gain_high"]
    else:
        assert "on the front itself" in row["interval"]
        assert (row["gain"], row["cost"]) == (0.0, 0.0)


def test_a_shipped_design_off_the_front_whose_rivals_are_all_clearly_worse_is_not_matched() -> None:
    results = {"old": (1.0, 10_000.0), "cheap": (0.5, 5_000.0), "unseen": (1.2, 9_000.0)}
    table = design_tables(made(results, 0.1, ("cheap",)), seed=1)
    row = table["dominance"].iloc[0]
    assert (row["verdict"], row["by"], row["on_front"]) == ("not matched", "cheap", "no")
    assert row["gain_high"] < -0.02
    facts = design_facts(made(results, 0.1, ("cheap",)), seed=1)
    assert facts["not_matched"] == ["old"]
    assert not facts["at_least_as_good"]


def test_intervals_of_the_verdict_are_those_of_a_paired_t_test() -> None:
    from scipy.stats import t

    search_made = made({"old": (1.0, 10_000.0), "new": (1.5, 9_000.0)}, 0.1, ("new",))
    row = design_tables(search_made, seed=1)["dominance"].iloc[0]
    change = search_made.fresh[1].results[:, 0] - search_made.fresh[0].results[:, 0]
    half = t.ppf(1 - 0.05 / 4, 39) * change.std(ddof=1) / np.sqrt(40)
    assert row["gain_low"] == pytest.approx(0.5 - half)
    assert row["gain_high"] == pytest.approx(0.5 + half)


def test_the_common_luck_of_a_case_does_not_move_the_chance_of_being_on_the_front() -> None:
    designs = design_tables(made({"old": (1.0, 10_000.0), "new": (1.5, 9_000.0)}, 0.1, ("new",)), seed=1)[
        "designs"
    ]
    assert list(designs["p_on_front"]) == [0.0, 1.0]
    assert list(designs["on_front"]) == ["no", "yes"]
    assert list(designs["n"]) == [40, 40]


def test_hypervolumes_of_fronts_that_are_known() -> None:
    noiseless = made({"old": (1.0, 10_000.0), "new": (2.0, 9_000.0)}, 0.0, ("new",))
    flat = replace(
        noiseless,
        fresh=tuple(replace(x, results=np.tile(x.results.mean(axis=0), (40, 1))) for x in noiseless.fresh),
    )
    volume = hypervolumes(flat, seed=1)
    # The corner lies a tenth of the range beyond the worst: the old area is 0.1 x 100, the new 1.1 x 1100.
    assert volume["shipped"] == pytest.approx(10.0)
    assert volume["found"] == pytest.approx(1_210.0)
    assert (volume["ratio"], volume["ratio_low"], volume["ratio_high"]) == pytest.approx((121.0,) * 3)


def test_tables_have_the_agreed_columns_and_show_fresh_values_only(found: Searched) -> None:
    tables = design_tables(found, seed=1)
    designs = tables["designs"]
    assert list(designs.columns) == [
        "design", "origin", *SPACE.names, "months_employed", "months_employed_low", "months_employed_high",
        "net_cost", "net_cost_low", "net_cost_high", "on_front", "p_on_front", "n", "level", "interval",
    ]  # fmt: skip
    fresh = {tried.name: tried.results.mean(axis=0) for tried in found.fresh}
    for _, row in designs.iterrows():
        assert row["months_employed"] == pytest.approx(fresh[row["design"]][0])
    assert (designs["origin"] == FOUND).sum() <= 16
    assert designs.set_index("design").loc["grant_above_benchmark", list(SPACE.names)].isna().all()
    assert len(tables["trials"]) == 80
    assert tables["dominance"]["design"].tolist() == [*IN_SPACE, "grant_above_benchmark"]
