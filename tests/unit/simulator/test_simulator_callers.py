"""Callers are repeatable, mostly need nobody, and speak of corners as people do."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.domain.codes import CALL_DISPOSITIONS, INCIDENT_DISPOSITIONS
from dispatch.domain.incident_types import INCIDENT_TYPES
from gis.address import Between, Corner, House, parse
from gis.geodesy import distance_m
from gis.geometry import Point
from ops_center.api.shapes import CallIn
from ops_center.simulator.callers import Callers, Kind, PlannedCall
from ops_center.simulator.places import KnownPlace, corner_name, spoken
from ops_center.simulator.words import ENDINGS, ENDINGS_ELSE, NUISANCES, STORIES

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
PLACES = tuple(
    KnownPlace(point=Point(lon=24.9 + n / 100, lat=60.17), label=label)
    for n, label in enumerate(
        ("Palma casi Alberdi", "Mariscal Estigarribia y Brasil", "Azara 1234", "Plaza Uruguaya")
    )
)


def calls(count: int, *, seed: int = 7, duplicate: float = 0.12) -> list[PlannedCall]:
    callers = Callers(PLACES, random.Random(seed), duplicate=duplicate)
    return [callers.next_call(now=NOW + timedelta(seconds=30 * n)) for n in range(count)]


def test_the_same_seed_gives_the_same_calls() -> None:
    assert calls(50) == calls(50)
    assert calls(50) != calls(50, seed=8)


def test_about_three_in_ten_calls_need_help() -> None:
    kinds = Counter(call.kind for call in calls(3_000, duplicate=0))
    assert 0.26 < kinds[Kind.REAL] / 3_000 < 0.34


def test_every_body_is_what_the_api_takes() -> None:
    for call in calls(500):
        taken = CallIn.model_validate(call.body)
        assert taken.source == "phone"
        assert taken.occurred_at is not None
        assert taken.occurred_at < NOW + timedelta(seconds=30 * 500)


def test_a_duplicate_speaks_of_an_earlier_call_near_its_place() -> None:
    earlier: list[PlannedCall] = []
    duplicates = 0
    for call in calls(400, duplicate=0.5):
        if call.kind is Kind.DUPLICATE:
            duplicates += 1
            assert call.wish in {one.wish for one in earlier}
            place = call.body["location"]
            assert call.place is not None
            seen_from = Point(lon=place["lon"], lat=place["lat"])
            assert distance_m(seen_from, call.place) < 300
        else:
            earlier.append(call)
    assert duplicates > 20


def test_nobody_repeats_what_was_long_ago() -> None:
    callers = Callers(PLACES, random.Random(1), duplicate=1.0)
    callers.real_call(now=NOW)
    assert callers.next_call(now=NOW + timedelta(hours=1)).kind is not Kind.DUPLICATE


def test_real_calls_say_where_in_some_way() -> None:
    ways = Counter(
        ("location" in call.body, "address_text" in call.body)
        for call in calls(2_000)
        if call.kind is Kind.REAL
    )
    assert set(ways) == {(True, False), (False, True), (True, True)}


def test_calls_come_as_a_poisson_process() -> None:
    callers = Callers(PLACES, random.Random(3))
    waits = [callers.wait_s(30) for _ in range(4_000)]
    assert 28 < sum(waits) / len(waits) < 32
    assert callers.wait_s(0) == 0


def test_codes_of_stories_and_nuisances_exist() -> None:
    assert {story.type for story in STORIES} <= set(INCIDENT_TYPES)
    assert {one.disposition for one in NUISANCES} <= set(CALL_DISPOSITIONS)
    assert set(ENDINGS) <= set(INCIDENT_TYPES)
    ends = {end for ends in (*ENDINGS.values(), ENDINGS_ELSE) for end in ends}
    assert ends <= set(INCIDENT_DISPOSITIONS)


@pytest.mark.parametrize(
    ("label", "reading"),
    [
        ("Palma casi Alberdi", Corner),
        ("Palma y Alberdi", Corner),
        ("Azara 1234", House),
        ("Azara entre Brasil y México", Between),
    ],
)
def test_whatever_way_a_place_is_said_the_geocoder_can_read_it(
    label: str, reading: type[object]
) -> None:
    rng = random.Random(5)
    for _ in range(40):
        readings = parse(spoken(label, rng))
        wanted = (reading, Corner) if reading is Between else (reading,)
        assert any(isinstance(one, wanted) for one in readings)


def test_a_place_that_is_no_corner_is_said_by_its_name() -> None:
    assert spoken("Plaza Uruguaya", random.Random(1)) == "Plaza Uruguaya"


def test_cameras_are_named_after_their_corner() -> None:
    assert corner_name("Palma casi Alberdi") == "Palma y Alberdi"
    assert PLACES[0].is_corner
    assert not PLACES[3].is_corner
