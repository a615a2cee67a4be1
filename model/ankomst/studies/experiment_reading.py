"""Reading an experiment file: overrides, places of keys, and errors in one sentence."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from ankomst.errors import ExperimentError, nearest_name, show
from ankomst.policy.files import display_path
from ankomst.policy.kinds import quoted
from ankomst.policy.places import scenario_name
from ankomst.policy.schema import WrongValueError, found_value
from ankomst.policy.yaml_file import KeyPath, YamlFile, read_yaml
from ankomst.studies.experiment_file import ExperimentFile, known_keys
from ankomst.studies.experiment_kinds import check_kind

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from ankomst.policy.schema import Frozen

File = TypeVar("File", bound="Frozen")
OWN_KEYS = ("baseline", "deadweight", "draws", "groups", "level", "months", "outcomes", "precision")
"""Keys of an experiment that can be overridden; no scenario has a key of the same name."""


class Source:
    """An experiment file as it was read: where each key stands.

    Parameters
    ----------
    file : YamlFile
    above : dict
        The keys that were set above the file, with the place to name.
    """

    def __init__(self, file: YamlFile, above: Mapping[KeyPath, str]) -> None:
        self._file = file
        self._above = above
        self._where = display_path(file.path)

    @property
    def file_name(self) -> str:
        """Return the name of the file without its folder."""
        return self._file.path.name

    @property
    def folder(self) -> Path:
        """Return the folder of the file."""
        return self._file.path.parent

    def place(self, path: KeyPath) -> str:
        """Return file and line of a key, or of the nearest key above it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._above:
                return self._above[path[:length]]
            if path[:length] in self._file.lines:
                return f"{self._where}, line {self._file.lines[path[:length]]}"
        return self._where

    def error(self, path: KeyPath, what: str, allowed: str = "", nearest: str = "") -> ExperimentError:
        """Return an error at a key."""
        return ExperimentError(what, where=self.place(path), allowed=allowed, nearest=nearest)

    def of_scenario(self, name: str, problem: str = "") -> str:
        """Return where a scenario is named; in a grid, where the part stands that a problem quotes."""
        data = self._file.data
        listed, grid = data.get("scenarios"), data.get("grid")
        if isinstance(listed, list):
            for k, spec in enumerate(listed):
                if scenario_name(str(spec)) == name:
                    return self.place(("scenarios", str(k)))
        elif isinstance(listed, dict) and name in listed:
            return self.place(("scenarios", name))
        if not isinstance(grid, dict):
            return self.place(("baseline",))
        for dimension, specs in grid.items():
            for k, spec in enumerate(specs):
                if any(repr(part.strip()) in problem for part in spec.split("+")):
                    return self.place(("grid", dimension, str(k)))
        return self.place(("grid",))

    def of_setting(self, name: str, key: KeyPath) -> str:
        """Return where a key is set: in the scenario alone, or in all. Keys can be dotted, nested or both."""
        best: tuple[int, KeyPath] = (-1, ("set",))
        for section in (("set",), ("scenarios", name, "set")):
            for path in self._file.lines:
                mine = tuple(".".join(path[len(section) :]).split("."))
                if path[: len(section)] == section and path != section and key[: len(mine)] == mine:
                    best = max(best, (len(mine), path), key=lambda found: found[0])
        return self.place(best[1])

    def document(self, overrides: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the file as read and what was set above it, as JSON knows it."""
        return {
            "file": self.file_name,
            "content": _plain(self._file.data),
            "overrides": _plain(dict(overrides)),
            **given,
        }


def read_experiment(
    path: Path, overrides: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[ExperimentFile, Source, dict[str, Any]]:
    """Read and check an experiment file.

    Parameters
    ----------
    path : Path
    overrides : mapping
        Dotted key to value: keys of the experiment (`OWN_KEYS`) are set here, all others are handed back.
    given : mapping
        Keys of the file and the values to use in their place.

    Returns
    -------
    tuple
        The file's content, its source, and the overrides that are meant for scenarios.

    Raises
    ------
    ExperimentError
    """
    file = read_yaml(path, ExperimentError)
    data = copy.deepcopy(file.data)
    above: dict[KeyPath, str] = {(key,): f"override {key}" for key in given}
    data.update(given)
    for_scenarios: dict[str, Any] = {}
    for key, value in overrides.items():
        if key.partition(".")[0] in OWN_KEYS:
            _override(data, key, value, above)
        else:
            for_scenarios[key] = value
    source = Source(file, above)
    _check_kind(data, source, "batch")
    return checked(ExperimentFile, data, source), source, for_scenarios


def read_study(
    path: Path, model: type[File], kind: str, overrides: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[File, Source]:
    """Read and check an experiment file of another kind than a batch.

    Parameters
    ----------
    path : Path
    model : type
        What may stand in files of the kind.
    kind : str
        One of `KINDS`.
    overrides : mapping
        Dotted keys of the file and the values to use in their place.
    given : mapping
        The same, from options of a command.

    Raises
    ------
    ExperimentError
    """
    file = read_yaml(path, ExperimentError)
    data = copy.deepcopy(file.data)
    above: dict[KeyPath, str] = {(key,): f"override {key}" for key in given}
    data.update(given)
    for key, value in overrides.items():
        _override(data, key, value, above)
    source = Source(file, above)
    _check_kind(data, source, kind)
    return checked(model, data, source), source


def checked(model: type[File], data: Mapping[str, Any], source: Source) -> File:
    """Return the content of a file after checking it, or raise the problem that stands first in it."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _first_problem(error, source, model) from None


def _override(data: dict[str, Any], key: str, value: Any, above: dict[KeyPath, str]) -> None:  # noqa: ANN401
    """Set a dotted key in a file's content."""
    parts = tuple(key.split("."))
    above[parts] = f"override {show(key, 100)}"
    section = data
    for part in parts[:-1]:
        inner = section.setdefault(part, {})
        if not isinstance(inner, dict):
            raise ExperimentError(
                f"{part} is {show(inner)} in the file and has no keys of its own",
                where=above[parts], allowed=f"--set {part}=..., as a map",
            )  # fmt: skip
        section = inner
    section[parts[-1]] = value


def _check_kind(data: Mapping[str, Any], source: Source, wanted: str) -> None:
    """Look at the kind before anything else: files of other kinds have other keys."""
    try:
        if "kind" in data:
            check_kind(data["kind"], wanted)
    except WrongValueError as problem:
        raise source.error(("kind",), f"kind {problem.what}", problem.allowed, problem.nearest) from None


def _first_problem(error: ValidationError, source: Source, model: type[Frozen]) -> ExperimentError:
    """Return the problem that stands first in the file, with the number of further ones."""
    found: list[tuple[tuple[int, bool], ExperimentError]] = []
    for finding in error.errors(include_url=False, include_input=True):
        path = tuple(str(part) for part in finding["loc"])
        cause = finding.get("ctx", {}).get("error")
        path += cause.path if isinstance(cause, WrongValueError) else ()
        problem = _problem(finding, path, model)
        place = source.place(path)
        line = int(place.rpartition(" line ")[2]) if ", line " in place else 0
        # A misspelled key is also missing under its right name: the misspelling is what helps.
        order = (line, finding["type"] == "missing")
        found.append(
            (
                order,
                ExperimentError(problem.what, where=place, allowed=problem.allowed, nearest=problem.nearest),
            )
        )
    _, first = min(found, key=lambda item: item[0])
    if len(found) > 1:
        first = ExperimentError(
            f"{first.what} (and {len(found) - 1} more)",
            where=first.where, allowed=first.allowed, nearest=first.nearest,
        )  # fmt: skip
    return first


def _problem(finding: ErrorDetails, path: KeyPath, model: type[Frozen]) -> WrongValueError:
    cause = finding.get("ctx", {}).get("error")
    key = ".".join(part for part in path if not part.isdigit())[:120]
    if isinstance(cause, WrongValueError):
        return WrongValueError(f"{key} {cause.what}", cause.allowed, cause.nearest)
    section = known_keys(model, path[:-1])
    inside = f" in {'.'.join(path[:-1])}" if len(path) > 1 else ""
    if finding["type"] == "extra_forbidden":
        near = nearest_name(path[-1], section)
        return WrongValueError(f"the key {show(path[-1])} is not known{inside}", quoted(section), near)
    if finding["type"] == "missing":
        example = {"kind": "kind: batch", "baseline": "baseline: three_year"}.get(
            path[-1], f"a map with {path[-1]}"
        )
        return WrongValueError(f"{'.'.join(path[:-1]) or 'the file'} lacks the key '{path[-1]}'", example)
    return WrongValueError(
        f"{key} must be a map, not {found_value(finding['input'])}",
        f"a map with the keys {quoted(known_keys(model, path))}",
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a YAML file holds
    """Return a value as JSON knows it: dates are text, keys are text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
