"""Shifts, seats and movements in memory, held to PostgreSQL by the contract suite."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.domain.codes import Activity
from dispatch.domain.crewing import holders_of, seated_elsewhere
from dispatch.domain.incident import Incident
from dispatch.domain.physics import UNCERTAINTY_MAX_M, Sighting
from dispatch.domain.positions import Fix
from dispatch.domain.shift import Shift
from dispatch.domain.unit import ASSIGNED_ACTIVITIES, Unit
from ops_center.kernel.errors import NotFound, StaleVersion


class FakeShifts:
    def __init__(self) -> None:
        self.rows: dict[UUID, Shift] = {}

    async def find(self, identity: UUID, /) -> Shift | None:
        return self.rows.get(identity)

    async def lock(self, identity: UUID, /) -> Shift:
        if identity not in self.rows:
            raise NotFound(f"There is no shift {identity}.")
        return self.rows[identity]

    async def add(self, shift: Shift, /) -> None:
        self.rows[shift.id] = shift

    async def put(self, shift: Shift, /) -> None:
        if self.rows[shift.id].version >= shift.version:
            raise StaleVersion("Changed meanwhile.")
        self.rows[shift.id] = shift


def seats_of(units: Mapping[UUID, Unit], keys: Set[str]) -> dict[str, tuple[UUID, str]]:
    return {
        key: (unit.id, unit.callsign)
        for unit in units.values()
        for key in holders_of(unit)
        if key in keys
    }


def require_free_seats(units: Mapping[UUID, Unit], value: Unit) -> None:
    """What the primary key of the table of seats holds."""
    others = {one: unit for one, unit in units.items() if one != value.id}
    for holder, (unit_id, callsign) in sorted(seats_of(others, holders_of(value)).items()):
        raise seated_elsewhere(holder, callsign=callsign, unit_id=unit_id)


class FakeMovements:
    """`units`, `incidents` and `positions` are the stores: a rollback replaces their rows."""

    def __init__(self, units: Any, incidents: Any, positions: Any) -> None:
        self._units, self._incidents, self._positions = units, incidents, positions

    async def sightings(
        self, moved_since: datetime | None, *, freed_since: datetime
    ) -> list[Sighting]:
        seen = [
            await self.sighting(one, freed_since=freed_since)
            for one in sorted(self._positions.rows)
        ]
        return [
            one
            for one in seen
            if one and (moved_since is None or one.fix.recorded_at > moved_since)
        ]

    async def sighting(self, unit_id: UUID, *, freed_since: datetime) -> Sighting | None:
        unit, fix = self._units.rows.get(unit_id), self._positions.rows.get(unit_id)
        if unit is None or fix is None:
            return None
        incident = self._latest(unit, freed_since)
        if incident is None:
            return None
        place = incident.location
        vague = place is not None and place.uncertainty_m > UNCERTAINTY_MAX_M
        return Sighting(unit=unit, fix=fix, incident_id=incident.id, place=None if vague else place)

    def _latest(self, unit: Unit, since: datetime) -> Incident | None:
        if unit.activity in ASSIGNED_ACTIVITIES and unit.assignment:
            found: Incident | None = self._incidents.rows.get(unit.assignment.incident_id)
            return found
        if unit.activity is not Activity.IN_SERVICE:
            return None
        left = [
            (order.released_at, incident)
            for incident in self._incidents.rows.values()
            for order in incident.assignments
            if order.unit_id == unit.id and order.released_at
        ]
        newest = max(left, key=lambda pair: pair[0], default=None)
        return newest[1] if newest and newest[0] > since else None

    async def track(self, unit_id: UUID, since: datetime, /) -> list[Fix]:
        kept = [
            fix
            for (one, at), fix in self._positions.history.items()
            if one == unit_id and at >= since
        ]
        return sorted(kept, key=lambda fix: fix.occurred_at)
