"""The reader's own outline of the country: borders from a GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ankomst.errors import OutputError

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
        The file is missing, too large, no GeoJSON, or holds no border.
    """
    allowed = "a GeoJSON in longitude and latitude (EPSG:4326) with Polygon or MultiPolygon geometries"
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise OutputError(
                f"the outline is larger than {LARGEST_FILE // 1_000_000} MB", where=str(path), allowed=allowed
            )
        content = json.loads(path.read_text(encoding="utf-8"))
        rings = list(_rings(content))
    except OSError as problem:
        raise OutputError(
            f"the outline cannot be read: {problem.strerror}", where=str(path), allowed=allowed
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise OutputError(
            f"the outline cannot be read: {problem}", where=str(path), allowed=allowed
        ) from None
    inside = [ring for ring in rings if all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring)]
    if not inside:
        raise OutputError("the outline holds no border in degrees", where=str(path), allowed=allowed)
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
