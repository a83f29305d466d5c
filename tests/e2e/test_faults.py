"""What the screens do when a process dies or the database goes away: they say so, and recover."""

import time

from playwright.async_api import expect

from tests.e2e.conftest import PHONE, Screens, Town
from tests.e2e.test_walk import SOON_MS, open_call

DEGRADED_WITHIN_MS = 3_000
WELL_WITHIN_MS = 10_000


async def test_a_killed_web_process_costs_no_call_and_no_status(
    screens: Screens, town: Town
) -> None:
    desk = await screens.sign_in("dispatcher")
    field = await screens.sign_in("responder", size=PHONE)
    await expect(desk.by("connection")).to_have_attribute("data-state", "live")
    before = await open_call(town, "antes del corte")
    await expect(desk.by("call-list-row").filter(has_text=before["number"][-4:])).to_be_visible()

    town.centre.kill("app")
    try:
        await expect(desk.by("connection")).not_to_have_attribute(
            "data-state", "live", timeout=SOON_MS
        )
        await field.by("field-more").click()
        await field.by("status-out_of_service").click()
        await field.by("out-reasons").locator("button").first.click()
        waiting = field.by("field-activity", activity="out_of_service", sent="false")
        await expect(waiting).to_be_visible()
    finally:
        town.centre.start("app")
    after = await open_call(town, "después del corte")
    await expect(desk.by("connection")).to_have_attribute("data-state", "live", timeout=15_000)
    for call in (before, after):
        row = desk.by("call-list-row").filter(has_text=call["number"][-4:])
        await expect(row).to_be_visible(timeout=SOON_MS)
    sent = field.by("field-activity", activity="out_of_service", sent="true")
    await expect(sent).to_be_visible(timeout=15_000)
    unit = town.api("dispatcher", "GET", f"/units/{town.units['P101']['id']}")
    assert unit["activity"] == "out_of_service"
    town.api("dispatcher", "POST", f"/units/{unit['id']}/status", {"status": "in_service"})


async def test_a_restarted_database_is_shown_and_heals_without_a_reload(
    screens: Screens, town: Town
) -> None:
    desk = await screens.sign_in("dispatcher")
    await expect(desk.by("connection")).to_have_attribute("data-state", "live")
    await desk.page.evaluate("window.notReloaded = true")

    town.centre.database.stop()
    try:
        await expect(desk.by("degraded-database")).to_be_visible(timeout=DEGRADED_WITHIN_MS)
    finally:
        town.centre.database.start()
    returned = time.monotonic()
    await expect(desk.by("degraded-database")).to_have_count(0, timeout=WELL_WITHIN_MS)
    call = await open_call(town, "la base volvió")
    row = desk.by("call-list-row").filter(has_text=call["number"][-4:])
    await expect(row).to_be_visible(timeout=WELL_WITHIN_MS)
    assert time.monotonic() - returned < WELL_WITHIN_MS / 1000 + 5
    assert await desk.page.evaluate("window.notReloaded") is True


async def test_the_language_can_be_changed_on_every_page(screens: Screens) -> None:
    desk = await screens.sign_in("dispatcher")
    await expect(desk.page.locator("html")).to_have_attribute("lang", "es-PY")
    for button, lang in (("gn", "gn"), ("en", "en"), ("es", "es-PY")):
        await desk.by("language").get_by_text(button, exact=True).click()
        await expect(desk.page.locator("html")).to_have_attribute("lang", lang)


async def test_the_phone_page_reloads_without_network_and_sends_what_was_pressed(
    screens: Screens, town: Town
) -> None:
    field = await screens.sign_in("responder", size=PHONE)
    await expect(field.by("connection")).to_have_attribute("data-state", "live")
    await field.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await field.page.reload()  # from here on the worker has the page
    await expect(field.by("connection")).to_have_attribute("data-state", "live", timeout=SOON_MS)
    await expect(field.by("field-callsign")).to_have_text("P101", timeout=SOON_MS)

    await field.page.context.set_offline(True)
    await field.page.reload()
    await expect(field.by("field-callsign")).to_have_text("P101", timeout=SOON_MS)
    await field.by("field-more").click()
    await field.by("status-break").click()
    await expect(field.by("field-activity", activity="break", sent="false")).to_be_visible()
    await field.page.reload()
    await expect(field.by("outbox")).to_be_visible(timeout=SOON_MS)

    await field.page.context.set_offline(False)
    sent = field.by("field-activity", activity="break", sent="true")
    await expect(sent).to_be_visible(timeout=15_000)
    unit = town.api("dispatcher", "GET", f"/units/{town.units['P101']['id']}")
    assert unit["activity"] == "break"
    town.api("dispatcher", "POST", f"/units/{unit['id']}/status", {"status": "in_service"})
