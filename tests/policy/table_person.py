"""What a person reads in a table: written apart from the program, with the whole file in view."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
from tests.policy.table_sheets import NATION, ORIGINS, PARAMETERS, TEXT, WHOLE

BOUNDS = {"tax_rate_2013_pct": 60.0, "unemployment_2013_pct": 60.0, "longitude": 180.0}
"""Above these a number makes no sense."""
Row = dict[str, "str | float | None"]


class UnclearError(Exception):
    """A person would ask back."""


def person_reads(content: bytes) -> list[Row]:
    """Return the rows of a table as a person reads them."""
    names, lines, separator = _lines(content)
    texts = [dict(zip(names, line, strict=True)) for line in lines]
    numbers = [cell for row in texts for name, cell in row.items() if name not in TEXT]
    # A sign with other than three digits behind it, or a nought before it, shows what decimals look like.
    shown = {sign for cell in numbers for sign in ",." if _shows_decimals(cell, sign)}
    if len(shown) > 1 or ("," in shown and separator == ","):
        raise UnclearError
    rows: list[Row] = [
        {name: cell if name in TEXT else _number(cell, name, shown, separator) for name, cell in row.items()}
        for row in texts
    ]
    for row in rows:
        if any(not row.get(name, "x") for name in ("code", "name", "region")):
            raise UnclearError
        if 0 < (row.get("tax_rate_2013_pct") or 0) < 1:  # type: ignore[operator]
            raise UnclearError
        if str(row.get("name", "")).lower() == "i alt":
            raise UnclearError
    for key in ("code", "name", "year"):
        if key in names and len({str(row[key]).lower() for row in rows}) < len(rows):
            raise UnclearError
    return rows


def outcome(kind: str, rows: list[Row]) -> dict[str, object]:
    """Return what the program should make of the rows."""
    if kind == "municipalities":
        people = _column(rows, "population_2013", np.nan)
        key = sum(_column(rows, f"syrian_immigration_{year}", 0.0) for year in (2013, 2014))
        key = key if key.sum() > 0 else people
        return {
            "code": [row["code"] for row in rows],
            "name": [row["name"] for row in rows],
            "tax": _column(rows, "tax_rate_2013_pct", 24.91) / 100,
            "unemployment": _column(rows, "unemployment_2013_pct", 5.75),
            "longitude": _column(rows, "longitude", np.nan),
            "people": people / people.sum(),
            "refugees": key / key.sum(),
        }
    if kind in {"totals", "origins"}:
        names = ["people"] if kind == "totals" else ORIGINS
        return {
            "year": _column(rows, "year", np.nan),
            "people": sum(_column(rows, name, np.nan) for name in names),
        }
    if kind == "shares":
        own = np.zeros(NATION.size)
        for row in rows:
            own[NATION.code.index(str(row["code"]))] = row["share"]
        return {"share": own}
    names = [name for name in PARAMETERS if name in rows[0]]
    return {name: _column(rows, name, np.nan) for name in names}


def _lines(content: bytes) -> tuple[list[str], list[list[str]], str]:
    try:
        text = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
        if any(sign > "\x7f" and not sign.isalpha() and not sign.isspace() for sign in text):
            raise UnclearError from None
    if re.search(r"Ã|�|[\x00-\x08\x0e-\x1f]", text):
        raise UnclearError
    lines = [line for line in re.split(r"\r\n|\r|\n", unicodedata.normalize("NFC", text)) if line.strip()]
    if len(lines) < 2:
        raise UnclearError
    separator = max(",;\t", key=lambda sign: re.sub('"[^"]*"', "", lines[0]).count(sign))
    cells = [_split(line, separator) for line in lines]
    names, rows = cells[0], [row for row in cells[1:] if any(row)]
    if any(len(row) != len(names) for row in cells) or len(set(names)) < len(names) or not rows:
        raise UnclearError
    return names, rows, separator


def _split(line: str, separator: str) -> list[str]:
    """Take a line apart, sign by sign; a separator between quotation marks is part of the text."""
    cells, cell, inside = [], "", False
    for sign in line:
        if sign == '"':
            inside = not inside
        elif sign == separator and not inside:
            cells.append(cell.strip())
            cell = ""
        else:
            cell += sign
    if inside:
        raise UnclearError
    return [*cells, cell.strip()]


def _shows_decimals(cell: str, sign: str) -> bool:
    head, found, tail = cell.partition(sign)
    if (
        not found
        or not re.fullmatch("[+-]?[0-9]*", head, re.ASCII)
        or not re.fullmatch("[0-9]+(e-?[0-9]{1,3})?", tail)
    ):
        return False
    return len(tail) != 3 or not re.fullmatch("[+-]?[1-9][0-9]{0,2}", head)


def _number(cell: str, name: str, shown: set[str], separator: str) -> float | None:
    if not cell:
        return None
    if re.fullmatch("[+-]?(0|[1-9][0-9]*)", cell, re.ASCII):
        return float(cell)
    if re.fullmatch("[+-]?[0-9]*[.,][0-9]+(e-?[0-9]{1,3})?|[0-9]e-?[0-9]{1,3}", cell, re.ASCII):
        decimal = float(cell.replace(",", "."))
        if re.fullmatch("[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", cell):
            many = float(re.sub("[.,]", "", cell))
            if name in WHOLE:
                return many if many > 36 or "planning" not in name else decimal
            if "," in cell and separator == ",":
                raise UnclearError
            most = PARAMETERS[name][1] if name in PARAMETERS else BOUNDS.get(name, np.inf)
            if many <= most and not shown & set(cell):
                raise UnclearError
            if shown and not shown & set(cell):
                raise UnclearError
        return decimal
    thousands = re.fullmatch(
        r"[+-]?([1-9][0-9]{0,2}(?:([.,'’\s])[0-9]{3})(?:\2[0-9]{3})*)([.,][0-9]+)?", cell
    )
    if thousands:
        return float(re.sub(r"[.,'’\s]", "", thousands[1]) + (thousands[3] or "").replace(",", "."))
    raise UnclearError


def _column(rows: list[Row], name: str, blank: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([blank if row.get(name) is None else row[name] for row in rows], dtype=float)
