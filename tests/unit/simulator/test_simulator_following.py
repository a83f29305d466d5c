"""A client of the console protocol notices holes, resumes, and folds what it hears."""

from typing import Any

from ops_center.simulator.following import Following

EMPTY: dict[str, Any] = {
    "calls": {}, "incidents": {}, "units": {}, "alarms": {}, "cameras": {}
}  # fmt: skip


def snapshot(seq: int) -> dict[str, Any]:
    return {"type": "snapshot", "seq": seq, "picture": EMPTY, "live": {"unit:1": {"lon": 1}}}


def entry(seq: int, after: int, kind: str = "camera.added", **data: Any) -> dict[str, Any]:
    return {
        "type": "entry", "seq": seq, "after": after, "kind": kind, "subject": "c1",
        "version": seq, "data": data,
    }  # fmt: skip


def test_the_first_hello_asks_for_everything_and_the_next_resumes() -> None:
    following = Following()
    assert following.hello()["resume"] is None
    following.hear(snapshot(7))
    assert following.hello() == {"type": "hello", "protocol": 1, "resume": 7}


def test_entries_are_folded_in_order() -> None:
    following = Following()
    following.hear(snapshot(7))
    assert following.hear(entry(8, 7, name="C01")) is None
    assert following.hear(entry(11, 8, "camera.changed", name="C02")) is None
    assert following.picture["cameras"]["c1"] == {"id": "c1", "name": "C02", "version": 11}
    assert (following.seq, following.entries) == (11, 2)


def test_a_hole_is_answered_with_a_hello_and_changes_nothing() -> None:
    following = Following()
    following.hear(snapshot(7))
    assert following.hear(entry(9, 8)) == {"type": "hello", "protocol": 1, "resume": 7}
    assert (following.seq, following.holes) == (7, 1)
    assert not following.picture["cameras"]


def test_a_replayed_entry_is_not_applied_twice() -> None:
    following = Following()
    following.hear(snapshot(7))
    following.hear(entry(8, 7, name="C01"))
    assert following.hear(entry(8, 7, name="other")) is None
    assert following.entries == 1


def test_a_beat_moves_the_position_forward_and_tells_what_is_degraded() -> None:
    following = Following()
    following.hear(snapshot(7))
    following.hear({"type": "beat", "seq": 12, "degraded": ["database"]})
    assert (following.seq, following.degraded) == (12, ("database",))
    following.hear({"type": "beat", "seq": 3, "degraded": []})
    assert following.seq == 12


def test_live_values_are_the_latest_and_null_removes() -> None:
    following = Following()
    following.hear(snapshot(7))
    following.hear({"type": "live", "values": {"unit:2": {"lon": 2}, "unit:1": None}})
    assert following.live == {"unit:2": {"lon": 2}}


def test_a_change_of_rights_is_followed_by_a_fresh_picture() -> None:
    following = Following()
    following.hear(snapshot(7))
    following.hear({"type": "bye", "reason": "restarting"})
    assert following.hello()["resume"] == 7
    following.hear({"type": "bye", "reason": "expired"})
    assert following.hello()["resume"] is None


def test_goodbyes_are_remembered_and_other_frames_ignored() -> None:
    following = Following()
    following.hear({"type": "resumed", "seq": 1, "count": 0})
    following.hear({"type": "bye", "reason": "slow"})
    assert following.bye == "slow"
