"""What the runs of a sensitivity analysis and of a decision share: facts for a page, and the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Unpack

from ankomst.studies.engine import store
from ankomst.studies.engine.same_study import of_file
from ankomst.studies.engine.study_run import Finished, Found, How, run_study

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.engine.evaluation import Measures
    from ankomst.studies.engine.evaluations import Evaluations
    from ankomst.studies.schema.paired_fields import PairedFile


class PairedStudy(Protocol):
    """A loaded study of paired scenarios, see `Sensitivity` and `Decision`."""

    @property
    def name(self) -> str: ...  # noqa: D102 - described there
    @property
    def file(self) -> PairedFile: ...  # noqa: D102
    @property
    def scenarios(self) -> Mapping[str, Scenario]: ...  # noqa: D102
    @property
    def measures(self) -> Measures: ...  # noqa: D102
    @property
    def quick(self) -> bool: ...  # noqa: D102
    @property
    def document(self) -> dict[str, Any]: ...  # noqa: D102


def run_paired(
    study: PairedStudy,
    out: str | os.PathLike[str],
    find: Callable[[Evaluations, Callable[[str], None]], Found],
    more: Mapping[str, Any],
    *,
    total: int,
    **how: Unpack[How],
) -> Finished:
    """Run a study of paired scenarios into a folder; see `run_study`.

    Parameters
    ----------
    study : PairedStudy
    out : str or path
    find : callable
        Evaluates and tabulates, given the evaluations and whom to tell; its facts are put to those that every
        such study has.
    more : mapping
        Entries of the manifest that are known beforehand.
    total : int
        Evaluations in all, for the progress.
    **how
        See `How`.
    """

    def whole(work: Evaluations, say: Callable[[str], None]) -> Found:
        found = find(work, say)
        return Found(found.tables, {**_facts(study, work), **found.facts}, found.manifest)

    def describe(started: str) -> dict[str, Any]:
        return {**_manifest(study, started), **more}

    return run_study(
        study.file.kind, study.measures, study.file.seed, out, whole, describe,
        asked=of_file(study.file.model_dump(mode="json"), study.scenarios, study.measures.digest),
        total=total, **how,
    )  # fmt: skip


def _facts(study: PairedStudy, work: Evaluations) -> dict[str, Any]:
    """Return what the page of any such study says of it."""
    file, counts = study.file, work.folder.ledger.counts()
    baseline, *others = study.scenarios
    years = study.scenarios[baseline].population.arrival_years
    return {
        "command": store.command_line(),
        "title": (file.title or study.name, file.title_da or file.title or study.name),
        "baseline": baseline,
        "scenarios": others,
        "newcomers_per_year": file.newcomers_per_year,
        "newcomers": file.newcomers_per_year * years,
        "seed": file.seed,
        "level": file.level,
        "evaluations": sum(counts.values()),
        "failed": counts["failed"],
        "seconds": work.seconds(),
        "created": store.now(),
        "version": store.version(),
        "commit": store.commit(),
        "quick": study.quick,
    }


def _manifest(study: PairedStudy, started: str) -> dict[str, Any]:
    content = store.manifest(
        command=store.command_line(), scenarios=dict(study.scenarios),
        settings=study.file.model_dump(mode="json"), started=started,
    )  # fmt: skip
    return {"kind": study.file.kind, **content, "quick": study.quick, "experiment": study.document}
