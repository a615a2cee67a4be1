"""Names and descriptions of every key of a scenario in English and Danish, and words that they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankomst.errors import DataError, nearest_name, show
from ankomst.policy.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).parents[1] / "data"
TEXTS = (DATA / "lever_texts.yaml", DATA / "proposal_texts.yaml")
WORDS = DATA / "lever_words.yaml"
LANGUAGES = ("en", "da")


@dataclass(frozen=True)
class LeverText:
    """The texts of one key; every text is a pair (English, Danish).

    Attributes
    ----------
    key : str
        Dotted key of the scenario.
    section : str
        Heading under which the key stands.
    label, sentence, off, effect, cost : pair of str
        Name; what a change says ({after}, {before}); the same for a switch that is off; what the key does in
        the model; what is booked and who pays. Empty where there is none.
    words : mapping
        Values that are words: word, "null" or number to a pair.
    parameters, rates : tuple of str
        Registry and dated rates that carry the effect and the cost; an entry of a table is `table.entry`.
    row : int or None
        Row of the table of proposals.
    """

    key: str
    section: str
    label: tuple[str, str]
    sentence: tuple[str, str]
    off: tuple[str, str]
    effect: tuple[str, str]
    cost: tuple[str, str]
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()
    row: int | None = None


@dataclass(frozen=True)
class Row:
    """One proposal of the source documents and the scenario files that carry it."""

    number: int
    document: str
    proposal: str
    files: tuple[str, ...]


@cache
def load_texts() -> Mapping[str, LeverText]:
    """Return the texts of all keys, in the order of the files."""
    texts: dict[str, LeverText] = {}
    for path in TEXTS:
        for key, entry in read_yaml(path, DataError).data.items():
            texts[key] = _text(key, entry)
    return texts


def lever_text(key: str) -> LeverText:
    """Return the texts of a key or raise `DataError`."""
    texts = load_texts()
    if key not in texts:
        raise DataError(
            f"the key {show(key)} has no text",
            allowed=f"an entry in {' or '.join(path.name for path in TEXTS)}",
            nearest=nearest_name(key, texts),
        )
    return texts[key]


@cache
def load_words() -> Mapping[str, Any]:
    """Return the shared words as they stand in the file, without the table of proposals."""
    return {name: entry for name, entry in read_yaml(WORDS, DataError).data.items() if name != "rows"}


def word(group: str, name: str, language: str) -> str:
    """Return a shared word in a language."""
    return str(load_words()[group][name][LANGUAGES.index(language)])


@cache
def load_rows() -> tuple[Row, ...]:
    """Return the table of proposals."""
    rows = read_yaml(WORDS, DataError).data["rows"]
    return tuple(
        Row(number, entry["document"], entry["proposal"], tuple(entry["files"]))
        for number, entry in enumerate(rows, start=1)
    )


def _text(key: str, entry: Mapping[str, Any]) -> LeverText:
    def pair(name: str) -> tuple[str, str]:
        return str(entry.get(f"{name}_en", "")), str(entry.get(f"{name}_da", ""))

    return LeverText(
        key=key,
        section=entry.get("section", key.partition(".")[0]),
        label=pair("label"),
        sentence=pair("sentence"),
        off=pair("off"),
        effect=pair("effect"),
        cost=pair("cost"),
        words={name: (said[0], said[1]) for name, said in entry.get("words", {}).items()},
        parameters=tuple(entry.get("parameters", ())),
        rates=tuple(entry.get("rates", ())),
        row=entry.get("row"),
    )
