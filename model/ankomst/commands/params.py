"""`ankomst params`: the registry of uncertain parameters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ankomst.commands import console
from ankomst.errors import ParameterError, nearest_name
from ankomst.policy.parameters import GRADES, PACKAGED, Parameter, load_registry
from ankomst.policy.registry_check import check_registry

if TYPE_CHECKING:
    from pathlib import Path


def list_parameters(*, grade: str | None, group: str | None, as_json: bool) -> None:
    """Print the parameters of a grade and a group, or all."""
    registry = load_registry()
    groups = tuple(dict.fromkeys(parameter.group for parameter in registry.values()))
    for what, wanted, known in (("grade", grade, GRADES), ("group", group, groups)):
        if wanted is not None and wanted not in known:
            raise ParameterError(
                f"there is no {what} {wanted!r}",
                allowed=", ".join(known),
                nearest=nearest_name(wanted, known),
            )
    chosen = [
        parameter
        for parameter in registry.values()
        if grade in {None, parameter.grade} and group in {None, parameter.group}
    ]
    if as_json:
        console.print_json([_entry(parameter) for parameter in chosen])
        return
    table = console.new_table(("Name",), ("Start value", "Range"))
    table.add_column("Grade")
    table.add_column("Unit", overflow="fold")
    for parameter in chosen:
        table.add_row(
            parameter.name, _short(parameter.value), _range(parameter), parameter.grade, parameter.unit
        )
    screen = console.out_console()
    screen.print(table)
    screen.print(f"{len(chosen)} parameters")


def show_parameter(name: str, *, as_json: bool) -> None:
    """Print everything about one parameter."""
    entry = _entry(load_registry()[name])
    if as_json:
        console.print_json(entry)
        return
    screen = console.out_console()
    for key, value in entry.items():
        if isinstance(value, dict):
            screen.print(key)
            for part, item in value.items():
                screen.print(f"  {part}: {item}")
            continue
        text = (
            f"{value[0]:g} to {value[1]:g}"
            if isinstance(value, list)
            else "none"
            if value in (None, "")
            else str(value)
        )
        screen.print(f"{key:<8}{text}", soft_wrap=True)


def check_parameters(path: Path | None, *, quiet: bool, as_json: bool) -> bool:
    """Check a registry, the packaged one if no file is named; return whether it is sound."""
    registry = load_registry(path)
    problems = check_registry(registry)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)  # noqa: T201
    if as_json:
        console.print_json(
            {"file": (path or PACKAGED).name, "parameters": len(registry), "problems": problems}
        )
    elif not quiet:
        said = "sound" if not problems else f"{len(problems)} problems"
        console.out_console().print(f"{(path or PACKAGED).name}: {len(registry)} parameters, {said}")
    return not problems


def _entry(parameter: Parameter) -> dict[str, Any]:
    low_high = None if parameter.range is None else list(parameter.range)
    return {
        "name": parameter.name,
        "value": parameter.value,
        "range": low_high,
        "prior": parameter.prior,
        "unit": parameter.unit,
        "grade": parameter.grade,
        "source": parameter.source,
    }


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else "table"


def _range(parameter: Parameter) -> str:
    return "" if parameter.range is None else f"{parameter.range[0]:g} to {parameter.range[1]:g}"
