"""A journey in words: turns where one must turn, silence where the street just goes on."""

import pytest

from gis.routing.router import build_router
from gis.routing.steps import manoeuvre_of
from gis.travel import MANOEUVRES, Profile, Step
from tests.roads import Road, Town, at

NODES = {0: at(0, 0), 1: at(100, 0), 2: at(200, 0), 3: at(200, 100), 4: at(300, 100)}
NODES |= {5: at(200, -100), 6: at(300, 0), 7: at(100, 100)}
TOWN = Town(NODES, [
    Road(1, 0, 1, name="Palma"), Road(2, 1, 2, name="Palma"), Road(3, 2, 3, name="Alberdi"),
    Road(4, 3, 4, name="Estrella"), Road(5, 5, 2, name="Alberdi"), Road(6, 2, 6, name="Palma"),
    Road(7, 1, 7, name="14 de Mayo"),
])  # fmt: skip


def steps(start: int, end: int, language: str = "es") -> tuple[Step, ...]:
    router = build_router(TOWN.arrays())
    return router.route(
        start=TOWN.on(start, 0.5), end=TOWN.on(end, 0.5), profile=Profile.CAR, language=language
    ).steps


def test_turns_are_told_with_the_street_they_lead_into() -> None:
    told = [step.instruction for step in steps(1, 4)]
    assert told == [
        "Salga por Palma",
        "Gire a la izquierda en Alberdi",
        "Gire a la derecha en Estrella",
        "Llegó a su destino",
    ]


def test_going_straight_over_crossings_is_one_step_as_long_as_it_is() -> None:
    first, last = steps(1, 6)
    assert first.metres == pytest.approx(50 + 100 + 50, rel=1e-3)
    assert last.manoeuvre == "arrive"
    assert last.at == TOWN.on(6, 0.5)


def test_english_is_english_and_any_other_language_is_spanish() -> None:
    assert [step.instruction for step in steps(1, 4, "en-US")][1] == "Turn left into Alberdi"
    assert steps(1, 4, "gn") == steps(1, 4, "es") == steps(1, 4, "fr")


def test_street_without_a_name_is_told_without_one() -> None:
    town = Town(NODES, [Road(1, 0, 1), Road(2, 1, 2), Road(3, 2, 3), Road(6, 2, 6)])
    told = build_router(town.arrays()).route(
        start=town.on(1, 0.5), end=town.on(3, 0.5), profile=Profile.CAR
    )
    assert [step.street for step in told.steps] == [None, None, None]
    assert told.steps[1].instruction == "Gire a la izquierda"


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (0, "continue"), (-20, "continue"), (40, "slight_right"), (-45, "slight_left"),
        (90, "right"), (-90, "left"), (140, "sharp_right"), (-150, "sharp_left"),
        (180, "turn_back"), (-170, "turn_back"),
    ],
)  # fmt: skip
def test_every_change_of_direction_has_its_word(degrees: float, expected: str) -> None:
    assert manoeuvre_of(degrees) == expected
    assert expected in MANOEUVRES
