"""Whether the first answer is what was meant, or a person has to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.address import fold
from gis.geocoding.spots import Kind
from gis.geodesy import distance_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.geocoding.spots import Spot

# Below this the name itself is a guess: one letter of seven wrong still passes.
SURE_SCORE = 0.85
# An answer this much worse than the first is no rival to it.
RIVAL_MARGIN = 0.06
# Two answers within this lead a unit to the same block.
RIVAL_APART_M = 150.0


def is_certain(ranked: Sequence[Spot]) -> bool:
    """True when the first of the ranked answers is good and has no rival elsewhere."""
    if not ranked or ranked[0].score < SURE_SCORE:
        return False
    best = ranked[0]
    return not any(
        rival.score >= best.score - RIVAL_MARGIN and _apart(best, rival) for rival in ranked[1:]
    )


def _apart(best: Spot, rival: Spot) -> bool:
    """Further apart than a block; under one name only outside of what the first covers."""
    away = distance_m(best.location.point, rival.location.point)
    if fold(best.label) == fold(rival.label):
        return away > max(best.location.uncertainty_m, RIVAL_APART_M)
    both_streets = best.kind is Kind.STREET and rival.kind is Kind.STREET
    return both_streets or away > RIVAL_APART_M
