"""AML over HTTPS: the form of ETSI TS 103 625 as Android ELS sends it; every field is optional."""

from datetime import datetime
from typing import Final
from urllib.parse import unquote_plus

from dispatch.domain.caller_location.report import (
    FULL_TURN_DEG,
    HANDSET,
    NETWORK,
    PERCENT,
    SPEED_MAX_MPS,
    CallerFix,
    Reading,
    Report,
    confidence_of,
    dialled,
    floor_of,
    instant_of,
    located,
    measured,
)
from gis.geometry import UNCERTAINTY_MAX_M

BODY_MAX_BYTES: Final = 16_384
FIELDS_MAX: Final = 100
# Android's accuracy is the radius of 68 %: what counts where a sender says none.
CONFIDENCE_UNSAID: Final = 0.68
# Radius that is assumed, and said to be, where a sender gives none: by how it was measured.
RADIUS_UNSAID_M: Final = {"gps": 50.0, "wifi": 200.0, "cell": 5_000.0, "unknown": 5_000.0}
UNKNOWN: Final = "unknown"
NUL: Final = "\0"


def parse_aml(body: bytes, *, now: datetime) -> Report:
    """Return what the form says; whatever it holds, this answers and never raises."""
    reading = Reading(fields={})
    _read_form(reading, body)
    fix = _fix(reading, now=now)
    return Report(
        number=reading.read("device_number", dialled, what="a telephone number"),
        fixes=(fix,) if fix else (),
        notes=tuple(reading.notes),
    )


def _read_form(reading: Reading, body: bytes) -> None:
    if len(body) > BODY_MAX_BYTES:
        reading.note(f"longer than {BODY_MAX_BYTES} bytes: the rest was left out")
    pairs = body[:BODY_MAX_BYTES].split(b"&")
    if len(pairs) > FIELDS_MAX:
        reading.note(f"more than {FIELDS_MAX} fields: the rest was left out")
    for pair in pairs[:FIELDS_MAX]:
        name, _, value = pair.decode("utf-8", "replace").partition("=")
        # The first of a repeated field stands: a later one may have been added on the way.
        reading.fields.setdefault(unquote_plus(name), unquote_plus(value).replace(NUL, ""))


def _fix(reading: Reading, *, now: datetime) -> CallerFix | None:
    lat = reading.number("location_latitude", low=-90, high=90)
    lon = reading.number("location_longitude", low=-180, high=180)
    if lat is None or lon is None:
        reading.note("no fix: latitude and longitude are not both there")
        return None
    way = _way(reading)
    confidence = _confidence(reading)
    if confidence is None:
        return None
    location = located(
        reading, lat=lat, lon=lon, radius_m=_radius_m(reading, way), confidence=confidence
    )
    if location is None:
        return None
    instant = reading.read("location_time", instant_of, what="milliseconds since 1970")
    return CallerFix(
        method=NETWORK if way == "cell" else HANDSET,
        source=f"aml-{way}",
        location=location,
        measured_at=measured(reading, instant, now=now),
        speed_mps=reading.number("location_speed", low=0, high=SPEED_MAX_MPS),
        heading_deg=_heading_deg(reading),
        floor=reading.read("location_floor", floor_of, what="a floor"),
    )


def _way(reading: Reading) -> str:
    said = (reading.text("location_source") or UNKNOWN).lower()
    if said not in RADIUS_UNSAID_M:
        reading.note("location_source: not gps, wifi, cell or unknown")
        return UNKNOWN
    return said


def _radius_m(reading: Reading, way: str) -> float:
    radius_m = reading.number("location_accuracy", low=0, high=UNCERTAINTY_MAX_M)
    if radius_m:
        return radius_m
    assumed_m = RADIUS_UNSAID_M[way]
    reading.note(f"location_accuracy: not said, {assumed_m:g} m assumed")
    return assumed_m


def _confidence(reading: Reading) -> float | None:
    """`location_confidence` is a share, the older `location_certainty` percent; 0 is no fix."""
    said = reading.number("location_confidence", low=0, high=PERCENT)
    if said is None:
        certainty = reading.number("location_certainty", low=0, high=PERCENT)
        if certainty is None:
            reading.note(f"location_confidence: not said, {CONFIDENCE_UNSAID:g} assumed")
            return CONFIDENCE_UNSAID
        said = certainty / PERCENT
    found = confidence_of(said)
    if found is None:
        reading.note("no fix: the sender's confidence is 0")
    return found


def _heading_deg(reading: Reading) -> float | None:
    heading = reading.number("location_bearing", low=0, high=FULL_TURN_DEG)
    return heading % FULL_TURN_DEG if heading is not None else None
