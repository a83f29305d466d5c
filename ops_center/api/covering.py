"""Protected incidents at the HTTP edge: masked for those who need not know, and looks written down.

Nobody is refused an incident because it is protected: they are shown that it is there.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from dispatch.domain.call import Call
from dispatch.domain.incident import Incident
from dispatch.domain.masking import coarse_place, masked, masked_data, masked_unit
from dispatch.domain.wire import JsonObject, object_json
from dispatch.repository.protection import (
    incidents_of_calls,
    protected_among,
    protected_premises_among,
)
from dispatch.services.incident_life import viewed
from gis.geometry import Location
from ops_center.api.services import ApiServices
from ops_center.auth.model import Actor, Permission
from ops_center.kernel import idempotency, transaction
from ops_center.kernel.database import Connection
from ops_center.kernel.errors import Forbidden
from ops_center.kernel.events import Entry
from ops_center.kernel.ids import new_id
from ops_center.kernel.wire import entry_fields

# The same person looking again within this time is one look.
VIEW_WINDOW_S: Final = 300


def knows(actor: Actor, incident: Incident) -> bool:
    """Whether the incident is shown to this person with all that is known of it."""
    if not incident.protected:
        return True
    return actor.knows({one.unit_id for one in incident.active})


def shown_incident(actor: Actor, incident: Incident) -> JsonObject:
    """Return the incident as this person is shown it."""
    shape = object_json(incident)
    return shape if knows(actor, incident) else masked(shape)


def shown_shape(actor: Actor, shape: Mapping[str, Any]) -> JsonObject:
    """The same from the incident's shape."""
    if not shape["protected"]:
        return dict(shape)
    at_it = {UUID(one["unit_id"]) for one in shape["assignments"] if one["released_at"] is None}
    return dict(shape) if actor.knows(at_it) else masked(shape)


def shown_place(actor: Actor, incident: Incident) -> Location | None:
    """Return where the incident is as this person may know it.

    Whatever is measured from it tells no more than it does.
    """
    if incident.location is None or knows(actor, incident):
        return incident.location
    return coarse_place(incident.location.point)


def require_known(actor: Actor, incident: Incident) -> None:
    """Raise Forbidden when the incident is protected and this person need not know."""
    if not knows(actor, incident):
        raise Forbidden(
            f"Incident {incident.number} is protected. Only those who work on it see its details; "
            "ask a supervisor if you need them.",
            code="protected",
        )


async def require_known_call(connection: Connection, actor: Actor, call: Call) -> None:
    """Raise Forbidden when the call belongs to a protected incident this person need not know."""
    if call.incident_id is None or actor.may(Permission.PROTECTED_READ):
        return
    if await _hidden(connection, actor, {call.incident_id}):
        raise Forbidden(
            f"Call {call.number} belongs to a protected incident. Only those who work on it see "
            "its details; ask a supervisor if you need them.",
            code="protected",
        )


async def shown_calls(
    connection: Connection, actor: Actor, calls: Sequence[Mapping[str, Any]]
) -> list[JsonObject]:
    """Return calls as this person is shown them: masked where their incident is."""
    if actor.may(Permission.PROTECTED_READ):
        return [dict(call) for call in calls]
    wanted = {UUID(call["incident_id"]) for call in calls if call["incident_id"]}
    hidden = await _hidden(connection, actor, wanted)
    return [
        masked(call) if call["incident_id"] and UUID(call["incident_id"]) in hidden else dict(call)
        for call in calls
    ]


async def shown_units(
    connection: Connection, actor: Actor, units: Sequence[Mapping[str, Any]]
) -> list[JsonObject]:
    """Return units as this person is shown them: an order to a hidden incident without words."""
    if actor.may(Permission.PROTECTED_READ):
        return [dict(unit) for unit in units]
    at = {one["id"]: UUID(one["assignment"]["incident_id"]) for one in units if one["assignment"]}
    hidden = await _hidden(connection, actor, set(at.values()))
    return [masked_unit(one) if at.get(one["id"]) in hidden else dict(one) for one in units]


async def hidden_calls(
    connection: Connection, actor: Actor, call_ids: Collection[UUID]
) -> set[UUID]:
    """Return those of the calls whose protected incident this person need not know."""
    if actor.may(Permission.PROTECTED_READ):
        return set()
    incident_of = await incidents_of_calls(connection, call_ids)
    hidden = await _hidden(connection, actor, set(incident_of.values()))
    return {call for call, incident in incident_of.items() if incident in hidden}


async def shown_entries(
    connection: Connection, actor: Actor, entries: Sequence[Entry]
) -> list[dict[str, Any]]:
    """Return those entries that this person may see, masked where they tell of protected things.

    What counts is whether it is protected now, not when the entry was written.
    """
    seen = [entry for entry in entries if actor.sees(entry.kind, entry.audience)]
    if actor.may(Permission.PROTECTED_READ):
        return [entry_fields(entry) for entry in seen]
    calls = {entry.subject for entry in seen if entry.subject_type == "call"}
    incident_of = await incidents_of_calls(connection, calls)
    wanted = {*incident_of.values(), *(one.incident for one in seen if one.incident)}
    hidden = await _hidden(connection, actor, wanted)
    noted = {entry.subject for entry in seen if entry.subject_type == "premise"}
    secret = await protected_premises_among(connection, noted)

    def shown(entry: Entry) -> dict[str, Any]:
        fields = entry_fields(entry)
        about = {entry.incident, incident_of.get(entry.subject)}
        covered = entry.subject in secret or about & hidden
        return {**fields, "data": masked_data(entry.kind, entry.data)} if covered else fields

    return [shown(entry) for entry in seen]


async def entries_page(
    connection: Connection, entries: list[Entry], actor: Actor, limit: int
) -> dict[str, Any]:
    """Return a page of entries as this person is shown them, with the cursor of the next."""
    more = len(entries) == limit
    return {
        "items": await shown_entries(connection, actor, entries),
        "next_cursor": str(entries[-1].seq) if more else None,
    }


async def write_down_view(services: ApiServices, viewer: Actor, incident: Incident) -> None:
    """Journal that this person looked at a protected incident, once per VIEW_WINDOW_S.

    Call it with no connection held: requests that wait for their second one block all others.
    """
    if not incident.protected or not knows(viewer, incident):
        return
    now = services.clock.now()
    key = f"viewed:{incident.id}:{int(now.timestamp() // VIEW_WINDOW_S)}"
    async with transaction.begin(
        services.database, author=viewer.author, cause=new_id(), clock=services.clock
    ) as tx:
        known = await idempotency.claim(
            tx.connection, author_id=viewer.id, key=key, digest=key[:64], now=now
        )
        if known is None:
            viewed(services.work(tx.connection, tx.record), incident, viewer=viewer.username)
            await tx.commit()


async def _hidden(connection: Connection, actor: Actor, incidents: set[UUID]) -> set[UUID]:
    found = await protected_among(connection, incidents)
    return {identity for identity, units in found.items() if not actor.knows(units)}
