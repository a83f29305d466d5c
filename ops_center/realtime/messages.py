"""The frames of the console protocol (docs/protocol.md): what clients may say, how we answer."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import to_json

from ops_center.kernel.clock import wire_time
from ops_center.kernel.events import Entry
from ops_center.kernel.wire import entry_fields

PROTOCOL = 1
FIXES_PER_BATCH = 500
CLIENT_FRAME_MAX_BYTES = 256_000


class _ClientFrame(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Hello(_ClientFrame):
    type: Literal["hello"]
    protocol: int
    resume: Annotated[int, Field(ge=0, le=2**53)] | None = None


class Beat(_ClientFrame):
    type: Literal["beat"]


class Positions(_ClientFrame):
    type: Literal["positions"]
    id: Annotated[str, Field(max_length=64)]
    unit: UUID
    fixes: Annotated[list[Any], Field(max_length=FIXES_PER_BATCH)]


ClientFrame = Annotated[Hello | Beat | Positions, Field(discriminator="type")]
CLIENT_FRAME: TypeAdapter[Hello | Beat | Positions] = TypeAdapter(ClientFrame)


def entry_tail(entry: Entry) -> bytes:
    """Return the part of an entry's frame that is the same for everybody: all but `after`."""
    return to_json(entry_fields(entry))[1:]


def entry_frame(tail: bytes, after: int) -> bytes:
    """Return the frame of an entry for those who were last told of seq `after`."""
    return b'{"type":"entry","after":%d,' % after + tail


def snapshot_frame(
    *, seq: int, at: datetime, picture: dict[str, Any], live: dict[str, Any]
) -> bytes:
    return to_json(
        {"type": "snapshot", "seq": seq, "at": wire_time(at), "picture": picture, "live": live}
    )


def resumed_frame(*, seq: int, count: int) -> bytes:
    return to_json({"type": "resumed", "seq": seq, "count": count})


def live_frame(*, at: datetime, values: dict[str, Any]) -> bytes:
    return to_json({"type": "live", "at": wire_time(at), "values": values})


def beat_frame(*, at: datetime, seq: int, degraded: tuple[str, ...]) -> bytes:
    return to_json({"type": "beat", "at": wire_time(at), "seq": seq, "degraded": list(degraded)})


def positions_frame(*, batch_id: str, answer: dict[str, Any]) -> bytes:
    return to_json({"type": "positions_answer", "id": batch_id, **answer})


def bye_frame(reason: str) -> bytes:
    return to_json({"type": "bye", "reason": reason})
