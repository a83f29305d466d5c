"""A real browser plays a camera over WHEP: the picture has a size and goes on."""

from pathlib import Path

import httpx
import pytest
from playwright.async_api import async_playwright

from camera_ingest.simcam.server import SimulatedCameras
from ops_center.kernel.ids import new_id
from tests.integration.camera_ingest.helpers import Bench, address_of, eventually
from tests.integration.camera_ingest.viewer import HEADERS, post_offer

CHROMIUM = Path("/usr/bin/chromium")
FRAMES = 20
WAIT_MS = 15_000

MAKE_OFFER = """async () => {
    const pc = window.pc = new RTCPeerConnection({iceServers: []})
    const video = window.video = document.createElement('video')
    video.muted = true; video.autoplay = true; document.body.append(video)
    pc.ontrack = (event) => { video.srcObject = event.streams[0] || new MediaStream([event.track]) }
    pc.addTransceiver('video', {direction: 'recvonly'})
    await pc.setLocalDescription(await pc.createOffer())
    return pc.localDescription.sdp
}"""
TAKE_ANSWER = "async (sdp) => { await window.pc.setRemoteDescription({type: 'answer', sdp}) }"
PLAYS = f"() => window.video.getVideoPlaybackQuality().totalVideoFrames > {FRAMES}"
SIZE = "() => [window.video.videoWidth, window.video.videoHeight]"


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed")
@pytest.mark.parametrize("kind", ["one", "hevc"])
async def test_chromium_plays_the_camera(bench: Bench, simcam: SimulatedCameras, kind: str) -> None:
    camera = await bench.add(address_of(simcam, kind))

    async def has_mode() -> bool:
        return (await bench.health(camera.id))["mode"] is not None

    await bench.state(camera.id, "live")
    await eventually(has_mode)
    async with (
        httpx.AsyncClient(
            transport=httpx.ASGITransport(bench.app), base_url="http://worker"
        ) as client,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox"]
        )
        page = await browser.new_page()
        offer = await page.evaluate(MAKE_OFFER)
        answer = await post_offer(client, camera.id, offer, new_id())
        assert answer.status_code == 201, answer.text
        await page.evaluate(TAKE_ANSWER, answer.text)
        await page.wait_for_function(PLAYS, timeout=WAIT_MS)
        assert await page.evaluate(SIZE) == [640, 360]
        await client.delete(answer.headers["location"], headers=HEADERS)
        await browser.close()
