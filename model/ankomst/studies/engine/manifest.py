"""The manifest of a folder: what made its files, and their hashes. It tells our folders from all others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints, ValidationError
from pydantic_core import from_json

from ankomst.errors import OutputError, show
from ankomst.policy.files import read_bytes
from ankomst.studies.engine import store
from ankomst.studies.schema.experiment_record import Record
from ankomst.studies.schema.going_on import begun_by, going_on
from ankomst.studies.schema.strict import Strict, first_problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "manifest.json"
MOST_BYTES = 1_000_000_000
"""Of a manifest, which holds every draw of a batch."""
BATCH = "batch"
SINGLE = ("run",)
"""Kinds of results whose runs are not kept."""
STUDIES = (BATCH, "calibration", "validation", "sensitivity", "decision")
"""Kinds of results whose runs or evaluations are kept in a ledger."""
MADE = ("report", "comparison", "export")
"""Kinds of folders that are made from a result."""

COMMANDS = {"comparison": "compare"}
"""The command of a kind that has another name."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_PART = "[A-Za-z0-9_][A-Za-z0-9_.-]*"
FileName = Annotated[str, StringConstraints(pattern=f"^{_PART}(/{_PART})*$")]
"""A file below the folder: no `..`, nothing absolute, nothing hidden."""


class Manifest(Strict):
    """What every manifest holds; that of a report, a comparison or an export holds no more."""

    kind: str
    ankomst: str
    command: str
    code_sha256: Sha256
    start: str
    end: str
    complete: bool = True
    files: dict[FileName, Sha256] = Field(default_factory=dict)


class Git(Strict):
    """The state of the checkout."""

    commit: str | None
    dirty: bool | None


class Policy(Strict):
    """A scenario with its full policy."""

    title: str
    policy_hash: str
    policy: dict[str, Any]


class ResultManifest(Manifest):
    """Of a result: what a repetition needs."""

    python: str
    platform: str
    packages: dict[str, str | None]
    git: Git
    lock_sha256: Sha256 | None
    settings: dict[str, Any]
    scenarios: dict[str, Policy]
    parameters_sha256: Sha256
    rates_sha256: Sha256


class StudyManifest(ResultManifest):
    """Of a study of another kind than a batch: its file is in it."""

    experiment: dict[str, Any]


class BatchManifest(ResultManifest):
    """Of a batch: the whole experiment is in it."""

    experiment: Record


MODELS: dict[str, type[Manifest]] = {
    **dict.fromkeys(MADE, Manifest), **dict.fromkeys(SINGLE, ResultManifest),
    **dict.fromkeys(STUDIES, StudyManifest), BATCH: BatchManifest,
}  # fmt: skip


def read(folder: Path, allowed: str = "") -> dict[str, Any]:
    """Read the manifest of a folder.

    Parameters
    ----------
    folder : Path
    allowed : str
        Advice where it cannot be read.

    Raises
    ------
    OutputError
        It is missing, damaged, or that of another program.
    """
    path = folder / NAME
    if not path.exists():
        raise OutputError("the manifest is missing", where=str(path), allowed=allowed)
    return checked(
        read_bytes(path, most=MOST_BYTES, kind=OutputError, wanted="a manifest"), str(path), allowed
    )


def checked(text: bytes, where: str, allowed: str = "") -> dict[str, Any]:
    """Return what the text of a manifest says.

    Raises
    ------
    OutputError
        It is damaged, or that of another program.
    """
    try:
        content: Any = from_json(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise OutputError("the manifest is damaged", where=where, allowed=allowed)
    if "ankomst" not in content:
        raise OutputError("the manifest is not one of ankomst", where=where, allowed=allowed)
    kind = content.get("kind")
    if kind is None:
        raise OutputError(
            "the result is of an older version: its manifest does not say its kind", where=where,
            allowed="its command once more, into another folder",
        )  # fmt: skip
    if not isinstance(kind, str) or kind not in MODELS:
        raise OutputError(
            f"the manifest is of an unknown kind: {show(kind)}", where=where, allowed=", ".join(MODELS)
        )
    try:
        MODELS[kind].model_validate(content)
    except ValidationError as problem:
        raise OutputError(
            f"the manifest is damaged: {first_problem(problem)}", where=where, allowed=allowed
        ) from None
    return content


def ours(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder if this program wrote it, else None."""
    try:
        return read(folder)
    except OutputError:
        return None


def repeated(found: Mapping[str, Any], folder: Path) -> str:
    """Return the advice to repeat the command of a result.

    Parameters
    ----------
    found : mapping
        Manifest of the result.
    folder : Path
    """
    kind = str(found.get("kind"))
    resumable = kind in STUDIES
    # The folder may have been moved since.
    begun = begun_by(found, COMMANDS.get(kind, kind))
    words = going_on(begun, out=folder, how="--resume" if resumable else "")
    kept = "writes it anew and keeps what was simulated" if resumable else "makes the result anew"
    return f"repeat `{words}`, which {kept}"


def write(folder: Path, content: Mapping[str, Any]) -> Path:
    """Write a manifest, whole or not at all.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"
    checked(text.encode("utf-8"), str(folder / NAME))
    return store.write_text(folder / NAME, text)
