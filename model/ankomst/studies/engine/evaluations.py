"""Evaluations of one study, and what all studies of evaluations have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.errors import RunError
from ankomst.studies.engine import store
from ankomst.studies.engine.evaluation import evaluation
from ankomst.studies.engine.registry import PlannedRun
from ankomst.studies.engine.same_study import of_file
from ankomst.studies.metrics.record import Family, Layout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.design.parameter_draws import Draws
    from ankomst.studies.engine.evaluation import Measures
    from ankomst.studies.engine.study import Findings
    from ankomst.studies.engine.study_runs import StudyRuns

Array = np.ndarray[Any, Any]
MOST_FAILED = 0.2
"""Share of the evaluations of a stage that may fail before the study ends."""


def layout_of_measures(measures: Measures) -> Layout:
    """Return the layout of an evaluation's row: one family, of as many numbers as are measured."""
    return Layout((), 0, (), {"measures": Family(("name",), (tuple(measures.names),))})


def origin_of(draws: Draws | None) -> dict[str, Any]:
    """Return for a manifest where draws come from, without their ranges."""
    return {key: value for key, value in draws.description.items() if key != "ranges"} if draws else {}


class Evaluations:
    """Evaluations of one study.

    Parameters
    ----------
    runs : StudyRuns
    measures : Measures
    seed : int
    """

    def __init__(self, runs: StudyRuns, measures: Measures, seed: int) -> None:
        self.runs, self.measures, self.seed = runs, measures, seed
        self.planned: dict[str, PlannedRun] = {}
        """The evaluations asked for so far by id, under the stage that asked first."""

    def at(self, stage: str, draws: Sequence[Mapping[str, Any]], streams: Sequence[int]) -> Array:
        """Evaluate draws, each with its random stream.

        Parameters
        ----------
        stage : str
            Name of this part of the study in the registry.
        draws : sequence of dict
        streams : sequence of int, as many

        Returns
        -------
        ndarray, shape (draws, names)
            NaN in the rows of evaluations that failed.

        Raises
        ------
        RunError
            More than a fifth of them failed.
        """
        tasks = [
            evaluation(self.measures, draw, self.seed, stream)
            for draw, stream in zip(draws, streams, strict=True)
        ]
        ids = [task.jobs[0].id for task in tasks]
        for k, (key, stream) in enumerate(zip(ids, streams, strict=True)):
            self.planned.setdefault(key, PlannedRun(key, stage, k, stream))
        by_id = dict(zip(ids, tasks, strict=True))
        self.runs.complete(
            self.planned.values(), lambda pending: (by_id[key] for key in by_id if key in pending)
        )
        rows, empty = self.runs.rows(), np.full(len(self.measures.names), np.nan)
        found = np.array([rows.get(key, empty) for key in ids])
        failed = int(np.isnan(found).all(axis=1).sum())
        if failed > MOST_FAILED * len(tasks):
            raise RunError(
                f"{failed} of {len(tasks)} evaluations of the stage '{stage}' failed",
                where=str(self.runs.folder.path),
                allowed="at most a fifth; the messages above say what is wrong",
            )
        return found


class EvaluatedStudy(ABC):
    """A study of evaluations, as the engine sees it: what follows from its file, its measures and scenarios.

    Parameters
    ----------
    loaded : object
        What the loader of the kind returned: name, file, measures and document.
    scenarios : mapping
    total : int
        Evaluations in all.
    targets : str
        SHA-256 (hex) of the published figures, where there are any.
    """

    may_differ = ""

    def __init__(
        self, loaded: Any, scenarios: Mapping[str, Scenario], *, total: int, targets: str = ""  # noqa: ANN401
    ) -> None:  # fmt: skip
        self.loaded, self.scenarios, self.total = loaded, dict(scenarios), total
        self.kind: str = loaded.file.kind
        self.layout = layout_of_measures(loaded.measures)
        self.settings: dict[str, Any] = loaded.file.model_dump(mode="json")
        self.asked = of_file(self.settings, self.scenarios, loaded.measures.digest, targets)
        self.notes: dict[str, Any] = {}

    def describe(self, started: str) -> dict[str, Any]:
        """Return the manifest but for what is found."""
        content = store.manifest(
            command=store.command_line(), scenarios=self.scenarios, settings=self.settings, started=started
        )
        return {**content, "experiment": self.loaded.document, **self.entries()}

    def entries(self) -> dict[str, Any]:
        """Return further entries of the manifest that are known beforehand."""
        return {}

    def find(self, runs: StudyRuns) -> Findings:
        """Evaluate and tabulate."""
        return self.analyse(Evaluations(runs, self.loaded.measures, self.loaded.file.seed))

    @abstractmethod
    def analyse(self, at: Evaluations) -> Findings:
        """Ask for evaluations, one stage after another, and tabulate them."""

    def paired_facts(self, runs: StudyRuns) -> dict[str, Any]:
        """Return what the page of any study states that compares scenarios with the first of them."""
        file, (baseline, *others) = self.loaded.file, self.scenarios
        years = self.scenarios[baseline].population.arrival_years
        return {
            **self.facts(runs),
            "baseline": baseline,
            "scenarios": others,
            "newcomers": file.newcomers_per_year * years,
            "quick": self.loaded.quick,
        }

    def facts(self, runs: StudyRuns) -> dict[str, Any]:
        """Return what the page of any such study states."""
        file, counts = self.loaded.file, runs.folder.ledger.counts()
        return {
            "command": store.command_line(),
            "title": (file.title or self.loaded.name, file.title_da or file.title or self.loaded.name),
            "newcomers_per_year": file.newcomers_per_year,
            "seed": file.seed,
            "level": file.level,
            "evaluations": sum(counts.values()),
            "failed": counts["failed"],
            "seconds": runs.seconds(),
            "started": runs.started,
            "created": store.now(),
            "version": store.version(),
            "commit": store.commit(),
        }
