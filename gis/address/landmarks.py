"""Readings of a text that says a landmark: "frente al Shopping", "a dos cuadras de la plaza"."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from gis.address.connectors import Link
from gis.address.corners import readings_of
from gis.address.reading import (
    Beside,
    Between,
    Corner,
    House,
    HouseRange,
    Name,
    Reading,
    Relation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.address.distances import Offset
    from gis.address.tokens import Token

LANDMARK_READINGS = 3


def landmark_readings(tokens: Sequence[Token]) -> Iterator[Reading]:
    """Readings of tokens with a relation to a landmark in them; nothing when there is none."""
    tokens = [token for token in tokens if token.text != "gui" or token is tokens[0]]
    start = next((i for i, token in enumerate(tokens) if _relates(token, i)), None)
    if start is None or len(tokens) < 2:
        return
    head, relation, offset, tail = _taken_apart(tokens, start)
    tail, more, offset = _next_landmark(tail, offset)
    if not tail:
        # "La plaza, a dos cuadras": the landmark came first.
        head, tail = (), head
    exact, street = _place_of(head)
    landmarks = list(islice(_landmarks(tail), LANDMARK_READINGS))
    yield from _crossing_first(street, landmarks, relation, offset)
    yield from exact
    for landmark in landmarks:
        yield _beside(landmark, relation, offset, street)
    yield from landmark_readings(more)
    if not exact and street is not None:
        yield Name(street.street) if isinstance(street, House) else street


def _relates(token: Token, position: int) -> bool:
    return token.link is Link.BESIDE or (token.link is Link.NEAR and position == 0)


def _taken_apart(
    tokens: Sequence[Token], start: int
) -> tuple[Sequence[Token], Relation, Offset | None, Sequence[Token]]:
    """What stands before, how it relates, how far, and the landmark's tokens.

    A distance and a relation may follow each other: "dos cuadras antes de", "frente, a 50 m de".
    """
    relation, offset = Relation.AWAY, None
    end = start
    while end < len(tokens) and _relates(tokens[end], 0 if end == start else end):
        offset = tokens[end].offset or offset
        if tokens[end].offset is None:
            relation = tokens[end].relation or Relation.NEAR
        end += 1
    return tokens[:start], relation, offset, tokens[end:]


def _next_landmark(
    tail: Sequence[Token], offset: Offset | None
) -> tuple[Sequence[Token], Sequence[Token], Offset | None]:
    """The first landmark, what says another one, and the offset if it came after the first."""
    end = next((i for i, token in enumerate(tail) if token.link is Link.BESIDE), len(tail))
    more = tail[end:]
    if offset is None and more and more[0].offset is not None:
        return tail[:end], more[1:], more[0].offset
    return tail[:end], more, offset


def _place_of(head: Sequence[Token]) -> tuple[list[Reading], Name | House | None]:
    """The exact readings of what stands before the relation, else the street it names."""
    readings = list(readings_of(head)) if head else []
    if not readings:
        return [], None
    exact: list[Reading] = [
        r for r in readings if isinstance(r, (Corner, Between, House, HouseRange))
    ]
    house = next((r for r in readings if isinstance(r, House)), None)
    name = next((r for r in readings if isinstance(r, Name)), None)
    at_crossing = bool(exact) and not isinstance(exact[0], (House, HouseRange))
    return exact, None if at_crossing else house or name


def _landmarks(tail: Sequence[Token]) -> Iterator[Name | Corner | House]:
    return (r for r in readings_of(tail) if isinstance(r, (Name, Corner, House)))


def _crossing_first(
    street: Name | House | None,
    landmarks: Sequence[Name | Corner | House],
    relation: Relation,
    offset: Offset | None,
) -> Iterator[Reading]:
    """ "Palma cerca de Chile" is a corner unless the landmark says what kind of place it is."""
    first = landmarks[0] if landmarks else None
    if relation is not Relation.NEAR or offset is not None or not isinstance(first, Name):
        return
    if isinstance(street, Name) and first.kind_hint is None and street.kind_hint is None:
        yield Corner(street.text, first.text, near=True)


def _beside(
    landmark: Name | Corner | House,
    relation: Relation,
    offset: Offset | None,
    street: Name | House | None,
) -> Beside:
    beside = Beside(
        relation,
        landmark,
        distance_m=offset.distance_m if offset else None,
        bearing_deg=offset.bearing_deg if offset else None,
    )
    match street:
        case House(name, number):
            return replace(beside, street=name, number=number)
        case Name(name):
            return replace(beside, street=name)
        case None:
            return beside
