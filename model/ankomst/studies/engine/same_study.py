"""Whether a folder is resumed with the study that it was begun with: what was asked, compared key by key."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from ankomst.errors import OutputError, show
from ankomst.policy import layers
from ankomst.studies.engine import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ankomst.policy.scenario import Scenario

NAMED = 3
"""Differences that a message names."""
WORDS = {"kind", "name", "path", "title", "title_da", "source", "specs", "notes", "document", "quick"}
"""Keys that decide no figure."""
SCENARIO, DRAWN = "the scenario ", "the values that are drawn"
TARGETS, MEASURED = "the file of targets", "what is measured"
"""Keys, or their beginning, whose values are hashes: they are not shown."""
HASHED = (SCENARIO, DRAWN, TARGETS, MEASURED)


def of_file(
    settings: Mapping[str, Any], scenarios: Mapping[str, Scenario], measured: str, targets: str = ""
) -> dict[str, Any]:
    """Return what a study of evaluations asks, as JSON holds it, by key.

    Parameters
    ----------
    settings : mapping
        The experiment file as it was checked, as JSON knows it.
    scenarios : mapping
    measured : str
        Digest of the measures, in which tables and scenarios have their part.
    targets : str
        SHA-256 (hex) of the published figures, where there are any.
    """
    hashes = {name: scenario.policy_hash for name, scenario in scenarios.items()}
    return _flat(settings) | _named(hashes) | {TARGETS: targets, MEASURED: measured}


def of_batch(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a batch asks, by key, from its experiment as `experiment_record.write` gives it."""
    known = {key: value for key, value in record.items() if key not in {"draws", "scenarios", *WORDS}}
    draws = record["draws"]
    text = json.dumps(draws["values"], sort_keys=True)
    drawn = {
        "draws": f"{draws['kind']} ({len(draws['values'])})",
        DRAWN: hashlib.sha256(text.encode()).hexdigest(),
    }
    hashes = {name: kept["policy_hash"] for name, kept in record["scenarios"].items()}
    return _flat(json.loads(json.dumps(known))) | drawn | _named(hashes)


def refuse_other(
    kind: str, path: Path, before: Mapping[str, Any], now: Mapping[str, Any], *, may_differ: str = ""
) -> None:
    """Refuse to go on in a folder with another study than its own.

    Parameters
    ----------
    kind : str
        Of the study, for the message.
    path : Path
        The folder.
    before, now : mapping
        What the folder's study asks and what is asked now.
    may_differ : str
        A key that was given with the command in order to differ.

    Raises
    ------
    OutputError
        The message names what differs and the ways to go on.
    """
    keys = [key for key in {**now, **before} if key != may_differ and _differ(key, before, now)]
    if not keys:
        return
    if len(keys) > 1:  # the digest of everything differs wherever something does
        keys = [key for key in keys if key != MEASURED]
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    told = ", ".join(_told(key, before, now) for key in keys[:NAMED])
    raise OutputError(
        f"this is another {kind} than the folder's: {told}{more}",
        where=str(path),
        allowed=f"file and options of the folder{_typed(path)}, --changed to go on with those of now, "
        "--restart to throw away what is there, --out DIR for another folder",
    )


def _differ(key: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return (key in before) != (key in now) or before.get(key) != now.get(key)


def _told(key: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if key.startswith(HASHED):
        both = key in before and key in now
        return f"{key} {'changed' if both else 'is new' if key in now else 'is gone'}"
    was = _shown(before[key]) if key in before else "not set"
    return f"{key} is {_shown(now[key]) if key in now else 'not set'} and was {was}"


def _shown(value: object) -> str:
    return "null" if value is None else show(value, 60)


def _typed(path: Path) -> str:
    """Return the command that the folder's manifest holds, in brackets, if there is one."""
    try:
        command = manifest.read(path).get("command")
    except OutputError:
        return ""
    return f" ({command})" if isinstance(command, str) and command.startswith("ankomst ") else ""


def _named(hashes: Mapping[str, str]) -> dict[str, str]:
    return {f"{SCENARIO}{name}": found for name, found in hashes.items()}


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in settings.items() if key not in WORDS}
    return {".".join(path): value for path, value in layers.flatten(kept)}
