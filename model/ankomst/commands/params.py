"""`ankomst params`: the registry of uncertain parameters, and what the packaged posterior says of them."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ankomst.commands import console
from ankomst.errors import ParameterError, nearest_name
from ankomst.policy.parameters import GRADES, PACKAGED, START, load_registry
from ankomst.policy.posterior import CLEARLY, LEVEL, Marginal, marginals
from ankomst.policy.registry_check import check_registry
from ankomst.report.writers.terminal import TerminalTable

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.policy.parameter_values import Parameter

_LABELS = {"value": "central value", "start": "start value"}
"""What a person reads in place of a key: the central value is that of the posterior's central draw."""


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
    posteriors, start = marginals(), load_registry(START)
    interval = f"Posterior {100 * LEVEL:g} %"
    table = TerminalTable(
        ("Name",), ("Central", "Start", interval, "Range"), ("Informed", "Grade", "Unit"), blocks=True
    )
    for parameter in chosen:
        name, posterior = parameter.name, posteriors.get(parameter.name)
        table.add_row(
            name,
            _short(parameter.value),
            _short(start[name].value),
            "" if posterior is None else f"{posterior.low:.3g} to {posterior.high:.3g}",
            _range(parameter),
            "" if posterior is None else _informed(posterior),
            parameter.grade,
            parameter.unit,
        )
    screen = console.out_console()
    screen.print(table)
    draws = max((each.n for each in posteriors.values()), default=0)
    screen.print(
        f"{len(chosen)} parameters. Central: the value in use, the central draw of the posterior. Start: "
        f"before calibration. {interval}: interval of {draws} draws. Informed: by how much the data narrow "
        "the parameter; hardly: by less than a tenth; no: its draws are those of the prior, uniform over the "
        "range.",
    )


def show_parameter(*, name: str, as_json: bool) -> None:
    """Print everything about one parameter."""
    entry = _entry(load_registry()[name])
    if as_json:
        console.print_json(entry)
        return
    shown = TerminalTable(("",), (), ("",))
    for key, value in entry.items():
        if key == "posterior":
            shown.add_row(f"posterior {100 * LEVEL:g} %", _posterior(value))
        elif isinstance(value, dict):
            shown.add_row(_LABELS.get(key, key), "\n".join(f"{part}: {item}" for part, item in value.items()))
        else:
            shown.add_row(f"{_LABELS.get(key, key):<18}", _text(value))
    console.out_console().print(shown)


def check_parameters(*, file: Path | None, quiet: bool, as_json: bool) -> bool:
    """Check a registry, the packaged one if no file is named; return whether it is sound."""
    registry = load_registry(file)
    problems = check_registry(registry)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)  # noqa: T201
    if as_json:
        console.print_json(
            {"file": (file or PACKAGED).name, "parameters": len(registry), "problems": problems}
        )
    elif not quiet:
        said = "sound" if not problems else f"{len(problems)} problems"
        console.out_console().print(f"{(file or PACKAGED).name}: {len(registry)} parameters, {said}")
    return not problems


def _entry(parameter: Parameter) -> dict[str, Any]:
    low_high = None if parameter.range is None else list(parameter.range)
    posterior = marginals().get(parameter.name)
    return {
        "name": parameter.name,
        "value": parameter.value,
        "start": load_registry(START)[parameter.name].value,
        "posterior": None if posterior is None else {"level": LEVEL, **asdict(posterior)},
        "range": low_high,
        "prior": parameter.prior,
        "unit": parameter.unit,
        "grade": parameter.grade,
        "source": parameter.source,
    }


def _text(value: object) -> str:
    if isinstance(value, list):
        return f"{value[0]:g} to {value[1]:g}"
    if isinstance(value, int | float):
        return f"{value:g}"
    return "none" if value in {None, ""} else str(value)


def _posterior(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return "none: not calibrated"
    known = f"informed by the data: {entry['narrowing']:.0%} narrower than the prior"
    hardly = f"hardly informed by the data: {entry['narrowing']:.0%} narrower than the prior"
    said = known if entry["narrowing"] >= CLEARLY else hardly
    said = said if entry["informed"] else "not informed by the data: drawn from the prior"
    bounds = f"{entry['low']:.4g} to {entry['high']:.4g}, median {entry['median']:.4g}"
    return f"{bounds} ({entry['n']} draws; {said})"


def _informed(posterior: Marginal) -> str:
    if not posterior.informed:
        return "no"
    return f"{posterior.narrowing:.0%} narrower" if posterior.clearly else "hardly"


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else "table"


def _range(parameter: Parameter) -> str:
    return "" if parameter.range is None else f"{parameter.range[0]:g} to {parameter.range[1]:g}"
