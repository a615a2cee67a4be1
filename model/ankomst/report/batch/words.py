"""What a batch found, in plain sentences that never claim more than the intervals allow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ankomst.report.batch.employment import whole
from ankomst.report.batch.groups import group_rows
from ankomst.report.chart.panels import COST, WORK
from ankomst.report.document import headline
from ankomst.report.document.context import records, unclear
from ankomst.studies.stats.intervals import ENOUGH_DRAWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from ankomst.report.batch.context import BatchContext
    from ankomst.report.batch.material import Material

Tables = dict[str, "pd.DataFrame"]
_PERCENT = 100.0


def found(tables: Mapping[str, pd.DataFrame], context: BatchContext) -> list[tuple[str, str]]:
    """Return (scenario, sentences) for each scenario shown: work, public cost and each payer."""
    rows = whole(tables["differences"])
    wanted = {WORK[0], *COST}
    pairs = set(zip(rows["outcome"], rows["payer"], strict=True))
    if not wanted <= pairs:
        return []
    said = []
    for name in context.others:
        mine = rows[rows["scenario"] == name]
        said.append((context.marked(name), headline.difference_sentence(mine, context)))
    return said


def ranks(tables: Mapping[str, pd.DataFrame], context: BatchContext) -> list[str]:
    """Say which scenario is best by each criterion, and how sure that is."""
    texts, said = context.texts, []
    cases = texts.get("batch.rank.cases_draws" if context.draws > 1 else "batch.rank.cases_point")
    table = tables["ranking"]
    for (criterion, _), rows in table.groupby(["criterion", "payer"], sort=False, dropna=False):
        best = records(rows.sort_values("rank", kind="stable"))[0]
        said.append(
            texts.get(
                "batch.rank.said",
                criterion=texts.label("batch.rank", criterion),
                scenario=context.name(str(best["scenario"])),
                chance=texts.number(_PERCENT * float(best["p_best"])),
                cases=cases,
                total=texts.number(len(rows)),
                low=texts.number(float(best["low_rank"])),
                high=texts.number(float(best["high_rank"])),
            )
        )
    return said


def gains(tables: Mapping[str, pd.DataFrame], context: BatchContext) -> list[str]:
    """Say for which group each scenario changes months in work most, where enough draws make that clear."""
    if context.draws < ENOUGH_DRAWS:
        return []
    said: list[str] = []
    without: list[str] = []
    rows = group_rows(tables["differences"])
    rows = rows[rows["outcome"] == "months_employed"]
    for name in context.others:
        mine = rows[rows["scenario"] == name]
        if len(mine) == 0:
            continue
        # Many groups are looked at: only what holds among them is said.
        clear = mine[mine["verdict_adjusted"].isin(("higher", "lower")) & ~unclear(mine)]
        if len(clear) == 0:
            without.append(f"“{context.name(name)}”")
        for key, part in (("most", clear[clear["estimate"] < 0]), ("best", clear[clear["estimate"] > 0])):
            if len(part):
                row = records(part.loc[[part["estimate"].abs().idxmax()]])[0]
                said.append(_gain(f"batch.gain.{key}", row, context.name(name), context))
    if without:
        said.append(context.texts.get("batch.gain.none", names=context.texts.listing(without)))
    return said


def _gain(key: str, row: dict[str, Any], scenario: str, context: BatchContext) -> str:
    texts = context.texts
    span = texts.span(float(row["low"]), float(row["high"]), 2, sign=True)
    group = texts.label("group", row["group"])
    return texts.get(
        key,
        scenario=scenario,
        group=f"{texts.label('dimension', row['dimension']).lower()}: {group.lower()}",
        amount=texts.get("word.months", amount=texts.number(float(row["estimate"]), 2, sign=True)),
        interval=texts.get("word.interval", level=context.level, span=span),
    )


def lost(tables: Mapping[str, pd.DataFrame], context: BatchContext) -> list[str]:
    """Say which share of the grant money is deadweight."""
    texts, listed = context.texts, []
    table = tables["economics"]
    rows = table[(table["measure"] == "deadweight_share") & (table["grant"] == "all")]
    for row in records(rows[rows["scenario"].isin(context.scenarios)]):
        if not math.isfinite(float(row["estimate"])):
            continue
        low, high = (_PERCENT * min(max(float(row[end]), 0.0), 1.0) for end in ("low", "high"))
        span = texts.get("word.interval", level=context.level, span=texts.span(low, high, 1))
        share = texts.number(_PERCENT * float(row["estimate"]), 1)
        name = context.name(str(row["scenario"]))
        listed.append(texts.get("batch.lost_one", scenario=name, share=share, span=span))
    return [texts.get("batch.lost", listed="; ".join(listed))] if listed else []


def chance(tables: Mapping[str, pd.DataFrame], context: BatchContext) -> str:
    """Say how many differences are clear, and how many would look so by chance."""
    texts, rows = context.texts, whole(tables["differences"])
    wanted = {WORK[0], *COST}
    rows = rows[[pair in wanted for pair in zip(rows["outcome"], rows["payer"], strict=True)]]
    expected = (1.0 - float(context.facts["level"])) * len(rows)
    return texts.get(
        "batch.chance",
        total=texts.number(len(rows)),
        clear=texts.number(float((~unclear(rows)).sum())),
        chance=texts.number(expected, 0 if expected >= 2 else 1),
        level=context.level,
    )


def drives(
    tables: Mapping[str, pd.DataFrame], assumed: Mapping[str, Sequence[str]], context: BatchContext
) -> list[str]:
    """Say how much of the answer the parameters make, and which assumed ones each scenario rests on."""
    texts, said = context.texts, []
    if context.draws == 1:
        said.append(texts.get("batch.drives.point"))
    else:
        rows = whole(tables["differences"])
        rows = rows[rows["scenario"].isin(context.others) & rows["parameter_share"].notna()]
        listed = [
            texts.get(
                "batch.drives.share",
                outcome=texts.label("outcome", row["outcome"]).lower(),
                scenario=context.name(str(row["scenario"])),
                share=texts.number(_PERCENT * float(row["parameter_share"])),
            )
            for row in records(rows)
            if (row["outcome"], row["payer"]) in {("months_employed", ""), ("net_cost", "both")}
        ]
        if listed:
            said.append(texts.get("batch.drives.shares", listed="; ".join(listed)))
    said += [
        texts.get("batch.drives.assumed", scenario=context.name(name), names=texts.listing(list(names)))
        for name, names in assumed.items()
        if names and name in context.titles
    ]
    if not any(assumed.values()):
        said.append(texts.get("batch.drives.none"))
    return said


def further(tables: Mapping[str, pd.DataFrame], context: BatchContext, shown: BatchContext) -> list[str]:
    """Say what else was found: ranks, groups, deadweight, and how many differences are clear."""
    return [*ranks(tables, context), *gains(tables, shown), *lost(tables, shown), chance(tables, context)]


def facts(found: Material) -> str:
    """Say what was run."""
    texts, context, counts = found.texts, found.context, found.counts
    draws = texts.get(f"batch.draws_{context.facts['draws_kind']}", draws=texts.number(context.draws))
    said = texts.get(
        "batch.facts",
        scenarios=texts.number(len(context.titles)),
        runs=texts.number(counts["done"]),
        replicates=context.replicates,
        newcomers=context.newcomers,
        draws=draws,
        months=texts.number(float(context.facts["follow_up_months"])),
        seed=found.experiment.seed,
        baseline=context.name(context.baseline),
    )
    total = sum(counts.values())
    if counts["done"] == total:
        return said
    numbers = {"done": counts["done"], "total": total, "failed": counts["failed"]}
    lacking = texts.get("batch.incomplete", **{name: texts.number(count) for name, count in numbers.items()})
    return f"{said} {lacking}"


def banner(context: BatchContext) -> str:
    """Say what the parameters are."""
    return context.texts.get(f"batch.banner.{'point' if context.draws == 1 else 'draws'}")


def method(context: BatchContext) -> list[str]:
    """Say how the numbers were made and what the intervals mean."""
    how = ("paired", "verdict", "discount", "form")
    return [context.band(), banner(context), *(context.texts.get(f"batch.how.{name}") for name in how)]
