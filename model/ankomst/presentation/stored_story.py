"""A story made from the folder of a result alone, in any language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ankomst.errors import AnkomstError, OutputError, nearest_name, show
from ankomst.policy.places import COMMANDS
from ankomst.presentation.calibration_page import POSTERIOR, calibration_story
from ankomst.presentation.decision_page import decision_story
from ankomst.presentation.report import demo_story
from ankomst.presentation.run_report import run_story
from ankomst.presentation.sensitivity_page import sensitivity_story
from ankomst.presentation.texts import LANGUAGES
from ankomst.presentation.validation_page import validation_story
from ankomst.studies import store
from ankomst.studies.calibration_run import POSTERIOR as DRAWS_FILE
from ankomst.studies.folder import MANIFEST, read_manifest
from ankomst.studies.going_on import begun_by, going_on
from ankomst.studies.stored_tables import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from ankomst.presentation.story import Story

    Build = Callable[[Mapping[str, pd.DataFrame], Mapping[str, Any], str], Story]

KINDS: Final[dict[str, Build]] = {
    "run": run_story,
    "demo": demo_story,
    "calibration": calibration_story,
    "validation": validation_story,
    "sensitivity": sensitivity_story,
    "decision": decision_story,
}
"""What makes the story of each kind of result, from tables, facts and language."""
_HELD = "the folder of a finished ankomst run, demo, batch, calibrate, validate, sensitivity or decide"


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
    manifest = _manifest(folder)
    kind = str(manifest.get("kind"))
    if kind not in KINDS:
        raise OutputError(
            f"the result is of a kind without a story: {show(manifest.get('kind'))}",
            where=str(folder / MANIFEST), allowed=", ".join(KINDS),
        )  # fmt: skip
    again = repeated(manifest, folder)
    if manifest.get("complete") is False:
        raise OutputError("the result is not finished", where=str(folder), allowed=again)
    files = _files(folder, manifest, again)
    if store.FACTS not in files:
        raise OutputError(
            f"the result is of an older version, without {store.FACTS}", where=str(folder), allowed=again
        )
    facts, tables = _facts(files[store.FACTS], again), _tables(files, again)
    try:
        return KINDS[kind](tables, facts, lang)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, AnkomstError) as problem:
        # Whole files that do not fit together: another version, or a manifest made by hand.
        what = problem.what if isinstance(problem, AnkomstError) else _first_line(problem)
        raise OutputError(
            f"the tables and facts do not fit together: {what}", where=str(folder), allowed=again
        ) from problem


def repeated(manifest: Mapping[str, Any], folder: Path) -> str:
    """Return the advice to repeat the command of a result.

    Parameters
    ----------
    manifest : mapping
    folder : Path
        Of the result.
    """
    kind = str(manifest.get("kind"))
    resumable = kind in COMMANDS
    # The folder may have been moved since.
    words = going_on(begun_by(manifest, kind), out=folder, how="--resume" if resumable else "")
    kept = "writes it anew and keeps what was simulated" if resumable else "makes the result anew"
    return f"repeat `{words}`, which {kept}"


def _manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a result of this program."""
    if not folder.is_dir():
        raise OutputError("there is no such folder", where=str(folder), allowed=_HELD)
    manifest = read_manifest(folder, allowed=_HELD)
    if "ankomst" not in manifest:
        raise OutputError("the manifest is not one of ankomst", where=str(folder / MANIFEST), allowed=_HELD)
    if "kind" not in manifest:
        raise OutputError(
            "the result is of an older version: its manifest does not say its kind",
            where=str(folder / MANIFEST),
            allowed=f"repeat `{manifest.get('command') or 'its command'}`, which makes the result anew",
        )
    return manifest


def _files(folder: Path, manifest: Mapping[str, Any], again: str) -> dict[str, Path]:
    """Return the tables and facts that the manifest lists by name, each whole as it was written."""
    listed = manifest.get("files")
    if not isinstance(listed, dict) or not listed:
        raise OutputError("the manifest lists no files", where=str(folder / MANIFEST), allowed=again)
    found = {}
    for name, digest in listed.items():
        table = name.startswith(f"{store.TABLES}/") and name.endswith(".csv") and name.count("/") == 1
        if not table and name not in {store.FACTS, DRAWS_FILE}:
            continue
        path = folder / name
        try:
            same = store.digest(path) == digest
        except FileNotFoundError:
            raise OutputError("the file is missing", where=str(path), allowed=again) from None
        except OSError as problem:
            raise OutputError(
                f"the file cannot be read: {problem.strerror}", where=str(path), allowed=again
            ) from None
        if not same:
            raise OutputError(
                "the file is damaged: it is not as it was written", where=str(path), allowed=again
            )
        found[name] = path
    return found


def _facts(path: Path, again: str) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        facts = None
    if not isinstance(facts, dict):
        raise OutputError("the facts cannot be read", where=str(path), allowed=again)
    return facts


def _tables(files: Mapping[str, Path], again: str) -> dict[str, pd.DataFrame]:
    found = {}
    for name, path in files.items():
        if name == store.FACTS:
            continue
        try:
            table = read_table(path)
        except (OSError, ValueError) as problem:  # pandas' own errors are ValueErrors
            raise OutputError(
                f"the table cannot be read: {_first_line(problem)}", where=str(path), allowed=again
            ) from None
        found[POSTERIOR if name == DRAWS_FILE else path.stem] = table
    return found


def _first_line(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0] or type(problem).__name__
