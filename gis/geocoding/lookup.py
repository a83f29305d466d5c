"""Names of one search looked up in the index: first as said, then with typos tolerated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.address import aliases, kind_of, sound
from gis.address.words import ABBREVIATIONS
from gis.geocoding.likeness import likeness
from gis.repository import search
from gis.repository.search import STREET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.geometry import Point
    from gis.repository.search import NameMatch

# A street that is only called Estrella may be asked for with its type, and the like.
OTHER_WAY_MIN = 0.9
UNDONE_MAX = 4
# A text of nothing but "y" has many readings: so many comparisons are made for one search.
COMPARISONS_MAX = 24
LIKENESS_MIN = 0.5
# A place said without the word of its kind, or with it where the map has none.
CORE_WEIGHT = 0.9


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that may be meant by a name, and how well its best alias fits (0..1)."""

    match: NameMatch
    score: float

    @property
    def label(self) -> str:
        return self.match.label

    @property
    def street_id(self) -> int:
        assert self.match.street_id is not None, "asked of streets only"
        return self.match.street_id


class Lookup:
    """What is known of each name so far; `near` prefers the nearest of many of one name."""

    def __init__(self, connection: AsyncConnection, *, near: Point | None) -> None:
        self.connection = connection
        self.near = near
        self._hits: dict[str, dict[str, Hit]] = {}
        self._compared: set[str] = set()
        self._left = COMPARISONS_MAX

    async def prepare(self, names: Mapping[str, bool]) -> None:
        """Look up names as they are said; the value is whether the name may be half typed."""
        asked = {way: sound(way) for name in names for way in ways_of_saying(name)}
        lines = await search.names_said(self.connection, asked, near=self.near)
        by_way: dict[str, list[NameMatch]] = {}
        for line in lines:
            by_way.setdefault(line.asked, []).append(line)
        for name, partial in names.items():
            for way, weight in ways_of_saying(name).items():
                self._add(name, way, by_way.get(way, ()), weight=weight)
            for way in typed_ways(name) if partial else ():
                begun = await search.names_beginning(self.connection, way)
                self._add(name, way, begun, partial=True)

    async def compare(self, name: str, *, partial: bool = False) -> None:
        """Look further: names written somewhat like it."""
        if name in self._compared or not self._may_compare():
            return
        self._compared.add(name)
        self._add(name, name, await search.names_alike(self.connection, name), partial=partial)

    async def compare_crossing(
        self, streets: Iterable[Hit], name: str, *, partial: bool = False
    ) -> None:
        """Look among the streets that cross the given ones: few, so a poor likeness will do."""
        street_ids = [hit.street_id for hit in streets]
        for way in typed_ways(name) if partial else [name]:
            if not self._may_compare():
                return
            lines = await search.crossing_names(
                self.connection, street_ids, way, sound=sound(way), partial=partial
            )
            self._add(name, way, lines, partial=partial)

    def _may_compare(self) -> bool:
        self._left -= 1
        return self._left >= 0

    def streets(self, name: str) -> dict[int, Hit]:
        """Streets by id, the likeliest first."""
        return {hit.street_id: hit for hit in self._sorted(name) if hit.match.category == STREET}

    def places(self, name: str) -> list[Hit]:
        """Places and areas, the likeliest first."""
        return [hit for hit in self._sorted(name) if hit.match.category != STREET]

    def _sorted(self, name: str) -> list[Hit]:
        return sorted(self._hits.get(name, {}).values(), key=lambda h: (-h.score, h.match.subject))

    def _add(
        self,
        name: str,
        asked: str,
        lines: Sequence[NameMatch],
        *,
        weight: float = 1.0,
        partial: bool = False,
    ) -> None:
        said = sound(asked)
        known = self._hits.setdefault(name, {})
        for line in lines:
            alike = likeness(asked, line.alias, sounds=(said, line.sound), partial=partial)
            hit = Hit(line, weight * line.weight * alike)
            best = known.get(line.subject)
            if alike >= LIKENESS_MIN and (best is None or hit.score > best.score):
                known[line.subject] = hit


def typed_ways(name: str) -> list[str]:
    """The half-typed name, and as it was before its last word was taken for an abbreviation.

    "Rua dos Est" is not yet "Rua dos Estación": Estudantes may follow.
    """
    start, _, last = name.rpartition(" ")
    shorts = [short for short, long in ABBREVIATIONS.items() if long == last]
    return [name, *(f"{start} {short}".strip() for short in shorts[:UNDONE_MAX])]


def ways_of_saying(name: str) -> dict[str, float]:
    """The name itself and what it is without the word for the kind of street or place."""
    ways = {way: weight for way, weight in aliases(name).items() if weight >= OTHER_WAY_MIN}
    kind, core = kind_of(name)
    if kind is not None and len(core) > 1:
        ways.setdefault(core, CORE_WEIGHT)
    return {name: 1.0} | {way: weight for way, weight in ways.items() if way != name}
