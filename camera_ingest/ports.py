"""What the camera services need from the world, as Protocols."""

from typing import Protocol
from uuid import UUID

from camera_ingest.domain.alarm_rule import AlarmRule
from camera_ingest.domain.camera import Camera, StreamAddress
from ops_center.kernel.clock import Clock
from ops_center.kernel.events import Fact


class Recorder(Protocol):
    """The part of a transaction that services write facts into."""

    @property
    def clock(self) -> Clock: ...

    def record(self, *facts: Fact) -> None: ...


class CameraStore(Protocol):
    """Cameras and their rules, in the transaction of the command."""

    async def find(self, camera_id: UUID) -> Camera | None: ...

    async def insert(self, camera: Camera, address: StreamAddress) -> bool:
        """Store a new camera; False when its id is already there."""
        ...

    async def replace(
        self, camera: Camera, *, expected_version: int, address: StreamAddress | None
    ) -> bool:
        """Store a changed camera, with a new stream address when given; False when stale."""
        ...

    async def put_rule(self, rule: AlarmRule) -> None: ...

    async def insert_viewing(
        self, viewing_id: UUID, *, camera_id: UUID, viewer: str, control_url: str
    ) -> bool:
        """Remember that someone watches; False when this viewing is already known."""
        ...


class AddressGuard(Protocol):
    async def check(self, address: StreamAddress) -> None:
        """Raise Invalid unless the host may be a camera here, judged after the name look-up."""
        ...
