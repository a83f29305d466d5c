"""Learns from the tracks of the centre's own units how fast its roads are at which hour."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import structlog

from dispatch.tracks import TrackRow, positions_between
from gis.repository.speeds import (
    LEARNED,
    KeyOfSpeed,
    advance_revision,
    put_speed_rows,
    speed_rows,
)
from gis.routing.edges import IntArray
from gis.routing.learning import Fixes, grown, histograms, stretches_of
from gis.routing.pace import CREW_OF
from gis.travel import Profile
from ops_center.geography import City
from ops_center.kernel import cursor
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import Database

FOLLOWER = "learned_speeds"
# Positions come late from dead ground; what comes later than this is not learnt from.
SETTLED_AFTER = timedelta(minutes=5)
LOOKED_BACK = timedelta(hours=24)
# So that one round stays below a second of one core, and a transaction below a few.
POSITIONS_PER_ROUND = 50_000

log = structlog.get_logger()


class SpeedLearner:
    """Follows the position history; how far it has come is kept with what it learnt."""

    def __init__(self, database: Database, city: City, clock: Clock) -> None:
        self._database = database
        self._city = city
        self._clock = clock

    async def learn(self) -> int:
        """Take in what is new, a round at a time; return how many stretches were learnt from."""
        await self._city.refresh()
        if not self._city.roads.has_roads:
            return 0
        learnt = 0
        while True:
            stretches, more = await self._round()
            learnt += stretches
            if not more:
                return learnt

    async def _round(self) -> tuple[int, bool]:
        until = self._clock.now() - SETTLED_AFTER
        async with self._database.reading() as connection:
            began = await cursor.position_of(connection, FOLLOWER)
            since = max(_instant(began), until - LOOKED_BACK)
            if since >= until:
                return 0, False
            rows = await positions_between(connection, since, until, limit=POSITIONS_PER_ROUND)
        more = len(rows) == POSITIONS_PER_ROUND
        if more:
            until = rows[-1].occurred_at
        fresh, classes = await asyncio.to_thread(self._counted, rows)
        async with self._database.engine.begin() as connection:
            if fresh:
                known = {
                    one.key: one for one in await speed_rows(connection, _needed(fresh, classes))
                }
                await put_speed_rows(connection, grown(known, fresh, classes), at=self._clock.now())
                await advance_revision(connection, LEARNED)
            await cursor.move_to(connection, FOLLOWER, _milliseconds(until))
        stretches = sum(int(bins.sum()) for key, bins in fresh.items() if key[3] not in classes)
        if stretches:
            log.info("speeds.learnt", positions=len(rows), stretches=stretches)
        return stretches, more

    def _counted(
        self, rows: Sequence[TrackRow]
    ) -> tuple[dict[KeyOfSpeed, IntArray], dict[str, str]]:
        """The histograms of all profiles together, and the class of each way among them."""
        fresh: dict[KeyOfSpeed, IntArray] = {}
        classes: dict[str, str] = {}
        for profile in (one for one in Profile if one in CREW_OF):
            graph = self._city.router.graph_of(profile)
            mine = [row for row in rows if row.profile == profile.value]
            if graph is None or not mine:
                continue
            stretches = stretches_of(graph, _fixes(mine), profile)
            counted, ways = histograms(graph, stretches, profile, self._city.timezone)
            classes |= ways
            for key, bins in counted.items():
                fresh[key] = bins + fresh[key] if key in fresh else bins
        return fresh, classes


def _fixes(rows: Sequence[TrackRow]) -> Fixes:
    """The rows as arrays, in order of unit and time."""
    _, unit = np.unique([str(row.unit_id) for row in rows], return_inverse=True)
    at_s = np.array([row.occurred_at.timestamp() for row in rows])
    order = np.lexsort((at_s, unit))
    return Fixes(
        unit=unit[order],
        at_s=at_s[order],
        lons=np.array([row.lon for row in rows])[order],
        lats=np.array([row.lat for row in rows])[order],
    )


def _needed(fresh: dict[KeyOfSpeed, IntArray], classes: dict[str, str]) -> set[KeyOfSpeed]:
    """The rows that are added to, and those of the classes that ways lean on."""
    leaning = {(*key[:3], classes[key[3]]) for key in fresh if key[3] in classes}
    return set(fresh) | leaning


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1e3, UTC)


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1e3)
