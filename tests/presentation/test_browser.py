"""A real browser draws the page, without an error and without the network."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.presentation import run_samples as samples
from tests.presentation.programs import FLAGS, chromium
from tests.waiting import PATIENCE

from ankomst.report.run.run_report import build_run_report

if TYPE_CHECKING:
    from pathlib import Path

ONCE = (
    *("--headless", "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr"),
    *("--virtual-time-budget=15000", "--dump-dom"),
)


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("da", 700)])
def test_a_browser_draws_every_figure_of_a_run_without_an_error(
    tmp_path: Path, lang: str, width: int
) -> None:
    tables = {**samples.run_tables(), **samples.history(), **samples.decomposition()}
    page = build_run_report(tables, samples.run_facts(), tmp_path / "run.html", lang)
    assert drawn(page, tmp_path, width) == page.read_text(encoding="utf-8").count("<figure ") == 7


def drawn(page: Path, tmp_path: Path, width: int) -> int:
    """Return how many figures a browser draws; a complaint of the browser fails the test."""
    command = [
        chromium(),
        *FLAGS,
        *ONCE,
        f"--user-data-dir={tmp_path / 'profile'}",
        f"--window-size={width},2000",
    ]
    done = subprocess.run(
        [*command, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        encoding="utf-8",
    )
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line or "Uncaught" in line]
    assert complaints == []
    return len([part for part in done.stdout.split("<figure ")[1:] if 'class="main-svg"' in part])
