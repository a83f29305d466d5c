"""Messages about a caller's place: published vectors, what is missing, and what is a trap."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from dispatch.domain.caller_location import signature
from dispatch.domain.caller_location.aml_https import CONFIDENCE_UNSAID, parse_aml
from dispatch.domain.caller_location.aml_sms import parse_sms
from dispatch.domain.caller_location.report import CallerFix, Report, dialled, misplaced
from dispatch.domain.caller_location.signature import Signature
from gis.geometry import Extent, Point

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TAKEN = NOW - timedelta(seconds=4)
# Published by Google for Android ELS.
V1 = (
    'A"ML=1;lt=+51.53321;lg=-0.12601;rd=14;top=20220131171748;lc=68;pm=W;si=234159000000000;'
    "ei=123456789012345;mcc=234;mnc=15;ml=126"
)
V1_NULL = (
    'A"ML=1;lt=+00.00000;lg=+000.00000;rd=N;top=20220131171748;lc=0;pm=N;si=234159000000000;'
    "ei=123456789012345;mcc=234;mnc=15;ml=127"
)
V2 = (
    'A"ML=2;en=911;et=1643649468;lo=37.42175,-122.08461,15;lt=-3;lc=68;lz=30,2;ls=W;'
    "ei=123456789012345;nc=310260;hc=310260;lg=en-US"
)
ASUNCION = Extent(west=-57.70, south=-25.40, east=-57.45, north=-25.15)


def form(**fields: object) -> bytes:
    whole = {
        "v": 3,
        "device_number": "+595 981 123-456",
        "location_latitude": -25.2855,
        "location_longitude": -57.6301,
        "location_time": int(TAKEN.timestamp() * 1000),
        "location_accuracy": 12.5,
        "location_confidence": 0.68,
        "location_source": "GPS",
    }
    kept = {name: value for name, value in (whole | fields).items() if value is not None}
    return urlencode(kept).encode()


def the_fix(report: Report) -> CallerFix:
    [fix] = report.fixes
    return fix


def test_a_whole_form_becomes_one_fix_at_its_own_confidence() -> None:
    body = form(location_speed=13.9, location_bearing=360, location_floor="PB")
    report = parse_aml(body, now=NOW)
    fix = the_fix(report)
    assert fix.location.point == Point(lon=-57.6301, lat=-25.2855)
    assert (fix.location.uncertainty_m, fix.location.confidence) == (12.5, 0.68)
    assert (fix.method, fix.source, fix.floor) == ("handset", "aml-gps", "PB")
    assert (fix.measured_at, fix.speed_mps, fix.heading_deg) == (TAKEN, 13.9, 0.0)
    assert report.number == "+595981123456"
    assert report.notes == ()


@pytest.mark.parametrize(
    ("fields", "confidence"),
    [
        ({"location_confidence": "0.83"}, 0.83),
        ({"location_confidence": "83"}, 0.83),
        ({"location_confidence": "1"}, 1.0),
        ({"location_confidence": None, "location_certainty": "83"}, 0.83),
        ({"location_confidence": None, "location_certainty": "1"}, 0.01),
        ({"location_confidence": "0.9", "location_certainty": "10"}, 0.9),
        ({"location_confidence": None}, CONFIDENCE_UNSAID),
        ({"location_confidence": "muy"}, CONFIDENCE_UNSAID),
    ],
)
def test_confidence_is_a_share_and_certainty_is_percent(
    fields: dict[str, str | None], confidence: float
) -> None:
    fix = the_fix(parse_aml(form(**fields), now=NOW))
    assert fix.location.confidence == pytest.approx(confidence)


@pytest.mark.parametrize(
    "fields",
    [
        {"location_latitude": 0, "location_longitude": 0},
        {"location_latitude": "0.0", "location_longitude": "-0"},
        {"location_latitude": None},
        {"location_longitude": "oeste"},
        {"location_latitude": "nan"},
        {"location_latitude": "91"},
        {"location_confidence": 0},
    ],
)
def test_no_fix_never_becomes_a_place(fields: dict[str, object]) -> None:
    report = parse_aml(form(**fields), now=NOW)
    assert report.fixes == ()
    assert report.number == "+595981123456"
    assert any(note.startswith("no fix") for note in report.notes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("location_accuracy", "-3"),
        ("location_speed", "400"),
        ("location_bearing", "norte"),
        ("location_time", "ayer"),
        ("location_source", "paloma"),
        ("location_accuracy", "0"),
    ],
)
def test_a_malformed_field_is_noted_and_the_rest_is_kept(name: str, value: str) -> None:
    report = parse_aml(form(**{name: value}), now=NOW)
    assert the_fix(report).location.point.lat == -25.2855
    assert any(note.startswith(name) for note in report.notes)


def test_time_in_seconds_is_understood_and_a_clock_ahead_is_not_believed() -> None:
    seconds = parse_aml(form(location_time=int(TAKEN.timestamp())), now=NOW)
    assert the_fix(seconds).measured_at == TAKEN
    ahead = NOW + timedelta(hours=2)
    skewed = parse_aml(form(location_time=int(ahead.timestamp() * 1000)), now=NOW)
    assert the_fix(skewed).measured_at is None
    assert "the sender's clock is ahead: time of the fix left out" in skewed.notes


def test_cells_are_the_networks_and_no_radius_is_assumed_silently() -> None:
    report = parse_aml(form(location_source="cell", location_accuracy=None), now=NOW)
    fix = the_fix(report)
    assert (fix.method, fix.source, fix.location.uncertainty_m) == ("network", "aml-cell", 5000)
    assert report.notes == ("location_accuracy: not said, 5000 m assumed",)


def test_the_published_message_of_version_1() -> None:
    report = parse_sms(V1, sender="0981 123 456", now=NOW)
    fix = the_fix(report)
    assert fix.location.point == Point(lat=51.53321, lon=-0.12601)
    assert (fix.location.uncertainty_m, fix.location.confidence) == (14, 0.68)
    assert fix.measured_at == datetime(2022, 1, 31, 17, 17, 48, tzinfo=UTC)
    assert (fix.source, report.number, report.notes) == ("aml-sms-wifi", "0981123456", ())


def test_the_published_null_fix_is_no_place() -> None:
    report = parse_sms(V1_NULL, sender="0981", now=NOW)
    assert report.fixes == ()
    assert report.notes == ("no fix: the handset had none",)


def test_lt_and_lg_mean_age_and_languages_in_version_2() -> None:
    fix = the_fix(parse_sms(V2, sender=None, now=NOW))
    assert fix.location.point == Point(lat=37.42175, lon=-122.08461)
    assert fix.location.uncertainty_m == 15
    assert fix.measured_at == datetime.fromtimestamp(1643649468 - 3, UTC)


def test_accuracy_0_is_unknown_in_version_2_and_a_header_may_stand_before_it() -> None:
    text = "\x06\x05\x04" + V2.replace(",15;", ",0;").replace("ls=W", "ls=C")
    report = parse_sms(text, sender=None, now=NOW)
    fix = the_fix(report)
    assert (fix.location.uncertainty_m, fix.method) == (5000, "network")
    assert "lo: radius not said, 5000 m assumed" in report.notes


@pytest.mark.parametrize(
    "text", ["", "Hola", 'A"ML=9;lt=1', 'A"ML=1', 'A"ML=2;lo=;et=x', V2.replace("37.4", "97.4")]
)
def test_what_is_no_message_has_no_fix_and_says_why(text: str) -> None:
    report = parse_sms(text, sender="x", now=NOW)
    assert report.fixes == ()
    assert report.notes


def test_a_signature_is_the_last_parameter_and_covers_all_before_it() -> None:
    key, body = b"clave", form()
    signed = signature.signed(body, key)
    assert signature.check(signed, key) is Signature.GOOD
    assert signature.check(signed.upper().replace(b"&HMAC=", b"&hmac="), key) is Signature.WRONG
    assert signature.check(body, key) is Signature.NONE
    assert signature.check(signed + b"&v=4", key) is Signature.WRONG
    assert signature.check(signed.replace(b"25.28", b"25.29"), key) is Signature.WRONG
    assert signature.check(signed, b"otra") is Signature.WRONG
    assert signature.check(b"hmac=" + b"0" * 40, key) is Signature.WRONG


def test_swapped_coordinates_are_refused_with_the_reason() -> None:
    swapped = parse_aml(form(location_latitude=-57.6301, location_longitude=-25.2855), now=NOW)
    assert "look swapped" in (misplaced(swapped, ASUNCION) or "")
    assert misplaced(parse_aml(form(), now=NOW), ASUNCION) is None
    far = parse_aml(form(location_latitude=40.4, location_longitude=-3.7), now=NOW)
    assert misplaced(far, ASUNCION) is None  # callers may be anywhere
    assert misplaced(swapped, None) is None


def test_numbers_are_digits_with_their_plus() -> None:
    assert dialled("tel:+595 (981) 12-34") == "+5959811234"
    assert dialled("anonymous") is None
    assert dialled("0981+22") == "098122"
