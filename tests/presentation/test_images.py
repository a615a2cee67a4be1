"""Images of figures with their words inside, and a file of numbers for each."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go
import pytest
from tests.presentation import story_samples as samples

from ankomst.errors import AnkomstError, OutputError
from ankomst.report.chart.figure_data import data_of
from ankomst.report.chart.key import block_sample, key_html
from ankomst.report.document.page import Drawn
from ankomst.report.document.texts import load_texts
from ankomst.report.writers import images
from ankomst.report.writers.image_words import with_words

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.browser
def test_figures_become_images_of_every_format(tmp_path: Path) -> None:
    if images.find_browser() is None:
        pytest.skip("no Chromium on this machine")
    story = samples.story("run", "da", first=1)
    found = images.write_images(story, tmp_path / "new", images.FORMATS)
    assert [path.name for path in found] == [f"01_employment.{name}" for name in images.FORMATS]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(path.name for path in found)
    starts = {path.suffix: path.read_bytes()[:8] for path in found}
    assert starts[".png"].startswith(b"\x89PNG")
    assert starts[".pdf"].startswith(b"%PDF")
    drawing = found[1].read_text(encoding="utf-8")
    assert drawing.startswith("<svg")
    for words in (story.figures[0].title.split()[0], "Figur 1", story.source, "Treårig introduktionsperiode"):
        assert words in drawing


@pytest.mark.parametrize(("kind", "lang"), samples.EACH.items())
def test_the_words_stand_around_the_figure_and_not_on_it(kind: str, lang: str) -> None:
    texts = load_texts(lang, "slides")
    for number, item in enumerate(samples.figures(kind, lang), start=1):
        figure = with_words(item, number, "the source", texts, images.WIDTH)
        before, after = item.figure.layout, figure.layout
        assert len(figure.data) >= len(item.figure.data)
        assert after.height > before.height
        assert after.title.text.count("<br>") <= 8
        added = after.height - before.height
        grown = after.margin.t + after.margin.b
        assert grown >= added
        assert "the source" in after.annotations[-1].text
        named = [trace.name for trace in figure.data if trace.legend == "legend9"]
        assert bool(named) == bool(item.key)
        assert item.figure.layout.height == before.height


def test_a_key_brings_no_axes_to_a_figure_of_flows() -> None:
    flows = go.Figure(
        go.Sankey(node={"label": ["a", "b"]}, link={"source": [0], "target": [1], "value": [1]})
    )
    key = key_html([(block_sample("#0072B2"), "a")])
    drawn = Drawn("flows", "Flows", "", "n = 1", flows, key)
    made = with_words(drawn, 1, "", load_texts("en", "slides"), 900)
    assert made.layout.xaxis.visible is False
    assert made.layout.yaxis.visible is False
    assert [trace.type for trace in made.data] == ["sankey", "scatter"]
    assert flows.layout.xaxis.visible is None


def test_numbers_of_every_figure_are_a_file(tmp_path: Path) -> None:
    story = samples.story("decision", "en")
    found = images.write_data(story, tmp_path / "data")
    assert len(found) == len(story.figures)
    for path, item in zip(found, story.figures, strict=True):
        read, wanted = pd.read_csv(path), data_of(item)
        # An empty text is a gap once it was read from a file.
        words = [name for name in wanted.columns if not pd.api.types.is_numeric_dtype(wanted[name])]
        read[words] = read[words].astype(object).fillna("")
        pd.testing.assert_frame_equal(read, wanted, check_dtype=False)
    assert found[0].name == "01_robustness_net_cost_both_120.csv"


def test_without_a_browser_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setattr(images, "find_browser", lambda: None)
    for lang, word in (("en", "Images need"), ("da", "Billeder kræver")):
        story = samples.story("run", lang, first=1)
        with pytest.raises(images.BrowserError, match=f"{word}.*Debian: apt install chromium") as caught:
            images.write_images(story, tmp_path / "none")
        assert isinstance(caught.value, AnkomstError)
    assert not (tmp_path / "none").exists()


def test_a_browser_that_does_not_start_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    assert images.find_browser() == str(broken)
    with pytest.raises(images.BrowserError, match=r"chromium \(BROWSER_PATH\) failed: "):
        images.write_images(samples.story("run", "en", first=1), tmp_path / "none", ("png",))


@pytest.mark.parametrize("name", ["nothing", "folder", "text"])
def test_a_wrong_browser_path_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no program", encoding="utf-8")
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / name))
    assert images.find_browser() is None
    for lang, said in (("en", "BROWSER_PATH names {}, where there"), ("da", "BROWSER_PATH angiver {}, hvor")):
        with pytest.raises(images.BrowserError) as caught:
            images.write_images(samples.story("run", lang, first=1), tmp_path / "none", ("png",))
        assert said.format(tmp_path / name) in str(caught.value)


def test_a_wrong_format_and_an_empty_story_are_no_images(tmp_path: Path) -> None:
    story = samples.story("run", "en", first=1)
    with pytest.raises(OutputError, match="no image format 'gif'; allowed: png, svg, pdf"):
        images.write_images(story, tmp_path, ("gif",))
    assert images.write_images(samples.story("run", "en", first=0), tmp_path) == []
