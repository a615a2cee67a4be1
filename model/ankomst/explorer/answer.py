"""From a state to its answer: the runs, their tables and their facts, kept by content for the next time."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import pandas as pd

from ankomst.explorer import levers
from ankomst.explorer.choices import SEED, Sample, samples
from ankomst.policy.explain.differences import Explained, explain, sources_of
from ankomst.report.chart.figure_scenarios import DIFFERENCE
from ankomst.report.document.changes import assumptions
from ankomst.report.run import run_facts
from ankomst.studies.batch.scenario_runs import Read, ScenarioRuns, read_run, tables_of
from ankomst.studies.design.people import refuse_other_people
from ankomst.studies.engine import store
from ankomst.studies.engine.in_memory import run_some
from ankomst.studies.engine.stored_tables import all_as_stored
from ankomst.studies.metrics.sides import DEFAULT_OUTCOMES, Question, follow_ups_fit
from ankomst.studies.stats import statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.explorer.state import State
    from ankomst.policy.scenario import Scenario
    from ankomst.simulation.result import Result
    from ankomst.studies.engine.runs import Progress

BASE, ALT = "baseline", "alternative"
"""Names of the two scenarios in every table of an answer."""
KEPT_ANSWERS, KEPT_RUNS = 48, 64

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
        self._runs: Kept[tuple[str, int, Sample], list[Read]] = Kept(KEPT_RUNS)
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
        question = Question(DEFAULT_OUTCOMES, None, pair[BASE].horizon.follow_up_months)
        for name, scenario in pair.items():
            follow_ups_fit(question, scenario, name)
        refuse_other_people(pair, BASE, newcomers_per_year=self.samples[state.sample].newcomers)
        runs = self._read(pair, question, self.samples[state.sample], progress)
        tables = tables_of(runs, BASE, question)
        tables["curves"] = pd.concat([tables["curves"], _paired_curve(runs)], ignore_index=True)
        explained = {ALT: explain(pair[BASE], pair[ALT], sources=_sources(state))}
        tables["assumptions"] = assumptions(pair, explained)
        facts = self._facts(tables, pair, explained, question, self.samples[state.sample])
        facts["sample"] = state.sample
        answer = Answer(all_as_stored(tables), facts, time.perf_counter() - clock)
        self._answers.put(_shared(state), answer)
        return answer

    def _read(
        self,
        pair: dict[str, Scenario],
        question: Question,
        sample: Sample,
        progress: Progress | None,
    ) -> dict[str, list[Read]]:
        """Return what was read of both scenarios; runs that are kept are not made again."""
        keys = {name: (scenario.policy_hash, question.follow_up, sample) for name, scenario in pair.items()}
        found = {name: runs for name, key in keys.items() if (runs := self._runs.get(key)) is not None}
        lacking = [name for name in pair if name not in found]
        if len(lacking) == 2 and keys[BASE] == keys[ALT]:
            lacking = [BASE]
        scenarios = [pair[name] for name in lacking]

        def read(k: int, result: Result) -> Read:
            return read_run(result, scenarios[k], question, outcomes=False)

        wanted = [(k, replicate) for replicate in range(sample.replicates) for k in range(len(lacking))]
        # A small run is mostly Python, which threads do not speed up; the other core is left to other people.
        workers = 1 if sample == self.samples["quick"] else self._workers
        made = run_some(
            scenarios, wanted, read, seed=SEED, newcomers_per_year=sample.newcomers, workers=workers,
            progress=progress,
        )  # fmt: skip
        for k, name in enumerate(lacking):
            found[name] = made[k :: len(lacking)]
            self._runs.put(keys[name], found[name])
        return {name: found.get(name, found[BASE]) if name == ALT else found[name] for name in pair}

    def _facts(
        self,
        tables: dict[str, pd.DataFrame],
        pair: dict[str, Scenario],
        explained: dict[str, list[Explained]],
        question: Question,
        sample: Sample,
    ) -> dict[str, Any]:
        settings = {
            "replicates": sample.replicates, "seed": SEED, "newcomers_per_year": sample.newcomers,
            "months": None, "level": statistics.LEVEL,
        }  # fmt: skip
        manifest = {
            "settings": settings, "ankomst": store.version(), "git": self._git, "end": store.now(),
            "command": "",
        }  # fmt: skip
        study = ScenarioRuns(tables, manifest, question, {})
        return run_facts.facts_of(study, pair, BASE, explained)


def _shared(state: State) -> State:
    """Return the state without its language: the numbers are the same in every one."""
    return replace(state, lang="en")


def _paired_curve(runs: dict[str, list[Read]]) -> pd.DataFrame:
    """Tabulate the paired difference of the share in work by months since arrival."""
    pairs = zip(runs[ALT], runs[BASE], strict=True)
    gaps = np.array([_difference(alt.curve, base.curve) for alt, base in pairs])
    rows = [
        {"months": month + 1, **statistics.mean(gaps[:, month]).columns()} for month in range(gaps.shape[1])
    ]
    return pd.DataFrame(rows).assign(
        scenario=ALT, outcome=DIFFERENCE, unit="share", interval=statistics.INTERVAL
    )


def _difference(alt: np.ndarray[Any, Any], base: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Subtract as long as both are followed."""
    months = min(len(alt), len(base))
    gap: np.ndarray[Any, Any] = alt[:months] - base[:months]
    return gap


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
