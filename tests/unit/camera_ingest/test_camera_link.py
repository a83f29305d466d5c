"""The link machine: what it says, when it says it, and how it tries again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.domain.link import (
    BACKOFF_MAX_S,
    FROZEN_AFTER,
    GIVE_UP_AFTER,
    STALLED_AFTER,
    TORN_MAX,
    BackoffOver,
    Close,
    Connect,
    Connected,
    Event,
    Failed,
    FrameArrived,
    Link,
    PictureSeen,
    PictureTorn,
    Reason,
    State,
    Tick,
    WaitThenConnect,
    backoff_s,
    hear,
    start,
)

T0 = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
SAID_WITHIN = timedelta(seconds=5)


class Story:
    """Drives one link through time and keeps what it did."""

    def __init__(self) -> None:
        self.now = T0
        self.link, self.actions = start(T0)

    def after(self, seconds: float, *events: Event) -> "Story":
        self.now += timedelta(seconds=seconds)
        for event in events:
            self.link, self.actions = hear(self.link, event, now=self.now)
        return self

    def live(self) -> "Story":
        return self.after(0.1, Connected(), FrameArrived(), PictureSeen(same=False))

    def ticking(self, seconds: float, *also: Event, every_s: float = 0.25) -> "Story":
        for _ in range(int(seconds / every_s)):
            self.after(every_s, *also, Tick())
        return self


def test_link_begins_by_connecting() -> None:
    link, actions = start(T0)
    assert link.state is State.CONNECTING
    assert actions == (Connect(),)


def test_frames_alone_do_not_make_a_camera_live() -> None:
    story = Story().after(0.1, Connected(), FrameArrived())
    assert story.link.state is State.CONNECTING
    assert story.after(0.1, PictureSeen(same=False)).link.state is State.LIVE


def test_camera_without_frames_is_stalled_within_five_seconds_and_reconnected() -> None:
    story = Story().live()
    silent_since = story.now
    story.ticking(STALLED_AFTER.total_seconds() - 0.5)
    assert story.link.state is State.LIVE
    while story.link.reason is Reason.NONE:
        story.after(0.25, Tick())
    assert story.now - silent_since <= SAID_WITHIN
    assert (story.link.state, story.link.reason) == (State.STALLED, Reason.NO_FRAMES)
    assert story.actions == (Close(), WaitThenConnect(0.5))


def test_same_picture_over_and_over_is_frozen_within_five_seconds_and_stays_connected() -> None:
    story = Story().live()
    since = story.now
    while story.link.state is State.LIVE:
        story.after(0.2, FrameArrived(), PictureSeen(same=True), Tick())
    assert FROZEN_AFTER <= story.now - since <= SAID_WITHIN
    assert (story.link.state, story.link.reason) == (State.FROZEN, Reason.SAME_PICTURE)
    assert story.actions == ()
    assert story.after(0.2, FrameArrived(), PictureSeen(same=False)).link.state is State.LIVE


def test_frozen_camera_that_reconnects_with_the_same_picture_is_not_called_live() -> None:
    story = Story().live().ticking(4, FrameArrived(), PictureSeen(same=True))
    story.after(0.1, Failed(Reason.CLOSED)).after(0.5, BackoffOver())
    story.after(0.1, Connected(), FrameArrived(), PictureSeen(same=True))
    assert story.link.state is not State.LIVE


def test_undecodable_frames_are_said_within_five_seconds() -> None:
    story = Story().live()
    since = story.now
    while story.link.state is State.LIVE:
        story.after(0.2, FrameArrived(), PictureTorn(), Tick())
    assert story.now - since <= SAID_WITHIN
    assert story.link.reason is Reason.UNDECODABLE
    states = [story.after(0.2, PictureSeen(same=False)).link.state for _ in range(TORN_MAX)]
    assert states == [*[State.STALLED] * (TORN_MAX - 1), State.LIVE]


def test_a_stray_whole_picture_among_torn_ones_does_not_hide_the_fault() -> None:
    story = Story().live()
    since = story.now
    for number in range(200):
        event = PictureSeen(same=False) if number % 7 == 6 else PictureTorn()
        story.after(0.2, FrameArrived(), event, Tick())
        if story.now - since > SAID_WITHIN:
            assert story.link.reason is Reason.UNDECODABLE


def test_one_torn_picture_among_good_ones_is_not_a_fault() -> None:
    story = Story().live()
    for _ in range(40):
        story.after(0.2, FrameArrived(), PictureTorn(), Tick())
        story.after(0.1, FrameArrived(), PictureSeen(same=False), Tick())
        assert story.link.state is State.LIVE


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (Reason.UNREACHABLE, State.OFFLINE),
        (Reason.CLOSED, State.OFFLINE),
        (Reason.GARBAGE, State.OFFLINE),
        (Reason.SIGN_IN, State.REFUSED),
        (Reason.NOT_FOUND, State.REFUSED),
        (Reason.BUSY, State.REFUSED),
        (Reason.UNSUPPORTED, State.REFUSED),
        (Reason.NOT_ALLOWED, State.REFUSED),
    ],
)
def test_failure_is_named_at_once(reason: Reason, state: State) -> None:
    story = Story().live().after(1, Failed(reason))
    assert (story.link.state, story.link.reason) == (state, reason)
    assert story.link.since == story.now


def test_state_changes_once_not_at_every_try() -> None:
    story = Story().after(0.1, Failed(Reason.UNREACHABLE))
    first = story.link.since
    for _ in range(5):
        story.after(1, BackoffOver()).after(0.1, Failed(Reason.UNREACHABLE))
        assert story.link.since == first
    assert story.link.tries == 6


def test_camera_that_does_not_answer_is_offline_within_five_seconds() -> None:
    story = Story().ticking(4.5)
    assert (story.link.state, story.link.reason) == (State.OFFLINE, Reason.TIMED_OUT)
    assert story.actions == ()  # a slow camera may still answer
    assert story.live().link.state is State.LIVE


def test_attempt_without_any_answer_is_given_up() -> None:
    story = Story()
    while not story.actions or story.actions == (Connect(),):
        story.after(0.25, Tick())
    assert story.now - T0 == GIVE_UP_AFTER
    assert story.actions[0] == Close()


def test_stall_keeps_its_name_while_the_reconnect_is_not_answered() -> None:
    story = Story().live().ticking(3.5)
    since = story.link.since
    story.after(0.5, BackoffOver()).ticking(12.5)
    assert (story.link.state, story.link.since) == (State.STALLED, since)


def test_echo_of_our_own_close_says_nothing_new() -> None:
    story = Story().live().ticking(3.5)
    before = story.link
    story.after(0.01, Failed(Reason.CLOSED))
    assert story.link == before
    assert story.actions == ()


def test_last_picture_time_outlives_the_connection() -> None:
    story = Story().live()
    seen = story.now
    story.after(1, Failed(Reason.CLOSED))
    assert story.link.last_picture_at == seen


def test_backoff_grows_to_its_limit_and_settles_after_ten_good_seconds() -> None:
    waits = [backoff_s(tries, jitter=0) for tries in range(6)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    story = Story().after(0.1, Failed(Reason.UNREACHABLE)).after(1, BackoffOver())
    story.after(0.1, Connected())
    story.ticking(11, FrameArrived(), PictureSeen(same=False))
    assert story.link.tries == 0


@given(st.integers(0, 1000), st.floats(-1, 1))
def test_backoff_stays_within_its_bounds(tries: int, jitter: float) -> None:
    assert 0.375 <= backoff_s(tries, jitter=jitter) <= BACKOFF_MAX_S


events = st.one_of(
    st.just(Connected()),
    st.just(FrameArrived()),
    st.builds(PictureSeen, st.booleans()),
    st.just(PictureTorn()),
    st.builds(Failed, st.sampled_from([reason for reason in Reason if reason])),
    st.just(Tick()),
    st.just(BackoffOver()),
)


@given(st.lists(st.tuples(st.floats(0.01, 5), events), max_size=60))
def test_any_story_keeps_the_promises(story: list[tuple[float, Event]]) -> None:
    now = T0
    link: Link = start(T0)[0]
    for wait, event in story:
        before = link
        now += timedelta(seconds=wait)
        link, actions = hear(link, event, now=now)
        said_new = (link.state, link.reason) != (before.state, before.reason)
        assert (link.since == now) if said_new else (link.since == before.since)
        assert (link.reason is Reason.NONE) == (link.state in (State.LIVE, State.CONNECTING))
        if Close() in actions:
            assert link.connected_since is None
            assert isinstance(actions[1], WaitThenConnect)
