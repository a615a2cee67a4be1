"""What a sensitivity analysis says, never more than its intervals allow, and how it writes numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

from ankomst.report.document.context import Context, missing, records, safe, span_of_n
from ankomst.report.document.page import bullets, panel
from ankomst.report.document.parameter_names import parameter_name
from ankomst.report.document.run_context import DASH
from ankomst.report.document.texts import Texts, load_texts
from ankomst.report.sensitivity.study import clear_of_dummy, leading
from ankomst.studies.metrics.contrasts import LEADER
from ankomst.studies.stats.noise import LUCK

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.sensitivity.study import Leading, Row, StoredSensitivity

MARK: Final = "*"
NOISY: Final = 0.2
"""Share of the variance between points from which the luck that is left is spoken of."""
MOST: Final = 0.5
_NAMED, _PAIRS = 4, 3
_FACTORS = ("factor", "factor_1", "factor_2")
_THOUSAND = 1000.0


@cache
def sensitivity_texts(lang: str) -> Texts:
    """Return the texts of a language with those of this page.

    Raises
    ------
    ValueError
        There are no texts in that language.
    """
    return load_texts(lang, "sensitivity")


@dataclass(frozen=True)
class Scale:
    """How the numbers of a quantity are written.

    Parameters
    ----------
    texts : Texts
    factor : float
        From the unit of the tables to the unit shown.
    decimals : int
    unit : str
        Words of the unit shown.
    sign : bool
        Whether it is a difference, which is written with its sign.
    """

    texts: Texts
    factor: float
    decimals: int
    unit: str
    sign: bool

    def number(self, value: float, *, sign: bool | None = None) -> str:
        """Write a number without its unit."""
        signed = self.sign if sign is None else sign
        return self.texts.number(self.factor * float(value), self.decimals, sign=signed)

    def span(self, low: float, high: float, *, sign: bool | None = None) -> str:
        """Write an interval without its unit."""
        ends = (self.factor * float(low), self.factor * float(high))
        return self.texts.span(*ends, self.decimals, sign=self.sign if sign is None else sign)

    def amount(self, value: float, low: float, high: float, *, sign: bool | None = None) -> str:
        """Write a number with its interval and its unit."""
        number, span = self.number(value, sign=sign), self.span(low, high, sign=sign)
        return f"{number} ({span}) {self.unit}"


class SensitivityContext(Context):
    """Language, facts and names of the page; the fact ``assumed`` holds the names of assumed parameters."""

    def name(self, factor: object) -> str:
        """Return the short name of a parameter or group."""
        group = f"sensitivity.group.{factor}"
        return self.texts.entries.get(group, parameter_name(str(factor), self.texts.lang))

    def marked(self, factor: object) -> str:
        """Return the short name, with an asterisk where the parameter is assumed."""
        assumed = str(factor) in self.facts.get("assumed", ())
        return f"{self.name(factor)}{MARK}" if assumed else self.name(factor)

    def quoted(self, factor: object) -> str:
        """Return the marked name in quotation marks, for sentences."""
        return self.texts.get("sensitivity.quoted", name=self.marked(factor))

    def policy(self, name: object, *, start: bool = False) -> str:
        """Return a scenario's short name inside a sentence, or at its start."""
        period, _, design = str(name).partition("+")
        grant = f"design.{period}" in self.texts.entries
        said = self.design(period) if grant else self.period(period)
        # Names of our own texts begin with a capital, those of files may be proper names.
        said = said[:1].lower() + said[1:] if grant or f"period.{period}" in self.texts.entries else said
        said = f"{said} + {self.design(design)}" if design else said
        return said[:1].upper() + said[1:] if start else said

    def code(self, factor: object) -> str:
        """Return the short and the dotted name of a parameter as HTML of a table."""
        return f'{escape(self.marked(factor))}<br><code class="small">{escape(str(factor))}</code>'

    def full(self, factor: object) -> str:
        """Return the short name in bold and the dotted name below, for Plotly."""
        return f"<b>{safe(self.marked(factor))}</b><br>{safe(str(factor))}"

    def label(self, row: Row) -> str:
        """Return the label of a quantity."""
        said = self.texts.pick((row["label"], "" if missing(row["label_da"]) else row["label_da"]))
        # The page says in words of its own which scenarios are compared.
        return said.removesuffix(f": {row['scenario']}").partition(f": {row['scenario']} ")[0]

    def against(self, row: Row) -> str:
        """Return which scenarios a quantity compares, or whose level it is."""
        if _lost(row):
            return self.texts.get("sensitivity.lost", scenario=self.policy(row["scenario"]))
        if not _paired(row):
            return self.texts.get("sensitivity.level_of", scenario=self.policy(row["scenario"]))
        return self.texts.get(
            "sensitivity.against",
            scenario=self.policy(row["scenario"], start=True),
            baseline=self.policy(row["baseline"]),
        )

    def source(self, table: str, rows: pd.DataFrame, kind: str, *extra: str) -> str:
        """Return the footer of a figure: what the interval means, n, and where the numbers are from.

        Parameters
        ----------
        table : str
            Name of the table shown.
        rows : DataFrame
            Rows shown, with the column ``n``.
        kind : str
            Which sentence says what the interval means.
        extra : str
            Further sentences.
        """
        texts, facts = self.texts, self.facts
        band = texts.get(f"sensitivity.band.{kind}", level=self.level, n=span_of_n(rows["n"], texts))
        sample = "morris" if table == "morris" else str(rows["sample"].iloc[0])
        replicates = facts.get("replicates_of", {}).get(sample, facts["replicates"])
        origin = texts.get(
            "sensitivity.source",
            replicates=texts.number(float(replicates)),
            newcomers=texts.number(float(facts["newcomers"])),
            table=table,
            **known(self),
        )
        shown = {str(name) for column in _FACTORS for name in rows.get(column, ())}
        mark = [texts.get("sensitivity.assumed")] if shown & set(facts.get("assumed", ())) else []
        return " ".join((band, *extra, *mark, origin))

    def share(self, value: float, low: float = math.nan, high: float = math.nan) -> str:
        """Write a share in per cent, with its interval where it has one."""
        decimals = share_decimals(value)
        texts, ends = self.texts, (100 * float(low), 100 * float(high))
        written = texts.number(100 * float(value), decimals)
        written = written if written == DASH else texts.get("word.percent", amount=written)
        if not all(map(math.isfinite, ends)):
            return written
        return f"{written} ({texts.span(*ends, decimals)})"

    def scale(self, row: Row, spread: Row | None) -> Scale:
        """Return how the numbers of a quantity are written: decimals by its spread over the points."""
        texts, unit = self.texts, str(row["unit"])
        difference = _paired(row) or _lost(row)
        sd = math.nan if spread is None else float(spread["sd"])
        factor, words = 1.0, texts.label("sensitivity.unit", unit)
        if unit == "share":
            factor, words = 100.0, texts.get(f"sensitivity.unit.{'points' if difference else 'share'}")
        elif unit.startswith("DKK") and sd >= _THOUSAND:
            factor, words = 1 / _THOUSAND, texts.get("sensitivity.unit.thousand", unit=words)
        wide = sd * factor
        decimals = min(max(0, math.ceil(0.5 - math.log10(wide))), 4) if math.isfinite(wide) and wide else 1
        return Scale(texts, factor, decimals, words, sign=_paired(row))


def share_decimals(value: float) -> int:
    """Return the decimals with which a share is written in per cent: one for those below ten."""
    return 1 if abs(float(value)) < 0.0995 else 0


def _lost(row: Row) -> bool:
    """Tell whether a quantity is what always choosing the leader of a ranking loses."""
    return str(row["quantity"]).startswith(f"{LEADER}.")


def _paired(row: Row) -> bool:
    """Tell whether a quantity is a difference from a baseline; an empty cell of a file is a gap."""
    return not (missing(row["baseline"]) or not row["baseline"])


def summary(study: StoredSensitivity, context: SensitivityContext) -> str:
    """Return the box at the top: what drives each quantity, in sentences."""
    parts = [
        f"<h3>{escape(_heading(row, context))}</h3>{bullets(sentences(row, study, context))}"
        for row in study.quantities
    ]
    return panel("box", context.texts.get("sensitivity.summary_title"), "".join(parts))


def findings(study: StoredSensitivity, context: SensitivityContext) -> list[str]:
    """Return the sentences of the box as plain text, each with the quantity that it is about."""
    return [
        f"{_heading(row, context)}: {said}"
        for row in study.quantities
        for said in sentences(row, study, context)
    ]


def _heading(row: Row, context: SensitivityContext) -> str:
    return f"{context.label(row)} ({context.against(row)})"


def sentences(row: Row, study: StoredSensitivity, context: SensitivityContext) -> list[str]:
    """Return what the tables say of one quantity, a sentence or two an item."""
    spread = study.spread(row["quantity"])
    said = [*_spread(row, spread, context)]
    measured = False
    if len(study.rows("sobol", row["quantity"])) and not study.index_sets(row["quantity"]):
        said.append(context.texts.get("sensitivity.say.no_index"))
    for table, sample, rows in study.index_sets(row["quantity"]):
        # Where the design tells single parameters, the emulator would only say it again.
        if table == "emulator_indices" and measured:
            continue
        said.append(_indices(table, sample, rows, context))
        said += _dummy(rows, context)
        measured = measured or sample != "groups"
    for _, _, pairs in study.pair_sets(row["quantity"]):
        said += _pairs(pairs, context)
    morris = study.rows("morris", row["quantity"])
    if len(morris):
        said.append(_morris(morris, context.scale(row, spread), context))
        measured = True
    if not measured:
        for _, given in study.samples("given_data", row["quantity"]):
            said += _given(given, context)
    said += _emulator(study.rows("emulator", row["quantity"]), context)
    return said


def _spread(row: Row, spread: Row | None, context: SensitivityContext) -> list[str]:
    if spread is None:
        return []
    texts, scale = context.texts, context.scale(row, spread)
    n = texts.number(float(spread["n"]))
    said = texts.get(
        "sensitivity.say.spread",
        n=n,
        mean=f"{scale.number(spread['mean'])} {scale.unit}",
        span=scale.span(spread["low"], spread["high"]),
    )
    more = spread["share_positive"]
    if _lost(row) and not missing(more):
        leader = context.policy(row["scenario"], start=True)
        said += " " + texts.get(
            "sensitivity.say.not_best", scenario=leader, more=_whole(float(more), context)
        )
    elif scale.sign and not missing(more):
        key = "cost" if str(row["outcome"]) == "net_cost" else "other"
        said += " " + texts.get(
            f"sensitivity.say.sign_{key}",
            scenario=context.policy(row["scenario"], start=key == "cost"),
            baseline=context.policy(row["baseline"]),
            less=_whole(1.0 - float(more), context),
            more=_whole(float(more), context),
        )
    noise = spread["noise_share"]
    if missing(noise) or float(noise) < NOISY:
        return [said]
    luck = texts.get(
        "sensitivity.say.noise",
        share=context.share(noise),
        replicates=texts.number(float(spread["replicates"])),
    )
    return [said, luck]


def _whole(share: float, context: SensitivityContext) -> str:
    return context.texts.get("word.percent", amount=context.texts.number(100 * share))


def _indices(table: str, sample: str, rows: pd.DataFrame, context: SensitivityContext) -> str:
    texts = context.texts
    totals = rows[rows["index"] == "total"]
    firsts = {str(one["factor"]): one for one in records(rows[rows["index"] == "first"])}
    found = leading(totals, clear_of_dummy(totals))
    lead = texts.get(f"sensitivity.by.{'emulator' if table == 'emulator_indices' else sample}")
    n = texts.number(float(totals["n"].max()))
    if not found.rows:
        return f"{lead} {texts.get('sensitivity.say.none', n=n, count=texts.number(found.count))}"
    top = found.rows[0]
    if found.alone:
        said = texts.get(
            "sensitivity.say.most" if float(top["low"]) > MOST else "sensitivity.say.more",
            name=context.quoted(top["factor"]),
            total=context.share(top["estimate"], top["low"], top["high"]),
        )
        if (first := firsts.get(str(top["factor"]))) is not None:
            alone = context.share(first["estimate"], first["low"], first["high"])
            said += " " + texts.get("sensitivity.say.alone", first=alone)
        if found.after is not None:
            said += " " + texts.get("sensitivity.say.after", name=_named(found.after, context))
    else:
        said = _tied(found, [_named(one, context) for one in found.rows], "tied", context)
    count = texts.get(
        "sensitivity.say.clear", clear=texts.number(found.clear), count=texts.number(found.count), n=n
    )
    return f"{lead} {said} {count}"


def _named(row: Row, context: SensitivityContext) -> str:
    texts, decimals = context.texts, share_decimals(row["estimate"])
    return texts.get(
        "sensitivity.say.named",
        name=context.quoted(row["factor"]),
        value=context.share(row["estimate"]),
        span=texts.span(100 * float(row["low"]), 100 * float(row["high"]), decimals),
    )


def _tied(found: Leading, names: list[str], key: str, context: SensitivityContext) -> str:
    """Name those in front that cannot be told apart, and count those of which too little is known."""
    texts, more = context.texts, len(names) - _NAMED
    key = f"sensitivity.say.{key if len(names) > 1 else 'ahead'}"
    after = ""
    if found.open:
        after = " " + texts.get("sensitivity.say.open", count=texts.number(found.open))
    shown = names[:_NAMED]
    if more > 0:
        shown.append(texts.get("sensitivity.say.others", count=texts.number(more)))
    return texts.get(key, names=texts.listing(shown)) + after


def _dummy(rows: pd.DataFrame, context: SensitivityContext) -> list[str]:
    off = rows[
        (rows["factor"] == LUCK) & (rows["index"] == "total") & ((rows["low"] > 0) | (rows["high"] < 0))
    ]
    return [
        context.texts.get(
            "sensitivity.say.dummy_off", value=context.share(one["estimate"], one["low"], one["high"])
        )
        for one in records(off)
    ]


def _pairs(rows: pd.DataFrame, context: SensitivityContext) -> list[str]:
    texts, first = context.texts, rows.iloc[0]
    lead = texts.get(
        "sensitivity.by.pairs",
        sample=texts.label("sensitivity.sample", first["sample"]),
        method=texts.label("sensitivity.method", first["method"]),
    )
    clear = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    if len(clear) == 0:
        return [f"{lead} {texts.get('sensitivity.say.no_pair', count=texts.number(len(rows)))}"]
    order = clear["estimate"].abs().sort_values(ascending=False, kind="stable").index
    names = [
        context.texts.get(
            "sensitivity.say.pair",
            first=context.quoted(one["factor_1"]),
            second=context.quoted(one["factor_2"]),
            value=context.share(one["estimate"], one["low"], one["high"]),
        )
        for one in records(clear.loc[order[:_PAIRS]])
    ]
    said = texts.get(
        "sensitivity.say.pairs",
        clear=texts.number(len(clear)),
        count=texts.number(len(rows)),
        names="; ".join(names),
    )
    return [f"{lead} {said}"]


def _morris(rows: pd.DataFrame, scale: Scale, context: SensitivityContext) -> str:
    texts = context.texts
    found = leading(rows, rows["clear"] == "yes", "mu_star")
    counts = {
        "clear": texts.number(found.clear), "count": texts.number(found.count),
        "n": texts.number(float(rows["n"].max())),
    }  # fmt: skip
    said = texts.get("sensitivity.say.morris", **counts)
    if not found.rows:
        return said
    names = [
        texts.get(
            "sensitivity.say.named",
            name=context.quoted(one["factor"]),
            value=f"{scale.number(one['mu_star'], sign=False)} {scale.unit}",
            span=scale.span(one["mu_star_low"], one["mu_star_high"], sign=False),
        )
        for one in found.rows
    ]
    if found.alone:
        return f"{said} {texts.get('sensitivity.say.morris_alone', names=names[0])}"
    return f"{said} {_tied(found, names, 'morris_tied', context)}"


def _given(rows: pd.DataFrame, context: SensitivityContext) -> list[str]:
    texts, said = context.texts, []
    for method in dict.fromkeys(rows["method"]):
        part = rows[rows["method"] == method]
        found = leading(part, part["clear"] == "yes")
        names = [context.quoted(one["factor"]) for one in found.rows]
        lead = texts.get(
            "sensitivity.say.given",
            method=texts.label("sensitivity.method", method),
            sample=texts.label("sensitivity.sample", part["sample"].iloc[0]),
            clear=texts.number(found.clear),
            count=texts.number(found.count),
            n=texts.number(float(part["n"].max())),
        )
        more = ""
        if names:
            alone = texts.get("sensitivity.say.given_alone", names=names[0])
            more = " " + (alone if found.alone else _tied(found, names, "given_tied", context))
        said.append(lead + more)
    return said


def _emulator(rows: pd.DataFrame, context: SensitivityContext) -> list[str]:
    return [
        context.texts.get(
            f"sensitivity.say.emulator_{'used' if one['used'] == 'yes' else 'unused'}",
            q2=context.share(one["q2"], one["q2_low"], one["q2_high"]),
            limit=context.share(one["limit"]),
        )
        for one in records(rows)
    ]


def known(context: SensitivityContext) -> dict[str, Any]:
    """Return who made the page and when; a dash for what is not known."""
    facts, texts = context.facts, context.texts
    seconds = float(facts.get("seconds", math.nan))
    return {
        "created": facts["created"],
        "version": facts.get("version") or DASH,
        "commit": str(facts.get("commit") or DASH)[:12],
        "seed": facts["seed"],
        "minutes": texts.number(seconds / 60.0, 1),
    }
