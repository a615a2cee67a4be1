"""The tables of the page of a calibration as HTML; every text that comes from a file is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ankomst.report.calibration.context import yes
from ankomst.report.calibration.figure_pairs import limit_of_pairs, strongest
from ankomst.report.calibration.words import AT_BOUND, at_bounds
from ankomst.report.document.context import missing, records
from ankomst.report.document.page import paragraph
from ankomst.report.document.run_context import DASH, written
from ankomst.report.document.tables import html_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ankomst.report.calibration.context import CalibrationContext, Row, StoredCalibration

_PAIRS = 15


def section(name: str, title: str, note: str, table: str, *, fold: str = "") -> str:
    """Return a table with its heading and note; with `fold`, behind a line to open it."""
    body = f"<details><summary>{escape(fold)}</summary>{table}</details>" if fold else table
    words = paragraph(note, "note") if note else ""
    return f'<section class="table" id="table-{name}"><h3>{escape(title)}</h3>{words}{body}</section>'


def deciding_table(study: StoredCalibration, context: CalibrationContext) -> str:
    """Table of the parameters that decide 1 against 3 years; nothing where the study has none of them."""
    if len(study.deciding) == 0:
        return ""
    texts = context.texts
    title = texts.get("calibration.table.deciding")
    table = _parameter_rows(study.deciding, context)
    return section("deciding", title, texts.get("calibration.table.deciding_note"), table)


def parameters_table(study: StoredCalibration, context: CalibrationContext) -> str:
    """Table of every parameter with a range: prior, posterior, central draw, narrowing."""
    texts, rows = context.texts, study.parameters
    title = texts.get("calibration.table.parameters", count=texts.number(len(rows)))
    note = texts.get(
        "calibration.table.parameters_note", level=context.level, n=texts.number(len(study.draws))
    )
    table = _parameter_rows(rows, context, everything=True)
    return section("parameters", title, note, table, fold=texts.get("calibration.table.show"))


def _parameter_rows(rows: pd.DataFrame, context: CalibrationContext, *, everything: bool = False) -> str:
    names = ["parameter", "unit", "grade", "range", "start", "posterior", "central", "narrowing"]
    names += ["free", "informed"] if everything else []
    body = []
    for row, free, informed in zip(records(rows), yes(rows["free"]), yes(rows["informed"]), strict=True):
        cells = [
            context.code(row),
            escape(str(row["unit"])),
            escape(context.texts.label("grade", row["grade"])),
            context.values(row["range_low"], row["range_high"], row),
            context.value(row["start"], row),
            _with_span(context.value(row["median"], row), context.values(row["low"], row["high"], row)),
            context.value(row["central"], row),
            context.texts.get("word.percent", amount=context.percent(row["narrowing"])),
        ]
        cells += [_yes_no(free, context), _yes_no(informed, context)] if everything else []
        body.append(cells)
    return html_table(_head(names, context), body, text_columns=3)


def targets_table(study: StoredCalibration, context: CalibrationContext) -> str:
    """Table of every published figure: value, model before and after the fit, definition, source."""
    texts, rows = context.texts, study.targets
    names = ("target", "kind", "value", "sd", "noise", "prior", "model", "central", "inside", "width")
    body = []
    for row, inside in zip(records(rows), yes(rows["inside"]), strict=True):
        mark = _yes_no(inside, context)
        kind = texts.label("calibration.kind", row["kind"])
        body.append(
            [
                _target(row, context),
                escape(kind),
                escape(context.amount(row["value"], row)),
                escape(context.amount(row["sd"], row, unit=False)),
                escape(context.amount(row["noise"], row, unit=False)),
                _model(row, "prior_", context),
                _model(row, "", context),
                escape(context.amount(row["central"], row, unit=False)),
                mark if inside else f'<span class="miss">{mark}</span>',
                texts.number(float(row["width_ratio"]), 2),
                texts.number(float(row["distance"]), 1, sign=True),
            ]
        )
    title = texts.get("calibration.table.targets", total=texts.number(len(rows)))
    note = texts.get(
        "calibration.table.targets_note", level=context.level, n=texts.number(float(rows["n"].min()))
    )
    head = _head((*names, "distance"), context)
    return section("targets", title, note, html_table(head, body, text_columns=2))


def definitions_table(study: StoredCalibration, context: CalibrationContext) -> str:
    """Table of definition and source of every published figure, a row where the months share them."""
    rows = study.targets.drop_duplicates(["group_of", "definition", "source"])
    body = []
    for row in records(rows):
        name = escape(context.texts.label("target", row["group_of"]))
        cells = [f'{name}<br><code class="small">{escape(str(row["group_of"]))}</code>']
        cells += [
            DASH if missing(row[column]) else escape(str(row[column])) for column in ("definition", "source")
        ]
        body.append(cells)
    head = _head(("target", "definition", "source"), context)
    title = context.texts.get("calibration.table.definitions")
    return section("definitions", title, "", html_table(head, body, text_columns=3))


def trades_table(study: StoredCalibration, context: CalibrationContext) -> str:
    """Table of the pairs of parameters that trade off most, beyond chance."""
    texts, rows = context.texts, strongest(study, _PAIRS)
    title = texts.get("calibration.table.trades")
    said = {"n": texts.number(len(study.draws))}
    if len(rows) == 0:
        none = texts.get(
            "calibration.table.trades_none", limit=texts.number(limit_of_pairs(study), 2), **said
        )
        return section("trades", title, none, "")
    grades = study.parameters.set_index("parameter")["grade"].to_dict()
    body = []
    for row in records(rows):
        value = float(row["correlation"])
        both = [
            context.code({"parameter": row[name], "grade": grades.get(row[name], "")})
            for name in ("parameter", "other")
        ]
        meaning = texts.get(f"calibration.{'same' if value > 0 else 'other'}_sign")
        body.append([*both, escape(meaning), texts.number(value, 2, sign=True)])
    note = texts.get("calibration.table.trades_note", limit=texts.number(study.chance, 2), **said)
    head = _head(("parameter", "other", "meaning", "correlation"), context)
    return section("trades", title, note, html_table(head, body, text_columns=3))


def bounds_table(study: StoredCalibration, context: CalibrationContext) -> str:
    """Table of the parameters that pile up at an end of their range, or that there is none."""
    texts, rows = context.texts, at_bounds(study)
    title, limit = texts.get("calibration.table.bounds"), context.percent(AT_BOUND)
    if len(rows) == 0:
        return section("bounds", title, texts.get("calibration.table.bounds_none", limit=limit), "")
    body = [
        [
            context.code(row),
            escape(str(row["unit"])),
            context.values(row["range_low"], row["range_high"], row),
            _with_span(context.value(row["median"], row), context.values(row["low"], row["high"], row)),
            *(
                texts.get("word.percent", amount=texts.number(100 * float(row[end]), 1))
                for end in ("at_low", "at_high")
            ),
        ]
        for row in records(rows)
    ]
    head = _head(("parameter", "unit", "range", "posterior", "at_low", "at_high"), context)
    note = texts.get("calibration.table.bounds_note", limit=limit)
    below = paragraph(texts.get("calibration.table.more"), "note")
    return section("bounds", title, note, html_table(head, body) + below)


def recovery_table(context: CalibrationContext) -> str:
    """Table of the recovery as it stands, where it has more than the one row that the sentence holds."""
    table: pd.DataFrame | None = context.facts.get("recovery")
    if table is None or len(table) < 2:
        return ""
    head = [str(name).replace("_", " ") for name in table.columns]
    body = [[escape(written(value, context)) for value in row.values()] for row in records(table)]
    title = context.texts.get("calibration.table.recovery")
    return section("recovery", title, "", html_table(head, body, text_columns=1))


def _head(names: Sequence[str], context: CalibrationContext) -> list[str]:
    return [context.texts.get(f"calibration.column.{name}") for name in names]


def _yes_no(value: bool, context: CalibrationContext) -> str:
    return escape(context.texts.get("calibration.yes" if value else "calibration.no"))


def _with_span(value: str, span: str) -> str:
    return f'{escape(value)}<br><span class="span">[{escape(span)}]</span>'


def _model(row: Row, prefix: str, context: CalibrationContext) -> str:
    median = context.amount(row[f"{prefix}median"], row, unit=False)
    return _with_span(median, context.amounts(row[f"{prefix}low"], row[f"{prefix}high"], row))


def _target(row: Row, context: CalibrationContext) -> str:
    return f'{escape(context.target(row))}<br><code class="small">{escape(str(row["target"]))}</code>'
