"""Made-up tables of every kind that people bring, and the ways in which they come: sound and damaged."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ankomst.simulation.municipalities import read_municipalities

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

NATION = read_municipalities()
NAMES = ("København", "Læsø", "Ærø", "Fanø", "Århus By", "Høje-Taastrup", "Vordingborg", "Ringkøbing-Skjern")
WHOLE = ("population_2013", "syrian_immigration_2013", "syrian_immigration_2014", "year", "people", "refugee",
         "reunified_with_refugee", "reunified_with_other", "municipality.planning_months")  # fmt: skip
"""Columns in which three digits behind a sign are thousands."""
POINT = "\N{BULLET}"
"""Stands for a point that stays one where decimals get commas."""
TEXT = ("code", "name", "region", "note")
ORIGINS = ("refugee", "reunified_with_refugee", "reunified_with_other")
PARAMETERS = {
    "search.crowding": (1.0, 40.0),
    "municipality.creaming": (0.1, 0.8),
    "municipality.planning_months": (6, 36),
    "exits.business_start": (0.0, 0.002),
    "job_finding.b_health": (-1.4, -0.2),
}


@dataclass
class Sheet:
    """A table and how it is written; `truth` is what its author means."""

    kind: str
    names: list[str]
    rows: list[list[str]]
    truth: list[dict[str, str]] = field(default_factory=list)
    separator: str = ","
    comma: bool = False
    newline: str = "\n"
    encoding: str = "utf-8"
    quotes: str = ""
    end: bool = True
    later: list[Callable[[list[str], random.Random], None]] = field(default_factory=list)
    damage: list[Callable[[bytes, random.Random], bytes]] = field(default_factory=list)

    def content(self, dice: random.Random) -> bytes:
        """Write the table."""
        lines = []
        for row in (self.names, *self.rows):
            cells = []
            for name, cell in zip(self.names, row, strict=False):
                plain = self.comma and name not in TEXT and row is not self.names
                text = cell.replace(".", ",") if plain else cell
                quoted = self.quotes == "all" or (self.quotes == "some" and dice.random() < 0.4)
                text = f'"{text}"' if quoted or self.separator in text else text
                cells.append(text.replace(POINT, "."))
            cells += row[len(self.names) :]
            lines.append(self.separator.join(cells))
        for change in self.later:
            change(lines, dice)
        text = self.newline.join(lines) + (self.newline if self.end else "")
        if self.encoding == "cp1252":
            text = unicodedata.normalize("NFC", text)
        content = text.encode(self.encoding, "replace")
        for change in self.damage:
            content = change(content, dice)
        return content


def made(kind: str, dice: random.Random) -> Sheet:
    """Return a sound table of a kind: municipalities, totals, origins, shares or posterior."""
    names, rows = {"municipalities": _municipalities, "totals": _totals, "origins": _origins,
                   "shares": _shares, "posterior": _posterior}[kind](dice)  # fmt: skip
    return Sheet(kind, names, rows, [dict(zip(names, row, strict=True)) for row in rows])


def _municipalities(dice: random.Random) -> tuple[list[str], list[list[str]]]:
    names = ["code", "name", "region", "population_2013"]
    further = {
        "tax_rate_2013_pct": lambda: f"{dice.uniform(20, 28):.{dice.choice((1, 2, 3))}f}",
        "unemployment_2013_pct": lambda: dice.choice((f"{dice.uniform(1, 12):.2f}", "")),
        "syrian_immigration_2013": lambda: dice.choice((str(dice.randint(0, 400)), "")),
        "syrian_immigration_2014": lambda: str(dice.randint(0, 2400)),
        "longitude": lambda: f"{dice.uniform(8, 15):.3f}",
    }
    chosen = [name for name in further if dice.random() < 0.7]
    rows = []
    for name in dice.sample(NAMES, dice.randint(2, 6)):
        people = int(10 ** dice.uniform(2.0, 5.7)) + 7
        region = dice.choice(("Øst", "Region Nordjylland"))
        rows.append([str(101 + 2 * NAMES.index(name)), name, region, str(people)])
        rows[-1] += [further[column]() for column in chosen]
    return names + chosen, rows


def _totals(dice: random.Random) -> tuple[list[str], list[list[str]]]:
    first = dice.randint(2006, 2020)
    people = [dice.choice((str(dice.randint(0, 15_000)), f"{dice.uniform(1, 9000):.1f}")) for _ in range(6)]
    return ["year", "people"], [[str(first + k), number] for k, number in enumerate(["700", *people])]


def _origins(dice: random.Random) -> tuple[list[str], list[list[str]]]:
    rows = [
        [str(2010 + k), *(str(dice.randint(1, 9000)) for _ in ORIGINS)] for k in range(dice.randint(1, 6))
    ]
    return ["year", *ORIGINS], rows


def _shares(dice: random.Random) -> tuple[list[str], list[list[str]]]:
    codes = dice.sample(NATION.code, dice.randint(2, 8))
    number = dice.choice(
        (
            lambda: f"0.{dice.randint(1, 999):03d}",
            lambda: f"{dice.uniform(1, 40):.{dice.choice((1, 2))}f}",
            lambda: str(dice.randint(1, 5000)),
        )
    )
    return ["code", "share"], [[code, number()] for code in codes]


def _posterior(dice: random.Random) -> tuple[list[str], list[list[str]]]:
    names = dice.sample(list(PARAMETERS), dice.randint(2, 5))
    rows = []
    for _ in range(dice.randint(2, 12)):
        values = [dice.uniform(*PARAMETERS[name]) for name in names]
        rows.append(
            [str(round(x)) if name in WHOLE else f"{x:.6g}" for name, x in zip(names, values, strict=True)]
        )
    return names, rows


# -- ways that change no number ------------------------------------------------------------------------


def _order(sheet: Sheet, dice: random.Random) -> None:
    places = dice.sample(range(len(sheet.names)), len(sheet.names))
    sheet.names = [sheet.names[k] for k in places]
    sheet.rows = [[row[k] for k in places] for row in sheet.rows]


def _danish(sheet: Sheet, dice: random.Random) -> None:
    sheet.separator, sheet.comma = dice.choice((";", "\t")), True


def _points(sheet: Sheet, dice: random.Random) -> None:
    sheet.separator, sheet.comma = dice.choice((";", "\t")), False


def _remarks(sheet: Sheet, dice: random.Random) -> None:
    place = dice.randint(0, len(sheet.names))
    sheet.names.insert(place, "note")
    for row in sheet.rows:
        row.insert(
            place, dice.choice(("", "år 1, skøn; foreløbigt", "1.839", 'sagt "cirka"'.replace('"', "")))
        )


def _blank_lines(sheet: Sheet, _: random.Random) -> None:
    def change(lines: list[str], dice: random.Random) -> None:
        for _ in range(dice.randint(1, 3)):
            lines.insert(dice.randint(0, len(lines)), dice.choice(("", "  ")))

    sheet.later.append(change)


def _spaces(sheet: Sheet, dice: random.Random) -> None:
    sheet.rows = [[f" {cell} " if dice.random() < 0.3 else cell for cell in row] for row in sheet.rows]


def _whole_with_decimals(sheet: Sheet, dice: random.Random) -> None:
    for row in sheet.rows:
        for k, name in enumerate(sheet.names):
            if name in WHOLE and row[k].strip().isdecimal() and dice.random() < 0.5:
                row[k] = f"{row[k].strip()}.0"


def _decomposed(sheet: Sheet, _: random.Random) -> None:
    sheet.rows = [[unicodedata.normalize("NFD", cell) for cell in row] for row in sheet.rows]


def _set(name: str, value: object) -> Callable[[Sheet, random.Random], None]:
    return lambda sheet, _: setattr(sheet, name, value)


HARMLESS: dict[str, Callable[[Sheet, random.Random], None]] = {
    "mark": _set("encoding", "utf-8-sig"),
    "windows": _set("encoding", "cp1252"),
    "unicode text": _set("encoding", "utf-16"),
    "CRLF": _set("newline", "\r\n"),
    "CR": _set("newline", "\r"),
    "quotes": _set("quotes", "all"),
    "some quotes": _set("quotes", "some"),
    "no end": _set("end", value=False),
    "order": _order,
    "danish": _danish,
    "points": _points,
    "remarks": _remarks,
    "blank lines": _blank_lines,
    "spaces": _spaces,
    "decimals of whole numbers": _whole_with_decimals,
    "decomposed letters": _decomposed,
}


# -- damage --------------------------------------------------------------------------------------------


def _cell(change: Callable[[str, random.Random], str], *, numbers: bool = True) -> Callable[..., None]:
    """Change one cell, or each of a column."""

    def apply(sheet: Sheet, dice: random.Random) -> None:
        places = [k for k, name in enumerate(sheet.names) if (name not in TEXT) == numbers]
        if not places:
            return
        k = dice.choice(places)
        rows = dice.choice((sheet.rows, [dice.choice(sheet.rows)]))
        for row in rows:
            if k < len(row):
                row[k] = change(row[k], dice)

    return apply


def _grouped(text: str, dice: random.Random) -> str:
    head, _, tail = text.strip().partition(".")
    sign = dice.choice((POINT, ",", " ", "\N{NO-BREAK SPACE}", "'", "’", "\N{NARROW NO-BREAK SPACE}"))
    try:
        number = f"{int(head):,}".replace(",", sign)
    except ValueError:
        return text
    return number + (f"{dice.choice(POINT + ',')}{tail}" if tail else "")


def _row(change: Callable[[list[str], random.Random], object]) -> Callable[[Sheet, random.Random], None]:
    return lambda sheet, dice: change(dice.choice(sheet.rows), dice) and None


def _add(row: list[str], dice: random.Random) -> None:
    row.insert(dice.randint(0, len(row)), dice.choice(("", "5", "x", "0.3")))


def _shift(row: list[str], _: random.Random) -> None:
    row.append(row.pop(0))


def _swap(row: list[str], dice: random.Random) -> None:
    one, two = dice.randrange(len(row)), dice.randrange(len(row))
    row[one], row[two] = row[two], row[one]


def _ends_with_separator(sheet: Sheet, dice: random.Random) -> None:
    every = dice.random() < 0.5

    def change(lines: list[str], dice: random.Random) -> None:
        for k in range(1, len(lines)) if every else (dice.randrange(len(lines)),):
            lines[k] += sheet.separator

    sheet.later.append(change)


def _unquoted_commas(sheet: Sheet, _: random.Random) -> None:
    def change(lines: list[str], _: random.Random) -> None:
        lines[1:] = [line.replace(".", ",") for line in lines[1:]]

    sheet.later.append(change)


def _header(change: Callable[[list[str], random.Random], object]) -> Callable[[Sheet, random.Random], None]:
    return lambda sheet, dice: change(sheet.names, dice) and None


def _misspelt(names: list[str], dice: random.Random) -> None:
    k = dice.randrange(len(names))
    names[k] = dice.choice((names[k][:-1], names[k] + "x", "", names[k - 1], names[k].upper()))


def _other_separator(sheet: Sheet, _: random.Random) -> None:
    def change(lines: list[str], dice: random.Random) -> None:
        k = dice.randrange(len(lines))
        lines[k] = lines[k].replace(sheet.separator, dice.choice(";,\t"))

    sheet.later.append(change)


def _twice(sheet: Sheet, dice: random.Random) -> None:
    sheet.rows.insert(dice.randint(0, len(sheet.rows)), list(dice.choice(sheet.rows)))


def _sum_row(sheet: Sheet, dice: random.Random) -> None:
    total = []
    for k, name in enumerate(sheet.names):
        cells = [row[k].strip() for row in sheet.rows if len(row) > k]
        numbers = [float(cell) for cell in cells if re.fullmatch(r"[0-9]+(\.[0-9]+)?", cell)]
        total.append("I alt" if name in TEXT else f"{sum(numbers):g}")
    sheet.rows.insert(dice.choice((0, len(sheet.rows))), total)


def _scaled(text: str, dice: random.Random) -> str:
    try:
        return f"{float(text) / dice.choice((100, 1000)):g}"
    except ValueError:
        return text


def _bytes(content: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.choice((1, 1, 1, 3))):
        at = dice.randrange(len(content) + 1)
        new = dice.choice((b"", b",", b";", b".", b'"', b"\n", b" ", b"0", b"9", b"-", b"\xe6", b"\0"))
        content = content[:at] + new + content[at + dice.randint(0, 1) :]
    return content


def _after(change: Callable[[bytes, random.Random], bytes]) -> Callable[[Sheet, random.Random], None]:
    return lambda sheet, _: sheet.damage.append(change)


ODD = (
    *(
        "nan",
        "inf",
        "-inf",
        "1_000",
        "0x1A",
        "１２",
        "1e400",
        "1.2.3",
        "--5",
        "NA",
        "..",
        "-",
        "",
        "1/2",
        "½",
    ),
    *(
        "5 %",
        "23.8%",
        "'5",
        "5kr",
        "(5)",
        "2013-01-01",
        "jan-13",
        "1e5",
        "05",
        "+5",
        "5.",
        ".5",
        "٣",
        "1,2,3",
    ),
)
DAMAGE: dict[str, Callable[[Sheet, random.Random], None]] = {
    "a field more": _row(_add),
    "a field less": _row(lambda row, dice: row.pop(dice.randrange(len(row)))),
    "shifted": _row(_shift),
    "swapped": _row(_swap),
    "separator at the end": _ends_with_separator,
    "decimal commas between commas": _unquoted_commas,
    "thousands": _cell(_grouped),
    "odd number": _cell(lambda _, dice: dice.choice(ODD)),
    "other unit": _cell(_scaled),
    "comma in one": _cell(lambda text, _: text.replace(".", ",")),
    "point in one": _cell(lambda text, _: text.replace(".", POINT) if "." in text else f"{text}{POINT}5"),
    "formula": _cell(lambda text, dice: dice.choice("=+-@") + text, numbers=False),
    "key": _cell(lambda text, dice: dice.choice(("", "# " + text, text + "\x07", "x")), numbers=False),
    "header": _header(_misspelt),
    "column less": _header(lambda names, dice: names.pop(dice.randrange(len(names)))),
    "column more": _header(lambda names, dice: names.append(dice.choice(("x", "", "people", "share")))),
    "another separator": _other_separator,
    "row twice": _twice,
    "sum": _sum_row,
    "bytes": _after(_bytes),
    "cut": _after(lambda content, dice: content[: dice.randrange(len(content))]),
    "old encoding": _after(lambda content, _: content.decode("utf-8", "ignore").encode("cp850", "ignore")),
    "twice encoded": _after(lambda content, _: content.decode("cp1252", "ignore").encode()),
}
