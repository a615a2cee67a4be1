"""Programs of the machine that tests look with: a Chromium and LibreOffice; without them tests skip."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


def chromium() -> str:
    """Return the Chromium of the machine."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


def settle(page: Page, milliseconds: int) -> None:
    """Wait until a page has done what it had to do by now, by its own clock, and has drawn it.

    On a busy machine a page is late: its timers are late in their order, those of the test are not.
    """
    page.evaluate(
        """(milliseconds) => new Promise((done) => {
            const drawn = () => requestAnimationFrame(() => setTimeout(done, 0));
            setTimeout(() => requestAnimationFrame(drawn), milliseconds);
        })""",
        milliseconds,
    )


def as_pdf(file: Path) -> Path:
    """Return a file as LibreOffice prints it, which it only does with one that it can read."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice on this machine")
    profile = f"-env:UserInstallation={(file.parent / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(file.parent), str(file)]
    subprocess.run(command, check=True, timeout=PATIENCE, capture_output=True)
    return file.with_suffix(".pdf")
