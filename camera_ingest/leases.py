"""Which worker serves which camera: leases, so that a dead worker's cameras move on."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from camera_ingest.tables import camera, camera_lease, camera_viewing

LEASE_FOR = timedelta(seconds=10)
HEARTBEAT_EVERY_S = 2.0
VIEWING_GRACE = timedelta(seconds=60)


async def renew(connection: AsyncConnection, worker_id: UUID) -> set[UUID]:
    """Prolong this worker's leases and return the cameras it still holds.

    A camera that is missing from the answer belongs to someone else by now, or was switched off.
    """
    found = await connection.execute(
        update(camera_lease)
        .where(
            camera_lease.c.worker_id == worker_id,
            camera_lease.c.camera_id == camera.c.id,
            camera.c.enabled,
        )
        .values(expires_at=func.now() + LEASE_FOR)
        .returning(camera_lease.c.camera_id)
    )
    held = set(found.scalars())
    await connection.execute(
        delete(camera_lease).where(
            camera_lease.c.worker_id == worker_id, camera_lease.c.camera_id.not_in(held)
        )
    )
    return held


async def take(
    connection: AsyncConnection, worker_id: UUID, *, control_url: str, limit: int
) -> set[UUID]:
    """Take up to `limit` enabled cameras nobody serves and return them.

    Workers that ask at the same moment step over each other's rows instead of waiting.
    """
    if limit <= 0:
        return set()
    free = or_(camera_lease.c.camera_id.is_(None), camera_lease.c.expires_at < func.now())
    candidates = (
        select(camera.c.id)
        .select_from(camera.outerjoin(camera_lease))
        .where(camera.c.enabled, free)
        .order_by(camera.c.id)
        .limit(limit)
        .with_for_update(of=camera, skip_locked=True)
    )
    chosen = list((await connection.execute(candidates)).scalars())
    if not chosen:
        return set()
    statement = pg_insert(camera_lease).values(
        [
            {
                "camera_id": one,
                "worker_id": worker_id,
                "control_url": control_url,
                "expires_at": func.now() + LEASE_FOR,
            }
            for one in chosen
        ]
    )
    taken = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["camera_id"],
            set_={
                name: statement.excluded[name]
                for name in ("worker_id", "control_url", "expires_at")
            },
            where=camera_lease.c.expires_at < func.now(),
        ).returning(camera_lease.c.camera_id)
    )
    return set(taken.scalars())


async def release(connection: AsyncConnection, worker_id: UUID) -> None:
    """Give all leases of this worker back, for a clean stop."""
    await connection.execute(delete(camera_lease).where(camera_lease.c.worker_id == worker_id))


async def lost_viewings(
    connection: AsyncConnection, *, control_url: str, known: Iterable[UUID]
) -> list[tuple[UUID, str, float]]:
    """Return (id, viewer, age in s) of viewings that no worker shows any more.

    Either their worker has no lease left, or it is this one and it does not know them.
    """
    alive = select(camera_lease.c.control_url).where(camera_lease.c.expires_at > func.now())
    gone = camera_viewing.c.control_url.not_in(alive)
    forgotten = (camera_viewing.c.control_url == control_url) & camera_viewing.c.id.not_in(
        list(known)
    )
    age = func.extract("epoch", func.now() - camera_viewing.c.started_at)
    found = await connection.execute(
        select(camera_viewing.c.id, camera_viewing.c.viewer, age).where(
            camera_viewing.c.started_at < func.now() - VIEWING_GRACE, gone | forgotten
        )
    )
    return [(row[0], row[1], float(row[2])) for row in found]
