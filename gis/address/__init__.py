"""How people say where they are: folding names, street aliases, and reading an address text."""

from gis.address.cleaning import PASTED_MAX_CHARS, QUERY_MAX_CHARS
from gis.address.coordinates import coordinate
from gis.address.describing import describe
from gis.address.folding import aliases, bare, fold
from gis.address.kilometres import road_ref
from gis.address.kinds import PlaceKind, kind_of
from gis.address.parsing import parse
from gis.address.plus_codes import plus_code_point
from gis.address.reading import (
    Beside,
    Between,
    Coordinate,
    Corner,
    House,
    HouseRange,
    KmPost,
    Name,
    Notation,
    PlusCode,
    Reading,
    Relation,
)
from gis.address.sound import sound

__all__ = [
    "PASTED_MAX_CHARS",
    "QUERY_MAX_CHARS",
    "Beside",
    "Between",
    "Coordinate",
    "Corner",
    "House",
    "HouseRange",
    "KmPost",
    "Name",
    "Notation",
    "PlaceKind",
    "PlusCode",
    "Reading",
    "Relation",
    "aliases",
    "bare",
    "coordinate",
    "describe",
    "fold",
    "kind_of",
    "parse",
    "plus_code_point",
    "road_ref",
    "sound",
]
