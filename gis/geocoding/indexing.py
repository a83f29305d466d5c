"""Keeps the index of names in step with the city, the layers and the gazetteer.

Every function works in the caller's transaction: searches see the old names until its commit.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from gis.address import aliases, fold, kind_of, sound
from gis.address.words import PARTICLES
from gis.repository import gazetteer, named, search
from gis.repository.search import AREA, POI, STREET, SearchName

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Point
    from gis.repository.gazetteer import Entry
    from gis.repository.named import Named

CITY, ZONES, LOCAL_PREFIX, LAYER_PREFIX = "city", "zones", "local:", "layer:"
NAMES_PER_WRITE = 1_000
NAMES_PER_BREATH = 20
# "Clínicas" for "Hospital de Clínicas": what is left without the word of its kind.
WITHOUT_KIND = 0.9
# A shortened name of a place is worth less than that of a street: places have many words.
SHORT_PLACE_SHARE = 0.95
INITIALS_MIN = 3
INITIALS_WEIGHT = 0.85
LOCAL_IMPORTANCE = 0.9
# What people of the centre wrote down themselves is as good as the map's own name.
LOCAL_WEIGHT = 1.0
LONG_STREET_M = 5_000.0
AREA_KINDS = frozenset(["barrio", "area", "city", "suburb", "neighbourhood"])


async def index_city(connection: AsyncConnection) -> int:
    """Index all streets, places, zones and local names anew; return how many lines."""
    await search.clear_names(connection, CITY)
    written = await _write(connection, _streets(connection))
    written += await _write(connection, _places(connection))
    written += await index_zones(connection, settled=False)
    written += await index_local(connection, settled=False)
    await search.settle_names(connection)
    return written


async def index_zones(connection: AsyncConnection, *, settled: bool = True) -> int:
    """Index the names of all zones anew; return how many lines."""
    await search.clear_names(connection, ZONES)
    written = await _write(connection, _zones(connection))
    if settled:
        await search.settle_names(connection)
    return written


async def index_layer(connection: AsyncConnection, layer: str) -> int:
    """Index what the layer of that name holds now, features or zones; return how many lines."""
    source = LAYER_PREFIX + layer
    await search.clear_names(connection, source)
    written = await _write(connection, _features(connection, layer, source))
    return written + await index_zones(connection)


async def index_local(connection: AsyncConnection, *, settled: bool = True) -> int:
    """Tie every local name to the city as it is now and index it; return how many."""
    entries = await gazetteer.all_entries(connection)
    for entry in entries:
        linked_to = await index_entry(connection, entry)
        if linked_to != entry.linked_to:
            await gazetteer.set_link(connection, entry.id, linked_to)
    if settled:
        await search.settle_names(connection)
    return len(entries)


async def index_entry(connection: AsyncConnection, entry: Entry) -> str | None:
    """Index one local name; return what its target is called, None where nothing fits."""
    await unindex_entry(connection, entry.id)
    found = await _meant(connection, entry)
    if found is None:
        return None
    await search.add_names(connection, [found])
    return None if entry.target is None else found.label


async def unindex_entry(connection: AsyncConnection, entry_id: UUID) -> None:
    await search.clear_names(connection, f"{LOCAL_PREFIX}{entry_id}")


async def _write(connection: AsyncConnection, names: AsyncIterator[SearchName]) -> int:
    waiting: list[SearchName] = []
    written = 0
    async for name in names:
        waiting.append(name)
        if len(waiting) % NAMES_PER_BREATH == 0:
            await asyncio.sleep(0)  # a layer is published while the centre answers others
        if len(waiting) >= NAMES_PER_WRITE:
            written += await search.add_names(connection, waiting)
            waiting.clear()
    return written + await search.add_names(connection, waiting)


async def _streets(connection: AsyncConnection) -> AsyncIterator[SearchName]:
    async for street in named.streets_named(connection):
        yield SearchName(
            source=CITY,
            street_id=int(street.id),
            subject=f"street:{street.id}",
            label=street.label,
            category=STREET,
            kind=street.kind,
            importance=round(min(street.extent_m / LONG_STREET_M, 1.0), 3),
            point=street.point,
            aliases=_with_sounds(street.aliases),
        )


async def _places(connection: AsyncConnection) -> AsyncIterator[SearchName]:
    async for place in named.places_named(connection):
        known: dict[str, float] = {}
        for alias, weight in place.aliases.items():
            for said, share in place_aliases(alias).items():
                known[said] = max(known.get(said, 0.0), weight * share)
        if known:
            yield SearchName(
                source=CITY,
                subject=f"place:{place.id}",
                label=place.label,
                category=AREA if place.category == AREA else POI,
                kind=place.kind,
                importance=place.importance,
                point=place.point,
                aliases=_with_sounds(known),
            )


async def _zones(connection: AsyncConnection) -> AsyncIterator[SearchName]:
    for zone in await named.zones_named(connection):
        yield _zone(zone)


def _zone(zone: Named) -> SearchName:
    return SearchName(
        source=ZONES,
        subject=f"zone:{zone.id}",
        label=zone.label,
        category=AREA,
        kind=zone.kind,
        importance=zone.importance,
        uncertainty_m=round(zone.extent_m, 1),
        point=zone.point,
        aliases=_with_sounds(place_aliases(zone.label)),
    )


async def _features(
    connection: AsyncConnection, layer: str, source: str
) -> AsyncIterator[SearchName]:
    async for feature in named.features_named(connection, layer):
        known = _with_sounds(place_aliases(feature.label))
        if known:
            yield SearchName(
                source=source,
                subject=f"{source}:{feature.id}",
                label=feature.label,
                category=POI,
                kind=feature.kind,
                importance=feature.importance,
                point=feature.point,
                aliases=known,
            )


def place_aliases(name: str) -> dict[str, float]:
    """Folded ways of saying a place's name: whole, without its kind, shortened."""
    whole = fold(name)
    known = {
        alias: weight * (1.0 if alias == whole else SHORT_PLACE_SHARE)
        for alias, weight in aliases(name).items()
    }
    rest = kind_of(whole)[1]
    if len(rest) > 1 and rest != whole:
        known[rest] = max(known.get(rest, 0.0), WITHOUT_KIND)
    letters = initials(whole)
    if len(letters) >= INITIALS_MIN:
        known.setdefault(letters, INITIALS_WEIGHT)
    return known


def initials(folded: str) -> str:
    """ "bnf" for banco nacional de fomento."""
    words = [word for word in folded.split() if word not in PARTICLES]
    return "".join(word[0] for word in words if word[0].isalpha())


def _with_sounds(known: dict[str, float]) -> dict[str, tuple[float, str]]:
    return {alias: (weight, sound(alias)) for alias, weight in known.items() if alias}


async def _meant(connection: AsyncConnection, entry: Entry) -> SearchName | None:
    """An entry's own place, or more names for the street or place it points to."""
    said = {
        alias: LOCAL_WEIGHT * weight
        for name in (entry.name, *entry.aliases)
        for alias, weight in place_aliases(name).items()
    }
    own = SearchName(
        source=f"{LOCAL_PREFIX}{entry.id}",
        subject=f"{LOCAL_PREFIX}{entry.id}",
        label=entry.name,
        category=AREA if entry.kind in AREA_KINDS else POI,
        kind=entry.kind,
        importance=LOCAL_IMPORTANCE,
        point=entry.point,
        aliases=_with_sounds(said),
    )
    if entry.target is None:
        return own
    target = await target_of(connection, entry.target, kind=entry.kind, near=entry.point)
    return None if target is None else replace(target, source=own.source, aliases=own.aliases)


async def target_of(
    connection: AsyncConnection, target: str, *, kind: str, near: Point | None
) -> SearchName | None:
    """The street (kind "street") or place of that name, the one nearest to `near`."""
    name = fold(target)
    lines = await search.names_said(connection, {name: sound(name)}, near=near)
    wanted = [
        line
        for line in lines
        if not line.source.startswith(LOCAL_PREFIX)
        and (line.category == STREET) == (kind == STREET)
    ]
    if not wanted:
        return None
    best = max(wanted, key=lambda line: line.weight)
    return SearchName(
        source=best.source,
        street_id=best.street_id,
        subject=best.subject,
        label=best.label,
        category=best.category,
        kind=best.kind,
        importance=best.importance,
        point=best.point,
        uncertainty_m=best.uncertainty_m,
        aliases={},
    )
