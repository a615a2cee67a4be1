"""Turn pydantic's findings into sentences with file, line, key, value and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, get_args

from ankomst.errors import AnkomstError, nearest_name, show
from ankomst.policy.kinds import quoted
from ankomst.policy.schema import Frozen, WrongValueError, found_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from ankomst.policy.yaml_file import KeyPath

_EXAMPLES = {"kind": "kind: batch", "baseline": "baseline: three_year"}
_UNKNOWN = ("extra_forbidden", "invalid_key")


def problems_of(
    error: ValidationError,
    model: type[Frozen],
    data: object,
    place: Callable[[KeyPath], str],
    kind: type[AnkomstError],
) -> Iterator[AnkomstError]:
    """Yield every problem that was found in the content of a file, each as an error of its own.

    Parameters
    ----------
    error
        What pydantic found.
    model
        The model that was filled.
    data
        The content.
    place
        Gives the file and line of a key.
    kind
        The class of the errors.
    """
    details = error.errors(include_url=False)
    meant = set()
    for detail in details:
        if detail["type"] in _UNKNOWN:
            *above, key = _path(detail)
            meant.add((*above, nearest_name(key, known_keys(model, (*above,)))))
    for detail in details:
        path = _path(detail)
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, WrongValueError):
            for wrong in cause.problems:
                below = (*path, *wrong.path)
                key = _key(below, data, value_is_named=True)
                if _left_out(below, model, data):
                    key += " (left out)"
                what = f"{key} {wrong.what}" if key else wrong.what
                yield kind(what, where=place(below), allowed=wrong.allowed, nearest=wrong.nearest)
        # A misspelt key is also missing under its right name: the misspelling is what helps.
        elif detail["type"] != "missing" or path not in meant:
            what, allowed, nearest = _problem(detail, path, model, data)
            yield kind(what, where=place(path), allowed=allowed, nearest=nearest)


def section_at(model: type[Frozen], path: KeyPath) -> type[Frozen] | None:
    """Return the section (a model) at a key path, or None where the path ends in a value."""
    section: type[Frozen] | None = model
    for part in path:
        if section is None or part.isdigit():  # a place in a list
            continue
        fields = {info.alias or name: info for name, info in section.model_fields.items()}
        section = _inner(fields[part].annotation) if part in fields else None
    return section


def known_keys(model: type[Frozen], path: KeyPath = ()) -> list[str]:
    """Return the keys that a section of a file knows, such as () or ("draws",), or nothing."""
    section = section_at(model, path)
    if section is None:
        return []
    return [info.alias or name for name, info in section.model_fields.items()] + list(
        () if path else model.besides
    )


def _inner(annotation: object) -> type[Frozen] | None:
    if isinstance(annotation, type) and issubclass(annotation, Frozen):
        return annotation
    return next((found for each in get_args(annotation) if (found := _inner(each)) is not None), None)


def _path(detail: ErrorDetails) -> KeyPath:
    return tuple(str(part) for part in detail["loc"])


def _problem(detail: ErrorDetails, path: KeyPath, model: type[Frozen], data: object) -> tuple[str, str, str]:
    """Return what is wrong, what is allowed and the nearest name, for what pydantic itself finds."""
    key, above = _key(path, data), _key(path[:-1], data)
    if detail["type"] in _UNKNOWN:
        known = known_keys(model, path[:-1])
        inside = f" in {above}" if above else ""
        return f"the key {show(path[-1])} is not known{inside}", quoted(known), nearest_name(path[-1], known)
    if detail["type"] == "missing":
        allowed = _EXAMPLES.get(path[-1], f"a map with '{path[-1]}'")
        return f"{above or 'the file'} lacks the key '{path[-1]}'", allowed, ""
    section = section_at(model, path)
    found = found_value(detail["input"])
    if detail["type"] in {"tuple_type", "list_type"}:
        return f"{key} must be a list, not {found}", f"a list{' of maps' if section else ''}; [] for none", ""
    keys = f" with the keys {quoted(known_keys(model, path))}" if section else ""
    return f"{key} must be a map, not {found}", f"a map{keys}", ""


def _key(path: KeyPath, data: object, *, value_is_named: bool = False) -> str:
    """Write a path as in overrides; items of a list are counted from 1 for people.

    Where the sentence names the value itself, its place at the end of a list is left out.
    """
    text, here = "", data
    for k, part in enumerate(path):
        if isinstance(here, list | tuple) and part.isdigit():
            text += "" if value_is_named and k == len(path) - 1 else f"[{int(part) + 1}]"
            here = here[int(part)] if int(part) < len(here) else None
        else:
            text += f".{part}" if text else part
            here = here.get(part) if isinstance(here, Mapping) else None
    return show(text, 120) if not text.isprintable() else text[:120]


def _left_out(path: KeyPath, model: type[Frozen], data: object) -> bool:
    """Whether a key does not stand in the file, so that its usual value is what does not fit."""
    here = data
    for part in path[:-1]:
        if isinstance(here, list | tuple) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        else:
            here = here.get(part) if isinstance(here, Mapping) else None
    return (
        bool(path)
        and isinstance(here, Mapping)
        and path[-1] not in here
        and path[-1] in known_keys(model, path[:-1])
    )
