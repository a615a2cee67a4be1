"""Model against published employment: distances, hits and misses, in numbers and in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ankomst.report.document.context import missing, records, require

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ankomst.report.document.run_context import RunContext

CLOSE = 4.0
"""Distance in percentage points up to which a published figure counts as hit."""
HISTORY = (
    *("cohort", "months", "year", "origins", "ages", "published", "published_low", "published_high"),
    *("definition", "source", "estimate", "low", "high", "n", "newcomers", "comparable"),
)
COHORTS = ("cohort", "months", "estimate", "low", "high", "n", "newcomers", "origins")
_EDGE = 0.05
_SPAN = re.compile(r"(?<=\d)-(?=\d)")


def cohort_key(cohort: object) -> str:
    """Return a cohort as text: 2013.0 and 2013 are the same."""
    if isinstance(cohort, float) and cohort.is_integer():
        return str(int(cohort))
    return str(cohort)


def cohort_name(cohort: object) -> str:
    """Write a cohort, such as 2013 or 2013–15."""
    return _SPAN.sub("\N{EN DASH}", cohort_key(cohort))


def cohort_order(cohorts: list[str]) -> list[str]:
    """Return cohorts by their first year, a single year before a span."""
    return sorted(dict.fromkeys(cohorts), key=lambda text: (text[:4], len(text), text))


def history_rows(table: pd.DataFrame | None) -> pd.DataFrame:
    """Return published and simulated shares with their distance in percentage points, largest first.

    Comparable rows come first; rows that the model did not reach come last. Columns added: ``distance``
    (model minus published), ``size`` and ``miss``.

    Raises
    ------
    ValueError
        If the table lacks a column, a published share is missing, or shares are not between 0 and 1.
    """
    rows = require(table, "history", HISTORY).copy()
    numbers = ["published", "published_low", "published_high", "estimate", "low", "high"]
    rows[numbers] = rows[numbers].astype(float)
    # The bounds of few small runs may lie outside; a share in percent must not pass for one.
    for name in ("published", "estimate"):
        if ((rows[name] < 0) | (rows[name] > 1)).any():
            raise ValueError(f"table 'history' holds values of {name} outside 0 to 1: shares are needed")
    if rows["published"].isna().any():
        raise ValueError("table 'history' has rows without a published share")
    rows["cohort"] = [cohort_key(cohort) for cohort in rows["cohort"]]
    rows["comparable"] = rows["comparable"].astype(bool)
    rows["distance"] = 100 * (rows["estimate"] - rows["published"])
    rows["size"] = rows["distance"].abs()
    # Shares are decimal fractions: 0.29 - 0.25 must count as four points.
    rows["miss"] = rows["size"] > CLOSE + 1e-9
    rows["unreached"] = rows["estimate"].isna()
    order = ["unreached", "comparable", "size"]
    return rows.sort_values(order, ascending=[True, False, False], kind="stable").reset_index(drop=True)


def cohort_rows(table: pd.DataFrame | None) -> pd.DataFrame:
    """Return the model's curves by cohort."""
    rows = require(table, "cohorts", COHORTS).copy()
    rows["cohort"] = [cohort_key(cohort) for cohort in rows["cohort"]]
    return rows


def origins_name(origins: object, context: RunContext) -> str:
    """Write the origins of a row, which may be several names between commas or plus signs."""
    if missing(origins):
        return context.texts.label("group", "all")
    parts = [part.strip() for part in re.split(r"[,+;|]", str(origins)) if part.strip()]
    return " + ".join(context.texts.label("group", part) for part in parts)


def whom(row: Mapping[str, Any], context: RunContext) -> str:
    """Write whom a published share is about: origins, sex where it is one, and ages."""
    texts, said = context.texts, [origins_name(row["origins"], context)]
    if not missing(row.get("sexes")) and row["sexes"] != "all":
        said.append(texts.label("group", row["sexes"]).lower())
    if not missing(row["ages"]) and str(row["ages"]).strip():
        said.append(texts.get("run.history.ages", ages=_SPAN.sub("\N{EN DASH}", texts.phrase(row["ages"]))))
    return ", ".join(said)


def definition(row: Mapping[str, Any], context: RunContext) -> list[str]:
    """Return how a published share is measured, what is not the same in the model, and what follows of it."""
    said = [_in_language(row, "definition", context), _in_language(row, "reason", context)]
    if not row["comparable"]:
        said.append(context.texts.get("run.history.not_comparable"))
    return [text for text in said if text]


def _in_language(row: Mapping[str, Any], name: str, context: RunContext) -> str:
    found = row.get(f"{name}_da") if context.texts.lang == "da" else None
    text = row.get(name) if missing(found) or not str(found).strip() else found
    return "" if missing(text) else str(text).strip()


def points(distance: float, context: RunContext) -> str:
    """Write a distance in percentage points with a sign, with two decimals where one would hide a miss."""
    # At a tenth of a point, 4.04 would look like a hit.
    decimals = 2 if abs(abs(distance) - CLOSE) < _EDGE else 1
    return context.texts.number(distance, decimals, sign=True)


def history_sentences(rows: pd.DataFrame, context: RunContext) -> list[str]:
    """Say how many published figures are hit, the largest miss, and what is not comparable.

    Parameters
    ----------
    rows : DataFrame
        What `history_rows` returns.
    context : RunContext
    """
    texts = context.texts
    reached = rows[~rows["unreached"]]
    comparable, others = reached[reached["comparable"]], reached[~reached["comparable"]]
    said = []
    if len(comparable):
        said += [
            texts.get(
                "run.history.hits",
                hits=int((~comparable["miss"]).sum()),
                total=len(comparable),
                close=texts.number(CLOSE),
                mean=texts.number(float(comparable["size"].mean()), 1),
                bias=texts.number(float(np.mean(comparable["distance"])), 1, sign=True),
            ),
            texts.get("run.history.largest", **_described(records(comparable)[0], context)),
        ]
    else:
        said.append(texts.get("run.history.none_comparable"))
    if len(others):
        first = _described(records(others)[0], context)
        said.append(texts.get("run.history.orientation", count=len(others), **first))
    if len(reached) < len(rows):
        said.append(texts.get("run.history.unreached", count=len(rows) - len(reached)))
    return said


def _described(row: Mapping[str, Any], context: RunContext) -> dict[str, str]:
    texts = context.texts
    return {
        "distance": points(float(row["distance"]), context),
        "cohort": cohort_name(row["cohort"]),
        "months": texts.number(float(row["months"])),
        "whom": whom(row, context),
        "published": texts.get("word.percent", amount=texts.number(100 * float(row["published"]), 1)),
        "model": texts.get("word.percent", amount=texts.number(100 * float(row["estimate"]), 1)),
    }
