"""What goes in and out over HTTP about cameras and their alarm rules."""

from typing import Annotated, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import Field, SecretStr, model_validator
from pydantic.json_schema import SkipJsonSchema

from ops_center.api.shapes import Code, In, Out, PlaceIn, PlaceOut, Priority

Unsent: TypeAlias = SkipJsonSchema[None]
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
    """What is not sent stays as it is; only `heading_deg` may be null: a dome that turns."""

    name: Annotated[str, Field(min_length=1, max_length=120)] | Unsent = None
    agency: Code | Unsent = None
    location: PlaceIn | Unsent = None
    stream_url: SecretStr | Unsent = None
    heading_deg: Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)] | None = None
    fov_deg: Annotated[float, Field(ge=1, le=360, allow_inf_nan=False)] | Unsent = None
    range_m: Annotated[float, Field(ge=1, le=5_000, allow_inf_nan=False)] | Unsent = None
    enabled: bool | Unsent = None

    @model_validator(mode="after")
    def _refuse_nulls(self) -> Self:
        nulls = {name for name in self.model_fields_set if getattr(self, name) is None}
        if nulls - {"heading_deg"}:
            names = ", ".join(sorted(nulls - {"heading_deg"}))
            raise ValueError(f"{names} cannot be null: leave it out to keep what is there")
        return self


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
