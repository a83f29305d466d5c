"""What the HTTP edge leans on; `bootstrap` fills it in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from camera_ingest.ports import AddressGuard
from dispatch.reporting.forms.process import FormMaker
from gis.geometry import Extent, Location
from gis.layers.process import Readers
from gis.repository import ZoneAt
from gis.routing.combined import CombinedRouter
from gis.routing.port import Matched, Trace
from gis.tiles import TileStore
from gis.travel import Profile
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
    aml_key: bytes | None
    take_fixes: Callable[[Actor, UUID, list[Any]], Awaitable[dict[str, Any]]]
    work: WorkOf
    read_evidence: Callable[[str], Awaitable[bytes]]
    keep_evidence: Callable[[Path, str], Awaitable[None]]
    find_evidence: Callable[[str], Awaitable[Path]]
    cameras: CameraControl
    camera_guard: AddressGuard
    roads: CombinedRouter
    picture: Callable[[Actor], Awaitable[bytes]]
    city_extent: Callable[[], Extent | None]
    basemap: Path
    tiles: TileStore
    layer_readers: Readers
    forms: FormMaker
    uploads_dir: Path
    zones_at: Callable[[Location], Awaitable[list[ZoneAt]]]
    match_track: Callable[[Sequence[Trace], Profile], Awaitable[Matched]]
    failing_parts: Callable[[], frozenset[str]]
    reduced_parts: Callable[[], frozenset[str]]
