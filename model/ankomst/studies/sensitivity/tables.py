"""The tables of a sensitivity analysis, from its evaluated points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.policy.parameters import load_registry
from ankomst.studies.metrics.contrasts import contrasts, leader_of, quantities_table, ranked_values
from ankomst.studies.sensitivity.emulator_tables import STAGE as EMULATED
from ankomst.studies.sensitivity.emulator_tables import emulator_tables
from ankomst.studies.sensitivity.given_data import dependence, given_data_table
from ankomst.studies.sensitivity.screening import morris_table
from ankomst.studies.sensitivity.sobol_indices import convergence_table, sobol_table
from ankomst.studies.sensitivity.tornado import tornado_table
from ankomst.studies.stats.noise import LUCK, spread_row
from ankomst.studies.stats.ranks import place_ranges
from ankomst.studies.stats.statistics import share_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ankomst.studies.engine.points import Points
    from ankomst.studies.metrics.contrasts import Contrast, Lead
    from ankomst.studies.sensitivity.study import Sensitivity

Array = np.ndarray[Any, Any]
DESIGNED = ("sobol", "groups")
"""Stages with a Saltelli design, whose first and last points of a block fill the space evenly."""
ONE_BY_ONE = ("sobol", "draws", "batch")
"""Stages in which every factor has values of its own."""
RANKED = ("draws", "batch", "sobol", "groups", "morris")
"""Stages over whose points scenarios are ranked, the most telling first."""


class Analysis:
    """Points by stage, and what they say of every quantity.

    Parameters
    ----------
    study : Sensitivity
    names : sequence of str
        Names of the measures.
    """

    def __init__(self, study: Sensitivity, names: Sequence[str]) -> None:
        self.study, self.names = study, tuple(names)
        self.points: dict[str, Points] = {}
        self._morris: pd.DataFrame | None = None

    def quantities(self) -> tuple[Contrast | Lead, ...]:
        """Return the quantities: contrasts first, then what the leader of each ranking loses."""
        file, scenarios = self.study.file, tuple(self.study.scenarios)
        found: list[Contrast | Lead] = [*contrasts(file.outcomes, scenarios)]
        if file.ranking and self.ranked:
            rows = self.even(self.ranked).mean(axis=1)
            found += [leader_of(each, scenarios, rows, self.names) for each in file.ranking]
        return tuple(found)

    @property
    def ranked(self) -> str:
        """Return the stage whose points scenarios are ranked over; empty without points."""
        return next((name for name in RANKED if name in self.points), "")

    def even(self, stage: str) -> Array:
        """Return rows of points that fill the space evenly, shape (points, replicates, names)."""
        rows = self.points[stage].rows
        if stage in DESIGNED:
            rows = rows[:, [0, -1]]
        return np.asarray(rows.reshape(-1, *rows.shape[2:]))

    def even_natural(self, stage: str) -> Array:
        """Return the factors of the same points, shape (points, factors), in their units."""
        natural = self.points[stage].natural
        if stage in DESIGNED:
            natural = natural[:, [0, -1]]
        return np.asarray(natural.reshape(-1, natural.shape[-1]))

    def values(self, quantity: Contrast | Lead, rows: Array) -> Array:
        """Return a quantity of rows, shape (...)."""
        return quantity.values(rows, self.names)

    def morris(self) -> pd.DataFrame:
        """Return the screening of all quantities; empty without one."""
        if self._morris is None:
            wanted, points = self.study.file.morris, self.points.get("morris")
            if wanted is None or points is None or points.unit is None:
                return pd.DataFrame()
            unit = points.unit.reshape(-1, points.unit.shape[-1])
            rows = points.rows.reshape(-1, *points.rows.shape[2:])
            self._morris = _joined(
                morris_table(
                    unit, self.values(quantity, rows), self.study.factors.names, num_levels=wanted.levels,
                    level=self.study.file.level, seed=self.study.file.seed, quantity=quantity.key,
                    dropped=points.dropped,
                )
                for quantity in contrasts(self.study.file.outcomes, tuple(self.study.scenarios))
            )  # fmt: skip
        return self._morris

    def tables(self, chosen: Sequence[str], say: Callable[[str], None]) -> dict[str, pd.DataFrame]:
        """Return all tables that have something to say, by name.

        Parameters
        ----------
        chosen : sequence of str
            Factors of the Sobol design.
        say : callable
            Told which quantity cannot be emulated.
        """
        quantities = self.quantities()
        found = {
            "quantities": quantities_table(quantities),
            "factors": self._factors(chosen),
            "spread": pd.DataFrame(
                [
                    spread_row(
                        self.values(quantity, self.even(stage)), quantity=quantity.key, sample=stage,
                        dropped=points.dropped,
                    )
                    for stage, points in self.points.items()
                    for quantity in quantities
                ]
            ),
            "morris": self.morris(),
            **self._sobol(quantities),
            **self._given(quantities),
            "ranking": self._ranking(),
        }  # fmt: skip
        emulated = emulator_tables(
            self.study.file,
            self.points.get(EMULATED),
            quantities,
            lambda quantity: self.values(quantity, self.even(EMULATED)),
            say,
        )
        found["interactions"] = _joined([found["interactions"], emulated.pop("interactions", pd.DataFrame())])
        found |= emulated
        return {name: table for name, table in found.items() if not table.empty}

    def _factors(self, chosen: Sequence[str]) -> pd.DataFrame:
        registry = load_registry()
        group_of = {name: group for group, names in self.study.groups.items() for name in names}
        return pd.DataFrame(
            [
                {
                    "factor": each.name,
                    "unit": registry[each.name].unit,
                    "low": each.low,
                    "high": each.high,
                    "central": registry[each.name].value,
                    "distribution": each.distribution,
                    "grade": registry[each.name].grade,
                    "source": registry[each.name].source,
                    "group": group_of.get(each.name, registry[each.name].group),
                    "in_morris": "yes" if "morris" in self.points else "no",
                    "in_sobol": "yes" if each.name in chosen else "no",
                    "interval": f"low to high: what the factor is varied over ({each.distribution})",
                }
                for each in self.study.factors.each
                if each.name in registry
            ]
        )

    def _sobol(self, quantities: Sequence[Contrast | Lead]) -> dict[str, pd.DataFrame]:
        indices, pairs, growing = [], [], []
        file = self.study.file
        for stage in DESIGNED:
            points = self.points.get(stage)
            wanted = file.sobol if stage == "sobol" else file.groups
            if points is None or wanted is None:
                continue
            moved = (*(self.study.groups if stage == "groups" else points.factors), LUCK)
            for quantity in quantities:
                values = self.values(quantity, points.rows)
                common: dict[str, Any] = {
                    "second_order": wanted.second_order, "both_ways": wanted.second_order,
                    "level": file.level, "seed": file.seed, "sample": stage, "quantity": quantity.key,
                }  # fmt: skip
                table, interactions = sobol_table(values, moved, dropped=points.dropped, **common)
                indices.append(table)
                growing.append(convergence_table(values, moved, **common))
                if interactions is not None:
                    pairs.append(interactions)
        return {"sobol": _joined(indices), "interactions": _joined(pairs), "convergence": _joined(growing)}

    def _given(self, quantities: Sequence[Contrast | Lead]) -> dict[str, pd.DataFrame]:
        file = self.study.file
        given, shown, tied = [], [], []
        for stage in ONE_BY_ONE:
            points = self.points.get(stage)
            if points is None:
                continue
            wanted = {factor.name for factor in self.study.factors.each}
            columns = [k for k, name in enumerate(points.factors) if name in wanted]
            if not columns:  # draws that vary nothing of what is asked about
                continue
            factors = [points.factors[k] for k in columns]
            natural = self.even_natural(stage)[:, columns]
            methods = file.given.methods if file.given else ("delta", "pawn", "rbd_fast")
            if stage != "sobol":
                tied.append(dependence(natural, factors).assign(sample=stage))
                methods = tuple(name for name in methods if name != "rbd_fast")
            for quantity in quantities:
                mean = self.values(quantity, self.even(stage)).mean(axis=1)
                common: dict[str, Any] = {"level": file.level, "sample": stage, "quantity": quantity.key}
                if methods:
                    given.append(
                        given_data_table(natural, mean, factors, methods=methods, seed=file.seed, **common)
                    )
                shown.append(tornado_table(natural, mean, factors, **common))
        return {"given_data": _joined(given), "tornado": _joined(shown), "dependence": _joined(tied)}

    def _ranking(self) -> pd.DataFrame:
        """Return how often each scenario is best over the points, by criterion."""
        file, scenarios = self.study.file, tuple(self.study.scenarios)
        stage, rows = self.ranked, []
        for metric in (file.ranking or ()) if stage else ():
            good = ranked_values(metric, scenarios, self.even(stage).mean(axis=1), self.names)
            first, last = place_ranges(good, 1.0)
            best = (first == 1) / last  # scenarios that are equal share the place
            for k, scenario in enumerate(scenarios):
                low, high = share_interval(best[:, k].sum(), len(best), file.level)
                rows.append(
                    {
                        "criterion": str(metric),
                        "scenario": scenario,
                        "p_best": float(best[:, k].mean()),
                        "low": low,
                        "high": high,
                        "mean_rank": float((first + last)[:, k].mean() / 2.0),
                        "n": len(best),
                        "level": file.level,
                        "interval": (
                            f"{file.level:.0%} of the share of points at which it is best (Wilson); points "
                            f"of the stage {stage}, means of {self.even(stage).shape[1]} replicates, luck "
                            "included"
                        ),
                    }
                )
        return pd.DataFrame(rows)


FEWEST_CLEAR = 3
"""Factors clear of luck without which a quantity has no say in which factors matter most."""


def matter_most(morris: pd.DataFrame, most: int) -> tuple[str, ...]:
    """Return the factors with the largest elementary effects in any quantity, in order.

    The score of a factor is the largest of its mean absolute effects, each as a share of the largest effect
    on the same quantity: one that decides a single quantity is kept as well as one that matters in all.
    Where fewer than three factors are clear of luck the largest effect is luck itself: such quantities are
    left out, unless all are like that.
    """
    named = morris[morris["factor"] != LUCK]
    clear = (named["clear"] == "yes").groupby(named["quantity"]).transform("sum") >= FEWEST_CLEAR
    named = named[clear] if clear.any() else named
    share = named["mu_star"] / named.groupby("quantity")["mu_star"].transform("max")
    scores = share.groupby(named["factor"], sort=False).max().sort_values(ascending=False, kind="stable")
    return tuple(str(name) for name in scores.index[:most])


def _joined(tables: Any) -> pd.DataFrame:  # noqa: ANN401 - any iterable of tables
    found = [table for table in tables if not table.empty]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()
