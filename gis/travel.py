"""How fast which vehicle drives on which road, and what a travel estimate says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gis.geodesy import distance_m
from ops_center.kernel.measure import Metres, MetresPerSecond, Seconds

if TYPE_CHECKING:
    from gis.geometry import Point

KMH = 1 / 3.6


class Profile(StrEnum):
    """How one travels; `car` and `foot` by the rules, the others with lights and siren."""

    CAR = "car"
    PATROL = "patrol"
    MOTORCYCLE = "motorcycle"
    AMBULANCE = "ambulance"
    FIRE_ENGINE = "fire_engine"
    FOOT = "foot"


class Reason(StrEnum):
    """Why an estimate is not a plain road travel time."""

    NO_ROAD_NEAR = "no-road-near"
    NOT_CONNECTED = "not-connected"
    NO_ROAD_MAP = "no-road-map"
    # The nearest road hangs off the network, so the next one was taken.
    NEAREST_ROAD_CUT_OFF = "nearest-road-cut-off"
    # Only past a closed road, slowly: it begins or ends inside, or nothing else leads there.
    THROUGH_CLOSURE = "through-closure"
    # Enough others are nearer; this one is at least so far.
    BEYOND_HORIZON = "beyond-horizon"


# Starting values for city traffic, to be replaced by what the centre's own journeys show.
CLASS_SPEED_KMH = {
    "motorway": 95.0,
    "trunk": 70.0,
    "primary": 48.0,
    "secondary": 43.0,
    "tertiary": 38.0,
    "unclassified": 30.0,
    "residential": 28.0,
    "road": 25.0,
    "motorway_link": 50.0,
    "trunk_link": 45.0,
    "primary_link": 38.0,
    "secondary_link": 36.0,
    "tertiary_link": 33.0,
    "living_street": 14.0,
    "service": 14.0,
    "busway": 38.0,
    "bus_guideway": 38.0,
    "track": 14.0,
    "pedestrian": 10.0,
}
UNKNOWN_CLASS_SPEED_KMH = 20.0
# A signed limit is seldom the mean speed between two junctions.
SHARE_OF_LIMIT = 0.85
# On these the surface and people set the pace, whatever the sign says.
PACED_BY_PEOPLE = frozenset(["living_street", "service", "track", "pedestrian"])


@dataclass(frozen=True, slots=True)
class Driving:
    """What distinguishes a vehicle: speed against a car, turns against a car, top speed."""

    speed_factor: float
    turn_factor: float
    top_speed_mps: float


DRIVING = {
    Profile.CAR: Driving(1.0, 1.0, 110 * KMH),
    Profile.PATROL: Driving(1.2, 0.6, 130 * KMH),
    Profile.MOTORCYCLE: Driving(1.25, 0.5, 130 * KMH),
    Profile.AMBULANCE: Driving(1.15, 0.7, 120 * KMH),
    Profile.FIRE_ENGINE: Driving(0.9, 1.2, 90 * KMH),
    # On foot the tables of roads do not apply: see gis.routing.rules.
    Profile.FOOT: Driving(1.0, 0.0, 5 * KMH),
}

# Seconds lost at a junction, driving on the right: a left turn waits for oncoming traffic.
STRAIGHT_S, RIGHT_S, LEFT_S, BACK_S = 0.5, 2.0, 6.0, 25.0
TURN_FROM_DEG = 40.0
BACK_FROM_DEG = 160.0

# Between a road and a place beside it: slow driving over open ground, or a crew on foot.
OFF_ROAD_MPS = 2.5
ROAD_WITHIN_M = 2_000.0
# An island of roads is believed only when it is no mere stub and the main network is clearly
# farther away.
ISLAND_PREFERENCE_M = 150.0
ISLAND_EDGES_MIN = 20

STRAIGHT_LINE_DETOUR = 1.4
STRAIGHT_LINE_MPS = 30 * KMH


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelTime:
    """One journey: None for both when unreachable; `estimated` when no road was followed."""

    seconds: Seconds | None
    metres: Metres | None
    estimated: bool = False
    reason: Reason | None = None

    @property
    def reachable(self) -> bool:
        return self.seconds is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One manoeuvre of a journey, worded in the language asked for, and what is driven after it.

    `manoeuvre` is one of MANOEUVRES; `street` is what is driven along after it.
    """

    instruction: str
    manoeuvre: str
    street: str | None
    seconds: Seconds
    metres: Metres
    at: Point


MANOEUVRES = frozenset(
    [
        *("depart", "arrive", "continue", "roundabout", "turn_back", "ramp", "merge", "ferry"),
        *("slight_right", "right", "sharp_right", "slight_left", "left", "sharp_left"),
    ]
)


class Engine(StrEnum):
    """Who worked an answer out."""

    GRAPH = "graph"
    VALHALLA = "valhalla"
    STRAIGHT_LINE = "straight-line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A journey with its line: `line` runs from start to end, off-road legs included."""

    travel: TravelTime
    line: tuple[Point, ...]
    profile: Profile
    steps: tuple[Step, ...] = ()
    engine: Engine = Engine.GRAPH


def speed_mps(road_class: str, maxspeed_mps: float | None, profile: Profile) -> MetresPerSecond:
    """Mean speed between junctions for a vehicle on a class of road, metres per second."""
    class_speed = CLASS_SPEED_KMH.get(road_class, UNKNOWN_CLASS_SPEED_KMH) * KMH
    speed = class_speed
    if maxspeed_mps is not None and road_class not in PACED_BY_PEOPLE:
        speed = maxspeed_mps * SHARE_OF_LIMIT
    driving = DRIVING[profile]
    return MetresPerSecond(min(speed * driving.speed_factor, driving.top_speed_mps))


def straight_line(start: Point, end: Point, *, reason: Reason = Reason.NO_ROAD_MAP) -> TravelTime:
    """What can be said without roads: the distance, lengthened, at city speed."""
    metres = distance_m(start, end) * STRAIGHT_LINE_DETOUR
    return TravelTime(
        seconds=Seconds(metres / STRAIGHT_LINE_MPS),
        metres=Metres(metres),
        estimated=True,
        reason=reason,
    )


def unreachable(reason: Reason) -> TravelTime:
    return TravelTime(seconds=None, metres=None, reason=reason)
