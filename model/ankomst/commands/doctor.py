"""`ankomst doctor`: whether this machine has what the program needs."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numba

from ankomst.commands import console
from ankomst.errors import AnkomstError
from ankomst.policy.extras import EXTRAS, installed
from ankomst.policy.places import scenarios_folder
from ankomst.policy.scenario import build_scenario
from ankomst.report.writers.terminal import TerminalTable
from ankomst.simulation.kernels import compiled
from ankomst.simulation.simulate import simulate
from ankomst.studies.engine.runs import default_workers
from ankomst.studies.engine.store import git_state, package_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


@dataclass(frozen=True)
class Finding:
    """What was looked at, whether it is as it should be, and whether anything depends on it."""

    name: str
    ok: bool
    detail: str
    needed: bool = True


def doctor(*, quiet: bool, as_json: bool) -> bool:
    """Look at everything, print it, and return whether all that is needed is there."""
    findings = list(_findings())
    sound = all(finding.ok for finding in findings if finding.needed)
    if as_json:
        console.print_json({"ok": sound, "findings": findings})
    elif not quiet:
        screen = console.out_console()
        shown = TerminalTable(("",), (), ("",))
        for finding in findings:
            mark = "ok" if finding.ok else "FAILS" if finding.needed else "none"
            shown.add_row(f"{mark:<6}{finding.name:<16}", finding.detail)
        screen.print(shown)
        screen.print(
            "Everything needed is there." if sound else "Something needed is missing: see FAILS above."
        )
    return sound


def _findings() -> Iterator[Finding]:
    looks: tuple[Callable[[], Finding], ...] = (
        _python, _packages, _extras, _cores, _kernels, _scenarios, _results, _tiny_run, _chromium, _git,
    )  # fmt: skip
    for look in looks:
        try:
            yield look()
        except (AnkomstError, ImportError, OSError, metadata.PackageNotFoundError) as problem:
            yield Finding(look.__name__.strip("_").replace("_", " "), ok=False, detail=str(problem))


def _python() -> Finding:
    return Finding(
        "python", sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.platform()}"
    )


def _packages() -> Finding:
    versions = {"ankomst": metadata.version("ankomst"), **package_versions()}
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    return Finding("packages", ok=True, detail=said)


def _extras() -> Finding:
    lacking = [extra for extra in EXTRAS if not installed(extra)]
    said = f'not installed: {", ".join(lacking)}; pip install "ankomst[{",".join(lacking)}]" brings them'
    return Finding("extras", not lacking, said if lacking else f"all: {', '.join(EXTRAS)}", needed=False)


def _cores() -> Finding:
    return Finding("cores", ok=True, detail=f"{default_workers()} for runs side by side")


def _kernels() -> Finding:
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]  # set when numba starts
        return Finding("compiled month", ok=False, detail="off (NUMBA_DISABLE_JIT): very slow", needed=False)
    return Finding("compiled month", ok=True, detail=f"on, kept in {compiled._FOLDER}")  # noqa: SLF001


def _scenarios() -> Finding:
    folder = scenarios_folder()
    return Finding("scenarios", ok=True, detail=f"{len(list(folder.glob('*.yaml')))} files in {folder}")


def _results() -> Finding:
    place = Path("results") if Path("results").is_dir() else Path()
    with tempfile.NamedTemporaryFile(dir=place):
        return Finding("results folder", ok=True, detail=f"can be written in {place.resolve()}")


def _tiny_run() -> Finding:
    """Run a few newcomers twice: it must end, and repeat itself to the bit."""
    scenario = build_scenario({"population": {"arrival_years": 1}, "horizon": {"follow_up_months": 24}})
    seconds, totals = [], []
    for _ in range(2):
        clock = time.perf_counter()
        result = simulate(scenario, newcomers_per_year=120)
        seconds.append(time.perf_counter() - clock)
        totals.append(result.records.ledger_group.tobytes())
    same = totals[0] == totals[1]
    said = f"{seconds[0]:.1f} s with loading of the compiled month, {seconds[1]:.2f} s again, "
    return Finding("tiny run", same, said + ("same results" if same else "results differ from run to run"))


def _chromium() -> Finding:
    named = os.environ.get("BROWSER_PATH")
    found = next((path for path in map(shutil.which, [named] if named else CHROMIUM) if path), None)
    missing = f"BROWSER_PATH names {named}, where there is no program" if named else "not found"
    said = found or f"{missing}; needed for image files only"
    return Finding("chromium", found is not None, said, needed=False)


def _git() -> Finding:
    state = git_state()
    if state["commit"] is None:
        return Finding("git", ok=False, detail="not a checkout; manifests name no commit", needed=False)
    said = f"commit {state['commit'][:12]}{', with changes' if state['dirty'] else ''}"
    return Finding("git", ok=True, detail=said, needed=False)
