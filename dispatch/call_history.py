"""What is known around a call: earlier calls of its number, what happened at its place, whom to
ring back, and the calls and incidents that storms are looked for in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.call import IN_WORK, Call, CallState
from dispatch.domain.call_words import TOPIC_OF_TYPE, read_words
from dispatch.domain.incident import OVER
from dispatch.domain.premise import RADIUS_MAX_M, PremiseKind
from dispatch.domain.storms import CALLS_MAX, Heard, Known
from dispatch.domain.text import caller_digits
from dispatch.domain.triage import (
    NEARBY_M,
    PLACE_M,
    PLACE_WINDOW,
    REPEAT_WINDOW,
    AtPlace,
    Coded,
    Nearby,
    Repeat,
)
from dispatch.tables import premise, schema
from dispatch.tables.reading import everything, read_calls
from dispatch.tables.rows import location_in
from gis.geodesy import around, at_confidence
from gis.geometry import Location

CALLBACKS_MAX: Final = 200
EARLIER_MAX: Final = 20
NUMBER_WINDOW: Final = timedelta(days=365)
# A place known worse than this is looked around no farther.
UNSURE_MAX_M: Final = 300.0
STORM_INCIDENTS_MAX: Final = 200
STORM_WINDOW: Final = timedelta(hours=2)

Condition: TypeAlias = ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCall:
    """A call of the same number, and the incident it became part of."""

    call_id: UUID
    number: str
    received_at: datetime
    state: str
    disposition: str | None
    incident_id: UUID | None
    incident_number: str | None
    type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the person who asks may see, and which types are violent in the rules in force."""

    protected: bool
    violent: frozenset[str]


async def to_ring_back(connection: AsyncConnection) -> list[Call]:
    """Return abandoned calls and those to be rung again, the oldest first."""
    row = schema.call.columns
    wanted = or_(row.state == CallState.ABANDONED, row.rering)
    query = everything(schema.call).where(wanted).order_by(row.received_at, row.id)
    return await read_calls(connection, query.limit(CALLBACKS_MAX))


async def earlier_by_number(
    connection: AsyncConnection, call: Call, sight: Sight
) -> list[EarlierCall]:
    """Return calls of the same number before this one, the newest first."""
    digits = caller_digits(call.caller_number)
    if digits is None:
        return []
    row, incident = schema.call.columns, schema.incident.columns
    query = (
        select(
            row.id.label("call_id"),
            row.number,
            row.received_at,
            row.state,
            row.disposition,
            incident.id.label("incident_id"),
            incident.number.label("incident_number"),
            incident.type,
        )
        .select_from(
            schema.call.outerjoin(schema.incident, (incident.id == row.incident_id) & _seen(sight))
        )
        .where(
            row.caller_digits == digits,
            row.received_at.between(call.received_at - NUMBER_WINDOW, call.received_at),
            row.id != call.id,
        )
        .order_by(row.received_at.desc())
        .limit(EARLIER_MAX)
    )
    found = await connection.execute(query)
    return [EarlierCall(**one) for one in found.mappings()]


async def repeats(connection: AsyncConnection, call: Call) -> Repeat:
    """Return how often the number rang shortly before, and how its calls of a year ended."""
    window_s = int(REPEAT_WINDOW.total_seconds())
    digits = caller_digits(call.caller_number)
    if digits is None:
        return Repeat(count=0, window_s=window_s, dispositions=())
    row = schema.call.columns
    recent = row.received_at >= call.received_at - REPEAT_WINDOW
    counted = func.count().label("count")
    query = (
        select(row.disposition.label("code"), counted, func.count().filter(recent).label("recent"))
        .where(
            row.caller_digits == digits,
            row.received_at.between(call.received_at - NUMBER_WINDOW, call.received_at),
            row.id != call.id,
        )
        .group_by(row.disposition)
        .order_by(counted.desc(), row.disposition)
    )
    found = (await connection.execute(query)).mappings().all()
    return Repeat(
        count=sum(one["recent"] for one in found),
        window_s=window_s,
        dispositions=tuple(Coded(code=one["code"], count=one["count"]) for one in found),
    )


async def earlier_at_place(connection: AsyncConnection, call: Call, sight: Sight) -> list[AtPlace]:
    """Return what happened at the call's place within a year before it, the newest first."""
    if call.location is None:
        return []
    row = schema.incident.columns
    query = _incidents_near(call.location, PLACE_M).where(
        row.opened_at.between(call.received_at - PLACE_WINDOW, call.received_at),
        row.id.is_distinct_from(call.incident_id),
        _seen(sight),
    )
    found = await connection.execute(query.order_by(row.opened_at.desc()).limit(EARLIER_MAX))
    return [
        AtPlace(
            incident_id=one["id"],
            number=one["number"],
            type=one["type"],
            opened_at=one["opened_at"],
            distance_m=round(one["distance_m"], 1),
            violence=one["type"] in sight.violent,
        )
        for one in found.mappings()
    ]


async def open_nearby(connection: AsyncConnection, call: Call, sight: Sight) -> list[Nearby]:
    """Return open incidents near the call's place, the nearest first."""
    if call.location is None:
        return []
    row = schema.incident.columns
    query = _incidents_near(call.location, NEARBY_M).where(
        _is_open(), row.id.is_distinct_from(call.incident_id), _seen(sight)
    )
    found = await connection.execute(query.order_by("distance_m").limit(EARLIER_MAX))
    return [
        Nearby(
            incident_id=one["id"],
            number=one["number"],
            type=one["type"],
            distance_m=round(one["distance_m"], 1),
            violence=one["type"] in sight.violent,
        )
        for one in found.mappings()
    ]


async def violence_notes(connection: AsyncConnection, call: Call, *, now: datetime) -> int:
    """Return how many notes in force speak of violence or weapons at the call's place."""
    if call.location is None:
        return 0
    row = premise.columns
    unsure_m = _unsure_m(call.location)
    # A note's own reach widens the box: the index is asked for the widest there is.
    query = select(func.count()).where(
        row.place.op("&&")(_box(call.location, RADIUS_MAX_M + unsure_m)),
        row.removed_at.is_(None),
        or_(row.valid_until.is_(None), row.valid_until > now),
        row.kind.in_([PremiseKind.VIOLENCE.value, PremiseKind.WEAPONS.value]),
        _metres_to(row.place, call.location) <= row.radius_m + unsure_m,
    )
    return int((await connection.execute(query)).scalar_one())


async def unlinked(connection: AsyncConnection, *, now: datetime) -> list[Call]:
    """Return calls in work and in no incident, the newest CALLS_MAX of STORM_WINDOW."""
    row = schema.call.columns
    query = everything(schema.call).where(
        row.state.in_([state.value for state in IN_WORK]), row.received_at >= now - STORM_WINDOW
    )
    newest = query.order_by(row.received_at.desc(), row.id.desc()).limit(CALLS_MAX)
    return await read_calls(connection, newest)


def heard_of(call: Call) -> Heard:
    """Return the call as storms look at it: an interview's type says more than words."""
    words = read_words(call.narrative)
    said = call.interview.type if call.interview else None
    return Heard(
        id=call.id,
        received_at=call.received_at,
        location=call.location,
        words=words,
        about=read_words(call.address_text).tokens | read_words(call.address).tokens,
        topic=TOPIC_OF_TYPE.get(said, said) if said else words.topic,
        type=said,
    )


async def known_incidents(connection: AsyncConnection, *, now: datetime) -> list[Known]:
    """Return open incidents that calls may be about, the newest first."""
    row = schema.incident.columns
    query = (
        select(*_PLACED, row.id, row.opened_at, row.type)
        .where(_is_open(), row.opened_at >= now - STORM_WINDOW, row.lon.is_not(None))
        .order_by(row.opened_at.desc())
        .limit(STORM_INCIDENTS_MAX)
    )
    found = (await connection.execute(query)).mappings().all()
    return [
        Known(
            id=one["id"],
            opened_at=one["opened_at"],
            location=location_in(one),
            type=one["type"],
            topic=TOPIC_OF_TYPE.get(one["type"], one["type"]),
        )
        for one in found
    ]


_PLACED: Final = tuple(
    schema.incident.columns[name] for name in ("lon", "lat", "uncertainty_m", "confidence")
)


def _incidents_near(location: Location, radius_m: float) -> Select[Any]:
    row = schema.incident.columns
    reach_m = radius_m + _unsure_m(location)
    metres = _metres_to(row.place, location)
    return select(row.id, row.number, row.type, row.opened_at, metres.label("distance_m")).where(
        row.place.op("&&")(_box(location, reach_m)), metres <= reach_m
    )


def _metres_to(place: ColumnElement[Any], location: Location) -> ColumnElement[float]:
    point = func.ST_SetSRID(
        func.ST_MakePoint(location.point.lon, location.point.lat), schema.WGS84_SRID
    )
    return func.ST_DistanceSphere(place, point)


def _box(location: Location, radius_m: float) -> ColumnElement[Any]:
    box = around(location.point, radius_m=radius_m)
    return func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, schema.WGS84_SRID)


def _unsure_m(location: Location) -> float:
    return min(at_confidence(location).uncertainty_m, UNSURE_MAX_M)


def _is_open() -> Condition:
    return schema.incident.columns.status.not_in([status.value for status in OVER])


def _seen(sight: Sight) -> Condition:
    """Protected incidents are not even counted for those who may not know of them."""
    return true() if sight.protected else ~schema.incident.columns.protected
