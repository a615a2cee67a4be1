"""What a newcomer costs whom: items of the accounts in groups, by payer and scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.chart import theme
from ankomst.report.chart.forest import Mark, Rows, add_points, hover, lay_rows, panel_titles, stack
from ankomst.report.chart.key import block_sample, key_html, point_sample
from ankomst.report.chart.panels import BOUNDS, PAYERS, duration
from ankomst.report.document.context import choose, records, require, safe
from ankomst.report.document.page import Drawn
from ankomst.report.document.run_context import folded, row_height

if TYPE_CHECKING:
    import pandas as pd

    from ankomst.report.document.run_context import RunContext

COLUMNS = ("scenario", "payer", "item", "unit", "estimate", "low", "high", "n")
NET = "net_cost"
OTHER = "other"
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "benefits": ("benefit", "top_up", "disability_pension", "education_grant"),
    "services": ("danish_classes", "staff", "placement", "lever_cost", "trainee_school", "advisory_team"),
    "support": ("wage_subsidy", "trainee_bonus"),
    "taxes": ("labour_market_contribution", "municipal_tax", "state_tax", "indirect_tax"),
    "refunds": ("benefit_refund", "wage_subsidy_refund", "programme_refund", "pension_refund"),
    "grants": ("basic_grant", "grant_job", "grant_education", "grant_danish", "grant_self_support",
               "bonus_extra_job"),
}  # fmt: skip
"""Items of the accounts that are shown together; any other item is shown as such."""
_GROUP_OF = {item: group for group, items in GROUPS.items() for item in items}
_COLOURS: Final = {
    "benefits": "#0072B2",
    "services": "#D55E00",
    "support": "#a8447f",
    "taxes": "#00835f",
    "refunds": "#5a6672",
    "grants": "#8a6d00",
    OTHER: "#8a949e",
}
_HATCHED: Final = ("refunds", "grants")
_THOUSAND = 1e-3


def account_rows(table: pd.DataFrame | None, context: RunContext) -> pd.DataFrame:
    """Return the accounts of all scenarios of the page."""
    rows = require(table, "accounts", COLUMNS)
    for name in context.scenarios:
        mine = choose(rows, "accounts", scenario=name)
        for payer in PAYERS:
            choose(mine, "accounts", item=NET, payer=payer)
    return rows[rows["scenario"].isin(context.scenarios)]


def draw_accounts(table: pd.DataFrame | None, context: RunContext) -> Drawn:
    """Draw a panel per payer, a row per scenario, and groups of items as stacked bars around zero.

    Parameters
    ----------
    table : DataFrame
        ``accounts``: scenario, payer, item, unit, estimate, low, high, n, with the sum ``net_cost``.
    context : RunContext
    """
    texts, rows = context.texts, account_rows(table, context)
    labels = [(name, context.marked(name)) for name in context.scenarios]
    places = stack([("", labels)], folded)
    figure = make_subplots(
        rows=1,
        cols=len(PAYERS),
        horizontal_spacing=0.03,
        shared_xaxes="all",
        subplot_titles=[texts.label("payer", payer).capitalize() for payer in PAYERS],
    )
    panel_titles(figure)
    shown: list[str] = []
    for column, payer in enumerate(PAYERS, start=1):
        shown += _bars(figure, rows[rows["payer"] == payer], places, context, column)
        net = choose(rows, "accounts", item=NET, payer=payer).copy()
        net[BOUNDS] = net[BOUNDS] * _THOUSAND
        net["y"] = [places.places[name] for name in net["scenario"]]
        net["name"] = [context.name(name) for name in net["scenario"]]
        net["hover"] = hover(context, "name", net, 1, "word.thousand_dkk", compare=False)
        add_points(figure, net, _net_mark(), col=column, compare=False)
        figure.update_xaxes(title_text=texts.get("axis.net_cost"), nticks=6, row=1, col=column)
    lay_rows(figure, places, len(PAYERS), texts.get("axis.scenario"))
    height = max(row_height([label for _, label in labels]), 44)
    figure.update_layout(
        template=theme.template(texts.separators),
        barmode="relative",
        height=130 + round(height * places.end),
        margin={"t": 36, "b": 76},
        showlegend=False,
    )
    groups = [group for group in (*GROUPS, OTHER) if group in shown]
    samples = [
        (block_sample(_COLOURS[group], hatched=group in _HATCHED), texts.get(f"run.group.{group}"))
        for group in groups
    ]
    samples.append((point_sample(theme.INK, "diamond"), texts.get("run.group.net")))
    return Drawn(
        "accounts",
        texts.get("run.accounts.title"),
        texts.get("run.accounts.lead", time=duration(int(context.facts["follow_up_months"]), context)),
        context.footer(
            rows,
            "value",
            texts.get("run.accounts.stroke"),
            texts.get("run.accounts.footer"),
            *context.dagger_note(context.scenarios),
        ),
        figure,
        key_html(samples),
    )


def _net_mark() -> Mark:
    return Mark(theme.INK, "diamond", NET, size=9)


def _bars(figure: go.Figure, rows: pd.DataFrame, places: Rows, context: RunContext, column: int) -> list[str]:
    """Draw the stacked bars of one payer; return the groups that have any amount."""
    texts = context.texts
    items = rows[rows["item"] != NET].copy()
    items["group"] = [_GROUP_OF.get(str(item), OTHER) for item in items["item"]]
    found = []
    for group in (*GROUPS, OTHER):
        part = items[(items["group"] == group) & (items["estimate"] != 0)]
        if len(part) == 0:
            continue
        found.append(group)
        sums = part.groupby("scenario", sort=False)["estimate"].sum() * _THOUSAND
        hovers = [
            "<br>".join(
                [f"<b>{safe(texts.get(f'run.group.{group}'))}</b>"]
                + [_item(row, context) for row in records(part[part["scenario"] == name])]
            )
            for name in sums.index
        ]
        hatched = group in _HATCHED
        colour = _COLOURS[group]
        marker = {"color": theme.PAPER if hatched else colour, "line": {"width": 0.8, "color": theme.PAPER}}
        if hatched:
            marker |= {
                "pattern": {"shape": "/", "fgcolor": colour, "bgcolor": theme.PAPER, "size": 6},
                "line": {"width": 1, "color": colour},
            }
        figure.add_trace(
            go.Bar(
                x=sums.tolist(),
                y=[places.places[name] for name in sums.index],
                orientation="h",
                width=0.56,
                marker=marker,
                customdata=hovers,
                hovertemplate="%{customdata}<extra></extra>",
                showlegend=False,
            ),
            row=1,
            col=column,
        )
    return found


def _item(row: dict[str, object], context: RunContext) -> str:
    texts = context.texts
    amount = texts.number(float(str(row["estimate"])) * _THOUSAND, 1, sign=True)
    name = safe(texts.label("item", row["item"]))
    return f"{name}: {texts.get('word.thousand_dkk', amount=amount)}"
