"""Areas of responsibility: from administrative boundaries, else from suburbs, else a grid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from gis.address import bare
from gis.geodesy import metres_per_degree
from ops_center.kernel.ids import derived_id

if TYPE_CHECKING:
    from uuid import UUID

    from shapely.geometry.base import BaseGeometry

    from gis.geometry import Extent
    from gis.importing.osm import Boundary

DISTRICT = "district"
ADMINISTRATIVE = "OpenStreetMap administrative boundaries"
SUBURBS = "nearest OpenStreetMap suburb (the extract holds no complete boundaries)"
GRID = "even grid (the extract holds neither boundaries nor suburbs)"
LEVELS_FINEST_FIRST = (10, 9, 8, 7, 6)
SUBURB_KINDS = ("suburb", "quarter", "neighbourhood", "village", "town")
COVERED_SHARE_MIN = 0.6
ZONES_MIN = 2
ZONES_MAX = 500
# Above this many boundaries of one level the extract is a country, whose boundaries are whole.
CUT_BOUNDARIES_MAX = 150
GRID_SIDE = 2
CODE_MAX_CHARS = 32
DANGLE_MAX_M = 500.0
SLIVER_MAX_M2 = 2_000.0


@dataclass(frozen=True, slots=True)
class Zone:
    id: UUID
    kind: str
    code: str
    name: str
    source: str
    geometry: MultiPolygon


@dataclass(frozen=True, slots=True)
class Ground:
    """What districts can be made from.

    `whole` holds the complete boundaries by level and name, `lines` the way pieces of all of
    them, `labels` the named places, `suburbs` those of them people count as parts of a city.
    """

    extent: Extent
    boundaries: list[Boundary]
    lines: dict[int, list[LineString]]
    whole: dict[int, dict[str, BaseGeometry]]
    labels: dict[str, Point]
    suburbs: dict[str, Point]


def zones_of(ground: Ground) -> list[Zone]:
    """Districts that together cover the extent, with their origin in `source`."""
    outline = _outline(ground.extent)
    for level in LEVELS_FINEST_FIRST:
        for faces in (ground.whole.get(level, {}), _administrative(ground, level, outline)):
            if _covers(faces, outline):
                return _as_zones(faces, ADMINISTRATIVE)
    suburbs = _voronoi(ground.suburbs, outline)
    if ZONES_MIN <= len(suburbs) <= ZONES_MAX:
        return _as_zones(suburbs, SUBURBS)
    return _as_zones(_grid(ground.extent), GRID)


def _outline(extent: Extent) -> Polygon:
    return box(extent.west, extent.south, extent.east, extent.north)


def _covers(faces: dict[str, BaseGeometry], outline: Polygon) -> bool:
    if not ZONES_MIN <= len(faces) <= ZONES_MAX:
        return False
    covered = shapely.union_all(list(faces.values())).area
    return bool(covered >= COVERED_SHARE_MIN * outline.area)


def _as_zones(faces: dict[str, BaseGeometry], source: str) -> list[Zone]:
    """Ids and codes come from the name, so they stay the same at the next import."""
    zones: dict[str, Zone] = {}
    for name, geometry in sorted(faces.items()):
        area = _areal(geometry)
        code = bare(name).replace(" ", "-").upper()[:CODE_MAX_CHARS]
        if not area.is_empty and code and code not in zones:
            identity = derived_id("zone", DISTRICT, code)
            zones[code] = Zone(identity, DISTRICT, code, name, source, area)
    return list(zones.values())


def _administrative(ground: Ground, level: int, outline: Polygon) -> dict[str, BaseGeometry]:
    """Faces between the boundary lines of one level, cut at the edge of the extract.

    A city extract cuts boundaries open, so the faces are closed with the extract's edge and
    each is given to the boundary that runs along most of its rim.
    """
    boundaries = [b for b in ground.boundaries if b.tags.get("admin_level") == str(level)]
    lines = {way: shapely.union_all(ground.lines[way])
             for b in boundaries for way in b.ways if way in ground.lines}  # fmt: skip
    if not ZONES_MIN <= len(boundaries) <= CUT_BOUNDARIES_MAX or not lines:
        return {}
    noded = shapely.union_all([*_closed_to(outline, lines), outline.exterior])
    faces = [face.intersection(outline) for face in shapely.polygonize([noded]).geoms]
    named: dict[str, list[BaseGeometry]] = defaultdict(list)
    for face in faces:
        name = _name_of(face, boundaries, lines, ground.labels)
        if name is not None:
            named[name].append(face)
    return {name: shapely.union_all(parts) for name, parts in named.items()}


def _closed_to(outline: Polygon, lines: dict[int, BaseGeometry]) -> list[BaseGeometry]:
    """The lines, with loose ends near the edge of the extract drawn out to it."""
    joined = shapely.line_merge(shapely.union_all(list(lines.values())))
    per_lon, per_lat = metres_per_degree(outline.centroid.y)
    reach = DANGLE_MAX_M / min(per_lon, per_lat)
    parts = list(shapely.get_parts(joined))
    ends = [Point(part.coords[i]) for part in parts for i in (0, -1) if not part.is_closed]
    stretched = [
        shapely.shortest_line(end, outline.exterior)
        for end in ends
        if 0 < end.distance(outline.exterior) <= reach
        and sum(end.distance(part) == 0 for part in parts) == 1
    ]
    return [*parts, *stretched]


def _name_of(
    face: BaseGeometry,
    boundaries: list[Boundary],
    lines: dict[int, BaseGeometry],
    labels: dict[str, Point],
) -> str | None:
    """The boundary with most of the face's rim; a label inside the face settles it."""
    if _square_metres(face) < SLIVER_MAX_M2:
        return None
    for boundary in boundaries:
        label = labels.get(boundary.tags["name"])
        if label is not None and face.contains(label):
            return boundary.tags["name"]
    rim = face.exterior.buffer(1e-7)
    along = {
        boundary.tags["name"]: sum(
            rim.intersection(lines[way]).length for way in boundary.ways if way in lines
        )
        for boundary in boundaries
    }
    ranked = sorted(along.items(), key=lambda item: -item[1])
    if ranked[0][1] <= 0 or (len(ranked) > 1 and ranked[0][1] < 1.01 * ranked[1][1]):
        return None
    return ranked[0][0]


def _square_metres(area: BaseGeometry) -> float:
    per_lon, per_lat = metres_per_degree(area.centroid.y)
    return float(area.area * per_lon * per_lat)


def _voronoi(suburbs: dict[str, Point], outline: Polygon) -> dict[str, BaseGeometry]:
    """Each spot belongs to the suburb whose label is nearest."""
    inside = {name: seed for name, seed in suburbs.items() if outline.covers(seed)}
    if not ZONES_MIN <= len(inside) <= ZONES_MAX:
        return {}
    per_lon, per_lat = metres_per_degree(outline.centroid.y)
    flat = {name: Point(p.x * per_lon, p.y * per_lat) for name, p in inside.items()}
    cells = shapely.voronoi_polygons(
        MultiPoint(list(flat.values())),
        extend_to=shapely.transform(outline, lambda xy: xy * (per_lon, per_lat)),
    )
    owned: dict[str, BaseGeometry] = {}
    for cell in cells.geoms:
        name = next(name for name, seed in flat.items() if cell.covers(seed))
        back = shapely.transform(cell, lambda xy: xy / (per_lon, per_lat))
        owned[name] = back.intersection(outline)
    return owned


def _grid(extent: Extent) -> dict[str, BaseGeometry]:
    width = (extent.east - extent.west) / GRID_SIDE
    height = (extent.north - extent.south) / GRID_SIDE
    cells: dict[str, BaseGeometry] = {}
    for row in range(GRID_SIDE):
        for column in range(GRID_SIDE):
            west, north = extent.west + column * width, extent.north - row * height
            name = f"Sector {row * GRID_SIDE + column + 1}"
            cells[name] = box(west, north - height, west + width, north)
    return cells


def _areal(geometry: BaseGeometry) -> MultiPolygon:
    parts = [p for p in shapely.get_parts(shapely.make_valid(geometry)) if _is_polygon(p)]
    nested = [q for p in parts for q in shapely.get_parts(p) if isinstance(q, Polygon)]
    return MultiPolygon(nested)


def _is_polygon(geometry: BaseGeometry) -> bool:
    return isinstance(geometry, Polygon | MultiPolygon)
