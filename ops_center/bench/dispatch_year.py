"""The requests of a shift in a centre that has a year of a city's work behind it."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import text

from ops_center.bench.place import BenchPlace
from ops_center.bench.plans import Plans, indexes_used, scanned_whole
from ops_center.bench.report import Measurement, percentile
from ops_center.bench.year_of_load import BIG, DAYS, Held, Size, write_year
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.database import Database
from ops_center.simulator.centre import Centre

ASKED: Final = 40
WARM_UP: Final = 5
# A number that rings often in the year as it is drawn, see year_of_load.
NUMBER: Final = "0981 000000"
REPORT_PATIENCE_S: Final = 120.0

Request = Callable[[], Awaitable[object]]
_BARE_REPORT: Final = """
select incident.type, count(*),
    percentile_cont(array[0.5, 0.9, 0.95]) within group (
        order by extract(epoch from assignment.on_scene_at - assignment.assigned_at))
from assignment join incident on incident.id = assignment.incident_id
where incident.opened_at >= now() - make_interval(days => :days)
group by incident.type
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shift:
    """Who asks, and what there is to ask about."""

    desk: Centre
    machine: Centre
    call: Mapping[str, Any]
    incident: Mapping[str, Any]
    unit: Mapping[str, Any]
    place: Mapping[str, float]


async def measure(
    place: BenchPlace, units: list[dict[str, Any]], *, size: Size
) -> list[Measurement]:
    """Return p95 of each request of a shift with the year behind it, beside the empty centre."""
    rng = place.rng("year")
    url = place.centre.url
    async with (
        Centre(url, place.centre.token("dispatcher"), rng=rng) as desk,
        Centre(url, place.centre.token("machine"), rng=rng) as machine,
        Centre(url, place.centre.token("supervisor"), rng=rng) as supervisor,
    ):
        shift = await _begin(place, desk, machine, units)
        requests = _requests(shift, supervisor)
        empty = {name: await _p95_ms(one) for name, one in requests.items()}
        place.say(f"writing a year: {size.calls:,} calls, {size.incidents:,} incidents …")
        began = time.monotonic()
        place.centre.kill("app")  # or its relay would read the year entry by entry
        rows = await write_year(place.centre.database.url, place.extent, size)
        place.say(f"written in {time.monotonic() - began:.0f} s: {_listed(rows)}")
        place.centre.start("app")
        full = {name: await _p95_ms(one) for name, one in requests.items()}
        seen = {name: await _plans_of(place, one) for name, one in requests.items()}
        report = await _report(place.database, supervisor)
    return [
        _measurement(name, (full[name], empty[name]), seen[name], rows) for name in requests
    ] + report


def _listed(rows: Mapping[str, Held]) -> str:
    return ", ".join(
        f"{one.rows:,} {table} ({one.megabytes:,.0f} MB)" for table, one in rows.items()
    )


async def _begin(
    place: BenchPlace, desk: Centre, machine: Centre, units: list[dict[str, Any]]
) -> _Shift:
    point = place.points("year", 1)[0]
    where = {"lon": point.lon, "lat": point.lat, "uncertainty_m": 20}
    call = await machine.post(
        "/calls", {"source": "phone", "caller_number": NUMBER, "location": where}
    )
    incident = await desk.post(
        "/incidents", {"type": "traffic_accident", "call_id": call["id"], "location": where}
    )
    return _Shift(
        desk=desk, machine=machine, call=call, incident=incident, unit=units[0], place=where
    )


def _requests(shift: _Shift, supervisor: Centre) -> dict[str, Request]:
    desk, call, incident = shift.desk, shift.call["id"], shift.incident["id"]
    now = SystemClock().now()
    track: dict[str, Any] = {"from": wire_time(now - timedelta(hours=2)), "to": wire_time(now)}
    day: dict[str, Any] = {"from": wire_time(now - timedelta(days=1)), "to": wire_time(now)}
    ringing = {"source": "phone", "caller_number": NUMBER, "location": dict(shift.place)}
    return {
        "a call comes in (POST /calls)": lambda: shift.machine.post("/calls", ringing),
        "triage of a call": lambda: desk.get(f"/calls/{call}/triage"),
        "earlier calls by number and place": lambda: desk.get(f"/calls/{call}/earlier"),
        "open calls": lambda: desk.get("/calls", state="open"),
        "newest incidents": lambda: desk.get("/incidents", limit=50),
        "an incident's timeline": lambda: desk.get(f"/incidents/{incident}/timeline"),
        "its recommendation": lambda: desk.get(f"/incidents/{incident}/recommendation"),
        "history of one incident": lambda: supervisor.get(
            "/history", subject=incident, limit=100, **day
        ),
        "two hours of a unit's track": lambda: supervisor.get(
            f"/units/{shift.unit['id']}/track", **track
        ),
    }


async def _p95_ms(request: Request) -> float:
    took = []
    for _ in range(ASKED + WARM_UP):
        began = time.perf_counter()
        await request()
        took.append((time.perf_counter() - began) * 1e3)
    return percentile(took[WARM_UP:], 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The big tables a request read whole, and the indexes it used."""

    whole: frozenset[str]
    indexes: frozenset[str]


async def _plans_of(place: BenchPlace, request: Request) -> _Seen:
    """Look at the plans of a request that has run often enough to be planned for good."""
    plans = Plans(place.database, place.centre.database.log_file)
    await plans.begin()
    await request()
    found = await plans.end()
    whole = {name for plan in found for name in scanned_whole(plan)}
    return _Seen(
        whole=frozenset(whole & set(BIG)),
        indexes=frozenset(name for plan in found for name in indexes_used(plan)),
    )


def _measurement(
    name: str, p95_ms: tuple[float, float], seen: _Seen, rows: Mapping[str, Held]
) -> Measurement:
    full_ms, empty_ms = p95_ms
    whole = ", ".join(sorted(seen.whole)) or "none"
    return Measurement(
        name=f"a year of load: {name}, p95",
        unit="ms",
        ours=full_ms,
        reference=empty_ms,
        reference_name="same request, empty centre",
        note=f"big tables read whole: {whole}; indexes: {', '.join(sorted(seen.indexes))}",
        details={f"rows of {table}": float(one.rows) for table, one in rows.items()},
    )


async def _report(database: Database, supervisor: Centre) -> list[Measurement]:
    now = SystemClock().now()
    period: dict[str, Any] = {"from": wire_time(now - timedelta(days=DAYS)), "to": wire_time(now)}
    began = time.perf_counter()
    answer = await supervisor.get(
        "/reports/response-times", group_by="type", patience_s=REPORT_PATIENCE_S, **period
    )
    ours = (time.perf_counter() - began) * 1e3
    assert answer["rows"], "a year of incidents has response times"
    began = time.perf_counter()
    async with database.reading() as connection:
        await connection.execute(text(_BARE_REPORT), {"days": DAYS})
    bare = (time.perf_counter() - began) * 1e3
    return [
        Measurement(
            name="report of response times over the year",
            unit="ms",
            ours=ours,
            reference=bare,
            reference_name="bare SQL of one interval's percentiles",
            note="ours has every interval, shares within target, and the HTTP answer",
        )
    ]
