"""Panic buttons and alarm panels: registered, changed, pressed, tested, and missed when silent."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.domain import alarm as alarms
from dispatch.domain import codes
from dispatch.domain.alarm import Alarm
from dispatch.domain.alarm_source import (
    CODE_MAX,
    NAME_MAX,
    SILENT,
    AlarmSource,
    AlarmSourceAdded,
    AlarmSourceChanged,
    SourceKind,
    SourceState,
    changed,
    require_active,
    state_of,
)
from dispatch.domain.changing import with_changes
from dispatch.domain.events import AlarmRepeated
from dispatch.domain.text import REASON_MAX, optional_text, required_text
from dispatch.domain.wire import UNSET, Unset
from dispatch.ports import Work
from dispatch.services.alarms import RaiseAlarm, raise_alarm
from gis.geometry import Location
from ops_center.kernel.errors import StaleVersion
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id

# A receiver that dies takes all its buttons with it: the rest is raised the next time.
MISSED_AT_ONCE: Final = 100
# What a receiver kept for longer than this while it was cut off is of this long ago.
OLDEST: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSource:
    """`id` becomes the source's id. See AlarmSource for what the fields mean."""

    id: UUID
    code: str
    name: str
    kind: SourceKind
    agency: str
    priority: int
    location: Location
    repeat_window_s: int
    expected_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSource:
    """UNSET leaves a field as it is."""

    id: UUID
    source_id: UUID
    expected_version: int | None = None
    name: str | Unset = UNSET
    agency: str | Unset = UNSET
    priority: int | Unset = UNSET
    location: Location | Unset = UNSET
    repeat_window_s: int | Unset = UNSET
    expected_days: int | Unset | None = UNSET
    active: bool | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Activate:
    """`location` is where a portable device says it is; `id` becomes the alarm's id."""

    id: UUID
    code: str
    at: datetime | None = None
    location: Location | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hear:
    """A heartbeat or a test press: it says that the source lives, and raises nothing."""

    id: UUID
    code: str
    at: datetime | None = None


async def add_source(
    work: Work, command: AddSource, *, now: datetime, author: Author
) -> AlarmSource:
    """Register a source; Conflict when its code is another's."""
    source = AlarmSource(
        id=command.id,
        code=required_text(command.code, field="code", limit=CODE_MAX),
        version=1,
        name=required_text(command.name, field="name", limit=NAME_MAX),
        kind=command.kind,
        agency=codes.agency(command.agency),
        priority=codes.priority(command.priority),
        location=command.location,
        repeat_window_s=command.repeat_window_s,
        expected_days=command.expected_days,
        added_at=now,
    )
    await work.alarm_sources.add(source)
    work.record(
        AlarmSourceAdded(subject=source.id, version=1, audience=source.audience, source=source)
    )
    return source


async def change_source(
    work: Work, command: ChangeSource, *, now: datetime, author: Author
) -> AlarmSource:
    """Correct a source, or take it out of use; StaleVersion when somebody else was faster."""
    present = await work.alarm_sources.get(command.source_id)
    source = await work.alarm_sources.lock_code(present.code)
    if command.expected_version not in {None, source.version}:
        raise StaleVersion(
            "It has changed since you saw it. Look at it again, then repeat.",
            version=source.version,
        )
    after, news = changed(source, **_wanted(command))
    if not news:
        return source
    await work.alarm_sources.put(after)
    fact = AlarmSourceChanged(subject=after.id, version=after.version, audience=after.audience)
    work.record(with_changes(fact, news))
    return after


def _wanted(command: ChangeSource) -> dict[str, object]:
    wanted: dict[str, object] = {
        name: value
        for name in ("location", "repeat_window_s", "expected_days", "active")
        if (value := getattr(command, name)) is not UNSET
    }
    if not isinstance(command.name, Unset):
        wanted["name"] = required_text(command.name, field="name", limit=NAME_MAX)
    if not isinstance(command.agency, Unset):
        wanted["agency"] = codes.agency(command.agency)
    if not isinstance(command.priority, Unset):
        wanted["priority"] = codes.priority(command.priority)
    return wanted


async def activate(work: Work, command: Activate, *, now: datetime, author: Author) -> Alarm:
    """Raise the source's alarm, or count the press on the one that is still open.

    Raises NotFound for an unknown code, Conflict for a source out of use.
    """
    source = await work.alarm_sources.lock_code(command.code)
    require_active(source)
    at = _moment(command.at, now=now)
    known = await work.alarms.find(command.id)
    if known is not None:
        return known
    await work.alarm_sources.heard(source.id, now)
    open_id = await work.alarm_sources.open_alarm_of(source.id)
    if open_id is not None:
        [present] = await work.alarms.lock([open_id])
        if alarms.is_repeated(present, at=at, window=source.repeat_window):
            return await _count(work, present, at=at)
    order = RaiseAlarm(
        id=command.id,
        kind=source.kind.value,
        priority=source.priority,
        agency=source.agency,
        detected_at=at,
        location=command.location or source.location,
        reason=optional_text(command.text, field="text", limit=REASON_MAX),
        source_id=source.id,
        source_name=source.name,
    )
    return await raise_alarm(work, order, now=now, author=author)


async def _count(work: Work, present: Alarm, *, at: datetime) -> Alarm:
    after = alarms.repeated(present, at=at)
    await work.alarms.put(after)
    work.record(
        AlarmRepeated(
            subject=after.id,
            version=after.version,
            audience=after.audience,
            incident=after.incident_id,
            occurred_at=at,
            count=after.count,
            repeated_at=after.repeated_at or at,
        )
    )
    return after


async def hear(work: Work, command: Hear, *, now: datetime, author: Author) -> AlarmSource:
    """Note that the source lives; no alarm comes of it."""
    source = await work.alarm_sources.lock_code(command.code)
    at = _moment(command.at, now=now)
    await work.alarm_sources.heard(source.id, at)
    return replace(source, heard_at=max(at, source.heard_at or at))


def _moment(at: datetime | None, *, now: datetime) -> datetime:
    """When a device says it was; a clock that is set wrong must not cost a cry for help."""
    return max(min(at or now, now), now - OLDEST)


async def miss_silent(
    work: Work, sources: list[AlarmSource], *, now: datetime, author: Author
) -> int:
    """Raise one alarm for each silence of a source; return how many were new."""
    raised = 0
    for source in sources:
        if state_of(source, now=now) not in {SourceState.SILENT, SourceState.NEVER_HEARD}:
            continue
        since = source.heard_at or source.added_at
        identity = derived_id(SILENT, str(source.id), since.isoformat())
        if await work.alarms.find(identity) is not None:
            continue
        order = RaiseAlarm(
            id=identity,
            kind=SILENT,
            priority=codes.PRIORITY_LOWEST,
            agency=source.agency,
            detected_at=now,
            location=source.location,
            reason=f"Nothing heard for {(now - since).days} days: test it",
            source_id=source.id,
            source_name=source.name,
        )
        await raise_alarm(work, order, now=now, author=author)
        raised += 1
        if raised == MISSED_AT_ONCE:
            break
    return raised
