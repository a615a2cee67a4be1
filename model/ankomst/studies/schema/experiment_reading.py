"""Reading an experiment file: overrides, places of keys, and all problems with their lines."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from ankomst.errors import AnkomstError, ExperimentError, Problems, nearest_name, show
from ankomst.policy.files import display_path
from ankomst.policy.layers import METADATA
from ankomst.policy.places import scenario_name
from ankomst.policy.scenario import Scenario
from ankomst.policy.schema import WrongValueError, needs_unsound_key, sound_part
from ankomst.policy.translate import known_keys, problems_of
from ankomst.policy.yaml_file import KeyPath, YamlFile, read_yaml
from ankomst.studies.schema.experiment_kinds import check_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ankomst.policy.schema import Frozen

File = TypeVar("File", bound="Frozen")
OVERRIDE = "override "
"""How errors of a scenario begin the place of a key that was set above its files."""


class Source:
    """An experiment file as it was read: where each key stands.

    Parameters
    ----------
    file : YamlFile
    above : dict
        The keys that were set above the file, with the place to name.
    problems : Problems
        What is wrong with the file; whoever reads it settles them once everything is checked.
    """

    def __init__(self, file: YamlFile, above: Mapping[KeyPath, str], problems: Problems) -> None:
        self.problems = problems
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
        parts = [path[:length] for length in range(len(path), 0, -1)]
        for part in parts:
            if part in self._above:
                return self._above[part]
        for part in parts:
            if part in self._file.lines:
                return f"{self._where}, line {self._file.lines[part]}"
        return self._where

    def item(self, key: str, value: object) -> KeyPath:
        """Return the path of an item of a list, or of the list where the item does not stand in it."""
        items = self._file.data.get(key)
        return (key, str(items.index(value))) if isinstance(items, list) and value in items else (key,)

    def error(self, path: KeyPath, what: str, allowed: str = "", nearest: str = "") -> ExperimentError:
        """Return an error at a key."""
        return ExperimentError(what, where=self.place(path), allowed=allowed, nearest=nearest)

    def reworded(self, error: AnkomstError, key: KeyPath, about: str) -> AnkomstError:
        """Return an error of something that a key names as one that stands at the key."""
        found = Problems()
        for each in error.problems:
            found.add(self.error(key, f"{about}: {each.what}", each.allowed, each.nearest))
        return found.joined()

    def beside(self, name: str, key: KeyPath, about: str, kind: str) -> Path:
        """Return the file that a key names: beside the experiment file, else in the working folder."""
        path = self.folder / name
        if not path.is_file() and Path(name).is_file():
            return Path(name)
        if not path.exists():
            siblings = [each.name for each in path.parent.glob("*") if each.is_file()]
            what = f"{about} {show(name, 200)} does not exist"
            allowed = f"{kind} beside the experiment file or in the working folder"
            raise self.error(key, what, allowed, nearest_name(path.name, siblings))
        return path

    @contextmanager
    def step(self) -> Iterator[None]:
        """Keep the problems of a check and go on after it; a check of keys that are not sound ends early."""
        try:
            with self.problems.kept():
                yield
        except AttributeError as error:
            if not needs_unsound_key(error):
                raise

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

    def of_setting(self, name: str, override: str) -> str:
        """Return where a key of a scenario is set: in the scenario alone, or in all.

        Parameters
        ----------
        name : str
            The scenario.
        override : str
            What its error calls the place. Keys in the file can be dotted, nested or both.
        """
        key = setting(override)
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


def setting(override: str) -> KeyPath:
    """Return the key that an error of a scenario means by the place of an override."""
    return tuple(override.removeprefix(OVERRIDE).strip("'").split("."))


def read_study(
    path: Path, model: type[File], kind: str, overrides: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[File, Source]:
    """Read and check an experiment file.

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

    Returns
    -------
    tuple
        The file's content as far as it is sound, and its source, whose problems are to be settled.

    Raises
    ------
    ExperimentError
        The file cannot be read, or is one of another kind.
    """
    problems = Problems()
    file = read_yaml(path, ExperimentError, problems)
    data = copy.deepcopy(file.data)
    above: dict[KeyPath, str] = {(key,): f"override {key}" for key in given}
    data.update(given)
    for key, value in overrides.items():
        with problems.kept():
            _override(data, key, value, above)
    source = Source(file, above, problems)
    _check_kind(data, source, model, kind)
    return checked(model, data, source), source


def checked(model: type[File], data: Mapping[str, Any], source: Source) -> File:
    """Return the content of a file as far as it is sound; its problems are kept in the source."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for problem in problems_of(error, model, data, source.place, ExperimentError):
            source.problems.add(problem)
        part = sound_part(model, data, error.errors(include_url=False))
        if part is None:
            raise source.problems.joined() from None
        return part


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


def _check_kind(data: Mapping[str, Any], source: Source, model: type[Frozen], wanted: str) -> None:
    """Look at the kind before anything else: files of other kinds, and scenarios, have other keys."""
    if "kind" in data:
        try:
            check_kind(data["kind"], wanted)
        except WrongValueError as wrong:
            raise source.error(("kind",), f"kind {wrong.what}", wrong.allowed, wrong.nearest) from None
        return
    keys = set(data) - set(METADATA)
    name, own = source.place(()), set(known_keys(model))
    if keys & set(known_keys(Scenario)) and not keys & own:
        raise source.error(
            (),
            f"is a scenario, not an experiment: `ankomst run {name}` runs it and `ankomst check {name}` "
            "checks it",
        )
    if any(isinstance(data.get(key), list) for key in ("targets", "effects")):
        raise source.error(
            (), "is a file of targets, not an experiment: an experiment of kind calibration names it"
        )


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a YAML file holds
    """Return a value as JSON knows it: dates are text, keys are text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
