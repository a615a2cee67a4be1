"""Results on disk: tidy tables and a manifest that is enough to repeat them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from ankomst.policy.scenario import Scenario

PACKAGES = (
    "distributed", "mesa", "numba", "numpy", "pandas", "plotly", "pyarrow", "pydantic", "scipy",
)  # fmt: skip


def now() -> str:
    """Return the present time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def version() -> str:
    """Return the version of the package."""
    try:
        return metadata.version("ankomst")
    except metadata.PackageNotFoundError:
        return "unknown"


def manifest(
    *,
    command: str,
    scenarios: Mapping[str, Scenario],
    settings: Mapping[str, Any],
    started: str,
) -> dict[str, Any]:
    """Describe a study: versions, code, scenarios with their full policy, seeds and times."""
    return {
        "command": command,
        "ankomst": version(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "git": git_state(),
        "code_sha256": _tree_hash(Path(__file__).parents[1]),
        "lock_sha256": _lock_hash(),
        "settings": dict(settings),
        "scenarios": {
            name: {
                "title": scenario.title,
                "policy_hash": scenario.policy_hash,
                "policy": scenario.model_dump(mode="json", exclude={"title", "title_da", "source"}),
            }
            for name, scenario in scenarios.items()
        },
        "parameters_sha256": _digest(Path(__file__).parents[1] / "policy" / "data" / "parameters.yaml"),
        "rates_sha256": _digest(Path(__file__).parents[1] / "policy" / "data" / "rates.yaml"),
        "start": started,
        "end": now(),
    }


def results_folder(out: Path) -> Path:
    """Make the folder of a study, or say in one sentence why it cannot be made."""
    try:
        (out / "tables").mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise OutputError(
            f"the folder cannot be made: {problem.strerror}",
            where=str(out),
            allowed="a folder that can be written, --out DIR",
        ) from None
    return out


def write_text(path: Path, text: str) -> Path:
    """Write a file whole or not at all."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as problem:
        raise OutputError(
            f"the file cannot be written: {problem.strerror}",
            where=str(path),
            allowed="a folder that can be written",
        ) from None
    return path


def write_tables(out: Path, tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """Write tidy tables as CSV, in `tables/`."""
    return [
        write_text(out / "tables" / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
        for name, table in tables.items()
    ]


def write_manifest(out: Path, content: Mapping[str, Any]) -> Path:
    """Write the manifest, the last file of a study."""
    return write_text(
        out / "manifest.json", json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _tree_hash(folder: Path) -> str:
    """Hash of every source and data file of the package."""
    digest = hashlib.sha256()
    files: Iterable[Path] = sorted(p for p in folder.rglob("*") if p.suffix in {".py", ".yaml", ".csv"})
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _lock_hash() -> str | None:
    lock = Path(__file__).parents[3] / "requirements.lock"
    return _digest(lock) if lock.is_file() else None


def git_state() -> dict[str, Any]:
    """Commit and dirty flag of the checkout, where the package lies in one."""
    folder = Path(__file__).parents[3]
    if not (folder / ".git").exists():
        return {"commit": None, "dirty": None}
    with suppress(OSError, subprocess.SubprocessError):
        commit = _ask(folder, "rev-parse", "HEAD")
        dirty = bool(_ask(folder, "status", "--porcelain"))
        return {"commit": commit, "dirty": dirty}
    return {"commit": None, "dirty": None}


def _ask(folder: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed arguments
        ["git", "-C", str(folder), *arguments],  # noqa: S607 - git of the user's path
        capture_output=True, text=True, check=True, timeout=10,
    )  # fmt: skip
    return done.stdout.strip()


def command_line() -> str:
    """Return the command as it was typed."""
    return " ".join(["ankomst", *sys.argv[1:]])
