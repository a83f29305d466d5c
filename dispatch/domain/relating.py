"""Links between incidents: related ones, and one parent over its children, never in a circle."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from dispatch.domain.incident import Incident, step
from dispatch.domain.incident_facts import IncidentLinked, IncidentUnlinked
from dispatch.domain.incident_parts import IncidentLink, LinkKind
from ops_center.kernel.errors import Conflict, Invalid, StaleVersion
from ops_center.kernel.events import Fact

LINKS_MAX: Final = 100
DEPTH_MAX: Final = 20
_SEEN_FROM_THERE: Final = {
    LinkKind.RELATED: LinkKind.RELATED,
    LinkKind.PARENT: LinkKind.CHILD,
    LinkKind.CHILD: LinkKind.PARENT,
}


def parent_of(incident: Incident) -> UUID | None:
    """Return the incident that this one is part of."""
    found = (link.incident_id for link in incident.links if link.kind is LinkKind.PARENT)
    return next(found, None)


def relate(
    one: Incident, other: Incident, kind: LinkKind, *, above: Mapping[UUID, Incident]
) -> tuple[Incident, Incident, list[Fact]]:
    """Link both ways; `kind` is what the other is to this one.

    `above` holds the incidents over the one that becomes the parent, as they are now.
    """
    if one.id == other.id:
        raise Invalid("An incident cannot be linked to itself.", field="incident_id")
    if _known(one, other) is kind:
        return one, other, []
    for incident in (one, other):
        if len(incident.links) >= LINKS_MAX:
            raise Conflict(
                f"Incident {incident.number} has {LINKS_MAX} links. Remove one first.",
                code="too-many-links",
            )
    if kind is not LinkKind.RELATED:
        child, parent = (one, other) if kind is LinkKind.PARENT else (other, one)
        _require_no_circle(child, parent, above)
    here, there = _linked(one, other, kind), _linked(other, one, _SEEN_FROM_THERE[kind])
    return here, there, [_told(here, other), _told(there, one)]


def unrelate(one: Incident, other: Incident) -> tuple[Incident, Incident, list[Fact]]:
    """Remove the link of both; without one nothing changes."""
    if _known(one, other) is None:
        return one, other, []
    here, there = _without(one, other), _without(other, one)
    return here, there, [_untold(here, other), _untold(there, one)]


def _known(one: Incident, other: Incident) -> LinkKind | None:
    return next((link.kind for link in one.links if link.incident_id == other.id), None)


def _require_no_circle(child: Incident, parent: Incident, above: Mapping[UUID, Incident]) -> None:
    held = parent_of(child)
    if held not in (None, parent.id):
        raise Conflict(
            f"Incident {child.number} is part of another one already. Remove that link first.",
            code="has-parent",
            incident_id=str(child.id),
            parent_id=str(held),
        )
    step_up, passed = parent_of(parent), [parent.id]
    while step_up is not None:
        if step_up not in above or len(passed) >= DEPTH_MAX:
            raise StaleVersion("The links above changed meanwhile, or are too deep. Try again.")
        passed.append(step_up)
        step_up = parent_of(above[step_up])
    if child.id in passed:
        raise Conflict(
            f"Incident {parent.number} is itself part of {child.number}: that would be a circle.",
            code="link-circle",
            incident_id=str(child.id),
            parent_id=str(parent.id),
        )


def _linked(one: Incident, other: Incident, kind: LinkKind) -> Incident:
    link = IncidentLink(incident_id=other.id, number=other.number, kind=kind)
    kept = (held for held in one.links if held.incident_id != other.id)
    return step(one, links=(*kept, link))


def _without(one: Incident, other: Incident) -> Incident:
    return step(one, links=tuple(held for held in one.links if held.incident_id != other.id))


def _told(incident: Incident, other: Incident) -> IncidentLinked:
    return IncidentLinked(
        subject=incident.id,
        version=incident.version,
        incident=incident.id,
        audience=incident.audience,
        links=incident.links,
        other=other.id,
    )


def _untold(incident: Incident, other: Incident) -> IncidentUnlinked:
    return IncidentUnlinked(
        subject=incident.id,
        version=incident.version,
        incident=incident.id,
        audience=incident.audience,
        links=incident.links,
        other=other.id,
    )
