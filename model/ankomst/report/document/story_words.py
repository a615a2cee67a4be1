"""What every story says in the same way: its source, what a repetition needs, its tables, terms and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ankomst.report.document.page import bullets, glossary
from ankomst.report.document.run_context import DASH
from ankomst.report.document.story import Section, Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ankomst.report.document.context import Context
    from ankomst.report.document.texts import Texts

COUNTS: Final = (
    *("newcomers_per_year", "effects_newcomers_per_year", "arrival_years", "follow_up_months", "draws"),
    *("members", "replicates", "evaluations", "failed"),
)
"""Facts that are counts, as they stand among what a repetition needs."""
_HASH = 12
_CHANGED = " with changes"
_DAY = len("2026-11-21")


def source_of(facts: Mapping[str, Any], texts: Texts) -> str:
    """Return the line under each figure: program, version, commit, result and day."""
    parts = [
        texts.get("story.source", version=facts.get("version") or DASH, commit=commit_of(facts, texts)),
        str(facts.get("result") or ""),
        str(facts.get("created") or "")[:_DAY],
    ]
    return ", ".join(part for part in parts if part)


def commit_of(facts: Mapping[str, Any], texts: Texts) -> str:
    """Return the commit, shortened, and whether files were changed."""
    commit = str(facts.get("commit") or "")
    if not commit or commit.startswith("unknown"):
        return DASH
    # Nobody can repeat what was changed and not committed: that is said.
    changed = texts.get("story.changed") if commit.endswith(_CHANGED) else ""
    return " ".join(part for part in (commit.removesuffix(_CHANGED)[:_HASH], changed) if part)


def provenance_of(facts: Mapping[str, Any], context: Context) -> tuple[tuple[str, str], ...]:
    """Return what a repetition needs, as labels and values; what is not known is left out."""
    texts = context.texts
    known = {name: str(facts[name]) for name in ("result", "command", "version") if facts.get(name)}
    known["commit"] = commit_of(facts, texts)
    known |= {name: str(facts[name]) for name in ("created", "seed") if facts.get(name) is not None}
    if facts.get("baseline"):
        known["baseline"] = str(facts["baseline"])
    known |= {name: texts.number(float(facts[name])) for name in COUNTS if facts.get(name) is not None}
    if facts.get("level") is not None:
        known["level"] = texts.get("word.percent", amount=context.level)
    return tuple((texts.get(f"story.provenance.{name}"), value) for name, value in known.items())


def sheets_of(tables: Mapping[str, pd.DataFrame], page: str, context: Context) -> tuple[Sheet, ...]:
    """Return a sheet for each table that has columns.

    Parameters
    ----------
    tables : mapping of str to DataFrame
    page : str
        Where its texts stand: PAGE.sheet.TABLE.title and PAGE.sheet.TABLE.note.
    context : Context
    """
    texts = context.texts

    def said(name: str, kind: str, other: str) -> str:
        key = f"{page}.sheet.{name}.{kind}"
        return texts.get(key, level=context.level) if key in texts.entries else other

    return tuple(
        Sheet(
            name,
            said(name, "title", name.replace("_", " ").capitalize()),
            said(name, "note", texts.get("story.sheet_note")),
            frame,
        )
        for name, frame in tables.items()
        if len(frame.columns)
    )


def words_section(texts: Texts) -> Section:
    """Return the Danish terms with their meaning."""
    return Section("words", texts.get("section.words"), above=glossary(texts))


def notes_section(context: Context) -> tuple[Section, ...]:
    """Return the notes of the study, if it has any."""
    said = [context.texts.pick(note) for note in context.facts.get("notes") or []]
    return (Section("notes", context.texts.get("section.notes"), above=bullets(said)),) if said else ()
