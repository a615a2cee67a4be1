"""What may stand in an experiment file of kind decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, field_validator

from ankomst.policy.kinds import Choice, Quantity, Text
from ankomst.policy.schema import Frozen, Kind, WrongValueError, WrongValues, mapping
from ankomst.studies.design.grant_designs import DesignsFile
from ankomst.studies.metrics.metric import Metric, parse
from ankomst.studies.metrics.metric_kinds import OneMetric
from ankomst.studies.schema.calibration_file import Names
from ankomst.studies.schema.experiment_file import DrawsFile
from ankomst.studies.schema.experiment_kinds import KindOfStudy, Patterns
from ankomst.studies.schema.paired_fields import PairedFile
from ankomst.studies.schema.sensitivity_file import GroupsOfFactors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic.json_schema import JsonSchemaValue

_Runs = Quantity("runs of each draw", 1, 1000, whole=True)
_Name = Text(200)
_Difference = Quantity("DKK or the unit of the outcome", -1e9, 1e9)


@dataclass(frozen=True)
class Wanted(Kind):
    """Metric to the difference from the baseline that satisfies."""

    def check(self, value: object) -> dict[str, float]:
        """Return the text of the metric to the number."""
        found: dict[str, float] = {}
        wrong = WrongValues()
        for name, number in mapping(value, "a map such as {net_cost.both@120: 0}").items():
            with wrong.kept(name):
                found[str(parse(name))] = _Difference.number(number)
        wrong.settle()
        return found

    def json_schema(self) -> JsonSchemaValue:
        """Return a map of numbers."""
        return {"type": "object", "additionalProperties": {"type": "number"}}


class Question(Frozen):
    """Under which values of the parameters a difference is on the wanted side."""

    name: Annotated[str, _Name]
    """Name in tables and on the page, English."""
    name_da: Annotated[str, _Name] = ""
    """Name in Danish."""
    scenario: Annotated[str, _Name]
    """The scenario whose difference from the baseline is asked about."""
    outcome: Annotated[Metric, OneMetric()]
    """Outcome and months since arrival, such as net_cost.both@120."""
    side: Annotated[str, Choice(("below", "above"))]
    """Whether the answer flips where the difference is below or above `than`."""
    than: Annotated[float, _Difference] = 0.0
    """The difference from which the answer flips, in the unit of the outcome."""


def _twice(names: Sequence[str], key: str) -> Iterator[WrongValueError]:
    """Yield names that stand in a list already."""
    for k, name in enumerate(names):
        if name in names[:k]:
            what = f"is {name}, a name that stands above already"
            yield WrongValueError(what, "every name once", path=(key, str(k), "name"))


class DiscoveryFile(Frozen):
    """Scenario discovery: under which conditions an answer flips (PRIM)."""

    draws: DrawsFile
    """Points: a prior over the ranges, or a posterior."""
    replicates: Annotated[int, _Runs] = 2
    """Runs of each point [runs]."""
    questions: list[Question]
    """What may flip."""
    leave_out: Annotated[tuple[str, ...], Names()] = ("levers.*",)
    """Parameters that are not searched, though they vary: names or patterns."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield names of questions that stand twice."""
        yield from _twice([each.name for each in self.questions], "questions")


class Solve(Frozen):
    """How large something must be for a difference to reach a value."""

    name: Annotated[str, _Name]
    """Name in tables and on the page, English."""
    name_da: Annotated[str, _Name] = ""
    """Name in Danish."""
    change: Annotated[str, _Name]
    """Key that is varied: parameters.GROUP.NAME, a lever, or result_grants (factor on all amounts)."""
    unit: Annotated[str, _Name] = ""
    """Unit of the varied value; that of the parameter if left out."""
    only: Annotated[str, _Name] = ""
    """The scenario in which alone it is varied; all if left out."""
    low: Annotated[float, Quantity("value", -1e9, 1e9)]
    """Lowest value that is tried."""
    high: Annotated[float, Quantity("value", -1e9, 1e9)]
    """Highest value that is tried."""
    points: Annotated[int, Quantity("values", 3, 100, whole=True)] = 7
    """Values that are tried, at equal distances [values]."""
    central: Annotated[float | None, Quantity("value", -1e9, 1e9, null=True)] = None
    """The value as it is today; that of the parameter if left out."""
    scenario: Annotated[str, _Name]
    """The scenario whose difference from the baseline must reach the value."""
    outcome: Annotated[Metric, OneMetric()]
    """Outcome and months since arrival, such as net_cost.both@120."""
    wanted: Annotated[float, _Difference] = 0.0
    """The difference that is to be reached, in the unit of the outcome."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield ends of the range in the wrong order."""
        if self.low >= self.high:
            yield WrongValueError(
                f"is {self.low:g}, not below high", f"less than {self.high:g}", path=("low",)
            )


class SolvesFile(Frozen):
    """Threshold searches."""

    draws: DrawsFile = DrawsFile.model_validate({"from": "posterior", "number": 30})
    """Values of all other parameters."""
    replicates: Annotated[int, _Runs] = 2
    """Runs of each draw and value, with the same luck for all values [runs]."""
    searches: list[Solve]
    """What is varied, and what it must reach."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield names of searches that stand twice."""
        yield from _twice([each.name for each in self.searches], "searches")


class InformationFile(Frozen):
    """Value of information: which evidence is worth buying."""

    groups: Annotated[dict[str, tuple[str, ...]], GroupsOfFactors()] = Field(default_factory=dict)
    """Groups of parameters that one study could settle; by the registry's groups if left out."""
    options: Annotated[tuple[str, ...] | None, Patterns()] = None
    """Names of the scenarios that are chosen between, beside the baseline; all if left out."""
    cost: Annotated[Metric, OneMetric()] = Metric("net_cost", 120, "both")
    """What is to be kept low [DKK per newcomer]."""
    month_value: Annotated[float, Quantity("DKK a month", 0, 1_000_000)] = 0.0
    """What a month in work is declared to be worth beside its effect on public cost [DKK a month]."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield a cost of a calendar year: months in work are counted since arrival."""
        if self.cost.year:
            yield WrongValueError(f"names {self.cost}", "a cost by months since arrival", path=("cost",))


class SearchFile(DesignsFile):
    """A search for designs of result grants, and where it takes place."""

    scenario: Annotated[str, Text(1000)] = "three_year"
    """The scenario whose result grants are replaced."""
    shipped: Annotated[tuple[str, ...], Patterns()] = (
        "grant_2013", "no_grant", "grant_by_speed", "grant_at_entry", "grant_sustained_12",
        "grant_risk_adjusted", "grant_after_period", "grant_above_benchmark",
    )  # fmt: skip
    """Scenario files with result grants, tried first and compared with the front."""
    gain: Annotated[Metric, OneMetric()] = Metric("months_employed", 120)
    """What more of is better."""
    cost: Annotated[Metric, OneMetric()] = Metric("net_cost", 120, "both")
    """What less of is better."""


class DecisionFile(PairedFile):
    """A decision under uncertainty."""

    kind: Annotated[str, KindOfStudy("decision")]
    """What is done: decision (what would flip an answer, and how robust it is)."""
    satisfied: Annotated[dict[str, float], Wanted()] = Field(default_factory=dict)
    """Criterion to the difference from the baseline that is good enough, such as {net_cost.both@120: 0}."""
    draws: DrawsFile | None = None
    """Values of the uncertain parameters for robustness and the value of information."""
    replicates: Annotated[int, _Runs] = 2
    """Runs of each scenario and draw [runs]."""
    discovery: DiscoveryFile | None = None
    """Scenario discovery; none if left out."""
    solve: SolvesFile | None = None
    """Threshold searches; none if left out."""
    information: InformationFile | None = None
    """Value of information on the draws; none if left out."""
    designs: SearchFile | None = None
    """A search for designs of result grants; none if left out."""

    @field_validator("discovery")
    @classmethod
    def _asked(cls, value: DiscoveryFile | None) -> DiscoveryFile | None:
        """Return nothing for a discovery without questions: it counts as left out."""
        return value if value is not None and value.questions else None

    @field_validator("solve")
    @classmethod
    def _searched(cls, value: SolvesFile | None) -> SolvesFile | None:
        """Return nothing for threshold searches that are none: they count as left out."""
        return value if value is not None and value.searches else None

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield what lacks something that it rests on."""
        if not (self.draws or self.discovery or self.solve or self.designs):
            yield WrongValueError("names nothing to do", "draws, discovery, solve or designs")
        if self.information and self.draws is None:
            yield WrongValueError("needs draws to learn from", "draws beside it", path=("information",))
        if not self.scenarios and (self.discovery or self.solve or not self.designs):
            yield WrongValueError("names no scenario besides the baseline", "scenarios: a list or a map")
        keys = [str(each) for each in self.outcomes]
        for name in self.satisfied:
            if name not in keys:
                yield WrongValueError(
                    f"names {name}", f"outcomes: {', '.join(keys)}", path=("satisfied", name)
                )
