"""Call storms: many calls about one thing, offered as one from place, time, topic and words.

Nothing is merged here. A call that lies in a storm and speaks of something else, of something
more, or of nothing at all is named beside it and never counted in: the second emergency next door
must stay in sight.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.call_words import NO_WORDS, TYPE_OF_TOPIC, Words
from gis.geodesy import at_confidence, local_metres
from gis.geometry import Location, Point

# Witnesses of one thing stand this far from it; what they are unsure of comes on top.
NEAR_M: Final = 300.0
REACH_MAX_M: Final = 1_500.0
# A precise caller this far outside of everybody else tells of another place.
APART_M: Final = 200.0
APART_MEDIANS: Final = 3.0
AROUND: Final = timedelta(minutes=15)
STORM_MIN: Final = 3
# With an incident open already, two callers more are many.
STORM_MIN_AT_INCIDENT: Final = 2
WORDS_MAX: Final = 8
SHARED_BY: Final = 0.2
CALLS_MAX: Final = 500
UNSURE_MIN_M: Final = 10.0

Array = NDArray[np.float64]


class Why(StrEnum):
    """Why a call in a storm is not counted in."""

    OTHER_TYPE = "other_type"
    SAYS_MORE = "says_more"
    ANOTHER = "another"
    OTHER_WORDS = "other_words"
    OTHER_PLACE = "other_place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A call that belongs to no incident, as far as storms look at it.

    `type` is what its interview says it is; `about` its words for the place.
    """

    id: UUID
    received_at: datetime
    location: Location | None
    words: Words = NO_WORDS
    about: frozenset[str] = frozenset()
    topic: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An open incident that a storm may be about."""

    id: UUID
    opened_at: datetime
    location: Location | None
    type: str
    topic: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlier:
    call_id: UUID
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """`call_ids` oldest first; `unheard_call_ids` are there too, but nobody knows what they say."""

    call_ids: tuple[UUID, ...]
    outliers: tuple[Outlier, ...]
    unheard_call_ids: tuple[UUID, ...]
    incident_id: UUID | None
    location: Location
    radius_m: float
    topic: str
    type: str | None
    words: tuple[str, ...]
    since: datetime
    why: tuple[str, ...] = field(default=("same_place", "same_time", "same_type"))


def find_storms(calls: Sequence[Heard], incidents: Iterable[Known]) -> tuple[Storm, ...]:
    """Return the storms in these calls, the biggest first; calls beyond CALLS_MAX are left out."""
    return _Sky(calls[:CALLS_MAX]).storms(tuple(incidents))


class _Sky:
    """All calls at once, on a plane in metres, and who is in no storm yet."""

    def __init__(self, calls: Sequence[Heard]) -> None:
        self.calls = tuple(sorted(calls, key=lambda one: (one.received_at, one.id)))
        self.free = {place for place, call in enumerate(self.calls) if call.topic is not None}
        located = [one.location.point for one in self.calls if one.location is not None]
        self.origin = located[0] if located else Point(lon=0.0, lat=0.0)
        self.at = self._plane([one.location for one in self.calls])
        self.unsure = np.array([_unsure_m(one.location) for one in self.calls])
        self.times = np.array([one.received_at.timestamp() for one in self.calls])
        self.speaks = [_plainly(one) for one in self.calls]
        self.links = self._links()

    def storms(self, incidents: Sequence[Known]) -> tuple[Storm, ...]:
        found = [self._at_incident(one) for one in incidents if one.location and one.topic]
        while True:
            seed = self._densest()
            if seed is None:
                break
            found.append(self._around(seed))
        kept = [one for one in found if one is not None]
        return tuple(sorted(kept, key=lambda one: (-len(one.call_ids), one.since)))

    def _plane(self, locations: Sequence[Location | None]) -> Array:
        lons = np.array([one.point.lon if one else np.nan for one in locations])
        lats = np.array([one.point.lat if one else np.nan for one in locations])
        return local_metres(self.origin, lons=lons, lats=lats)

    def _links(self) -> NDArray[np.bool_]:
        """Which calls speak of the same thing from within reach of each other, shape (n, n)."""
        east, north = self.at[:, 0], self.at[:, 1]
        apart = np.hypot(east[:, None] - east, north[:, None] - north)
        reach = np.minimum(NEAR_M + np.hypot(self.unsure[:, None], self.unsure), REACH_MAX_M)
        at_once = np.abs(self.times[:, None] - self.times) <= AROUND.total_seconds()
        topics = np.array([topic or "" for topic in self.speaks])
        alike = (topics[:, None] == topics) & (topics != "")
        links: NDArray[np.bool_] = (apart <= reach) & at_once & alike
        return links

    def _at_incident(self, incident: Known) -> Storm | None:
        assert incident.location is not None, "only incidents with a place are asked"
        assert incident.topic is not None, "only incidents with a topic are asked"
        centre = self._plane([incident.location])[0]
        near = self._near(
            centre,
            unsure_m=_unsure_m(incident.location),
            at=incident.opened_at.timestamp(),
            topic=incident.topic,
        )
        return self._storm(near, incident.topic, incident)

    def _densest(self) -> int | None:
        """The call that most others stand around; the oldest of those alike."""
        crowd = (self.links & self._mask()).sum(axis=1)
        crowd[~self._mask()] = 0
        if not len(crowd) or crowd.max() < STORM_MIN:
            return None
        return int(np.argmax(crowd))

    def _mask(self) -> NDArray[np.bool_]:
        free = np.zeros(len(self.calls), dtype=bool)
        free[list(self.free)] = True
        return free

    def _around(self, seed: int) -> Storm | None:
        topic = self.calls[seed].topic
        assert topic is not None, "a storm has a topic"
        around = np.nonzero(self.links[seed] & self._mask())[0]
        members = self._without_apart([int(one) for one in around])
        if len(members) >= STORM_MIN:
            at = float(np.median(self.times[members]))
            near = self._near(self._centre(members), unsure_m=UNSURE_MIN_M, at=at, topic=topic)
            storm = self._storm(self._without_apart(near), topic, None)
            if storm is not None:
                return storm
        self.free.discard(seed)  # it is the heart of nothing: look elsewhere
        return None

    def _near(self, centre: Array, *, unsure_m: float, at: float, topic: str) -> list[int]:
        """Free calls of the topic within reach of a place and a time."""
        apart = np.hypot(self.at[:, 0] - centre[0], self.at[:, 1] - centre[1])
        reach = np.minimum(NEAR_M + np.hypot(self.unsure, unsure_m), REACH_MAX_M)
        in_time = np.abs(self.times - at) <= AROUND.total_seconds()
        fits = np.nonzero((apart <= reach) & in_time & self._mask())[0]
        return [int(one) for one in fits if self.speaks[one] == topic]

    def _centre(self, members: Sequence[int]) -> Array:
        weights = 1.0 / np.maximum(self.unsure[members], UNSURE_MIN_M) ** 2
        centre: Array = np.average(self.at[members], axis=0, weights=weights)
        return centre

    def _without_apart(self, members: Sequence[int]) -> list[int]:
        """The members, without those whose place is surely another one."""
        if len(members) < STORM_MIN:
            return list(members)
        places = self.at[members]
        centre = np.median(places, axis=0)
        apart = np.hypot(places[:, 0] - centre[0], places[:, 1] - centre[1])
        limit = max(APART_M, APART_MEDIANS * float(np.median(apart)))
        surely = apart - np.minimum(self.unsure[members], REACH_MAX_M)
        return [one for one, far in zip(members, surely, strict=True) if far <= limit]

    def _storm(self, members: Sequence[int], topic: str, incident: Known | None) -> Storm | None:
        if len(members) < (STORM_MIN if incident is None else STORM_MIN_AT_INCIDENT):
            return None
        centre = self._centre(members)
        common = _common_words([self.calls[one].words for one in members])
        inside = self._inside(centre, members)
        vague = [one for one in inside if self._is_vague(one, common)]
        unplaced = self._unplaced(members, topic, common)
        everybody = sorted({*members, *vague, *unplaced})
        self.free -= set(everybody)
        outliers, unheard = self._others(set(inside) - set(everybody), topic)
        return Storm(
            call_ids=tuple(self.calls[one].id for one in everybody),
            outliers=outliers,
            unheard_call_ids=unheard,
            incident_id=incident.id if incident else None,
            location=self._location(centre, members),
            radius_m=self._radius_m(centre, members),
            topic=topic,
            type=incident.type if incident else self._type(everybody, topic),
            words=common[:WORDS_MAX],
            since=self.calls[everybody[0]].received_at,
            why=("same_place", "same_time", "same_type", *(["shared_words"] if common else [])),
        )

    def _inside(self, centre: Array, members: Sequence[int]) -> list[int]:
        """Everybody who calls from where the storm is, while it is, member or not."""
        apart = np.hypot(self.at[:, 0] - centre[0], self.at[:, 1] - centre[1])
        reach = max(self._radius_m(centre, members), NEAR_M) + np.minimum(self.unsure, NEAR_M)
        first, last = self.times[members].min(), self.times[members].max()
        slack = AROUND.total_seconds()
        in_time = (self.times >= first - slack) & (self.times <= last + slack)
        return [int(one) for one in np.nonzero((apart <= reach) & in_time)[0]]

    def _is_vague(self, place: int, common: Sequence[str]) -> bool:
        """A caller who names no topic, but uses the words that all the others use."""
        words = self.calls[place].words
        speaks_plainly = self.calls[place].topic is None and not words.topics
        return speaks_plainly and bool(words.tokens & set(common))

    def _unplaced(self, members: Sequence[int], topic: str, common: Sequence[str]) -> list[int]:
        """Callers without a place who speak of the topic in the storm's words for it."""
        about = Counter(word for one in members for word in self.calls[one].about)
        first, last = self.times[members].min(), self.times[members].max()
        slack = AROUND.total_seconds()
        telling = set(common) | {word for word, count in about.items() if count >= 2}
        return [
            one
            for one in self.free
            if self.calls[one].location is None
            and self.speaks[one] == topic
            and first - slack <= self.times[one] <= last + slack
            and self._tells_of(one, telling, set(about))
        ]

    def _tells_of(self, place: int, telling: set[str], about: set[str]) -> bool:
        call = self.calls[place]
        return bool(call.about & about) or len(call.words.tokens & telling) >= 2

    def _others(
        self, places: Iterable[int], topic: str
    ) -> tuple[tuple[Outlier, ...], tuple[UUID, ...]]:
        outliers: list[Outlier] = []
        unheard: list[UUID] = []
        for one in sorted(places):
            call = self.calls[one]
            if call.topic is None and not call.words.tokens:
                unheard.append(call.id)
            else:
                why = _why_not(call, topic) or Why.OTHER_PLACE
                outliers.append(Outlier(call_id=call.id, why=why))
        return tuple(outliers), tuple(unheard)

    def _location(self, centre: Array, members: Sequence[int]) -> Location:
        nearest = min(members, key=lambda one: float(np.hypot(*(self.at[one] - centre))))
        known = self.calls[nearest].location
        assert known is not None, "members of a storm have places"
        lon_m, lat_m = centre - self.at[nearest]
        step = local_metres(
            known.point,
            lons=np.array([known.point.lon + 1e-3]),
            lats=np.array([known.point.lat + 1e-3]),
        )[0]
        point = Point(
            lon=known.point.lon + 1e-3 * lon_m / step[0],
            lat=known.point.lat + 1e-3 * lat_m / step[1],
        )
        spread = 1.0 / np.sqrt(np.sum(1.0 / np.maximum(self.unsure[members], UNSURE_MIN_M) ** 2))
        return Location(point=point, uncertainty_m=round(float(spread), 1))

    def _radius_m(self, centre: Array, members: Sequence[int]) -> float:
        apart = np.hypot(self.at[members][:, 0] - centre[0], self.at[members][:, 1] - centre[1])
        return round(float(apart.max()), 1)

    def _type(self, members: Sequence[int], topic: str) -> str | None:
        said = Counter(self.calls[one].type for one in members if self.calls[one].type)
        return said.most_common(1)[0][0] if said else TYPE_OF_TOPIC.get(topic)


def _plainly(call: Heard) -> str | None:
    """The topic a call is about and about nothing else."""
    return call.topic if call.topic and _why_not(call, call.topic) is None else None


def _why_not(call: Heard, topic: str) -> Why | None:
    """Why a call is not about the topic and nothing but the topic; None when it is."""
    if call.words.another and topic in call.words.topics:
        return Why.ANOTHER
    if call.topic is None:
        return Why.SAYS_MORE if call.words.topics else Why.OTHER_WORDS
    if call.topic != topic:
        return Why.OTHER_TYPE
    return Why.SAYS_MORE if call.words.says_more_than(topic) else None


def _common_words(spoken: Sequence[Words]) -> tuple[str, ...]:
    """The words that several callers use, the most frequent first."""
    counted = Counter(token for words in spoken for token in words.tokens)
    enough = max(2, SHARED_BY * len(spoken))
    shared = [(count, word) for word, count in counted.items() if count >= enough]
    return tuple(word for _, word in sorted(shared, key=lambda one: (-one[0], one[1])))


def _unsure_m(location: Location | None) -> float:
    return at_confidence(location).uncertainty_m if location else 0.0
