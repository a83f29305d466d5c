"""A unit's parts as its row keeps them, and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import RowMapping

from dispatch.domain.shift import Shift
from dispatch.domain.unit import Unit
from dispatch.domain.unit_parts import (
    CrewMember,
    Disagreement,
    Proposal,
    Refusal,
    ShiftTimes,
    StatusSource,
    Welfare,
)
from dispatch.domain.wire import place_json, to_json
from gis.geometry import Location, Point

_SHAPES: Final[dict[str, TypeAdapter[Any]]] = {
    "shift": TypeAdapter(ShiftTimes),
    "proposal": TypeAdapter(Proposal),
    "refused": TypeAdapter(Refusal),
    "disagreement": TypeAdapter(Disagreement),
}
_CREW: Final = TypeAdapter(tuple[CrewMember, ...])
# Fields of a unit that are not a column of the same name and kind.
SHAPED: Final = (
    *_SHAPES,
    "crew",
    "welfare",
    "status_source",
    "equipment",
    "cross_staffs",
    "emergency_location",
)


def crew_of(stored: object) -> tuple[CrewMember, ...]:
    """Return a stored crew."""
    return _CREW.validate_python(stored)


def unit_parts(row: RowMapping) -> dict[str, Any]:
    """Return the fields of a unit that its row keeps in another shape."""
    found: dict[str, Any] = {
        name: None if row[name] is None else kind.validate_python(row[name])
        for name, kind in _SHAPES.items()
    }
    return found | {
        "crew": crew_of(row["crew"]) if row["crew"] else (),
        "welfare": _welfare(row),
        "status_source": StatusSource(row["status_source"]),
        "equipment": tuple(row["equipment"]),
        "cross_staffs": tuple(row["cross_staffs"]),
        "emergency_location": _place(row["emergency_location"]),
    }


def unit_parts_row(unit: Unit) -> dict[str, Any]:
    """Return the columns of those fields."""
    timer = unit.welfare
    where = unit.emergency_location
    return {
        **{name: to_json(getattr(unit, name)) for name in _SHAPES},
        "crew": to_json(unit.crew),
        "status_source": unit.status_source.value,
        "equipment": list(unit.equipment),
        "cross_staffs": list(unit.cross_staffs),
        "emergency_location": place_json(where) if where else None,
        "welfare_interval_s": timer.interval_s if timer else None,
        "welfare_due_at": timer.due_at if timer else None,
        "welfare_missed": timer.missed if timer else 0,
        "welfare_by_hand": timer.by_hand if timer else False,
    }


def to_shift(row: RowMapping) -> Shift:
    """Return the shift of a row of its table."""
    plain = {field.name: row[field.name] for field in fields(Shift) if field.name != "crew"}
    return Shift(**plain, crew=crew_of(row["crew"]))


def _welfare(row: RowMapping) -> Welfare | None:
    if row["welfare_due_at"] is None:
        return None
    return Welfare(
        interval_s=row["welfare_interval_s"],
        due_at=row["welfare_due_at"],
        missed=row["welfare_missed"],
        by_hand=row["welfare_by_hand"],
    )


def _place(stored: Mapping[str, float] | None) -> Location | None:
    if stored is None:
        return None
    return Location(
        point=Point(lon=stored["lon"], lat=stored["lat"]),
        uncertainty_m=stored["uncertainty_m"],
        confidence=stored["confidence"],
    )
