"""Reads Valhalla's answers: lines, manoeuvres, matrices, areas and matched tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape

from gis.geometry import Point
from gis.travel import Step
from ops_center.kernel.errors import Unavailable
from ops_center.kernel.measure import Metres, Seconds

Answer = TypeVar("Answer")
KM = 1000.0
POLYLINE_DIGITS = 6
CHUNK_BITS, CHUNK_MORE, CHUNK_FROM = 5, 0x20, 63
# Valhalla's numbers of manoeuvres, as our words; those missing are plain `continue`.
MANOEUVRE_OF = {
    **dict.fromkeys([1, 2, 3], "depart"),
    **dict.fromkeys([4, 5, 6], "arrive"),
    9: "slight_right", 10: "right", 11: "sharp_right",
    12: "turn_back", 13: "turn_back",
    14: "sharp_left", 15: "left", 16: "slight_left",
    **dict.fromkeys([17, 18, 19, 20, 21], "ramp"),
    23: "slight_right", 24: "slight_left",
    **dict.fromkeys([25, 37, 38], "merge"),
    **dict.fromkeys([26, 27], "roundabout"),
    **dict.fromkeys([28, 29], "ferry"),
}  # fmt: skip


def read(parse: Callable[[Any], Answer], found: Any) -> Answer:
    """What `parse` makes of an answer. Raises Unavailable when it is not of the known shape."""
    try:
        return parse(found)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unavailable(
            f"Turn-by-turn routing answered in an unknown way: {type(error).__name__}.",
            code="routing-engine",
        ) from error


def line_of(encoded: str) -> tuple[Point, ...]:
    """The points of a polyline with six digits. Raises ValueError when it is cut off."""
    numbers: list[int] = []
    value = shift = 0
    for byte in encoded.encode("ascii"):
        chunk = byte - CHUNK_FROM
        value |= (chunk & ~CHUNK_MORE) << shift
        shift += CHUNK_BITS
        if not chunk & CHUNK_MORE:
            numbers.append((value >> 1) ^ -(value & 1))
            value = shift = 0
    if shift or len(numbers) % 2:
        raise ValueError("a line that is cut off")
    whole = np.cumsum(np.array(numbers, np.int64).reshape(-1, 2), axis=0)
    degrees = np.round(whole / 10**POLYLINE_DIGITS, POLYLINE_DIGITS)
    return tuple(Point(lon=lon, lat=lat) for lat, lon in degrees.tolist())


def steps_of(leg: dict[str, Any], line: Sequence[Point], factor: float) -> tuple[Step, ...]:
    """The manoeuvres of a leg in the words of the answer."""
    return tuple(
        Step(
            instruction=str(one["instruction"]),
            manoeuvre=MANOEUVRE_OF.get(int(one["type"]), "continue"),
            street=_street(one),
            seconds=Seconds(float(one["time"]) * factor),
            metres=Metres(float(one["length"]) * KM),
            at=line[int(one["begin_shape_index"])],
        )
        for one in leg["maneuvers"]
    )


def cells_of(found: dict[str, Any]) -> list[tuple[float, float] | None]:
    """Seconds and metres of each pair, row by row; None where there is no way."""
    cells = [cell for row in found["sources_to_targets"] for cell in row]
    return [
        None
        if cell["time"] is None or cell["distance"] is None
        else (float(cell["time"]), float(cell["distance"]) * KM)
        for cell in cells
    ]


def places_of(found: list[dict[str, Any]]) -> list[Point]:
    """Where on the roads the places asked for were put."""
    return [Point(lon=float(one["lon"]), lat=float(one["lat"])) for one in found]


def area_of(found: dict[str, Any]) -> MultiPolygon:
    """The area of an isochrone, valid."""
    parts = [shapely.make_valid(shape(one["geometry"])) for one in found["features"]]
    whole = shapely.union_all(parts)
    return MultiPolygon([one for one in shapely.get_parts(whole) if isinstance(one, Polygon)])


def _street(manoeuvre: dict[str, Any]) -> str | None:
    names = manoeuvre.get("street_names") or []
    return str(names[0]) if names else None
