"""What goes in and out over HTTP about cameras and their alarm rules."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr

from ops_center.api.shapes import Code, In, Out, PlaceIn, PlaceOut, Priority

Weekday = Annotated[int, Field(ge=0, le=6)]


class ScheduleIn(In):
    """Local hours in which a rule watches; `end` before `start` spans midnight."""

    days: Annotated[tuple[Weekday, ...], Field(max_length=7)] = (0, 1, 2, 3, 4, 5, 6)
    start: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    end: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class RuleIn(In):
    """When motion becomes an alarm; `zone` are corners [x, y] in 0..1, none for all of it."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Literal["motion"] = "motion"
    zone: Annotated[tuple[tuple[Share, Share], ...], Field(max_length=32)] = ()
    threshold: Annotated[float, Field(ge=0.0001, le=1, allow_inf_nan=False)] = 0.005
    dwell_s: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] = 1.5
    rearm_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 60.0
    priority: Priority = 3
    schedule: ScheduleIn | None = None
    enabled: bool = True


class CameraIn(In):
    """`stream_url` (rtsp://user:password@host/…) never leaves the server again."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    agency: Code
    location: PlaceIn
    stream_url: SecretStr
    heading_deg: Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)] | None = None
    fov_deg: Annotated[float, Field(ge=1, le=360, allow_inf_nan=False)] = 90.0
    range_m: Annotated[float, Field(ge=1, le=5_000, allow_inf_nan=False)] = 60.0
    enabled: bool = True
    rules: Annotated[tuple[RuleIn, ...], Field(max_length=16)] = ()


class CameraPatch(In):
    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    agency: Code | None = None
    location: PlaceIn | None = None
    stream_url: SecretStr | None = None
    heading_deg: Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)] | None = None
    fov_deg: Annotated[float, Field(ge=1, le=360, allow_inf_nan=False)] | None = None
    range_m: Annotated[float, Field(ge=1, le=5_000, allow_inf_nan=False)] | None = None
    enabled: bool | None = None


class CameraOut(Out):
    id: UUID
    name: str
    version: int
    agency: str
    enabled: bool
    location: PlaceOut
    heading_deg: float | None
    fov_deg: float | None
    range_m: float | None


class CamerasOut(Out):
    items: list[CameraOut]
    next_cursor: str | None


class ViewOut(Out):
    camera_id: UUID
    name: str
    distance_m: float
    bearing_deg: float
    state: str
    verdict: Literal["in_view", "nearby"]


class ViewsOut(Out):
    """`blind_spot`: no working camera looks towards the place."""

    items: list[ViewOut]
    blind_spot: bool
