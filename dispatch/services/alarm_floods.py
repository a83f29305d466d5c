"""Many alarms at once: each is kept, a source that only repeats itself is counted on one line."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain.alarm import Alarm, repeated_by
from dispatch.domain.alarm_facts import FLOOD, AlarmFloodBegan, AlarmFloodEnded, AlarmGrouped
from dispatch.domain.alarm_groups import RawAlarm, chatter_key, is_chatter, to_raw
from dispatch.domain.events import AlarmRaised
from dispatch.domain.rules.alarm_handling import AlarmHandling
from dispatch.ports import Work
from dispatch.services.alarms import RaiseAlarm, new_alarm
from dispatch.services.numbering import ALARM, next_number
from ops_center.kernel.events import Author

# Each may become a line of its own, which is one fact.
AT_ONCE_MAX: Final = 200


@dataclass(slots=True)
class _Lines:
    """The lines that reports may be counted on, and what came of this lot."""

    heads: dict[str, Alarm]
    fresh: dict[UUID, Alarm] = field(default_factory=dict)
    grown: dict[UUID, list[Alarm]] = field(default_factory=dict)
    raw: list[RawAlarm] = field(default_factory=list)

    def take(self, alarm: Alarm, handling: AlarmHandling) -> None:
        key = chatter_key(alarm, handling)
        head = self.heads.get(key) if key else None
        if key and head and is_chatter(head, alarm, handling):
            self.heads[key] = replace(head, repeated_at=_later(head, alarm))
            self.grown.setdefault(head.id, []).append(alarm)
            self.raw.append(to_raw(alarm, counted_on=head.id))
            return
        self.fresh[alarm.id] = alarm
        self.raw.append(to_raw(alarm, counted_on=alarm.id))
        if key:
            self.heads[key] = alarm


async def raise_alarms(
    work: Work, commands: Sequence[RaiseAlarm], *, now: datetime, author: Author
) -> None:
    """Register what machines report, in one go; what is known already has no further effect."""
    assert len(commands) <= AT_ONCE_MAX, "the caller sends them in lots"
    handling = (await work.rules.current()).alarms
    known = await work.raw_alarms.known({one.id for one in commands})
    wanted = {one.id: one for one in commands if one.id not in known}
    made = [await new_alarm(work, one, now=now, number="") for one in wanted.values()]
    lines = _Lines(heads=await _heads(work, made, handling, now=now))
    for alarm in made:
        lines.take(alarm, handling)
    held = {one.id: one for one in await work.alarms.lock(_old(lines))}
    for alarm in lines.fresh.values():
        await _add(work, alarm, now=now)
    for head_id, more in lines.grown.items():
        await _count(work, held.get(head_id), head_id, more)
    await work.raw_alarms.keep(lines.raw)


async def _heads(
    work: Work, made: Sequence[Alarm], handling: AlarmHandling, *, now: datetime
) -> dict[str, Alarm]:
    keys = {key for one in made if (key := chatter_key(one, handling))}
    since = now - timedelta(seconds=handling.line_every_s)
    found = await work.raw_alarms.open_lines(keys, since=since)
    held = {one.id: one for one in await work.alarms.lock(sorted(found.values()))}
    return {key: held[identity] for key, identity in found.items()}


def _old(lines: _Lines) -> list[UUID]:
    return sorted(one for one in lines.grown if one not in lines.fresh)


async def _add(work: Work, alarm: Alarm, *, now: datetime) -> None:
    numbered = replace(alarm, number=await next_number(work, ALARM, now=now))
    await work.alarms.add(numbered)
    work.record(
        AlarmRaised(
            subject=numbered.id,
            version=numbered.version,
            audience=numbered.audience,
            occurred_at=numbered.detected_at,
            alarm=numbered,
        )
    )


async def _count(work: Work, held: Alarm | None, head_id: UUID, more: Sequence[Alarm]) -> None:
    head = held or await work.alarms.get(head_id)
    last = max(one.detected_at for one in more)
    after = repeated_by(head, more=len(more), at=last)
    await work.alarms.put(after)
    assert after.repeated_at is not None, "it was just repeated"
    work.record(
        AlarmGrouped(
            subject=after.id,
            version=after.version,
            audience=after.audience,
            occurred_at=last,
            count=after.count,
            repeated_at=after.repeated_at,
            raw=tuple(one.id for one in more),
        )
    )


def _later(head: Alarm, alarm: Alarm) -> datetime:
    return max(head.repeated_at or head.detected_at, alarm.detected_at)


async def watch_flood(work: Work, *, now: datetime) -> bool | None:
    """Say once when more lines come than people can look at, and once when that is over.

    Return whether a flood is on now, None when nothing changed. It ends at half the limit, so
    that it does not begin and end with every alarm.
    """
    handling = (await work.rules.current()).alarms
    found = await work.raw_alarms.flood(since=now - timedelta(minutes=handling.flood_min))
    limit = handling.flood_alarms * max(1, found.operators)
    is_on = found.lines > (limit // 2 if found.since else limit)
    if is_on == (found.since is not None):
        return None
    version = found.version + 1
    await work.raw_alarms.put_flood(replace(found, since=now if is_on else None, version=version))
    if found.since is None:
        began = AlarmFloodBegan(
            subject=FLOOD,
            version=version,
            lines=found.lines,
            operators=found.operators,
            window_min=handling.flood_min,
        )
        work.record(began)
    else:
        ended = AlarmFloodEnded(
            subject=FLOOD,
            version=version,
            lasted_s=int((now - found.since).total_seconds()),
            lines=found.lines,
            suppressed=found.suppressed,
        )
        work.record(ended)
    return is_on
