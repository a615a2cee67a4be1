"""Checks of an experiment that need its scenarios, its draws, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.errors import nearest_name, show
from ankomst.policy.parameters import load_registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ankomst.policy.scenario import Scenario
    from ankomst.studies.design.parameter_draws import Draws
    from ankomst.studies.schema.experiment_file import ExperimentFile
    from ankomst.studies.schema.experiment_reading import Source

DEFAULT_MONTHS = (12, 24, 36, 60, 120)
MOST_SHOWN = 10
"""Names in a message."""


def kept_months(file: ExperimentFile, follow_up: int, source: Source) -> tuple[int, ...]:
    """Return the months since arrival at which outcomes are kept; the last is the follow-up."""
    for month in file.months or ():
        if month > follow_up:
            source.problems.add(
                source.error(
                    source.item("months", month),
                    f"months holds {month}, which lies beyond the follow-up",
                    f"1 to {follow_up} months since arrival",
                )
            )
    wanted = DEFAULT_MONTHS if file.months is None else file.months
    return tuple(sorted({month for month in wanted if month <= follow_up} | {follow_up}))


def check_precision(
    file: ExperimentFile, replicates: int, scenarios: Mapping[str, Scenario], baseline: str,
    months: tuple[int, ...], source: Source,
) -> None:  # fmt: skip
    """Keep in the source what of the precision to reach does not go with the experiment."""
    wanted = file.precision
    if wanted is None:
        return
    others = [name for name in scenarios if name != baseline]

    def wrong(key: str, what: str, allowed: str, nearest: str = "") -> None:
        source.problems.add(source.error(("precision", key), f"precision.{key} {what}", allowed, nearest))

    if wanted.outcome not in file.outcomes:
        wrong("outcome", f"is {wanted.outcome}, which is not among the outcomes", ", ".join(file.outcomes))
    if wanted.scenario is not None and wanted.scenario not in others:
        what = "is the baseline" if wanted.scenario == baseline else "is no scenario of the experiment"
        wrong(
            "scenario", f"{show(wanted.scenario, 80)} {what}",
            ", ".join(others[:MOST_SHOWN]) + (", ..." if len(others) > MOST_SHOWN else ""),
            "" if wanted.scenario == baseline else nearest_name(wanted.scenario, others),
        )  # fmt: skip
    if wanted.months is not None and wanted.months not in months:
        wrong("months", f"is {wanted.months}, at which outcomes are not kept", ", ".join(map(str, months)))
    if wanted.at_most < replicates:
        wrong(
            "at_most",
            f"is {wanted.at_most}, fewer than the first {replicates} replicates",
            f"{replicates} or more",
        )


def notes(
    file: ExperimentFile, scenarios: Mapping[str, Scenario], draws: Draws, replicates: int
) -> Iterator[str]:
    """Yield what deserves a look but is no error."""
    hashes: dict[str, str] = {}
    for name, scenario in scenarios.items():
        first = hashes.setdefault(scenario.policy_hash, name)
        if first != name:
            yield f"{first} and {name} are the same policy: they differ in name only."
    yield from _set_in_scenarios(scenarios, draws)
    number = len(draws.values)
    if draws.description.get("method") == "sobol" and number & (number - 1):
        yield f"{number} Sobol draws are no power of two: 2, 4, 8, 16, ... cover the ranges more evenly."
    if number > 1 and replicates == 1 and file.precision is None:
        yield "With one replicate a draw, luck and the uncertainty of parameters cannot be told apart."
    if number == 1 and (file.margin or file.discrepancy_sd):
        yield "With a single draw there is no verdict: margin and discrepancy_sd need several draws."
    if number > 1 and file.precision is not None:
        yield (
            "More replicates narrow the error of simulation, not the uncertainty of parameters: the "
            "precision is that of the simulation."
        )


def _set_in_scenarios(scenarios: Mapping[str, Scenario], draws: Draws) -> Iterator[str]:
    """Yield the drawn parameters that scenarios set themselves."""
    registry = load_registry()
    setters: dict[str, list[str]] = {}
    for name, scenario in scenarios.items():
        for parameter, _ in registry.names_in(scenario.parameters):
            if parameter in draws.names:
                setters.setdefault(parameter, []).append(name)
    for parameter, names in setters.items():
        who = "every scenario" if len(names) == len(scenarios) else ", ".join(names[:3])
        who += f" and {len(names) - 3} more" if 3 < len(names) < len(scenarios) else ""
        yield f"{parameter} is drawn and also set by {who}: the value that is set holds above the draw."
