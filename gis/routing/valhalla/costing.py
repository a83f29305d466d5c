"""What we tell Valhalla about each kind of unit, and how its seconds become ours."""

from __future__ import annotations

from typing import Any

from gis.routing.rules import MODE_OF, WALKING_MPS, Mode
from gis.travel import DRIVING, KMH, Profile

# Preferences of a comfortable driver; both engines look for the quickest way instead.
QUICKEST = {
    "maneuver_penalty": 0,
    "gate_penalty": 0,
    "gate_cost": 0,
    "service_penalty": 0,
    "service_factor": 1,
    "alley_factor": 1,
    "use_living_streets": 1,
    "use_tracks": 1,
}
# Side streets count all the way. Of journeys only: the service dies of it when it matches tracks.
WHOLE_SEARCH = {"disable_hierarchy_pruning": True}
# Lights and siren: a banned turn is made with care, a private road is entered.
LIGHTS_AND_SIREN = {
    **QUICKEST,
    "private_access_penalty": 0,
    "destination_only_penalty": 0,
    "ignore_restrictions": True,
}
# Of a car's journey through a city, the part lost at junctions (measured: 0.06 to 0.08).
TURN_SHARE = 0.08
# The tiles carry who may drive where in three access bits, see build.py.
COSTING_OF = {
    Profile.CAR: "auto",
    Profile.PATROL: "taxi",
    Profile.MOTORCYCLE: "motorcycle",
    Profile.AMBULANCE: "taxi",
    Profile.FIRE_ENGINE: "taxi",
    Profile.FOOT: "pedestrian",
}


def costing(profile: Profile, **more: bool) -> dict[str, Any]:
    """The part of a request that says who travels, and what `more` is asked of the engine.

    `date_time` 0 is now; without it live records are silently ignored.
    """
    name = COSTING_OF[profile]
    return {
        "costing": name,
        "costing_options": {name: {**_options(profile), **more}},
        "date_time": {"type": 0},
    }


def seconds_factor(profile: Profile) -> float:
    """What a car's seconds in Valhalla are multiplied by, for this kind of unit."""
    if MODE_OF[profile] is Mode.FOOT:
        return 1.0
    driving = DRIVING[profile]
    return (1 - TURN_SHARE) / driving.speed_factor + TURN_SHARE * driving.turn_factor


def _options(profile: Profile) -> dict[str, Any]:
    match MODE_OF[profile]:
        case Mode.FOOT:
            return {"walking_speed": WALKING_MPS / KMH}
        case Mode.CREW:
            return LIGHTS_AND_SIREN
        case Mode.CIVIL:
            return QUICKEST
