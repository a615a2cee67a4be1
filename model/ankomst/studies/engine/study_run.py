"""A study of many evaluations in its folder: run, resumed, tabulated, closed with a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from ankomst.studies.engine import facts, store
from ankomst.studies.engine.evaluations import opened

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from ankomst.studies.engine.evaluation import Measures
    from ankomst.studies.engine.evaluations import Evaluations
    from ankomst.studies.engine.executors import Pool
    from ankomst.studies.engine.runs import Progress

    Pages = Callable[[Path, Mapping[str, pd.DataFrame], Mapping[str, Any]], Sequence[Path]]


class How(TypedDict, total=False):
    """How a study is run; all can be left out.

    Attributes
    ----------
    pool : Pool
        Where the model is evaluated, one local process a core if left out; the result does not depend on it.
    resume, restart : bool
        Go on with what is in the folder, or throw it away.
    changed : bool
        With `resume`: go on though this is another study than the folder's; what both evaluate is kept.
    progress : callable
        Called with the evaluations that are over and all of them.
    say : callable
        Told in one sentence what was found damaged, has failed or was left out.
    pages : callable
        Writes further files from folder, tables and facts, and returns them for the manifest.
    """

    pool: Pool | None
    resume: bool
    restart: bool
    changed: bool
    progress: Progress | None
    say: Callable[[str], None]
    pages: Pages | None


@dataclass(frozen=True)
class Finished:
    """A finished study: its folder, tables by name, facts for a page, and what was simulated now."""

    path: Path
    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any]
    simulated: int
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Found:
    """What a study found: tables by name, facts for a page, and entries of the manifest."""

    tables: dict[str, pd.DataFrame]
    facts: dict[str, Any]
    manifest: dict[str, Any]


def run_study(
    kind: str,
    measures: Measures,
    seed: int,
    out: str | os.PathLike[str],
    find: Callable[[Evaluations, Callable[[str], None]], Found],
    describe: Callable[[str], dict[str, Any]],
    *,
    asked: Mapping[str, Any],
    total: int,
    **how: Unpack[How],
) -> Finished:
    """Run a study into a folder; what is evaluated there already is not evaluated again.

    Parameters
    ----------
    kind : str
    measures : Measures
    seed : int
    out : str or path
    find : callable
        Evaluates and tabulates, given the evaluations and whom to tell.
    describe : callable
        Returns the manifest but for what was found, given when the study was first started.
    asked : mapping
        What the study asks, see `same_study.of_file`.
    total : int
        Evaluations in all, for the progress.
    **how
        See `How`.

    Returns
    -------
    Finished
        The same to the last bit, whether the study was cut off and resumed or not.

    Raises
    ------
    OutputError
        The folder cannot be used or is that of another study, or the disk is full. Finished evaluations are
        kept.
    RunError
        Too many evaluations failed, the folder is of other code, or the workers are gone.
    """
    place, pages = Path(out), how.get("pages")
    say = how.get("say") or _silent
    with opened(
        place, kind, measures, seed, asked=asked, total=total, pool=how.get("pool"),
        resume=how.get("resume", False), restart=how.get("restart", False),
        changed=how.get("changed", False), progress=how.get("progress"), say=say,
    ) as work:  # fmt: skip
        work.folder.write_manifest(describe(work.started) | {"complete": False})
        found = find(work, say)
        made = store.write_tables(place, found.tables)
        # A page can be made again from the folder alone, in another language too.
        told = store.plain({"result": place.resolve().name, **found.facts})
        made.append(facts.write(place, kind, told))
        made += pages(place, found.tables, told) if pages else []
        closing = {
            "evaluations": work.folder.ledger.counts(),
            "seconds_of_cores": work.seconds(),
            **found.manifest,
        }
        work.folder.finish(describe(work.started) | closing)
        return Finished(place, found.tables, told, work.simulated, tuple(made))


def _silent(_: str) -> None:
    """Say nothing."""
