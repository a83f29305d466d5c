"""The walk of a call, in the browser: three people, three screens, one story."""

from typing import Any

from playwright.async_api import expect

from tests.e2e.conftest import PHONE, Screens, Town, report_place

SOON_MS = 10_000


async def open_call(town: Town, words: str) -> dict[str, Any]:
    lon, lat = town.middle
    call: dict[str, Any] = town.api(
        "machine",
        "POST",
        "/calls",
        {
            "source": "phone",
            "narrative": words,
            "location": {"lon": lon + 0.001, "lat": lat, "uncertainty_m": 30, "confidence": 0.9},
        },
    )
    return call


async def test_a_call_becomes_an_incident_that_a_responder_answers_on_all_three_screens(
    screens: Screens, town: Town
) -> None:
    desk = await screens.sign_in("dispatcher")
    wall = await screens.sign_in("wall_operator")
    field = await screens.sign_in("responder", size=PHONE)
    await expect(desk.by("connection")).to_have_attribute("data-state", "live")
    await expect(field.by("field-callsign")).to_have_text("P101")
    await expect(field.by("field-idle")).to_be_visible()
    report_place(town, "P101", *town.middle)

    call = await open_call(town, "robo con violencia en la esquina")
    await desk.by("call-list-row").filter(has_text=call["number"][-4:]).click()
    await desk.by("call-take").click()
    await expect(desk.by("call-take")).to_have_count(0)
    await desk.by("incident-type").fill("asalto")
    await desk.by("incident-type-option", code="robbery").click()
    await desk.by("incident-open").click()
    await expect(desk.by("incident-detail")).to_be_visible(timeout=SOON_MS)
    number = await desk.by("incident-detail").get_attribute("data-number")
    assert number is not None

    await expect(desk.by("assign-P101")).to_be_visible(timeout=SOON_MS)
    await desk.by("assign-P101").click()
    await expect(field.by("field-task", number=number)).to_be_visible(timeout=SOON_MS)
    await expect(desk.by("incident-status", status="dispatched")).to_be_visible()

    for shown in ("acknowledged", "en_route", "on_scene"):
        await field.by("next-status", status=shown).click()
        await expect(field.by("field-activity", activity=shown, sent="true")).to_be_visible(
            timeout=SOON_MS
        )
    await expect(desk.by("incident-status", status="on_scene")).to_be_visible(timeout=SOON_MS)
    await expect(wall.by("counters")).to_contain_text("P2")

    incident = find(town, number)
    assert incident["status"] == "on_scene"
    assert incident["assignments"][0]["callsign"] == "P101"

    await field.by("next-status", status="clear").click()
    await expect(field.by("field-idle")).to_be_visible(timeout=SOON_MS)
    await desk.by("incident-edit").locator("summary").click()
    await desk.by("incident-disposition").select_option("resolved")
    await desk.by("incident-close").click()
    await expect(desk.by("incident-list-row").filter(has_text=number[-4:])).to_have_count(
        0, timeout=SOON_MS
    )
    assert find(town, number)["status"] == "closed"


def find(town: Town, number: str) -> dict[str, Any]:
    items = town.api("dispatcher", "GET", "/incidents?limit=50")["items"]
    return next(one for one in items if one["number"] == number)


async def test_a_camera_plays_and_its_alarm_becomes_an_incident(
    screens: Screens, town: Town
) -> None:
    wall = await screens.sign_in("wall_operator")
    await wall.by("purpose-patrol").click()
    tile = wall.by("camera-tile", name="cam01")
    await expect(tile).to_have_attribute("data-view", "live", timeout=20_000)
    await expect(tile).to_have_attribute("data-mode", "passthrough")
    video = tile.locator("video")
    frames = "v => v.getVideoPlaybackQuality().totalVideoFrames"
    assert await video.evaluate("v => v.videoWidth") > 0
    before = await video.evaluate(frames)
    await wall.page.wait_for_function(
        "([v, n]) => v.getVideoPlaybackQuality().totalVideoFrames > n + 10",
        arg=[await video.element_handle(), before],
        timeout=SOON_MS,
    )

    alarm = wall.by("alarm").filter(has_text="cam01").first
    await expect(alarm).to_be_visible(timeout=30_000)
    image = alarm.locator("img")
    await expect(image).to_be_visible()
    assert await image.evaluate("i => i.decode().then(() => i.naturalWidth)") > 0
    await alarm.locator('[data-testid="alarm-acknowledge"]').click()
    await expect(alarm).to_have_attribute("data-state", "acknowledged", timeout=SOON_MS)

    started = town.api(
        "supervisor",
        "GET",
        "/history?from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&kind=camera.viewing_started",
    )["items"]
    assert [one["data"]["viewer"] for one in started][:1] == ["monitoreo"]
