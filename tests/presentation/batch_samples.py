"""A small batch that has been run: three scenarios with grants, one without, once with draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from ankomst.studies.batch.runner import run_batch
from ankomst.studies.schema.experiment import load_experiment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
BASELINE = "three_year+grant_2013"
OTHERS = ("three_year+no_grant", "one_year+grant_by_speed", "three_year+grant_above_benchmark")


def run(
    folder: Path,
    *,
    others: Sequence[str] = OTHERS,
    draws: object = "point",
    replicates: int = 5,
    people: int = 60,
    more: Mapping[str, object] | None = None,
) -> Path:
    """Run a small batch into a folder of its own and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "scenarios").exists():
        (folder / "scenarios").symlink_to(ROOT / "scenarios")
    document = {
        "kind": "batch",
        "title": 'Sample <b> & "quotes"',
        "title_da": "Prøve",
        "source": "made for a test",
        "baseline": BASELINE,
        "scenarios": list(others),
        "newcomers_per_year": people,
        "replicates": replicates,
        "draws": draws,
        "seed": 7,
        **(more or {}),
    }
    file = folder / "sample.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    run_batch(load_experiment(file), folder / "result")
    return folder / "result"
