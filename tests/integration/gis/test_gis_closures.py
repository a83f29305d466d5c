"""Closures in a real database: drawn in one process, bound in another, lifted by time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
import pytest_asyncio

from gis.closures import (
    ChangeClosure,
    Closure,
    DrawClosure,
    SqlClosureStore,
    change_closure,
    closures_picture,
    draw_closure,
    lift_closure,
    lift_expired,
    open_closures,
    public_view,
)
from gis.closures.services import OPEN_MAX
from gis.geojson import line_json, point_json
from gis.routing.combined import Journey
from gis.travel import Engine, Profile, Reason
from ops_center.background import Background
from ops_center.geography import City
from ops_center.kernel import journal, transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion, TooMany
from ops_center.kernel.ids import new_id
from ops_center.localdb import LocalDatabase
from ops_center.reactions import CENTRE
from tests.integration.gis.conftest import imported
from tests.osm_town import spot

CLOCK = SystemClock()
WITHIN_S = 2.0
START, END = spot(0.5, 0), spot(3.5, 0)
STREET = line_json([spot(1.2, 0), spot(2.8, 0)])


@pytest_asyncio.fixture(scope="module")
async def town_template(cluster: LocalDatabase, template: str, town_pbf: Path) -> str:
    """The imported town, to copy from."""
    name = f"c_{new_id().hex}"
    database = Database(cluster.createdb(name, template=template), name="test")
    await imported(database, town_pbf)
    await database.close()
    return name


@pytest_asyncio.fixture
async def centre(cluster: LocalDatabase, town_template: str) -> AsyncIterator[Database]:
    """A city of this test's own, for writing."""
    name = f"t_{new_id().hex}"
    database = Database(cluster.createdb(name, template=town_template), name="test")
    yield database
    await database.close()
    cluster.dropdb(name)


async def draw(database: Database, **changes: object) -> Closure:
    given: dict[str, object] = {"id": new_id(), "geometry": STREET, "reason": "raudal"}
    async with transaction.begin(database, author=CENTRE, cause=new_id(), clock=CLOCK) as tx:
        drawn = await draw_closure(
            DrawClosure(**(given | changes)),  # type: ignore[arg-type]
            store=SqlClosureStore(tx.connection),
            record=tx.record,
            author="despacho1",
            now=CLOCK.now(),
        )
        await tx.commit()
    return drawn


async def lift(database: Database, closure: Closure) -> None:
    async with transaction.begin(database, author=CENTRE, cause=new_id(), clock=CLOCK) as tx:
        store = SqlClosureStore(tx.connection)
        await lift_closure(closure.id, store=store, record=tx.record, now=CLOCK.now())
        await tx.commit()


async def kinds(database: Database) -> list[str]:
    async with database.reading() as connection:
        entries = await journal.entries_after(connection, 0)
    return [one.kind for one in entries if one.subject_type == "closure"]


async def metres(city: City, profile: Profile = Profile.PATROL) -> float:
    found = await city.roads.route(Journey(start=START, end=END, profile=profile, engine="graph"))
    assert found.travel.metres is not None
    return found.travel.metres


async def test_closure_drawn_in_one_process_binds_in_another_within_two_seconds(
    centre: Database, tmp_path: Path
) -> None:
    # Two processes share nothing but the database; here each has its own pool and its own roads.
    here, there = Database(centre.url, name="one"), Database(centre.url, name="two")
    city = City(there, cache_dir=tmp_path)
    await city.refresh()
    free = await metres(city)

    async def until_changed(before: float) -> float:
        began = monotonic()
        async with asyncio.timeout(WITHIN_S):
            while await metres(city) == before:  # noqa: ASYNC110  another process acts
                await asyncio.sleep(0.02)
        return monotonic() - began

    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(city.follow_roads())
        drawn = await draw(here)
        assert await until_changed(free) < WITHIN_S
        around = await metres(city)
        assert around > free + 50
        assert city.roads.closures_in_force(Profile.PATROL) == 1
        await lift(here, drawn)
        assert await until_changed(around) < WITHIN_S
        assert await metres(city) == free
        following.cancel()
    await here.close()
    await there.close()


async def test_fresh_roads_are_closed_where_the_former_were(
    centre: Database, town_pbf: Path, tmp_path: Path
) -> None:
    city = City(centre, cache_dir=tmp_path)
    await city.refresh()
    free = await metres(city)
    await draw(centre)
    await city.refresh_roads()
    closed = await metres(city)
    assert closed > free
    await imported(centre, town_pbf)
    await city.refresh()
    assert await metres(city) == pytest.approx(closed)


async def test_civil_closure_leaves_crews_alone(centre: Database, tmp_path: Path) -> None:
    city = City(centre, cache_dir=tmp_path)
    await city.refresh()
    free = {one: await metres(city, one) for one in (Profile.CAR, Profile.PATROL)}
    await draw(centre, applies_to="civil")
    await city.refresh_roads()
    assert await metres(city, Profile.CAR) > free[Profile.CAR]
    assert await metres(city, Profile.PATROL) == free[Profile.PATROL]


async def test_closure_binds_only_in_its_time(centre: Database, tmp_path: Path) -> None:
    clock = _Clock()
    city = City(centre, cache_dir=tmp_path, clock=clock)
    await city.refresh()
    free = await metres(city)
    start = CLOCK.now() + timedelta(hours=1)
    await draw(centre, starts_at=start, until_at=start + timedelta(hours=1))
    lengths = []
    for hours in (0.0, 1.5, 2.5):
        clock.offset = timedelta(hours=hours)
        await city.refresh_roads()
        lengths.append(await metres(city))
    assert lengths[0] == lengths[2] == free
    assert lengths[1] > free


async def test_time_lifts_what_has_run_out_and_says_so(centre: Database) -> None:
    soon = CLOCK.now() + timedelta(hours=1)
    await draw(centre, until_at=soon)
    await draw(centre, geometry=point_json(START), radius_m=40.0)
    later = _Clock(timedelta(hours=2))
    background = Background(centre, City(centre, cache_dir=Path("/nonexistent")), later)
    await background.open_roads()
    await background.open_roads()
    assert await kinds(centre) == ["closure.drawn", "closure.drawn", "closure.lifted"]
    async with centre.reading() as connection:
        (left,) = await open_closures(connection)
    assert left.radius_m == 40.0


async def test_change_keeps_version_and_tells_only_what_changed(centre: Database) -> None:
    drawn = await draw(centre)
    async with transaction.begin(centre, author=CENTRE, cause=new_id(), clock=CLOCK) as tx:
        store = SqlClosureStore(tx.connection)
        command = ChangeClosure(
            closure_id=drawn.id, expected_version=1, changes={"reason": "árbol caído"}
        )
        changed = await change_closure(command, store=store, record=tx.record)
        same = await change_closure(
            ChangeClosure(closure_id=drawn.id, expected_version=2, changes={"applies_to": "all"}),
            store=store,
            record=tx.record,
        )
        with pytest.raises(StaleVersion):
            await change_closure(command, store=store, record=tx.record)
        await tx.commit()
    assert same == changed
    async with centre.reading() as connection:
        entries = await journal.entries_after(connection, 0)
        picture = await closures_picture(connection)
    assert entries[-1].data == {"reason": "árbol caído"}
    assert entries[-1].version == 2
    assert picture == {"closures": {str(drawn.id): public_view(changed)}}


async def test_what_comes_back_from_the_database_is_what_was_drawn(centre: Database) -> None:
    drawn = await draw(centre, until_at=CLOCK.now() + timedelta(days=1))
    async with centre.reading() as connection:
        (found,) = await open_closures(connection)
    assert public_view(found) == public_view(drawn)


async def test_wrong_closures_change_nothing(
    centre: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = await draw(centre)
    with pytest.raises(Conflict):
        await draw(centre, id=drawn.id)
    with pytest.raises(Invalid):
        await draw(centre, until_at=CLOCK.now() - timedelta(hours=1))
    with pytest.raises(Invalid):
        await draw(centre, reason="  ")
    await lift(centre, drawn)
    with pytest.raises(NotFound):
        await lift(centre, drawn)
    monkeypatch.setattr("gis.closures.services.OPEN_MAX", 0)
    assert OPEN_MAX > 0
    with pytest.raises(TooMany):
        await draw(centre)
    async with centre.reading() as connection:
        store = SqlClosureStore(connection)
        assert await store.find(drawn.id) is None
        assert await lift_expired(store=store, record=_never, now=CLOCK.now()) == 0


async def test_without_roads_the_answer_is_a_straight_line_that_says_so(
    database: Database, tmp_path: Path
) -> None:
    city = City(database, cache_dir=tmp_path)
    await city.refresh()
    found = await city.roads.route(Journey(start=START, end=END, profile=Profile.CAR))
    assert found.engine is Engine.STRAIGHT_LINE
    assert found.travel.estimated
    assert found.travel.reason is Reason.NO_ROAD_MAP
    assert found.line == (START, END)


def _never(*facts: object) -> None:
    raise AssertionError(f"nothing has run out: {facts}")


class _Clock:
    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return CLOCK.now() + self.offset
