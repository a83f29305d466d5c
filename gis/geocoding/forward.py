"""The geocoder: an address text in, ranked locations with their uncertainty out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gis import address, repository
from gis.geocoding.candidates import Kind, Searcher, Spot
from gis.geodesy import distance_m
from ops_center.kernel.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.address import Reading
    from gis.geometry import Location, Point
    from gis.repository import ZoneSummary

RESULTS_MAX = 20
RESULTS_DEFAULT = 5
SCORE_MIN = 0.4
SAME_SPOT_M = 25.0
# How much nearness to where the operator looks may outweigh a better spelling.
BIAS_MAX = 0.05
BIAS_REACH_M = 5_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One answer: `score` 0..1, the location's radius holds at its confidence."""

    label: str
    kind: Kind
    location: Location
    score: float
    zones: tuple[ZoneSummary, ...]


async def geocode(
    connection: AsyncConnection,
    text: str,
    *,
    limit: int = RESULTS_DEFAULT,
    near: Point | None = None,
) -> list[Found]:
    """Places the text may mean, best first; empty when nothing resembles it.

    `near` prefers what lies close to it. Raises Invalid for an empty or endless text.
    """
    if not 1 <= limit <= RESULTS_MAX:
        raise Invalid(f"limit must be between 1 and {RESULTS_MAX}.", field="limit")
    city = await repository.city_of(connection)
    readings = address.parse(text, city=city.name if city else None)
    spots = await _spots(connection, readings, near)
    best = _best(spots, near)[:limit]
    zones = await repository.zones_of_points(connection, [s.location.point for s in best])
    return [
        Found(
            label=spot.label,
            kind=spot.kind,
            location=spot.location,
            score=round(min(spot.score, 1.0), 4),
            zones=tuple(inside),
        )
        for spot, inside in zip(best, zones, strict=True)
    ]


async def _spots(
    connection: AsyncConnection, readings: list[Reading], near: Point | None
) -> list[Spot]:
    searcher = Searcher(connection, near=near)
    await searcher.tune()
    spots: list[Spot] = []
    for reading in readings:
        spots.extend(await searcher.spots(reading))
    return spots


def _best(spots: list[Spot], near: Point | None) -> list[Spot]:
    """By score, without the same kind of answer twice at one spot."""
    ranked = sorted((_biased(spot, near) for spot in spots), key=lambda s: (-s.score, s.label))
    kept: list[Spot] = []
    for spot in ranked:
        if spot.score >= SCORE_MIN and not any(_same(spot, other) for other in kept):
            kept.append(spot)
    return kept


def _same(a: Spot, b: Spot) -> bool:
    close = distance_m(a.location.point, b.location.point) <= SAME_SPOT_M
    return close and (a.label == b.label or a.kind == b.kind == Kind.INTERSECTION)


def _biased(spot: Spot, near: Point | None) -> Spot:
    if near is None:
        return spot
    away = distance_m(near, spot.location.point)
    return replace(spot, score=spot.score * (1 - BIAS_MAX * min(away / BIAS_REACH_M, 1.0)))
