"""Who pays: from the baseline's net cost to the scenario's, item by item, and by year since arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ankomst.report.batch.charts import lines, numbers, plain
from ankomst.report.chart import theme
from ankomst.report.chart.figure_run_accounts import GROUPS, NET
from ankomst.report.chart.forest import panel_titles
from ankomst.report.chart.key import block_sample, key_html, line_sample
from ankomst.report.chart.native import Chart, Panel, Series
from ankomst.report.chart.panels import BOUNDS, PAYERS
from ankomst.report.document.context import records, safe
from ankomst.report.document.page import Drawn

if TYPE_CHECKING:
    from ankomst.report.batch.context import BatchContext

THOUSAND = 1e-3
DEARER, CHEAPER, SUM = "#D55E00", "#0072B2", theme.MUTED
DISPLACEMENT, OTHER = "displacement", "other"
_GROUP_OF = {item: group for group, items in GROUPS.items() for item in items} | {DISPLACEMENT: DISPLACEMENT}
_ORDER: Final = (*GROUPS, DISPLACEMENT, OTHER)
_TRANSFERS = ("refunds", "grants")


def steps(accounts: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Return what each group of items adds to the net cost of each payer.

    Parameters
    ----------
    accounts : DataFrame
        The batch's table ``accounts``: differences by item, payer and payee.
    scenario : str

    Returns
    -------
    DataFrame
        payer, group, estimate (DKK per newcomer; above zero the payer pays more), and for ``net_cost`` low,
        high, n, baseline_value and scenario_value. The groups of a payer add up to its net cost.
    """
    mine = accounts[accounts["scenario"] == scenario]
    rows: list[dict[str, Any]] = []
    for payer in PAYERS:
        parties = ("municipality", "state") if payer == "both" else (payer,)
        sums = dict.fromkeys(_ORDER, 0.0)
        for row in records(mine[~mine["item"].isin((NET, "resource_cost"))]):
            sign = (row["payer"] in parties) - (row["payee"] in parties)
            sums[_GROUP_OF.get(str(row["item"]), OTHER)] += sign * float(row["estimate"])
        rows += [
            {"scenario": scenario, "payer": payer, "group": group, "estimate": value}
            for group, value in sums.items()
            if abs(value) >= 0.5
        ]
        net = records(mine[(mine["item"] == NET) & (mine["payer"] == payer)])[0]
        kept = ("estimate", "low", "high", "level", "n", "baseline_value", "scenario_value", "verdict")
        rows.append(
            {"scenario": scenario, "payer": payer, "group": NET, **{name: net[name] for name in kept}}
        )
    return pd.DataFrame(rows)


def waterfall(accounts: pd.DataFrame, scenario: str, context: BatchContext) -> Drawn:
    """Draw a panel per payer: which groups of items make the difference in its net cost.

    Parameters
    ----------
    accounts : DataFrame
    scenario : str
    context : BatchContext
    """
    texts, rows = context.texts, steps(accounts, scenario)
    figure = make_subplots(
        rows=1,
        cols=3,
        shared_yaxes=True,
        horizontal_spacing=0.02,
        subplot_titles=[texts.label("payer", payer).capitalize() for payer in PAYERS],
    )
    panel_titles(figure)
    groups = [group for group in _ORDER if (rows["group"] == group).any()]
    labels = [texts.get(f"batch.group.{group}") for group in (*groups, NET)]
    panels = []
    for column, payer in enumerate(PAYERS, start=1):
        values = dict(
            zip(*(rows.loc[rows["payer"] == payer, name] for name in ("group", "estimate")), strict=True)
        )
        amounts = [THOUSAND * float(values.get(group, 0.0)) for group in groups]
        net = records(rows[(rows["payer"] == payer) & (rows["group"] == NET)])[0]
        total = THOUSAND * float(net["estimate"])
        _bars(figure, amounts, total, net, labels, context, column)
        series = Series(
            texts.label("payer", payer),
            numbers([*amounts, total]),
            (*(None for _ in amounts), *numbers([THOUSAND * float(net["low"])])),
            (*(None for _ in amounts), *numbers([THOUSAND * float(net["high"])])),
            DEARER,
        )
        panels.append(
            Panel(
                texts.label("payer", payer).capitalize(),
                plain(texts.get("axis.difference_cost")),
                (series,),
                categories=tuple(labels),
                decimals=1,
            )
        )
    figure.update_yaxes(title_text=texts.get("axis.difference_cost"), row=1, col=1)
    figure.update_layout(
        template=theme.template(texts.separators),
        height=520,
        margin={"t": 40, "b": 150, "l": 84},
        showlegend=False,
        bargap=0.25,
    )
    samples = [
        (block_sample(DEARER), texts.get("batch.waterfall.dearer")),
        (block_sample(CHEAPER), texts.get("batch.waterfall.cheaper")),
        (block_sample(SUM), texts.get("batch.waterfall.sum")),
    ]
    shown = rows[rows["group"] == NET]
    return Drawn(
        "payers",
        texts.get("batch.waterfall.title", scenario=context.name(scenario)),
        texts.get("batch.waterfall.lead"),
        context.footer(shown, "difference", texts.get("batch.waterfall.footer", years=context.years)),
        figure,
        key_html(samples),
        rows,
        Chart("bars", tuple(panels), texts.get("batch.chart.payers")),
    )


def _bars(
    figure: go.Figure,
    amounts: list[float],
    total: float,
    net: dict[str, Any],
    labels: list[str],
    context: BatchContext,
    column: int,
) -> None:
    texts, base, ends = context.texts, 0.0, []
    for amount in amounts:
        ends.append((min(base, base + amount), abs(amount)))
        base += amount
    hovers = [
        f"<b>{safe(label)}</b><br>{texts.get('word.thousand_dkk', amount=texts.number(amount, 1, sign=True))}"
        for label, amount in zip(labels, [*amounts, total], strict=True)
    ]
    figure.add_trace(
        go.Bar(
            x=labels,
            y=[*(size for _, size in ends), abs(total)],
            base=[*(low for low, _ in ends), min(0.0, total)],
            marker={"color": [*(DEARER if amount > 0 else CHEAPER for amount in amounts), SUM]},
            customdata=hovers,
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        ),
        row=1,
        col=column,
    )
    figure.add_trace(
        go.Scatter(
            x=[labels[-1]],
            y=[total],
            mode="markers",
            marker={"size": 1, "color": theme.INK},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [THOUSAND * float(net["high"]) - total],
                "arrayminus": [total - THOUSAND * float(net["low"])],
                "color": theme.MUTED,
                "thickness": 2,
                "width": 5,
            },
            hoverinfo="skip",
            showlegend=False,
        ),
        row=1,
        col=column,
    )
    figure.update_xaxes(tickangle=-60, showgrid=False, row=1, col=column)


def by_year(years: pd.DataFrame, scenario: str, context: BatchContext) -> Drawn | None:
    """Draw the difference in net cost by year since arrival: an area per payer, a line for both.

    Parameters
    ----------
    years : DataFrame
        The batch's table ``years``.
    scenario : str
    context : BatchContext
    """
    texts = context.texts
    rows = years[
        (years["scenario"] == scenario) & (years["outcome"] == NET) & (years["time"] == "year_since_arrival")
    ]
    rows = rows[rows["discounted"].astype(str) == "False"].copy()
    if len(rows) == 0:
        return None
    rows[BOUNDS] *= THOUSAND
    figure = go.Figure()
    parts = {payer: rows[rows["payer"] == payer].sort_values("year") for payer in PAYERS}
    for payer in PAYERS[:2]:
        part, colour = parts[payer], theme.PAYER_COLOURS[payer]
        figure.add_trace(
            go.Scatter(
                x=part["year"].tolist(),
                y=part["estimate"].tolist(),
                mode="lines",
                fill="tozeroy",
                line={"color": colour, "width": 2},
                fillcolor=theme.fade(colour, 0.28),
                name=texts.label("payer", payer),
                hovertemplate=_hover(payer, context),
                showlegend=False,
            )
        )
    for payer in PAYERS:
        part, colour = parts[payer], theme.PAYER_COLOURS[payer]
        figure.add_trace(
            go.Scatter(
                x=part["year"].tolist(),
                y=part["estimate"].tolist(),
                mode="lines+markers" if payer == "both" else "markers",
                line={"color": colour, "width": 2.5},
                marker={"color": colour, "size": 6},
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": (part["high"] - part["estimate"]).tolist(),
                    "arrayminus": (part["estimate"] - part["low"]).tolist(),
                    "color": colour,
                    "thickness": 1.4,
                    "width": 3,
                },
                name=texts.label("payer", payer),
                hovertemplate=_hover(payer, context),
                showlegend=False,
            )
        )
    figure.update_xaxes(title_text=texts.get("batch.years.axis"), dtick=1, showgrid=False)
    figure.update_yaxes(title_text=texts.get("axis.difference_cost"))
    figure.update_layout(
        template=theme.template(texts.separators),
        height=430,
        margin={"t": 16, "l": 84, "b": 60},
        showlegend=False,
    )
    samples = [
        (block_sample(theme.PAYER_COLOURS[payer]), texts.label("payer", payer)) for payer in PAYERS[:2]
    ]
    samples.append((line_sample(theme.PAYER_COLOURS["both"]), texts.label("payer", "both")))
    shown = [
        (
            texts.label("payer", payer),
            theme.PAYER_COLOURS[payer],
            parts[payer].assign(months=parts[payer]["year"]),
        )
        for payer in PAYERS
    ]
    unit, along = plain(texts.get("axis.difference_cost")), texts.get("batch.years.axis")
    columns = ["scenario", "payer", "year", *BOUNDS, "level", "n", "verdict"]
    return Drawn(
        "years",
        texts.get("batch.years.title", scenario=context.name(scenario)),
        texts.get("batch.years.lead"),
        context.footer(rows, "difference", texts.get("batch.years.footer")),
        figure,
        key_html(samples),
        rows[columns].assign(unit=unit),
        Chart("lines", (lines(shown, "", unit, along, 1),)),
    )


def _hover(payer: str, context: BatchContext) -> str:
    name, axis = safe(context.texts.label("payer", payer)), context.texts.get("batch.years.axis")
    return f"{name}, {axis} %{{x}}: %{{y:,.1f}}<extra></extra>"
