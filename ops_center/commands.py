"""What the command line does: one function for each word, most of it handed on."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from camera_ingest.repository import list_cameras as all_cameras
from camera_ingest.repository import read_health
from dispatch import queries
from dispatch.repository import ensure_partitions
from gis.importing import ImportOptions, import_osm
from gis.repository import city_of, counts_of
from gis.tiles import build_basemap as make_basemap
from ops_center import people
from ops_center.auth import service
from ops_center.auth.model import Role
from ops_center.auth.service import NewUser
from ops_center.data_place import database_url
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.errors import NotFound
from ops_center.migrating import migrate
from ops_center.settings import Settings

DEMO_CITY = Path("assets/Helsinki.osm.pbf")


@dataclass(frozen=True, slots=True)
class UserRequest:
    username: str
    password: str
    roles: tuple[str, ...]
    agency: str
    display_name: str
    callsign: str | None


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(database_url(settings), pool_size=2, name="cli")
    try:
        yield database
    finally:
        await database.close()


async def migrate_database(settings: Settings, *, to: str) -> None:
    async with _database(settings) as database:
        await migrate(database, to=to)


async def prepare(settings: Settings, *, demo: bool, osm: Path | None) -> None:
    """Migrate; for a demo also import the city, build the basemap and make the people."""
    clock = SystemClock()
    async with _database(settings) as database:
        await migrate(database)
        async with database.engine.begin() as connection:
            await ensure_partitions(connection, clock.now().date())
        if not demo:
            await _first_admin(settings, database)
            return
        await _prepare_city(settings, database, osm)
        await people.make_demo_people(database, clock, settings.credentials_file)


async def _first_admin(settings: Settings, database: Database) -> None:
    made = await people.make_first_admin(database, SystemClock())
    if made is not None:
        people.write_credentials(settings.credentials_file, {Role.ADMIN: made})


async def _prepare_city(settings: Settings, database: Database, osm: Path | None) -> None:
    source = osm or settings.data_dir / DEMO_CITY
    stamp = settings.data_dir / "stamps" / "city"
    wanted = f"{source.resolve()} {source.stat().st_size}"
    async with database.reading() as connection:
        present = await city_of(connection)
    done = stamp.exists() and stamp.read_text() == wanted
    if present is None or not done:
        await _import(database, source)
    if not done or not settings.basemap.exists():
        await _basemap(settings, database, source)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


async def _import(database: Database, source: Path) -> dict[str, Any]:
    async with database.engine.begin() as connection:
        await connection.execute(text("set local statement_timeout = 0"))
        report = await import_osm(
            source,
            connection,
            clock=SystemClock(),
            options=ImportOptions(),
            progress=_show_progress,
        )
    return {name: str(value) for name, value in asdict(report).items()}


def _show_progress(stage: str, done: int, total: int) -> None:
    sys.stderr.write(f"{done}/{total} {stage}\n")


async def import_city(settings: Settings, source: Path) -> dict[str, Any]:
    """Replace the city; running processes notice within seconds."""
    async with _database(settings) as database:
        return await _import(database, source)


async def build_basemap(settings: Settings, source: Path) -> None:
    """Build the offline basemap; screens take it at their next reload."""
    async with _database(settings) as database:
        await _basemap(settings, database, source)


async def _basemap(settings: Settings, database: Database, source: Path) -> None:
    async with database.reading() as connection:
        city = await city_of(connection)
    name = city.name if city else source.name
    await asyncio.to_thread(make_basemap, source, settings.basemap, name=name)


async def city_info(settings: Settings) -> dict[str, Any]:
    async with _database(settings) as database, database.reading() as connection:
        city = await city_of(connection)
        if city is None:
            raise NotFound("No city is imported. Run: ./ops gis import-osm FILE.osm.pbf")
        return {**{k: str(v) for k, v in asdict(city).items()}, **await counts_of(connection)}


async def list_users(settings: Settings) -> list[dict[str, Any]]:
    async with _database(settings) as database, database.reading() as connection:
        return [
            {
                "username": one.username,
                "display_name": one.display_name,
                "roles": sorted(one.roles),
                "agency": one.agency,
                "unit_id": str(one.unit_id) if one.unit_id else None,
            }
            for one in await service.users(connection)
        ]


async def put_user(settings: Settings, who: UserRequest) -> None:
    async with _database(settings) as database, database.engine.begin() as connection:
        unit_id = None
        if who.callsign is not None:
            listing = await queries.list_units(connection)
            unit_id = next(
                (UUID(str(one["id"])) for one in listing.items if one["callsign"] == who.callsign),
                None,
            )
            if unit_id is None:
                raise NotFound(f"There is no unit {who.callsign}.")
        user = NewUser(
            username=who.username,
            display_name=who.display_name or who.username,
            password=who.password,
            roles=frozenset(Role(role) for role in who.roles),
            agency=who.agency,
            unit_id=unit_id,
        )
        await service.put_user(connection, user, now=SystemClock().now())


async def issue_key(settings: Settings, username: str, label: str) -> str:
    async with _database(settings) as database, database.engine.begin() as connection:
        found = [one for one in await service.users(connection) if one.username == username]
        if not found:
            raise NotFound(f"There is no user {username}.")
        return await service.issue_api_key(
            connection, user_id=found[0].id, label=label, now=SystemClock().now()
        )


async def list_cameras(settings: Settings) -> list[dict[str, Any]]:
    async with _database(settings) as database, database.reading() as connection:
        health = await read_health(connection)
        return [
            {
                "id": str(one.id),
                "name": one.name,
                "agency": one.agency,
                "state": health[one.id]["state"] if one.id in health else "disabled",
            }
            for one in await all_cameras(connection)
        ]
