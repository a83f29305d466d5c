"""A Premise: what a crew should know of a place before it arrives, with how far and how long."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from typing_extensions import override

from dispatch.domain.events import DispatchFact
from dispatch.domain.wire import UNSET, Unset, object_json
from gis.geodesy import at_confidence, distance_m
from gis.geometry import Location
from ops_center.kernel.errors import Invalid, NotFound, StaleVersion
from ops_center.kernel.events import Fact

RADIUS_MAX_M: Final = 2_000.0
# However unsure an incident's place is, farther than this a note does not speak of it.
UNSURE_MAX_M: Final = 500.0
SURE: Final = 0.95
# Premise notes are facts about the city: whoever may read incidents may hear of them.
EVERYBODY: Final = ("everyone",)


class PremiseKind(StrEnum):
    HAZARD = "hazard"
    PREMISE = "premise"
    ACCESS = "access"
    VIOLENCE = "violence"
    WEAPONS = "weapons"
    MEDICAL = "medical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Premise:
    """Shape on the wire: docs/protocol.md. It speaks of whatever lies within `radius_m`."""

    id: UUID
    version: int
    kind: PremiseKind
    title: str
    text: str
    location: Location
    radius_m: float
    valid_until: datetime | None
    protected: bool
    by: str
    at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A premise note that speaks of a place, and how far from it it stands, in metres."""

    premise: Premise
    distance_m: float


@dataclass(frozen=True, kw_only=True)
class PremiseFact(DispatchFact):
    subject_type: ClassVar[str] = "premise"


@dataclass(frozen=True, kw_only=True)
class PremiseAdded(PremiseFact):
    kind: ClassVar[str] = "premise.added"
    premise: Premise

    @override
    def data(self) -> dict[str, Any]:
        shape = object_json(self.premise)
        return {name: value for name, value in shape.items() if name not in ("id", "version")}


@dataclass(frozen=True, kw_only=True)
class PremiseChanged(PremiseFact):
    """`protected` is always there: who may read the rest hangs on it."""

    kind: ClassVar[str] = "premise.changed"
    protected: bool
    premise_kind: PremiseKind | Unset = UNSET
    title: str | Unset = UNSET
    text: str | Unset = UNSET
    location: Location | Unset = UNSET
    radius_m: float | Unset = UNSET
    valid_until: datetime | Unset | None = UNSET

    @override
    def data(self) -> dict[str, Any]:
        written = super().data()
        if "premise_kind" in written:
            written["kind"] = written.pop("premise_kind")
        return written


@dataclass(frozen=True, kw_only=True)
class PremiseRemoved(PremiseFact):
    kind: ClassVar[str] = "premise.removed"
    protected: bool


def radius(metres: float) -> float:
    """Return the radius when a note may have it, or Invalid."""
    if not 0 < metres <= RADIUS_MAX_M:
        raise Invalid(f"radius_m is more than 0 and at most {RADIUS_MAX_M:.0f}.", field="radius_m")
    return metres


def reach_m(location: Location) -> float:
    """Return how far around an incident's place notes are looked for beyond their own radius."""
    return min(at_confidence(location, SURE).uncertainty_m, UNSURE_MAX_M)


def speaks_of(premise: Premise, location: Location, *, now: datetime) -> Nearby | None:
    """Return the note with its distance when it is valid and its circle may hold the place."""
    if premise.removed_at is not None:
        return None
    if premise.valid_until is not None and premise.valid_until <= now:
        return None
    apart_m = distance_m(premise.location.point, location.point)
    if apart_m > premise.radius_m + reach_m(location):
        return None
    return Nearby(premise=premise, distance_m=round(apart_m, 1))


def changed(premise: Premise, changes: dict[str, Any]) -> tuple[Premise, list[Fact]]:
    """Return the note with those fields replaced, and the fact of what really differs."""
    real = {name: value for name, value in changes.items() if getattr(premise, name) != value}
    if not real:
        return premise, []
    after = replace(premise, version=premise.version + 1, **real)
    told = {("premise_kind" if name == "kind" else name): value for name, value in real.items()}
    fact = PremiseChanged(
        subject=after.id,
        version=after.version,
        audience=EVERYBODY,
        **{**told, "protected": after.protected},
    )
    return after, [fact]


def removed(premise: Premise, *, now: datetime) -> tuple[Premise, list[Fact]]:
    """Return the note as removed; it stays in the table for those who ask later."""
    if premise.removed_at is not None:
        return premise, []
    after = replace(premise, version=premise.version + 1, removed_at=now)
    fact = PremiseRemoved(
        subject=after.id,
        version=after.version,
        audience=EVERYBODY,
        protected=after.protected,
    )
    return after, [fact]


def require_version(premise: Premise, expected: int | None) -> None:
    """Raise StaleVersion when somebody changed the note, NotFound when it was removed."""
    if premise.removed_at is not None:
        raise NotFound("This note was removed. Write a new one.")
    if expected is not None and expected != premise.version:
        raise StaleVersion(
            "The note changed meanwhile. Look at it again, then repeat what is still right.",
            current=premise.version,
        )
