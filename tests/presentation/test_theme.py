"""Colours, symbols and patterns of the figures."""

from __future__ import annotations

from ankomst.report.chart import theme


def test_colours_symbols_and_patterns_never_run_out() -> None:
    order = [f"p{number}" for number in range(40)]
    assert all(theme.colour(name, order).startswith("#") for name in [*order, "unknown"])
    assert all(theme.symbol(name, order) and theme.dash(name, order) for name in order)
    assert len({theme.symbol(name, order) for name in order[:8]}) == 8
    assert theme.fade("#0072B2", 0.5) == "rgba(0,114,178,0.5)"
