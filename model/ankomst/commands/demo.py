"""`ankomst demo`: the headline experiment as a batch, and the page of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

from ankomst.commands import batch, console
from ankomst.commands.study import StudyOptions, goes_on, run_command
from ankomst.report.batch.terminal import show_headline
from ankomst.report.writing import FOLDER, write_report
from ankomst.studies.batch.runner import BatchResult, run_batch

if TYPE_CHECKING:
    from pathlib import Path

    from ankomst.studies.schema.experiment import Experiment

EXPERIMENT = "one_vs_three_years"
"""The experiment file that the demo runs."""
POINT = "point"
SHOWN = (
    "one_year+grant_2013",
    "one_year+no_grant",
    "one_year_flexible+grant_2013",
    "one_year_flexible_concentrated+grant_2013",
)
"""Scenarios that the page shows: the headline question first, not those that rank best."""


def demo(*, draws: str | None, **options: Unpack[StudyOptions]) -> None:
    """Run the headline experiment into its folder, write its page and print what it says.

    Finished runs of the same comparison are kept unless `restart` is asked for.
    """
    goes_on(options)  # refuses --resume and --restart together
    languages = console.languages_of(options["lang"])
    pages: list[str] = []

    def run(experiment: Experiment, place: Path, **how: Any) -> BatchResult:  # noqa: ANN401 - of `run_batch`
        finished = run_batch(experiment, place, **how)
        batch.refuse_failed(finished)
        shown = [name for name in SHOWN if name in experiment.scenarios]
        written, _ = write_report(place, place / FOLDER, ["html"], languages, shown)
        pages.extend(str(path) for path in written if path.suffix == ".html")
        return finished

    def ending(finished: BatchResult, _: Experiment, place: Path, seconds: float, __: str) -> str:
        return (
            f"\nDone in {seconds:.0f} s: {finished.counts['done']} runs. Open {' or '.join(pages)} in a "
            f"browser. The tables are in {place}; further questions: ankomst compare {place} --by sex."
        )

    command = replace(
        batch.COMMAND, word="Headline comparison", run=run, ending=ending, notes=lambda _: (),
        document=lambda finished: {**batch.document(finished), "pages": pages},
        show=lambda finished, experiment, screen: show_headline(finished.tables, experiment, screen),
    )  # fmt: skip
    if draws is not None:
        point = f"draws={POINT}" if draws == POINT else f"draws.number={draws}"
        options["changes"] = [*options["changes"], point]
    options["resume"] = not options["restart"]
    run_command(command, EXPERIMENT, **options)
