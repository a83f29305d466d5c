"""What stays behind when units go, and which move mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from dispatch.domain.recommending.coverage import (
    NOBODY_S,
    CoveredZone,
    Free,
    Seconds,
    coverage_now,
    left_behind,
)
from dispatch.domain.rules.run_cards import CoverageRules
from gis.geodesy import distance_m
from gis.geometry import Point
from tests.builders import point

SPEED_MPS = 10.0
RULES = CoverageRules(shown_s=15, move_up_after_s=120, move_up_gain_s=60, move_up_within_s=1_200)


@dataclass(frozen=True)
class Line:
    """Three zones along a road, `apart_m` from each other."""

    weights: tuple[float, ...] = (0.4, 0.2, 0.4)
    apart_m: float = 4_000.0

    @property
    def zones(self) -> Sequence[CoveredZone]:
        return [
            CoveredZone(
                id=UUID(int=at + 1),
                name=f"Z{at}",
                kind="district",
                weight=weight,
                post=point(east_m=at * self.apart_m),
            )
            for at, weight in enumerate(self.weights)
        ]

    def seconds(self, lons: Sequence[float], lats: Sequence[float], profile: str) -> Seconds:
        places = [Point(lon=lon, lat=lat) for lon, lat in zip(lons, lats, strict=True)]
        rows = [[distance_m(a, zone.post) / SPEED_MPS for zone in self.zones] for a in places]
        return np.array(rows).reshape(len(places), len(self.weights))


def free(number: int, *, zone: int, can: tuple[str, ...] = ("patrol",)) -> Free:
    place = point(east_m=zone * Line().apart_m)
    return Free(
        unit_ids=[UUID(int=100 + number)],
        callsigns=[f"L{number}"],
        capabilities=can,
        profile="patrol",
        lons=[place.lon],
        lats=[place.lat],
    )


def going(*units: Free) -> frozenset[UUID]:
    return frozenset(one.unit_ids[0] for one in units)


def test_the_zone_that_waits_longer_is_named_with_its_seconds() -> None:
    gone, near = free(1, zone=0), free(2, zone=1)
    losses, _ = left_behind(
        Line(), [gone, near], going=going(gone), capabilities=["patrol"], rules=RULES
    )
    [lost] = losses["patrol"]
    assert (lost.zone, lost.before_s) == ("Z0", 0.0)
    assert lost.lost_s == lost.after_s
    assert 390 < lost.lost_s < 410


def test_with_another_unit_beside_it_nothing_is_lost() -> None:
    pair = [free(1, zone=0), free(2, zone=0)]
    losses, moves = left_behind(
        Line(), pair, going=going(pair[0]), capabilities=["patrol"], rules=RULES
    )
    assert (losses["patrol"], moves) == ((), ())


def test_the_last_unit_leaves_nobody() -> None:
    only = free(1, zone=0)
    losses, moves = left_behind(
        Line(), [only], going=going(only), capabilities=["patrol"], rules=RULES
    )
    assert {one.after_s for one in losses["patrol"]} == {None}
    assert losses["patrol"][0].lost_s == NOBODY_S
    assert moves == ()


def test_a_unit_that_is_not_needed_where_it_is_moves_up() -> None:
    gone, one, other = free(1, zone=0), free(2, zone=2), free(3, zone=2)
    _, [move] = left_behind(
        Line(), [gone, one, other], going=going(gone), capabilities=["patrol"], rules=RULES
    )
    assert (move.callsign, move.to.label) == ("L2", "Z0")
    assert move.gains[0].zone == "Z0"
    assert move.gain_s > 0


def test_no_move_where_it_would_open_as_large_a_hole() -> None:
    gone, only = free(1, zone=0), free(2, zone=2)
    _, moves = left_behind(
        Line(), [gone, only], going=going(gone), capabilities=["patrol"], rules=RULES
    )
    assert moves == ()


def test_no_move_below_the_threshold_or_from_too_far() -> None:
    units = [free(1, zone=0), free(2, zone=2), free(3, zone=2)]
    for rules in (CoverageRules(move_up_after_s=2_000), CoverageRules(move_up_within_s=60)):
        _, moves = left_behind(
            Line(), units, going=going(units[0]), capabilities=["patrol"], rules=rules
        )
        assert moves == ()


def test_a_unit_moves_to_one_place_only() -> None:
    both = ("patrol", "rescue")
    units = [free(1, zone=0, can=both), free(2, zone=2, can=both), free(3, zone=2, can=both)]
    _, moves = left_behind(Line(), units, going=going(units[0]), capabilities=both, rules=RULES)
    assert len({one.unit_id for one in moves}) == len(moves)


def test_other_capabilities_do_not_count() -> None:
    gone, medic = free(1, zone=0), free(2, zone=0, can=("ambulance",))
    losses, _ = left_behind(
        Line(), [gone, medic], going=going(gone), capabilities=["patrol"], rules=RULES
    )
    assert losses["patrol"][0].after_s is None


def test_coverage_of_now_names_the_longest_wait_first_and_who_is_nearest() -> None:
    rows = coverage_now(Line(), [free(1, zone=0)], capability="patrol")
    assert [one.zone for one in rows] == ["Z2", "Z1", "Z0"]
    assert {one.nearest for one in rows} == {"L1"}
    nobody = coverage_now(Line(), [], capability="patrol")
    assert {(one.expected_s, one.nearest) for one in nobody} == {(None, None)}
