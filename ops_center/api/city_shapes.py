"""What goes out over HTTP about the city."""

from ops_center.api.shapes import Out


class CityOut(Out):
    name: str
    extent: list[float]
    centre: list[float]
    timezone: str
    attribution: str
