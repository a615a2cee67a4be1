"""The boxes of a discovery in words: limits, and whether they hold on points never seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ankomst.report.decision.context import triple
from ankomst.report.document.context import missing, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ankomst.report.decision.context import DecisionContext, Row

SIGNIFICANT = 0.05
"""Quasi p-value above which a limit of a box may be chance."""
MOSTLY = 0.5
"""Share of the points inside from which a box says what is so and not only what is so more often."""


def discovery(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> list[str]:
    """Return the boxes of every question in words, and whether they hold on points never seen."""
    texts = context.texts
    boxes, points = tables.get("boxes"), tables.get("discovery_points")
    questions = list(
        dict.fromkeys(name for frame in (points, boxes) if frame is not None for name in frame["question"])
    )
    said = []
    for question in questions:
        mine = [] if boxes is None else records(real_boxes(boxes[boxes["question"] == question]))
        said += [box_words(row, tables, context) for row in mine]
        if not mine and points is not None:
            flips = points.loc[points["question"] == question, "flips"]
            count = int(flips.sum())
            key = "never" if count == 0 else "always" if count == len(flips) else "none"
            said.append(
                texts.get(
                    f"decision.box.{key}",
                    question=context.question(question),
                    share=context.counted(count / len(flips), len(flips)),
                    n=texts.number(len(flips)),
                )
            )
    return said


def real_boxes(boxes: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are boxes: where none was found, the table has a row with the number 0."""
    return boxes[boxes["box"] > 0]


def base_words(row: Row, context: DecisionContext) -> str:
    """Return the share of all points that flip, with its interval where the table has it."""
    if missing(row.get("base_low")):
        return context.share(row["base_share"])
    return context.share(*triple(row, "base_share", "base_low", "base_high"))


def inside_n(row: Row, *, tested: bool) -> float:
    """Return how many points of the held-out ones, or of those that PRIM saw, lie inside."""
    held_out = row["test_inside"] if "test_inside" in row else row["test_n"]
    return float(held_out if tested else row["n_inside"])


def holds(row: Row) -> bool:
    """Tell whether a box holds on held-out points: its density there is clear of the share of all points."""
    return bool(row["test_density_low"] > row["base_share"])


def standing(row: Row) -> str:
    """Return how a box stands on held-out points: holds, often, fails or untested.

    It holds where it is so for most of the points inside, and often where that cannot be told but it is so
    more often than among all points.
    """
    if missing(row["test_density"]) or missing(row["test_density_low"]):
        return "untested"
    if not holds(row):
        return "fails"
    return "holds" if row["test_density_low"] > MOSTLY else "often"


def box_words(row: Row, tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return a box in words, with its density on the held-out points."""
    texts = context.texts
    key = standing(row)
    start = "" if key == "untested" else "test_"
    return texts.get(
        f"decision.box.{key}",
        question=context.question(row["question"]),
        limits=limits_words(row, tables, context),
        density=context.share(*triple(row, f"{start}density")),
        base=base_words(row, context),
        coverage=context.share(row[f"{start}coverage"]),
        n=texts.number(inside_n(row, tested=key != "untested")),
    )


def limits_words(row: Row, tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return the limits of a box: 'specialist help above 0.7 and ...'; most restricting first."""
    said = [one_limit(limit, context) for limit in restrictions(tables, row["question"], row["box"])]
    return context.texts.listing(said) or context.texts.get("decision.none")


def restrictions(tables: Mapping[str, pd.DataFrame], question: object, box: object) -> list[Row]:
    """Return the limits of a box that cut something off their range, the narrowest first."""
    limits = tables.get("box_limits")
    if limits is None:
        return []
    rows = records(limits[(limits["question"] == question) & (limits["box"] == box)])
    cut = [row for row in rows if row["low"] > row["range_low"] or row["high"] < row["range_high"]]
    return sorted(cut, key=lambda row: (row["high"] - row["low"]) / (row["range_high"] - row["range_low"]))


def one_limit(row: Row, context: DecisionContext) -> str:
    """Return a limit of a box in words; one that may be chance is called so."""
    texts = context.texts
    width = float(row["range_high"]) - float(row["range_low"])
    decimals = max(0, 1 - math.floor(math.log10(width)))
    low, high = (texts.number(float(row[end]), decimals) for end in ("low", "high"))
    below, above = row["low"] > row["range_low"], row["high"] < row["range_high"]
    side = "between" if below and above else "above" if below else "below"
    said = texts.get(
        f"decision.limit.{side}", factor=context.factor_inside(row["factor"]), low=low, high=high
    )
    chance = not missing(row["qp"]) and float(row["qp"]) > SIGNIFICANT
    return f"{said} {texts.get('decision.limit.chance')}" if chance else said
