"""Units: register, change, report a status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import codes, status_report
from dispatch.domain.changing import with_changes
from dispatch.domain.codes import Activity
from dispatch.domain.events import UnitChanged, UnitRegistered
from dispatch.domain.incident import Incident
from dispatch.domain.response_plan import unique
from dispatch.domain.status_report import StatusReport
from dispatch.domain.text import CALLSIGN_MAX, REASON_MAX, optional_text, required_text, tag
from dispatch.domain.unit import AVAILABILITY_OF, Unit, step
from dispatch.domain.unit_change import Change
from dispatch.domain.unit_parts import StatusSource
from dispatch.ports import Work
from dispatch.services import cross_staffing
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Author

CAPABILITIES_MAX: Final = 20
STATION_MAX: Final = 64
PARTNERS_MAX: Final = 5


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
    """None leaves a field as it is; `cross_staffs` names the units that share its crew."""

    id: UUID
    unit_id: UUID
    callsign: str | None = None
    agency: str | None = None
    kind: str | None = None
    profile: str | None = None
    capabilities: tuple[str, ...] | None = None
    station: str | None = None
    cell: str | None = None
    cross_staffs: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStatus:
    """A status of /codes; `occurred_at` is the device's claim of since when.

    `out_reason` is a code of /codes, `hospital` the one a patient is taken to.
    """

    id: UUID
    unit_id: UUID
    status: str
    occurred_at: datetime | None = None
    reason: str | None = None
    out_reason: str | None = None
    hospital: str | None = None
    source: StatusSource = StatusSource.SAID


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
    if command.cross_staffs is not None:
        await cross_staffing.share_crew(work, command.unit_id, command.cross_staffs)
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
    work.record(with_changes(fact, said))
    return after


async def report_status(
    work: Work, command: ReportStatus, *, now: datetime, author: Author
) -> Unit:
    """Take over what a unit does; `clear` releases it from its incident."""
    rules = (await work.rules.current()).statuses
    status = rules.status(command.status)
    said = StatusReport(
        status=status.code,
        activity=status.activity,
        occurred_at=command.occurred_at,
        reason=optional_text(command.reason, field="reason", limit=REASON_MAX),
        out_reason=optional_text(command.out_reason, field="out_reason", limit=REASON_MAX),
        hospital=optional_text(command.hospital, field="hospital", limit=REASON_MAX),
        source=command.source,
    )
    status_report.require_details(said, rules)
    unit, incident = await lock_with_incident(work, command.unit_id)
    change = status_report.report(unit, incident, said, rules=rules, now=now)
    await cross_staffing.require_available(work, unit, change.unit)
    return await keep(work, unit, change, now=now)


async def keep(work: Work, before: Unit, change: Change, *, now: datetime) -> Unit:
    """Store what a step led to; a unit that was freed gives its crew back to those it shares."""
    if not change.facts:
        return change.unit
    if change.incident is not None:
        await work.incidents.put(change.incident)
    await work.units.put(change.unit)
    work.record(*change.facts)
    if before.assignment is not None and change.unit.assignment is None:
        await cross_staffing.give_back(work, [change.unit], now=now)
    return change.unit


async def lock_with_incident(work: Work, unit_id: UUID) -> tuple[Unit, Incident | None]:
    """Lock the unit's incident before the unit, and those that share its crew, as everyone does."""
    seen = await work.units.get(unit_id)
    incident = None
    if seen.assignment is not None:
        [incident] = await work.incidents.lock([seen.assignment.incident_id])
    unit = (await work.units.lock([unit_id, *seen.cross_staffs]))[0]
    now_on = unit.assignment.incident_id if unit.assignment else None
    if now_on != (incident.id if incident else None):
        raise Conflict(
            f"{unit.callsign} was assigned or released at this very moment. Report again.",
            code="unit-changed-meanwhile",
            unit_id=str(unit_id),
        )
    return unit, incident


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
    for name in ("station", "cell"):
        if getattr(command, name) is not None:
            wanted[name] = optional_text(getattr(command, name), field=name, limit=STATION_MAX)
    return wanted


def _capabilities(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) > CAPABILITIES_MAX:
        raise Invalid(f"A unit has at most {CAPABILITIES_MAX} capabilities.", field="capabilities")
    return unique(tag(name, field="capabilities") for name in names)
