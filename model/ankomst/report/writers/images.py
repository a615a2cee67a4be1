"""Figures as images for print and mail, and the numbers of each figure as a file of its own."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ankomst.errors import OutputError
from ankomst.report.chart.figure_data import data_of
from ankomst.report.chart.figure_words import clean
from ankomst.report.document.texts import load_texts
from ankomst.report.writers.files import write_whole
from ankomst.report.writers.image_words import with_words
from ankomst.studies.engine.csv_text import csv_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from ankomst.report.document.story import Story

FORMATS: Final = ("png", "svg", "pdf")
WIDTH: Final = 1100
"""Pixels; a PNG has twice as many, for print."""
_SCALE: Final = 2
_TIMEOUT: Final = 90.0
# What it warns of while a browser fails is said again by the error.
logging.getLogger("choreographer").setLevel(logging.ERROR)


NAMED: Final = "BROWSER_PATH"
"""Variable of the environment that names the browser, as kaleido reads it."""


class BrowserError(OutputError):
    """There is no Chromium that could draw the images."""


def find_browser() -> str | None:
    """Return the Chromium of this machine, or None where there is none."""
    if named := os.environ.get(NAMED):
        return shutil.which(named)
    from choreographer.browsers.chromium import Chromium  # noqa: PLC0415 - comes with an extra

    found = Chromium.find_browser(skip_local=False)
    return str(found) if found else None


def write_images(story: Story, folder: Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write every figure with its title, key, footer and source as images.

    Parameters
    ----------
    story : Story
    folder : Path
        Made when it is missing.
    formats : sequence of str
        Of png, svg and pdf.

    Returns
    -------
    list of Path
        The files, numbered as the figures are.

    Raises
    ------
    BrowserError
        There is no Chromium on this machine, or it does not start.
    OutputError
        There is no such format.
    """
    for name in formats:
        if name not in FORMATS:
            raise OutputError(f"no image format '{name}'", allowed=", ".join(FORMATS))
    if not story.figures or not formats:
        return []
    texts = load_texts(story.lang, "slides")
    browser = find_browser()
    named = os.environ.get(NAMED)
    if browser is None:
        said = texts.get("image.wrong_browser", path=named) if named else texts.get("image.no_browser")
        raise BrowserError(said)
    figures = [
        with_words(drawn, number, story.source, texts, WIDTH)
        for number, drawn in enumerate(story.figures, start=1)
    ]
    wanted = [
        (Path(folder) / f"{stem}.{name}", figure, name)
        for stem, figure in zip(file_stems(story), figures, strict=True)
        for name in formats
    ]
    try:
        with ThreadPoolExecutor(max_workers=1) as own:
            # A thread of its own: whoever calls may have an event loop already.
            return own.submit(asyncio.run, _draw(wanted, browser)).result()
    except OutputError:
        raise
    except Exception as fault:  # a browser can fail in more ways than its library names
        what = f"{browser} (BROWSER_PATH)" if named else browser
        why = fault.args[0] if fault.args else fault  # the others are advice about its own programs
        raise BrowserError(f"{texts.get('image.no_browser')}; {what} failed: {why}") from fault


async def _draw(wanted: Sequence[tuple[Path, go.Figure, str]], browser: str) -> list[Path]:
    """Draw all images in one browser, which takes longer to start than to draw."""
    import kaleido  # noqa: PLC0415 - comes with an extra

    # Words of a figure hold no formulas: none are fetched from a network.
    async with kaleido.Kaleido(n=1, timeout=_TIMEOUT, mathjax=False, path=browser) as drawing:
        written = []
        for path, figure, name in wanted:
            options: dict[str, Any] = {
                "format": name,
                "width": WIDTH,
                "height": int(figure.layout.height),
                "scale": _SCALE if name == "png" else 1,
            }
            content: bytes = await drawing.calc_fig(figure.to_plotly_json(), opts=options)
            written.append(write_whole(path, content))
        return written


def file_stems(story: Story) -> list[str]:
    """Return the names of the files of the figures, without their ends: numbered, of plain letters."""
    return [
        f"{number:02d}_{re.sub(r'[^A-Za-z0-9]+', '_', clean(drawn.name)).strip('_')[:60] or 'figure'}"
        for number, drawn in enumerate(story.figures, start=1)
    ]


def write_data(story: Story, folder: Path) -> list[Path]:
    """Write the numbers of every figure as a CSV file.

    Parameters
    ----------
    story : Story
    folder : Path
        Made when it is missing.

    Returns
    -------
    list of Path
        The files, numbered as the figures are; commas part the columns and points the decimals.
    """
    return [
        write_whole(Path(folder) / f"{stem}.csv", csv_text(data_of(drawn)).encode("utf-8"))
        for stem, drawn in zip(file_stems(story), story.figures, strict=True)
    ]
