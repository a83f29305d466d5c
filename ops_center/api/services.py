"""What the HTTP edge leans on; `bootstrap` fills it in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from camera_ingest.ports import AddressGuard
from gis.geometry import Extent, Point
from gis.routing import Reach
from gis.travel import Profile, Route
from ops_center.api.camera_control import CameraControl
from ops_center.api.limits import RateLimit
from ops_center.auth.model import Actor
from ops_center.auth.recognise import Recogniser
from ops_center.geography import WorkOf
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiServices:
    database: Database
    clock: Clock
    recogniser: Recogniser
    rate_limit: RateLimit
    sign_in_limit: RateLimit
    secure_cookies: bool
    take_fixes: Callable[[Actor, UUID, list[Any]], Awaitable[dict[str, Any]]]
    work: WorkOf
    read_evidence: Callable[[str], Awaitable[bytes]]
    cameras: CameraControl
    camera_guard: AddressGuard
    route: Callable[[Point, Point, Profile], Awaitable[Route]]
    picture: Callable[[Actor], Awaitable[bytes]]
    city_extent: Callable[[], Extent | None]
    reach: Callable[[Point, float, Profile], Awaitable[Reach]]
    basemap: Path
    failing_parts: Callable[[], frozenset[str]]
