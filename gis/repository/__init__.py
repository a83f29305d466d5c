"""Reads the city from PostgreSQL: its description, roads, zones and named things."""

from gis.repository.city import City, city_of, counts_of, report_of, store_report
from gis.repository.nearby import NearPlace, places_near
from gis.repository.roads import EdgeRow, travel_edges, turn_bans
from gis.repository.search import has_names
from gis.repository.zone_index import ZoneIndex, ZonesNow, zones_revision
from gis.repository.zones import (
    ZoneAt,
    ZoneOutline,
    ZoneSummary,
    list_zones,
    outlines_of,
    zones_at,
    zones_of_points,
    zones_page,
)

__all__ = [
    "City",
    "EdgeRow",
    "NearPlace",
    "ZoneAt",
    "ZoneIndex",
    "ZoneOutline",
    "ZoneSummary",
    "ZonesNow",
    "city_of",
    "counts_of",
    "has_names",
    "list_zones",
    "outlines_of",
    "places_near",
    "report_of",
    "store_report",
    "travel_edges",
    "turn_bans",
    "zones_at",
    "zones_of_points",
    "zones_page",
    "zones_revision",
]
