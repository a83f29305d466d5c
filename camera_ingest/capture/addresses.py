"""Which network addresses a camera may have: looked up, then held against the allow-list."""

import asyncio
import socket
from collections.abc import Iterable

from camera_ingest.capture.errors import StreamError
from camera_ingest.domain.camera import Network, StreamAddress, allowed_addresses
from camera_ingest.domain.link import Reason
from ops_center.kernel.errors import Invalid

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


class NetworkGuard:
    """`ports.AddressGuard` by name look-up and allow-list, for the registration of cameras."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self._networks = tuple(networks)

    async def check(self, address: StreamAddress) -> None:
        """Raise Invalid unless every address of the host lies in an allowed network."""
        try:
            await allowed_target(address.host, address.port, self._networks)
        except StreamError as error:
            raise Invalid(
                f"stream_url cannot be used: {error.detail}",
                code="camera-address-refused",
                field="stream_url",
                reason=str(error.reason),
            ) from error
