"""What the numbers of a calibration say, in sentences that never say more than the tables hold."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ankomst.report.calibration.context import yes
from ankomst.report.calibration.figure_pairs import strongest
from ankomst.report.document.context import records
from ankomst.report.document.page import bullets, panel, paragraph
from ankomst.report.document.run_context import DASH

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.calibration.context import CalibrationContext, Row, StoredCalibration

AT_BOUND = 0.10
CLEARLY = 0.10
"""Narrowing from which a parameter counts as more than hardly informed."""
_NAMED = 4
_HOUR = 3600.0


def box(study: StoredCalibration, context: CalibrationContext) -> str:
    """Return the box at the top: fit, what is informed, what decides the policy question, what trades off."""
    return panel("box", context.texts.get("calibration.box"), bullets(findings(study, context)))


def findings(study: StoredCalibration, context: CalibrationContext) -> list[str]:
    """Return the sentences of the box as plain text."""
    texts = context.texts
    return [
        " ".join((_fit(context), _missed(study, context), texts.get("calibration.fit_width"))),
        " ".join((_informed(study, context), *_directions(study, context))),
        *_deciding(study, context),
        _trades(study, context),
        _bounds(study, context),
    ]


def how(study: StoredCalibration, context: CalibrationContext) -> str:
    """Return what was done, what each word means, and how luck and the targets' uncertainty enter."""
    texts = context.texts
    body = "".join(map(paragraph, method(study, context)))
    if prior_only := [str(name) for name in context.facts.get("prior_only") or ()]:
        count = texts.number(len(prior_only))
        lead = escape(texts.get("calibration.how.prior_only", count=count, names="").rstrip(" .:"))
        names = paragraph(", ".join(prior_only), "note")
        body += f"<details><summary>{lead}</summary>{names}</details>"
    return panel("how", texts.get("calibration.how.title"), body)


def method(study: StoredCalibration, context: CalibrationContext) -> list[str]:
    """Return the sentences on what was done as plain text."""
    texts, facts = context.texts, context.facts
    hours = float(facts["wall_seconds"]) >= _HOUR
    unit, decimals = (_HOUR, 1) if hours else (60.0, 0)
    cost = texts.get(
        "calibration.how.cost" if hours else "calibration.how.minutes",
        evaluations=texts.number(float(facts["evaluations"])),
        wall=texts.number(float(facts["wall_seconds"]) / unit, decimals),
        core=texts.number(float(facts["core_seconds"]) / unit, decimals),
    )
    said = [f"{texts.pick(facts['method'])} {cost}"]
    replicates = texts.number(float(facts["replicates"]))
    said += [texts.get(f"calibration.how.{name}") for name in ("posterior", "narrowing", "target")]
    said.append(texts.get("calibration.how.luck", replicates=replicates))
    if (study.targets["kind"] == "effect").any():
        said.append(texts.get("calibration.how.paired"))
    return said


def recovery(context: CalibrationContext) -> str:
    """Say how often the intervals held a truth that was simulated; nothing where that was not tried."""
    table: pd.DataFrame | None = context.facts.get("recovery")
    if table is None or len(table) == 0:
        return ""
    texts = context.texts
    lacking = [name for name in ("truths", "coverage") if name not in table.columns]
    if lacking:
        raise ValueError(f"table 'recovery' lacks the column(s) {', '.join(lacking)}")
    return texts.get(
        "calibration.recovery",
        truths=texts.number(float(table["truths"].max())),
        level=context.level,
        coverage=texts.number(100 * float(table["coverage"].mean()), 1),
    )


def at_bounds(study: StoredCalibration) -> pd.DataFrame:
    """Return the free parameters of which many draws lie at an end of the range, most first."""
    rows = study.parameters
    most = rows[["at_low", "at_high"]].max(axis=1)
    chosen = rows[yes(rows["free"]) & (most >= AT_BOUND)]
    return chosen.loc[most[chosen.index].sort_values(ascending=False, kind="stable").index]


def _fit(context: CalibrationContext) -> str:
    texts, facts = context.texts, context.facts
    return texts.get(
        "calibration.fit",
        inside=texts.number(float(facts["inside"])),
        total=texts.number(float(facts["total"])),
        half=texts.number(float(facts["half_width"])),
        level=context.level,
        distance=texts.number(float(facts["distance"]), 1),
        start=texts.number(float(facts["distance_start"]), 1),
    )


def _missed(study: StoredCalibration, context: CalibrationContext) -> str:
    texts, targets = context.texts, study.targets
    missed = targets[~yes(targets["inside"])]
    if len(missed) == 0:
        return texts.get("calibration.missed_none")
    order = missed["distance"].abs().sort_values(ascending=False, kind="stable").index
    names = [
        texts.get(
            "calibration.miss_one",
            name=context.target(row),
            value=context.amount(row["value"], row),
            span=context.amounts(row["low"], row["high"], row),
        )
        for row in records(missed.loc[order])
    ]
    return texts.get("calibration.missed", names="; ".join(names))


def _informed(study: StoredCalibration, context: CalibrationContext) -> str:
    texts, facts = context.texts, context.facts
    free, informed = int(facts["free"]), int(facts["informed"])
    if informed == 0 or len(study.informed) == 0:
        return texts.get("calibration.informed_none", free=texts.number(free))
    names = "; ".join(_narrowed(row, context) for row in records(study.informed.head(_NAMED)))
    return texts.get(
        "calibration.informed",
        informed=texts.number(informed),
        free=texts.number(free),
        rest=texts.number(free - informed),
        clearly=texts.number(int((study.informed["narrowing"] >= CLEARLY).sum())),
        names=names,
    )


def _narrowed(row: Row, context: CalibrationContext) -> str:
    return context.texts.get(
        "calibration.deciding_one",
        name=context.parameter(row["parameter"]),
        dotted=row["parameter"],
        percent=context.percent(row["narrowing"]),
    )


def _directions(study: StoredCalibration, context: CalibrationContext) -> list[str]:
    texts = context.texts
    count = context.facts.get("directions", study.directions())
    if count is None:
        return []
    total = texts.number(float(context.facts["total"]))
    return [texts.get("calibration.directions", total=total, count=texts.number(float(count)))]


def _deciding(study: StoredCalibration, context: CalibrationContext) -> list[str]:
    texts, rows = context.texts, study.deciding
    if len(rows) == 0:
        return []
    known = yes(rows["informed"]) & (rows["narrowing"] >= CLEARLY)
    named = [
        "; ".join(_narrowed(row, context) for row in records(part)) for part in (rows[~known], rows[known])
    ]
    key = "none" if not known.any() else "all" if known.all() else "some"
    return [
        texts.get(
            f"calibration.deciding_{key}",
            count=texts.number(len(rows)),
            informed=texts.number(int(known.sum())),
            names=named[0],
            known=named[1],
        )
    ]


def _trades(study: StoredCalibration, context: CalibrationContext) -> str:
    texts, found = context.texts, strongest(study, 1)
    if len(found) == 0:
        return texts.get("calibration.trades_none")
    row = records(found)[0]
    return texts.get(
        "calibration.trades",
        first=context.both(row["parameter"]),
        second=context.both(row["other"]),
        correlation=texts.number(float(row["correlation"]), 2, sign=True),
    )


def _bounds(study: StoredCalibration, context: CalibrationContext) -> str:
    texts, rows = context.texts, at_bounds(study)
    if len(rows) == 0:
        return texts.get("calibration.bounds_none")
    names = "; ".join(context.both(name) for name in rows["parameter"])
    return texts.get("calibration.bounds", names=names)


def known(context: CalibrationContext) -> dict[str, object]:
    """Return who made the page and when; a dash for what is not known."""
    return {name: context.facts.get(name) or DASH for name in ("created", "version", "commit", "seed")}
