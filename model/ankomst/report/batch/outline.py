"""The reader's own outline of the country: borders from a GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ankomst.errors import OutputError
from ankomst.policy.files import display_path, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_FILE = 20_000_000
"""Bytes of a GeoJSON at most."""
Ring = list[tuple[float, float]]


def read_outline(path: Path) -> list[Ring]:
    """Read the borders of a GeoJSON: rings of (longitude, latitude).

    Raises
    ------
    OutputError
        The file is missing, no regular file, too large, no GeoJSON, or holds no border.
    """
    allowed = "a GeoJSON in longitude and latitude (EPSG:4326) with Polygon or MultiPolygon geometries"
    content = read_bytes(path, most=LARGEST_FILE, kind=OutputError, wanted=allowed)
    try:
        rings = list(_rings(json.loads(content.decode("utf-8-sig"))))
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as problem:
        raise OutputError(
            f"the outline cannot be read: {problem}", where=display_path(path), allowed=allowed
        ) from None
    inside = [ring for ring in rings if all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring)]
    if not inside:
        raise OutputError("the outline holds no border in degrees", where=display_path(path), allowed=allowed)
    return inside


def _rings(node: Any) -> Iterator[Ring]:  # noqa: ANN401 - JSON
    kind = node.get("type")
    if kind == "FeatureCollection":
        for feature in node["features"]:
            yield from _rings(feature)
    elif kind == "Feature":
        if node.get("geometry"):
            yield from _rings(node["geometry"])
    elif kind == "GeometryCollection":
        for part in node["geometries"]:
            yield from _rings(part)
    elif kind in {"Polygon", "MultiPolygon"}:
        for polygon in node["coordinates"] if kind == "MultiPolygon" else [node["coordinates"]]:
            for ring in polygon:
                yield [(float(point[0]), float(point[1])) for point in ring]
