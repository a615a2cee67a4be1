"""What the parts of a batch's story share: its runs, tables, facts and what it rests on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ankomst.report.batch.context import BatchContext, chosen
from ankomst.report.document import run_tables
from ankomst.report.document.run_context import DASH
from ankomst.report.document.story_words import commit_of
from ankomst.report.document.texts import load_texts
from ankomst.studies.engine import store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ankomst.report.batch.numbers import Numbers


class Material:
    """What the parts of a batch's story share.

    Parameters
    ----------
    numbers : Numbers
    lang : {"en", "da"}
    wanted : sequence of str
        Scenarios for the figures that hold only some; the best ones if empty.
    outline : Path, optional
        A GeoJSON of the country.

    Attributes
    ----------
    tables : dict of DataFrame
        Those of `Batch.tables`.
    sheets : dict of DataFrame
        The same, and what the parts add for the workbook.
    context, shown : BatchContext
        Of all scenarios, and of those in figures that hold only some.
    changes, rests : dict, DataFrame
        What each scenario changes, and the parameters behind it.
    assumed : dict
        Names of assumed parameters by scenario.
    """

    def __init__(
        self, numbers: Numbers, lang: str, wanted: Sequence[str] = (), outline: Path | None = None
    ) -> None:
        self.numbers, self.outline = numbers, outline
        self.batch, self.experiment = numbers.batch, numbers.experiment
        self.manifest, self.counts = numbers.manifest, numbers.counts
        self.changes, self.rests = numbers.changes, numbers.rests
        self.tables = numbers.tables
        self.sheets = dict(self.tables)
        batch, experiment = self.batch, self.experiment
        self.texts = texts = load_texts(lang, "report")
        assumed = self.rests.loc[self.rests["grade"] == run_tables.ASSUMED]
        facts: dict[str, Any] = {
            "title": (experiment.title, experiment.title_da),
            "scenario_titles": {
                name: (scenario.title, scenario.title_da, scenario.source)
                for name, scenario in sorted(
                    experiment.scenarios.items(), key=lambda item: item[0] != batch.baseline
                )
            },
            "baseline": batch.baseline,
            "level": experiment.level,
            "draws": len(experiment.draws.values),
            "draws_kind": experiment.draws.kind,
            "replicates": batch.replicates,
            "newcomers_per_year": experiment.newcomers_per_year,
            "follow_up_months": experiment.follow_up,
            "resting_on_assumptions": set(assumed["scenario"].astype(str)),
            "version": self.manifest["ankomst"],
            "commit": store.commit(self.manifest["git"]),
            "created": str(self.manifest.get("end") or self.manifest.get("start") or ""),
            "result": experiment.name,
            "changes": {name: [asdict(change) for change in listed] for name, listed in self.changes.items()},
        }
        self.assumed = {
            name: list(dict.fromkeys(assumed.loc[assumed["scenario"] == name, "name"].astype(str)))
            for name in facts["scenario_titles"]
        }
        self.context = BatchContext(texts, facts)
        self.shown = self.context.only(chosen(facts, self.tables.get("ranking"), wanted))

    @property
    def compared(self) -> bool:
        """Whether there is any scenario beside the baseline."""
        return bool(self.context.others)

    def provenance(self) -> list[tuple[str, str]]:
        """Return what a repetition needs, as labels and values."""
        texts, manifest = self.texts, self.manifest
        known = [
            ("command", str(manifest["command"])),
            ("made", self.context.facts["created"] or DASH),
            ("version", str(manifest["ankomst"])),
            ("commit", commit_of(self.context.facts, texts)),
            ("code", str(manifest["code_sha256"])),
            ("parameters", str(manifest["parameters_sha256"])),
            ("rates", str(manifest["rates_sha256"])),
            ("seed", str(self.experiment.seed)),
            ("python", f"{manifest['python']}, {manifest['platform']}"),
            ("source", str(self.experiment.source or DASH)),
        ]
        return [(texts.get(f"provenance.{name}"), value) for name, value in known]
