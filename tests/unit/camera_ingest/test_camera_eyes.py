"""Motion and frozen pictures on made-up scenes, the hub, the time line, evidence, settings."""

import hashlib
import itertools
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from camera_ingest.capture.timeline import Timeline
from camera_ingest.evidence import EvidenceError, EvidenceStore
from camera_ingest.motion import (
    RELEARN_LOOKS,
    WARM_UP_LOOKS,
    Blind,
    Gray,
    MotionEye,
    Sight,
    is_same_picture,
    to_gray,
    zone_mask,
)
from camera_ingest.settings import CameraSettings
from camera_ingest.webrtc.engine import without_local_names
from camera_ingest.webrtc.hub import GROUP_PICTURES_MAX, CodedPicture, Hub

WHOLE = UUID(int=1)
LEFT = UUID(int=2)
RIGHT = UUID(int=3)
ZONES = {
    WHOLE: (),
    LEFT: ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)),
    RIGHT: ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)),
}
RNG = np.random.default_rng(11)
GROUND = RNG.integers(60, 140, (180, 320)).astype(np.float64)


def scene(*, box_at: int | None = None, light: float = 0.0) -> Gray:
    """Return a noisy picture of the same ground, with a box when asked for."""
    picture = GROUND + RNG.normal(0, 2.0, GROUND.shape) + light
    if box_at is not None:
        picture[60:120, box_at : box_at + 30] = 230
    return np.clip(picture, 0, 255).astype(np.uint8)


def warm() -> MotionEye:
    eye = MotionEye()
    for _ in range(WARM_UP_LOOKS):
        assert eye.look(scene(), ZONES).blind is Blind.WARMING_UP
    return eye


def test_still_scene_with_sensor_noise_does_not_move_and_is_not_frozen() -> None:
    eye = warm()
    for _ in range(20):
        sight = eye.look(scene(), ZONES)
        assert sight == Sight(same=False, blind=Blind.NO, fractions=dict.fromkeys(ZONES, 0.0))


def test_moving_box_is_seen_in_its_zone_only() -> None:
    sight = warm().look(scene(box_at=40), ZONES)
    share = 60 * 30 / (180 * 160)
    assert sight.fractions[LEFT] == pytest.approx(share, rel=0.25)
    assert sight.fractions[RIGHT] == 0
    assert sight.fractions[WHOLE] == pytest.approx(share / 2, rel=0.25)


def test_light_switched_on_is_not_motion() -> None:
    eye = warm()
    seen = [eye.look(scene(light=70), ZONES) for _ in range(RELEARN_LOOKS + 10)]
    assert seen[0].blind is Blind.LIGHT_CHANGE
    assert all(fraction < 0.005 for sight in seen for fraction in sight.fractions.values())
    assert seen[-1].blind is Blind.NO


def test_motion_is_seen_again_after_a_light_change() -> None:
    eye = warm()
    for _ in range(RELEARN_LOOKS + 10):
        eye.look(scene(light=70), ZONES)
    assert eye.look(scene(light=70, box_at=200), ZONES).fractions[RIGHT] > 0.03


def test_speck_smaller_than_a_leaf_is_not_motion() -> None:
    eye = warm()
    picture = scene()
    picture[50:56, 50:56] = 255
    assert eye.look(picture, ZONES).fractions[WHOLE] == 0


def test_repeated_picture_is_the_same_and_other_size_starts_over() -> None:
    eye = MotionEye()
    picture = scene()
    assert eye.look(picture, ZONES).same is False
    assert eye.look(picture.copy(), ZONES).same is True
    assert eye.look(picture[:90, :], ZONES).same is False
    assert not is_same_picture(picture, picture[:90, :])


def test_picture_is_scaled_to_the_analysis_width() -> None:
    assert to_gray(np.zeros((720, 1280, 3), np.uint8)).shape == (180, 320)
    assert to_gray(np.zeros((360, 640), np.uint8)).shape == (180, 320)


def test_zone_mask_covers_what_its_polygon_does() -> None:
    assert zone_mask((), (10, 10)).all()
    half = zone_mask(ZONES[LEFT], (100, 100))
    assert np.count_nonzero(half) == pytest.approx(5_000, rel=0.03)


# --- hub and time line ------------------------------------------------------------------------


class Sink:
    def __init__(self) -> None:
        self.got: list[CodedPicture] = []

    def push(self, picture: CodedPicture) -> None:
        self.got.append(picture)


def coded(ticks: int, *, key: bool = False) -> CodedPicture:
    return CodedPicture(b"x", ticks, key)


def test_hub_keeps_the_pictures_since_the_last_key_picture() -> None:
    hub = Hub()
    for ticks, key in ((1, False), (2, True), (3, False), (4, True), (5, False)):
        hub.publish(coded(ticks, key=key))
    assert [picture.ticks for picture in hub.group] == [4, 5]
    hub.break_off()
    assert list(hub.group) == []


def test_hub_gives_up_a_group_that_never_ends() -> None:
    hub = Hub()
    hub.publish(coded(0, key=True))
    for ticks in range(1, GROUP_PICTURES_MAX + 5):
        hub.publish(coded(ticks))
    assert list(hub.group) == []


@given(st.lists(st.integers(0, 1_000), max_size=30))
def test_viewers_always_see_time_grow(stamps: list[int]) -> None:
    hub, sink = Hub(), Sink()
    hub.watchers.add(sink)
    for stamp in stamps:
        hub.publish(coded(stamp, key=True))
    ticks = [picture.ticks for picture in sink.got]
    assert len(ticks) == len(stamps)
    assert all(later > earlier for earlier, later in itertools.pairwise(ticks))


def test_timeline_goes_on_over_wrap_jump_and_reconnect() -> None:
    timeline = Timeline()
    first = timeline.place(2**32 - 3_600, now_s=10.0)
    assert timeline.place(0, now_s=10.04) - first == 3_600
    jumped = timeline.place(90_000 * 3_600, now_s=11.0)
    assert 0 < jumped - first < 2 * 90_000
    timeline.restart()
    assert timeline.place(5, now_s=12.0) > jumped
    assert not timeline.reorders


def test_timeline_notices_pictures_out_of_order() -> None:
    timeline = Timeline()
    for stamp in (0, 10_800, 3_600, 7_200, 21_600, 14_400):
        timeline.place(stamp, now_s=1.0)
    assert timeline.reorders


def test_mdns_candidates_are_left_out_of_the_offer() -> None:
    local = "a=candidate:1 1 udp 1 0a1b.local 5000 typ host\r\n"
    plain = "a=candidate:2 1 udp 1 127.0.0.1 5000 typ host\r\n"
    assert without_local_names("v=0\r\n" + local + plain) == "v=0\r\n" + plain


# --- evidence ---------------------------------------------------------------------------------


def test_evidence_is_stored_once_under_its_digest_and_verified(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    first = store.store(b"picture")
    again = store.store(b"picture")
    assert first == again
    assert first.size == 7
    path = store.path(first.sha256)
    assert path == tmp_path / "sha256" / first.sha256[:2] / first.sha256[2:4] / first.sha256
    assert store.read(first.sha256) == b"picture"
    assert store.verify(first.sha256)
    assert [one.name for one in path.parent.iterdir()] == [first.sha256]
    assert path.stat().st_mode & 0o222 == 0


def test_changed_or_missing_evidence_is_noticed(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    stored = store.store(b"picture")
    path = store.path(stored.sha256)
    path.chmod(0o600)
    path.write_bytes(b"forged")
    assert not store.verify(stored.sha256)
    with pytest.raises(EvidenceError):
        store.read(stored.sha256)
    assert not store.verify("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_evidence_names_are_digests_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvidenceError):
        EvidenceStore(tmp_path).path(name)


def test_empty_evidence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError):
        EvidenceStore(tmp_path).store(b"")


# --- settings ---------------------------------------------------------------------------------


def settings(**changes: Any) -> CameraSettings:
    given: dict[str, Any] = {
        "database_url": SecretStr("postgresql+asyncpg://x"),
        "worker_secret": SecretStr("0123456789abcdef"),
    }
    return CameraSettings(**(given | changes))


def test_defaults_reach_the_loopback_address_only() -> None:
    made = settings()
    assert {str(network) for network in made.allowed_networks} == {"127.0.0.0/8", "::1/128"}
    assert made.ice_hosts == ("127.0.0.1",)
    assert "0123456789abcdef" not in repr(made)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_DATABASE_URL", "postgresql+asyncpg://y")
    monkeypatch.setenv("OPS_WORKER_SECRET", "0123456789abcdef")
    monkeypatch.setenv("CAMERA_ALLOWED_NETWORKS", "10.20.0.0/16, 127.0.0.1")
    monkeypatch.setenv("CAMERA_ICE_HOSTS", "192.0.2.7,192.0.2.8")
    made = CameraSettings()
    assert made.ice_hosts == ("192.0.2.7", "192.0.2.8")
    assert [str(one) for one in made.allowed_networks] == ["10.20.0.0/16", "127.0.0.1/32"]


@pytest.mark.parametrize(
    "changes",
    [
        {"worker_secret": SecretStr("short")},
        {"allowed_networks": ""},
        {"allowed_networks": "0.0.0.0/0"},
        {"allowed_networks": "not a network"},
        {"ice_hosts": ""},
        {"control_host": "0.0.0.0"},
        {"looks_per_s": 0},
    ],
)
def test_unsafe_settings_are_refused_at_start(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**changes)


def test_a_received_file_is_kept_once_under_the_digest_it_came_with(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path / "evidence")
    received = tmp_path / "body"
    received.write_bytes(b"una foto" * 300_000)
    digest = hashlib.sha256(received.read_bytes()).hexdigest()
    store.keep(received, digest)
    store.keep(received, digest)
    assert store.read(digest) == received.read_bytes()
    received.write_bytes(b"otra cosa")
    with pytest.raises(EvidenceError, match="changed"):
        store.keep(received, "0" * 64)
