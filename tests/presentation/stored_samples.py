"""Results of every kind as they are in memory, and in a folder as the commands write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from tests.presentation import calibration_samples, decision_samples, run_samples, sensitivity_samples
from tests.presentation.test_validation_page import validation_samples

from ankomst.report.calibration.page import POSTERIOR
from ankomst.studies.calibration.run import DIGITS
from ankomst.studies.engine import facts as facts_file
from ankomst.studies.engine import manifest, store
from ankomst.studies.engine.registry import NAME, Ledger, PlannedRun
from ankomst.studies.engine.worker import RunReport

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Tables = dict[str, pd.DataFrame]
Made = dict[str, tuple[Tables, dict[str, Any]]]
KNOWN = {"result": "mine", "command": "ankomst decide mine", "version": "9.9.9", "commit": "0123abc456def"}


def made_of_every_kind() -> Made:
    """Return tables and facts of every kind of result."""
    run = {**run_samples.run_tables(), **run_samples.history(), **run_samples.decomposition()}
    calibration = {**calibration_samples.calibration_tables(), POSTERIOR: calibration_samples.posterior()}
    found = {
        "run": (run, run_samples.run_facts()),
        "calibration": (calibration, calibration_samples.calibration_facts()),
        "validation": validation_samples(),
        "sensitivity": (sensitivity_samples.tables(), sensitivity_samples.facts()),
        "decision": (decision_samples.tables(), decision_samples.facts()),
    }
    return {kind: (mine, {**told, **KNOWN}) for kind, (mine, told) in found.items()}


def stored(kind: str, made: Made, folder: Path, **more: object) -> Path:
    """Write a result as the commands do."""
    tables, facts = made[kind]
    draws = [name for name in tables if name == POSTERIOR]
    files = store.write_tables(folder, {name: table for name, table in tables.items() if name not in draws})
    for name in draws:
        text = tables[name].to_csv(index=False, float_format=DIGITS, lineterminator="\n")
        files.append(store.write_text(folder / f"{name}.csv", text))
    files.append(facts_file.write(folder, kind, store.plain(facts)))
    content = store.manifest(
        command=f"ankomst {kind} mine", scenarios={}, settings={}, started=store.now()
    ) | {"kind": kind, "experiment": {}, "files": digests(folder, files)}
    manifest.write(folder, content | more)
    return folder


def digests(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of each file by its name within a folder."""
    return {file.relative_to(folder).as_posix(): store.digest(file) for file in files}


def with_ledger(folder: Path, kind: str) -> None:
    """Put the ledger of a study into its folder, with a few evaluations."""
    runs = [PlannedRun(f"{k:032x}", "draws", k, k) for k in range(4)]
    with Ledger(folder / NAME) as ledger:
        ledger.plan(runs)
        ledger.note(
            kind=kind, code="x", started=store.now(), wall_seconds=1.0,
            owner={"process": 1, "host": "here", "start": store.now()},
        )  # fmt: skip
        ledger.enter([RunReport(run.id, 0.1, row=np.arange(3.0)) for run in runs[:3]])
        ledger.enter([RunReport(runs[3].id, 0.1, error="no", trace="Traceback")])
        ledger.enter_file(manifest.NAME, store.digest(folder / manifest.NAME))
