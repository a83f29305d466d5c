"""Crews: who signs on to which unit and vehicle, who leaves, and who cannot be in two places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.codes import Activity
from dispatch.domain.rules.unit_statuses import WelfareRules
from dispatch.domain.status_report import welfare_from
from dispatch.domain.text import required_text
from dispatch.domain.unit import AVAILABILITY_OF, Unit, state_of, step
from dispatch.domain.unit_change import Change
from dispatch.domain.unit_facts import UnitSignedOff, UnitSignedOn
from dispatch.domain.unit_parts import CrewMember, ShiftTimes, StatusSource
from ops_center.kernel.errors import Conflict, Invalid

CREW_MAX: Final = 20
NAME_MAX: Final = 64
USERNAME_MAX: Final = 64
EQUIPMENT_MAX: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOn:
    """A crew as it signs on: people, what they drive and carry, and the shift it is for."""

    crew: tuple[CrewMember, ...]
    vehicle: str | None
    station: str | None
    cell: str | None
    equipment: tuple[str, ...]
    shift: ShiftTimes | None


def crew_member(*, username: str | None, name: str | None, role: str | None) -> CrewMember:
    """Return a member of a crew, or Invalid when neither account nor name says who it is."""
    who = required_text(name or username, field="crew.name", limit=NAME_MAX)
    return CrewMember(
        username=required_text(username, field="crew.username", limit=USERNAME_MAX)
        if username
        else None,
        name=who,
        role=required_text(role or "crew", field="crew.role", limit=NAME_MAX),
    )


def check_crew(crew: Sequence[CrewMember]) -> None:
    """Raise Invalid for an empty or too large crew, or one that names somebody twice."""
    if not 1 <= len(crew) <= CREW_MAX:
        raise Invalid(f"A crew has 1 to {CREW_MAX} people.", field="crew")
    if len({_person("", one) for one in crew}) != len(crew):
        raise Invalid("Somebody stands in this crew twice. Name each once.", field="crew")


def holders_of(unit: Unit) -> frozenset[str]:
    """Return the keys of the persons and the vehicle that this unit holds and no other may."""
    people = {_person(unit.agency, one) for one in unit.crew}
    if unit.vehicle:
        people.add(f"vehicle:{unit.agency}:{unit.vehicle.casefold()}")
    return frozenset(people)


def _person(agency: str, member: CrewMember) -> str:
    """The key of a person: the account, else the name within the agency."""
    if member.username:
        return f"user:{member.username}"
    return f"person:{agency}:{member.name.casefold()}"


def seated_elsewhere(holder: str, *, callsign: str, unit_id: UUID) -> Conflict:
    """Return the refusal of a crew of which somebody, or the car, is with another unit."""
    kind, _, rest = holder.partition(":")
    who = rest.partition(":")[2] if kind != "user" else rest
    what = f"The vehicle {who}" if kind == "vehicle" else who
    return Conflict(
        f"{what} is signed on to {callsign}. Sign off there first.",
        code="vehicle-signed-on-elsewhere" if kind == "vehicle" else "signed-on-elsewhere",
        holder=who,
        unit_id=str(unit_id),
        callsign=callsign,
    )


def sign_on(unit: Unit, signing: SigningOn, *, welfare: WelfareRules, now: datetime) -> Change:
    """Put the crew on the unit; one that was off duty comes into service.

    A crew that is on already is relieved: the new one stands in its place.
    """
    check_crew(signing.crew)
    wakes = unit.activity is Activity.OFF_DUTY
    activity = Activity.IN_SERVICE if wakes else unit.activity
    fresh: dict[str, object] = {}
    if wakes:
        fresh = {
            "activity": activity,
            "availability": AVAILABILITY_OF[activity],
            "status": activity.value,
            "status_at": max(now, unit.status_at),
            "status_source": StatusSource.SAID,
            "reason": None,
            "welfare": welfare_from(welfare, activity, None, at=now),
        }
    manned = step(
        unit,
        crew=signing.crew,
        vehicle=signing.vehicle,
        station=signing.station or unit.station,
        cell=signing.cell or unit.cell,
        equipment=signing.equipment,
        shift=signing.shift,
        busy_since=None if unit.assignment is None else unit.busy_since,
        rest_due=False,
        **fresh,
    )
    fact = UnitSignedOn(
        subject=manned.id,
        version=manned.version,
        audience=manned.audience,
        crew=manned.crew,
        vehicle=manned.vehicle,
        station=manned.station,
        cell=manned.cell,
        equipment=manned.equipment,
        shift=manned.shift,
        **state_of(manned),
    )
    return Change(unit=manned, incident=None, facts=(fact,))


def sign_off(unit: Unit, *, note: str | None, now: datetime) -> Change:
    """Take the crew off the unit, which goes off duty unless it is on an order.

    Conflict while it is on an order and nobody says why the crew leaves all the same; with a
    reason it stays on the order, without a crew, until another signs on.
    """
    if unit.assignment is not None and note is None:
        raise Conflict(
            f"{unit.callsign} is on an incident. Clear it first, or say why its crew leaves now.",
            code="unit-still-assigned",
            unit_id=str(unit.id),
            incident_id=str(unit.assignment.incident_id),
        )
    fresh: dict[str, object] = {}
    if unit.assignment is None:
        fresh = {
            "activity": Activity.OFF_DUTY,
            "availability": AVAILABILITY_OF[Activity.OFF_DUTY],
            "status": Activity.OFF_DUTY.value,
            "status_at": max(now, unit.status_at),
            "status_source": StatusSource.SAID,
            "reason": None,
            "out_reason": None,
            "welfare": None,
            "proposal": None,
            "disagreement": None,
        }
    empty = step(
        unit,
        crew=(),
        vehicle=None,
        equipment=(),
        shift=None,
        busy_since=None,
        rest_due=False,
        **fresh,
    )
    fact = UnitSignedOff(
        subject=empty.id,
        version=empty.version,
        incident=unit.assignment.incident_id if unit.assignment else None,
        audience=empty.audience,
        crew=empty.crew,
        vehicle=empty.vehicle,
        equipment=empty.equipment,
        shift=empty.shift,
        note=note,
        **state_of(empty),
    )
    return Change(unit=empty, incident=None, facts=(fact,))
