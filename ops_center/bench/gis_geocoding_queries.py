"""Queries made from an imported city, each with the points that would be right."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Final, TypeAlias

from sqlalchemy import text

from gis.address import fold
from gis.geometry import Point
from ops_center.bench.gis_geocoding_noise import CLEAN, HALF_TYPED, NOISES, Noise
from ops_center.kernel.database import Connection

CORNER: Final = "corner"
BETWEEN: Final = "between"
STREET: Final = "street"
STRETCH_MAX_M: Final = 250.0
SOURCES_MAX: Final = 4_000
LINKS: Final = {
    "casi": " casi ", "esquina": " esquina ", "esq": " esq. ", "y": " y ", "c/": " c/ ",
}  # fmt: skip
# A number is typed in full, or it is another number.
SENSELESS: Final = frozenset({("house", HALF_TYPED)})
RELATIONS: Final = ("frente a ", "detrás de ", "al lado de ", "cerca de ", "frente al ")


@dataclass(frozen=True, slots=True)
class Said:
    """A thing of the city by its names, and where it is; a street is a whole line."""

    names: tuple[str, ...]
    truths: tuple[Point, ...]
    number: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """`truths` are all points that the unspoilt words mean; empty for a street: its line."""

    kind: str
    noise: str
    query: str
    names: tuple[str, ...]
    truths: tuple[Point, ...]

    @property
    def label(self) -> str:
        """Return the street's name where the query asks for a street."""
        return " ".join(self.names)

    @property
    def type_ahead(self) -> bool:
        return self.noise == HALF_TYPED


Spoil: TypeAlias = Callable[[Said, Noise, random.Random], str]


async def queries_of(connection: Connection, rng: random.Random, *, each: int) -> list[Asked]:
    """Up to `each` queries for every kind of place and class of noise, where the city has any."""
    asked: list[Asked] = []
    for kind, (statement, spoil) in _KINDS.items():
        rows = (await connection.execute(text(statement), {"most": SOURCES_MAX})).all()
        things = _grouped(rows)
        rng.shuffle(things)
        for noise in NOISES:
            if (kind, noise) not in SENSELESS:
                asked += islice(_asked(kind, noise, things, spoil=spoil, rng=rng), each)
    return asked


def _asked(
    kind: str, noise: str, things: list[Said], *, spoil: Spoil, rng: random.Random
) -> Iterator[Asked]:
    """Only where the noise changes something: a name without accents cannot lose them."""
    for thing in things:
        state = rng.getstate()
        clean = spoil(thing, NOISES[CLEAN], rng)
        rng.setstate(state)
        query = spoil(thing, NOISES[noise], rng)
        if noise == CLEAN or query != clean:
            yield Asked(kind, noise, query, thing.names, thing.truths)


def _grouped(rows: Any) -> list[Said]:
    """Things said with the same words are one: any of their points is right."""
    found: dict[tuple[str, ...], tuple[tuple[str, ...], list[Point]]] = {}
    for row in rows:
        key = tuple(fold(name) for name in row.names)
        _, points = found.setdefault(key, (tuple(row.names), []))
        if row.lon is not None:
            points.append(Point(lon=row.lon, lat=row.lat))
    return [Said(names, tuple(points)) for names, points in found.values()]


def _corner(thing: Said, noise: Noise, rng: random.Random) -> str:
    """One of the two names is spoilt, or both."""
    link = rng.choice(list(LINKS.values()))
    first, second = thing.names
    both = rng.random() < 0.5
    is_beginning = noise is NOISES[HALF_TYPED]
    said = first if is_beginning or not both else noise(first, rng)
    return said + link + noise(second, rng)


def _between(thing: Said, noise: Noise, rng: random.Random) -> str:
    street, first, second = thing.names
    form = rng.choice(("{} entre {} y {}", "{} e/ {} y {}"))
    if noise is NOISES[HALF_TYPED]:
        return form.format(street, first, noise(second, rng))
    return form.format(noise(street, rng), first, noise(second, rng))


def _house(thing: Said, noise: Noise, rng: random.Random) -> str:
    street, number = thing.names
    return f"{noise(street, rng)} {number}"


def _name(thing: Said, noise: Noise, rng: random.Random) -> str:
    return noise(thing.names[0], rng)


def _landmark(thing: Said, noise: Noise, rng: random.Random) -> str:
    return rng.choice(RELATIONS) + noise(thing.names[0], rng)


_CORNERS: Final = """
select array[a.name, b.name] as names, st_x(x.geom) as lon, st_y(x.geom) as lat
from street_crossing x join street a on a.id = x.a_id join street b on b.id = x.b_id
where x.shared and a.name <> b.name order by md5(a.name || b.name), x.id limit :most
"""
_STRETCHES: Final = """
select array[s.name, b.name, c.name] as names, st_x(p) as lon, st_y(p) as lat
from street_crossing x
join lateral (select * from street_crossing y where y.a_id = x.a_id and y.b_id <> x.b_id
              and y.shared order by y.geom <-> x.geom limit 1) y on true
join street s on s.id = x.a_id join street b on b.id = x.b_id join street c on c.id = y.b_id,
lateral (select st_closestpoint(s.geom, st_lineinterpolatepoint(
           st_makeline(x.geom, y.geom), 0.5)) as p) m
where x.shared and x.b_id < y.b_id and s.name not in (b.name, c.name) and b.name <> c.name
  and st_distance(x.geom::geography, y.geom::geography) between 40 and 250
order by md5(s.name || b.name || c.name), x.id limit :most
"""
_STREETS: Final = """
select array[name] as names, null as lon, null as lat from street
where length(name) > 3 order by md5(name), id limit :most
"""
_HOUSES: Final = """
select array[s.name, h.number::text] as names, st_x(h.geom) as lon, st_y(h.geom) as lat
from address_point h join street s on s.id = h.street_id
where h.number is not null and h.housenumber ~ '^[0-9]+$'
order by md5(s.name || h.housenumber), h.id limit :most
"""
_PLACES: Final = """
select array[name] as names, st_x(geom) as lon, st_y(geom) as lat from place
where name is not null and length(name) between 4 and 60 and category = 'poi'
  and kind not in ('bus_stop', 'fire_hydrant')
order by md5(name), id limit :most
"""
_KINDS: Final[dict[str, tuple[str, Spoil]]] = {
    CORNER: (_CORNERS, _corner),
    BETWEEN: (_STRETCHES, _between),
    STREET: (_STREETS, _name),
    "house": (_HOUSES, _house),
    "poi": (_PLACES, _name),
    "landmark": (_PLACES, _landmark),
}


def keystrokes(asked: list[Asked], *, words: int) -> Iterator[str]:
    """Every state of the search line while some of the clean queries are typed."""
    clean = [one for one in asked if one.noise == CLEAN]
    for _, one in zip(range(words), cycle(clean), strict=False):
        for end in range(HALF_TYPED_FROM, len(one.query) + 1):
            yield one.query[:end]


HALF_TYPED_FROM: Final = 3
