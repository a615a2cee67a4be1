"""The command line. Everything but the options is imported when a command runs, so that help is quick."""

# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ankomst.commands.group import Group
from ankomst.commands.maintain_group import maintain
from ankomst.commands.options import (  # noqa: TC001 - typer reads them when it starts
    BatchPath,
    Changed,
    Draws,
    DryRun,
    Host,
    Json,
    Lang,
    Newcomers,
    OpenBrowser,
    OwnNewcomers,
    OwnSeed,
    Port,
    Quick,
    QuickSample,
    Quiet,
    Replicates,
    Restart,
    Resume,
    RunLimit,
    Scheduler,
    Seed,
    Set,
    SetKey,
    Workers,
)  # fmt: skip
from ankomst.commands.params_group import params
from ankomst.commands.streams import prepared_streams

app = typer.Typer(
    cls=Group, no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Compare designs of Danish integration policy: employment, Danish and public cost of newcomers.",
)  # fmt: skip
app.add_typer(params, name="params")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"ankomst {version('ankomst')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results/demo"),
    resume: Resume = False,
    restart: Restart = False,
    seed: OwnSeed = None,
    draws: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Draws of the posterior, or point for its central draw."),
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Runs of each scenario with each draw.")
    ] = None,
    newcomers: OwnNewcomers = None,
    workers: Workers = None,
    changes: SetKey = None,
    lang: Lang = "en,da",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run the headline comparison: 4 introduction periods times 8 designs of result grants."""
    from ankomst.commands.demo import demo as command

    command(
        out=out, resume=resume, restart=restart, seed=seed, draws=draws, replicates=replicates,
        newcomers=newcomers, workers=workers, lang=lang, changes=changes or [], quiet=quiet, as_json=as_json,
    )  # fmt: skip


@app.command()
def run(
    scenario: Annotated[list[str], typer.Argument(help="Scenario files or names; a+b composes two.")],
    baseline: Annotated[
        str | None, typer.Option(help="What the scenarios are compared with (the first one if left out).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results (results/NAME if left out).")
    ] = None,
    seed: Seed = 1,
    draws: Draws = "20",
    replicates: Replicates = 2,
    newcomers: Newcomers = None,
    months: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=240,
            help="Compare after these months since arrival (if left out, shares 36, sums the follow-up).",
        ),
    ] = None,
    workers: Workers = None,
    changes: Set = None,
    decompose: Annotated[
        bool,
        typer.Option(
            "--decompose",
            help="Take a composed scenario apart: what each part adds to the baseline (or to three_year).",
        ),
    ] = False,
    lang: Lang = "en,da",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run scenarios and compare each with a baseline."""
    from ankomst.commands.run import run as command

    command(
        scenario, baseline=baseline, out=out, seed=seed, draws=draws, replicates=replicates,
        newcomers=newcomers, months=months, workers=workers, changes=changes or [],
        taken_apart=decompose, lang=lang, quiet=quiet, as_json=as_json,
    )  # fmt: skip


@app.command()
def batch(
    experiment: Annotated[str, typer.Argument(help="An experiment file, or a name such as quick.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the batch (results/NAME if left out).")] = None,
    resume: Resume = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Go on, and run failed runs again.")
    ] = False,
    restart: Restart = False,
    changed: Changed = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many runs, how long and how much disk.")
    ] = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
    run_limit: RunLimit = 600.0,
    seed: OwnSeed = None,
    replicates: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="In place of the replicates in the file.")
    ] = None,
    newcomers: OwnNewcomers = None,
    changes: Set = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run an experiment: many scenarios, draws and replicates; it can be stopped and resumed."""
    from ankomst.commands.batch import batch as command

    command(
        experiment, out=out, resume=resume, retry_failed=retry_failed, restart=restart, changed=changed,
        dry_run=dry_run, workers=workers, scheduler=scheduler, run_limit=run_limit, seed=seed,
        replicates=replicates, newcomers=newcomers, changes=changes or [], quiet=quiet, as_json=as_json,
    )  # fmt: skip


@app.command()
def calibrate(
    experiment: Annotated[
        str, typer.Argument(help="A file of kind calibration, or a name such as calibration_quick.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the calibration (results/NAME if left out).")
    ] = None,
    resume: Resume = False,
    restart: Restart = False,
    changed: Changed = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many runs there are and how long they take.")
    ] = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
    run_limit: RunLimit = 600.0,
    seed: OwnSeed = None,
    members: Annotated[
        int | None, typer.Option(min=20, max=100_000, help="In place of the members in the file.")
    ] = None,
    newcomers: OwnNewcomers = None,
    changes: SetKey = None,
    lang: Lang = "en,da",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Fit the parameters to published figures; it can be stopped and resumed."""
    from ankomst.commands.calibrate import calibrate as command

    command(
        experiment, out=out, resume=resume, restart=restart, changed=changed, dry_run=dry_run,
        workers=workers, scheduler=scheduler, run_limit=run_limit, seed=seed, members=members,
        newcomers=newcomers, changes=changes or [], lang=lang, quiet=quiet, as_json=as_json,
    )  # fmt: skip


@app.command()
def validate(
    experiment: Annotated[
        str, typer.Argument(help="A file of kind validation, or a name such as validation.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the validation (results/NAME if left out).")
    ] = None,
    resume: Resume = False,
    restart: Restart = False,
    changed: Changed = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
    run_limit: RunLimit = 600.0,
    seed: OwnSeed = None,
    newcomers: OwnNewcomers = None,
    changes: SetKey = None,
    lang: Lang = "en,da",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Hold the model against published reforms and cohorts that it was not fitted to."""
    from ankomst.commands.validate import validate as command

    command(
        experiment, out=out, resume=resume, restart=restart, changed=changed, workers=workers,
        scheduler=scheduler, run_limit=run_limit, seed=seed, newcomers=newcomers, changes=changes or [],
        lang=lang, quiet=quiet, as_json=as_json,
    )  # fmt: skip


@app.command()
def sensitivity(
    experiment: Annotated[
        str,
        typer.Argument(help="A file of kind sensitivity, or a name such as sensitivity_one_vs_three_years."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the analysis (results/NAME if left out).")
    ] = None,
    quick: Quick = False,
    resume: Resume = False,
    restart: Restart = False,
    changed: Changed = False,
    dry_run: DryRun = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
    run_limit: RunLimit = 600.0,
    seed: OwnSeed = None,
    newcomers: OwnNewcomers = None,
    changes: SetKey = None,
    lang: Lang = "en,da",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Say which uncertain parameters an answer rests on; it can be stopped and resumed."""
    from ankomst.commands.sensitivity import sensitivity as command

    command(
        experiment, out=out, quick=quick, resume=resume, restart=restart, changed=changed, dry_run=dry_run,
        workers=workers, scheduler=scheduler, run_limit=run_limit, seed=seed, newcomers=newcomers,
        changes=changes or [], lang=lang, quiet=quiet, as_json=as_json,
    )  # fmt: skip


@app.command()
def decide(
    experiment: Annotated[
        str, typer.Argument(help="A file of kind decision, or a name such as decision_one_vs_three_years.")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder of the study (results/NAME if left out).")] = None,
    quick: Quick = False,
    resume: Resume = False,
    restart: Restart = False,
    changed: Changed = False,
    dry_run: DryRun = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
    run_limit: RunLimit = 600.0,
    seed: OwnSeed = None,
    newcomers: OwnNewcomers = None,
    changes: SetKey = None,
    lang: Lang = "en,da",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Say what would flip an answer, how robust it is, and search for designs of grants; resumable."""
    from ankomst.commands.decide import decide as command

    command(
        experiment, out=out, quick=quick, resume=resume, restart=restart, changed=changed, dry_run=dry_run,
        workers=workers, scheduler=scheduler, run_limit=run_limit, seed=seed, newcomers=newcomers,
        changes=changes or [], lang=lang, quiet=quiet, as_json=as_json,
    )  # fmt: skip


@app.command()
def explore(
    port: Port = 8050, host: Host = "127.0.0.1", newcomers: QuickSample = 350, browser: OpenBrowser = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Serve a page in the browser: choose scenarios, move levers, see the answer at once."""
    from ankomst.commands import explore as command

    command.explore(host=host, port=port, newcomers=newcomers, browser=browser, quiet=quiet)


@app.command()
def status(run: BatchPath, as_json: Json = False) -> None:
    """Say how far a batch is and what failed."""
    from ankomst.commands.status import status as command

    command(run, as_json=as_json)


@app.command()
def compare(
    run: BatchPath,
    baseline: Annotated[
        str | None, typer.Option(help="Another scenario of the batch to compare with.")
    ] = None,
    outcome: Annotated[list[str] | None, typer.Option(help="An outcome; may be given again.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Split by origin, sex, health or education; may be given again.")
    ] = None,
    months: Annotated[int | None, typer.Option(min=1, max=240, help="Months since arrival.")] = None,
    level: Annotated[float | None, typer.Option(min=0.5, max=0.999, help="Coverage of intervals.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the tables (compare/ in the batch if left out).")
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Compare the scenarios of a batch: differences with intervals, economics, ranks and regret."""
    from ankomst.commands.batch_results import compare as command

    command(
        run, baseline=baseline, outcomes=outcome or [], by=by or [], months=months, level=level, out=out,
        quiet=quiet, as_json=as_json,
    )  # fmt: skip


@app.command()
def verify(
    run: Annotated[Path, typer.Argument(help="The folder of any result, such as results/quick.")],
    sample: Annotated[int, typer.Option(min=1, help="Runs of a batch to repeat.")] = 5,
    seed: Seed = 1,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Compare files and stored runs with their checksums; repeat a sample of a batch's runs."""
    from ankomst.commands.batch_results import verify as command

    if not command(run, sample=sample, seed=seed, quiet=quiet, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def export(
    run: BatchPath,
    formats: Annotated[str, typer.Option("--format", help="Any of csv,parquet,xlsx.")] = "csv",
    out: Annotated[
        Path | None, typer.Option(help="Folder of the files (export/ in the batch if left out).")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write tidy tables of every run of a batch for other programs."""
    from ankomst.commands.batch_results import export as command

    command(run, formats=formats, out=out, quiet=quiet)


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="The folder of any result, such as results/quick.")],
    formats: Annotated[str, typer.Option("--format", help="Any of html,pptx,xlsx,png,svg,pdf,csv.")] = "html",
    lang: Lang = "en,da",
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="Of a batch: show this scenario in figures that hold some; may be given again."),
    ] = None,
    geojson: Annotated[
        Path | None, typer.Option(help="Of a batch: a GeoJSON with borders below the municipalities.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the report (report/ in the result if left out).")
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Turn a finished result into a page, slides, a workbook and images."""
    from ankomst.commands.report import report as command

    if not command(
        run, formats=formats, lang=lang, scenarios=scenario or [], geojson=geojson, out=out, quiet=quiet,
        as_json=as_json,
    ):  # fmt: skip
        raise typer.Exit(1)


@app.command()
def check(
    files: Annotated[
        list[str] | None, typer.Argument(help="Scenario files or names; a+b composes two.")
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Write the JSON Schema of scenario files.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="File for the schema (standard output if left out).")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(help="What the scenarios are held against (three_year+grant_2013 if left out)."),
    ] = None,
    changes: Set = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Check scenario files and say in words what each changes against a baseline."""
    if bool(files) == schema:
        raise typer.BadParameter("name scenario files, or --schema", param_hint="FILES")
    from ankomst.commands import check as command

    if schema:
        command.write_schema(out)
        return
    if not command.check(files or [], baseline=baseline, changes=changes or [], quiet=quiet, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def doctor(quiet: Quiet = False, as_json: Json = False) -> None:
    """Say whether this machine has what the program needs."""
    from ankomst.commands.doctor import doctor as command

    if not command(quiet=quiet, as_json=as_json):
        raise typer.Exit(1)


app.add_typer(maintain)


def main() -> None:
    """Start the command line."""
    with prepared_streams():
        app(prog_name="ankomst")


if __name__ == "__main__":
    main()
