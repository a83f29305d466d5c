"""Helper: browsers that watch a camera over WHEP, made of aiortc; they decode what they get."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from camera_ingest.webrtc import engine
from ops_center.bench.child import answer_questions
from ops_center.bench.own_centre import LOOPBACK
from ops_center.simulator.centre import API

PICTURE_WITHIN_S: Final = 20.0
REQUEST_WITHIN_S: Final = 20.0
PURPOSE: Final = "bench"
POLL_S: Final = 0.05


@dataclass(slots=True)
class Viewer:
    """One peer connection with its session at the centre."""

    connection: RTCPeerConnection
    location: str
    mode: str
    pictures: int = 0
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def look(self, track: MediaStreamTrack) -> None:
        """Take pictures off the track until it ends."""
        try:
            while True:
                await track.recv()
                self.pictures += 1
        except MediaStreamError:
            return


class Viewers:
    def __init__(self) -> None:
        self._all: list[Viewer] = []
        self._http: httpx.AsyncClient | None = None

    async def watch(self, url: str, token: str, camera: str, count: int) -> dict[str, Any]:
        """Open `count` views of a camera; return when each has shown a picture."""
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=REQUEST_WITHIN_S,
            trust_env=False,
        )
        for _ in range(count):
            self._all.append(await self._open(self._http, camera))
        async with asyncio.timeout(PICTURE_WITHIN_S):
            while not all(viewer.pictures for viewer in self._all):  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)
        return {"modes": [viewer.mode for viewer in self._all]}

    async def _open(self, http: httpx.AsyncClient, camera: str) -> Viewer:
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = connection.addTransceiver("video", direction="recvonly")
        transceiver.setCodecPreferences(engine.h264_preferences())
        await connection.setLocalDescription(await connection.createOffer())
        answer = await http.post(
            f"{API}/cameras/{camera}/whep",
            content=connection.localDescription.sdp,
            headers={"Content-Type": "application/sdp", "X-Purpose": PURPOSE},
        )
        answer.raise_for_status()
        viewer = Viewer(connection, answer.headers["Location"], answer.headers["X-Stream-Mode"])
        await connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        viewer.tasks.append(asyncio.ensure_future(viewer.look(transceiver.receiver.track)))
        return viewer

    async def pictures(self) -> list[int]:
        """Return how many pictures each viewer has shown so far."""
        return [viewer.pictures for viewer in self._all]

    async def leave(self) -> dict[str, Any]:
        """End all views as a page does that is closed."""
        for viewer in self._all:
            if self._http is not None:
                await self._http.delete(viewer.location)
            await viewer.connection.close()
            for task in viewer.tasks:
                task.cancel()
        if self._http is not None:
            await self._http.aclose()
        self._all.clear()
        return {}


async def main() -> None:
    """Answer until the parent closes our input."""
    engine.prepare([LOOPBACK])
    viewers = Viewers()
    await answer_questions(
        {"watch": viewers.watch, "pictures": viewers.pictures, "leave": viewers.leave}
    )


if __name__ == "__main__":
    asyncio.run(main())
