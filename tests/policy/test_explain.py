"""A scenario's changes in words: keys, values, sentences, sources and assumptions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ankomst.policy.explain.differences import Explained, explain, section_label, sources_of
from ankomst.policy.explain.wording import number, quantity
from ankomst.policy.law import load_law
from ankomst.policy.parameters import load_registry
from ankomst.policy.scenario import Scenario, build_scenario, diff, load_scenario, reference_policy

pytestmark = pytest.mark.usefixtures("in_root")
SCENARIOS = sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "scenarios").glob("*.yaml"))
BENEFIT_2017 = 5945 / 1.07


def explained(spec: str, **overrides: object) -> dict[str, Explained]:
    keys = {key.replace("__", "."): value for key, value in overrides.items()}
    return {line.key: line for line in explain(reference_policy(), load_scenario(spec, keys))}


def built(**data: object) -> dict[str, Explained]:
    return {line.key: line for line in explain(reference_policy(), build_scenario(data))}


@pytest.mark.parametrize("name", SCENARIOS)
def test_shipped_scenarios_read_well(name: str) -> None:
    scenario = load_scenario(name)
    lines = explain(reference_policy(), scenario)
    keys = {line.key for line in lines}
    for key, _, _ in diff(reference_policy(), scenario):
        assert key in keys or any(found.startswith(f"{key}.") for found in keys)
    assert bool(lines) == (scenario.policy_hash != reference_policy().policy_hash)
    for line in lines:
        for said in (line.sentence_en, line.sentence_da):
            assert said[0] == said[0].upper()
            assert said.endswith(".")
            assert ".." not in said
            assert not re.search(r"[{}_]|None|True|False|  ", said), said
        for said in (
            line.before_en,
            line.after_en,
            line.before_da,
            line.after_da,
            line.label_en,
            line.label_da,
        ):
            assert said
            assert "{" not in said
        assert line.source
        assert section_label(line.section, "en")
        assert all(load_registry()[parameter].grade == "assumption" for parameter in line.rests_on)
        assert not re.search(
            r"\d\.\d\d?(?!\d)",
            re.sub(r"\d\. (?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)", "", line.after_da),
        )
    order = [line.section for line in lines]
    assert [section for n, section in enumerate(order) if section not in order[:n]] == list(
        dict.fromkeys(order)
    )


def test_a_sentence_in_words() -> None:
    line = explained("one_year")["introduction_period.base_months"]
    assert line.sentence_en == "The introduction period (introduktionsperiode) is 12 months instead of 36."
    assert line.sentence_da == "Introduktionsperioden er 12 måneder i stedet for 36."
    assert (line.before_en, line.after_en, line.before_da, line.after_da, line.unit) == (
        "36 months", "12 months", "36 måneder", "12 måneder", "months"
    )  # fmt: skip
    assert line.section == "introduction_period"
    assert line.source.startswith("Task Force")
    assert line.rests_on == ("danish.drop_out_after",)


def test_grants_are_worded_whole() -> None:
    speed = explained("grant_by_speed")
    assert set(speed) == {"result_grants.ordinary_job", "result_grants.education"}
    job = speed["result_grants.ordinary_job"]
    assert job.after_en == (
        "75,000 DKK in months 0-12, 50,000 DKK in months 12-24 and 25,000 DKK in months 24-36 since arrival, "
        "after 6 months, begun within 36 months of arrival"
    )
    assert job.before_da == "46.881 kr., efter 6 måneder, begyndt inden for 36 måneder efter ankomsten"
    assert "municipality.effort_elasticity" in job.rests_on
    assert "constants.belief_6" in job.rests_on
    assert "constants.belief_12" not in job.rests_on
    assert speed["result_grants.education"].rests_on == ()
    rule = explained("grant_2017")
    assert (
        "at least 20 hours a week, begun within 60 months of arrival"
        in rule["result_grants.ordinary_job"].after_en
    )
    assert rule["result_grants.danish_test"].after_en == "32,640 DKK, passed within 60 months of arrival"
    assert rule["bonus_extra_job"].after_da == "25.000 kr."
    assert "at entry" in explained("grant_at_entry")["result_grants.ordinary_job"].after_en
    assert "or up to 24 months later" in explained("grant_after_period")["result_grants.danish_test"].after_en
    assert (
        "gange 1,6 ved nedsat helbred" in explained("grant_risk_adjusted")["result_grants.education"].after_da
    )
    above = explained("grant_above_benchmark")["result_grants.ordinary_job"]
    assert "only above the expected number" in above.after_en
    assert "constants.benchmark_belief" in above.rests_on
    assert explained("no_grant")["result_grants.danish_test"].after_da == "intet"
    assert "constants.test_gain_share" in explained("no_grant")["result_grants.danish_test"].rests_on


def test_grants_of_any_design() -> None:
    design = {
        "outcome": "self_support",
        "schedule": [[0, 100_000], [36, 0]],
        "sustained_months": 9,
        "cap": 5_000_000,
        "self_supported_eligible": False,
    }
    open_end = {
        "outcome": "education",
        "schedule": {"12-24": 5000},
        "sustained_months": 0,
        "window_months": 24,
    }
    lines = built(result_grants=[design, open_end, {**open_end, "schedule": 1000.5}])
    assert lines["result_grants.self_support"].after_en == (
        "100,000 DKK at month 0 and 0 DKK at month 36 (straight lines between, since arrival), after 9 "
        "months, begun within 36 months of arrival, at most 5,000,000 DKK a municipality and year, not for "
        "people supported by a partner at arrival"
    )
    education = lines["result_grants.education"].after_en
    assert education.startswith(
        "5,000 DKK in months 12-24 since arrival, at entry, begun within 24 months of arrival and "
    )
    assert lines["result_grants.self_support"].before_en == "none"
    sustained = [{"outcome": "ordinary_job", "schedule": 1, "sustained_months": months} for months in (9, 40)]
    rests = built(result_grants=sustained)["result_grants.ordinary_job"].rests_on
    assert {name for name in rests if "belief" in name} == {
        "constants.belief_6", "constants.belief_12", "constants.belief_24"
    }  # fmt: skip


def test_values_of_every_kind() -> None:
    lines = built(
        interactions=False,
        introduction_period={
            "extension_reasons": ["language"],
            "early_exit_months": 6,
            "basic_grant_months": 0,
        },
        danish={"right_months": None},
        benefits={"refund": {"active": 0.5, "passive": 0.25}},
        national_demand={"2014-03-01": -1.5, "2015-01-01": 2},
        population={"arrivals": {"2015": 9000.5, "2016": 7000}, "seed": 1_000_000},
        accounts={"staff_refunded": False},
        trainee_job={"slots": 0.004},
        civil_society={"mentor_share": 0.125},
    )
    assert lines["interactions"].sentence_en.startswith("Newcomers do not affect each other")
    assert (lines["interactions"].after_da, lines["interactions"].before_da) == ("slået fra", "slået til")
    reasons = lines["introduction_period.extension_reasons"]
    assert reasons.after_en == "fewer than two modules of Danish"
    assert reasons.before_da == "nedsat helbred, under to moduler i dansk og ingen uddannelse"
    assert lines["introduction_period.early_exit_months"].before_en == "never"
    assert lines["introduction_period.basic_grant_months"].after_en == "no month"
    assert lines["danish.right_months"].sentence_da.endswith("varer uden grænse i stedet for 36 måneder.")
    assert lines["benefits.refund"].after_da == "50 pct. ved aktivering, 25 pct. ved passiv forsørgelse"
    assert (
        lines["national_demand"].after_da
        == "−1,5 fra 1. marts 2014 og +2 fra 1. januar 2015 (procentpoint beskæftigelse)"
    )
    assert lines["population.arrivals"].after_da == "9.000,5 i 2015 og 7.000 i 2016"
    assert lines["population.seed"].after_en == "1000000"
    assert lines["accounts.staff_refunded"].sentence_da.startswith("Medarbejdere tæller ikke med")
    assert lines["trainee_job.slots"].after_da == "0,4 pct. af klienterne"
    assert lines["civil_society.mentor_share"].sentence_en == (
        "12.5 % of newcomers have a mentor in their first two years instead of none."
    )
    assert lines["civil_society.mentor_share"].assumed_rates == ("lever_cost.mentor_per_month",)


def test_a_table_goes_by_its_name(in_tmp: Path) -> None:
    (in_tmp / "shares.csv").write_text("code,share\n101,1\n", encoding="utf-8")
    (in_tmp / "mine.yaml").write_text("dispersal: shares.csv", encoding="utf-8")
    line = {line.key: line for line in explain(reference_policy(), load_scenario("mine"))}["dispersal"]
    assert line.after_en == "the table shares.csv"
    assert str(in_tmp) not in line.sentence_da


def test_parameters_have_their_grade_and_source() -> None:
    lines = built(
        parameters={
            "job_finding": {"b_health": -0.5, "b_language": 0.6},
            "population": {"origin_shares": {"refugee": 0.4, "reunified_with_other": 0.52}},
        }
    )
    health, language = lines["parameters.job_finding.b_health"], lines["parameters.job_finding.b_language"]
    assert health.rests_on == ("job_finding.b_health",)
    assert health.source == "no source (grade assumption, range -1.4 to -0.2)"
    central = f"{load_registry()['job_finding.b_health'].value:g}".replace("-", "−").replace(".", ",")
    assert health.sentence_da == (
        f"Parameteren job_finding.b_health: −0,5 log hazard i stedet for {central} log hazard."
    )
    assert language.rests_on == ()
    assert "(grade published, range 0 to 1.5)" in language.source
    shares = lines["parameters.population.origin_shares"]
    assert shares.after_en == "40 % refugees, 8 % reunified with a refugee, 52 % other reunified"


def test_rates_of_another_date_are_listed() -> None:
    lines = explained("rules_2017")
    benefit = lines["rates.benefit_no_children"]
    assert (benefit.before_en, benefit.after_da) == ("10,500 DKK", "5.945 kr.")
    assert benefit.source.endswith("(confidence S; 2012 and 2024 M)")
    assert lines["rates.wage_index"].assumed_rates == ("wage_index",)
    assert lines["rates.bottom_tax"].after_da == "6,83 pct."
    assert "rates.trainee_wage" not in lines
    assert "rates.staff_month" not in lines
    assert "rates.result_grant_job" not in lines
    assert explained("rules_2017+trainee_job")["rates.trainee_wage"].after_en == "75 DKK"
    later, early = load_scenario("rules_2017+trainee_job"), load_scenario("three_year+trainee_job")
    wage = {line.key: line for line in explain(later, early)}["rates.trainee_wage"]
    assert wage.after_da == "71,43 kr."
    assert wage.source.endswith("; before its first date: extrapolated)")


def test_benefits_and_refunds_of_another_day() -> None:
    benefit = explained("reform_2016_benefit")
    assert benefit["benefits.rates_of"].sentence_da == (
        "Ydelsessatserne er dem, der gjaldt 1. januar 2017, i stedet for på scenariets dato."
    )
    assert benefit["rates.benefit_no_children"].after_en == f"{BENEFIT_2017:,.0f} DKK"
    assert {key for key in benefit if key.startswith("rates.")} == {
        "rates.benefit_no_children", "rates.benefit_children"
    }  # fmt: skip
    refund = explained("reform_2016_refund")
    assert refund["rates.benefit_refund"].after_da.startswith("80 pct. i uge 1-4, 40 pct.")
    assert "rates.benefit_refund" not in explained("reform_2016_refund", benefits__refund="flat_50")
    assert "municipality.effort_elasticity" in refund["benefits.refund_of"].rests_on


def test_the_law_is_told_change_by_change() -> None:
    lines = explained("history_2010_2018")
    told = [line for line in lines.values() if line.section == "law"]
    assert [line.key for line in told] == [f"law.{change.name}" for change in load_law()]
    right = lines["law.right_to_danish"]
    assert right.sentence_en == (
        "From 1 January 2014: right to Danish classes of five years instead of three. "
        "It reaches everybody whose right has not run out on that day."
    )
    assert (right.before_da, right.after_da) == (
        "følges ikke", "fra 1. januar 2014: alle, hvis ret ikke er udløbet den dag"
    )  # fmt: skip
    assert "alle fra 1. juli 2016" in lines["law.integration_benefit"].sentence_da
    assert "municipality.effort_elasticity" in lines["law.refund_ladder"].rests_on
    assert lines["law.work_first"].source.endswith("(confidence S; capacity assumption)")
    assert not any(key.startswith("rates.") for key in lines)


def test_what_the_scenario_sets_itself_holds_above_the_law() -> None:
    own = {
        "danish.right_months": 36,
        "placements.capacity": 1.0,
        "bonus_extra_job": 0,
        "benefits.rates_of": "2013-07-01",
    }
    lines = {line.key: line for line in explain(reference_policy(), load_scenario("history_2010_2018", own))}
    assert lines["law.right_to_danish"].after_en == "not followed"
    assert lines["law.right_to_danish"].sentence_en == (
        "The scenario sets danish.right_months itself, so the change of 1 January 2014 does not reach it."
    )
    assert lines["law.work_first"].sentence_en.endswith(
        "(placements.capacity excepted: set by the scenario)."
    )
    assert lines["law.work_first"].after_da.endswith("undtagen placements.capacity: sat af scenariet")
    for name in ("integration_benefit", "bonus_extra_job"):
        assert lines[f"law.{name}"].after_da == "følges ikke"
    # Against the law itself only what is kept from it is told.
    history = load_scenario("history_2010_2018")
    kept = {
        line.key for line in explain(history, load_scenario("history_2010_2018", {"danish.right_months": 36}))
    }
    assert kept == {"law.right_to_danish"}


def test_the_other_way_round() -> None:
    lines = {
        line.key: line for line in explain(load_scenario("history_2010_2018"), load_scenario("three_year"))
    }
    assert lines["law.basic_grant"].sentence_da.startswith(
        "Ændringen 1. januar 2017 kommer ikke: grundtilskud"
    )
    assert lines["law.basic_grant"].rests_on == ()
    one = {line.key: line for line in explain(load_scenario("one_year"), load_scenario("three_year"))}
    assert one["introduction_period.base_months"].after_en == "36 months"


def test_each_change_has_the_source_of_its_file() -> None:
    lines = {
        line.key: line
        for line in explain(
            reference_policy(),
            load_scenario("reform_2016+upturn_2017"),
            sources=sources_of("reform_2016+upturn_2017"),
        )
    }
    assert lines["benefits.refund_of"].source.startswith("L 4 2014-15")
    assert lines["introduction_period.extension"].source.startswith("Law 665")
    assert lines["result_grants.education"].source.startswith("Order 1591/2017")
    assert lines["national_demand"].source.startswith("Statistics Denmark AUP02")
    one = sources_of("one_year_flexible_concentrated")
    assert one["introduction_period.base_months"].endswith("shorter for the strong")
    assert one["introduction_period.resources"].endswith("those with special needs")


def test_sources_follow_what_holds(in_tmp: Path) -> None:
    texts = {
        "parent": "source: old\nplacements: {capacity: 2}\ndanish: {class_hours: 10}\n"
        "national_demand: {2014-01-01: 1}",
        "child": "extends: parent\nplacements: {capacity: 3}",
        "package": "source: whole\nextends: [child]\ndanish: {class_hours: 15}",
    }
    for name, text in texts.items():
        (in_tmp / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert sources_of("child") == {
        "placements.capacity": "child.yaml", "danish.class_hours": "old", "national_demand.2014-01-01": "old"
    }  # fmt: skip
    package = sources_of("package")
    assert (package["placements.capacity"], package["danish.class_hours"]) == ("child.yaml", "whole")
    lines = explain(reference_policy(), load_scenario("package"), sources=package)
    assert {line.key: line.source for line in lines}["national_demand"] == "old"


def test_the_same_policy_has_no_changes() -> None:
    assert explain(reference_policy(), load_scenario("three_year+grant_2013")) == []
    assert explain(Scenario(), load_scenario("three_year", {"title": "Other"})) == []


def test_numbers_in_both_languages() -> None:
    assert [number(1234567.5, language) for language in ("en", "da")] == ["1,234,567.5", "1.234.567,5"]
    assert [number(-0.04, language) for language in ("en", "da")] == ["−0.04", "−0,04"]
    assert number(-0.00001, "en") == "0"
    assert quantity(1, "months", "da") == "1 måned"
    assert quantity(5556.07, "DKK", "en") == "5,556 DKK"
    assert quantity(78.12, "DKK", "da") == "78,12 kr."
    assert quantity(0.03, "share of gap/year", "en") == "3 %"
    assert quantity(3, "bananas", "en") == "3 bananas"
