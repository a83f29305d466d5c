"""What goes in and out over HTTP about closures."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from ops_center.api.instants import Instant
from ops_center.api.shapes import In, Out

Reason = Annotated[str, Field(min_length=1, max_length=300)]
Radius = Annotated[float, Field(ge=1, le=5_000, allow_inf_nan=False)]
Applies = Literal["all", "civil"]


class ClosureIn(In):
    """`geometry` is GeoJSON: a LineString along the street (or a short stroke across it), a
    Polygon, or a Point with radius_m. Without `from` it holds at once, without `until` until
    somebody lifts it. `civil` does not bind crews with lights and siren.
    """

    geometry: dict[str, Any]
    radius_m: Radius | None = None
    reason: Reason
    starts_at: Annotated[Instant | None, Field(alias="from")] = None
    until_at: Annotated[Instant | None, Field(alias="until")] = None
    applies_to: Applies = "all"


class ClosurePatch(In):
    geometry: dict[str, Any] | None = None
    radius_m: Radius | None = None
    reason: Reason | None = None
    starts_at: Annotated[Instant | None, Field(alias="from")] = None
    until_at: Annotated[Instant | None, Field(alias="until")] = None
    applies_to: Applies | None = None


class ClosureOut(Out):
    id: UUID
    version: int
    geometry: dict[str, Any]
    radius_m: float | None
    reason: str
    starts_at: Annotated[datetime, Field(alias="from")]
    until_at: Annotated[datetime | None, Field(alias="until")]
    applies_to: Applies
    drawn_by: str
    drawn_at: datetime


class ClosuresOut(Out):
    items: list[ClosureOut]
    next_cursor: str | None
