"""Every key of a scenario has its words in English and Danish, and docs/levers.md is what they make."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from ankomst.errors import DataError
from ankomst.policy import layers
from ankomst.policy.explain.lever_texts import lever_text, load_rows, load_texts, load_words
from ankomst.policy.explain.levers_page import levers_page
from ankomst.policy.explain.wording import kind_of, unit_of
from ankomst.policy.kinds import Choice, Choices, Quantity, Switch
from ankomst.policy.law import load_law
from ankomst.policy.levers.grants import OUTCOMES, GroupWeights, ResultGrant
from ankomst.policy.levers.lever_kinds import MaybeDay, RefundKind, TableKind
from ankomst.policy.parameters import load_registry
from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import Scenario
from ankomst.policy.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """All keys of a scenario that hold a value, apart from titles, sources and parameters."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys(inner, f"{prefix}{name}.")
        elif prefix or name not in {*layers.METADATA, "parameters"}:
            yield f"{prefix}{name}"


KEYS = list(keys(Scenario))
GRANT_KEYS = [f"result_grants.{name}" for name in keys(ResultGrant)]


def test_every_key_has_a_text_and_every_text_a_key() -> None:
    assert len(KEYS) > 50
    assert f"result_grants.group_weights.{next(iter(GroupWeights.model_fields))}" in GRANT_KEYS
    assert set(load_texts()) == {*KEYS, *GRANT_KEYS}


@pytest.mark.parametrize("key", [*KEYS, *GRANT_KEYS])
def test_a_text_is_whole(key: str) -> None:
    text = lever_text(key)
    assert all(text.label)
    assert text.label[0] != text.label[1] or key == "result_grants"
    assert all(text.effect)
    assert bool(text.cost[0]) == bool(text.cost[1])
    assert text.section in load_words()["sections"]
    for name in text.parameters:
        assert name in load_registry(), name
    for name in text.rates:
        rate, _, part = name.partition(".")
        assert rate in load_rates(), name
        assert not part or any(
            part in value for value in load_rates()[rate].values if isinstance(value, dict)
        )
    if key in KEYS:
        assert all("{after}" in said or isinstance(kind_of(key), Switch) for said in text.sentence)
        assert all(said.endswith(".") for said in text.sentence)
    assert all(text.off) == (isinstance(kind_of(key), Switch) and key in KEYS)


@pytest.mark.parametrize("key", [*KEYS, "result_grants.outcome"])
def test_every_value_that_is_a_word_has_its_words(key: str) -> None:
    kind, words = kind_of(key), lever_text(key).words
    needed: set[str] = set()
    if isinstance(kind, Choice | Choices | TableKind):
        needed |= set(kind.words)
    if isinstance(kind, RefundKind):
        needed |= {"null", "flat_50"}
    if isinstance(kind, Quantity):
        needed |= set(kind.words) | ({"null"} if kind.null else set())
    if isinstance(kind, MaybeDay) or (isinstance(kind, TableKind) and kind.null):
        needed.add("null")
    if key == "result_grants.outcome":
        needed, words = set(OUTCOMES), load_words()["grants"]
    assert needed <= set(words)
    for english, danish in (words[name] for name in needed):
        assert english
        assert danish
        assert "{" not in english + danish


def test_every_unit_has_words() -> None:
    units = {unit_of(key) for key in KEYS} - {""}
    assert units <= set(load_words()["units"])


def test_dated_rates_and_headings_have_words() -> None:
    words = load_words()
    assert set(words["rates"]) <= set(load_rates())
    # The others are the scenario's own grants, or move with the wage index, which stands for them.
    left_out = {name for name in load_rates() if name.startswith("result_grant")}
    left_out |= {
        "staff_month",
        "placement",
        "education_grant",
        "disability_pension",
        "lever_cost",
        "danish_class_hour",
    }
    assert set(load_rates()) - set(words["rates"]) == left_out
    assert {text.section for text in load_texts().values()} | {"parameters", "rates", "law"} == set(
        words["sections"]
    )
    assert {change.attaches for change in load_law()} <= set(words["law"])
    assert len(words["months"]) == 12


def test_parameters_of_levers_are_behind_a_key() -> None:
    named = {name for text in load_texts().values() for name in text.parameters}
    levers = {name for name in load_registry() if name.startswith("levers.")}
    levers |= {"municipality.target_pressure", "municipality.advisory_boost", "constants.dispersal_slope"}
    assert levers <= named
    costs = {name for text in load_texts().values() for name in text.rates if name.startswith("lever_cost.")}
    value = load_rates()["lever_cost"].values[0]
    assert isinstance(value, dict)
    assert costs == {f"lever_cost.{part}" for part in value}


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(
        DataError, match=r"has no text; allowed: an entry in .*; did you mean 'placements\.capacity'"
    ):
        lever_text("placements.capacty")


def test_the_table_of_proposals() -> None:
    rows = load_rows()
    assert [row.number for row in rows] == list(range(1, 24))
    by_row = {row.number: row for row in rows}
    used = {text.row for text in load_texts().values() if text.row is not None}
    assert used == set(by_row) - {23}
    for row in rows:
        for name in row.files:
            path = ROOT / "scenarios" / f"{name}.yaml"
            assert path.is_file(), name
            data = {".".join(key) for key, _ in layers.flatten(read_yaml(path).data)}
            own = {text.key for text in load_texts().values() if text.row == row.number}
            assert any(key.startswith(tuple(own)) for key in data) or "extends" in data or row.number == 18, (
                name
            )
    files = {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}
    readings = {f"one_year_{what}" for what in ("basic_grant_ends", "result_grants_end", "everything_ends")}
    others = files - {name for row in rows for name in row.files}
    assert others == {"upturn_2017", "history_2010_2018"} | readings


def test_the_committed_page_is_what_the_command_writes() -> None:
    # To write it anew: ankomst levers --out docs/levers.md
    page = (ROOT / "docs" / "levers.md").read_text(encoding="utf-8")
    assert page == levers_page(ROOT / "scenarios")


def test_the_page_holds_every_key_scenario_and_assumption() -> None:
    page = (ROOT / "docs" / "levers.md").read_text(encoding="utf-8")
    assert re.findall(r"^#### `(.+)`$", page, re.MULTILINE).__len__() == len(KEYS) + len(GRANT_KEYS)
    for path in (ROOT / "scenarios").glob("*.yaml"):
        assert f"| `{path.stem}` |" in page
    for change in load_law():
        assert change.text in page
    for line in re.findall(r"^  - `([\w.]+)` .*$", page, re.MULTILINE):
        name = line.partition(".")[0] if line.startswith("lever_cost") else line
        assumed = (
            load_registry()[name].grade == "assumption"
            if name in load_registry()
            else "assumption" in load_rates()[name].confidence
        )
        entry = next(text for text in page.splitlines() if text.startswith(f"  - `{line}` "))
        assert ("**assumed**" in entry) == assumed, entry
    assert "{" not in re.sub(r"\{(?:0-12|active|year|date)[^}]*\}", "", page)
