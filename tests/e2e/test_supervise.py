"""The supervisor's page: what goes on now, what happened in a period, the rules."""

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from ops_center.kernel.ids import new_id
from tests.e2e.conftest import Screen, Screens, Town

REPO = Path(__file__).resolve().parents[2]
AXE = REPO / "frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
TABS = ("response-times", "calls", "queues", "workload", "overrides", "alarms", "rules")
SOON_MS = 15_000


def a_worked_incident(town: Town) -> str:
    """One call, one incident, one unit that goes, arrives and is free again; returns its name."""
    name = f"S{new_id().hex[-6:]}"
    unit = town.api(
        "admin", "POST", "/units", {"callsign": name, "agency": "POL", "kind": "patrol"}
    )
    town.api("machine", "POST", f"/units/{unit['id']}/status", {"status": "in_service"})
    call = town.api("machine", "POST", "/calls", {"source": "phone"})
    town.api("dispatcher", "POST", f"/calls/{call['id']}/take")
    lon, lat = town.middle
    incident = town.api(
        "dispatcher", "POST", "/incidents",
        {"call_id": call["id"], "type": "noise", "location": {"lon": lon, "lat": lat}},
    )  # fmt: skip
    order = {"unit_ids": [unit["id"]], "override_reason": "<img src=x onerror=alert(1)>"}
    town.api("dispatcher", "POST", f"/incidents/{incident['id']}/assignments", order)
    for status in ("en_route", "on_scene", "clear"):
        town.api("machine", "POST", f"/units/{unit['id']}/status", {"status": status})
    return name


async def supervise(screens: Screens, town: Town, role: str = "supervisor") -> Screen:
    screen = await screens.sign_in(role)
    await screen.page.goto(f"{town.url}/supervise")
    await expect(screen.by("now")).to_be_visible(timeout=SOON_MS)
    return screen


async def faults(screen: Screen) -> list[str]:
    """What axe finds wrong on the page as it stands."""
    await screen.page.evaluate(AXE.read_text(encoding="utf-8"))
    asked = json.dumps({"runOnly": RULES})
    found = await screen.page.evaluate(f"() => axe.run(document, {asked})")
    return [
        f"{one['id']}: {[node['html'][:120] for node in one['nodes']][:3]}"
        for one in found["violations"]
    ]


async def test_a_supervisor_sees_now_and_the_night_in_every_tab(
    screens: Screens, town: Town
) -> None:
    callsign = a_worked_incident(town)
    screen = await supervise(screens, town)
    await expect(screen.by("now-units").locator("strong").first).to_be_visible()
    await expect(screen.by("times").locator("tbody tr").first).to_be_visible(timeout=SOON_MS)
    await screen.by("group-by").select_option("type")
    await screen.by("interval").select_option("response")
    await expect(screen.by("times").locator('tr[data-key="noise"] td').first).not_to_have_text("0")
    for tab in TABS:
        await screen.by(f"tab-{tab}").click()
        await expect(screen.by(f"report-{tab}")).to_be_visible()
        await screen.page.wait_for_load_state("networkidle")
        if AXE.is_file():
            assert await faults(screen) == [], tab
    await screen.by("tab-workload").click()
    await expect(screen.by("units-work").locator(f'tr[data-key="{callsign}"]')).to_be_visible()
    await screen.by("tab-overrides").click()
    await expect(screen.by("override-list")).to_contain_text("<img src=x onerror=alert(1)>")
    async with screen.page.expect_download() as download:
        await screen.by("download-csv").click()
    assert (await download.value).suggested_filename.startswith("overrides_")


async def test_a_rule_is_checked_put_in_force_and_taken_back(screens: Screens, town: Town) -> None:
    screen = await supervise(screens, town)
    await screen.by("tab-rules").click()
    await screen.by("rules-clocks").click()
    text = screen.by("rule-text")
    good = await text.input_value()
    await text.fill(good.replace('"clock": "answer"', '"clock": "gong"', 1))
    await screen.by("rule-check").click()
    await expect(screen.by("rule-faults")).to_contain_text("/clocks/0/clock")
    document = json.loads(good)
    document["clocks"][0]["target_s"] += 1
    document["clocks"][0]["alarm_s"] = document["clocks"][0]["target_s"] + 5
    await text.fill(json.dumps(document, indent=2))
    version = screen.by("rule-version")
    before = int(await version.get_attribute("data-version") or 0)
    await screen.by("rule-save").click()
    await expect(version).to_have_attribute("data-version", str(before + 1), timeout=SOON_MS)
    await screen.page.get_by_text("Versiones").click()  # spelling: ignore
    await screen.by(f"rule-rollback-{before}").click()
    await expect(version).to_have_attribute("data-version", str(before + 2), timeout=SOON_MS)
    assert json.loads(await text.input_value()) == json.loads(good)


@pytest.mark.parametrize("language", ["es", "gn", "en"])
async def test_the_page_speaks_three_languages_and_is_read_by_an_auditor(
    screens: Screens, town: Town, language: str
) -> None:
    screen = await supervise(screens, town, "auditor")
    await screen.page.evaluate(f"localStorage.setItem('nangareko-language', '{language}')")
    await screen.page.reload()
    await expect(screen.by("tab-rules")).to_be_visible(timeout=SOON_MS)
    words = {"es": "Reglas", "gn": "Reglas", "en": "Rules"}
    await expect(screen.by("tab-rules")).to_have_text(words[language])
    await screen.by("tab-rules").click()
    await screen.by("rules-clocks").click()
    await expect(screen.by("rule-text")).not_to_be_editable()
    await expect(screen.by("rule-save")).to_have_count(0)
    text = await screen.page.inner_text("main")
    assert "{{" not in text
    assert "undefined" not in text
