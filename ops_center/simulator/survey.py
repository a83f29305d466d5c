"""Gets to know the city by asking the centre: roads, corners and their names, a hospital."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from gis.geodesy import distance_m
from gis.geometry import Extent, Point
from ops_center.simulator.centre import Centre, Refused
from ops_center.simulator.driving import Corner, corners_of, scattered
from ops_center.simulator.places import KnownPlace

PLACES_WANTED: Final = 48
ROUTES_MAX: Final = 60
FROM_ONE_ROUTE: Final = 3
APART_M: Final = 60.0
PATROL_SIGMA_M: Final = 700.0
SPREAD: Final = 0.3  # sigma of where people are, as a share of the city's extent
MARGIN: Final = 0.04
# Kinds of vehicle the road graph has no profile of its own for.
DRIVES_LIKE: Final = {"rescue": "fire_engine"}
HOSPITAL_WORDS: Final = ("hospital", "sairaala", "clínica", "sanatorio")

log = structlog.get_logger()


class NoCity(Exception):
    """The centre knows no roads, so nothing can be driven on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the simulation knows of the city; `places` lie on roads, corners among them."""

    extent: Extent
    centre: Point
    places: tuple[KnownPlace, ...]
    hospital: Point | None

    def beat(self, rng: random.Random) -> Callable[[], Point]:
        """Return how a unit chooses where to patrol next: around a home of its own."""
        home = somewhere(self.extent, self.centre, rng)
        return lambda: clamped(self.extent, scattered(home, rng, sigma_m=PATROL_SIGMA_M))

    @property
    def corners(self) -> tuple[KnownPlace, ...]:
        return tuple(place for place in self.places if place.is_corner)


def somewhere(extent: Extent, centre: Point, rng: random.Random) -> Point:
    """Return a point of the city, more often near its centre."""
    width, height = extent.east - extent.west, extent.north - extent.south
    lon = rng.gauss(centre.lon, width * SPREAD)
    lat = rng.gauss(centre.lat, height * SPREAD)
    return clamped(extent, Point(lon=lon, lat=lat))


def clamped(extent: Extent, point: Point) -> Point:
    """Return the point, or the nearest one well inside the extent."""
    dx = (extent.east - extent.west) * MARGIN
    dy = (extent.north - extent.south) * MARGIN
    return Point(
        lon=min(max(point.lon, extent.west + dx), extent.east - dx),
        lat=min(max(point.lat, extent.south + dy), extent.north - dy),
    )


async def survey(centre: Centre, rng: random.Random) -> Survey:
    """Return what is known of the city after driving through it in thought."""
    city = await centre.get("/city")
    west, south, east, north = city["extent"]
    extent = Extent(west=west, south=south, east=east, north=north)
    middle = Point(lon=city["centre"][0], lat=city["centre"][1])
    places = await _find_places(centre, extent, middle, rng)
    if not places:
        raise NoCity("The centre has no road map. Import a city first: ./ops gis import-osm FILE.")
    hospital = await _find_hospital(centre, extent)
    log.info("city.surveyed", places=len(places), hospital=hospital is not None)
    return Survey(extent=extent, centre=middle, places=tuple(places), hospital=hospital)


async def _find_places(
    centre: Centre, extent: Extent, middle: Point, rng: random.Random
) -> list[KnownPlace]:
    places: list[KnownPlace] = []
    for _ in range(ROUTES_MAX):
        if len(places) >= PLACES_WANTED:
            break
        start, end = (somewhere(extent, middle, rng) for _ in range(2))
        route = await route_or_none(centre, start, end, "car")
        if route is None:
            continue
        corners = corners_of(route)
        for corner in rng.sample(corners, min(FROM_ONE_ROUTE, len(corners))):
            if all(distance_m(corner.point, known.point) > APART_M for known in places):
                places.append(await _named(centre, corner, rng))
    return places


async def _named(centre: Centre, corner: Corner, rng: random.Random) -> KnownPlace:
    here = await centre.get("/reverse", lon=corner.point.lon, lat=corner.point.lat)
    label = str(here["label"])
    street, crossing = here.get("street"), here.get("crossing")
    if street and crossing and (street != crossing) and rng.random() < 0.8:
        label = f"{street} casi {crossing}"
    return KnownPlace(point=corner.point, label=label, heading_deg=corner.heading_deg)


async def route_or_none(
    centre: Centre, start: Point, end: Point, profile: str
) -> dict[str, Any] | None:
    """Return an answer of GET /route, or None when there is no way by road."""
    ends: dict[str, Any] = {
        "from": f"{start.lon:.6f},{start.lat:.6f}",
        "to": f"{end.lon:.6f},{end.lat:.6f}",
    }
    try:
        route = await centre.get("/route", **ends, profile=DRIVES_LIKE.get(profile, profile))
    except Refused as refused:
        log.debug("route.refused", code=refused.code)
        return None
    return None if route["estimated"] or not route["duration_s"] else dict(route)


async def _find_hospital(centre: Centre, extent: Extent) -> Point | None:
    for word in HOSPITAL_WORDS:
        try:
            found = await centre.get("/geocode", q=word, limit=5)
        except Refused:
            continue
        for item in found["items"]:
            point = Point(lon=item["location"]["lon"], lat=item["location"]["lat"])
            if item["kind"] == "poi" and extent.contains(point):
                return point
    return None
