"""Shapes of tiles' and zones' answers."""

from typing import Any

from pydantic import BaseModel, Field


class BasemapOut(BaseModel):
    """The basemap file: compare `etag` and `bytes` with a stored copy. Null: not known."""

    name: str | None
    source: str | None
    import_id: str | None
    attribution: str | None
    bbox: list[float] | None = Field(description="West, south, east, north in degrees.")
    centre: dict[str, float] | None
    min_zoom: int | None
    max_zoom: int | None
    layers: list[str]
    sha256: str | None
    bytes: int
    etag: str = Field(description="The ETag of /tiles/basemap.pmtiles, quotes included.")
    last_modified: str


class ZoneShown(BaseModel):
    """A zone; `geometry` (GeoJSON, EPSG:4326) only where outlines were asked for."""

    id: str
    kind: str
    code: str
    name: str
    agency: str | None
    source: str
    geometry: dict[str, Any] | None = None


class ZonesOut(BaseModel):
    """A page of zones."""

    items: list[ZoneShown]
    next_cursor: str | None


class ZoneHere(BaseModel):
    """A zone, and how surely the place lies in it; `share` of its circle of uncertainty, 0 to 1."""

    id: str
    kind: str
    code: str
    name: str
    agency: str | None
    source: str
    containment: str = Field(description="inside or possible.")
    share: float


class ZonesHereOut(BaseModel):
    """The surest first."""

    items: list[ZoneHere]
