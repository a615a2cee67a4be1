"""Pages as a strict reader of HTML sees them: no error of the parser, headings in order, everything named."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from justhtml import JustHTML
from plotly.offline import get_plotlyjs
from tests.presentation import batch_samples, page_samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from justhtml import Node

pytestmark = pytest.mark.compiled
MOST = 6_000_000
"""Bytes of a page."""
PAGES = (*page_samples.EACH, "batch_en", "batch_da")


@pytest.fixture(name="result", scope="module")
def result_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return batch_samples.run(tmp_path_factory.mktemp("batch"), replicates=3, people=40)


@pytest.fixture(name="page", scope="module", params=PAGES)
def page_fixture(
    request: pytest.FixtureRequest, result: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    folder, (kind, _, lang) = tmp_path_factory.mktemp("page"), request.param.partition("_")
    page = page_samples.write_batch(result, lang, folder) if lang else page_samples.write(kind, folder)
    yield page
    page.unlink()


@pytest.fixture(name="tree", scope="module")
def tree_fixture(page: Path) -> JustHTML:
    html = page.read_text(encoding="utf-8")
    # Five megabytes of script that end at the first closing tag, wherever it stands: none may stand in it.
    script = get_plotlyjs()
    assert "</script" not in script.casefold()
    assert "<!--" not in script
    assert html.count(script) == 1
    return JustHTML(html.replace(script, ""), collect_errors=True, sanitize=False)


def words(node: Node) -> str:
    return " ".join(node.to_text().split())


def test_the_page_is_small_enough_to_be_sent(page: Path) -> None:
    assert page.stat().st_size < MOST


def test_a_strict_parser_finds_no_error(tree: JustHTML) -> None:
    assert [str(error) for error in tree.errors] == []


def test_the_language_is_told_and_every_id_is_its_own(page: Path, tree: JustHTML) -> None:
    assert tree.query("html")[0].attrs["lang"] == page.stem.partition("_")[2]
    ids = [node.attrs["id"] for node in tree.query("[id]")]
    assert sorted(ids) == sorted(set(ids))
    assert all(re.fullmatch(r"\S+", each) for each in ids)
    links = [str(node.attrs["href"]) for node in tree.query("a")]
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_headings_are_in_order_and_everything_is_in_a_landmark(tree: JustHTML) -> None:
    found = tree.query("h1, h2, h3, h4, h5, h6")
    levels = [int(node.name[1]) for node in found]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [
        (words(low), words(high)) for low, high in pairwise(found) if int(high.name[1]) > int(low.name[1]) + 1
    ] == []
    assert all(words(node) for node in found)
    assert len(tree.query("main")) == 1
    (body,) = tree.query("div.page")
    assert {node.name for node in body.children if node.name not in {"#text", "#comment"}} == {
        "header",
        "main",
    }


def test_every_table_has_heads_and_rows_as_wide_as_they(tree: JustHTML) -> None:
    for table in tree.query("table"):
        heads = table.query("thead th")
        assert heads
        assert all(node.attrs.get("scope") == "col" for node in heads)
        assert {len(row.query("td, th")) for row in table.query("tbody tr")} <= {len(heads)}


def test_every_figure_has_a_name_a_heading_and_a_caption_with_its_source(page: Path, tree: JustHTML) -> None:
    figures = tree.query("figure")
    assert figures
    source = {"en": "Source: ", "da": "Kilde: "}[page.stem.partition("_")[2]]
    for figure in figures:
        assert figure.attrs["aria-label"]
        (heading,) = figure.query("h3")
        assert str(figure.attrs["aria-label"]) in words(heading)
        (caption,) = figure.query("figcaption")
        (said,) = caption.query(".source")
        assert words(said).startswith(source)
        assert words(said).count(source) == 1
        assert len(words(caption)) > len(words(said))
