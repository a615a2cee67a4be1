"""Three lives of 24 months under the rules of 2013, worked out by hand, item by item (docs/ODD.md 7.12).

The model itself runs them: chances are set to certain or impossible, so that each month takes the turn that
the life prescribes. Sums in the comments use no code of the package. Rates of 2013: benefit 10,500 or 13,952
with children; personal allowance 42,000 a year (3,500 a month); labour-market contribution 8 %; employment
allowance 6.95 % of wage; municipal tax 24.9 %; bottom tax 5.83 %; health contribution 6 %; class hour 133, 88
or 59 DKK in prices of 2018, so divided by 1.09; staff 1,050; placement 7,000; ceiling of refunded costs
71,700 / 12 = 5,975 a month. Twelve hours a week are 52 hours a month, 37 are 160 1/3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ankomst.policy.parameters import uncalibrated_values
from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import build_scenario
from ankomst.simulation import codes as c
from ankomst.simulation.engine import IntroductionModel
from ankomst.simulation.kernels.booking import monthly_taxes

if TYPE_CHECKING:
    from pathlib import Path

IMPOSSIBLE, CERTAIN = -50.0, 50.0
SEEDS = {"top-up": 3, "subsidised": 1, "test": 0}
"""Seeds whose draw for the first job gives 12 hours (and no rise after a year), 37 and 37 hours a week."""
NOTHING_HAPPENS = uncalibrated_values() | {
    "municipality.effort_sd": 0.0,
    "danish.language_speed": 0.0,
    "danish.drop_out": 0.0,
    "separation.separation": 0.0,
    "placements.places": 0.0,
    "exits.emigration": 0.0,
    "exits.education_entry": 0.0,
    "exits.disability": 0.0,
}


@dataclass
class Life:
    """One refugee's traits and the months in which something happens."""

    seed: int
    """Gives the weekly hours that the life needs at the hire."""
    traits: dict[str, int]
    track: int
    hired: int
    placed: tuple[int, ...] = ()
    passes_test: int = -1
    statuses: list[int] = field(default_factory=list)
    hours: int = 37

    def run(self, table: Path) -> tuple[IntroductionModel, dict[str, float]]:
        policy = build_scenario(
            {
                "interactions": False,
                "population": {"newcomers_per_year": 12, "arrival_years": 1, "municipalities": table},
                "horizon": {"follow_up_months": 24},
            }
        )
        model = IntroductionModel(policy, seed=self.seed, record="persons", parameters=NOTHING_HAPPENS)
        n = model.newcomers
        n.municipality[:] = 1  # the others live elsewhere: the ceiling of refunds is municipal
        n.municipality[0] = 0
        traits = {"origin": 0, "female": 0, "education": 1, "health": 0, "children": 0, "supported": 0}
        for name, value in (traits | {"needs": 0, "recognisable": 0} | self.traits).items():
            getattr(n, name)[0] = value
        n.benefit_kind[0] = n.children[0]
        n.track[0] = self.track - 1
        n.module_worth[0] = (0.50, 0.75, 1.00)[self.track - 1] / 6
        n.status[0] = c.ASSESSMENT
        n.age[0] = 40.0
        quiet = model.rules
        for s in range(24):
            n.eta[0] = CERTAIN if s == self.hired else IMPOSSIBLE
            n.speed[0] = 1.0 if s == self.passes_test else 0.0
            if s == self.passes_test:
                n.language[0] = 5.5  # a month in class completes the last module
            model.rules = quiet._replace(
                places=1.0 if s in self.placed else 0.0,
                subsidised_share=1.0,
                test_hazard=1.0 if s == self.passes_test else 0.0,
            )
            model.step()
        history = model.records.whole[:, 0, :24]
        assert history[0].tolist() == self.statuses
        assert set(history[1][history[0] == c.EMPLOYED].tolist()) == {self.hours}
        totals = model.records.ledger_cohort[0].sum(axis=0)
        return model, dict(zip(c.ITEMS, totals.tolist(), strict=True))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "two.csv"
    path.write_text(
        "code,name,region,population_2013,tax_rate_2013_pct,unemployment_2013_pct\n"
        "1,Here,East,1000,24.9,5.75\n2,There,West,1000,24.9,5.75\n",
        encoding="utf-8",
    )
    return path


def to_the_krone(found: dict[str, float], expected: dict[str, int]) -> None:
    """Compare every item; those not named are zero."""
    for item, amount in found.items():
        assert abs(amount - expected.get(item, 0)) <= 0.5 + 1e-6, (item, amount, expected.get(item, 0))


def test_a_life_with_a_top_up(table: Path) -> None:
    # A man without children on track 2. Assessment in month 0, class at the end of months 1 to 9, a job of
    # 12 hours from month 10 on; job grant after six months, in month 16.
    life = Life(
        seed=SEEDS["top-up"], traits={}, track=2, hired=10, hours=12,
        statuses=[c.ASSESSMENT] + [c.LANGUAGE_CLASS] * 9 + [c.EMPLOYED] * 14,
    )  # fmt: skip
    _, found = life.run(table)
    # Wage in the x-th month after the hire: 52 h * 115 * (1 + 0.03 x / 12) = 5,980 + 14.95 x, x = 0 to 13:
    #   14 * 5,980 + 14.95 * 91 = 83,720 + 1,360.45 = 85,080.45
    # Top-up: 10,500 - (wage - 26 * 52) = 11,852 - wage: 14 * 11,852 - 85,080.45 = 80,847.55
    # Refund: month 0 passive .3 * 10,500 = 3,150; months 1 to 9 active 9 * 5,250 = 47,250; top-up passive
    #   .3 * 80,847.55 = 24,254.27; together 74,654.27
    # Contribution: .08 * 85,080.45 = 6,806.44
    # Municipal tax: 10 months on benefit .249 * (10,500 - 3,500) = 1,743 each, 17,430; in work
    #   .249 * (11,852 - 3,500 - (.08 + .0695) wage): .249 * (14 * 8,352 - .1495 * 85,080.45)
    #   = .249 * (116,928 - 12,719.53) = 25,947.91; together 43,377.91
    # State tax: on benefit (.0583 + .06) * 7,000 = 828.10 each, 8,281; in work
    #   bottom tax on 116,928 - .08 * 85,080.45, health contribution on 116,928 - 12,719.53:
    #   .0583 * 110,121.56 + .06 * 104,208.47 = 6,420.09 + 6,252.51 = 12,672.60; together 20,953.60
    # Indirect tax: (1 - 1 / 1.325) = 13 / 53 of 105,000 + 14 * 11,852 - 6,806.44 - 43,377.91 - 20,953.60
    #   = 13 / 53 * 199,790.05 = 49,005.11
    # Classes: months 2 to 10 of 52 h, months 11 to 23 of 3 * 52 / 12 = 13 h: 468 + 169 = 637 h at 88 / 1.09:
    #   56,056 / 1.09 = 51,427.52
    # Staff: 10 client-months (0 to 9) at 1,050 = 10,500
    # Programme refund: half of the classes, none above half of 5,975: months 2 to 10: 52 * 88 / 1.09 / 2
    #   = 2,099.08 each, 18,891.74; months 11 to 23: 13 * 88 / 1.09 / 2 = 524.77 each, 6,822.02;
    #   together 25,713.76
    # Basic grant: 24 * 2,520 = 60,480
    to_the_krone(
        found,
        {
            "benefit": 105_000,
            "top_up": 80_848,
            "benefit_refund": 74_654,
            "wage": 85_080,
            "labour_market_contribution": 6_806,
            "municipal_tax": 43_378,
            "state_tax": 20_954,
            "indirect_tax": 49_005,
            "danish_classes": 51_428,
            "staff": 10_500,
            "programme_refund": 25_714,
            "basic_grant": 60_480,
            "grant_job": 46_881,
        },
    )


def test_a_life_with_a_subsidised_job(table: Path) -> None:
    # A woman with children on track 1. Class; internship in months 5 to 7, not hired; subsidised job in
    # months 9 to 14 and hired at its end, full time; job grant in month 20.
    life = Life(
        seed=SEEDS["subsidised"], traits={"female": 1, "children": 1}, track=1, hired=14, placed=(5, 9),
        statuses=[c.ASSESSMENT] + [c.LANGUAGE_CLASS] * 4 + [c.INTERNSHIP] * 2 + [c.LANGUAGE_CLASS] * 2
        + [c.SUBSIDISED_JOB] * 5 + [c.EMPLOYED] * 10,
    )  # fmt: skip
    _, found = life.run(table)
    # Benefit: months 0 to 8: 9 * 13,952 = 125,568. Refund: .3 * 13,952 + .5 * 8 * 13,952 = 59,993.60
    # Wage: 160 1/3 h * 115 = 18,438.33; five subsidised months 92,191.67; ten of work, x = 0 to 9:
    #   18,438.33 * (10 + .0025 * 45) = 186,457.65; together 278,649.31
    # Subsidy: 71 * 160 1/3 = 11,383.67; 5 months 56,918.33, half refunded 28,459.17
    # Contribution: .08 * 278,649.31 = 22,291.95
    # Municipal tax: benefit .249 * (13,952 - 3,500) = 2,602.55 each, 23,422.93; work
    #   .249 * (.8505 * 278,649.31 - 15 * 3,500) = .249 * 184,491.24 = 45,938.32; together 69,361.25
    # State tax: benefit .1183 * 10,452 = 1,236.47 each, 11,128.24; work
    #   .0583 * (.92 * 278,649.31 - 52,500) + .06 * 184,491.24 = .0583 * 203,857.37 + 11,069.47
    #   = 11,884.88 + 11,069.47 = 22,954.36; together 34,082.60
    # Indirect tax: 13 / 53 * (125,568 + 278,649.31 - 22,291.95 - 69,361.25 - 34,082.60)
    #   = 13 / 53 * 278,481.51 = 68,306.79
    # Classes: months 2 to 4 and 8 of 52 h, nine months in placements of .3 * 52 = 15.6 h (5 to 7, 9 to 14),
    #   months 15 to 23 of 13 h: 208 + 140.4 + 117 = 465.4 h at 133 / 1.09: 61,898.2 / 1.09 = 56,787.34
    # Staff: months 0 to 13: 14,700. Placements: 14,000
    # Programme refund, a class hour being 122.018: full class 6,344.95 and any month with a placement
    #   started are above 5,975: months 2, 3, 4, 5, 8, 9: 6 * 2,987.50 = 17,925; months 6, 7, 10 to 14:
    #   1,903.49 / 2 = 951.74 each, 6,662.20; months 15 to 23:
    #   13 * 122.018 / 2 = 793.12 each, 7,138.07; together 31,725.27
    to_the_krone(
        found,
        {
            "benefit": 125_568,
            "benefit_refund": 59_994,
            "wage": 278_649,
            "wage_subsidy": 56_918,
            "wage_subsidy_refund": 28_459,
            "labour_market_contribution": 22_292,
            "municipal_tax": 69_361,
            "state_tax": 34_083,
            "indirect_tax": 68_307,
            "danish_classes": 56_787,
            "staff": 14_700,
            "placement": 14_000,
            "programme_refund": 31_725,
            "basic_grant": 60_480,
            "grant_job": 46_881,
        },
    )


def test_a_life_with_the_danish_test_and_grants(table: Path) -> None:
    # A man with a recognised tertiary education on track 3. Class from month 2; in month 13 he completes the
    # last module, passes the test and leaves class for the job centre; full-time work from month 16 on.
    life = Life(
        seed=SEEDS["test"], traits={"education": 3, "recognisable": 1}, track=3, hired=16, passes_test=13,
        statuses=[c.ASSESSMENT] + [c.LANGUAGE_CLASS] * 12 + [c.JOB_CENTRE] * 3 + [c.EMPLOYED] * 8,
    )  # fmt: skip
    model, found = life.run(table)
    slots = model.milestones.grant_slot
    assert [int(model.newcomers.slot_month[slot, 0]) for slot in slots] == [22, c.NEVER, 13]
    assert [int(model.newcomers.slot_start[slot, 0]) for slot in slots] == [16, c.NEVER, 13]
    # Benefit: months 0 to 15: 168,000. Refund: 4 passive * 3,150 + 12 active * 5,250 = 75,600
    # Wage: 18,438.33 * (1 + .10 + .08 + .0025 x), x = 0 to 7: 18,438.33 * (9.44 + .07) = 175,348.55
    # Contribution: 14,027.88
    # Municipal tax: 16 * 1,743 = 27,888; work .249 * (.8505 * 175,348.55 - 28,000) = .249 * 121,133.94
    #   = 30,162.35; together 58,050.35
    # State tax: 16 * 828.10 = 13,249.60; work .0583 * (.92 * 175,348.55 - 28,000) + .06 * 121,133.94
    #   = .0583 * 133,320.67 + 7,268.04 = 7,772.59 + 7,268.04 = 15,040.63; together 28,290.23
    # Indirect tax: 13 / 53 * (168,000 + 175,348.55 - 14,027.88 - 58,050.35 - 28,290.23)
    #   = 13 / 53 * 242,980.09 = 59,598.89
    # Classes: months 2 to 13: 12 * 52 = 624 h at 59 / 1.09: 36,816 / 1.09 = 33,776.15; none after the test
    # Staff: months 0 to 15: 16,800
    # Programme refund: months 2 to 13: 33,776.15 / 2 = 16,888.07; no activity in others
    # Grants: test 35,162 in month 13, job 46,881 in month 22
    to_the_krone(
        found,
        {
            "benefit": 168_000,
            "benefit_refund": 75_600,
            "wage": 175_349,
            "labour_market_contribution": 14_028,
            "municipal_tax": 58_050,
            "state_tax": 28_290,
            "indirect_tax": 59_599,
            "danish_classes": 33_776,
            "staff": 16_800,
            "programme_refund": 16_888,
            "basic_grant": 60_480,
            "grant_job": 46_881,
            "grant_danish": 35_162,
        },
    )


@pytest.mark.parametrize(
    ("gross_month", "kind", "total", "municipal"),
    [
        (18_000, "wage", 70_205, None),
        (20_000, "wage", 79_719, 40_368),
        (22_000, "wage", 89_234, None),
        (10_500, "benefit", 30_853, None),
        (13_952, "benefit", 46_068, None),
    ],
)
def test_worked_tax_examples(gross_month: int, kind: str, total: int, municipal: int | None) -> None:
    rules = IntroductionModel(build_scenario({"population": {"newcomers_per_year": 12}})).rules
    wage, transfer = (float(gross_month), 0.0) if kind == "wage" else (0.0, float(gross_month))
    contribution, to_municipality, to_state, _ = monthly_taxes(wage, transfer, 0.0, 0.249, rules)
    assert abs(12 * (contribution + to_municipality + to_state) - total) <= 0.5
    if municipal is not None:
        assert abs(12 * to_municipality - municipal) <= 0.5


def test_the_worked_examples_are_those_of_the_rates() -> None:
    checks: list[dict[str, Any]] = [dict(check) for check in load_rates().checks]
    assert [check["total_tax_year"] for check in checks] == [70_205, 79_719, 89_234, 30_853, 46_068]
    assert np.isclose(load_rates().value("municipal_tax", build_scenario({}).date), 0.249)
