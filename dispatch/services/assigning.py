"""Sending units: assign, divert, release; others than the recommended ones only with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import assigning, linking
from dispatch.domain.assigning import Order
from dispatch.domain.cross_staffing import require_own_crews
from dispatch.domain.incident import Incident, require_due, require_open, require_version
from dispatch.domain.overriding import Kept, kept_of, require_reason
from dispatch.domain.recommending.diverting import diverted_reason, require_divertible
from dispatch.domain.recommending.model import Travel
from dispatch.domain.text import REASON_MAX, optional_text, required_text
from dispatch.domain.unit import Unit, not_available
from dispatch.ports import Work
from dispatch.services import cross_staffing, recommending
from ops_center.kernel.errors import Invalid
from ops_center.kernel.events import Author, Fact
from ops_center.kernel.ids import derived_id

UNITS_PER_ORDER_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignUnits:
    """Orders; `override_reason` says why others than the recommended ones were chosen.

    `divert` takes units from less urgent incidents that they are on their way to.
    """

    id: UUID
    incident_id: UUID
    unit_ids: tuple[UUID, ...]
    override_reason: str | None = None
    expected_version: int | None = None
    divert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What was looked up before anything was locked: journeys, and what was recommended."""

    journeys: Mapping[UUID, Travel]
    kept: Mapping[UUID, Kept]
    why: str | None
    by: str | None = None


@dataclass(slots=True)
class _Scene:
    """The incident, and those its units are taken from, as the command changes them."""

    incident: Incident
    others: dict[UUID, Incident]
    facts: list[Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseUnits:
    id: UUID
    incident_id: UUID
    unit_ids: tuple[UUID, ...]
    reason: str
    expected_version: int | None = None


async def assign_units(
    work: Work,
    command: AssignUnits,
    *,
    now: datetime,
    author: Author,
) -> Incident:
    """Send all of the units or none; Conflict names the unit that is not free and who has it.

    Others than the recommended ones need a reason: Invalid `override-reason-required` says who
    was recommended. The recommendation is worked out before anything is locked.
    """
    ids = _ids(command.unit_ids)
    prepared = replace(await _prepare(work, command, ids, now=now), by=author.name)
    scene = await _locked(work, command, ids)
    given = {assignment.id for assignment in scene.incident.assignments}
    locked = await work.units.lock(await cross_staffing.with_partners(work, ids))
    units = [
        unit for unit in locked if unit.id in ids and _order_id(command.id, unit.id) not in given
    ]
    await _require_sendable(work, command, units, incident=scene.incident, others=scene.others)
    require_own_crews(units, locked)
    # Before they are told of their orders, the units' agencies must see the incident.
    scene.incident, facts = linking.involve(scene.incident, [unit.agency for unit in units])
    scene.facts.extend(facts)
    sent = [_send(scene, command, unit, prepared, now=now) for unit in units]
    for other in scene.others.values():
        await work.incidents.put(other)
    kept = await _keep(work, scene.incident, sent, scene.facts)
    await cross_staffing.hold_back(work, sent, now=now)
    return kept


async def _prepare(
    work: Work, command: AssignUnits, ids: Sequence[UUID], *, now: datetime
) -> _Prepared:
    """Look before locking: who is asked for, what is recommended, how long they take.

    Who is not free is said first, then that a reason is missing.
    """
    why = optional_text(command.override_reason, field="override_reason", limit=REASON_MAX)
    incident = await work.incidents.get(command.incident_id)
    require_version(incident, command.expected_version)
    require_open(incident)
    require_due(incident)
    given = {assignment.id for assignment in incident.assignments}
    units = [
        unit
        for unit in await work.fleet.named(set(ids))
        if _order_id(command.id, unit.id) not in given
    ]
    if not units:
        return _Prepared(journeys={}, kept={}, why=why)
    others = await _others(work, incident.id, units) if command.divert else {}
    await _require_sendable(work, command, units, incident=incident, others=others)
    wanted = [unit.id for unit in units]
    advice, judged, journeys = await recommending.judged(work, incident, wanted, now=now)
    require_reason(advice, judged, units, why)
    kept = {unit.id: kept_of(advice, judged, unit) for unit in units}
    return _Prepared(journeys=journeys, kept=kept, why=why)


async def _others(work: Work, own_id: UUID, units: Sequence[Unit]) -> dict[UUID, Incident]:
    """The other incidents that units work on, by id."""
    ids = {one.assignment.incident_id for one in units if one.assignment} - {own_id}
    return {one: await work.incidents.get(one) for one in sorted(ids)}


async def _locked(work: Work, command: AssignUnits, ids: Sequence[UUID]) -> _Scene:
    """Lock the incident and, for a diversion, those the units are on their way to."""
    wanted = [command.incident_id]
    if command.divert:
        units = await work.fleet.named(set(ids))
        wanted += list(await _others(work, command.incident_id, units))
    [incident, *others] = await work.incidents.lock(wanted)
    require_version(incident, command.expected_version)
    require_open(incident)
    require_due(incident)
    return _Scene(incident=incident, others={one.id: one for one in others}, facts=[])


async def _require_sendable(
    work: Work,
    command: AssignUnits,
    units: Sequence[Unit],
    *,
    incident: Incident,
    others: Mapping[UUID, Incident],
) -> None:
    """Raise Conflict for the first that is neither free nor, where that was asked, divertible."""
    for unit in units:
        if unit.can_be_dispatched:
            continue
        order = unit.assignment
        if command.divert and order is not None and order.incident_id in others:
            require_divertible(unit, incident, others[order.incident_id])
            continue
        number = (await work.incidents.get(order.incident_id)).number if order else None
        raise not_available(unit, incident_number=number)


def _send(
    scene: _Scene, command: AssignUnits, unit: Unit, prepared: _Prepared, *, now: datetime
) -> Unit:
    """Give the unit its order; from another incident it is released first, and both say so."""
    taken_from = None
    if unit.assignment is not None:
        other = scene.others[unit.assignment.incident_id]
        taken_from = other.number
        freed = assigning.release(unit, other, reason=diverted_reason(scene.incident), now=now)
        assert freed.incident is not None, "a released unit had an incident"
        scene.others[other.id] = freed.incident
        scene.facts.extend(freed.facts)
        unit = freed.unit
    order = _order(command.id, unit.id, prepared, taken_from)
    change = assigning.assign(unit, scene.incident, order, now=now)
    assert change.incident is not None, "an assigned unit has an incident"
    scene.incident = change.incident
    scene.facts.extend(change.facts)
    return change.unit


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
    for unit in await work.units.lock(await cross_staffing.with_partners(work, ids)):
        if unit.id not in ids:
            continue
        change = assigning.release(unit, incident, reason=reason, now=now)
        assert change.incident is not None, "a released unit had an incident"
        incident = change.incident
        freed.append(change.unit)
        facts.extend(change.facts)
    kept = await _keep(work, incident, freed, facts)
    await cross_staffing.give_back(work, freed, now=now)
    return kept


def _ids(unit_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    ids = tuple(dict.fromkeys(unit_ids))
    if not ids or len(ids) > UNITS_PER_ORDER_MAX:
        raise Invalid(f"Name 1 to {UNITS_PER_ORDER_MAX} units.", field="unit_ids")
    return ids


def _order_id(command_id: UUID, unit_id: UUID) -> UUID:
    """The same for the same command and unit: repeating the command gives no second order."""
    return derived_id("assignment", str(command_id), str(unit_id))


def _order(command_id: UUID, unit_id: UUID, prepared: _Prepared, taken_from: str | None) -> Order:
    journey, kept = prepared.journeys.get(unit_id), prepared.kept.get(unit_id)
    return Order(
        id=_order_id(command_id, unit_id),
        eta_s=round(journey.duration_s, 1) if journey else None,
        distance_m=round(journey.distance_m, 1) if journey else None,
        override_reason=prepared.why,
        role=kept.role if kept else None,
        recommended=kept.recommended if kept else None,
        best_eta_s=kept.best_eta_s if kept else None,
        diverted_from=taken_from,
        by=prepared.by,
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
