"""Whatever a sender of locations sends, it is read without an exception, and 0, 0 is no place."""

import os
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.domain.caller_location import signature
from dispatch.domain.caller_location.aml_https import parse_aml
from dispatch.domain.caller_location.aml_sms import parse_sms
from dispatch.domain.caller_location.pidf_lo import parse_pidf_lo
from dispatch.domain.caller_location.report import Report
from ops_center.kernel.errors import Invalid

# OPS_FUZZ_BODIES=50000 reads as many bodies of each format; by default enough for every run.
BODIES = int(os.environ.get("OPS_FUZZ_BODIES", "300"))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

NAMES = st.sampled_from(
    ["v", "emergency_number", "source", "time", "location_latitude", "location_longitude",
     "location_time", "location_altitude", "location_floor", "location_source",
     "location_accuracy", "location_confidence", "location_certainty", "location_bearing",
     "location_speed", "device_number", "device_languages", "adr_carcrash_time", "hmac"]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["", "0", "-0", "0.0", "1", "68", "nan", "inf", "-inf", "1e308", "1e-9", "N",
                     "GPS", "%00", "%", "%zz", "+595981123456", "1770000000000", "-25.28", "²"]),
    st.floats().map(repr),
    st.integers().map(str),
    st.text(max_size=40),
)  # fmt: skip
FORMS = st.one_of(
    st.lists(st.tuples(NAMES, VALUES), max_size=25).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs).encode(errors="replace")
    ),
    st.binary(max_size=400),
)
PIECES = st.sampled_from(
    ["ML=1", "ML=2", "lt=+51.53321", "lg=-0.12601", "lt=+00.00000", "lg=+000.00000", "lt=-3",
     "lg=en-US", "rd=14", "rd=N", "top=20220131171748", "top=20229931171748", "lc=68", "lc=0",
     "pm=W", "pm=N", "ls=C", "et=1643649468", "lo=37.4,-122.0,15", "lo=0,0,0", "lo=,,", "ml=126"]
)  # fmt: skip
MESSAGES = st.one_of(
    st.tuples(
        st.sampled_from(['A"ML=1;', 'A"ML=2;', 'A"ML=', "", "\x06\x05", 'A"ML=99;']),
        st.lists(st.one_of(PIECES, st.tuples(PIECES, VALUES).map("=".join), st.text(max_size=20)),
                 max_size=15),
    ).map(lambda parts: parts[0] + ";".join(parts[1])),
    st.text(max_size=200),
)  # fmt: skip
NODES = st.recursive(
    st.one_of(
        VALUES.map(lambda text: f"<pos>{text}</pos>"),
        VALUES.map(lambda text: f"<radius uom='urn:ogc:def:uom:EPSG::9001'>{text}</radius>"),
        st.sampled_from(["<timestamp>x</timestamp>", "<confidence>67</confidence>", "&lt;", "<!"]),
    ),
    lambda below: st.tuples(
        st.sampled_from(["presence", "tuple", "device", "geopriv", "location-info", "Point",
                         "Circle", "Polygon", "ArcBand", "Ellipse", "Prism", "exterior"]),
        st.lists(below, max_size=4),
    ).map(lambda parts: f"<{parts[0]}>{''.join(parts[1])}</{parts[0]}>"),
    max_leaves=12,
)  # fmt: skip
DOCUMENTS = st.one_of(
    NODES.map(lambda inner: f"<presence><tuple><status><geopriv><location-info>{inner}"
              "</location-info></geopriv></status></tuple></presence>"),
    NODES,
).map(lambda text: text.encode(errors="replace"))  # fmt: skip
hard = settings(max_examples=BODIES, deadline=None, derandomize=True, database=None)


def check(report: Report) -> None:
    for fix in report.fixes:
        point = fix.location.point
        assert (point.lon, point.lat) != (0, 0)
        assert -90 <= point.lat <= 90
        assert -180 <= point.lon <= 180
        assert fix.location.uncertainty_m > 0
        assert 0 < fix.location.confidence <= 1
        assert fix.measured_at is None or fix.measured_at <= NOW + timedelta(seconds=60)
    assert all("\0" not in text for text in (*report.notes, report.number or ""))


@hard
@given(body=FORMS)
def test_any_form_is_read(body: bytes) -> None:
    check(parse_aml(body, now=NOW))
    signature.check(body, b"clave")


@hard
@given(text=MESSAGES, sender=st.one_of(st.none(), VALUES))
def test_any_text_message_is_read(text: str, sender: str | None) -> None:
    check(parse_sms(text, sender=sender, now=NOW))


@hard
@given(body=st.one_of(DOCUMENTS, st.binary(max_size=300)), number=st.one_of(st.none(), VALUES))
def test_any_location_object_is_read_or_refused_in_words(body: bytes, number: str | None) -> None:
    try:
        report = parse_pidf_lo(body, number=number, now=NOW)
    except Invalid as refused:
        assert refused.detail  # noqa: PT017
        return
    check(report)


@hard
@given(body=FORMS, key=st.binary(min_size=1, max_size=64))
def test_what_was_signed_is_good_and_any_other_byte_is_not(body: bytes, key: bytes) -> None:
    signed = signature.signed(body, key)
    assert signature.check(signed, key) is signature.Signature.GOOD
    if body:
        other = bytes([body[0] ^ 1]) + signed[1:]
        assert signature.check(other, key) is not signature.Signature.GOOD
