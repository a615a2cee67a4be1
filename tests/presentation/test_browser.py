"""A real browser draws the page, without an error and without the network."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from ankomst.presentation.figures import FIGURES
from ankomst.presentation.report import build_report

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"),
    *("--enable-logging=stderr", "--virtual-time-budget=15000", "--dump-dom"),
)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 700])
def test_a_browser_draws_every_figure_without_an_error(
    tmp_path: Path, tables: dict[str, pd.DataFrame], facts: dict[str, Any], width: int
) -> None:
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        pytest.skip("no Chromium on this machine")
    page = build_report(tables, facts, tmp_path / "page.html")
    command = [browser, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},2000"]
    done = subprocess.run(
        [*command, page.as_uri()], capture_output=True, text=True, timeout=120, check=False, encoding="utf-8"
    )
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line or "Uncaught" in line]
    assert complaints == []
    drawn = [part for part in done.stdout.split("<figure ")[1:] if 'class="main-svg"' in part]
    assert len(drawn) == len(FIGURES)
