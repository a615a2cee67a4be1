"""The figures of a page, in their order, with title, lead and footer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import plotly.graph_objects as go

from ankomst.report.chart.figure_accounts import accounts_figure, accounts_footer
from ankomst.report.chart.figure_differences import differences_figure, differences_footer
from ankomst.report.chart.figure_groups import groups_figure, groups_footer
from ankomst.report.demo.figure_employment import employment_figure, employment_footer
from ankomst.report.demo.figure_grants import grants_figure, grants_footer
from ankomst.report.demo.figure_map import map_figure, map_footer
from ankomst.report.document.context import Context
from ankomst.report.document.page import Drawn

__all__ = [
    "FIGURES",
    "Drawn",
    "accounts_figure",
    "differences_figure",
    "draw_figures",
    "employment_figure",
    "grants_figure",
    "groups_figure",
    "map_figure",
]

Draw = Callable[[pd.DataFrame, Context], go.Figure]
Footer = Callable[[pd.DataFrame, Context], str]

FIGURES: dict[str, tuple[str, Draw, Footer]] = {
    "employment": ("employment", employment_figure, employment_footer),
    "differences": ("differences", differences_figure, differences_footer),
    "map": ("differences", map_figure, map_footer),
    "groups": ("groups", groups_figure, groups_footer),
    "grants": ("grants", grants_figure, grants_footer),
    "accounts": ("accounts", accounts_figure, accounts_footer),
}
"""Name of each figure: the table shown, the function that draws it, and the one that words its footer."""


def draw_figures(tables: Mapping[str, pd.DataFrame], context: Context) -> list[Drawn]:
    """Draw every figure of a page.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tidy tables by name.
    context : Context
        Language and facts.

    Raises
    ------
    ValueError
        If a table is missing or empty, or lacks a column.
    """
    values = {
        "count": len(context.periods) * len(context.designs),
        "period": context.period_phrase(context.base_period),
        "design": context.design(context.base_design),
    }
    drawn = []
    for name, (table, draw, footer) in FIGURES.items():
        if table not in tables:
            raise ValueError(f"table '{table}' is missing")
        figure = draw(tables[table], context)
        title = context.texts.get(f"figure.{name}.title", **values)
        words = footer(tables[table], context)
        # An exporter of single images finds the words with the figure.
        figure.update_layout(meta={"title": title, "footer": words})
        lead = context.texts.get(f"figure.{name}.lead", **values)
        drawn.append(Drawn(name, title, lead, words, figure))
    return drawn
