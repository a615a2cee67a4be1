"""Numbers in tables that people bring: decimal points or decimal commas, never separators of thousands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from ankomst.errors import nearest_name, show
from ankomst.policy.schema import WrongValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet takes for a formula."""
_NUMBER: Final = re.compile(
    r"[+-]?(?:(?:0|[1-9][0-9]*)(?:[.,][0-9]+)?|[.,][0-9]+)(?P<power>[eE][+-]?[0-9]{1,3})?"
)
_GROUPED: Final = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(?P<by>[.,'’\s])[0-9]{3}(?:(?P=by)[0-9]{3})*(?P<rest>[.,][0-9]+)?"
)
"""Digits in groups of three, as thousands are written; 1.839 may be a decimal number as well."""
_DRESSED: Final = re.compile(r"['’]?(?P<bare>[-+0-9.,'’\s]*[0-9])\s*(?:%|pct\.?|kr\.?|DKK)?", re.IGNORECASE)
"""A number with the mark of a text before it or a unit behind it."""


@dataclass(frozen=True)
class Column:
    """Values that a column of a table may hold.

    Attributes
    ----------
    name : str
    kind : {"text", "number", "count", "whole"}
        A count may have decimals, but three digits behind a point or comma are meant as thousands there.
    needed : bool
        Whether the column must be there.
    blank : bool
        Whether its cells may be blank.
    once : bool
        Whether every value may stand only once.
    words : tuple of str
        The texts that may stand there, where these are few.
    low, high : float
        Range of the numbers, both ends included.
    unit : str
        Unit as people read it.
    per_cent : float
        A number above 0 and below this one is taken for a share, where per cent are wanted.
    """

    name: str
    kind: Literal["text", "number", "count", "whole"] = "text"
    needed: bool = True
    blank: bool = False
    once: bool = False
    words: tuple[str, ...] = ()
    low: float = -1e12
    high: float = 1e12
    unit: str = ""
    per_cent: float = 0.0

    @property
    def allowed(self) -> str:
        """Return what may stand in a cell, as shown in messages."""
        if self.words:
            text = ", ".join(self.words)
        elif self.kind == "text":
            text = "a text"
        else:
            number = "a whole number" if self.kind == "whole" else "a number"
            text = f"{number} from {self.low:.10g} to {self.high:.10g}"
            text += f" ({self.unit})" if self.unit else ""
            if self.kind != "number" and self.high >= 1000:
                text += ", without separators of thousands"
        return f"{text}, or nothing" if self.blank else text

    def word(self, text: str) -> str:
        """Return a text that may stand in the column, or raise `WrongValueError`."""
        if self.words and text not in self.words:
            raise WrongValueError(f"is {show(text)}", self.allowed, nearest_name(text, self.words))
        if text.startswith(FORMULA):
            raise WrongValueError(
                f"is {show(text)}, which a spreadsheet takes for a formula",
                "a text that does not begin with =, +, - or @",
            )
        return text

    def number(self, value: float, said: str, sign: str = ".") -> float:
        """Return a number that may stand in the column, or raise `WrongValueError`.

        Parameters
        ----------
        value : float
        said : str
            The number as the message shows it.
        sign : str
            Decimal sign in which another number is suggested.
        """
        if 0 < value < self.per_cent:
            hint = f"{100 * value:.6g}".replace(".", sign)
            raise WrongValueError(f"is {said}, a share where per cent are wanted", self.allowed, hint)
        # What is no number lies in no range.
        if not self.low <= value <= self.high or (self.kind == "whole" and value != round(value)):
            raise WrongValueError(f"is {said}", self.allowed)
        return value + 0.0  # -0.0 becomes 0


@dataclass(frozen=True)
class Writing:
    """Decimal sign and thousands of the numbers in a file.

    Attributes
    ----------
    sign : str
        Decimal sign.
    proven : bool
        Whether a number shows that the sign is a decimal one: 23.8 does, 1.839 may be a count.
    separator : str
        Sign between the columns.
    """

    sign: str
    proven: bool
    separator: str

    @classmethod
    def of(cls, texts: Iterable[str], separator: str) -> Writing:
        """Tell from all numbers of a file: with commas between the columns decimals have points."""
        numbers = [text for text in texts if _NUMBER.fullmatch(text)]
        signs = {sign for text in numbers for sign in ",." if sign in text}
        sign = "." if separator == "," or signs == {"."} else ","
        proven = any(sign in text and not _GROUPED.fullmatch(text) for text in numbers)
        return cls(sign, proven, separator)

    def read(self, text: str, column: Column) -> float:
        """Return the number that a person reads in a cell, or raise `WrongValueError`."""
        grouped, found = _GROUPED.fullmatch(text), _NUMBER.fullmatch(text)
        if grouped:
            self._refuse_thousands(text, grouped, column, is_number=found is not None)
        if found is None:
            near = self._bare(text)
            what = f"is {show(text)}" + (", more than a plain number" if near else "")
            raise WrongValueError(what, column.allowed, near)
        other = "." if self.sign == "," else ","
        if other in text:
            raise WrongValueError(*self._mixed(text, other))
        if found["power"] and column.kind != "number":
            raise WrongValueError(f"is {show(text)}: a spreadsheet has shortened the number", column.allowed)
        return column.number(float(text.replace(",", ".")), show(text), self.sign)

    def _refuse_thousands(
        self, text: str, grouped: re.Match[str], column: Column, *, is_number: bool
    ) -> None:
        """Refuse digits in groups, unless the sign before the only group can be nothing but decimal."""
        rest = grouped["rest"] or ""
        plain = text.removesuffix(rest).replace(grouped["by"], "")
        decimal = is_number and grouped["by"] == self.sign and column.kind == "number"
        if (decimal and self.proven) or (is_number and not column.low <= float(plain) <= column.high):
            return
        if decimal:
            short = f"{float(text.replace(',', '.')):.10g}".replace(".", self.sign)
            raise WrongValueError(
                f"is {show(text)}, which may be {plain} or {short}", f"{plain}, or {text}0 for {short}"
            )
        raise WrongValueError(
            f"is {show(text)}, with a separator of thousands",
            column.allowed,
            plain + re.sub("[.,]", self.sign, rest),
        )

    def _mixed(self, text: str, other: str) -> tuple[str, str, str]:
        near = text.replace(other, self.sign)
        if self.separator == ",":
            what = f"is {show(text)}, with a decimal comma in a table whose columns are divided by commas"
            return what, "decimal points, or semicolons between the columns", near
        what = f"is {show(text)}, with a decimal point, while other numbers of the table have decimal commas"
        return what, "one decimal sign in the whole table", near

    def _bare(self, text: str) -> str:
        """Return the plain number in a text such as '23,8 %' or "'559440", as it should be written."""
        dressed = _DRESSED.fullmatch(text)
        bare = dressed["bare"].strip() if dressed else ""
        grouped = _GROUPED.fullmatch(bare)
        if grouped and grouped["by"] not in ".,":
            bare = bare.replace(grouped["by"], "")
        elif grouped:
            return ""
        return re.sub("[.,]", self.sign, bare) if _NUMBER.fullmatch(bare) else ""
