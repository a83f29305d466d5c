"""Measures tiles over HTTP beside bare ST_AsMVT, and zones in memory beside SQL."""

import math
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
import shapely
from sqlalchemy import text

from gis.geometry import Extent, Location, Point
from gis.repository import ZoneIndex, ZonesNow, zones_at, zones_of_points
from ops_center.bench.place import BenchPlace
from ops_center.bench.report import Measurement, percentile
from ops_center.kernel.database import Connection
from ops_center.kernel.ids import new_id

ZOOMS: Final = (12, 13, 14, 15, 16)
TILES_EACH: Final = 12
LAYERS: Final = ("streets", "places", "zones")
WARM_ROUNDS: Final = 3
ANSWER_WITHIN_S: Final = 30.0
RANGES: Final = 200
RANGE_BYTES: Final = 30_000

ZONES_MADE: Final = 1_000
ZONE_RADIUS: Final = 0.06  # of the extent's width: a point lies in about ten
ZONE_CORNERS: Final = (6, 200)
POINTS: Final = 400
UNITS: Final = 250
BULK_ROUNDS: Final = 20
UNCERTAINTY_M: Final = 20.0

Asked = tuple[str, int, int, int]

BARE_TILE: Final = """
with tile as (select st_tileenvelope(:z, :x, :y) as box),
found as (
  select s.id::text as id, s.name, st_asmvtgeom(st_transform(s.geom, 3857), tile.box) as geom
  from {table} s, tile where s.geom && st_transform(tile.box, 4326)
)
select st_asmvt(found, 'bare') from found where geom is not null
"""
TABLES: Final = {"streets": "street", "places": "place", "zones": "zone"}
PUT_ZONE: Final = text(
    "insert into zone (id, kind, code, name, source, imported, geom) values"
    " (:id, 'bench', :code, :code, 'bench', false, st_multi(st_geomfromwkb(:wkb, 4326)))"
)


async def measure(place: BenchPlace) -> list[Measurement]:
    """Return p95 of tiles (ms) and of a point's zones (µs), each beside plain PostGIS."""
    return [*await _tiles(place), *await _zones(place)]


# -- tiles


async def _tiles(place: BenchPlace) -> list[Measurement]:
    tiles = list(_wanted(place.extent))
    headers = {"Authorization": f"Bearer {place.centre.token('admin')}"}
    async with httpx.AsyncClient(
        base_url=place.centre.url, headers=headers, timeout=ANSWER_WITHIN_S, trust_env=False
    ) as http:
        await http.get("/api/v1/city")  # the connection stands
        cold, etags, sizes = await _ask_all(http, tiles, {})
        warm = [one for _ in range(WARM_ROUNDS) for one in (await _ask_all(http, tiles, {}))[0]]
        known = (await _ask_all(http, tiles, etags))[0]
        ranged = await _ranges(http)
        empty = await _empty(http)
    bare = await _bare(place, tiles)
    drawn = _of_zooms(tiles, cold)
    return [
        _tile_row("operational tile z12-z16, cold, p95", cold, bare, note=_said(tiles, sizes),
                  details=drawn | {"p50": percentile(cold, 0.5)}),
        _tile_row("operational tile z12-z16, warm, p95", warm, bare,
                  note="kept by the process, over HTTP", details={"p50": percentile(warm, 0.5)}),
        _http_row("operational tile unchanged (304), p95", known, empty),
        _http_row(f"basemap range of {RANGE_BYTES // 1_000} kB, p95", ranged, empty),
    ]  # fmt: skip


def _http_row(name: str, ours: list[float], empty: list[float]) -> Measurement:
    return Measurement(
        name=name,
        unit="ms",
        ours=percentile(ours, 0.95),
        reference=percentile(empty, 0.95),
        reference_name="a request that does nothing (/health/live)",
        details={"p50": percentile(ours, 0.5), "reference p50": percentile(empty, 0.5)},
    )


def _tile_row(
    name: str, ours: list[float], bare: list[float], *, note: str, details: dict[str, float]
) -> Measurement:
    return Measurement(
        name=name,
        unit="ms",
        ours=percentile(ours, 0.95),
        reference=percentile(bare, 0.95),
        reference_name="bare ST_AsMVT in SQL",
        note=note,
        details=details | {"reference p50": percentile(bare, 0.5)},
    )


def _said(tiles: Sequence[Asked], sizes: Sequence[int]) -> str:
    largest = max(sizes) / 1_000
    return f"{len(tiles)} tiles of {', '.join(LAYERS)}; whole request; largest {largest:.0f} kB"


def _of_zooms(tiles: Sequence[Asked], took: Sequence[float]) -> dict[str, float]:
    return {
        f"z{zoom} p95": percentile(
            [ms for tile, ms in zip(tiles, took, strict=True) if tile[1] == zoom], 0.95
        )
        for zoom in ZOOMS
    }


def _wanted(extent: Extent) -> Iterator[Asked]:
    """Up to TILES_EACH tiles around the middle of the city, of each layer and zoom."""
    for zoom in ZOOMS:
        (west, north), (east, south) = (
            _tile_of(Point(lon=lon, lat=lat), zoom)
            for lon, lat in ((extent.west, extent.north), (extent.east, extent.south))
        )
        x0, y0 = _tile_of(extent.centre, zoom)
        inside = [(x, y) for x in range(west, east + 1) for y in range(north, south + 1)]
        inside.sort(key=lambda tile: abs(tile[0] - x0) + abs(tile[1] - y0))
        for x, y in inside[:TILES_EACH]:
            for layer in LAYERS:
                yield layer, zoom, x, y


def _tile_of(point: Point, zoom: int) -> tuple[int, int]:
    side = 1 << zoom
    lat = math.radians(point.lat)
    y = (1 - math.log(math.tan(lat) + 1 / math.cos(lat)) / math.pi) / 2 * side
    return int((point.lon + 180) / 360 * side), int(y)


async def _ask_all(
    http: httpx.AsyncClient, tiles: Sequence[Asked], etags: dict[Asked, str]
) -> tuple[list[float], dict[Asked, str], list[int]]:
    took, found, sizes = [], {}, []
    for asked in tiles:
        layer, z, x, y = asked
        headers = {"If-None-Match": etags[asked]} if asked in etags else {}
        began = time.perf_counter()
        answer = await http.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt", headers=headers)
        took.append((time.perf_counter() - began) * 1e3)
        assert answer.status_code in ({304} if headers else {200, 204}), answer.text
        found[asked] = answer.headers["etag"]
        sizes.append(len(answer.content))
    return took, found, sizes


async def _ranges(http: httpx.AsyncClient) -> list[float]:
    size = int((await http.get("/tiles/basemap.json")).json()["bytes"])
    took = []
    for start in _starts(size):
        headers = {"Range": f"bytes={start}-{start + RANGE_BYTES - 1}"}
        began = time.perf_counter()
        answer = await http.get("/tiles/basemap.pmtiles", headers=headers)
        took.append((time.perf_counter() - began) * 1e3)
        assert answer.status_code == 206, answer.text
    return took


async def _empty(http: httpx.AsyncClient) -> list[float]:
    took = []
    for _ in range(RANGES):
        began = time.perf_counter()
        await http.get("/health/live")
        took.append((time.perf_counter() - began) * 1e3)
    return took


def _starts(size: int) -> list[int]:
    return [number * max(size - RANGE_BYTES, 1) // RANGES for number in range(RANGES)]


async def _bare(place: BenchPlace, tiles: Sequence[Asked]) -> list[float]:
    took = []
    async with place.database.reading() as connection:
        for layer, z, x, y in tiles:
            statement = text(BARE_TILE.format(table=TABLES[layer]))
            began = time.perf_counter()
            await connection.execute(statement, {"z": z, "x": x, "y": y})
            took.append((time.perf_counter() - began) * 1e3)
    return took


# -- zones


@dataclass(frozen=True, slots=True)
class _Timed:
    ours: list[float]
    sql: list[float]


async def _zones(place: BenchPlace) -> list[Measurement]:
    points = place.points("zones", POINTS)
    async with place.database.engine.connect() as connection, connection.begin() as undone:
        await _put_zones(place, connection)
        await connection.execute(text("analyze zone"))
        zones = ZonesNow()
        await zones.refresh(connection)
        index = zones.index
        assert index is not None, "so many fit"
        exact = await _timed(points, 0.0, index, connection)
        vague = await _timed(points, UNCERTAINTY_M, index, connection)
        bulk = await _bulk(points[:UNITS], index, connection)
        await undone.rollback()
    count = len(index.zones)
    return [
        _zone_row(f"zones of a point among {count:,}, p95", exact, aim=1.0),
        _zone_row(f"zones of a place known to {UNCERTAINTY_M:.0f} m, p95", vague),
        _zone_row(f"zones of {len(points[:UNITS])} units at once, p95", bulk),
    ]


def _zone_row(name: str, timed: _Timed, aim: float | None = None) -> Measurement:
    return Measurement(
        name=name,
        unit="µs",
        ours=percentile(timed.ours, 0.95),
        reference=percentile(timed.sql, 0.95),
        reference_name="the same in SQL",
        aim=aim,
        details={
            "p50": percentile(timed.ours, 0.5),
            "reference p50": percentile(timed.sql, 0.5),
        },
    )


async def _put_zones(place: BenchPlace, connection: Connection) -> None:
    rng, extent = place.rng("zones made"), place.extent
    radius = (extent.east - extent.west) * ZONE_RADIUS
    for number, middle in enumerate(place.points("middles", ZONES_MADE)):
        corners = rng.randint(*ZONE_CORNERS)
        reaches = [(k, radius * rng.uniform(0.8, 1.2)) for k in range(corners)]
        outline = [
            (
                middle.lon + reach * math.cos(math.tau * k / corners),
                middle.lat + reach * math.sin(math.tau * k / corners) / 2,
            )
            for k, reach in reaches
        ]
        made = shapely.to_wkb(shapely.Polygon(outline))
        values = {"id": new_id(), "code": f"b{number}", "wkb": made}
        await connection.execute(PUT_ZONE, values)


async def _timed(
    points: Sequence[Point], uncertainty_m: float, index: ZoneIndex, connection: Connection
) -> _Timed:
    timed = _Timed([], [])
    for point in points:
        location = Location(point=point, uncertainty_m=uncertainty_m)
        began = time.perf_counter()
        found = index.at(location)
        timed.ours.append((time.perf_counter() - began) * 1e6)
        began = time.perf_counter()
        wanted = await zones_at(connection, location)
        timed.sql.append((time.perf_counter() - began) * 1e6)
        assert {one.zone.id for one in found} == {one.zone.id for one in wanted}, "they agree"
    return timed


async def _bulk(points: Sequence[Point], index: ZoneIndex, connection: Connection) -> _Timed:
    async def in_memory() -> Any:
        return index.of_points(points)

    async def in_sql() -> Any:
        return await zones_of_points(connection, points)

    return _Timed(await _rounds(in_memory), await _rounds(in_sql))


async def _rounds(act: Callable[[], Awaitable[Any]]) -> list[float]:
    took = []
    for _ in range(BULK_ROUNDS):
        began = time.perf_counter()
        await act()
        took.append((time.perf_counter() - began) * 1e6)
    return took
