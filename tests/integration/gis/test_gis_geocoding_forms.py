"""Every way in which callers say where they are, over a hand-made Asunción, word for word."""

from __future__ import annotations

import pytest

from gis.geocoding import Answer, Kind, geocode, reverse_geocode
from gis.geodesy import distance_m
from gis.geometry import Point
from ops_center.kernel.database import Database
from tests.osm_town import spot
from tests.osm_wide_town import avenue_corner, route_km, second_town

ESTRELLA_Y_14 = spot(1, 1)
LOPEZ_Y_BRASILIA = avenue_corner(0, 0)
LOPEZ = "Avenida Mariscal Francisco Solano López"
AYALA_BETWEEN = avenue_corner(1.5, 3)
SHOPPING = avenue_corner(0.33, 1.8)
HOSPITAL = spot(3.45, 1.45)
REACH_M = 40.0


async def ask(
    database: Database, words: str, *, near: Point | None = None, type_ahead: bool = False
) -> Answer:
    async with database.reading() as connection:
        return await geocode(connection, words, near=near, type_ahead=type_ahead)


async def assert_found(
    database: Database, words: str, *, kind: Kind, at: Point, within_m: float = REACH_M
) -> None:
    answer = await ask(database, words)
    assert answer.items, f"nothing found for {words!r}"
    best = answer.items[0]
    assert best.kind is kind, (words, best)
    away = distance_m(best.location.point, at)
    assert away <= within_m, (words, best, away)
    assert away <= max(best.location.uncertainty_m, 5), "the radius holds"


@pytest.mark.parametrize(
    "words",
    [
        "Estrella 505 esquina 14 de Mayo",
        "Estrella esq. 14 de Mayo",
        "estrella casi catorce de mayo",
        "14 de mayo y estrella",
        "Estrella / 14 de Mayo",
        "eztreya c/ 14 de mallo",
        "estrella 14 de mayo esquina",
        "estrella esquina con 14 de mayo, La Encarnación",
        "Estrella and 14 de Mayo",
    ],
)
async def test_corner_of_the_centre_is_found_in_all_its_forms(
    wide_town: Database, words: str
) -> None:
    answer = await ask(wide_town, words, near=ESTRELLA_Y_14)
    best = answer.items[0]
    assert distance_m(best.location.point, ESTRELLA_Y_14) <= best.location.uncertainty_m


@pytest.mark.parametrize(
    "words",
    [
        "Mcal. López casi Brasilia",
        "mariscal lopez y av brasilia",
        "mcal lopes c/ brazilia",
        "Mariscal Francisco Solano López esquina Avda. Brasilia",
        "solano lopez y brasilia",
        "brasilia esq mcal. lopez",
        "mariscal lopz casi brasila",
    ],
)
async def test_corner_of_avenues_is_found_without_titles_and_with_slips(
    wide_town: Database, words: str
) -> None:
    await assert_found(wide_town, words, kind=Kind.INTERSECTION, at=LOPEZ_Y_BRASILIA)


@pytest.mark.parametrize(
    ("words", "kind", "at", "within_m"),
    [
        ("Palma c/ Alberdi", Kind.INTERSECTION, spot(3, 0), REACH_M),
        ("Eusebio Ayala e/ Rca. Argentina y De la Victoria", Kind.BETWEEN, AYALA_BETWEEN, REACH_M),
        ("eusebio aiala entre argentina y victoria", Kind.BETWEEN, AYALA_BETWEEN, REACH_M),
        ("frente al Shopping del Sol", Kind.POI, SHOPPING, 120),
        ("detrás del Hospital de Clínicas", Kind.POI, HOSPITAL, 120),
        ("a dos cuadras del Shopping del Sol", Kind.POI, SHOPPING, 120),
        ("cerca del BNF", Kind.POI, avenue_corner(0.5, 2.5), REACH_M),
        ("parada 4", Kind.POI, avenue_corner(1.5, 0.05), REACH_M),
        ("parada 1204", Kind.POI, avenue_corner(1.5, 0.05), REACH_M),
        ("barrio Sajonia", Kind.AREA, avenue_corner(2.5, 0.5), 500),
        ("San Lorenzo", Kind.AREA, second_town(0.5, 0.5), 2_500),
        ("PY02 km 45,5", Kind.KM_POST, route_km(45.5), 100),
        ("Ruta 2 km 20", Kind.KM_POST, route_km(20), 100),
        ("km 30 de la ruta PY02", Kind.KM_POST, route_km(30), 100),
        ("25°16'51.2\"S 57°38'24\"O", Kind.COORDINATE, Point(lon=-57.64, lat=-25.28089), REACH_M),
        ("-57.6400, -25.2800", Kind.COORDINATE, spot(0, 0), REACH_M),
        ("https://maps.google.com/?q=-25.2800,-57.6400", Kind.COORDINATE, spot(0, 0), REACH_M),
    ],
)
async def test_every_other_form_is_found(
    wide_town: Database, words: str, kind: Kind, at: Point, within_m: float
) -> None:
    await assert_found(wide_town, words, kind=kind, at=at, within_m=within_m)


async def test_kilometre_counted_without_posts_is_said_with_more_doubt(
    wide_town: Database,
) -> None:
    counted = (await ask(wide_town, "Ruta 1 km 18")).items[0]
    posted = (await ask(wide_town, "Ruta 2 km 18")).items[0]
    assert (counted.label, posted.label) == ("Ruta PY01 km 18", "Ruta PY02 km 18")
    assert counted.location.uncertainty_m > posted.location.uncertainty_m


async def test_plus_codes_full_and_short_with_the_city(wide_town: Database) -> None:
    full = (await ask(wide_town, "5864P9C6+22")).items[0]
    short = (await ask(wide_town, "P9C6+22 Asunción")).items[0]
    assert full.kind is short.kind is Kind.PLUS_CODE
    assert distance_m(full.location.point, short.location.point) < 1


async def test_same_corner_in_two_towns_is_asked_back_nearest_first(wide_town: Database) -> None:
    answer = await ask(wide_town, "Estrella y 14 de Mayo")
    assert not answer.certain
    assert {found.detail for found in answer.items} == {"La Encarnación", "San Lorenzo"}
    near = await ask(wide_town, "Estrella y 14 de Mayo", near=second_town(0, 0))
    assert (near.items[0].detail, near.certain) == ("San Lorenzo", False)


async def test_town_said_with_the_corner_settles_it(wide_town: Database) -> None:
    for words in ("Estrella y 14 de Mayo, San Lorenzo", "Estrella y 14 de Mayo en San Lorenzo"):
        answer = await ask(wide_town, words)
        assert (answer.items[0].detail, answer.certain) == ("San Lorenzo", True), words


async def test_twin_names_are_both_offered_the_one_as_said_first(wide_town: Database) -> None:
    plain = await ask(wide_town, "Brasilia")
    avenue = await ask(wide_town, "Avda. Brasilia")
    assert [found.label for found in plain.items[:2]] == ["Brasilia", "Avenida Brasilia"]
    assert avenue.items[0].label == "Avenida Brasilia"
    assert not plain.certain
    assert not avenue.certain


async def test_only_the_twin_that_crosses_makes_the_corner(wide_town: Database) -> None:
    answer = await ask(wide_town, "Brasilia casi Capitán Chávez")
    assert answer.items[0].label == "Brasilia casi Capitán Chávez"
    assert answer.certain


async def test_house_number_nobody_mapped_is_never_taken_for_sure(wide_town: Database) -> None:
    answer = await ask(wide_town, "Eusebio Ayala 1200")
    assert answer.items[0].kind is Kind.STREET
    assert not answer.certain


async def test_side_of_the_street_is_said_where_houses_tell_it(wide_town: Database) -> None:
    # The numbers of Estrella rise to the east and its houses stand north of it.
    for words in ("Estrella 149", "Estrella 175"):
        best = (await ask(wide_town, words, near=ESTRELLA_Y_14)).items[0]
        assert (best.kind, best.side) == (Kind.ADDRESS, "left"), words
    corner = (await ask(wide_town, "Estrella 149 casi 14 de Mayo")).items[0]
    assert corner.label == "Estrella 149 casi 14 de Mayo"
    assert corner.kind is Kind.ADDRESS


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("estr", "Estrella"),
        ("mariscal fran", LOPEZ),
        ("mcal lopez y bras", f"{LOPEZ} y Avenida Brasilia"),
        ("palma casi al", "Palma casi Alberdi"),
        ("shopping d", "Shopping del Sol"),
        ("frente al shopp", "frente a Shopping del Sol"),
        ("eusebio ayala e/ argentina y de la v",
         "Avenida Eusebio Ayala entre Avenida República Argentina y De la Victoria"),
    ],
)  # fmt: skip
async def test_half_typed_words_find_what_begins_so(
    wide_town: Database, typed: str, label: str
) -> None:
    answer = await ask(wide_town, typed, type_ahead=True)
    assert label in [found.label for found in answer.items[:2]]


async def test_answers_say_how_the_words_were_read(wide_town: Database) -> None:
    read_as = (await ask(wide_town, "Mcal. López c/ Brasilia")).read_as
    assert read_as is not None
    assert "casi" in read_as


@pytest.mark.parametrize(
    ("at", "label", "kind"),
    [
        (avenue_corner(0, 0), f"{LOPEZ} y Avenida Brasilia", Kind.INTERSECTION),
        (route_km(32.5), "Ruta PY02 km 32,5", Kind.KM_POST),
        (route_km(50), "Ruta PY02 km 50", Kind.KM_POST),
    ],
)
async def test_point_is_called_as_people_call_it(
    wide_town: Database, at: Point, label: str, kind: Kind
) -> None:
    async with wide_town.reading() as connection:
        here = await reverse_geocode(connection, at)
    said = here.label.rpartition(", ")[0]
    other = " y ".join(reversed(label.split(" y ")))
    assert said in {label, other}
    assert here.kind is kind
    assert here.label.endswith(f", {here.zones[0].name}")


async def test_what_people_call_a_point_leads_back_to_it(wide_town: Database) -> None:
    for at in (spot(2.25, 1), avenue_corner(2.02, 3), route_km(32.5)):
        async with wide_town.reading() as connection:
            label = (await reverse_geocode(connection, at)).label
        best = (await ask(wide_town, label, near=at)).items[0]
        assert distance_m(best.location.point, at) <= best.location.uncertainty_m + 5, label
