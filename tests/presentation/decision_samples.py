"""Made-up tables of a decision, seeded; the numbers of the sentences are set by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

NAN = float("nan")
SPECIALIST, EFFORT, ECONOMY = (
    "municipality.specialist_gap",
    "municipality.effort_elasticity",
    "job_finding.b_effort",
)
COST, WORK = "net_cost.both@120", "months_employed@120"
QUESTION = "one_year_cheaper"
SOLVE = "how much specialist help it takes for one year to cost nothing more"
SOLVE_DA = "hvor meget specialisthjælp der skal til, for at ét år ikke koster mere"
GRANT = "how large a result grant it takes for one year to cost nothing more"
GRANT_DA = "hvor stort et resultattilskud der skal til, for at ét år ikke koster mere"
DESIGNS = (
    *("no_grant", "grant_2013", "grant_by_speed", "grant_at_entry"),
    *("grant_sustained_12", "grant_risk_adjusted", "grant_after_period", "grant_above_benchmark"),
)


def facts(**more: object) -> dict[str, Any]:
    return {
        "title": ("One year or three years of introduction?", "Ét eller tre års introduktion?"),
        "baseline": "three_year",
        "scenarios": ["three_year", "one_year"],
        "scenario_titles": {
            "three_year": ("Three years", "Tre år"),
            "one_year": ("One year", "Ét år"),
            "one_year_flexible": ("One year, flexible", "Ét år, fleksibelt"),
        },
        "draws": 200,
        "draws_text": ("200 draws of the posterior", "200 træk fra posterioren"),
        "discovery_text": ("600 points of the prior's ranges", "600 punkter i priorens spænd"),
        "question_titles": {
            QUESTION: (
                "one year has the lower net public cost",
                "ét år har den lavere offentlige nettoudgift",
            )
        },
        "newcomers_per_year": 7000,
        "newcomers": 35_000,
        "seed": 1,
        "level": 0.9,
        "replicates": 4,
        "evaluations": 8000,
        "failed": 0,
        "seconds": 1500.0,
        "created": "2026-11-22",
        "version": "0.6.0",
        "commit": "abcdef1234567",
        "quick": False,
        "national_inflow": 7000,
        "month_value": 0.0,
        "search": {"tried": 200, "on_front": 5},
    } | more


def robustness() -> pd.DataFrame:
    shared = {"n": 200, "replicates": 4, "level": 0.9, "interval": "bootstrap over the draws"}
    cost = {"criterion": COST, "label": "Net public cost after 10 years", "better": "lower",
            "label_da": "Offentlig nettoudgift efter 10 år", "unit": "DKK per newcomer",
            **shared}  # fmt: skip
    work = {"criterion": WORK, "label": "Months in work after 10 years", "better": "higher",
            "label_da": "Måneder i arbejde efter 10 år", "unit": "months per newcomer",
            **shared}  # fmt: skip
    rows = []
    for kind, values in (
        (cost, _values(8400, 3200, 13_500, -36_000, 52_000, 61_200, 52_000, 71_000, 0.41, 0.35, 0.47)),
        (work, _values(-0.2, -0.55, 0.14, -3.4, 3.1, -4.2, -4.9, -3.6, 0.48, 0.42, 0.54)),
    ):
        zero = _values(*[0.0] * 11)
        best = 1 - values["p_best"]
        scale = 1.0 if kind is work else 12_000.0
        rows.append(
            {"scenario": "three_year", **kind, **zero, "p_best": best, "p_best_low": best - 0.06,
             "p_best_high": best + 0.06, "mean_regret": 0.9 * scale, "regret_90": 2.4 * scale,
             "max_regret": 4.4 * scale, "satisficing": NAN, "satisficing_low": NAN, "satisficing_high": NAN,
             "threshold": NAN}
        )  # fmt: skip
        good = (0.72, 0.66, 0.78, 20_000.0) if kind is cost else (NAN, NAN, NAN, NAN)
        rows.append(
            {"scenario": "one_year", **kind, **values, "mean_regret": 1.4 * scale, "regret_90": 3.6 * scale,
             "max_regret": 6.1 * scale,
             **dict(zip(("satisficing", "satisficing_low", "satisficing_high", "threshold"), good,
                        strict=True))}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _values(*numbers: float) -> dict[str, Any]:
    names = ("mean", "mean_low", "mean_high", "low", "high", "worst_decile", "worst_decile_low",
             "worst_decile_high", "p_best", "p_best_low", "p_best_high")  # fmt: skip
    values: dict[str, Any] = dict(zip(names, map(float, numbers), strict=True))
    low, high = values["mean_low"], values["mean_high"]
    same = low == high
    verdict = (
        "no difference" if same else "higher" if low > 0 else "lower" if high < 0 else "direction unclear"
    )
    probability = {"higher": 0.99, "lower": 0.01, "no difference": NAN}.get(verdict, 0.3)
    return values | {
        "effect_low": low, "effect_high": high, "probability": probability, "verdict": verdict
    }  # fmt: skip


def discovery() -> dict[str, pd.DataFrame]:
    random = np.random.default_rng(3)
    values = {SPECIALIST: (0.0, 1.0), EFFORT: (0.0, 0.6), ECONOMY: (0.0, 1.5)}
    points = pd.DataFrame({name: random.uniform(*ends, 600) for name, ends in values.items()})
    inside = (points[SPECIALIST] > 0.68) & (points[EFFORT] < 0.31) & (points[ECONOMY] > 0.2)
    points["flips"] = (random.random(600) < np.where(inside, 0.85, 0.25)).astype(int)
    points["value"] = random.normal(0, 1, 600)
    points.insert(0, "question", QUESTION)
    points.insert(1, "point", range(600))
    box = {"question": QUESTION, "box": 1, "coverage": 0.5, "density": 0.86, "mass": 0.2,
           "density_low": 0.8, "density_high": 0.91, "base_share": 0.35, "n_inside": 90, "n": 400,
           "level": 0.9, "test_density": 0.83, "test_density_low": 0.74, "test_density_high": 0.90,
           "test_coverage": 0.47, "test_n": 54, "interval": "Wilson"}  # fmt: skip
    names = ("question", "box", "factor", "low", "high", "range_low", "range_high", "qp")
    limits = [
        (QUESTION, 1, SPECIALIST, 0.68, 1.0, 0.0, 1.0, 0.0001),
        (QUESTION, 1, EFFORT, 0.0, 0.31, 0.0, 0.6, 0.002),
        (QUESTION, 1, ECONOMY, 0.2, 1.5, 0.0, 1.5, 0.21),
    ]
    return {
        "boxes": pd.DataFrame([box]),
        "box_limits": pd.DataFrame(limits, columns=names),
        "discovery_points": points,
    }


def thresholds() -> dict[str, pd.DataFrame]:
    shared = {"quantity": f"{COST}:one_year", "quantity_unit": "DKK per newcomer", "n": 200, "replicates": 4,
              "level": 0.9, "interval": "bootstrap"}  # fmt: skip
    crosses = {"solve": SOLVE, "label_solve_da": SOLVE_DA, "label": "Net public cost within 120 months",
               "label_da": "Offentlig nettoudgift inden for 120 måneder", "wanted": 0.0,
               "unit": "share of gap", "mean_threshold": 0.62,
               "low": 0.55, "high": 0.71, "draw_median": 0.6, "draw_low": 0.2, "draw_high": 0.9,
               "share_crossing": 0.77, "share_already": 0.1, "from": 0.0, "to": 1.0, "central": 0.4,
               "status": "crosses"} | shared  # fmt: skip
    never = crosses | {"solve": GRANT, "label_solve_da": GRANT_DA,
                       "unit": "DKK", "mean_threshold": NAN, "low": NAN, "high": NAN, "from": 0.0,
                       "to": 150_000.0, "central": 46_881.0, "status": "never", "share_crossing": 0.2,
                       "draw_median": NAN, "draw_low": NAN, "draw_high": NAN}  # fmt: skip
    rows = []
    for solve, end, start in ((SOLVE, 1.0, 22_000.0), (GRANT, 150_000.0, 30_000.0)):
        for value in np.linspace(0, 1, 11):
            mean = start - (35_500.0 if solve == SOLVE else 12_000.0) * value
            rows.append({"solve": solve, "value": value * end, "mean": mean, "low": mean - 3100,
                         "high": mean + 3100, "n": 200, "level": 0.9, "interval": "bootstrap"})  # fmt: skip
    return {"thresholds": pd.DataFrame([crosses, never]), "threshold_curves": pd.DataFrame(rows)}


def information() -> pd.DataFrame:
    rows = [
        ("municipality", 1200, 300, 2300),
        ("danish", 700, 150, 1300),
        ("economy", 90, -60, 240),
        ("levers", 12, -40, 60),
        ("everything", 2600, 1900, 3400),
    ]
    shared = {"evpi": 2600.0, "unit": "DKK per newcomer", "method": "GAM", "n": 200, "level": 0.9}
    return pd.DataFrame(
        [
            {"group": group, "evppi": float(value), "low": float(low), "high": float(high),
             "share_of_evpi": value / 2600, "clear": "yes" if low > 0 else "no", **shared}
            for group, value, low, high in rows
        ]
    )  # fmt: skip


def designs() -> dict[str, pd.DataFrame]:
    random = np.random.default_rng(5)
    rows = []
    for k, name in enumerate(DESIGNS):
        work, cost = -1.0 + 0.06 * k, 2_000.0 + 700 * (k % 5)
        free = name == "no_grant"
        cost = -3_000.0 if free else cost
        rows.append(_design(name, "shipped", work, cost, on_front=free, wait=NAN, window=None))
    front = [(-0.7, -1000.0), (-0.1, 100.0), (0.4, 1600.0), (0.7, 4800.0), (-0.8, 4000.0)]
    for k, (work, cost) in enumerate(front):
        rows.append(
            _design(f"found_{k + 1}", "found", work, cost, on_front=k < 4, wait=[0.0, 6.0, 12.0, 3.0, 0.0][k],
                    window=["introduction_period", "36", "60", "24", "24"][k],
                    job=(75_000.0 - 10_000 * k, 50_000.0, 50_000.0, 0.0))
        )  # fmt: skip
    tried = pd.DataFrame(
        {"trial": range(60), "job_0_12": 50_000.0, "feasible": "yes",
         "months_employed": random.normal(-0.4, 0.4, 60), "net_cost": random.normal(3500, 1500, 60)}
    )  # fmt: skip
    dominance = [
        {"design": name, "verdict": verdict, "by": "found_2", "gain": 0.4, "gain_low": 0.2, "gain_high": 0.6,
         "cost": -1500.0, "cost_low": -2600.0, "cost_high": -400.0, "n": 40, "level": 0.9}
        for name, verdict in zip(
            DESIGNS, ["not matched", *["equalled or beaten"] * 6, "too close to call"], strict=True
        )
    ]  # fmt: skip
    return {"designs": pd.DataFrame(rows), "dominance": pd.DataFrame(dominance), "trials": tried}


def _design(
    name: str, origin: str, work: float, cost: float, *, on_front: bool, wait: float, window: str | None,
    job: tuple[float, float, float, float] = (NAN, NAN, NAN, NAN),
) -> dict[str, Any]:  # fmt: skip
    return {
        "design": name, "origin": origin,
        **dict(zip(("job_0_12", "job_12_24", "job_24_36", "job_36_60"), job, strict=True)),
        "education_share": NAN if window is None else 0.5, "danish_test": NAN if window is None else 35_000.0,
        "needs_group": NAN if window is None else 1.5, "sustained_months": wait, "window": window,
        "minimum_hours": NAN if window is None else 0.0,
        "months_employed": work, "months_employed_low": work - 0.12, "months_employed_high": work + 0.12,
        "net_cost": cost, "net_cost_low": cost - 600, "net_cost_high": cost + 600,
        "on_front": "yes" if on_front else "no", "p_on_front": 0.8 if on_front else 0.0, "n": 40,
        "level": 0.9, "interval": "paired",
    }  # fmt: skip


def tables() -> dict[str, pd.DataFrame]:
    return {
        "robustness": robustness(),
        **discovery(),
        **thresholds(),
        "information": information(),
        **designs(),
    }
