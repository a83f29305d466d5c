"""Alarms in numbers on both centres: nothing lost, chatter on one line, each new place shown."""

from typing import Any

import pytest

from dispatch.domain.alarm import Alarm
from dispatch.services import alarm_floods, alarms, shelving
from dispatch.services.alarms import RaiseAlarm
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, at, location
from tests.contract.dispatch.conftest import Centre
from tests.dispatch_acts import assert_picture_is_the_fold, kinds, raised

CAMERA, OTHER = new_id(), new_id()


def report(seconds: float, **changes: object) -> RaiseAlarm:
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": "camera_motion",
        "priority": 3,
        "agency": "POL",
        "detected_at": at(seconds),
        "camera_id": CAMERA,
        "camera_name": "Puerto 041",
        "zone_name": "Portón",
        "location": location(),
    }
    return RaiseAlarm(**(values | changes))


async def come(centre: Centre, *reports: RaiseAlarm, seconds: float = 1) -> None:
    async with centre.command() as work:
        await alarm_floods.raise_alarms(work, reports, now=at(seconds), author=DISPATCHER)


async def lines(centre: Centre) -> list[tuple[str | None, int]]:
    picture: Any = (await centre.picture())["alarms"].values()
    return sorted((one["camera_name"], one["count"]) for one in picture)


async def shelve(
    centre: Centre, alarm: Alarm, minutes: int, *, seconds: float = 10, reason: str = "Poda"
) -> Alarm:
    command = shelving.ShelveAlarm(id=new_id(), alarm_id=alarm.id, minutes=minutes, reason=reason)
    async with centre.command() as work:
        return await shelving.shelve_alarm(work, command, now=at(seconds), author=DISPATCHER)


async def test_a_source_that_repeats_itself_has_one_line_and_every_report_is_kept(
    centre: Centre,
) -> None:
    first = report(0)
    await come(centre, first, report(5), report(9))
    await come(centre, *(report(9 + i) for i in range(1, 8)), seconds=20)
    assert await lines(centre) == [("Puerto 041", 10)]
    async with centre.command() as work:
        kept = await work.raw_alarms.of_alarm(first.id, limit=100)
        head = await work.alarms.get(first.id)
    assert len(kept) == 10
    assert {one.alarm_id for one in kept} == {first.id}
    assert head.repeated_at == at(16)
    assert await kinds(centre) == ["alarm.raised", "alarm.grouped", "alarm.grouped"]
    await assert_picture_is_the_fold(centre)


async def test_what_is_new_gets_its_own_line(centre: Centre) -> None:
    await come(
        centre,
        report(0),
        report(1, camera_id=OTHER, camera_name="otra cámara"),
        report(1, location=location(east_m=2_000), camera_name="otro lugar"),
        report(1, zone_name="Muelle", camera_name="otra zona"),
        report(1, kind="camera_line", camera_name="otro modo"),
        report(1, priority=1, camera_name="más urgente"),
        report(1, camera_id=None, camera_name="sin fuente"),
        report(1, camera_id=None, camera_name="sin fuente"),
    )
    assert await lines(centre) == sorted(
        [
            ("Puerto 041", 1),
            ("otra cámara", 1),
            ("otro lugar", 1),
            ("otra zona", 1),
            ("otro modo", 1),
            ("más urgente", 1),
            ("sin fuente", 1),
            ("sin fuente", 1),
        ]
    )
    await assert_picture_is_the_fold(centre)


async def test_a_decided_or_old_line_takes_no_more(centre: Centre) -> None:
    first = report(0)
    await come(centre, first)
    dismissal = alarms.DismissAlarm(id=new_id(), alarm_id=first.id, reason="animal")
    async with centre.command() as work:
        await alarms.dismiss_alarm(work, dismissal, now=at(2), author=DISPATCHER)
    second = report(3)
    await come(centre, second, seconds=3)
    await come(centre, *(report(3 + 50 * i) for i in range(1, 12)), seconds=553)
    assert await lines(centre) == [("Puerto 041", 12)]
    await come(centre, report(604), seconds=604)
    assert await lines(centre) == [("Puerto 041", 1), ("Puerto 041", 12)]
    await come(centre, report(700), seconds=700)
    assert await lines(centre) == [("Puerto 041", 1), ("Puerto 041", 1), ("Puerto 041", 12)]


async def test_the_same_report_again_changes_nothing(centre: Centre) -> None:
    first, second = report(0), report(4)
    await come(centre, first, second, first)
    await come(centre, second, first)
    assert await lines(centre) == [("Puerto 041", 2)]
    assert await kinds(centre) == ["alarm.raised", "alarm.grouped"]


async def test_an_alarm_put_aside_comes_back_unacknowledged(centre: Centre) -> None:
    alarm = await raised(centre, priority=3)
    seen = alarms.AcknowledgeAlarm(id=new_id(), alarm_id=alarm.id)
    async with centre.command() as work:
        await alarms.acknowledge_alarm(work, seen, now=at(5), author=DISPATCHER)
    after = await shelve(centre, alarm, 5)
    assert after.shelved is not None
    assert (after.shelved.until, after.shelved.by) == (at(310), DISPATCHER.name)
    with pytest.raises(Conflict, match="already put aside"):
        await shelve(centre, alarm, 5)
    assert await due(centre, 309) == 0
    assert await due(centre, 310) == 1
    assert await due(centre, 311) == 0
    async with centre.command() as work:
        back = await work.alarms.get(alarm.id)
    assert (back.state, back.by, back.shelved) == ("raised", None, None)
    await assert_picture_is_the_fold(centre)


async def due(centre: Centre, seconds: float) -> int:
    async with centre.command() as work:
        return await shelving.return_shelved(work, now=at(seconds))


@pytest.mark.parametrize(
    ("priority", "minutes", "error"),
    [(1, 1, Conflict), (2, 11, Invalid), (3, 61, Invalid), (4, 0, Invalid)],
)
async def test_putting_aside_has_limits(
    centre: Centre, priority: int, minutes: int, error: type[Exception]
) -> None:
    alarm = await raised(centre, priority=priority)
    with pytest.raises(error):
        await shelve(centre, alarm, minutes)


async def test_a_person_takes_it_back_or_decides_it_while_aside(centre: Centre) -> None:
    alarm = await raised(centre, priority=2)
    await shelve(centre, alarm, 10)
    back = shelving.UnshelveAlarm(id=new_id(), alarm_id=alarm.id)
    async with centre.command() as work:
        again = await shelving.unshelve_alarm(work, back, now=at(20), author=DISPATCHER)
        assert await shelving.unshelve_alarm(work, back, now=at(20), author=DISPATCHER) == again
    await shelve(centre, alarm, 10, seconds=30)
    dismissal = alarms.DismissAlarm(id=new_id(), alarm_id=alarm.id, reason="weather")
    async with centre.command() as work:
        await alarms.dismiss_alarm(work, dismissal, now=at(40), author=DISPATCHER)
    assert await due(centre, 99_999) == 0
    await assert_picture_is_the_fold(centre)


async def test_a_flood_is_told_when_it_begins_and_when_it_ends(centre: Centre) -> None:
    places = [report(0, location=location(east_m=1_000 * i)) for i in range(11)]
    await come(centre, *places[:10])
    assert await flood(centre, 2) is None
    await come(centre, places[10], *(report(2) for _ in range(30)))
    assert await flood(centre, 3) is True
    assert await flood(centre, 4) is None
    assert await flood(centre, 602) is False
    assert await flood(centre, 603) is None
    told = [one for one in await centre.journal() if one.kind.startswith("alarm.flood")]
    assert [one.kind for one in told] == ["alarm.flood_began", "alarm.flood_ended"]
    assert [one.version for one in told] == [1, 2]


async def flood(centre: Centre, seconds: float) -> bool | None:
    async with centre.command() as work:
        return await alarm_floods.watch_flood(work, now=at(seconds))


async def test_groups_join_neighbours_and_part_places(centre: Centre) -> None:
    here = await raised(centre)
    near = await raised(centre, location=location(east_m=1))
    far = await raised(centre, location=location(east_m=5_000))
    assert here.group == near.group != far.group
