"""What the page of a calibration states besides its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ankomst.studies.engine import store

if TYPE_CHECKING:
    from ankomst.studies.calibration.run import CalibrationResult

METHOD = (
    "Method: ensemble smoother with multiple data assimilation (Emerick and Reynolds 2013).",
    "Metode: ensemble smoother with multiple data assimilation (Emerick og Reynolds 2013).",
)
FROM_FILE = (
    "members", "steps", "replicates", "newcomers_per_year", "effects_newcomers_per_year", "seed", "level",
)  # fmt: skip
FROM_FACTS = (
    "evaluations", "core_seconds", "wall_seconds", "free", "informed", "inside", "total", "half_width",
)  # fmt: skip


def page_facts(done: CalibrationResult) -> dict[str, Any]:
    """Return what the page of a calibration states besides its tables."""
    study, file, found = done.study, done.study.file, done.facts
    return {
        "result": done.path.resolve().name,
        "command": store.command_line(),
        "title": (file.title or study.name, file.title_da or file.title or study.name),
        "targets_title": (study.targets.title, study.targets.title_da),
        **{key: getattr(file, key) for key in FROM_FILE},
        **{key: found[key] for key in FROM_FACTS},
        "method": METHOD,
        "distance": found["distance"]["posterior_mean"],
        "distance_start": found["distance"]["start"],
        "version": store.version(),
        "commit": store.commit(),
        "created": store.now(),
        "notes": [(text, text) for text in study.targets.not_fitted],
        "prior_only": [
            row["parameter"]
            for row in done.tables["parameters"].to_dict("records")
            if row["free"] == "yes" and row["informed"] == "no"
        ],
    }  # fmt: skip
