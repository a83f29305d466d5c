"""How far one sees: what lies outside a person's reach does not exist for them."""

from collections.abc import Iterable
from uuid import UUID

from dispatch import queries
from dispatch.domain.incident import Incident
from dispatch.ports import Work
from ops_center.auth.model import Actor
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


async def seen_incident(work: Work, actor: Actor, incident_id: UUID) -> Incident:
    """Return the incident, or raise NotFound when it is not there or not in sight."""
    incident = await work.incidents.get(incident_id)
    require_in_sight(actor, incident.audience, what="incident")
    return incident
