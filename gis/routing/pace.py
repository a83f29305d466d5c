"""How much slower or faster than the tables the centre's units really drive, by time of day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from gis.travel import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from gis.geodesy import FloatArray
    from gis.routing.edges import EdgeArrays

# Hours of a day that drive alike, by local time: night, morning rush, day, evening rush, evening.
BANDS = ((22, 6), (6, 9), (9, 16), (16, 20), (20, 22))
WEEKDAY, WEEKEND = "weekday", "weekend"
SATURDAY = 5
# Units that meet the same traffic in the same way learn together.
CREW_OF = {
    Profile.CAR: "civil",
    Profile.PATROL: "light",
    Profile.MOTORCYCLE: "motorcycle",
    Profile.AMBULANCE: "heavy",
    Profile.FIRE_ENGINE: "heavy",
}
WAY_PREFIX = "way:"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A part of the week: kind of day and index into BANDS."""

    day: str
    band: int


def slot_of(when: datetime, zone: tzinfo) -> Slot:
    """The part of the week an instant lies in, by the city's clock."""
    local = when.astimezone(zone)
    day = WEEKEND if local.weekday() >= SATURDAY else WEEKDAY
    return Slot(day, band_of(local.hour))


def band_of(hour: int) -> int:
    """The index into BANDS of an hour 0..23."""
    for index, (start, end) in enumerate(BANDS):
        inside = start <= hour < end if start < end else hour >= start or hour < end
        if inside:
            return index
    raise AssertionError(f"no band holds hour {hour}")


@dataclass(frozen=True, slots=True)
class Pace:
    """Factors on the speed of the tables: (crew, slot, road class or `way:<id>`) -> factor."""

    factors: Mapping[tuple[str, Slot], Mapping[str, float]] = field(default_factory=dict)

    def knows(self, profile: Profile, slot: Slot) -> bool:
        return (CREW_OF.get(profile, ""), slot) in self.factors

    def of_edges(self, edges: EdgeArrays, profile: Profile, slot: Slot) -> FloatArray:
        """The factor of each edge, shape (n,); 1 where nothing was learnt."""
        known = self.factors.get((CREW_OF.get(profile, ""), slot), {})
        found = np.ones(len(edges.ids))
        for road, factor in known.items():
            if not road.startswith(WAY_PREFIX):
                found[edges.classes == road] = factor
        ways = {int(road.removeprefix(WAY_PREFIX)): factor for road, factor in known.items()
                if road.startswith(WAY_PREFIX)}  # fmt: skip
        if ways:
            order = np.array(sorted(ways))
            factors = np.array([ways[way] for way in order.tolist()])
            at = np.minimum(np.searchsorted(order, edges.way_ids), len(order) - 1)
            hit = order[at] == edges.way_ids
            found[hit] = factors[at[hit]]
        return found


NOTHING_LEARNT = Pace()
