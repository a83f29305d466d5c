"""Places that are measured, not named: coordinates, plus codes, kilometres of a road."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis import address
from gis.address import fold
from gis.geocoding.houses import street_spots
from gis.geocoding.likeness import likeness
from gis.geocoding.spots import (
    COORDINATE_M,
    KM_COUNTED_M,
    KM_POST_M,
    UNKNOWN_NUMBER_SHARE,
    Kind,
    Spot,
    located,
)
from gis.repository import routes

if TYPE_CHECKING:
    from gis.address import Coordinate, KmPost, PlusCode
    from gis.geocoding.lookup import Lookup
    from gis.geometry import Point
    from gis.repository.routes import RoutePoint

SAME_ROUTE_MIN = 0.8
CODE_IN_UNKNOWN_PLACE = 0.7


def coordinate_spot(reading: Coordinate) -> Spot:
    point = reading.point
    return Spot(
        label=f"{point.lat:.6f}, {point.lon:.6f}",
        kind=Kind.COORDINATE,
        location=located(point, max(COORDINATE_M, reading.precision_m)),
        score=1.0,
    )


def plus_code_spots(lookup: Lookup, reading: PlusCode, centre: Point | None) -> list[Spot]:
    """The cell of the code; a short one is completed near its locality, else near the city."""
    if reading.point is not None:
        return [_plus_code(reading, reading.point, reading.radius_m, 1.0)]
    areas = lookup.places(reading.locality)[:1] if reading.locality else []
    score = 1.0 if areas or not reading.locality else CODE_IN_UNKNOWN_PLACE
    reference = areas[0].match.point if areas else centre
    if reference is None:
        return []
    point, radius = address.plus_code_point(reading.code, reference)
    return [_plus_code(reading, point, radius, score)]


def _plus_code(reading: PlusCode, point: Point, radius_m: float, score: float) -> Spot:
    return Spot(
        label=reading.code.upper(),
        kind=Kind.PLUS_CODE,
        location=located(point, max(radius_m, COORDINATE_M)),
        score=score,
        locality=reading.locality,
    )


async def km_spots(lookup: Lookup, reading: KmPost) -> list[Spot]:
    """The kilometre on every road of that number or name; else the road itself."""
    posts = await routes.points_at_km(lookup.connection, reading.km)
    spots = [
        _km_post(reading, post, score)
        for post in posts
        if (score := _same_route(reading, post)) >= SAME_ROUTE_MIN
    ]
    if spots:
        return spots
    streets = list(lookup.streets(reading.route).values())
    return await street_spots(lookup, streets, share=UNKNOWN_NUMBER_SHARE)


def _same_route(reading: KmPost, post: RoutePoint) -> float:
    if reading.ref is not None and address.road_ref(post.ref) == reading.ref:
        return 1.0
    digits = "".join(c for c in reading.ref or reading.route if c.isdigit())
    if digits and post.number == int(digits) and len(digits) <= 4:
        # "Ruta 2" without a network: every network's road of that number is offered.
        return 0.95 if reading.ref is None else SAME_ROUTE_MIN
    return likeness(reading.route, fold(post.name)) if post.name else 0.0


def _km_post(reading: KmPost, post: RoutePoint, score: float) -> Spot:
    radius = KM_COUNTED_M if post.counted else KM_POST_M
    return Spot(
        label=km_label(post.ref, reading.km),
        kind=Kind.KM_POST,
        location=located(post.point, radius),
        score=score,
        locality=reading.locality,
    )


def km_label(ref: str, km: float) -> str:
    """As road signs have it: Ruta PY02 km 45,5."""
    return f"Ruta {ref} km {km:.1f}".replace(".", ",").removesuffix(",0")
