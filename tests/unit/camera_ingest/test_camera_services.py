"""What operators do with cameras, on a store in memory."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from camera_ingest.domain.alarm_rule import AlarmRule
from camera_ingest.domain.camera import Camera, StreamAddress
from camera_ingest.domain.events import CameraAdded, CameraChanged, CameraViewingStarted
from camera_ingest.services import (
    AddCamera,
    ChangeCamera,
    StartViewing,
    add_camera,
    change_camera,
    start_viewing,
    watch_zone,
)
from gis.geometry import Location, Point
from ops_center.kernel.clock import Clock, ManualClock
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from ops_center.kernel.events import Fact
from ops_center.kernel.ids import new_id

PLACE = Location(point=Point(lon=24.94, lat=60.17), uncertainty_m=5.0)


class Notes:
    """The recording half of a transaction."""

    def __init__(self) -> None:
        self.clock: Clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
        self.facts: list[Fact] = []

    def record(self, *facts: Fact) -> None:
        self.facts.extend(facts)


class MemoryStore:
    def __init__(self) -> None:
        self.cameras: dict[UUID, Camera] = {}
        self.addresses: dict[UUID, StreamAddress] = {}
        self.rules: dict[UUID, AlarmRule] = {}
        self.viewings: set[UUID] = set()

    async def find(self, camera_id: UUID) -> Camera | None:
        return self.cameras.get(camera_id)

    async def insert(self, camera: Camera, address: StreamAddress) -> bool:
        if camera.id in self.cameras:
            return False
        self.cameras[camera.id], self.addresses[camera.id] = camera, address
        return True

    async def replace(
        self, camera: Camera, *, expected_version: int, address: StreamAddress | None
    ) -> bool:
        if self.cameras[camera.id].version != expected_version:
            return False
        self.cameras[camera.id] = camera
        if address:
            self.addresses[camera.id] = address
        return True

    async def put_rule(self, rule: AlarmRule) -> None:
        self.rules[rule.id] = rule

    async def insert_viewing(self, viewing_id: UUID, **_: Any) -> bool:
        known = viewing_id in self.viewings
        self.viewings.add(viewing_id)
        return not known


class Guard:
    """Allows 127.0.0.1 alone."""

    async def check(self, address: StreamAddress) -> None:
        if address.host != "127.0.0.1":
            raise Invalid("not allowed", code="camera-address-refused")


def command(**changes: Any) -> AddCamera:
    given: dict[str, Any] = {
        "id": new_id(),
        "name": "Puerto 041",
        "location": PLACE,
        "agency": "POL",
        "stream_url": "rtsp://ops:secret@127.0.0.1:8554/cam0",
    }
    return AddCamera(**(given | changes))


async def added(store: MemoryStore, **changes: Any) -> Camera:
    return await add_camera(Notes(), command(**changes), store=store, guard=Guard())


async def test_added_camera_is_stored_and_told_without_credentials() -> None:
    store, notes = MemoryStore(), Notes()
    camera = await add_camera(notes, command(), store=store, guard=Guard())
    assert store.addresses[camera.id].password == "secret"
    assert "secret" not in camera.stream_url
    (fact,) = notes.facts
    assert isinstance(fact, CameraAdded)
    assert fact.audience == ("agency:POL",)
    assert "secret" not in str(fact.data())


async def test_camera_outside_the_allowed_networks_is_refused() -> None:
    store = MemoryStore()
    with pytest.raises(Invalid):
        await added(store, stream_url="rtsp://10.1.2.3/x")
    assert store.cameras == {}


async def test_camera_id_is_taken_once() -> None:
    store = MemoryStore()
    camera = await added(store)
    with pytest.raises(Conflict):
        await added(store, id=camera.id)


async def test_change_tells_only_what_changed() -> None:
    store, notes = MemoryStore(), Notes()
    camera = await added(store)
    changed = await change_camera(
        notes,
        ChangeCamera(camera_id=camera.id, expected_version=1, changes={"name": "Puerto 042"}),
        store=store,
        guard=Guard(),
    )
    assert (changed.name, changed.version) == ("Puerto 042", 2)
    (fact,) = notes.facts
    assert isinstance(fact, CameraChanged)
    assert fact.data() == {"name": "Puerto 042"}
    assert store.addresses[camera.id].password == "secret"


async def test_new_stream_address_replaces_credentials_and_is_not_told() -> None:
    store, notes = MemoryStore(), Notes()
    camera = await added(store)
    await change_camera(
        notes,
        ChangeCamera(
            camera_id=camera.id,
            expected_version=1,
            changes={},
            stream_url="rtsp://u:new@127.0.0.1/x",
        ),
        store=store,
        guard=Guard(),
    )
    assert store.addresses[camera.id].password == "new"
    assert notes.facts[0].data() == {}


async def test_stale_version_and_unknown_fields_are_refused() -> None:
    store = MemoryStore()
    camera = await added(store)
    stale = ChangeCamera(camera_id=camera.id, expected_version=7, changes={})
    forged = ChangeCamera(camera_id=camera.id, expected_version=1, changes={"version": 9})
    lost = ChangeCamera(camera_id=new_id(), expected_version=1, changes={})
    for wrong, error in ((stale, StaleVersion), (forged, Invalid), (lost, NotFound)):
        with pytest.raises(error):
            await change_camera(Notes(), wrong, store=store, guard=Guard())


async def test_rule_needs_a_known_camera() -> None:
    store = MemoryStore()
    camera = await added(store)
    rule = AlarmRule(id=new_id(), camera_id=camera.id, name="Portón")
    assert await watch_zone(rule, store=store) == rule
    assert store.rules == {rule.id: rule}
    with pytest.raises(NotFound):
        await watch_zone(replace(rule, camera_id=new_id()), store=store)


def viewing(camera: Camera, **changes: Any) -> StartViewing:
    given: dict[str, Any] = {
        "viewing_id": new_id(),
        "camera_id": camera.id,
        "viewer": "camaras1",
        "purpose": "incident:0192",
        "mode": "passthrough",
        "control_url": "http://127.0.0.1:1",
    }
    return StartViewing(**(given | changes))


async def test_viewing_is_recorded_once_with_its_purpose() -> None:
    store, notes = MemoryStore(), Notes()
    camera = await added(store)
    once = viewing(camera)
    for _ in range(2):
        await start_viewing(notes, once, store=store)
    (fact,) = notes.facts
    assert isinstance(fact, CameraViewingStarted)
    assert (fact.viewer, fact.purpose, fact.mode) == ("camaras1", "incident:0192", "passthrough")


@pytest.mark.parametrize("purpose", ["", "   ", "x" * 201, "a\nb"])
async def test_viewing_without_a_purpose_is_refused(purpose: str) -> None:
    store = MemoryStore()
    camera = await added(store)
    with pytest.raises(Invalid):
        await start_viewing(Notes(), viewing(camera, purpose=purpose), store=store)
