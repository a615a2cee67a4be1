"""Adopting a calibration: its posterior becomes the packaged one, its central draw the registry's values.

Everything is checked and made in memory before the first file is written.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ankomst.errors import OutputError, ParameterError, nearest_name
from ankomst.policy.files import read_bytes
from ankomst.policy.parameter_values import check_value
from ankomst.policy.parameters import PACKAGED, Registry, load_registry, ranged
from ankomst.policy.posterior import NAME, POSTERIOR
from ankomst.policy.registry_check import check_registry
from ankomst.policy.schema import WrongValueError
from ankomst.policy.tables.table_file import MOST_BYTES
from ankomst.studies.design.posterior import read_posterior
from ankomst.studies.engine import manifest, store
from ankomst.studies.engine.csv_text import csv_text
from ankomst.studies.engine.stored_tables import read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FEWEST_DRAWS = 200
DIGITS = 4
"""Significant digits of the registry's values; draws have six."""
_KEPT = ("targets", "seeds", "seed", "settings", "distance", "evaluations", "method", "end", "ankomst")
"""What is taken over from the manifest of the calibration, where it is there."""
_TAIL = re.compile(r"(?:; )?fitted by the calibration [^\"]*$")
_PILOT = re.compile(r"(?:; )?the pilot's [^;\"]*(?:; )?")
"""What a source says of the value that the pilot had."""
_ENTRY = re.compile(
    r"^(?P<lead>  (?P<name>\w+):\s+\{value: )(?P<value>[^,{\[]+)(?P<middle>, .*?grade: )"
    r"(?P<grade>\w+)(?P<between>, source: \")(?P<source>[^\"]*)(?P<rest>\".*)$"
)


@dataclass(frozen=True)
class Adopted:
    """A calibration that can be packaged.

    Attributes
    ----------
    table : str
        The posterior as CSV, six significant digits.
    facts : dict
        Manifest of the packaged posterior.
    central : dict
        Central draw by dotted name, rounded to DIGITS significant digits.
    """

    table: str
    facts: dict[str, Any]
    central: dict[str, float]


def read_calibration(folder: Path) -> Adopted:
    """Read and check the folder of a finished calibration.

    Parameters
    ----------
    folder : Path
        With posterior.csv, manifest.json and tables/parameters.csv.

    Raises
    ------
    OutputError
        The folder is no finished calibration, has fewer than FEWEST_DRAWS draws, or lacks a parameter.
    ExperimentError
        A draw is no number or out of range.
    """
    found = _manifest(folder)
    path = folder / "posterior.csv"
    if not path.is_file():
        raise OutputError("the calibration has no posterior.csv", where=str(folder))
    digest = store.digest(path)
    said = found.get("posterior")
    if isinstance(said, dict) and said.get("sha256", digest) != digest:
        raise OutputError("is not the table that manifest.json names: its SHA-256 differs", where=str(path))
    draws = read_posterior(path)
    if draws.description["weighted"]:
        raise OutputError("has weights", where=str(path), allowed="equally likely draws, without weight")
    _all_there(draws.names, "posterior.csv", path)
    if len(draws.values) < FEWEST_DRAWS:
        raise OutputError(
            f"has {len(draws.values)} draws", where=str(path), allowed=f"{FEWEST_DRAWS} draws or more"
        )
    table = _rounded(pd.DataFrame(list(draws.values), columns=list(draws.names)))
    with tempfile.TemporaryDirectory() as place:  # rounding must not take a value out of its range
        again = Path(place) / POSTERIOR.name
        again.write_text(table, encoding="utf-8")
        read_posterior(again)
    central = _central(found, folder / manifest.NAME)
    informed, free, narrowing = _informed(folder / "tables" / "parameters.csv")
    facts = {
        "kind": "posterior",
        "calibration": NAME,
        "draws": len(draws.values),
        "parameters": len(draws.names),
        "sha256": hashlib.sha256(table.encode("utf-8")).hexdigest(),
        "source_sha256": digest,
        "adopted": store.now(),
        "version": store.version(),
        "central": central,
        "informed": informed,
        "free": free,
        "narrowing": narrowing,
        **{key: found[key] for key in _KEPT if key in found},
    }
    return Adopted(table, facts, central)


def write_package(adopted: Adopted, folder: Path | None = None) -> dict[str, tuple[float, float]]:
    """Write the posterior, its manifest and the registry's values.

    Parameters
    ----------
    adopted : Adopted
    folder : Path, optional
        Folder of parameters.yaml; the package's own if left out.

    Returns
    -------
    dict
        Name to value before and after, of the parameters that changed.

    Raises
    ------
    ParameterError
        The registry would not be sound with these values.
    """
    place = (folder or PACKAGED.parent) / PACKAGED.name
    load_registry.cache_clear()
    before = load_registry(place)
    text = with_values(place.read_text(encoding="utf-8"), adopted.central, before, adopted.facts["informed"])
    changed = _checked_registry(text, before, adopted.central)
    table = place.with_name(POSTERIOR.name)
    store.write_text(table, adopted.table)
    facts = json.dumps(adopted.facts, indent=1, ensure_ascii=False, allow_nan=False)
    store.write_text(table.with_suffix(".json"), facts + "\n")
    store.write_text(place, text)
    load_registry.cache_clear()
    return changed


def with_values(text: str, values: Mapping[str, float], registry: Registry, informed: Collection[str]) -> str:
    """Return the text of a registry with other values; layout, comments and all else stay.

    Parameters of grade pilot that the calibration informs become fitted, and their source says by which one.
    """
    lines, group, left = [], "", dict(values)
    for line in text.splitlines():
        if line[:1].isalpha():
            group = line.partition(":")[0]
        found = _ENTRY.match(line)
        name = f"{group}.{found['name']}" if found else ""
        if found and name in left:
            value, grade, source = (
                _written(left.pop(name), registry[name].integer),
                found["grade"],
                found["source"],
            )
            if grade in {"pilot", "fitted"} and name in informed:
                own = _PILOT.sub("", _TAIL.sub("", source)).rstrip("; ")
                own = "" if own == "fitted" else own
                source = f"{own}; fitted by the calibration {NAME} to experiments/targets/{NAME}.yaml".lstrip(
                    "; "
                )
                grade = "fitted"
            line = "".join(  # noqa: PLW2901 - the line as it becomes
                (found["lead"], value, found["middle"], grade, found["between"], source, found["rest"])
            )
        lines.append(line)
    if left:
        raise ParameterError(f"the registry has no line for {', '.join(left)}", where=PACKAGED.name)
    return "\n".join(lines) + "\n"


def _manifest(folder: Path) -> dict[str, Any]:
    wanted = "the folder of a finished calibration, such as results/calibration"
    found = manifest.read(folder, wanted)
    if found["kind"] != "calibration":
        raise OutputError(f"is no calibration (kind: {found['kind']})", where=str(folder), allowed=wanted)
    if found.get("complete") is not True:
        raise OutputError("the calibration is not finished", where=str(folder), allowed=wanted)
    return found


def _all_there(names: tuple[str, ...] | list[str], what: str, path: Path) -> None:
    lacking = [name for name in ranged() if name not in names]
    if lacking:
        raise OutputError(
            f"{what} lacks {lacking[0]}" + (f" and {len(lacking) - 1} more" if lacking[1:] else ""),
            where=str(path), allowed="every parameter with a range",
        )  # fmt: skip


def _rounded(frame: pd.DataFrame) -> str:
    return csv_text(frame, digits="%.6g")


def _central(content: Mapping[str, Any], path: Path) -> dict[str, float]:
    given = content.get("central")
    if not isinstance(given, dict):
        raise OutputError("names no central draw", where=str(path), allowed="central: {parameter: value}")
    _all_there(list(given), "central", path)
    registry, found = load_registry(), {}
    for name in given:
        if name not in ranged():
            raise OutputError(
                f"central.{name} is no parameter with a range", where=str(path),
                nearest=nearest_name(str(name), ranged()),
            )  # fmt: skip
    for name in ranged():
        parameter = registry[name]
        try:
            check_value(parameter, given[name], ranges=True)
        except WrongValueError as problem:
            raise OutputError(
                f"central.{name} {problem.what}", where=str(path), allowed=problem.allowed
            ) from None
        low, high = parameter.range or (-np.inf, np.inf)
        value = float(np.clip(float(f"{float(given[name]):.{DIGITS}g}"), low, high))
        found[name] = round(float(given[name])) if parameter.integer else value
    return found


def _informed(path: Path) -> tuple[list[str], list[str], dict[str, float]]:
    """Return what the data inform, what was fitted, and by how much the data narrow what they inform."""
    content = read_bytes(path, most=MOST_BYTES, kind=OutputError, wanted="a table in CSV")
    try:
        table = read_table(io.StringIO(content.decode("utf-8")))
        found = tuple(
            [name for name in ranged() if name in set(table.loc[table[column] == "yes", "parameter"])]
            for column in ("informed", "free")
        )
        narrower = {
            str(name): round(float(share), 3)
            for name, share in zip(table["parameter"], table["narrowing"], strict=True)
            if name in found[0]
        }
    except (ValueError, KeyError, TypeError):
        raise OutputError(
            "is no table with the columns parameter, informed, free and narrowing", where=str(path),
            allowed="tables/parameters.csv of a finished calibration",
        ) from None  # fmt: skip
    return found[0], found[1], narrower


def _written(value: float, integer: bool) -> str:
    """Write a number as YAML reads it back: never 4e-05, which it takes for a text."""
    return str(int(value)) if integer else np.format_float_positional(value, trim="0")


def _checked_registry(
    text: str, before: Registry, values: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """Return what changes, after reading the new registry back."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / PACKAGED.name
        path.write_text(text, encoding="utf-8")
        after = load_registry(path)
    problems = check_registry(after)
    wrong = [name for name in after if after[name].value != values.get(name, before[name].value)]
    if problems or wrong or list(after) != list(before):
        said = problems[0] if problems else f"{wrong[0] if wrong else 'a name'} did not come back as written"
        raise ParameterError(f"the registry would not be sound: {said}", where=PACKAGED.name)
    return {
        name: (before[name].value, value) for name, value in values.items() if before[name].value != value
    }
