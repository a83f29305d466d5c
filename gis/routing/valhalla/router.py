"""Travel times, journeys with steps, areas and matched tracks from Valhalla's service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.geodesy import distance_m
from gis.routing.port import Barrier, Matched, Trace
from gis.routing.reach import Reach
from gis.routing.rules import MODE_OF, Mode
from gis.routing.valhalla.answers import (
    KM,
    area_of,
    cells_of,
    line_of,
    places_of,
    read,
    steps_of,
)
from gis.routing.valhalla.client import NO_ROAD_NEAR, NO_WAY, Client, Refused
from gis.routing.valhalla.closing import RoadCloser
from gis.routing.valhalla.costing import WHOLE_SEARCH, costing, seconds_factor
from gis.routing.valhalla.matching import match_query, matched_of
from gis.travel import (
    OFF_ROAD_MPS,
    ROAD_WITHIN_M,
    Engine,
    Profile,
    Reason,
    Route,
    TravelTime,
    unreachable,
)
from ops_center.kernel.errors import Invalid, Unavailable
from ops_center.kernel.measure import Metres, Seconds

if TYPE_CHECKING:
    from gis.geometry import Point

PLACES_MAX = 5_000
EXACT_MAX = 5
# For one journey the roads around are tried; among hundreds of origins that would take seconds.
REACHABLE_FOR_ROUTE, REACHABLE_FOR_MATRIX = 50, 1
MINUTE_S = 60.0
# Spanish stands in for Guarani, which Valhalla does not speak.
LANGUAGE_OF = {"es": "es-ES", "gn": "es-ES", "en": "en-US"}
DEFAULT_LANGUAGE = "es-ES"
# An area keeps corners down to some 20 m; islands smaller than a twentieth of it are dropped.
GENERALISE_M, DENOISE = 20, 0.05


class ValhallaRouter:
    """The second engine. Raises Unavailable whenever it cannot answer; estimates nothing."""

    def __init__(self, routing_dir: Path) -> None:
        self._client = Client(routing_dir)
        self._closer = RoadCloser(routing_dir)
        self._barriers: Sequence[Barrier] = ()

    def only_for(self, city: Callable[[], str | None]) -> None:
        """From now on answer from the roads of that import only; None stands for any."""
        self._client.city = city

    async def aclose(self) -> None:
        """Give back connections and the right to write closures."""
        await self._client.aclose()
        self._closer.release()

    @property
    def import_id(self) -> str | None:
        """The import whose roads it answers from now; None while the service does not run."""
        return self._client.import_id

    async def travel_times(
        self,
        *,
        origins: Sequence[Point],
        to: Point,
        profile: Profile,
        when: datetime | None = None,
    ) -> list[TravelTime]:
        """N×1: from each origin to one place, in the order given.

        A whole search for each of a few origins, the service's matrix for more: its times differ
        from those of a journey by some seconds.
        """
        if len(origins) <= EXACT_MAX:
            return await self._exactly([(one, to) for one in origins], profile)
        return await self._matrix(origins, [to], profile)

    async def travel_times_from(
        self,
        *,
        start: Point,
        destinations: Sequence[Point],
        profile: Profile,
        when: datetime | None = None,
    ) -> list[TravelTime]:
        """1×N: from one place to each destination, in the order given."""
        if len(destinations) <= EXACT_MAX:
            return await self._exactly([(start, one) for one in destinations], profile)
        return await self._matrix([start], destinations, profile)

    async def route(
        self,
        *,
        start: Point,
        end: Point,
        profile: Profile,
        when: datetime | None = None,
        language: str = "es",
    ) -> Route:
        """The quickest journey with its line and its steps."""
        spoken = {"language": LANGUAGE_OF.get(language, DEFAULT_LANGUAGE), "units": "kilometers"}
        trip = await self._trip(start, end, profile, spoken)
        if isinstance(trip, TravelTime):
            return Route(travel=trip, line=(), profile=profile, engine=Engine.VALHALLA)
        return _journey(trip, start, end, profile)

    async def reach(
        self, *, start: Point, seconds: float, profile: Profile, when: datetime | None = None
    ) -> Reach:
        """The area reached within `seconds`, setting out from `start`."""
        await self._settle()
        minutes = seconds / seconds_factor(profile) / MINUTE_S
        query = {
            "locations": [_place(start, REACHABLE_FOR_ROUTE)],
            **self._travelling(profile),
            "contours": [{"time": minutes}],
            "polygons": True,
            "generalize": GENERALISE_M,
            "denoise": DENOISE,
        }
        try:
            found = await self._client.ask("isochrone", query)
        except Refused as no:
            raise Unavailable(f"There is no area around this place: {no}.") from no
        return Reach(area=read(area_of, found), seconds=seconds, profile=profile, estimated=False)

    async def match(self, *, track: Sequence[Trace], profile: Profile) -> Matched:
        """The roads a track followed; all is unmatched where it followed none."""
        try:
            found = await self._client.ask("trace_attributes", match_query(track, profile))
        except Refused as no:
            if no.code not in NO_ROAD_NEAR | NO_WAY:
                raise Invalid(f"The track cannot be matched: {no}.") from no
            return Matched(
                line=(), metres=Metres(0), streets=(), confidence=0.0, unmatched=len(track)
            )
        return read(matched_of, found)

    async def close_roads(self, barriers: Sequence[Barrier]) -> None:
        """From now on exactly these closures are in force; called again whenever they change."""
        self._barriers = barriers
        await asyncio.to_thread(self._closer.close, barriers, self._client.import_id)

    async def _settle(self) -> None:
        """New tiles come with nothing closed: write the closures before the first answer."""
        served = self._client.import_id
        if self._barriers and served is not None and served != self._closer.import_id:
            await self.close_roads(self._barriers)

    async def _exactly(
        self, pairs: Sequence[tuple[Point, Point]], profile: Profile
    ) -> list[TravelTime]:
        """Each journey by itself, all at once, in the order given."""
        trips = await asyncio.gather(
            *(self._trip(*pair, profile, {"directions_type": "none"}) for pair in pairs)
        )
        return [
            trip if isinstance(trip, TravelTime) else _journey(trip, *pair, profile).travel
            for pair, trip in zip(pairs, trips, strict=True)
        ]

    def _travelling(self, profile: Profile, **more: bool) -> dict[str, Any]:
        """Who travels, and what only the car has to keep out of."""
        query = costing(profile, **more)
        if MODE_OF[profile] is Mode.CIVIL and self._closer.civil_only:
            query["exclude_locations"] = [
                {"lon": one.lon, "lat": one.lat} for one in self._closer.civil_only
            ]
        return query

    async def _trip(
        self, start: Point, end: Point, profile: Profile, wanted: dict[str, Any]
    ) -> dict[str, Any] | TravelTime:
        """The trip as answered, or why there is none."""
        await self._settle()
        ends = [_place(start, REACHABLE_FOR_ROUTE), _place(end, REACHABLE_FOR_ROUTE)]
        query = {"locations": ends, **self._travelling(profile, **WHOLE_SEARCH), **wanted}
        try:
            return read(_trip_of, await self._client.ask("route", query))
        except Refused as no:
            return _refusal(no)

    async def _matrix(
        self, sources: Sequence[Point], targets: Sequence[Point], profile: Profile
    ) -> list[TravelTime]:
        count = len(sources) * len(targets)
        if count == 0:
            return []
        if count > PLACES_MAX:
            raise Invalid(f"At most {PLACES_MAX} places in one question.", field="origins")
        await self._settle()
        query = {
            "sources": [_place(one, REACHABLE_FOR_MATRIX) for one in sources],
            "targets": [_place(one, REACHABLE_FOR_MATRIX) for one in targets],
            **self._travelling(profile),
        }
        try:
            found = await self._client.ask("sources_to_targets", query)
        except Refused as no:
            if no.code in NO_ROAD_NEAR:
                return await self._without_lost(sources, targets, profile)
            return [_refusal(no)] * count
        return read(lambda answer: _times(answer, sources, targets, profile), found)

    async def _without_lost(
        self, sources: Sequence[Point], targets: Sequence[Point], profile: Profile
    ) -> list[TravelTime]:
        """The matrix of those places that have a road: one without spoils the whole question."""
        on_road = await self._on_road([*sources, *targets], profile)
        of_sources, of_targets = on_road[: len(sources)], on_road[len(sources) :]
        times = await self._matrix(
            [one for one, has in zip(sources, of_sources, strict=True) if has],
            [one for one, has in zip(targets, of_targets, strict=True) if has],
            profile,
        )
        answers = iter(times)
        return [
            next(answers) if from_road and to_road else unreachable(Reason.NO_ROAD_NEAR)
            for from_road in of_sources
            for to_road in of_targets
        ]

    async def _on_road(self, places: Sequence[Point], profile: Profile) -> list[bool]:
        query = {
            "locations": [_place(one, REACHABLE_FOR_MATRIX) for one in places],
            **self._travelling(profile),
            "verbose": False,
        }
        try:
            found = await self._client.ask("locate", query)
        except Refused as no:
            if no.code in NO_ROAD_NEAR:
                return [False] * len(places)
            raise Unavailable(f"Turn-by-turn routing refuses: {no}.", code="routing-engine") from no
        on_road = read(lambda answer: [bool(one["edges"]) for one in answer], found)
        if all(on_road):
            raise Unavailable("Turn-by-turn routing contradicts itself.", code="routing-engine")
        return on_road


def _place(point: Point, reachable: int) -> dict[str, Any]:
    return {
        "lon": point.lon,
        "lat": point.lat,
        "minimum_reachability": reachable,
        "search_cutoff": ROAD_WITHIN_M,
    }


def _refusal(no: Refused) -> TravelTime:
    """There is no way, told apart from what the service cannot do. Raises Unavailable."""
    if no.code in NO_ROAD_NEAR:
        return unreachable(Reason.NO_ROAD_NEAR)
    if no.code in NO_WAY:
        return unreachable(Reason.NOT_CONNECTED)
    raise Unavailable(f"Turn-by-turn routing refuses: {no}.", code="routing-engine") from no


def _trip_of(found: dict[str, Any]) -> dict[str, Any]:
    trip = found["trip"]
    _ = trip["legs"][0]["shape"], trip["summary"]["time"], trip["summary"]["length"]
    return dict(trip)


def _journey(trip: dict[str, Any], start: Point, end: Point, profile: Profile) -> Route:
    return read(lambda found: _parsed(found, start, end, profile), trip)


def _parsed(trip: dict[str, Any], start: Point, end: Point, profile: Profile) -> Route:
    factor = seconds_factor(profile)
    leg = trip["legs"][0]
    line = line_of(leg["shape"])
    off_road = distance_m(start, line[0]) + distance_m(line[-1], end)
    travel = _travel(trip["summary"]["time"], trip["summary"]["length"] * KM, off_road, factor)
    steps = steps_of(leg, line, factor) if leg.get("maneuvers") else ()
    whole = (start, *line, end)
    kept = tuple(p for i, p in enumerate(whole) if i == 0 or p != whole[i - 1])
    return Route(
        travel=travel,
        line=kept if len(kept) > 1 else (start, end),
        profile=profile,
        steps=steps,
        engine=Engine.VALHALLA,
    )


def _travel(seconds: float, metres: float, off_road_m: float, factor: float) -> TravelTime:
    return TravelTime(
        seconds=Seconds(seconds * factor + off_road_m / OFF_ROAD_MPS),
        metres=Metres(metres + off_road_m),
    )


def _times(
    found: dict[str, Any], sources: Sequence[Point], targets: Sequence[Point], profile: Profile
) -> list[TravelTime]:
    factor = seconds_factor(profile)
    from_road = _off_road(found["sources"], sources)
    to_road = _off_road(found["targets"], targets)
    legs = [a + b for a in from_road for b in to_road]
    return [
        unreachable(Reason.NOT_CONNECTED) if cell is None else _travel(*cell, leg, factor)
        for cell, leg in zip(cells_of(found), legs, strict=True)
    ]


def _off_road(found: list[dict[str, Any]], asked: Sequence[Point]) -> list[float]:
    """Metres between each place and the road it was put on."""
    return [distance_m(a, b) for a, b in zip(asked, places_of(found), strict=True)]
