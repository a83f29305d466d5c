"""Geography on the screens: closed roads, choices of places, three looks, the map on the phone."""

import time
from typing import Any

from playwright.async_api import expect

from tests.e2e.conftest import PHONE, Screen, Screens, Town, report_place
from tests.e2e.test_walk import SOON_MS

MAP_MS = 20_000
IN_FORCE_S = 10.0
MAP = "document.querySelector('.map-box').map"


async def map_ready(screen: Screen) -> None:
    """Wait until this screen's map has its basemap; drawing may still go on."""
    await screen.page.wait_for_function(
        "() => document.querySelector('.map-box')?.map?.getLayer('roads_minor') !== undefined",
        timeout=MAP_MS,
    )


async def look_at(screen: Screen, lon: float, lat: float, zoom: float) -> None:
    await screen.page.evaluate(
        f"([lon, lat, zoom]) => {{ {MAP}.jumpTo({{ center: [lon, lat], zoom }}) }}",
        [lon, lat, zoom],
    )


async def drawn(screen: Screen, *layers: str) -> None:
    """Wait until something of these layers can be seen."""
    await screen.page.wait_for_function(
        f"layers => {MAP}.queryRenderedFeatures({{ layers }}).length > 0",
        arg=list(layers),
        timeout=MAP_MS,
    )


async def click_map(screen: Screen, lon: float, lat: float) -> None:
    """Click where the map shows that place."""
    x, y = await screen.page.evaluate(
        f"([lon, lat]) => {{ const at = {MAP}.project([lon, lat]);"
        f" const box = {MAP}.getCanvas().getBoundingClientRect();"
        " return [at.x + box.x, at.y + box.y]; }",
        [lon, lat],
    )
    await screen.page.mouse.click(x, y)


def way(town: Town, start: tuple[float, float], end: tuple[float, float]) -> dict[str, Any]:
    ends = f"from={start[0]},{start[1]}&to={end[0]},{end[1]}"
    answer: dict[str, Any] = town.api("dispatcher", "GET", f"/route?{ends}&profile=car")
    return answer


def some_way(town: Town) -> tuple[tuple[float, float], tuple[float, float], dict[str, Any]]:
    """Two places in the middle of town with a road between them that is worth closing."""
    lon, lat = town.middle
    for east, north in ((0.0, 0.003), (0.002, -0.004), (-0.003, -0.003)):
        end = (lon + east, lat + north)
        found = way(town, (lon, lat), end)
        if not found["estimated"] and found["distance_m"] > 150:
            return (lon, lat), end, found
    raise AssertionError("no road leads out of the middle of the demo city")


async def test_a_road_closed_on_one_screen_shows_on_another_and_turns_the_way(
    screens: Screens, town: Town
) -> None:
    start, end, before = some_way(town)
    line = before["geometry"]["coordinates"]
    lon, lat = line[len(line) // 2]
    desk = await screens.sign_in("dispatcher")
    other = await screens.sign_in("supervisor")
    await map_ready(desk)

    await desk.by("tool-closures").click()
    await desk.by("closure-new").click()
    await desk.by("closure-shape-point").click()
    await desk.by("closure-radius").fill("25")
    # The panel covers the map's left: the place is brought to where one can click it.
    await look_at(desk, lon - 0.002, lat, 16)
    await click_map(desk, lon, lat)
    await expect(desk.by("closure-corners", count="1")).to_be_visible()
    await desk.by("closure-reason").fill("Raudal <b>fuerte</b>")
    await desk.by("closure-save").click()
    closure = desk.by("closure").filter(has_text="Raudal <b>fuerte</b>")
    await expect(closure).to_be_visible(timeout=SOON_MS)
    identity = await closure.get_attribute("data-id")
    assert identity is not None

    await other.by("tool-closures").click()
    there = other.by("closure", id=identity)
    await expect(there).to_contain_text("Raudal <b>fuerte</b>", timeout=SOON_MS)
    await expect(there.locator("b")).to_have_count(0)
    await look_at(other, lon, lat, 16)
    await drawn(other, "closures-case")

    after = await turned(town, start, end, before)
    assert after["closures_in_force"] >= 1
    assert after["geometry"] != before["geometry"]

    await there.locator('[data-testid="closure-lift"]').click()
    await expect(desk.by("closure", id=identity)).to_have_count(0, timeout=SOON_MS)


async def turned(
    town: Town,
    start: tuple[float, float],
    end: tuple[float, float],
    before: dict[str, Any],
) -> dict[str, Any]:
    """The way once routing has heard of the closure."""
    until = time.monotonic() + IN_FORCE_S
    while time.monotonic() < until:
        now = way(town, start, end)
        if now["geometry"] != before["geometry"]:
            return now
    raise AssertionError("the closed road is still driven")


async def test_words_that_fit_several_places_offer_choices_and_choose_none(
    screens: Screens, town: Town
) -> None:
    words, offered = several_places(town)
    desk = await screens.sign_in("call_taker")
    await map_ready(desk)
    await desk.page.keyboard.press("F2")
    where = desk.by("new-call-where")
    await where.fill(words)
    choices = desk.by("new-call-where-candidates")
    await expect(choices).to_have_attribute("data-certain", "false", timeout=SOON_MS)
    await expect(desk.by("new-call-where-read-as")).to_contain_text("Entendido:")
    numbers = [str(place + 1) for place in range(await desk.by("candidate").count())]
    assert len(numbers) >= 2
    await marked(desk, numbers)

    await where.press("Enter")
    await expect(where).to_have_value(words)
    await expect(choices).to_be_focused()
    second = await desk.by("candidate").nth(1).locator(".clip").first.inner_text()
    assert second in offered
    await desk.page.keyboard.press("2")
    await expect(where).to_have_value(second)

    await where.fill("qqqqq wwwww kkkkk")
    await desk.by("new-call-narrative").fill("no se sabe bien dónde")
    await desk.by("new-call-send").click()
    await expect(desk.by("call-detail")).to_be_visible(timeout=SOON_MS)


def several_places(town: Town) -> tuple[str, list[str]]:
    """Words that mean several places in this city, and what the geocoder offers for them."""
    for words in ("apteekki", "puisto", "farmacia", "parque", "escola"):
        answer = town.api("call_taker", "GET", f"/geocode?q={words}&limit=9&type_ahead=true")
        if not answer["certain"] and len(answer["items"]) > 1:
            return words, [one["label"] for one in answer["items"]]
    raise AssertionError("no word is ambiguous in this city")


async def marked(screen: Screen, labels: list[str]) -> None:
    """Wait until the map marks the candidates by these numbers."""
    await screen.page.wait_for_function(
        f"async labels => (await {MAP}.getSource('marks').getData())"
        ".features.map(one => one.properties.label).join() === labels.join()",
        arg=labels,
        timeout=SOON_MS,
    )


async def test_the_looks_of_the_map_switch_and_are_remembered(screens: Screens) -> None:
    desk = await screens.sign_in("dispatcher")
    await desk.page.goto(desk.page.url.replace("/console", "/map"))
    await map_ready(desk)
    grounds = []
    await desk.by("tool-layers").click()
    for look in ("day", "night", "contrast"):
        await desk.by(f"look-{look}").check()
        await expect(desk.by("map")).to_have_attribute("data-look", look)
        await map_ready(desk)
        grounds.append(
            await desk.page.evaluate(f"() => {MAP}.getPaintProperty('earth', 'fill-color')")
        )
    assert len(set(grounds)) == 3
    await expect(desk.page.locator(".maplibregl-ctrl-attrib")).to_contain_text("OpenStreetMap")
    await desk.page.reload()
    await expect(desk.by("map")).to_have_attribute("data-look", "contrast")


async def test_the_map_kept_on_the_phone_is_drawn_without_network(
    screens: Screens, town: Town
) -> None:
    report_place(town, "P101", *town.middle)
    field = await screens.sign_in("responder", size=PHONE)
    await map_ready(field)
    await field.by("phone-map-open").click()
    await field.by("phone-map-keep").click()
    await expect(field.by("phone-map", state="kept")).to_be_visible(timeout=MAP_MS)
    await field.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    await field.page.reload()  # from here on the worker has the page and keeps its files
    await map_ready(field)

    await field.page.context.set_offline(True)
    await field.page.reload()
    await expect(field.by("field-callsign")).to_have_text("P101", timeout=SOON_MS)
    await map_ready(field)
    await look_at(field, town.middle[0], town.middle[1], 15)
    await drawn(field, "roads_minor")
    await drawn(field, "buildings")
    await field.page.context.set_offline(False)

    await field.by("phone-map-open").click()
    await expect(field.by("phone-map-about")).to_contain_text("MB")
    await field.by("phone-map-remove").click()
    await expect(field.by("phone-map", state="none")).to_be_visible()
