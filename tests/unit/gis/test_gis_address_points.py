"""Coordinates in every notation, plus codes and links pasted from phones."""

import pytest

from gis.address import Coordinate, Corner, Name, Notation, PlusCode, parse, plus_code_point
from gis.geometry import Extent, Point
from ops_center.kernel.errors import Invalid

ASUNCION = Extent(west=-57.70, south=-25.40, east=-57.45, north=-25.15)
HELSINKI = Extent(west=24.90, south=60.14, east=25.00, north=60.20)
HERE = (-57.6353, -25.2822)


def only(text: str, around: Extent | None = None) -> Coordinate:
    found = parse(text, city="Asunción", around=around)
    assert len(found) == 1
    assert isinstance(found[0], Coordinate)
    return found[0]


@pytest.mark.parametrize(
    "text",
    [
        "-25.2822, -57.6353",
        "-25.2822,-57.6353",
        "-25.2822 -57.6353",
        "-25.2822; -57.6353",
        "-25.2822 / -57.6353",
        "(-25.2822, -57.6353)",
        "[-25.2822, -57.6353]",
        "−25.2822, −57.6353",
        "-25,2822 -57,6353",
        "-25,2822; -57,6353",
        "-25,2822, -57,6353",
        "lat -25.2822 lon -57.6353",
        "lat: -25.2822, lon: -57.6353",
        "Lat. -25.2822 Long. -57.6353",
        "latitud -25.2822, longitud -57.6353",
        "latitude=-25.2822 longitude=-57.6353",
        "lon=-57.6353 lat=-25.2822",
        "X: -57.6353 Y: -25.2822",
        '{"lat": -25.2822, "lng": -57.6353}',
        "POINT(-57.6353 -25.2822)",
        "25.2822 S, 57.6353 W",
        "25.2822S 57.6353O",
        "25.2822° S 57.6353° O",
        "S 25.2822 W 57.6353",
        "S25.2822, O57.6353",
        "57.6353 O, 25.2822 S",
        "25,2822 sur, 57,6353 oeste",
        "-25.2822°, -57.6353°",
        "Mi ubicación: -25.2822, -57.6353",
        "estoy en -25.2822, -57.6353 frente al super",
    ],
)
def test_decimal_degrees(text: str) -> None:
    found = only(text)
    assert (found.point.lon, found.point.lat) == pytest.approx(HERE, abs=1e-9)
    assert found.notation is Notation.DECIMAL
    assert found.precision_m == pytest.approx(5.6, abs=0.1)


@pytest.mark.parametrize(
    "text",
    [
        "25°16'55\"S 57°38'09\"O",
        "25º16'55\"S 57º38'09\"W",
        "25° 16′ 55″ S, 57° 38′ 09″ W",
        "25°16’55”S, 57°38’09”O",
        "25°16'55''S 57°38'09''O",
        "25 16 55 S 57 38 09 W",
        "25-16-55 S, 57-38-09 W",
        "S 25°16'55\" W 57°38'09\"",
        "S25 16 55, O57 38 09",
        "57°38'09\"O 25°16'55\"S",
        "-25°16'55\", -57°38'09\"",
        "25d16m55sS 57d38m09sW",
        "25 grados 16 minutos 55 segundos sur, 57 grados 38 minutos 9 segundos oeste",
        "25 graus 16 minutos 55 segundos sul e 57 graus 38 minutos 9 segundos oeste",
        "25°16.9167'S 57°38.15'W",
        "S25 16.9167 W57 38.15",
        "25° 16,9167' S, 57° 38,15' O",
        "2516.9167 S 05738.15 W",
        "2516.9167,S,05738.15,W",
    ],
)
def test_degrees_minutes_and_seconds(text: str) -> None:
    found = only(text)
    assert (found.point.lon, found.point.lat) == pytest.approx((-57.635833, -25.281944), abs=2e-6)
    assert found.notation is Notation.DEGREES_MINUTES


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("21J 436036 7203652", Notation.UTM),
        ("21 J 436036 7203652", Notation.UTM),
        ("21j 436036 7203652", Notation.UTM),
        ("UTM 21J 436036 7203652", Notation.UTM),
        ("UTM: 21J, 436036, 7203652", Notation.UTM),
        ("436036 7203652 21J", Notation.UTM),
        ("436036E 7203652N 21J", Notation.UTM),
        ("436036 mE 7203652 mN 21J", Notation.UTM),
        ("7203652 436036 21J", Notation.UTM),
        ("X: 436036 Y: 7203652 zona 21J", Notation.UTM),
        ("zona 21J E: 436036 N: 7203652", Notation.UTM),
        ("huso 21 J 436036,4 7203651,6", Notation.UTM),
        ("21S 436036 7203652", Notation.UTM),
        ("21JVN3603603652", Notation.MGRS),
        ("21J VN 36036 03652", Notation.MGRS),
        ("21jvn 36036 03652", Notation.MGRS),
        ("MGRS: 21J VN 3603603652", Notation.MGRS),
    ],
)
def test_metric_grids(text: str, notation: Notation) -> None:
    found = only(text)
    assert (found.point.lon, found.point.lat) == pytest.approx((-57.635324, -25.282205), abs=1.5e-5)
    assert found.notation is notation


def test_coarse_mgrs_is_the_middle_of_its_square() -> None:
    found = only("21J VN 360 036")
    assert found.precision_m == 50
    assert found.point.lat == pytest.approx(only("21J VN 36050 03650").point.lat, abs=1e-5)


def test_utm_without_zone_is_read_in_the_zone_of_the_city() -> None:
    assert only("436036 7203652", ASUNCION).point == only("21J 436036 7203652").point
    helsinki = only("386000 6672000", HELSINKI).point
    assert helsinki == only("35V 386000 6672000").point
    assert HELSINKI.contains(helsinki, margin_deg=0.1)
    with pytest.raises(Invalid, match="zone"):
        parse("436036 7203652")


@pytest.mark.parametrize(
    ("text", "around", "points"),
    [
        ("-25.2822, -57.6353", ASUNCION, [HERE]),
        ("-57.6353, -25.2822", ASUNCION, [HERE]),
        ("24.94, 60.17", HELSINKI, [(24.94, 60.17)]),
        ("60.17, 24.94", HELSINKI, [(24.94, 60.17)]),
        ("60.17, 24.94", None, [(24.94, 60.17)]),
        ("-57°38'09\", -25°16'55\"", ASUNCION, [(-57.635833, -25.281944)]),
        ("-121.5, 45.25", None, [(-121.5, 45.25)]),
        ("-121.5, 45.25", ASUNCION, [(-121.5, 45.25)]),
        # Far from the city in either order: both.
        ("10.5, 20.5", ASUNCION, [(20.5, 10.5), (10.5, 20.5)]),
        # A lost minus sign is offered first, what was written stays.
        ("25.2822, 57.6353", ASUNCION, [HERE, (57.6353, 25.2822), (25.2822, 57.6353)]),
    ],
)
def test_order_follows_what_is_evident(
    text: str, around: Extent | None, points: list[tuple[float, float]]
) -> None:
    found = parse(text, around=around)
    assert all(isinstance(reading, Coordinate) for reading in found)
    seen = [(r.point.lon, r.point.lat) for r in found if isinstance(r, Coordinate)]
    assert seen == [pytest.approx(point, abs=1e-6) for point in points]


@pytest.mark.parametrize(
    "link",
    [
        "https://www.google.com/maps/@-25.2822,-57.6353,17z",
        "https://www.google.com/maps/@-25.2822,-57.6353,17z/data=!3m1!1e3?entry=ttu",
        "https://maps.google.com/?q=-25.2822,-57.6353",
        "maps.google.com/?q=-25.2822,-57.6353",
        "https://maps.google.com/maps?q=-25.2822%2C-57.6353&z=17&hl=es",
        "https://maps.google.com/maps?ll=-25.2822,-57.6353&z=16",
        "https://www.google.com/maps?q=loc:-25.2822,-57.6353",
        "https://www.google.com/maps/search/?api=1&query=-25.2822%2C-57.6353",
        "https://www.google.com/maps/search/-25.2822,+-57.6353?entry=tts",
        "https://www.google.com/maps/dir/?api=1&destination=-25.2822,-57.6353",
        "https://www.google.com/maps/dir/-25.30,-57.60/-25.2822,-57.6353",
        "https://www.google.com/maps/place/-25.2822,-57.6353/@-25.3,-57.5,12z",
        "https://www.google.com/maps/place/Sol/@-25.29,-57.57,17z/data=!3m1!8m2!3d-25.2822!4d-57.6353",
        "https://www.google.com/maps/embed?pb=!1m18!1m12!1m3!1d3606!2d-57.6353!3d-25.2822!2m3",
        "comgooglemaps://?q=-25.2822,-57.6353",
        "geo:-25.2822,-57.6353",
        "geo:-25.2822,-57.6353;u=35",
        "geo:-25.2822,-57.6353?z=17",
        "geo:0,0?q=-25.2822,-57.6353(Casa)",
        "https://www.openstreetmap.org/#map=17/-25.2822/-57.6353",
        "https://www.openstreetmap.org/?mlat=-25.2822&mlon=-57.6353#map=12/-25.30/-57.50",
        "https://maps.apple.com/?ll=-25.2822,-57.6353&q=Casa",
        "https://maps.apple.com/place?coordinate=-25.2822,-57.6353&name=Casa",
        "https://waze.com/ul?ll=-25.2822%2C-57.6353&navigate=yes",
        "https://www.waze.com/live-map/directions?to=ll.-25.2822%2C-57.6353",
        "waze://?ll=-25.2822,-57.6353",
        "https://bing.com/maps?cp=-25.2822~-57.6353&lvl=16",
        "Ubicación: https://maps.google.com/?q=-25.2822,-57.6353",
        "Ubicación en tiempo real https://maps.google.com/?q=-25.2822,-57.6353. Vení rápido",
        "<https://maps.google.com/?q=-25.2822,-57.6353>",
    ],
)
def test_links_from_phones_carry_their_point(link: str) -> None:
    found = only(link, ASUNCION)
    assert (found.point.lon, found.point.lat) == pytest.approx(HERE, abs=1e-9)
    assert found.notation is Notation.LINK


def test_link_to_degrees_and_minutes() -> None:
    link = "https://www.google.com/maps/place/25%C2%B016'55%22S+57%C2%B038'09%22W/@-25.2,-57.6,17z"
    assert only(link).point.lat == pytest.approx(-25.281944, abs=1e-6)


def test_waze_hash_is_read_without_asking_anybody() -> None:
    point = only("https://waze.com/ul/h6ey4q0").point
    assert (point.lon, point.lat) == pytest.approx((-58.7, -23.6), abs=0.5)


def test_link_with_words_is_read_as_its_words() -> None:
    link = "https://www.google.com/maps/search/?api=1&query=Estrella+505+esquina+14+de+Mayo"
    assert parse(link)[0] == Corner("estrella", "14 de mayo", number=505)
    assert parse("https://www.google.com/maps/place/Shopping+del+Sol/")[0] == Name(
        "shopping del sol"
    )


@pytest.mark.parametrize(
    "link",
    [
        "https://maps.app.goo.gl/AbCdEf123",
        "https://goo.gl/maps/abcdef",
        "Mirá https://maps.app.goo.gl/AbCdEf123?g_st=iw",
        "https://g.co/kgs/abc",
        "https://www.google.com/maps",
        "http://[",
    ],
)
def test_short_link_says_that_nothing_leaves_the_machine(link: str) -> None:
    with pytest.raises(Invalid, match="nothing is looked up outside"):
        parse(link)


@pytest.mark.parametrize(
    "text",
    ["///filled.count.soap", "estoy en ///filled.count.soap", "https://w3w.co/filled.count.soap"],
)
def test_three_words_are_refused_with_a_reason(text: str) -> None:
    with pytest.raises(Invalid, match="what3words"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "-95.5, -190.5",
        "25°76'00\"S 57°38'09\"O",
        "25°16'00\"S 57°38'09\"S",
        "99J 436036 7203652",
        "99JVN3603603652",
        "https://maps.google.com/?q=-95.5,-190.5",
    ],
)
def test_points_off_the_earth_are_invalid_and_say_why(text: str) -> None:
    with pytest.raises(Invalid):
        parse(text)


@pytest.mark.parametrize("text", ["5 E 25 N", "Palma 123, 456", "14 May 1811", "25°", "12, 34"])
def test_numbers_of_addresses_are_no_coordinates(text: str) -> None:
    assert not any(isinstance(reading, Coordinate) for reading in parse(text))


def test_full_plus_code_carries_its_point() -> None:
    for text in ("584PP992+4V", "584pp992+4v", "584PP992+4V Asunción", "(584PP992+4V)"):
        [found] = parse(text)
        assert isinstance(found, PlusCode)
        assert found.point is not None
        assert plus_code_point("584PP992+4V", Point(lon=0, lat=0)) == (
            found.point,
            found.radius_m,
        )
        assert found.radius_m == pytest.approx(9.8, abs=0.1)


def test_short_plus_code_with_another_place_waits_for_it() -> None:
    [found] = parse("PC92+XX San Lorenzo", city="Asunción", around=ASUNCION)
    assert found == PlusCode("PC92+XX", "san lorenzo")
    assert parse("San Lorenzo PC92+XX") == [found]


@pytest.mark.parametrize("text", ["PC92+XX", "PC92+XX Asunción", "PC92+XX, Asunción, Paraguay"])
def test_short_plus_code_of_the_city_lies_in_it(text: str) -> None:
    [found] = parse(text, city="Asunción", around=ASUNCION)
    assert isinstance(found, PlusCode)
    assert found.locality is None
    assert found.point is not None
    assert ASUNCION.contains(found.point, margin_deg=0.5)
    assert parse(text, city="Asunción") == [PlusCode("PC92+XX")]


def test_what_is_no_plus_code_is_said_so() -> None:
    with pytest.raises(Invalid, match="plus code"):
        plus_code_point("PALMA", Point(lon=0, lat=0))
    assert parse("PALMA+CHILE")[0] == Corner("palma", "chile")
