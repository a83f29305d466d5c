"""Who patrolled where: kilometres and time of units in each patrol cell (cuadrante)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import numpy as np
from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from dispatch import queries, tracks
from dispatch.domain.patrolling import OUTSIDE, Block, Tally, in_all, in_cell
from dispatch.domain.wire import JsonObject
from gis.repository.cells import PatrolCells, patrol_cells
from ops_center.api.deps import Services, problems, requires
from ops_center.api.instants import Instant
from ops_center.api.movements import write_down
from ops_center.api.sight import access_of
from ops_center.api.unit_shapes import BeatsOut, PatrolOut
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.clock import wire_time
from ops_center.kernel.database import Connection
from ops_center.kernel.errors import Invalid, TooMany

router = APIRouter(prefix="/patrol", tags=["units"])
of_units = APIRouter(prefix="/units", tags=["units"])

USUAL_SPAN: Final = timedelta(hours=8)
SPAN_OF_ONE_MAX: Final = timedelta(days=31)
SPAN_OF_ALL_MAX: Final = timedelta(days=7)
# Going through everybody's positions is work: so many at a time in this process.
AT_ONCE: Final = 2
RETRY_AFTER_S: Final = 10
_going_on = asyncio.Semaphore(AT_ONCE)

Reader = Annotated[Actor, Depends(requires(Permission.HISTORY_READ))]
Since = Annotated[Instant | None, Query(alias="from")]
Until = Annotated[Instant | None, Query(alias="to")]


@of_units.get("/{unit_id}/beats", responses={200: {"model": BeatsOut}, **problems(404)})
async def beats(
    unit_id: UUID,
    reader: Reader,
    services: Services,
    since: Since = None,
    until: Until = None,
) -> JSONResponse:
    """Return a unit's kilometres and time per patrol cell; who asks is written down."""
    span = _span(since, until, services.clock.now(), longest=SPAN_OF_ONE_MAX)
    async with services.database.reading() as connection:
        unit = await queries.one_unit(connection, unit_id, access=access_of(reader))
        [found] = await _beats(connection, [unit], span)
    known = (unit_id, str(unit["callsign"]), str(unit["agency"]))
    await write_down(services, reader, known, span, view="beats")
    return JSONResponse(found)


@router.get("", responses={200: {"model": PatrolOut}, **problems()})
async def patrol(
    reader: Reader,
    services: Services,
    since: Since = None,
    until: Until = None,
) -> JSONResponse:
    """Return the same of every unit in sight, by callsign."""
    span = _span(since, until, services.clock.now(), longest=SPAN_OF_ALL_MAX)
    if _going_on.locked():
        raise TooMany(
            "Somebody else goes through all positions now. Ask again in a moment.",
            retry_after_s=RETRY_AFTER_S,
        )
    async with _going_on:
        await write_down(services, reader, None, span, view="patrol")
        async with services.database.reading() as connection:
            listing = await queries.list_units(connection, access=access_of(reader))
            items = await _beats(connection, listing.items, span)
    start, end = (wire_time(one) for one in span)
    return JSONResponse({"start": start, "end": end, "items": items, "next_cursor": None})


def _span(
    since: datetime | None, until: datetime | None, now: datetime, *, longest: timedelta
) -> tuple[datetime, datetime]:
    end = until or now
    begin = since or end - USUAL_SPAN
    if begin > end:
        raise Invalid("`from` lies after `to`.", field="from")
    if end - begin > longest:
        raise Invalid(f"Ask for at most {longest.days} days.", field="from")
    return begin, end


@dataclass(frozen=True, slots=True)
class _Patrolled:
    """A unit, the cells of its agency, what it did in them, and where it was on scene."""

    unit: JsonObject
    cells: PatrolCells
    tally: Tally
    scenes: Sequence[tuple[float, float]]


async def _beats(
    connection: Connection, units: Sequence[JsonObject], span: tuple[datetime, datetime]
) -> list[dict[str, Any]]:
    agencies = sorted({str(unit["agency"]) for unit in units})
    cells = {agency: await patrol_cells(connection, agency) for agency in agencies}
    ids = [UUID(str(unit["id"])) for unit in units]
    of_unit = {one: cells[str(unit["agency"])] for one, unit in zip(ids, units, strict=True)}
    tallies = {one: Tally(len(of_unit[one])) for one in ids}
    async for day in tracks.days_of(connection, ids, *span):
        await asyncio.to_thread(_add, tallies[day.unit_id], of_unit[day.unit_id], day)
    scenes: dict[UUID, list[tuple[float, float]]] = {one: [] for one in ids}
    for unit_id, lon, lat in await tracks.scenes_of(connection, ids, *span):
        scenes[unit_id].append((lon, lat))
    return [
        _shape(_Patrolled(unit, of_unit[one], tallies[one], scenes[one]))
        for one, unit in zip(ids, units, strict=True)
    ]


def _add(tally: Tally, cells: PatrolCells, day: tracks.UnitDay) -> None:
    tally.add(Block(day.at_s, day.lon, day.lat, cells.of(day.lon, day.lat)))


def _shape(done: _Patrolled) -> dict[str, Any]:
    own = done.unit["cell"]
    number = done.cells.numbered(str(own)) if own else None
    tally = done.tally
    return {
        "unit_id": done.unit["id"],
        "callsign": done.unit["callsign"],
        "agency": done.unit["agency"],
        "cell": own,
        "cells": _cells(done, number),
        "outside": in_cell(tally, OUTSIDE).shape,
        "outside_assigned": None if number is None else in_all(tally, but=number).shape,
        "total": in_all(tally).shape,
        "gaps": {"count": tally.gaps, "seconds": round(tally.gap_s)},
        "jumps": tally.jumps,
        "positions": tally.positions,
    }


def _cells(done: _Patrolled, own: int | None) -> list[dict[str, Any]]:
    """Cells the unit was in, or should have been in, or had an incident in."""
    at = np.asarray(done.scenes, dtype=np.float64).reshape(-1, 2)
    worked = done.cells.of(at[:, 0], at[:, 1])
    rows = []
    for number, zone in enumerate(done.cells.zones):
        incidents = int((worked == number).sum())
        if number != own and not incidents and not done.tally.seconds[number]:
            continue
        rows.append(
            {
                "zone_id": str(zone.id),
                "code": zone.code,
                "zone": zone.name,
                **in_cell(done.tally, number).shape,
                "incidents": incidents,
                "assigned": number == own,
            }
        )
    return rows
