"""Joins ways of one name into streets."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import MultiLineString

from gis.address import aliases, fold
from gis.geodesy import local_metres
from gis.geometry import Point
from gis.importing.names import NAME, REF, Name, street_names
from gis.importing.roads import street_name

if TYPE_CHECKING:
    from shapely.geometry import LineString

    from gis.geodesy import FloatArray
    from gis.importing.cleaning import Tags

SAME_STREET_WITHIN_M = 300.0
# Other names are as good as the main one; only shortening costs, and age a little.
WEIGHT_OF_OTHER, WEIGHT_OF_OLD = 0.99, 0.97
OLD_KINDS = frozenset(["old_name"])
NATIONAL_ROUTE = re.compile(r"^py\s?0*(\d{1,2})$")


@dataclass(frozen=True, slots=True)
class NamedWay:
    """A way with a name or number, as it waits to be joined with others; `tags` holds names."""

    number: int
    tags: Tags
    road_class: str
    line: LineString


@dataclass(frozen=True, slots=True)
class Alias:
    """A folded way of saying a street's name and where it comes from."""

    weight: float
    said: str
    kind: str


@dataclass(frozen=True, slots=True)
class Street:
    """`ways` are the numbers of its ways; `geometry` in degrees, `length_m` on the ground."""

    name: str
    cluster: int
    length_m: float
    road_class: str
    ref: str | None
    aliases: dict[str, Alias]
    geometry: MultiLineString
    ways: tuple[int, ...]


def streets_of(ways: list[NamedWay]) -> list[Street]:
    """The streets of ways that all share one folded name: those within 300 m are one."""
    origin = _middle(ways)
    local = shapely.transform(
        np.array([way.line for way in ways]),
        lambda xy: local_metres(origin, lons=xy[:, 0], lats=xy[:, 1]),
    )
    lengths = shapely.length(local)
    return [
        _street(cluster, [ways[i] for i in members], lengths[members])
        for cluster, members in enumerate(_clusters(local))
    ]


def _clusters(lines: NDArray[np.object_]) -> list[list[int]]:
    if len(lines) == 1:
        return [[0]]
    tree = shapely.STRtree(lines)
    left, right = tree.query(lines, predicate="dwithin", distance=SAME_STREET_WITHIN_M)
    links = coo_array((np.ones(len(left)), (left, right)), shape=(len(lines), len(lines)))
    count, labels = connected_components(links, directed=False)
    order = np.argsort(labels, kind="stable")
    edges = np.searchsorted(labels[order], np.arange(count + 1))
    return [order[edges[i] : edges[i + 1]].tolist() for i in range(count)]


def _street(cluster: int, ways: list[NamedWay], lengths: FloatArray) -> Street:
    names = _names([way.tags for way in ways])
    by_class: dict[str, float] = defaultdict(float)
    for way, length in zip(ways, lengths.tolist(), strict=True):
        by_class[way.road_class] += length
    refs = Counter(way.tags["ref"] for way in ways if "ref" in way.tags)
    return Street(
        name=names[0].said,
        cluster=cluster,
        length_m=float(lengths.sum()),
        road_class=max(sorted(by_class), key=lambda one: by_class[one]),
        ref=max(sorted(refs), key=lambda one: refs[one]) if refs else None,
        aliases=_aliases(names),
        geometry=MultiLineString([way.line for way in ways]),
        ways=tuple(way.number for way in ways),
    )


def _aliases(names: list[Name]) -> dict[str, Alias]:
    """Every way of saying each name, with the best weight any name gives it."""
    known: dict[str, Alias] = {}
    for name in names:
        share = 1.0 if name.kind == NAME else WEIGHT_OF_OTHER
        share = WEIGHT_OF_OLD if name.kind in OLD_KINDS else share
        for alias, weight in aliases(name.said).items():
            if alias not in known or weight * share > known[alias].weight:
                known[alias] = Alias(weight * share, name.said, name.kind)
    return known


def _names(all_tags: list[Tags]) -> list[Name]:
    """The commonest spelling first, then every other name the ways carry."""
    main = Counter(name for tags in all_tags if (name := street_name(tags)))
    first = max(sorted(main), key=lambda name: main[name])
    others = street_names({item for tags in all_tags for item in tags.items()})
    spelt = [Name(name, NAME) for name in sorted(main)]
    routes = [
        Name(f"Ruta {match[1]}", REF)
        for name in (Name(first, NAME), *others)
        if (match := NATIONAL_ROUTE.match(fold(name.said)))
    ]
    unique = {name.said: name for name in reversed((*spelt, *others, *routes))}
    unique.pop(first, None)
    return [Name(first, NAME), *unique.values()]


def _middle(ways: list[NamedWay]) -> Point:
    west, south, east, north = shapely.total_bounds([way.line for way in ways])
    return Point(lon=float(west + east) / 2, lat=float(south + north) / 2)
