"""Storms: sixty calls about one crash are one offer, and the emergency among them stays seen."""

import random
from collections.abc import Sequence
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest

from dispatch.domain.call_words import TOPIC_OF_TYPE, TYPE_OF_TOPIC, read_words
from dispatch.domain.storms import Heard, Known, Outlier, Storm, Why, find_storms
from gis.geodesy import distance_m
from ops_center.kernel.ids import new_id
from tests.builders import at, location, point

CRASH = (
    "Chocaron dos autos, hay heridos, manden ambulancia.",
    "Hay un accidente acá en la avenida, un motociclista en el suelo.",
    "Un colectivo chocó contra una camioneta y tapó la calle.",
    "Accidente grave, el muchacho de la moto no se mueve, pya'e!",
    "Oiko peteĩ accidente, oĩ herido, peju pya'e.",
    "Volcó un auto después del choque, está sangrando el chofer.",
    "Atropellaron a un motociclista, hay mucha sangre.",
    "Kamion ha moto ojechoca... chocaron acá nomás, hay uno inconsciente.",
    "Un choque múltiple, está cortada la avenida, chocó contra un poste de luz eléctrica.",
    "Se estrelló un auto contra el colectivo, no respira una señora.",
)
SECOND = {
    "Mi abuela tiene un infarto, le duele el pecho y no llega la ambulancia.": Why.OTHER_TYPE,
    "Le están pegando a una mujer en la casa de al lado, tiene un cuchillo.": Why.OTHER_TYPE,
    "Hay otro choque a la vuelta, una moto contra un perro.": Why.ANOTHER,
    "Chocaron en la avenida y en mi casa hay un incendio, sale humo.": Why.OTHER_TYPE,
    "Accidente en la avenida, y aparte se siente olor a gas.": Why.SAYS_MORE,
}


def heard(
    words: str | None, *, east_m: float = 0, north_m: float = 0, seconds: float = 0, **more: object
) -> Heard:
    read = read_words(words)
    values: dict[str, Any] = {
        "location": location(east_m=east_m, north_m=north_m, uncertainty_m=30),
    } | more
    return Heard(
        id=new_id(),
        received_at=at(seconds),
        words=read,
        topic=read.topic,
        **values,
    )


def crowd(
    count: int, sayings: Sequence[str], *, seed: int = 1, spread_m: float = 300, north_m: float = 0
) -> list[Heard]:
    """Callers of one happening, evenly within the circle and ten minutes."""
    chance = random.Random(seed)
    said = cycle(sayings)
    calls: list[Heard] = []
    while len(calls) < count:
        east, north = chance.uniform(-spread_m, spread_m), chance.uniform(-spread_m, spread_m)
        if east**2 + north**2 > spread_m**2:
            continue
        calls.append(
            heard(
                next(said),
                seconds=chance.uniform(0, 600),
                location=location(
                    east_m=east, north_m=north + north_m, uncertainty_m=chance.choice([8, 40, 400])
                ),
            )
        )
    return calls


def only(storms: Sequence[Storm]) -> Storm:
    [storm] = storms
    return storm


@pytest.mark.parametrize("seed", range(20))
def test_sixty_calls_about_one_crash_are_one_offer_and_nothing_else_is_in_it(seed: int) -> None:
    calls = crowd(60, CRASH, seed=seed)
    second = [
        heard(words, east_m=40 * n, north_m=-30 * n, seconds=200 + n)
        for n, words in enumerate(SECOND)
    ]
    others = {call.id: why for call, why in zip(second, SECOND.values(), strict=True)}
    storm = only(find_storms([*calls, *second], []))
    offered = set(storm.call_ids)
    assert len(offered & {call.id for call in calls}) >= 57, "at least 95 % are proposed"
    assert not offered & set(others), "no other emergency is bundled"
    assert {one.call_id for one in storm.outliers} >= set(others), "and each is named"
    assert {one.call_id: one.why for one in storm.outliers}.items() >= others.items()
    assert storm.type == "traffic_accident_injured"
    assert distance_m(storm.location.point, point()) < 150
    assert storm.incident_id is None


def test_forty_calls_about_a_fire_that_is_known_are_offered_as_its_witnesses() -> None:
    fire = Known(
        id=new_id(), opened_at=at(0), location=location(), type="structure_fire", topic="fire"
    )
    sayings = (
        "Sale mucho humo negro de una casa.",
        "Hay un incendio!",
        "Okái peteĩ óga, tata guasu.",
    )
    storm = only(find_storms(crowd(40, sayings, seed=3), [fire]))
    assert (storm.incident_id, storm.type) == (fire.id, "structure_fire")
    assert len(storm.call_ids) == 40
    assert "humo" in storm.words


def test_a_silent_call_among_witnesses_is_never_bundled() -> None:
    silent = heard(None, east_m=20, seconds=100)
    storm = only(find_storms([*crowd(10, CRASH), silent], []))
    assert silent.id not in storm.call_ids
    assert storm.unheard_call_ids == (silent.id,)


def test_a_caller_who_is_vague_joins_by_the_words_all_others_use() -> None:
    calls = [heard(f"Choque en la avenida Artigas {n}", seconds=n) for n in range(6)]
    vague = heard("Vengan a la avenida Artigas por favor", seconds=9)
    other = heard("Quiero saber el número de la farmacia", seconds=9)
    storm = only(find_storms([*calls, vague, other], []))
    assert vague.id in storm.call_ids
    assert storm.outliers == (Outlier(call_id=other.id, why=Why.OTHER_WORDS),)


def test_a_call_without_a_place_joins_only_by_its_words_for_the_place() -> None:
    about = read_words("Artigas casi Brasilia").tokens
    calls = [heard("Hubo un choque", seconds=n, about=about) for n in range(5)]
    told = heard("Hay un choque", seconds=9, location=None, about=read_words("Artigas").tokens)
    lost = heard("Hay un choque", seconds=9, location=None, about=read_words("Eusebio").tokens)
    storm = only(find_storms([*calls, told, lost], []))
    assert told.id in storm.call_ids
    assert lost.id not in storm.call_ids


def test_two_fires_in_two_quarters_are_two_storms() -> None:
    storms = find_storms(
        [
            *crowd(12, ("Hay un incendio grande",), seed=1, spread_m=100),
            *crowd(8, ("Se quema una casa",), seed=2, spread_m=100, north_m=3_000),
        ],
        [],
    )
    assert [len(one.call_ids) for one in storms] == [12, 8]


def test_a_second_crash_a_block_and_a_half_away_stays_visible() -> None:
    first = [heard(CRASH[n % 10], east_m=n, seconds=n) for n in range(20)]
    second = [heard(CRASH[n], east_m=290 + n, seconds=30 + n) for n in range(2)]
    storm = only(find_storms([*first, *second], []))
    assert {call.id for call in second} & set(storm.call_ids) == set()
    assert {one.call_id for one in storm.outliers} == {call.id for call in second}
    assert {one.why for one in storm.outliers} == {Why.OTHER_PLACE}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_calls_are_no_storm(count: int) -> None:
    assert find_storms(crowd(count, CRASH), []) == ()


def test_calls_of_an_hour_ago_are_another_thing() -> None:
    old = [heard("Hay un choque", seconds=-3_600 + n) for n in range(3)]
    new = [heard("Hay un choque", seconds=n) for n in range(3)]
    assert [len(one.call_ids) for one in find_storms([*old, *new], [])] == [3, 3]


def test_no_call_is_in_two_storms_and_none_is_lost() -> None:
    chance = random.Random(5)
    calls = [
        heard(
            chance.choice([*CRASH, *SECOND, "Música fuerte", "", "hola"]),
            east_m=chance.uniform(-2_000, 2_000),
            north_m=chance.uniform(-2_000, 2_000),
            seconds=chance.uniform(0, 3_000),
        )
        for _ in range(400)
    ]
    known = {call.id for call in calls}
    bundled: list[UUID] = []
    for storm in find_storms(calls, []):
        bundled += storm.call_ids
        assert {one.call_id for one in storm.outliers} | set(storm.unheard_call_ids) <= known
        assert not {one.call_id for one in storm.outliers} & set(storm.call_ids)
    assert len(bundled) == len(set(bundled))
    assert set(bundled) <= known


def test_types_and_topics_fit_each_other() -> None:
    assert {TOPIC_OF_TYPE[code] for code in TYPE_OF_TOPIC.values()} == set(TYPE_OF_TOPIC)


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Se está QUEMANDO una casa", "fire"),
        ("okái che róga", "fire"),
        ("mondaha oike che rógape", "robbery"),
        ("Mi marido está muy agresivo", "violence"),
        ("Buenas noches, llamo por favor", None),
        ("", None),
        ("Accidente, hay un herido inconsciente", "crash"),
        ("Un señor ka'u tirado en la vereda", "disturbance"),
        ("Me asaltaron con un cuchillo", "robbery"),
    ],
)
def test_words_are_read_in_the_languages_of_the_city(words: str, topic: str | None) -> None:
    assert read_words(words).topic == topic
