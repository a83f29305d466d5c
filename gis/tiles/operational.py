"""Vector tiles of the operational layers, straight from PostGIS."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import text

from ops_center.kernel.errors import Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy import TextClause
    from sqlalchemy.ext.asyncio import AsyncConnection

MAX_ZOOM = 20
FEATURES_MAX = 20_000


class Layer(StrEnum):
    ZONES = "zones"
    PLACES = "places"
    STREETS = "streets"


# The lowest zoom with anything to see; below it a tile would hold the whole city.
FROM_ZOOM = {Layer.ZONES: 4, Layer.PLACES: 11, Layer.STREETS: 12}


def _tile(layer: Layer, columns: str, source: str) -> TextClause:
    return text(f"""
with tile as (select st_tileenvelope(:z, :x, :y) as box),
bounds as (select st_transform(box, 4326) as box from tile),
found as (
  select {columns}, st_asmvtgeom(st_transform(s.geom, 3857), tile.box) as geom
  from {source} s, tile, bounds
  where s.geom && bounds.box
  limit {FEATURES_MAX}
)
select st_asmvt(found, '{layer}') from found where geom is not null
""")  # noqa: S608


_TILES = {
    Layer.ZONES: _tile(Layer.ZONES, "s.id::text as zone_id, s.kind, s.code, s.name", "zone"),
    Layer.PLACES: _tile(
        Layer.PLACES,
        "s.id as place_id, s.category, s.kind, s.name, s.importance",
        "(select * from place where importance >= :least order by importance desc)",
    ),
    Layer.STREETS: _tile(Layer.STREETS, "s.id as street_id, s.name", "street"),
}
# Which places are worth showing from which zoom: hospitals early, shops late.
_LEAST_IMPORTANCE = {11: 0.9, 12: 0.9, 13: 0.7, 14: 0.5, 15: 0.4}


async def tile(connection: AsyncConnection, layer: str, *, z: int, x: int, y: int) -> bytes:
    """The Mapbox vector tile of a layer; empty bytes where there is nothing.

    Raises NotFound for an unknown layer and Invalid for a tile that cannot exist.
    """
    known = _layer(layer)
    _check(z, x, y)
    if z < FROM_ZOOM[known]:
        return b""
    values: dict[str, float] = {"z": z, "x": x, "y": y}
    if known is Layer.PLACES:
        values["least"] = _LEAST_IMPORTANCE.get(z, 0.0)
    found = (await connection.execute(_TILES[known], values)).scalar_one()
    return bytes(found or b"")


def _layer(name: str) -> Layer:
    try:
        return Layer(name)
    except ValueError as unknown:
        choices = ", ".join(Layer)
        raise NotFound(f"There is no layer {name!r}: use one of {choices}.") from unknown


def _check(z: int, x: int, y: int) -> None:
    if not 0 <= z <= MAX_ZOOM:
        raise Invalid(f"Zoom must be between 0 and {MAX_ZOOM}.", field="z")
    side = 1 << z
    if not (0 <= x < side and 0 <= y < side):
        raise Invalid(f"At zoom {z}, x and y go from 0 to {side - 1}.", field="x")
