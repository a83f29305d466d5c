"""What the command line does: one function for each word, most of it handed on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.progress import Progress

from camera_ingest.repository import list_cameras as all_cameras
from camera_ingest.repository import read_health
from dispatch import queries
from dispatch.repository import ensure_partitions
from gis.importing import ImportOptions
from gis.repository import city_of
from ops_center import city_import, people, replaying
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
    database = Database(
        database_url(settings),
        pool_size=2,
        name="cli",
        command_timeout_s=city_import.COMMAND_TIMEOUT_S,
    )
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
        await city_import.heal(settings, database)
        await city_import.index_former(database)
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
    async with database.reading() as connection:
        city = await city_of(connection)
    if city is None or not city_import.imported_from(settings, source, city):
        await city_import.import_city(
            settings, database, source, options=ImportOptions(), progress=city_import.say_stages()
        )
    elif city_import.missing_files(settings, city):
        await city_import.rebuild_files(
            settings, database, source, progress=city_import.say_stages()
        )


async def verify_journal(settings: Settings, *, told: bool) -> replaying.Verdict:
    """Compare the fold of the journal with the tables, with a bar when somebody looks on."""
    with Progress(transient=True, disable=not told) as bars:
        task = bars.add_task("journal", total=None)
        async with _database(settings) as database:
            return await replaying.verify(
                database, lambda done, of: bars.update(task, completed=done, total=of)
            )


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
