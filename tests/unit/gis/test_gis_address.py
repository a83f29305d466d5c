"""How addresses are said in Paraguay, read one way or another."""

import pytest

from gis.address import (
    Beside,
    Between,
    Coordinate,
    Corner,
    House,
    HouseRange,
    KmPost,
    Name,
    PlusCode,
    Reading,
    aliases,
    coordinate,
    fold,
    parse,
)
from ops_center.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Mcal. López", "mariscal lopez"),
        ("Avda. Gral. Santos", "avenida general santos"),
        ("Tte. 1º Benítez", "teniente 1 benitez"),
        ("1ro. de Marzo", "1 de marzo"),
        ("Catorce de Mayo", "14 de mayo"),
        ("Ka'aguy Rory", "kaaguy rory"),
        ("Kaʼaguy Rory", "kaaguy rory"),
        ("Ñemby", "nemby"),
        ("Mbokajaty g̃uahẽ", "mbokajaty guahe"),
        ("R. da Consolação", "rua da consolacao"),
        ("Rua Doutor Gabriel dos Santos", "rua doctor gabriel dos santos"),
        ("Straße", "strasse"),
        ("  ", ""),
    ],
)
def test_spellings_fold_to_one_form(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_folding_twice_changes_nothing() -> None:
    for name in ("Avda. Mcal. Francisco S. López", "Ruta PY01", "Ntra. Sra. de la Asunción"):
        assert fold(fold(name)) == fold(name)


def test_street_is_known_by_its_shorter_names_with_less_weight() -> None:
    known = aliases("Avenida Mariscal Francisco Solano López")
    assert known["avenida mariscal francisco solano lopez"] == 1
    assert known["mariscal francisco solano lopez"] < 1
    assert known["mariscal lopez"] < known["francisco solano lopez"]
    assert {"solano lopez", "francisco lopez", "lopez"} <= set(known)


def test_date_names_are_known_whole_and_without_the_particle() -> None:
    known = aliases("14 de Mayo")
    assert known["14 de mayo"] == 1
    assert 0 < known["14 mayo"] < 1


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Estrella casi 14 de Mayo", Corner("estrella", "14 de mayo", near=True)),
        ("Estrella c/ 14 de Mayo", Corner("estrella", "14 de mayo", near=True)),
        ("Estrella c/14 de Mayo", Corner("estrella", "14 de mayo", near=True)),
        ("Estrella esq. 14 de Mayo", Corner("estrella", "14 de mayo")),
        ("Estrella y 14 de Mayo", Corner("estrella", "14 de mayo")),
        ("Estrella & 14 de Mayo", Corner("estrella", "14 de mayo")),
        ("Estrella esquina con 14 de Mayo", Corner("estrella", "14 de mayo")),
        ("Esquina de Palma y Chile", Corner("palma", "chile")),
        ("Estrella 505 esq 14 de Mayo", Corner("estrella", "14 de mayo", number=505)),
        ("Palma e/ Chile y Alberdi", Between("palma", "chile", "alberdi")),
        ("Palma entre Chile y Alberdi", Between("palma", "chile", "alberdi")),
        ("Palma 123", House("palma", 123)),
        ("Palma N° 123", House("palma", 123)),
        ("Palma Nro. 123", House("palma", 123)),
        ("Mannerheimintie 12b", House("mannerheimintie", 12)),
        ("Palma", Name("palma")),
        ("Hospital de Clínicas", Name("hospital de clinicas")),
    ],
)
def test_likeliest_reading_comes_first(text: str, first: object) -> None:
    assert parse(text)[0] == first


def test_number_in_a_street_name_leaves_the_name_as_a_reading() -> None:
    assert Name("ruta 1") in parse("Ruta 1")
    assert Name("14 de mayo") in parse("14 de Mayo")
    assert Corner("ruta 1", "san jose", near=True) in parse("Ruta 1 casi San José")


def test_name_of_the_city_at_the_end_is_dropped() -> None:
    assert parse("Palma y Chile, Asunción", city="Asunción") == parse("Palma y Chile")
    assert parse("Asunción", city="Asunción") == [Name("asuncion")]


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("-25.2822, -57.6353", -57.6353, -25.2822),
        ("(-25.2822 -57.6353)", -57.6353, -25.2822),
        ("lat: -25.2822, lon: -57.6353", -57.6353, -25.2822),
        ("lon=-57.6353 lat=-25.2822", -57.6353, -25.2822),
        ("-25,2822; -57,6353", -57.6353, -25.2822),
        ("60.17, 24.94", 24.94, 60.17),
        ("-121.5, 45.25", -121.5, 45.25),
        ("25°16'55\"S 57°38'09\"O", -57.635833, -25.281944),
        ("25°16.9'S 57°38.1'W", -57.635, -25.281667),
        ("57° 38′ 09″ W, 25° 16′ 55″ S", -57.635833, -25.281944),
    ],
)
def test_coordinates_are_read_as_written(text: str, lon: float, lat: float) -> None:
    point = coordinate(text)
    assert point is not None
    assert (point.lon, point.lat) == pytest.approx((lon, lat), abs=1e-5)
    assert parse(text) == [Coordinate(point)]


def test_coordinates_that_cannot_be_are_invalid() -> None:
    with pytest.raises(Invalid):
        parse("-95.5, -190.5")


@pytest.mark.parametrize("text", ["Palma 123", "14 de Mayo 25", "", "a" * 50, "25°"])
def test_what_is_no_coordinate_is_none(text: str) -> None:
    assert coordinate(text) is None


@pytest.mark.parametrize("text", ["", "   ", "...", "x" * 201])
def test_empty_or_endless_text_is_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        parse(text)


def test_no_reading_has_an_empty_name() -> None:
    for text in (
        "y",
        "casi",
        "entre y",
        "esquina",
        "y y y",
        "e/ y",
        "123",
        "casi 14 de Mayo",
        "frente al",
        "a dos cuadras de",
        "km 5",
        "barrio",
        ", y ,",
        "en",
        "c/ c/",
    ):
        for reading in parse(text):
            assert all(names_in(reading)), (text, reading)


def names_in(reading: Reading) -> list[str]:
    match reading:
        case Corner(street, other):
            return [street, other]
        case Between(street, first, second):
            return [street, first, second]
        case House(street, _) | HouseRange(street, _, _) | KmPost(street, _):
            return [street]
        case Name(name):
            return [name]
        case Beside(_, landmark):
            more = [] if reading.other is None else [reading.other.text]
            return [*names_in(landmark), *more]
        case Coordinate() | PlusCode():
            return []
