"""Synthetic but plausible tables of a calibration, seeded: 26 published figures, every ranged parameter."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ankomst.policy.parameters import load_registry

DRAWS, PRIOR, LEVEL = 240, 400, 0.9
# name, kind, months, unit, values, sds
TARGETS: tuple[tuple[str, str, tuple[int, ...], str, tuple[float, ...], tuple[float, ...]], ...] = (
    ("employment_refugee", "target", (12, 24, 36), "share", (0.17, 0.22, 0.29), (0.03, 0.015, 0.015)),
    (
        *("employment_reunified_with_refugee", "target", (12, 24, 36), "share"),
        *((0.17, 0.19, 0.25), (0.03, 0.025, 0.025)),
    ),
    (
        *("employment_reunified_with_other", "target", (12, 24, 36), "share"),
        *((0.42, 0.51, 0.54), (0.015, 0.015, 0.015)),
    ),
    ("danish_test_3_years", "target", (36,), "share", (0.56,), (0.02,)),
    ("danish_test_5_years", "target", (60,), "share", (0.67,), (0.02,)),
    ("danish_test_best_municipality", "target", (36,), "share", (0.86,), (0.05,)),
    ("danish_test_worst_municipality", "target", (36,), "share", (0.19,), (0.07,)),
    ("weeks_to_first_job", "target", (0,), "weeks", (123.0,), (4.0,)),
    ("job_after_placement", "target", (0,), "share", (0.125,), (0.03,)),
    ("spread_of_municipalities", "target", (0,), "weeks", (30.0,), (6.0,)),
    ("unexplained_spread", "target", (0,), "weeks", (3.5,), (0.8,)),
    ("long_run_employment", "target", (120,), "share", (0.40,), (0.06,)),
    ("sex_ratio_refugees", "target", (36,), "ratio", (0.38,), (0.10,)),
    ("benefit_cut_2015_men", "effect", (10, 12), "ratio", (1.9, 1.3), (0.4, 0.1)),
    ("benefit_cut_2015_women", "effect", (12,), "share", (0.0,), (0.01,)),
    ("work_first_2016_men", "effect", (15,), "hours", (75.0,), (35.0,)),
    ("work_first_2016_women", "effect", (15,), "hours", (0.0,), (15.0,)),
    ("local_demand", "effect", (36,), "share", (0.0055,), (0.0015,)),
    ("refund_change_2006", "effect", (0,), "share", (0.0,), (0.02,)),
)
INFORMED = {
    "job_finding.h0_refugee": 0.62,
    "job_finding.h0_reunified_with_other": 0.71,
    "job_finding.h0_reunified_with_refugee": 0.55,
    "danish.language_speed": 0.58,
    "separation.separation": 0.52,
    "job_finding.sigma": 0.44,
    "job_finding.b_female": 0.38,
    "placements.worth_internship": 0.35,
    "placements.practice_decay": 0.31,
    "job_finding.b_demand": 0.28,
    "danish.language_quality_sd": 0.36,
    "job_finding.b_benefit_men": 0.22,
}
AT_BOUND = "placements.practice_decay"
MISSED = ("employment_refugee_24", "employment_reunified_with_other_12", "benefit_cut_2015_men_10")


@cache
def _made() -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    rng = np.random.default_rng(20130101)
    registry = load_registry()
    ranged = [parameter for parameter in registry.values() if parameter.range is not None]
    unit = {}
    shared = rng.standard_normal(DRAWS)
    for parameter in ranged:
        width = 1.0 - INFORMED.get(parameter.name, 0.0)
        if width == 1.0:
            unit[parameter.name] = rng.uniform(0, 1, DRAWS)
            continue
        own = rng.standard_normal(DRAWS)
        mixed = (
            0.8 * shared + 0.6 * own if parameter.name.startswith(("job_finding.h0", "separation")) else own
        )
        low, high = parameter.range or (0.0, 1.0)
        centre = (float(parameter.value) - low) / (high - low)
        if parameter.name == AT_BOUND:
            centre = 0.97
        unit[parameter.name] = np.clip(centre + 0.29 * width * mixed, 0.001, 0.999)
    rows, draws = [], {}
    for parameter in ranged:
        low, high = parameter.range or (0.0, 1.0)
        place = unit[parameter.name]
        values = low + (high - low) * place
        draws[parameter.name] = values
        rows.append(
            {
                "parameter": parameter.name, "unit": parameter.unit, "grade": parameter.grade,
                "free": "no" if parameter.group in {"levers", "economy"} else "yes",
                "range_low": low, "range_high": high, "start": float(parameter.value),
                "prior_median": (low + high) / 2, "low": np.quantile(values, 0.05),
                "median": np.median(values), "high": np.quantile(values, 0.95), "mean": values.mean(),
                "central": float(values[7]),
                "narrowing": INFORMED.get(parameter.name, float(rng.normal(0.01, 0.03))),
                "informed": "yes" if parameter.name in INFORMED else "no",
                "at_low": float((place < 0.025).mean()), "at_high": float((place > 0.975).mean()), "n": DRAWS,
            }
        )  # fmt: skip
    parameters, posterior = pd.DataFrame(rows), pd.DataFrame(draws)
    targets, prior = _targets(rng)
    tables = {
        "targets": targets,
        "parameters": parameters,
        "correlations": _correlations(posterior, parameters),
        "sensitivity": _sensitivity(rng, targets, parameters),
        "rounds": _rounds(),
        "prior_predictive": prior,
    }
    return tables, posterior


def _targets(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, prior = [], {}
    for name, kind, months, unit, values, sds in TARGETS:
        for month, value, sd in zip(months, values, sds, strict=True):
            full = f"{name}_{month}" if len(months) > 1 else name
            miss = 2.6 * sd if full in MISSED else float(rng.normal(0, 0.5)) * sd
            wide = float(rng.uniform(0.7, 1.2)) * sd
            before = value + sd * rng.normal(1.5, 5.0, PRIOR)
            prior[full] = before
            rows.append(
                {
                    "target": full, "group_of": name, "kind": kind, "months": month, "unit": unit,
                    "value": value, "sd": sd, "noise": 0.3 * sd, "prior_low": np.quantile(before, 0.05),
                    "prior_median": np.median(before), "prior_high": np.quantile(before, 0.95),
                    "low": value + miss - 1.645 * wide, "median": value + miss,
                    "high": value + miss + 1.645 * wide, "mean": value + miss,
                    "inside": "no" if full in MISSED else "yes", "width_ratio": wide / (5 * sd),
                    "distance": miss / np.hypot(sd, 0.3 * sd), "central": value + 0.8 * miss, "n": DRAWS,
                    "definition": "in work one, two and three years later; any hours",
                    "source": "UIM, Integration i tal 1, 1 March 2016",
                }
            )  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame({"draw": range(PRIOR), **prior})


def _correlations(posterior: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    names = parameters.loc[parameters["free"] == "yes", "parameter"].tolist()
    ranks = posterior[names].rank().corr().to_numpy()
    line, column = np.triu_indices(len(names), 1)
    frame = pd.DataFrame(
        {
            "parameter": [names[i] for i in line],
            "other": [names[i] for i in column],
            "correlation": ranks[line, column],
        }
    )
    return frame.loc[frame["correlation"].abs().sort_values(ascending=False).index].reset_index(drop=True)


def _sensitivity(rng: np.random.Generator, targets: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    names = parameters["parameter"].tolist()
    strength = np.array([1.6 * INFORMED.get(name, 0.06) for name in names])
    values = np.clip(strength * rng.normal(0, 0.45, (len(targets), len(names))), -0.95, 0.95)
    slopes = values * (np.abs(values) > 0.1)
    return pd.DataFrame(
        {
            "target": np.repeat(targets["target"].to_numpy(), len(names)),
            "parameter": names * len(targets),
            "correlation": values.ravel(),
            "slope": slopes.ravel(),
            "r2": 0.8,
        }
    )


def _rounds() -> pd.DataFrame:
    middle = np.array([820.0, 190.0, 62.0, 31.0, 24.0])
    return pd.DataFrame(
        {
            "round": range(5), "members": 240, "distance_median": middle, "distance_low": 0.4 * middle,
            "distance_high": 2.4 * middle, "spread": [1.0, 0.93, 0.88, 0.86, 0.85],
            "effective": [240.0, 201.0, 180.0, 171.0, 166.0], "accepted": [1.0, 0.61, 0.42, 0.33, 0.24],
        }
    )  # fmt: skip


def calibration_tables() -> dict[str, pd.DataFrame]:
    made = {name: table.copy() for name, table in _made()[0].items()}
    return {**made, "recovery": pd.DataFrame({"truths": [20], "coverage": [0.885]})}


def posterior() -> pd.DataFrame:
    return _made()[1].copy()


def calibration_facts() -> dict[str, Any]:
    parameters = _made()[0]["parameters"]
    targets = _made()[0]["targets"]
    unfit = parameters.loc[parameters["informed"] == "no", "parameter"].tolist()
    return {
        "title": ("Calibration: Denmark, rules of 2013", "Kalibrering: Danmark, 2013-reglerne"),
        "targets_title": ("Denmark, rules of 2013", "Danmark, 2013-reglerne"),
        "members": DRAWS, "steps": 4, "replicates": 2, "newcomers_per_year": 3000,
        "effects_newcomers_per_year": 12000, "seed": 5, "evaluations": 1440, "core_seconds": 15_000.0,
        "wall_seconds": 8_100.0, "level": LEVEL, "version": "0.1.0", "commit": "0123abc",
        "created": "2026-11-22 10:00 UTC", "notes": [("A note.", "En note.")],
        "method": (
            "An ensemble smoother moves the draws step by step towards the published figures.",
            "En ensemble-smoother flytter trækkene trin for trin mod de publicerede tal.",
        ),
        "free": int((parameters["free"] == "yes").sum()), "informed": len(INFORMED),
        "inside": int((targets["inside"] == "yes").sum()), "total": len(targets),
        "half_width": int((targets["width_ratio"] <= 0.5).sum()), "distance": 17.3, "distance_start": 48.2,
        "prior_only": unfit,
    }  # fmt: skip
