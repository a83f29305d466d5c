"""How far one sees: what lies outside a person's reach does not exist for them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import cast
from uuid import UUID

from dispatch import queries
from dispatch.domain.incident import Incident
from dispatch.domain.unit import Unit
from dispatch.ports import Incidents, Units, Work
from ops_center.api.covering import shown_place
from ops_center.api.deps import Doing
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.errors import Forbidden, NotFound


def access_of(actor: Actor) -> queries.Access:
    """Return whose view a query gives this person."""
    return queries.Access(agency=actor.access.agency, unit=actor.access.unit)


def require_whole_sight(actor: Actor) -> None:
    """Raise Forbidden for people of one agency or unit: this belongs to the whole centre."""
    if not actor.access.whole:
        raise Forbidden("Only the centre's own people work with this.")


def require_in_sight(actor: Actor, audience: Iterable[str], *, what: str) -> None:
    """Raise NotFound when what is asked for is told to others only."""
    if not actor.access.covers(frozenset(audience)):
        raise NotFound(f"There is no such {what}.")


async def require_units_in_sight(work: Work, actor: Actor, unit_ids: Iterable[UUID]) -> None:
    """Raise NotFound when one of the units is not there or belongs to others."""
    if actor.access.whole:
        return  # the service itself asks whether they are there
    for unit_id in unit_ids:
        require_in_sight(actor, (await work.units.get(unit_id)).audience, what="unit")


def within_sight(work: Work, actor: Actor, incident_id: UUID) -> Work:
    """Return the same work with only the units that this person may know of.

    Those that are at the incident already are told with it, whoever they belong to.
    """
    if actor.access.whole:
        return work
    return replace(
        work,
        units=cast("Units", _UnitsInSight(work.units, actor, incident_id)),
        fleet=work.fleet.within(agency=actor.access.agency, unit=actor.access.unit),
    )


def as_shown(work: Work, actor: Actor) -> Work:
    """Return the same work, to read only, with every incident where this person may know it is."""
    if actor.may(Permission.PROTECTED_READ):
        return work
    return replace(work, incidents=cast("Incidents", _IncidentsAsShown(work.incidents, actor)))


class _IncidentsAsShown:
    def __init__(self, incidents: Incidents, actor: Actor) -> None:
        self._incidents = incidents
        self._actor = actor

    async def get(self, identity: UUID, /) -> Incident:
        incident = await self._incidents.get(identity)
        return replace(incident, location=shown_place(self._actor, incident))

    def __getattr__(self, name: str) -> object:
        return getattr(self._incidents, name)


class _UnitsInSight:
    def __init__(self, units: Units, actor: Actor, incident_id: UUID) -> None:
        self._units = units
        self._actor = actor
        self._incident_id = incident_id

    async def everyone(self) -> list[Unit]:
        return [unit for unit in await self._units.everyone() if self._shows(unit)]

    def _shows(self, unit: Unit) -> bool:
        order = unit.assignment
        at_it = order is not None and order.incident_id == self._incident_id
        return at_it or self._actor.access.covers(frozenset(unit.audience))

    def __getattr__(self, name: str) -> object:
        return getattr(self._units, name)


async def seen_incident(work: Work, actor: Actor, incident_id: UUID) -> Incident:
    """Return the incident, or raise NotFound when it is not there or not in sight."""
    incident = await work.incidents.get(incident_id)
    require_in_sight(actor, incident.audience, what="incident")
    return incident


async def seen_unit(doing: Doing, unit_id: UUID) -> Unit:
    """Return the unit, or raise NotFound when it is not there or not in sight."""
    unit = await doing.work.units.get(unit_id)
    require_in_sight(doing.actor, unit.audience, what="unit")
    return unit


async def own_or_any(doing: Doing, unit_id: UUID) -> None:
    """Raise unless it is the person's own unit, or the person may report for any in sight."""
    if doing.actor.unit_id == unit_id and doing.actor.may(Permission.UNITS_REPORT_OWN):
        return
    if doing.actor.may(Permission.UNITS_REPORT_ANY):
        await seen_unit(doing, unit_id)
        return
    # Who has just signed on is in the crew before the session knows of it.
    unit = await doing.work.units.find(unit_id)
    crew = {one.username for one in unit.crew} if unit else set()
    if doing.actor.username not in crew or not doing.actor.may(Permission.UNITS_REPORT_OWN):
        raise Forbidden("You may report for your own unit only.")
