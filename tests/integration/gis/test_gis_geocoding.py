"""Addresses as people say them become places, and places become what people call them."""

from __future__ import annotations

import contextlib

import pytest
from sqlalchemy import text

from gis.geocoding import Found, Kind, geocode, reverse_geocode
from gis.geodesy import destination, distance_m
from gis.geometry import Point
from ops_center.kernel.database import Database
from ops_center.kernel.errors import Invalid
from tests.osm_town import spot

# Estrella is the second street from the south, 14 de Mayo the second from the west.
ESTRELLA_Y_14_DE_MAYO = spot(1, 1)


async def best(database: Database, query: str, near: Point | None = None) -> Found:
    async with database.reading() as connection:
        found = (await geocode(connection, query, near=near)).items
    assert found, f"nothing found for {query!r}"
    return found[0]


@pytest.mark.parametrize(
    "query",
    [
        "Estrella y 14 de Mayo",
        "Estrella esq. 14 de Mayo",
        "14 de Mayo y Estrella",
        "esquina de Estrella y Catorce de Mayo",
        "estrela esquina 14 de malo",
        "ESTRELLA & 14 DE MAYO, Asunción",
    ],
)
async def test_corner_is_found_however_it_is_said(town: Database, query: str) -> None:
    found = await best(town, query)
    assert found.kind is Kind.INTERSECTION
    assert distance_m(found.location.point, ESTRELLA_Y_14_DE_MAYO) < 2
    assert found.location.uncertainty_m <= 30
    assert [zone.name for zone in found.zones] == ["La Encarnación"]


@pytest.mark.parametrize("query", ["Estrella casi 14 de Mayo", "Estrella c/14 de Mayo"])
async def test_casi_is_near_the_corner_and_never_exact(town: Database, query: str) -> None:
    found = await best(town, query)
    assert found.label == "Estrella casi 14 de Mayo"
    assert found.location.uncertainty_m >= 60
    assert distance_m(found.location.point, ESTRELLA_Y_14_DE_MAYO) < 60


async def test_number_beside_a_corner_names_the_corner(town: Database) -> None:
    found = await best(town, "Estrella 505 esquina 14 de Mayo")
    assert found.kind is Kind.INTERSECTION
    assert distance_m(found.location.point, ESTRELLA_Y_14_DE_MAYO) < 60


@pytest.mark.parametrize(
    "query", ["Estrella entre Colón y 14 de Mayo", "Estrella e/ 14 de Mayo y Colon"]
)
async def test_between_is_the_middle_of_the_stretch(town: Database, query: str) -> None:
    found = await best(town, query)
    assert found.kind is Kind.BETWEEN
    assert distance_m(found.location.point, spot(0.5, 1)) < 3


async def test_house_number_is_exact_where_it_is_known(town: Database) -> None:
    found = await best(town, "Estrella 149")
    assert found.kind is Kind.ADDRESS
    assert distance_m(found.location.point, spot(0.8, 1.05)) < 2
    assert found.location.uncertainty_m <= 25


async def test_unknown_house_number_lies_between_its_neighbours_with_more_doubt(
    town: Database,
) -> None:
    found = await best(town, "Estrella 175")
    assert found.kind is Kind.ADDRESS
    assert distance_m(found.location.point, spot(1.05, 1.05)) < 15
    assert found.location.uncertainty_m >= 30


async def test_number_far_beyond_the_known_ones_gives_the_street(town: Database) -> None:
    found = await best(town, "Estrella 4000")
    assert found.kind is Kind.STREET
    assert found.location.uncertainty_m >= 200


async def test_street_and_place_are_found_by_name(town: Database) -> None:
    street = await best(town, "gral. diaz")
    assert (street.kind, street.label) == (Kind.STREET, "General Díaz")
    hospital = await best(town, "hosp. de clinicas")
    assert (hospital.kind, hospital.label) == (Kind.POI, "Hospital de Clínicas")
    suburb = await best(town, "la encarnacion")
    assert (suburb.kind, suburb.label) == (Kind.AREA, "La Encarnación")


async def test_street_is_found_by_its_guarani_name(town: Database) -> None:
    found = await best(town, "karandaʼy")
    assert found.label == "Palma"


async def test_coordinates_are_taken_as_they_are(town: Database) -> None:
    found = await best(town, "-25.2795, -57.6385")
    assert found.kind is Kind.COORDINATE
    assert found.location.point == Point(lon=-57.6385, lat=-25.2795)
    assert found.zones


async def test_streets_that_do_not_cross_are_not_said_to(town: Database) -> None:
    async with town.reading() as connection:
        found = (await geocode(connection, "Palma y Estrella")).items
    assert all({"Palma", "Estrella"} != set(result.label.split(" y ")) for result in found)


async def test_nonsense_finds_nothing(town: Database) -> None:
    async with town.reading() as connection:
        answer = await geocode(connection, "xyzzy plugh")
    assert (answer.items, answer.certain) == ((), False)


@pytest.mark.parametrize("query", ["'; drop table street; --", "%", "y", "\\", "ñ" * 200, "🚒"])
async def test_odd_text_is_answered_or_refused_and_harms_nothing(
    town: Database, query: str
) -> None:
    async with town.reading() as connection:
        with contextlib.suppress(Invalid):
            await geocode(connection, query)
        rows = await connection.execute(text("select count(*) from street"))
        assert rows.scalar_one() == 9


async def test_no_more_than_the_limit_is_answered(town: Database) -> None:
    async with town.reading() as connection:
        assert len((await geocode(connection, "14 de mayo", limit=1)).items) == 1
        for limit in (0, 21):
            with pytest.raises(Invalid):
                await geocode(connection, "palma", limit=limit)


async def test_before_any_import_nothing_is_found_but_coordinates(database: Database) -> None:
    async with database.reading() as connection:
        assert (await geocode(connection, "Palma y Chile")).items == ()
        answer = await geocode(connection, "-25.28, -57.63")
        assert answer.items[0].kind is Kind.COORDINATE
        here = await reverse_geocode(connection, Point(lon=-57.63, lat=-25.28))
    assert (here.kind, here.zones) == (Kind.COORDINATE, ())


async def test_spot_near_a_corner_is_called_after_both_streets(town: Database) -> None:
    async with town.reading() as connection:
        near = await reverse_geocode(connection, spot(2.25, 1))
        corner = await reverse_geocode(connection, spot(2.02, 1))
    assert near.label == "Estrella casi 15 de Agosto, La Encarnación"
    assert (near.street, near.crossing) == ("Estrella", "15 de Agosto")
    assert corner.label.partition(",")[0] in {"Estrella y 15 de Agosto", "15 de Agosto y Estrella"}


async def test_spot_beside_a_house_is_called_after_it(town: Database) -> None:
    async with town.reading() as connection:
        here = await reverse_geocode(connection, spot(0.8, 1.06))
    assert (here.label, here.kind) == ("Estrella 149, La Encarnación", Kind.ADDRESS)


async def test_spot_far_from_everything_is_called_by_its_coordinates(town: Database) -> None:
    away = destination(spot(0, 0), bearing_deg=270, distance_m=9_000)
    async with town.reading() as connection:
        here = await reverse_geocode(connection, away)
    assert (here.kind, here.street, here.zones) == (Kind.COORDINATE, None, ())
