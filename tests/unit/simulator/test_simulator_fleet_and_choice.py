"""The demo's fleet, its cameras, and how the simulated colleague chooses units."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dispatch.domain.codes import UnitKind
from dispatch.domain.response_plan import AGENCIES
from dispatch.repository import shipped_rules
from gis.geometry import Extent, Point
from ops_center.api.unit_shapes import UnitIn
from ops_center.simulator.colleague import chosen_units, is_worked_off
from ops_center.simulator.fleet import fleet
from ops_center.simulator.following import Following
from ops_center.simulator.options import SimulatorOptions
from ops_center.simulator.places import KnownPlace
from ops_center.simulator.seeding import camera_body, first_patrol, spread_out, stream_url
from ops_center.simulator.survey import Survey, somewhere

EXTENT = Extent(west=24.8, south=60.1, east=25.0, north=60.2)


def options(**changes: Any) -> SimulatorOptions:
    given = {"url": "http://127.0.0.1:1", "credentials": Path("credentials.json")}
    return SimulatorOptions(**{**given, **changes})


def advised(callsign: str, role: str = "patrol") -> dict[str, str]:
    return {"unit_id": f"id-{callsign}", "callsign": callsign, "role": role}


def test_the_demo_fleet_is_of_four_agencies_and_valid() -> None:
    units = fleet(24)
    assert len({unit.callsign for unit in units}) == 24
    assert {unit.agency for unit in units} == {"POL", "SEME", "CBVP", "PMT"}
    assert {unit.kind for unit in units} == {kind.value for kind in UnitKind}
    for unit in units:
        UnitIn.model_validate(
            {
                "callsign": unit.callsign,
                "agency": unit.agency,
                "kind": unit.kind,
                "capabilities": list(unit.capabilities),
            }
        )
        assert unit.agency in AGENCIES


def test_the_demo_fleet_can_serve_every_plan_once() -> None:
    have = Counter(name for unit in fleet(24) for name in unit.capabilities)
    for kind in shipped_rules().types:
        for requirement in kind.plan.requirements:
            assert have[requirement.capability] >= requirement.count


def test_a_larger_fleet_begins_with_the_smaller_one() -> None:
    assert fleet(500)[:24] == fleet(24)
    assert len({unit.callsign for unit in fleet(500)}) == 500


def test_the_first_patrol_is_left_to_a_person() -> None:
    units = {"A01": {"kind": "ambulance"}, "P101": {"kind": "patrol"}, "P102": {"kind": "patrol"}}
    assert first_patrol(units) == "P101"
    assert first_patrol({"A01": {"kind": "ambulance"}}) == "A01"


def test_cameras_look_along_a_street_and_carry_one_rule() -> None:
    corner = KnownPlace(
        point=Point(lon=24.94, lat=60.17), label="Palma casi Alberdi", heading_deg=359.97
    )
    given = options(rtsp="rtsp://127.0.0.1:8554", camera_names=("uno",))
    body = camera_body(0, corner, stream_url(given, "uno"))
    assert body["name"] == "C01 Palma y Alberdi"
    assert body["stream_url"] == "rtsp://demo:secret@127.0.0.1:8554/uno"
    assert 0 <= body["heading_deg"] < 360
    (rule,) = body["rules"]
    assert all(0 <= value <= 1 for corner in rule["zone"] for value in corner)


def test_cameras_stand_on_different_corners_apart_from_each_other() -> None:
    places = [
        KnownPlace(point=Point(lon=24.9 + n / 500, lat=60.15), label=f"A{n} y B{n}")
        for n in range(30)
    ]
    survey = Survey(extent=EXTENT, centre=EXTENT.centre, places=tuple(places), hospital=None)
    chosen = spread_out(places, 8, survey, random.Random(2))
    assert len({place.label for place in chosen}) == 8


def test_people_are_somewhere_in_the_city() -> None:
    rng = random.Random(4)
    assert all(EXTENT.contains(somewhere(EXTENT, EXTENT.centre, rng)) for _ in range(500))


def test_the_colleague_leaves_the_reserved_unit_and_takes_the_next_of_its_role() -> None:
    advice = {
        "units": [advised("P101"), advised("A01", "ambulance")],
        "runners_up": [advised("A02", "ambulance"), advised("P102"), advised("P103")],
    }
    assert chosen_units(advice, frozenset({"P101"})) == ["id-P102", "id-A01"]
    assert chosen_units(advice, frozenset()) == ["id-P101", "id-A01"]
    assert chosen_units({"units": [advised("P101")], "runners_up": []}, frozenset({"P101"})) == []


def test_an_incident_is_worked_off_when_every_unit_left_or_it_is_gone() -> None:
    following = Following()
    following.hear({"type": "snapshot", "seq": 1, "live": {}, "picture": _picture([])})
    assert not is_worked_off(following, "i1")
    busy = {"id": "a", "released_at": None}
    following.hear({"type": "snapshot", "seq": 2, "live": {}, "picture": _picture([busy])})
    assert not is_worked_off(following, "i1")
    left = {"id": "a", "released_at": "2026-11-22T14:00:00.000Z"}
    following.hear({"type": "snapshot", "seq": 3, "live": {}, "picture": _picture([left])})
    assert is_worked_off(following, "i1")
    assert is_worked_off(following, "unknown")


def _picture(assignments: list[dict[str, Any]]) -> dict[str, Any]:
    incidents = {"i1": {"id": "i1", "assignments": assignments}}
    return {"calls": {}, "incidents": incidents, "units": {}, "alarms": {}, "cameras": {}}


@pytest.mark.parametrize(
    "wrong", [{"units": 0}, {"helping_hand": 1.5}, {"pace": 0.0}, {"call_every_s": -1.0}]
)
def test_options_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        options(**wrong)
