"""The date of a story, so that the same story makes the same file at any time."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ankomst.presentation.story import Story

_STAMP: Final = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?")
_NEVER: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def story_date(story: Story) -> dt.datetime:
    """Return the date that a story names in its provenance or its source, without a time zone."""
    for text in (*(value for _, value in story.provenance), story.source):
        for found in _STAMP.finditer(str(text)):
            year, month, day, hour, minute = (int(part or 0) for part in found.groups())
            try:
                return dt.datetime(year, month, day, hour, minute)  # noqa: DTZ001  # office files have no zone
            except ValueError:
                continue
    return _NEVER.replace(tzinfo=None)
