"""The one place where concrete classes meet the protocols they serve."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from camera_ingest.evidence import EvidenceError, EvidenceStore
from camera_ingest.repository import NO_WORKER, list_cameras, read_health
from camera_ingest.services import audience as camera_audience
from dispatch import queries
from dispatch.domain.positions import live_value
from dispatch.domain.wire import to_json
from dispatch.reporting.forms.process import FormMaker
from dispatch.repository.presence import lookers
from dispatch.repository.protection import covered_now
from gis.layers.process import Readers
from gis.repository import ZoneIndex, ZonesNow, ZoneSummary
from gis.routing.port import Matched, Trace
from gis.routing.valhalla import ValhallaRouter
from gis.tiles import TileStore
from gis.travel import Profile
from ops_center import picture
from ops_center.api.camera_control import CameraControl
from ops_center.api.camera_guard import NetworkGuard
from ops_center.api.limits import RateLimit
from ops_center.api.services import ApiServices
from ops_center.auth.model import Actor
from ops_center.auth.recognise import Recogniser
from ops_center.background import Background
from ops_center.data_place import database_url, worker_secret
from ops_center.evidence import evidence_finder
from ops_center.geography import City, work_of
from ops_center.kernel.clock import Clock, SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.errors import NotFound
from ops_center.realtime.endpoint import ConsoleServices
from ops_center.realtime.hub import Hub, LiveValue
from ops_center.realtime.protection import Protection
from ops_center.realtime.relay import LiveSource, Relay
from ops_center.realtime.snapshot import Snapshots
from ops_center.settings import Settings
from ops_center.tracking import Tracker

POSITIONS_ASKED_EVERY_S = 0.25  # four live frames a second at most
CAMERAS_ASKED_EVERY_S = 1.0
LOOKERS_ASKED_EVERY_S = 1.0
ROUTING_ASKED_EVERY_S = 1.0
BACKGROUND_POOL = 4


def _failing_parts(hub: Hub, relay: Relay, city: City) -> frozenset[str]:
    relaying = () if relay.ready.is_set() else ("relay",)
    routing = () if city.router.has_roads else ("routing",)
    return (hub.degraded - {"cameras"}) | {*relaying, *routing}


def _reduced_parts(city: City, exact: ValhallaRouter) -> frozenset[str]:
    """What is away without stopping anybody: the graph answers for the second engine."""
    served = city.import_id is not None and exact.import_id == str(city.import_id)
    return frozenset() if served else frozenset({"turn-by-turn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """All that one process of the centre runs on."""

    settings: Settings
    database: Database
    city: City
    hub: Hub
    relay: Relay
    tracker: Tracker
    api: ApiServices
    consoles: ConsoleServices

    async def run(self) -> None:
        """Run the web process's own tasks for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.relay.run())
            tasks.create_task(self.tracker.run())
            tasks.create_task(self.city.run())
            tasks.create_task(self.city.follow_zones())
            tasks.create_task(self.city.follow_roads())
            tasks.create_task(self.city.coverage.run())
            tasks.create_task(self._watch_routing())

    async def _watch_routing(self) -> None:
        while True:
            self.hub.set_degraded("routing", is_degraded=not self.city.router.has_roads)
            await asyncio.sleep(ROUTING_ASKED_EVERY_S)


def position_values(
    positions: Sequence[queries.UnitPosition], index: ZoneIndex | None
) -> list[LiveValue]:
    """Return units' positions as the live lane carries them, each with the zones it lies in."""
    points = [one.fix.point for one in positions]
    zones = index.of_points(points) if index else [None] * len(points)
    return [
        LiveValue(
            key=f"unit:{one.unit_id}",
            kind="unit",
            audience=frozenset({f"unit:{one.unit_id}", f"agency:{one.agency}"}),
            value=_shape(dict(live_value(one.fix))) | {"zones": _zone_codes(within)},
        )
        for one, within in zip(positions, zones, strict=True)
    ]


def _zone_codes(zones: Sequence[ZoneSummary] | None) -> list[str] | None:
    """`kind:code`, or `kind:agency:code`: the shortest that tells zones apart."""
    if zones is None:
        return None
    return [":".join(filter(None, (one.kind, one.agency, one.code))) for one in zones]


def moved_units(zones: ZonesNow) -> LiveSource:
    """Return a source of the positions that changed since it was last asked.

    When the zones change, all units are told anew: those that stand still are in them too.
    """
    feed = queries.PositionFeed()
    told: ZoneIndex | None = None

    async def source(connection: AsyncConnection) -> list[LiveValue]:
        nonlocal told
        moved, index = await feed.changes(connection), zones.index
        if index is not None and index is not told:
            moved, told = await queries.positions_since(connection), index
        return position_values(moved, index)

    return source


def all_positions(zones: ZonesNow) -> LiveSource:
    """Return a source of the last known position of every unit."""

    async def source(connection: AsyncConnection) -> list[LiveValue]:
        return position_values(await queries.positions_since(connection), zones.index)

    return source


async def camera_states(connection: AsyncConnection) -> list[LiveValue]:
    """Return the last known state of every enabled camera."""
    health = await read_health(connection)
    return [
        LiveValue(
            key=f"camera:{camera.id}",
            kind="camera",
            audience=frozenset(camera_audience(camera)),
            value=_shape(health[camera.id]),
        )
        for camera in await list_cameras(connection)
        if camera.id in health
    ]


def _shape(values: dict[str, Any]) -> dict[str, Any]:
    return {name: to_json(value) for name, value in values.items()}


def watched_cameras(hub: Hub) -> LiveSource:
    """Return a source of camera states that also says when nobody serves any camera."""

    shown: dict[str, LiveValue] = {}

    async def source(connection: AsyncConnection) -> list[LiveValue]:
        states = await camera_states(connection)
        present = {one.key: one for one in states}
        gone = [replace(one, value=None) for key, one in shown.items() if key not in present]
        shown.clear()
        shown.update(present)
        unserved = [one for one in states if one.value and one.value["reason"] == NO_WORKER]
        hub.set_degraded("cameras", is_degraded=bool(states) and len(unserved) == len(states))
        return [*states, *gone]

    return source


async def protection_now(connection: AsyncConnection) -> Protection:
    """Return what the stream has to cover from here on."""
    covered = await covered_now(connection)
    return Protection(covered.incidents, covered.calls, covered.premises)


async def all_lookers(connection: AsyncConnection) -> list[LiveValue]:
    """Return who has which incident open now."""
    return [
        LiveValue(
            key=f"looking:{one.incident_id}",
            kind="incident",
            audience=frozenset(one.audience),
            value={"users": [{"name": n, "since": to_json(since)} for n, since in one.users]},
        )
        for one in await lookers(connection)
    ]


def lookers_told() -> LiveSource:
    """Return a source of who looks at what that also says when nobody does any more."""
    shown: dict[str, LiveValue] = {}

    async def source(connection: AsyncConnection) -> list[LiveValue]:
        present = {one.key: one for one in await all_lookers(connection)}
        gone = [replace(one, value=None) for key, one in shown.items() if key not in present]
        shown.clear()
        shown.update(present)
        return [*present.values(), *gone]

    return source


def evidence_reader(settings: Settings) -> Callable[[str], Awaitable[bytes]]:
    """Return a reader of stored pictures that checks each against its hash."""
    store = EvidenceStore(settings.evidence_dir)

    async def read(sha256: str) -> bytes:
        try:
            return await asyncio.to_thread(store.read, sha256)
        except EvidenceError as error:
            raise NotFound("The picture is not where it was stored. Tell a supervisor.") from error

    return read


def evidence_keeper(settings: Settings) -> Callable[[Path, str], Awaitable[None]]:
    """Return how a received file is kept under its hash."""
    store = EvidenceStore(settings.evidence_dir)

    async def keep(file: Path, sha256: str) -> None:
        await asyncio.to_thread(store.keep, file, sha256)

    return keep


def track_matcher(
    exact: ValhallaRouter,
) -> Callable[[Sequence[Trace], Profile], Awaitable[Matched]]:
    """Return how a unit's positions are put on the roads."""

    async def find(track: Sequence[Trace], profile: Profile) -> Matched:
        return await exact.match(track=track, profile=profile)

    return find


def picture_for(snapshots: Snapshots) -> Callable[[Actor], Awaitable[bytes]]:
    """Return how the HTTP edge gets what a console is shown first."""

    async def picture(actor: Actor) -> bytes:
        return (await snapshots.for_actor(actor)).frame

    return picture


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What both edges of the web process stand on."""

    settings: Settings
    database: Database
    lookups: Database
    clock: Clock
    city: City
    exact: ValhallaRouter
    hub: Hub
    relay: Relay
    tracker: Tracker
    recogniser: Recogniser
    cameras: CameraControl
    snapshots: Snapshots


def _ground(settings: Settings) -> _Ground:
    clock = SystemClock()
    database = Database(database_url(settings), name="app")
    # A command holds a connection while it looks a place up: were both of one pool, as many
    # commands as it has connections would wait for each other. The relay must not queue either.
    lookups = Database(database_url(settings), name="lookups")
    exact = ValhallaRouter(settings.routing_dir)
    city = City(lookups, cache_dir=settings.graph_cache_dir, exact=exact, clock=clock)
    exact.only_for(lambda: str(city.import_id) if city.import_id else None)
    hub = Hub(clock)
    sources = (
        (moved_units(city.zones), POSITIONS_ASKED_EVERY_S),
        (watched_cameras(hub), CAMERAS_ASKED_EVERY_S),
        (lookers_told(), LOOKERS_ASKED_EVERY_S),
    )
    return _Ground(
        settings=settings,
        database=database,
        lookups=lookups,
        clock=clock,
        city=city,
        exact=exact,
        hub=hub,
        relay=Relay(lookups, hub, clock, live_sources=sources, protection=protection_now),
        tracker=Tracker(database, clock, work_of(city)),
        recogniser=Recogniser(database, clock),
        cameras=CameraControl(database, worker_secret(settings)),
        snapshots=Snapshots(
            lookups,
            clock,
            pictures=picture.SOURCES,
            live=(all_positions(city.zones), camera_states, all_lookers),
        ),
    )


def _api(ground: _Ground) -> ApiServices:
    settings, clock = ground.settings, ground.clock
    a_minute = settings.sign_ins_per_minute
    return ApiServices(
        database=ground.database,
        clock=clock,
        recogniser=ground.recogniser,
        rate_limit=RateLimit(clock, per_s=settings.rate_per_s),
        sign_in_limit=RateLimit(clock, per_s=a_minute / 60, burst=a_minute),
        secure_cookies=settings.secure_cookies,
        aml_key=settings.aml_key.get_secret_value().encode() if settings.aml_key else None,
        take_fixes=ground.tracker.take,
        work=work_of(ground.city),
        read_evidence=evidence_reader(settings),
        keep_evidence=evidence_keeper(settings),
        find_evidence=evidence_finder(settings.evidence_dir),
        cameras=ground.cameras,
        camera_guard=NetworkGuard(settings.camera_networks),
        roads=ground.city.roads,
        picture=picture_for(ground.snapshots),
        city_extent=lambda: ground.city.extent,
        basemap=settings.basemap,
        forms=FormMaker(),
        layer_readers=Readers(),
        uploads_dir=settings.uploads_dir,
        tiles=TileStore(ground.database),
        zones_at=ground.city.zones_at,
        match_track=track_matcher(ground.exact),
        failing_parts=lambda: _failing_parts(ground.hub, ground.relay, ground.city),
        reduced_parts=lambda: _reduced_parts(ground.city, ground.exact),
    )


def _consoles(ground: _Ground) -> ConsoleServices:
    return ConsoleServices(
        hub=ground.hub,
        snapshots=ground.snapshots,
        recogniser=ground.recogniser,
        take_fixes=ground.tracker.take,
        clock=ground.clock,
        allowed_origins=ground.settings.allowed_origins,
    )


@asynccontextmanager
async def open_centre(settings: Settings) -> AsyncIterator[Centre]:
    """Build everything the web process runs on; close it in the end."""
    ground = _ground(settings)
    try:
        yield Centre(
            settings=settings,
            database=ground.database,
            city=ground.city,
            hub=ground.hub,
            relay=ground.relay,
            tracker=ground.tracker,
            api=_api(ground),
            consoles=_consoles(ground),
        )
    finally:
        await ground.cameras.close()
        await ground.exact.aclose()
        await ground.database.close()
        await ground.lookups.close()


async def run_background(settings: Settings) -> None:
    """Run the background process until SIGINT or SIGTERM."""
    database = Database(database_url(settings), pool_size=BACKGROUND_POOL, name="background")
    city = City(database, cache_dir=settings.graph_cache_dir)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with asyncio.TaskGroup() as tasks:
            leading = tasks.create_task(Background(database, city, SystemClock()).run())
            await stop.wait()
            leading.cancel()
    finally:
        await database.close()
