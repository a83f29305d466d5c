"""The people who dial 911: how often, about what, and how well they know where they are."""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from gis.geodesy import destination
from gis.geometry import Point
from ops_center.kernel.clock import wire_time
from ops_center.simulator.driving import scattered
from ops_center.simulator.places import KnownPlace, spoken
from ops_center.simulator.words import NUISANCES, SILENT, STORIES, Story

# As Asunción's 911 counts a day: a fifth to a quarter are emergencies, 59 % say nothing at all.
REAL_SHARE: Final = 0.22
# Of silent callers so many rang shortly before, and of all others so many hang up unanswered.
RINGS_AGAIN_SHARE: Final = 0.25
HANGS_UP_SHARE: Final = 0.08
STORM_SHARE: Final = 0.015
STORM_CALLS: Final = (5, 9)
STORM_WITHIN_S: Final = 60.0
STORM_TYPES: Final = frozenset({"structure_fire", "traffic_accident_injured", "gas_leak"})
STORM_SIGMA_M: Final = 90.0
# So many handsets send where they are once they know, and some of them move.
HANDSET_SHARE: Final = 0.4
MOVING_SHARE: Final = 0.3
HANDSET_AFTER_S: Final = (4.0, 18.0)
MOVES_MPS: Final = (1.0, 9.0)
MOVES: Final = 3
MOVE_EVERY_S: Final = 8.0
LANGUAGES: Final = {"es": 66, "jopara": 24, "gn": 7, "other": 2, "en": 1}
REMEMBERED: Final = 20
SAME_THING_FOR: Final = timedelta(minutes=10)
WITNESS_SIGMA_M: Final = 40.0
# Radius of what a telephone network says: from the handset's receiver, or from the cell only.
HANDSET_M: Final = (8.0, 60.0)
CELL_M: Final = (300.0, 1_200.0)
CONFIDENCE: Final = 0.9
DIALLED_BEFORE_S: Final = (1.0, 8.0)
# Mobile prefixes exist, the rest is drawn below 100000 so that it reads as made up.
PREFIXES: Final = ("0961", "0971", "0981", "0985", "0991")


class Kind(StrEnum):
    REAL = "real"
    DUPLICATE = "duplicate"
    STORM = "storm"
    NUISANCE = "nuisance"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFix:
    """Where the handset is, sent to POST /calls/{id}/fixes so long after the call."""

    after_s: float
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """A call to make: `body` goes to POST /calls; the rest is what only the caller knows.

    `wish` is the incident type behind it, or the disposition of a call that needs nobody;
    `place` is where it really is, which a patient call taker finds out by asking. `rings_after_s`
    is when it is dialled, counted from now, and `hangs_up_after_s` when the caller gives up.
    """

    kind: Kind
    wish: str
    body: dict[str, Any]
    place: Point | None = None
    rings_after_s: float = 0.0
    hangs_up_after_s: float | None = None
    fixes: tuple[PlannedFix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Happening:
    story: Story
    place: KnownPlace
    at: datetime


class Callers:
    """Draws calls, one after the other, from one seed."""

    def __init__(
        self, places: Sequence[KnownPlace], rng: random.Random, *, duplicate: float = 0.12
    ) -> None:
        assert places, "callers need places to call from"
        self._places = tuple(places)
        self._rng = rng
        self._recent: deque[_Happening] = deque(maxlen=REMEMBERED)
        self._silent: deque[str] = deque(maxlen=REMEMBERED)
        self.duplicate = duplicate

    def wait_s(self, mean_s: float) -> float:
        """Return seconds until the next call of a Poisson process with that mean."""
        return self._rng.expovariate(1 / mean_s) if mean_s > 0 else 0.0

    def next_call(self, *, now: datetime) -> PlannedCall:
        """Return the next call; about a third need help, some tell of what is known already."""
        known = [one for one in self._recent if now - one.at <= SAME_THING_FOR]
        if known and self._rng.random() < self.duplicate:
            return self._again(self._rng.choice(known), now=now)
        if self._rng.random() < REAL_SHARE:
            return self._real(now=now)
        return self._nuisance(now=now)

    def next_calls(self, *, now: datetime) -> list[PlannedCall]:
        """Return the next call, or now and then all those who tell of one thing at once."""
        if self._rng.random() < STORM_SHARE:
            return self.storm(now=now)
        return [self.next_call(now=now)]

    def storm(self, *, now: datetime) -> list[PlannedCall]:
        """Return the calls of many who see the same thing, as they come in within a minute."""
        story = self._rng.choice([one for one in STORIES if one.type in STORM_TYPES])
        place = self._rng.choice(self._places)
        self._recent.append(_Happening(story=story, place=place, at=now))
        sayings = (*story.words, story.other_words)
        count = self._rng.randint(*STORM_CALLS)
        return [
            PlannedCall(
                kind=Kind.STORM,
                wish=story.type,
                body=self._seen(place.point, self._rng.choice(sayings), now=now),
                place=place.point,
                rings_after_s=self._rng.uniform(0, STORM_WITHIN_S) if witness else 0.0,
            )
            for witness in range(count)
        ]

    def _seen(self, place: Point, words: str, *, now: datetime) -> dict[str, Any]:
        body = self._said(words, now=now)
        seen_from = scattered(place, self._rng, sigma_m=STORM_SIGMA_M)
        body["location"] = self._place_in(seen_from, HANDSET_M)
        body["method"] = "handset"
        return body

    def real_call(self, *, now: datetime) -> PlannedCall:
        """Return a call that needs help, whatever the shares."""
        return self._real(now=now)

    def _real(self, *, now: datetime) -> PlannedCall:
        story = self._rng.choices(STORIES, [one.weight for one in STORIES])[0]
        place = self._rng.choice(self._places)
        self._recent.append(_Happening(story=story, place=place, at=now))
        body = self._body(self._rng.choice(story.words), place, now=now)
        return PlannedCall(
            kind=Kind.REAL,
            wish=story.type,
            body=body,
            place=place.point,
            fixes=self._handset(place.point),
        )

    def _handset(self, place: Point) -> tuple[PlannedFix, ...]:
        """What the caller's telephone sends of itself later, standing still or on the way."""
        if self._rng.random() >= HANDSET_SHARE:
            return ()
        moving = self._rng.random() < MOVING_SHARE
        speed_mps = self._rng.uniform(*MOVES_MPS) if moving else 0.0
        heading_deg = self._rng.uniform(0, 360)
        first_s = self._rng.uniform(*HANDSET_AFTER_S)
        return tuple(
            self._fix(place, first_s + step * MOVE_EVERY_S, speed_mps, heading_deg)
            for step in range(MOVES if moving else 1)
        )

    def _fix(
        self, place: Point, after_s: float, speed_mps: float, heading_deg: float
    ) -> PlannedFix:
        where = destination(place, bearing_deg=heading_deg, distance_m=speed_mps * after_s)
        body: dict[str, Any] = {
            "method": "handset",
            "source": "aml",
            "location": self._place_in(where, HANDSET_M),
        }
        if speed_mps:
            body["speed_mps"] = round(speed_mps, 1)
            body["heading_deg"] = round(heading_deg, 1) % 360
        return PlannedFix(after_s=after_s, body=body)

    def _again(self, known: _Happening, *, now: datetime) -> PlannedCall:
        seen_from = scattered(known.place.point, self._rng, sigma_m=WITNESS_SIGMA_M)
        body = self._said(known.story.other_words, now=now)
        body["location"] = self._place_in(seen_from, HANDSET_M)
        return PlannedCall(
            kind=Kind.DUPLICATE, wish=known.story.type, body=body, place=known.place.point
        )

    def _nuisance(self, *, now: datetime) -> PlannedCall:
        chosen = self._rng.choices(NUISANCES, [one.weight for one in NUISANCES])[0]
        body = self._said(self._rng.choice(chosen.words), now=now)
        if self._rng.random() < 0.5:
            body["location"] = self._cell(self._rng.choice(self._places).point)
        if chosen.disposition == SILENT:
            self._number_again(body)
        gone = self._rng.random() < HANGS_UP_SHARE
        return PlannedCall(
            kind=Kind.NUISANCE,
            wish=chosen.disposition,
            body=body,
            hangs_up_after_s=self._rng.uniform(1.0, 6.0) if gone else None,
        )

    def _number_again(self, body: dict[str, Any]) -> None:
        """Who says nothing often rings again, and may do so from anywhere."""
        if self._silent and self._rng.random() < RINGS_AGAIN_SHARE:
            body["caller_number"] = self._rng.choice(self._silent)
        self._silent.append(body["caller_number"])

    def _body(self, words: str, place: KnownPlace, *, now: datetime) -> dict[str, Any]:
        """Coordinates from the handset, words only, or both with a coarse cell."""
        body = self._said(words, now=now)
        way = self._rng.random()
        if way < 0.4:
            body["location"] = self._place_in(place.point, HANDSET_M)
        elif way < 0.85:
            body["address_text"] = spoken(place.label, self._rng)
        else:
            body["location"] = self._cell(place.point)
            body["address_text"] = spoken(place.label, self._rng)
        return body

    def _said(self, words: str, *, now: datetime) -> dict[str, Any]:
        dialled = now - timedelta(seconds=self._rng.uniform(*DIALLED_BEFORE_S))
        number = f"{self._rng.choice(PREFIXES)} {self._rng.randrange(100_000):06d}"
        body: dict[str, Any] = {"source": "phone", "occurred_at": wire_time(dialled)}
        body["caller_number"] = number
        if words:
            tongues, weights = list(LANGUAGES), list(LANGUAGES.values())
            body["language"] = self._rng.choices(tongues, weights)[0]
        if words:
            body["narrative"] = words
        return body

    def _place_in(self, point: Point, radius_m: tuple[float, float]) -> dict[str, float]:
        uncertainty = self._rng.uniform(*radius_m)
        # sigma of a circular normal error whose CONFIDENCE circle has this radius: r / 2.146.
        return _wire_place(scattered(point, self._rng, sigma_m=uncertainty / 2.146), uncertainty)

    def _cell(self, point: Point) -> dict[str, float]:
        return self._place_in(point, CELL_M)


def _wire_place(point: Point, uncertainty_m: float) -> dict[str, float]:
    return {
        "lon": round(point.lon, 6),
        "lat": round(point.lat, 6),
        "uncertainty_m": round(uncertainty_m, 1),
        "confidence": CONFIDENCE,
    }
