"""The page docs/levers.md: every key of a scenario, what it does, what is assumed, which files set it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ankomst.policy import layers
from ankomst.policy.explain.dates import keys_of, reach
from ankomst.policy.explain.differences import section_label
from ankomst.policy.explain.lever_texts import LeverText, load_rows, load_texts, load_words
from ankomst.policy.explain.wording import day, field_of, kind_of, number, value_in_words
from ankomst.policy.kinds import Choice, Choices, Day, Quantity, Switch
from ankomst.policy.law import last_date, load_law
from ankomst.policy.levers.grants import ResultGrant
from ankomst.policy.levers.lever_kinds import ArrivalsKind, DemandKind, MaybeDay, RefundKind, TableKind
from ankomst.policy.parameters import load_registry
from ankomst.policy.rates import load_rates
from ankomst.policy.scenario import Scenario, load_scenario
from ankomst.policy.schema import Frozen, Kind
from ankomst.policy.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ankomst.policy.rates import RateEntry

HEAD = """# The levers

This page is made by `ankomst levers --out docs/levers.md` from the schema of scenario files, the registry of
parameters, the dated rates and the files in `scenarios/`: change those, not this page. Titles and sources of
scenarios (`title`, `title_da`, `source`) are no levers. Every key may be left out; the default is the policy
of 2013.

**assumed** marks a parameter or a rate for which no measurement was found. An effect that rests on it is as
good as the guess: run it at both ends of the range (`--set parameters.GROUP.NAME=VALUE`). Formulas stand in
[ODD.md](ODD.md). `ankomst check FILE` says in words what a file changes.

Contents: [proposals](#the-proposals-of-the-documents) · [rules by date](#rules-by-date) ·
[scenario files](#scenario-files) · [keys](#keys)
"""
DOCUMENTS = """R is a recommendation of the Task Force report of 2013 (*Målrettet integration - et fælles
ansvar*), the steering model its part on governance; KL 2018 the meeting of the municipal contact councils in
March 2018; Integrationsministeriet the talk *Integrationen er en succes*; Integrationsservice the ministry's
consultants.
"""
OUTSIDE = """
Outside the model: crime prevention, housing areas, voting, the parental role (chapters 3 to 5 of the report
as far as they do not bear on employment or public cost), and the 15 hours a week with a company for the
young: the hours of an offer are not modelled.
"""
DATED = """With `rules: denmark` levers and rates follow the law (`model/ankomst/policy/data/law.yaml`,
`rates.yaml`). What a scenario sets itself holds above it. Confidence: S read in a source, D derived, M from
memory, assumption: no source.

Changes of the law are held up to {law} and rates up to {rates}; later dates keep them.
"""
OTHER_RATES = """
All other rates (taxes, prices, ceilings, the wage index) change at their dates in `rates.yaml`, for all.
"""
KEYS = """## Keys

Value (range; unit), grade and source stand behind each parameter; a rate is that of 2013 or its first one.
*Set in* names the files in which the key stands; files that extend them have it too.
"""
KINDS = {
    Switch: "true or false",
    Day: "a date",
    MaybeDay: "a date or null",
    RefundKind: "null, flat_50 or {active: share, passive: share}",
    DemandKind: "percentage points of employment, -20 to 20, one number or by date",
    ArrivalsKind: "null, denmark, {year: people} or a table (csv)",
}
"""How kinds of values without words or numbers of their own are described."""


def levers_page(scenarios: Path) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    scenarios
        The folder of the scenario files.
    """
    paths = sorted(scenarios.glob("*.yaml"))
    loaded = {path.stem: load_scenario(path) for path in paths}
    setting = _files_by_key(paths, loaded)
    parts = [HEAD, *_proposals(), *_dated(), *_files(loaded), KEYS]
    section = ""
    for text in sorted(
        load_texts().values(), key=lambda text: list(load_words()["sections"]).index(text.section)
    ):
        if text.section != section:
            section = text.section
            parts.append(f"### {section_label(section, 'en')} ({section_label(section, 'da')})\n")
        parts.append(_entry(text, setting.get(text.key, {})))
    return "\n".join(parts).rstrip() + "\n"


def _files_by_key(paths: list[Path], loaded: Mapping[str, Scenario]) -> dict[str, dict[str, str]]:
    """Return key to file to the value that stands in the file, in words; a part of a grant by its outcome."""
    found: dict[str, dict[str, str]] = {}
    for path in paths:
        scenario = loaded[path.stem]
        for key in _keys_in(path):
            if key == "result_grants":
                found.setdefault(key, {})[path.stem] = "" if scenario.result_grants else "none"
                for name in sorted({name for grant in scenario.result_grants for name in _differing(grant)}):
                    found.setdefault(f"result_grants.{name}", {})[path.stem] = ""
                continue
            value: Any = scenario
            for part in key.split("."):
                value = getattr(value, part)
            found.setdefault(key, {})[path.stem] = value_in_words(key, value, "en")
    return found


def _keys_in(path: Path) -> list[str]:
    """Return the keys that stand in a file itself, those inside one value folded into its key."""
    texts, found = load_texts(), []
    for parts, _ in layers.flatten(read_yaml(path).data):
        known = [".".join(parts[:n]) for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in texts]
        found += known[:1]
    return list(dict.fromkeys(found))


def _differing(grant: ResultGrant) -> Iterator[str]:
    """Yield the parts of a grant that a design chooses otherwise than the rule of 2013."""
    usual = ResultGrant(outcome=grant.outcome, schedule=grant.schedule)
    yield from ("outcome", "schedule")
    for name in ResultGrant.model_fields:
        own, default = getattr(grant, name), getattr(usual, name)
        if own == default:
            continue
        if isinstance(own, Frozen):
            yield from (f"{name}.{inner}" for inner in type(own).model_fields)
        else:
            yield name


def _proposals() -> Iterator[str]:
    by_row: dict[int, list[str]] = {}
    for text in load_texts().values():
        if text.row is not None:
            by_row.setdefault(text.row, []).append(text.key)
    yield "## The proposals of the documents\n"
    yield DOCUMENTS
    yield "| row | document | proposal | keys | scenario files |\n|---|---|---|---|---|"
    for row in load_rows():
        keys = ", ".join(f"`{key}`" for key in by_row.get(row.number, []) if key.count(".") < 2)
        files = ", ".join(f"`{name}`" for name in row.files)
        yield f"| {row.number} | {row.document} | {row.proposal} | {keys or 'those of its parts'} | {files} |"
    yield OUTSIDE


def _dated() -> Iterator[str]:
    yield "## Rules by date\n"
    yield DATED.format(law=day(last_date(), "en"), rates=load_rates().last_date.year)
    yield "| from | what | whom it reaches | carried by | source | confidence |\n|---|---|---|---|---|---|"
    for change in load_law():
        keys = {*keys_of(change)} if change.levers else set()
        carried = ", ".join(f"`{name}`" for name in (*sorted(keys), *change.rates))
        yield (
            f"| {day(change.date, 'en')} | {change.text} | {reach(change, 'en')} | {carried} "
            f"| {change.source} | {change.confidence} |"
        )
    yield OTHER_RATES


def _files(loaded: Mapping[str, Scenario]) -> Iterator[str]:
    yield "## Scenario files\n"
    rows = {name: row.number for row in load_rows() for name in row.files}
    yield "| file | row | title | Danish title | source |\n|---|---|---|---|---|"
    for name, scenario in loaded.items():
        row = rows.get(name, "none")
        yield f"| `{name}` | {row} | {scenario.title} | {scenario.title_da} | {scenario.source} |"
    yield ""


def _entry(text: LeverText, files: Mapping[str, str]) -> str:
    lines = [f"#### `{text.key}`\n", f"{text.label[0]} / {text.label[1]}. {_range(text.key)}\n"]
    lines.append(f"- In the model: {text.effect[0]}")
    lines.append(f"- Cost and payer: {text.cost[0] or 'nothing of its own.'}")
    if text.parameters:
        lines.append("- Parameters:")
        lines += [f"  - {_parameter(name)}" for name in text.parameters]
    if text.rates:
        lines.append("- Rates:")
        lines += [f"  - {_rate(name)}" for name in text.rates]
    if files:
        said = (f"`{name}`{f' ({value})' if value else ''}" for name, value in files.items())
        lines.append(f"- Set in: {', '.join(said)}")
    if text.row is not None:
        lines.append(f"- Proposal: row {text.row}")
    return "\n".join(lines) + "\n"


def _range(key: str) -> str:
    """Say what may stand behind a key, and the default."""
    field, kind = field_of(key), kind_of(key)
    if key == "result_grants":
        return "A list of grants; default: the rule of 2013 (job, education, Danish test); `[]` is none."
    default = "required" if field.is_required() else f"default {_default(key, field.default)}"
    if isinstance(kind, Quantity):
        span = f"{number(kind.low, 'en')} to {number(kind.high, 'en')} ({kind.unit})"
        return f"{' or '.join([span, *kind.words, *(['null'] if kind.null else [])])}; {default}."
    if isinstance(kind, Choice | Choices):
        several = "any of " if isinstance(kind, Choices) else ""
        return f"{several}{', '.join(f'`{word}`' for word in kind.words)}; {default}."
    if isinstance(kind, TableKind) and type(kind) is TableKind:
        words = [f"`{word}`" for word in kind.words] + (["null"] if kind.null else [])
        return f"{', '.join(words)} or a table (csv); {default}."
    return f"{_described(kind)}; {default}."


def _described(kind: Kind | None) -> str:
    schedule = "an amount in DKK, steps such as {0-12: 75000}, or a list of [month, amount]"
    text = next((said for known, said in KINDS.items() if type(kind) is known), schedule)
    return text[0].upper() + text[1:]


def _default(key: str, value: Any) -> str:  # noqa: ANN401 - anything a key can hold
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    if value is None:
        return f"null ({value_in_words(key, None, 'en')})"
    if isinstance(value, int | float):
        return number(value, "en")
    return f"`{value}`"


def _parameter(name: str) -> str:
    entry = load_registry()[name]
    known = f"{number(entry.range[0], 'en')} to {number(entry.range[1], 'en')}" if entry.range else "fixed"
    grade = "**assumed**" if entry.grade == "assumption" else entry.grade
    value = number(entry.value, "en") if isinstance(entry.value, int | float) else "a table"
    return f"`{name}` {value} ({known}; {entry.unit}), {grade}{f': {entry.source}' if entry.source else ''}"


def _rate(name: str) -> str:
    rate, _, part = name.partition(".")
    entry = load_rates()[rate]
    grade = "**assumed**" if "assumption" in entry.confidence else f"confidence {entry.confidence}"
    source = f": {entry.source}" if entry.source else ""
    return f"`{name}` {_rate_value(entry, part)} ({_rate_unit(entry, part)}), {grade}{source}"


def _rate_value(entry: RateEntry, part: str) -> str:
    """Return the value of 2013, or the first one after it, with its date."""
    reference = Scenario().date
    position = max((n for n, date in enumerate(entry.dates) if date <= reference), default=0)
    value: Any = entry.values[position]
    if isinstance(value, Mapping):
        value = (
            value[part] if part else ", ".join(f"{key} {number(item, 'en')}" for key, item in value.items())
        )
    text = number(value, "en") if isinstance(value, int | float) else str(value)
    return text if entry.dates[position] <= reference else f"{text} from {entry.dates[position]}"


def _rate_unit(entry: RateEntry, part: str) -> str:
    return "share" if part in entry.not_indexed else entry.unit
