"""From positions in the database to slower journeys: one process learns, every process uses it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from dispatch.repository import ensure_partitions
from dispatch.tables import schema
from gis.routing.combined import Journey
from gis.travel import Profile, speed_mps
from ops_center.geography import City
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.ids import new_id
from ops_center.learning import LOOKED_BACK, SpeedLearner
from tests.integration.gis.conftest import imported
from tests.osm_town import spot

NOW = SystemClock().now()
# A street of the hand-made town, driven to and fro.
BLOCKS = 3.0
RUNS = 40
EVERY_S = 3.0


class _Clock:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


async def unit_drives(database: Database, *, share: float, until: datetime) -> int:
    """A patrol drives up and down a residential street at a share of the tabled speed."""
    unit = new_id()
    pace = speed_mps("residential", None, Profile.PATROL) * share
    block_m = 100.0
    steps = int(BLOCKS * block_m / pace / EVERY_S)
    rows = []
    for run in range(RUNS):
        for step in range(steps):
            along = step * EVERY_S * pace / block_m
            point = spot(along if run % 2 == 0 else BLOCKS - along, 1)
            at = (
                until
                - timedelta(seconds=(RUNS - run) * (steps * EVERY_S + 60))
                + timedelta(seconds=step * EVERY_S)
            )
            rows.append(
                {"unit_id": unit, "occurred_at": at, "lon": point.lon, "lat": point.lat,
                 "recorded_at": at}
            )  # fmt: skip
    async with database.engine.begin() as connection:
        await ensure_partitions(connection, until.date())
        await connection.execute(insert(schema.unit).values(**_unit(unit)))
        await connection.execute(insert(schema.unit_position_history), rows)
    return len(rows)


def _unit(identity: object) -> dict[str, object]:
    return {
        "id": identity, "version": 1, "callsign": "M-01", "agency": "POL", "kind": "patrol",
        "profile": "patrol", "capabilities": [], "availability": "available",
        "activity": "in_service", "emergency": False, "status_at": NOW,
    }  # fmt: skip


async def eta(city: City, when: datetime) -> float:
    found = await city.roads.route(
        Journey(
            start=spot(0.2, 1), end=spot(2.8, 1), profile=Profile.PATROL, when=when, engine="graph"
        )
    )
    assert found.travel.seconds is not None
    return found.travel.seconds


async def test_units_that_drive_at_half_speed_make_journeys_of_that_hour_longer(
    database: Database, town_pbf: Path, tmp_path: Path
) -> None:
    await imported(database, town_pbf)
    driven_until = NOW - timedelta(hours=1)
    await unit_drives(database, share=0.5, until=driven_until)
    leader, other = (City(database, cache_dir=tmp_path / name) for name in ("one", "two"))
    await other.refresh()
    before = await eta(other, driven_until)
    learner = SpeedLearner(database, leader, _Clock(NOW))
    assert await learner.learn() >= 15
    assert await learner.learn() == 0
    await other.refresh_roads()
    assert 1.4 * before < await eta(other, driven_until) < 2.4 * before
    opposite = driven_until + timedelta(hours=11)
    assert await eta(other, opposite) == pytest.approx(before)


async def test_nothing_is_learnt_without_roads_or_from_long_ago(
    database: Database, town_pbf: Path, tmp_path: Path
) -> None:
    city = City(database, cache_dir=tmp_path)
    await unit_drives(database, share=0.5, until=NOW - timedelta(hours=1))
    assert await SpeedLearner(database, city, _Clock(NOW)).learn() == 0
    await imported(database, town_pbf)
    later = _Clock(NOW + LOOKED_BACK + timedelta(hours=1))
    assert await SpeedLearner(database, city, later).learn() == 0
