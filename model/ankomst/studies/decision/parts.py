"""The parts of a decision: what each evaluates, and the tables that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.policy.parameters import load_registry
from ankomst.studies.decision.designs import DesignsPart
from ankomst.studies.decision.discovery import discover
from ankomst.studies.decision.information import information_table
from ankomst.studies.decision.robustness import robustness_table
from ankomst.studies.decision.study import CHANGE, changes_parameter, months_in_work
from ankomst.studies.decision.thresholds import threshold_tables
from ankomst.studies.design.seeds import seed_of
from ankomst.studies.engine.points import evaluate_draws
from ankomst.studies.metrics.contrasts import Contrast, quantities_table
from ankomst.studies.metrics.paired_measures import ONLY
from ankomst.studies.metrics.pairs import better
from ankomst.studies.metrics.reading_labels import labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.studies.decision.study import Decision
    from ankomst.studies.engine.evaluations import Evaluations
    from ankomst.studies.engine.points import Points
    from ankomst.studies.metrics.readings import Reading
    from ankomst.studies.schema.decision_file import Solve

Array = np.ndarray[Any, Any]
_STAGE, _DRAW = 10**10, 10**4
_ROBUST, _SOLVE, _KNOW, _SEARCH = 1, 2, 3, 4
"""What sets the random numbers of the parts apart."""


class Parts:
    """Runs the parts of a decision that its file asks for.

    Parameters
    ----------
    study : Decision
    work : Evaluations
    """

    def __init__(self, study: Decision, work: Evaluations) -> None:
        self.study, self.work = study, work
        self.names = tuple(study.measures.names)
        self.search: dict[str, Any] | None = None
        """What a search for designs found, in words and numbers for a page."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Run everything and return the tables by name."""
        file, found = self.study.file, {}
        others = list(self.study.scenarios)[1:]
        found["quantities"] = quantities_table(
            [Contrast(each, name, self.study.baseline) for name in others for each in file.outcomes]
        )
        if file.draws and others:
            points = self._draws()
            found["robustness"] = self._robustness(points)
            if file.information:
                found["information"] = self._information(points)
        if file.discovery:
            found |= self._discovery()
        if file.solve:
            found |= self._thresholds()
        if self.study.designs:
            designs = DesignsPart(self.study, self.study.designs, self.work)
            found |= designs.tables()
            self.search = designs.facts
        return {name: table for name, table in found.items() if not table.empty}

    # -- over draws ----------------------------------------------------------------------------------

    def _draws(self) -> Points:
        draws = self.study.draws
        sets = [self._only(values, self.study.scenarios) for values in draws.values]  # noqa: PD011
        return evaluate_draws(
            sets, draws.names, self.study.file.replicates, "draws", self.work, first_stream=0,
            needed=self._needed(tuple(self.study.scenarios)),
        )  # fmt: skip

    def _needed(self, scenarios: Sequence[str]) -> list[str]:
        """Return the measures of some scenarios; those that are not run have none."""
        return [name for name in self.names if name.partition(":")[2] in scenarios]

    def _only(
        self, values: Mapping[str, Any], scenarios: Sequence[str] | Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return a draw that is run in some scenarios; in all of them it needs no word."""
        everything = tuple(self.study.scenarios) == self._measured
        wanted = tuple(scenarios)
        return dict(values) if everything and wanted == self._measured else {**values, ONLY: ",".join(wanted)}

    @property
    def _measured(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.partition(":")[2] for name in self.names))

    def _values(self, rows: Array, reading: Reading, scenarios: Sequence[str]) -> Array:
        """Return differences from the first scenario, shape (..., scenarios)."""
        found = np.stack(
            [rows[..., self.names.index(f"{reading.key}:{name}")] for name in scenarios], axis=-1
        )
        return np.asarray(found - found[..., :1])

    def _robustness(self, points: Points) -> pd.DataFrame:
        file, scenarios = self.study.file, list(self.study.scenarios)
        tables = []
        for k, each in enumerate(file.outcomes):
            side = better(each.outcome)
            if not side:
                continue
            english, danish = labels(each)
            tables.append(
                robustness_table(
                    self._values(points.rows[:, 0], each, scenarios), scenarios, side,
                    seed=seed_of(file.seed, _ROBUST, k), threshold=file.satisfied.get(each.key, float("nan")),
                    criterion=each.key, label=english, label_da=danish, unit=each.unit, level=file.level,
                )
            )  # fmt: skip
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    def _information(self, points: Points) -> pd.DataFrame:
        file, names = self.study.file, self.study.draws.names
        wanted, scenarios = file.information, list(self.study.scenarios)
        if wanted is None:
            return pd.DataFrame()
        if wanted.options is not None:
            scenarios = [scenarios[0], *wanted.options]
        rows = points.rows[:, 0]
        benefit = -self._values(rows, wanted.cost, scenarios)
        if wanted.month_value:
            benefit = benefit + wanted.month_value * self._values(rows, months_in_work(wanted), scenarios)
        groups = {
            group: [names.index(name) for name in members] for group, members in self.study.groups.items()
        }
        return information_table(
            benefit, points.natural[:, 0], groups, seed=seed_of(file.seed, _KNOW, 0), level=file.level
        )

    # -- discovery -----------------------------------------------------------------------------------

    def _discovery(self) -> dict[str, pd.DataFrame]:
        study, file = self.study, self.study.file
        if file.discovery is None or study.discovery is None:
            return {}
        draws, registry = study.discovery, load_registry()
        asked = tuple(dict.fromkeys([study.baseline, *(each.scenario for each in file.discovery.questions)]))
        points = evaluate_draws(
            [self._only(values, asked) for values in draws.values],  # noqa: PD011 - not of pandas
            draws.names, file.discovery.replicates, "discovery", self.work, first_stream=_STAGE,
            needed=self._needed(asked),
        )  # fmt: skip
        columns = [draws.names.index(name) for name in study.factors]
        x = points.natural[:, 0][:, columns]
        ranges = np.array([registry[name].range for name in study.factors], dtype=np.float64)
        found: dict[str, list[pd.DataFrame]] = {"boxes": [], "box_limits": [], "discovery_points": []}
        for k, question in enumerate(file.discovery.questions):
            values = self._values(points.rows[:, 0], question.outcome, [study.baseline, question.scenario])
            mean = values[..., 1].mean(axis=1)
            flips = mean < question.than if question.side == "below" else mean > question.than
            box = discover(
                x, flips, study.factors, ranges, value=mean, question=question.name,
                seed=seed_of(file.seed, _SEARCH, k), level=file.level,
            )  # fmt: skip
            for name, table in zip(found, (box.boxes, box.box_limits, box.points), strict=True):
                found[name].append(table)
        return {name: pd.concat(tables, ignore_index=True) for name, tables in found.items()}

    # -- thresholds ----------------------------------------------------------------------------------

    def _thresholds(self) -> dict[str, pd.DataFrame]:
        study, file = self.study, self.study.file
        if file.solve is None or study.solve is None:
            return {}
        tables, curves = [], []
        for k, each in enumerate(file.solve.searches):
            grid = np.linspace(each.low, each.high, each.points)
            rows = self._along(k, each, grid)
            values = self._values(rows, each.outcome, [study.baseline, each.scenario])[..., 1]
            english, danish = labels(each.outcome)
            row, curve = threshold_tables(
                grid, values, solve=each.name, central=_central(each),
                seed=seed_of(file.seed, _SOLVE, k), wanted=each.wanted, label=english, label_da=danish,
                better=better(each.outcome.outcome) or "higher",
                quantity=Contrast(each.outcome, each.scenario, study.baseline).key,
                unit=_unit(each), quantity_unit=each.outcome.unit, level=file.level,
            )  # fmt: skip
            tables.append(row.assign(label_solve_da=each.name_da or each.name))
            curves.append(curve)
        return {
            "thresholds": pd.concat(tables, ignore_index=True),
            "threshold_curves": pd.concat(curves, ignore_index=True),
        }

    def _along(self, number: int, solve: Solve, grid: Array) -> Array:
        """Evaluate all draws along a grid with common luck, shape (draws, grid, replicates, names)."""
        study, wanted = self.study, self.study.file.solve
        sets = study.solve.values if study.solve else ()  # noqa: PD011 - not of pandas
        replicates = wanted.replicates if wanted else 1
        name = changes_parameter(solve)
        whole = bool(name) and load_registry()[name].integer
        draws, streams = [], []
        for k, values in enumerate(sets):
            for value in grid:
                varied = (
                    {name: round(value) if whole else float(value)}
                    if name
                    else {f"{CHANGE}{number}": float(value)}
                )
                draw = self._only({**values, **varied}, [study.baseline, solve.scenario])
                for r in range(replicates):
                    draws.append(draw)
                    streams.append(2 * _STAGE + k * _DRAW + r)
        rows = self.work.at("solve", draws, streams)
        return rows.reshape(len(sets), len(grid), replicates, -1)


def _central(solve: Solve) -> float:
    """Return the value that the varied thing has today."""
    if solve.central is not None:
        return solve.central
    name = solve.change.partition("parameters.")[2]
    return float(load_registry()[name].value) if name else (solve.low + solve.high) / 2.0


def _unit(solve: Solve) -> str:
    name = solve.change.partition("parameters.")[2]
    return solve.unit or (load_registry()[name].unit if name else "")
