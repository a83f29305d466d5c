"""Writes a year of a city's work straight into the tables, so that what follows meets a full house.

The counts are Asunción's: 900,000 calls a year of which a third are real, 300,000 incidents, and
the positions of 500 units for as long as positions are kept. Nothing here is anybody's data.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from gis.geometry import Extent

DAYS: Final = 365
ENTRIES_OF_CALL: Final = 3
ENTRIES_OF_INCIDENT: Final = 5
POSITION_DAYS: Final = 30
FIX_EVERY_MIN: Final = 5
# No two years' calls ring from fewer numbers than this; some ring every day.
NUMBERS: Final = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many rows of each to write."""

    calls: int = 900_000
    incidents: int = 300_000
    units: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How many rows a table holds, and its size with indexes in MB."""

    rows: int
    megabytes: float


BIG: Final = ("call", "incident", "assignment", "journal", "unit_position_history")
# What the steps are given, in a table of one row that goes with the transaction.
_GIVEN: Final = """
create temporary table given on commit drop as
select cast(:west as float8) as west, cast(:east as float8) as east,
    cast(:south as float8) as south, cast(:north as float8) as north,
    cast(:calls as int) as calls, cast(:incidents as int) as incidents,
    cast(:units as int) as units, cast(:numbers as int) as numbers,
    make_interval(days => cast(:days as int)) as span,
    make_interval(days => cast(:position_days as int)) as positions_span,
    make_interval(mins => cast(:fix_every_min as int)) as fix_every,
    cast(:of_call as int) as of_call, cast(:of_incident as int) as of_incident,
    (select coalesce(max(seq), 0) from journal) as head
"""
_INCIDENTS: Final = """
insert into incident (id, number, version, status, type, priority, lon, lat, uncertainty_m,
    confidence, zones, plan, agencies, call_ids, alarm_ids, disposition, opened_at, closed_at,
    overdue)
select md5('incident' || n)::uuid, 'Y-' || n, 6, 'closed',
    (array['noise', 'family_violence', 'disturbance', 'traffic_accident', 'robbery', 'injury',
        'sick_person', 'structure_fire'])[1 + floor(power(random(), 2) * 8)::int],
    1 + floor(random() * 4)::int, west + random() * (east - west),
    south + random() * (north - south), 20, 0.95, '[]'::jsonb, '{"requirements": []}'::jsonb,
    array['POL'], array[md5('call' || n * 3)::uuid], array[]::uuid[], 'resolved',
    at, at + interval '40 minutes', false
from (
    select n, given.*, now() - span + (n - 0.5) / incidents * span
        + (random() - 0.5) * interval '1 hour' - interval '2 hours' as at
    from given cross join generate_series(1, incidents) n
) drawn
"""
_CALLS: Final = """
insert into call (id, number, version, state, source, caller_number, lon, lat, uncertainty_m,
    confidence, zones, incident_id, taken_by, disposition, received_at, occurred_at, overdue)
select md5('call' || n)::uuid, 'Y-' || n, 3,
    case when real then 'linked' else 'closed' end, 'phone',
    '0981 ' || lpad(floor(power(random(), 3) * numbers)::int::text, 6, '0'),
    west + random() * (east - west), south + random() * (north - south), 50, 0.95,
    '[]'::jsonb, case when real then md5('incident' || n / 3)::uuid end, 'bench',
    case when real then null
         else (array['silent', 'silent', 'silent', 'children', 'information', 'prank'])
            [1 + floor(random() * 6)::int] end,
    at, at, false
from (
    select n, given.*, n % 3 = 0 and n / 3 <= incidents as real,
        now() - span + (n - 0.5) / calls * span - interval '2 hours' as at
    from given cross join generate_series(1, calls) n
) drawn
"""
_ASSIGNMENTS: Final = """
insert into assignment (id, incident_id, unit_id, ordinal, callsign, assigned_at, acknowledged_at,
    en_route_at, on_scene_at, released_at, release_reason, overdue)
select md5('assignment' || n)::uuid, md5('incident' || n)::uuid, unit.id, 0, unit.callsign,
    sent, sent + interval '15 seconds', gone, there, there + random() * interval '30 minutes',
    'clear', false
from (
    select n, sent, gone, gone - ln(1 - random()) * interval '6 minutes' as there
    from (
        select n, sent, sent - ln(1 - random()) * interval '50 seconds' as gone
        from (
            select n, incident.opened_at - ln(1 - random()) * interval '70 seconds' as sent
            from given cross join generate_series(1, incidents) n
            join incident on incident.id = md5('incident' || n)::uuid
        ) opened
    ) turned_out
) arrived
join (select id, callsign, row_number() over (order by callsign) - 1 as place, count(*) over ()
      as of from unit) unit on unit.place = n % unit.of
"""
_JOURNAL: Final = """
insert into journal (seq, id, kind, subject_type, subject, version, incident, audience, author_id,
    author_name, cause, occurred_at, recorded_at, data)
select head + row_number() over (order by at, version), gen_random_uuid(), kind, subject_type,
    subject, version, incident, array['agency:POL'], md5('bench')::uuid, 'bench',
    gen_random_uuid(), at, at, jsonb_build_object('text', repeat('x', 200))
from (
    select head, 'call.entry_of_bench' as kind, 'call' as subject_type, call.id as subject,
        step as version, call.incident_id as incident,
        call.received_at + step * interval '20 seconds' as at
    from given cross join call cross join generate_series(1, of_call) step
    where call.number like 'Y-%'
    union all
    select head, 'incident.entry_of_bench', 'incident', incident.id, step, incident.id,
        incident.opened_at + step * interval '1 minute'
    from given cross join incident cross join generate_series(1, of_incident) step
    where incident.number like 'Y-%'
) written
"""
# Reactions of the background process begin behind what was written here.
_FOLLOWERS: Final = "update follower_cursor set seq = (select max(seq) from journal)"
_PARTITIONS: Final = """
do $$ declare day date; begin
    for day in select generate_series(current_date - (select positions_span from given),
        current_date + 2, '1 day')::date
    loop
        execute format(
            'create table if not exists unit_position_history_d%s partition of '
            'unit_position_history for values from (%L) to (%L)',
            to_char(day, 'YYYYMMDD'), day::timestamp at time zone 'UTC',
            (day + 1)::timestamp at time zone 'UTC');
    end loop;
end $$
"""
_POSITIONS: Final = """
insert into unit_position_history (unit_id, occurred_at, lon, lat, recorded_at, accuracy_m,
    speed_mps, heading_deg)
select unit.id, at, west + random() * (east - west), south + random() * (north - south),
    at, 8, random() * 15, random() * 360
from given
cross join lateral (select id from unit order by callsign limit units) unit
cross join lateral generate_series(
    date_trunc('day', now()) - positions_span + interval '1 day', now() - interval '1 hour',
    fix_every) at
on conflict do nothing
"""
_STEPS: Final = (
    "select setseed(0.2026)",
    _INCIDENTS,
    _CALLS,
    _ASSIGNMENTS,
    _JOURNAL,
    _FOLLOWERS,
    _PARTITIONS,
    _POSITIONS,
)


async def write_year(url: str, extent: Extent, size: Size) -> dict[str, Held]:
    """Write the year behind what is there; return what each big table holds then.

    It has an engine of its own: the centre's gives up on statements that take this long.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text(_GIVEN), _given(extent, size))
        for step in _STEPS:
            await connection.execute(text(step))
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("vacuum analyze"))  # as autovacuum would by the next minute
        return {table: await _held(connection, table) for table in BIG}


async def _held(connection: AsyncConnection, table: str) -> Held:
    """Count the rows and add up the files of a table, of all its partitions, with indexes."""
    rows = await connection.scalar(text(f"select count(*) from {table}"))  # noqa: S608  our names
    size = await connection.scalar(
        text("select sum(pg_total_relation_size(relid)) from pg_partition_tree(:table)"),
        {"table": table},
    )
    plain = await connection.scalar(text("select pg_total_relation_size(:table)"), {"table": table})
    return Held(rows=int(rows or 0), megabytes=float(size or plain or 0) / 1e6)


def _given(extent: Extent, size: Size) -> dict[str, float]:
    return {
        "west": extent.west,
        "east": extent.east,
        "south": extent.south,
        "north": extent.north,
        "calls": size.calls,
        "incidents": size.incidents,
        "units": size.units,
        "numbers": NUMBERS,
        "days": DAYS,
        "position_days": POSITION_DAYS,
        "fix_every_min": FIX_EVERY_MIN,
        "of_call": ENTRIES_OF_CALL,
        "of_incident": ENTRIES_OF_INCIDENT,
    }
