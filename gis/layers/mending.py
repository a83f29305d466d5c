"""Geometry out of files: flattened, made valid in its own dimension, or refused with a reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.geodesy import metres_per_degree
from gis.layers.model import Mending, Reason

VERTICES_MAX = 100_000
CROSSINGS_MAX = 20_000
CROSSINGS_SAMPLED = 200
PARTS_MAX = 100_000

_MULTI = {0: shapely.MultiPoint, 1: shapely.MultiLineString, 2: shapely.MultiPolygon}
_WORDS = {0: "points", 1: "lines", 2: "areas"}


@dataclass(frozen=True, slots=True)
class Mended:
    """A geometry that is kept, with what was done to it; or a reason without one."""

    geometry: BaseGeometry | None
    done: tuple[tuple[Mending, str], ...] = ()
    refused: tuple[Reason, str] | None = None


def mend(geometry: BaseGeometry, *, areas_only: bool = False) -> Mended:
    """Return a valid geometry of one dimension; coordinates are degrees or projected alike."""
    flat, done = flatten(geometry)
    if flat.is_empty:
        return Mended(None, refused=(Reason.NO_GEOMETRY, "the geometry is empty"))
    if areas_only and shapely.get_dimensions(flat) != 2:
        what = f"a zone is an area, this is a {flat.geom_type}"
        return Mended(None, refused=(Reason.NOT_AN_AREA, what))
    if flat.is_valid:
        return Mended(flat, done)
    tangled = crossings(flat)
    if tangled > CROSSINGS_MAX:
        what = f"its outline crosses itself about {tangled:,} times: draw it again"
        return Mended(None, refused=(Reason.TOO_TANGLED, what))
    return _made_valid(flat, done)


def flatten(geometry: BaseGeometry) -> tuple[BaseGeometry, tuple[tuple[Mending, str], ...]]:
    """Take nested collections apart; of mixed ones the parts of the highest dimension stay."""
    if geometry.geom_type != "GeometryCollection":
        return geometry, ()
    parts = _leaves(geometry)
    if not parts:
        return shapely.GeometryCollection(), ()
    highest = max(int(shapely.get_dimensions(one)) for one in parts)
    kept = [one for one in parts if int(shapely.get_dimensions(one)) == highest]
    dropped = len(parts) - len(kept)
    what = f"a collection of {len(parts)} became {len(kept)} {_WORDS[highest]}"
    if dropped:
        what += f", {dropped} of lower dimension left out"
    return _gathered(kept, highest), ((Mending.FLATTENED, what),)


def _leaves(geometry: BaseGeometry) -> list[BaseGeometry]:
    pending: list[BaseGeometry] = [geometry]
    leaves: list[BaseGeometry] = []
    while pending and len(leaves) < PARTS_MAX:
        one = pending.pop()
        if one.is_empty:
            continue
        if hasattr(one, "geoms"):
            pending.extend(reversed(one.geoms))
        else:
            leaves.append(one)
    return leaves


def _gathered(parts: list[BaseGeometry], dimension: int) -> BaseGeometry:
    return parts[0] if len(parts) == 1 else _MULTI[dimension](parts)


def _made_valid(geometry: BaseGeometry, done: tuple[tuple[Mending, str], ...]) -> Mended:
    """GEOS' structure method: overlapping parts unite, where the other would cut them out."""
    why = str(shapely.is_valid_reason(geometry))
    dimension = int(shapely.get_dimensions(geometry))
    parts = _of_dimension(
        shapely.make_valid(geometry, method="structure", keep_collapsed=False), dimension
    )
    if parts and not _gathered(parts, dimension).is_valid:
        # Parts that came out beside each other with a common edge: GEOS' union joins them.
        parts = _of_dimension(shapely.union_all(parts), dimension)
    whole = _gathered(parts, dimension) if parts else None
    if whole is None or not whole.is_valid:
        return Mended(None, refused=(Reason.NOT_MENDABLE, f"{why}: nothing valid is left of it"))
    return Mended(whole, (*done, (Mending.MADE_VALID, _told(why, geometry, whole))))


def _of_dimension(geometry: BaseGeometry, dimension: int) -> list[BaseGeometry]:
    return [one for one in _leaves(geometry) if int(shapely.get_dimensions(one)) == dimension]


def _told(why: str, before: BaseGeometry, after: BaseGeometry) -> str:
    if shapely.get_dimensions(after) != 2:
        return why
    if before.area <= 0:
        return f"{why}; the area had no size before"
    per_lon, per_lat = metres_per_degree(after.centroid.y)
    change = (after.area - before.area) * per_lon * per_lat
    return f"{why}; area changed by {change:+,.0f} m2 ({after.area / before.area - 1:+.2%})"


def crossings(geometry: BaseGeometry) -> int:
    """Estimate how often the outline crosses itself, from a sample of its edges."""
    parts = shapely.get_parts(geometry)
    rings = shapely.get_rings(parts) if shapely.get_dimensions(geometry) == 2 else parts
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    within = ring[:-1] == ring[1:]
    edges = shapely.linestrings(np.stack([coords[:-1][within], coords[1:][within]], axis=1))
    if not len(edges):
        return 0
    sampled = edges[:: max(1, len(edges) // CROSSINGS_SAMPLED)]
    met, _ = shapely.STRtree(edges).query(sampled, predicate="crosses")
    return int(len(met) / len(sampled) * len(edges) / 2)
