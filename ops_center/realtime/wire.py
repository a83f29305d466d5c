"""The socket itself: uvicorn's WebSocket protocol with one addition, a write without an await.

A frame to 200 consoles is the same bytes 200 times. ASGI's `send` would frame and await each one;
`Fanout.write` hands ready-made bytes to the transport and says how much is still unsent.
"""

from typing import cast

from typing_extensions import override
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

EXTENSION = "nangareko.fanout"


def frame_text(payload: bytes) -> bytes:
    """Return one unmasked text frame as a server sends it (RFC 6455, 5.2)."""
    return Frame(Opcode.TEXT, payload).serialize(mask=False)


class Fanout:
    """Direct access to one connection's transport."""

    def __init__(self, protocol: WebSocketsSansIOProtocol) -> None:
        self._protocol = protocol

    @property
    def open(self) -> bool:
        protocol = self._protocol
        return (
            protocol.handshake_complete
            and not protocol.close_sent
            and protocol.conn.state is State.OPEN
            and not protocol.transport.is_closing()
        )

    def write(self, framed: bytes) -> None:
        """Queue one ready-made frame; nothing happens on a connection that is going away."""
        if self.open:
            self._protocol.transport.write(framed)

    def abort(self) -> None:
        """Drop the connection and what is unsent; harmless on one that is gone."""
        self._protocol.transport.abort()

    @property
    def unsent_bytes(self) -> int:
        return self._protocol.transport.get_write_buffer_size()


class ConsoleProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, offering its transport to the application as an ASGI extension."""

    @override
    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions = cast("dict[str, object]", self.scope["extensions"])
            extensions[EXTENSION] = Fanout(self)
