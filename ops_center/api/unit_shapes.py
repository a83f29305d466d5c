"""What units, crews, shifts and patrol cells look like over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from ops_center.api.instants import Instant
from ops_center.api.shapes import AssignmentOut, Code, In, Out, PlaceIn, PlaceOut, ShortWords

CREW_MAX = 20
EQUIPMENT_MAX = 40
Name = Annotated[str, Field(min_length=1, max_length=64)]


class UnitIn(In):
    callsign: Annotated[str, Field(min_length=1, max_length=16)]
    agency: Code
    kind: Code
    profile: Code | None = None
    capabilities: Annotated[list[Code], Field(max_length=20)] | None = None
    in_service: bool = True


class UnitPatch(In):
    """`cross_staffs` names the units that share this one's crew; an empty list ends that."""

    callsign: Annotated[str, Field(min_length=1, max_length=16)] | None = None
    agency: Code | None = None
    kind: Code | None = None
    profile: Code | None = None
    capabilities: Annotated[list[Code], Field(max_length=20)] | None = None
    station: Name | None = None
    cell: Name | None = None
    cross_staffs: Annotated[list[UUID], Field(max_length=5)] | None = None


class CrewMemberOut(Out):
    username: str | None
    name: str
    role: str


class ShiftTimesOut(Out):
    id: UUID
    starts_at: datetime
    ends_at: datetime


class ProposalOut(Out):
    """`why`: at_place, set_out, left_place or at_hospital."""

    status: str
    since: datetime
    why: str
    fix_age_s: float | None
    distance_m: float | None


class DisagreementOut(Out):
    """`code`: far_from_scene or still_at_scene."""

    code: str
    since: datetime
    fix_age_s: float | None
    distance_m: float | None


class WelfareOut(Out):
    interval_s: int
    due_at: datetime
    missed: int
    by_hand: bool


class UnitOut(Out):
    id: UUID
    callsign: str
    version: int
    agency: str
    kind: str
    profile: str
    capabilities: list[str]
    availability: Literal["available", "conditionally_available", "not_available"]
    activity: str
    assignment: AssignmentOut | None
    emergency: bool
    status_at: datetime
    reason: str | None
    status: str | None
    status_source: Literal["said", "physics", "centre"]
    out_reason: str | None
    hospital: str | None
    crew: list[CrewMemberOut]
    vehicle: str | None
    station: str | None
    cell: str | None
    equipment: list[str]
    shift: ShiftTimesOut | None
    proposal: ProposalOut | None
    disagreement: DisagreementOut | None
    welfare: WelfareOut | None
    cross_staffs: list[UUID]
    busy_since: datetime | None
    rest_due: bool
    emergency_at: datetime | None
    emergency_location: PlaceOut | None
    emergency_fix_at: datetime | None
    emergency_acknowledged_by: str | None


class UnitsOut(Out):
    items: list[UnitOut]
    next_cursor: str | None


class StatusIn(In):
    status: Code
    occurred_at: Instant | None = None
    reason: ShortWords | None = None
    out_reason: Code | None = None
    hospital: ShortWords | None = None


class EmergencyIn(In):
    location: PlaceIn | None = None


class RejectedFixOut(Out):
    index: int
    code: str
    detail: str


class FixesOut(Out):
    accepted: int
    rejected: list[RejectedFixOut]


class CrewMemberIn(In):
    """An account by `username`, or somebody without one by `name`."""

    username: Name | None = None
    name: Name | None = None
    role: Name | None = None


Crew = Annotated[list[CrewMemberIn], Field(max_length=CREW_MAX)]


class ShiftIn(In):
    unit_id: UUID
    starts_at: Instant
    ends_at: Instant
    crew: Crew = Field(default=[])
    vehicle: Name | None = None
    station: Name | None = None
    cell: Name | None = None
    note: ShortWords | None = None


class ShiftPatch(In):
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    crew: Crew | None = None
    vehicle: Name | None = None
    station: Name | None = None
    cell: Name | None = None
    note: ShortWords | None = None


class ShiftOut(Out):
    """`state` at the moment of asking; `late_s` and `overrun_s` are 0 when in time."""

    id: UUID
    version: int
    unit_id: UUID
    callsign: str
    starts_at: datetime
    ends_at: datetime
    crew: list[CrewMemberOut]
    vehicle: str | None
    station: str | None
    cell: str | None
    note: str | None
    signed_on_at: datetime | None
    signed_off_at: datetime | None
    cancelled_at: datetime | None
    state: Literal["planned", "late", "signed_on", "overrun", "done", "missed", "cancelled"]
    late_s: int
    overrun_s: int


class ShiftsOut(Out):
    items: list[ShiftOut]
    next_cursor: str | None


class SignOnIn(In):
    crew: Crew = Field(default=[])
    vehicle: Name | None = None
    station: Name | None = None
    cell: Name | None = None
    equipment: Annotated[list[Name], Field(max_length=EQUIPMENT_MAX)] = Field(default=[])
    shift_id: UUID | None = None


class SignOffIn(In):
    """`reason` is needed while the unit is on an order."""

    reason: ShortWords | None = None


class ProposalIn(In):
    """The status that was seen proposed, so that no other is confirmed by chance."""

    status: Code | None = None


class CheckInIn(In):
    note: ShortWords | None = None


class TimerIn(In):
    """Seconds between check-ins until the next status; null goes back to the rules' own."""

    interval_s: Annotated[int, Field(ge=5, le=86_400)] | None


class BeatOut(Out):
    """Time and road of a unit in one patrol cell; `incidents` where it was on scene there."""

    zone_id: str
    code: str
    zone: str
    km: float
    seconds: int
    incidents: int
    assigned: bool


class OutsideOut(Out):
    km: float
    seconds: int


class BeatsOut(Out):
    """`outside` every patrol cell; `outside_assigned` anywhere but in the unit's own cell.

    `gaps` says for how long no position is known, `jumps` how many steps were too fast to be true
    and were not counted.
    """

    unit_id: UUID
    callsign: str
    agency: str
    cell: str | None
    cells: list[BeatOut]
    outside: OutsideOut
    outside_assigned: OutsideOut | None
    total: OutsideOut
    gaps: dict[str, Any]
    jumps: int
    positions: int


class PatrolOut(Out):
    start: datetime
    end: datetime
    items: list[BeatsOut]
    next_cursor: None = None
