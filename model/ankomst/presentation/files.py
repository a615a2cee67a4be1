"""Files that a reader never meets half written, and archives with the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import zipfile
from pathlib import Path
from typing import Final

NEVER: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # office files have no zone
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_STAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_whole(out: Path, content: bytes) -> Path:
    """Write a file at once; its folder is made when it is missing."""
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f"{out.name}.{os.getpid()}.part")
    unfinished.write_bytes(content)
    unfinished.replace(out)
    return out


def steady(archive: bytes, when: dt.datetime = NEVER) -> bytes:
    """Return an office file that says it was made at a given time, whenever it was made.

    Parameters
    ----------
    archive : bytes
        A workbook or a presentation.
    when : datetime
    """
    stamp = when.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, content)
    return made.getvalue()
