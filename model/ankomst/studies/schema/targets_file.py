"""What may stand in a file of calibration targets: published levels, and effects of reforms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ankomst.errors import show
from ankomst.policy.kinds import Choice, Quantity, Text, quoted
from ankomst.policy.schema import Frozen, Kind, WrongValueError, WrongValues
from ankomst.policy.written_numbers import comma_hint
from ankomst.simulation.outcomes import OUTCOMES
from ankomst.simulation.spread import ACROSS
from ankomst.studies.metrics.metric import BY_PERSON, OF_PRESENT, SEX_RATIO, Month, Window
from ankomst.studies.metrics.metric_kinds import AgeRange, Members
from ankomst.studies.schema.experiment_kinds import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.json_schema import JsonSchemaValue

SAME = "same"
"""Word for `change`: that of the effect before."""


@dataclass(frozen=True)
class OneOrMore(Kind):
    """A number, or a list with one for each month."""

    each: Quantity

    def check(self, value: object) -> tuple[float, ...]:
        """Return the numbers."""
        found = []
        wrong = WrongValues()
        for k, item in enumerate(value if isinstance(value, list | tuple) else [value]):
            with wrong.kept(*([str(k)] if isinstance(value, list | tuple) else [])):
                found.append(self.each.number(item))
        wrong.settle()
        if not found:
            raise WrongValueError("is an empty list", self.each.allowed)
        return tuple(found)

    def json_schema(self) -> JsonSchemaValue:
        """Return the number and the list."""
        one = self.each.json_schema()
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


@dataclass(frozen=True)
class PolicyChange(Kind):
    """Keys of a scenario with their values, or the word same."""

    def check(self, value: object) -> dict[str, Any] | str:
        """Return the keys, or the word."""
        if isinstance(value, str):
            if value == SAME:
                return value
            raise WrongValueError(f"is the text {show(value)}", f"a map of scenario keys, or {SAME}")
        return Settings().check(value)

    def json_schema(self) -> JsonSchemaValue:
        """Return the map and the word."""
        return {"anyOf": [{"type": "object"}, {"const": SAME}]}


class TargetFile(Frozen):
    """A published level, by its own definition."""

    name: Annotated[str, Text(80)]
    """Name of the figure, once in the file; several months get the month added."""
    outcome: Annotated[str, Choice(tuple(OUTCOMES))]
    """Outcome of the model that is defined alike."""
    value: Annotated[tuple[float, ...], OneOrMore(Quantity("unit of the outcome", -1e9, 1e9))]
    """Published value, or one for each month [unit of the outcome]."""
    sd: Annotated[tuple[float, ...], OneOrMore(Quantity("unit of the outcome", 1e-12, 1e9))]
    """Standard deviation of the value's uncertainty, or one for each month [unit of the outcome]."""
    months: Annotated[tuple[float, ...], OneOrMore(Month)] = (36,)
    """Months since arrival at which the outcome is taken [months]."""
    window: Annotated[float, Window] = 1
    """Months that the outcome is averaged over, from each of `months` on [months]."""
    group: Annotated[dict[str, tuple[str, ...]], Members()] = Field(default_factory=dict)
    """Whom it is about: origin, sex, health, education; everybody if left out."""
    age: Annotated[tuple[int, int] | None, AgeRange()] = None
    """Age at the time [years]; everybody if left out."""
    hours: Annotated[float, Quantity("hours a week", 1, 37)] = 20.0
    """Weekly hours from which a job counts (ordinary_employment_rate) [hours a week]."""
    across: Annotated[str | None, Choice((*ACROSS, SEX_RATIO))] = None
    """One number across groups or municipalities in place of a mean."""
    cohort: Annotated[str, Text(300)] = ""
    """Whom the source followed."""
    definition: Annotated[str, Text(1000)] = ""
    """What the source measured: spell length, hours, support, restriction, adjustment."""
    restriction: Annotated[str, Text(500)] = ""
    """Where the source cuts off, such as after 156 weeks."""
    adjustment: Annotated[str, Text(500)] = ""
    """What the source has adjusted for."""
    note: Annotated[str, Text(1000)] = ""
    """Anything else that a reader should know."""
    source: Annotated[str, Text(1000)] = ""
    """Where the value comes from."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield what does not go with the months or the outcome."""
        months = len(self.months)
        for key in ("value", "sd"):
            numbers = getattr(self, key)
            if len(numbers) not in {1, months} or (key == "value" and len(numbers) != months):
                hint = comma_hint([int(each) if each == int(each) else each for each in numbers], months)
                said = f"has {len(numbers)} numbers for {months} month{'' if months == 1 else 's'}{hint}"
                yield WrongValueError(said, "one for each month", path=(key,))
        if self.age is not None and self.outcome not in OF_PRESENT:
            yield WrongValueError(
                f"does not go with {self.outcome}", f"an age for {quoted(OF_PRESENT)}", path=("age",)
            )
        if self.window != 1 and self.outcome not in OF_PRESENT:
            yield WrongValueError(
                f"does not go with {self.outcome}", f"a window for {quoted(OF_PRESENT)}", path=("window",)
            )
        if self.across in ACROSS and self.outcome not in BY_PERSON:
            yield WrongValueError(
                f"is {self.across} for {self.outcome}, which is not kept by municipality",
                f"{quoted(BY_PERSON)} across municipalities", path=("across",),
            )  # fmt: skip
        if self.across in ACROSS and self.group:
            yield WrongValueError(
                f"does not go with across: {self.across}", "no group: its definition says whom it covers",
                path=("group",),
            )  # fmt: skip
        if self.across == SEX_RATIO and "sex" in self.group:
            yield WrongValueError("names a sex for a ratio of the sexes", "no sex", path=("group", "sex"))


class EffectFile(TargetFile):
    """A published effect: the difference between two scenarios, by one definition."""

    change: Annotated[Any, PolicyChange()]
    """What the reform changed: keys of a scenario, or same for those of the effect before."""
    baseline: Annotated[dict[str, Any], Settings()] = Field(default_factory=dict)
    """Keys that differ from the study's baseline before the reform already."""
    as_: Annotated[str, Choice(("difference", "ratio"))] = Field(default="difference", alias="as")
    """Whether the published figure is a difference (after less before) or a ratio (after over before)."""


class TargetsFile(Frozen):
    """Published figures that the model is fitted to."""

    title: Annotated[str, Text(300)] = ""
    """Title in English; the name of the file if left out."""
    title_da: Annotated[str, Text(300)] = ""
    """Title in Danish."""
    targets: tuple[TargetFile, ...] = ()
    """Levels."""
    effects: tuple[EffectFile, ...] = ()
    """Differences between two scenarios."""
    conflicting_do_not_fit: tuple[Annotated[str, Text(1000)], ...] = ()
    """Published figures that contradict those above; they are listed, not fitted."""

    def misfits(self) -> Iterator[WrongValueError]:
        """Yield a file without figures, and names that stand twice."""
        if not (self.targets or self.effects):
            yield WrongValueError("holds no targets", "targets: or effects:, each a list")
        known: set[str] = set()
        for section, entries in (("targets", self.targets), ("effects", self.effects)):
            for k, entry in enumerate(entries):
                if entry.name in known:
                    yield WrongValueError(
                        f"is {show(entry.name, 80)}, a name that stands above already",
                        "every name once",
                        path=(section, str(k), "name"),
                    )
                known.add(entry.name)
        if self.effects and self.effects[0].change == SAME:
            yield WrongValueError(
                "is same, and there is no effect before",
                "a map of scenario keys",
                path=("effects", "0", "change"),
            )
