"""What goes out over HTTP about the city."""

from typing import Any

from ops_center.api.shapes import Out, ZoneOut


class HereOut(Out):
    label: str
    kind: str
    street: str | None
    crossing: str | None
    housenumber: str | None
    distance_m: float
    zones: list[ZoneOut]


class RouteOut(Out):
    duration_s: float
    distance_m: float
    geometry: dict[str, Any]
    estimated: bool


class CityOut(Out):
    name: str
    extent: list[float]
    centre: list[float]
    timezone: str
    attribution: str


class IsochroneOut(Out):
    """`geometry` is GeoJSON; `estimated` when no road graph is loaded."""

    seconds: float
    profile: str
    geometry: dict[str, Any]
    estimated: bool
