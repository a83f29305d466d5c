"""How values look as JSON: the one translation behind facts, pictures and HTTP answers."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias
from uuid import UUID

from gis.geometry import Location
from ops_center.kernel.clock import wire_time

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | Mapping[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]

# Fields that only this side needs; they are stored, but no screen is told.
INTERNAL = "internal"
# The name on the wire, where it is no name for Python.
NAMED = "named"


class Unset(Enum):
    """Marks a field that a change leaves as it is, where None means "make it empty"."""

    UNSET = "unset"


UNSET = Unset.UNSET


def to_json(value: object) -> JsonValue:
    """Return `value` as JSON: times with ms and Z, ids as text, places flat (docs/protocol.md)."""
    match value:
        case Enum():
            answer = to_json(value.value)
        case None | bool() | int() | float() | str():
            answer = value
        case UUID():
            answer = str(value)
        case datetime():
            answer = wire_time(value)
        case Location():
            answer = place_json(value)
        case Mapping():
            answer = {str(key): to_json(item) for key, item in value.items()}
        case tuple() | list() | frozenset():
            answer = [to_json(item) for item in value]
        case _:
            answer = object_json(value)
    return answer


def object_json(value: object) -> JsonObject:
    """Return a dataclass value as a JSON object of its fields, internal and unset ones left out."""
    assert is_dataclass(value), f"{type(value).__name__} has no shape on the wire"
    return {
        field.metadata.get(NAMED, field.name): to_json(content)
        for field in fields(value)
        if not field.metadata.get(INTERNAL) and (content := getattr(value, field.name)) is not UNSET
    }


def place_json(location: Location) -> JsonObject:
    """Return a Place: lon, lat, uncertainty_m and confidence side by side."""
    return {
        "lon": location.point.lon,
        "lat": location.point.lat,
        "uncertainty_m": location.uncertainty_m,
        "confidence": location.confidence,
    }
