"""A whole centre with cameras, and a real browser to look at it."""

import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from camera_ingest import clips
from ops_center.bench.own_centre import OwnCentre, free_port
from ops_center.kernel.ids import new_id
from tests.story.conftest import city_file

REPO = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
BROWSER_FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
CAMERA_NAMES = ("cam01", "cam02")
CLIP_S = 12.0
DESK = {"width": 1600, "height": 900}
PHONE = {"width": 360, "height": 640}


def frontend_dir() -> Path:
    built = Path(os.environ.get("OPS_DATA_DIR", REPO / "var")) / "frontend"
    if not (built / "index.html").is_file():
        pytest.skip(f"the screens are not built in {built} (./ops test builds them)")
    return built


def demo_clip(place: Path) -> Path:
    """The demo cameras' clip, from the real CCTV video where it is, else a moving box."""
    data = Path(os.environ.get("OPS_DATA_DIR", REPO / "var"))
    video = data / "assets" / "vtest.avi"
    encoding = clips.DEMO[0]
    source = (
        clips.video_source(video, seconds=CLIP_S)
        if video.is_file()
        else clips.synthetic_source(seconds=CLIP_S)
    )
    return clips.encode(source, encoding, place / "clip.mp4")


@dataclass
class Town:
    """The running centre with its seeded units and cameras, and its public API."""

    centre: OwnCentre
    units: dict[str, dict[str, Any]]
    cameras: dict[str, dict[str, Any]]
    middle: tuple[float, float]

    @property
    def url(self) -> str:
        return self.centre.url

    def api(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request to the public API; returns the JSON of a good answer."""
        answer = httpx.request(
            method,
            f"{self.url}/api/v1{path}",
            json=body,
            headers={
                "Authorization": f"Bearer {self.centre.token(role)}",
                "Idempotency-Key": str(new_id()),
                **headers,
            },
            timeout=15,
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


def _settle(centre: OwnCentre, rtsp_port: int) -> Town:
    """Register units near the middle of town and cameras, and let the responder crew P101."""
    town = Town(centre, {}, {}, (0.0, 0.0))
    lon, lat = town.api("dispatcher", "GET", "/city")["centre"]
    town.middle = (lon, lat)
    for place, (callsign, agency, kind) in enumerate(
        (("P101", "POL", "patrol"), ("P102", "POL", "patrol"), ("A01", "SEME", "ambulance"))
    ):
        unit = town.api(
            "admin", "POST", "/units", {"callsign": callsign, "agency": agency, "kind": kind}
        )
        town.units[callsign] = unit
        report_place(town, callsign, lon + 0.002 * place, lat)
    town.api("admin", "PATCH", "/users/movil", {"unit_id": town.units["P101"]["id"]})
    for place, name in enumerate(CAMERA_NAMES):
        town.cameras[name] = town.api(
            "admin",
            "POST",
            "/cameras",
            {
                "name": name,
                "agency": "POL",
                "location": {"lon": lon + 0.001 * place, "lat": lat + 0.001},
                "heading_deg": 90,
                "stream_url": f"rtsp://demo:secret@127.0.0.1:{rtsp_port}/{name}",
                "rules": [{"name": "vereda", "dwell_s": 0.5, "threshold": 0.001, "rearm_s": 3600}]
                if name == "cam01"
                else [],
            },
        )
    return town


def report_place(town: Town, callsign: str, lon: float, lat: float) -> None:
    fix = {"lon": lon, "lat": lat, "occurred_at": datetime.now(UTC).isoformat(), "accuracy_m": 5}
    unit = town.units[callsign]["id"]
    answer = town.api("machine", "POST", f"/units/{unit}/locations", [fix])
    assert answer["accepted"] == 1


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    """A centre with web, background and camera processes, two simulated cameras, three units."""
    with tempfile.TemporaryDirectory(prefix="ops-e2e-") as name:
        place = Path(name)
        place.chmod(0o711)  # the database's own user passes through
        with OwnCentre(place, durable=False) as centre:
            centre.prepare(city_file())
            shutil.copytree(frontend_dir(), centre.data / "frontend")
            rtsp_port = free_port()
            clip = demo_clip(place)
            words = ["camera_ingest.simcam", "--port", str(rtsp_port)]
            words += ["--user", "demo", "--password", "secret"]
            for camera in CAMERA_NAMES:
                words += ["--camera", f"{camera}={clip}"]
            centre.spawn("simcam", *words)
            centre.start("app", "background", "cameras")
            yield _settle(centre, rtsp_port)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"no browser at {CHROMIUM} (./ops test installs Debian's chromium)")
    async with async_playwright() as driver:
        running = await driver.chromium.launch(executable_path=CHROMIUM, args=BROWSER_FLAGS)
        yield running
        await running.close()


@dataclass
class Screen:
    """One person's page, with everything that went wrong in it, and what the centre refused."""

    page: Page
    complaints: list[str]
    refused: list[str] = field(default_factory=list)

    def by(self, testid: str, **attributes: str) -> Any:
        wanted = "".join(f'[data-{name}="{value}"]' for name, value in attributes.items())
        return self.page.locator(f'[data-testid="{testid}"]{wanted}')


class Screens:
    """Opens screens as people do: by signing in at /login."""

    def __init__(self, browser: Browser, town: Town) -> None:
        self._browser = browser
        self._town = town
        self._contexts: list[BrowserContext] = []
        self.opened: list[Screen] = []

    async def sign_in(self, role: str, *, size: dict[str, int] = DESK) -> Screen:
        lon, lat = self._town.middle
        context = await self._browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            permissions=["geolocation"],
            geolocation={"longitude": lon, "latitude": lat},
        )
        self._contexts.append(context)
        screen = Screen(await context.new_page(), [])
        self._listen(screen)
        await screen.page.goto(f"{self._town.url}/login")
        people = self._people()
        await screen.by("login-username").fill(people[role]["username"])
        await screen.by("login-password").fill(people[role]["password"])
        await screen.by("login-submit").click()
        await screen.page.wait_for_url(lambda url: "/login" not in url)
        self.opened.append(screen)
        return screen

    def _people(self) -> dict[str, dict[str, str]]:
        loaded: dict[str, dict[str, str]] = json.loads(self._town.centre.credentials.read_text())
        return loaded

    def _listen(self, screen: Screen) -> None:
        ours = (self._town.url, self._town.url.replace("http", "ws"), "blob:", "data:")

        def note(text: str) -> None:
            screen.complaints.append(text)

        screen.page.on("pageerror", lambda error: note(f"error: {error}"))
        screen.page.on(
            "response", lambda it: None if it.ok else note_refused(screen, it.status, it)
        )
        screen.page.on("requestfailed", lambda it: note_refused(screen, it.failure, it))
        screen.page.on(
            "request",
            lambda request: None if request.url.startswith(ours) else note(f"left: {request.url}"),
        )

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()


def note_refused(screen: Screen, why: object, asked: Any) -> None:
    screen.refused.append(f"{why} {asked.url}")


OUTCOME = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep how the test itself ended, for the fixtures that are taken down after it."""
    report = yield
    if report.when == "call":
        item.stash[OUTCOME] = report
    return report


async def describe(screen: Screen) -> str:
    """What a person saw at the end of a failed test, and what the centre did not answer well."""
    seen = await screen.page.inner_text("body", timeout=5_000)
    return "\n".join([screen.page.url, seen, "-- not answered well:", *screen.refused[-20:]])


@pytest_asyncio.fixture(loop_scope="session")
async def screens(
    request: pytest.FixtureRequest, browser: Browser, town: Town
) -> AsyncIterator[Screens]:
    """Screens that must end without an error in the page and without a request elsewhere."""
    opened = Screens(browser, town)
    yield opened
    report = request.node.stash.get(OUTCOME, None)
    try:
        if report is not None and report.failed:
            seen = [await describe(screen) for screen in opened.opened]
            report.sections.append(("screens at the end", "\n\n".join(seen)))
    finally:
        await opened.close()
    complaints = [one for screen in opened.opened for one in screen.complaints]
    assert complaints == []
