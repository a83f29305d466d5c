"""Live view: a real WebRTC peer gets the camera's own bytes, and what cannot pass is re-encoded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import cv2
import httpx
import numpy as np
import pytest
import pytest_asyncio

from camera_ingest.repository import SqlCameraStore
from camera_ingest.services import StartViewing, start_viewing
from camera_ingest.simcam.clip import load_clip
from camera_ingest.simcam.server import SimulatedCameras
from camera_ingest.wire.nal import Codec, split_annexb
from camera_ingest.wire.payload import Depacketiser
from camera_ingest.wire.rtp import RtpPacket
from ops_center.kernel import journal, transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from ops_center.localdb import LocalDatabase
from tests.integration.camera_ingest.helpers import (
    Bench,
    address_of,
    eventually,
    simulated,
    working,
)
from tests.integration.camera_ingest.viewer import HEADERS, Viewer, post_offer

FIRST_PICTURE_WITHIN_S = 1.0


@dataclass(slots=True)
class Stage:
    """One worker with all kinds of cameras, shared by the tests of this file."""

    bench: Bench
    simcam: SimulatedCameras
    client: httpx.AsyncClient
    cameras: dict[str, UUID]


@pytest_asyncio.fixture(scope="module")
async def stage(
    cluster: LocalDatabase,
    template: str,
    clip_paths: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stage]:
    name = f"t_{new_id().hex}"
    url = cluster.createdb(name, template=template)
    database = Database(url)
    files = {kind: clip_paths[kind] for kind in ("sub", "bframes", "hevc")}
    data_dir = tmp_path_factory.mktemp("worker")
    async with (
        simulated(files) as simcam,
        working(url, database, data_dir, viewers_per_camera_max=3) as bench,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(bench.app), base_url="http://worker"
        ) as client,
    ):
        cameras = {kind: (await bench.add(address_of(simcam, kind))).id for kind in files}
        made = Stage(bench, simcam, client, cameras)
        for camera_id in cameras.values():
            await bench.state(camera_id, "live", within_s=15)
            await eventually(partial(_has_mode, bench, camera_id))
        yield made
    await database.close()
    cluster.dropdb(name)


async def _has_mode(bench: Bench, camera_id: UUID) -> bool:
    return (await bench.health(camera_id))["mode"] is not None


@pytest_asyncio.fixture
async def viewer(stage: Stage) -> AsyncIterator[Viewer]:
    made = Viewer(stage.client, stage.cameras["sub"])
    yield made
    await made.connection.close()
    await _nobody_watches(stage)


async def _nobody_watches(stage: Stage) -> None:
    async def gone() -> bool:
        return stage.bench.worker.sessions.count() == 0

    await eventually(gone)


def units_of(path: Path) -> list[tuple[bytes, ...]]:
    """Return the NAL units of each access unit of a clip, as they go over the wire."""
    depacketiser = Depacketiser(Codec.H264)
    found: list[tuple[bytes, ...]] = []
    sequence = 0
    for frame in load_clip(path).frames:
        for place, payload in enumerate(frame.payloads):
            last = place == len(frame.payloads) - 1
            packet = RtpPacket(96, sequence, frame.ticks, 1, last, payload)
            sequence = (sequence + 1) % 65536
            found.extend(unit.nals for unit in depacketiser.push(packet))
    return found


async def test_viewer_gets_the_cameras_bytes_unchanged(
    stage: Stage, viewer: Viewer, clip_paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    await viewer.watch(monkeypatch)
    await viewer.pictures(30)
    assert viewer.response
    assert viewer.response.headers["x-mode"] == "passthrough"
    sent = units_of(clip_paths["sub"])
    received = [tuple(split_annexb(data)) for _, data in viewer.units]
    first = sent.index(received[0])
    expected = [sent[(first + place) % len(sent)] for place in range(len(received))]
    assert received == expected
    assert set(viewer.shown) == {(640, 360)}


async def test_viewer_sees_a_picture_at_once_in_the_middle_of_a_group(
    stage: Stage, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, _, _ = stage.bench.worker.live(stage.cameras["sub"])

    async def mid_group() -> bool:
        return 5 <= len(hub.group) <= 8

    await eventually(mid_group, every_s=0.02)
    await viewer.watch(monkeypatch)
    await viewer.pictures(1)
    waited = asyncio.get_running_loop().time() - viewer.connected_at
    assert waited < FIRST_PICTURE_WITHIN_S  # the next key picture is 1.2 s away or more


@pytest.mark.parametrize(("kind", "reason"), [("hevc", "hevc"), ("bframes", "b_frames")])
async def test_what_browsers_cannot_play_is_encoded_anew_and_said_so(
    stage: Stage, viewer: Viewer, kind: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer.camera_id = stage.cameras[kind]
    await viewer.watch(monkeypatch)
    await viewer.pictures(10)
    assert viewer.response
    assert viewer.response.headers["x-mode"] == "reencoded"
    assert viewer.response.headers["x-mode-reason"] == reason
    assert set(viewer.shown) == {(640, 360)}
    stamps = [stamp for stamp, _ in viewer.units]
    assert stamps == sorted(stamps)


async def test_view_goes_on_in_the_same_session_when_the_camera_comes_back(
    stage: Stage, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await viewer.watch(monkeypatch)
    await viewer.pictures(5)
    assert stage.simcam.command("kick sub") == "ok"
    await stage.bench.state(stage.cameras["sub"], "offline")
    await stage.bench.state(stage.cameras["sub"], "live")
    await viewer.pictures(10)
    stamps = np.array([stamp for stamp, _ in viewer.units], dtype=np.uint32)
    steps = np.diff(stamps).astype(np.int32)  # wraps like RTP timestamps do
    assert (steps > 0).all()
    assert stage.bench.worker.sessions.count(stage.cameras["sub"]) == 1


async def test_lost_picture_is_answered_with_the_kept_group(
    stage: Stage, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await viewer.watch(monkeypatch)
    await viewer.pictures(3)
    (receiver,) = viewer.connection.getReceivers()
    (source,) = receiver.getSynchronizationSources()
    await receiver._send_rtcp_pli(source.source)
    (session,) = stage.bench.worker.sessions._sessions.values()

    async def replayed() -> bool:
        return session.track.replays == 1

    await eventually(replayed)
    await viewer.pictures(3)


async def test_end_of_a_view_is_journalled_with_who_and_how_long(
    stage: Stage, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await viewer.watch(monkeypatch)
    camera_id = stage.cameras["sub"]
    author = Author(id=new_id(), name="camaras1")
    async with transaction.begin(
        stage.bench.database, author=author, cause=viewer.viewing_id, clock=SystemClock()
    ) as writing:
        await start_viewing(
            writing,
            StartViewing(
                viewing_id=viewer.viewing_id,
                camera_id=camera_id,
                viewer="camaras1",
                purpose="incident:0192",
                mode="passthrough",
                control_url="http://127.0.0.1:1",
            ),
            store=SqlCameraStore(writing.connection),
        )
        await writing.commit()
    assert viewer.response
    gone = await stage.client.delete(viewer.response.headers["location"], headers=HEADERS)
    assert gone.status_code == 204

    async def ended() -> dict[str, object] | None:
        async with stage.bench.database.reading() as connection:
            entries = await journal.entries_after(connection, 0)
        found = [entry.data for entry in entries if entry.kind == "camera.viewing_ended"]
        mine = [data for data in found if data["viewing_id"] == str(viewer.viewing_id)]
        return mine[0] if mine else None

    data = await eventually(ended)
    assert data["viewer"] == "camaras1"
    assert data["cause"] == "left"
    assert data["seconds"] > 0
    again = await stage.client.delete(viewer.response.headers["location"], headers=HEADERS)
    assert again.status_code == 404


async def test_viewer_that_hangs_up_is_noticed(
    stage: Stage, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await viewer.watch(monkeypatch)
    await viewer.pictures(1)
    await viewer.connection.close()
    await _nobody_watches(stage)


async def test_viewers_of_one_camera_are_limited(
    stage: Stage, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await viewer.watch(monkeypatch)
    offer = viewer.connection.localDescription.sdp
    sessions = [await post_offer(stage.client, viewer.camera_id, offer) for _ in range(3)]
    assert [answer.status_code for answer in sessions] == [201, 201, 429]
    assert sessions[2].headers["content-type"] == "application/problem+json"
    assert sessions[2].json()["retry_after_s"] > 0
    for answer in sessions[:2]:
        await stage.client.delete(answer.headers["location"], headers=HEADERS)


async def test_snapshot_is_the_latest_picture_with_its_time(stage: Stage) -> None:
    answer = await stage.client.get(f"/snapshot/{stage.cameras['sub']}.jpg", headers=HEADERS)
    assert answer.status_code == 200
    assert answer.headers["x-captured-at"].endswith("Z")
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (360, 640, 3)


async def test_control_edge_refuses_strangers_and_nonsense(stage: Stage) -> None:
    camera_id = stage.cameras["sub"]
    stranger = await stage.client.get("/health")
    assert stranger.status_code == 401
    unknown = await post_offer(stage.client, new_id(), "v=0")
    assert unknown.status_code == 404
    for offer in ("", "not sdp", "v=0\r\nm=video 9 X 1\r\na=rtpmap:1 H264/90000\r\n"):
        answer = await post_offer(stage.client, camera_id, offer)
        assert answer.status_code == 422, offer
        assert answer.json()["detail"]
    no_id = await stage.client.post(f"/whep/{camera_id}", headers=HEADERS)
    assert no_id.status_code == 422
    await _nobody_watches(stage)


async def test_health_lists_every_camera_and_no_credentials(stage: Stage) -> None:
    answer = await stage.client.get("/health", headers=HEADERS)
    body = answer.json()
    assert {str(one) for one in stage.cameras.values()} <= set(body["cameras"])
    assert "rtsp://" not in answer.text


async def test_camera_without_picture_cannot_be_viewed_now(stage: Stage, viewer: Viewer) -> None:
    dark = await stage.bench.add(address_of(stage.simcam, "no-such-camera"))
    await stage.bench.state(dark.id, "refused")
    answer = await post_offer(stage.client, dark.id, "v=0")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "stream_not_found"
