"""Landmarks, distances, localities and kilometres: each text to its likeliest reading."""

import pytest

from gis.address import (
    Beside,
    Corner,
    House,
    KmPost,
    Name,
    PlaceKind,
    Reading,
    Relation,
    describe,
    parse,
    road_ref,
)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("frente al Hospital Militar", Relation.IN_FRONT),
        ("enfrente del Hospital Militar", Relation.IN_FRONT),
        ("en frente del Hospital Militar", Relation.IN_FRONT),
        ("justo frente al Hospital Militar", Relation.IN_FRONT),
        ("delante del Hospital Militar", Relation.IN_FRONT),
        ("frente Hospital Militar", Relation.IN_FRONT),
        ("detrás del Hospital Militar", Relation.BEHIND),
        ("atrás del Hospital Militar", Relation.BEHIND),
        ("por detrás del Hospital Militar", Relation.BEHIND),
        ("al lado del Hospital Militar", Relation.BESIDE),
        ("al costado del Hospital Militar", Relation.BESIDE),
        ("junto al Hospital Militar", Relation.BESIDE),
        ("pegado al Hospital Militar", Relation.BESIDE),
        ("cerca del Hospital Militar", Relation.NEAR),
        ("a la vuelta del Hospital Militar", Relation.NEAR),
        ("por la zona del Hospital Militar", Relation.NEAR),
        ("casi Hospital Militar", Relation.NEAR),
        ("pasando el Hospital Militar", Relation.PAST),
        ("después del Hospital Militar", Relation.PAST),
        ("antes del Hospital Militar", Relation.BEFORE),
        ("antes de llegar al Hospital Militar", Relation.BEFORE),
        ("dentro del Hospital Militar", Relation.AT),
        ("estoy frente al Hospital Militar", Relation.IN_FRONT),
        # Guaraní puts the relation last.
        ("Hospital Militar renondépe", Relation.IN_FRONT),
        ("Hospital Militar rovái", Relation.IN_FRONT),
        ("Hospital Militar kupépe", Relation.BEHIND),
        ("Hospital Militar ypýpe", Relation.NEAR),
        ("Hospital Militar ykére", Relation.BESIDE),
        ("Hospital Militar-gui aguĩ", Relation.NEAR),
        ("Hospital Militar mboyve", Relation.BEFORE),
        # English
        ("in front of the Hospital Militar", Relation.IN_FRONT),
        ("opposite the Hospital Militar", Relation.IN_FRONT),
        ("across from Hospital Militar", Relation.IN_FRONT),
        ("behind the Hospital Militar", Relation.BEHIND),
        ("next to the Hospital Militar", Relation.BESIDE),
        ("near the Hospital Militar", Relation.NEAR),
        ("past the Hospital Militar", Relation.PAST),
        # Portuguese
        ("em frente ao Hospital Militar", Relation.IN_FRONT),
        ("atrás do Hospital Militar", Relation.BEHIND),
        ("ao lado do Hospital Militar", Relation.BESIDE),
        ("perto do Hospital Militar", Relation.NEAR),
        ("depois do Hospital Militar", Relation.PAST),
        ("antes do Hospital Militar", Relation.BEFORE),
        # Finnish
        ("Hospital Militar vieressä", Relation.BESIDE),
        ("Hospital Militar takana", Relation.BEHIND),
        ("Hospital Militar vastapäätä", Relation.IN_FRONT),
    ],
)
def test_every_way_to_stand_by_a_landmark(text: str, relation: Relation) -> None:
    assert parse(text)[0] == Beside(relation, Name("hospital militar"))


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("a una cuadra de la plaza Uruguaya", 100),
        ("a 1 cuadra de la plaza Uruguaya", 100),
        ("a cuadra y media de la plaza Uruguaya", 150),
        ("a media cuadra de la plaza Uruguaya", 50),
        ("a 1/2 cuadra de la plaza Uruguaya", 50),
        ("a dos cuadras de la plaza Uruguaya", 200),
        ("dos cuadras de la plaza Uruguaya", 200),
        ("a tres cuadras y media de la plaza Uruguaya", 350),
        ("a 2 1/2 cuadras de la plaza Uruguaya", 250),
        ("a 200 metros de la plaza Uruguaya", 200),
        ("a 200 m de la plaza Uruguaya", 200),
        ("a unos 200 mts de la plaza Uruguaya", 200),
        ("a 3 km de la plaza Uruguaya", 3000),
        ("two blocks from the plaza Uruguaya", 200),
        ("a duas quadras da plaza Uruguaya", 200),
        ("plaza Uruguaya a dos cuadras", 200),
        ("plaza Uruguaya-gui mokõi kuádrape", 200),
        ("a 50 m del plaza Uruguaya", 50),
    ],
)
def test_said_distances_become_metres(text: str, metres: float) -> None:
    assert parse(text)[0] == Beside(Relation.AWAY, Name("plaza uruguaya"), distance_m=metres)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("frente al Shopping del Sol", Beside(Relation.IN_FRONT, Name("shopping del sol"))),
        (
            "detrás del Hospital de Clínicas",
            Beside(Relation.BEHIND, Name("hospital de clinicas")),
        ),
        ("al lado de la comisaría 3ra", Beside(Relation.BESIDE, Name("comisaria 3"))),
        ("frente al Mercado 4", Beside(Relation.IN_FRONT, Name("mercado 4"))),
        (
            "entre el super y la iglesia",
            Beside(Relation.BETWEEN, Name("super"), other=Name("iglesia")),
        ),
        (
            "dos cuadras antes de llegar a Mcal. López",
            Beside(Relation.BEFORE, Name("mariscal lopez"), distance_m=200),
        ),
        (
            "tres cuadras después del puente",
            Beside(Relation.PAST, Name("puente"), distance_m=300),
        ),
        (
            "una cuadra pasando la iglesia",
            Beside(Relation.PAST, Name("iglesia"), distance_m=100),
        ),
        (
            "pasando Mcal. López, 200 m al sur",
            Beside(Relation.PAST, Name("mariscal lopez"), distance_m=200, bearing_deg=180),
        ),
        (
            "200 metros al norte de la terminal",
            Beside(Relation.AWAY, Name("terminal"), distance_m=200, bearing_deg=0),
        ),
        (
            "al oeste de la terminal",
            Beside(Relation.AWAY, Name("terminal"), bearing_deg=270),
        ),
        (
            "a media cuadra de Palma y Chile",
            Beside(Relation.AWAY, Corner("palma", "chile"), distance_m=50),
        ),
        (
            "Palma y Chile a media cuadra",
            Beside(Relation.AWAY, Corner("palma", "chile"), distance_m=50),
        ),
        (
            "a 50 metros de Palma 505",
            Beside(Relation.AWAY, House("palma", 505), distance_m=50),
        ),
        (
            "Palma frente al Banco Nacional",
            Beside(Relation.IN_FRONT, Name("banco nacional"), street="palma"),
        ),
        (
            "Palma cerca del Hospital Militar",
            Beside(Relation.NEAR, Name("hospital militar"), street="palma"),
        ),
        ("Palma 123 frente al Banco Nacional", House("palma", 123)),
        ("Palma y Chile, frente al banco", Corner("palma", "chile")),
        ("frente a la plaza, Palma casi Chile", Corner("palma", "chile", near=True)),
        (
            "Shopping del Sol, Aviadores del Chaco casi Prof. González",
            Corner("aviadores del chaco", "profesor gonzalez", near=True),
        ),
    ],
)
def test_landmarks_and_streets_together(text: str, first: Reading) -> None:
    assert parse(text)[0] == first


def test_what_was_said_beside_the_address_is_a_second_reading() -> None:
    assert Beside(Relation.IN_FRONT, Name("banco nacional"), street="palma", number=123) in parse(
        "Palma 123 frente al Banco Nacional"
    )
    assert Name("shopping del sol") in parse("Shopping del Sol, Aviadores del Chaco casi González")
    assert Beside(Relation.BESIDE, Name("farmacia")) in parse(
        "frente al Banco Nacional al lado de la farmacia"
    )
    assert Beside(Relation.NEAR, Name("banco nacional"), street="estrella") in parse(
        "Estrella casi Banco Nacional"
    )


@pytest.mark.parametrize("text", ["505 m lopez", "Palma 505 M. Lynch", "Acceso Sur", "Norte"])
def test_letters_and_directions_in_names_are_no_distance(text: str) -> None:
    assert not any(isinstance(reading, Beside) for reading in parse(text))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Palma 123, barrio Sajonia", House("palma", 123, locality="sajonia")),
        ("Palma 123 barrio Sajonia", House("palma", 123, locality="sajonia")),
        ("Palma 123 Bº Sajonia", House("palma", 123, locality="sajonia")),
        ("Palma 123 bo. Sajonia", House("palma", 123, locality="sajonia")),
        ("Palma 123 (Sajonia)", House("palma", 123, locality="sajonia")),
        ("Palma 123 - Sajonia", House("palma", 123, locality="sajonia")),
        ("Palma 123 en Sajonia", House("palma", 123, locality="sajonia")),
        ("Palma 123 en el barrio Sajonia", House("palma", 123, locality="sajonia")),
        ("barrio Sajonia, Palma 123", House("palma", 123, locality="sajonia")),
        ("Palma 123, Sajonia, Asunción", House("palma", 123, locality="sajonia")),
        ("Palma 123, Sajonia, Asunción, Paraguay", House("palma", 123, locality="sajonia")),
        ("Palma 123, Asunción", House("palma", 123)),
        ("Palma 123, Asunción, Paraguay", House("palma", 123)),
        (
            "Palma y Chile, Fernando de la Mora",
            Corner("palma", "chile", locality="fernando de la mora"),
        ),
        (
            "Palma y Chile en Fernando de la Mora",
            Corner("palma", "chile", locality="fernando de la mora"),
        ),
        ("Barrio Obrero, 5ta y Colón", Corner("5", "colon", locality="obrero")),
        ("Palma, Luque", Name("palma", locality="luque")),
        (
            "Rua Augusta, 1500 - Consolação, São Paulo",
            House("rua augusta", 1500, locality="consolacao"),
        ),
        (
            "Av. Paulista, 900 - Bela Vista, São Paulo - SP, 01310-100",
            House("avenida paulista", 900, locality="bela vista"),
        ),
        ("Palma 123 Luque", House("palma", 123, locality="luque")),
        ("Mcal. López 3233 Villa Morra", House("mariscal lopez", 3233, locality="villa morra")),
        ("Palma 123 Asunción", House("palma", 123)),
        ("Palma 123. Asunción.", House("palma", 123)),
        ("Palma y Chile Asunción", Corner("palma", "chile")),
        ("Asunción, Palma 123", House("palma", 123)),
        ("Asunción, barrio Sajonia, Palma 123", House("palma", 123, locality="sajonia")),
        ("Luque, Palma casi Chile", Corner("palma", "chile", near=True, locality="luque")),
        ("Villa Elisa, Palma y Chile", Corner("palma", "chile", locality="villa elisa")),
        ("Palma y Chile (IPS)", Corner("palma", "chile")),
        ("Edificio Líder, piso 12, Palma 123", House("palma", 123)),
        (
            "Limpio, 100m de la comisaría",
            Beside(Relation.AWAY, Name("comisaria"), distance_m=100, street="limpio"),
        ),
        ("Palma 123, Estrella, 10000", House("palma", 123, locality="estrella")),
        ("Terminal de Ómnibus de Asunción", Name("terminal de omnibus de asuncion")),
        ("Nuestra Señora de la Asunción 450", House("nuestra senora de la asuncion", 450)),
        ("barrio Sajonia", Name("barrio sajonia")),
        ("vivo en el barrio Trinidad", Name("el barrio trinidad")),
    ],
)
def test_barrio_and_city_are_told_from_the_street(text: str, first: Reading) -> None:
    assert parse(text, city="Asunción")[0] == first


def test_a_comma_may_also_stand_for_a_corner() -> None:
    assert Corner("azara", "mexico") in parse("Azara, México")


@pytest.mark.parametrize(
    ("text", "kind", "core"),
    [
        ("parada de colectivo Última Hora", PlaceKind.BUS_STOP, "ultima hora"),
        ("Parada 5", PlaceKind.BUS_STOP, "5"),
        ("barrio Sajonia", PlaceKind.BARRIO, "sajonia"),
        ("ciudad de Luque", PlaceKind.CITY, "luque"),
        ("Hospital de Clínicas", PlaceKind.HOSPITAL, "clinicas"),
        ("el hospital", PlaceKind.HOSPITAL, ""),
        ("Comisaría 3ra", PlaceKind.POLICE, "3"),
        ("cuartel de bomberos de Sajonia", PlaceKind.FIRE_STATION, "sajonia"),
        ("Shopping del Sol", PlaceKind.MALL, "sol"),
        ("Terminal de Ómnibus", PlaceKind.BUS_STATION, ""),
        ("Esc. República de Chile", PlaceKind.SCHOOL, "republica de chile"),
        ("puesto de salud San Blas", PlaceKind.HEALTH_POST, "san blas"),
        ("Igreja da Consolação", PlaceKind.CHURCH, "consolacao"),
        ("Palma", None, "palma"),
    ],
)
def test_kind_of_place_is_heard_in_its_name(text: str, kind: PlaceKind | None, core: str) -> None:
    name = parse(text)[0]
    assert isinstance(name, Name)
    assert (name.kind_hint, name.core) == (kind, core)


@pytest.mark.parametrize(
    ("text", "post"),
    [
        ("Ruta 1 km 18", KmPost("ruta 1", 18, "PY1")),
        ("Ruta 1, km 18", KmPost("ruta 1", 18, "PY1")),
        ("Ruta 1 km. 18", KmPost("ruta 1", 18, "PY1")),
        ("Ruta 1 km18", KmPost("ruta 1", 18, "PY1")),
        ("Ruta 1 Km: 18", KmPost("ruta 1", 18, "PY1")),
        ("ruta 1 kilómetro 18", KmPost("ruta 1", 18, "PY1")),
        ("ruta uno kilómetro dieciocho", KmPost("ruta 1", 18, "PY1")),
        ("ruta dos kilómetro dieciocho y medio", KmPost("ruta 2", 18.5, "PY2")),
        ("Ruta 2 km 14 1/2", KmPost("ruta 2", 14.5, "PY2")),
        ("Ruta Nacional N° 2 km 14", KmPost("ruta 2", 14, "PY2")),
        ("Ruta PY02 km 45,5", KmPost("ruta 2", 45.5, "PY2")),
        ("PY02 km 45,5", KmPost("ruta 2", 45.5, "PY2")),
        ("PY-02 km 45.5", KmPost("ruta 2", 45.5, "PY2")),
        ("PY 02 km 45+500", KmPost("ruta 2", 45.5, "PY2")),
        ("Ruta 1 Mcal. López km 30", KmPost("ruta 1", 30, "PY1")),
        ("Ruta II km 45", KmPost("ruta 2", 45, "PY2")),
        ("Ruta D027 km 7", KmPost("d 27", 7, "D27")),
        ("km 18 de la Ruta 1", KmPost("ruta 1", 18, "PY1")),
        ("km 18 Ruta 1", KmPost("ruta 1", 18, "PY1")),
        ("en el kilómetro 18 de la Ruta 1", KmPost("ruta 1", 18, "PY1")),
        ("estoy en la Ruta 1 a la altura del km 18", KmPost("ruta 1", 18, "PY1")),
        ("Acceso Sur km 12", KmPost("acceso sur", 12)),
        ("Ruta Transchaco km 14,5", KmPost("ruta transchaco", 14.5)),
        ("Transchaco km 14,5", KmPost("transchaco", 14.5)),
        ("Avda. Eusebio Ayala km 4,5", KmPost("avenida eusebio ayala", 4.5)),
        ("Ruta 2 km 20, Capiatá", KmPost("ruta 2", 20, "PY2", locality="capiata")),
        ("San Lorenzo, Ruta 2 km 14", KmPost("ruta 2", 14, "PY2", locality="san lorenzo")),
        ("Rodovia BR-116 km 45", KmPost("br 116", 45, "BR116")),
        ("SP-280, km 12", KmPost("sp 280", 12, "SP280")),
        ("Rodovia dos Bandeirantes km 20", KmPost("rodovia dos bandeirantes", 20)),
        ("Tape Guasu km 5", KmPost("tape guasu", 5)),
        ("Ñemby acceso sur km 18", KmPost("acceso sur", 18, locality="nemby")),
        ("Calle Última km 1", KmPost("calle ultima", 1)),
    ],
)
def test_kilometre_of_a_road_has_no_other_reading(text: str, post: KmPost) -> None:
    assert parse(text) == [post]


def test_kilometre_of_what_is_no_road_may_be_a_name() -> None:
    assert parse("Capiatá km 20") == [KmPost("capiata", 20), Name("capiata km 20")]
    assert parse("km 7") == [Name("km 7")]


def test_landmark_after_the_kilometre_is_a_second_reading() -> None:
    assert parse("Ruta 1 km 18 frente al peaje") == [
        KmPost("ruta 1", 18, "PY1"),
        Beside(Relation.IN_FRONT, Name("peaje"), street="ruta 1"),
    ]


@pytest.mark.parametrize("text", ["PY02", "PY 2", "py-02", "PY002"])
def test_road_numbers_have_one_form(text: str) -> None:
    assert road_ref(text) == "PY2"
    assert road_ref("Ruta") is None


def test_half_typed_words_are_marked() -> None:
    assert parse("Mcal. Lo", type_ahead=True)[0] == Name("mariscal lo", partial=True)
    assert parse("Palma y Chi", type_ahead=True)[0] == Corner("palma", "chi", partial=True)
    assert parse("frente al Hosp", type_ahead=True)[0] == Beside(
        Relation.IN_FRONT, Name("hospital"), partial=True
    )
    assert Name("palma") in parse("Palma esqu", type_ahead=True)
    assert Name("palma") not in parse("Palma esqu")
    assert parse("Palma 12", type_ahead=True)[0] == House("palma", 12)
    assert parse("Palma y Chile ", type_ahead=True)[0] == Corner("palma", "chile")
    assert parse("Palma y Chile")[0] == Corner("palma", "chile")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Estrella esq. 14 de Mayo", "Esquina de Estrella y 14 de Mayo"),
        ("Mcal. López casi Brasilia", "Mariscal Lopez casi Brasilia"),
        ("Palma e/ Chile y Alberdi", "Palma, entre Chile y Alberdi"),
        ("Palma 123, barrio Sajonia", "Palma 123, en Sajonia"),
        ("Palma 505-515", "Palma, del 505 al 515"),
        ("PY02 km 45,5", "Ruta 2, kilómetro 45,5"),
        ("a dos cuadras de la plaza", "A 200 m de Plaza"),
        ("200 m al norte de la plaza", "A 200 m al norte de Plaza"),
        ("Palma frente al banco", "Palma, frente a Banco"),
        ("entre el super y la iglesia", "Entre Super y Iglesia"),
        ("586CP992+XX", "Código plus 586CP992+XX"),
        ("PC92+XX Luque", "Código plus PC92+XX cerca de Luque"),
        ("-25.2822, -57.6353", "Coordenadas: -25.282200, -57.635300"),
        ("Palma", "El lugar o la calle Palma"),
    ],
)
def test_readings_are_told_back_in_spanish(text: str, said: str) -> None:
    assert describe(parse(text)[0]) == said
