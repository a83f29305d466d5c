"""Cameras in PostgreSQL: the store of the services, and the reads of screens and worker."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from camera_ingest.domain.alarm_rule import AlarmRule, Schedule
from camera_ingest.domain.camera import Camera, StreamAddress, parse_stream_url
from camera_ingest.domain.events import SnapshotRef
from camera_ingest.tables import (
    camera,
    camera_alarm_rule,
    camera_health,
    camera_lease,
    camera_snapshot,
    camera_viewing,
)
from gis.geometry import Location, Point

CAMERAS_MAX = 5_000
HEALTH_STALE_AFTER = timedelta(seconds=6)
NO_WORKER = "no_worker"

# Everything but the credentials: what `Camera` holds.
_CAMERA_COLUMNS = tuple(
    column for column in camera.c if column.name not in ("stream_user", "stream_password")
)


class SqlCameraStore:
    """`ports.CameraStore` on the connection of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, camera_id: UUID) -> Camera | None:
        return await find_camera(self._connection, camera_id)

    async def insert(self, added: Camera, address: StreamAddress) -> bool:
        done = await self._connection.execute(
            pg_insert(camera)
            .values(**_row_of(added), stream_user=address.user, stream_password=address.password)
            .on_conflict_do_nothing()
        )
        return done.rowcount == 1

    async def replace(
        self, changed: Camera, *, expected_version: int, address: StreamAddress | None
    ) -> bool:
        values = _row_of(changed)
        if address is not None:
            values |= {"stream_user": address.user, "stream_password": address.password}
        done = await self._connection.execute(
            update(camera)
            .where(camera.c.id == changed.id, camera.c.version == expected_version)
            .values(**values)
        )
        return done.rowcount == 1

    async def put_rule(self, rule: AlarmRule) -> None:
        values = _row_of_rule(rule)
        statement = pg_insert(camera_alarm_rule).values(**values)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=values)
        )

    async def insert_viewing(
        self, viewing_id: UUID, *, camera_id: UUID, viewer: str, control_url: str
    ) -> bool:
        done = await self._connection.execute(
            pg_insert(camera_viewing)
            .values(
                id=viewing_id,
                camera_id=camera_id,
                viewer=viewer,
                control_url=control_url,
                started_at=func.now(),
            )
            .on_conflict_do_nothing()
        )
        return done.rowcount == 1


async def find_camera(connection: AsyncConnection, camera_id: UUID) -> Camera | None:
    """Return the camera without its credentials."""
    found = await connection.execute(select(*_CAMERA_COLUMNS).where(camera.c.id == camera_id))
    row = found.mappings().one_or_none()
    return None if row is None else _camera_of(row)


async def list_cameras(connection: AsyncConnection) -> list[Camera]:
    """Return all cameras by name, at most CAMERAS_MAX, without credentials."""
    found = await connection.execute(
        select(*_CAMERA_COLUMNS).order_by(camera.c.name, camera.c.id).limit(CAMERAS_MAX)
    )
    return [_camera_of(row) for row in found.mappings()]


async def stream_addresses(
    connection: AsyncConnection, camera_ids: Iterable[UUID]
) -> dict[UUID, StreamAddress]:
    """Return the stream addresses with credentials; for the worker alone."""
    query = select(
        camera.c.id, camera.c.stream_url, camera.c.stream_user, camera.c.stream_password
    ).where(camera.c.id.in_(list(camera_ids)))
    addresses = {}
    for row in await connection.execute(query):
        plain = parse_stream_url(row.stream_url)
        addresses[row.id] = StreamAddress(
            url=plain.url,
            host=plain.host,
            port=plain.port,
            user=row.stream_user,
            password=row.stream_password,
        )
    return addresses


async def list_rules(connection: AsyncConnection, camera_ids: Iterable[UUID]) -> list[AlarmRule]:
    """Return the alarm rules of the cameras."""
    query = (
        select(camera_alarm_rule)
        .where(camera_alarm_rule.c.camera_id.in_(list(camera_ids)))
        .order_by(camera_alarm_rule.c.id)
    )
    return [_rule_of(row) for row in (await connection.execute(query)).mappings()]


async def read_health(connection: AsyncConnection) -> dict[UUID, dict[str, Any]]:
    """Return the health of every enabled camera as the live lane carries it, times aware.

    A row nobody refreshed for HEALTH_STALE_AFTER says offline: its worker is gone.
    """
    stale = camera_health.c.updated_at < func.now() - HEALTH_STALE_AFTER
    query = (
        select(
            camera.c.id, camera_health, (stale | camera_health.c.camera_id.is_(None)).label("lost")
        )
        .select_from(camera.outerjoin(camera_health))
        .where(camera.c.enabled)
        .limit(CAMERAS_MAX)
    )
    rows = (await connection.execute(query)).mappings()
    return {row[camera.c.id]: _health_of(row) for row in rows}


def _health_of(row: RowMapping) -> dict[str, Any]:
    lost = bool(row["lost"])
    return {
        "state": "offline" if lost else row["state"],
        "reason": NO_WORKER if lost else row["reason"] or None,
        "fps": None if lost else row["fps"],
        "last_frame_at": row["last_frame_at"],
        "mode": None if lost else row["mode"],
        "viewers": 0 if lost else row["viewers"],
        "updated_at": row["updated_at"],
    }


async def write_health(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Store the health of many cameras; keys are the columns of camera_health but updated_at."""
    if not rows:
        return
    statement = pg_insert(camera_health).values([{**row, "updated_at": func.now()} for row in rows])
    fresh = {name: statement.excluded[name] for name in (*rows[0], "updated_at")}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["camera_id"], set_=fresh)
    )


async def worker_url(connection: AsyncConnection, camera_id: UUID) -> str | None:
    """Return the control address of the worker that serves the camera now, None for none."""
    url = await connection.scalar(
        select(camera_lease.c.control_url).where(
            camera_lease.c.camera_id == camera_id, camera_lease.c.expires_at > func.now()
        )
    )
    return None if url is None else str(url)


async def claim_alarm(
    connection: AsyncConnection,
    *,
    alarm_id: UUID,
    camera_id: UUID,
    snapshot: SnapshotRef | None,
    captured_at: datetime,
) -> bool:
    """Store the alarm's row; False when it is there, so that its fact was committed before."""
    done = await connection.execute(
        pg_insert(camera_snapshot)
        .values(
            alarm_id=alarm_id,
            camera_id=camera_id,
            sha256=snapshot.sha256 if snapshot else None,
            size=snapshot.size if snapshot else 0,
            captured_at=captured_at,
            recorded_at=func.now(),
        )
        .on_conflict_do_nothing()
    )
    return done.rowcount == 1


async def camera_of_snapshot(connection: AsyncConnection, sha256: str) -> UUID | None:
    """Return a camera whose alarm this picture belongs to, for the check of who may see it."""
    found = await connection.scalar(
        select(camera_snapshot.c.camera_id).where(camera_snapshot.c.sha256 == sha256).limit(1)
    )
    return found if isinstance(found, UUID) else None


async def end_viewing(connection: AsyncConnection, viewing_id: UUID) -> Camera | None:
    """Forget a viewing; return its camera, None when the viewing was not (any more) known."""
    camera_id = await connection.scalar(
        delete(camera_viewing)
        .where(camera_viewing.c.id == viewing_id)
        .returning(camera_viewing.c.camera_id)
    )
    return None if camera_id is None else await find_camera(connection, camera_id)


def _row_of(value: Camera) -> dict[str, Any]:
    point = value.location.point
    return {
        "id": value.id,
        "name": value.name,
        "lon": point.lon,
        "lat": point.lat,
        "uncertainty_m": value.location.uncertainty_m,
        "confidence": value.location.confidence,
        "heading_deg": value.heading_deg,
        "fov_deg": value.fov_deg,
        "range_m": value.range_m,
        "agency": value.agency,
        "stream_url": value.stream_url,
        "enabled": value.enabled,
        "version": value.version,
    }


def _camera_of(row: RowMapping) -> Camera:
    place = Location(
        point=Point(lon=row["lon"], lat=row["lat"]),
        uncertainty_m=row["uncertainty_m"],
        confidence=row["confidence"],
    )
    names = ("id", "name", "heading_deg", "fov_deg", "range_m", "agency", "stream_url")
    kept = {name: row[name] for name in names}
    return Camera(**kept, location=place, enabled=row["enabled"], version=row["version"])


def _row_of_rule(rule: AlarmRule) -> dict[str, Any]:
    names = ("id", "camera_id", "name", "kind", "priority", "min_fraction", "hits", "window")
    more = ("dwell_s", "rearm_s", "enabled")
    row: dict[str, Any] = {name: getattr(rule, name) for name in (*names, *more)}
    schedule = rule.schedule and {
        "days": sorted(rule.schedule.days),
        "start": rule.schedule.start.isoformat(),
        "end": rule.schedule.end.isoformat(),
        "zone_name": rule.schedule.zone_name,
    }
    return row | {"zone": [list(corner) for corner in rule.zone], "schedule": schedule}


def _rule_of(row: RowMapping) -> AlarmRule:
    values = dict(row)
    given = values["schedule"]
    values["zone"] = tuple((float(x), float(y)) for x, y in values["zone"])
    values["schedule"] = given and Schedule(
        days=frozenset(given["days"]),
        start=time.fromisoformat(given["start"]),
        end=time.fromisoformat(given["end"]),
        zone_name=given["zone_name"],
    )
    return AlarmRule(**values)
