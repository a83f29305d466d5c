"""From coordinates or words to a place with its address and zones."""

from collections.abc import Sequence
from typing import Final

from dispatch.domain.place import Placed, Zone
from dispatch.domain.text import ADDRESS_MAX, optional_text
from dispatch.domain.wire import to_json
from dispatch.ports import GeocodeCandidate, Work
from gis.geodesy import distance_m
from gis.geometry import Location
from ops_center.kernel.errors import Invalid, Unavailable

CANDIDATES_MAX: Final = 5
# Below this a match is a guess that a person must confirm.
SURE_SCORE: Final = 0.5
# Two matches this close in score but apart in space are one name for two places.
RIVAL_MARGIN: Final = 0.05
RIVAL_APART_M: Final = 500.0


async def place_at(work: Work, location: Location) -> Placed:
    """Return the place with address and zones; without them when the map does not answer."""
    try:
        address = await work.geocoder.describe(location.point)
    except Unavailable:
        address = None
    return Placed(location=location, address=address, zones=await _zones(work, location))


async def candidates_for(work: Work, words: str | None) -> tuple[GeocodeCandidate, ...]:
    """Return what the words may mean, best first; none when the geocoder cannot tell.

    A call is never refused because its address is not understood.
    """
    if not words:
        return ()
    try:
        return tuple(await work.geocoder.candidates(words, limit=CANDIDATES_MAX))
    except (Unavailable, Invalid):
        return ()


async def place_of(work: Work, candidates: Sequence[GeocodeCandidate]) -> Placed | None:
    """Return the place the words mean beyond doubt, None when a person has to choose."""
    best = sure_candidate(candidates)
    if best is None:
        return None
    zones = best.zones or await _zones(work, best.location)
    return Placed(location=best.location, address=best.label, zones=tuple(zones))


async def place_for_sure(
    work: Work, *, location: Location | None, address_text: str | None
) -> Placed:
    """Return the place someone states, or Invalid with the candidates to choose from."""
    if location is not None:
        return await place_at(work, location)
    words = optional_text(address_text, field="address_text", limit=ADDRESS_MAX)
    if words is None:
        raise Invalid("Send a location or an address_text.", field="location")
    found = await candidates_for(work, words)
    placed = await place_of(work, found)
    if placed is not None:
        return placed
    if found:
        raise Invalid(
            "These words fit several places. Choose one and send its location.",
            code="address-ambiguous",
            candidates=to_json(found),
        )
    raise Invalid(
        "No place is known by these words. Name the street and a corner, or point on the map.",
        code="address-not-found",
        field="address_text",
    )


def sure_candidate(candidates: Sequence[GeocodeCandidate]) -> GeocodeCandidate | None:
    """Return the best match unless it is weak, has a rival elsewhere, or is called uncertain."""
    if not candidates or candidates[0].score < SURE_SCORE or not candidates[0].certain:
        return None
    best = candidates[0]
    for rival in candidates[1:]:
        close_in_score = rival.score >= best.score - RIVAL_MARGIN
        apart_m = distance_m(best.location.point, rival.location.point)
        if close_in_score and apart_m > RIVAL_APART_M:
            return None
    return best


async def _zones(work: Work, location: Location) -> tuple[Zone, ...]:
    try:
        return tuple(await work.zones.covering(location))
    except Unavailable:
        return ()
