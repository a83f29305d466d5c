"""Puts the reported positions of a unit on the roads they most likely lay on."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from gis.routing.port import Matched, Trace
from gis.routing.rules import MODE_OF, Mode
from gis.routing.valhalla.answers import KM, line_of
from gis.routing.valhalla.costing import costing
from gis.travel import Profile
from ops_center.kernel.errors import Invalid
from ops_center.kernel.measure import Metres

POSITIONS_MIN = 2
# What a phone claims at best and at worst; the service looks no farther than 100 m.
ACCURACY_M = (5.0, 80.0)
ACCURACY_USUAL_M = 10.0
SEARCH_M = 50
SEARCH_ACCURACIES = 3
SEARCH_MAX_M = 100
# Half of all trust is gone where positions lie this far from the line they were put on.
DOUBT_M = 25.0


def match_query(track: Sequence[Trace], profile: Profile) -> dict[str, Any]:
    """The question for `trace_attributes`. Raises Invalid below two positions."""
    if len(track) < POSITIONS_MIN:
        raise Invalid("A track needs two positions at least.", field="track")
    began = track[0].at
    accuracy = _accuracy(track)
    # Where crews really drove is the question, not where they may.
    travelling = costing(profile, ignore_oneways=MODE_OF[profile] is Mode.CREW)
    travelling.pop("date_time")
    return {
        "shape": [
            {
                "lon": one.point.lon,
                "lat": one.point.lat,
                "time": (one.at - began).total_seconds(),
            }
            for one in track
        ],
        **travelling,
        "shape_match": "map_snap",
        "trace_options": {
            "gps_accuracy": accuracy,
            "search_radius": min(max(SEARCH_M, SEARCH_ACCURACIES * accuracy), SEARCH_MAX_M),
        },
    }


def matched_of(found: dict[str, Any]) -> Matched:
    """The matched track of an answer."""
    points = found["matched_points"]
    lost = sum(one["type"] == "unmatched" for one in points)
    away = [float(one["distance_from_trace_point"]) for one in points if one["type"] != "unmatched"]
    share = 1 - lost / len(points)
    trust = DOUBT_M / (DOUBT_M + fmean(away)) if away else 0.0
    return Matched(
        line=line_of(found["shape"]),
        metres=Metres(sum(float(one["length"]) for one in found["edges"]) * KM),
        streets=_streets(found["edges"]),
        confidence=round(share * trust, 3),
        unmatched=lost,
    )


def _accuracy(track: Sequence[Trace]) -> float:
    known = [one.accuracy_m for one in track if one.accuracy_m is not None]
    low, high = ACCURACY_M
    return min(max(fmean(known) if known else ACCURACY_USUAL_M, low), high)


def _streets(edges: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The names along the way, in order, each once for every time it is entered."""
    names = [str(one["names"][0]) for one in edges if one.get("names")]
    return tuple(name for i, name in enumerate(names) if i == 0 or name != names[i - 1])
