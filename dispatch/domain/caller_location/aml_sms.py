"""AML as a text message: version 1 (ETSI TS 103 625) and Android's version 2.

In version 1 `lt` and `lg` are where the handset is; in version 2 they are the age of the fix and
the handset's languages. Each version has its own reader, so that the two never mix.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from dispatch.domain.caller_location.aml_https import CONFIDENCE_UNSAID, RADIUS_UNSAID_M, UNKNOWN
from dispatch.domain.caller_location.report import (
    HANDSET,
    NETWORK,
    PERCENT,
    CallerFix,
    Reading,
    Report,
    confidence_of,
    dialled,
    instant_of,
    located,
    measured,
    number_of,
)
from gis.geometry import UNCERTAINTY_MAX_M

TEXT_MAX: Final = 1_024
# A gateway may hand over the bytes of the port header in front of the text.
_START: Final = re.compile(r'A"ML=(\d{1,2})(?=;|$)', re.ASCII)
_DECIMAL_DEGREES: Final = re.compile(r"[+-]?\d{1,3}(\.\d{1,10})?", re.ASCII)
_COMPACT_TIME: Final = "%Y%m%d%H%M%S"
_COMPACT_LENGTH: Final = 14
WAYS: Final = {"G": "gps", "W": "wifi", "C": "cell", "F": "fused", "U": UNKNOWN, "N": "none"}
NO_FIX: Final = "N"
AGE_MAX_S: Final = 7 * 86_400


def parse_sms(text: str, *, sender: str | None, now: datetime) -> Report:
    """Return what the message says; whatever it holds, this answers and never raises."""
    reading = Reading(fields={})
    start = _START.search(text[:TEXT_MAX])
    fix = None
    if start is None:
        reading.note('no AML message: A"ML= is not in it')
    else:
        _read_fields(reading, text[start.start() : TEXT_MAX])
        fix = _of_version(reading, start.group(1), now=now)
    return Report(
        number=dialled(sender),
        fixes=(fix,) if fix else (),
        notes=tuple(reading.notes),
    )


def _of_version(reading: Reading, version: str, *, now: datetime) -> CallerFix | None:
    match version.lstrip("0"):
        case "1":
            return _version_1(reading, now=now)
        case "2":
            return _version_2(reading, now=now)
        case _:
            reading.note("no fix: a version of AML that is neither 1 nor 2")
            return None


def _read_fields(reading: Reading, text: str) -> None:
    message = text.strip()
    pieces = message.split(";")
    for piece in pieces:
        name, _, value = piece.partition("=")
        reading.fields.setdefault(name.strip(), value)
    told = reading.number("ml", low=1, high=TEXT_MAX)
    # The published messages themselves count one less than they are long.
    if told is not None and abs(told - len(message)) > 1:
        reading.note(f"ml: {told:g} characters were sent, {len(message)} came")


def _version_1(reading: Reading, *, now: datetime) -> CallerFix | None:
    way = _way(reading, "pm")
    lat = reading.read("lt", lambda said: _degrees(said, 90), what="a latitude")
    lon = reading.read("lg", lambda said: _degrees(said, 180), what="a longitude")
    if way == "none" or lat is None or lon is None:
        reading.note("no fix: the handset had none")
        return None
    radius_m = _radius_m(reading, way, reading.text("rd"), name="rd")
    instant = reading.read("top", _compact_instant, what="yyyyMMddHHmmss")
    taken_at = measured(reading, instant, now=now)
    return _fix(reading, way, (lat, lon), radius_m=radius_m, measured_at=taken_at)


def _version_2(reading: Reading, *, now: datetime) -> CallerFix | None:
    way = _way(reading, "ls")
    said = (reading.text("lo") or "").split(",")
    place = [number_of(part.strip()) for part in said]
    lat, lon = place[0], place[1] if len(place) > 1 else None
    if way == "none" or lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        reading.note("no fix: the handset had none")
        return None
    radius_m = _radius_m(reading, way, said[2] if len(said) > 2 else None, name="lo")
    taken_at = _instant_of_fix(reading, now=now)
    return _fix(reading, way, (lat, lon), radius_m=radius_m, measured_at=taken_at)


def _instant_of_fix(reading: Reading, *, now: datetime) -> datetime | None:
    """`lt` counts the seconds from the call (`et`) to the fix; before the call it is negative."""
    call = reading.read("et", instant_of, what="seconds since 1970")
    after_s = reading.number("lt", low=-AGE_MAX_S, high=AGE_MAX_S)
    if call is None:
        return None
    return measured(reading, call + timedelta(seconds=after_s or 0.0), now=now)


def _fix(
    reading: Reading,
    way: str,
    place: tuple[float, float],
    *,
    radius_m: float,
    measured_at: datetime | None,
) -> CallerFix | None:
    confidence = _confidence(reading)
    if confidence is None:
        return None
    lat, lon = place
    location = located(reading, lat=lat, lon=lon, radius_m=radius_m, confidence=confidence)
    if location is None:
        return None
    return CallerFix(
        method=NETWORK if way == "cell" else HANDSET,
        source=f"aml-sms-{way}",
        location=location,
        measured_at=measured_at,
    )


def _way(reading: Reading, name: str) -> str:
    said = (reading.text(name) or "").upper()
    if said not in WAYS:
        reading.note(f"{name}: no known way of measuring")
    return WAYS.get(said, UNKNOWN)


def _degrees(said: str, limit: float) -> float | None:
    value = number_of(said) if _DECIMAL_DEGREES.fullmatch(said) else None
    return value if value is not None and abs(value) <= limit else None


def _radius_m(reading: Reading, way: str, said: str | None, *, name: str) -> float:
    """The radius, in version 2 with 0 for unknown; else one that is assumed and said to be."""
    radius_m = number_of(said.strip()) if said else None
    if radius_m and 0 < radius_m <= UNCERTAINTY_MAX_M:
        return radius_m
    assumed_m = RADIUS_UNSAID_M.get(way, RADIUS_UNSAID_M[UNKNOWN])
    reading.note(f"{name}: radius not said, {assumed_m:g} m assumed")
    return assumed_m


def _confidence(reading: Reading) -> float | None:
    said = reading.number("lc", low=0, high=PERCENT)
    if said is None:
        reading.note(f"lc: not said, {CONFIDENCE_UNSAID:g} assumed")
        return CONFIDENCE_UNSAID
    # Always percent here, so 1 means 1 %; a broken sender's 0.68 can only mean a share.
    found = confidence_of(said) if 0 < said < 1 else confidence_of(said / PERCENT)
    if found is None:
        reading.note("no fix: the sender's confidence is 0")
    return found


def _compact_instant(text: str) -> datetime | None:
    if len(text) != _COMPACT_LENGTH or not (text.isascii() and text.isdigit()):
        return None
    try:
        return datetime.strptime(text, _COMPACT_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
