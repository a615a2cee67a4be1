"""What the numbers of a decision say, in sentences that never say more than the intervals allow."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ankomst.report.decision.box_words import discovery
from ankomst.report.decision.context import FOUND, SHIPPED, alone, objectives, triple
from ankomst.report.document.context import missing, records
from ankomst.report.document.page import bullets, panel
from ankomst.report.document.run_context import DASH
from ankomst.studies.decision.information import EVERYTHING
from ankomst.studies.stats.intervals import probability_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ankomst.report.decision.context import DecisionContext, Row

_NAMED = 4


def summary(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> dict[str, list[str]]:
    """Return the sentences of the page by part, in the order of the page; a part without a table has none.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Checked by `decision_context.checked`.
    context : DecisionContext
    """
    said = {
        "robustness": robustness(tables["robustness"], context) if "robustness" in tables else [],
        "boxes": discovery(tables, context) if {"boxes", "discovery_points"} & tables.keys() else [],
        "thresholds": thresholds(tables, context) if "thresholds" in tables else [],
        "information": information(tables["information"], context) if "information" in tables else [],
        "designs": design_search(tables, context) if "designs" in tables else [],
    }
    return {name: sentences for name, sentences in said.items() if sentences}


def robustness(table: pd.DataFrame, context: DecisionContext) -> list[str]:
    """Return, for every criterion, how the scenarios compare with the baseline over the draws."""
    said = []
    for _, part in table.groupby("criterion", sort=False):
        rows = records(part)
        others = [row for row in rows if row["scenario"] != context.baseline]
        if not others:
            continue
        if len(others) == 1:
            said.append(_robust(others[0], context))
        else:
            said += [_ranking(rows, context), _sorted_out(others, context)]
    return said


def _robust(row: Row, context: DecisionContext) -> str:
    texts = context.texts
    names = {"scenario": context.title(str(row["scenario"])), "baseline": context.title(context.baseline)}
    said = [
        texts.get(
            f"decision.robust.{_judged(row)}",
            label=context.label(row),
            amount=_signed(_effect(row), "mean", context),
            chance=_chance(row),
            **names,
        )
    ]
    won = _against_half(row["p_best_low"], row["p_best_high"])
    said.append(
        texts.get(
            f"decision.robust.{_compared(row)}",
            share=context.share(row["p_best"], row["p_best_low"], row["p_best_high"]),
            half=texts.get(f"decision.robust.{won}"),
            **names,
        )
    )
    said.append(texts.get("decision.robust.worst", amount=_signed(row, "worst_decile", context)))
    if not missing(row["satisficing"]):
        said.append(_satisficing(row, context))
    return " ".join(said)


def _satisficing(row: Row, context: DecisionContext) -> str:
    return context.texts.get(
        f"decision.robust.satisficing_{row['better']}",
        share=context.share(*triple(row, "satisficing")),
        limit=context.amount(alone(row["threshold"]), row["unit"], sign=True),
    )


def _ranking(rows: list[Row], context: DecisionContext) -> str:
    """Return which scenario is best most often, if its interval lies above those of all others."""
    texts = context.texts
    ordered = sorted(rows, key=lambda row: -float(row["p_best"]))
    first = ordered[0]
    clear = all(first["p_best_low"] > row["p_best_high"] for row in ordered[1:])
    tied = [row for row in ordered if row["p_best_high"] >= first["p_best_low"]]
    names = [
        f"{context.title(str(row['scenario']))}, "
        f"{context.share(row['p_best'], row['p_best_low'], row['p_best_high'])}"
        for row in tied[:_NAMED]
    ]
    key = "decision.robust.first" if clear else "decision.robust.tied"
    return texts.get(key, label=context.label(first), names="; ".join(names), count=len(rows))


def _sorted_out(others: list[Row], context: DecisionContext) -> str:
    """Return which scenarios are better or worse than the baseline, and where the direction is unclear."""
    texts = context.texts
    kinds = ("better", "probably_better", "probably_worse", "worse", "unclear")
    sorted_out: dict[str, list[str]] = {kind: [] for kind in kinds}
    for row in others:
        judged = _judged(row)
        kind = judged.replace("higher" if row["better"] == "higher" else "lower", "better")
        kind = kind.replace("higher", "worse").replace("lower", "worse")
        found = f"{context.title(str(row['scenario']))}, {_signed(_effect(row), 'mean', context)}"
        sorted_out[kind].append(found)
    none = texts.get("decision.none")
    return texts.get(
        "decision.robust.sorted",
        label=context.label(others[0]),
        baseline=context.title(context.baseline),
        **{name: "; ".join(found) or none for name, found in sorted_out.items()},
    )


def thresholds(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> list[str]:
    """Return every threshold in words; where a curve is not clear of the wanted value, that is said."""
    said, curves = [], tables.get("threshold_curves")
    for row in records(tables["thresholds"]):
        words = threshold(row, context)
        if str(row["status"]) != "crosses" and curves is not None:
            curve, wanted = curves[curves["solve"] == row["solve"]], float(row["wanted"])
            if not ((curve["low"] > wanted) | (curve["high"] < wanted)).all():
                holds = context.texts.get("decision.solve.unclear", wanted=context.wanted(row))
                words = f"{words} {holds}"
        said.append(words)
    return said


def threshold(row: Row, context: DecisionContext) -> str:
    """Return the value at which a quantity is reached, and in how many draws there is none in the range."""
    texts, n, unit = context.texts, float(row["n"]), row["unit"]
    status = str(row["status"])
    said = texts.get(
        f"decision.solve.{status}",
        name=capital(context.solve(row)),
        quantity=context.quantity(row),
        wanted=context.wanted(row),
        at=context.amount(triple(row, "mean_threshold", "low", "high"), unit, level=True),
        start=context.amount(alone(row["from"]), unit, level=True),
        end=context.amount(alone(row["to"]), unit, level=True),
    )
    if status == "crosses":
        key = "beyond" if missing(row["low"]) or missing(row["high"]) else "bracket"
        said = f"{said} {texts.get(f'decision.solve.{key}', level=context.level)}"
    found = float(row["share_crossing"])
    return f"{said} " + texts.get(
        "decision.solve.draws",
        none=context.counted(1 - found, n),
        already=context.counted(float(row["share_already"]), n),
        n=texts.number(n),
    )


def capital(text: str) -> str:
    """Return a text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def information(table: pd.DataFrame, context: DecisionContext) -> list[str]:
    """Return what knowing each group of parameters better is worth at most; one sentence for the unclear."""
    texts = context.texts
    rows = ordered_groups(table)
    clear = [row for row in rows if row["clear"] == "yes"]
    said = []
    for row in clear[:_NAMED]:
        worth = triple(row, "evppi", "low", "high")
        said.append(
            texts.get(
                "decision.information.worth",
                group=context.group(row["group"]),
                amount=context.amount(worth, row["unit"]),
                national=context.millions(worth, float(context.facts["national_inflow"])),
            )
        )
    if unclear := [context.group(row["group"]) for row in rows if row["clear"] != "yes"]:
        key = "unclear" if clear else "none"
        said.append(texts.get(f"decision.information.{key}", groups=texts.listing(unclear)))
    return said


def ordered_groups(table: pd.DataFrame) -> list[Row]:
    """Return the groups of the table `information`, the most valuable first, but not everything."""
    rows = [row for row in records(table) if row["group"] != EVERYTHING]
    return sorted(rows, key=lambda row: -float(row["evppi"]))


def design_search(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> list[str]:
    """Return whether the found front is at least as good as every shipped design, and for which it is not."""
    texts, designs = context.texts, tables["designs"]
    said = []
    search = context.facts.get("search") or {}
    on_front = designs["on_front"] == "yes"
    found = int((on_front & (designs["origin"] == FOUND)).sum())
    shipped = int((on_front & (designs["origin"] == SHIPPED)).sum())
    if "tried" in search:
        tried = texts.number(float(search["tried"]))
        said.append(texts.get("decision.front.tried", tried=tried, found=found, shipped=shipped))
    if "dominance" in tables:
        said.append(_dominance(records(tables["dominance"]), context))
    said += _payers(tables, context)
    if ends := search.get("ends"):
        names = ", ".join(texts.label("decision.range", name) for name in ends)
        said.append(texts.get("decision.front.ends", names=names))
    if unknown := search.get("unknown"):
        names = "; ".join(_shipped_name({"design": name}, context) for name in unknown)
        said.append(texts.get("decision.front.unknown", names=names))
    if not objectives(designs):
        raise ValueError("table 'designs' has no objective: a column with X, X_low and X_high")
    return said


def _payers(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> list[str]:
    """Return what the found designs on the front cost each payer, which the sum of both hides."""
    if "design_outcomes" not in tables:
        return []
    designs, table = tables["designs"], tables["design_outcomes"]
    front = designs[(designs["on_front"] == "yes") & (designs["origin"] == FOUND)]["design"]
    mine = table[table["design"].isin(front)]
    nan = float("nan")
    spans: dict[str, str] = {}
    for payer in ("state", "municipality"):
        rows = mine[mine["quantity"].str.startswith(f"net_cost.{payer}@")]
        if rows.empty:
            return []
        for name, end in (("low", rows["low"].min()), ("high", rows["high"].max())):
            spans[f"{payer}_{name}"] = context.amount((end, nan, nan), "DKK", sign=True)
    return [context.texts.get("decision.front.payers", level=context.level, **spans)]


def _dominance(rows: list[Row], context: DecisionContext) -> str:
    texts = context.texts
    matched = [row for row in rows if row["verdict"] == "equalled or beaten"]
    key = "all" if len(matched) == len(rows) else "some"
    parts = [texts.get(f"decision.front.{key}", count=len(matched), total=len(rows))]
    others = {
        # On the front without a found design that is as good: its own place is its match.
        "itself": [row for row in matched if row["by"] == row["design"]],
        "not_matched": [row for row in rows if row["verdict"] == "not matched"],
        "close": [row for row in rows if row["verdict"] == "too close to call"],
    }
    for name, found in others.items():
        if found:
            listed = "; ".join(_shipped_name(row, context) for row in found)
            parts.append(texts.get(f"decision.front.{name}", names=listed))
    return " ".join(parts)


def _shipped_name(row: Mapping[str, object], context: DecisionContext) -> str:
    return context.design_name({"origin": SHIPPED, **row})


def how(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> list[str]:
    """Return the paragraphs on the methods of the tables that are there, and their limits."""
    texts, facts = context.texts, context.facts
    names = {
        "robustness": ("regret", "satisficing", "worst"),
        "boxes": ("prim",),
        "thresholds": ("threshold",),
        "information": ("information",),
        "designs": ("front",),
    }
    shown = ["interval", "cases" if set(tables) & set(names) == {"designs"} else "luck"]
    for table, keys in names.items():
        if table in tables or (table == "boxes" and "discovery_points" in tables):
            shown += keys
    values = {"level": context.level, "replicates": texts.number(float(facts["replicates"]))}
    said = [texts.get(f"decision.how.{name}", **values) for name in shown]
    if "information" in tables:
        month = float(facts["month_value"])
        key = "month_value" if month > 0 else "cost_only"
        said.append(texts.get(f"decision.how.{key}", amount=texts.number(month)))
    return [*said, texts.get("decision.how.limits")]


def box(tables: Mapping[str, pd.DataFrame], context: DecisionContext) -> str:
    """Return the box at the top of the page as HTML."""
    texts = context.texts
    parts = [
        f"<h3>{escape(texts.get(f'decision.part.{name}'))}</h3>{bullets(said)}"
        for name, said in summary(tables, context).items()
    ]
    return panel("box", texts.get("decision.summary_title"), "".join(parts))


def _judged(row: Row) -> str:
    """Return the end of the text key that says what a verdict says."""
    verdict = str(row["verdict"]).replace(" ", "_")
    return verdict if verdict.removeprefix("probably_") in {"higher", "lower"} else "unclear"


def _effect(row: Row) -> Row:
    """Return a row whose mean has the interval of the effect at one more draw."""
    return {**row, "mean_low": row["effect_low"], "mean_high": row["effect_high"]}


def _chance(row: Row) -> str:
    """Write the probability that the difference is above zero at one more draw."""
    return DASH if missing(row["probability"]) else probability_text(row["probability"], int(row["n"]))


def _against_half(low: float, high: float) -> str:
    return "most" if low > 0.5 else "fewer" if high < 0.5 else "even"


def _compared(row: Row) -> str:
    """Return how 'better' reads: cheaper for money to be paid, otherwise better."""
    return "cheaper" if row["better"] == "lower" and str(row["unit"]).startswith("DKK") else "better"


def _signed(row: Row, name: str, context: DecisionContext) -> str:
    return context.amount(triple(row, name), row["unit"], sign=True)
