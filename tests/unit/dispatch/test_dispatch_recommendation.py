"""Who is sent and what is said about it."""

from dispatch.domain.recommending.advice import Known, recommend
from dispatch.domain.recommending.fitness import STALE_AFTER_S, USELESS_AFTER_S
from dispatch.domain.recommending.model import Candidate, Recommendation, Strength, Travel
from dispatch.domain.response_plan import plan_of
from tests.builders import a_fix, a_unit, at

NOW = at(10_000)


def candidate(
    callsign: str,
    *capabilities: str,
    eta_s: float | None = 60,
    age_s: float | None = 5,
    activity: str = "in_service",
    estimated: bool = False,
) -> Candidate:
    travel = Travel(duration_s=eta_s, distance_m=eta_s * 10, estimated=estimated) if eta_s else None
    return Candidate(
        unit=a_unit(activity, callsign=callsign, capabilities=capabilities or ("patrol",)),
        fix=a_fix(10_000 - age_s) if age_s is not None else None,
        travel=travel,
    )


def advice(plan: str, *candidates: Candidate, limit: int = 5) -> Recommendation:
    return recommend(plan_of(plan), Known(candidates=candidates), now=NOW, limit=limit)


def sent(answer: Recommendation) -> list[tuple[str, str]]:
    return [(one.role, one.callsign) for one in answer.units]


def codes(one: object) -> list[str]:
    return [reason.code for reason in one.reasons]  # type: ignore[attr-defined]


def test_the_soonest_capable_units_are_sent_and_the_next_are_named() -> None:
    answer = advice(
        "patrol:2",
        candidate("L1", eta_s=300),
        candidate("L2", eta_s=100),
        candidate("L3", eta_s=200),
        candidate("A1", "ambulance", eta_s=10),
    )
    assert sent(answer) == [("patrol", "L2"), ("patrol", "L3")]
    assert [one.callsign for one in answer.runners_up] == ["L1"]
    assert answer.shortfalls == ()
    first, second = answer.units
    assert (first.eta_s, first.distance_m, first.position_age_s) == (100, 1000, 5)
    assert first.reasons[0].code == "soonest"
    assert second.reasons[0].params == {"capability": "patrol", "of": 3, "place": 2}


def test_unit_with_two_capabilities_fills_one_place_where_it_helps_most() -> None:
    answer = advice(
        "patrol:1 ambulance:1",
        candidate("M1", "patrol", "ambulance", eta_s=50),
        candidate("L1", "patrol", eta_s=60),
    )
    assert sent(answer) == [("patrol", "L1"), ("ambulance", "M1")]


def test_more_places_filled_comes_before_less_time() -> None:
    answer = advice(
        "patrol:1 rescue:1",
        candidate("M1", "patrol", "rescue", eta_s=10),
        candidate("L1", "patrol", eta_s=4000),
    )
    assert sent(answer) == [("patrol", "L1"), ("rescue", "M1")]


def test_stale_position_costs_its_age_and_is_said() -> None:
    stale = candidate("L1", eta_s=10, age_s=STALE_AFTER_S + 300)
    fresh = candidate("L2", eta_s=200)
    answer = advice("patrol:1", stale, fresh)
    assert sent(answer) == [("patrol", "L2")]
    alone = advice("patrol:1", stale).units[0]
    assert alone.eta_s == 10
    assert codes(alone) == ["soonest", "stale_position"]
    assert alone.reasons[1].params == {"age_s": 420, "limit_s": STALE_AFTER_S}


def test_position_too_old_is_never_sent_only_named() -> None:
    answer = advice("patrol:1", candidate("L1", eta_s=1, age_s=USELESS_AFTER_S + 1))
    assert answer.units == ()
    [named] = answer.runners_up
    assert (named.eta_s, codes(named)) == (None, ["capable", "position_too_old"])
    [short] = answer.shortfalls
    assert (short.capability, short.missing, short.reason) == ("patrol", 1, "no_usable_position")


def test_unit_without_position_or_route_is_named_with_the_reason() -> None:
    answer = advice("patrol:1", candidate("L1", age_s=None), candidate("L2", eta_s=None))
    assert [codes(one)[-1] for one in answer.runners_up] == ["no_position", "no_route"]


def test_busy_off_duty_and_incapable_units_are_not_offered() -> None:
    candidates = [
        candidate("L1", activity="en_route"),
        candidate("L2", activity="off_duty"),
        candidate("A1", "ambulance"),
    ]
    strength = {"patrol": Strength(total=2, assigned=1)}
    known = Known(candidates=candidates, strength=strength)
    answer = recommend(plan_of("patrol:1"), known, now=NOW)
    assert (answer.units, answer.runners_up) == ((), ())
    assert answer.shortfalls[0].reason == "all_busy"
    assert answer.shortfalls[0].because[0].params == {
        "total": 2, "assigned": 1, "cross_staffed": 0, "off": 1,
    }  # fmt: skip


def test_crew_on_a_break_is_offered_last_and_said() -> None:
    answer = advice(
        "patrol:1", candidate("L1", eta_s=10, activity="break"), candidate("L2", eta_s=100)
    )
    assert sent(answer) == [("patrol", "L2")]
    assert codes(answer.runners_up[0]) == ["capable", "conditionally_available"]


def test_shortfall_says_whether_units_are_busy_few_or_do_not_exist() -> None:
    answer = advice("fire:2 ambulance:1", candidate("B1", "fire"))
    found = {one.capability: (one.missing, one.reason) for one in answer.shortfalls}
    assert found == {"fire": (1, "not_enough_free"), "ambulance": (1, "no_such_unit")}


def test_places_that_assigned_units_fill_are_not_offered_again() -> None:
    plan = plan_of("patrol:2")
    working = a_unit("en_route", callsign="L0")
    answer = recommend(
        plan,
        Known(candidates=[candidate("L1"), candidate("L2", eta_s=90)], already=[working]),
        now=NOW,
    )
    assert sent(answer) == [("patrol", "L1")]


def test_estimated_route_is_said() -> None:
    assert codes(advice("patrol:1", candidate("L1", estimated=True)).units[0]) == [
        "soonest",
        "estimated_route",
    ]


def test_runners_up_are_limited() -> None:
    many = [candidate(f"L{n:02}", eta_s=60 + n) for n in range(30)]
    assert len(advice("patrol:1", *many, limit=3).runners_up) == 3


def test_equal_units_are_always_named_in_the_same_order() -> None:
    pair = [candidate("L2"), candidate("L1")]
    assert sent(advice("patrol:1", *pair)) == sent(advice("patrol:1", *reversed(pair)))
