"""Every option of the command line, declared once; `ankomst.cli` says which command has which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer

MOST = 100_000
"""Draws, members and replicates at most."""
SEEDS: dict[str, Any] = {"min": 0, "max": 2**63 - 1}
SAMPLE: dict[str, Any] = {"min": 12, "max": 60_000}
"""Simulated newcomers a year: at least one of each origin, sex and education."""


@dataclass(frozen=True)
class CommandOption:
    """An option, or an argument without a name of its own on the command line.

    Attributes
    ----------
    name : str
        By which the function of a command takes it.
    kind : type
        Type of the value; `list[str]` for what may be given again.
    default : object
        Value where it is left out; an ellipsis where it must be given.
    flags : tuple of str
        How it is written; `--name` if empty.
    shown : dict
        What typer knows besides: help, bounds, metavar.
    argument : bool
        Whether it is an argument.
    """

    name: str
    kind: Any
    default: Any
    flags: tuple[str, ...]
    shown: dict[str, Any]
    argument: bool = False

    def but(self, **shown: Any) -> CommandOption:  # noqa: ANN401 - help, bounds
        """Return the same option with another default, help or bound."""
        return replace(self, default=shown.pop("default", self.default), shown=self.shown | shown)

    def declared(self) -> Any:  # noqa: ANN401 - typer's own type for what it returns
        """Return what typer reads."""
        if self.argument:
            return typer.Argument(self.default, **self.shown)
        return typer.Option(self.default, *self.flags, **self.shown)


def argument(name: str, text: str, kind: Any = str, default: object = ...) -> CommandOption:  # noqa: ANN401
    """Declare an argument."""
    return CommandOption(name, kind, default, (), {"help": text}, argument=True)


def option(
    name: str, text: str, kind: Any = str | None,  # noqa: ANN401 - any type that typer knows
    default: object = None, flags: str = "", **shown: Any,  # noqa: ANN401 - bounds, metavar
) -> CommandOption:  # fmt: skip
    """Declare an option; `flags` says how it is written where that is not its name."""
    return CommandOption(name, kind, default, tuple(flags.split()), {"help": text, **shown})


def flag(name: str, text: str, flags: str = "") -> CommandOption:
    """Declare an option without a value, which is off where it is left out."""
    return option(name, text, bool, default=False, flags=flags or "--" + name.replace("_", "-"))


def out(text: str, default: Path | None = None) -> CommandOption:
    """Declare where a command writes."""
    return option("out", text, Path | None, default)


def experiment(text: str) -> CommandOption:
    """Declare the file of a study."""
    return argument("experiment", text)


SCENARIO_FILES = "Scenario files or names; a+b composes two."
SCENARIOS = argument("scenario", SCENARIO_FILES, list[str])
FILES = argument("files", SCENARIO_FILES, list[str] | None, None)
BATCH = argument("run", "The folder of a batch, such as results/quick.", Path)
RESULT = argument("run", "The folder of any result, such as results/quick.", Path)
PARAMETER = argument("name", "Such as danish.modules_per_hour.")
REGISTRY = argument("file", "A registry (the packaged one if left out).", Path | None, None)
CALIBRATION = argument("folder", "Folder of a finished calibration.", Path, Path("results/calibration"))

BASELINE = option("baseline", "What the scenarios are compared with (the first one if left out).")
MONTHS = option("months", "Months since arrival.", int | None, min=1, max=240)
SET = option(
    "changes", "Set a key in all scenarios, such as danish.right_months=60.", list[str], [],
    flags="--set", metavar="KEY=VALUE",
)  # fmt: skip
SET_KEY = SET.but(help="Set a key of the file, such as steps=6.")
DECOMPOSE = flag(
    "taken_apart", "Take a composed scenario apart: what each part adds to the baseline (or to three_year).",
    "--decompose",
)  # fmt: skip

SEED = option("seed", "Seed of the study; the same seed gives the same results.", int, 1, **SEEDS)
OWN_SEED = option("seed", "In place of the seed in the file.", int | None, **SEEDS)
NEWCOMERS = option(
    "newcomers", "Simulated newcomers a year (1400 if left out, or the baseline's own if fewer).", int | None,
    **SAMPLE,
)  # fmt: skip
OWN_NEWCOMERS = NEWCOMERS.but(help="In place of the sample in the file.")
REPLICATES = option("replicates", "Paired runs of every scenario with each draw.", int, 2, min=1, max=MOST)
OWN_REPLICATES = option("replicates", "In place of the replicates in the file.", int | None, min=1, max=MOST)
DRAWS = option("draws", "Draws of the posterior, or point for its central draw.", metavar="NUMBER")
MEMBERS = option("members", "In place of the members in the file.", int | None, min=20, max=MOST)
QUICK = flag("quick", "Use the section quick of the file: minutes, and wider intervals.")

RESUME = flag("resume", "Go on: what is finished in the folder is not run again.")
RETRY_FAILED = flag("retry_failed", "Go on, and run failed runs again.")
RESTART = flag("restart", "Throw away what was written into the folder and begin anew.")
CHANGED = flag("changed", "Go on though file or options are not those that the folder was begun with.")
DRY_RUN = flag("dry_run", "Only say how much there is to run and how long it takes.")

WORKERS = option(
    "workers", "Runs at a time, one a core if left out; results do not depend on it.", int | None,
    min=1, max=1024,
)  # fmt: skip
SCHEDULER = option(
    "scheduler", "Run on Dask: tcp://host:8786, or local for a cluster here.", metavar="ADDRESS"
)
RUN_LIMIT = option(
    "run_limit", "End a worker that is at one run for longer; the run counts as failed.", float, 600.0,
    metavar="SECONDS", min=1,
)  # fmt: skip
POOL = (WORKERS, SCHEDULER, RUN_LIMIT)
"""Where the runs of a study are made."""

LANG = option("lang", "Languages of the page: en, da or en,da.", str, "en,da")
QUIET = flag("quiet", "Print errors only.", "--quiet -q")
JSON = flag("as_json", "Print one JSON document instead of tables.", "--json")
SAID = (QUIET, JSON)
"""How much is printed, and how."""


def study(text: str, folder: str, *own: CommandOption) -> tuple[CommandOption, ...]:
    """Compose the options of a study that writes pages; `own` are those that not every study has."""
    return (
        experiment(text), out(folder), *own, RESUME, RETRY_FAILED, RESTART, CHANGED, DRY_RUN, *POOL,
        OWN_SEED, OWN_NEWCOMERS, SET_KEY, LANG, *SAID,
    )  # fmt: skip
