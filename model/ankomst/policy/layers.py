"""From scenario files to one mapping: extension, composition and overrides, with the place of every key.

Precedence, lowest first: schema defaults, what the composed files inherit through `extends`, what stands in
the composed files themselves, overrides. A file sets only what stands in it: two composed files conflict when
both themselves set the same key to different values. A file that extends a list is a composition with a name:
it sets what the files of the list set.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ankomst.errors import Problems, ScenarioError, nearest_name, show
from ankomst.policy.files import display_path
from ankomst.policy.kinds import Text
from ankomst.policy.places import refuse_experiment, refuse_name_of_experiment, shipped
from ankomst.policy.schema import WrongValueError
from ankomst.policy.yaml_file import KeyPath, YamlFile, read_yaml

MAX_EXTENDS = 20
METADATA = {"title": Text(1000), "title_da": Text(1000), "source": Text(5000)}
"""Keys that name a file and say where it comes from; they are joined where files are composed."""
TABLE_KEYS: dict[KeyPath, tuple[str, ...]] = {
    ("population", "municipalities"): (),
    ("population", "arrivals"): ("denmark",),
    ("dispersal",): ("quota", "demand_weighted"),
}
"""Keys that can name a table of the user's own, with the words that are no paths."""


@dataclass
class Layer:
    """A nested mapping of keys and the place (file and line) where each stands."""

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, str] = field(default_factory=dict)

    def put(self, other: Layer) -> None:
        """Lay another layer over this one; maps merge key by key, everything else replaces."""
        _merge(self.data, other.data)
        self.places.update(other.places)

    def place(self, path: KeyPath) -> str:
        """Return the place of a key or of the nearest key above it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        below = (place for key, place in self.places.items() if key[: len(path)] == path)
        return next(below, "")


@dataclass
class ScenarioFile:
    """One file of a composition: what it inherits, what stands in it, and its titles."""

    path: Path
    inherited: Layer
    own: Layer
    metadata: dict[str, str]


def read_composition(spec: str, problems: Problems | None = None) -> tuple[Layer, dict[str, str]]:
    """Read the files of `a+b` and return their common layer and metadata.

    Parameters
    ----------
    spec
        Paths and names joined by '+'.
    problems
        Takes what is wrong with files and single keys, and two files that conflict; the rest is returned.
        Left out, they are raised.

    Raises
    ------
    ScenarioError
        There is no file of a name.
    """
    files: list[ScenarioFile] = []
    all_problems = Problems() if problems is None else problems
    for path in resolve(spec):
        with all_problems.kept():
            files.append(_read_file(path, (), all_problems))
    layer, own = _compose(files, all_problems)
    layer.put(own)
    if problems is None:
        all_problems.settle()
    return layer, _join_metadata(files, layer)


def parts(spec: str) -> list[str]:
    """Return what a composition is made of, as names for `load_scenario`.

    These are the files of `a+b`, and in place of a file that extends a list the files of that list.
    """
    found: list[str] = []
    for path in resolve(spec):
        extended = read_yaml(path).data.get("extends")
        names = extended if isinstance(extended, list) else None
        found += [str(path)] if names is None else [str(path.parent / str(name)) for name in names]
    return list(dict.fromkeys(found))


def _compose(files: list[ScenarioFile], problems: Problems) -> tuple[Layer, Layer]:
    """Return what the files inherit, and what stands in them, which must not conflict and lies above."""
    inherited = Layer()
    for file in files:
        inherited.put(file.inherited)
    own = Layer()
    for file in files:
        _note_conflicts(own, file.own, problems)
        own.put(file.own)
    return inherited, own


def resolve(spec: str) -> list[Path]:
    """Return the files of a composition; names may lack '.yaml' and the folder.

    A bare name is looked for beside the first file, in ./scenarios and among the shipped scenarios.
    """
    parts = [part.strip() for part in spec.split("+")]
    found: list[Path] = []
    problems = Problems()
    try:
        if Path(spec).is_file():
            return [Path(spec)]  # a file whose name holds a plus sign
        if not all(parts):
            raise ScenarioError(
                f"the composition {show(spec)} holds an empty name", allowed="names joined by '+'"
            )
        for k, part in enumerate(parts):
            with problems.kept():
                found.append(_find(part, [(found or [Path(parts[0])])[0].parent] if k else []))
    except (OSError, ValueError):
        raise ScenarioError(f"{show(spec)} is not a usable path", allowed="names joined by '+'") from None
    problems.settle()
    return found


def flatten(data: Mapping[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield (path, value) of every leaf; lists and empty maps are leaves."""
    for key, value in data.items():
        here = (*path, str(key))
        if isinstance(value, Mapping) and value:
            yield from flatten(value, here)
        else:
            yield here, value


def _find(name: str, folders: list[Path]) -> Path:
    given = Path(name)
    bare = len(given.parts) == 1
    tried = [given, *((folder / given) for folder in folders if not given.is_absolute())]
    if bare:
        tried += [Path("scenarios") / given, shipped("scenarios") / given]
    for path in tried:
        for candidate in (path, path.with_name(path.name + ".yaml")) if path.name else (path,):
            if candidate.is_file():
                return candidate
    for path in tried:
        if path.is_dir():
            raise ScenarioError("is a folder", where=display_path(path), allowed="a YAML file")
        if path.exists():
            raise ScenarioError("is not a regular file", where=display_path(path), allowed="a YAML file")
    if bare:
        refuse_name_of_experiment(name)
    parents = dict.fromkeys(path.parent for path in tried)
    names = [file.name for folder in parents if folder.is_dir() for file in folder.glob("*.yaml")]
    near = nearest_name(given.name if given.suffix else given.name + ".yaml", names)
    raise ScenarioError(
        f"there is no scenario file {show(name, 200)} (nor with '.yaml' added)",
        nearest=near if given.suffix else near.removesuffix(".yaml"),
    )


def _read_file(path: Path, chain: tuple[Path, ...], problems: Problems) -> ScenarioFile:
    """Read a file with those that it extends; what is wrong with single keys is noted."""
    file = read_yaml(path, problems=problems)
    where = display_path(path)
    refuse_experiment(file, where, where)
    real = path.resolve()
    if real in chain:
        names = " -> ".join(p.name for p in (*chain[chain.index(real) :], real))
        raise ScenarioError(f"extends runs in a circle: {names}", where=where)
    if len(chain) >= MAX_EXTENDS:
        raise ScenarioError(f"extends runs through more than {MAX_EXTENDS} files", where=where)
    data = copy.deepcopy(file.data)
    above: list[ScenarioFile] = []
    for key, name in _extended(data.pop("extends", None) if "extends" in data else [], file, problems):
        with problems.kept():
            parent = _inside(name, file, key, "a scenario file")
            above.append(_read_file(parent, (*chain, real), problems))
    inherited, extended = _compose(above, problems)
    metadata = _metadata(data, file, problems)
    places = {key: f"{where}, line {line}" for key, line in file.lines.items() if key[0] != "extends"}
    _anchor_tables(data, file, problems)
    own = Layer(copy.deepcopy(data), places)
    if isinstance(file.data.get("extends"), list):
        # A list is a composition with a name: what its files set counts as set here, so that it can conflict.
        extended.put(own)
        own = extended
    else:
        inherited.put(extended)
    return ScenarioFile(path, inherited, own, metadata)


def _extended(value: object, file: YamlFile, problems: Problems) -> list[tuple[KeyPath, object]]:
    """Return key and name of the files that a file extends: none, one, or those of a list."""
    if not isinstance(value, list):
        return [(("extends",), value)]
    if not value and "extends" in file.data:
        problems.add(
            ScenarioError(
                "extends is an empty list",
                where=f"{display_path(file.path)}, line {file.lines[('extends',)]}",
                allowed="a scenario file or a list of scenario files, or no extends",
            )
        )
    return [(("extends", str(k)), name) for k, name in enumerate(value)]


def _metadata(data: dict[str, Any], file: YamlFile, problems: Problems) -> dict[str, str]:
    """Take titles and source out of the content of a file and return them."""
    found: dict[str, str] = {}
    for key, kind in METADATA.items():
        if key in data:
            try:
                found[key] = str(kind.check(data.pop(key)))
            except WrongValueError as wrong:
                where = f"{display_path(file.path)}, line {file.lines[key,]}"
                problems.add(ScenarioError(f"{key} {wrong.what}", where=where, allowed=wrong.allowed))
    return found


def _anchor_tables(data: dict[str, Any], file: YamlFile, problems: Problems) -> None:
    """Make the paths of a user's tables absolute; they are relative to the file that names them."""
    for path, words in TABLE_KEYS.items():
        section: Any = data
        for part in path[:-1]:
            section = section.get(part) if isinstance(section, dict) else None
        if not isinstance(section, dict):
            continue
        name = section.get(path[-1])
        if isinstance(name, str) and name not in words:
            try:
                section[path[-1]] = _inside(name, file, path, "a table")
            except ScenarioError as error:
                problems.add(error)


def inside_folder(name: str, folder: Path, where: str, key: str, what: str) -> Path:
    """Return the file that a scenario names, refusing whatever lies outside the folder tree.

    Symbolic links are followed before the check.
    """
    words = TABLE_KEYS.get(tuple(key.split(".")), ())
    allowed = ", ".join([*words, f"{what} in the folder of the scenario file or below it"])
    try:
        root = folder.resolve()
        target = (root / name).resolve()
        if not target.exists() and what == "a scenario file":
            target = (root / f"{name}.yaml").resolve()
        outside = not target.is_relative_to(root)
        missing = not target.is_file()
        is_folder, exists = target.is_dir(), target.exists()
    except (OSError, ValueError, RuntimeError):
        raise ScenarioError(
            f"{key} {show(name)} is not a usable path", where=where, allowed=allowed
        ) from None
    if outside:
        raise ScenarioError(
            f"{key} {show(name)} lies outside the folder of the scenario file", where=where, allowed=allowed
        )
    if missing:
        siblings = [f.name for f in target.parent.iterdir() if f.is_file()] if target.parent.is_dir() else []
        problem = "is a folder" if is_folder else "is not a regular file" if exists else "does not exist"
        raise ScenarioError(
            f"{key} {show(name)} {problem}",
            where=where,
            allowed=allowed,
            nearest=nearest_name(name, words) or nearest_name(Path(name).name, siblings),
        )
    return target


def _inside(name: object, file: YamlFile, key: KeyPath, what: str) -> Path:
    where = f"{display_path(file.path)}, line {file.lines.get(key, 1)}"
    said = ".".join(part for part in key if not part.isdigit())
    if not isinstance(name, str) or not name.strip():
        raise ScenarioError(
            f"{said} must {'hold names of files' if said != '.'.join(key) else 'be the name of a file'}, "
            f"not {show(name)}",
            where=where,
            allowed=f"{what} in the folder of the scenario file or below it",
        )
    return inside_folder(name, file.path.parent, where, said, what)


def _merge(under: dict[str, Any], over: Mapping[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(under.get(key), dict):
            _merge(under[key], value)
        else:
            under[key] = copy.deepcopy(value)


def _note_conflicts(before: Layer, after: Layer, problems: Problems) -> None:
    known = dict(flatten(before.data))
    for path, value in flatten(after.data):
        for other, earlier in known.items():
            length = min(len(path), len(other))
            if path[:length] != other[:length]:
                continue
            if path == other and _same(value, earlier):
                continue
            problems.add(
                ScenarioError(
                    f"{'.'.join(path[:length])} is set to {_leaf(path, other, value)} here but to "
                    f"{_leaf(other, path, earlier)} in {before.place(other)}",
                    where=after.place(path),
                    allowed="composed files that set a key to the same value or only once",
                )
            )


def _leaf(path: KeyPath, other: KeyPath, value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    return "a map" if len(path) > len(other) else show(value)


def _same(one: object, two: object) -> bool:
    return isinstance(one, bool) == isinstance(two, bool) and one == two


def _join_metadata(files: list[ScenarioFile], layer: Layer) -> dict[str, str]:
    """Join the titles of composed files; a file without a title goes by its name."""
    joined: dict[str, str] = {}
    if not files:
        return joined
    for key, glue in (("title", " + "), ("title_da", " + "), ("source", "; ")):
        texts: list[str] = []
        for file in files:
            name = "".join(c if c.isprintable() and c != "_" else " " for c in file.path.stem)
            fallback = {"title": name, "title_da": file.metadata.get("title", name)}.get(key, "")
            text = file.metadata.get(key, fallback)
            if text and text not in texts:
                texts.append(text)
        layer.places[key,] = files[0].own.place((key,))
        joined[key] = glue.join(texts)[: METADATA[key].limit]
    return joined
