"""What a position must be to be believed."""

import math

import pytest

from dispatch.domain.positions import AGE_MAX, FUTURE_MAX, RawFix, Sifted, sift
from ops_center.kernel.ids import new_id
from tests.builders import a_fix, a_raw_fix, at

UNIT = new_id()


def sifted(*fixes: RawFix, last: object = None, seconds: float = 600) -> Sifted:
    return sift(fixes, unit_id=UNIT, last=last, now=at(seconds))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fix", "code"),
    [
        (a_raw_fix(lon=math.nan), "not-a-number"),
        (a_raw_fix(lat=math.inf), "not-a-number"),
        (a_raw_fix(accuracy_m=math.nan), "not-a-number"),
        (a_raw_fix(lat=-200.0), "out-of-range"),
        (a_raw_fix(lon=0.0, lat=0.0), "null-island"),
        (a_raw_fix(accuracy_m=-1.0), "bad-accuracy"),
        (a_raw_fix(accuracy_m=50_000.0), "bad-accuracy"),
        (a_raw_fix(occurred_at=at(600) + FUTURE_MAX * 1.01), "future"),
        (a_raw_fix(occurred_at=at(600) - AGE_MAX * 1.01), "too-old"),
    ],
)
def test_absurd_fix_is_refused_with_its_reason(fix: RawFix, code: str) -> None:
    answer = sifted(a_raw_fix(5), fix)
    assert [(one.index, one.code) for one in answer.rejected] == [(1, code)]
    assert len(answer.kept) == 1


def test_device_time_orders_whatever_order_fixes_arrive_in() -> None:
    answer = sifted(a_raw_fix(20, east_m=200), a_raw_fix(0), a_raw_fix(10, east_m=100))
    assert [fix.occurred_at for fix in answer.kept] == [at(0), at(10), at(20)]
    assert answer.latest is not None
    assert answer.latest.occurred_at == at(20)


def test_teleport_is_refused_and_what_follows_it_at_the_old_place_is_not() -> None:
    answer = sifted(a_raw_fix(0), a_raw_fix(1, east_m=20_000), a_raw_fix(2, east_m=30))
    assert [(one.index, one.code) for one in answer.rejected] == [(1, "teleport")]
    assert answer.latest is not None
    assert answer.latest.occurred_at == at(2)


def test_teleport_is_measured_from_the_last_known_position_too() -> None:
    answer = sifted(a_raw_fix(10, east_m=50_000), last=a_fix(0))
    assert [one.code for one in answer.rejected] == ["teleport"]
    assert answer.latest is None


def test_a_wrong_last_known_position_heals_with_time() -> None:
    wrong = a_fix(0, east_m=20_000)
    answer = sifted(a_raw_fix(150), a_raw_fix(250), last=wrong)
    assert [one.index for one in answer.rejected] == [0]
    assert answer.latest is not None
    assert answer.latest.occurred_at == at(250)


def test_inaccurate_fix_is_given_its_own_uncertainty_before_it_counts_as_a_teleport() -> None:
    answer = sifted(a_raw_fix(0), a_raw_fix(1, east_m=400, accuracy_m=500.0))
    assert answer.rejected == ()


def test_late_fix_is_history_and_does_not_move_the_unit() -> None:
    answer = sifted(a_raw_fix(0), last=a_fix(60))
    assert (len(answer.kept), answer.latest) == (1, None)


def test_the_same_instant_twice_is_a_duplicate_within_and_across_batches() -> None:
    answer = sifted(a_raw_fix(0), a_raw_fix(5), a_raw_fix(5, east_m=1), last=a_fix(0))
    assert [(one.index, one.code) for one in answer.rejected] == [
        (0, "duplicate"),
        (2, "duplicate"),
    ]


def test_unknown_speed_and_heading_are_left_out_not_refused() -> None:
    answer = sifted(a_raw_fix(0, speed_mps=-1.0, heading_deg=math.nan))
    assert (answer.kept[0].speed_mps, answer.kept[0].heading_deg) == (None, None)
    assert answer.kept[0].recorded_at == at(600)


def test_nothing_is_kept_of_an_empty_batch() -> None:
    assert sifted(last=a_fix(0)) == Sifted(kept=(), latest=None, rejected=())
