"""What consoles are told: in order, without gaps, only what they may see, slow ones let go."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ops_center.auth.model import CENTRE_AGENCY, Actor, Role
from ops_center.kernel.clock import ManualClock
from ops_center.kernel.events import Author, Entry
from ops_center.kernel.ids import new_id
from ops_center.realtime import hub as hub_module
from ops_center.realtime.hub import Console, Hub, LiveValue
from ops_center.realtime.session import Bye, ConsoleSession

START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


@dataclass
class FakePipe:
    """Keeps what was written; unframes the text frames as a client would."""

    sent: list[bytes] = field(default_factory=list)
    unsent_bytes: int = 0
    open: bool = True

    def write(self, framed: bytes) -> None:
        self.sent.append(framed)

    def frames(self, kind: str) -> list[dict[str, object]]:
        parsed = [json.loads(one[one.index(b"{") :]) for one in self.sent]
        return [one for one in parsed if one["type"] == kind]


@dataclass
class Desk:
    console: Console
    pipe: FakePipe
    byes: list[Bye]
    resnapshots: list[bool]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def hub(clock: ManualClock) -> Hub:
    made = Hub(clock)
    made.start(head=0, entries=[])
    return made


def actor(*roles: Role, agency: str = CENTRE_AGENCY, unit: UUID | None = None) -> Actor:
    return Actor(
        id=new_id(),
        username="u",
        display_name="U",
        roles=frozenset(roles),
        agency=agency,
        unit_id=unit,
    )


def seat(hub: Hub, clock: ManualClock, who: Actor, *, at: int = 0) -> Desk:
    pipe = FakePipe()
    byes: list[Bye] = []
    resnapshots: list[bool] = []
    session = ConsoleSession(who, now=clock.now())
    console = Console(
        session, pipe, on_bye=byes.append, on_resnapshot=lambda: resnapshots.append(True)
    )
    hub.add(console)
    session.snapshot_sent(seq=at, incidents=set())
    return Desk(console, pipe, byes, resnapshots)


def entry(seq: int, kind: str = "call.received", **changes: object) -> Entry:
    subject = new_id()
    fields: dict[str, object] = {
        "seq": seq,
        "id": new_id(),
        "kind": kind,
        "subject_type": kind.partition(".")[0],
        "subject": subject,
        "version": 1,
        "incident": None,
        "audience": frozenset(),
        "author": Author(id=UUID(int=1), name="a"),
        "cause": new_id(),
        "occurred_at": START,
        "recorded_at": START,
        "data": {},
    }
    return Entry(**{**fields, **changes})  # type: ignore[arg-type]


def test_entries_carry_the_seq_the_client_was_last_told(hub: Hub, clock: ManualClock) -> None:
    desk = seat(hub, clock, actor(Role.DISPATCHER))
    hub.publish([entry(1), entry(2, "session.opened"), entry(3)])
    told = [(one["after"], one["seq"]) for one in desk.pipe.frames("entry")]
    assert told == [(0, 1), (1, 3)], "the audit entry 2 is not for a dispatcher"


def test_a_beat_moves_the_client_past_what_is_not_for_it(hub: Hub, clock: ManualClock) -> None:
    desk = seat(hub, clock, actor(Role.DISPATCHER))
    hub.publish([entry(1, "session.opened")])
    hub.beat()
    hub.publish([entry(2)])
    assert desk.pipe.frames("beat")[-1]["seq"] == 1
    assert [one["after"] for one in desk.pipe.frames("entry")] == [1]


def test_resume_replays_exactly_what_was_missed(hub: Hub, clock: ManualClock) -> None:
    hub.publish([entry(seq) for seq in range(1, 11)])
    desk = seat(hub, clock, actor(Role.DISPATCHER))
    assert hub.can_replay(4)
    hub.resume(desk.console, 4)
    assert desk.pipe.frames("resumed") == [{"type": "resumed", "seq": 10, "count": 6}]
    assert [one["seq"] for one in desk.pipe.frames("entry")] == [5, 6, 7, 8, 9, 10]
    assert desk.pipe.frames("entry")[0]["after"] == 4


def test_a_resume_from_the_future_or_from_long_ago_cannot_be_replayed(
    hub: Hub, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.start(head=100, entries=[entry(seq) for seq in range(91, 101)])
    assert not hub.can_replay(101)
    assert not hub.can_replay(89)
    assert hub.can_replay(90)
    assert hub.can_replay(100)


def test_entries_published_while_a_snapshot_was_built_follow_it(
    hub: Hub, clock: ManualClock
) -> None:
    desk = seat(hub, clock, actor(Role.DISPATCHER))
    desk.console.session.greeted = False
    hub.publish([entry(1), entry(2), entry(3)])
    assert desk.pipe.frames("entry") == []
    desk.console.session.snapshot_sent(seq=2, incidents=set())
    hub.catch_up(desk.console)
    assert [(one["after"], one["seq"]) for one in desk.pipe.frames("entry")] == [(2, 3)]


def test_a_console_that_does_not_read_is_let_go_and_others_stay(
    hub: Hub, clock: ManualClock
) -> None:
    slow, quick = (seat(hub, clock, actor(Role.DISPATCHER)) for _ in range(2))
    slow.pipe.unsent_bytes = hub_module.UNSENT_BEFORE_BYE + 1
    hub.publish([entry(1), entry(2)])
    assert slow.byes == [Bye.SLOW]
    assert len(slow.pipe.frames("entry")) == 1
    assert len(quick.pipe.frames("entry")) == 2


def test_live_values_are_coalesced_and_dropped_for_who_lags(hub: Hub, clock: ManualClock) -> None:
    quick = seat(hub, clock, actor(Role.DISPATCHER))
    lagging = seat(hub, clock, actor(Role.DISPATCHER))
    lagging.pipe.unsent_bytes = hub_module.UNSENT_BEFORE_LIVE_SKIP + 1
    for lon in (1.0, 2.0, 3.0):
        hub.offer_live(
            [LiveValue(key="unit:a", kind="unit", audience=frozenset(), value={"lon": lon})]
        )
    hub.flush_live()
    hub.flush_live()
    assert [one["values"] for one in quick.pipe.frames("live")] == [{"unit:a": {"lon": 3.0}}]
    assert lagging.pipe.frames("live") == []
    assert hub.live_skipped == 1


def test_a_responder_hears_only_of_their_own_unit(hub: Hub, clock: ManualClock) -> None:
    mine, other = new_id(), new_id()
    desk = seat(hub, clock, actor(Role.RESPONDER, agency="POL", unit=mine))
    tags = {unit: frozenset({f"unit:{unit}", "agency:POL"}) for unit in (mine, other)}
    hub.publish(
        [
            entry(1, "unit.status_changed", audience=tags[other]),
            entry(2, "unit.status_changed", audience=tags[mine]),
            entry(3, "call.received"),
        ]
    )
    hub.offer_live(
        [
            LiveValue(key=f"unit:{unit}", kind="unit", audience=tags[unit], value={"lon": 1})
            for unit in (mine, other)
        ]
    )
    hub.flush_live()
    assert [one["seq"] for one in desk.pipe.frames("entry")] == [2]
    assert [list(one["values"]) for one in desk.pipe.frames("live")] == [[f"unit:{mine}"]]  # type: ignore[call-overload]


def test_being_assigned_to_an_unseen_incident_brings_a_snapshot(
    hub: Hub, clock: ManualClock
) -> None:
    unit, incident = new_id(), new_id()
    desk = seat(hub, clock, actor(Role.RESPONDER, agency="POL", unit=unit))
    told = entry(1, "unit.assigned", audience=frozenset({f"unit:{unit}"}), incident=incident)
    hub.publish([told])
    assert desk.resnapshots == [True]
    assert desk.pipe.frames("entry") == []


def test_silent_clients_are_ended(hub: Hub, clock: ManualClock) -> None:
    silent, talking = (seat(hub, clock, actor(Role.DISPATCHER)) for _ in range(2))
    clock.advance(timedelta(seconds=4))
    talking.console.session.hear('{"type":"beat"}', now=clock.now())
    clock.advance(timedelta(seconds=2))
    hub.beat()
    assert silent.byes == [Bye.SILENT]
    assert talking.byes == []


def test_degraded_parts_are_told_at_once(hub: Hub, clock: ManualClock) -> None:
    desk = seat(hub, clock, actor(Role.DISPATCHER))
    hub.set_degraded("database", is_degraded=True)
    hub.set_degraded("database", is_degraded=True)
    hub.set_degraded("database", is_degraded=False)
    assert [one["degraded"] for one in desk.pipe.frames("beat")] == [["database"], []]


def test_consoles_that_came_before_the_start_are_brought_up_to_it(clock: ManualClock) -> None:
    hub = Hub(clock)
    assert not hub.can_replay(0), "before the start nobody knows what is missing"
    near, far = (seat(hub, clock, actor(Role.DISPATCHER), at=seq) for seq in (7, 3))
    hub.start(head=9, entries=[entry(8), entry(9)])
    assert [(one["after"], one["seq"]) for one in near.pipe.frames("entry")] == [(7, 8), (8, 9)]
    assert far.pipe.frames("entry") == []
    assert far.resnapshots == [True]


def test_a_replay_ends_at_the_head_though_its_last_entries_are_for_others(
    hub: Hub, clock: ManualClock
) -> None:
    hub.publish([entry(1), entry(2), entry(3, "session.opened")])
    desk = seat(hub, clock, actor(Role.DISPATCHER))
    hub.resume(desk.console, 1)
    hub.publish([entry(4)])
    assert desk.pipe.frames("resumed") == [{"type": "resumed", "seq": 3, "count": 1}]
    assert [(one["after"], one["seq"]) for one in desk.pipe.frames("entry")] == [(1, 2), (3, 4)]


def test_who_waits_for_a_snapshot_hears_beats(hub: Hub, clock: ManualClock) -> None:
    desk = seat(hub, clock, actor(Role.DISPATCHER))
    desk.console.session.hear('{"type":"hello","protocol":1}', now=clock.now())
    desk.console.session.greeted = False
    hub.set_degraded("database", is_degraded=True)
    assert [one["degraded"] for one in desk.pipe.frames("beat")] == [["database"]]


def test_a_replay_stops_when_its_reader_is_let_go(hub: Hub, clock: ManualClock) -> None:
    hub.publish([entry(seq) for seq in range(1, 51)])
    desk = seat(hub, clock, actor(Role.DISPATCHER))
    desk.pipe.unsent_bytes = hub_module.UNSENT_BEFORE_BYE + 1
    hub.resume(desk.console, 0)
    assert desk.byes == [Bye.SLOW]
    assert len(desk.pipe.frames("entry")) == 1


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("call.linked", {}),
        ("incident.merged", {}),
        ("unit.changed", {"agency": "SEME"}),
        ("camera.changed", {"agency": "SEME"}),
        ("incident.changed", {"agencies": ["SEME"]}),
    ],
)
def test_what_moves_the_border_of_a_limited_sight_brings_a_snapshot(
    hub: Hub, clock: ManualClock, kind: str, data: dict[str, object]
) -> None:
    limited = seat(hub, clock, actor(Role.DISPATCHER, agency="POL"))
    whole = seat(hub, clock, actor(Role.DISPATCHER))
    hub.publish([entry(1, kind, audience=frozenset({"agency:POL"}), data=data)])
    assert limited.resnapshots == [True]
    assert limited.pipe.frames("entry") == []
    assert whole.resnapshots == []
    assert len(whole.pipe.frames("entry")) == 1
