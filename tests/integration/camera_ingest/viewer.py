"""A WebRTC viewer made of aiortc that keeps the coded bytes it gets."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import aiortc.rtcrtpreceiver
import httpx
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.codecs.h264 import H264Decoder
from aiortc.jitterbuffer import JitterFrame
from typing_extensions import override

from camera_ingest.webrtc.engine import h264_preferences
from ops_center.kernel.ids import new_id
from tests.integration.camera_ingest.helpers import SECRET, eventually

HEADERS = {"Authorization": f"Bearer {SECRET}", "X-Viewer": "camaras1"}


class RecordingDecoder(H264Decoder):
    """Keeps (timestamp, Annex B bytes) of each access unit, and counts decoded pictures."""

    def __init__(self, record: list[tuple[int, bytes]], shown: list[tuple[int, int]]) -> None:
        super().__init__()
        self._record = record
        self._shown = shown

    @override
    def decode(self, encoded_frame: JitterFrame) -> list[Any]:
        self._record.append((encoded_frame.timestamp, bytes(encoded_frame.data)))
        frames: list[Any] = super().decode(encoded_frame)
        self._shown.extend((frame.width, frame.height) for frame in frames)
        return frames


@dataclass(slots=True)
class Viewer:
    """Watches one camera through the worker's control edge."""

    client: httpx.AsyncClient
    camera_id: UUID
    viewing_id: UUID = field(default_factory=new_id)
    connection: RTCPeerConnection = field(
        default_factory=lambda: RTCPeerConnection(RTCConfiguration(iceServers=[]))
    )
    units: list[tuple[int, bytes]] = field(default_factory=list)
    shown: list[tuple[int, int]] = field(default_factory=list)
    response: httpx.Response | None = None
    connected_at: float = 0.0

    async def watch(self, patch: pytest.MonkeyPatch) -> Self:
        """Offer, post, take the answer; pictures then come into `units` and `shown`."""
        patch.setattr(
            aiortc.rtcrtpreceiver,
            "get_decoder",
            lambda _codec: RecordingDecoder(self.units, self.shown),
        )
        transceiver = self.connection.addTransceiver("video", direction="recvonly")
        transceiver.setCodecPreferences(h264_preferences())
        await self.connection.setLocalDescription(await self.connection.createOffer())
        self.response = await post_offer(
            self.client, self.camera_id, self.connection.localDescription.sdp, self.viewing_id
        )
        assert self.response.status_code == 201, self.response.text
        await self.connection.setRemoteDescription(
            RTCSessionDescription(self.response.text, "answer")
        )

        async def connected() -> bool:
            return self.connection.connectionState == "connected"

        await eventually(connected, every_s=0.01)
        self.connected_at = asyncio.get_running_loop().time()
        return self

    async def pictures(self, count: int, *, within_s: float = 10.0) -> None:
        """Wait until `count` more pictures were decoded."""
        wanted = len(self.shown) + count

        async def enough() -> bool:
            return len(self.shown) >= wanted

        await eventually(enough, within_s=within_s, every_s=0.02)


async def post_offer(
    client: httpx.AsyncClient, camera_id: UUID, offer: str, viewing_id: UUID | None = None
) -> httpx.Response:
    headers = HEADERS | {"X-Viewing-Id": str(viewing_id or new_id())}
    return await client.post(f"/whep/{camera_id}", content=offer, headers=headers)
