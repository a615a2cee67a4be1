"""Where scenario files and experiment files lie: nearby, or in the folders of the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ankomst.errors import AnkomstError, DataError, ExperimentError, ScenarioError, nearest_name, show
from ankomst.policy.files import display_path
from ankomst.policy.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ankomst.policy.yaml_file import YamlFile

ENDING = ".yaml"
COMMANDS = {
    "batch": "batch", "calibration": "calibrate", "validation": "validate", "sensitivity": "sensitivity",
    "decision": "decide",
}  # fmt: skip
"""The command that runs each kind of experiment file."""
PROJECT = Path(__file__).resolve().parents[3]
"""The folder that holds the package's source root, `scenarios/` and `experiments/`."""


def scenarios_folder() -> Path:
    """Return ./scenarios, or the folder beside the package's source root.

    Raises
    ------
    DataError
        There is neither.
    """
    for place in (Path("scenarios"), PROJECT / "scenarios"):
        if (place / "three_year.yaml").is_file():
            return place
    raise DataError(
        "the folder 'scenarios' with three_year.yaml was not found",
        allowed="to start the command in the folder of the project",
    )


def find_scenario(spec: str, beside: Path | None = None) -> str:
    """Point names that are no file nearby to the project's scenarios: `three_year` works in any folder.

    Parameters
    ----------
    spec
        A path, or paths and names joined by '+', with or without '.yaml'.
    beside
        A folder, such as that of an experiment file, in which every name is looked for first. Experiment
        files there are passed over: an experiment may bear the name of the scenario that it is about.

    Raises
    ------
    ScenarioError
        A name is that of an experiment and of no scenario.
    """
    if beside is not None:
        parts = [part.strip() for part in spec.split("+")]
        spec = "+".join(str(_scenario_near(beside, part) or part) for part in parts)
    if Path(spec).is_file():
        return spec
    parts = [part.strip() for part in spec.split("+")]
    first = Path(parts[0]).parent
    found = []
    for part in parts:
        near = (Path(part), first / part, Path("scenarios") / part)
        known = any(
            path.is_file() or path.with_name(f"{path.name}{ENDING}").is_file() for path in near if path.name
        )
        if Path(part).name and len(Path(part).parts) == 1 and not known:
            own = scenarios_folder() / part
            if not own.with_name(f"{own.name.removesuffix(ENDING)}{ENDING}").is_file():
                for path in _experiments(part):
                    if path.is_file():
                        refuse_experiment(read_yaml(path), display_path(path), part)
                if near[2].parent.is_dir():
                    found.append(part)
                    continue
            # A name that is nowhere is looked for there as well, for the sake of the nearest name.
            found.append(str(own))
            continue
        found.append(part)
    return "+".join(found)


def scenario_name(spec: str) -> str:
    """Name a scenario by its files, without folders and endings."""
    return "+".join(Path(part.strip()).name.removesuffix(ENDING) for part in spec.split("+"))


def refuse_experiment(file: YamlFile, where: str, name: str) -> None:
    """Refuse an experiment, or a file of targets, that is given in place of a scenario.

    Parameters
    ----------
    file
        The file as it was read.
    where
        What the file is called in messages.
    name
        What a command is given to run it.

    Raises
    ------
    ScenarioError
        The message names the command that takes the file.
    """
    if "kind" in file.data:
        kind = nearest_name(str(file.data["kind"]), COMMANDS)
        said = f"an experiment of kind {kind}" if kind else "an experiment"
        commands = (COMMANDS[kind],) if kind else COMMANDS.values()
        takes = " or ".join(f"`ankomst {command} {name}`" for command in commands)
        line = file.lines["kind",]
        raise ScenarioError(f"is {said}, not a scenario: {takes} runs it", where=f"{where}, line {line}")
    if any(isinstance(file.data.get(key), list) for key in ("targets", "effects")):
        raise ScenarioError(
            "is a file of targets, not a scenario: an experiment of kind calibration names it", where=where
        )


def find_experiment(spec: str) -> Path:
    """Return an experiment file: a path, or a name in ./experiments or in the project's experiments.

    Raises
    ------
    ExperimentError
        There is no such file.
    """
    try:
        for path in _experiments(spec):
            if path.is_file():
                return path
        if Path(spec).is_dir() and Path(spec).name:
            raise ExperimentError(
                "is a folder", where=show(spec, 200), allowed="an experiment file, such as quick"
            )
    except (OSError, ValueError):
        raise ExperimentError(f"{show(spec)} is not a usable path", allowed="a name or a file") from None
    if all(_scenario_near(Path(), part.strip()) for part in spec.split("+")):
        raise ExperimentError(
            f"{show(spec, 200)} is a scenario, not an experiment: `ankomst run {spec}` runs it and "
            f"`ankomst check {spec}` checks it"
        )
    folders = dict.fromkeys(path.parent for path in _experiments(spec))
    names = [file.stem for folder in folders if folder.is_dir() for file in folder.glob(f"*{ENDING}")]
    raise ExperimentError(
        f"there is no experiment file {show(spec, 200)} (nor with '{ENDING}' added)",
        allowed=", ".join(sorted(set(names))[:10]),
        nearest=nearest_name(Path(spec).name.removesuffix(ENDING), names),
    )


def _experiments(spec: str) -> Iterator[Path]:
    """Yield where an experiment file may lie, in the order of looking."""
    given = Path(spec)
    folders = [Path("experiments"), PROJECT / "experiments"] if len(given.parts) == 1 else []
    for path in (given, *(folder / given for folder in folders)):
        yield path
        if path.name:
            yield path.with_name(f"{path.name}{ENDING}")


def _scenario_near(folder: Path, part: str) -> Path | None:
    """Return the scenario file of a name or path, looked for in a folder and among the scenarios, or None.

    The working folder is not searched for bare names: it may be the folder of the experiments.
    """
    folders = [folder]
    if len(Path(part).parts) == 1:
        folders += [Path("scenarios"), PROJECT / "scenarios"]
    try:
        for place in folders:
            path = place / part
            candidates = [path, path.with_name(f"{path.name}{ENDING}")] if part and path.name else []
            for candidate in candidates:
                if candidate.is_file() and not (place == folder and _is_experiment(candidate)):
                    return candidate
    except (OSError, ValueError):
        return None  # no usable path: the loader says so
    return None


def _is_experiment(path: Path) -> bool:
    try:
        return "kind" in read_yaml(path).data
    except AnkomstError:
        return False  # what is wrong with it is said where it is loaded
