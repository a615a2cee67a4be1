"""What a broken file of the tests says about itself: the exact messages that a user sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def expected(path: Path) -> str:
    """Return the message in the first line after '# expect: ', and those after '# also: ' further down."""
    first, *others = path.read_bytes().decode("utf-8", errors="replace").splitlines()
    more = [line.removeprefix("# also: ") for line in others if line.startswith("# also: ")]
    return "\n".join((first.removeprefix("# expect: "), *more))
