"""The facts of a unit beside its orders: crew, positions' proposals, welfare, emergency."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from dispatch.domain.events import UnitFact, UnitStateFact
from dispatch.domain.unit_parts import CrewMember, Disagreement, Proposal, ShiftTimes, Welfare
from gis.geometry import Location


@dataclass(frozen=True, kw_only=True)
class UnitSignedOn(UnitStateFact):
    kind: ClassVar[str] = "unit.signed_on"
    crew: tuple[CrewMember, ...]
    vehicle: str | None
    station: str | None
    cell: str | None
    equipment: tuple[str, ...]
    shift: ShiftTimes | None


@dataclass(frozen=True, kw_only=True)
class UnitSignedOff(UnitStateFact):
    """`note` is the reason of a crew that leaves while its unit has an order."""

    kind: ClassVar[str] = "unit.signed_off"
    crew: tuple[CrewMember, ...]
    vehicle: str | None
    equipment: tuple[str, ...]
    shift: ShiftTimes | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class UnitStatusProposed(UnitFact):
    kind: ClassVar[str] = "unit.status_proposed"
    proposal: Proposal | None


@dataclass(frozen=True, kw_only=True)
class UnitProposalRejected(UnitFact):
    """`note` is the status that was refused."""

    kind: ClassVar[str] = "unit.proposal_rejected"
    proposal: Proposal | None
    note: str


@dataclass(frozen=True, kw_only=True)
class UnitDisagreementFlagged(UnitFact):
    kind: ClassVar[str] = "unit.disagreement_flagged"
    disagreement: Disagreement | None


@dataclass(frozen=True, kw_only=True)
class UnitDisagreementSettled(UnitFact):
    kind: ClassVar[str] = "unit.disagreement_settled"
    disagreement: Disagreement | None


@dataclass(frozen=True, kw_only=True)
class UnitWelfareChecked(UnitFact):
    """`note` is what the crew or the dispatcher added."""

    kind: ClassVar[str] = "unit.welfare_checked"
    welfare: Welfare | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class UnitWelfareSet(UnitFact):
    kind: ClassVar[str] = "unit.welfare_set"
    welfare: Welfare | None


@dataclass(frozen=True, kw_only=True)
class UnitWelfareOverdue(UnitFact):
    kind: ClassVar[str] = "unit.welfare_overdue"
    welfare: Welfare | None
    waited_s: int


@dataclass(frozen=True, kw_only=True)
class UnitRestDue(UnitFact):
    kind: ClassVar[str] = "unit.rest_due"
    rest_due: bool
    waited_s: int


@dataclass(frozen=True, kw_only=True)
class UnitEmergencyDeclared(UnitFact):
    """`emergency_fix_at` is when the unit was there, by its device; None when told just now."""

    kind: ClassVar[str] = "unit.emergency_declared"
    emergency: bool
    emergency_at: datetime | None
    emergency_location: Location | None
    emergency_fix_at: datetime | None
    emergency_acknowledged_by: str | None


@dataclass(frozen=True, kw_only=True)
class UnitEmergencyAcknowledged(UnitFact):
    kind: ClassVar[str] = "unit.emergency_acknowledged"
    emergency_acknowledged_by: str | None


@dataclass(frozen=True, kw_only=True)
class UnitEmergencyCleared(UnitFact):
    """`reason` is why it is over; the unit does not keep it."""

    kind: ClassVar[str] = "unit.emergency_cleared"
    emergency: bool
    emergency_at: datetime | None
    emergency_location: Location | None
    emergency_fix_at: datetime | None
    emergency_acknowledged_by: str | None
    reason: str
