"""From words to places and back."""

from gis.geocoding.forward import RESULTS_MAX, Answer, Found, geocode
from gis.geocoding.indexing import index_city, index_layer, index_local, index_zones
from gis.geocoding.reverse import Here, reverse_geocode
from gis.geocoding.spots import Kind, Side

__all__ = [
    "RESULTS_MAX",
    "Answer",
    "Found",
    "Here",
    "Kind",
    "Side",
    "geocode",
    "index_city",
    "index_layer",
    "index_local",
    "index_zones",
    "reverse_geocode",
]
