"""`ankomst report`: a finished result as page, slides, workbook and images."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from ankomst.commands import console
from ankomst.policy.extras import need
from ankomst.report.writers.streams import say
from ankomst.report.writing import EXTRAS, FOLDER, FORMATS, write_report

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path("results")


def report(
    *,
    run: Path,
    formats: str,
    lang: str,
    scenario: Sequence[str],
    geojson: Path | None,
    out: Path | None,
    quiet: bool,
    as_json: bool,
) -> bool:
    """Write a result in the formats and languages asked for.

    Returns
    -------
    bool
        Whether everything was made; images cannot be without a browser.
    """
    clock = time.perf_counter()
    kinds = console.words_of(formats, FORMATS, "--format", "format")
    for kind in kinds:
        if kind in EXTRAS:
            need(EXTRAS[kind], f"--format {kind}")
    folder = _found(run)
    place = out or folder / FOLDER
    written, problem = write_report(folder, place, kinds, console.languages_of(lang), scenario, geojson)
    if problem:
        say(f"error: {problem}")
    if as_json:
        console.print_json({"files": [str(path) for path in written], "problems": [problem] * bool(problem)})
    elif not quiet:
        shown = [path for path in written if path.parent == place]
        shown += list(dict.fromkeys(path.parent for path in written if path.parent != place))
        said = ", ".join(str(path) for path in shown)
        console.out_console().print(f"Done in {time.perf_counter() - clock:.0f} s: {said}")
    return not problem


def _found(run: Path) -> Path:
    """Return the folder of a result; a bare name stands for one in results/."""
    if not run.exists() and len(run.parts) == 1 and (RESULTS / run).is_dir():
        return RESULTS / run
    return run
