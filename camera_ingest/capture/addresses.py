"""Which network addresses a camera may have: looked up, then held against the allow-list."""

import asyncio
import socket
from collections.abc import Iterable

from camera_ingest.capture.errors import StreamError
from camera_ingest.domain.camera import Network, allowed_addresses
from camera_ingest.domain.link import Reason

RESOLVE_TIMEOUT_S = 3.0


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the IP addresses of `host`. Raises StreamError when the name is not known."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError) as error:
        raise StreamError(Reason.UNREACHABLE, f"{host} is not a known name.") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


async def allowed_target(host: str, port: int, networks: Iterable[Network]) -> str:
    """Return the one IP address to connect to; it was checked, so it must be used as it is.

    Every address of the name must be allowed, so that a name cannot lead out on the next look-up.
    """
    addresses = await resolve(host, port)
    allowed = allowed_addresses(addresses, networks)
    if not allowed or len(allowed) != len(addresses):
        raise StreamError(
            Reason.NOT_ALLOWED, "The camera's address is outside CAMERA_ALLOWED_NETWORKS."
        )
    return allowed[0]
