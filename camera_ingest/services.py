"""What operators do with cameras: add, change, watch over a zone, view."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from uuid import UUID

from camera_ingest.domain.alarm_rule import AlarmRule
from camera_ingest.domain.camera import Camera, StreamAddress, changed_fields, parse_stream_url
from camera_ingest.domain.events import (
    CameraAdded,
    CameraChanged,
    CameraStillViewed,
    CameraViewingStarted,
)
from camera_ingest.ports import AddressGuard, CameraStore, Recorder
from gis.geometry import Location
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion

PURPOSE_MAX = 200
VIEWER_MAX = 128
CHANGEABLE = frozenset(
    {"name", "location", "heading_deg", "fov_deg", "range_m", "agency", "enabled"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCamera:
    """`stream_url` may carry user and password; they are kept apart from it at once."""

    id: UUID
    name: str
    location: Location
    agency: str
    stream_url: str = field(repr=False)
    heading_deg: float | None = None
    fov_deg: float = 90.0
    range_m: float = 60.0
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCamera:
    """`changes` maps names of CHANGEABLE to new values; `stream_url` None keeps the old one."""

    camera_id: UUID
    expected_version: int
    changes: Mapping[str, Any]
    stream_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartViewing:
    """A WHEP session was opened by the worker at `control_url` in `mode`."""

    viewing_id: UUID
    camera_id: UUID
    viewer: str
    purpose: str
    mode: str
    control_url: str


async def add_camera(
    transaction: Recorder, command: AddCamera, *, store: CameraStore, guard: AddressGuard
) -> Camera:
    """Add a camera and return it. Raises Invalid, and Conflict when the id is taken."""
    address = parse_stream_url(command.stream_url)
    await guard.check(address)
    given = {item.name: getattr(command, item.name) for item in fields(command)}
    camera = Camera(**{**given, "stream_url": address.url})
    if not await store.insert(camera, address):
        raise Conflict("There is a camera with this id already.", code="camera-exists")
    transaction.record(
        CameraAdded(
            subject=camera.id, version=camera.version, audience=audience(camera), camera=camera
        )
    )
    return camera


async def change_camera(
    transaction: Recorder, command: ChangeCamera, *, store: CameraStore, guard: AddressGuard
) -> Camera:
    """Change a camera and return it. Raises NotFound, StaleVersion, Invalid."""
    before = await load(store, command.camera_id)
    if before.version != command.expected_version:
        raise _stale(before.version)
    unknown = set(command.changes) - CHANGEABLE
    if unknown:
        raise Invalid(f"These fields of a camera cannot be changed: {', '.join(sorted(unknown))}.")
    address = await _new_address(command, guard)
    after = replace(
        before,
        **command.changes,
        stream_url=address.url if address else before.stream_url,
        version=before.version + 1,
    )
    if not await store.replace(after, expected_version=before.version, address=address):
        raise _stale(before.version)
    transaction.record(
        CameraChanged(
            subject=after.id,
            version=after.version,
            # With a change of agency, those who lose sight of it are told as well.
            audience=tuple(dict.fromkeys((*audience(before), *audience(after)))),
            changes=changed_fields(before, after),
        )
    )
    return after


async def _new_address(command: ChangeCamera, guard: AddressGuard) -> StreamAddress | None:
    if command.stream_url is None:
        return None
    address = parse_stream_url(command.stream_url)
    await guard.check(address)
    return address


async def watch_zone(rule: AlarmRule, *, store: CameraStore) -> AlarmRule:
    """Add or replace an alarm rule. Raises NotFound when its camera is not known."""
    await load(store, rule.camera_id)
    await store.put_rule(rule)
    return rule


async def start_viewing(
    transaction: Recorder, command: StartViewing, *, store: CameraStore
) -> Camera:
    """Record who watches which camera and why. Raises Invalid without a purpose."""
    purpose = command.purpose.strip()
    if not purpose or len(purpose) > PURPOSE_MAX or not purpose.isprintable():
        raise Invalid(
            f"Say why you watch, in 1 to {PURPOSE_MAX} characters (X-Purpose).",
            code="purpose-required",
        )
    camera = await load(store, command.camera_id)
    viewer = command.viewer[:VIEWER_MAX]
    fresh = await store.insert_viewing(
        command.viewing_id,
        camera_id=camera.id,
        viewer=viewer,
        control_url=command.control_url,
    )
    if fresh:
        transaction.record(
            CameraViewingStarted(
                subject=camera.id,
                version=camera.version,
                audience=audience(camera),
                viewing_id=command.viewing_id,
                viewer=viewer,
                purpose=purpose,
                mode=command.mode,
            )
        )
    return camera


def still_viewed(
    transaction: Recorder, camera: Camera, *, viewer: str, purpose: str | None
) -> None:
    """Record that somebody looks at the camera's newest pictures."""
    transaction.record(
        CameraStillViewed(
            subject=camera.id,
            version=camera.version,
            audience=audience(camera),
            viewer=viewer[:VIEWER_MAX],
            purpose=purpose[:PURPOSE_MAX] if purpose else None,
        )
    )


async def load(store: CameraStore, camera_id: UUID) -> Camera:
    """Return the camera. Raises NotFound."""
    camera = await store.find(camera_id)
    if camera is None:
        raise NotFound("There is no such camera.")
    return camera


def audience(camera: Camera) -> tuple[str, ...]:
    """Return the tags of those who are told about this camera."""
    return (f"agency:{camera.agency}",)


def _stale(present: int) -> StaleVersion:
    return StaleVersion(
        f"The camera has changed meanwhile (version {present}). Load it again.", version=present
    )
