"""A camera: where it stands, what it sees, and the stream address that never leaves the server."""

import ipaddress
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit
from uuid import UUID

from gis.geometry import Location
from ops_center.kernel.errors import Invalid

NAME_MAX = 120
URL_MAX = 512
RANGE_MAX_M = 20_000.0
RTSP_PORT = 554
AGENCY_PATTERN = re.compile(r"[A-Z0-9_-]{1,32}")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera as the centre knows it; `stream_url` carries no user and no password.

    `heading_deg` is true degrees clockwise from north, None for a dome that turns.
    """

    id: UUID
    name: str
    location: Location
    heading_deg: float | None
    fov_deg: float
    range_m: float
    agency: str
    stream_url: str = field(repr=False)
    enabled: bool = True
    version: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > NAME_MAX:
            raise Invalid(f"name must have 1 to {NAME_MAX} characters.", field="name")
        if not AGENCY_PATTERN.fullmatch(self.agency):
            raise Invalid("agency must be a code such as POL: A-Z, 0-9, _ and -.", field="agency")
        _within("fov_deg", self.fov_deg, 1, 360)
        _within("range_m", self.range_m, 1, RANGE_MAX_M)
        if self.heading_deg is not None:
            _within("heading_deg", self.heading_deg, 0, 360)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAddress:
    """An RTSP URL taken apart: the part that may be shown, and the part that may not."""

    url: str
    host: str
    port: int
    user: str | None = field(repr=False)
    password: str | None = field(repr=False)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not math.isfinite(value) or not low <= value <= high:
        raise Invalid(f"{name} must be a number from {low:g} to {high:g}.", field=name)


def parse_stream_url(text: str) -> StreamAddress:
    """Return the address in `text`. Raises Invalid unless it is a plain rtsp:// URL."""
    if len(text) > URL_MAX or not text.isprintable() or " " in text:
        raise Invalid(
            f"stream_url must be a URL of at most {URL_MAX} printable characters.",
            field="stream_url",
        )
    try:
        parts = urlsplit(text)
        port = parts.port or RTSP_PORT
    except ValueError as error:
        raise Invalid(f"stream_url is not a URL: {error}.", field="stream_url") from error
    if parts.scheme != "rtsp" or not parts.hostname:
        raise Invalid("stream_url must begin with rtsp://host.", field="stream_url")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = urlunsplit(("rtsp", f"{host}:{port}", parts.path or "/", parts.query, ""))
    return StreamAddress(
        url=shown,
        host=parts.hostname,
        port=port,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def allowed_addresses(addresses: Iterable[str], networks: Iterable[Network]) -> tuple[str, ...]:
    """Return those of the resolved `addresses` that lie in one of the allowed `networks`.

    An IPv6 address that wraps an IPv4 one is judged by the IPv4 address it reaches.
    """
    permitted = tuple(networks)
    return tuple(text for text in addresses if _is_allowed(text, permitted))


def _is_allowed(text: str, networks: tuple[Network, ...]) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in networks if network.version == address.version)


def public_view(camera: Camera) -> dict[str, Any]:
    """Return the camera as every screen may see it (docs/protocol.md, Camera), JSON-ready."""
    return {
        "id": str(camera.id),
        "name": camera.name,
        "version": camera.version,
        "agency": camera.agency,
        "enabled": camera.enabled,
        "location": place_view(camera.location),
        "heading_deg": camera.heading_deg,
        "fov_deg": camera.fov_deg,
        "range_m": camera.range_m,
    }


def place_view(location: Location) -> dict[str, float]:
    """Return the location as the wire carries it (docs/protocol.md, Place)."""
    return {
        "lon": location.point.lon,
        "lat": location.point.lat,
        "uncertainty_m": location.uncertainty_m,
        "confidence": location.confidence,
    }


def changed_fields(before: Camera, after: Camera) -> dict[str, Any]:
    """Return the public fields that differ, as in `public_view`; the version is left out."""
    old, new = public_view(before), public_view(after)
    return {name: new[name] for name in new if name != "version" and new[name] != old[name]}
