"""Sending units: recommend, assign, release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import assigning, linking
from dispatch.domain.assigning import Order
from dispatch.domain.incident import Incident, require_open, require_version
from dispatch.domain.positions import Fix, age_s
from dispatch.domain.recommendation import (
    RUNNERS_UP_DEFAULT,
    USELESS_AFTER_S,
    Candidate,
    Recommendation,
    Travel,
)
from dispatch.domain.recommendation import recommend as ranked
from dispatch.domain.text import REASON_MAX, optional_text, required_text
from dispatch.domain.unit import Unit, not_available
from dispatch.ports import Origin, Work
from gis.geometry import Point
from gis.travel import straight_line
from ops_center.kernel.errors import Invalid, Unavailable
from ops_center.kernel.events import Author, Fact
from ops_center.kernel.ids import derived_id

UNITS_PER_ORDER_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignUnits:
    """Orders; `override_reason` says why others than the recommended ones were chosen."""

    id: UUID
    incident_id: UUID
    unit_ids: tuple[UUID, ...]
    override_reason: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseUnits:
    id: UUID
    incident_id: UUID
    unit_ids: tuple[UUID, ...]
    reason: str
    expected_version: int | None = None


async def recommend(
    work: Work, incident_id: UUID, *, now: datetime, limit: int = RUNNERS_UP_DEFAULT
) -> Recommendation:
    """Return who should go and why; reads only. `limit` is how many runners-up to name."""
    incident = await work.incidents.get(incident_id)
    units = await work.units.everyone()
    working = {a.unit_id for a in incident.active}
    wanted = set(incident.plan.capabilities)
    able = [u for u in units if u.can_be_dispatched and wanted.intersection(u.capabilities)]
    fixes = await work.positions.last_known({unit.id for unit in able})
    journeys = await _journeys(work, incident, able, fixes, now=now)
    return ranked(
        incident.plan,
        [
            Candidate(unit=unit, fix=fixes.get(unit.id), travel=journeys.get(unit.id))
            for unit in units
            if unit.id not in working
        ],
        now=now,
        already=[unit for unit in units if unit.id in working],
        limit=limit,
    )


async def assign_units(
    work: Work,
    command: AssignUnits,
    *,
    now: datetime,
    author: Author,
) -> Incident:
    """Send all of the units or none; Conflict names the unit that is not free and who has it."""
    ids = _ids(command.unit_ids)
    why = optional_text(command.override_reason, field="override_reason", limit=REASON_MAX)
    journeys = await _estimate(work, command.incident_id, ids, now=now)
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    require_open(incident)
    given = {assignment.id for assignment in incident.assignments}
    units = [
        unit for unit in await work.units.lock(ids) if _order_id(command.id, unit.id) not in given
    ]
    await _require_free(work, units)
    # Before they are told of their orders, the units' agencies must see the incident.
    incident, facts = linking.involve(incident, [unit.agency for unit in units])
    sent = []
    for unit in units:
        order = _order(command.id, unit.id, journeys.get(unit.id), why)
        change = assigning.assign(unit, incident, order, now=now)
        assert change.incident is not None, "an assigned unit has an incident"
        incident = change.incident
        sent.append(change.unit)
        facts.extend(change.facts)
    return await _keep(work, incident, sent, facts)


async def release_units(
    work: Work,
    command: ReleaseUnits,
    *,
    now: datetime,
    author: Author,
) -> Incident:
    """Call the units off; Conflict when one of them is not on this incident."""
    ids = _ids(command.unit_ids)
    reason = required_text(command.reason, field="reason", limit=REASON_MAX)
    [incident] = await work.incidents.lock([command.incident_id])
    require_version(incident, command.expected_version)
    freed: list[Unit] = []
    facts: list[Fact] = []
    for unit in await work.units.lock(ids):
        change = assigning.release(unit, incident, reason=reason, now=now)
        assert change.incident is not None, "a released unit had an incident"
        incident = change.incident
        freed.append(change.unit)
        facts.extend(change.facts)
    return await _keep(work, incident, freed, facts)


def _ids(unit_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    ids = tuple(dict.fromkeys(unit_ids))
    if not ids or len(ids) > UNITS_PER_ORDER_MAX:
        raise Invalid(f"Name 1 to {UNITS_PER_ORDER_MAX} units.", field="unit_ids")
    return ids


def _order_id(command_id: UUID, unit_id: UUID) -> UUID:
    """The same for the same command and unit: repeating the command gives no second order."""
    return derived_id("assignment", str(command_id), str(unit_id))


def _order(command_id: UUID, unit_id: UUID, journey: Travel | None, why: str | None) -> Order:
    return Order(
        id=_order_id(command_id, unit_id),
        eta_s=round(journey.duration_s, 1) if journey else None,
        distance_m=round(journey.distance_m, 1) if journey else None,
        override_reason=why,
    )


async def _keep(
    work: Work, incident: Incident, units: Sequence[Unit], facts: Sequence[Fact]
) -> Incident:
    if facts:
        await work.incidents.put(incident)
        for unit in units:
            await work.units.put(unit)
        work.record(*facts)
    return incident


async def _require_free(work: Work, units: Sequence[Unit]) -> None:
    for unit in units:
        if unit.can_be_dispatched:
            continue
        number = None
        if unit.assignment is not None:
            number = (await work.incidents.get(unit.assignment.incident_id)).number
        raise not_available(unit, incident_number=number)


async def _estimate(
    work: Work, incident_id: UUID, ids: Sequence[UUID], *, now: datetime
) -> Mapping[UUID, Travel]:
    """The journeys of the units, asked for before anything is locked."""
    incident = await work.incidents.get(incident_id)
    units = [unit for unit in [await work.units.find(one) for one in ids] if unit]
    fixes = await work.positions.last_known(set(ids))
    return await _journeys(work, incident, units, fixes, now=now)


async def _journeys(
    work: Work,
    incident: Incident,
    units: Sequence[Unit],
    fixes: Mapping[UUID, Fix],
    *,
    now: datetime,
) -> Mapping[UUID, Travel]:
    if incident.location is None:
        return {}
    origins = {
        unit.id: Origin(point=fixes[unit.id].point, profile=unit.profile)
        for unit in units
        if unit.id in fixes and age_s(fixes[unit.id], now=now) <= USELESS_AFTER_S
    }
    if not origins:
        return {}
    there = incident.location.point
    try:
        return await work.travel.to(there, origins)
    except Unavailable:
        # Routing down must not stop a dispatch: straight lines, and every answer says so.
        return {unit_id: _straight(origin.point, there) for unit_id, origin in origins.items()}


def _straight(start: Point, end: Point) -> Travel:
    line = straight_line(start, end)
    assert line.seconds is not None, "a straight line always has a length"
    assert line.metres is not None, "a straight line always has a length"
    return Travel(duration_s=line.seconds, distance_m=line.metres, estimated=True)
