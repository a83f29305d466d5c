"""The connection to one camera as a state machine without I/O: hears events, answers actions."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

CONNECT_WITHIN = timedelta(seconds=4)  # later than this a camera is called offline
GIVE_UP_AFTER = timedelta(seconds=12)  # but slow ones are given time to answer
STALLED_AFTER = timedelta(seconds=3)
FROZEN_AFTER = timedelta(seconds=3.5)
UNDECODABLE_AFTER = timedelta(seconds=3)
# Whole pictures that must outnumber torn ones before a stream counts as decodable again.
TORN_MAX = 5
BACKOFF_FIRST_S = 0.5
BACKOFF_MAX_S = 5.0
BACKOFF_JITTER = 0.25
SETTLED_AFTER = timedelta(seconds=10)


class State(StrEnum):
    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    FROZEN = "frozen"
    REFUSED = "refused"
    OFFLINE = "offline"


class Reason(StrEnum):
    """Why a link is not live: a stable code that screens translate."""

    NONE = ""
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    CLOSED = "closed_by_camera"
    GARBAGE = "not_rtsp"
    NO_FRAMES = "no_frames"
    SAME_PICTURE = "same_picture"
    UNDECODABLE = "undecodable"
    SIGN_IN = "sign_in_refused"
    NOT_FOUND = "stream_not_found"
    BUSY = "camera_says_no"
    UNSUPPORTED = "unsupported_video"
    NOT_ALLOWED = "address_not_allowed"


REFUSALS = frozenset(
    {Reason.SIGN_IN, Reason.NOT_FOUND, Reason.BUSY, Reason.UNSUPPORTED, Reason.NOT_ALLOWED}
)


@dataclass(frozen=True, slots=True)
class Connected:
    """The camera answered PLAY."""


@dataclass(frozen=True, slots=True)
class FrameArrived:
    """A whole access unit came in; nothing is said about its content."""


@dataclass(frozen=True, slots=True)
class PictureSeen:
    """A picture was decoded; `same` when it is identical to the one before."""

    same: bool


@dataclass(frozen=True, slots=True)
class PictureTorn:
    """Frames came in, none could be decoded."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Connecting or reading ended."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed; at least one a second."""


@dataclass(frozen=True, slots=True)
class BackoffOver:
    """The wait asked for by WaitThenConnect has passed."""


Event = Connected | FrameArrived | PictureSeen | PictureTorn | Failed | Tick | BackoffOver


@dataclass(frozen=True, slots=True)
class Connect:
    """Open the stream."""


@dataclass(frozen=True, slots=True)
class Close:
    """Drop the connection at once."""


@dataclass(frozen=True, slots=True)
class WaitThenConnect:
    """Say BackoffOver after `wait_s` seconds."""

    wait_s: float


Action = Connect | Close | WaitThenConnect


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What is known of one connection; `since` is when `state` or `reason` last changed."""

    state: State = State.CONNECTING
    reason: Reason = Reason.NONE
    since: datetime
    tries: int = 0
    attempt_since: datetime | None = None
    connected_since: datetime | None = None
    heard_at: datetime | None = None
    last_picture_at: datetime | None = None
    changed_picture_at: datetime | None = None
    torn_since: datetime | None = None
    torn: int = 0


def start(now: datetime) -> tuple[Link, tuple[Action, ...]]:
    """Return a new link and its first action."""
    return Link(since=now, attempt_since=now), (Connect(),)


def hear(  # noqa: PLR0911 - one return for each kind of event is the clearest shape
    link: Link, event: Event, *, now: datetime, jitter: float = 0.0
) -> tuple[Link, tuple[Action, ...]]:
    """Return the link after `event` and what to do now; `jitter` in [-1, 1] spreads reconnects."""
    match event:
        case Connected():
            return _connected(link, now), ()
        case FrameArrived():
            return _frame(link, now), ()
        case PictureSeen(same):
            return _picture(link, same, now), ()
        case PictureTorn():
            more = min(link.torn + 1, TORN_MAX)
            return replace(link, torn=more, torn_since=link.torn_since or now), ()
        case Failed(reason):
            return _down(link, reason, now, jitter)
        case Tick():
            return _tick(link, now, jitter)
        case BackoffOver():
            return replace(link, attempt_since=now), (Connect(),)


def _connected(link: Link, now: datetime) -> Link:
    return replace(
        link,
        attempt_since=None,
        connected_since=now,
        heard_at=now,
        changed_picture_at=now,
        torn_since=None,
        torn=0,
    )


def _frame(link: Link, now: datetime) -> Link:
    """Frames alone do not make a link live: only a decoded picture does."""
    if link.connected_since is None:
        return link  # a last frame of a connection already given up
    settled = now - link.connected_since >= SETTLED_AFTER
    return replace(link, heard_at=now, tries=0 if settled else link.tries)


def _picture(link: Link, same: bool, now: datetime) -> Link:
    if link.connected_since is None:
        return link
    torn = max(link.torn - 1, 0)
    torn_since = link.torn_since if torn else None
    link = replace(link, torn=torn, torn_since=torn_since, last_picture_at=now)
    if torn and link.reason is Reason.UNDECODABLE:
        return link  # one whole picture among torn ones, as noise gives now and then
    if not same:
        return _say(replace(link, changed_picture_at=now), State.LIVE, Reason.NONE, now)
    if link.changed_picture_at is None or now - link.changed_picture_at >= FROZEN_AFTER:
        return _say(link, State.FROZEN, Reason.SAME_PICTURE, now)
    return link


def _tick(link: Link, now: datetime, jitter: float) -> tuple[Link, tuple[Action, ...]]:
    if link.attempt_since is not None:
        return _waiting(link, now - link.attempt_since, now, jitter)
    if link.connected_since is None or link.heard_at is None:
        return link, ()
    if now - link.heard_at >= STALLED_AFTER:
        return _down(link, Reason.NO_FRAMES, now, jitter)
    if link.torn_since is not None and now - link.torn_since >= UNDECODABLE_AFTER:
        return _say(link, State.STALLED, Reason.UNDECODABLE, now), ()
    return link, ()


def _waiting(
    link: Link, waited: timedelta, now: datetime, jitter: float
) -> tuple[Link, tuple[Action, ...]]:
    if waited >= GIVE_UP_AFTER:
        return _down(link, Reason.TIMED_OUT, now, jitter)
    if waited >= CONNECT_WITHIN and link.state in (State.CONNECTING, State.LIVE):
        return _say(link, State.OFFLINE, Reason.TIMED_OUT, now), ()
    return link, ()


def _down(
    link: Link, reason: Reason, now: datetime, jitter: float
) -> tuple[Link, tuple[Action, ...]]:
    if link.connected_since is None and link.attempt_since is None:
        return link, ()  # already given up: this is the echo of our own Close
    said = _say(link, _state_for(link, reason), _reason_for(link, reason), now)
    said = replace(
        said,
        tries=link.tries + 1,
        attempt_since=None,
        connected_since=None,
        torn_since=None,
        torn=0,
    )
    return said, (Close(), WaitThenConnect(backoff_s(link.tries, jitter=jitter)))


def _state_for(link: Link, reason: Reason) -> State:
    if reason in REFUSALS:
        return State.REFUSED
    if reason is Reason.NO_FRAMES:
        return State.STALLED
    return link.state if _keeps_its_name(link, reason) else State.OFFLINE


def _reason_for(link: Link, reason: Reason) -> Reason:
    return link.reason if _keeps_its_name(link, reason) else reason


def _keeps_its_name(link: Link, reason: Reason) -> bool:
    """A stalled camera that does not answer the reconnect is still the same stall."""
    return link.state is State.STALLED and reason is Reason.TIMED_OUT


def _say(link: Link, state: State, reason: Reason, now: datetime) -> Link:
    if (link.state, link.reason) == (state, reason):
        return link
    return replace(link, state=state, reason=reason, since=now)


def backoff_s(tries: int, *, jitter: float) -> float:
    """Return seconds to wait before try `tries` + 1: 0.5 doubling to 5, spread by `jitter`."""
    base = min(BACKOFF_FIRST_S * 2.0 ** min(tries, 10), BACKOFF_MAX_S)
    return min(base * (1 + BACKOFF_JITTER * jitter), BACKOFF_MAX_S)
