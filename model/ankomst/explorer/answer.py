"""From a state to its answer: the runs, their tables and their facts, kept by content for the next time."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pandas as pd

from ankomst.explorer import levers
from ankomst.explorer.choices import SEED, Sample, samples
from ankomst.policy.explain.differences import Explained, explain, sources_of
from ankomst.report.chart.figure_scenarios import DIFFERENCE
from ankomst.report.document.changes import assumptions
from ankomst.report.run import run_facts
from ankomst.studies.batch.scenario_runs import RunNotes, ScenarioRuns, tables_of
from ankomst.studies.batch.tables import BatchTables
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.design.posterior import draws_of
from ankomst.studies.engine import store
from ankomst.studies.engine.in_memory import RunsInMemory, run_rows
from ankomst.studies.engine.stored_tables import all_as_stored
from ankomst.studies.metrics.record import layout_of
from ankomst.studies.stats.statistics import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from ankomst.explorer.state import State
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result
    from ankomst.studies.design.parameter_draws import Draws
    from ankomst.studies.engine.runs import Progress
    from ankomst.studies.metrics.record import Layout

BASE, ALT = "baseline", "alternative"
"""Names of the two scenarios in every table of an answer."""
KEPT_ANSWERS, KEPT_RUNS = 48, 64
SHARE_AFTER = 36
"""Months since arrival at which shares are compared; sums are over the whole follow-up."""

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The values asked for last, by content; the oldest goes when there are too many. Safe among threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """Return a value, or None if it is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True)
class Answer:
    """What the page shows of a state, in any language.

    Attributes
    ----------
    tables : dict of DataFrame
        Those of a run's page: curves (with the paired difference), differences, accounts, assumptions.
    facts : dict
        Those of a run's page.
    seconds : float
        How long it took.
    """

    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any]
    seconds: float


class Answers:
    """Answers by state; shared by everybody, for they hold nothing but what follows from their state.

    Parameters
    ----------
    quick : int
        Newcomers a year of the quick sample.
    workers : int, optional
        Threads of an answer from a larger sample; one a core if left out.
    """

    def __init__(self, quick: int, workers: int | None = None) -> None:
        self.samples = samples(quick)
        self._workers = workers
        self._answers: Kept[State, Answer] = Kept(KEPT_ANSWERS)
        self._runs: Kept[tuple[str, str, Sample], tuple[np.ndarray[Any, Any], RunNotes]] = Kept(KEPT_RUNS)
        self._git = store.git_state()

    def known(self, state: State) -> Answer | None:
        """Return the answer if it is kept."""
        return self._answers.get(_shared(state))

    def find(self, state: State, progress: Progress | None = None) -> Answer:
        """Return the answer, and simulate what it lacks.

        Parameters
        ----------
        state : State
        progress : callable, optional
            Called with finished and all runs; what it raises ends the work.

        Raises
        ------
        AnkomstError
            The scenarios cannot be built, run or compared.
        """
        kept = self.known(state)
        if kept is not None:
            return kept
        clock = time.perf_counter()
        pair = {BASE: levers.baseline(state), ALT: levers.alternative(state)}
        sample = self.samples[state.sample]
        refuse_other_people(pair, BASE, newcomers_per_year=sample.newcomers)
        layout = layout_of(pair.values(), (SHARE_AFTER,))
        drawn = draws_of(sample.draws, SEED)
        found = self._read(pair, layout, drawn, sample, progress)
        runs = RunsInMemory({name: rows for name, (rows, _) in found.items()}, BASE, layout)
        tables = tables_of(runs, {name: notes for name, (_, notes) in found.items()})
        curve = BatchTables(runs).curves().assign(outcome=DIFFERENCE)
        tables["curves"] = pd.concat([tables["curves"], curve], ignore_index=True)
        explained = {ALT: explain(pair[BASE], pair[ALT], sources=_sources(state))}
        tables["assumptions"] = assumptions(pair, explained)
        facts = self._facts(tables, pair, explained, runs, drawn, sample)
        facts["sample"] = state.sample
        answer = Answer(all_as_stored(tables), facts, time.perf_counter() - clock)
        self._answers.put(_shared(state), answer)
        return answer

    def _read(
        self,
        pair: dict[str, Scenario],
        layout: Layout,
        drawn: Draws,
        sample: Sample,
        progress: Progress | None,
    ) -> dict[str, tuple[np.ndarray[Any, Any], RunNotes]]:
        """Return the rows and notes of both scenarios; runs that are kept are not made again."""
        keys = {name: (scenario.policy_hash, layout.digest, sample) for name, scenario in pair.items()}
        found = {name: runs for name, key in keys.items() if (runs := self._runs.get(key)) is not None}
        lacking = [name for name in pair if name not in found]
        if len(lacking) == 2 and keys[BASE] == keys[ALT]:
            lacking = [BASE]
        scenarios = [pair[name] for name in lacking]
        notes = [RunNotes.empty(sample.draws * sample.replicates) for _ in lacking]

        def note(k: int, draw: int, replicate: int, result: Result) -> None:
            notes[k].take(scenarios[k], draw * sample.replicates + replicate, result)

        # A small run is mostly Python, which threads do not speed up; the other core is left to other people.
        workers = 1 if sample == self.samples["quick"] else self._workers
        made = run_rows(
            scenarios, layout, draws=drawn.values, replicates=sample.replicates, seed=SEED,
            newcomers_per_year=sample.newcomers, read=note, workers=workers, progress=progress,
        )  # fmt: skip
        for name, rows, mine in zip(lacking, made, notes, strict=True):
            found[name] = rows, mine
            self._runs.put(keys[name], found[name])
        return {name: found.get(name, found[BASE]) if name == ALT else found[name] for name in pair}

    def _facts(
        self,
        tables: dict[str, pd.DataFrame],
        pair: dict[str, Scenario],
        explained: dict[str, list[Explained]],
        runs: RunsInMemory,
        drawn: Draws,
        sample: Sample,
    ) -> dict[str, Any]:
        settings = {
            "draws": sample.draws, "replicates": sample.replicates, "seed": SEED,
            "newcomers_per_year": sample.newcomers, "months": None, "level": LEVEL,
        }  # fmt: skip
        manifest = {
            "settings": settings, "ankomst": store.version(), "git": self._git, "end": store.now(),
            "command": "",
        }  # fmt: skip
        study = ScenarioRuns(tables, manifest, runs, drawn)
        return run_facts.facts_of(study, pair, BASE, explained)


def _shared(state: State) -> State:
    """Return the state without its language: the numbers are the same in every one."""
    return replace(state, lang="en")


def _sources(state: State) -> dict[str, str]:
    """Return the sources of what the alternative sets; a scenario of one's own has none to look up."""
    known = {} if state.own else dict(_file_sources(state.alt, state.alt_grants))
    # What a lever sets must not go by the source of the file that it departs from.
    for key in levers.overrides(levers.unmoved(state), state.moved):
        before = known.get(key)
        known[key] = "moved in the explorer" + (f"; the scenario itself: {before}" if before else "")
    return known


@lru_cache(maxsize=64)
def _file_sources(name: str, grants: str) -> Sequence[tuple[str, str]]:
    return tuple(sources_of(levers.spec_of(name, grants)).items())
