"""The tables of a sensitivity analysis: checked, by quantity, what leads in them, and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from ankomst.errors import DataError
from ankomst.report.document.context import missing, records
from ankomst.report.document.page import paragraph
from ankomst.report.document.run_context import DASH, written
from ankomst.report.document.tables import html_table
from ankomst.studies.stats.noise import LUCK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ankomst.report.sensitivity.words import Scale, SensitivityContext

Row = dict[str, Any]

_INDICES = ("quantity", "sample", "factor", "index", "rank", "estimate", "low", "high", "n")
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "quantities": (
        *("quantity", "scenario", "baseline", "outcome", "payer", "months", "unit", "label", "label_da"),
        "better",
    ),
    "spread": (
        *("quantity", "sample", "mean", "sd", "low", "high", "share_positive", "noise_share_run"),
        *("noise_share", "n", "replicates"),
    ),
    "factors": (
        *("factor", "unit", "low", "high", "central", "distribution", "grade", "source", "group"),
        *("in_morris", "in_sobol"),
    ),
}
OPTIONAL: Final[dict[str, tuple[str, ...]]] = {
    "morris": (
        *("quantity", "factor", "rank", "mu", "mu_low", "mu_high", "mu_star", "mu_star_low"),
        *("mu_star_high", "sigma", "noise", "clear", "n"),
    ),
    "sobol": (*_INDICES, "raw"),
    "emulator_indices": _INDICES,
    "interactions": (
        *("quantity", "sample", "factor_1", "factor_2", "estimate", "low", "high", "n", "method"),
    ),
    "convergence": ("quantity", "sample", "factor", "index", "n", "estimate", "low", "high"),
    "given_data": (
        *("quantity", "sample", "factor", "method", "rank", "estimate", "low", "high", "dummy", "clear", "n"),
    ),
    "tornado": (
        *("quantity", "sample", "factor", "rank", "mean", "at_low", "at_low_low", "at_low_high"),
        *("at_high", "at_high_low", "at_high_high", "n"),
    ),
    "emulator": ("quantity", "sample", "q2", "q2_low", "q2_high", "rmse", "folds", "used", "limit", "n"),
    "ranking": ("criterion", "scenario", "p_best", "low", "high", "mean_rank", "n"),
    "dependence": (),
}
"""Columns that the page needs of each table."""

_SAMPLES = ("sobol", "draws", "batch", "groups", "morris")


@dataclass(frozen=True)
class Study:
    """What a sensitivity analysis found: its tables, with the checks made.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables by name, with the columns of `REQUIRED` and `OPTIONAL`.

    Raises
    ------
    DataError
        A table lacks a column, or a required table is missing or empty.
    """

    tables: Mapping[str, pd.DataFrame]

    def __post_init__(self) -> None:
        for name, columns in REQUIRED.items():
            if self.table(name) is None:
                raise DataError(
                    f"table '{name}' is missing or empty", where=_file(name), allowed=", ".join(columns)
                )
        for name, columns in (REQUIRED | OPTIONAL).items():
            table = self.table(name)
            lacking = [] if table is None else [column for column in columns if column not in table.columns]
            if lacking:
                raise DataError(
                    f"table '{name}' lacks the column(s) {', '.join(lacking)}",
                    where=_file(name),
                    allowed=", ".join(columns),
                )

    def table(self, name: str) -> pd.DataFrame | None:
        """Return a table, or None where it is missing or empty."""
        found = self.tables.get(name)
        return None if found is None or len(found) == 0 else found

    @property
    def quantities(self) -> list[Row]:
        """Quantities, a row each."""
        return records(self.tables["quantities"])

    @property
    def factors(self) -> list[Row]:
        """Factors, a row each, the dummy among them where the table has it."""
        return records(self.tables["factors"])

    @property
    def assumed(self) -> frozenset[str]:
        """Names of the factors whose ranges are assumed."""
        return frozenset(str(row["factor"]) for row in self.factors if row["grade"] == "assumption")

    def rows(self, name: str, quantity: object) -> pd.DataFrame:
        """Return the rows of a quantity; none where the table is missing."""
        table = self.table(name)
        if table is None:
            return pd.DataFrame(columns=list(OPTIONAL.get(name, ())))
        return table[table["quantity"] == quantity]

    def spread(self, quantity: object) -> Row | None:
        """Return the spread of a quantity over one sample of points, those of the Sobol design first."""
        rows = sorted(records(self.rows("spread", quantity)), key=lambda row: _order(str(row["sample"])))
        return rows[0] if rows else None

    @property
    def replicates(self) -> dict[str, int]:
        """Return the replicates of a point by sample."""
        return {str(row["sample"]): int(row["replicates"]) for row in records(self.tables["spread"])}

    def index_sets(self, quantity: object) -> list[tuple[str, str, pd.DataFrame]]:
        """Return (table, sample, rows) of the variance-based indices that there are, parameters first."""
        found = []
        for table in ("sobol", "emulator_indices"):
            for sample, rows in self.samples(table, quantity):
                if (rows["index"] == "total").any():
                    found.append((table, sample, rows))
        return found

    def pair_sets(self, quantity: object) -> list[tuple[str, str, pd.DataFrame]]:
        """Return (method, sample, rows) of the second-order indices that there are."""
        return [
            (str(method), sample, rows[rows["method"] == method])
            for sample, rows in self.samples("interactions", quantity)
            for method in dict.fromkeys(rows["method"])
        ]

    def samples(self, name: str, quantity: object) -> list[tuple[str, pd.DataFrame]]:
        """Return (sample, rows) of a quantity, without rows that hold no number; single parameters first."""
        rows = self.rows(name, quantity)
        value = "at_low" if name == "tornado" else "estimate"
        rows = rows[rows[value].notna()]
        names = sorted(dict.fromkeys(rows["sample"]), key=_order)
        return [(str(sample), rows[rows["sample"] == sample]) for sample in names]


def _order(sample: object) -> int:
    return _SAMPLES.index(str(sample)) if sample in _SAMPLES else len(_SAMPLES)


def _file(name: str) -> str:
    return f"tables/{name}.csv"


@dataclass(frozen=True)
class Leading:
    """Which factors lead a ranking, as far as the intervals allow.

    Parameters
    ----------
    rows : list of Row
        The first of those clear of the dummy, and those clear of it whose intervals overlap its own. Empty
        where no factor is clear of the dummy.
    after : Row or None
        The next largest, where the first is clear.
    open : int
        Factors not clear of the dummy whose intervals are so wide that they may be as large.
    clear : int
        Factors clear of the dummy.
    count : int
        Factors ranked, the dummy left out.
    """

    rows: list[Row]
    after: Row | None
    open: int
    clear: int
    count: int

    @property
    def alone(self) -> bool:
        """Whether one factor is clear of all others."""
        return len(self.rows) == 1 and self.open == 0


def clear_of_dummy(rows: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows of indices lie above zero and above the whole interval of the dummy."""
    dummy = rows.loc[rows["factor"] == LUCK, "high"].max()
    floor = 0.0 if missing(dummy) else max(0.0, float(dummy))
    return (rows["low"] > floor) & (rows["factor"] != LUCK)


def leading(rows: pd.DataFrame, clear: pd.Series[bool], value: str = "estimate") -> Leading:
    """Return which factors lead.

    Parameters
    ----------
    rows : DataFrame
        A row per factor with the column `value` and its interval: ``low`` and ``high`` for ``estimate``,
        else ``VALUE_low`` and ``VALUE_high``.
    clear : Series of bool
        Which rows are clear of the dummy.
    value : str
    """
    low, high = ("low", "high") if value == "estimate" else (f"{value}_low", f"{value}_high")
    ranked = rows[(rows["factor"] != LUCK) & rows[value].notna()]
    ranked = ranked.sort_values(value, ascending=False, kind="stable")
    sure = clear.reindex(ranked.index)
    if not sure.any():
        return Leading([], None, 0, 0, len(ranked))
    first = ranked[sure].iloc[0]
    # A factor with a wide interval may lie above the first clear one: then nothing is alone in front.
    rivals = ranked[(ranked[high] >= first[low]) & (ranked.index != first.name)]
    found = records(ranked.loc[[first.name, *rivals.index[sure[rivals.index]]]])
    others = records(ranked[ranked.index != first.name])
    after = others[0] if others and len(rivals) == 0 else None
    return Leading(found, after, int((~sure[rivals.index]).sum()), int(sure.sum()), len(ranked))


def quantity_tables(row: Row, study: Study, context: SensitivityContext, place: str) -> str:
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


def factors_table(study: Study, context: SensitivityContext) -> str:
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


def ranking_table(study: Study, context: SensitivityContext) -> str:
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


def dependence_table(study: Study, context: SensitivityContext) -> str:
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
