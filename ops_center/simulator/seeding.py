"""Puts the demo's units and cameras into a centre, by its public API, as often as one likes."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import structlog

from gis.geodesy import distance_m
from ops_center.kernel.ids import derived_id
from ops_center.simulator.centre import Centre, Refused
from ops_center.simulator.fleet import CAMERA_LOOKS, UnitSpec
from ops_center.simulator.options import SimulatorOptions
from ops_center.simulator.places import KnownPlace, corner_name
from ops_center.simulator.survey import Survey

CAMERA_AGENCY: Final = "POL"
CAMERA_ACCURACY_M: Final = 3.0
PAGE: Final = 500
# People walk through the demo clip all the time: rules wait and re-arm so that alarms come
# one after the other and rarely enough to be looked at.
DWELL_FIRST_S: Final = 4.0
DWELL_STEP_S: Final = 12.0
REARM_FIRST_S: Final = 900.0
REARM_STEP_S: Final = 180.0
THRESHOLD: Final = 0.005
# People on a unit by its kind; two on any other.
CREW_SIZE: Final = {"fire_engine": 4, "rescue": 3, "ambulance": 3}

log = structlog.get_logger()


async def seed_units(admin: Centre, specs: Sequence[UnitSpec]) -> dict[str, dict[str, Any]]:
    """Register the units that are missing; return all of these by callsign."""
    known = {unit["callsign"]: unit for unit in await all_items(admin, "/units")}
    for spec in specs:
        if spec.callsign not in known:
            known[spec.callsign] = await _register(admin, spec)
    return {spec.callsign: known[spec.callsign] for spec in specs}


async def all_items(centre: Centre, path: str) -> list[dict[str, Any]]:
    """Return every item of a list, page after page."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"limit": PAGE} if cursor is None else {"limit": PAGE, "cursor": cursor}
        page = await centre.get(path, **query)
        items.extend(page["items"])
        cursor = page.get("next_cursor")
        if cursor is None:
            return items


async def _register(admin: Centre, spec: UnitSpec) -> dict[str, Any]:
    body = {
        "callsign": spec.callsign,
        "agency": spec.agency,
        "kind": spec.kind,
        "capabilities": list(spec.capabilities),
    }
    unit: dict[str, Any] = await admin.post("/units", body, key=_key("unit", body))
    log.info("unit.seeded", callsign=spec.callsign)
    return unit


async def put_in_service(machine: Centre, unit: dict[str, Any]) -> None:
    """Bring a unit that is off duty into service; crews begin their shift with the demo."""
    if unit["assignment"] is None and unit["availability"] != "available":
        await machine.post(f"/units/{unit['id']}/status", {"status": "in_service"})


async def sign_crew_on(machine: Centre, unit: dict[str, Any]) -> None:
    """Put a crew on a unit that has none: roles, no people's names."""
    if unit.get("crew"):
        return
    size = CREW_SIZE.get(unit["kind"], 2)
    callsign = unit["callsign"]
    crew = [
        {"name": f"Tripulación {callsign}-{seat}", "role": "driver" if seat == 1 else "crew"}
        for seat in range(1, size + 1)
    ]
    body = {"crew": crew, "vehicle": f"Vehículo {callsign}"}
    unit.update(await machine.post(f"/units/{unit['id']}/sign-on", body))


async def give_crew(
    admin: Centre, responder: Centre, units: Mapping[str, dict[str, Any]], wanted: str | None
) -> str:
    """Make the demo's responder the crew of a unit unless it is of one; return its callsign.

    `wanted` is the callsign asked for; without it the present unit stays, else the first patrol.
    """
    who = (await responder.get("/session"))["user"]
    present = next((c for c, unit in units.items() if unit["id"] == who["unit_id"]), None)
    callsign = wanted or present or first_patrol(units)
    if callsign != present and callsign in units:
        await admin.patch(f"/users/{who['username']}", {"unit_id": units[callsign]["id"]})
        log.info("responder.crews", callsign=callsign)
    return callsign


def first_patrol(units: Mapping[str, dict[str, Any]]) -> str:
    """Return the callsign of the unit that the demo leaves to a person."""
    return next((c for c, unit in units.items() if unit["kind"] == "patrol"), next(iter(units)))


async def seed_cameras(
    admin: Centre, survey: Survey, options: SimulatorOptions, rng: random.Random
) -> frozenset[str]:
    """Place a camera for each stream on a corner of its own; return the ids of all of these."""
    if options.rtsp is None or not options.camera_names:
        return frozenset()
    known = {camera["name"]: camera for camera in await all_items(admin, "/cameras")}
    ids = set()
    corners = spread_out(survey.corners or survey.places, len(options.camera_names), survey, rng)
    for number, (stream, corner) in enumerate(zip(options.camera_names, corners, strict=False)):
        body = camera_body(number, corner, stream_url(options, stream))
        camera = known.get(body["name"]) or await _add_camera(admin, body)
        if camera is not None:
            ids.add(str(camera["id"]))
    return frozenset(ids)


async def _add_camera(admin: Centre, body: dict[str, Any]) -> dict[str, Any] | None:
    try:
        camera: dict[str, Any] = await admin.post("/cameras", body, key=_key("camera", body))
    except Refused as refused:
        log.warning("camera.not_seeded", cause=str(refused))
        return None
    log.info("camera.seeded", name=body["name"])
    return camera


def spread_out(
    places: Sequence[KnownPlace], count: int, survey: Survey, rng: random.Random
) -> list[KnownPlace]:
    """Return up to `count` places: the most central, then each as far as can be from the others."""
    left = sorted(places, key=lambda place: distance_m(place.point, survey.centre))
    left = left[: max(count * 3, 1)]
    rng.shuffle(left)
    chosen = [left.pop()] if left else []
    while left and len(chosen) < count:
        best = max(left, key=lambda p: min(distance_m(p.point, c.point) for c in chosen))
        left.remove(best)
        chosen.append(best)
    return chosen


def camera_body(number: int, corner: KnownPlace, url: str) -> dict[str, Any]:
    """Return what POST /cameras takes for camera `number` (from 0) at that corner."""
    look = CAMERA_LOOKS[number % len(CAMERA_LOOKS)]
    return {
        "name": f"C{number + 1:02d} {corner_name(corner.label)}",
        "agency": CAMERA_AGENCY,
        "location": {
            "lon": corner.point.lon,
            "lat": corner.point.lat,
            "uncertainty_m": CAMERA_ACCURACY_M,
            "confidence": 0.95,
        },
        "heading_deg": round(corner.heading_deg, 1) % 360,
        "fov_deg": look.fov_deg,
        "range_m": look.range_m,
        "stream_url": url,
        "rules": [
            {
                "name": look.rule,
                "kind": "motion",
                "zone": [list(corner) for corner in look.zone],
                "dwell_s": DWELL_FIRST_S + DWELL_STEP_S * number,
                "threshold": THRESHOLD,
                "rearm_s": REARM_FIRST_S + REARM_STEP_S * number,
                "priority": look.priority,
            }
        ],
    }


def stream_url(options: SimulatorOptions, name: str) -> str:
    """Return the stream's address with the demo's user and password in it."""
    assert options.rtsp is not None, "streams have an address"
    parts = urlsplit(options.rtsp)
    user = f"{quote(options.camera_user)}:{quote(options.camera_password)}"
    host = parts.netloc if "@" in parts.netloc else f"{user}@{parts.netloc}"
    return urlunsplit((parts.scheme, host, f"{parts.path.rstrip('/')}/{name}", "", ""))


def _key(what: str, body: dict[str, Any]) -> str:
    """The same thing seeded again is the same command; another city's is another."""
    return str(derived_id("seed", what, json.dumps(body, sort_keys=True)))
