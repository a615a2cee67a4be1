"""Made-up tables of a sensitivity analysis with the columns of a real one, seeded: all is invented."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ankomst.policy.parameters import load_registry, ranged

LEVEL, ROWS, TRAJECTORIES, REPLICATES = 0.95, 512, 40, 4
EMPLOYMENT, COST = "employment_rate@36:one_year", "net_cost.both@120:one_year"
MOVED = (
    *("municipality.specialist_gap", "municipality.ordinary_intensity", "danish.drop_out_after"),
    *("job_finding.b_effort", "job_finding.b_language", "separation.separation", "placements.places"),
    *("job_finding.sigma", "municipality.effort_elasticity", "economy.entry_wage", "search.lock_in_class"),
    *("danish.language_speed", "exits.emigration", "municipality.planning_months"),
)
GROUPS = ("job_finding", "municipality", "danish", "separation", "placements", "exits")
_SAID = "made up"

Table = pd.DataFrame


def quantities() -> Table:
    """Return two differences: a share and an amount of money."""
    names = (
        "quantity", "scenario", "baseline", "outcome", "payer", "months", "unit", "label",
        "label_da", "better",
    )  # fmt: skip
    rows = (
        (EMPLOYMENT, "one_year", "three_year", "employment_rate", "", 36, "share",
         "In work after 3 years", "I arbejde efter 3 år", "higher"),
        (COST, "one_year", "three_year", "net_cost", "both", 120, "DKK per newcomer",
         "Net cost of municipality and state within 10 years",
         "Kommunens og statens nettoudgift inden for 10 år", "lower"),
    )  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def spread(*, noise: float = 0.08, positive: tuple[float, float] = (0.09, 0.66)) -> Table:
    """Return the spread of both quantities over the points."""
    rows = [
        {
            "quantity": name, "sample": sample, "mean": mean, "sd": sd, "low": mean - 1.6 * sd,
            "high": mean + 1.7 * sd, "share_positive": share, "noise_share_run": min(1.0, 3 * noise),
            "noise_share": noise, "n": n, "replicates": REPLICATES,
            "dropped": 0, "level": 0.9, "interval": _SAID,
        }
        for (name, mean, sd), share in zip(
            ((EMPLOYMENT, -0.0123, 0.0089), (COST, 7210.0, 11400.0)), positive, strict=True
        )
        for sample, n in (("sobol", 8192), ("morris", 3280))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def factors() -> Table:
    """Return every parameter with a range."""
    rows = []
    for name in ranged():
        each = load_registry()[name]
        low, high = each.range or (0.0, 0.0)
        rows.append(
            {
                "factor": name, "unit": each.unit, "low": low, "high": high, "central": each.value,
                "distribution": "posterior", "grade": each.grade, "source": each.source, "group": each.group,
                "in_morris": "yes", "in_sobol": "yes" if name in MOVED else "no",
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def indices(
    totals: dict[str, tuple[float, float, float]], quantity: str = EMPLOYMENT, sample: str = "sobol"
) -> Table:
    """Return total and first-order indices: total, low and high by factor; first-order is two thirds."""
    rows = []
    ranked = sorted(totals, key=lambda name: -totals[name][0])
    for index, part in (("total", 1.0), ("first", 2 / 3)):
        for rank, name in enumerate(ranked, start=1):
            estimate, low, high = totals[name]
            rows.append(
                {
                    "quantity": quantity, "sample": sample, "factor": name, "index": index, "rank": rank,
                    "estimate": part * estimate, "low": low - (1 - part) * estimate,
                    "high": high - (1 - part) * estimate, "se": (high - low) / 4, "raw": estimate + 0.02,
                    "level": LEVEL, "n": ROWS, "replicates": REPLICATES, "dropped": 0, "interval": _SAID,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def falling(names: tuple[str, ...], top: float, width: float) -> dict[str, tuple[float, float, float]]:
    """Return totals that fall by a third from name to name, with a dummy around zero."""
    found = {}
    for k, name in enumerate(names):
        value, half = top * 0.66**k, width * (0.4 + 0.6 * 0.66**k)
        found[name] = (value, value - half, value + half)
    return found | {"luck": (0.004, -0.012, 0.02)}


def morris(quantity: str, unit: float) -> Table:
    """Return a screening of every parameter; `unit` is the largest effect."""
    random = np.random.default_rng(7)
    names = [*MOVED, *(name for name in ranged() if name not in MOVED), "luck"]
    size = unit * np.concatenate((0.8 ** np.arange(14), random.uniform(0.01, 0.05, len(names) - 14)))
    sigma = size * random.uniform(0.3, 1.3, len(names))
    noise = 0.05 * unit
    rows = [
        {
            "quantity": quantity, "factor": name, "rank": k + 1, "mu": value * (-1) ** k,
            "mu_low": value * (-1) ** k - 0.1 * unit, "mu_high": value * (-1) ** k + 0.1 * unit,
            "mu_star": value, "mu_star_low": max(0.0, value - 0.06 * unit),
            "mu_star_high": value + 0.07 * unit,
            "sigma": spread_of, "noise": noise, "clear": "yes" if value - 0.06 * unit > noise else "no",
            "n": TRAJECTORIES, "replicates": REPLICATES, "dropped": 0, "level": LEVEL, "interval": _SAID,
        }
        for k, (name, value, spread_of) in enumerate(zip(names, size, sigma, strict=True))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def interactions(quantity: str, *, clear: bool = True) -> Table:
    """Return second-order indices of every pair; three of them clear of zero if `clear`."""
    random = np.random.default_rng(11)
    rows = []
    for k, (first, second) in enumerate(combinations(MOVED[:9], 2)):
        value = (0.09, 0.05, -0.03)[k] if clear and k < 3 else float(random.normal(0.0, 0.005))
        rows.append(
            {
                "quantity": quantity, "sample": "sobol", "factor_1": first, "factor_2": second,
                "estimate": value, "low": value - 0.02, "high": value + 0.02, "se": 0.01, "level": LEVEL,
                "n": ROWS, "method": "sobol", "interval": _SAID,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def convergence(quantity: str, totals: dict[str, tuple[float, float, float]]) -> Table:
    """Return indices from 64 rows up to all."""
    random = np.random.default_rng(3)
    rows = []
    for n in (64, 128, 256, ROWS):
        part = (ROWS / n) ** 0.5
        for name, (estimate, low, high) in totals.items():
            for index, share in (("total", 1.0), ("first", 2 / 3)):
                value = share * estimate + float(random.normal(0, 0.2)) * (part - 1) * (high - low)
                rows.append(
                    {
                        "quantity": quantity, "sample": "sobol", "factor": name, "index": index, "n": n,
                        "estimate": value, "low": value - part * (high - low) / 2,
                        "high": value + part * (high - low) / 2, "level": LEVEL, "interval": _SAID,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def given_data(quantity: str) -> Table:
    """Return indices from draws by three methods."""
    rows = []
    for method, top, dummy in (("delta", 0.3, 0.06), ("pawn", 0.4, 0.12), ("rbd_fast", 0.35, 0.03)):
        for k, name in enumerate(MOVED):
            value = dummy * 0.7 + top * 0.6**k
            rows.append(
                {
                    "quantity": quantity, "sample": "draws", "factor": name, "method": method, "rank": k + 1,
                    "estimate": value, "low": value - 0.03, "high": value + 0.03, "dummy": dummy,
                    "clear": "yes" if value - 0.03 > dummy else "no", "level": LEVEL, "n": 1000,
                    "interval": _SAID,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def tornado(quantity: str, mean: float, sd: float) -> Table:
    """Return means where each factor is lowest and highest."""
    rows = []
    for k, name in enumerate(MOVED):
        size = sd * 0.75**k * (-1) ** k
        low, high, half = mean - size, mean + 0.7 * size, 0.1 * sd
        rows.append(
            {
                "quantity": quantity, "sample": "sobol", "factor": name, "rank": k + 1, "mean": mean,
                "at_low": low, "at_low_low": low - half, "at_low_high": low + half, "at_high": high,
                "at_high_low": high - half, "at_high_high": high + half, "level": LEVEL, "n": 1024,
                "interval": _SAID,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def emulator(quantity: str, q2: float = 0.93) -> Table:
    """Return how well the emulator foretells."""
    return pd.DataFrame(
        [
            {
                "quantity": quantity, "sample": "sobol", "q2": q2, "q2_low": q2 - 0.03, "q2_high": q2 + 0.02,
                "rmse": 0.002, "unit": "share", "folds": 5, "used": "yes" if q2 >= 0.9 else "no",
                "limit": 0.9,
                "n": 2048, "level": LEVEL, "interval": _SAID,
            }
        ]
    )  # fmt: skip


def ranking() -> Table:
    """Return how often each of two scenarios is best."""
    names = ("criterion", "scenario", "p_best", "low", "high", "mean_rank", "n", "level", "interval")
    rows = [
        ("employment_rate@36", "one_year", 0.34, 0.31, 0.37, 1.66, 1024, LEVEL, _SAID),
        ("employment_rate@36", "three_year", 0.66, 0.63, 0.69, 1.34, 1024, LEVEL, _SAID),
    ]
    return pd.DataFrame(rows, columns=names)


def _both(*parts: Table) -> Table:
    return pd.concat(parts, ignore_index=True)


@cache
def _tables() -> dict[str, Table]:
    """Return all tables of two quantities."""
    work, money = falling(MOVED, 0.47, 0.06), falling(MOVED[3:] + MOVED[:3], 0.28, 0.09)
    groups = [
        indices(falling(GROUPS, 0.5, 0.05), name, "groups") for name in (EMPLOYMENT, COST)
    ]  # fmt: skip
    return {
        "quantities": quantities(),
        "spread": spread(),
        "factors": factors(),
        "morris": _both(morris(EMPLOYMENT, 0.02), morris(COST, 30000.0)),
        "sobol": _both(indices(work), indices(money, COST), *groups),
        "interactions": _both(interactions(EMPLOYMENT), interactions(COST, clear=False)),
        "convergence": _both(convergence(EMPLOYMENT, work), convergence(COST, money)),
        "given_data": _both(given_data(EMPLOYMENT), given_data(COST)),
        "tornado": _both(tornado(EMPLOYMENT, -0.0123, 0.009), tornado(COST, 7210.0, 11400.0)),
        "emulator": _both(emulator(EMPLOYMENT), emulator(COST, 0.71)),
        "emulator_indices": indices(falling(MOVED, 0.44, 0.05)).assign(method="emulator"),
        "ranking": ranking(),
    }  # fmt: skip


def tables(**changed: Table) -> dict[str, Table]:
    """Return all tables, some of them replaced."""
    return {**_tables(), **changed}


def facts(**changed: object) -> dict[str, Any]:
    """Return the facts of the page, some of them replaced."""
    return {
        "title": ("What drives one against three years", "Hvad driver et mod tre år"),
        "baseline": "three_year", "scenarios": ["three_year", "one_year"],
        "draws_text": ("margins of the posterior",
                       "posteriorens marginaler"),
        "dependence_limit": True, "newcomers_per_year": 2000, "newcomers": 4000, "seed": 7, "level": LEVEL,
        "replicates": REPLICATES, "evaluations": 65536, "failed": 0, "seconds": 5400.0,
        "created": "2026-01-01 12:00", "version": "0.6.0", "commit": "abcdef1234567890",
        "quick": False, "held": 67,
        **changed,
    }  # fmt: skip
