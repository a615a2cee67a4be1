"""Numbers as people write them: decimal commas, separators of thousands, and the commas of a list."""

from __future__ import annotations

import re

_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}([.,])[0-9]{3}(\1[0-9]{3})*")
_DECIMAL = re.compile(r"(?P<whole>[-+]?[0-9]*)([.,](?P<part>[0-9]+))?")
_BOTH = re.compile(r"(?P<whole>[-+]?[1-9][0-9]{0,2}(([.,])[0-9]{3})+)(?!\3)[.,](?P<part>[0-9]+)")


def meant_numbers(text: str) -> list[float]:
    """Return what can be meant by digits with commas and dots, thousands before decimals.

    Examples
    --------
    >>> meant_numbers("46.881"), meant_numbers("0,5"), meant_numbers("46.881,50")
    ([46881.0, 46.881], [0.5], [46881.5])
    """
    numbers = []
    if _THOUSANDS.fullmatch(text):
        numbers.append(float(re.sub("[.,]", "", text)))
    match = _DECIMAL.fullmatch(text) or _BOTH.fullmatch(text)
    if match and any(character.isdecimal() for character in text):
        numbers.append(float(f"{re.sub('[.,]', '', match['whole'])}.{match['part'] or 0}"))
    return numbers


def in_full(number: float) -> str:
    """Write a number as it should stand in a file."""
    return f"{number:.10g}" if abs(number) < 1e10 else f"{number:,.0f}"


def how_to_write(text: str) -> str:
    """Say how a number with commas should be written; nothing where it cannot be meant as one."""
    meant = [in_full(number) for number in meant_numbers(text)]
    if len(meant) == 2:
        return f"write {meant[0]} (thousands) or {meant[1]} (decimal comma)"
    if not meant:
        return ""
    return f"{'separators of thousands' if text.count(',') > 1 else 'decimal comma'}? write {meant[0]}"


def comma_hint(items: object, wanted: int) -> str:
    """Say how the numbers of a list should be written where its commas are meant as decimal commas.

    Parameters
    ----------
    items : object
        What a file holds in place of `wanted` numbers: [0, 5] in place of 0.5.
    wanted : int
        1 or 2.
    """
    if not isinstance(items, list) or not all(type(item) is int for item in items):
        return ""
    texts, said = [str(item) for item in items], ""
    if len(texts) > 1 and len(texts[-1]) > 3:  # too long for what follows a comma
        return ""
    if len(texts) == 2 and wanted == 1:
        said = how_to_write(",".join(texts))
    elif len(texts) in {3, 4} and wanted == 2:
        first = texts[:1] if len(texts) == 3 else [",".join(texts[:2])]
        numbers = [meant_numbers(text) for text in (*first, ",".join(texts[-2:]))]
        if all(numbers):
            said = f"decimal comma? write [{', '.join(in_full(meant[0]) for meant in numbers)}]"
    return f" ({said})" if said else ""
