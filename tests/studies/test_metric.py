"""Metrics: their grammar, what they read from a run and from a row, what they need, what they are called."""

from __future__ import annotations

import re
import string
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.studies.paired_support import study
from tests.studies.support import scenario

from ankomst.errors import AnkomstError, RunError
from ankomst.policy.schema import WrongValueError
from ankomst.simulation.accounts import GROUP_DIMENSIONS
from ankomst.simulation.deadweight import deadweight, without_grants
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.simulation.simulate import simulate
from ankomst.simulation.spread import ACROSS
from ankomst.studies.design.seeds import first_luck
from ankomst.studies.engine.executors import Serial
from ankomst.studies.metrics.contrasts import RATIO, Contrast, number_name
from ankomst.studies.metrics.labels import LANGUAGES, labels, texts
from ankomst.studies.metrics.metric import SEX_RATIO, Metric, Needs, parse, union
from ankomst.studies.metrics.metric_kinds import OneMetric
from ankomst.studies.metrics.read import read
from ankomst.studies.metrics.record import layout_of, record
from ankomst.studies.metrics.row_metrics import read_row
from ankomst.studies.sensitivity.run import STAGES, run_sensitivity

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result

FOLLOW_UP = 84
FAMILY = ("refugee", "reunified_with_refugee")


@cache
def policy() -> Scenario:
    changes = {"population.newcomers_per_year": 200, "horizon.follow_up_months": FOLLOW_UP}
    return scenario("three_year+grant_2013", changes | {"population.arrival_years": 2})


@cache
def run() -> Result:
    return simulate(policy(), seed=3)


@cache
def lost() -> Any:  # noqa: ANN401 - a list of what was paid for nothing
    return deadweight(run(), simulate(without_grants(policy()), seed=3, watched=policy().result_grants))


def one(text: str) -> float:
    return float(read(run(), [parse(text)], lost())[0])


def close(value: Any) -> Any:  # noqa: ANN401
    return pytest.approx(value, rel=1e-12)


TEXTS = [
    *(f"{name}@36" for name in OUTCOMES if name != "net_cost"),
    "net_cost.both@120",
    "net_cost.state@120",
    "net_cost.municipality.staff@12",
    "employment_rate@36|sex=female",
    "employment_rate@36|origin=refugee+reunified_with_refugee,sex=male,age=25-64",
    "ordinary_employment_rate@36|hours=30",
    "test_pass_rate@36|across=municipality_max",
    "employment_rate@36|origin=refugee,across=women_over_men",
    "net_cost.both@120|discounted=no",
    "grants_paid@60|discounted=yes",
    "employment_rate@36|arrived=2014",
    "employment_rate@36|arrived=2014-2016",
    "net_cost.state@2014",
    "net_cost.state@2014|municipality=Odense+København",
    "test_pass_rate@36|municipality=Høje-Taastrup",
    "deadweight@120",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_metric_is_read_and_written_as_the_same_text(text: str) -> None:
    assert str(parse(text)) == text
    assert parse(str(parse(text))) == parse(text)


def test_what_is_left_out_or_in_another_order_is_the_same_metric() -> None:
    assert parse(" net_cost@120 ") == parse("net_cost.both@120|discounted=yes") == Metric("net_cost", 120)
    assert parse("employment_rate@36|sex=female,origin=refugee") == parse(
        "employment_rate@36|origin=refugee,sex=female"
    )


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("hours_worked@9|sex=male", {"outcome": "hours_worked", "months": 9, "group": {"sex": "male"}}),
        (
            "employment_rate@36|origin=refugee+reunified_with_refugee,age=25-64",
            {"outcome": "employment_rate", "months": 36, "group": {"origin": list(FAMILY)}, "age": [25, 64]},
        ),
        (
            "net_cost.state.staff@24|discounted=no",
            {"outcome": "net_cost", "payer": "state", "item": "staff", "months": 24, "discounted": False},
        ),
        (
            "net_cost.both@2014|municipality=Odense",
            {"outcome": "net_cost", "year": 2014, "municipality": "Odense"},
        ),
        (
            "ever_employed@12|arrived=2013-2014",
            {"outcome": "ever_employed", "months": 12, "arrived": [2013, 2014]},
        ),
        (
            "ordinary_employment_rate@9|hours=30",
            {"outcome": "ordinary_employment_rate", "months": 9, "hours": 30},
        ),
    ],
)  # fmt: skip
def test_a_map_says_the_same_as_the_text(text: str, given: dict[str, Any]) -> None:
    assert OneMetric().check(given) == OneMetric().check(text) == OneMetric().check(parse(text))


WRONG = {
    "employment_rate": "holds the text 'employment_rate'",
    "employment_rat@36": "did you mean 'employment_rate'",
    "men_slope_2015": "names men_slope_2015, which `ankomst validate` reads",
    "employment_rate@0": "0, which is out of range",
    "employment_rate@500": "500, which is out of range",
    "employment_rate.state@36": "names a payer for employment_rate",
    "net_cost.stat@36": "did you mean 'state'",
    "net_cost.state.staf@36": "did you mean 'staff'",
    "employment_rate@36|": "holds the text '' after the bar",
    "employment_rate@36|sex": "holds the text 'sex' after the bar",
    "employment_rate@36|sx=female": "did you mean 'sex'",
    "employment_rate@36|sex=femal": "did you mean 'female'",
    "employment_rate@36|sex=female,sex=male": "names sex twice; allowed: sex=female+male",
    "employment_rate@36|age=18-30": "names the age 18-30",
    "months_employed@36|age=25-64": "names an age for months_employed",
    "employment_rate@36|hours=30": "names hours for employment_rate",
    "ordinary_employment_rate@36|hours=many": "holds hours=many",
    "employment_rate@36|across=municipality_max": "names municipality_max for employment_rate",
    "test_pass_rate@36|across=municipality_maxi": "did you mean 'municipality_max'",
    "employment_rate@36|sex=female,across=women_over_men": "names women_over_men for employment_rate",
    "employment_rate@36|discounted=yes": "discounts employment_rate",
    "net_cost@36|discounted=perhaps": "holds discounted=perhaps",
    "net_cost@36|arrived=2014": "names years of arrival for net_cost",
    "employment_rate@36|arrived=14": "holds arrived=14",
    "employment_rate@2014": "names the calendar year 2014 for employment_rate",
    "net_cost@2014|sex=female": "names the calendar year 2014 for net_cost",
    "net_cost@36|municipality=Odense": "names a municipality for net_cost",
    "deadweight@36|sex=female": "names a group for deadweight",
    "origin=refugee": "a metric with a comma stands in quotation marks",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_text_is_one_sentence(text: str) -> None:
    with pytest.raises(WrongValueError) as error:
        parse(text)
    problem = error.value
    said = problem.what + (f"; allowed: {problem.allowed}" if problem.allowed else "")
    said += f"; did you mean '{problem.nearest}'" if problem.nearest else ""
    assert WRONG[text] in said
    assert "\n" not in said


# -- what is read ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in OUTCOMES if name != "net_cost"])
def test_an_outcome_is_that_of_the_result(name: str) -> None:
    for by, text in (([], ""), (["sex"], "|sex=female"), (["origin", "sex"], "|origin=refugee,sex=male")):
        table = run().outcome(name, months=24, by=by or None)
        if by:
            words = dict(part.split("=") for part in text[1:].split(","))
            table = table[(table[by] == [words[dimension] for dimension in by]).all(axis=1)]
        assert one(f"{name}@24{text}") == close(table["value"].iloc[0])


def test_a_union_of_groups_weighs_everybody_the_same() -> None:
    table = run().outcome("employment_rate", months=24, by="origin", age="25-64").set_index("origin")
    table = table.loc[list(FAMILY)]
    wanted = (table["value"] * table["n"]).sum() / table["n"].sum()
    assert one(f"employment_rate@24|origin={'+'.join(FAMILY)},age=25-64") == close(wanted)


def test_costs_are_those_of_the_account() -> None:
    for discounted, ending in ((True, ""), (False, "|discounted=no")):
        account = run().accounts(["payer", "item", "months"], discounted=discounted)
        account = account[account["months"] <= 24].groupby(["payer", "item"])["per_newcomer"].sum()
        assert one(f"net_cost.state@24{ending}") == close(account["state"].sum())
        assert one(f"net_cost.municipality.staff@24{ending}") == close(account["municipality", "staff"])
    women = run().accounts(["payer", "sex"], discounted=True).set_index(["payer", "sex"])["net_cost"]
    people = (run().newcomers.female == 1).sum() * run().weight
    assert one(f"net_cost.both@{FOLLOW_UP}|sex=female") == close(women["both", "female"] / people)
    years = run().accounts(["payer", "year"]).set_index(["payer", "year"])["per_newcomer"]
    assert one("net_cost.state@2014") == close(years["state", 2014])
    area = run().accounts(["payer", "year", "municipality"]).set_index(["payer", "year", "municipality"])
    place = run().table.name[0]
    arrived = (run().newcomers.municipality == 0).sum() * run().weight
    assert one(f"net_cost.state@2014|municipality={place}") == close(
        area["net_cost"]["state", 2014, place] / arrived
    )


def test_hours_discounting_arrival_and_statistics_are_those_of_the_result() -> None:
    run_ = run()
    hours = run_.outcome("ordinary_employment_rate", months=24, hours=30)["value"].iloc[0]
    assert one("ordinary_employment_rate@24|hours=30") == close(hours)
    paid = run_.outcome("grants_paid", months=60, discounted=True)["value"].iloc[0]
    assert one("grants_paid@60|discounted=yes") == close(paid)
    cohorts = run_.outcome("employment_rate", months=24, by="arrival_year").set_index("arrival_year")
    first = policy().first_year
    assert one(f"employment_rate@24|arrived={first}") == close(cohorts.loc[first, "value"])
    mean = np.average(cohorts["value"], weights=cohorts["n"])
    assert one(f"employment_rate@24|arrived={first}-{first + 1}") == close(mean)
    for how in ACROSS:
        wanted = run_.outcome("test_pass_rate", months=36, across=how)["value"].iloc[0]
        assert one(f"test_pass_rate@36|across={how}") == pytest.approx(wanted, nan_ok=True)
    ratio = run_.outcome("employment_rate", months=36, across=SEX_RATIO)["value"].iloc[0]
    assert one("employment_rate@36|across=women_over_men") == close(ratio)
    cost = one("net_cost.both@36|sex=female") / one("net_cost.both@36|sex=male")
    assert one("net_cost.both@36|across=women_over_men") == close(cost)
    where, passed = run_.newcomers.municipality, run_.newcomers.test_month
    mine = passed[where == 2]
    assert one(f"test_pass_rate@36|municipality={run_.table.name[2]}") == close(
        ((mine >= 0) & (mine < 36)).mean()
    )


def test_all_at_once_is_what_each_is_alone() -> None:
    asked = [
        parse(f"{name}@{month}{group}")
        for name in OUTCOMES
        for month in (6, 24)
        for group in ("", "|sex=male")
    ]
    together = read(run(), asked)
    assert np.array_equal(together, [read(run(), [each])[0] for each in asked])


def test_deadweight_is_what_would_have_come_anyway() -> None:
    total = sum(entry.deadweight for entry in lost()) / (run().weight * run().n)
    assert total > 0.0
    assert one(f"deadweight@{FOLLOW_UP}") == close(total)
    early = sum(entry.by_month[:40].sum() for entry in lost()) / (run().weight * run().n)
    assert one("deadweight@40") == close(early)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("employment_rate@96", "needs newcomers who are followed for 96 months; allowed: up to 84 months"),
        ("deadweight@12", "needs the run without grants beside the run"),
        ("net_cost@2040", "lies outside the years of the run"),
        ("employment_rate@12|arrived=2030", "nobody arrives in 2030 to 2030"),
        ("test_pass_rate@36|municipality=Atlantis", "there is no municipality Atlantis"),
    ],
)
def test_reading_beyond_the_run_is_an_error(text: str, words: str) -> None:
    with pytest.raises(RunError, match=words):
        read(run(), [parse(text)])


def test_needs_are_those_of_all_metrics_together_and_a_short_run_gives_the_same_bits() -> None:
    several = ("net_cost.both@24", "grants_paid@24", "employment_rate@12|sex=male", "weeks_to_first_job@24")
    asked = [parse(text) for text in several]
    assert union(asked) == Needs(months=40)
    assert union([*asked, parse("net_cost@2014")]).until is None
    assert union([parse("deadweight@12")]).counterfactual
    short = simulate(policy(), seed=3, until=union(asked).until)
    assert np.array_equal(read(short, asked), read(run(), asked))
    with pytest.raises(RunError, match="followed for 60 months"):
        read(short, [parse("job_after_placement@12")])


# -- rows of a batch ---------------------------------------------------------------------------------


def row(text: str) -> float:
    layout = layout_of([policy()], (12, 36), (("origin", "sex"),))
    families = layout.split(record(run(), layout, lost()))
    return float(read_row(families.__getitem__, layout, parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        *(f"{name}@12" for name in OUTCOMES),
        "net_cost.state@36|discounted=no",
        "net_cost.municipality@12|origin=refugee,sex=female",
        "employment_rate@36|health=impaired",
        "net_cost.state.grant_job@24",
        "net_cost.municipality.staff@84|discounted=no",
        "net_cost.state@2014",
        "net_cost.state.benefit_refund@2015",
        "deadweight@40",
        "deadweight@84",
        "test_pass_rate@36|municipality={place}",
    ],
)
def test_a_row_gives_what_the_run_gives_under_the_same_name(text: str) -> None:
    text = text.format(place=run().table.name[1])
    assert row(text) == pytest.approx(one(text), rel=1e-9)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("employment_rate@13", "months 12, 36, 84"),
        ("employment_rate@12|age=25-64", "without age"),
        ("employment_rate@12|origin=refugee,health=impaired", "one category by origin"),
        ("employment_rate@12|origin=refugee+reunified_with_refugee", "one category by origin"),
        ("net_cost.state.staff@13", "whole years since arrival up to 84 months"),
        ("net_cost.state.staff@12|sex=male", "the same for everybody"),
        ("net_cost@2050", "years 2013 to"),
        ("deadweight@96", "months up to 84"),
        ("test_pass_rate@12|municipality=Odense", "after 36 months"),
    ],
)
def test_what_a_row_does_not_keep_is_said(text: str, allowed: str) -> None:
    with pytest.raises(RunError) as error:
        row(text)
    assert f"the batch does not keep {parse(text)}; allowed: " in str(error.value)
    assert allowed in str(error.value)


# -- contrasts ---------------------------------------------------------------------------------------


def test_contrasts_are_differences_ratios_and_ratios_of_differences() -> None:
    cost, months = parse("net_cost.both@120"), parse("months_employed@120")
    names = [number_name(metric, name) for name in ("base", "alt") for metric in (cost, months)]
    rows = np.array([[100.0, 4.0, 90.0, 6.0], [0.0, 4.0, 90.0, 4.0]])
    assert Contrast(cost, "alt").values(rows, names).tolist() == [90.0, 90.0]
    assert Contrast(cost, "alt", "base").values(rows, names).tolist() == [-10.0, 90.0]
    ratio = Contrast(cost, "alt", "base", RATIO)
    assert np.array_equal(ratio.values(rows, names), [0.9, np.nan], equal_nan=True)
    per = Contrast(cost, "alt", "base", per=months)
    assert np.array_equal(per.values(rows, names), [-5.0, np.nan], equal_nan=True)
    assert (ratio.unit, per.unit) == ("ratio", "DKK per newcomer / months")
    assert per.key == "net_cost.both@120:alt/months_employed@120"
    assert per.described()["label"] == (
        "Net public cost within 120 months per Months in work within 120 months: alt against base"
    )
    assert (
        ratio.described()["label_da"] == "Offentlig nettoudgift inden for 120 måneder: alt i forhold til base"
    )


# -- labels ------------------------------------------------------------------------------------------


def flat(content: dict[str, Any]) -> dict[str, str]:
    return {
        f"{key}.{inner}".rstrip("."): text
        for key, value in content.items()
        for inner, text in (value if isinstance(value, dict) else {"": value}).items()
    }


def test_both_languages_have_the_same_texts_to_fill_in() -> None:
    english, danish = (flat(texts(lang)) for lang in LANGUAGES)
    assert english.keys() == danish.keys()
    for key, text in english.items():
        assert danish[key]
        assert fields(text) == fields(danish[key]), key


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_everything_that_a_metric_can_name_has_a_label() -> None:
    known = texts("en")
    assert {*OUTCOMES, "deadweight"} - {"net_cost"} == set(known["outcome"])
    assert {word for words in GROUP_DIMENSIONS.values() for word in words} == set(known["group"])
    assert {*ACROSS, SEX_RATIO} == set(known["across"])


@pytest.mark.parametrize(
    ("text", "english", "danish"),
    [
        ("employment_rate@36", "Share in work after 36 months", "Andel i arbejde efter 36 måneder"),
        (
            "net_cost.state@120",
            "Net cost to the state within 120 months",
            "Statens nettoudgift inden for 120 måneder",
        ),
        (
            "employment_rate@36|origin=refugee+reunified_with_refugee,sex=female",
            "Share in work after 36 months: refugees or reunified with a refugee, women",
            "Andel i arbejde efter 36 måneder: flygtninge eller sammenført med flygtning, kvinder",
        ),
        (
            "net_cost.municipality.wage_subsidy@9|discounted=no",
            "Net cost to municipalities (wage subsidy) within 9 months: not discounted",
            "Kommunernes nettoudgift (løntilskud) inden for 9 måneder: ikke diskonteret",
        ),
        (
            "net_cost.both@2015|municipality=Odense",
            "Net public cost in 2015: Odense",
            "Offentlig nettoudgift i 2015: Odense",
        ),
        (
            "employment_rate@36|age=25-64,across=women_over_men",
            "Share in work after 36 months: ages 25-64, women over men",
            "Andel i arbejde efter 36 måneder: 25-64 år, kvinder i forhold til mænd",
        ),
    ],
)  # fmt: skip
def test_a_metric_is_called(text: str, english: str, danish: str) -> None:
    assert labels(parse(text)) == (english, danish)


# -- whole studies -----------------------------------------------------------------------------------

SMALL = """
kind: sensitivity
baseline: three_year+grant_2013
scenarios: {one: one_year+grant_2013}
outcomes: [employment_rate@36|sex=female, deadweight@36,
  {outcome: test_pass_rate, months: 9, group: {sex: male}}]
newcomers_per_year: 60
set: {horizon.follow_up_months: 36, population.arrival_years: 1}
factors: {parameters: [job_finding.b_age]}
given: {draws: {from: prior, number: 20, parameters: [job_finding.b_age]}, replicates: 1, methods: [pawn]}
"""


@pytest.mark.compiled
def test_a_study_reads_groups_and_what_needs_the_counterfactual_run(tmp_path: Path) -> None:
    asked = study(tmp_path, SMALL)
    found = run_sensitivity(asked, tmp_path / "out", pool=Serial())
    rows = found.tables["quantities"].set_index("quantity")
    assert list(rows.index) == [
        "employment_rate@36|sex=female:one",
        "deadweight@36:one",
        "test_pass_rate@9|sex=male:one",
    ]
    women = rows.loc["employment_rate@36|sex=female:one"]
    assert women["label"] == "Share in work after 36 months: women: one less three_year+grant_2013"
    spread = found.tables["spread"].set_index("quantity")
    first, values = first_luck(STAGES.index("draws")), []
    for k, draw in enumerate(asked.draws.values):  # type: ignore[union-attr]
        shares = []
        for policy_ in asked.scenarios.values():
            result = simulate(
                policy_,
                newcomers_per_year=60,
                seed=1,
                replicate=first + k,
                parameters=policy_.parameter_values(draw),
            )
            table = result.outcome("employment_rate", months=36, by="sex").set_index("sex")["value"]
            shares.append(table["female"])
        values.append(shares[1] - shares[0])
    assert spread.loc["employment_rate@36|sex=female:one", "mean"] == pytest.approx(np.mean(values))


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("employment_rate@36|sex=femal", "did you mean 'female'"),
        ("{outcome: employment_rate, month: 36}", "has the unknown key 'month'; .*did you mean 'months'"),
        ("{outcome: employment_rate}", "is a map without outcome and months"),
        ("employment_rate@36|sex=female,origin=refugee", "a metric with a comma stands in quotation marks"),
        ("weeks_to_first_job@36", "needs newcomers who are followed for 40 months"),
        ("net_cost@2040", r"lies outside the years of a run; allowed: 2013 to 20\d\d"),
        ("employment_rate@12|arrived=2030", "asks about years in which nobody arrives"),
        ("test_pass_rate@36|municipality=Odens", "names no municipality .*did you mean 'Odense'"),
    ],
)
def test_a_wrong_outcome_of_a_study_is_one_sentence_at_its_line(
    tmp_path: Path, outcome: str, said: str
) -> None:
    text = SMALL.replace("employment_rate@36|sex=female", outcome)
    with pytest.raises(AnkomstError) as error:
        study(tmp_path, text)
    assert re.search(said, str(error.value)), str(error.value)
    assert "line 5" in str(error.value)
