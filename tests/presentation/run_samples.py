"""Tables and facts of a run: three scenarios of a small real run, and plausible tables of what it lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Tables = dict[str, pd.DataFrame]
DATA = Path(__file__).parent / "run_data"
BASELINE = "three_year"
NAMES = ("one_year", "three_year", "flexible_danish")
N = 4
DEFINITION = "in work; first in the population register at the start of the year"


def run_tables() -> Tables:
    """Tables of three scenarios with 700 newcomers a year and four replicates, as the command wrote them."""
    found = {name: pd.read_csv(DATA / f"{name}.csv") for name in ("curves", "differences", "accounts")}
    return {**found, "assumptions": assumptions()}


def assumptions() -> pd.DataFrame:
    columns = ["scenario", "lever", "name", "value", "low", "high", "unit", "grade", "source"]
    hours, right = "danish.workplace_hours", "danish.right_months"
    rows = [
        (
            "flexible_danish",
            hours,
            "learning.at_work",
            0.25,
            0.0,
            0.6,
            "share",
            "assumption",
            "Task Force 4.2",
        ),
        ("flexible_danish", hours, "learning.b_language", 0.49, 0.3, 0.7, "log hazard", "published", "Study"),
        (
            "flexible_danish",
            right,
            "learning.drop_out_after",
            0.02,
            np.nan,
            np.nan,
            "1/month",
            "assumption",
            "",
        ),
    ]
    return pd.DataFrame(rows, columns=columns)


def changes() -> dict[str, list[dict[str, Any]]]:
    return {
        "one_year": [
            {
                "key": "introduction_period.base_months",
                "label_en": "Introduction period",
                "label_da": "Introduktionsperiode",
                "before_en": "36 months",
                "after_en": "12 months",
                "before_da": "36 måneder",
                "after_da": "12 måneder",
                "sentence_en": "The introduction period lasts 12 months instead of 36 months.",
                "sentence_da": "Introduktionsperioden varer 12 måneder i stedet for 36 måneder.",
                "source": "Task Force recommendation 1.2",
                "rests_on": [],
            }
        ],
        "flexible_danish": [
            {
                "key": "danish.workplace_hours",
                "label_en": "Danish at the workplace",
                "label_da": "Dansk på arbejdspladsen",
                "before_en": "none",
                "after_en": "3 hours a week",
                "before_da": "ingen",
                "after_da": "3 timer om ugen",
                "sentence_en": "Those in work learn Danish at the workplace for 3 hours a week.",
                "sentence_da": "De, der er i arbejde, lærer dansk på arbejdspladsen 3 timer om ugen.",
                "source": "",
                "rests_on": ["learning.at_work", "learning.b_language", "learning.drop_out_after"],
            }
        ],
    }


def run_facts() -> dict[str, Any]:
    return {
        "title": {
            "en": "Three scenarios of integration policy",
            "da": "Tre scenarier for integrationspolitik",
        },
        "scenario_titles": {
            "one_year": ("One-year introduction period", "Etårig introduktionsperiode", "Task Force 1.2"),
            "three_year": ("Three-year introduction period", "Treårig introduktionsperiode", "2013 rules"),
            "flexible_danish": (
                "Danish classes beside work, at the workplace, for five years",
                "Fleksibel danskuddannelse ved siden af arbejdet, ret i fem år",
                "Task Force 4.2",
            ),
        },
        "baseline": BASELINE,
        "replicates": N,
        "seed": 1,
        "newcomers_per_year": 700,
        "follow_up_months": 120,
        "months_compared": None,
        "level": 0.95,
        "version": "0.1.0",
        "commit": "0123abc",
        "created": "2013-07-01T12:00:00+00:00",
        "command": "ankomst run one_year flexible_danish --baseline three_year --newcomers 700",
        "changes": changes(),
        "extrapolated": False,
        "dated": False,
    }


def alone() -> tuple[Tables, dict[str, Any]]:
    """Return one scenario without a comparison."""
    tables = run_tables()
    kept = {
        name: tables[name][tables[name]["scenario"] == "one_year"].reset_index(drop=True)
        for name in ("curves", "accounts")
    }
    facts = run_facts()
    titles = {"one_year": facts["scenario_titles"]["one_year"]}
    return kept, {**facts, "scenario_titles": titles, "baseline": "one_year", "changes": {}}


def history() -> Tables:
    """Return published shares, with hits, misses and one measured in another way; and the model's curves."""
    both = "refugee+reunified_with_refugee"
    figures = [
        ("2011", 12, 2012, "refugee", "25-64", 0.17, None, 0.155, True),
        ("2011", 24, 2013, "refugee", "25-64", 0.22, None, 0.2602, True),
        ("2011", 36, 2014, "refugee", "25-64", 0.29, None, 0.352, True),
        ("2011", 12, 2012, "reunified_with_refugee", "25-64", 0.17, None, 0.171, True),
        ("2011", 12, 2012, "reunified_with_other", "25-64", 0.42, None, 0.449, True),
        ("2012", 36, 2015, both, "21-64", 0.205, 0.005, 0.301, True),
        ("2015", 36, 2018, both, "21-64", 0.44, 0.01, 0.402, True),
        ("2015", 12, 2016, "refugee", "not stated", 0.10, None, 0.221, False),
        ("2014-2015", 36, 2018, both, "not stated", 0.49, None, 0.512, False),
    ]
    rows = [
        {
            "cohort": cohort,
            "months": months,
            "year": year,
            "origins": origins,
            "sexes": "male" if cohort == "2014-2015" else "all",
            "ages": ages,
            "published": published,
            "published_low": published - half if half else np.nan,
            "published_high": published + half if half else np.nan,
            "definition": DEFINITION,
            "definition_da": "i arbejde; første gang i folkeregisteret i begyndelsen af året",
            "reason": "" if comparable else "ever employed, not in work in the month",
            "reason_da": "" if comparable else "nogensinde i arbejde, ikke i arbejde i måneden",
            "source": "Integration i tal 1, 2016",
            "comparable": comparable,
            "estimate": model,
            "low": model - 0.011,
            "high": model + 0.011,
            "level": 0.95,
            "se": 0.004,
            "n": N,
            "newcomers": 640.0,
        }
        for cohort, months, year, origins, ages, published, half, model, comparable in figures
    ]
    curves = [
        {
            "cohort": str(year),
            "origins": origins,
            "ages": "all",
            "months": months,
            "estimate": (share := top * (1 - np.exp(-months / 30)) + 0.006 * (year - 2010)),
            "low": share - 0.012,
            "high": share + 0.012,
            "level": 0.95,
            "n": N,
            "newcomers": 640.0,
        }
        for year in range(2010, 2019)
        for origins, top in (
            ("refugee", 0.41), ("reunified_with_refugee", 0.36), (both, 0.4), ("reunified_with_other", 0.62),
            ("all", 0.5),
        )
        for months in (12, 24, 36, 48, 60)
    ]  # fmt: skip
    return {"history": pd.DataFrame(rows), "cohorts": pd.DataFrame(curves)}


PARTS = {
    "reform_2016_benefit": ("Integration benefit of 2016", "Integrationsydelse fra 2016"),
    "reform_2016_refund": ("Refund ladder of 2016", "Refusionstrappen fra 2016"),
    "reform_2016_work_first": ("Work first: an offer within a month", "Job først: tilbud inden for en måned"),
    "grant_2017": ("Result grants of 2017", "Resultattilskud efter 2017-reglerne"),
    "upturn_2017": ("Demand for labour of 2017", "Efterspørgslen efter arbejdskraft i 2017"),
}


def decomposition() -> Tables:
    """Return the parts of a reform; the last moves nothing but work, and the second is too close to call."""
    effects = {
        ("months_employed", "", 120, "months"): (1.4, 0.04, 2.2, 0.3, 4.1),
        ("employment_rate", "", 36, "share"): (0.012, 0.0004, 0.03, 0.004, 0.051),
        ("test_pass_rate", "", 36, "share"): (-0.003, 0.0001, -0.021, 0.001, -0.009),
        **{
            ("net_cost", payer, 120, "DKK per newcomer"): amounts
            for payer, amounts in (
                ("municipality", (-31_000.0, 42_000.0, -9_000.0, -2_500.0, 0.0)),
                ("state", (-12_000.0, -42_300.0, -14_000.0, 3_100.0, 0.0)),
                ("both", (-43_000.0, -300.0, -23_000.0, 600.0, 0.0)),
            )
        },
    }
    rows = []
    for (outcome, payer, months, unit), amounts in effects.items():
        size = max(map(abs, amounts))
        for part, amount in [*zip(PARTS, amounts, strict=True), ("total", sum(amounts))]:
            half = 0.0 if amount == 0 else 0.02 * size
            titles = PARTS.get(part, (part, part))
            rows.append(
                {
                    "part": part,
                    "part_title_en": titles[0],
                    "part_title_da": titles[1],
                    "outcome": outcome,
                    "payer": payer,
                    "months": months,
                    "unit": unit,
                    "estimate": amount,
                    "low": amount - half,
                    "high": amount + half,
                    "level": 0.95,
                    "se": half / 3.2,
                    "n": N,
                    "first": amount * 1.2,
                    "last": amount * 0.8,
                    "orders": "all",
                }
            )
    return {"decomposition": pd.DataFrame(rows)}
