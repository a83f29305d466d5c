"""The alarm rule: N of M, dwell, re-arm, schedule, and what makes it start over."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.domain.alarm_rule import (
    AlarmRule,
    Look,
    MotionAlarm,
    RuleState,
    Schedule,
    fold,
    zone_area,
)
from ops_center.kernel.errors import Invalid

T0 = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
LOOK_EVERY_S = 0.2
RULE = UUID(int=1)
CAMERA = UUID(int=2)


def rule(**changes: object) -> AlarmRule:
    given: dict[str, Any] = {
        "id": RULE,
        "camera_id": CAMERA,
        "name": "Portón",
        "min_fraction": 0.01,
    }
    return AlarmRule(**(given | changes))


def run(
    subject: AlarmRule, fractions: Sequence[float | None], *, every_s: float = LOOK_EVERY_S
) -> list[MotionAlarm]:
    """Return the alarms of looks at even intervals from T0."""
    state = RuleState()
    raised = []
    for place, fraction in enumerate(fractions):
        at = T0 + timedelta(seconds=place * every_s)
        state, alarm = fold(subject, state, Look(at=at, fraction=fraction))
        if alarm:
            raised.append(alarm)
    return raised


def test_motion_that_dwells_raises_one_alarm() -> None:
    (alarm,) = run(rule(hits=3, window=5, dwell_s=1.5), [0.0] * 5 + [0.05] * 20)
    assert alarm.camera_id == CAMERA
    assert alarm.at - alarm.since >= timedelta(seconds=1.5)
    assert alarm.fraction == 0.05


def test_motion_shorter_than_the_dwell_raises_nothing() -> None:
    assert run(rule(dwell_s=1.5), [0.0] * 5 + [0.05] * 6 + [0.0] * 20) == []


def test_one_missed_look_among_hits_does_not_break_the_dwell() -> None:
    looks = ([0.05] * 4 + [0.0]) * 5
    assert len(run(rule(hits=3, window=5, dwell_s=2.0), looks)) == 1


def test_fewer_hits_than_n_of_m_raise_nothing() -> None:
    assert run(rule(hits=3, window=5, dwell_s=0), [0.05, 0.0, 0.0, 0.05, 0.0] * 10) == []


def test_next_alarm_waits_for_the_rearm_time() -> None:
    alarms = run(rule(dwell_s=0, rearm_s=10), [0.05] * 151)  # 30 s of motion
    gaps = [b.at - a.at for a, b in itertools.pairwise(alarms)]
    assert len(alarms) == 3
    assert all(gap >= timedelta(seconds=10) for gap in gaps)


def test_blind_look_starts_the_dwell_over() -> None:
    looks: list[float | None] = [0.05] * 7 + [None] + [0.05] * 7
    assert run(rule(hits=3, window=5, dwell_s=1.5), looks) == []


def test_gap_in_the_looks_starts_the_dwell_over() -> None:
    assert run(rule(hits=1, window=1, dwell_s=6), [0.05] * 3, every_s=5.5) == []


def test_switched_off_rule_raises_nothing() -> None:
    assert run(rule(enabled=False, dwell_s=0), [0.5] * 20) == []


def test_rule_watches_only_in_its_schedule() -> None:
    night = Schedule(start=time(22), end=time(6), zone_name="America/Asuncion")
    assert run(rule(schedule=night, dwell_s=0), [0.5] * 20) == []  # 14:00Z is 11:00 there
    day = Schedule(start=time(8), end=time(18), zone_name="America/Asuncion")
    assert len(run(rule(schedule=day, dwell_s=0), [0.5] * 20)) == 1


def test_night_belongs_to_the_day_it_began() -> None:
    friday_night = Schedule(days=frozenset({4}), start=time(22), end=time(6), zone_name="UTC")
    friday = datetime(2026, 11, 20, tzinfo=UTC)
    assert friday_night.covers(friday + timedelta(hours=23))
    assert friday_night.covers(friday + timedelta(hours=29))  # Saturday 05:00
    assert not friday_night.covers(friday + timedelta(hours=30))
    assert not friday_night.covers(friday + timedelta(hours=5))  # Friday 05:00


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"hits": 6, "window": 5},
        {"hits": 0},
        {"window": 101, "hits": 1},
        {"min_fraction": float("nan")},
        {"min_fraction": 0.0},
        {"dwell_s": -1.0},
        {"rearm_s": float("inf")},
        {"priority": 0},
        {"priority": 5},
        {"zone": ((0.1, 0.1), (0.9, 0.9))},
        {"zone": ((0.1, 0.1), (0.5, 0.5), (0.9, 0.9))},
        {"zone": ((0.1, 0.1), (1.5, 0.5), (0.9, 0.1))},
        {"zone": ((0.1, 0.1), (float("nan"), 0.5), (0.9, 0.1))},
    ],
)
def test_senseless_rule_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        rule(**changes)


def test_zone_area_is_the_share_of_the_picture() -> None:
    assert zone_area(()) == 1
    assert zone_area(((0, 0), (0.5, 0), (0.5, 0.5), (0, 0.5))) == pytest.approx(0.25)


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=80),
    st.integers(1, 5),
    st.floats(0, 3),
    st.floats(0, 5),
)
def test_alarms_are_never_closer_than_the_rearm_time(
    looks: list[float | None], hits: int, dwell_s: float, rearm_s: float
) -> None:
    alarms = run(rule(hits=hits, window=5, dwell_s=dwell_s, rearm_s=rearm_s), looks)
    for alarm in alarms:
        assert alarm.at - alarm.since >= timedelta(seconds=dwell_s)
        assert alarm.fraction >= 0.01 or hits < 5
    for first, second in itertools.pairwise(alarms):
        assert second.at - first.at >= timedelta(seconds=rearm_s)
