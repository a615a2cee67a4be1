"""The one runner: a study of any kind in its folder, run or resumed, tabulated, closed with a manifest."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from threadpoolctl import threadpool_limits

from ankomst.errors import AnkomstError
from ankomst.studies.engine import facts, manifest, store
from ankomst.studies.engine.executors import pool_for
from ankomst.studies.engine.same_study import refuse_other
from ankomst.studies.engine.study import Findings, How, Study, StudyResult
from ankomst.studies.engine.study_folder import StudyFolder
from ankomst.studies.engine.study_runs import StudyRuns
from ankomst.studies.engine.worker import code_version

if TYPE_CHECKING:
    import os


def run_study(study: Study, out: str | os.PathLike[str], **how: Unpack[How]) -> StudyResult:
    """Run a study into a folder; what is finished there already is not run again.

    Parameters
    ----------
    study : Study
    out : str or path
    **how
        See `How`.

    Returns
    -------
    StudyResult
        The same to the last bit, whether the study was cut off and resumed or not.

    Raises
    ------
    OutputError
        The folder cannot be used or is that of another study, or the disk is full. Finished runs are kept.
    RunError
        Too many runs failed, the folder is of other code, or the workers are gone.
    """
    place, say = Path(out), how.get("say") or _silent
    pool = how.get("pool") or pool_for(None, None)
    try:
        with StudyFolder(
            place, study.kind, resume=how.get("resume", False), restart=how.get("restart", False), say=say
        ) as folder:
            if not how.get("changed"):
                _refuse_other(study, folder)
            runs = StudyRuns(
                folder, study.layout, pool, total=study.total, progress=how.get("progress"), say=say,
                notes={"asked": study.asked, **study.notes},
            )  # fmt: skip
            if how.get("retry_failed"):
                folder.ledger.retry()
            folder.write_manifest(_described(study, runs) | {"complete": False})
            try:
                # Sums must not depend on how many threads numerical libraries have here.
                with threadpool_limits(limits=1):
                    found = study.find(runs)
                runs.flush()
            except BaseException:
                with suppress(AnkomstError):  # what stopped the study is what has to be said
                    runs.note_time()
                    folder.write_failures()
                raise
            runs.note_time()
            folder.write_failures()
            return _closed(study, runs, found, how)
    finally:
        pool.close()


def _refuse_other(study: Study, folder: StudyFolder) -> None:
    """Refuse another study than that of the folder's runs; where it is not known, nothing is refused."""
    if not folder.holds():
        return
    before = folder.ledger.meta("asked") or (manifest.ours(folder.path) or {}).get("asked")
    if before is not None:
        refuse_other(study.kind, folder.path, before, study.asked, may_differ=study.may_differ)


def _described(study: Study, runs: StudyRuns) -> dict[str, Any]:
    known = {"kind": study.kind, "run_code": code_version(), "asked": study.asked}
    return {**study.describe(runs.started), **known}


def _closed(study: Study, runs: StudyRuns, found: Findings, how: How) -> StudyResult:
    """Write what was found, and the manifest last."""
    place, pages = runs.folder.path, how.get("pages")
    store.write_tables(place, found.tables)
    for name, text in found.texts.items():
        store.write_text(place / name, text)
    told: dict[str, Any] = {}
    if found.facts:  # a page can be made again from the folder alone, in another language too
        told = store.plain({"result": place.resolve().name, **found.facts})
        facts.write(place, study.kind, told)
    if pages:
        pages(place, found.tables, told)
    counts = runs.folder.ledger.counts()
    closing = {"runs": counts, "seconds_of_cores": runs.seconds(), **found.manifest}
    runs.folder.finish(_described(study, runs) | closing)
    return StudyResult(place, found.tables, told, found.manifest, counts, runs.simulated)


def _silent(_: str) -> None:
    """Say nothing."""
