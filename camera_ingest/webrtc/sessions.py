"""WHEP sessions (draft-ietf-wish-whep): an offer becomes an answer, and an end with its cause."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError

from camera_ingest.webrtc.engine import h264_preferences, without_local_names
from camera_ingest.webrtc.hub import Hub
from camera_ingest.webrtc.track import CameraTrack
from ops_center.kernel.clock import Clock
from ops_center.kernel.errors import Invalid, TooMany
from ops_center.kernel.ids import new_id

OFFER_MAX_BYTES = 64 * 1024
CONNECT_WITHIN_S = 15.0
RETRY_AFTER_S = 5
ENDED_STATES = frozenset({"failed", "closed", "disconnected"})

# aiortc reports a malformed offer with whatever its parser stumbled over.
UNREADABLE = (
    ValueError,
    LookupError,
    AssertionError,
    AttributeError,
    TypeError,
    RuntimeError,
    InvalidAccessError,
    InvalidStateError,
    OperationError,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EndedView:
    """A viewing that is over; `cause` is left, failed, timed_out, stream_changed or stopped."""

    viewing_id: UUID
    camera_id: UUID
    viewer: str
    seconds: float
    cause: str


@dataclass(slots=True)
class Session:
    viewing_id: UUID
    camera_id: UUID
    viewer: str
    connection: RTCPeerConnection
    track: CameraTrack
    began_at: datetime
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Answer:
    session_id: UUID
    sdp: str


class Sessions:
    """All viewers of one worker. `ended` is called exactly once for each session."""

    def __init__(
        self,
        *,
        clock: Clock,
        ended: Callable[[EndedView], None],
        limit: int,
        limit_per_camera: int,
    ) -> None:
        self._clock = clock
        self._ended = ended
        self._limit = limit
        self._limit_per_camera = limit_per_camera
        self._sessions: dict[UUID, Session] = {}

    def count(self, camera_id: UUID | None = None) -> int:
        """Return the number of viewers, of one camera when given."""
        return sum(camera_id in (None, one.camera_id) for one in self._sessions.values())

    async def open(
        self, hub: Hub, *, offer: str, camera_id: UUID, viewing_id: UUID, viewer: str
    ) -> Answer:
        """Answer a browser's offer. Raises Invalid on a bad offer, TooMany at a limit."""
        self._check(offer, camera_id)
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        track = CameraTrack(hub)
        session = Session(viewing_id, camera_id, viewer, connection, track, self._clock.now())
        self._sessions[session.id] = session
        try:
            sdp = await self._negotiate(session, offer)
        except UNREADABLE as error:
            await self._discard(session)
            raise Invalid(
                "The SDP offer could not be read. Offer H.264 video, recvonly."
            ) from error
        except BaseException:
            await self._discard(session)
            raise
        log.info("view.opened", camera=str(camera_id), viewing=str(viewing_id))
        return Answer(session.id, sdp)

    def _check(self, offer: str, camera_id: UUID) -> None:
        if len(offer) > OFFER_MAX_BYTES:
            raise Invalid(f"The SDP offer is longer than {OFFER_MAX_BYTES} bytes.")
        if "m=video" not in offer or "H264/90000" not in offer:
            raise Invalid(
                "The SDP offer has no H.264 video. Use a browser with H.264 support.",
                code="no-h264",
            )
        if self.count() >= self._limit or self.count(camera_id) >= self._limit_per_camera:
            raise TooMany(
                "Too many viewers now. Close a tile and try again.", retry_after_s=RETRY_AFTER_S
            )

    async def _negotiate(self, session: Session, offer: str) -> str:
        connection = session.connection

        async def changed() -> None:
            await self._changed(session)

        connection.on("connectionstatechange", changed)
        sender = connection.addTrack(session.track)
        transceiver = next(one for one in connection.getTransceivers() if one.sender is sender)
        # Before setRemoteDescription: later it is ignored and VP8 is negotiated.
        transceiver.setCodecPreferences(h264_preferences())
        await connection.setRemoteDescription(
            RTCSessionDescription(without_local_names(offer), "offer")
        )
        # aiortc has no public hook for a lost picture.
        sender._send_keyframe = session.track.replay  # type: ignore[method-assign]  # noqa: SLF001
        await connection.setLocalDescription(await connection.createAnswer())
        return str(connection.localDescription.sdp)

    async def _changed(self, session: Session) -> None:
        state = session.connection.connectionState
        if state == "connected" and not session.track.joined:
            session.track.join()
        elif state in ENDED_STATES:
            await self._end(session, "left" if state == "closed" else "failed")

    async def close(self, session_id: UUID, *, cause: str = "left") -> bool:
        """End one session; False when it is not (any more) there."""
        session = self._sessions.get(session_id)
        if session is None:
            return False
        await self._end(session, cause)
        return True

    async def close_camera(self, camera_id: UUID, *, cause: str) -> None:
        """End every session of a camera."""
        for session in [one for one in self._sessions.values() if one.camera_id == camera_id]:
            await self._end(session, cause)

    async def close_all(self, *, cause: str = "stopped") -> None:
        """End every session."""
        for session in list(self._sessions.values()):
            await self._end(session, cause)

    async def sweep(self) -> None:
        """End sessions that never connected; call it every second or so."""
        now = self._clock.now()
        for session in list(self._sessions.values()):
            waited = (now - session.began_at).total_seconds()
            if not session.track.joined and waited > CONNECT_WITHIN_S:
                await self._end(session, "timed_out")

    async def _end(self, session: Session, cause: str) -> None:
        if self._sessions.pop(session.id, None) is None:
            return  # closing reports a state change of its own
        session.track.stop()
        await session.connection.close()
        seconds = (self._clock.now() - session.began_at).total_seconds()
        log.info("view.ended", viewing=str(session.viewing_id), cause=cause, seconds=seconds)
        self._ended(
            EndedView(session.viewing_id, session.camera_id, session.viewer, seconds, cause)
        )

    async def _discard(self, session: Session) -> None:
        """Drop a session that never was one: nobody is told."""
        self._sessions.pop(session.id, None)
        session.track.stop()
        await session.connection.close()
