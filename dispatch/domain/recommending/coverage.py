"""What stays behind: how long each zone would wait for each capability, before and after.

Times come from a table of road times between cells of the city and points of its zones, made once
for each city (gis/routing/reachtable.py): good to about a minute, and quick enough to try every
move of every free unit.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.rules.run_cards import CoverageRules
from gis.geometry import Point

Seconds = NDArray[np.float64]

# Nobody comes at all: what is said of a zone that no unit can reach is "an hour or more".
NOBODY_S: Final = 3_600.0
LISTED_MAX: Final = 10
MOVE_UPS_MAX: Final = 3
MOVERS_MAX: Final = 200
# Over all zones, by weight: less is within the error of the table.
GAIN_MIN_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredZone:
    """A zone to be covered: `weight` is its share of what happens, `post` a place within it."""

    id: UUID
    name: str
    kind: str
    weight: float
    post: Point


class ReachField(Protocol):
    """Road times to every zone of a city, from anywhere in it."""

    @property
    def zones(self) -> Sequence[CoveredZone]: ...

    def seconds(self, lons: Sequence[float], lats: Sequence[float], profile: str) -> Seconds:
        """Return expected seconds from each place to each zone, shape (places, zones)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """Units that could cover something now: those of one profile that can do the same.

    Column by column and in order of callsign: ten thousand are looked at for each question.
    """

    capabilities: tuple[str, ...]
    profile: str
    unit_ids: Sequence[UUID]
    callsigns: Sequence[str]
    lons: Sequence[float]
    lats: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """How long a zone waits for a capability before and after, seconds; None: nobody could come."""

    zone_id: UUID
    zone: str
    capability: str
    before_s: float | None
    after_s: float | None
    lost_s: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    zone_id: UUID
    zone: str
    capability: str
    gained_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where to move: the name of the zone and a place in it."""

    label: str
    location: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveUp:
    """A free unit that would cover more from elsewhere; `gain_s` is over all zones, weighted."""

    unit_id: UUID
    callsign: str
    capability: str
    to: Post
    eta_s: float
    gain_s: float
    gains: tuple[Gain, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageNow:
    """How long a zone waits for a capability now; None where nobody could come."""

    zone_id: UUID
    zone: str
    capability: str
    expected_s: float | None
    nearest: str | None
    weight: float


# Id, callsign, profile.
_Unit: TypeAlias = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class _Reach:
    """The units of one capability and their times to every zone, shape (units, zones)."""

    units: tuple[_Unit, ...]
    seconds: Seconds

    def wait(self) -> Seconds:
        """Seconds each zone waits, shape (zones,)."""
        if not self.units:
            return np.full(self.seconds.shape[1], NOBODY_S)
        return np.asarray(np.minimum(self.seconds.min(axis=0), NOBODY_S))

    def without(self, going: frozenset[UUID]) -> "_Reach":
        kept = [at for at, unit in enumerate(self.units) if unit[0] not in going]
        return _Reach(tuple(self.units[at] for at in kept), self.seconds[kept])

    def wait_without_each(self) -> Callable[[int], Seconds]:
        """Return what each zone waits when one unit is taken away: quick for many units."""
        if len(self.units) < 2:
            return lambda _: np.full(self.seconds.shape[1], NOBODY_S)
        nearest = self.seconds.argmin(axis=0)
        first, second = np.partition(self.seconds, 1, axis=0)[:2]
        return lambda unit: np.minimum(np.where(nearest == unit, second, first), NOBODY_S)


@dataclass(frozen=True, slots=True)
class _Hole:
    """What the units that go leave behind of one capability; waits in seconds, shape (zones,)."""

    field: ReachField
    capability: str
    rules: CoverageRules
    stay: _Reach
    before: Seconds
    after: Seconds

    @property
    def lost(self) -> Seconds:
        return self.after - self.before

    @property
    def weights(self) -> Seconds:
        return np.array([zone.weight for zone in self.field.zones])

    def losses(self) -> tuple[Lost, ...]:
        """Return the waits that get longer, worst first."""
        lost = self.lost
        worst = np.argsort(-lost, kind="stable").tolist()[:LISTED_MAX]
        return tuple(self._loss(at) for at in worst if lost[at] > max(self.rules.shown_s - 1, 0))

    def _loss(self, at: int) -> Lost:
        zone = self.field.zones[at]
        return Lost(
            zone_id=zone.id,
            zone=zone.name,
            capability=self.capability,
            before_s=_said(self.before[at]),
            after_s=_said(self.after[at]),
            lost_s=round(float(self.lost[at]), 1),
            weight=round(zone.weight, 4),
        )

    def best_move(self) -> MoveUp | None:
        """The move of one free unit to the zone that loses most, None where none is worth it.

        What counts is the wait over all zones by their weight: a unit that leaves a hole as large
        as the one it fills gains nothing. The zone itself must gain what the rule asks for.
        """
        lost, weights = self.lost, self.weights
        if not self.stay.units or not len(lost) or lost.max() < self.rules.move_up_after_s:
            return None
        target = int(np.argmax(lost * weights))
        best: tuple[float, int, Seconds] | None = None
        for mover, wait in self._moves(target):
            gained = self.after - wait
            gain_s = float((gained * weights).sum() / weights.sum())
            enough = gain_s >= GAIN_MIN_S and gained[target] >= self.rules.move_up_gain_s
            if enough and (best is None or gain_s > best[0]):
                best = (gain_s, mover, gained)
        return self._told(target, *best) if best else None

    def _moves(self, target: int) -> Iterator[tuple[int, Seconds]]:
        """Each unit that could be at the post in time, and what all zones would wait then."""
        post = self.field.zones[target].post
        away = self.stay.seconds[:, target]
        without = self.stay.wait_without_each()
        from_post = {
            profile: self.field.seconds([post.lon], [post.lat], profile)[0]
            for profile in sorted({profile for _, _, profile in self.stay.units})
        }
        for mover in np.argsort(away, kind="stable").tolist()[:MOVERS_MAX]:
            if away[mover] <= self.rules.move_up_within_s:
                profile = self.stay.units[mover][2]
                yield mover, np.minimum(without(mover), from_post[profile])

    def _told(self, target: int, gain_s: float, mover: int, gained: Seconds) -> MoveUp:
        (unit_id, callsign, _), zone = self.stay.units[mover], self.field.zones[target]
        best = np.argsort(-gained, kind="stable").tolist()[:LISTED_MAX]
        return MoveUp(
            unit_id=unit_id,
            callsign=callsign,
            capability=self.capability,
            to=Post(label=zone.name, location=zone.post),
            eta_s=round(float(self.stay.seconds[mover, target]), 1),
            gain_s=round(gain_s, 1),
            gains=tuple(self._gain(at, gained) for at in best if gained[at] >= self.rules.shown_s),
        )

    def _gain(self, at: int, gained: Seconds) -> Gain:
        zone = self.field.zones[at]
        return Gain(
            zone_id=zone.id,
            zone=zone.name,
            capability=self.capability,
            gained_s=round(float(gained[at]), 1),
        )


def left_behind(
    field: ReachField,
    free: Sequence[Free],
    *,
    going: frozenset[UUID],
    capabilities: Sequence[str],
    rules: CoverageRules,
) -> tuple[Mapping[str, tuple[Lost, ...]], tuple[MoveUp, ...]]:
    """Return the waits that get longer when `going` go, worst first, and which moves mend it."""
    losses: dict[str, tuple[Lost, ...]] = {}
    moves: list[MoveUp] = []
    for capability in capabilities:
        reach = _reach(field, free, capability)
        stay = reach.without(going)
        hole = _Hole(field, capability, rules, stay, reach.wait(), stay.wait())
        losses[capability] = hole.losses()
        move = hole.best_move()
        moves.extend([move] if move else [])
    moves.sort(key=lambda one: (-one.gain_s, one.callsign))
    return losses, tuple(_different(moves))[:MOVE_UPS_MAX]


def coverage_now(
    field: ReachField, free: Sequence[Free], *, capability: str
) -> tuple[CoverageNow, ...]:
    """Return how long each zone waits for the capability now, the longest first."""
    reach = _reach(field, free, capability)
    wait = reach.wait()
    found = [
        CoverageNow(
            zone_id=zone.id,
            zone=zone.name,
            capability=capability,
            expected_s=_said(wait[at]),
            nearest=_nearest(reach, at),
            weight=round(zone.weight, 4),
        )
        for at, zone in enumerate(field.zones)
    ]
    return tuple(sorted(found, key=_longest_first))


def _longest_first(one: CoverageNow) -> tuple[float, str]:
    return (-NOBODY_S if one.expected_s is None else -one.expected_s, one.zone)


def _reach(field: ReachField, free: Sequence[Free], capability: str) -> _Reach:
    able = [group for group in free if capability in group.capabilities]
    units = tuple(
        (unit_id, callsign, group.profile)
        for group in able
        for unit_id, callsign in zip(group.unit_ids, group.callsigns, strict=True)
    )
    nobody = np.zeros((0, len(field.zones)))
    times = [field.seconds(group.lons, group.lats, group.profile) for group in able]
    return _Reach(units, np.vstack([nobody, *times]))


def _nearest(reach: _Reach, zone: int) -> str | None:
    if not reach.units or reach.seconds[:, zone].min() >= NOBODY_S:
        return None
    return reach.units[int(reach.seconds[:, zone].argmin())][1]


def _different(moves: Sequence[MoveUp]) -> list[MoveUp]:
    """One move for each unit: it cannot go to two places."""
    first: dict[UUID, MoveUp] = {}
    for move in moves:
        first.setdefault(move.unit_id, move)
    return list(first.values())


def _said(seconds: float) -> float | None:
    return None if seconds >= NOBODY_S else round(float(seconds), 1)
