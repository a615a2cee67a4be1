"""Language, facts and names of the page of `ankomst run`."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ankomst.report.chart import theme
from ankomst.report.chart.lines import Line
from ankomst.report.document.context import Context, missing, safe, span_of_n

if TYPE_CHECKING:
    import pandas as pd

DAGGER = "\N{DAGGER}"
DASH = "\N{EN DASH}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
LABEL_WIDTH, LABEL_LINES = 38, 3
_LINE_HEIGHT, _ROW_SPACE = 15, 13


class RunContext(Context):
    """Language and facts of the page of a run.

    The facts are those of `build_run_report`, and ``resting_on_assumptions``, the names of scenarios whose
    effects rest on assumed parameters.
    """

    @property
    def titles(self) -> Mapping[str, Any]:
        """Titles by scenario: English, Danish and source."""
        titles: Mapping[str, Any] = self.facts["scenario_titles"]
        return titles

    @property
    def scenarios(self) -> list[str]:
        """Names of all scenarios, in the order of the facts: the baseline first."""
        return [str(name) for name in self.titles]

    @property
    def others(self) -> list[str]:
        """Names of the scenarios that are compared with the baseline."""
        return [name for name in self.scenarios if name != self.baseline]

    def name(self, scenario: str) -> str:
        """Return a scenario's title; two scenarios of the same title are told apart by their names."""
        shared = Counter(self.title(other) for other in self.titles)
        title = self.title(scenario)
        return f"{title} ({scenario})" if shared[title] > 1 else title

    def marked(self, scenario: str) -> str:
        """Return a scenario's title with a mark for the baseline or for assumed effects."""
        if scenario == self.baseline and len(self.titles) > 1:
            return f"{self.name(scenario)} {self.texts.get('word.baseline_mark')}"
        assumed = scenario in self.facts.get("resting_on_assumptions", ())
        # The mark must not stand on a line of its own.
        return f"{self.name(scenario)}\N{NO-BREAK SPACE}{DAGGER}" if assumed else self.name(scenario)

    def line(self, scenario: str) -> Line:
        """Return how a scenario's line looks in every figure."""
        order = self.scenarios
        return Line(theme.colour(scenario, order), theme.dash(scenario, order), self.name(scenario))

    def footer(self, frame: pd.DataFrame, kind: str, *extra: str) -> str:
        """Return the footer of a figure: n, the parameter sets, and what an interval of that kind means.

        Parameters
        ----------
        frame : DataFrame
            Rows shown, with column ``n``.
        kind : {"difference", "value"}
        extra : str
            Further sentences.
        """
        texts = self.texts
        main = texts.get(
            "run.footer",
            n=span_of_n(frame["n"], texts),
            newcomers=self.newcomers,
            parameters=self.parameters,
            band=self.band(kind),
        )
        return " ".join((main, *extra))

    @property
    def newcomers(self) -> str:
        """Simulated newcomers a year, as text."""
        return self.texts.number(float(self.facts["newcomers_per_year"]))

    def dagger_note(self, shown: list[str]) -> list[str]:
        """Explain the dagger where one of the scenarios shown has it."""
        assumed = self.facts.get("resting_on_assumptions", ())
        return [self.texts.get("run.dagger")] if any(name in assumed for name in shown) else []


def folded(text: str, width: int = LABEL_WIDTH, most: int = LABEL_LINES) -> str:
    """Escape a label for Plotly and fold it into lines; a very long one ends in an ellipsis."""
    lines = textwrap.wrap(text, width, max_lines=most, placeholder=f" {ELLIPSIS}") or [""]
    return "<br>".join(safe(line) for line in lines)


def row_height(labels: list[str], width: int = LABEL_WIDTH, most: int = LABEL_LINES) -> int:
    """Return the height in pixels of a row that holds the longest of the folded labels."""
    lines = max((folded(label, width, most).count("<br>") + 1 for label in labels), default=1)
    return _LINE_HEIGHT * lines + _ROW_SPACE


def written(value: object, context: Context) -> str:
    """Write a value of a table: numbers as the language writes them, texts as they stand."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {written(part, context)}" for name, part in value.items())
    if missing(value):
        return DASH
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    digits = min(len(f"{value:.6f}".rstrip("0").partition(".")[2]), 4)
    return context.texts.number(float(value), digits)
