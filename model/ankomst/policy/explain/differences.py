"""Changes of a scenario against its baseline in words, with sources and assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ankomst.policy import layers
from ankomst.policy.explain.dates import law_changes, rate_changes
from ankomst.policy.explain.explained import Explained, assumed, assumed_rates, finished, instead
from ankomst.policy.explain.lever_texts import LANGUAGES, lever_text, load_texts, load_words, word
from ankomst.policy.explain.wording import bare, grants_in_words, table_in_words, unit_of, value_in_words
from ankomst.policy.levers.grants import OUTCOMES, ResultGrant
from ankomst.policy.parameters import load_registry
from ankomst.policy.scenario import Scenario, diff
from ankomst.policy.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["Explained", "explain", "section_label", "sources_of"]

BELIEFS = {0: "belief_at_entry", 6: "belief_6", 12: "belief_12", 24: "belief_24"}
"""Months that a job must last to the constant that says how far municipalities believe in it."""
TEST_EFFECTS = (
    "municipality.effort_elasticity",
    "municipality.responsive_share",
    "municipality.effort_adjustment",
    "municipality.planning_months",
    "constants.test_gain_share",
)
"""What a grant for the Danish test works through. Grants for education and self-support move money only."""


def explain(base: Scenario, alt: Scenario, *, sources: Mapping[str, str] | None = None) -> list[Explained]:
    """Say in words what a scenario changes against its baseline.

    Parameters
    ----------
    base, alt
        The baseline and the scenario.
    sources
        Source by dotted key, as from `sources_of`: where a composition is made of several files, each change
        gets the source of the file that sets it. Without it each has the source of the whole scenario.

    Returns
    -------
    list of Explained
        One entry a key, a result that is paid for (`result_grants.OUTCOME`), a rate of the date
        (`rates.NAME`), a rule of the law (`law.NAME`, with `rules: denmark`) or a parameter
        (`parameters.NAME`), in the order of the headings. Titles and sources are no change. Two scenarios of
        the same policy give an empty list.
    """
    entries = [
        *(line for key in _changed(base, alt) for line in _lines(key, base, alt, sources or {})),
        *law_changes(base, alt),
        *rate_changes(base, alt),
    ]
    order = list(load_words()["sections"])
    return sorted(entries, key=lambda line: order.index(line.section))


def section_label(section: str, language: str) -> str:
    """Return the heading of a section in a language."""
    return word("sections", section, language)


def sources_of(spec: str) -> dict[str, str]:
    """Return the source of every key that the files of a composition set: that of the file that sets it.

    A file without a source goes by its name.
    """
    inherited: dict[str, str] = {}
    own: dict[str, str] = {}
    for path in layers.resolve(spec):
        above, here = _sources(path)
        inherited.update(above)
        own.update(here)
    return inherited | own


def _sources(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    data = dict(read_yaml(path).data)
    extended = data.pop("extends", [])
    source = str(data.get("source") or path.name)
    content = {key: value for key, value in data.items() if key not in layers.METADATA}
    own = {".".join(key): source for key, _ in layers.flatten(content)}
    inherited: dict[str, str] = {}
    above: dict[str, str] = {}
    for name in extended if isinstance(extended, list) else [extended]:
        parent = layers.inside_folder(str(name), path.parent, path.name, "extends", "a scenario file")
        further, here = _sources(parent)
        inherited.update(further)
        above.update(here)
    if isinstance(extended, list):
        return inherited, above | own
    return inherited | above, own


def _changed(base: Scenario, alt: Scenario) -> list[str]:
    """Return the keys that differ; entries of a map that is one value count as its key."""
    texts, keys = load_texts(), []
    for key, _, _ in diff(base, alt):
        parts = key.split(".")
        known = (name for n in range(len(parts), 0, -1) if (name := ".".join(parts[:n])) in texts)
        keys.append(next(known, key))
    return list(dict.fromkeys(keys))


def _lines(key: str, base: Scenario, alt: Scenario, sources: Mapping[str, str]) -> Iterator[Explained]:
    if key.startswith("parameters."):
        yield _parameter(key, base, alt)
    elif key == "result_grants":
        yield from _grants(base, alt, _source(key, base, alt, sources))
    else:
        yield _lever(key, base, alt, _source(key, base, alt, sources))


def _source(key: str, base: Scenario, alt: Scenario, sources: Mapping[str, str]) -> str:
    near = (source for name, source in sources.items() if name.startswith(f"{key}."))
    given = sources.get(key) or next(near, "")
    if given:
        return given
    own = {".".join(path) for path, _ in layers.flatten(alt.model_dump(exclude_unset=True))}
    return alt.source if any(name == key or name.startswith(f"{key}.") for name in own) else base.source


def _lever(key: str, base: Scenario, alt: Scenario, source: str) -> Explained:
    text = lever_text(key)
    before, after = _value(base, key), _value(alt, key)
    words = [value_in_words(key, value, language) for value in (before, after) for language in LANGUAGES]
    sentences = [
        (text.off[n] if after is False else text.sentence[n]).format(
            before=bare(key, before, after, language), after=words[2 + n]
        )
        for n, language in enumerate(LANGUAGES)
    ]
    return Explained(
        key=key,
        section=text.section,
        label_en=text.label[0],
        label_da=text.label[1],
        before_en=words[0],
        before_da=words[1],
        after_en=words[2],
        after_da=words[3],
        unit=unit_of(key),
        sentence_en=finished(sentences[0]),
        sentence_da=finished(sentences[1]),
        source=source,
        rests_on=assumed(text.parameters),
        assumed_rates=assumed_rates(text.rates),
    )


def _grants(base: Scenario, alt: Scenario, source: str) -> Iterator[Explained]:
    for outcome in OUTCOMES:
        before = [grant for grant in base.result_grants if grant.outcome == outcome]
        after = [grant for grant in alt.result_grants if grant.outcome == outcome]
        if before == after:
            continue
        text = lever_text("result_grants")
        words = [grants_in_words(grants, language) for grants in (before, after) for language in LANGUAGES]
        what = [word("grants", outcome, language) for language in LANGUAGES]
        sentences = [
            text.sentence[n].format(what=what[n], before=words[n], after=words[2 + n])
            for n in range(len(LANGUAGES))
        ]
        yield Explained(
            key=f"result_grants.{outcome}",
            section=text.section,
            label_en=f"{text.label[0]}: {what[0]}",
            label_da=f"{text.label[1]}: {what[1]}",
            before_en=words[0],
            before_da=words[1],
            after_en=words[2],
            after_da=words[3],
            unit="DKK",
            sentence_en=finished(sentences[0]),
            sentence_da=finished(sentences[1]),
            source=source,
            rests_on=assumed(_effects(outcome, [*before, *after])),
        )


def _effects(outcome: str, grants: Sequence[ResultGrant]) -> tuple[str, ...]:
    """Return the parameters through which a grant works."""
    if outcome == "danish_test":
        return TEST_EFFECTS
    if outcome != "ordinary_job":
        return ()
    knots = set()
    for lasting in {min(grant.sustained_months, max(BELIEFS)) for grant in grants}:
        knots |= {max(k for k in BELIEFS if k <= lasting), min(k for k in BELIEFS if k >= lasting)}
    beliefs = tuple(f"constants.{BELIEFS[knot]}" for knot in sorted(knots))
    above = ("constants.benchmark_belief",) if any(grant.benchmark for grant in grants) else ()
    return tuple(dict.fromkeys((*lever_text("result_grants").parameters, *beliefs, *above)))


def _parameter(key: str, base: Scenario, alt: Scenario) -> Explained:
    name = key.partition(".")[2]
    parameter = load_registry()[name]
    words = [
        table_in_words(scenario.parameter_values()[name], parameter.unit, language)
        for scenario in (base, alt)
        for language in LANGUAGES
    ]
    label = [word("other", "parameter", language).format(name=name) for language in LANGUAGES]
    known = "" if parameter.range is None else f", range {parameter.range[0]:g} to {parameter.range[1]:g}"
    return Explained(
        key=key,
        section="parameters",
        label_en=name,
        label_da=name,
        before_en=words[0],
        before_da=words[1],
        after_en=words[2],
        after_da=words[3],
        unit=parameter.unit,
        sentence_en=instead(label[0], words[0], words[2], "en"),
        sentence_da=instead(label[1], words[1], words[3], "da"),
        source=f"{parameter.source or 'no source'} (grade {parameter.grade}{known})",
        rests_on=assumed((name,)),
    )


def _value(scenario: Scenario, key: str) -> Any:  # noqa: ANN401 - anything a key can hold
    value: Any = scenario
    for part in key.split("."):
        value = getattr(value, part)
    return value
