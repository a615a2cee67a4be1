"""Turn pydantic's findings into one sentence with file, line, key, value and what is allowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from ankomst.errors import ScenarioError, nearest_name, show
from ankomst.policy.schema import WrongValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import ErrorDetails

    from ankomst.policy.yaml_file import KeyPath

_NUMBERS = re.compile(r"line (\d+)")


def scenario_error(
    error: ValidationError, model: type[BaseModel], place: Callable[[KeyPath], str]
) -> ScenarioError:
    """Return the error to raise: the first problem in the file, with the number of further ones.

    Parameters
    ----------
    error
        What pydantic found.
    model
        The model that was filled.
    place
        Gives the file and line of a key.
    """
    problems: list[tuple[int, int, str, WrongValueError]] = []
    for finding in error.errors(include_url=False, include_input=True):
        cause = finding.get("ctx", {}).get("error")
        below = cause.path if isinstance(cause, WrongValueError) else ()
        path = (*(str(part) for part in finding["loc"]), *below)
        where = place(path)
        line = _NUMBERS.search(where)
        problems.append((int(line[1]) if line else 0, len(problems), where, _problem(finding, path, model)))
    _, _, where, problem = min(problems, key=lambda item: item[:2])
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return ScenarioError(problem.what + more, where=where, allowed=problem.allowed, nearest=problem.nearest)


def model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    """Return the section (a model) at a key path, or None where the path ends in a value."""
    for part in path:
        if part.isdigit():
            continue
        field = model.model_fields.get(part)
        if field is None:
            return None
        inner = _inner_model(field.annotation)
        if inner is None:
            return None
        model = inner
    return model


def _inner_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None


def _problem(finding: ErrorDetails, path: KeyPath, model: type[BaseModel]) -> WrongValueError:
    kind = finding["type"]
    key = _key(path)
    cause = finding.get("ctx", {}).get("error")
    if isinstance(cause, WrongValueError):
        return WrongValueError(f"{key} {cause.what}" if key else cause.what, cause.allowed, cause.nearest)
    if kind in {"extra_forbidden", "invalid_key"}:
        section = model_at(model, path[:-1])
        known = list(section.model_fields) if section else []
        known += ["extends"] if section is model else []
        inside = f" in {_key(path[:-1])}" if len(path) > 1 else ""
        return WrongValueError(
            f"the key {show(path[-1])} is not known{inside}", ", ".join(known), nearest_name(path[-1], known)
        )
    if kind == "missing":
        return WrongValueError(f"{_key(path[:-1])} lacks the key '{path[-1]}'", f"a map with '{path[-1]}'")
    section = model_at(model, path)
    if kind in {"tuple_type", "list_type"}:
        return WrongValueError(
            f"{key} must be a list, not {_what(finding['input'])}", "a list of maps; [] for none"
        )
    known = list(section.model_fields) if section else []
    return WrongValueError(
        f"{key} must be a map, not {_what(finding['input'])}",
        f"a map with the keys {', '.join(known)}" if known else "a map",
    )


def _key(path: KeyPath) -> str:
    """Write a path as in overrides; items of a list are counted from 1 for people."""
    text = ""
    for part in path:
        if part.isdigit() and path[0] == "result_grants":
            text += f"[{int(part) + 1}]"
        else:
            text += f".{part}" if text else part
    return show(text, 120) if not text.isprintable() else text[:120]


def _what(value: object) -> str:
    if value is None:
        return "empty (null)"
    if isinstance(value, dict):
        return "a map"
    return "a list" if isinstance(value, (list, tuple)) else show(value)
