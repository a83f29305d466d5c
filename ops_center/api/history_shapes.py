"""What goes out over HTTP about the picture as a whole."""

from datetime import datetime
from typing import Any, Literal

from ops_center.api.shapes import Out


class PictureOut(Out):
    """The `snapshot` frame of docs/protocol.md."""

    type: Literal["snapshot"]
    seq: int
    at: datetime
    picture: dict[str, dict[str, Any]]
    live: dict[str, Any]
