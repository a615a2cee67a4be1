"""Options that several commands have, described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Seed = Annotated[
    int, typer.Option(min=0, max=2**63 - 1, help="Seed of the study; the same seed gives the same results.")
]
Draws = Annotated[
    str, typer.Option(metavar="NUMBER", help="Draws of the posterior, or point for its central draw.")
]
Replicates = Annotated[
    int, typer.Option(min=1, max=100_000, help="Paired runs of every scenario with each draw.")
]
Newcomers = Annotated[
    int | None,
    typer.Option(
        min=12,
        max=60_000,
        help="Simulated newcomers a year (1400 if left out, or the baseline's own if fewer).",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, max=1024, help="Runs at a time, one a core if left out; results do not depend on it."
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Set a key in all scenarios, such as danish.right_months=60."
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on: what is finished in the folder is not run again.")
]
Restart = Annotated[
    bool, typer.Option("--restart", help="Throw away what was written into the folder and begin anew.")
]
Changed = Annotated[
    bool,
    typer.Option(
        "--changed", help="Go on though file or options are not those that the folder was begun with."
    ),
]
SetKey = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a key of the file, such as steps=6."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Run on Dask: tcp://host:8786, or local for a cluster here."),
]
RunLimit = Annotated[
    float,
    typer.Option(
        metavar="SECONDS", min=1, help="End a worker that is at one run for longer; the run counts as failed."
    ),
]
OwnSeed = Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="In place of the seed in the file.")]
OwnNewcomers = Annotated[
    int | None, typer.Option(min=12, max=60_000, help="In place of the sample in the file.")
]
Quick = Annotated[
    bool, typer.Option("--quick", help="Use the section quick of the file: minutes, and wider intervals.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say how many evaluations there are and how long they take.")
]
BatchPath = Annotated[Path, typer.Argument(help="The folder of a batch, such as results/quick.")]
Lang = Annotated[str, typer.Option(help="Languages of the page: en, da or en,da.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="Port of the page; 0 takes a free one.")]
Host = Annotated[str, typer.Option(help="Address to listen to; any but 127.0.0.1 lets other machines in.")]
QuickSample = Annotated[
    int, typer.Option(min=100, max=2_000, help="Simulated newcomers a year of the quick sample.")
]
OpenBrowser = Annotated[
    bool, typer.Option("--open/--no-browser", help="Open the page in the browser of this machine.")
]
