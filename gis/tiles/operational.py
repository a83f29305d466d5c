"""Vector tiles of the operational layers, straight from PostGIS, and what tells them apart."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from gis.repository import zones_revision
from ops_center.kernel.errors import Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy import TextClause
    from sqlalchemy.ext.asyncio import AsyncConnection

MAX_ZOOM = 20
FEATURES_MAX = 20_000
NAME_MAX_CHARS = 120
PROPERTIES_MAX_BYTES = 4_000
# Raised whenever the same rows make other tiles.
SHAPE = 1
# A tile's grid is 4,096 wide; this much beside it is drawn too, or strokes would show its edges.
GRID = 4_096
MARGIN = 256 / GRID
# Corners nearer to their neighbours' line than this share of the grid cannot be seen.
SIMPLIFY_GRID = 2.0
DEGREES_ROUND = 360.0


class Layer(StrEnum):
    """The layers that every centre has, and the kind of all others: layers of agencies."""

    ZONES = "zones"
    PLACES = "places"
    STREETS = "streets"
    CLOSURES = "closures"
    AGENCY = "layer"


@dataclass(frozen=True, slots=True)
class TileLayer:
    """One layer as it is now: `revision` changes whenever any of its tiles may have.

    `agency` owns it (None: everybody's). `values` are what its statement needs to know.
    """

    name: str
    kind: Layer
    revision: str
    agency: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


CENTRE_LAYERS = (Layer.ZONES, Layer.PLACES, Layer.STREETS, Layer.CLOSURES)
# The lowest zoom with anything to see; below it a tile would hold the whole city.
FROM_ZOOM = {Layer.ZONES: 4, Layer.PLACES: 11, Layer.STREETS: 12, Layer.CLOSURES: 8,
             Layer.AGENCY: 6}  # fmt: skip
# Which places are worth showing from which zoom: hospitals early, shops late.
_LEAST_IMPORTANCE = {11: 0.9, 12: 0.9, 13: 0.7, 14: 0.5, 15: 0.4}

# Names reach screens of all kinds: no control characters, no marks that turn the writing round.
_UNSEEN = r"[\s\x01-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+"
_CLEAN = f"left(regexp_replace(s.name, '{_UNSEEN}', ' ', 'g'), {NAME_MAX_CHARS})"
_NAME = f"{_CLEAN} as name"
_AS_IT_IS = "s.geom"
# A huge outline loses what nobody can see first (one pass over it), then all outside the tile; only
# the rest is thinned and projected, which costs the most.
_CUT = (
    "st_simplify(st_clipbybox2d(st_removerepeatedpoints(s.geom, :tolerance), bounds.box),"
    " :tolerance, true)"
)


def _tile(columns: str, source: str, shape: str = _AS_IT_IS) -> TextClause:
    return text(f"""
with tile as (select st_tileenvelope(:z, :x, :y) as box),
bounds as (
  select st_transform(st_tileenvelope(:z, :x, :y, margin => {MARGIN}), 4326) as box
),
found as (
  select {columns}, st_asmvtgeom(st_transform({shape}, 3857), tile.box) as geom
  from {source} s, tile, bounds
  where s.geom && bounds.box
  limit {FEATURES_MAX}
)
select st_asmvt(found, cast(:layer as text)) from found where geom is not null
""")  # noqa: S608  constants of this module


_ZONES = _tile(f"s.id::text as zone_id, s.kind, s.code, {_NAME}, s.agency", "zone", _CUT)
_PLACES = _tile(
    f"s.id as place_id, s.category, s.kind, {_NAME}, s.importance",
    "(select * from place where importance >= :least order by importance desc)",
)
_STREETS = _tile(f"s.id as street_id, {_NAME}", "street", _CUT)
_CLOSURES = _tile(
    f"s.id::text as closure_id, {_CLEAN} as reason, s.applies_to, s.state,"
    ' s.starts as "from", s.ends as "until"',
    """(
    select id, reason as name, applies_to,
      to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24\\:MI\\:SS"Z"') as starts,
      to_char(until_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24\\:MI\\:SS"Z"') as ends,
      case when starts_at <= now() then 'in_force' else 'planned' end as state,
      case when radius_m is null then geom
           else st_buffer(geom::geography, radius_m)::geometry end as geom
    from closure
    where lifted_at is null and (until_at is null or until_at > now())
    )""",
    _CUT,
)
# An object of the source's own fields becomes fields of the tile; ours cannot be overwritten.
_AGENCY = _tile(
    f"s.id as feature_id, {_NAME}, case when pg_column_size(s.properties) <= {PROPERTIES_MAX_BYTES}"
    " then s.properties - array['feature_id', 'name', 'geom'] end as properties",
    "(select * from layer_feature where layer_id = :layer_id and version = :number)",
    _CUT,
)
_STATEMENTS = {
    Layer.AGENCY: _AGENCY,
    Layer.ZONES: _ZONES,
    Layer.PLACES: _PLACES,
    Layer.STREETS: _STREETS,
    Layer.CLOSURES: _CLOSURES,
}

_REVISIONS = {
    Layer.PLACES: text("select max(import_id::text) from city"),
    Layer.STREETS: text("select max(import_id::text) from city"),
    Layer.CLOSURES: text("""
        select string_agg(concat(id, '.', version, starts_at <= now()), ' ' order by id)
        from closure where lifted_at is null and (until_at is null or until_at > now())
    """),
}


_AGENCY_LAYER = text("""
select id, agency, version, published from layer where name = :name and published is not null
""")


async def layer_now(connection: AsyncConnection, name: str) -> TileLayer:
    """What the layer of that name is now; cheap beside a tile. Raises NotFound."""
    if len(name) > NAME_MAX_CHARS or not name.isprintable():
        raise NotFound("There is no layer of that name.")
    if name not in CENTRE_LAYERS:
        return await _agency_layer(connection, name)
    known = Layer(name)
    if known is Layer.ZONES:
        revision = await zones_revision(connection)
    else:
        revision = str((await connection.execute(_REVISIONS[known])).scalar_one())
    return TileLayer(name=name, kind=known, revision=_digest(known, revision))


async def _agency_layer(connection: AsyncConnection, name: str) -> TileLayer:
    row = (await connection.execute(_AGENCY_LAYER, {"name": name})).one_or_none()
    if row is None:
        choices = ", ".join(CENTRE_LAYERS)
        raise NotFound(f"There is no layer {name!r}: use one of {choices} or of GET /layers.")
    return TileLayer(
        name=name,
        kind=Layer.AGENCY,
        revision=_digest(str(row.id), str(row.version), str(row.published)),
        agency=row.agency,
        values={"layer_id": row.id, "number": row.published},
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join((str(SHAPE), *parts)).encode()).hexdigest()[:32]


async def tile(connection: AsyncConnection, layer: TileLayer, *, z: int, x: int, y: int) -> bytes:
    """The Mapbox vector tile of a layer; empty bytes where there is nothing.

    Raises Invalid for a tile that cannot exist.
    """
    require_tile(z, x, y)
    known = layer.kind
    if z < FROM_ZOOM[known]:
        return b""
    values: dict[str, Any] = {"z": z, "x": x, "y": y, "layer": layer.name, **layer.values}
    if known is Layer.PLACES:
        values["least"] = _LEAST_IMPORTANCE.get(z, 0.0)
    else:
        values["tolerance"] = DEGREES_ROUND / (1 << z) / GRID * SIMPLIFY_GRID
    found = (await connection.execute(_STATEMENTS[known], values)).scalar_one()
    return bytes(found or b"")


def require_tile(z: int, x: int, y: int) -> None:
    """Raise Invalid unless there is such a tile."""
    if not 0 <= z <= MAX_ZOOM:
        raise Invalid(f"Zoom must be between 0 and {MAX_ZOOM}.", field="z")
    side = 1 << z
    if not (0 <= x < side and 0 <= y < side):
        raise Invalid(f"At zoom {z}, x and y go from 0 to {side - 1}.", field="x")
