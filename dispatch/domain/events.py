"""The facts of dispatch, one class per kind, their data exactly as docs/events.md lists it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from typing_extensions import override

from dispatch.domain.alarm import Alarm, AlarmState
from dispatch.domain.call import Call, CallState
from dispatch.domain.call_parts import CallFix, Witness
from dispatch.domain.codes import Activity, Availability, UnitKind
from dispatch.domain.incident import Assignment, Incident, IncidentStatus
from dispatch.domain.incident_parts import Note
from dispatch.domain.place import Zone
from dispatch.domain.response_plan import Plan
from dispatch.domain.unit import Unit
from dispatch.domain.unit_parts import Disagreement, Proposal, StatusSource, Welfare
from dispatch.domain.wire import UNSET, Unset, object_json, to_json
from gis.geometry import Location
from ops_center.kernel.events import Fact, field_names

# The entry's envelope carries these two, so that data does not repeat them.
IN_ENVELOPE = frozenset({"id", "version"})


@dataclass(frozen=True, kw_only=True)
class DispatchFact(Fact):
    @override
    def data(self) -> dict[str, Any]:
        """Return the fact's own fields JSON-ready, those that a change left alone not at all."""
        values = {name: getattr(self, name) for name in field_names(type(self))}
        return {name: to_json(value) for name, value in values.items() if value is not UNSET}


def whole(subject: Call | Incident | Unit | Alarm) -> dict[str, Any]:
    """Return the whole subject as data of a fact, without what the envelope carries."""
    shape = object_json(subject)
    return {name: value for name, value in shape.items() if name not in IN_ENVELOPE}


@dataclass(frozen=True, kw_only=True)
class CallFact(DispatchFact):
    subject_type: ClassVar[str] = "call"


@dataclass(frozen=True, kw_only=True)
class CallReceived(CallFact):
    kind: ClassVar[str] = "call.received"
    call: Call

    @override
    def data(self) -> dict[str, Any]:
        return whole(self.call)


@dataclass(frozen=True, kw_only=True)
class CallTaken(CallFact):
    kind: ClassVar[str] = "call.taken"
    state: CallState
    taken_by: str | None
    taken_at: datetime | None
    overdue: bool
    claim_stale: bool


@dataclass(frozen=True, kw_only=True)
class CallLocated(CallFact):
    kind: ClassVar[str] = "call.located"
    fix: CallFix
    left_out: UUID | None
    claim_stale: bool
    location: Location | None
    address: str | None
    zones: tuple[Zone, ...]


@dataclass(frozen=True, kw_only=True)
class CallLinked(CallFact):
    kind: ClassVar[str] = "call.linked"
    state: CallState
    incident_id: UUID
    incident_version: int
    overdue: bool
    witness: Witness | None
    claim_stale: bool


@dataclass(frozen=True, kw_only=True)
class CallClosed(CallFact):
    kind: ClassVar[str] = "call.closed"
    state: CallState
    disposition: str
    rering: bool


@dataclass(frozen=True, kw_only=True)
class CallOverdue(CallFact):
    kind: ClassVar[str] = "call.overdue"
    overdue: bool
    waited_s: int


@dataclass(frozen=True, kw_only=True)
class IncidentFact(DispatchFact):
    subject_type: ClassVar[str] = "incident"


@dataclass(frozen=True, kw_only=True)
class IncidentOpened(IncidentFact):
    kind: ClassVar[str] = "incident.opened"
    opened: Incident

    @override
    def data(self) -> dict[str, Any]:
        return whole(self.opened)


@dataclass(frozen=True, kw_only=True)
class IncidentChanged(IncidentFact):
    kind: ClassVar[str] = "incident.changed"
    type: str | Unset = UNSET
    priority: int | Unset = UNSET
    location: Location | Unset | None = UNSET
    address: str | Unset | None = UNSET
    zones: tuple[Zone, ...] | Unset = UNSET
    narrative: str | Unset | None = UNSET
    plan: Plan | Unset = UNSET
    agencies: tuple[str, ...] | Unset = UNSET
    scheduled_for: datetime | Unset = UNSET
    premises: int | Unset = UNSET


@dataclass(frozen=True, kw_only=True)
class IncidentNoted(IncidentFact):
    kind: ClassVar[str] = "incident.noted"
    note: Note


@dataclass(frozen=True, kw_only=True)
class IncidentProgressed(IncidentFact):
    kind: ClassVar[str] = "incident.progressed"
    status: IncidentStatus


@dataclass(frozen=True, kw_only=True)
class IncidentOverdue(IncidentFact):
    kind: ClassVar[str] = "incident.overdue"
    overdue: bool
    waited_s: int


@dataclass(frozen=True, kw_only=True)
class IncidentMerged(IncidentFact):
    kind: ClassVar[str] = "incident.merged"
    status: IncidentStatus
    merged_into: UUID


@dataclass(frozen=True, kw_only=True)
class IncidentClosed(IncidentFact):
    kind: ClassVar[str] = "incident.closed"
    status: IncidentStatus
    disposition: str
    closed_at: datetime


@dataclass(frozen=True, kw_only=True)
class UnitFact(DispatchFact):
    subject_type: ClassVar[str] = "unit"


@dataclass(frozen=True, kw_only=True)
class UnitRegistered(UnitFact):
    kind: ClassVar[str] = "unit.registered"
    unit: Unit

    @override
    def data(self) -> dict[str, Any]:
        return whole(self.unit)


@dataclass(frozen=True, kw_only=True)
class UnitChanged(UnitFact):
    """The unit's own kind shares its name with the fact's, hence `unit_kind`."""

    kind: ClassVar[str] = "unit.changed"
    callsign: str | Unset = UNSET
    agency: str | Unset = UNSET
    unit_kind: UnitKind | Unset = UNSET
    profile: str | Unset = UNSET
    capabilities: tuple[str, ...] | Unset = UNSET
    station: str | Unset | None = UNSET
    cell: str | Unset | None = UNSET
    cross_staffs: tuple[UUID, ...] | Unset = UNSET

    @override
    def data(self) -> dict[str, Any]:
        written = super().data()
        if "unit_kind" in written:
            written["kind"] = written.pop("unit_kind")
        return written


@dataclass(frozen=True, kw_only=True)
class UnitStateFact(UnitFact):
    """Tells all of what the unit does now (`unit.STATE`), so that nothing of before remains."""

    availability: Availability
    activity: Activity
    status: str | None
    status_at: datetime
    status_source: StatusSource
    reason: str | None
    out_reason: str | None
    hospital: str | None
    proposal: Proposal | None
    disagreement: Disagreement | None
    welfare: Welfare | None
    busy_since: datetime | None
    rest_due: bool


@dataclass(frozen=True, kw_only=True)
class UnitAssigned(UnitStateFact):
    kind: ClassVar[str] = "unit.assigned"
    assignment: Assignment
    incident_version: int


@dataclass(frozen=True, kw_only=True)
class UnitStatusChanged(UnitStateFact):
    kind: ClassVar[str] = "unit.status_changed"
    assignment: Assignment | None
    incident_version: int | None


@dataclass(frozen=True, kw_only=True)
class UnitReleased(UnitStateFact):
    kind: ClassVar[str] = "unit.released"
    assignment: Assignment
    incident_version: int


@dataclass(frozen=True, kw_only=True)
class UnitDispatchOverdue(UnitFact):
    kind: ClassVar[str] = "unit.dispatch_overdue"
    assignment: Assignment
    incident_version: int


@dataclass(frozen=True, kw_only=True)
class AlarmFact(DispatchFact):
    subject_type: ClassVar[str] = "alarm"


@dataclass(frozen=True, kw_only=True)
class AlarmRaised(AlarmFact):
    kind: ClassVar[str] = "alarm.raised"
    alarm: Alarm

    @override
    def data(self) -> dict[str, Any]:
        return whole(self.alarm)


@dataclass(frozen=True, kw_only=True)
class AlarmRepeated(AlarmFact):
    kind: ClassVar[str] = "alarm.repeated"
    count: int
    repeated_at: datetime


@dataclass(frozen=True, kw_only=True)
class AlarmAcknowledged(AlarmFact):
    kind: ClassVar[str] = "alarm.acknowledged"
    state: AlarmState
    by: str | None


@dataclass(frozen=True, kw_only=True)
class AlarmVerified(AlarmFact):
    kind: ClassVar[str] = "alarm.verified"
    state: AlarmState
    by: str | None
    incident_id: UUID
    incident_version: int


@dataclass(frozen=True, kw_only=True)
class AlarmDismissed(AlarmFact):
    kind: ClassVar[str] = "alarm.dismissed"
    state: AlarmState
    by: str | None
    reason: str | None
