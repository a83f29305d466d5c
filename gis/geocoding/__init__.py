"""From words to places and back."""

from gis.geocoding.candidates import Kind
from gis.geocoding.forward import RESULTS_MAX, Found, geocode
from gis.geocoding.reverse import Here, reverse_geocode

__all__ = ["RESULTS_MAX", "Found", "Here", "Kind", "geocode", "reverse_geocode"]
