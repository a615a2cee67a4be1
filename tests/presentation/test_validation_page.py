"""The page of a validation: every case, verdicts in words, the residual, both languages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from ankomst.policy.published_reforms import load_published_reforms
from ankomst.report.document.texts import LANGUAGES
from ankomst.report.validation.page import build_validation_page, validation_texts
from ankomst.studies.metrics.validation_measures import WITH
from ankomst.studies.schema.validation_file import CASES
from ankomst.studies.validation.tables import Residual, residual_table, validation_table

if TYPE_CHECKING:
    from pathlib import Path

FITTED = Residual(
    since=dt.date(2016, 1, 1), fitted_to="barometer_2018", published=0.45, points=-3.5, reached=True,
    tried=(-10.0, 0.0, 10.0), led_to=(0.4, 0.46, 0.6), runs=3,
)  # fmt: skip


def _tables(residual: Residual | None = FITTED) -> dict[str, pd.DataFrame]:
    random = np.random.default_rng(1)
    names = []
    for case in load_published_reforms().values():
        mine = [quantity.name for quantity in case.quantities if quantity.simulated]
        names += mine + [name + WITH for name in mine if residual and case.run == "history"]
    rows = random.normal(0.3, 0.05, size=(40, len(names)))
    origin = "posterior"
    tables = {"validation": validation_table(names, rows, CASES, level=0.9, origin=origin, residual=residual)}
    return tables | ({"residual": residual_table(residual)} if residual else {})


def _facts(**more: object) -> dict[str, Any]:
    return {
        "title": ("Validation", "Validering"), "draws": 40, "origin": "posterior", "newcomers_per_year": 7945,
        "seed": 1, "level": 0.9, "created": "now", "residual": dataclasses.asdict(FITTED), "seconds": 60.0,
    } | more  # fmt: skip


def validation_samples() -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return tables and facts of a validation with a residual."""
    return _tables(), _facts()


def _read(path: Path) -> str:
    """Return the words of the page without scripts and marks."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_shows_every_case(lang: str, tmp_path: Path) -> None:
    path = build_validation_page(_tables(), _facts(), tmp_path / "page.html", lang)
    said, texts = _read(path), validation_texts(lang)
    for case in load_published_reforms().values():
        assert texts.pick((case.title, case.title_da)) in said.replace("&#x27;", "'")
    assert texts.get("validation.residual_negative") in said
    assert texts.get("validation.verdict_fitted") in said
    assert texts.get("validation.origin_posterior") in said
    assert "{" not in said
    assert "nan" not in said.lower().split()
    text = re.sub(r"<script\b.*?</script>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r'(?:src|href)="https?:', text)


def test_outside_stays_with_distance_and_reason(tmp_path: Path) -> None:
    said = _read(build_validation_page(_tables(), _facts(), tmp_path / "page.html"))
    assert "outside, model below by 45" in said  # Slagelse at 0.3 jobs
    assert "The report shows Slagelse as an example of success" in said
    assert "outside, model above by" in said


def test_tables_read_from_files_and_without_residual(tmp_path: Path) -> None:
    tables = _tables(None)
    place = tmp_path / "validation.csv"
    tables["validation"].to_csv(place, index=False)
    facts = _facts(residual=None, origin="prior", draws=6)
    read = {"validation": pd.read_csv(place)}
    said = _read(build_validation_page(read, facts, tmp_path / "page.html"))
    texts = validation_texts("en")
    for key in ("residual_none", "few", "origin_prior"):
        assert texts.get(f"validation.{key}") in said
    assert "Model with the residual" not in said


def test_lacking_table_or_fact_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="table 'validation' is missing"):
        build_validation_page({}, _facts(), tmp_path / "page.html")
    facts = _facts()
    del facts["origin"]
    with pytest.raises(ValueError, match="lack origin"):
        build_validation_page(_tables(), facts, tmp_path / "page.html")


def test_both_languages_have_the_same_texts() -> None:
    english, danish = (
        {key: set(re.findall(r"{(\w+)}", text)) for key, text in validation_texts(lang).entries.items()}
        for lang in LANGUAGES
    )
    own = {key for key in english if key.startswith("validation.")}
    assert own == {key for key in danish if key.startswith("validation.")}
    assert {key: english[key] for key in own} == {key: danish[key] for key in own}
