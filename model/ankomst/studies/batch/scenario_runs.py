"""Scenarios of one's own: what each leads to, what it costs whom, and how it differs from a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import RunError, nearest_name
from ankomst.simulation.accounts import GROUP_DIMENSIONS
from ankomst.simulation.codes import ITEMS
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.studies.batch.comparison import YEARS
from ankomst.studies.batch.curves import curve_levels
from ankomst.studies.batch.tables import BatchTables
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.design.posterior import draws_of
from ankomst.studies.engine import store
from ankomst.studies.engine.in_memory import RunsInMemory, enough_runs, run_rows, sample_of
from ankomst.studies.metrics import history
from ankomst.studies.metrics.pairs import NET_COST
from ankomst.studies.metrics.record import COUNTED, layout_of
from ankomst.studies.metrics.rows import as_rows
from ankomst.studies.metrics.summary import PAYERS, payer_signs
from ankomst.studies.stats.intervals import levels
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result
    from ankomst.studies.design.parameter_draws import Draws
    from ankomst.studies.engine.runs import Progress

Array = np.ndarray[Any, Any]
ALL = "all"
ONCE = ("weeks_to_first_job", "job_after_placement", "job_duration")
"""Outcomes of whole lives in the model, which have no month."""
CURVE = "employment_rate"
DISCOUNTED = "DKK per newcomer, discounted"


@dataclass
class RunNotes:
    """What is noted of the runs of a scenario beside their rows.

    Attributes
    ----------
    extrapolated : bool
        Whether a run reached years that the dated rates do not.
    cohorts : list of DataFrame or None, one a draw and replicate
        See `history.cohort_counts`; None where the scenario is not held against history.
    """

    extrapolated: bool
    cohorts: list[pd.DataFrame | None]

    @classmethod
    def empty(cls, runs: int) -> RunNotes:
        """Return room for the notes of some runs."""
        return cls(extrapolated=False, cohorts=[None] * runs)

    def take(self, scenario: Scenario, run: int, result: Result) -> None:
        """Note what a run has beside its row."""
        self.extrapolated |= bool(result.extrapolated)
        if history.has_history(scenario):
            self.cohorts[run] = history.cohort_counts(result)


@dataclass(frozen=True)
class ScenarioRuns:
    """Tidy tables, the manifest, and what a further comparison of the same runs needs.

    Attributes
    ----------
    tables : dict of DataFrame
        `outcomes`, `accounts`, `curves`; with several scenarios `differences`; with rules by date and
        arrivals of years with published figures `history` and `cohorts`.
    manifest : dict
    runs : RunsInMemory
    drawn : Draws
        The parameter draws of the runs.
    """

    tables: dict[str, pd.DataFrame]
    manifest: dict[str, Any]
    runs: RunsInMemory
    drawn: Draws


def run_scenarios(
    scenarios: Mapping[str, Scenario],
    *,
    baseline: str,
    draws: int | str,
    replicates: int,
    seed: int,
    newcomers_per_year: int | None = None,
    months: int | None = None,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> ScenarioRuns:
    """Run scenarios and compare each with the baseline.

    Parameters
    ----------
    scenarios : mapping from name to Scenario
    baseline : str
        The name of one of them.
    draws : int or "point"
        Draws of the posterior, or the central draw alone; see `compare`.
    replicates, seed : int
    newcomers_per_year : int, optional
        Sample of all runs; see `compare`.
    months : int, optional
        Months since arrival of every comparison; see `compare`.
    workers : int, optional
    overrides : mapping, optional
        What the caller set in all scenarios; noted in the manifest.
    progress : callable, optional
        Called with finished and all runs.

    Raises
    ------
    RunError
        Too few runs, an unknown baseline, months outside the follow-up, or scenarios with other simulated
        people.
    ExperimentError
        The posterior has fewer draws, or the scenarios cannot be laid side by side.

    Notes
    -----
    Every scenario is simulated once at each draw and replicate; its levels and its difference from the
    baseline come from the same runs. The differences are those of `compare` and of a batch with the same
    draws, replicates, seed and sample.
    """
    if baseline not in scenarios:
        raise RunError(f"there is no scenario {baseline!r}", nearest=nearest_name(baseline, scenarios))
    drawn = draws_of(draws, seed)
    enough_runs(len(drawn.values), replicates)
    shortest = min(scenario.horizon.follow_up_months for scenario in scenarios.values())
    if months is not None and not 1 <= months <= shortest:
        raise RunError(f"months={months} lies outside the follow-up", allowed=f"1 to {shortest}")
    refuse_other_people(scenarios, baseline, newcomers_per_year=newcomers_per_year)
    layout = layout_of(scenarios.values(), (*YEARS, *((months,) if months else ())))
    started, each = store.now(), list(scenarios.values())
    notes = {name: RunNotes.empty(len(drawn.values) * replicates) for name in scenarios}
    of = list(notes.values())
    sample = sample_of(scenarios[baseline], newcomers_per_year)
    rows = run_rows(
        each, layout, draws=drawn.values, replicates=replicates, seed=seed, newcomers_per_year=sample,
        read=lambda k, draw, replicate, result: of[k].take(each[k], draw * replicates + replicate, result),
        workers=workers, progress=progress,
    )  # fmt: skip
    runs = RunsInMemory(dict(zip(scenarios, rows, strict=True)), baseline, layout)
    tables = {"outcomes": outcomes_table(runs), **tables_of(runs, notes, months=months)}
    settings = {
        "baseline": baseline, "draws": len(drawn.values), "parameters": drawn.description,
        "replicates": replicates, "seed": seed, "newcomers_per_year": sample, "months": months,
        "level": LEVEL, "overrides": dict(overrides or {}),
    }  # fmt: skip
    manifest = store.manifest(
        command=store.command_line(), scenarios=scenarios, settings=settings, started=started
    )
    return ScenarioRuns(tables, manifest, runs, drawn)


def tables_of(
    runs: RunsInMemory, notes: Mapping[str, RunNotes], *, months: int | None = None
) -> dict[str, pd.DataFrame]:
    """Tabulate runs in memory; see `ScenarioRuns` for the tables, of which `outcomes` is left out."""
    tables = {
        "accounts": accounts_table(runs, notes),
        "curves": curve_levels(runs, (CURVE,), runs.scenarios),
    }
    if len(runs.scenarios) > 1:
        compared = BatchTables(runs, months=months)
        tables["differences"] = _whole_sample(compared.differences())
        tables["payers"] = compared.payers()
    return tables | _history(runs, notes)


def outcomes_table(runs: RunsInMemory) -> pd.DataFrame:
    """Tabulate every outcome by months since arrival, for all and by origin; net cost is not discounted."""
    families, cells = runs.layout.families, runs.layout.cells
    at, origins = runs.layout.months, (ALL, *GROUP_DIMENSIONS["origin"])
    places = [
        next(k for k, cell in enumerate(cells) if cell == ({} if name == ALL else {"origin": name}))
        for name in origins
    ]
    payer = families["cost"].labels[0].index("both")
    tables = []
    for scenario in runs.scenarios:
        outcomes, cost = runs.values(scenario, "outcome"), runs.values(scenario, "cost")
        for name in OUTCOMES:
            values = (
                cost[..., payer, 0, :, :] if name == NET_COST else outcomes[..., COUNTED.index(name), :, :]
            )
            months = at[-1:] if name in ONCE else at
            kept = values[..., -len(months) :, :][..., places]
            labels = pd.DataFrame(
                [(scenario, origin, name, month) for month in months for origin in origins],
                columns=["scenario", "origin", "outcome", "months"],
            )
            labels["unit"] = OUTCOMES[name].unit
            tables.append(pd.concat([labels, levels(as_rows(kept))], axis=1))
    return pd.concat(tables, ignore_index=True)


def accounts_table(runs: RunsInMemory, notes: Mapping[str, RunNotes]) -> pd.DataFrame:
    """Tabulate the discounted account by payer and item, without displaced workers."""
    tables = []
    for scenario in runs.scenarios:
        items = runs.values(scenario, "item_cell")[..., 0]
        for payer, signs in zip(PAYERS, payer_signs(), strict=True):
            signed = items * signs
            values = np.concatenate([signed, signed.sum(axis=-1, keepdims=True)], axis=-1)
            labels = pd.DataFrame(
                {"scenario": scenario, "payer": payer, "item": [*ITEMS, NET_COST], "unit": DISCOUNTED}
            )
            labels["extrapolated"] = notes[scenario].extrapolated
            tables.append(pd.concat([labels, levels(as_rows(values))], axis=1))
    return pd.concat(tables, ignore_index=True)


def _whole_sample(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=["dimension", "group"])


def _history(runs: RunsInMemory, notes: Mapping[str, RunNotes]) -> dict[str, pd.DataFrame]:
    """Hold scenarios with rules by date against what was published."""
    tables: dict[str, list[pd.DataFrame]] = {"history": [], "cohorts": []}
    for name, mine in notes.items():
        counts = [each for each in mine.cohorts if each is not None]
        if counts:
            shape = (runs.draws, runs.replicates)
            for table, made in (
                ("history", history.history_table(counts, shape)),
                ("cohorts", history.cohorts_table(counts, shape)),
            ):
                made.insert(0, "scenario", name)
                tables[table].append(made)
    return {name: pd.concat(made, ignore_index=True) for name, made in tables.items() if made}
