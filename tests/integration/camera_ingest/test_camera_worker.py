"""The worker against simulated cameras: health within 5 s of a fault, alarms with evidence."""

import asyncio
import hashlib

import cv2
import numpy as np
import pytest

from camera_ingest.simcam.server import SimulatedCameras
from ops_center.kernel import journal
from ops_center.kernel.events import Entry
from tests.integration.camera_ingest.helpers import Bench, address_of, eventually

SAID_WITHIN_S = 5.0
LIVE_WITHIN_S = 10.0


async def test_camera_becomes_live_and_says_how_it_does(
    bench: Bench, simcam: SimulatedCameras
) -> None:
    camera = await bench.add(address_of(simcam, "one"))
    await bench.state(camera.id, "live", within_s=LIVE_WITHIN_S)

    async def settled() -> dict[str, object] | None:
        found = await bench.health(camera.id)
        return found if found["mode"] and 8 <= found["fps"] <= 12 else None

    found = await eventually(settled)
    assert found["mode"] == "passthrough"
    assert found["reason"] is None
    assert found["last_frame_at"] is not None


@pytest.mark.parametrize(
    ("fault", "states"),
    [
        ("stall", {"stalled"}),
        ("refuse+kick", {"refused"}),
        ("garbage", {"offline"}),
        ("corrupt", {"stalled"}),
        ("freeze", {"frozen"}),
    ],
)
async def test_fault_is_said_within_five_seconds_and_other_camera_stays_live(
    bench: Bench, simcam: SimulatedCameras, fault: str, states: set[str]
) -> None:
    broken = await bench.add(address_of(simcam, "one"))
    healthy = await bench.add(address_of(simcam, "two"))
    for camera in (broken, healthy):
        await bench.state(camera.id, "live", within_s=LIVE_WITHIN_S)
    for part in fault.split("+"):
        assert simcam.command(f"{part} one") == "ok"
    said = await bench.state(broken.id, *states, within_s=SAID_WITHIN_S)
    assert said["reason"]
    assert (await bench.health(healthy.id))["state"] == "live"
    assert simcam.command("resume one") == "ok"
    await bench.state(broken.id, "live", within_s=15.0)


async def test_kicked_camera_comes_back_by_itself(bench: Bench, simcam: SimulatedCameras) -> None:
    camera = await bench.add(address_of(simcam, "one"))
    await bench.state(camera.id, "live", within_s=LIVE_WITHIN_S)
    assert simcam.command("kick one") == "ok"
    await bench.state(camera.id, "offline", within_s=SAID_WITHIN_S)
    await bench.state(camera.id, "live", within_s=LIVE_WITHIN_S)


async def test_motion_raises_one_alarm_with_its_picture_as_evidence(
    bench: Bench, simcam: SimulatedCameras
) -> None:
    camera = await bench.add(address_of(simcam, "one"), name="Portón norte", priority=2)

    async def committed() -> list[Entry]:
        async with bench.database.reading() as connection:
            return await journal.entries_after(connection, 0)

    entries = await eventually(committed, within_s=25.0)
    (alarm,) = [entry for entry in entries if entry.kind == "camera.alarm_raised"]
    assert alarm.subject == camera.id
    assert alarm.audience == {"agency:POL"}
    assert alarm.data["rule_name"] == "Portón norte"
    assert alarm.data["kind"] == "motion"
    assert alarm.data["priority"] == 2
    assert alarm.data["location"]["lon"] == 24.94
    assert 0 < alarm.data["motion_fraction"] <= 1
    sha256 = alarm.data["snapshot"]["sha256"]
    stored = bench.evidence_dir / "sha256" / sha256[:2] / sha256[2:4] / sha256
    content = await asyncio.to_thread(stored.read_bytes)
    assert hashlib.sha256(content).hexdigest() == sha256
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (360, 640, 3)
