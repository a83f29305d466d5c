"""Callers are repeatable, mostly need nobody, and speak of corners as people do."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.domain.call_words import read_words
from dispatch.repository import shipped_rules
from gis.address import Between, Corner, House, parse
from gis.geodesy import distance_m
from gis.geometry import Point
from ops_center.api.call_shapes import CallIn, FixIn
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


def test_about_a_fifth_of_calls_need_help_and_three_in_five_say_nothing() -> None:
    made = calls(3_000, duplicate=0)
    kinds = Counter(call.kind for call in made)
    assert 0.18 < kinds[Kind.REAL] / 3_000 < 0.26
    wishes = Counter(call.wish for call in made)
    assert 0.55 < wishes["silent"] / 3_000 < 0.63
    assert wishes["children"] > wishes["information"] > wishes["insult"] > 0


def test_silent_callers_ring_again_and_some_callers_hang_up() -> None:
    made = calls(3_000, duplicate=0)
    silent = Counter(call.body["caller_number"] for call in made if call.wish == "silent")
    again = sum(count - 1 for count in silent.values())
    assert 0.2 < again / silent.total() < 0.3
    gone = [call for call in made if call.hangs_up_after_s is not None]
    assert 0.04 < len(gone) / 3_000 < 0.09
    assert all(call.kind is Kind.NUISANCE for call in gone), "nobody in need is lost in a demo"


def test_some_handsets_tell_where_they_are_and_some_move() -> None:
    made = [call for call in calls(3_000, duplicate=0) if call.kind is Kind.REAL]
    fixes = [call.fixes for call in made if call.fixes]
    assert 0.3 < len(fixes) / len(made) < 0.5
    assert {len(way) for way in fixes} == {1, 3}
    for way in fixes:
        for fix in way:
            FixIn.model_validate(fix.body)
        assert [fix.after_s for fix in way] == sorted(fix.after_s for fix in way)


def test_a_storm_is_many_who_tell_of_one_thing_within_a_minute() -> None:
    storm = Callers(PLACES, random.Random(4)).storm(now=NOW)
    assert 5 <= len(storm) <= 9
    assert len({call.wish for call in storm}) == len({call.place for call in storm}) == 1
    assert storm[0].rings_after_s == 0
    assert max(call.rings_after_s for call in storm) <= 60
    assert {read_words(call.body["narrative"]).topic for call in storm} <= {"fire", "crash", "gas"}
    for call in storm:
        CallIn.model_validate(call.body)
    callers = Callers(PLACES, random.Random(5))
    drawn = [len(callers.next_calls(now=NOW)) for _ in range(2_000)]
    assert 10 < sum(count > 1 for count in drawn) < 60


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
    assert {story.type for story in STORIES} <= set(shipped_rules().types.by_code)
    assert {one.disposition for one in NUISANCES} <= set(shipped_rules().dispositions.calls)
    assert set(ENDINGS) <= set(shipped_rules().types.by_code)
    ends = {end for ends in (*ENDINGS.values(), ENDINGS_ELSE) for end in ends}
    assert ends <= set(shipped_rules().dispositions.incidents)


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
