"""PIDF-LO: all eight shapes against geodesic oracles, defaults, and documents that are traps."""

import math
import time
from datetime import UTC, datetime

import pytest
from pyproj import Geod, Transformer
from shapely.geometry import Polygon

from dispatch.domain.caller_location.pidf_lo import parse_pidf_lo
from dispatch.domain.caller_location.report import CallerFix, Report
from dispatch.domain.caller_location.xml_tree import BYTES_MAX
from ops_center.kernel.errors import Invalid

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GEOD = Geod(ellps="WGS84")
LAT, LON = -25.2855, -57.6301
WITHIN_M = 1.0
PLANE = 'srsName="urn:ogc:def:crs:EPSG::4326"'
SPACE = 'srsName="urn:ogc:def:crs:EPSG::4979"'
METRE = 'uom="urn:ogc:def:uom:EPSG::9001"'
DEGREE = 'uom="urn:ogc:def:uom:EPSG::9102"'
# The example of RFC 5491 as corrected by erratum 1749.
ARC_BAND = (
    f"<gs:ArcBand {PLANE}><gml:pos>-43.5723 153.21760</gml:pos>"
    f"<gs:innerRadius {METRE}>3594</gs:innerRadius><gs:outerRadius {METRE}>4148</gs:outerRadius>"
    f"<gs:startAngle {DEGREE}>20</gs:startAngle><gs:openingAngle {DEGREE}>20</gs:openingAngle>"
    "</gs:ArcBand>"
)


def document(shape: str, *, more: str = "", method: str = "", when: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
  xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"
  xmlns:con="urn:ietf:params:xml:ns:geopriv:conf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
  entity="tel:+595981123456">
 <dm:device id="d"><gp:geopriv>
  <gp:location-info>{shape}{more}</gp:location-info><gp:usage-rules/>{method}
 </gp:geopriv>{when}</dm:device></presence>""".encode()


def read(shape: str, **parts: str) -> Report:
    return parse_pidf_lo(document(shape, **parts), number=None, now=NOW)


def the_fix(report: Report) -> CallerFix:
    [fix] = report.fixes
    return fix


def apart_m(fix: CallerFix, lon: float, lat: float) -> float:
    point = fix.location.point
    return float(GEOD.inv(point.lon, point.lat, lon, lat)[2])


def oracle(outline: list[tuple[float, float]]) -> tuple[float, float]:
    """Centroid (lon, lat) of a dense geodesic outline, flattened where area is true, by shapely."""
    lon, lat = outline[0]
    there = Transformer.from_crs("EPSG:4326", f"+proj=laea +lat_0={lat} +lon_0={lon}",
                                 always_xy=True)  # fmt: skip
    flat = Polygon([there.transform(*corner) for corner in outline])
    centre = flat.centroid
    found = there.transform(centre.x, centre.y, direction="INVERSE")
    return float(found[0]), float(found[1])


def dense(corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same outline (lon, lat) with 200 points on each geodesic side."""
    points: list[tuple[float, float]] = []
    for (lon1, lat1), (lon2, lat2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        points += [(lon1, lat1), *GEOD.npts(lon1, lat1, lon2, lat2, 199)]
    return points


def arc(
    lon: float, lat: float, radius_m: float, start: float, opening: float
) -> list[tuple[float, float]]:
    steps = [start + opening * part / 720 for part in range(721)]
    return [GEOD.fwd(lon, lat, angle, radius_m)[:2] for angle in steps]


def pos_list(corners: list[tuple[float, float]], altitude: str = "") -> str:
    closed = [*corners, corners[0]]
    return " ".join(f"{lat:.12f} {lon:.12f}{altitude}" for lon, lat in closed)


SIDES = [  # azimuth and distance of corners, metres: convex, concave, long and thin
    [(10, 300), (100, 500), (200, 400), (290, 600)],
    [(0, 900), (60, 150), (120, 900), (180, 200), (240, 900), (300, 150)],
    [(45, 20_000), (46, 20_000), (224, 20_000), (225, 20_000)],
]


@pytest.mark.parametrize("corners", SIDES)
@pytest.mark.parametrize(("lat", "lon"), [(LAT, LON), (60.17, 24.94), (-43.57, 153.2)])
@pytest.mark.parametrize("kind", ["Polygon", "Prism"])
def test_a_polygon_has_the_centroid_of_the_oracle(
    corners: list[tuple[float, float]], lat: float, lon: float, kind: str
) -> None:
    ring = [GEOD.fwd(lon, lat, azimuth, metres)[:2] for azimuth, metres in corners]
    if kind == "Polygon":
        exterior = f"<gml:posList>{pos_list(ring)}</gml:posList>"
        shape = f"<gml:Polygon {PLANE}><gml:exterior><gml:LinearRing>{exterior}</gml:LinearRing></gml:exterior></gml:Polygon>"  # noqa: E501
    else:
        each = "".join(f"<gml:pos>{one}</gml:pos>" for one in
                       [f"{b:.12f} {a:.12f} 12" for a, b in [*ring, ring[0]]])  # fmt: skip
        shape = (
            f"<gs:Prism {SPACE}><gs:base><gml:Polygon><gml:exterior><gml:LinearRing>{each}"
            f"</gml:LinearRing></gml:exterior></gml:Polygon></gs:base>"
            f"<gs:height {METRE}>2.4</gs:height></gs:Prism>"
        )
    fix = the_fix(read(shape))
    assert apart_m(fix, *oracle(dense(ring))) < WITHIN_M
    reach = [apart_m(fix, *corner) for corner in ring]
    assert fix.location.uncertainty_m == pytest.approx(max(reach), abs=1e-3)


@pytest.mark.parametrize(
    ("inner", "outer", "start", "opening"),
    [(3594, 4148, 20, 20), (0, 500, 300, 120), (200, 2_000, 0, 300), (554, 1_108, 90, 360)],
)
def test_an_arc_band_lies_beside_its_centre(
    inner: float, outer: float, start: float, opening: float
) -> None:
    shape = (
        ARC_BAND.replace("3594", str(inner)).replace("4148", str(outer))
        .replace(">20<", f">{start}<", 1).replace(">20<", f">{opening}<")
    )  # fmt: skip
    fix = the_fix(read(shape))
    lat, lon = -43.5723, 153.2176
    outline = arc(lon, lat, outer, start, opening) + arc(lon, lat, inner, start, opening)[::-1]
    if opening < 360:
        assert apart_m(fix, *oracle(outline)) < WITHIN_M
    else:
        assert apart_m(fix, lon, lat) < WITHIN_M
    far = max(apart_m(fix, *point) for point in outline)
    assert fix.location.uncertainty_m == pytest.approx(far, abs=WITHIN_M)


def test_the_published_arc_band_does_not_hold_its_own_centre() -> None:
    fix = the_fix(read(ARC_BAND))
    assert apart_m(fix, 153.2176, -43.5723) > fix.location.uncertainty_m


@pytest.mark.parametrize(
    ("shape", "radius_m"),
    [
        (f"<gml:Point {PLANE}><gml:pos>{LAT} {LON}</gml:pos></gml:Point>", 100.0),
        ((f"<gs:Circle {PLANE}><gml:pos>{LAT} {LON}</gml:pos><gs:radius {METRE}>850.24</gs:radius>"
         "</gs:Circle>"), 850.24),
        ((f"<gs:Sphere {SPACE}><gml:pos>{LAT} {LON} 26.3</gml:pos><gs:radius {METRE}>850.24"
         "</gs:radius></gs:Sphere>"), 850.24),
        ((f"<gs:Ellipse {PLANE}><gml:pos>{LAT} {LON}</gml:pos><gs:semiMajorAxis {METRE}>1275"
         f"</gs:semiMajorAxis><gs:semiMinorAxis {METRE}>670</gs:semiMinorAxis>"
         f"<gs:orientation {DEGREE}>43.2</gs:orientation></gs:Ellipse>"), 1275.0),
        ((f"<gs:Ellipsoid {SPACE}><gml:pos>{LAT} {LON} 26.3</gml:pos><gs:semiMajorAxis {METRE}>7.71"
         f"</gs:semiMajorAxis><gs:semiMinorAxis {METRE}>3.31</gs:semiMinorAxis><gs:verticalAxis "
         f"{METRE}>28.7</gs:verticalAxis><gs:orientation {DEGREE}>142</gs:orientation>"
         "</gs:Ellipsoid>"), 7.71),
    ],
)  # fmt: skip
def test_round_shapes_keep_their_centre_and_reach(shape: str, radius_m: float) -> None:
    fix = the_fix(read(shape))
    assert (fix.location.point.lat, fix.location.point.lon) == (LAT, LON)
    assert fix.location.uncertainty_m == radius_m
    assert fix.location.confidence == 0.95
    assert (fix.source, fix.method) == ("pidf-lo", "network")


CIRCLE = (
    f"<gs:Circle {PLANE}><gml:pos>{LAT} {LON}</gml:pos><gs:radius {METRE}>40</gs:radius>"
    "</gs:Circle>"
)


def test_confidence_method_time_and_movement_are_read() -> None:
    report = read(
        CIRCLE,
        more='<con:confidence pdf="normal">67</con:confidence>'
        '<dyn:Dynamic xmlns:dyn="urn:ietf:params:xml:ns:pidf:geopriv10:dynamic">'
        "<dyn:speed>14</dyn:speed><dyn:heading>278</dyn:heading></dyn:Dynamic>",
        method="<gp:method>A-GPS</gp:method>",
        when="<timestamp>2026-03-01T08:59:57-03:00</timestamp>",
    )
    fix = the_fix(report)
    assert (fix.location.confidence, fix.method) == (0.67, "handset")
    assert fix.measured_at == datetime(2026, 3, 1, 11, 59, 57, tzinfo=UTC)
    assert (fix.speed_mps, fix.heading_deg) == (14, 278)
    assert (report.number, report.notes) == ("+595981123456", ())


def test_a_radius_of_0_is_unknown_and_noted() -> None:
    report = read(CIRCLE.replace(">40<", ">0<"))
    assert the_fix(report).location.uncertainty_m == 100
    assert report.notes == ("Circle: no uncertainty said, 100 m assumed",)


def test_several_places_are_several_fixes() -> None:
    civic = '<ca:civicAddress xmlns:ca="urn:x"><ca:A1>Central</ca:A1></ca:civicAddress>'
    report = read(CIRCLE + civic + ARC_BAND)
    assert len(report.fixes) == 2
    assert report.notes == ("civicAddress: holds no coordinates, left out",)


@pytest.mark.parametrize(
    "shape",
    [
        CIRCLE.replace("4326", "31468"),
        CIRCLE.replace("9001", "9003"),
        CIRCLE.replace(">40<", ">-40<"),
        CIRCLE.replace(">40<", ">nan<"),
        CIRCLE.replace(str(LAT), "cerca"),
        CIRCLE.replace(f"{LAT} {LON}", f"{LAT} {LON} 4"),
        CIRCLE.replace(f"{LAT} {LON}", "0 0"),
        CIRCLE.replace(f"{LAT} {LON}", "124.9 60.1"),
        ARC_BAND.replace(">4148<", ">3000<"),
        ARC_BAND.replace(">20</gs:openingAngle", ">0</gs:openingAngle"),
        (
            f"<gml:Polygon {PLANE}><gml:exterior><gml:LinearRing><gml:posList>1 1 2 1 3 1 1 1"
            "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
        ),
        f"<gml:Polygon {PLANE}><gml:posList>0 0 1 1 0 1.001 1 0 0 0</gml:posList></gml:Polygon>",
        "<gml:Polygon/>",
        "<gml:Arc/>",
        "",
    ],
)
def test_shapes_that_cannot_be_believed_are_refused_with_a_reason(shape: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(shape)
    assert refused.value.detail


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><presence>&b;</presence>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><presence>&a;</presence>'


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS.encode(),
        OUTSIDE.encode(),
        b'<!DOCTYPE presence SYSTEM "http://127.0.0.1/x.dtd"><presence/>',
        b"<a>" * 20_000,
        b"<a>" * 200_000,
        b"<presence>" + b"<a/>" * 3_000 + b"</presence>",
        b"x" * (BYTES_MAX + 1),
        b'<?xml version="1.0" encoding="utf-7"?><presence/>',
        "<presence>".encode("utf-16"),
        b"",
        b"\x00\xff",
        b"<html/>",
    ],
    ids=range(12),
)
def test_documents_that_are_traps_are_refused_at_once(body: bytes) -> None:
    # The best of three: a machine that does other things at once counts its pauses too.
    assert min(cpu_s_of_refusing(body, why=".") for _ in range(3)) < 0.1


def cpu_s_of_refusing(body: bytes, *, why: str = r"At most 20 places|No shape") -> float:
    started = time.process_time()
    with pytest.raises(Invalid, match=why):
        parse_pidf_lo(body, number=None, now=NOW)
    return time.process_time() - started


def nested(leaves: str, *, depth: int = 25) -> bytes:
    inside = "<geopriv>" * depth + f"<location-info>{leaves}</location-info>"
    return f"<presence><tuple>{inside}{'</geopriv>' * depth}</tuple></presence>".encode()


@pytest.mark.parametrize(
    "body",
    [
        document("<Point><pos>-25.2 -57.6</pos></Point>" * 950),
        nested("<Point><pos>-25.2 -57.6</pos></Point>" * 950),
        nested("".join(f"<word{number}/>" for number in range(1_900))),
    ],
    ids=["places", "places-nested", "words-nested"],
)
def test_documents_of_very_many_places_or_words_cost_next_to_nothing(body: bytes) -> None:
    assert len(body) < BYTES_MAX
    assert min(cpu_s_of_refusing(body) for _ in range(3)) < 0.1  # the collector may strike once


def test_the_oracle_itself_finds_the_middle_of_a_square() -> None:
    ring = [GEOD.fwd(LON, LAT, 45 + 90 * turn, 1_000)[:2] for turn in range(4)]
    lon, lat = oracle(dense(ring))
    assert math.hypot(lon - LON, lat - LAT) < 1e-7
