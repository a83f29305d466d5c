"""The rules of the geocoder that need no database: likeness, certainty, sides, aliases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.address import fold
from gis.geocoding.certainty import RIVAL_MARGIN, SURE_SCORE, is_certain
from gis.geocoding.exact import km_label
from gis.geocoding.houses import side_of
from gis.geocoding.indexing import initials, place_aliases
from gis.geocoding.likeness import likeness
from gis.geocoding.spots import Kind, Side, Spot, located, place_radius_m
from gis.geodesy import destination
from gis.geometry import Point
from gis.repository.names import HouseMatch

HERE = Point(lon=-57.64, lat=-25.28)
WORDS = st.text(alphabet="abcdelmnorst 1", min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "a"
)


def east(metres: float) -> Point:
    return destination(HERE, bearing_deg=90, distance_m=metres)


def spot(
    score: float, *, at_m: float = 0.0, label: str = "Palma", kind: Kind = Kind.INTERSECTION
) -> Spot:
    return Spot(label=label, kind=kind, location=located(east(at_m), 20), score=score)


@given(WORDS, WORDS)
def test_likeness_is_a_share_and_full_only_for_the_same(asked: str, alias: str) -> None:
    alike = likeness(asked, alias)
    assert 0 <= alike <= 1
    assert (alike == 1) == (asked == alias)


@pytest.mark.parametrize(
    ("asked", "better", "worse"),
    [
        ("brasilia", "brasilia", "brasil"),
        ("14 de mayo", "14 de malo", "15 de mayo"),
        ("lopez mariscal", "mariscal lopez", "mariscal estigarribia"),
        ("clinicas", "hospital de clinicas", "clorinda"),
        ("eusebioayala", "eusebio ayala", "eusebio aquino"),
        ("estrela", "estrella", "estrada"),
    ],
)
def test_the_meant_name_is_more_alike(asked: str, better: str, worse: str) -> None:
    assert likeness(asked, better) > likeness(asked, worse)


def test_another_number_is_another_street() -> None:
    assert likeness("15 de mayo", "14 de mayo") < SURE_SCORE * 0.75
    assert likeness("ruta 1", "ruta 2", partial=True) < SURE_SCORE * 0.75
    assert likeness("1", "14 de mayo", partial=True) > SURE_SCORE


def test_what_sounds_the_same_is_nearly_the_same() -> None:
    assert likeness("vrasilia", "brasilia", sounds=("BRASILIA", "BRASILIA")) > 0.95


def test_half_typed_name_fits_its_beginning_only_where_typing_goes_on() -> None:
    assert likeness("estr", "estrella", partial=True) > 0.9
    assert likeness("estr", "estrella") < 0.6
    assert likeness("esrt", "estrella", partial=True) > 0.6


def test_more_words_than_the_map_knows_are_never_sure() -> None:
    assert likeness("palma frente al almacen azul", "palma") < SURE_SCORE


def test_nothing_and_weak_answers_are_not_certain() -> None:
    assert not is_certain([])
    assert not is_certain([spot(SURE_SCORE - 0.01)])
    assert is_certain([spot(SURE_SCORE)])


def test_rival_elsewhere_makes_it_uncertain_and_a_weak_or_near_one_does_not() -> None:
    best = spot(1.0)
    assert not is_certain([best, spot(1 - RIVAL_MARGIN / 2, at_m=600)])
    assert is_certain([best, spot(1 - RIVAL_MARGIN * 2, at_m=600)])
    assert is_certain([best, spot(1.0, at_m=100)])


def test_nearness_does_not_make_one_of_two_towns_certain() -> None:
    ranked = [spot(0.98, at_m=0, label="Estrella"), spot(1.0, at_m=9_000, label="Estrella")]
    assert not is_certain(ranked)


def test_two_streets_of_different_names_are_rivals_however_near() -> None:
    first = spot(0.96, label="Gualaxo", kind=Kind.STREET)
    other = spot(0.96, label="Gualaxos", kind=Kind.STREET, at_m=50)
    assert not is_certain([first, other])


def house(number: int, *, along_m: float, out_m: float) -> HouseMatch:
    foot = east(along_m)
    point = destination(foot, bearing_deg=0 if out_m > 0 else 180, distance_m=abs(out_m))
    return HouseMatch(street_id=1, housenumber=str(number), number=number, point=point, foot=foot)


def test_side_is_said_for_who_walks_towards_higher_numbers() -> None:
    low, high = house(101, along_m=0, out_m=10), house(149, along_m=60, out_m=10)
    south = house(120, along_m=30, out_m=-10)
    assert side_of(low, [high]) is Side.LEFT
    assert side_of(high, [low]) is Side.LEFT
    assert side_of(south, [low, high]) is Side.RIGHT
    # Numbers that rise to the west turn left into right.
    back = house(101, along_m=60, out_m=10), house(149, along_m=0, out_m=10)
    assert side_of(back[0], [back[1]]) is Side.RIGHT


def test_no_side_where_houses_do_not_tell_it() -> None:
    alone = house(101, along_m=0, out_m=10)
    assert side_of(alone, []) is None
    assert side_of(alone, [house(103, along_m=0, out_m=20)]) is None
    assert side_of(house(105, along_m=0, out_m=0.5), [house(149, along_m=60, out_m=10)]) is None


def test_places_are_known_without_their_kind_and_by_their_initials() -> None:
    known = place_aliases("Hospital de Clínicas")
    assert known["hospital de clinicas"] == 1
    assert 0.8 < known["clinicas"] < 1
    assert initials(fold("Banco Nacional de Fomento")) == "bnf"
    assert "bnf" in place_aliases("Banco Nacional de Fomento")
    assert "sl" not in place_aliases("San Lorenzo")


def test_kilometres_are_written_as_on_the_sign() -> None:
    assert km_label("PY02", 45.5) == "Ruta PY02 km 45,5"
    assert km_label("PY01", 18.0) == "Ruta PY01 km 18"


def test_larger_places_are_less_sure() -> None:
    radii = [
        place_radius_m("poi", "bench", None),
        place_radius_m("poi", "hospital", None),
        place_radius_m("area", "neighbourhood", None),
        place_radius_m("area", "city", None),
    ]
    assert radii == sorted(radii)
    assert place_radius_m("area", "city", 77.0) == 77
