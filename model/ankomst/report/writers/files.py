"""Files that a reader never meets half written, and archives with the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Final

from ankomst.studies.engine import store

NEVER: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # office files have no zone
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_STAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_whole(out: Path, content: bytes) -> Path:
    """Write a file whole or not at all; its folder is made when it is missing.

    Raises
    ------
    OutputError
        The system refuses.
    """
    store.make_folder(Path(out).parent)
    with store.whole(Path(out)) as temporary:
        temporary.write_bytes(content)
    return Path(out)


def date_of(made: str) -> dt.datetime:
    """Return the time at which a result was made, as office files take it; NEVER where it is not known.

    Parameters
    ----------
    made : str
        `Story.made`.
    """
    try:
        return dt.datetime.fromisoformat(made).replace(tzinfo=None)
    except ValueError:
        return NEVER


def steady(archive: bytes, when: dt.datetime) -> bytes:
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
