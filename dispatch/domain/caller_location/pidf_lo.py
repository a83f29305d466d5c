"""PIDF-LO (RFC 4119, RFC 5491, RFC 7459): the location object of networks and SIP calls."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from dispatch.domain.caller_location import shapes
from dispatch.domain.caller_location.report import (
    FULL_TURN_DEG,
    HANDSET,
    NETWORK,
    PERCENT,
    REGISTERED,
    SPEED_MAX_MPS,
    CallerFix,
    Reading,
    Report,
    dialled,
    measured,
    number_of,
)
from dispatch.domain.caller_location.shapes import Round
from dispatch.domain.caller_location.xml_tree import Node, read_xml
from gis.geometry import CONFIDENCE_DEFAULT, Location, Point
from ops_center.kernel.errors import Invalid

TUPLES: Final = ("tuple", "device", "person")
FIXES_MAX: Final = 20
# A bare Point says where, not how sure: this much is assumed, and said to be.
RADIUS_UNSAID_M: Final = 100.0
PLANE, SPACE = 2, 3
DIMENSIONS: Final = {"4326": PLANE, "4979": SPACE}
METRES: Final = frozenset({"", "9001"})
DEGREES: Final = frozenset({"", "9102"})
FROM_HANDSET: Final = frozenset({"gps", "a-gps", "agps", "gnss", "a-gnss", "device-based", "wlan"})
BY_HAND: Final = frozenset({"manual", "802.11-manual"})
UNKNOWN: Final = "unknown"


def parse_pidf_lo(body: bytes, *, number: str | None, now: datetime) -> Report:
    """Return the places of a document; Invalid, saying what to send, when none can be read.

    `number` is the caller's where the gateway knows it; else the document's entity is asked.
    """
    document = read_xml(body)
    if document.name != "presence":
        raise Invalid("This is no PIDF-LO: its outermost element is presence.")
    reading = Reading(fields={})
    found = (fix for part in _parts(document) for fix in _fixes(part, reading, now=now))
    fixes = tuple(islice(found, FIXES_MAX + 1))
    if not fixes:
        raise Invalid("No shape with coordinates stands in this PIDF-LO.", notes=reading.notes)
    if len(fixes) > FIXES_MAX:
        raise Invalid(f"At most {FIXES_MAX} places are read of one document.")
    entity = document.attributes.get("entity", "").partition("@")[0]
    return Report(number=dialled(number or entity), fixes=fixes, notes=tuple(reading.notes))


def _parts(document: Node) -> Iterator[Node]:
    return (one for one in document.below if one.name in TUPLES)


def _fixes(part: Node, reading: Reading, *, now: datetime) -> Iterator[CallerFix]:
    moment = _timestamp(part, reading)
    for geopriv in (one for one in part.walk() if one.name == "geopriv"):
        info = geopriv.find("location-info")
        placed: list[Node] = []
        for shape in info.below if info is not None else ():
            if shape.name in SHAPES:
                placed.append(shape)
            else:
                _note_unplaced(shape, reading)
        if placed:
            said = _said(geopriv, reading, measured(reading, moment, now=now))
            yield from (_fix(shape, said, reading) for shape in placed)


def _note_unplaced(shape: Node, reading: Reading) -> None:
    if shape.name not in {"confidence", "Dynamic", "relative-location"}:
        reading.note(f"{shape.name[:40]}: holds no coordinates, left out")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a geopriv says of all its shapes: looking for it goes through the whole geopriv."""

    method: str
    confidence: float
    measured_at: datetime | None
    speed_mps: float | None
    heading_deg: float | None


def _said(geopriv: Node, reading: Reading, measured_at: datetime | None) -> _Said:
    return _Said(
        method=_method((geopriv.said("method") or UNKNOWN).lower()),
        confidence=_confidence(geopriv, reading),
        measured_at=measured_at,
        speed_mps=_moving(geopriv, "speed", SPEED_MAX_MPS, reading),
        heading_deg=_moving(geopriv, "heading", FULL_TURN_DEG, reading),
    )


def _fix(shape: Node, said: _Said, reading: Reading) -> CallerFix:
    around = SHAPES[shape.name](_Shape(shape))
    if around.centre.lat == 0 and around.centre.lon == 0:
        raise Invalid("0, 0 means a device without a fix: leave the location out.")
    radius_m = around.radius_m
    if not radius_m:  # no shape of RFC 5491 is a point for sure: 0 is a sender that does not know
        reading.note(f"{shape.name}: no uncertainty said, {RADIUS_UNSAID_M:g} m assumed")
        radius_m = RADIUS_UNSAID_M
    return CallerFix(
        method=said.method,
        source="pidf-lo",
        location=Location(point=around.centre, uncertainty_m=radius_m, confidence=said.confidence),
        measured_at=said.measured_at,
        speed_mps=said.speed_mps,
        heading_deg=said.heading_deg,
    )


def _method(way: str) -> str:
    if way in BY_HAND:
        return REGISTERED
    return HANDSET if way in FROM_HANDSET else NETWORK


def _confidence(geopriv: Node, reading: Reading) -> float:
    """Percent in `confidence` (RFC 7459); 95 % where none is said (RFC 5491)."""
    said = geopriv.said("confidence")
    value = number_of(said) if said else None
    if value is not None and 0 < value <= PERCENT:
        return value / PERCENT
    if said is not None:
        reading.note("confidence: not percent above 0, 95 assumed")
    return CONFIDENCE_DEFAULT


def _moving(geopriv: Node, name: str, high: float, reading: Reading) -> float | None:
    """Speed and heading of RFC 5962; what is out of range is left out."""
    said = geopriv.said(name)
    value = number_of(said.split()[0]) if said else None
    if value is not None and 0 <= value <= high:
        return value % FULL_TURN_DEG if name == "heading" else value
    if said is not None:
        reading.note(f"{name}: not a number from 0 to {high:g}, left out")
    return None


def _timestamp(part: Node, reading: Reading) -> datetime | None:
    said = part.said("timestamp")
    if said is None:
        return None
    try:
        instant = datetime.fromisoformat(said)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or not 1970 < instant.year < 9999:
        reading.note("timestamp: not RFC 3339 with a zone, left out")
        return None
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Shape:
    """One shape element: its coordinates, lat before lon, and its lengths and angles."""

    node: Node

    @property
    def dimensions(self) -> int:
        named = next((n.attributes["srsName"] for n in self.node.walk() if "srsName" in
                      n.attributes), "4326")  # fmt: skip
        code = named.rpartition(":")[2]
        if code not in DIMENSIONS:
            raise Invalid("srsName must be urn:ogc:def:crs:EPSG::4326, or ::4979 with altitude.")
        return DIMENSIONS[code]

    def points(self) -> list[Point]:
        """Every pos and posList below this element, in order."""
        values: list[float] = []
        for one in self.node.walk():
            if one.name in {"pos", "posList", "coordinates"}:
                values += _numbers(one.text.replace(",", " "), one.name)
        size = self.dimensions
        if not values or len(values) % size:
            raise Invalid(f"{self.node.name}: coordinates come in groups of {size}, lat first.")
        rows = [values[start : start + size] for start in range(0, len(values), size)]
        return [Point(lon=row[1], lat=row[0]) for row in rows]

    def point(self) -> Point:
        found = self.points()
        if len(found) != 1:
            raise Invalid(f"{self.node.name} has one pos: lat, then lon.")
        return found[0]

    def length_m(self, name: str) -> float:
        return self._measure(name, METRES, "urn:ogc:def:uom:EPSG::9001 (metre)")

    def angle_deg(self, name: str) -> float:
        return self._measure(name, DEGREES, "urn:ogc:def:uom:EPSG::9102 (degree)")

    def _measure(self, name: str, units: frozenset[str], wanted: str) -> float:
        found = self.node.find(name)
        value = number_of(found.text) if found is not None else None
        if found is None or value is None:
            raise Invalid(f"{self.node.name} needs a number in {name}.")
        if found.attributes.get("uom", "").rpartition(":")[2] not in units:
            raise Invalid(f"{name} of {self.node.name} must be in {wanted}.")
        return value


def _numbers(text: str, name: str) -> list[float]:
    found = [number_of(word) for word in text.split()]
    if any(value is None for value in found):
        raise Invalid(f"{name} holds something that is no number.")
    return [value for value in found if value is not None]


def _point(shape: _Shape) -> Round:
    return Round(centre=shape.point(), radius_m=None)


def _circle(shape: _Shape) -> Round:
    return shapes.circle(shape.point(), shape.length_m("radius"))


def _ellipse(shape: _Shape) -> Round:
    shape.angle_deg("orientation")  # a part of the shape, though the circle does not depend on it
    return shapes.ellipse(
        shape.point(),
        semi_major_m=shape.length_m("semiMajorAxis"),
        semi_minor_m=shape.length_m("semiMinorAxis"),
    )


def _arc_band(shape: _Shape) -> Round:
    return shapes.arc_band(
        shape.point(),
        inner_m=shape.length_m("innerRadius"),
        outer_m=shape.length_m("outerRadius"),
        start_deg=shape.angle_deg("startAngle"),
        opening_deg=shape.angle_deg("openingAngle"),
    )


def _polygon(shape: _Shape) -> Round:
    outline = shape.node.find("exterior") or shape.node
    return shapes.polygon(_Shape(_with_system(outline, shape)).points())


def _with_system(outline: Node, shape: _Shape) -> Node:
    """The outline with the shape's own coordinate system, which stands on an outer element."""
    code = {size: code for code, size in DIMENSIONS.items()}[shape.dimensions]
    return Node(shape.node.name, "", {"srsName": code}, outline.below)


SHAPES: Final[dict[str, Callable[[_Shape], Round]]] = {
    "Point": _point,
    "Circle": _circle,
    "Sphere": _circle,
    "Ellipse": _ellipse,
    "Ellipsoid": _ellipse,
    "ArcBand": _arc_band,
    "Polygon": _polygon,
    "Prism": _polygon,
}
