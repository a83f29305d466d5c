"""Motion on real video: people raise an alarm, moving leaves do not (default rule)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from camera_ingest.clips import video_source
from camera_ingest.domain.alarm_rule import AlarmRule, Look, MotionAlarm, RuleState, fold
from camera_ingest.motion import Gray, MotionEye, to_gray

LOOKS_PER_S = 5
RULE = AlarmRule(id=UUID(int=1), camera_id=UUID(int=2), name="default")
T0 = datetime(2026, 11, 22, tzinfo=UTC)


def looks(path: Path, *, seconds: float) -> Iterator[Gray]:
    """Return the pictures an eye gets of a file, at LOOKS_PER_S."""
    source = video_source(path, seconds=seconds)
    step = max(1, round(source.fps / LOOKS_PER_S))
    return (to_gray(picture) for picture in islice(source.open_frames(), None, None, step))


def alarms(pictures: Iterable[Gray]) -> list[MotionAlarm]:
    eye, state, raised = MotionEye(), RuleState(), []
    for place, picture in enumerate(pictures):
        sight = eye.look(picture, {RULE.id: RULE.zone})
        at = T0 + timedelta(seconds=place / LOOKS_PER_S)
        look = Look(at=at, fraction=sight.fractions.get(RULE.id))
        state, alarm = fold(RULE, state, look)
        if alarm:
            raised.append(alarm)
    return raised


def test_people_walking_raise_an_alarm(shared_data: Path) -> None:
    raised = alarms(looks(shared_data / "video" / "vtest.avi", seconds=30))
    assert raised
    assert raised[0].at - T0 < timedelta(seconds=15)


def test_moving_leaves_raise_none(shared_data: Path) -> None:
    forth = list(looks(shared_data / "video" / "tree.avi", seconds=30))
    back_and_forth = (forth + forth[::-1]) * 6
    assert len(back_and_forth) > 50 * LOOKS_PER_S
    assert alarms(back_and_forth) == []


def test_file_that_crashes_other_readers_is_read(shared_data: Path) -> None:
    pictures = list(looks(shared_data / "video" / "hostile_rawvideo_48x48.avi", seconds=5))
    assert pictures
