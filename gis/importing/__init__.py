"""Takes a city from an OpenStreetMap extract into the database, in one transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from gis.importing import writing
from gis.importing.city import city_name, timezone_near
from gis.importing.osm import OPEN_STREET_MAP, Extract, read_extract
from gis.importing.places import (
    Address,
    Building,
    Place,
    addresses_of,
    buildings_of,
    places_of,
)
from gis.importing.roads import Edge, banned_turns, edges_of
from gis.importing.streets import Crossing, Street, crossings_of, streets_of
from gis.importing.zones import Zone, zones_of
from ops_center.kernel.errors import Invalid
from ops_center.kernel.ids import new_id

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Extent
    from ops_center.kernel.clock import Clock

# Stage in words, steps done, steps in all.
Progress: TypeAlias = Callable[[str, int, int], None]
STAGES = ("read the file", "roads", "streets", "places", "addresses", "buildings", "zones",
          "indexes")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the operator may say instead of what the file suggests; `within` clips the file."""

    name: str | None = None
    timezone: str | None = None
    within: Extent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What was written, what was left out and why, and how long it took (seconds)."""

    import_id: UUID
    city: str
    timezone: str
    extent: Extent
    zone_source: str
    counts: dict[str, int]
    left_out: dict[str, int]
    seconds: float


@dataclass(slots=True)
class Prepared:
    """A city made from an extract, ready to be written."""

    extract: Extract
    edges: list[Edge]
    bans: set[tuple[int, int, int]]
    streets: list[Street]
    crossings: list[Crossing]
    places: list[Place]
    addresses: list[Address]
    buildings: list[Building]
    zones: list[Zone] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "road_edges": len(self.edges),
            "drivable_edges": sum(edge.drivable for edge in self.edges),
            "turn_bans": len(self.bans),
            "streets": len(self.streets),
            "crossings": len(self.crossings),
            "places": len(self.places),
            "addresses": len(self.addresses),
            "buildings": len(self.buildings),
            "zones": len(self.zones),
        }


async def import_osm(
    path: Path,
    connection: AsyncConnection,
    *,
    clock: Clock,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Replace the city with the one in `path`; the caller commits, or nothing has changed.

    Raises Invalid when the file cannot be read or holds no roads.
    """
    started = time.monotonic()
    options = options or ImportOptions()
    report = progress or (lambda _stage, _done, _total: None)
    report(STAGES[0], 0, len(STAGES))
    prepared = await asyncio.to_thread(prepare, path, options.within)
    values = _city_values(path, prepared, options)
    await _write(connection, prepared, {**values, "imported_at": clock.now()}, report)
    return ImportReport(
        import_id=values["import_id"],  # type: ignore[arg-type]
        city=str(values["name"]),
        timezone=str(values["timezone"]),
        extent=prepared.extract.extent,
        zone_source=str(values["zone_source"]),
        counts=prepared.counts,
        left_out=prepared.extract.broken,
        seconds=time.monotonic() - started,
    )


def prepare(path: Path, within: Extent | None = None) -> Prepared:
    """Read the extract and make the city from it; no database is touched."""
    extract = read_extract(path, within=within)
    edges = edges_of(extract.ways)
    if not any(edge.drivable for edge in edges):
        raise Invalid(f"{path.name} holds no roads here: nothing was changed.")
    origin = extract.extent.centre
    streets = streets_of(extract.ways, origin)
    positions = {
        node: position
        for way in extract.ways
        for node, position in zip(way.nodes, way.line, strict=True)
    }
    places = places_of(extract.features)
    return Prepared(
        extract=extract,
        edges=edges,
        bans=banned_turns(extract.restrictions, edges),
        streets=streets,
        crossings=crossings_of(streets, positions, origin),
        places=places,
        addresses=addresses_of(extract.features, streets),
        buildings=buildings_of(extract.features),
        zones=zones_of(extract, places),
    )


def _city_values(path: Path, prepared: Prepared, options: ImportOptions) -> dict[str, object]:
    extent = prepared.extract.extent
    return {
        "import_id": new_id(),
        "name": options.name or city_name(prepared.places, extent, path.name),
        "source": path.name,
        "attribution": OPEN_STREET_MAP,
        "timezone": options.timezone or timezone_near(extent.centre),
        "zone_source": prepared.zones[0].source if prepared.zones else "none",
        "west": extent.west,
        "south": extent.south,
        "east": extent.east,
        "north": extent.north,
        "centre_lon": extent.centre.lon,
        "centre_lat": extent.centre.lat,
    }


async def _write(
    connection: AsyncConnection,
    prepared: Prepared,
    city: dict[str, object],
    report: Progress,
) -> None:
    await writing.clear(connection)
    await writing.write_city(connection, city)
    steps: tuple[Callable[[], Awaitable[None]], ...] = (
        lambda: writing.write_roads(connection, prepared.edges, prepared.bans),
        lambda: writing.write_streets(connection, prepared.streets, prepared.crossings),
        lambda: writing.write_places(connection, prepared.places),
        lambda: writing.write_addresses(connection, prepared.addresses),
        lambda: writing.write_buildings(connection, prepared.buildings),
        lambda: writing.write_zones(connection, prepared.zones),
        lambda: writing.settle(connection),
    )
    for done, (stage, step) in enumerate(zip(STAGES[1:], steps, strict=True), start=1):
        report(stage, done, len(STAGES))
        await step()
    report("done", len(STAGES), len(STAGES))
