"""A caller who cannot speak: the exchange rings, the handset and the network say where."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from dispatch.domain.caller_location import signature
from gis.geodesy import destination, distance_m
from gis.geometry import Point
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import API, Refused
from tests.running import AML_KEY
from tests.story.people import People

PIDF = """<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="tel:{number}">
 <tuple id="1"><status><gp:geopriv xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10">
 <gp:location-info><gs:Circle xmlns:gs="http://www.opengis.net/pidflo/1.0"
  xmlns:gml="http://www.opengis.net/gml" srsName="urn:ogc:def:crs:EPSG::4326">
  <gml:pos>{lat} {lon}</gml:pos><gs:radius uom="urn:ogc:def:uom:EPSG::9001">900</gs:radius>
 </gs:Circle></gp:location-info><gp:method>Cell</gp:method></gp:geopriv></status></tuple>
</presence>"""


def a_number() -> str:
    return f"+5959{new_id().int % 10**8:08d}"


async def centre_of(people: People) -> Point:
    lon, lat = (await people.machine.get("/city"))["centre"]
    return Point(lon=lon, lat=lat)


def aml(number: str, point: Point, *, radius_m: float = 12, **fields: Any) -> bytes:
    taken = SystemClock().now() - timedelta(seconds=2)
    form = {
        "v": "3",
        "device_number": number,
        "location_latitude": f"{point.lat:.6f}",
        "location_longitude": f"{point.lon:.6f}",
        "location_time": str(int(taken.timestamp() * 1000)),
        "location_accuracy": str(radius_m),
        "location_confidence": "0.68",
        "location_source": "gps",
        **fields,
    }
    return urlencode(form).encode()


@pytest_asyncio.fixture
async def handset(running_centre: OwnCentre) -> AsyncIterator[httpx.AsyncClient]:
    """A sender that can sign but not sign in."""
    base = running_centre.url + API
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=20) as http:
        yield http


async def test_a_silent_caller_is_found_by_handset_and_network(
    people: People, handset: httpx.AsyncClient
) -> None:
    here = await centre_of(people)
    number, ref = a_number(), f"SIP-{new_id().hex[:10]}"
    bearer = {"Authorization": f"Bearer {people.machine.http.token}"}

    # 1. A fix arrives before the telephone rings: it is taken in, and waits.
    early = destination(here, bearing_deg=90, distance_m=200)
    body = signature.signed(aml(number, early, radius_m=400), AML_KEY.encode())
    taken = await handset.post("/locations/aml", content=body)
    assert (taken.status_code, taken.json()["outcome"]) == (202, "taken")
    assert [one["outcome"] for one in taken.json()["items"]] == ["waiting"]

    # 2. The exchange rings; the call is on the screens, and the waiting fix joins it by itself.
    rung = await people.machine.post("/pbx/events", {"event": "ringing", "ref": ref,
                                                     "number": number})  # fmt: skip
    call_id = rung["call"]["id"]
    assert rung["applied"] is True
    taker = people.call_taker
    await taker.sees(lambda f: f.picture["calls"].get(call_id, {}).get("fixes"))
    first = taker.shown("calls", call_id)
    assert first["location"]["uncertainty_m"] == 400

    # 3. A call taker answers on the telephone: the call is in that person's hands.
    who = (await taker.get("/session"))["user"]["username"]
    heard = await people.machine.post(
        "/pbx/events", {"event": "answered", "ref": ref, "agent": who}
    )
    assert (heard["call"]["state"], heard["call"]["taken_by"]) == ("taken", who)

    # 4. A closer fix by HTTPS, one by SMS and the network's: four side by side, nothing lost.
    close = destination(early, bearing_deg=0, distance_m=30)
    signed = signature.signed(aml(number, close), AML_KEY.encode())
    answered = await handset.post("/locations/aml", content=signed)
    again = (await handset.post("/locations/aml", content=signed)).json()["items"]
    assert answered.json() == {"outcome": "taken", "items": again}
    now = SystemClock().now()
    text = f'A"ML=1;lt={close.lat:+.5f};lg={close.lon:+.5f};rd=25;top={now:%Y%m%d%H%M%S};lc=90;pm=G'
    sms = await handset.post(
        "/locations/sms", content=text, params={"number": number}, headers=bearer
    )
    assert sms.json()["items"][0]["outcome"] == "joined"
    document = PIDF.format(number=number, lat=here.lat, lon=here.lon)
    network = await handset.post(
        "/locations/pidf-lo",
        content=document,
        headers={**bearer, "Content-Type": "application/pidf+xml"},
    )
    assert network.status_code == 200
    await taker.sees(lambda f: len(f.picture["calls"][call_id]["fixes"]) == 4)
    shown = taker.shown("calls", call_id)
    assert {fix["source"] for fix in shown["fixes"]} == {"aml-gps", "aml-sms-gps", "pidf-lo"}
    assert {fix["method"] for fix in shown["fixes"]} == {"handset", "network"}
    assert shown["location"] == first["location"]

    # 5. The closer one is marked as better; one click, and it is where the call is.
    better = next(fix for fix in shown["fixes"] if fix["id"] == again[0]["id"])
    assert better["better"] is True
    await taker.post(f"/calls/{call_id}/fixes/{better['id']}/accept")
    await taker.sees(lambda f: f.picture["calls"][call_id]["location"]["uncertainty_m"] == 12)
    placed = taker.shown("calls", call_id)["location"]
    apart_m = distance_m(Point(lon=placed["lon"], lat=placed["lat"]), close)
    assert apart_m < 1
    # Afterwards a newer fix stands beside it and overwrites nothing a person said.
    later = signature.signed(aml(number, here, v="4"), AML_KEY.encode())
    await handset.post("/locations/aml", content=later)
    await taker.sees(lambda f: len(f.picture["calls"][call_id]["fixes"]) == 5)
    assert taker.shown("calls", call_id)["location"] == placed

    # 6. The caller hangs up; the exchange repeats itself and nothing changes.
    gone = await people.machine.post("/pbx/events", {"event": "hung_up", "ref": ref})
    assert gone["call"]["line"] == "hung_up"
    twice = await people.machine.post("/pbx/events", {"event": "ringing", "ref": ref})
    assert (twice["applied"], twice["call"]["id"]) == (False, call_id)


async def test_what_is_forged_swapped_or_empty_is_answered_2xx_and_believed_by_nobody(
    people: People, handset: httpx.AsyncClient
) -> None:
    here = await centre_of(people)
    number = a_number()
    call = await people.machine.post("/calls", {"source": "phone", "caller_number": number})
    bearer = {"Authorization": f"Bearer {people.machine.http.token}"}
    good = signature.signed(aml(number, here), AML_KEY.encode())
    forged = good.replace(b"location_accuracy=12", b"location_accuracy=11")
    nobody = aml(number, here)
    swapped = aml(number, Point(lon=here.lat, lat=here.lon))
    null = aml(number, Point(lon=0, lat=0))
    outcomes = []
    for body, headers in (
        (forged, bearer),
        (nobody, {}),
        (nobody, {"Authorization": "Bearer no"}),
        (swapped, bearer),
        (null, bearer),
        (b"", bearer),
        (b"\xff%00&&&=", bearer),
    ):
        answer = await handset.post("/locations/aml", content=body, headers=headers)
        assert answer.status_code == 202
        items = answer.json()["items"]
        outcomes.append(items[0]["outcome"] if items else answer.json()["outcome"])
    assert outcomes == ["quarantined"] * 4 + ["empty"] * 3
    assert (await people.call_taker.get(f"/calls/{call['id']}"))["fixes"] == []

    # Whoever looks after the gateways sees what was set aside, and why.
    aside = await people.call_taker.get("/locations", outcome="quarantined", limit=20)
    reasons = " ".join(one["reason"] for one in aside["items"])
    assert "signature is wrong" in reasons
    assert "swapped" in reasons
    assert number not in str(aside)

    # PIDF-LO comes from machines that can be told: swapped coordinates are refused with a reason.
    document = PIDF.format(number=number, lat=here.lon, lon=here.lat)
    answer = await handset.post("/locations/pidf-lo", content=document, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (422, "coordinates-swapped")
    trap = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><presence>&a;</presence>'
    answer = await handset.post("/locations/pidf-lo", content=trap, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-xml")


async def test_a_call_nobody_answers_in_time_is_kept_for_calling_back(people: People) -> None:
    number, ref = a_number(), f"SIP-{new_id().hex[:10]}"
    at = wire_time(SystemClock().now())
    gone = await people.machine.post(
        "/pbx/events", {"event": "hung_up", "ref": ref, "number": number, "at": at}
    )
    assert gone["call"]["state"] == "abandoned"
    late = await people.machine.post("/pbx/events", {"event": "ringing", "ref": ref})
    assert late["call"]["id"] == gone["call"]["id"]
    with pytest.raises(Refused) as unknown:
        await people.machine.post(
            "/pbx/events", {"event": "answered", "ref": ref, "agent": "nadie"}
        )
    assert unknown.value.code == "unknown-agent"
