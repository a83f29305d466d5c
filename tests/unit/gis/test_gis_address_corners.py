"""Corners, stretches and houses as callers say them: each text to its likeliest reading."""

import pytest

from gis.address import Beside, Between, Corner, House, HouseRange, Name, Reading, Relation, parse

STRETCH = Between("palma", "chile", "alberdi")


@pytest.mark.parametrize(
    "text",
    [
        "Estrella esq. 14 de Mayo",
        "Estrella esquina 14 de Mayo",
        "Estrella esquina con 14 de Mayo",
        "Estrella en esquina con 14 de Mayo",
        "Estrella en la esquina con 14 de Mayo",
        "Estrella en la esquina de 14 de Mayo",
        "Estrella haciendo esquina con 14 de Mayo",
        "Estrella y su esquina con 14 de Mayo",
        "Estrella y su cruce con 14 de Mayo",
        "Estrella en el cruce con 14 de Mayo",
        "Estrella y su intersección con 14 de Mayo",
        "Estrella intersección 14 de Mayo",
        "Estrella cruce 14 de Mayo",
        "Estrella, esquina 14 de Mayo",
        "Estrella, esq. 14 de Mayo",
        "Estrella esq/ 14 de Mayo",
        "Estrella y 14 de Mayo",
        "Estrella con 14 de Mayo",
        "Estrella x 14 de Mayo",
        "Estrella & 14 de Mayo",
        "Estrella / 14 de Mayo",
        "Estrella/14 de Mayo",
        "Estrella + 14 de Mayo",
        "Estrella y catorce de mayo",
        "Estrella y Calle 14 de Mayo",
        "Calle Estrella y 14 de Mayo",
        "Esquina de Estrella y 14 de Mayo",
        "Esquina Estrella y 14 de Mayo",
        "esquina de Estrella con 14 de Mayo",
        "en la esquina de Estrella y 14 de Mayo",
        "la dirección es Estrella y 14 de Mayo",
        "cruce de Estrella con 14 de Mayo",
        "cruce de Estrella y 14 de Mayo",
        "en el cruce de Estrella y 14 de Mayo",
        "intersección de Estrella y 14 de Mayo",
        "intersección entre Estrella y 14 de Mayo",
        "estoy en Estrella y 14 de Mayo",
        "estamos en Estrella y 14 de Mayo",
        "en Estrella y 14 de Mayo",
        "sobre Estrella y 14 de Mayo",
        "ESTRELLA ESQ 14 DE MAYO",
        "estrella esq 14 de mayo",
        "  Estrella   esq.   14  de  Mayo ",
        "Estrella\tesq\n14 de Mayo",
        "Estrella s/n esq. 14 de Mayo",
        "Estrella S/N° esq. 14 de Mayo",
        # Guaraní
        "Estrella ha 14 de Mayo",
        "Estrella ha 14 de Mayo esquínape",
        "aime Estrella ha 14 de Mayo esquínape",
        # English
        "Estrella and 14 de Mayo",
        "Estrella at 14 de Mayo",
        "corner of Estrella and 14 de Mayo",
        "at the corner of Estrella and 14 de Mayo",
        "I am at Estrella and 14 de Mayo",
        # Portuguese
        "Estrella esquina com 14 de Mayo",
        "Estrella na esquina com 14 de Mayo",
        "Estrella com 14 de Mayo",
        "Estrella e 14 de Mayo",
        "Estrella cruzamento com 14 de Mayo",
        # Finnish and Swedish
        "Estrella ja 14 de Mayo",
        "Estrella ja 14 de Mayo kulma",
        "Estrella och 14 de Mayo",
        "i hörnet av Estrella och 14 de Mayo",
    ],
)
def test_every_way_to_say_a_corner(text: str) -> None:
    assert parse(text)[0] == Corner("estrella", "14 de mayo")


@pytest.mark.parametrize(
    "text",
    [
        "Estrella casi 14 de Mayo",
        "Estrella c/ 14 de Mayo",
        "Estrella c/14 de Mayo",
        "Estrella C/ 14 de Mayo",
        "Estrella casi esquina 14 de Mayo",
        "Estrella y casi 14 de Mayo",
        "Estrella, casi 14 de Mayo",
        "Estrella casi con 14 de Mayo",
        "Estrella cerca de 14 de Mayo",
        "Estrella llegando a 14 de Mayo",
        "Estrella a la altura de 14 de Mayo",
        "sobre Estrella casi 14 de Mayo",
        "sobre la calle Estrella casi 14 de Mayo",
        "Estrella near 14 de Mayo",
        "Estrella quase 14 de Mayo",
        "Estrella quase esquina com 14 de Mayo",
        "Estrella lähellä 14 de Mayo",
        "Estrella nära 14 de Mayo",
    ],
)
def test_casi_is_near_and_never_exact(text: str) -> None:
    assert parse(text)[0] == Corner("estrella", "14 de mayo", near=True)


@pytest.mark.parametrize(
    "text",
    [
        "Palma entre Chile y Alberdi",
        "Palma e/ Chile y Alberdi",
        "Palma e/Chile y Alberdi",
        "Palma, entre Chile y Alberdi",
        "Palma ent. Chile y Alberdi",
        "Palma entre calles Chile y Alberdi",
        "Palma entre las calles Chile y Alberdi",
        "Palma c/ Chile y Alberdi",
        "por Palma entre Chile y Alberdi",
        "Palma s/n e/ Chile y Alberdi",
        "Palma entre Chile e Alberdi",
        "Palma between Chile and Alberdi",
        "Palma, Chile ha Alberdi pa'ũme",
        "Palma, Chile ha Alberdi mbytépe",
    ],
)
def test_every_way_to_say_a_stretch(text: str) -> None:
    assert parse(text)[0] == STRETCH


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Estrella 505 esquina 14 de Mayo", 505),
        ("Estrella 505 esq. 14 de Mayo", 505),
        ("Estrella N° 505 esq. 14 de Mayo", 505),
        ("Estrella nº505 esq. 14 de Mayo", 505),
        ("Estrella #505 esq. 14 de Mayo", 505),
        ("Estrella Nro. 505 esq. 14 de Mayo", 505),
        ("Estrella, 505, esquina 14 de Mayo", 505),
        ("505 Estrella y 14 de Mayo", 505),
        ("Estrella 505-515 esq. 14 de Mayo", 505),
        ("Estrella esq. 14 de Mayo 505", 505),
        ("Estrella esq. 14 de Mayo N° 505", 505),
        ("Estrella 1.505 esq. 14 de Mayo", 1505),
        ("Estrella 505 piso 3 esq. 14 de Mayo", 505),
    ],
)
def test_house_number_of_a_corner_is_kept(text: str, number: int) -> None:
    assert parse(text)[0] == Corner("estrella", "14 de mayo", number=number)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Mcal. López casi Brasilia", Corner("mariscal lopez", "brasilia", near=True)),
        ("Palma c/ Alberdi", Corner("palma", "alberdi", near=True)),
        (
            "Eusebio Ayala e/ Rca. Argentina y De la Victoria",
            Between("eusebio ayala", "republica argentina", "de la victoria"),
        ),
        ("De la Victoria esquina 14 de Mayo", Corner("de la victoria", "14 de mayo")),
        ("14 de Mayo y 25 de Mayo", Corner("14 de mayo", "25 de mayo")),
        ("1º de Marzo y 3 de Febrero", Corner("1 de marzo", "3 de febrero")),
        ("Calle 5 y Calle 10", Corner("calle 5", "calle 10")),
        ("Calle 5 / Calle 10", Corner("calle 5", "calle 10")),
        ("Ruta 1 casi San José", Corner("ruta 1", "san jose", near=True)),
        ("Av. 1811 casi Ruta 2", Corner("avenida 1811", "ruta 2", near=True)),
        (
            "R.I. 3 Corrales 340 c/ Boquerón",
            Corner("ri 3 corrales", "boqueron", near=True, number=340),
        ),
        (
            "Cnel. Bogado casi Tte. 1º Benítez",
            Corner("coronel bogado", "teniente 1 benitez", near=True),
        ),
        ("21 Proyectada casi México", Corner("21 proyectada", "mexico", near=True)),
        (
            "1ra Proyectada e/ Montevideo y Colón",
            Between("1 proyectada", "montevideo", "colon"),
        ),
        (
            "Primera Proyectada 1505 c/ Estrella",
            Corner("1 proyectada", "estrella", near=True, number=1505),
        ),
        ("Tte. Fariña 1.074 c/ EE.UU.", Corner("teniente farina", "estados unidos", True, 1074)),
        (
            "Herrera entre Brasil y EE. UU. N° 1234",
            Between("herrera", "brasil", "estados unidos", 1234),
        ),
        ("Palma 123 entre Chile y Alberdi", Between("palma", "chile", "alberdi", 123)),
        ("5ta Avenida y Colón", Corner("5 avenida", "colon")),
        ("Quinta c/ Caballero", Corner("5", "caballero", near=True)),
        ("Palma casi 14", Corner("palma", "14", near=True)),
        ("entre Chile y Alberdi sobre Palma", Between("palma", "chile", "alberdi")),
        ("Palma entre Chile", Corner("palma", "chile", near=True)),
        ("Palma 505 e/ Chile", Corner("palma", "chile", near=True, number=505)),
        ("Ruta II y Ruta PY01", Corner("ruta 2", "ruta 1")),
        ("casi Chile sobre Palma", Corner("palma", "chile", near=True)),
        ("Ruta PY02 y Avelino Martínez", Corner("ruta 2", "avelino martinez")),
        ("Ortega y Gasset casi Palma", Corner("ortega y gasset", "palma", near=True)),
        (
            "Palma entre Ortega y Gasset y Chile",
            Between("palma", "ortega", "gasset y chile"),
        ),
        ("Yegros e/ 15 de agosto y O'Leary", Between("yegros", "15 de agosto", "oleary")),
        ("Oleary y Palma", Corner("oleary", "palma")),
        ("Rua Augusta esquina com Av. Paulista", Corner("rua augusta", "avenida paulista")),
        (
            "Rua Augusta quase esquina com a Alameda Santos",
            Corner("rua augusta", "alameda santos", near=True),
        ),
        (
            "Av. Paulista entre Rua Augusta e Rua da Consolação",
            Between("avenida paulista", "rua augusta", "rua da consolacao"),
        ),
        (
            "Av. Paulista entre Rua Rosa e Silva e Rua Humaitá",
            Between("avenida paulista", "rua rosa e silva", "rua humaita"),
        ),
        ("Rua E y Rua Humaitá", Corner("rua e", "rua humaita")),
        (
            "Mannerheimintie ja Kaivokatu kulma",
            Corner("mannerheimintie", "kaivokatu"),
        ),
    ],
)
def test_names_keep_their_own_numbers_and_particles(text: str, first: Reading) -> None:
    assert parse(text)[0] == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Estrella 505", House("estrella", 505)),
        ("Estrella N° 505", House("estrella", 505)),
        ("Estrella Nº 505", House("estrella", 505)),
        ("Estrella n°505", House("estrella", 505)),
        ("Estrella #505", House("estrella", 505)),
        ("Estrella # 505", House("estrella", 505)),
        ("Estrella, 505", House("estrella", 505)),
        ("Estrella número 505", House("estrella", 505)),
        ("Estrella num. 505", House("estrella", 505)),
        ("Estrella casa 505", House("estrella", 505)),
        ("Estrella al 505", House("estrella", 505)),
        ("Estrella altura 505", House("estrella", 505)),
        ("Estrella a la altura del 505", House("estrella", 505)),
        ("505 Estrella", House("estrella", 505)),
        ("Nº 505 Estrella", House("estrella", 505)),
        ("Estrella505", House("estrella", 505)),
        ("Estrella 505b", House("estrella", 505)),
        ("Estrella 505 B", House("estrella", 505)),
        ("Estrella 505-3", House("estrella", 505)),
        ("Estrella 505 piso 3", House("estrella", 505)),
        ("Estrella 505 dpto 4 B", House("estrella", 505)),
        ("Calle Estrella 505", House("estrella", 505)),
        ("C/ Estrella 505", House("estrella", 505)),
        ("Estrella quinientos cinco", House("estrella", 505)),
        ("Mil ochocientos once 450", House("1811", 450)),
        ("14 de Mayo 25", House("14 de mayo", 25)),
        ("15 de Agosto N° 25", House("15 de agosto", 25)),
        ("Calle 5 1200", House("calle 5", 1200)),
        ("Ntra. Sra. de la Asunción 450", House("nuestra senora de la asuncion", 450)),
        ("Carlos A. López 123", House("carlos a lopez", 123)),
        ("Independencia Nacional 1505", House("independencia nacional", 1505)),
        ("Al. Santos 1000", House("alameda santos", 1000)),
        ("R. da Consolação, 222", House("rua da consolacao", 222)),
        ("10 Downing Street", House("downing street", 10)),
        ("Kirkkokatu 5 B 12", House("kirkkokatu", 5)),
        ("Mannerheimintie 12b", House("mannerheimintie", 12)),
        ("Estrella 505-515", HouseRange("estrella", 505, 515)),
        ("Estrella 505 - 515", HouseRange("estrella", 505, 515)),
        ("Estrella 505/515", HouseRange("estrella", 505, 515)),
        ("Estrella 505 a 515", HouseRange("estrella", 505, 515)),
        ("Estrella 505 al 515", HouseRange("estrella", 505, 515)),
        ("Estrella del 505 al 515", HouseRange("estrella", 505, 515)),
        ("Estrella entre 500 y 600", HouseRange("estrella", 500, 600)),
    ],
)
def test_house_numbers_in_every_writing(text: str, first: Reading) -> None:
    assert parse(text)[0] == first


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ruta 1", "ruta 1"),
        ("Calle 5", "calle 5"),
        ("Av. 1811", "avenida 1811"),
        ("14 de Mayo", "14 de mayo"),
        ("25 de Mayo", "25 de mayo"),
        ("veinticinco de mayo", "25 de mayo"),
        ("dos de mayo", "2 de mayo"),
        ("treinta y uno de julio", "31 de julio"),
        ("3 Corrales", "3 corrales"),
        ("R.I. 3 Corrales", "ri 3 corrales"),
        ("21 Proyectadas", "21 proyectadas"),
        ("Mercado 4", "mercado 4"),
        ("Comisaría 3ra", "comisaria 3"),
        ("Parada 15 de Agosto", "parada 15 de agosto"),
        ("Copetín La Esquina", "copetin la esquina"),
        ("Cruce Liberación", "cruce liberacion"),
        ("Ruta VII", "ruta 7"),
        ("PY01", "ruta 1"),
        ("Praça da Sé", "plaza da se"),
        ("Rua E", "rua e"),
        ("1811", "1811"),
        ("y", "y"),
        ("detrás de", "detras de"),
    ],
)
def test_numbers_and_connectors_of_names_stay_in_them(text: str, name: str) -> None:
    assert parse(text)[0] == Name(name)


@pytest.mark.parametrize("text", ["Estrella casi", "Estrella y", "Estrella esq.", "Estrella e/"])
def test_connectors_that_hang_at_the_end_are_left_out(text: str) -> None:
    assert parse(text)[0] == Name("estrella")


def test_text_between_two_names_may_be_a_corner_or_the_place_between() -> None:
    assert parse("entre Palma y Chile") == [
        Beside(Relation.BETWEEN, Name("palma"), other=Name("chile")),
        Corner("palma", "chile"),
        Name("entre palma y chile"),
    ]


def test_c_slash_before_two_streets_is_read_both_ways() -> None:
    assert parse("Palma c/ Chile y Alberdi")[:3] == [
        STRETCH,
        Corner("palma", "chile y alberdi", near=True),
        Corner("palma", "chile", near=True),
    ]


def test_doubtful_readings_leave_the_others() -> None:
    assert Corner("estrella 505", "14 de mayo") in parse("Estrella 505 y 14 de Mayo")
    assert House("ortega y gasset", 500) in parse("Ortega y Gasset 500")
    assert House("corrales", 3) in parse("3 Corrales")
    assert Name("ben jerrys") in parse("Ben & Jerry's")
    assert Between("palma", "ortega y gasset", "chile") in parse(
        "Palma entre Ortega y Gasset y Chile"
    )


def test_readings_are_few_and_each_comes_once() -> None:
    found = parse("a y b y c y d y e y f y g y h")
    assert len(found) == len(set(found)) == 8
