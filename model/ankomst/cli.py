"""The command line: every command with its options. A command's own module is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ankomst.commands import options as opt
from ankomst.commands.group import Command, Commands
from ankomst.report.writers.streams import prepared_streams

AFTER = "Compare after these months since arrival (if left out, shares 36, sums the follow-up)."

PARAMS = Commands(
    "The uncertain parameters: list, show and check them.",
    {
        "list": Command(
            "params:list_parameters",
            "List parameters: central and start value, posterior interval, range, grade and unit.",
            (
                opt.option("grade", "Only one grade, such as assumption."),
                opt.option("group", "Only one group, such as danish."), opt.JSON,
            ),
        ),
        "show": Command(
            "params:show_parameter", "Show one parameter with its source.", (opt.PARAMETER, opt.JSON)
        ),
        "check": Command(
            "params:check_parameters",
            "Check that every parameter has a unit, a grade, a range and, where it must, a source.",
            (opt.REGISTRY, *opt.SAID),
        ),
    },
)  # fmt: skip

COMMANDS = Commands(
    "Compare designs of Danish integration policy: employment, Danish and public cost of newcomers.",
    {
        "demo": Command(
            "demo:demo",
            "Run the headline comparison: 4 introduction periods times 8 designs of result grants.",
            (
                opt.out("Folder of the results.", Path("results/demo")), opt.RESUME, opt.RETRY_FAILED,
                opt.RESTART, opt.OWN_SEED, opt.DRAWS,
                opt.OWN_REPLICATES.but(help="Runs of each scenario with each draw."), opt.OWN_NEWCOMERS,
                opt.WORKERS, opt.SET_KEY, opt.LANG, *opt.SAID,
            ),
        ),
        "run": Command(
            "run:run",
            "Run scenarios and compare each with a baseline.",
            (
                opt.SCENARIOS, opt.BASELINE, opt.out("Folder of the results (results/NAME if left out)."),
                opt.SEED, opt.DRAWS.but(default="20"), opt.REPLICATES, opt.NEWCOMERS,
                opt.MONTHS.but(help=AFTER), opt.WORKERS, opt.SET, opt.DECOMPOSE, opt.LANG, *opt.SAID,
            ),
        ),
        "batch": Command(
            "batch:batch",
            "Run an experiment: many scenarios, draws and replicates; it can be stopped and resumed.",
            (
                opt.experiment("An experiment file, or a name such as quick."),
                opt.out("Folder of the batch (results/NAME if left out)."), opt.RESUME, opt.RETRY_FAILED,
                opt.RESTART, opt.CHANGED, opt.DRY_RUN, *opt.POOL, opt.OWN_SEED, opt.OWN_REPLICATES,
                opt.OWN_NEWCOMERS, opt.SET, *opt.SAID,
            ),
        ),
        "calibrate": Command(
            "calibrate:calibrate",
            "Fit the parameters to published figures; it can be stopped and resumed.",
            opt.study(
                "A file of kind calibration, or a name such as calibration_quick.",
                "Folder of the calibration (results/NAME if left out).",
                opt.MEMBERS,
            ),
        ),
        "validate": Command(
            "validate:validate",
            "Hold the model against published reforms and cohorts that it was not fitted to.",
            opt.study(
                "A file of kind validation, or a name such as validation.",
                "Folder of the validation (results/NAME if left out).",
            ),
        ),
        "sensitivity": Command(
            "sensitivity:sensitivity",
            "Say which uncertain parameters an answer rests on; it can be stopped and resumed.",
            opt.study(
                "A file of kind sensitivity, or a name such as sensitivity_one_vs_three_years.",
                "Folder of the analysis (results/NAME if left out).",
                opt.QUICK,
            ),
        ),
        "decide": Command(
            "decide:decide",
            "Say what would flip an answer, how robust it is, and search for designs of grants; resumable.",
            opt.study(
                "A file of kind decision, or a name such as decision_one_vs_three_years.",
                "Folder of the study (results/NAME if left out).",
                opt.QUICK,
            ),
        ),
        "explore": Command(
            "explore:explore",
            "Serve a page in the browser: choose scenarios, move levers, see the answer at once.",
            (
                opt.option("port", "Port of the page; 0 takes a free one.", int, 8050, min=0, max=65_535),
                opt.option(
                    "host",
                    "Address to listen to; any but 127.0.0.1 lets other machines in.",
                    str,
                    "127.0.0.1",
                ),
                opt.NEWCOMERS.but(
                    default=350, help="Simulated newcomers a year of the quick sample.", min=100, max=2_000
                ),
                opt.flag("browser", "Open the page in the browser of this machine.", "--open/--no-browser"),
                opt.QUIET,
            ),
        ),
        "status": Command("status:status", "Say how far a study is and what failed.", (opt.BATCH, opt.JSON)),
        "compare": Command(
            "compare:compare",
            "Compare the scenarios of a batch: differences with intervals, economics, ranks and regret.",
            (
                opt.BATCH, opt.BASELINE.but(help="Another scenario of the batch to compare with."),
                opt.option("outcome", "An outcome; may be given again.", list[str], []),
                opt.option(
                    "by", "Split by origin, sex, health or education; may be given again.", list[str], []
                ),
                opt.MONTHS, opt.option("level", "Coverage of intervals.", float | None, min=0.5, max=0.999),
                opt.out("Folder of the tables (compare/ in the batch if left out)."), *opt.SAID,
            ),
        ),
        "verify": Command(
            "verify:verify",
            "Compare files and stored runs with their checksums; repeat a sample of a batch's runs.",
            (
                opt.RESULT, opt.option("sample", "Runs of a batch to repeat.", int, 5, min=1), opt.SEED,
                *opt.SAID,
            ),
        ),
        "export": Command(
            "export:export",
            "Write tidy tables of every run of a batch for other programs.",
            (
                opt.BATCH, opt.option("formats", "Any of csv,parquet,xlsx.", str, "csv", "--format"),
                opt.out("Folder of the files (export/ in the batch if left out)."), opt.QUIET,
            ),
        ),
        "report": Command(
            "report:report",
            "Turn a finished result into a page, slides, a workbook and images.",
            (
                opt.RESULT,
                opt.option("formats", "Any of html,pptx,xlsx,png,svg,pdf,csv.", str, "html", "--format"),
                opt.LANG,
                opt.option(
                    "scenario",
                    "Of a batch: show this scenario in figures that hold some; may be given again.",
                    list[str],
                    [],
                ),
                opt.option(
                    "geojson", "Of a batch: a GeoJSON with borders below the municipalities.", Path | None
                ),
                opt.out("Folder of the report (report/ in the result if left out)."), *opt.SAID,
            ),
        ),
        "check": Command(
            "check:check",
            "Check scenario files and say in words what each changes against a baseline.",
            (
                opt.FILES, opt.flag("schema", "Write the JSON Schema of scenario files."),
                opt.out("File for the schema (standard output if left out)."),
                opt.BASELINE.but(
                    help="What the scenarios are held against (three_year+grant_2013 if left out)."
                ),
                opt.SET, *opt.SAID,
            ),
        ),
        "doctor": Command("doctor:doctor", "Say whether this machine has what the program needs.", opt.SAID),
        "params": PARAMS,
        "month": Command("month:month", "Print what happens in a simulated month, in order.", (opt.JSON,)),
        "levers": Command(
            "levers:levers",
            "Write the page of all levers (docs/levers.md) anew; for maintainers.",
            (opt.out("Markdown file (standard output if left out)."),),
        ),
        "adopt": Command(
            "adopt:adopt",
            "Package a calibration's posterior, its central draw as the registry's values; for maintainers.",
            (opt.CALIBRATION, *opt.SAID),
        ),
        "benchmark": Command(
            "benchmark:benchmark",
            "Estimate the table of expected results anew (grants above a benchmark); for maintainers.",
            (
                opt.NEWCOMERS.but(default=40_000, help="Simulated newcomers a year."),
                opt.out("CSV file (the packaged table if left out)."), opt.QUIET,
            ),
        ),
    },
)  # fmt: skip

app = COMMANDS.app()


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - only where it is asked for

        typer.echo(f"ankomst {version('ankomst')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Start the command line."""
    with prepared_streams():
        app(prog_name="ankomst")


if __name__ == "__main__":
    main()
