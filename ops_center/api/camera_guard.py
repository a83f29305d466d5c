"""Which addresses cameras may have, held against the allow-list when one is added or moved."""

from camera_ingest.capture.addresses import allowed_target
from camera_ingest.capture.errors import StreamError
from camera_ingest.domain.camera import Network, StreamAddress
from ops_center.kernel.errors import Invalid


class NetworkGuard:
    def __init__(self, networks: tuple[Network, ...]) -> None:
        self._networks = networks

    async def check(self, address: StreamAddress) -> None:
        """Raise Invalid unless every address of the host lies in the allowed networks."""
        try:
            await allowed_target(address.host, address.port, self._networks)
        except StreamError as error:
            raise Invalid(error.detail, code=f"camera-{error.reason}") from error
