"""What moves in the picture, by zone: background subtraction 320 pixels wide."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import cv2
import numpy as np
from numpy.typing import NDArray

from camera_ingest.domain.alarm_rule import Corner

Gray = NDArray[np.uint8]
Zone = tuple[Corner, ...]

WIDTH = 320
HISTORY_LOOKS = 150  # 30 s at five looks a second
VARIANCE_THRESHOLD = 25.0
SHADOW = 127
WARM_UP_LOOKS = 15
LIGHT_CHANGE_FRACTION = 0.5
RELEARN_LOOKS = 8
RELEARN_RATE = 0.4
BLOB_MIN_FRACTION = 0.0015  # of the picture: smaller blobs are noise, rain, leaves
SAME_MEAN = 0.02  # grey levels, of 255
SAME_MAX = 1

cv2.setNumThreads(1)  # one camera must not take all cores; many cameras share them


class Blind(StrEnum):
    """Why a look cannot be judged."""

    NO = ""
    WARMING_UP = "warming_up"
    LIGHT_CHANGE = "light_change"


@dataclass(frozen=True, slots=True)
class Sight:
    """One look: `fractions` by zone id in 0..1, empty while `blind`; `same` as the look before."""

    same: bool
    blind: Blind
    fractions: Mapping[UUID, float]


def to_gray(picture: NDArray[np.uint8]) -> Gray:
    """Return a BGR or grey picture as grey, WIDTH pixels wide."""
    if picture.ndim == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
    height, width = picture.shape[:2]
    size = (WIDTH, max(1, round(height * WIDTH / width)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


class MotionEye:
    """Watches one camera. Not thread-safe: one look at a time, in order."""

    def __init__(self) -> None:
        self._last: Gray | None = None
        self._masks: dict[tuple[Zone, tuple[int, ...]], Gray] = {}
        self._forget()

    def _forget(self) -> None:
        self._model = cv2.createBackgroundSubtractorMOG2(
            history=HISTORY_LOOKS, varThreshold=VARIANCE_THRESHOLD, detectShadows=True
        )
        self._looks = 0
        self._relearn = 0

    def look(self, gray: Gray, zones: Mapping[UUID, Zone]) -> Sight:
        """Judge one picture, as `to_gray` makes it, for each zone."""
        if self._last is not None and self._last.shape != gray.shape:
            self._last = None
            self._forget()
        same = self._last is not None and is_same_picture(self._last, gray)
        self._last = gray
        moving = self._moving(gray)
        blind = self._blind(moving)
        if blind is not Blind.NO:
            return Sight(same, blind, {})
        fractions = {name: self._fraction(moving, zone) for name, zone in zones.items()}
        return Sight(same, blind, fractions)

    def _moving(self, gray: Gray) -> Gray:
        rate = RELEARN_RATE if self._relearn else -1
        found = self._model.apply(gray, learningRate=rate)
        solid = np.where(found > SHADOW, 255, 0).astype(np.uint8)
        return _without_specks(solid)

    def _blind(self, moving: Gray) -> Blind:
        self._looks += 1
        if self._looks <= WARM_UP_LOOKS:
            return Blind.WARMING_UP
        if np.count_nonzero(moving) / moving.size > LIGHT_CHANGE_FRACTION:
            self._relearn = RELEARN_LOOKS
        if self._relearn:
            self._relearn -= 1
            return Blind.LIGHT_CHANGE
        return Blind.NO

    def _fraction(self, moving: Gray, zone: Zone) -> float:
        mask = self._mask(zone, moving.shape)
        inside = int(np.count_nonzero(mask))
        if inside == 0:
            return 0.0
        return int(np.count_nonzero(cv2.bitwise_and(moving, mask))) / inside

    def _mask(self, zone: Zone, shape: tuple[int, ...]) -> Gray:
        if (zone, shape) not in self._masks:
            self._masks[zone, shape] = zone_mask(zone, shape)
        return self._masks[zone, shape]


def zone_mask(zone: Zone, shape: tuple[int, ...]) -> Gray:
    """Return 255 inside the polygon (normalised corners), 0 outside; no corners = everything."""
    height, width = shape[:2]
    if not zone:
        return np.full((height, width), 255, np.uint8)
    mask = np.zeros((height, width), np.uint8)
    corners = np.array([(x * (width - 1), y * (height - 1)) for x, y in zone]).round()
    cv2.fillPoly(mask, [corners.astype(np.int32)], (255,))
    return mask


def is_same_picture(before: Gray, after: Gray) -> bool:
    """True when two pictures are the same but for rounding: a camera that hangs, not a calm scene.

    A real sensor's noise is above this even at night; a still picture coded again is not.
    """
    if before.shape != after.shape:
        return False
    difference = cv2.absdiff(before, after)
    return int(difference.max()) <= SAME_MAX and float(difference.mean()) <= SAME_MEAN


def _without_specks(solid: Gray) -> Gray:
    """Return the mask without blobs under BLOB_MIN_FRACTION of the picture."""
    opened = cv2.morphologyEx(solid, cv2.MORPH_OPEN, _KERNEL)
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, _KERNEL)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed)
    keep = np.zeros(count, np.uint8)
    keep[1:] = np.where(stats[1:, cv2.CC_STAT_AREA] >= BLOB_MIN_FRACTION * solid.size, 255, 0)
    cleaned: Gray = keep[labels]
    return cleaned


_KERNEL = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
