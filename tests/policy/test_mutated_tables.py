"""Five thousand tables, well written and damaged: each is read as a person reads it, or refused."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.policy.table_person import UnclearError, outcome, person_reads
from tests.policy.table_sheets import DAMAGE, HARMLESS, NATION, Sheet, made

from ankomst.errors import AnkomstError
from ankomst.policy.arrivals import read_arrivals
from ankomst.simulation.inflow import read_shares
from ankomst.simulation.municipalities import read_municipalities
from ankomst.studies.design.posterior import read_posterior

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("municipalities", "totals", "origins", "shares", "posterior")
TABLES = 1000
"""Of each kind."""


def program_reads(kind: str, path: Path) -> dict[str, object]:
    """Return what the program makes of a table."""
    if kind == "municipalities":
        table = read_municipalities(path)
        return {
            "code": list(table.code),
            "name": list(table.name),
            "tax": table.tax,
            "unemployment": table.unemployment,
            "longitude": table.longitude,
            "people": table.population_key,
            "refugees": table.refugee_key,
        }
    if kind in {"totals", "origins"}:
        read_arrivals.cache_clear()
        arrivals = read_arrivals(path)
        return {"year": arrivals.years, "people": arrivals.people}
    if kind == "shares":
        return {"share": read_shares(path, NATION)}
    draws = read_posterior(path)
    return {name: [draw[name] for draw in draws.values] for name in draws.names}


def same(one: dict[str, object], two: dict[str, object]) -> bool:
    """Whether two readings hold the same texts and numbers."""
    if set(one) != set(two):
        return False
    return all(
        one[name] == two[name]
        if name in {"code", "name"}
        else np.shape(one[name]) == np.shape(two[name])
        and np.allclose(one[name], two[name], rtol=1e-12, atol=0.0, equal_nan=True)  # type: ignore[arg-type]
        for name in one
    )


def meant(sheet: Sheet) -> dict[str, object]:
    """Return what the author of a table means."""
    rows = [
        {name: cell if name in {"code", "name", "region"} else float(cell) if cell else None
         for name, cell in row.items()}
        for row in sheet.truth
    ]  # fmt: skip
    return outcome(sheet.kind, rows)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_read_as_a_person_reads_it_or_refused(kind: str, tmp_path: Path) -> None:
    told: Counter[str] = Counter()
    for number in range(TABLES):
        dice = random.Random(f"{kind} {number}")  # noqa: S311 - no secret
        sheet = made(kind, dice)
        ways = dice.sample(list(HARMLESS), dice.randint(0, 4))
        damage = dice.sample(list(DAMAGE), dice.choice((0, 1, 1, 2)))
        for name in ways:
            HARMLESS[name](sheet, dice)
        for name in damage:
            DAMAGE[name](sheet, dice)
        content = sheet.content(dice)
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content)
        case = (number, ways, damage, content)
        found, said = read(kind, path)
        if found is None:
            told["refused"] += 1
            assert damage, (*case, said)
            assert path.name in said
            assert "\n" not in said
            continue
        told["read though damaged" if damage else "read"] += 1
        try:
            right = outcome(kind, person_reads(content)) if damage else meant(sheet)
        except UnclearError:
            pytest.fail(f"{case} is unclear, and was read as {found}")
        assert same(found, right), (*case, found, right)
    assert told["read"] > TABLES // 6
    assert told["refused"] > TABLES // 3
    assert told["read though damaged"] > TABLES // 50


def read(kind: str, path: Path) -> tuple[dict[str, object] | None, str]:
    """Return what the program reads, or what it says where it refuses."""
    try:
        return program_reads(kind, path), ""
    except AnkomstError as error:
        return None, str(error)
