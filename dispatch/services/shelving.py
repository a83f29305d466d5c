"""Putting an alarm aside for a while: within limits, with a reason, and it comes back as new."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from dispatch.domain import alarm as alarms
from dispatch.domain.alarm import Alarm, Shelving
from dispatch.domain.alarm_facts import AlarmShelved, AlarmUnshelved
from dispatch.domain.text import REASON_MAX, required_text
from dispatch.ports import Work
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Author

BATCH: Final = 100
P1: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelveAlarm:
    id: UUID
    alarm_id: UUID
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnshelveAlarm:
    id: UUID
    alarm_id: UUID


async def shelve_alarm(work: Work, command: ShelveAlarm, *, now: datetime, author: Author) -> Alarm:
    """Put it aside for so many minutes; the rules say how many its priority allows."""
    reason = required_text(command.reason, field="reason", limit=REASON_MAX)
    [alarm] = await work.alarms.lock([command.alarm_id])
    limit = (await work.rules.current()).alarms.shelve_limit_min(alarm.priority)
    if limit == 0:
        raise Conflict(
            f"Alarm {alarm.number} has priority {alarm.priority}: it cannot be put aside. "
            "Verify it or dismiss it.",
            code="never-shelved",
            priority=alarm.priority,
        )
    if not 1 <= command.minutes <= limit:
        raise Invalid(
            f"An alarm of priority {alarm.priority} can be put aside for 1 to {limit} minutes.",
            field="minutes",
            limit=limit,
        )
    until = now + timedelta(minutes=command.minutes)
    after = alarms.shelved(alarm, Shelving(until=until, by=author.name, reason=reason))
    await work.alarms.put(after)
    assert after.shelved is not None, "it was just shelved"
    work.record(
        AlarmShelved(
            subject=after.id,
            version=after.version,
            audience=after.audience,
            shelved=after.shelved,
        )
    )
    return after


async def unshelve_alarm(
    work: Work, command: UnshelveAlarm, *, now: datetime, author: Author
) -> Alarm:
    """Take it back before its time; it is as new again."""
    [alarm] = await work.alarms.lock([command.alarm_id])
    return await _back(work, alarm, cause="person")


async def return_shelved(work: Work, *, now: datetime) -> int:
    """Bring back what was put aside long enough; return how many. For the watch."""
    due = await work.raw_alarms.shelved_until(now, limit=BATCH)
    back = 0
    for alarm in await work.alarms.lock(due):
        if alarm.shelved is not None and alarm.shelved.until <= now:
            await _back(work, alarm, cause="expired")
            back += 1
    return back


async def _back(work: Work, alarm: Alarm, *, cause: Literal["expired", "person"]) -> Alarm:
    after = alarms.unshelved(alarm)
    if after is alarm:
        return alarm
    await work.alarms.put(after)
    work.record(
        AlarmUnshelved(
            subject=after.id,
            version=after.version,
            audience=after.audience,
            shelved=None,
            state=after.state,
            by=None,
            cause=cause,
        )
    )
    return after
