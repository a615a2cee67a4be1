"""A story made from the folder of a result alone, in any language."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ankomst.errors import AnkomstError, OutputError, nearest_name, show
from ankomst.policy.files import read_bytes
from ankomst.report.calibration.page import POSTERIOR, calibration_story
from ankomst.report.decision.page import decision_story
from ankomst.report.document.texts import LANGUAGES
from ankomst.report.run.run_report import run_story
from ankomst.report.sensitivity.page import sensitivity_story
from ankomst.report.validation.page import validation_story
from ankomst.studies.calibration.run import POSTERIOR as DRAWS_FILE
from ankomst.studies.engine import facts, manifest, store
from ankomst.studies.engine.stored_tables import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from ankomst.report.document.story import Story

    Build = Callable[[Mapping[str, pd.DataFrame], Mapping[str, Any], str], Story]

KINDS: Final[dict[str, Build]] = {
    "run": run_story,
    "calibration": calibration_story,
    "validation": validation_story,
    "sensitivity": sensitivity_story,
    "decision": decision_story,
}
"""What makes the story of each kind of result, from tables, facts and language."""
MOST_BYTES = 2_000_000_000
"""Of a table."""
_HELD = "the folder of a finished ankomst run, batch, calibrate, validate, sensitivity or decide"


def story_of(folder: Path, lang: str = "en") -> Story:
    """Return what a finished result says, from its folder alone.

    Parameters
    ----------
    folder : Path
    lang : {"en", "da"}

    Returns
    -------
    Story
        The same as from memory when the result was made.

    Raises
    ------
    OutputError
        The folder holds no finished result, one of an older version, or a damaged one. The message is one
        sentence.
    """
    if lang not in LANGUAGES:
        raise OutputError(
            f"there is no language {show(lang)}", allowed=", ".join(LANGUAGES),
            nearest=nearest_name(lang, LANGUAGES),
        )  # fmt: skip
    found = manifest_of(folder)
    kind = found["kind"]
    if kind not in KINDS:
        raise OutputError(
            f"the folder holds a {kind}, of which no report can be made", where=str(folder), allowed=_HELD
        )
    again = manifest.repeated(found, folder)
    if found.get("complete") is False:
        raise OutputError("the result is not finished", where=str(folder), allowed=again)
    files = _files(folder, found, again)
    if facts.NAME not in files:
        raise OutputError(
            f"the result is of an older version, without {facts.NAME}", where=str(folder), allowed=again
        )
    told = facts.read(files.pop(facts.NAME), kind, where=str(folder / facts.NAME), allowed=again)
    tables = _tables(files, folder, again)
    try:
        return KINDS[kind](tables, told, lang)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, AnkomstError) as problem:
        # Whole files that do not fit together: another version, or a manifest made by hand.
        what = problem.what if isinstance(problem, AnkomstError) else _first_line(problem)
        raise OutputError(
            f"the tables and facts do not fit together: {what}", where=str(folder), allowed=again
        ) from problem


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of a result.

    Raises
    ------
    OutputError
        There is no such folder, or no manifest of ours in it.
    """
    if not folder.is_dir():
        raise OutputError("there is no such folder", where=str(folder), allowed=_HELD)
    return manifest.read(folder, allowed=_HELD)


def _files(folder: Path, found: Mapping[str, Any], again: str) -> dict[str, bytes]:
    """Return the tables and facts that the manifest lists by name, each whole as it was written."""
    listed = found.get("files")
    if not listed:
        raise OutputError("the manifest lists no files", where=str(folder / manifest.NAME), allowed=again)
    contents = {}
    for name, digest in listed.items():
        table = name.startswith(f"{store.TABLES}/") and name.endswith(".csv") and name.count("/") == 1
        if not table and name not in {facts.NAME, DRAWS_FILE}:
            continue
        path = folder / name
        if not path.exists():
            raise OutputError("the file is missing", where=str(path), allowed=again)
        content = read_bytes(path, most=MOST_BYTES, kind=OutputError, wanted="the file as it was written")
        if hashlib.sha256(content).hexdigest() != digest:
            raise OutputError(
                "the file is damaged: it is not as it was written", where=str(path),
                allowed=f"move it elsewhere, then {again}",
            )  # fmt: skip
        contents[name] = content
    return contents


def _tables(files: Mapping[str, bytes], folder: Path, again: str) -> dict[str, pd.DataFrame]:
    found = {}
    for name, content in files.items():
        try:
            table = read_table(io.BytesIO(content))
        except ValueError as problem:  # pandas' own errors are ValueErrors
            raise OutputError(
                f"the table cannot be read: {_first_line(problem)}", where=str(folder / name), allowed=again
            ) from None
        found[POSTERIOR if name == DRAWS_FILE else Path(name).stem] = table
    return found


def _first_line(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0] or type(problem).__name__
