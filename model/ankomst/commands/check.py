"""`ankomst check`: validate scenario files, say in words what they change, and write their JSON Schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ankomst.commands import console
from ankomst.errors import AnkomstError, Problems
from ankomst.policy.explain.cautions import cautions
from ankomst.policy.explain.differences import explain, section_label, sources_of
from ankomst.policy.file_schema import scenario_json_schema, schema_text
from ankomst.policy.scenario import diff, load_scenario, reference_policy
from ankomst.report.writers.streams import say
from ankomst.report.writers.terminal import TerminalTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ankomst.policy.explain.differences import Explained
    from ankomst.policy.scenario import Scenario

REFERENCE = "three_year+grant_2013"
OF_A_PROBLEM = ("what", "where", "allowed", "nearest")


def check(
    *,
    files: Sequence[str] | None,
    schema: bool,
    out: Path | None,
    baseline: str | None,
    changes: Sequence[str],
    quiet: bool,
    as_json: bool,
) -> bool:
    """Check scenarios, say what each changes against the baseline, and return whether all are sound.

    The values of ``--set`` change the scenarios, not the baseline. With `schema`, the JSON Schema of scenario
    files is written instead.
    """
    if bool(files) == schema:
        raise typer.BadParameter("name scenario files, or --schema", param_hint="FILES")
    if schema:
        _write_schema(out)
        return True
    overrides = console.read_overrides(changes)
    base = reference_policy() if baseline is None else load_scenario(baseline)
    found = [_one(spec, overrides, base, baseline or REFERENCE) for spec in files or ()]
    bad = [entry for entry in found if not entry["ok"]]
    for entry in bad:
        for problem in entry["problems"]:
            say(f"error: {problem['sentence']}")
    if as_json:
        console.print_json(found)
    elif not quiet:
        _print(found)
    return not bad


def _print(found: Sequence[dict[str, Any]]) -> None:
    screen = console.out_console()
    for entry in found:
        if not entry["ok"]:
            screen.print(f"{entry['file']}: not usable")
            continue
        screen.print(f"{entry['file']}: ok, {entry['title']} ({entry['title_da']})")
        screen.print(f"  policy hash {entry['policy_hash']}")
        for warning in entry["warnings"]:
            screen.print(f"  warning: {warning}")
        if entry["changes"]:
            table, sources = _table(entry["changes"], entry["baseline"])
            screen.print(table)
            for number, source in enumerate(sources, start=1):
                screen.print(f"[{number}] {source}")
        else:
            screen.print(f"  no change: the same policy as {entry['baseline']}")
    screen.print(f"{sum(entry['ok'] for entry in found)} of {len(found)} scenarios are sound")


def _write_schema(out: Path | None) -> None:
    """Print the JSON Schema of scenario files, or write it to a file."""
    if out is None:
        console.print_json(scenario_json_schema())
    else:
        console.write_or_print(schema_text(), out)


def _table(lines: Sequence[Explained], baseline: str) -> tuple[TerminalTable, list[str]]:
    """Return the changes in words, under their headings, and the sources that the table numbers."""
    table = TerminalTable(
        ("What changes",), (), (f"Baseline: {baseline}", "Scenario", "Source", "Rests on what is assumed"),
        blocks=True,
    )  # fmt: skip
    section = ""
    sources: list[str] = []
    for line in lines:
        if line.section != section:
            section = line.section
            table.add_heading(section_label(section, "en").upper())
        if line.source and line.source not in sources:
            sources.append(line.source)
        named = (
            line.label_en if line.key.startswith(("law.", "parameters.")) else f"{line.label_en}\n{line.key}"
        )
        note = f"[{sources.index(line.source) + 1}]" if line.source else ""
        table.add_row(
            named, line.before_en, line.after_en, note, "\n".join((*line.rests_on, *line.assumed_rates))
        )
    return table, sources


def _read_tables(scenario: Scenario) -> None:
    """Read the tables that a scenario names: what is wrong in one of them is wrong with the scenario."""
    problems = Problems()
    with problems.kept():
        _ = scenario.first_year  # reads the table of arrivals
    own, shares = scenario.population.municipalities, scenario.dispersal
    if own is not None or isinstance(shares, Path):
        # Imported here, so that files without tables are checked at once.
        from ankomst.simulation import inflow  # noqa: PLC0415
        from ankomst.simulation.municipalities import read_municipalities  # noqa: PLC0415

        with problems.kept():
            table = read_municipalities(own)
            if isinstance(shares, Path):
                inflow.read_shares(shares, table)
    problems.settle()


def _one(spec: str, overrides: dict[str, Any], base: Scenario, baseline: str) -> dict[str, Any]:
    try:
        scenario = load_scenario(spec, overrides)
        _read_tables(scenario)
        digest = scenario.policy_hash
        sources = sources_of(spec) | dict.fromkeys(overrides, "--set")
        changes = explain(base, scenario, sources=sources)
    except AnkomstError as error:
        problems = [
            {"sentence": str(each), **{name: getattr(each, name) for name in OF_A_PROBLEM}}
            for each in error.problems
        ]
        return {"file": spec, "ok": False, "error": str(error), "problems": problems}
    return {
        "file": spec,
        "ok": True,
        "title": scenario.title,
        "title_da": scenario.title_da,
        "source": scenario.source,
        "policy_hash": digest,
        "warnings": cautions(scenario),
        "baseline": baseline,
        "differences": [
            {"key": key, "reference": before, "value": after} for key, before, after in diff(base, scenario)
        ],
        "changes": changes,
    }
