"""Dispatching in the browser: from a silent call to a unit in danger, by keys and in words."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Screen, Screens, Town, report_place

SOON_MS = 15_000
# What must be on every screen within a second is given a second, and this test half of one more.
AT_ONCE_S = 1.5


def place(town: Town, east: float = 0.001, uncertainty_m: float = 30) -> dict[str, float]:
    lon, lat = town.middle
    return {"lon": lon + east, "lat": lat, "uncertainty_m": uncertainty_m, "confidence": 0.9}


def ring(town: Town, number: str, **more: Any) -> dict[str, Any]:
    body = {"source": "phone", "caller_number": number, "location": place(town), **more}
    call: dict[str, Any] = town.api("machine", "POST", "/calls", body)
    return call


def row(screen: Screen, kind: str, subject: dict[str, Any]) -> Any:
    return screen.by(f"{kind}-list-row", id=subject["id"])


async def take(desk: Screen, call: dict[str, Any]) -> None:
    await row(desk, "call", call).click(timeout=SOON_MS)
    await desk.by("call-take").click()
    await expect(desk.by("call-holder", held="me")).to_be_visible(timeout=SOON_MS)


async def test_a_silent_call_is_coded_with_one_key(screens: Screens, town: Town) -> None:
    desk = await screens.sign_in("dispatcher")
    call = ring(town, "+595981700101")
    await row(desk, "call", call).click(timeout=SOON_MS)
    await expect(desk.by("code-silent")).to_be_disabled(timeout=SOON_MS)
    await take(desk, call)
    await expect(desk.by("codes", on="true")).to_be_visible(timeout=SOON_MS)
    await desk.page.keyboard.press("1")
    await expect(row(desk, "call", call)).to_have_count(0, timeout=SOON_MS)
    coded = town.api("dispatcher", "GET", f"/calls/{call['id']}")
    assert (coded["state"], coded["disposition"]) == ("closed", "silent")


async def test_a_handset_fix_stands_beside_the_others_until_it_is_accepted(
    screens: Screens, town: Town
) -> None:
    desk = await screens.sign_in("dispatcher")
    call = ring(town, "+595981700102")
    await take(desk, call)
    town.api(
        "machine",
        "POST",
        f"/calls/{call['id']}/fixes",
        {"method": "handset", "location": place(town, 0.004, 8), "source": "aml"},
    )
    fix = desk.by("fix", method="handset")
    await expect(fix).to_have_attribute("data-force", "false", timeout=SOON_MS)
    await fix.locator('[data-testid="fix-accept"]').click()
    await expect(fix).to_have_attribute("data-force", "true", timeout=SOON_MS)
    located = town.api("dispatcher", "GET", f"/calls/{call['id']}")
    assert located["location"]["uncertainty_m"] == 8
    assert len(located["fixes"]) == 2
    town.api("dispatcher", "POST", f"/calls/{call['id']}/close", {"disposition": "test"})


async def test_an_incident_is_scheduled_and_a_note_kept_with_its_place(
    screens: Screens, town: Town
) -> None:
    desk = await screens.sign_in("dispatcher")
    call = ring(town, "+595981700103", location=place(town, -0.006))
    await take(desk, call)
    await desk.by("incident-type").fill("asalto")
    await desk.by("incident-type-option", code="robbery").click()
    await desk.by("incident-later").locator("summary").click()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    await desk.by("incident-later-at").fill(tomorrow)
    await desk.by("incident-open").click()
    await expect(desk.by("scheduled-for")).to_be_visible(timeout=SOON_MS)
    await expect(desk.by("incident-status", status="scheduled")).to_be_visible()
    await desk.by("premise-new").locator("summary").click()
    await desk.by("premise-kind").select_option("access")
    await desk.by("premise-title").fill("Portón lateral")
    await desk.by("premise-text").fill("Se entra por el portón lateral")
    await desk.by("premise-add").click()
    await expect(desk.by("premises")).to_contain_text("Portón lateral", timeout=SOON_MS)
    opened = town.api("dispatcher", "GET", f"/calls/{call['id']}")["incident_id"]
    kept = town.api("dispatcher", "GET", f"/incidents/{opened}/premises")["items"]
    assert [(one["kind"], one["radius_m"]) for one in kept] == [("access", 30.0)]


async def test_a_storm_of_calls_is_opened_as_one_incident_with_witnesses(
    screens: Screens, town: Town
) -> None:
    desk = await screens.sign_in("dispatcher")
    words = ("Hay un incendio, sale mucho humo", "Se quema una casa, hay fuego y humo")
    calls = [
        ring(
            town,
            f"+5959817002{at:02}",
            narrative=words[at % 2],
            location=place(town, 0.006 + 0.0001 * at),
        )
        for at in range(6)
    ]
    await desk.by("storm-open").first.click(timeout=SOON_MS)
    await expect(desk.by("storm")).to_be_visible(timeout=SOON_MS)
    await desk.by("incident-type").fill("incendio")
    await desk.by("incident-type-option", code="structure_fire").click()
    await desk.by("incident-open").click()
    await expect(desk.by("incident-detail")).to_be_visible(timeout=SOON_MS)
    for call in calls:
        await expect(row(desk, "call", call)).to_have_count(0, timeout=SOON_MS)
    linked = [town.api("dispatcher", "GET", f"/calls/{call['id']}") for call in calls]
    assert len({call["incident_id"] for call in linked}) == 1
    assert sorted(call["witness"] for call in linked).count("reporter") == 1


async def test_other_units_than_the_recommended_need_a_reason(screens: Screens, town: Town) -> None:
    desk = await screens.sign_in("dispatcher")
    report_place(town, "P101", *town.middle)
    report_place(town, "P102", town.middle[0] + 0.006, town.middle[1])
    incident = town.api(
        "dispatcher", "POST", "/incidents", {"type": "noise", "location": place(town, 0.0001, 10)}
    )
    await row(desk, "incident", incident).click(timeout=SOON_MS)
    other = desk.by("assign-P102")
    await expect(desk.by("recommendation")).to_be_visible(timeout=SOON_MS)
    if not await other.is_visible():
        await desk.by("runners-up").locator("summary").click()
    await other.click()
    await desk.by("override-reason-text").fill("conoce el edificio")
    await desk.by("override-reason-submit").click()
    await expect(desk.by("assignment", callsign="P102")).to_be_visible(timeout=SOON_MS)
    kept = town.api("dispatcher", "GET", f"/incidents/{incident['id']}")
    [assignment] = kept["assignments"]
    assert assignment["override_reason"] == "conoce el edificio"
    assert assignment["recommended"] is False
    town.api(
        "dispatcher",
        "POST",
        f"/incidents/{incident['id']}/assignments/release",
        {"unit_ids": [assignment["unit_id"]], "reason": "released_by_dispatcher"},
    )


async def test_a_unit_in_danger_is_on_every_desk_within_a_second_until_acknowledged(
    screens: Screens, town: Town
) -> None:
    desk = await screens.sign_in("dispatcher")
    other = await screens.sign_in("supervisor")
    await other.page.goto(f"{town.url}/map")
    for screen in (desk, other):
        await expect(screen.by("connection")).to_have_attribute(
            "data-state", "live", timeout=SOON_MS
        )
    unit = town.units["A01"]["id"]
    began = time.perf_counter()
    town.api("dispatcher", "POST", f"/units/{unit}/emergency", {})
    banner = other.by("emergency-banner", callsign="A01")
    await expect(banner).to_be_visible(timeout=SOON_MS)
    assert time.perf_counter() - began <= AT_ONCE_S
    await expect(desk.by("emergency-banner", callsign="A01", unheard="true")).to_be_visible(
        timeout=SOON_MS
    )
    width = await banner.evaluate("e => e.getBoundingClientRect().width / innerWidth")
    assert width == pytest.approx(1, abs=0.01)

    await desk.page.keyboard.press("F8")
    await expect(other.by("emergency-acknowledged-by")).to_be_visible(timeout=SOON_MS)
    await desk.by("emergency-end").click()
    await desk.by("emergency-reason-text").fill("prueba del botón")
    await desk.by("emergency-reason-submit").click()
    await expect(banner).to_have_count(0, timeout=SOON_MS)


async def test_an_incident_is_split_and_handed_over(screens: Screens, town: Town) -> None:
    desk = await screens.sign_in("dispatcher")
    first = ring(town, "+595981700301", narrative="choque", location=place(town, 0.009))
    second = ring(town, "+595981700302", narrative="pelea", location=place(town, 0.009))
    incident = town.api(
        "dispatcher",
        "POST",
        "/incidents",
        {"type": "traffic_accident", "call_id": first["id"]},
    )
    town.api("dispatcher", "POST", f"/calls/{second['id']}/link", {"incident_id": incident["id"]})
    await row(desk, "incident", incident).click(timeout=SOON_MS)
    await desk.by("detail-links").click()
    await desk.by(f"inside-{second['number'][-4:]}").check()
    await desk.by("split").click()
    await desk.by("split-reason-text").fill("es otro hecho")
    await desk.by("split-reason-submit").click()
    await expect(desk.by("incident-detail", number=incident["number"])).to_have_count(
        0, timeout=SOON_MS
    )
    moved = town.api("dispatcher", "GET", f"/calls/{second['id']}")
    assert moved["incident_id"] not in (None, incident["id"])

    await desk.by("owner-take").click()
    await expect(desk.by("incident-owner", mine="true")).to_be_visible(timeout=SOON_MS)
    supervisor = town.api("supervisor", "GET", "/session")["user"]["username"]
    await desk.by("incident-hand-over").locator("summary").click()
    await desk.by("hand-over-to").fill(supervisor)
    await desk.by("hand-over-note").fill("falta una unidad")
    await desk.by("hand-over").click()
    await expect(desk.by("incident-owner", mine="false")).to_contain_text(
        supervisor, timeout=SOON_MS
    )
