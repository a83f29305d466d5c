"""How people say where they are: folding names, street aliases, and reading an address text."""

from gis.address.folding import aliases, bare, fold
from gis.address.reading import (
    Between,
    Coordinate,
    Corner,
    House,
    Name,
    Reading,
    coordinate,
    parse,
)

__all__ = [
    "Between",
    "Coordinate",
    "Corner",
    "House",
    "Name",
    "Reading",
    "aliases",
    "bare",
    "coordinate",
    "fold",
    "parse",
]
