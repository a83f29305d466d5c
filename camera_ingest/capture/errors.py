"""Why a stream could not be opened or ended, in the words of the link machine."""

from camera_ingest.domain.link import Reason
from camera_ingest.wire.rtp import WireError
from camera_ingest.wire.sdp import UnsupportedVideo

SIGN_IN_STATUS = frozenset({401, 403, 407})
NOT_FOUND_STATUS = frozenset({404, 410})
UNSUPPORTED_STATUS = frozenset({415, 461})


class StreamError(Exception):
    """The stream ended or never began; `detail` is for people who look after the camera."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def refusal(status: int, method: str) -> StreamError:
    """Return the error for an RTSP answer other than 200."""
    if status in SIGN_IN_STATUS:
        return StreamError(Reason.SIGN_IN, "Check the camera's user name and password.")
    if status in NOT_FOUND_STATUS:
        return StreamError(Reason.NOT_FOUND, "The camera has no such stream. Check the path.")
    if status in UNSUPPORTED_STATUS:
        return StreamError(Reason.UNSUPPORTED, "Allow RTP over TCP in the camera's settings.")
    return StreamError(Reason.BUSY, f"The camera answered {method} with {status}.")


def translate(error: Exception) -> StreamError:
    """Return the StreamError for what reading a socket or parsing its bytes can raise."""
    match error:
        case StreamError():
            return error
        case UnsupportedVideo():
            return StreamError(Reason.UNSUPPORTED, str(error))
        case WireError():
            return StreamError(Reason.GARBAGE, str(error))
        case TimeoutError():
            return StreamError(Reason.TIMED_OUT, "The camera does not answer.")
        case ConnectionResetError() | BrokenPipeError() | EOFError():
            return StreamError(Reason.CLOSED, "The camera closed the connection.")
        case _:
            return StreamError(Reason.UNREACHABLE, str(error))
