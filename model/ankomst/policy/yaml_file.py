"""Strict reading of small YAML files written by people, with the line of every key.

The reader builds plain data from the parser's events, so that nothing is constructed from tags, no alias can
grow beyond a limit and every duplicate key is seen. Numbers follow YAML 1.2: a leading zero (``012``) or a
colon (``1:30``) does not silently become another number. ``on`` and ``off`` are booleans.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ankomst.errors import AnkomstError, Problems, ScenarioError, show
from ankomst.policy.files import display_path, read_bytes
from ankomst.policy.written_numbers import how_to_write, meant_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_NODES = 20_000

KeyPath = tuple[str, ...]

_WORDS: dict[str, object] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "on": True,
    "yes": True,
    "false": False,
    "off": False,
    "no": False,
    ".nan": float("nan"),
    ".inf": float("inf"),
    "+.inf": float("inf"),
    "-.inf": float("-inf"),
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,18})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_INDICATORS = ("{", "[", '"', "'", "&", "*", "!", "|", ">")
_DOTTED = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DottedNumber(float):
    """A number written with exactly three decimals, such as 46.881: in DKK thousands may be meant."""


@dataclass(frozen=True)
class YamlFile:
    """Data of one file and the line of every key.

    Attributes
    ----------
    path
        The file as it was given.
    data
        The mapping in the file; keys are text as written.
    lines
        Line number (from 1) by key path; items of a list are counted from "0".
    """

    path: Path
    data: dict[str, Any]
    lines: dict[KeyPath, int] = field(repr=False)


def plain_scalar(text: str) -> object:
    """Return the value of an unquoted YAML scalar: null, boolean, number, date or text."""
    lower = text.lower()
    if lower in _WORDS and text in {lower, lower.capitalize(), lower.upper()}:
        return _WORDS[lower]
    value: object = text
    if _INTEGER.fullmatch(text):
        value = int(text)
    elif _FLOAT.fullmatch(text):
        value = DottedNumber(text) if _DOTTED.fullmatch(text) else float(text)
    elif _DATE.fullmatch(text):
        with contextlib.suppress(
            ValueError
        ):  # 2013-02-30 stays text, so that the check of its key can name it
            value = dt.date.fromisoformat(text)
    return value


def read_yaml(
    path: Path, kind: type[AnkomstError] = ScenarioError, problems: Problems | None = None
) -> YamlFile:
    """Read a YAML file that holds one mapping.

    Parameters
    ----------
    path
        The file.
    kind
        The error to raise.
    problems
        Takes what is wrong with single keys, such as a key that stands twice, and the rest of the file is
        returned; left out, they are raised.

    Raises
    ------
    AnkomstError
        The file is missing, a folder, too large, not UTF-8, not valid YAML, or not a mapping of keys.
    """
    where = display_path(path)
    return read_text(_text(path, where, kind), path, where, kind, problems)


def read_text(
    text: str,
    path: Path,
    where: str,
    kind: type[AnkomstError] = ScenarioError,
    problems: Problems | None = None,
) -> YamlFile:
    """Parse YAML text that holds one mapping; see `read_yaml`."""
    found = Problems() if problems is None else problems
    builder = _Builder(text, where, kind, found)
    try:
        data = builder.document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = " ".join(str(error.problem or error.context or "cannot be parsed").split())
        found.add(kind(f"is not valid YAML ({problem})", where=f"{where}, line {line}"))
        raise found.joined() from None
    except AnkomstError as error:
        found.add(error)
        raise found.joined() from None
    except (yaml.YAMLError, ValueError, OverflowError, IndexError, TypeError):
        raise kind("is not valid YAML (it holds characters that YAML does not allow)", where=where) from None
    if data is None:
        raise kind("the file is empty", where=where, allowed="a mapping of keys, such as 'title: ...'")
    if not isinstance(data, dict):
        content = "a list" if isinstance(data, list) else f"the single value {show(data)}"
        raise kind(
            f"the file holds {content}", where=where, allowed="a mapping of keys, such as 'title: ...'"
        )
    if problems is None:
        found.settle()
    return YamlFile(path, data, builder.lines)


def parse_value(key: str, text: str, where: str, kind: type[AnkomstError] = ScenarioError) -> object:
    """Return the value of a YAML fragment, such as ``60``, ``null`` or ``{active: 0.5, passive: 0.3}``."""
    if len(text) > 10_000:
        raise kind("the value is longer than 10,000 characters", where=where)
    if "\n" not in text and ": " not in text and not text.lstrip().startswith(_INDICATORS):
        return plain_scalar(text.strip())
    quoted = key.replace("'", "''")
    return next(iter(read_text(f"'{quoted}': {text}", Path(), where, kind).data.values()))


def _text(path: Path, where: str, kind: type[AnkomstError]) -> str:
    try:
        return read_bytes(path, most=MAX_BYTES, kind=kind, wanted="a YAML file").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise kind(
            "is not UTF-8 text", where=f"{where}, line {line}", allowed="text files saved as UTF-8"
        ) from None


class _Builder:
    """Turn parser events into plain data, refusing what a policy file never needs."""

    def __init__(self, text: str, where: str, kind: type[AnkomstError], problems: Problems) -> None:
        self.text = text
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self.where = where
        self.kind = kind
        self.problems = problems
        self.lines: dict[KeyPath, int] = {}
        self.anchors: dict[str, tuple[object, int]] = {}
        self.nodes = 0
        self.lists: set[KeyPath] = set()
        self.cut: dict[KeyPath, tuple[str, yaml.Event]] = {}

    def document(self) -> object:
        """Return the content; problems of single keys are noted beside."""
        try:
            return self.content()
        finally:
            for path, (digits, event) in self.cut.items():
                sentence = f"{self.name(path)} is {digits}, where a comma begins the next entry"
                hint = how_to_write(digits)
                self.problems.add(self.error(f"{sentence}; {hint}" if hint else sentence, event))

    def content(self) -> object:
        data: object = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.error(
                        "holds more than one YAML document", event, allowed="one document, no second '---'"
                    )
                data = self.node(next(self.events), ())
        return data

    def error(self, what: str, event: yaml.Event, allowed: str = "") -> AnkomstError:
        return self.kind(what, where=f"{self.where}, line {_line(event)}", allowed=allowed)

    def node(self, event: yaml.Event, path: KeyPath) -> object:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        before = self.nodes
        self.count(event, 1)
        if len(path) > MAX_DEPTH:
            raise self.error(f"is nested more than {MAX_DEPTH} levels deep", event)
        value: object
        if isinstance(event, yaml.MappingStartEvent):
            self.refuse_tag(event)
            value = self.mapping(path, flow=bool(event.flow_style))
        elif isinstance(event, yaml.SequenceStartEvent):
            self.refuse_tag(event)
            value = self.sequence(path, flow=bool(event.flow_style))
        elif isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event)
        else:
            raise self.error("holds an unexpected mark", event)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.nodes - before)
        return value

    def count(self, event: yaml.Event, size: int) -> None:
        self.nodes += size
        if self.nodes > MAX_NODES:
            raise self.error(f"holds more than {MAX_NODES:,} values once its aliases are expanded", event)

    def refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            raise self.error(
                f"the YAML tag {show(event.tag)} is not accepted", event, "plain values without tags"
            )

    def alias(self, event: yaml.AliasEvent) -> object:
        name = show(f"*{event.anchor}")
        if event.anchor not in self.anchors:
            raise self.error(f"the alias {name} refers to itself or to no anchor above it", event)
        value, size = self.anchors[event.anchor]
        self.count(event, size)
        return value

    def scalar(self, event: yaml.ScalarEvent) -> object:
        self.refuse_tag(event)
        text: str = event.value
        if any("\ud800" <= c <= "\udfff" for c in text):
            raise self.error("holds characters that are not valid text", event)
        return plain_scalar(text) if event.style is None else text

    def mapping(self, path: KeyPath, *, flow: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        before = _Before()
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key, value = self.key(event, path), next(self.events)
            if key is None:
                self.node(value, (*path, "?"))
            elif flow and _empty(value) and self.goes_on(before, event):
                self.join(found, before.path[-1], before, event)
            else:
                here = (*path, key)
                self.lines.setdefault(here, _line(event))
                before = _Before(_digits(value), _span(value)[1], here)
                self.put(found, here, self.node(value, here), event)
        return found

    def key(self, event: yaml.Event, path: KeyPath) -> str | None:
        """Return a key, or None where it is none that a file may have."""
        if not isinstance(event, yaml.ScalarEvent):
            self.problems.add(self.error("a key must be a plain name", event))
            self.node(event, (*path, "?"))
            return None
        self.scalar(event)
        self.count(event, 1)
        key: str = event.value
        if key == "<<" and event.style is None:
            sentence = "the merge key '<<' is not accepted"
            self.problems.add(self.error(sentence, event, "'extends: FILE' to build on a file"))
            return None
        return key

    def put(self, found: dict[str, Any], here: KeyPath, value: object, event: yaml.Event) -> None:
        """Put a value under its key; of a key that stands twice, the first value counts."""
        key = here[-1]
        if key not in found:
            found[key] = value
            return
        sentence = f"the key '{self.name(here)}' stands twice (first in line {self.lines[here]})"
        self.problems.add(self.error(sentence, event))
        if isinstance(value, dict) and isinstance(found[key], dict):
            found[key] = value | found[key]  # what stands in the second only is checked as well

    def sequence(self, path: KeyPath, *, flow: bool) -> list[Any]:
        found: list[Any] = []
        self.lists.add(path)
        before = _Before()
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            digits = _digits(event)
            # Nobody writes 05 for an item of its own.
            if flow and digits[:1] == "0" != digits and self.goes_on(before, event):
                self.join(found, -1, before, event)
                continue
            here = (*path, str(len(found)))
            self.lines.setdefault(here, _line(event))
            found.append(self.node(event, here))
            before = _Before(digits, _span(event)[1], here)
        return found

    def name(self, path: KeyPath) -> str:
        """Write a path for people, who count the items of a list from 1."""
        text = ""
        for k, part in enumerate(path):
            item = part.isdecimal() and path[:k] in self.lists
            text += f"[{int(part) + 1}]" if item else f".{part}" if text else part
        return text

    def goes_on(self, before: _Before, event: yaml.Event) -> bool:
        """Whether digits follow those of the value before after nothing but a comma, as in 0,5."""
        stands_between = self.text[before.end : _span(event)[0]]
        return bool(before.digits) and stands_between == "," and _digits(event).isdecimal()

    def join(self, found: Any, key: str | int, before: _Before, event: yaml.Event) -> None:  # noqa: ANN401
        """Note that a comma has cut a number in two; what is meant takes its place, so that it is checked."""
        before.digits += f",{_digits(event)}"
        before.end = _span(event)[1]
        self.cut[before.path] = before.digits, event
        for number in meant_numbers(before.digits)[:1]:
            found[key] = number


@dataclass
class _Before:
    """The value before in braces or brackets: its digits, if it is nothing else, and where it stands."""

    digits: str = ""
    end: int = 0
    path: KeyPath = ()


def _digits(event: yaml.Event) -> str:
    """Return an unquoted value of digits as it is written, or nothing."""
    if not isinstance(event, yaml.ScalarEvent) or event.style is not None:
        return ""
    return event.value if re.fullmatch(r"[-+]?[0-9.]*[0-9]", event.value) else ""


def _empty(event: yaml.Event) -> bool:
    start, end = _span(event)
    return isinstance(event, yaml.ScalarEvent) and start == end


def _span(event: yaml.Event) -> tuple[int, int]:
    """Return where an event begins and ends in the text."""
    return (
        event.start_mark.index if event.start_mark else 0,
        event.end_mark.index if event.end_mark else 0,
    )


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
