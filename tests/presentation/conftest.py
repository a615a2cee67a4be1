"""Synthetic but plausible tables of the demo, seeded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ankomst.report.document.context import Context
from ankomst.report.document.texts import load_texts

PERIODS = ("three_year", "one_year", "one_year_flexible", "one_year_flexible_concentrated")
DESIGNS = (
    *("no_grant", "grant_2013", "grant_by_speed", "grant_at_entry"),
    *("grant_sustained_12", "grant_risk_adjusted", "grant_after_period", "grant_above_benchmark"),
)
BASELINE = "three_year+grant_2013"
MONTHS = dict(zip(PERIODS, (0.0, -0.82, -0.31, 0.24), strict=True))
STATE = dict(zip(PERIODS, (0.0, -61_000.0, -38_000.0, -33_500.0), strict=True))
MUNICIPALITY = dict(zip(PERIODS, (0.0, 52_300.0, 39_100.0, 31_200.0), strict=True))
GRANTS = dict(
    zip(DESIGNS, (0.0, 16_300.0, 15_100.0, 22_400.0, 11_900.0, 14_600.0, 20_700.0, 9_800.0), strict=True)
)
N = 12


@dataclass
class Maker:
    """Makes rows with an interval around an estimate."""

    rng: np.random.Generator

    def row(self, estimate: float, se: float, **names: object) -> dict[str, Any]:
        seen = estimate + se * float(self.rng.standard_normal())
        low, high = seen - 2.2 * se, seen + 2.2 * se
        verdict = "higher" if low > 0 else "lower" if high < 0 else "too close to call"
        return {
            **names,
            "estimate": seen,
            "low": low,
            "high": high,
            "level": 0.95,
            "se": se,
            "n": N,
            "verdict": verdict,
            "interval": "Monte-Carlo interval of the mean over replicates",
        }


def combinations() -> list[dict[str, str]]:
    return [{"scenario": f"{p}+{d}", "period": p, "design": d} for p in PERIODS for d in DESIGNS]


def employment(make: Maker) -> pd.DataFrame:
    rows = []
    for period in PERIODS:
        for month in range(1, 121):
            share = (
                0.47 * (1 - np.exp(-month / 30))
                + MONTHS[period] / 120 * np.exp(-(((month - 40) / 45) ** 2)) * 2
            )
            names = {
                "scenario": f"{period}+grant_2013",
                "period": period,
                "design": "grant_2013",
                "months": month,
            }
            row = make.row(0, 0.0011, **names, outcome="employment_rate", unit="share")
            shift = share - row["estimate"] * 0.8
            rows.append({**row, **{name: row[name] + shift for name in ("estimate", "low", "high")}})
            if period != PERIODS[0]:
                wave = MONTHS[period] / 60 * np.exp(-(((month - 40) / 45) ** 2))
                rows.append(
                    make.row(wave, 0.0006, **names, outcome="employment_rate_difference", unit="share")
                )
    return pd.DataFrame(rows).drop(columns="verdict")


def differences(make: Maker) -> pd.DataFrame:
    effect = dict(zip(DESIGNS, (-0.06, 0.0, 0.02, 0.015, -0.02, -0.01, 0.03, -0.035), strict=True))
    rows = []
    for names in combinations():
        period, design = names["period"], names["design"]
        if names["scenario"] == BASELINE:
            continue
        se = 0.012 if period == PERIODS[0] else 0.03
        extra = {**names, "correlation": 0.97}
        months = MONTHS[period] + effect[design]
        rows.append(make.row(months, se, **extra, outcome="months_employed", payer="", unit="months"))
        grant = (GRANTS[design] - GRANTS["grant_2013"]) * (1 if period == PERIODS[0] else 0.4)
        both = MUNICIPALITY[period] + STATE[period] - 4_500 * effect[design]
        costs = {"municipality": MUNICIPALITY[period] - grant, "state": STATE[period] + grant, "both": both}
        for payer, cost in costs.items():
            rows.append(
                make.row(
                    cost,
                    90 if period == PERIODS[0] else 260,
                    **extra,
                    outcome="net_cost",
                    payer=payer,
                    unit="DKK",
                )
            )
    return pd.DataFrame(rows)


def grants(make: Maker) -> pd.DataFrame:
    rows = []
    for names in combinations():
        paid = GRANTS[names["design"]] * (1 if names["period"] == PERIODS[0] else 0.45)
        rows.append(make.row(paid, paid * 0.006, **names, measure="grants_paid", unit="DKK"))
        share = (0.96, 0.004) if paid else (np.nan, np.nan)
        scale = (GRANTS["grant_2013"] / paid, 0.01) if paid else (np.nan, np.nan)
        rows.append(make.row(*share, **names, measure="deadweight", unit="share"))
        rows.append(make.row(*scale, **names, measure="budget_scale", unit="factor"))
    return pd.DataFrame(rows).drop(columns="verdict")


GROUPS = {
    "origin": ("refugee", "reunified_with_refugee", "reunified_with_other"),
    "sex": ("female", "male"),
    "health": ("impaired", "unimpaired"),
    "education": ("none", "basic", "upper_secondary", "tertiary"),
}


def groups(make: Maker) -> pd.DataFrame:
    rows = []
    for period in PERIODS[1:]:
        for dimension, members in GROUPS.items():
            for place, group in enumerate(members):
                names = {"period": period, "dimension": dimension, "group": group}
                months = MONTHS[period] + 0.35 * (place - 1)
                rows.append(make.row(months, 0.06, **names, outcome="months_employed", unit="months"))
                rows.append(make.row(-9_000 * months, 700, **names, outcome="net_cost_both", unit="DKK"))
    return pd.DataFrame(rows)


def accounts(make: Maker) -> pd.DataFrame:
    items = {
        "benefit": (41_000, 0),
        "benefit_refund": (-15_500, 15_500),
        "municipal_tax": (4_200, 0),
        "state_tax": (0, 2_900),
        "indirect_tax": (0, 2_300),
        "danish_classes": (-3_900, 0),
        "staff": (-16_400, 0),
        "placement": (-2_100, 0),
        "programme_refund": (9_700, -9_700),
        "basic_grant": (47_500, -47_500),
        "grant_job": (8_200, -8_200),
        "grant_education": (900, -900),
        "grant_danish": (2_600, -2_600),
        "disability_pension": (40, 0),
        "education_grant": (0, 310),
        "wage_subsidy": (-190, 0),
    }
    rows = []
    for names in combinations():
        if names["scenario"] == BASELINE:
            continue
        factor = dict(zip(PERIODS, (0.01, 1.0, 0.7, 0.6), strict=True))[names["period"]]
        for item, by_payer in items.items():
            for payer, amount in zip(("municipality", "state"), by_payer, strict=True):
                if amount:
                    rows.append(
                        make.row(
                            factor * amount,
                            60 + abs(amount) * 0.01,
                            **names,
                            payer=payer,
                            item=item,
                            unit="DKK",
                        )
                    )
        rows.append(
            make.row(-22_000 * factor, 150, **names, payer="resource", item="resource_cost", unit="DKK")
        )
    return pd.DataFrame(rows).drop(columns="verdict")


def economics(make: Maker) -> pd.DataFrame:
    rows = []
    convention = {
        "cost_per_person_year": "net public cost over extra years in work",
        "mvpf": "gain in newcomers' disposable income over net public cost",
        "break_even_year": "first year after arrival in which the accumulated net cost is not above zero",
    }
    for names in combinations():
        if names["scenario"] == BASELINE:
            continue
        undefined = names["period"] == PERIODS[0]
        for measure, words in convention.items():
            value = {"cost_per_person_year": 128_000.0, "mvpf": 1.3, "break_even_year": 6.0}[measure]
            text = "undefined: the interval of the employment difference holds 0" if undefined else ""
            if measure == "mvpf" and names["period"] == PERIODS[1]:
                text = "pays for itself"
            row = make.row(np.nan if text else value, value * 0.02, **names, measure=measure, unit="")
            rows.append({**row, "text": text, "convention": words})
    return pd.DataFrame(rows).drop(columns="verdict")


def shares() -> pd.DataFrame:
    rows = [
        (
            "municipality.effort_elasticity",
            0.3,
            "elasticity",
            "assumption",
            "no evaluation of result grants exists",
        ),
        ("municipality.ordinary_intensity", 0.55, "factor", "assumption", ""),
        ("job_finding.b_language", 0.49, "log hazard", "published", "Clausen et al. 2009"),
        ("learning.drop_out_after", 0.02, "1/month", "assumption", ""),
    ]
    return pd.DataFrame(rows, columns=["name", "value", "unit", "grade", "source"])


@pytest.fixture(name="tables", scope="session")
def tables_fixture() -> dict[str, pd.DataFrame]:
    make = Maker(np.random.default_rng(20131))
    makers = (employment, differences, grants, groups, accounts, economics)
    return {**{maker.__name__: maker(make) for maker in makers}, "shares": shares()}


@pytest.fixture(name="facts", scope="session")
def facts_fixture() -> dict[str, Any]:
    titles = {
        "three_year": (
            "Introduction period of up to three years",
            "Introduktionsperiode på op til tre år",
            "2013 rules",
        ),
        "one_year": (
            "Introduction period of at most one year",
            "Introduktionsperiode på højst et år",
            "Task Force R 1.2",
        ),
        "grant_2013": (
            "Result grants, 2013 rule",
            "Resultattilskud efter 2013-reglen",
            "integrationsloven section 45",
        ),
    }
    return {
        "title": (
            "One year or three, and which result grant?",
            "Et år eller tre, og hvilket resultattilskud?",
        ),
        "draws": 1,
        "replicates": N,
        "newcomers_per_year": 7000,
        "arrival_years": 5,
        "follow_up_months": 120,
        "seed": 1,
        "baseline": BASELINE,
        "level": 0.95,
        "version": "0.1.0",
        "commit": "0123abc",
        "created": "2013-07-01 12:00",
        "runtime_seconds": 83.4,
        "scenario_titles": titles,
        "period_order": list(PERIODS),
        "design_order": list(DESIGNS),
        "notes": ["A note in one language.", ("A note in two.", "En note på to.")],
    }


@pytest.fixture(name="context", params=["en", "da"], scope="session")
def context_fixture(request: pytest.FixtureRequest, facts: dict[str, Any]) -> Context:
    return Context(load_texts(request.param), facts)
