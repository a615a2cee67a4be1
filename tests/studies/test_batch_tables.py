"""Tables and economics of a batch, on runs made by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.studies import support
from tests.studies.runs_fake import FACTOR, FOLLOW_UP, FakeRuns

from ankomst.errors import RunError
from ankomst.simulation.accounts import discount_factors
from ankomst.simulation.simulate import simulate
from ankomst.studies.batch.comparison import compare
from ankomst.studies.batch.money import break_even, economics_table
from ankomst.studies.batch.note import adjusted, note
from ankomst.studies.batch.tables import BatchTables, compare_runs
from ankomst.studies.engine.in_memory import RunsInMemory
from ankomst.studies.metrics.economics import displaced_month, economics
from ankomst.studies.metrics.pairs import Pairs
from ankomst.studies.metrics.record import SCALARS, layout_of, record
from ankomst.studies.metrics.summary import summarise
from ankomst.studies.stats.intervals import COLUMNS, paired

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result

Array = np.ndarray[Any, Any]
NOISE = np.array([[-2.0, -1.0, 0.0, 1.0, 2.0, 0.0]])  # of six replicates, mean 0


def one(table: pd.DataFrame, **where: object) -> pd.Series[Any]:
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1, table
    return table.iloc[0]


def test_a_difference_is_scenario_minus_baseline_on_the_same_run() -> None:
    runs = FakeRuns()
    runs.outcome("base", "employment_rate", 0.4 + 0.1 * NOISE)
    runs.outcome("alt", "employment_rate", 0.45 + 0.1 * NOISE)
    table = BatchTables(runs, outcomes=("employment_rate",)).differences()
    row = one(table)
    assert (row["scenario"], row["baseline"], row["dimension"], row["group"]) == ("alt", "base", "all", "all")
    assert (row["months"], row["unit"], row["payer"]) == (36, "share", "")
    assert row["estimate"] == pytest.approx(0.05)
    assert (row["baseline_value"], row["scenario_value"]) == pytest.approx((0.4, 0.45))
    assert row["correlation"] == pytest.approx(1.0)
    assert row["p_better"] == row["probability"] > 0.99
    assert set(COLUMNS) <= set(table.columns)


def test_a_failed_run_leaves_its_pair_out() -> None:
    runs = FakeRuns()
    runs.outcome("alt", "employment_rate", np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]))
    runs.fail("base", 0, 0)
    runs.fail("alt", 0, 5)
    row = one(BatchTables(runs, outcomes=("employment_rate",)).differences())
    assert (row["n"], row["estimate"]) == (4, 3.5)
    levels = BatchTables(runs, outcomes=("employment_rate",)).levels()
    assert one(levels, scenario="alt")["n"] == 5
    assert not {"verdict", "probability"} & set(levels.columns)


@pytest.mark.parametrize("discounted", [False, True])
def test_net_cost_holds_displaced_workers_at_the_baselines_price(discounted: bool) -> None:
    runs = FakeRuns()
    share = np.array([[0.1, 0.2, 0.3, 0.2, 0.1, 0.3]])
    runs.displace(share, municipality=100.0, state=300.0, worker=50.0)
    runs.jobs("base", 0.2 + 0.01 * NOISE)
    runs.jobs("alt", 0.3 + 0.01 * NOISE)
    runs.pay("alt", "staff", 13, 1000.0)
    table = BatchTables(runs, outcomes=("net_cost",), discounted=discounted).differences()
    factor = FACTOR if discounted else np.ones(FOLLOW_UP)
    taken = 0.2 * 0.1 * factor.sum()
    lost = {"municipality": 100.0 * taken, "state": 300.0 * taken, "both": 400.0 * taken}
    for payer, amount in lost.items():
        shown = one(table, outcome="displacement", payer=payer)
        assert shown["estimate"] == pytest.approx(amount)
        assert np.isnan(shown["p_better"])
        own = 0.0 if payer == "state" else 1000.0 * factor[12]
        cost = one(table, outcome="net_cost", payer=payer)
        assert cost["estimate"] == pytest.approx(amount + own)
        assert cost["months"] == FOLLOW_UP
        assert cost["p_better"] == pytest.approx(1.0 - cost["probability"])
    # Levels are of a scenario's own ledger.
    levels = BatchTables(runs, outcomes=("net_cost",), discounted=discounted).levels()
    own = one(levels, scenario="alt", payer="municipality")
    assert own["estimate"] == pytest.approx(1000.0 * factor[12])
    early = BatchTables(runs, outcomes=("net_cost",), months=12, discounted=discounted).differences()
    first = one(early, outcome="net_cost", payer="both")
    assert first["estimate"] == pytest.approx(0.2 * 0.1 * factor[:12].sum() * 400.0)


def test_groups_have_their_dimension_and_category() -> None:
    runs = FakeRuns()
    cells = list(runs.layout.cells)
    family = runs.data["alt", "outcome"]
    family[..., cells.index({"sex": "female"})] = 2.0
    family[..., cells.index({"origin": "refugee", "sex": "male"})] = 3.0
    runs.data["base", "outcome"][..., cells.index({"sex": "male"})] = np.nan
    table = BatchTables(
        runs, outcomes=("test_pass_rate",), groups=(("sex",), ("sex", "origin"))
    ).differences()
    assert len(table) == 1 + 2 + 6
    assert one(table, dimension="sex", group="female")["estimate"] == 2.0
    assert one(table, dimension="origin+sex", group="refugee+male")["estimate"] == 3.0
    nobody = one(table, dimension="sex", group="male")
    assert (nobody["n"], nobody["interval"]) == (0, "no pair of runs")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"outcomes": ("employmentrate",)}, "did you mean 'employment_rate'"),
        ({"months": 13}, "months=13 is not kept in this batch; allowed: 12, 36, 48"),
        ({"groups": (("orign",),)}, "did you mean 'origin'"),
        ({"groups": (("health", "sex"),)}, "keeps no outcomes by 'health+sex'"),
    ],
)
def test_what_the_batch_does_not_keep_is_refused(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(RunError, match=re.escape(words)):
        BatchTables(FakeRuns(), **asked)


def test_a_rounding_error_is_no_difference() -> None:
    runs = FakeRuns()
    runs.outcome("base", "grants_paid", 0.1 + 0.2 + 0.0 * NOISE)
    runs.outcome("alt", "grants_paid", 0.3 + 0.0 * NOISE)
    row = one(BatchTables(runs, outcomes=("grants_paid",)).differences())
    assert (row["estimate"], row["verdict"]) == (0.0, "no difference")


def test_years_hold_cost_by_payer_and_months_in_work() -> None:
    runs = FakeRuns()
    runs.displace(0.5, municipality=10.0, state=20.0, worker=5.0)
    runs.jobs("alt", 0.1)
    runs.pay("alt", "benefit", 14, 500.0)
    runs.pay("alt", "benefit_refund", 14, 200.0)
    table = BatchTables(runs).years()
    second = {"time": "year_since_arrival", "year": 2, "outcome": "net_cost"}
    assert one(table, **second, payer="municipality", discounted=False)["estimate"] == pytest.approx(
        300.0 + 12 * 0.05 * 10.0
    )
    assert one(table, **second, payer="both", discounted=True)["estimate"] == pytest.approx(
        500.0 * FACTOR[13] + 0.05 * 30.0 * FACTOR[12:24].sum()
    )
    calendar = one(table, time="calendar_year", year=2014, payer="state")
    assert (calendar["estimate"], calendar["displacement"]) == (200.0, "not counted")
    work = one(table, time="year_since_arrival", year=4, outcome="months_employed")
    assert (work["estimate"], work["unit"]) == (pytest.approx(1.2), "months")


def test_curves_and_municipalities_have_a_row_a_month_and_a_place() -> None:
    runs = FakeRuns()
    runs.data["alt", "curve"][..., 0, :] = np.arange(1, FOLLOW_UP + 1)
    curves = BatchTables(runs).curves()
    assert list(curves["months"]) == list(range(1, FOLLOW_UP + 1))
    assert list(curves["estimate"]) == list(range(1, FOLLOW_UP + 1))
    for scenario in runs.scenarios:
        runs.data[scenario, "area_outcome"][..., 0, :] = [40.0, 60.0]
    runs.data["alt", "area_outcome"][..., 2, 1] = 0.25
    runs.data["alt", "area_cost"][..., 1, 0] = -70.0
    places = BatchTables(runs).municipalities()
    assert len(places) == 2 * (3 + 3)
    there = one(places, outcome="test_pass_rate", municipality="There")
    assert (there["estimate"], there["arrived"], there["months"]) == (0.25, 60.0, 36)
    assert one(places, outcome="net_cost", payer="state", municipality="Here")["estimate"] == -70.0
    assert "arrived" not in set(places["outcome"])


def test_accounts_say_who_pays_whom_and_leave_out_what_nobody_pays() -> None:
    runs = FakeRuns()
    runs.pay("base", "staff", 1, 100.0)
    runs.pay("alt", "staff", 1, 160.0)
    runs.pay("alt", "grant_job", 1, 30.0)
    table = BatchTables(runs).accounts()
    assert list(table["item"]) == ["staff", "grant_job", *["net_cost"] * 3, "resource_cost"]
    grant = one(table, item="grant_job")
    assert (grant["payer"], grant["payee"], grant["estimate"]) == ("state", "municipality", 30.0)
    assert one(table, item="net_cost", payer="municipality")["estimate"] == pytest.approx(30.0)
    assert one(table, item="net_cost", payer="both")["estimate"] == pytest.approx(60.0)
    assert one(table, item="resource_cost")["estimate"] == pytest.approx(60.0)


def test_all_tables_cover_every_scenario_and_a_baseline_alone_has_levels_only() -> None:
    runs = FakeRuns(("base", "a", "b"), draws=3, replicates=2)
    tables = compare_runs(runs, groups=(("origin",),))
    assert " ".join(tables) == "levels differences years curves municipalities accounts payers"
    assert set(tables["differences"]["scenario"]) == {"a", "b"}
    assert set(tables["levels"]["scenario"]) == {"base", "a", "b"}
    alone = compare_runs(FakeRuns(("base",)))
    assert list(alone) == ["levels"]


def test_many_differences_are_held_to_the_rate_of_false_discoveries() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(200, 12, 1))
    values[:20] += 9.0
    values[-1] = 0.0
    table = adjusted(paired(np.zeros_like(values), values))
    chance = table["probability"].to_numpy()[:-1]
    order = np.sort(2.0 * np.minimum(chance, 1.0 - chance))
    by_hand = np.minimum.accumulate((order * len(order) / np.arange(1, len(order) + 1))[::-1])[::-1]
    assert np.sort(table["q_value"].to_numpy()[:-1]) == pytest.approx(np.minimum(by_hand, 1.0))
    assert np.isnan(table["q_value"].iloc[-1])
    assert table["verdict_adjusted"].iloc[-1] == "no difference"
    clear, left = (table[name].isin(["higher", "lower"]) for name in ("verdict", "verdict_adjusted"))
    assert left[:20].all()
    assert 20 <= left.sum() <= clear.sum()
    text = note(table)
    assert f"Of 199 differences {clear.sum()} are" in text
    assert "about 9.95 would" in text
    assert "1 more are exactly zero" in text
    held = table["verdict_adjusted"].to_numpy() != table["verdict"].to_numpy()
    assert set(table["verdict_adjusted"][held]) <= {"probably higher", "probably lower"}


def test_a_single_parameter_set_has_no_verdict_and_the_note_says_how_to_add_draws() -> None:
    values = 3.0 + np.random.default_rng(1).normal(size=(4, 1, 12))
    table = adjusted(paired(np.zeros_like(values), values))
    assert set(table["verdict"]) == set(table["verdict_adjusted"]) == {"simulation noise only"}
    assert note(table).startswith("Simulation noise only")
    assert "draws: posterior" in note(table)


# Economics: 0.1 more in work over 48 months; a class for 6,000 DKK, and taxes and transfers besides.
def priced(noise: Array, share: float = 0.25) -> FakeRuns:
    runs = FakeRuns(draws=noise.shape[0], replicates=noise.shape[1])
    runs.displace(share, municipality=1000.0, state=500.0, worker=2000.0)
    runs.jobs("alt", 0.1)
    for scenario in runs.scenarios:
        runs.scalar(scenario, "tax_distortion", 0.2)
    runs.pay("alt", "danish_classes", 1, 26_000.0 + noise)
    runs.pay("alt", "state_tax", 1, 3_000.0)
    runs.scalar("alt", "income", 15_000.0 + noise)
    runs.scalar("alt", "resource", 26_000.0 + noise)
    return runs


def test_margins_and_discrepancies_of_a_file_go_into_the_verdicts_of_their_outcome_alone() -> None:
    rng = np.random.default_rng(3)
    runs = FakeRuns(("base", "alt"), draws=12, replicates=3)
    for name in ("employment_rate", "months_employed"):
        runs.outcome("alt", name, 0.01 + rng.normal(0, 0.0005, (12, 1)) + rng.normal(0, 0.0005, (12, 3)))
    asked = {"outcomes": ("employment_rate", "months_employed")}
    plain = compare_runs(runs, **asked)
    small = compare_runs(runs, margin={"employment_rate": 0.02}, **asked)
    wide = compare_runs(runs, discrepancy_sd={"employment_rate": 0.03}, **asked)

    def first(tables: dict[str, Any], outcome: str, name: str = "differences") -> Any:  # noqa: ANN401
        table = tables[name]
        return table[table["outcome"] == outcome].iloc[0]

    assert first(plain, "employment_rate")["verdict"] == "higher"
    assert first(small, "employment_rate")["verdict"] == "hardly changes"
    assert first(small, "months_employed")["verdict"] == "higher"
    assert first(small, "employment_rate")["low"] == first(plain, "employment_rate")["low"]
    told, before = first(wide, "employment_rate"), first(plain, "employment_rate")
    assert told["verdict"] == "direction unclear"
    assert told["estimate"] == before["estimate"]
    assert (told["high"] - told["low"]) / 2 == pytest.approx(1.96 * 0.03, rel=0.03)
    assert told["probability"] == pytest.approx(0.63, abs=0.02)  # Phi(1/3)
    assert told["interval"] == f"{before['interval']}; with a structural discrepancy of sd 0.03"
    other = first(wide, "months_employed").drop("q_value")  # which all rows have a say in
    assert other.equals(first(plain, "months_employed").drop("q_value"))
    assert first(wide, "employment_rate", "curves")["interval"].endswith("discrepancy of sd 0.03")
    assert wide["municipalities"].equals(plain["municipalities"])
    assert wide["years"].equals(plain["years"])


def test_the_economics_follow_their_conventions() -> None:
    table = economics_table(priced(0.01 * NOISE))
    jobs = 0.1 * 0.25 * FACTOR.sum()
    cost = 26_000.0 - 3_000.0 + 1500.0 * jobs
    income = 15_000.0 - 2000.0 * jobs
    years = 4.8 * 0.75 / 12.0
    costs = 26_000.0 + 0.2 * cost
    benefits = income - (cost - 26_000.0)
    worth = {
        "cost_per_person_year": cost / years,
        "mvpf": income / cost,
        "benefit_cost_ratio": benefits / costs,
        "net_social_benefit": benefits - costs,
    }
    for measure, value in worth.items():
        row = one(table, measure=measure)
        assert row["estimate"] == pytest.approx(value)
        assert row["low"] <= row["estimate"] <= row["high"]
        assert row["text"] == ""
        assert row["convention"]
        assert "6 replicates" in row["interval"]
    assert benefits - costs == pytest.approx(income - 1.2 * cost)
    chance = one(table, measure="chance_benefits_exceed_costs")
    assert chance["estimate"] < 0.01
    assert chance["unit"] == "probability"
    late = one(table, measure="break_even_year")
    assert late["text"] == "not within the follow-up"
    assert set(table["scenario"]) == {"alt", "base"}


def test_undefined_ratios_say_why() -> None:
    runs = FakeRuns()
    runs.pay("alt", "staff", 1, 100.0 * NOISE)
    runs.scalar("alt", "resource", 100.0 * NOISE)
    table = economics_table(runs)
    for measure in ("cost_per_person_year", "mvpf", "benefit_cost_ratio"):
        row = one(table, measure=measure)
        assert np.isnan([row["estimate"], row["low"], row["high"]]).all()
        assert "holds 0" in row["text"]
    assert 0.05 < one(table, measure="chance_benefits_exceed_costs")["estimate"] < 0.95
    saving = FakeRuns()
    saving.scalar("alt", "resource", -100.0 + NOISE)
    saving.scalar("alt", "income", 50.0 + NOISE)
    row = one(economics_table(saving), measure="benefit_cost_ratio")
    # Public cost is unchanged, so what the resources cost less is paid out in transfers.
    assert (row["text"], row["n"]) == (
        "undefined: costs fall; the net social benefit says whether more is lost than saved", 6
    )  # fmt: skip
    saving.scalar("alt", "income", 150.0 + NOISE)
    row = one(economics_table(saving), measure="benefit_cost_ratio")
    assert row["text"] == "undefined: benefits rise and costs fall"


def test_two_equal_scenarios_have_no_economics() -> None:
    table = economics_table(FakeRuns())
    chance = one(table[table["scenario"] == "alt"], measure="chance_benefits_exceed_costs")
    assert np.isnan(chance["estimate"])
    assert chance["text"] == "undefined: no difference"


def test_ratios_take_the_means_of_draws_where_there_are_several() -> None:
    rng = np.random.default_rng(3)
    noise = np.repeat(rng.normal(0.0, 500.0, size=(8, 1)), 3, axis=1)
    runs = priced(noise + np.array([-5.0, 0.0, 5.0]))
    runs.fail("alt", 7, 0)
    runs.fail("alt", 7, 1)
    runs.fail("alt", 7, 2)
    table = economics_table(runs)
    row = one(table, measure="cost_per_person_year")
    alone = economics_table(priced(noise[:7, :1].T))
    same = one(alone, measure="cost_per_person_year")
    for name in ("estimate", "low", "high", "se", "n"):
        assert row[name] == pytest.approx(same[name], rel=1e-6)
    assert "means of 7 draws" in row["interval"]
    assert "unknown draw" in one(table, measure="net_social_benefit")["interval"]


def test_deadweight_is_a_ratio_of_sums_by_grant() -> None:
    runs = FakeRuns()
    rng = np.random.default_rng(2)
    for scenario in runs.scenarios:
        runs.data[scenario, "deadweight"][..., 0, 0] = 100.0 + rng.normal(size=(1, 6))
        runs.data[scenario, "deadweight"][..., 0, 1] = 60.0
        runs.data[scenario, "deadweight"][..., 2, 0] = 300.0
    runs.data["base", "deadweight"][...] = np.nan
    table = economics_table(runs)
    table = table[table["measure"] == "deadweight_share"]
    assert list(table["grant"]) == ["ordinary_job", "danish_test", "all"]
    job = one(table, grant="ordinary_job")
    paid = runs.data["alt", "deadweight"][0, :, 0, 0]
    assert job["estimate"] == pytest.approx(60.0 / paid.mean())
    assert job["low"] < 0.6 < job["high"]
    assert one(table, grant="danish_test")["estimate"] == 0.0
    assert one(table, grant="all")["estimate"] == pytest.approx(60.0 / (300.0 + paid.mean()))


def test_without_grants_there_is_no_deadweight_share() -> None:
    row = one(economics_table(FakeRuns(("base",))), grant="all")
    assert (np.isnan(row["estimate"]), row["text"]) == (True, "undefined: no grant is paid")


def year_back(monthly: Array) -> float:
    """Return the break-even year of one run, year by year."""
    higher = False
    for year, cost in enumerate(np.cumsum(monthly)[11::12], start=1):
        if higher and cost <= 0.0:
            return float(year)
        higher = higher or cost > 0.0
    return float("inf") if higher else 0.0


def test_break_even_years_are_those_of_one_run_after_the_other() -> None:
    monthly = np.random.default_rng(4).normal(0.0, 100.0, size=(200, FOLLOW_UP))
    expected = [year_back(row) for row in monthly]
    assert list(break_even(monthly)) == expected
    assert len(set(expected)) == 5


def test_displaced_workers_cost_their_share_of_the_extra_months_and_count_in_the_break_even_year() -> None:
    runs = FakeRuns()
    runs.pay("alt", "staff", 1, -200.0)
    assert one(economics_table(runs), measure="break_even_year")["text"] == "never above the baseline's cost"
    runs.jobs("base", 0.2)
    runs.jobs("alt", 0.7)
    runs.displace(0.1, municipality=60.0, state=40.0, worker=20.0)
    for discounted in (False, True):
        extra = 0.1 * 0.5 * (FACTOR if discounted else np.ones(FOLLOW_UP)).sum()
        found = Pairs(runs).displaced("alt", discounted=discounted)[0, 0, :4, 0]
        assert found == pytest.approx([60.0 * extra, 40.0 * extra, 100.0 * extra, 20.0 * extra])
    # 5 a month: a year's end comes above the 200 that were saved in the fourth year.
    assert one(economics_table(runs), measure="break_even_year")["text"] == "not within the follow-up"


def test_no_pair_at_all_is_said_so() -> None:
    runs = FakeRuns()
    for replicate in range(6):
        runs.fail("alt", 0, replicate)
    table = economics_table(runs)
    assert set(table[table["scenario"] == "alt"]["n"]) == {0}
    assert one(table, measure="mvpf")["text"] == "no pair of runs"


class RecordedRuns(RunsInMemory):
    """Real runs, two scenarios of three replicates each, as the store would give them."""

    def __init__(self, scenarios: dict[str, Scenario]) -> None:
        layout = layout_of(scenarios.values(), (12, 36))
        self.results = {
            name: [simulate(policy, seed=1, replicate=r) for r in range(3)]
            for name, policy in scenarios.items()
        }
        rows = {
            name: np.array([[record(result, layout) for result in mine]])
            for name, mine in self.results.items()
        }
        super().__init__(rows, next(iter(rows)), layout)


@pytest.fixture(scope="module")
def recorded() -> tuple[RecordedRuns, dict[str, Scenario]]:
    scenarios = {name: support.scenario(name) for name in ("three_year", "one_year")}
    return RecordedRuns(scenarios), scenarios


def test_differences_are_those_of_a_single_comparison(
    recorded: tuple[RecordedRuns, dict[str, Scenario]],
) -> None:
    runs, scenarios = recorded
    found = BatchTables(runs, groups=(("origin",),)).differences()
    expected = compare(*scenarios.values(), draws="point", replicates=3, seed=1, by="origin")
    assert len(expected) == 3 * 11
    for row in expected.itertuples():
        mine = one(found, outcome=row.outcome, payer=row.payer, dimension="origin", group=row.origin)
        assert mine["months"] == row.months
        values = [mine["estimate"], mine["low"], mine["high"], mine["scenario_value"]]
        assert values == pytest.approx(
            [row.estimate, row.low, row.high, row.scenario_value], rel=1e-9, abs=1e-9
        )


def alt_less_base(base: Result, alt: Result) -> Array:
    """Return the difference in discounted net public cost by month since arrival, DKK per newcomer."""
    accounts = [run.accounts(["payer", "months"], discounted=True) for run in (base, alt)]
    before, after = (
        account[account["payer"] == "both"]["per_newcomer"].to_numpy(dtype=np.float64) for account in accounts
    )
    return np.asarray(after - before)


def test_economics_and_accounts_agree_with_those_of_the_headline_grid(
    recorded: tuple[RecordedRuns, dict[str, Scenario]],
) -> None:
    runs, scenarios = recorded
    share = runs.values("three_year", "scalar")[0, 0, SCALARS.index("displacement")]
    months, cost, income, years = [], [], [], []
    for base, alt in zip(*runs.results.values(), strict=True):
        before, after = summarise(base), summarise(alt)
        factor = discount_factors(base.months, base.discount_rate)
        extra = share * (after.employed.sum(axis=1) / alt.n - before.employed.sum(axis=1) / base.n)
        price = displaced_month(scenarios["three_year"], before)
        monthly = alt_less_base(base, alt) + extra * factor * (price.municipality + price.state)
        at = {"months": base.months}
        worked = [run.outcome("months_employed", **at)["value"][0] for run in (base, alt)]
        months.append((worked[1] - worked[0]) * (1.0 - share))
        cost.append(monthly.sum())
        lost = (extra * factor) @ price.worker
        income.append(alt.disposable_income(discounted=True) - base.disposable_income(discounted=True) - lost)
        years.append(year_back(monthly))
    expected = economics(*(np.array(part) for part in (months, cost, income, years)), 0.95)
    table = economics_table(runs)
    for row in expected:
        mine = one(table, measure=row["measure"])
        assert mine["text"] == row["text"]
        for name in ("estimate", "low", "high"):
            assert mine[name] == pytest.approx(row[name], rel=1e-9, nan_ok=True)
    net = one(BatchTables(runs).accounts(), item="net_cost", payer="both")
    assert net["estimate"] == pytest.approx(np.mean(cost), rel=1e-9)
    by_year = BatchTables(runs).years()
    kept = (by_year["time"] == "year_since_arrival") & by_year["discounted"] & (by_year["payer"] == "both")
    assert by_year[kept]["estimate"].sum() == pytest.approx(np.mean(cost), rel=1e-9)
    worth = one(table, measure="net_social_benefit")["estimate"]
    distortion = runs.values("three_year", "scalar")[0, 0, SCALARS.index("tax_distortion")]
    assert worth == pytest.approx(np.mean(income) - (1.0 + distortion) * np.mean(cost), rel=1e-9)
