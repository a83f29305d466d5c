"""Layers in PostgreSQL: their state, their versions, features and refused rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert as pg_insert

from gis.layers.model import VERSIONS_KEPT, Layer, LayerVersion
from gis.tables import layer, layer_feature, layer_refused, layer_version, zone

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

LAYERS_MAX = 500
_LOCK_CLASS = 0x6C61  # "la": one publication of a layer at a time


async def find_layer(connection: AsyncConnection, name: str) -> Layer | None:
    """The layer of that name, removed or not."""
    row = (await connection.execute(select(layer).where(layer.c.name == name))).one_or_none()
    return None if row is None else _layer(row)


async def list_layers(connection: AsyncConnection) -> list[Layer]:
    """The layers in force, by name."""
    rows = await connection.execute(
        select(layer).where(layer.c.published.is_not(None)).order_by(layer.c.name).limit(LAYERS_MAX)
    )
    return [_layer(row) for row in rows]


async def lock_layer(connection: AsyncConnection, name: str) -> bool:
    """Hold the layer's name until this transaction ends; False when another one has it."""
    held = await connection.scalar(
        select(func.pg_try_advisory_xact_lock(_LOCK_CLASS, func.hashtext(name)))
    )
    return bool(held)


async def put_layer(connection: AsyncConnection, one: Layer) -> None:
    """Write the layer's state."""
    west, south, east, north = one.bounds or (None, None, None, None)
    values = {
        "id": one.id, "name": one.name, "kind": one.kind, "zone_kind": one.zone_kind,
        "agency": one.agency, "searchable": one.searchable, "version": one.version,
        "published": one.published, "features": one.features, "published_at": one.published_at,
        "west": west, "south": south, "east": east, "north": north,
    }  # fmt: skip
    await connection.execute(
        pg_insert(layer)
        .values(values)
        .on_conflict_do_update(index_elements=[layer.c.id], set_=values)
    )


async def put_version(
    connection: AsyncConnection,
    layer_id: UUID,
    one: LayerVersion,
    bounds: Sequence[float],
) -> None:
    west, south, east, north = bounds
    await connection.execute(
        layer_version.insert().values(
            layer_id=layer_id, number=one.number, published_at=one.published_at,
            published_by=one.published_by, file_name=one.file_name, file_sha256=one.file_sha256,
            file_bytes=one.file_bytes, features=one.features, refused=one.refused,
            report=one.report, west=west, south=south, east=east, north=north,
        )
    )  # fmt: skip


# The rows come as the lines of JSON the reading process wrote and PostgreSQL takes them apart:
# thousands of rows made Python objects here would keep the event loop from its work.
_INSERT_FEATURES = text("""
insert into layer_feature (layer_id, version, id, name, folded, properties, geom)
select :layer_id, :version, r->>'id', r->>'name', r->>'folded', (r->>'properties')::jsonb,
       st_setsrid(st_geomfromwkb(decode(r->>'geom', 'hex')), 4326)
from (select line::json as r from unnest(cast(:lines as text[])) as line) as rows
""")
_INSERT_REFUSED = text("""
insert into layer_refused (layer_id, version, row, reason, feature)
select :layer_id, :version, (r->>'row')::int, r->>'reason', (r->'feature')::jsonb
from (select line::json as r from unnest(cast(:lines as text[])) as line) as rows
""")


async def put_features(
    connection: AsyncConnection, layer_id: UUID, number: int, lines: list[str]
) -> None:
    """Write features of a version; each line is a JSON object of the reading process."""
    values = {"layer_id": layer_id, "version": number, "lines": lines}
    await connection.execute(_INSERT_FEATURES, values)


async def put_refused(
    connection: AsyncConnection, layer_id: UUID, number: int, lines: list[str]
) -> None:
    values = {"layer_id": layer_id, "version": number, "lines": lines}
    await connection.execute(_INSERT_REFUSED, values)


async def versions_of(
    connection: AsyncConnection, one: Layer, *, before: int | None = None, limit: int = 50
) -> list[LayerVersion]:
    """Its versions, newest first; `before` pages on."""
    query = select(layer_version).where(layer_version.c.layer_id == one.id)
    if before is not None:
        query = query.where(layer_version.c.number < before)
    rows = await connection.execute(query.order_by(layer_version.c.number.desc()).limit(limit))
    return [_version(row, one.published) for row in rows]


async def find_version(
    connection: AsyncConnection, one: Layer, number: int
) -> tuple[LayerVersion, tuple[float, float, float, float]] | None:
    """One version with its bounds."""
    row = (
        await connection.execute(
            select(layer_version).where(
                layer_version.c.layer_id == one.id, layer_version.c.number == number
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return _version(row, one.published), (row.west, row.south, row.east, row.north)


async def refused_page(
    connection: AsyncConnection, layer_id: UUID, number: int, *, after: int, limit: int
) -> list[tuple[int, str]]:
    """Refused rows of a version behind row `after`: their numbers and GeoJSON features as text."""
    rows = await connection.execute(
        select(layer_refused.c.row, cast(layer_refused.c.feature, Text).label("feature"))
        .where(
            layer_refused.c.layer_id == layer_id,
            layer_refused.c.version == number,
            layer_refused.c.row > after,
        )
        .order_by(layer_refused.c.row)
        .limit(limit)
    )
    return [(int(row.row), str(row.feature)) for row in rows]


async def drop_old_versions(connection: AsyncConnection, one: Layer) -> int:
    """Delete versions beyond the VERSIONS_KEPT newest; the one in force always stays."""
    newest = (
        select(layer_version.c.number)
        .where(layer_version.c.layer_id == one.id)
        .order_by(layer_version.c.number.desc())
        .limit(VERSIONS_KEPT)
    )
    gone = await connection.execute(
        delete(layer_version).where(
            layer_version.c.layer_id == one.id,
            layer_version.c.number.not_in(newest),
            layer_version.c.number != one.published,
        )
    )
    return int(gone.rowcount)


def zone_source(name: str) -> str:
    """What the zones of a layer say of their origin."""
    return f"layer:{name}"


async def drop_zones(connection: AsyncConnection, name: str) -> None:
    await connection.execute(delete(zone).where(zone.c.source == zone_source(name)))


_TAKEN = text("""
select z.code, z.source from zone z join layer_feature f on f.id = z.code
where f.layer_id = :layer_id and f.version = :number and z.kind = :kind
  and z.agency is not distinct from :agency and not z.imported and z.source <> :source
order by z.code limit 1
""")
_GIVE_WAY = text("""
delete from zone z using layer_feature f
where f.layer_id = :layer_id and f.version = :number and z.code = f.id and z.kind = :kind
  and z.agency is not distinct from :agency and z.imported
""")
_INSERT_ZONES = text("""
insert into zone (id, kind, code, name, agency, source, imported, geom)
select i.id, :kind, f.id, coalesce(f.name, f.id), :agency, :source, false, st_multi(f.geom)
from layer_feature f
join unnest(cast(:codes as text[]), cast(:ids as uuid[])) as i(code, id) on i.code = f.id
where f.layer_id = :layer_id and f.version = :number
""")


async def zone_taken(connection: AsyncConnection, one: Layer) -> tuple[str, str] | None:
    """A zone (code, source) of another layer that one of this layer would collide with."""
    row = (await connection.execute(_TAKEN, _zone_values(one))).one_or_none()
    return None if row is None else (str(row.code), str(row.source))


async def feature_ids(connection: AsyncConnection, layer_id: UUID, number: int) -> list[str]:
    rows = await connection.execute(
        select(layer_feature.c.id).where(
            layer_feature.c.layer_id == layer_id, layer_feature.c.version == number
        )
    )
    return [str(row.id) for row in rows]


async def put_zones(connection: AsyncConnection, one: Layer, ids: dict[str, UUID]) -> None:
    """Make the published version's features the zones of this layer; imported ones give way."""
    values = _zone_values(one)
    await drop_zones(connection, one.name)
    await connection.execute(_GIVE_WAY, {k: v for k, v in values.items() if k != "source"})
    await connection.execute(
        _INSERT_ZONES, {**values, "codes": list(ids), "ids": list(ids.values())}
    )


def _zone_values(one: Layer) -> dict[str, Any]:
    return {
        "layer_id": one.id,
        "number": one.published,
        "kind": one.zone_kind,
        "agency": one.agency,
        "source": zone_source(one.name),
    }


def _layer(row: Any) -> Layer:
    bounds = None if row.west is None else (row.west, row.south, row.east, row.north)
    return Layer(
        id=row.id, name=row.name, kind=row.kind, zone_kind=row.zone_kind, agency=row.agency,
        searchable=row.searchable, version=row.version, published=row.published,
        features=row.features, published_at=row.published_at, bounds=bounds,
    )  # fmt: skip


def _version(row: Any, published: int | None) -> LayerVersion:
    return LayerVersion(
        number=row.number, published_at=row.published_at, published_by=row.published_by,
        file_name=row.file_name, file_sha256=row.file_sha256, file_bytes=row.file_bytes,
        features=row.features, refused=row.refused, in_force=row.number == published,
        report=row.report,
    )  # fmt: skip
