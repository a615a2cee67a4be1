"""The tables of a sensitivity analysis: checked, by quantity, what leads in them, and as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ankomst.report.document.context import missing, records
from ankomst.report.document.page import paragraph
from ankomst.report.document.run_context import DASH, written
from ankomst.report.document.tables import html_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ankomst.report.sensitivity.study import Row, StoredSensitivity
    from ankomst.report.sensitivity.words import Scale, SensitivityContext


def quantity_tables(row: Row, study: StoredSensitivity, context: SensitivityContext, place: str) -> str:
    """Return the tables of one quantity with all numbers, behind a line to open them."""
    quantity = row["quantity"]
    scale = context.scale(row, study.spread(quantity))
    parts = [
        *(_indices(table, sample, rows, context) for table, sample, rows in study.index_sets(quantity)),
        _morris(study.rows("morris", quantity), scale, context),
        _interactions(study.rows("interactions", quantity), context),
        _given(study.rows("given_data", quantity), context),
        _tornado(study.rows("tornado", quantity), scale, context),
        _spread(study.rows("spread", quantity), scale, context),
    ]
    body = "".join(parts)
    fold = escape(context.texts.get("sensitivity.show_tables"))
    folded = f"<details><summary>{fold}</summary>{body}</details>"
    return f'<section class="table" id="numbers-{place}">{folded}</section>'


def factors_table(study: StoredSensitivity, context: SensitivityContext) -> str:
    """Return the table of every factor: range, distribution, grade, source and where it was moved."""
    texts, columns = (
        context.texts,
        ("factor", "unit", "range", "central", "distribution", "grade", "group", "in", "source"),
    )
    body = []
    for row in study.factors:
        moved = [name for name in ("morris", "sobol") if row[f"in_{name}"] == "yes"]
        cells = [
            escape(_text(row["unit"])),
            escape(texts.span(float(row["low"]), float(row["high"]), _decimals(row))),
            texts.number(float(row["central"]), _decimals(row)),
            escape(texts.label("sensitivity.distribution", row["distribution"])),
            escape(texts.label("grade", _text(row["grade"]))),
            escape(context.name(_text(row["group"]))),
            escape(", ".join(texts.get(f"sensitivity.in.{name}") for name in moved) or DASH),
            escape(_text(row["source"])),
        ]
        body.append([context.code(row["factor"]), *cells])
    note = texts.get("sensitivity.table.factors_note")
    return _section("factors", body, columns, context, text_columns=9, note=note, fold=True)


def ranking_table(study: StoredSensitivity, context: SensitivityContext) -> str:
    """Return the table of how often each scenario is best; nothing where one scenario is looked at."""
    table = study.table("ranking")
    if table is None:
        return ""
    texts = context.texts
    labels = {str(row["quantity"]).partition(":")[0]: context.label(row) for row in study.quantities}
    body = [
        [
            escape(labels.get(str(row["criterion"]), str(row["criterion"]))),
            escape(context.period(str(row["scenario"]))),
            escape(context.share(row["p_best"], row["low"], row["high"])),
            texts.number(float(row["mean_rank"]), 2),
            texts.number(float(row["n"])),
        ]
        for row in records(table)
    ]
    columns = ("criterion", "scenario", "p_best", "mean_rank", "n")
    note = texts.get("sensitivity.table.ranking_note", level=context.level)
    return _section("ranking", body, columns, context, text_columns=2, note=note)


def dependence_table(study: StoredSensitivity, context: SensitivityContext) -> str:
    """Return the table of the dependence between factors as it stands; nothing where there is none."""
    table = study.table("dependence")
    if table is None:
        return ""
    texts = context.texts
    names = [str(name) for name in table.columns]
    body = [[escape(written(value, context)) for value in row.values()] for row in records(table)]
    title = texts.get("sensitivity.table.dependence")
    note = paragraph(texts.get("sensitivity.table.dependence_note"), "note")
    head = [name.replace("_", " ") for name in names]
    grid = html_table(head, body, text_columns=len(names))
    return f'<section class="table" id="table-dependence"><h3>{escape(title)}</h3>{note}{grid}</section>'


def _indices(table: str, sample: str, rows: pd.DataFrame, context: SensitivityContext) -> str:
    texts = context.texts
    body = []
    ordered = rows[rows["index"] == "total"].sort_values("rank", kind="stable")
    # An emulator of the mean has no noise to leave in.
    corrected = "raw" in rows.columns and rows["raw"].notna().any()
    for total in records(ordered):
        first = records(rows[(rows["index"] == "first") & (rows["factor"] == total["factor"])])
        cells = [_share(one, context) for one in (total, *first[:1])] + ([] if first else [DASH])
        raw = [context.share(total["raw"])] if corrected else []
        body.append([context.code(total["factor"]), *map(escape, (*cells, *raw)), texts.number(total["n"])])
    columns = ["factor", "total", "first", *(["raw"] if corrected else []), "n"]
    name = "emulator" if table == "emulator_indices" else sample
    return _section(f"indices_{name}", body, columns, context)


def _morris(rows: pd.DataFrame, scale: Scale, context: SensitivityContext) -> str:
    body = [
        [
            context.code(row["factor"]),
            escape(context.texts.get(f"sensitivity.{row['clear']}")),
            _spanned(row, "mu_star", scale, sign=False),
            _spanned(row, "mu", scale, sign=True),
            scale.number(row["sigma"], sign=False),
            scale.number(row["noise"], sign=False),
            context.texts.number(float(row["n"])),
        ]
        for row in records(rows.sort_values("rank", kind="stable"))
    ]
    columns = ("factor", "clear", "mu_star", "mu", "sigma", "noise", "n")
    return _section("morris", body, columns, context, text_columns=2, unit=scale.unit)


def _interactions(rows: pd.DataFrame, context: SensitivityContext) -> str:
    order = rows["estimate"].abs().sort_values(ascending=False, kind="stable").index
    body = [
        [
            context.code(row["factor_1"]),
            context.code(row["factor_2"]),
            escape(context.texts.label("sensitivity.method", row["method"])),
            escape(context.texts.label("sensitivity.sample", row["sample"])),
            escape(_share(row, context)),
            context.texts.number(float(row["n"])),
        ]
        for row in records(rows.loc[order])
    ]
    columns = ("factor", "with", "method", "sample", "second", "n")
    return _section("interactions", body, columns, context, text_columns=4)


def _given(rows: pd.DataFrame, context: SensitivityContext) -> str:
    texts = context.texts
    body = [
        [
            context.code(row["factor"]),
            escape(texts.label("sensitivity.method", row["method"])),
            escape(texts.label("sensitivity.sample", row["sample"])),
            escape(texts.get(f"sensitivity.{row['clear']}")),
            f"{texts.number(row['estimate'], 3)} ({escape(texts.span(row['low'], row['high'], 3))})",
            texts.number(row["dummy"], 3),
            texts.number(float(row["n"])),
        ]
        for row in records(rows.sort_values(["sample", "method", "rank"], kind="stable"))
    ]
    columns = ("factor", "method", "sample", "clear", "estimate", "dummy", "n")
    return _section("given_data", body, columns, context, text_columns=4)


def _tornado(rows: pd.DataFrame, scale: Scale, context: SensitivityContext) -> str:
    body = [
        [
            context.code(row["factor"]),
            escape(context.texts.label("sensitivity.sample", row["sample"])),
            *(_spanned(row, end, scale) for end in ("at_low", "at_high")),
            context.texts.number(float(row["n"])),
        ]
        for row in records(rows.sort_values(["sample", "rank"], kind="stable"))
    ]
    columns = ("factor", "sample", "at_low", "at_high", "n")
    return _section("tornado", body, columns, context, text_columns=2, unit=scale.unit)


def _spread(rows: pd.DataFrame, scale: Scale, context: SensitivityContext) -> str:
    texts = context.texts
    body = [
        [
            escape(texts.label("sensitivity.sample", row["sample"])),
            scale.number(row["mean"]),
            scale.number(row["sd"], sign=False),
            escape(scale.span(row["low"], row["high"])),
            *(context.share(row[name]) for name in ("share_positive", "noise_share_run", "noise_share")),
            *(texts.number(float(row[name])) for name in ("n", "replicates")),
        ]
        for row in records(rows)
    ]
    columns = (
        "sample",
        "mean",
        "sd",
        "spread",
        "share_positive",
        "noise_run",
        "noise_left",
        "n",
        "replicates",
    )
    return _section("spread", body, columns, context, unit=scale.unit)


def _section(
    name: str,
    body: Sequence[Sequence[str]],
    columns: Sequence[str],
    context: SensitivityContext,
    *,
    text_columns: int = 1,
    unit: str = "",
    note: str = "",
    fold: bool = False,
) -> str:
    """Return a table with its heading; nothing where it has no rows."""
    if not body:
        return ""
    texts = context.texts
    title = texts.get(f"sensitivity.table.{name}") + (f", {unit}" if unit else "")
    head = [texts.get(f"sensitivity.column.{column}", level=context.level) for column in columns]
    table = html_table(head, body, text_columns=text_columns)
    words = paragraph(note, "note") if note else ""
    if fold:
        summary = escape(texts.get("sensitivity.show_tables"))
        table = f"<details><summary>{summary}</summary>{table}</details>"
    return f'<section class="table"><h3>{escape(title)}</h3>{words}{table}</section>'


def _share(row: Row, context: SensitivityContext) -> str:
    return context.share(row["estimate"], row["low"], row["high"])


def _spanned(row: Row, name: str, scale: Scale, *, sign: bool | None = None) -> str:
    span = escape(scale.span(row[f"{name}_low"], row[f"{name}_high"], sign=sign))
    return f'{scale.number(row[name], sign=sign)}<br><span class="span">{span}</span>'


def _text(value: object) -> str:
    return DASH if missing(value) or not str(value) else str(value)


def _decimals(row: Row) -> int:
    """Return the decimals with which the values of a factor are written, by the width of its range."""
    width = float(row["high"]) - float(row["low"])
    return next((k for k in range(5) if width * 10.0**k >= 100), 4) if width > 0 else 2
