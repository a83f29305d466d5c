"""What an address text may mean: corner, stretch, house, kilometre, landmark, coordinate."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gis.address.kinds import PlaceKind, kind_of
from gis.geometry import Point


class Notation(StrEnum):
    """How a coordinate was written."""

    DECIMAL = "decimal"
    DEGREES_MINUTES = "degrees_minutes"
    UTM = "utm"
    MGRS = "mgrs"
    LINK = "link"


class Relation(StrEnum):
    """Where somebody stands beside a landmark."""

    AT = "at"
    IN_FRONT = "in_front"
    BEHIND = "behind"
    BESIDE = "beside"
    NEAR = "near"
    PAST = "past"
    BEFORE = "before"
    AWAY = "away"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A point; `precision_m` is half the step of its last written digit, metres."""

    point: Point
    notation: Notation = field(default=Notation.DECIMAL, compare=False, kw_only=True)
    precision_m: float = field(default=0.0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class PlusCode:
    """A plus code: a full one carries its point and the radius of its cell, metres.

    A short one needs a place nearby: `locality` (folded) when one was said, else the city;
    `gis.address.plus_code_point` finds the point then.
    """

    code: str
    locality: str | None = None
    point: Point | None = None
    radius_m: float = field(default=0.0, compare=False, kw_only=True)


# All names in the readings below are folded. `locality` is the barrio or city said along with
# the place, without the word "barrio" or "ciudad". `partial` says that the last name of the
# text may be half typed: match it as a beginning.


@dataclass(frozen=True, slots=True)
class Between:
    """On `street`, in the stretch between its crossings with two others."""

    street: str
    first: str
    second: str
    number: int | None = None
    locality: str | None = field(default=None, kw_only=True)
    partial: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Corner:
    """The crossing of two streets; `near` is "casi": on `street`, close to `other`."""

    street: str
    other: str
    near: bool = False
    number: int | None = None
    locality: str | None = field(default=None, kw_only=True)
    partial: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class House:
    street: str
    number: int
    locality: str | None = field(default=None, kw_only=True)
    partial: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class HouseRange:
    """The houses of a street from one number to another: `first` < `last`."""

    street: str
    first: int
    last: int
    locality: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class KmPost:
    """A kilometre of a road.

    `route` is the folded name ("ruta 1", "acceso norte"); `ref` the road's number as
    `road_ref` writes it ("PY1", "BR116"), where one was said.
    """

    route: str
    km: float
    ref: str | None = None
    locality: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Name:
    """A street, place or area by its name alone."""

    text: str
    locality: str | None = field(default=None, kw_only=True)
    partial: bool = field(default=False, kw_only=True)

    @property
    def kind_hint(self) -> PlaceKind | None:
        """The kind of place the name begins with: "parada", "barrio", "hospital"."""
        return kind_of(self.text)[0]

    @property
    def core(self) -> str:
        """The name without the words of its kind; empty when only a kind was said."""
        return kind_of(self.text)[1]


@dataclass(frozen=True, slots=True)
class Beside:
    """Somewhere described by a landmark, which may itself be a corner or a house.

    `distance_m` is how far was said ("a dos cuadras de"), None where nothing was;
    `bearing_deg` from the landmark (true) when a direction was said ("al norte de");
    `street` and `number` when the place is on a street ("Palma 123 frente a la plaza");
    `other` is the second landmark of Relation.BETWEEN.
    """

    relation: Relation
    landmark: Name | Corner | House
    distance_m: float | None = field(default=None, kw_only=True)
    bearing_deg: float | None = field(default=None, kw_only=True)
    street: str | None = field(default=None, kw_only=True)
    number: int | None = field(default=None, kw_only=True)
    other: Name | None = field(default=None, kw_only=True)
    locality: str | None = field(default=None, kw_only=True)
    partial: bool = field(default=False, kw_only=True)


Reading = Coordinate | PlusCode | KmPost | Between | Corner | House | HouseRange | Beside | Name
