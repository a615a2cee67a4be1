"""Loading a study of any kind: its file, what is set above it, and all that is wrong with both."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from ankomst.errors import ExperimentError
from ankomst.policy import layers
from ankomst.policy.places import find_experiment
from ankomst.policy.yaml_file import read_yaml
from ankomst.studies.schema.experiment_kinds import KINDS
from ankomst.studies.schema.experiment_reading import Source, read_study

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ankomst.studies.schema.experiment_file import StudyFile

File = TypeVar("File", bound="StudyFile")
Loaded_co = TypeVar("Loaded_co", covariant=True)


@dataclass(frozen=True)
class LoadedStudy(Generic[File]):
    """What a study of any kind knows once it is loaded.

    Attributes
    ----------
    name : str
        Name of the file without its ending.
    path : Path
    file : StudyFile
        The content of the file, with what was set above it: the configuration.
    quick : bool
        Whether the values of the section `quick` are used.
    document : dict
        The file as read and everything that was set above it; JSON-able.
    """

    name: str
    path: Path
    file: File
    quick: bool
    document: dict[str, Any]


@dataclass(frozen=True)
class Read(Generic[File]):
    """A file that was read and checked key by key: what a kind of study goes on with.

    Attributes
    ----------
    study : LoadedStudy
    source : Source
        Keeps what is wrong.
    above : dict
        What is set above the file in all scenarios.
    """

    study: LoadedStudy[File]
    source: Source
    above: Mapping[str, Any]


class Load(Protocol[Loaded_co]):
    """Loads a study from a file.

    Parameters
    ----------
    path : str or path
        A file, or the name of a file in ./experiments or in the project's experiments.
    overrides : mapping, optional
        Dotted keys of the file and the values to use in their place. In a batch, keys that only scenarios
        have are set in all scenarios.
    quick : bool
        Use the values of the section `quick`.
    **given
        Keys of the file and the values that options of a command give them; None leaves the file's.

    Raises
    ------
    ExperimentError
        Something about the file, what it names or what is set above it is wrong. The message lists all
        problems, a sentence and a line each.
    """

    def __call__(  # noqa: D102 - described above
        self,
        path: str | os.PathLike[str],
        overrides: Mapping[str, Any] | None = None,
        *,
        quick: bool = False,
        **given: int | None,
    ) -> Loaded_co: ...


LOADERS: dict[str, Load[object]] = {}
"""How each kind is loaded; a kind enters itself when its module is imported."""


def study_of(
    kind: str, model: type[File], own: tuple[str, ...] = ()
) -> Callable[[Callable[[Read[File]], Loaded_co]], Load[Loaded_co]]:
    """Make a function that goes on with a file of a kind into the one that loads a study of this kind.

    It has the parameters of `Load`, whose documentation is added to its own.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    model : type
        What may stand in the file.
    own : tuple of str
        Keys of the file that overrides may name; all others are set in the scenarios. Without any all
        overrides are meant for the file.
    """

    def made(go_on: Callable[[Read[File]], Loaded_co]) -> Load[Loaded_co]:
        def load(
            path: str | os.PathLike[str],
            overrides: Mapping[str, Any] | None = None,
            *,
            quick: bool = False,
            **given: int | None,
        ) -> Loaded_co:
            place = find_experiment(str(path))
            asked = {key: value for key, value in given.items() if value is not None}
            mine, above = dict(overrides or {}), {}
            if own:
                above = {key: value for key, value in mine.items() if key.partition(".")[0] not in own}
            mine = {key: value for key, value in mine.items() if key not in above}
            file, source = read_study(place, model, kind, mine, asked)
            with source.step():
                section = attrgetter("quick")(file) if quick and "quick" in model.model_fields else {}
                if quick and not section:
                    what = "--quick needs the section quick in the file"
                    raise source.error((), what, "quick: {KEY: VALUE}")
                if quick:
                    mine = {".".join(key): value for key, value in layers.flatten(section)} | mine
                    file, source = read_study(place, model, kind, mine, asked)
            document = source.document({**mine, **above}, asked)
            return go_on(Read(LoadedStudy(place.stem, place, file, quick, document), source, above))

        load.__name__, load.__module__ = go_on.__name__, go_on.__module__
        load.__doc__ = f"{go_on.__doc__}{(Load.__doc__ or '').partition('.')[2]}"
        LOADERS[kind] = load
        return load

    return made


def load_study(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    quick: bool = False,
    **given: int | None,
) -> Any:  # noqa: ANN401 - the kind decides
    """Load an experiment file of any kind; see `Load`."""
    kind = read_yaml(find_experiment(str(path)), ExperimentError).data.get("kind")
    kind = kind if kind in KINDS else "batch"  # which says what is wrong with it
    import_module(f"ankomst.studies.{kind}.study")
    return LOADERS[kind](path, overrides, quick=quick, **given)
