"""What each kind of unit may drive through, and what that costs: the emergency rules, as data.

Lights and siren lift rules, never walls. What is refused to everybody stands in `never`; what a
crew may ignore has its price, so that it is done only where it saves real time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

import numpy as np

from gis.travel import KMH, Profile

if TYPE_CHECKING:
    from gis.routing.edges import BoolArray, EdgeArrays


class Mode(StrEnum):
    """Which network is travelled: by the rules, with lights and siren, or on foot."""

    CIVIL = "civil"
    CREW = "crew"
    FOOT = "foot"


MODE_OF = {
    Profile.CAR: Mode.CIVIL,
    Profile.PATROL: Mode.CREW,
    Profile.MOTORCYCLE: Mode.CREW,
    Profile.AMBULANCE: Mode.CREW,
    Profile.FIRE_ENGINE: Mode.CREW,
    Profile.FOOT: Mode.FOOT,
}


class Access(IntEnum):
    """What the access tag of a road says to motor vehicles."""

    OPEN = 0
    DESTINATION = 1
    PRIVATE = 2
    REFUSED = 3


ACCESS_OF = {
    "destination": Access.DESTINATION,
    "customers": Access.DESTINATION,
    "delivery": Access.DESTINATION,
    "residents": Access.DESTINATION,
    "private": Access.PRIVATE,
    "permit": Access.PRIVATE,
    "no": Access.REFUSED,
    "agricultural": Access.REFUSED,
    "forestry": Access.REFUSED,
    "military": Access.REFUSED,
}
# Surfaces on which a loaded engine or a stretcher sets the pace.
ROUGH_SURFACES = frozenset(
    [
        *("unpaved", "gravel", "fine_gravel", "dirt", "earth", "ground", "grass", "sand", "mud"),
        *("compacted", "pebblestone", "unhewn_cobblestone", "rock", "woodchips"),
    ]
)


class Obstacle(StrEnum):
    """A rule or a state of the road that a journey may meet."""

    AGAINST_ONE_WAY = "against-one-way"
    PRIVATE = "private"
    DESTINATION = "destination"
    # Bus roads, and roads that are closed to all but buses or emergencies.
    RESERVED = "reserved"
    PEDESTRIAN = "pedestrian-street"
    ROUGH = "rough-surface"
    TURN_BAN = "turn-ban"


@dataclass(frozen=True, slots=True)
class Toll:
    """The price of an obstacle: so many times the driving time, and seconds on top."""

    slower: float = 1.0
    seconds: float = 0.0


FREE = Toll()
# Absent = may not. Every crew: a gate must be opened (20 s); bus lanes are the fast way; a
# pedestrian street is full of people (they already have a walking pace in the speed table).
_EVERY_CREW = {
    Obstacle.PRIVATE: Toll(1.0, 20.0),
    Obstacle.DESTINATION: FREE,
    Obstacle.RESERVED: FREE,
    Obstacle.PEDESTRIAN: Toll(1.2, 5.0),
    # A banned turn is made at a stop, looking: whoever has green does not expect it.
    Obstacle.TURN_BAN: Toll(1.0, 8.0),
}
TOLLS: dict[Profile, dict[Obstacle, Toll]] = {
    # By the rules: to a private road or a destination only to begin or end there.
    Profile.CAR: {
        Obstacle.PRIVATE: Toll(1.5, 240.0),
        Obstacle.DESTINATION: Toll(1.2, 120.0),
        Obstacle.ROUGH: Toll(1.4),
    },
    # Against a one-way street at walking pace with somebody watching: each piece costs 15 s more.
    Profile.PATROL: {
        **_EVERY_CREW,
        Obstacle.AGAINST_ONE_WAY: Toll(2.0, 15.0),
        Obstacle.ROUGH: Toll(1.4),
    },
    # Narrow, quick to stop, seen late: cheaper against the traffic, worse on loose ground.
    Profile.MOTORCYCLE: {
        **_EVERY_CREW,
        Obstacle.AGAINST_ONE_WAY: Toll(1.6, 8.0),
        Obstacle.PRIVATE: Toll(1.0, 10.0),
        Obstacle.PEDESTRIAN: FREE,
        Obstacle.ROUGH: Toll(1.7),
    },
    # A patient lies in it.
    Profile.AMBULANCE: {
        **_EVERY_CREW,
        Obstacle.AGAINST_ONE_WAY: Toll(2.2, 20.0),
        Obstacle.ROUGH: Toll(1.8),
    },
    # Wide and 15 t: it blocks a one-way street that it meets somebody in.
    Profile.FIRE_ENGINE: {
        **_EVERY_CREW,
        Obstacle.AGAINST_ONE_WAY: Toll(3.0, 45.0),
        Obstacle.PRIVATE: Toll(1.2, 30.0),
        Obstacle.PEDESTRIAN: Toll(1.5, 10.0),
        Obstacle.ROUGH: Toll(2.0),
    },
    # Signs for vehicles say nothing to people on foot.
    Profile.FOOT: dict.fromkeys(Obstacle, FREE),
}

# Only streets where one can see to the other end and everybody is slow are driven against their
# direction, and only in short pieces. NEVER, by anybody: motorways and other fast roads against
# the traffic, their ramps, rings (roundabouts), steps and paths by vehicles, roads the map calls
# closed to every vehicle (those are not `drivable` at all), and places without a bridge.
AGAINST_CLASSES = frozenset(["residential", "living_street", "unclassified", "service", "tertiary"])
AGAINST_MAX_M = 150.0
AGAINST_TOP_SPEED_MPS = 25 * KMH
BUS_CLASSES = frozenset(["busway", "bus_guideway"])
FOOT_NEVER = frozenset(["motorway", "motorway_link", "trunk_link"])
WALKING_MPS = 5 * KMH
STEPS_MPS = 2 * KMH


@dataclass(frozen=True, slots=True)
class Passage:
    """For n edges: which may be used at all, and which also against their direction."""

    usable: BoolArray
    against: BoolArray
    banned_turns: bool


def may(mode: Mode) -> frozenset[Obstacle]:
    """The obstacles that at least one profile of a mode may pass."""
    return frozenset(
        one for profile, mine in MODE_OF.items() if mine is mode for one in TOLLS[profile]
    )


def passage_of(edges: EdgeArrays, mode: Mode) -> Passage:
    """Which edges a mode may use."""
    allowed = may(mode)
    one_way = edges.direction != 0
    if mode is Mode.FOOT:
        usable = edges.walkable & ~np.isin(edges.classes, list(FOOT_NEVER))
        return Passage(usable, one_way, banned_turns=True)
    usable = edges.drivable.copy()
    for obstacle, met in _met(edges).items():
        if obstacle not in allowed:
            usable &= ~met
    against = np.zeros(len(edges.ids), bool)
    if Obstacle.AGAINST_ONE_WAY in allowed:
        against = one_way & np.isin(edges.classes, list(AGAINST_CLASSES))
        against &= (edges.length_m <= AGAINST_MAX_M) & ~rings_of(edges)
    return Passage(usable, against, banned_turns=Obstacle.TURN_BAN in allowed)


def rings_of(edges: EdgeArrays) -> BoolArray:
    """Edges of one-way ways that come back to where they began: roundabouts, shape (n,)."""
    ring = np.zeros(len(edges.ids), bool)
    one_way = np.flatnonzero(edges.direction != 0)
    if len(one_way) == 0:
        return ring
    ways, group = np.unique(edges.way_ids[one_way], return_inverse=True)
    pieces = np.bincount(group, minlength=len(ways))
    ends = np.concatenate((edges.from_nodes[one_way], edges.to_nodes[one_way]))
    pairs = np.unique(np.column_stack((np.concatenate((group, group)), ends)), axis=0)
    # A closed way has as many pieces as nodes; an open one has a node more.
    nodes = np.bincount(pairs[:, 0], minlength=len(ways))
    ring[one_way] = (nodes == pieces)[group]
    return ring


def edge_tolls(edges: EdgeArrays, profile: Profile) -> list[tuple[BoolArray, Toll]]:
    """Which edges, shape (n,), cost which toll for a profile."""
    tolls = TOLLS[profile]
    found = [(met, tolls.get(one, FREE)) for one, met in _met(edges).items()]
    return [(met, toll) for met, toll in found if toll != FREE]


def _met(edges: EdgeArrays) -> dict[Obstacle, BoolArray]:
    refused = edges.access == Access.REFUSED
    return {
        Obstacle.PRIVATE: edges.access == Access.PRIVATE,
        Obstacle.DESTINATION: edges.access == Access.DESTINATION,
        Obstacle.RESERVED: np.isin(edges.classes, list(BUS_CLASSES)) | refused,
        Obstacle.PEDESTRIAN: edges.classes == "pedestrian",
        Obstacle.ROUGH: edges.rough,
    }
