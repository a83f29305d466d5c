"""Whatever is typed: folding is stable, forms and coordinates come back, nothing hurts."""

import gc
import time
import unicodedata
from typing import Literal

import mgrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from gis.address import Between, Coordinate, Corner, House, KmPost, describe, fold, parse, sound
from gis.geodesy import distance_m
from gis.geometry import Extent, Point
from ops_center.kernel.errors import Invalid

ASUNCION = Extent(west=-57.70, south=-25.40, east=-57.45, north=-25.15)
CPU_MAX_S = 0.05
# The machine may be busy: what is measured is processor time, where it matters.
unhurried = settings(deadline=None)

NAMES = st.sampled_from(
    [
        *("Estrella", "14 de Mayo", "Mcal. López", "Rca. Argentina", "De la Victoria", "Azara"),
        *("Calle 5", "Av. 1811", "R.I. 3 Corrales", "Ka'aguy Rory", "Tte. 1º Alcorta", "O'Leary"),
        *("Ñemby", "Ntra. Sra. de la Asunción", "21 Proyectadas", "Eusebio Ayala", "EE. UU."),
        *("Rua Augusta", "Avenida Paulista", "Mannerheimintie", "Kaivokatu", "Yvyrá Pytã"),
    ]
)
CITY_POINTS = st.builds(
    Point,
    lon=st.floats(ASUNCION.west, ASUNCION.east),
    lat=st.floats(ASUNCION.south, ASUNCION.north),
)
# Words with a meaning to the parser, thrown together, and anything else at all.
PIECES = st.sampled_from(
    [
        *("casi", "c/", "e/", "entre", "y", "esq.", "esquina de", "frente al", "a 2 cuadras de"),
        *("km", "Ruta 1", "505", "N°", "#", ",", "-", "/", "(", ")", "barrio", "en", "mil", "1/2"),
        *("treinta y", "dos", "°", "'", '"', "S", "O", "21J", "436036", "-25.2822", "+", "PC92+XX"),
        *(
            "https://",
            "geo:",
            "?q=",
            "@",
            "!3d",
            "%2C",
            "///",
            "a.b.c",
            "pa'ũme",
            "-gui",
            "al norte",
        ),
        *("\u200b", "\u202e", "\ud83d", "\x00", "\n", "<b>", "'; drop table call;--", "${7*7}"),
    ]
)
HOSTILE = st.one_of(
    st.text(max_size=250),
    st.text(st.characters(), max_size=120),
    st.lists(PIECES, max_size=60).map(" ".join),
    st.lists(PIECES, max_size=60).map("".join),
    st.builds(lambda piece, times: piece * times, PIECES, st.integers(0, 2_500)),
)


@given(st.text(max_size=80))
@unhurried
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(NAMES, st.sampled_from(("NFC", "NFD", "NFKC")))
@unhurried
def test_folding_does_not_see_case_accents_or_normal_form(
    name: str, form: Literal["NFC", "NFD", "NFKC"]
) -> None:
    form_of = unicodedata.normalize(form, name)
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    assert fold(form_of) == fold(name.upper()) == fold(name.lower()) == fold(plain) == fold(name)


@given(st.text(max_size=80))
@unhurried
def test_sound_is_of_the_folded_name(text: str) -> None:
    assert sound(fold(text)) == sound(text)


@given(NAMES, NAMES, st.sampled_from((" y ", " esq. ", " / ", " con ", " ha ", " and ", ", esq. ")))
@unhurried
def test_corners_come_back(street: str, other: str, link: str) -> None:
    assert parse(street + link + other)[0] == Corner(fold(street), fold(other))


@given(NAMES, NAMES, st.integers(100, 9_999), st.sampled_from((" casi ", " c/ ", " c/", ", casi ")))
@unhurried
def test_near_corners_come_back_with_their_number(
    street: str, other: str, number: int, link: str
) -> None:
    text = f"{street} {number}{link}{other}"
    assert parse(text)[0] == Corner(fold(street), fold(other), near=True, number=number)


@given(NAMES, NAMES, NAMES, st.sampled_from((" e/ ", " entre ", ", entre ")))
@unhurried
def test_stretches_come_back(street: str, first: str, second: str, link: str) -> None:
    text = f"{street}{link}{first} y {second}"
    assert parse(text)[0] == Between(fold(street), fold(first), fold(second))


@given(NAMES, st.integers(1, 99_999), st.sampled_from((" ", " N° ", " #", " nro. ", ", ")))
@unhurried
def test_houses_come_back(street: str, number: int, mark: str) -> None:
    assert House(fold(street), number) in parse(f"{street}{mark}{number}")


@given(st.integers(1, 30), st.integers(0, 4_999), st.sampled_from(("km {}", "Km. {}", "km{}")))
@unhurried
def test_kilometres_come_back(route: int, tenths: int, written: str) -> None:
    said = written.format(f"{tenths // 10},{tenths % 10}")
    for text in (f"Ruta {route} {said}", f"PY{route:02d}, {said}", f"{said} de la ruta {route}"):
        assert parse(text) == [KmPost(f"ruta {route}", tenths / 10, f"PY{route}")]


def _minutes(value: float, letters: str, pattern: str) -> str:
    letter = letters[0] if value >= 0 else letters[1]
    # Whole tenths of a second first: rounding must not make sixty of them.
    tenths = round(abs(value) * 36_000)
    degrees, rest = divmod(tenths, 36_000)
    minutes, seconds = divmod(rest, 600)
    return pattern.format(
        d=degrees, m=minutes, s=seconds / 10, dm=minutes + seconds / 600, letter=letter
    )


@given(CITY_POINTS, st.booleans())
@unhurried
def test_decimal_degrees_come_back_in_either_order(point: Point, swapped: bool) -> None:
    lat, lon = f"{point.lat:.6f}", f"{point.lon:.6f}"
    for text in (f"{lat}, {lon}", f"{lat} {lon}", f"{lat.replace('.', ',')}; {lon}"):
        first, _, second = text.partition(";" if ";" in text else " ")
        written = f"{second.strip(', ')}; {first.strip(', ')}" if swapped else text
        _comes_back(written, point, 0.2)


@given(CITY_POINTS)
@unhurried
def test_labelled_and_linked_degrees_come_back(point: Point) -> None:
    lat, lon = f"{point.lat:.6f}", f"{point.lon:.6f}"
    south, west = lat.removeprefix("-"), lon.removeprefix("-")
    for text in (
        f"lat: {lat}, lon: {lon}",
        f"lon {lon} lat {lat}",
        f"{south} S, {west} O",
        f"{west}°W {south}°S",
        f"geo:{lat},{lon}",
        f"https://maps.google.com/?q={lat},{lon}",
        f"https://www.google.com/maps/@{lat},{lon},17z",
        f"https://www.openstreetmap.org/#map=17/{lat}/{lon}",
        f"Estoy acá: https://waze.com/ul?ll={lat}%2C{lon}&navigate=yes",
    ):
        _comes_back(text, point, 0.2)


@pytest.mark.parametrize(
    ("pattern", "within_m"),
    [
        ("{d}°{m:02d}'{s:04.1f}\"{letter}", 3.0),
        ("{d}° {m}′ {s:.1f}″ {letter}", 3.0),
        ("{d} {m} {s:.1f} {letter}", 3.0),
        ("{letter}{d}°{m}'{s:.1f}\"", 3.0),
        ("{letter} {d} {dm:.4f}", 3.0),
        ("{d}°{dm:.4f}'{letter}", 3.0),
        ("{d} grados {m} minutos {s:.1f} segundos {letter}", 3.0),
    ],
)
@given(point=CITY_POINTS, lon_first=st.booleans())
@settings(max_examples=40, deadline=None)
def test_degrees_and_minutes_come_back_in_either_order(
    point: Point, lon_first: bool, pattern: str, within_m: float
) -> None:
    both = [_minutes(point.lat, "NS", pattern), _minutes(point.lon, "EO", pattern)]
    _comes_back(", ".join(reversed(both) if lon_first else both), point, within_m)


@given(CITY_POINTS)
@unhurried
def test_metric_grids_come_back(point: Point) -> None:
    east, north = Transformer.from_crs(4326, 32_721, always_xy=True).transform(point.lon, point.lat)
    for text in (
        f"21J {east:.0f} {north:.0f}",
        f"{east:.0f} {north:.0f}",
        f"{north:.0f} {east:.0f}",
    ):
        _comes_back(text, point, 1.0)
    _comes_back(mgrs.MGRS().toMGRS(point.lat, point.lon), point, 1.5)


def _comes_back(text: str, point: Point, within_m: float) -> None:
    [found] = parse(text, around=ASUNCION)
    assert isinstance(found, Coordinate)
    assert distance_m(found.point, point) <= within_m
    assert describe(found).startswith("Coordenadas")


@given(HOSTILE, st.booleans())
@settings(max_examples=300, deadline=None)
@example("y 1 " * 50, False)
@example("treinta y " * 20, False)
@example("esq 1 y " * 25, True)
@example("\ud800" * 300, False)
@example("x" * 10_000, False)
@example("https://maps.google.com/?" + "q=&" * 600, False)
@example("https://x.example/" + "!2d1!3d1" * 240, False)
def test_anything_is_read_or_refused_in_no_time(text: str, type_ahead: bool) -> None:
    # A collection of all that other tests left behind is not the parser's work.
    gc.disable()
    started = time.thread_time()
    try:
        found = parse(text, city="Asunción", around=ASUNCION, type_ahead=type_ahead)
    except Invalid:
        found = []
    finally:
        took_s = time.thread_time() - started
        gc.enable()
    assert took_s < CPU_MAX_S
    for reading in found:
        assert describe(reading)
    assert len(found) == len(set(found)) <= 9
