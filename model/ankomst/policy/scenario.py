"""A scenario: load, extend, compose, override, validate, hash, compare."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, ValidationError, field_validator

from ankomst.errors import DataError, Problems, ScenarioError, show
from ankomst.policy import law, layers
from ankomst.policy.arrivals import read_arrivals
from ankomst.policy.files import read_bytes
from ankomst.policy.kinds import Choice, Day, Quantity, Switch
from ankomst.policy.levers import programme, proposals, setting
from ankomst.policy.levers.grants import ResultGrant, grants_2013
from ankomst.policy.levers.lever_kinds import DemandKind, TableKind
from ankomst.policy.parameters import check_overrides, load_registry, nest
from ankomst.policy.schema import INCOMPLETE, Frozen, WrongValueError
from ankomst.policy.tables.table_file import MOST_BYTES
from ankomst.policy.translate import problems_of, section_at
from ankomst.policy.yaml_file import KeyPath, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ankomst.policy.rates import Rates


class Scenario(Frozen):
    """Policy of a run. Field names are the keys of the scenario file."""

    besides: ClassVar[tuple[str, ...]] = ("extends",)

    title: Annotated[str, layers.METADATA["title"]] = "Three-year introduction period"
    """Title in English."""
    title_da: Annotated[str, layers.METADATA["title_da"]] = "Treårig introduktionsperiode"
    """Title in Danish."""
    source: Annotated[str, layers.METADATA["source"]] = ""
    """The document and recommendation behind the scenario."""
    date: Annotated[dt.date, Day()] = programme.REFERENCE_DATE
    """Date of the rules and rates in force."""
    rules: Annotated[str, Choice(("at_date", "denmark"))] = "at_date"
    """Rules fixed at the date, or those of Denmark as they changed, month by month."""
    interactions: Annotated[bool, Switch()] = True
    """Whether newcomers affect each other through crowding, peers and scarce places."""
    introduction_period: programme.IntroductionPeriod = programme.IntroductionPeriod()
    ordinary_system: programme.OrdinarySystem = programme.OrdinarySystem()
    danish: programme.Danish = programme.Danish()
    assessment: programme.Assessment = programme.Assessment()
    placements: programme.Placements = programme.Placements()
    result_grants: tuple[ResultGrant, ...] = grants_2013()
    """Result grants (resultattilskud); the default is the rule of 2013, [] is none."""
    bonus_extra_job: Annotated[float | None, Quantity("DKK", 0, 1_000_000, null=True)] = None
    """Bonus for each person in work more than the year before [DKK]; null is the rate of the date."""
    benefits: programme.Benefits = programme.Benefits()
    governance: proposals.Governance = proposals.Governance()
    entrepreneurship: proposals.Entrepreneurship = proposals.Entrepreneurship()
    civil_society: proposals.CivilSociety = proposals.CivilSociety()
    outreach: proposals.Outreach = proposals.Outreach()
    coordination: proposals.Coordination = proposals.Coordination()
    trainee_job: proposals.TraineeJob = proposals.TraineeJob()
    taxes: proposals.Taxes = proposals.Taxes()
    dispersal: Annotated[str | Path, TableKind(("quota", "demand_weighted"), null=False)] = "quota"
    """Where refugees and their family are placed: quota, demand_weighted (more where demand is high), or a
    table of shares by municipality."""
    national_demand: Annotated[float | dict[dt.date, float], DemandKind()] = 0.0
    """Labour demand against the reference [percentage points of employment], one number or by date."""
    population: setting.PopulationSetting = setting.PopulationSetting()
    municipalities: setting.Municipalities = setting.Municipalities()
    horizon: setting.Horizon = setting.Horizon()
    accounts: setting.Accounts = setting.Accounts()
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Values of uncertain parameters that differ from the registry's, by group and name."""

    @field_validator("parameters", mode="before")
    @classmethod
    def _known_parameters(cls, value: object) -> dict[str, Any]:
        return nest(check_overrides(value))

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield a date beside the rules of all dates."""
        if self.rules == "denmark" and self.date != programme.REFERENCE_DATE:
            yield WrongValueError(
                f"is {self.date} beside rules: denmark, which follow the calendar",
                "rules: denmark without a date, or a date without rules: denmark",
                path=("date",),
            )

    @property
    def first_year(self) -> int:
        """Return the calendar year in which a run begins."""
        arrivals = self.population.arrivals
        if isinstance(arrivals, dict):
            return min(arrivals)
        return self.date.year if arrivals is None else read_arrivals(arrivals).years[0]

    def month(self, t: int) -> dt.date:
        """Return the day whose rules and rates hold in calendar month t of a run, 0 for the first."""
        if self.rules == "at_date":
            return self.date
        return dt.date(self.first_year + t // 12, t % 12 + 1, 1)

    def in_force(self, when: dt.date, rates: Rates | None = None) -> Scenario:
        """Return the scenario with the levers that hold on a day.

        With rules fixed at a date it is the scenario itself. With `rules: denmark` it has this day as its
        date and the levers of the law, except those that the scenario sets itself. The introduction period is
        that of people who arrive on the day. Amounts are those of the packaged rates if none are given.
        """
        return self if self.rules == "at_date" else law.in_force(self, when, rates)

    @property
    def policy_hash(self) -> str:
        """Return the SHA-256 (hex) of everything in the scenario that affects results."""
        content: dict[str, Any] = self.model_dump(mode="json", exclude=set(layers.METADATA))
        if self.rules == "denmark":  # what it sets itself holds above the law, even where it is the default
            own = self.model_dump(mode="json", exclude_unset=True, exclude=set(layers.METADATA))
            content["sets"] = sorted(".".join(path) for path, _ in layers.flatten(own))
        for path in layers.TABLE_KEYS:
            table: Any = self
            for part in path:
                table = getattr(table, part)
            if isinstance(table, Path):
                inner = content
                for part in path[:-1]:
                    inner = inner[part]
                inner[path[-1]] = table_digest(table)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def __hash__(self) -> int:
        return hash(self.policy_hash)

    def parameter_values(self, draw: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return all parameters by dotted name.

        Parameters
        ----------
        draw
            Values that take the place of the registry's values, such as a draw from the prior or
            posterior. What the scenario itself sets holds above the draw.

        Returns
        -------
        dict
            A fresh dictionary; population entries are mappings.
        """
        registry = load_registry()
        values = registry.start_values()
        values.update(registry.checked(draw or {}, ranges=False))
        values.update(registry.checked(dict(registry.names_in(self.parameters)), ranges=False))
        return values

    def with_parameters(self, values: Mapping[str, Any], *, ranges: bool = True) -> Scenario:
        """Return the scenario with further parameter values by dotted name.

        Parameters
        ----------
        values
            Dotted name to value.
        ranges
            Refuse values outside the registry's ranges. Limits and closed forms (a hazard of zero, say) lie
            outside on purpose: switch it off for them only.
        """
        registry = load_registry()
        present = dict(registry.names_in(self.parameters))
        present.update(registry.checked(values, ranges=ranges))
        return self.model_copy(update={"parameters": nest(present)})


def load_scenario(
    spec: str | os.PathLike[str] | Scenario, overrides: Mapping[str, Any] | None = None
) -> Scenario:
    """Load a scenario file or a composition.

    Parameters
    ----------
    spec
        A path, or paths and names joined by '+', with or without '.yaml'. Bare names are looked for beside
        the first file, in ./scenarios and among the shipped scenarios. A scenario is returned as it is, or
        with the overrides.
    overrides
        Dotted key to value, such as ``{"danish.right_months": 60}``. They hold above the files.

    Raises
    ------
    ScenarioError
        Something about the files, the composition or the overrides is wrong. The message lists all problems,
        a sentence and a line each; `problems` holds them one by one.
    """
    if isinstance(spec, Scenario):
        if not overrides:
            return spec
        return build_scenario(
            spec.model_dump(exclude_unset=True), overrides, where=f"scenario {show(spec.title)}"
        )
    text, problems = os.fspath(spec), Problems()
    layer, metadata = layers.read_composition(text, problems)
    layer.data.update(metadata)
    folder = layers.resolve(text)[0].parent
    return _build(layer, overrides, folder, problems)


def build_scenario(
    data: Mapping[str, Any],
    overrides: Mapping[str, Any] | None = None,
    *,
    where: str = "scenario",
    lines: Mapping[KeyPath, int] | None = None,
    problems: Problems | None = None,
) -> Scenario:
    """Build a scenario from a nested mapping instead of a file; errors as for `load_scenario`.

    Parameters
    ----------
    data
        The content of a scenario file that extends none.
    overrides
        As for `load_scenario`.
    where
        What the content is called in messages.
    lines
        The line of every key, where it has lines.
    problems
        What is known to be wrong already; it is told with the rest.
    """
    known = {path: f"{where}, line {line}" for path, line in (lines or {}).items()}
    layer = layers.Layer()
    layer.put(layers.Layer(dict(data), {(str(key),): where for key in data} | known))
    return _build(layer, overrides, Path(), problems or Problems())


def reference_policy() -> Scenario:
    """Return the reference policy `three_year+grant_2013` at 2013-07-01, never the user's baseline."""
    return Scenario()


def parse_override(text: str) -> tuple[str, Any]:
    """Split 'key=value' as given to ``--set`` and read the value as YAML.

    Examples
    --------
    >>> parse_override("danish.right_months=60")
    ('danish.right_months', 60)
    """
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise ScenarioError(
            f"the override {show(text)} is not of the form KEY=VALUE",
            allowed="such as danish.right_months=60",
        )
    key = key.strip()
    return key, parse_value(key, value, f"override {key[:80]}")


def diff(base: Scenario, alt: Scenario) -> list[tuple[str, Any, Any]]:
    """List the policy keys on which two scenarios differ, as (key, value in base, value in alt).

    Titles and sources are left out; a list of grants counts as one key; parameters are compared by value.
    """
    one, two = _leaves(base), _leaves(alt)
    keys = [*one, *(key for key in two if key not in one)]
    return [(key, one.get(key), two.get(key)) for key in keys if one.get(key) != two.get(key)]


def _leaves(scenario: Scenario) -> dict[str, Any]:
    content = scenario.model_dump(mode="json", exclude={*layers.METADATA, "parameters", "national_demand"})
    leaves = {".".join(path): value for path, value in layers.flatten(content)}
    leaves["national_demand"] = scenario.national_demand
    leaves.update({f"parameters.{name}": value for name, value in scenario.parameter_values().items()})
    return leaves


def _build(
    layer: layers.Layer, overrides: Mapping[str, Any] | None, folder: Path, problems: Problems
) -> Scenario:
    for key, value in (overrides or {}).items():
        with problems.kept():
            _override(layer, str(key), value, folder)
    try:
        scenario = Scenario.model_validate(layer.data, context=INCOMPLETE if problems.stopped else None)
    except ValidationError as error:
        for problem in problems_of(error, Scenario, layer.data, layer.place, ScenarioError):
            problems.add(problem)
        raise problems.joined() from None
    problems.settle()
    return scenario


def _override(layer: layers.Layer, key: str, value: object, folder: Path) -> None:
    """Set one dotted key; a mapping for a section merges, every other value replaces."""
    where = f"override {show(key, 100)}"
    path: KeyPath = tuple(key.split("."))
    if not all(path):
        raise ScenarioError("the key has an empty part", where=where, allowed="such as danish.right_months")
    if path == ("extends",) or (len(path) > 1 and path[0] == "result_grants"):
        raise ScenarioError(
            "cannot be set by an override",
            where=where,
            allowed="result_grants as a whole list" if path[0] == "result_grants" else "",
        )
    if path in layers.TABLE_KEYS and isinstance(value, str) and value not in layers.TABLE_KEYS[path]:
        value = layers.inside_folder(value, folder, where, key, "a table")
    section = path[0] == "parameters" or section_at(Scenario, path) is not None
    if isinstance(value, Mapping) and section and value and path != ("result_grants",):
        for name, item in value.items():
            _override(layer, f"{key}.{name}", item, folder)
        return
    new: Any = value
    for part in reversed(path):
        new = {part: new}
    old: Any = layer.data
    for part in path[:-1]:
        old = old.get(part) if isinstance(old, dict) else None
    if isinstance(old, dict):
        old.pop(path[-1], None)
    layer.put(layers.Layer(new, {path: where}))


def table_digest(table: Path) -> str:
    """Return the SHA-256 (hex) of what a table of the user's own holds."""
    content = read_bytes(table, most=MOST_BYTES, kind=DataError, wanted="a table in CSV")
    return hashlib.sha256(content).hexdigest()
