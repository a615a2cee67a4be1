"""Visible texts in English and Danish, and numbers written as each language writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

LANGUAGES = ("en", "da")
LOCALES = {"en": "en-GB", "da": "da-DK"}
"""Each language as office files name it."""
MINUS = "\N{MINUS SIGN}"
_SEPARATORS = {"en": (",", "."), "da": (".", ",")}


def number(value: float, decimals: int = 0, *, sign: bool = False, lang: str = "en") -> str:
    """Write a number: 1,234.5 in English, 1.234,5 in Danish, a dash where there is none."""
    if not math.isfinite(value):
        return "\N{EN DASH}"
    thousands, point = _SEPARATORS[lang]
    digits = f"{abs(value):,.{decimals}f}"
    # A value that rounds to zero has no sign.
    rounds_to_zero = not any(digit in "123456789" for digit in digits)
    prefix = "" if rounds_to_zero else MINUS if value < 0 else "+" if sign else ""
    return prefix + digits.translate(str.maketrans(",.", thousands + point))


@dataclass(frozen=True)
class Texts:
    """The texts of one language.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"da"``.
    entries : mapping of str to str
        Dotted key to text; ``{name}`` marks a value to fill in.
    phrases : mapping of str to str
        Fixed English phrases of the tables to their wording in this language.
    """

    lang: str
    entries: Mapping[str, str]
    phrases: Mapping[str, str]

    def get(self, key: str, **values: object) -> str:
        """Return the text of `key` with `values` filled in; an unknown key is an error."""
        if key not in self.entries:
            raise ValueError(f"no text '{key}' in texts_{self.lang}.yaml")
        return self.entries[key].format(**values)

    def label(self, section: str, name: object) -> str:
        """Return the name to show for an identifier; one without a text is shown with spaces."""
        return self.entries.get(f"{section}.{name}", str(name).replace("_", " "))

    def phrase(self, text: object) -> str:
        """Return a table's fixed English phrase in this language, or the text as it stands."""
        return self.phrases.get(str(text), str(text))

    def pick(self, value: object) -> str:
        """Return this language's side of an (English, Danish) pair or mapping; a plain text as it is."""
        if isinstance(value, Mapping):
            return str(value.get(self.lang, value.get("en", "")))
        if isinstance(value, list | tuple):
            index = LANGUAGES.index(self.lang)
            return str(value[index] if index < len(value) and value[index] else value[0])
        return str(value)

    def number(self, value: float, decimals: int = 0, *, sign: bool = False) -> str:
        """Write a number: 1,234.5 in English, 1.234,5 in Danish, a dash where there is none."""
        return number(value, decimals, sign=sign, lang=self.lang)

    def span(self, low: float, high: float, decimals: int = 0, *, sign: bool = False) -> str:
        """Write an interval as 'low to high'."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return "\N{EN DASH}"
        return self.get(
            "word.span",
            low=self.number(low, decimals, sign=sign),
            high=self.number(high, decimals, sign=sign),
        )

    def listing(self, names: list[str]) -> str:
        """Join names with commas and a last 'and'."""
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {self.get('word.and')} {names[-1]}"

    @property
    def separators(self) -> str:
        """Decimal point and thousands separator in Plotly's order."""
        thousands, point = _SEPARATORS[self.lang]
        return point + thousands


def _flatten(node: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in node.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value).strip()
    return flat


@cache
def load_texts(lang: str, page: str = "") -> Texts:
    """Load the texts of a language.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"da"``.
    page : str
        A page with texts of its own (calibration, validation); they are added to those that all pages share.

    Returns
    -------
    Texts

    Raises
    ------
    ValueError
        If there are no texts in that language.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not '{lang}'")
    document = _document(f"texts_{lang}.yaml")
    phrases = {str(key): str(value) for key, value in document.pop("phrases").items()}
    own = _document(f"texts_{page}_{lang}.yaml") if page else {}
    return Texts(lang, _flatten(document) | _flatten(own), phrases)


def _document(name: str) -> dict[str, Any]:
    file = resources.files(__package__).joinpath(name)
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content
