"""Misbehaviour happens when asked for, and only then."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from ops_center.simulator import commands
from ops_center.simulator.mischief import KINDS, Mischief, Sending, sendings, silence_s

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
FIX: dict[str, Any] = {"lon": 24.94, "lat": 60.17, "occurred_at": "2026-11-22T13:59:58.000Z"}


def sent(**chances: float) -> list[Sending]:
    return sendings([FIX], Mischief(**chances), random.Random(1), now=NOW)


def test_honest_fixes_leave_as_they_are() -> None:
    assert sent() == [Sending(fixes=(FIX,), due=NOW)]
    assert silence_s(Mischief(), random.Random(1)) == 0


def test_a_late_batch_keeps_its_device_time() -> None:
    (late,) = sent(late=1)
    assert late.due > NOW
    assert late.fixes == (FIX,)


def test_a_duplicate_is_sent_twice() -> None:
    first, second = sent(duplicate=1)
    assert first == second


def test_a_teleport_is_one_more_fix_far_away() -> None:
    (batch,) = sent(teleport=1)
    assert batch.fixes[0] == FIX
    assert abs(batch.fixes[1]["lon"] - FIX["lon"]) > 0.3


def test_null_island_and_skew() -> None:
    (batch,) = sent(null_island=1)
    assert (batch.fixes[1]["lon"], batch.fixes[1]["lat"]) == (0, 0)
    (batch,) = sent(skew=1)
    said = datetime.fromisoformat(batch.fixes[0]["occurred_at"])
    assert abs((said - NOW).total_seconds()) >= 90


def test_a_silent_unit_is_silent_for_a_while() -> None:
    assert silence_s(Mischief(silent=1), random.Random(1)) >= 30


def test_chances_are_read_from_words() -> None:
    assert Mischief.parse("late=0.5,teleport=0.25").teleport == 0.25
    assert Mischief.parse("none") == Mischief()
    everything = Mischief.parse("all")
    assert all(getattr(everything, kind) > 0 for kind in KINDS)
    assert Mischief(late=0.5).changed("skew=0.1") == Mischief(late=0.5, skew=0.1)


@pytest.mark.parametrize("words", ["lateness=1", "late=2", "late=x", "late"])
def test_wrong_words_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        Mischief.parse(words)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("call", commands.MakeCall()),
        ("rate 5", commands.CallEvery(5)),
        ("hand 0.2", commands.Hand(0.2)),
        ("mischief late=0.1", commands.ChangeMischief("late=0.1")),
        ("silence P102 60", commands.Silence("P102", 60)),
        ("tear", commands.Tear()),
    ],
)
def test_commands_are_read(line: str, command: commands.Command) -> None:
    assert commands.parse(line) == command


@pytest.mark.parametrize("line", ["", "help", "rate", "rate fast", "silence P102"])
def test_anything_else_is_answered_with_help_or_a_reason(line: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        commands.parse(line)
