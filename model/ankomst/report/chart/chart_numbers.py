"""Scales and number formats of native charts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from ankomst.report.chart.text_size import text_width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ankomst.report.chart.native import Panel

_POINTS: Final = 12.0
_HEIGHT: Final = 0.45
"""Least distance of two numbers of a vertical axis, inches."""
_LEAST: Final = 1e-5
"""Least length of an axis; the numbers of a shorter one would need more than six decimals."""
_NOISE: Final = 1e-9
"""Share of a number, or of a step, that rounding may make."""
_YEARS: Final = (6.0, 12.0, 24.0, 36.0, 60.0, 120.0)


def number_code(decimals: int) -> str:
    """Return the code of a number format; the viewer's own language decides about point and comma."""
    return "#,##0" + (f".{'0' * decimals}" if decimals > 0 else "")


def tint(colour: str) -> str:
    """Return a colour half mixed with white: an interval is seen over a bar of it."""
    parts = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * 0.5):02x}" for part in parts)


def scale(panel: Panel, kind: str, ends: tuple[float, float], room: float) -> tuple[float, float, float, int]:
    """Return least and greatest number, step and decimals of an axis that holds every number of the panel.

    Parameters
    ----------
    panel : Panel
    kind : str
        Of the chart; ``along`` for the axis of numbers across.
    ends : tuple of float
        Shared with other panels; two equal numbers leave it to the values.
    room : float
        Inches.
    """
    least, most = ends if ends[0] < ends[1] else span(panel, kind)
    low, high = least, most
    noise = max(_LEAST, _NOISE * max(abs(low), abs(high)))
    if high - low <= noise:  # one number, but for rounding
        low, high = low - max(1.0, noise), high + max(1.0, noise)
    months = kind == "along" and _in_months(panel)
    upright = kind not in {"points", "bars", "stacked", "along"}
    # The step decides how wide the numbers are, and their width how many there may be.
    for parts in (7, 6, 5, 4, 3, 2):
        step = nice((high - low) / parts)
        if months:
            step = next((years for years in _YEARS if years >= (high - low) / parts * (1 - 1e-9)), step)
        # A number that lies beyond a step by its rounding alone does not bring another step.
        first, last = math.floor(low / step + _NOISE) * step, math.ceil(high / step - _NOISE) * step
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        said = max((f"{abs(value):,.{decimals}f}" for value in (first, last)), key=len)
        wide = _HEIGHT if upright else text_width(f"-{said}", _POINTS) + 0.25
        if (round((last - first) / step)) * wide <= room:
            break
    digits = 2 - math.floor(math.log10(step))
    # It does not fall off the axis either: no program draws what lies beyond the end.
    first, last = min(round(first, digits), least), max(round(last, digits), most)
    return first, last, round(step, digits), decimals


def _in_months(panel: Panel) -> bool:
    """Tell whether an axis counts months, which a reader counts in years."""
    words = panel.along_title.lower()
    return ("month" in words or "måned" in words) and max(panel.along, default=0.0) >= 24


def nice(raw: float) -> float:
    """Return the next larger of 1, 2, 2.5 and 5 times a power of ten."""
    if not (raw > 0 and math.isfinite(raw)):
        return 1.0
    size = 10.0 ** math.floor(math.log10(raw))
    return next(
        (part * size for part in (1.0, 2.0, 5.0, 10.0) if part * size >= raw * (1 - 1e-9)), 10.0 * size
    )


def span(panel: Panel, kind: str) -> tuple[float, float]:
    """Return the least and the greatest number that a chart must hold; zero is one where bars begin there."""
    if kind == "along":
        found = [*panel.along, *(x for one in panel.series for x in one.along)]
        low, high = _ends(found)
        return (0.0, high) if 0 <= low <= 0.3 * high else (low, high)
    if kind in {"stacked", "areas"}:
        rows = list(zip(*(one.values for one in panel.series), strict=True))
        above = [sum(value for value in row if value is not None and value > 0) for row in rows]
        below = [sum(value for value in row if value is not None and value < 0) for row in rows]
        return _ends([0.0, *above, *below])
    found = [value for one in panel.series for part in (one.values, one.low, one.high) for value in part
             if value is not None]  # fmt: skip
    if kind in {"points", "bars"}:
        found.append(0.0)
    low, high = _ends(found)
    return (0.0, high) if 0 <= low <= 0.5 * high else (low, high)


def shared(panels: Iterable[Panel], kind: str) -> tuple[float, float]:
    """Return ends that hold the values of several panels."""
    found = [span(panel, kind) for panel in panels]
    return min(low for low, _ in found), max(high for _, high in found)


def _ends(values: Iterable[float]) -> tuple[float, float]:
    kept = [value for value in values if math.isfinite(value)]
    return (min(kept), max(kept)) if kept else (0.0, 1.0)
