"""The forms over street names of real cities: Asunción by list, São Paulo by its extract."""

import random
from collections.abc import Callable
from pathlib import Path

import osmium
import pytest

from gis.address import Between, Corner, House, Name, Reading, fold, parse

ASUNCION = [
    *("Estrella", "14 de Mayo", "15 de Agosto", "25 de Mayo", "Palma", "Presidente Franco"),
    *("Eligio Ayala", "Mariscal Estigarribia", "Azara", "Fulgencio R. Moreno", "Herrera"),
    *("Teniente Fariña", "Chile", "Alberdi", "Montevideo", "Colón", "Hernandarias", "Ayolas"),
    *("Nuestra Señora de la Asunción", "Independencia Nacional", "Yegros", "Iturbe", "México"),
    *("Estados Unidos", "Brasil", "Constitución", "Perú", "Pa'i Pérez", "República de Colombia"),
    *("Primera Proyectada", "21 Proyectadas", "Rubio Ñu", "Cerro Corá", "Avenida España"),
    *("Avenida Mariscal López", "Avenida Eusebio Ayala", "Avenida General Santos", "O'Leary"),
    *("Avenida Aviadores del Chaco", "Avenida Santísima Trinidad", "Avenida Madame Lynch"),
    *("Avenida Fernando de la Mora", "Avenida de la Victoria", "República Argentina", "Lillo"),
    *("Teniente 1º Alcorta", "R.I. 3 Corrales", "R.I. 14 Cerro Corá", "R.C. 4 Acá Carayá"),
    *("Dr. Luis A. de Herrera", "Monseñor Bogarín", "Avenida 1811", "Calle 5", "Ruta 1"),
    *("Sargento 1º Tomás Lombardo", "Batallón 40", "Itá Ybaté", "De las Residentas", "Dr. Migone"),
    *("1º de Marzo", "3 de Febrero", "Choferes del Chaco", "Yvyrá Pytá", "Senador Long"),
]
# How they are said, and what they must be read as first.
FORMS: dict[str, Callable[[str, str, str], Reading]] = {
    "{a} y {b}": lambda a, b, c: Corner(a, b),
    "{a} esq. {b}": lambda a, b, c: Corner(a, b),
    "esquina de {a} y {b}": lambda a, b, c: Corner(a, b),
    "{a} / {b}": lambda a, b, c: Corner(a, b),
    "{a} ha {b}": lambda a, b, c: Corner(a, b),
    "{a} casi {b}": lambda a, b, c: Corner(a, b, near=True),
    "{a} 1505 c/ {b}": lambda a, b, c: Corner(a, b, near=True, number=1505),
    "{a} e/ {b} y {c}": Between,
    "{a} 1505": lambda a, b, c: House(a, 1505),
    "{a} 1505, barrio Sajonia": lambda a, b, c: House(a, 1505, locality="sajonia"),
}
TRIES = 60


def read_right(names: list[str]) -> tuple[int, list[tuple[str, Reading]]]:
    """How many texts were made, and those whose first reading is another than was meant."""
    chance = random.Random(11)
    wrong = []
    for form, meaning in FORMS.items():
        for _ in range(TRIES):
            a, b, c = chance.sample(names, 3)
            text = form.format(a=a, b=b, c=c)
            found = parse(text)[0]
            if found != meaning(street(a), street(b), street(c)):
                wrong.append((text, found))
    return TRIES * len(FORMS), wrong


def street(name: str) -> str:
    """A street in a reading is without "calle", unless only a number follows."""
    folded = fold(name)
    rest = folded.removeprefix("calle ")
    return folded if rest.isdigit() else rest


def test_streets_of_asuncion_are_always_read_right() -> None:
    _, wrong = read_right(ASUNCION)
    assert wrong == []
    assert all(parse(name)[0] == Name(fold(name)) for name in ASUNCION)


@pytest.fixture(scope="module")
def sao_paulo(shared_data: Path) -> list[str]:
    path = shared_data / "gis" / "spo_osm.pbf"
    if not path.exists():
        pytest.skip(f"no São Paulo extract at {path}")
    ways = osmium.FileProcessor(path, osmium.osm.WAY)
    return sorted({w.tags["name"] for w in ways if "highway" in w.tags and "name" in w.tags})


def test_streets_of_sao_paulo_are_read_right(sao_paulo: list[str]) -> None:
    tried, wrong = read_right(sao_paulo)
    assert len(wrong) / tried < 0.05


def test_every_street_name_of_sao_paulo_is_among_its_readings(sao_paulo: list[str]) -> None:
    assert [n for n in sao_paulo if len(n) > 1 and Name(fold(n)) not in parse(n)] == []
