"""The page: self-contained, escaped, in two languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.presentation.reading import read

from ankomst.report.demo.figures import FIGURES
from ankomst.report.demo.page import TABLES, build_report

if TYPE_CHECKING:
    from pathlib import Path

Tables = dict[str, pd.DataFrame]


@pytest.fixture(name="page", scope="module", params=["en", "da"])
def page_fixture(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tables: Tables,
    facts: dict[str, Any],
) -> Path:
    out = tmp_path_factory.mktemp("page") / "new" / f"{request.param}.html"
    return build_report(tables, facts, out, request.param)


def test_the_page_loads_nothing_from_outside(page: Path) -> None:
    html, reader = read(page)
    assert reader.loaded == []
    assert "link" not in reader.tags
    assert "default-src 'none'" in html
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert "@import" not in style
    assert "url(" not in style
    assert html.count("plotly.js v") == 1


def test_the_page_has_every_figure_with_a_footer(page: Path) -> None:
    html, reader = read(page)
    assert reader.tags.count("figure") == len(FIGURES) >= 4
    assert reader.tags.count("figcaption") == len(FIGURES)
    assert all(f'id="plot-{name}"' in html for name in FIGURES)
    assert [path.name for path in page.parent.iterdir()] == [page.name]


def test_the_page_says_what_the_parameters_and_what_the_interval_are(page: Path) -> None:
    words = " ".join(read(page)[1].texts)
    english = page.stem == "en"
    assert ("central draw of the posterior" if english else "posteriorens centrale trækning") in words
    assert "start values" not in words
    assert (
        "does NOT hold the uncertainty of the parameters" if english else "rummer IKKE usikkerheden"
    ) in words
    assert ("Nobody has measured" if english else "Ingen har målt") in words
    assert "introduktionsperiode" in words.lower()
    assert "resultattilskud" in words.lower()
    assert "7,000" in words if english else "7.000" in words


def test_the_table_has_all_combinations(page: Path) -> None:
    html, _ = read(page)
    table = html.partition('id="table-combinations"')[2].partition("</table>")[0]
    assert table.count("<tr>") == 1 + 32


def test_no_text_is_left_unfilled(page: Path) -> None:
    words = " ".join(read(page)[1].texts)
    assert not re.search(r"\{\w+\}", words)
    assert "nan" not in words.lower().split()


def test_texts_from_files_are_escaped(tmp_path: Path, tables: Tables, facts: dict[str, Any]) -> None:
    bad = '<script>alert("x")</script>&'
    shares = pd.DataFrame([{"name": bad, "value": bad, "unit": bad, "grade": bad, "source": bad}])
    changed = {
        **{
            name: table.replace({"grant_at_entry": bad, "staff": bad, "refugee": bad})
            for name, table in tables.items()
        },
        "shares": shares,
        "economics": tables["economics"].assign(text=bad, convention=bad),
    }
    told = {
        **facts,
        "title": bad,
        "notes": [bad],
        "created": bad,
        "scenario_titles": {bad: (bad, bad, bad)},
        "design_order": [bad if name == "grant_at_entry" else name for name in facts["design_order"]],
    }
    plain = read(build_report(tables, facts, tmp_path / "plain.html"))[1]
    html, reader = read(build_report(changed, told, tmp_path / "bad.html"))
    assert "<script>alert" not in html
    assert reader.tags.count("script") == plain.tags.count("script")


@pytest.mark.parametrize("lang", ["en", "da"])
def test_draws_of_the_posterior_are_named_and_the_intervals_are_theirs(
    tmp_path: Path, tables: Tables, facts: dict[str, Any], lang: str
) -> None:
    told = {**facts, "draws": 200, "notes": []}
    words = " ".join(read(build_report(tables, told, tmp_path / "page.html", lang))[1].texts)
    for said in {
        "en": ("Parameters are 200 draws of the posterior", "200 parameter sets",
               "one more run at another draw", "prediction interval",
               "does NOT hold errors of the model's form", "differs from draw to draw"),
        "da": ("Parametrene er 200 trækninger", "200 parametersæt", "én kørsel mere ved en anden trækning",
               "prædiktionsinterval", "rummer IKKE fejl i modellens form", "fra trækning til trækning"),
    }[lang]:  # fmt: skip
        assert said in words, said
    for wrong in ("noise of simulation", "Monte-Carlo interval", "central draw of the posterior.",
                  "simuleringens støj", "Monte Carlo-interval"):  # fmt: skip
        assert wrong not in words, wrong


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_or_empty_table_is_a_clear_error(
    name: str, tmp_path: Path, tables: Tables, facts: dict[str, Any]
) -> None:
    rest = {other: table for other, table in tables.items() if other != name}
    with pytest.raises(ValueError, match=f"table '{name}' is missing"):
        build_report(rest, facts, tmp_path / "page.html")
    with pytest.raises(ValueError, match=f"table '{name}' is empty"):
        build_report({**rest, name: tables[name].iloc[:0]}, facts, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_a_missing_fact_is_named(tmp_path: Path, tables: Tables, facts: dict[str, Any]) -> None:
    told = {name: value for name, value in facts.items() if name != "baseline"}
    with pytest.raises(ValueError, match="lack baseline"):
        build_report(tables, told, tmp_path / "page.html")
