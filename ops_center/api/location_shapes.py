"""What goes in and out over HTTP about callers' places, telephone signals and alarm sources."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from ops_center.api.call_shapes import CallOut
from ops_center.api.instants import Instant
from ops_center.api.shapes import Code, In, Out, PlaceIn, PlaceOut, Priority, ShortWords

Number = Annotated[str, Field(max_length=32)]


class LocationReportOut(Out):
    id: UUID
    channel: Literal["aml", "sms", "pidf-lo"]
    outcome: Literal["waiting", "joined", "quarantined", "empty"]
    reason: str | None
    notes: list[str]
    call_id: UUID | None
    received_at: datetime
    method: str | None = None
    source: str | None = None
    location: PlaceOut | None = None
    measured_at: datetime | None = None
    floor: str | None = None
    masked: bool = False


class LocationReportsOut(Out):
    items: list[LocationReportOut]
    next_cursor: str | None = None


class TakenInOut(Out):
    """What a sender is told: never more than what it sent. `lost`: try again later."""

    outcome: Literal["taken", "quarantined", "lost"]
    items: list[LocationReportOut]


class TelephoneIn(In):
    event: Literal["ringing", "answered", "hung_up"]
    ref: Annotated[str, Field(min_length=1, max_length=128)]
    number: Number | None = None
    to: Number | None = None
    at: Instant | None = None
    agent: Annotated[str, Field(max_length=64)] | None = None


class TelephoneOut(Out):
    applied: bool
    call: CallOut


class SourceIn(In):
    code: Annotated[str, Field(min_length=1, max_length=32)]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Literal["panic_button", "alarm_panel"] = "panic_button"
    agency: Code
    priority: Priority = 1
    location: PlaceIn
    repeat_window_s: Annotated[int, Field(ge=0, le=3_600)] = 120
    expected_days: Annotated[int, Field(ge=1, le=366)] | None = None


class SourcePatch(In):
    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    agency: Code | None = None
    priority: Priority | None = None
    location: PlaceIn | None = None
    repeat_window_s: Annotated[int, Field(ge=0, le=3_600)] | None = None
    expected_days: Annotated[int, Field(ge=1, le=366)] | None = None
    active: bool | None = None


class ActivationIn(In):
    at: Instant | None = None
    location: PlaceIn | None = None
    text: ShortWords | None = None


class HeartbeatIn(In):
    at: Instant | None = None


class JudgedOut(Out):
    """`false_rate` is of those that a person decided, None while there are none."""

    activations: int
    presses: int
    genuine: int
    false: int
    open: int
    false_rate: float | None
    last_at: datetime | None


class SourceOut(Out):
    id: UUID
    code: str
    version: int
    name: str
    kind: Literal["panic_button", "alarm_panel"]
    agency: str
    priority: int
    location: PlaceOut
    repeat_window_s: int
    expected_days: int | None
    active: bool
    added_at: datetime
    heard_at: datetime | None
    state: Literal["ok", "silent", "never_heard", "inactive"]


class JudgedSourceOut(SourceOut):
    judged: JudgedOut


class SourcesOut(Out):
    items: list[JudgedSourceOut]
    judged: JudgedOut
    next_cursor: str | None = None
