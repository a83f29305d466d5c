"""Rosters: shifts planned, crews signing on to units and off them."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from dispatch import duty
from dispatch.domain import shift as shifts
from dispatch.domain.shift import Shift
from dispatch.domain.unit import Unit
from dispatch.domain.wire import object_json
from dispatch.services import rosters
from dispatch.services.rosters import Person
from ops_center.api.deps import (
    Commands,
    Doing,
    NeededVersion,
    Reading,
    Services,
    problems,
    requires,
)
from ops_center.api.instants import Instant
from ops_center.api.sight import access_of, own_or_any, require_in_sight, seen_unit
from ops_center.api.unit_shapes import (
    CrewMemberIn,
    ShiftIn,
    ShiftOut,
    ShiftPatch,
    ShiftsOut,
    SignOffIn,
    SignOnIn,
    UnitOut,
)
from ops_center.auth import service as accounts
from ops_center.auth.model import CENTRE_AGENCY, Actor, Permission
from ops_center.kernel.errors import Invalid, NotFound

router = APIRouter(prefix="/shifts", tags=["units"])
of_units = APIRouter(prefix="/units", tags=["units"])

USUAL_SPAN: Final = timedelta(hours=24)
SPAN_MAX: Final = timedelta(days=62)
PAGE_DEFAULT: Final = 100
PAGE_MAX: Final = 500

Reader = Annotated[Actor, Depends(requires(Permission.UNITS_READ))]
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": ShiftOut}}
UNIT: dict[int | str, dict[str, Any]] = {200: {"model": UnitOut}}


@router.get("", responses={200: {"model": ShiftsOut}, **problems()})
async def list_shifts(
    reader: Reader,
    connection: Reading,
    services: Services,
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to")] = None,
    unit_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> JSONResponse:
    """Return the shifts that touch the span, a day before and after now by default, in order."""
    now = services.clock.now()
    begin, end = _span(since, until, now)
    rules = (await services.work(connection).rules.current()).statuses
    wanted = duty.Wanted(start=begin, end=end, unit_id=unit_id, limit=limit, cursor=cursor)
    access = access_of(reader)
    found = await duty.list_shifts(connection, wanted, agency=access.agency, unit=access.unit)
    items = [
        shifts.seen(one, callsign=callsign, late_after_s=rules.late_after_s, now=now)
        for one, callsign in found.items
    ]
    return JSONResponse({"items": items, "next_cursor": found.next_cursor})


def _span(
    since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    begin = since or (until or now) - USUAL_SPAN
    end = until or max(now, begin) + USUAL_SPAN
    if begin > end:
        raise Invalid("`from` lies after `to`.", field="from")
    if end - begin > SPAN_MAX:
        raise Invalid(f"Ask for at most {SPAN_MAX.days} days.", field="from")
    return begin, end


@router.post("", status_code=201, responses={201: {"model": ShiftOut}, **problems(404, 409)})
async def plan_shift(body: ShiftIn, commands: Commands) -> JSONResponse:
    """Plan a shift of a unit."""

    async def do(doing: Doing) -> Any:
        await seen_unit(doing, body.unit_id)
        command = rosters.PlanShift(
            id=doing.id,
            unit_id=body.unit_id,
            starts_at=body.starts_at,
            ends_at=body.ends_at,
            crew=_people(body.crew),
            vehicle=body.vehicle,
            station=body.station,
            cell=body.cell,
            note=body.note,
        )
        planned = await rosters.plan_shift(doing.work, command, now=doing.now, author=doing.author)
        return await _shape(doing, planned)

    return await commands.run(Permission.UNITS_WRITE, do, status=201)


@router.patch("/{shift_id}", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def change_shift(
    shift_id: UUID, body: ShiftPatch, commands: Commands, version: NeededVersion
) -> JSONResponse:
    """Change a shift that is not over."""

    async def do(doing: Doing) -> Any:
        await _seen_shift(doing, shift_id)
        command = rosters.ChangeShift(
            id=doing.id,
            shift_id=shift_id,
            expected_version=version,
            starts_at=body.starts_at,
            ends_at=body.ends_at,
            crew=None if body.crew is None else _people(body.crew),
            vehicle=body.vehicle,
            station=body.station,
            cell=body.cell,
            note=body.note,
        )
        after = await rosters.change_shift(doing.work, command, now=doing.now, author=doing.author)
        return await _shape(doing, after)

    return await commands.run(Permission.UNITS_WRITE, do)


@router.delete("/{shift_id}", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def cancel_shift(shift_id: UUID, commands: Commands, version: NeededVersion) -> JSONResponse:
    """Cancel a shift nobody is signed on to; it stays in the list as cancelled."""

    async def do(doing: Doing) -> Any:
        await _seen_shift(doing, shift_id)
        command = rosters.CancelShift(id=doing.id, shift_id=shift_id, expected_version=version)
        after = await rosters.cancel_shift(doing.work, command, now=doing.now, author=doing.author)
        return await _shape(doing, after)

    return await commands.run(Permission.UNITS_WRITE, do)


@of_units.post("/{unit_id}/sign-on", responses={**UNIT, **problems(404, 409)})
async def sign_on(unit_id: UUID, body: SignOnIn, commands: Commands) -> JSONResponse:
    """Put a crew on a unit and its vehicle; accounts in it report for the unit from now on."""

    async def do(doing: Doing) -> Any:
        await _may_sign_on(doing, unit_id, body)
        before = await doing.work.units.get(unit_id)
        command = rosters.SignOn(
            id=doing.id,
            unit_id=unit_id,
            crew=_people(body.crew),
            vehicle=body.vehicle,
            station=body.station,
            cell=body.cell,
            equipment=tuple(body.equipment),
            shift_id=body.shift_id,
        )
        unit = await rosters.sign_on(doing.work, command, now=doing.now, author=doing.author)
        await _move_accounts(doing, before, unit)
        return object_json(unit)

    return await commands.run_checked(do)


@of_units.post("/{unit_id}/sign-off", responses={**UNIT, **problems(404, 409)})
async def sign_off(
    unit_id: UUID, commands: Commands, body: SignOffIn | None = None
) -> JSONResponse:
    """Take the crew off; refused while the unit is on an order, unless a reason is given."""

    async def do(doing: Doing) -> Any:
        await own_or_any(doing, unit_id)
        before = await doing.work.units.get(unit_id)
        command = rosters.SignOff(
            id=doing.id, unit_id=unit_id, reason=body.reason if body else None
        )
        unit = await rosters.sign_off(doing.work, command, now=doing.now, author=doing.author)
        await _move_accounts(doing, before, unit)
        return object_json(unit)

    return await commands.run_checked(do)


async def _may_sign_on(doing: Doing, unit_id: UUID, body: SignOnIn) -> None:
    """A responder may sign on to a shift that names them; everybody else as for any report."""
    if body.shift_id is not None and doing.actor.may(Permission.UNITS_REPORT_OWN):
        planned = await doing.work.shifts.find(body.shift_id)
        named = {one.username for one in planned.crew} if planned else set()
        if planned and planned.unit_id == unit_id and doing.actor.username in named:
            return
    await own_or_any(doing, unit_id)


async def _move_accounts(doing: Doing, before: Unit, after: Unit) -> None:
    """Let the accounts of the crew report for the unit, and those that left it no longer."""
    had = {one.username for one in before.crew if one.username}
    has = {one.username for one in after.crew if one.username}
    for username in sorted(has - had):
        person = await accounts.set_crew(doing.tx, username, unit_id=after.id)
        if person.agency not in {after.agency, CENTRE_AGENCY}:
            raise NotFound(f"There is no user {username} in {after.agency}.")
    for username in sorted(had - has):
        await accounts.set_crew(doing.tx, username, unit_id=None)


async def _seen_shift(doing: Doing, shift_id: UUID) -> None:
    planned = await doing.work.shifts.find(shift_id)
    unit = await doing.work.units.get(planned.unit_id) if planned else None
    require_in_sight(doing.actor, unit.audience if unit else (), what="shift")


async def _shape(doing: Doing, shift: Shift) -> Any:
    rules = (await doing.work.rules.current()).statuses
    unit = await doing.work.units.get(shift.unit_id)
    return shifts.seen(
        shift, callsign=unit.callsign, late_after_s=rules.late_after_s, now=doing.now
    )


def _people(crew: list[CrewMemberIn]) -> tuple[Person, ...]:
    return tuple(Person(username=one.username, name=one.name, role=one.role) for one in crew)
