"""The finished runs of a batch, read back from its folder as comparisons need them."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ankomst.errors import OutputError
from ankomst.studies.engine import chunks, manifest
from ankomst.studies.engine.manifest import BATCH
from ankomst.studies.engine.registry import NAME, Ledger
from ankomst.studies.engine.study_folder import kind_of
from ankomst.studies.metrics.record import Layout, layout_of
from ankomst.studies.schema import experiment_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from ankomst.studies.engine.registry import KnownRun
    from ankomst.studies.schema.experiment import Experiment

Array = np.ndarray[Any, Any]
AGAIN = "ankomst batch EXPERIMENT --resume, which runs them again"
KEPT_BYTES = 400_000_000
"""Numbers held in memory at most, a family of all runs at a time."""


def experiment_of(path: Path, say: Callable[[str], None] = lambda _: None) -> Experiment:
    """Return the experiment of a batch's folder.

    It is read from the manifest, or from the ledger where the manifest is damaged.

    Parameters
    ----------
    path : Path
    say : callable, optional
        Told that the manifest is damaged.

    Raises
    ------
    OutputError
        The folder holds no batch.
    """
    what = ""
    if not path.is_dir():
        what = "there is no such folder"
    elif (kind := kind_of(path)) not in {"", BATCH}:
        what = f"the folder holds a {kind}, no batch"
    elif not (path / NAME).is_file():
        what = "there is no batch in this folder"
    if what:
        wanted = "the folder of an `ankomst batch`, such as results/quick"
        raise OutputError(what, where=str(path), allowed=wanted)
    where = path / manifest.NAME
    try:
        content = manifest.read(path)["experiment"]
    except OutputError:
        where = path / NAME
        with Ledger(where, readonly=True) as ledger:
            content = ledger.meta("experiment")
        if content is None:
            raise OutputError(
                "nothing has been run in this folder yet", where=str(path), allowed="ankomst batch EXPERIMENT"
            ) from None
        say(
            f"{path / manifest.NAME}: the manifest is missing or damaged; the ledger is read instead "
            "(--resume mends it)"
        )
    return experiment_record.read(content, str(where))


class StoredRuns:
    """The runs of a batch as arrays over draws and replicates (see `RunValues`).

    Parameters
    ----------
    path : Path
        Folder of the batch.
    experiment : Experiment
        What was run.
    ledger : Ledger, optional
        That of the folder where it is open already.
    baseline : str, optional
        Another scenario of the batch to compare with.

    Raises
    ------
    OutputError
        The folder holds no batch, or another one, or a part or a row is damaged.
    """

    def __init__(
        self, path: Path, experiment: Experiment, *, ledger: Ledger | None = None, baseline: str | None = None
    ) -> None:
        self.path = path
        self.scenarios = tuple(experiment.scenarios)
        self.baseline = baseline or experiment.baseline
        self.layout: Layout = layout_of(experiment.scenarios.values(), experiment.months, experiment.groups)
        self._own = ledger is None
        self._ledger = ledger or Ledger(path / NAME, readonly=True)
        done = self._ledger.entries("done")
        everything = self._ledger.entries()
        self.finished = len(done)
        self.draws = 1 + max((entry.draw for entry in everything), default=0)
        self.replicates = 1 + max((entry.replicate for entry in everything), default=0)
        self._parts: dict[str, list[KnownRun]] = {}
        for entry in done:
            self._parts.setdefault(entry.part or "", []).append(entry)
        self._waiting = self._ledger.waiting() if "" in self._parts else {}
        self._kept: OrderedDict[str, Array] = OrderedDict()
        try:
            self._check(experiment)
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._own:
            self._ledger.__exit__(kind, error, trace)

    def values(self, scenario: str, family: str) -> Array:
        """Return a family of a scenario, shape (draws, replicates, *family.shape); NaN where no run is."""
        if family not in self._kept:
            self._kept[family] = self._load(family)
            while len(self._kept) > 1 and sum(part.nbytes for part in self._kept.values()) > KEPT_BYTES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(family)
        found: Array = self._kept[family][self.scenarios.index(scenario)]
        return found

    def _load(self, family: str) -> Array:
        shape = self.layout.families[family].shape
        cube = np.full((len(self.scenarios), self.draws, self.replicates, *shape), np.nan)
        order = {name: k for k, name in enumerate(self.scenarios)}
        for part, entries in self._parts.items():
            if part:
                path = self.path / chunks.FOLDER / part
                rows = chunks.read_family(path, self.layout, family).reshape(-1, *shape)
                place = {key: k for k, key in enumerate(chunks.read_ids(path))}
                if not {entry.id for entry in entries} <= place.keys():
                    raise OutputError(
                        "the part does not hold the runs that the ledger lists",
                        where=str(path),
                        allowed=AGAIN,
                    )
                found = {entry.id: rows[place[entry.id]] for entry in entries}
            else:
                split = {key: self.layout.split(row)[family] for key, row in self._waiting.items()}
                found = {entry.id: split[entry.id] for entry in entries}
            for entry in entries:
                cube[order[entry.scenario], entry.draw, entry.replicate] = found[entry.id]
        return cube

    def row(self, entry: KnownRun) -> Array:
        """Return all numbers of one run."""
        if not entry.part:
            return self._waiting[entry.id]
        path = self.path / chunks.FOLDER / entry.part
        found: Array = chunks.read_rows(path, self.layout)[chunks.read_ids(path).index(entry.id)]
        return found

    def _check(self, experiment: Experiment) -> None:
        """Refuse damaged parts and rows before anything is said about the others."""
        noted, everything = self._ledger.meta("layout"), self._ledger.entries()
        wanted = experiment.precision
        most = max(experiment.replicates, wanted.at_most if wanted else 0)
        unknown = any(
            entry.scenario not in experiment.scenarios
            or entry.draw >= len(experiment.draws.values)
            or entry.replicate >= most
            for entry in everything
        )
        if unknown or (everything and noted != self.layout.digest):
            raise OutputError(
                "the runs in this folder are not those of the experiment",
                where=str(self.path),
                allowed="ankomst batch EXPERIMENT --resume, which adds what is missing",
            )
        known = self._ledger.parts()
        for part in filter(None, self._parts):
            path = self.path / chunks.FOLDER / part
            whole = path.is_file() and part in known and chunks.is_whole(path, known[part][0])
            if not whole:
                raise OutputError(
                    f"the part is {'damaged' if path.is_file() else 'missing'}; "
                    f"{len(self._parts[part])} runs cannot be read",
                    where=str(path),
                    allowed=AGAIN,
                )
        size = self.layout.size
        torn = sum(
            entry.id not in self._waiting or self._waiting[entry.id].size != size
            for entry in self._parts.get("", ())
        )
        if torn:
            raise OutputError(
                f"{torn} rows in the ledger are damaged",
                where=str(self.path / NAME),
                allowed=AGAIN,
            )
