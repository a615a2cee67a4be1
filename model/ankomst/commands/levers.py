"""`ankomst levers`: the page of all levers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.policy.explain.levers_page import levers_page
from ankomst.policy.places import scenarios_folder

if TYPE_CHECKING:
    from pathlib import Path


def levers(*, out: Path | None) -> None:
    """Print the page of all levers as Markdown, or write it to a file."""
    console.write_or_print(levers_page(scenarios_folder()), out)
