"""Draw docs/pictures/packages.svg from the import graph: `python -m tests.packages_picture`.

A test holds the picture against the graph, so that it cannot grow old.
"""

from __future__ import annotations

from pathlib import Path

import grimp

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "packages.svg"
ROOT = "ankomst"
ORDER = ("cli", "commands", "explorer", "report", "studies", "simulation", "policy")
"""Packages from the top; `errors` is left out: all import it."""
NOTES = {
    "cli": "the command line",
    "commands": "one module a command",
    "explorer": "the page in the browser",
    "report": "from a result to what people see",
    "studies": "many runs, and what follows from them",
    "simulation": "one run",
    "policy": "levers, scenarios, parameters, law and rates",
}
COLOURS = {
    "commands": "#4a5568", "cli": "#a0aec0", "explorer": "#9c4221", "report": "#0072b2", "studies": "#2f855a",
    "simulation": "#805ad5", "policy": "#4a5568",
}  # fmt: skip
LEFT, BOX, HIGH, GAP, ARC = 16, 700, 58, 22, 30
FONT = "font-family='system-ui, sans-serif'"


def arrows(graph: grimp.ImportGraph) -> list[tuple[str, str, int]]:
    """Return which package imports from which, with the number of modules that do."""
    modules = {name: {f"{ROOT}.{name}"} | graph.find_descendants(f"{ROOT}.{name}") for name in ORDER}
    found = []
    for upper in ORDER:
        for lower in ORDER:
            if upper == lower:
                continue
            count = sum(
                bool(graph.find_modules_directly_imported_by(each) & modules[lower])
                for each in modules[upper]
            )
            if count:
                found.append((upper, lower, count))
    return found


def _text(x: int, y: int, words: str, size: int, more: str = "fill='#4a5568'") -> str:
    return f"<text x='{x}' y='{y}' {FONT} font-size='{size}' {more}>{words}</text>"


def _box(graph: grimp.ImportGraph, name: str, top: int) -> str:
    """Return a package: its name, what it is, its folders with their modules."""
    inside = graph.find_descendants(f"{ROOT}.{name}")
    folders = [
        f"{child.rpartition('.')[2]} {len(graph.find_descendants(child)) + 1}"
        for child in sorted(graph.find_children(f"{ROOT}.{name}"))
        if graph.find_children(child)
    ]
    size = f"{len(inside) + 1} modules" if inside else "1 module"
    frame = f"x='{LEFT}' y='{top}' width='{BOX}' height='{HIGH}' rx='6' stroke='{COLOURS[name]}'"
    parts = [
        f"<rect {frame} fill='#f7fafc' stroke-width='1.5'/>",
        _text(LEFT + 14, top + 24, name, 16, "font-weight='700' fill='#1a202c'"),
        _text(LEFT + 124, top + 24, NOTES[name], 13),
        _text(LEFT + BOX - 14, top + 24, size, 13, "text-anchor='end' fill='#4a5568'"),
    ]
    if folders:
        parts.append(_text(LEFT + 14, top + 46, " · ".join(folders), 11))
    return "".join(parts)


def _arc(upper: str, lower: str, count: int, reach: int) -> str:
    """Return an arrow on the right from a package to one that it imports from."""
    step = HIGH + GAP
    start = ORDER.index(upper) * step + GAP + HIGH // 2 + 4 * ORDER.index(lower) - 12
    end = ORDER.index(lower) * step + GAP + HIGH // 2 - 4 * (len(ORDER) - ORDER.index(upper)) + 12
    right, far = LEFT + BOX, LEFT + BOX + ARC * reach
    colour, wide = COLOURS[upper], 1 + min(count, 60) / 20
    curve = f"M {right} {start} C {far} {start} {far} {end} {right + 7} {end}"
    return (
        f"<path d='{curve}' fill='none' stroke='{colour}' stroke-width='{wide:.1f}' stroke-opacity='0.75'>"
        f"<title>{count} modules of {upper} import from {lower}</title></path>"
        f"<path d='M {right} {end} l 8 -4 v 8 z' fill='{colour}'/>"
    )


def picture() -> str:
    """Return the SVG of the import graph as it stands."""
    graph = grimp.build_graph(ROOT)
    step = HIGH + GAP
    boxes = [_box(graph, name, GAP + k * step) for k, name in enumerate(ORDER)]
    arcs = [
        _arc(upper, lower, count, ORDER.index(lower) - ORDER.index(upper))
        for upper, lower, count in arrows(graph)
    ]
    wide, high = LEFT + BOX + 170, GAP + len(ORDER) * step + 26
    note = "An arrow: modules of the upper package import from the lower one. errors.py is imported by all."
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {wide} {high}' role='img'>",
            "<title>The packages of ankomst and which imports from which</title>",
            f"<rect width='{wide}' height='{high}' fill='#ffffff'/>",
            *boxes,
            *arcs,
            _text(LEFT, high - 14, note, 12),
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
