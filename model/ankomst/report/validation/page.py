"""The page of `ankomst validate`: published reforms and cohorts beside what the model says of them."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from ankomst.report.document.context import Context, missing, records, require, require_facts
from ankomst.report.document.page import bullets, panel, paragraph, top
from ankomst.report.document.story import Section, Story
from ankomst.report.document.story_page import write_story
from ankomst.report.document.story_words import provenance_of, sheets_of, source_of
from ankomst.report.document.tables import html_table
from ankomst.report.document.texts import Texts, load_texts
from ankomst.report.validation.figure_validation import DECIMALS, case_figure, scaled, search_figure
from ankomst.studies.engine.stored_tables import all_as_stored

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd


COLUMNS = (
    *(
        "case",
        "title",
        "title_da",
        "quantity",
        "label",
        "label_da",
        "done",
        "done_da",
        "comment",
        "comment_da",
    ),
    *("cohort", "unit", "judged", "sign", "published", "published_low", "published_high", "low", "median"),
    *("high", "n", "share", "verdict", "distance", "reason", "reason_da", "definition", "definition_da"),
    *("source", "confidence", "confidence_da", "residual"),
)
GOOD = ("inside", "sign right", "order right")
BAD = ("outside", "sign wrong", "order wrong")
UNCLEAR = ("sign unclear", "order unclear")
CLEAR = 90
"""Per cent of the draws from which a sign or an order is right."""
FEW = 20
_MINUTE = 60.0
_FACTS = ("title", "draws", "origin", "newcomers_per_year", "seed", "level", "created", "residual")


@cache
def validation_texts(lang: str) -> Texts:
    """Return the texts of a language with those of this page.

    Raises
    ------
    ValueError
        There are no texts in that language.
    """
    return load_texts(lang, "validation")


def build_validation_page(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], out: Path, lang: str = "en"
) -> Path:
    """Write the page.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``validation``, and ``residual`` where one is declared.
    facts : mapping
        title, draws, origin, newcomers_per_year, seed, level, created, residual (None or a mapping with
        since, fitted_to, published, points and reached); if known version, commit, seconds.
    out : Path
        File to write; its folder is made when it is missing.
    lang : {"en", "da"}

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ValueError
        A table or a fact is missing, or a table is empty or lacks a column.
    """
    return write_story(validation_story(tables, facts, lang), out)


def validation_story(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], lang: str = "en") -> Story:
    """Return what a validation says in one language; see `build_validation_page`."""
    require_facts(facts, _FACTS)
    stored = all_as_stored(tables)
    table = require(stored.get("validation"), "validation", COLUMNS).copy()
    # An empty text is a gap once the table was read from a file.
    for name in ("residual", "reason", "reason_da"):
        table[name] = table[name].astype(object).where(table[name].notna(), "")
    context = Context(validation_texts(lang), facts)
    texts, title = context.texts, context.texts.pick(facts["title"])
    said, found, method = _facts(context), _findings(table, context), _method(context)
    origin = texts.get(f"validation.origin_{facts['origin']}")
    sure = facts["origin"] == "posterior"
    box = panel("box", texts.get("validation.summary_title"), bullets(found))
    head = top(title, paragraph(texts.get("validation.intro")), paragraph(said, "facts"))
    return Story(
        kind="validation",
        lang=lang,
        title=title,
        facts=said,
        summary=tuple(found),
        method=(origin, *method),
        sections=_sections(stored, table, context),
        sheets=sheets_of(stored, "validation", context),
        source=source_of(facts, texts),
        made=str(facts.get("created") or ""),
        banners=() if sure else (origin,),
        provenance=provenance_of(facts, context),
        head=head,
        box=(paragraph(origin) if sure else "") + box,
        how=panel("how", texts.get("validation.how_title"), "".join(map(paragraph, method))),
        end=_end(context),
        styles=("page.css", "run.css"),
    )


def _sections(
    tables: Mapping[str, pd.DataFrame], table: pd.DataFrame, context: Context
) -> tuple[Section, ...]:
    """Return a section for each case, for the residual and for the notes."""
    texts = context.texts
    cases = dict.fromkeys(str(name) for name in table["case"])
    sections = [_case(name, table[table["case"] == name], context) for name in cases]
    notes = [texts.get(f"validation.note_{name}") for name in ("targets", "secondhand", "boom", "creaming")]
    return (
        *sections,
        _residual(tables, table, context),
        Section("notes", texts.get("validation.notes_title"), above=bullets(notes)),
    )


def verdict_words(row: Mapping[str, Any], texts: Texts) -> str:
    """Return a verdict in words: how far outside, and on which side."""
    verdict = str(row["verdict"])
    if verdict == "outside" and not missing(row["distance"]):
        unit, distance = str(row["unit"]), scaled(row["distance"], row["unit"])
        decimals = DECIMALS[unit]
        amount = texts.number(
            abs(distance), decimals if abs(distance) >= 0.5 * 10.0**-decimals else decimals + 1
        )
        if unit in {"share", "points", "points_a_month"}:
            amount = texts.get("word.points", amount=amount)
        side = texts.get("validation.above" if distance > 0 else "validation.below")
        return texts.get("validation.verdict_outside_by", side=side, distance=amount)
    return texts.get(f"validation.verdict_{verdict.replace(' ', '_')}")


def _facts(context: Context) -> str:
    texts, facts = context.texts, context.facts
    return texts.get(
        "validation.facts",
        draws=texts.number(float(facts["draws"])),
        newcomers=texts.number(float(facts["newcomers_per_year"])),
        seed=facts["seed"],
    )


def _findings(table: pd.DataFrame, context: Context) -> list[str]:
    texts = context.texts
    said = []
    for key, rows in (
        ("validation.summary", table[table["residual"] != "with"]),
        ("validation.summary_with", table[table["residual"] == "with"]),
    ):
        counts = {
            name: int(rows["verdict"].isin(words).sum())
            for name, words in (("inside", GOOD), ("outside", BAD), ("unclear", UNCLEAR))
        }
        if sum(counts.values()):
            said.append(texts.get(key, judged=sum(counts.values()), **counts))
    if int(context.facts["draws"]) < FEW:
        said.append(texts.get("validation.few"))
    return said


def _method(context: Context) -> list[str]:
    texts = context.texts
    return [
        texts.get("validation.how_interval", level=context.level),
        texts.get("validation.how_inside"),
        texts.get("validation.how_sign", clear=texts.number(CLEAR), unclear=texts.number(100 - CLEAR)),
        texts.get("validation.how_reason"),
    ]


def _case(name: str, rows: pd.DataFrame, context: Context) -> Section:
    texts, first = context.texts, records(rows)[0]
    drawn = case_figure(name, rows, context)

    def both(column: str) -> str:
        return texts.pick((first[column], first[f"{column}_da"]))

    sources = list(dict.fromkeys(rows["source"]))
    definition = (
        f"{both('definition')}. {texts.get('validation.source')} {'; '.join(sources)} "
        f"({texts.get('validation.confidence')}: {both('confidence')})"
    )
    above = "".join(
        f"<p><strong>{escape(texts.get(f'validation.{key}'))}</strong> {escape(words)}</p>"
        for key, words in (("done", both("done")), ("note", both("comment")))
    )
    note = paragraph(f"{texts.get('validation.definition')} {definition}", "note")
    return Section(
        f"case-{name}",
        both("title"),
        (drawn,) if drawn is not None else (),
        above=above,
        below=f"{_table(rows, context)}{_reasons(rows, context)}{note}",
    )


def _reasons(rows: pd.DataFrame, context: Context) -> str:
    """Return the reasons of what lies outside, each once with the quantities that it is for."""
    texts = context.texts
    found: dict[str, list[str]] = {}
    for row in records(rows):
        if row["reason"]:
            reason = texts.pick((row["reason"], row["reason_da"]))
            label = texts.pick((row["label"], row["label_da"]))
            found.setdefault(reason, []).append(label)
    said = []
    for reason, labels in found.items():
        names = texts.get("validation.reason_for", names="; ".join(dict.fromkeys(labels)))
        head = escape(texts.get("validation.reasons"))
        said.append(f"<p><strong>{head}</strong> {escape(reason)} <em>({escape(names)})</em></p>")
    return "".join(said)


def _table(rows: pd.DataFrame, context: Context) -> str:
    texts = context.texts
    sided = (rows["residual"] != "").any()
    signed = rows["judged"].isin(["sign", "order"]).any()
    heads = ["quantity", "published", "model", *(["residual"] if sided else [])]
    heads += [*(["share"] if signed else []), "n", "verdict"]
    lines = []
    for row in records(rows):
        share = (
            ""
            if missing(row["share"])
            else texts.get("word.percent", amount=texts.number(100.0 * float(row["share"])))
        )
        cells = {
            "quantity": texts.pick((row["label"], row["label_da"])),
            "published": _published(row, texts),
            "model": _model(row, texts),
            "residual": texts.get(f"validation.side_{row['residual']}"),
            "share": share,
            "n": texts.number(float(row["n"])),
            "verdict": verdict_words(row, texts),
        }
        strong = row["verdict"] in BAD
        cell = {name: escape(text) for name, text in cells.items()}
        cell["verdict"] = f"<strong>{cell['verdict']}</strong>" if strong else cell["verdict"]
        lines.append([cell[name] for name in heads])
    named = [texts.get(f"validation.column_{name}", level=context.level) for name in heads]
    return f'<div class="table">{html_table(named, lines, text_columns=len(heads))}</div>'


def _published(row: Mapping[str, Any], texts: Texts) -> str:
    if row["judged"] == "sign":
        return texts.get("validation.published_up" if float(row["sign"]) > 0 else "validation.published_down")
    if row["judged"] == "order":
        return texts.get("validation.published_order")
    decimals, unit = DECIMALS[str(row["unit"])], row["unit"]
    spread = ""
    if not missing(row["published_low"]):
        spread = texts.span(scaled(row["published_low"], unit), scaled(row["published_high"], unit), decimals)
    if missing(row["published"]):
        return f"{spread} {_unit(unit, texts)}"
    value = texts.number(scaled(row["published"], unit), decimals)
    return f"{value}{f' ({spread})' if spread else ''} {_unit(unit, texts)}"


def _model(row: Mapping[str, Any], texts: Texts) -> str:
    if missing(row["median"]):
        return "\N{EN DASH}"
    decimals, unit = DECIMALS[str(row["unit"])], row["unit"]
    low, middle, high = (scaled(row[name], unit) for name in ("low", "median", "high"))
    signed = row["judged"] == "sign"
    spread = texts.span(low, high, decimals, sign=signed)
    return f"{texts.number(middle, decimals, sign=signed)} ({spread}) {_unit(unit, texts)}"


def _unit(unit: object, texts: Texts) -> str:
    return "%" if unit == "share" else texts.get(f"validation.unit_{unit}")


def _residual(tables: Mapping[str, pd.DataFrame], table: pd.DataFrame, context: Context) -> Section:
    texts, residual = context.texts, context.facts["residual"]
    title = texts.get("validation.residual_title")
    if residual is None or "residual" not in tables:
        return Section("residual", title, above=paragraph(texts.get("validation.residual_none")))
    row = records(table[table["quantity"] == residual["fitted_to"]])[0]
    label = f"{texts.pick((row['title'], row['title_da']))}: {texts.pick((row['label'], row['label_da']))}"
    points = float(residual["points"])
    said = [
        texts.get(
            "validation.residual",
            points=texts.number(points, 1, sign=True),
            since=residual["since"],
            fitted=label,
            published=_published(row, texts),
        ),
        texts.get("validation.residual_size"),
    ]
    if points < 0:
        said.append(texts.get("validation.residual_negative"))
    if not residual["reached"]:
        said.append(texts.get("validation.residual_not_reached"))
    drawn = search_figure(tables["residual"], context, label, str(row["unit"]))
    return Section("residual", title, (drawn,), above="".join(map(paragraph, said)))


def _end(context: Context) -> str:
    texts, facts = context.texts, context.facts
    said = texts.get(
        "validation.created",
        created=facts["created"],
        version=facts.get("version", "\N{EN DASH}"),
        commit=str(facts.get("commit") or "\N{EN DASH}")[:12],
        minutes=texts.number(float(facts.get("seconds", float("nan"))) / _MINUTE, 1),
    )
    return f"<footer>{escape(said)}</footer>"
