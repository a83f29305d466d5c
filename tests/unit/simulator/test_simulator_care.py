"""How a simulated crew answers: in time mostly, and to what its position proposes after a while."""

import random
from datetime import timedelta
from typing import Any

from ops_center.kernel.clock import wire_time
from ops_center.simulator.care import CONFIRMS_AFTER, Care, CheckIn, Confirm
from tests.builders import T0


def asked(due_s: float, missed: int = 0) -> dict[str, Any]:
    due_at = wire_time(T0 + timedelta(seconds=due_s))
    return {"welfare": {"interval_s": 600, "due_at": due_at, "missed": missed}, "proposal": None}


def answered_at(care: Care, unit: dict[str, Any], until_s: int) -> list[int]:
    return [
        second
        for second in range(until_s)
        if care.tick(unit, now=T0 + timedelta(seconds=second)) is not None
    ]


def test_crews_check_in_before_they_are_missed_and_few_late() -> None:
    late = 0
    for seed in range(300):
        [second] = answered_at(Care(random.Random(seed)), asked(600), 700)
        assert second >= 510
        late += second > 600
    assert 5 < late < 60


def test_a_missed_crew_answers_at_once() -> None:
    assert answered_at(Care(random.Random(1)), asked(600, missed=1), 700)[0] == 0


def test_a_crew_nobody_asks_says_nothing() -> None:
    care = Care(random.Random(1))
    assert answered_at(care, {"welfare": None, "proposal": None}, 100) == []


def test_a_proposal_is_confirmed_once_after_a_while() -> None:
    care = Care(random.Random(2))
    unit = {"welfare": None, "proposal": {"status": "on_scene", "since": wire_time(T0)}}
    seconds = answered_at(care, unit, 200)
    assert len(seconds) == 1
    assert CONFIRMS_AFTER[0] <= seconds[0] <= CONFIRMS_AFTER[1] + 1
    fresh = {"welfare": None, "proposal": {"status": "clear", "since": wire_time(T0)}}
    found = [care.tick(fresh, now=T0 + timedelta(seconds=300 + s)) for s in range(100)]
    assert [one for one in found if one] == [Confirm("clear")]


def test_check_in_comes_before_a_confirmation() -> None:
    care = Care(random.Random(3))
    unit = asked(1) | {"proposal": {"status": "on_scene", "since": wire_time(T0)}}
    assert isinstance(care.tick(unit, now=T0 + timedelta(seconds=90)), CheckIn)
