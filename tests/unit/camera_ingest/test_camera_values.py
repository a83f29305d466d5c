"""Cameras as values: addresses, allow-list, facts, and the fold of the screens."""

import ipaddress
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.domain.alarm_rule import AlarmRule, MotionAlarm
from camera_ingest.domain.camera import (
    Camera,
    allowed_addresses,
    changed_fields,
    parse_stream_url,
    public_view,
)
from camera_ingest.domain.events import CameraAdded, SnapshotRef, alarm_raised
from camera_ingest.domain.fold import EMPTY, fold
from gis.geometry import Location, Point
from ops_center.kernel.errors import Invalid

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
PLACE = Location(point=Point(lon=-57.63, lat=-25.28), uncertainty_m=10.0, confidence=0.9)


def camera(**changes: Any) -> Camera:
    given: dict[str, Any] = {
        "id": UUID(int=9),
        "name": "Puerto 041",
        "location": PLACE,
        "heading_deg": 90.0,
        "fov_deg": 60.0,
        "range_m": 80.0,
        "agency": "POL",
        "stream_url": "rtsp://10.0.0.9:554/live",
    }
    return Camera(**(given | changes))


def test_credentials_are_split_from_the_address_that_may_be_shown() -> None:
    address = parse_stream_url("rtsp://ops:s%40fe%2F@10.0.0.9/live?ch=1")
    assert address.url == "rtsp://10.0.0.9:554/live?ch=1"
    assert (address.user, address.password) == ("ops", "s@fe/")
    assert "s@fe" not in repr(address)


def test_ipv6_address_keeps_its_brackets() -> None:
    assert parse_stream_url("rtsp://[fd00::9]:8554/x").url == "rtsp://[fd00::9]:8554/x"


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.9/",
        "file:///etc/passwd",
        "rtsps://10.0.0.9/",
        "rtsp://",
        "rtsp:///live",
        "rtsp://h:99999/",
        "rtsp://h:abc/",
        "rtsp://h/a b",
        "rtsp://h/\r\nX: y",
        "rtsp://h/\x00",
        "rtsp://[::1/",
        "",
        "rtsp://h/" + "x" * 600,
    ],
)
def test_what_is_not_a_plain_rtsp_url_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        parse_stream_url(url)


@given(st.text(max_size=80))
def test_arbitrary_text_is_an_address_or_refused(text: str) -> None:
    try:
        address = parse_stream_url("rtsp://" + text)
    except Invalid:
        return
    assert address.url.startswith("rtsp://")
    assert "\r" not in address.url
    assert "@" not in address.url.split("/")[2]


def test_only_addresses_of_allowed_networks_pass() -> None:
    networks = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00::/8")]
    asked = ["127.0.0.1", "10.0.0.1", "fd00::1", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"]
    assert allowed_addresses(asked, networks) == ("127.0.0.1", "fd00::1", "::ffff:127.0.0.1")
    assert allowed_addresses(["fe80::1%eth0"], networks) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"agency": "pol"},
        {"agency": ""},
        {"fov_deg": 0},
        {"fov_deg": float("nan")},
        {"range_m": -1},
        {"heading_deg": 361},
    ],
)
def test_senseless_camera_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        camera(**changes)


def test_public_view_and_facts_never_carry_the_stream_address() -> None:
    one = camera()
    added = CameraAdded(subject=one.id, version=1, camera=one)
    for shown in (public_view(one), added.data(), changed_fields(one, camera(name="x"))):
        assert "rtsp" not in json.dumps(shown)
    assert "rtsp" not in repr(one)


def test_changed_fields_name_only_what_changed() -> None:
    assert changed_fields(camera(), camera(name="B", version=2)) == {"name": "B"}
    assert changed_fields(camera(), camera(stream_url="rtsp://h:554/b")) == {}


def test_alarm_fact_has_the_fields_of_the_golden_file() -> None:
    one = camera()
    rule = AlarmRule(id=UUID(int=60), camera_id=one.id, name="Portón norte", kind="intrusion")
    at = datetime(2026, 11, 22, 14, 4, tzinfo=UTC)
    alarm = MotionAlarm(rule_id=rule.id, camera_id=one.id, since=at, at=at, fraction=0.04)
    fact = alarm_raised(
        one, rule, alarm, alarm_id=UUID(int=8), snapshot=SnapshotRef(sha256="9f" * 32, size=7)
    )
    data = fact.data()
    golden = json.loads((GOLDEN / "camera.alarm_raised.json").read_text(encoding="utf-8"))
    expected = golden["entries"][0]["data"]
    assert data.keys() == expected.keys()
    assert data["snapshot"].keys() == expected["snapshot"].keys()
    assert data["kind"] == "intrusion"
    assert data["detected_at"] == "2026-11-22T14:04:00.000Z"


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("camera.*.json")), ids=lambda path: path.stem)
def test_fold_agrees_with_the_screens(path: Path) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    picture = golden["picture"]
    for entry in golden["entries"]:
        picture = fold(
            picture,
            entry["kind"],
            entry["subject"],
            version=entry["version"],
            data=entry["data"],
        )
    assert picture == golden["after"]


def test_change_of_an_unseen_camera_changes_nothing() -> None:
    assert fold(EMPTY, "camera.changed", "x", version=2, data={"name": "B"}) == EMPTY
