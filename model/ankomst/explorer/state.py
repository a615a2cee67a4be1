"""All that a person has chosen: written to the address of the page and read from it, strictly.

The address is the only place of the state, so that a link gives the same view. What cannot be read is left
at its default, and a problem says so; nothing in an address names a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from ankomst.errors import nearest_name, show
from ankomst.explorer.choices import EXTENSIONS, GRANTS, LEVERS, RANGES, SAMPLES, SCENARIOS
from ankomst.report.document.texts import LANGUAGES

if TYPE_CHECKING:
    from ankomst.report.document.texts import Texts

LONGEST: Final = 8_000
"""Characters of an address that are read."""
MOST_PROBLEMS: Final = 8
_MOST_KEYS = 40
_NUMBER = re.compile(r"-?[0-9]{1,7}(\.[0-9]{1,2})?")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,6000}={0,2}")


@dataclass(frozen=True)
class State:
    """What is compared, the levers that were moved, the sample and the language.

    Attributes
    ----------
    base, alt : str
        Names of shipped scenarios.
    base_grants, alt_grants : str
        Designs of the grant laid over them; empty is that of the scenario.
    own : str
        Token of a scenario of one's own (see `upload`), which takes the place of `alt`; empty is none.
    months, extension, grant1, grant2, grant3, sustained, evening, intensity, benefit : optional
        Levers; None is what the alternative has.
    sample, lang : str
    """

    base: str = "three_year"
    base_grants: str = ""
    alt: str = "one_year"
    alt_grants: str = ""
    own: str = ""
    months: float | None = None
    extension: str | None = None
    grant1: float | None = None
    grant2: float | None = None
    grant3: float | None = None
    sustained: float | None = None
    evening: float | None = None
    intensity: float | None = None
    benefit: float | None = None
    sample: str = "quick"
    lang: str = "en"

    @property
    def moved(self) -> dict[str, Any]:
        """Levers that do not stand where the alternative has them."""
        return {name: value for name in LEVERS if (value := getattr(self, name)) is not None}

    def query(self) -> str:
        """Return the state as the query of an address, without what is at its default."""
        default = State()
        kept = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return urlencode([(name, _written(value)) for name, value in kept if value != getattr(default, name)])


@dataclass(frozen=True)
class Problem:
    """Something in an address that is not used: a text of the page and what fills it."""

    kind: str
    key: str = ""
    value: str = ""
    allowed: str = ""
    nearest: str = ""

    def say(self, texts: Texts) -> str:
        """Return the problem as a sentence."""
        allowed = self.allowed or texts.get("explorer.problem.no_value")
        if self.kind == "number":
            bounds = RANGES[self.key]
            names = ("low", "high", "step")
            numbers = {name: texts.number(getattr(bounds, name), bounds.decimals) for name in names}
            allowed = texts.get("explorer.problem.range", **numbers)
        said = texts.get(f"explorer.problem.{self.kind}", part=self.key, value=self.value, allowed=allowed)
        return f"{said} {texts.get('explorer.problem.nearest', name=self.nearest)}" if self.nearest else said


def parse(query: str) -> tuple[State, list[Problem]]:
    """Read a state from the query of an address, with or without its question mark.

    Returns
    -------
    State
        Every part that cannot be read stands at its default.
    list of Problem
        At most `MOST_PROBLEMS`.
    """
    text = query.removeprefix("?")
    if len(text) > LONGEST:
        return State(), [Problem("too_long", allowed=str(LONGEST))]
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_KEYS)
    except ValueError:
        return State(), [Problem("too_many", allowed=str(_MOST_KEYS))]
    known = [field.name for field in fields(State)]
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in pairs:
        if key not in known:
            problems.append(Problem("unknown", show(key), nearest=nearest_name(key, known)))
        elif key in values:
            problems.append(Problem("twice", key))
        else:
            values[key], problem = _read(key, value)
            if problem is not None:
                problems.append(problem)
    return State(**{key: value for key, value in values.items() if value is not None}), problems[
        :MOST_PROBLEMS
    ]


def _read(key: str, text: str) -> tuple[Any, Problem | None]:
    """Return the value of a key, or None and what is wrong."""
    if key in RANGES:
        bounds = RANGES[key]
        value = float(text) if _NUMBER.fullmatch(text) else float("nan")
        if bounds.holds(value):
            return value, None
        return None, Problem("number", key, show(text))
    if key == "own":
        return (text, None) if _TOKEN.fullmatch(text) else (None, Problem("token", key))
    words = _WORDS[key]
    if text in words:
        return text, None
    near = nearest_name(text, [word for word in words if word])
    few = [word for word in words if word] if len(words) < 12 else []
    return None, Problem("word", key, show(text), ", ".join(few), near)


_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "base": SCENARIOS,
    "alt": SCENARIOS,
    "base_grants": ("", *GRANTS),
    "alt_grants": ("", *GRANTS),
    "extension": EXTENSIONS,
    "sample": tuple(SAMPLES),
    "lang": LANGUAGES,
}


def _written(value: object) -> str:
    """Write a number as short as it is: 12, not 12.0."""
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)
