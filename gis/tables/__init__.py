"""Tables of geography: the imported city, the agencies' layers, the gazetteer, closures."""

from gis.tables.city import (
    CITY_TABLES,
    EXTENSIONS,
    TRIGRAM_INDEXES,
    WGS84_SRID,
    address_point,
    building,
    city,
    place,
    place_alias,
    road_edge,
    street,
    street_alias,
    street_crossing,
    turn_ban,
    zone,
)

__all__ = [
    "CITY_TABLES",
    "EXTENSIONS",
    "TRIGRAM_INDEXES",
    "WGS84_SRID",
    "address_point",
    "building",
    "city",
    "place",
    "place_alias",
    "road_edge",
    "street",
    "street_alias",
    "street_crossing",
    "turn_ban",
    "zone",
]
