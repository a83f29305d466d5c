"""Units: register, change, report a status, call for help."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import assigning, codes
from dispatch.domain.alarm import UNIT_EMERGENCY
from dispatch.domain.assigning import StatusReport
from dispatch.domain.codes import Activity
from dispatch.domain.events import (
    UnitChanged,
    UnitEmergencyCleared,
    UnitEmergencyDeclared,
    UnitRegistered,
)
from dispatch.domain.incident import Incident
from dispatch.domain.positions import ACCURACY_DEFAULT_M, Fix
from dispatch.domain.response_plan import unique
from dispatch.domain.text import CALLSIGN_MAX, REASON_MAX, optional_text, required_text, tag
from dispatch.domain.unit import AVAILABILITY_OF, Unit, step
from dispatch.ports import Work
from dispatch.services.alarms import RaiseAlarm, raise_alarm
from gis.geometry import Location
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id

CAPABILITIES_MAX: Final = 20
EMERGENCY_PRIORITY: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUnit:
    """`id` becomes the unit's id. Without capabilities or profile: those of its kind."""

    id: UUID
    callsign: str
    agency: str
    kind: str
    profile: str | None = None
    capabilities: tuple[str, ...] | None = None
    in_service: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUnit:
    """None leaves a field as it is."""

    id: UUID
    unit_id: UUID
    callsign: str | None = None
    agency: str | None = None
    kind: str | None = None
    profile: str | None = None
    capabilities: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStatus:
    """A status of /codes; `occurred_at` is the device's claim of since when."""

    id: UUID
    unit_id: UUID
    status: str
    occurred_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareEmergency:
    id: UUID
    unit_id: UUID
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearEmergency:
    id: UUID
    unit_id: UUID
    reason: str


async def register_unit(
    work: Work, command: RegisterUnit, *, now: datetime, author: Author
) -> Unit:
    """Add a unit; Conflict `callsign-taken` when another bears the name."""
    known = await work.units.find(command.id)
    if known is not None:
        return known
    unit = _new_unit(command, now=now)
    await work.units.add(unit)
    work.record(
        UnitRegistered(subject=unit.id, version=unit.version, audience=unit.audience, unit=unit)
    )
    return unit


async def change_unit(work: Work, command: ChangeUnit, *, now: datetime, author: Author) -> Unit:
    """Correct a unit's master data; what it does at the moment is left alone."""
    wanted = _wanted(command)
    [unit] = await work.units.lock([command.unit_id])
    changes = {name: new for name, new in wanted.items() if getattr(unit, name) != new}
    if not changes:
        return unit
    after = step(unit, **changes)
    await work.units.put(after)
    # Those who lose sight of it with a change of agency are told as well.
    audience = unique((*unit.audience, *after.audience))
    fact = UnitChanged(subject=after.id, version=after.version, audience=audience)
    said = {("unit_kind" if name == "kind" else name): new for name, new in changes.items()}
    work.record(replace(fact, **said))  # type: ignore[arg-type]
    return after


async def report_status(
    work: Work, command: ReportStatus, *, now: datetime, author: Author
) -> Unit:
    """Take over what a unit does; `clear` releases it from its incident."""
    status = codes.unit_status(command.status)
    said = StatusReport(
        status=status.code,
        availability=status.availability,
        activity=status.activity,
        occurred_at=command.occurred_at,
        reason=optional_text(command.reason, field="reason", limit=REASON_MAX),
    )
    unit, incident = await _lock_with_incident(work, command.unit_id)
    change = assigning.report(unit, incident, said, now=now)
    if not change.facts:
        return unit
    if change.incident is not None:
        await work.incidents.put(change.incident)
    await work.units.put(change.unit)
    work.record(*change.facts)
    return change.unit


async def declare_emergency(
    work: Work, command: DeclareEmergency, *, now: datetime, author: Author
) -> Unit:
    """Mark the unit as in danger and raise an alarm of the highest priority.

    A person decides whether it becomes an incident. Pressed again, it raises a new alarm only
    when the one before was decided, so that no press goes unheard and none is counted twice.
    """
    [unit] = await work.units.lock([command.unit_id])
    location = command.location or await _last_location(work, unit)
    after = unit if unit.emergency else step(unit, emergency=True)
    if after is not unit:
        await work.units.put(after)
        work.record(
            UnitEmergencyDeclared(
                subject=after.id,
                version=after.version,
                incident=after.assignment.incident_id if after.assignment else None,
                audience=after.audience,
                emergency=True,
                location=location,
            )
        )
    if await work.alarms.open_emergency_of(unit.id) is None:
        await _raise_emergency(work, command, unit, location, now=now, author=author)
    return after


async def clear_emergency(
    work: Work, command: ClearEmergency, *, now: datetime, author: Author
) -> Unit:
    """End the unit's emergency; its alarm stays until somebody decides it."""
    reason = required_text(command.reason, field="reason", limit=REASON_MAX)
    [unit] = await work.units.lock([command.unit_id])
    if not unit.emergency:
        return unit
    after = step(unit, emergency=False)
    await work.units.put(after)
    work.record(
        UnitEmergencyCleared(
            subject=after.id,
            version=after.version,
            incident=after.assignment.incident_id if after.assignment else None,
            audience=after.audience,
            emergency=False,
            reason=reason,
        )
    )
    return after


async def _lock_with_incident(work: Work, unit_id: UUID) -> tuple[Unit, Incident | None]:
    """Lock the unit's incident before the unit, as everyone does."""
    seen = await work.units.get(unit_id)
    incident = None
    if seen.assignment is not None:
        [incident] = await work.incidents.lock([seen.assignment.incident_id])
    [unit] = await work.units.lock([unit_id])
    now_on = unit.assignment.incident_id if unit.assignment else None
    if now_on != (incident.id if incident else None):
        raise Conflict(
            f"{unit.callsign} was assigned or released at this very moment. Report again.",
            code="unit-changed-meanwhile",
            unit_id=str(unit_id),
        )
    return unit, incident


async def _last_location(work: Work, unit: Unit) -> Location | None:
    fix = (await work.positions.last_known({unit.id})).get(unit.id)
    return _location(fix) if fix else None


def _location(fix: Fix) -> Location:
    accuracy_m = ACCURACY_DEFAULT_M if fix.accuracy_m is None else fix.accuracy_m
    return Location(point=fix.point, uncertainty_m=accuracy_m)


async def _raise_emergency(
    work: Work,
    command: DeclareEmergency,
    unit: Unit,
    location: Location | None,
    *,
    now: datetime,
    author: Author,
) -> None:
    alarm = RaiseAlarm(
        id=derived_id("unit-emergency", str(command.id)),
        kind=UNIT_EMERGENCY,
        priority=EMERGENCY_PRIORITY,
        agency=unit.agency,
        location=location,
        detected_at=now,
        reason=unit.callsign,
        unit_id=unit.id,
    )
    await raise_alarm(work, alarm, now=now, author=author)


def _new_unit(command: RegisterUnit, *, now: datetime) -> Unit:
    kind = codes.unit_kind(command.kind)
    activity = Activity.IN_SERVICE if command.in_service else Activity.OFF_DUTY
    capabilities = command.capabilities
    if capabilities is None:
        capabilities = codes.DEFAULT_CAPABILITIES[kind]
    return Unit(
        id=command.id,
        callsign=required_text(command.callsign, field="callsign", limit=CALLSIGN_MAX),
        version=1,
        agency=codes.agency(command.agency),
        kind=kind,
        profile=codes.profile(command.profile or codes.DEFAULT_PROFILES[kind]),
        capabilities=_capabilities(capabilities),
        availability=AVAILABILITY_OF[activity],
        activity=activity,
        assignment=None,
        emergency=False,
        status_at=now,
        reason=None,
    )


def _wanted(command: ChangeUnit) -> dict[str, object]:
    wanted: dict[str, object] = {}
    if command.callsign is not None:
        wanted["callsign"] = required_text(command.callsign, field="callsign", limit=CALLSIGN_MAX)
    if command.agency is not None:
        wanted["agency"] = codes.agency(command.agency)
    if command.kind is not None:
        wanted["kind"] = codes.unit_kind(command.kind)
    if command.profile is not None:
        wanted["profile"] = codes.profile(command.profile)
    if command.capabilities is not None:
        wanted["capabilities"] = _capabilities(command.capabilities)
    return wanted


def _capabilities(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) > CAPABILITIES_MAX:
        raise Invalid(f"A unit has at most {CAPABILITIES_MAX} capabilities.", field="capabilities")
    return unique(tag(name, field="capabilities") for name in names)
