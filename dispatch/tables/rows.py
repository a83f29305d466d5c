"""Rows to values and back; the only place that knows how both are written."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Table

from dispatch.domain.alarm import Alarm, AlarmState, Snapshot
from dispatch.domain.call import Call, CallState
from dispatch.domain.codes import Activity, Availability, UnitKind
from dispatch.domain.incident import Assignment, Incident, IncidentStatus
from dispatch.domain.incident_parts import Note, NoteKind
from dispatch.domain.place import Zone
from dispatch.domain.positions import Fix
from dispatch.domain.response_plan import plan_from
from dispatch.domain.unit import Unit
from dispatch.domain.wire import to_json
from dispatch.tables import call_rows, incident_rows, unit_rows
from dispatch.tables.alarms import shelving_in, shelving_row
from dispatch.tables.schema import PLACE
from gis.geometry import Location, Point

# A row as the driver gives it: its columns are checked by the database, not by types.
Row: TypeAlias = RowMapping

_OF_INCIDENT = incident_rows.SHAPED
_LOCATION = ("lon", "lat", "uncertainty_m", "confidence")


def columns(table: Table) -> list[ColumnElement[Any]]:
    """Return the columns that hold values; the geometry only repeats them."""
    return [column for column in table.columns if column.name != PLACE]


def to_call(row: Row) -> Call:
    shaped = ("state", "zones", "location", *call_rows.SHAPED)
    plain = {name: row[name] for name in _plain_names(Call, *shaped)}
    return Call(
        **plain,
        **call_rows.call_parts(row),
        state=CallState(row["state"]),
        zones=_zones(row),
        location=location_in(row),
    )


def to_incident(row: Row, *, notes: Iterable[Note], assignments: Iterable[Assignment]) -> Incident:
    shaped = ("status", "zones", "location", "plan", "agencies", "call_ids", "alarm_ids")
    parts = (*shaped, "notes", "assignments", *incident_rows.SHAPED)
    plain = {name: row[name] for name in _plain_names(Incident, *parts)}
    return Incident(
        **plain,
        status=IncidentStatus(row["status"]),
        zones=_zones(row),
        location=location_in(row),
        plan=plan_from(row["plan"]),
        agencies=tuple(row["agencies"]),
        call_ids=tuple(row["call_ids"]),
        alarm_ids=tuple(row["alarm_ids"]),
        notes=tuple(notes),
        assignments=tuple(assignments),
        **incident_rows.incident_parts(row),
    )


def to_note(row: Row) -> Note:
    plain = {name: row[name] for name in _plain_names(Note, "kind")}
    return Note(**plain, kind=NoteKind(row["kind"]))


def to_assignment(row: Row, *, prefix: str = "") -> Assignment:
    return Assignment(**{name: row[f"{prefix}{name}"] for name in _plain_names(Assignment)})


def to_unit(row: Row, *, assignment: Assignment | None) -> Unit:
    shaped = ("kind", "capabilities", "availability", "activity", "assignment", *unit_rows.SHAPED)
    plain = {name: row[name] for name in _plain_names(Unit, *shaped)}
    return Unit(
        **plain,
        kind=UnitKind(row["kind"]),
        capabilities=tuple(row["capabilities"]),
        availability=Availability(row["availability"]),
        activity=Activity(row["activity"]),
        assignment=assignment,
        **unit_rows.unit_parts(row),
    )


def to_alarm(row: Row) -> Alarm:
    shaped = ("state", "location", "snapshot", "shelved")
    plain = {name: row[name] for name in _plain_names(Alarm, *shaped)}
    stored = row["snapshot"]
    return Alarm(
        **plain,
        state=AlarmState(row["state"]),
        location=location_in(row),
        snapshot=Snapshot(**stored) if stored else None,
        shelved=shelving_in(row),
    )


def to_fix(row: Row) -> Fix:
    plain = {name: row[name] for name in _plain_names(Fix, "point", "mocked", "teleported_at")}
    where = Point(lon=row["lon"], lat=row["lat"])
    # The history knows of no refusals: only the last known position does.
    doubted = row.get("teleported_at")
    return Fix(**plain, point=where, mocked=bool(row["mocked"]), teleported_at=doubted)


def call_row(call: Call) -> dict[str, Any]:
    return {
        **_plain(call, "zones", "location", *call_rows.SHAPED),
        **call_rows.call_parts_row(call),
        "zones": to_json(call.zones),
        **_location_row(call.location),
    }


def incident_row(incident: Incident) -> dict[str, Any]:
    """Return the incident's own row; its notes and assignments have their tables."""
    return {
        **_plain(incident, "zones", "location", "plan", "notes", "assignments", *_OF_INCIDENT),
        **incident_rows.incident_parts_row(incident),
        "zones": to_json(incident.zones),
        "plan": to_json(incident.plan),
        **_location_row(incident.location),
    }


def note_row(note: Note, *, incident_id: UUID, ordinal: int) -> dict[str, Any]:
    return {**_plain(note), "incident_id": incident_id, "ordinal": ordinal}


def assignment_row(assignment: Assignment, *, ordinal: int) -> dict[str, Any]:
    return {**_plain(assignment), "ordinal": ordinal}


def unit_row(unit: Unit) -> dict[str, Any]:
    """Return the unit's own row; its assignment is a row of that table."""
    return {**_plain(unit, "assignment", *unit_rows.SHAPED), **unit_rows.unit_parts_row(unit)}


def alarm_row(alarm: Alarm) -> dict[str, Any]:
    stored = to_json(alarm.snapshot) if alarm.snapshot else None
    return {
        **_plain(alarm, "location", "snapshot", "shelved"),
        **shelving_row(alarm),
        "snapshot": stored,
        **_location_row(alarm.location),
    }


def fix_columns(fixes: Sequence[Fix]) -> list[list[Any]]:
    """Return the fixes as columns, in the order unit_id, occurred_at, lon, lat, ... of `FIX`."""
    return [
        [fix.unit_id for fix in fixes],
        [fix.occurred_at for fix in fixes],
        [fix.point.lon for fix in fixes],
        [fix.point.lat for fix in fixes],
        [fix.recorded_at for fix in fixes],
        [fix.accuracy_m for fix in fixes],
        [fix.speed_mps for fix in fixes],
        [fix.heading_deg for fix in fixes],
        [fix.mocked for fix in fixes],
    ]


def _plain_names(kind: type, *shaped: str) -> list[str]:
    return [field.name for field in fields(kind) if field.name not in shaped]


def _plain(
    value: Call | Incident | Unit | Alarm | Note | Assignment, *shaped: str
) -> dict[str, Any]:
    found = {name: getattr(value, name) for name in _plain_names(type(value), *shaped)}
    return {name: list(one) if isinstance(one, tuple) else one for name, one in found.items()}


def _zones(row: Row) -> tuple[Zone, ...]:
    return tuple(Zone(**zone) for zone in row["zones"])


def location_in(row: Row) -> Location | None:
    """Return the place in a row of any table that has one."""
    if row["lon"] is None:
        return None
    return Location(
        point=Point(lon=row["lon"], lat=row["lat"]),
        uncertainty_m=row["uncertainty_m"],
        confidence=row["confidence"],
    )


def _location_row(location: Location | None) -> dict[str, float | None]:
    if location is None:
        return dict.fromkeys(_LOCATION)
    return {
        "lon": location.point.lon,
        "lat": location.point.lat,
        "uncertainty_m": location.uncertainty_m,
        "confidence": location.confidence,
    }
