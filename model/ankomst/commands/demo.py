"""`ankomst demo`: the headline comparison, its tables and its page."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ankomst.commands import console
from ankomst.report.demo.page import TABLES, build_report, elasticity_in_use
from ankomst.report.document import headline
from ankomst.report.document.context import Context, records
from ankomst.report.document.texts import LANGUAGES, load_texts
from ankomst.studies.batch.demo import Demo, run_demo
from ankomst.studies.batch.grid import BASELINE, DESIGNS, PERIODS
from ankomst.studies.engine import facts, store
from ankomst.studies.engine.folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

PAGES = {"en": "demo.html", "da": "demo_da.html"}


def demo(
    *,
    out: Path,
    seed: int,
    replicates: int | None,
    newcomers: int | None,
    workers: int | None,
    lang: str,
    changes: Sequence[str],
    quiet: bool,
    as_json: bool,
    draws: str = "posterior",
) -> None:
    """Run the headline grid, write its folder and print what it says."""
    languages = languages_of(lang)
    clock = time.perf_counter()
    overrides = console.read_overrides(changes)
    scenarios = console.scenarios_folder()
    names = [facts.NAME, *map(store.table_file, TABLES), *(PAGES[language] for language in languages)]
    with ResultsFolder(out, "demo", names=names, say=console.silent if quiet else console.say) as folder:
        with console.progress_bar("Headline grid", quiet=quiet) as progress:
            study = run_demo(
                scenarios,
                replicates=replicates,
                seed=seed,
                newcomers_per_year=newcomers,
                draws=draws,
                workers=workers,
                overrides=overrides,
                progress=progress,
            )
        folder.begin()
        store.write_tables(out, study.tables)
        told = store.plain(study.facts | {"result": out.resolve().name})
        facts.write(out, "demo", told)
        for language in languages:
            build_report(study.tables, told, out / PAGES[language], language)
        folder.finish(study.manifest)
    context = Context(load_texts("en"), {**elasticity_in_use(study.tables["shares"]), **study.facts})
    if as_json:
        console.print_json(_document(study, context, out, languages))
    elif not quiet:
        screen = console.out_console()
        _table(study, context, screen)
        screen.print("\n".join(_sentences(study, context)))
        pages = " and ".join(str(out / PAGES[language]) for language in languages)
        screen.print(
            f"\nDone in {time.perf_counter() - clock:.0f} s. Results are in {out} (tables/, manifest.json); "
            f"open {pages} in a browser."
        )


def languages_of(text: str) -> list[str]:
    """Read the value of ``--lang``."""
    return console.words_of(text, LANGUAGES, "--lang", "language")


def _table(study: Demo, context: Context, screen: Console) -> None:
    facts = study.facts
    title = (
        f"Difference from {context.scenario(*BASELINE)} over {context.years} years, per newcomer "
        f"({_runs(context)}, {facts['newcomers_per_year']:,} newcomers a year, ± {_interval(context)}; net "
        "cost discounted, displaced workers included)"
    )
    table = console.new_table(
        ("Result grant",),
        ("Months in work", "Net cost, municipality, DKK", "Net cost, state, DKK", "Net cost, both, DKK"),
        ("Verdict: months in work", "Verdict: net cost, both"),
    )
    found = {
        (row["period"], row["design"], row["outcome"], row["payer"]): row
        for row in records(study.tables["differences"])
    }
    for period in PERIODS:
        table.add_heading(context.period(period))
        for design in DESIGNS:
            label = f"  {context.design(design)}"
            if (period, design) == BASELINE:
                table.add_row(label, *["baseline"] * 4, "", "")
                continue
            work = found[period, design, "months_employed", ""]
            costs = [found[period, design, "net_cost", payer] for payer in ("municipality", "state", "both")]
            table.add_row(
                label,
                console.interval(work, 2),
                *(console.interval(row, 0) for row in costs),
                work["verdict"],
                costs[-1]["verdict"],
                end_section=design == DESIGNS[-1],
            )
    screen.print(title)
    screen.print(table)


def _runs(context: Context) -> str:
    if context.draws > 1:
        return f"{context.draws} draws of the posterior, a pair of runs each"
    return f"{context.facts['replicates']} pairs of runs at the central draw of the posterior"


def _interval(context: Context) -> str:
    if context.draws > 1:
        return f"half the {context.level} % interval of one more run at another draw: parameters and luck"
    return f"half the {context.level} % interval of the mean: luck of the simulation only"


def _sentences(study: Demo, context: Context) -> list[str]:
    differences = study.tables["differences"]
    said = [f"{name}: {words}" for name, words in headline.period_sentences(differences, context)]
    said += headline.design_sentences(differences, context)
    said.append(headline.deadweight_sentence(study.tables["grants"], context))
    said.append(context.elasticity_note())
    said.append(f"{headline.chance_sentence(differences, context)} {context.say('headline.caveat')}")
    return [f"* {sentence}" for sentence in said if sentence]


def _document(study: Demo, context: Context, out: Path, languages: Sequence[str]) -> dict[str, Any]:
    columns = ["scenario", "outcome", "payer", "unit", "estimate", "low", "high", "level", "se", "n",
               "correlation", "verdict", "interval"]  # fmt: skip
    return {
        "results": str(out),
        "pages": [str(out / PAGES[language]) for language in languages],
        "baseline": study.facts["baseline"],
        "settings": study.manifest["settings"],
        "differences": study.tables["differences"][columns],
        "grants": study.tables["grants"].drop(columns=["interval"]),
        "headline": _sentences(study, context),
        "runtime_seconds": study.facts["runtime_seconds"],
    }
