"""Short hands for tests that act as operators, crews and machines do, each in one transaction."""

from typing import Any
from uuid import UUID

from dispatch.domain.fold import EMPTY, fold
from dispatch.domain.incident import Incident
from dispatch.domain.unit import Unit
from dispatch.services import alarms, assigning, call_taking, incidents, positions, units
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, T0, at, location

WHO = DISPATCHER


async def do(
    centre: Any, service: Any, command: Any, *, seconds: float = 1, who: Author = WHO
) -> Any:
    """One command in its own transaction."""
    async with centre.command() as work:
        return await service(work, command, now=at(seconds), author=who)


async def received(centre: Any, **fields: Any) -> call_taking.Received:
    values: dict[str, Any] = {"id": new_id(), "source": "phone"} | fields
    command = call_taking.ReceiveCall(**values)
    async with centre.command() as work:
        return await call_taking.receive_call(work, command, now=T0, author=WHO)


async def opened(centre: Any, kind: str = "disturbance", **fields: Any) -> Incident:
    values: dict[str, Any] = {"id": new_id(), "type": kind, "location": location()} | fields
    async with centre.command() as work:
        return await incidents.open_incident(
            work, incidents.OpenIncident(**values), now=T0, author=WHO
        )


async def registered(centre: Any, callsign: str = "L01", **fields: Any) -> Unit:
    values: dict[str, Any] = {
        "id": new_id(),
        "callsign": callsign,
        "agency": "POL",
        "kind": "patrol",
        "in_service": True,
    } | fields
    async with centre.command() as work:
        return await units.register_unit(work, units.RegisterUnit(**values), now=T0, author=WHO)


async def assigned(centre: Any, incident: Incident, *sent: Unit, seconds: float = 5) -> Incident:
    command = assigning.AssignUnits(
        id=new_id(), incident_id=incident.id, unit_ids=tuple(unit.id for unit in sent)
    )
    async with centre.command() as work:
        return await assigning.assign_units(work, command, now=at(seconds), author=WHO)


async def reported(centre: Any, unit: Unit, status: str, *, seconds: float, **fields: Any) -> Unit:
    command = units.ReportStatus(id=new_id(), unit_id=unit.id, status=status, **fields)
    async with centre.command() as work:
        return await units.report_status(work, command, now=at(seconds), author=WHO)


async def the_incident(centre: Any, identity: UUID) -> Incident:
    async with centre.command() as work:
        found: Incident = await work.incidents.get(identity)
    return found


async def kinds(centre: Any) -> list[str]:
    return [one.kind for one in await centre.journal()]


async def assert_picture_is_the_fold(centre: Any) -> None:
    picture = EMPTY
    for one in await centre.journal():
        data = one.data() if callable(one.data) else one.data
        picture = fold(picture, one.kind, one.subject, version=one.version, data=data)
    assert await centre.picture() == picture


async def raised(centre: Any, **fields: Any) -> Any:
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": "intrusion",
        "priority": 2,
        "agency": "POL",
        "detected_at": T0,
        "location": location(),
    } | fields
    async with centre.command() as work:
        return await alarms.raise_alarm(work, alarms.RaiseAlarm(**values), now=T0, author=WHO)


async def dismissed(centre: Any, alarm_id: str) -> None:
    async with centre.command() as work:
        command = alarms.DismissAlarm(
            id=new_id(), alarm_id=UUID(alarm_id), reason="pressed_by_mistake"
        )
        await alarms.dismiss_alarm(work, command, now=at(10), author=WHO)


async def moved(centre: Any, unit: Unit, *fixes: Any, seconds: float = 60) -> Any:
    batch = positions.UnitFixes(unit_id=unit.id, fixes=fixes)
    async with centre.command() as work:
        command = positions.ReportPositions(id=new_id(), batches=(batch,))
        return (await positions.report_positions(work, command, now=at(seconds)))[0]
