"""What may stand in an experiment file of kind sensitivity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ankomst.policy.kinds import Choice, Choices, Quantity, Switch, Text
from ankomst.policy.schema import Frozen, Kind, WrongValueError, WrongValues, found_value, mapping
from ankomst.policy.written_numbers import comma_hint
from ankomst.studies.metrics.metric import Metric  # noqa: TC001 - pydantic reads it
from ankomst.studies.metrics.metric_kinds import Metrics
from ankomst.studies.schema.calibration_file import Names
from ankomst.studies.schema.experiment_file import DrawsFile
from ankomst.studies.schema.experiment_kinds import KindOfStudy, Patterns
from ankomst.studies.schema.paired_fields import PairedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.json_schema import JsonSchemaValue

METHODS = ("delta", "pawn", "rbd_fast")
_Runs = Quantity("runs of each point", 1, 100, whole=True)


@dataclass(frozen=True)
class PowerOfTwo(Kind):
    """A whole number that is a power of two, as the balance of a Sobol sequence needs it."""

    low: int
    high: int

    def check(self, value: object) -> int:
        """Return the number."""
        number = int(Quantity("rows", self.low, self.high, whole=True).number(value))
        if number & (number - 1):
            below = 1 << (number.bit_length() - 1)
            raise WrongValueError(
                f"is {number}, no power of two", f"powers of two from {self.low} to {self.high}",
                str(below if number - below < 2 * below - number else 2 * below),
            )  # fmt: skip
        return number

    def json_schema(self) -> JsonSchemaValue:
        """Return the powers."""
        powers = [1 << k for k in range(self.low.bit_length() - 1, self.high.bit_length())]
        return {"enum": [power for power in powers if self.low <= power <= self.high]}


@dataclass(frozen=True)
class Bounds(Kind):
    """Ranges of parameters: dotted name to [lowest, highest]."""

    def check(self, value: object) -> dict[str, tuple[float, float]]:
        """Return name to bounds; the registry checks the names."""
        found: dict[str, tuple[float, float]] = {}
        wrong = WrongValues()
        for name, pair in mapping(value, "a map such as {job_finding.sigma: [0, 2]}").items():
            with wrong.kept(name):
                if not isinstance(pair, list | tuple) or len(pair) != 2:
                    said = f"holds {found_value(pair)}{comma_hint(pair, 2)}"
                    raise WrongValueError(said, "[lowest, highest]")
                low, high = (Quantity("value", -1e9, 1e9).number(each) for each in pair)
                if not low < high:
                    raise WrongValueError(f"is [{low:g}, {high:g}]", "a lowest below the highest")
                found[name] = (low, high)
        wrong.settle()
        return found

    def json_schema(self) -> JsonSchemaValue:
        """Return a map of pairs."""
        pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        return {"type": "object", "additionalProperties": pair}


@dataclass(frozen=True)
class GroupsOfFactors(Kind):
    """Groups of parameters: name to a list of names or patterns."""

    def check(self, value: object) -> dict[str, tuple[str, ...]]:
        """Return name to patterns."""
        found: dict[str, tuple[str, ...]] = {}
        wrong = WrongValues()
        for name, patterns in mapping(value, "a map such as {Danish: [danish.*]}").items():
            with wrong.kept(name):
                found[name] = Patterns().check(patterns)
        wrong.settle()
        return found

    def json_schema(self) -> JsonSchemaValue:
        """Return a map of lists."""
        return {"type": "object", "additionalProperties": Patterns().json_schema()}


class FactorsFile(Frozen):
    """What varies, and over which ranges."""

    origin: Annotated[str, Choice(("registry", "posterior"))] = Field("registry", alias="from")
    """registry: uniform over the ranges; posterior: marginals of the packaged one (dependence is lost)."""
    parameters: Annotated[tuple[str, ...], Patterns()] = ("*",)
    """Parameters that vary: names, or patterns such as municipality.*; all with a range if left out."""
    leave_out: Annotated[tuple[str, ...], Names()] = ()
    """Names or patterns among them that do not vary, such as levers.*."""
    ranges: Annotated[dict[str, tuple[float, float]], Bounds()] = Field(default_factory=dict)
    """Ranges in place of those of the registry (or of the posterior), in the parameter's unit."""
    groups: Annotated[dict[str, tuple[str, ...]], GroupsOfFactors()] = Field(default_factory=dict)
    """Groups of parameters that move together; by the registry's groups if left out."""


class MorrisFile(Frozen):
    """Screening of all factors by Morris' elementary effects."""

    trajectories: Annotated[int, Quantity("trajectories", 4, 10_000, whole=True)] = 16
    """Trajectories; each has a point more than there are factors [trajectories]."""
    levels: Annotated[int, Quantity("levels", 2, 64, whole=True)] = 4
    """Levels of each factor, an even number [levels]."""
    replicates: Annotated[int, _Runs] = 2
    """Runs of each point [runs]; noise can be told apart from two on."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield an odd number of levels."""
        if self.levels % 2:
            yield WrongValueError(f"is {self.levels}", "an even number", path=("levels",))


class SobolFile(Frozen):
    """Sobol indices by Saltelli's design."""

    rows: Annotated[int, PowerOfTwo(8, 65_536)] = 512
    """Base rows N, a power of two: N (factors + 3) points, with second order N (2 factors + 4)."""
    most: Annotated[int | None, Quantity("factors", 1, 200, whole=True, null=True)] = None
    """How many factors: those that matter most by the screening; null with `parameters`, or for all."""
    parameters: Annotated[tuple[str, ...] | None, Patterns()] = None
    """Which factors instead: names or patterns."""
    second_order: Annotated[bool, Switch()] = False
    """Whether second-order indices are estimated, at nearly twice the runs."""
    replicates: Annotated[int, _Runs] = 3
    """Runs of each point [runs]; noise can be told apart from two on."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield a second choice of factors."""
        if self.most is not None and self.parameters is not None:
            yield WrongValueError("stands beside parameters", "most or parameters", path=("most",))


class GroupsFile(Frozen):
    """Sobol indices of groups of factors, all factors varying."""

    rows: Annotated[int, PowerOfTwo(8, 65_536)] = 128
    """Base rows N, a power of two; N times (groups + 3) points."""
    second_order: Annotated[bool, Switch()] = False
    """Whether second-order indices are estimated, at nearly twice the runs."""
    replicates: Annotated[int, _Runs] = 2
    """Runs of each point [runs]."""


class GivenFile(Frozen):
    """Methods that need no design of their own, on draws that exist already."""

    draws: DrawsFile | None = None
    """Sets of values to run, such as posterior: dependent draws are allowed here."""
    replicates: Annotated[int, _Runs] = 2
    """Runs of each draw [runs]."""
    batch: Annotated[str | None, Text(1000)] = None
    """Folder of a finished batch with draws, such as results/one_vs_three_years, instead of runs."""
    methods: Annotated[tuple[str, ...], Choices(METHODS)] = METHODS
    """delta (Borgonovo), pawn (distribution), rbd_fast (first order; independent factors only)."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield two sources of draws, or none."""
        if (self.draws is None) == (self.batch is None):
            yield WrongValueError(
                "needs draws to run, or the folder of a batch", "draws or batch, one of them"
            )


class EmulatorFile(Frozen):
    """A Gaussian process fitted to the points of the Sobol design."""

    folds: Annotated[int, Quantity("folds", 3, 100, whole=True)] = 10
    """Folds of the cross-validation [folds]."""
    limit: Annotated[float, Quantity("share", 0.5, 1)] = 0.9
    """Share of the noise-free variance that it must explain held out (low end) to be used [share]."""


class SensitivityFile(PairedFile):
    """A sensitivity analysis."""

    kind: Annotated[str, KindOfStudy("sensitivity")]
    """What is done: sensitivity (which uncertain parameters an answer rests on)."""
    ranking: Annotated[tuple[Metric, ...] | None, Metrics()] = None
    """Outcomes by which several scenarios are ranked; each must be among the outcomes."""
    factors: FactorsFile = FactorsFile.model_validate({})
    """What varies."""
    morris: MorrisFile | None = None
    """Screening of all factors; none if left out."""
    sobol: SobolFile | None = None
    """Indices of the factors one by one; none if left out."""
    groups: GroupsFile | None = None
    """Indices of groups of factors; none if left out."""
    given: GivenFile | None = None
    """Methods for draws that exist; those of the Sobol design are used in any case."""
    emulator: EmulatorFile | None = None
    """An emulator on the points of the Sobol design; none if left out."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield methods that lack what they rest on."""
        if not (self.morris or self.sobol or self.groups or self.given):
            yield WrongValueError("names no method", "morris, sobol, groups or given")
        if self.sobol and self.sobol.most is not None and self.morris is None:
            yield WrongValueError(
                "needs a screening that says which factors matter most",
                "morris beside it",
                path=("sobol", "most"),
            )
        if self.emulator and self.sobol is None:
            yield WrongValueError("needs the points of a Sobol design", "sobol beside it", path=("emulator",))
        for each in self.ranking or ():
            if each not in self.outcomes:
                yield WrongValueError(f"names {each}", "outcomes of the analysis", path=("ranking",))
        if self.ranking and len(self.scenarios) < 2:
            yield WrongValueError("needs two scenarios or more", "scenarios: a list", path=("ranking",))
