"""Helper: the reference for fan-out, `websockets.broadcast` of given texts to all its sockets."""

import asyncio
import time
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

from ops_center.bench.child import answer_questions
from ops_center.bench.own_centre import LOOPBACK

GAP_MAX_S: Final = 1.0


class Broadcaster:
    def __init__(self) -> None:
        self._sockets: set[ServerConnection] = set()
        self._server: Server | None = None

    async def open(self) -> dict[str, Any]:
        """Listen on a free port of the loopback address and say which."""
        self._server = await serve(
            self._hold, LOOPBACK, 0, compression=None, ping_interval=None, max_queue=64
        )
        (socket,) = self._server.sockets
        return {"port": socket.getsockname()[1]}

    async def _hold(self, socket: ServerConnection) -> None:
        self._sockets.add(socket)
        try:
            async for _ in socket:
                pass
        except ConnectionClosed:
            return  # our listeners leave without a goodbye
        finally:
            self._sockets.discard(socket)

    async def send(self, texts: list[str], gap_s: float) -> dict[str, Any]:
        """Broadcast each text, `gap_s` apart; return when each was handed over, nanoseconds."""
        began = []
        for text in texts:
            began.append(time.monotonic_ns())
            broadcast(self._sockets, text)
            await asyncio.sleep(min(gap_s, GAP_MAX_S))
        return {"began": began, "sockets": len(self._sockets)}


async def main() -> None:
    """Answer until the parent closes our input."""
    broadcaster = Broadcaster()
    await answer_questions({"open": broadcaster.open, "send": broadcaster.send})


if __name__ == "__main__":
    asyncio.run(main())
