"""Reads the city from PostgreSQL: its description, roads, zones and named things."""

from gis.repository.city import City, city_of, counts_of
from gis.repository.nearby import NearPlace, places_near
from gis.repository.roads import EdgeRow, drivable_edges, turn_bans
from gis.repository.zones import (
    ZoneAt,
    ZoneOutline,
    ZoneSummary,
    list_zones,
    zones_at,
    zones_of_points,
)

__all__ = [
    "City",
    "EdgeRow",
    "NearPlace",
    "ZoneAt",
    "ZoneOutline",
    "ZoneSummary",
    "city_of",
    "counts_of",
    "drivable_edges",
    "list_zones",
    "places_near",
    "turn_bans",
    "zones_at",
    "zones_of_points",
]
