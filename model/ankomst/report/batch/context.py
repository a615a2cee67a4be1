"""Language and facts of the story of a batch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ankomst.report.chart import theme
from ankomst.report.chart.lines import Line
from ankomst.report.document.run_context import RunContext

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

MOST_LINES = 6
"""Scenarios in a figure where lines or panels lie beside each other."""
POINT = "point"


class BatchContext(RunContext):
    """Language and facts of a batch.

    The facts are those of `batch_facts`: scenario_titles, baseline, level, draws (number), draws_kind,
    replicates, newcomers_per_year, follow_up_months, resting_on_assumptions and colours (the order that gives
    each scenario its colour).
    """

    def only(self, names: Sequence[str]) -> BatchContext:
        """Return the context of some scenarios, the baseline first where it is among them."""
        titles = {name: self.titles[name] for name in self.titles if name in set(names)}
        return replace(self, facts={**self.facts, "scenario_titles": titles, "colours": tuple(titles)})

    def line(self, scenario: str) -> Line:
        """Return how a scenario's line looks in every figure that shows the same scenarios."""
        order = list(self.facts.get("colours") or self.scenarios)
        return Line(theme.colour(scenario, order), theme.dash(scenario, order), self.name(scenario))

    @property
    def replicates(self) -> str:
        """Largest number of replicates of a draw, as text."""
        return self.texts.number(float(self.facts["replicates"]))

    def footer(self, frame: pd.DataFrame, kind: str, *extra: str) -> str:
        """Return the footer of a figure: n, draws, and what an interval of that kind means."""
        return " ".join((self.runs(frame), self.band(kind), *extra))

    def runs(self, frame: pd.DataFrame) -> str:
        """Say how many runs stand behind rows."""
        texts = self.texts
        low, high = float(frame["n"].min()), float(frame["n"].max())
        n = texts.number(low) if low == high else texts.span(low, high)
        return texts.get(
            f"batch.n_{self.facts['draws_kind']}",
            n=n,
            newcomers=self.newcomers,
            draws=texts.number(self.draws),
        )


def chosen(facts: dict[str, Any], ranking: pd.DataFrame | None, wanted: Sequence[str]) -> list[str]:
    """Choose the scenarios for figures that hold only some, the baseline first.

    Parameters
    ----------
    facts : dict
        With baseline and scenario_titles.
    ranking : DataFrame, optional
        Table of ranks: the best by each criterion are shown.
    wanted : sequence of str
        Named by the reader: these, and no others.
    """
    every, base = list(facts["scenario_titles"]), str(facts["baseline"])
    if wanted:
        return [base, *(name for name in dict.fromkeys(wanted) if name != base)][:MOST_LINES]
    if len(every) <= MOST_LINES:
        return [base, *(name for name in every if name != base)]
    best: list[str] = []
    if ranking is not None and len(ranking):
        ordered = ranking.sort_values("rank", kind="stable")
        for place in range(len(every)):
            for _, rows in ordered.groupby(["criterion", "payer"], sort=False, dropna=False):
                if place < len(rows):
                    best.append(str(rows["scenario"].iloc[place]))
    order = dict.fromkeys([*best, *every])
    return [base, *(name for name in order if name != base)][:MOST_LINES]
