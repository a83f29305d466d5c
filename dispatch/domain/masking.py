"""Protected incidents as they are shown to people without need-to-know.

The same field is masked the same way wherever it stands, in a whole incident and in an entry's
data, so that the fold of masked entries is the masked picture.
"""

import math
from collections.abc import Mapping
from typing import Final

from dispatch.domain.wire import JsonObject, JsonValue
from gis.geometry import Location, Point

# Cells of about a kilometre; a circle of this radius around a cell's middle holds the cell.
CELL_DEG: Final = 0.01
CELL_RADIUS_M: Final = 1_000.0
CELL_CONFIDENCE: Final = 1.0
LON_LIMIT: Final = 180.0
LAT_LIMIT: Final = 90.0
MASKED: Final = "masked"

# The free words of an assignment, which stands in its incident and in its unit, and how far it
# was: from several units that tells where.
_OF_ORDER: Final = frozenset(
    {"override_reason", "release_reason", "distance_m", "eta_s", "best_eta_s"}
)
_TO_NOTHING: Final = _OF_ORDER | frozenset(
    {
        "narrative",
        "caller_number",
        "address",
        "address_text",
        "reason",
        "post",
        "why",
        "commander",
        "supervisor",
    }
)
# Words that a shape always has: hidden, but there.
_TO_EMPTY: Final = frozenset({"text", "answer", "title"})
_OF_FILE: Final = frozenset({"name", "url", "sha256"})
_WHOLE: Final = frozenset(
    {"call.received", "call.returned", "call.reopened", "incident.opened", "premise.added"}
)
_NESTED: Final = frozenset({"incident.unmerged", "incident.reopened"})
_SUBJECTS: Final = frozenset({"call", "incident", "premise"})


def masked(shape: Mapping[str, JsonValue]) -> JsonObject:
    """Return a whole incident, call or premise note as those are shown it who need not know."""
    return {**_fields(shape), MASKED: True}


def masked_data(kind: str, data: Mapping[str, JsonValue]) -> JsonObject:
    """Return an entry's data likewise; facts of alarms hold nothing to hide."""
    subject = kind.partition(".")[0]
    if subject == "unit":
        return masked_unit(data)
    if subject not in _SUBJECTS:
        return dict(data)
    if kind in _WHOLE:
        return masked(data)
    hidden = _fields(data)
    if kind in _NESTED:
        nested = hidden["incident"]
        assert isinstance(nested, Mapping), "what comes back comes whole"
        hidden["incident"] = {**nested, MASKED: True}
    return hidden


def masked_unit(shape: Mapping[str, JsonValue]) -> JsonObject:
    """Return a unit, or the data of its fact, without the words of its order to a protected one."""
    order = shape.get("assignment")
    if not isinstance(order, Mapping):
        return dict(shape)
    hidden = {name: None if name in _OF_ORDER else value for name, value in order.items()}
    return {**shape, "assignment": hidden}


def coarse(lon: float, lat: float) -> JsonObject:
    """Return the middle of the cell that the point lies in, as a Place."""
    return {
        "lon": _middle(lon, limit=LON_LIMIT),
        "lat": _middle(lat, limit=LAT_LIMIT),
        "uncertainty_m": CELL_RADIUS_M,
        "confidence": CELL_CONFIDENCE,
    }


def coarse_place(point: Point) -> Location:
    """Return the same as a value of the domain."""
    return Location(
        point=Point(
            lon=_middle(point.lon, limit=LON_LIMIT), lat=_middle(point.lat, limit=LAT_LIMIT)
        ),
        uncertainty_m=CELL_RADIUS_M,
        confidence=CELL_CONFIDENCE,
    )


def _middle(degrees: float, *, limit: float) -> float:
    cell = math.floor(degrees / CELL_DEG)
    return max(-limit, min(limit, round((cell + 0.5) * CELL_DEG, 6)))


def _fields(shape: Mapping[str, JsonValue]) -> JsonObject:
    return {name: _field(name, value, shape) for name, value in shape.items()}


def _field(name: str, value: JsonValue, beside: Mapping[str, JsonValue]) -> JsonValue:
    if value is None or name in _TO_NOTHING:
        return None
    if name in _TO_EMPTY and isinstance(value, str | int | float):
        return ""
    if "media_type" in beside and name in _OF_FILE:
        return ""
    if "supervisor" in beside and name == "name":  # of a sector
        return ""
    if name == "note" and isinstance(value, str):
        return None
    return _value(value)


def _value(value: JsonValue) -> JsonValue:
    if isinstance(value, Mapping):
        lon, lat = value.get("lon"), value.get("lat")
        if isinstance(lon, int | float) and isinstance(lat, int | float):
            return {**value, **coarse(lon, lat)}
        return _fields(value)
    if isinstance(value, list):
        return [_value(one) for one in value]
    return value
