"""Folders of scenario files and experiment files: nearby, or in the folders of the project."""

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
PACKAGE = Path(__file__).resolve().parents[1]
PROJECT = PACKAGE.parents[1]
"""The checkout that the package lies in, unless it was installed from a wheel."""


def shipped(folder: str) -> Path:
    """Return the folder of shipped `scenarios` or `experiments`, in an installation or in the checkout."""
    installed = PACKAGE / folder
    return installed if installed.is_dir() else PROJECT / folder


def scenarios_folder() -> Path:
    """Return ./scenarios, or the folder of the shipped scenarios.

    Raises
    ------
    DataError
        There is neither.
    """
    for place in (Path("scenarios"), shipped("scenarios")):
        if (place / "three_year.yaml").is_file():
            return place
    raise DataError(
        "the folder 'scenarios' with three_year.yaml was not found",
        allowed="a whole installation, or to start the command in the folder of the project",
    )


def find_scenario(spec: str, beside: Path) -> str:
    """Point names in an experiment file to the files near it: `three_year` works in any folder.

    Parameters
    ----------
    spec
        A path, or paths and names joined by '+', with or without '.yaml'.
    beside
        The folder of the experiment file, in which every name is looked for first. Experiment files there are
        passed over: an experiment may bear the name of the scenario that it is about.
    """
    parts = [part.strip() for part in spec.split("+")]
    return "+".join(str(_scenario_near(beside, part) or part) for part in parts)


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
        what = f"an experiment of kind {kind}" if kind else "an experiment"
        commands = (COMMANDS[kind],) if kind else COMMANDS.values()
        takes = " or ".join(f"`ankomst {command} {name}`" for command in commands)
        line = file.lines["kind",]
        raise ScenarioError(f"is {what}, not a scenario: {takes} runs it", where=f"{where}, line {line}")
    if any(isinstance(file.data.get(key), list) for key in ("targets", "effects")):
        raise ScenarioError(
            "is a file of targets, not a scenario: an experiment of kind calibration names it", where=where
        )


def refuse_name_of_experiment(name: str) -> None:
    """Refuse the name of an experiment file where a scenario is wanted; see `refuse_experiment`."""
    for path in _experiments(name):
        if path.is_file():
            refuse_experiment(read_yaml(path), display_path(path), name)


def find_experiment(spec: str) -> Path:
    """Return an experiment file: a path, or a name in ./experiments or among the shipped experiments.

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
    folders = [Path("experiments"), shipped("experiments")] if len(given.parts) == 1 else []
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
        folders += [Path("scenarios"), shipped("scenarios")]
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
